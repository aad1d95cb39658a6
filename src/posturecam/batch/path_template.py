"""Who is who, read from paths: ``{person}/{date}_{view}`` names the parts of a path."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from posturecam.body import View
from posturecam.errors import SettingsError
from posturecam.text.language import _
from posturecam.text.language.views import spoken_views

_SHOWN = 3
_VIEWS: dict[str, str] = {view.value: view.value for view in (View.FRONT, View.BACK, View.LEFT, View.RIGHT)}
_FIELDS = {
    "person": r"(?P<person>[^/]+?)",
    "date": r"(?P<date>\d{4}-\d\d-\d\d|\d{8}|\d{1,2}\.\d{1,2}\.\d{4})",
    "view": r"(?P<view>(?i:VIEWS))",
}
_PIECE = re.compile(r"\{(?P<field>[^{}]*)\}|(?P<star>\*)")


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What a path says; ``date`` is written 2024-03-31."""

    person: str | None = None
    date: str | None = None
    view: View | None = None

    @property
    def exam(self) -> str | None:
        """The exam a photo belongs to: the same person on the same day; None when the path does not tell."""
        return f"{self.person}/{self.date}" if self.person and self.date else None


NOTHING = PathFacts()


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A pattern as the user wrote it, and the expression that it means."""

    text: str
    expression: re.Pattern[str]

    def read(self, path: str) -> PathFacts | None:
        """Read a path below its folder; None when it does not fit."""
        plain = Path(path).with_suffix("").as_posix()
        match = self.expression.fullmatch(plain)
        if match is None:
            return None
        found = match.groupdict()
        day = _day(found["date"]) if found.get("date") else None
        if found.get("date") and day is None:
            return None
        view = _views()[found["view"].casefold()] if found.get("view") else None
        return PathFacts(found.get("person"), day, View(view) if view else None)


def _views() -> dict[str, str]:
    """Give the words that may stand for a view in a path."""
    return _VIEWS | spoken_views()


def compiled(text: str) -> PathTemplate:
    """Understand a pattern. Raises SettingsError, which says what may stand in one."""
    parts: list[str] = []
    at, seen = 0, set[str | None]()
    for piece in _PIECE.finditer(text):
        name = piece["field"]
        if name is not None and (name not in _FIELDS or name in seen):
            fault = _("{{{name}}} stands twice", name=name) if name in seen else _("{{{name}}} is unknown", name=name)
            raise SettingsError(_advice(text, fault))
        parts += [re.escape(text[at : piece.start()]), "[^/]*?" if name is None else _expression(name)]
        at, seen = piece.end(), seen | {name}
    rest = text[at:]
    if not seen - {None} or "{" in rest or "}" in rest:
        raise SettingsError(
            _advice(text, _("no field in it") if not seen - {None} else _("a brace without its partner"))
        )
    expression = "(?:.*/)?" + "".join(parts) + re.escape(rest)
    return PathTemplate(text, re.compile(expression, re.DOTALL))


def _expression(field: str) -> str:
    return _FIELDS[field].replace("VIEWS", "|".join(map(re.escape, _views())))


def _advice(text: str, fault: str) -> str:
    named = ", ".join(f"{{{name}}}" for name in _FIELDS)
    return _(
        "--pattern {text!r}: {fault}. Use {named} once each and * for any text, such as {{person}}/{{date}}_{{view}}.",
        text=text,
        fault=fault,
        named=named,
    )


def _day(text: str) -> str | None:
    digits = text.replace("-", "")
    if "." in text:
        day, month, year = text.split(".")
        digits = f"{year}{month:>02}{day:>02}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        return None


def check_fit(paths: Iterable[tuple[str, str]], pattern: PathTemplate | None) -> Iterator[tuple[str, PathFacts]]:
    """Read every path (with its part below the folder); SettingsError shows three that do not fit."""
    if pattern is None:
        yield from ((path, NOTHING) for path, _below in paths)
        return
    count, misfits, shown = 0, 0, list[str]()
    for path, below in paths:
        count += 1
        said = pattern.read(below)
        if said is not None:
            yield path, said
            continue
        misfits += 1
        if misfits <= _SHOWN:
            shown.append(f"  - {path!r}")
    if misfits:
        raise SettingsError(_misfit(pattern.text, misfits, count, "\n".join(shown)))


def _misfit(text: str, misfits: int, count: int, shown: str) -> str:
    told = (
        _("{count} of {count2} paths do not fit", count=misfits, count2=count)
        if misfits > 1
        else _("one path does not fit")
    )
    return _(
        "--pattern {text!r}: {count}, such as\n{shown}\nRename or move them, or change the pattern.",
        text=text,
        count=told,
        shown=shown,
    )
