"""What is asked, what calls for a professional, and what to try: questions.toml, red_flags.toml, remedies.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from posturecam.knowledge.faults import Faults, Table
from posturecam.knowledge.muscles import Muscle
from posturecam.knowledge.norms import Norm
from posturecam.text.language import _

URGENCIES = ("emergency", "today", "soon", "before exercising")
PHASES = ("release", "activate")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the history. ``lateral``: its left and right answers exchange when the body is mirrored."""

    key: str
    text: str
    choices: tuple[str, ...]
    words: Mapping[str, str]
    multiple: bool

    @property
    def lateral(self) -> bool:
        """Whether it asks for a side."""
        return "left" in self.choices and "right" in self.choices


@dataclass(frozen=True, slots=True)
class WarningSign:
    """A sign that silences everything when it is answered with yes; with ``no_balance`` nobody stands on one leg."""

    key: str
    text: str
    reason: str
    urgency: str
    source: tuple[str, ...]
    no_balance: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A size beyond which a measured value should be shown to a professional first, in the measure's unit."""

    key: str
    beyond: float
    reason: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing to do. ``muscles`` it serves (none for stressors and the whole); ``answers`` that call for it."""

    key: str
    title: str
    how: str
    muscles: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remedies:
    """What to try. ``texts``: techniques, dose, self-check, when to look again, when to stop."""

    stressors: Mapping[str, Remedy]
    release: Mapping[str, Remedy]
    activate: Mapping[str, Remedy]
    texts: Mapping[str, str]

    def for_muscle(self, phase: str, muscle: str) -> Remedy | None:
        """Return the first remedy of a phase that serves the muscle."""
        remedies = self.release if phase == "release" else self.activate
        return next((remedy for remedy in remedies.values() if muscle in remedy.muscles), None)


def read_questions(data: Mapping[str, object], faults: Faults) -> dict[str, Question]:
    """Read questions.toml; the choices are the keys of each question's ``choices`` table."""
    questions = {}
    for key, rows in data.items():
        table = Table("questions.toml", key, rows, faults)
        choices = table.table("choices")
        words = {choice: choices.text(choice) for choice in choices.data}
        if len(words) < 2:
            table.fault("choices", list(words), _("a table of at least two choices"))
        questions[key] = Question(key, table.text("text"), tuple(words), words, table.flag("multiple"))
        table.done()
    return questions


def read_warnings(data: Mapping[str, Any], sources: Mapping[str, object], faults: Faults) -> dict[str, WarningSign]:
    """Read the table ``answered`` of red_flags.toml."""
    warnings = {}
    for key, rows in data.get("answered", {}).items():
        table = Table("red_flags.toml", f"answered.{key}", rows, faults)
        warnings[key] = WarningSign(
            key,
            table.text("text"),
            table.text("reason"),
            table.choice("urgency", URGENCIES),
            table.names("source", sources),
            table.flag("no_balance"),
        )
        table.done()
    return warnings


def read_limits(
    data: Mapping[str, Any], norms: Mapping[str, Norm], sources: Mapping[str, object], faults: Faults
) -> dict[str, Limit]:
    """Read the table ``measured`` of red_flags.toml; its keys are measures."""
    limits = {}
    for key, rows in data.get("measured", {}).items():
        table = Table("red_flags.toml", f"measured.{key}", rows, faults)
        if key not in norms:
            faults.add("red_flags.toml [measured]", key, _("a measure of norms.toml"), norms)
        beyond = table.number("beyond", 0.0, 1000.0)
        limits[key] = Limit(key, beyond, table.text("reason"), table.names("source", sources))
        table.done()
    return limits


TEXTS = ("release", "activate", "tender", "dose", "self_check", "integrate", "again", "stop", "professional", "touch")


def read_remedies(
    data: Mapping[str, Any], muscles: Mapping[str, Muscle], sources: Mapping[str, object], faults: Faults
) -> Remedies:
    """Read remedies.toml."""
    groups = {}
    for group in ("stressor", *PHASES):
        rows = data.get(group, {})
        groups[group] = {key: _remedy(group, key, row, muscles, sources, faults) for key, row in rows.items()}
    texts = Table("remedies.toml", "texts", data.get("texts", {}), faults)
    said = {key: texts.text(key) for key in TEXTS}
    texts.done()
    return Remedies(groups["stressor"], groups["release"], groups["activate"], said)


def _remedy(  # noqa: PLR0913, PLR0917  (the names it may use)
    group: str,
    key: str,
    rows: Any,
    muscles: Mapping[str, Muscle],
    sources: Mapping[str, object],
    faults: Faults,
) -> Remedy:
    table = Table("remedies.toml", f"{group}.{key}", rows, faults)
    remedy = Remedy(
        key,
        table.text("title"),
        table.text("how"),
        table.names("muscles", muscles, ()),
        table.names("source", sources),
    )
    if group in PHASES and not remedy.muscles:
        table.fault("muscles", [], _("at least one muscle of muscles.toml"), muscles)
    table.done()
    return remedy
