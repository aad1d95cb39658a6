"""What comes before everything else: warning signs that were answered, and sizes that somebody should look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from posturecam.errors import SettingsError
from posturecam.knowledge import Knowledge
from posturecam.knowledge.advice import Limit
from posturecam.measures.measurement import Z95
from posturecam.patterns.answers import Answers
from posturecam.text.language import N_, _


class Measured(Protocol):
    """Anything with a key, a value and a standard error, in the measure's unit."""

    @property
    def key(self) -> str:
        """The measure's key."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def sem(self) -> float:
        """The total standard error."""


def by_key(measurements: Iterable[Measured]) -> dict[str, tuple[float, float]]:
    """Value and standard error by key; of several with one key the surest counts."""
    person: dict[str, tuple[float, float]] = {}
    for measurement in measurements:
        if measurement.key not in person or measurement.sem < person[measurement.key][1]:
            person[measurement.key] = (measurement.value, measurement.sem)
    return person


@dataclass(frozen=True, slots=True)
class RedFlag:
    """One reason to see a professional.

    kind     answered (silences all patterns and exercises) or measured (comes first; exercises are dropped)
    urgency  emergency, today, soon or before exercising
    """

    key: str
    kind: str
    reason: str
    urgency: str
    words: str


_WHEN = {
    "emergency": N_("Please get help at once."),
    "today": N_("Please see a professional today."),
    "soon": N_("Please see a professional within the next days."),
    "before exercising": N_("Please see a professional before you try any exercise."),
}
_ORDER = tuple(_WHEN)


def answered(answers: Answers | None, knowledge: Knowledge) -> tuple[RedFlag, ...]:
    """Give the warning signs that were answered with yes, the most urgent first."""
    warnings = [knowledge.warnings[key] for key in (answers or Answers()).warnings]
    flags = (
        RedFlag(warning.key, "answered", warning.reason, warning.urgency, _(_WHEN[warning.urgency]))
        for warning in warnings
    )
    return tuple(sorted(flags, key=lambda flag: _ORDER.index(flag.urgency)))


def refuse_balance(answers: Answers | None, knowledge: Knowledge) -> None:
    """Refuse standing on one leg to whoever told of dizziness, falls or unsteadiness. Raises SettingsError."""
    if any(knowledge.warnings[key].no_balance for key in (answers or Answers()).warnings):
        msg = _(
            "with dizziness, falls or unsteadiness, balance should be looked at by a "
            "professional; it is not tested or read here. Leave --balance away.",
        )
        raise SettingsError(msg)


def measured(measurements: Iterable[Measured], knowledge: Knowledge) -> tuple[RedFlag, ...]:
    """Give the limits beyond which a measurement's whole 95 % interval lies."""
    person = by_key(measurements)
    flags = []
    for limit in knowledge.limits.values():
        value, sem = person.get(limit.key, (0.0, 0.0))
        if abs(value) - Z95 * sem > limit.beyond:
            flags.append(flag_of(limit, value, knowledge))
    return tuple(flags)


def flag_of(limit: Limit, value: float, knowledge: Knowledge) -> RedFlag:
    """Make the flag of a limit that a value passes."""
    words = knowledge.norm(limit.key).words(value, "marked")
    return RedFlag(limit.key, "measured", limit.reason, "soon", words)
