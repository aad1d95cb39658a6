"""What a person told: the history and the warning signs, read from a TOML file and checked by name."""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from posturecam.errors import AnswersError
from posturecam.knowledge import Knowledge
from posturecam.text.language import _

_SWAP = {"left": "right", "right": "left"}


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by question; what was skipped is absent.

    given     question → the choices that were given (one, or several where the question allows it)
    warnings  keys of the warning signs that were answered with yes
    """

    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def says(self, question: str, choice: str) -> bool:
        """Whether this choice was given."""
        return choice in self.given.get(question, ())

    @property
    def age_band(self) -> str | None:
        """The age, as the question age_band names its bands; None where it was not told."""
        return next(iter(self.given.get("age_band", ())), None)

    def mirrored(self) -> "Answers":
        """Return the answers with left and right exchanged."""
        swapped = {key: tuple(_SWAP.get(option, option) for option in given) for key, given in self.given.items()}
        return Answers(swapped, self.warnings)

    def column(self, key: str) -> float | None:
        """Give a column ``answer:question=choice`` as 1 (given), 0 (not given) or None (the question was skipped)."""
        question, choice = key.removeprefix("answer:").split("=")
        return float(choice in self.given[question]) if question in self.given else None


def flat(answers: Answers) -> dict[str, Any]:
    """Write answers as they stand in an answers file: what ``check_answers`` reads back."""
    given = {key: list(many) if len(many) > 1 else many[0] for key, many in answers.given.items() if many}
    return {**given, **dict.fromkeys(answers.warnings, True)}


def read_answers(path: Path | str, knowledge: Knowledge) -> Answers:
    """Read and check an answers file. Raises AnswersError with every fault."""
    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except FileNotFoundError as error:
        msg = _("{path} does not exist. To make a file of answers: posturecam ask --out answers.toml", path=path)
        raise AnswersError(msg, ()) from error
    except OSError as error:
        msg = _("{path} cannot be read: {strerror}", path=path, strerror=error.strerror or error)
        raise AnswersError(msg, ()) from error
    except (ValueError, RecursionError) as error:
        raise AnswersError(_title(path), (_("it is not valid TOML: {error}", error=error),)) from error
    return check_answers(data, knowledge, path)


def check_answers(data: Mapping[str, Any], knowledge: Knowledge, path: Path | str = "answers") -> Answers:
    """Check answers by name; unknown questions and choices are refused. Raises AnswersError with every fault."""
    faults: list[str] = []
    given: dict[str, tuple[str, ...]] = {}
    warnings: list[str] = []
    for key, value in data.items():
        if key in knowledge.warnings:
            warnings += [key] if _yes(key, value, faults) else []
        elif key in knowledge.questions:
            given[key] = _choices(key, value, knowledge, faults)
        else:
            known = (*knowledge.questions, *knowledge.warnings)
            faults.append(_("{key}: no such question{nearest}", key=key, nearest=_nearest(key, known)))
    if faults:
        raise AnswersError(_title(path), tuple(faults))
    return Answers(given, tuple(warnings))


def _yes(key: str, value: Any, faults: list[str]) -> bool:
    if value not in (True, False, "yes", "no"):
        faults.append(_("{key}: found {value!r}; allowed: true or false", key=key, value=value))
    return value in (True, "yes")


def _choices(key: str, value: Any, knowledge: Knowledge, faults: list[str]) -> tuple[str, ...]:
    question = knowledge.questions[key]
    many = tuple(value) if isinstance(value, list) else (value,)
    many = tuple(
        {True: "yes", False: "no"}.get(option, option) if isinstance(option, bool) else option for option in many
    )
    if len(many) > 1 and not question.multiple:
        faults.append(
            _(
                "{key}: found {value!r}; allowed: one of {names}",
                key=key,
                value=value,
                names=", ".join(question.choices),
            )
        )
    for item in many:
        if item not in question.choices:
            allowed = ", ".join(question.choices)
            faults.append(
                _(
                    "{key}: found {one!r}; allowed: {allowed}{nearest}",
                    key=key,
                    one=item,
                    allowed=allowed,
                    nearest=_nearest(item, question.choices),
                )
            )
    return tuple(str(option) for option in many)


def _nearest(name: Any, known: Collection[str]) -> str:
    near = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.5)
    return _("; nearest: {near}", near=near[0]) if near else ""


def _title(path: Path | str) -> str:
    return _("{path} has answers that posturecam does not understand ({count} to mend):", path=path, count="{count}")
