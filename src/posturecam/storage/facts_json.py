"""A fact beside its sentence in JSON: ``code`` is its kind, ``figures`` what it is told with.

{"key": "knee_angle_left", "reason": "left knee hidden", "code": "hidden", "figures": {"plain": "left_knee"}}

Files of version 1 hold the sentence alone; it is kept as it was written.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from posturecam.body import View
from posturecam.errors.facts import AS_WRITTEN, Fact, Note, Reason
from posturecam.measures.measurement import Unmeasured
from posturecam.patterns import Finding
from posturecam.poses.manual_points import NAMES
from posturecam.text.sentences import SENTENCES, sentence

F = TypeVar("F", bound=Fact)


def unmeasured_row(unmeasured: Unmeasured) -> dict[str, Any]:
    """Say in JSON what was not measured, and why."""
    return {"key": unmeasured.key, "reason": sentence(unmeasured.reason), **code_of(unmeasured.reason)}


def unmeasured_from(row: Mapping[str, Any]) -> Unmeasured:
    """Read a row of ``unmeasured``."""
    return Unmeasured(row["key"], restored(Reason, row, row["reason"]))


def told_notes(notes: Iterable[Note]) -> dict[str, list[Any]]:
    """Give notes in JSON: ``notes`` are the sentences, ``note_codes`` their codes and figures in the same order."""
    told = tuple(notes)
    return {"notes": [sentence(note) for note in told], "note_codes": [code_of(note) for note in told]}


def notes_from(whole: Mapping[str, Any]) -> tuple[Note, ...]:
    """Read the notes back; files of version 1 have no codes."""
    words, codes = whole["notes"], whole.get("note_codes")
    known = codes if isinstance(codes, list) and len(codes) == len(words) else [{}] * len(words)
    pairs = zip(words, known, strict=True)
    return tuple(restored(Note, code if isinstance(code, dict) else {}, text) for text, code in pairs)


def told_void(void: Note | None) -> dict[str, Any]:
    """Say in JSON why nothing was read as posture."""
    return {"void": None, "void_code": None} if void is None else {"void": sentence(void), "void_code": code_of(void)}


def void_from(whole: Mapping[str, Any]) -> Note | None:
    """Read why nothing was read as posture; None where that is not told."""
    words, code = whole.get("void"), whole.get("void_code")
    return restored(Note, code if isinstance(code, dict) else {}, words) if isinstance(words, str) else None


def finding_row(finding: Finding) -> dict[str, Any]:
    """Give a finding; its explanation and reason are sentences, with the reason's code beside it."""
    told = {field.name: getattr(finding, field.name) for field in fields(finding)}
    row = {name: sentence(value) if isinstance(value, Fact) else value for name, value in told.items()}
    return row if finding.reason is None else {**row, **code_of(finding.reason)}


def code_of(fact: Fact) -> dict[str, Any]:
    """Give a fact's code and figures; nothing of what an older file tells in words alone."""
    if fact.kind == AS_WRITTEN:
        return {}
    figures = {name: _plain(value) for name, value in fact.figures}
    return {"code": fact.kind, **({"figures": figures} if figures else {})}


def restored(kind: type[F], row: Mapping[str, Any], words: str) -> F:
    """Read a fact back from its code and figures; from ``words`` where there is no code, or one of a later version."""
    code, figures = row.get("code"), row.get("figures", {})
    if isinstance(code, str) and code in SENTENCES and code != AS_WRITTEN and isinstance(figures, dict):
        fact = kind(code, **{str(name): _figure(str(name), value) for name, value in figures.items()})
        if _can_be_said(fact):
            return fact
    return kind(AS_WRITTEN, text=words)


def _can_be_said(fact: Fact) -> bool:
    """Whether the figures of a file fit the sentence of their code."""
    try:
        sentence(fact)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return False
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, Fact):
        return {"text": value["text"]} if value.kind == AS_WRITTEN else code_of(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.value if isinstance(value, Enum) else value


def _figure(name: str, value: Any) -> Any:
    """Read one figure; what a name stands for, the figure's own name tells."""
    if isinstance(value, list):
        return tuple(_figure(name, part) for part in value)
    if isinstance(value, dict):
        return restored(Fact, value, str(value.get("text", "")))
    read = _READ.get(name)
    return value if read is None or not isinstance(value, str) else read(value)


def _point(value: str) -> Any:
    return NAMES.get(value, value)


def _view(value: str) -> Any:
    return View(value) if value in tuple(View) else value


_READ: Mapping[str, Callable[[str], Any]] = {
    "plain": _point,
    "names": _point,
    "wanted": _view,
    "shown": _view,
    "where": _view,
    "view": _view,
    "views": _view,
    "of_view": _view,
}
