"""Read tables strictly and collect every fault, so that an author mends a whole folder in one go.

Each fault is one line: file, table, key, what was found, what is allowed, and the nearest known name.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from math import isfinite
from typing import Any

from posturecam.text.language import _

_ABSENT = object()


class Faults:
    """Every fault found so far, in reading order."""

    def __init__(self) -> None:
        """Start without a fault."""
        self.lines: list[str] = []

    def add(self, where: str, found: Any, allowed: str, known: Iterable[str] = ()) -> None:
        """Note one fault; ``known`` are the names among which the nearest is suggested."""
        near = difflib.get_close_matches(str(found), list(known), n=1, cutoff=0.5)
        shown = "nothing" if found is _ABSENT else repr(found)
        line = _("{where}: found {shown}; allowed: {allowed}", where=where, shown=shown[:80], allowed=allowed)
        self.lines.append(_("{line}; nearest: {near}", line=line, near=near[0]) if near else line)


class Table:
    """One table of a TOML file. Every getter notes a fault and returns a harmless value when the entry is bad."""

    def __init__(self, file: str, name: str, data: Any, faults: Faults) -> None:
        """Wrap ``data``; anything that is not a table is a fault."""
        self.where = f"{file} [{name}]"
        self.file, self.name, self.faults = file, name, faults
        self.data: Mapping[str, Any] = data if isinstance(data, dict) else {}
        self._asked: set[str] = set()
        if not isinstance(data, dict):
            faults.add(self.where, data, _("a table"))

    def fault(self, key: str, found: Any, allowed: str, known: Iterable[str] = ()) -> None:
        """Note a fault at one key of this table."""
        self.faults.add(f"{self.where} {key}", found, allowed, known)

    def _get(self, key: str, kind: type | tuple[type, ...], allowed: str, default: Any) -> Any:
        self._asked.add(key)
        value = self.data.get(key, _ABSENT)
        if value is _ABSENT and default is not _ABSENT:
            return default
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(key, value, allowed)
            return None
        return value

    def text(self, key: str, default: Any = _ABSENT) -> str:
        """Return a non-empty text."""
        value = self._get(key, str, _("a text"), default)
        if value is not None and value != default and not value.strip():
            self.fault(key, value, _("a text that says something"))
        return value or (default if isinstance(default, str) else "")

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        return bool(self._get(key, bool, _("true or false"), default))

    def number(self, key: str, low: float, high: float, default: Any = _ABSENT) -> float:
        """Return a number from low to high."""
        value = self._get(key, (int, float), _("a number from {low:g} to {high:g}", low=low, high=high), default)
        if value is None:
            return 0.0
        if not (isfinite(value) and low <= value <= high):
            self.fault(key, value, _("a number from {low:g} to {high:g}", low=low, high=high))
            return low
        return float(value)

    def optional(self, key: str, low: float, high: float) -> float | None:
        """Return a number from low to high, or None where none is stated."""
        self._asked.add(key)
        return self.number(key, low, high) if key in self.data else None

    def numbers(self, key: str, count: int, default: Any = _ABSENT) -> tuple[float, ...]:
        """Return exactly ``count`` finite numbers."""
        value = self._get(key, list, _("a list of {count} numbers", count=count), default)
        if value is None or value is default:
            return tuple(value) if value else (0.0,) * count
        good = len(value) == count and all(isinstance(number, (int, float)) and isfinite(number) for number in value)
        if not good:
            self.fault(key, value, _("a list of {count} numbers", count=count))
            return (0.0,) * count
        return tuple(float(number) for number in value)

    def choice(self, key: str, allowed: Collection[str], default: Any = _ABSENT) -> str:
        """Return one of the allowed names."""
        value = self.text(key, default)
        if value and value != default and value not in allowed:
            self.fault(key, value, _one_of(allowed), allowed)
        return value

    def names(self, key: str, allowed: Collection[str] | None = None, default: Any = _ABSENT) -> tuple[str, ...]:
        """Return a list of texts, each one of the allowed names where these are given."""
        value = self._get(key, list, _("a list of texts"), default)
        if value is None or value is default:
            return tuple(value or ())
        for item in value:
            if not isinstance(item, str) or not item.strip():
                self.fault(key, item, _("a text"))
            elif allowed is not None and item not in allowed:
                self.fault(key, item, _one_of(allowed), allowed)
        return tuple(str(text) for text in value)

    def tables(self, key: str, *, required: bool = False) -> tuple["Table", ...]:
        """Return the tables of an array, each numbered from 1 in its name."""
        rows = self._get(key, list, _("a list of tables"), _ABSENT if required else [])
        return tuple(
            Table(self.file, f"{self.name}.{key} {number}", row, self.faults)
            for number, row in enumerate(rows or [], 1)
        )

    def table(self, key: str) -> "Table":
        """Return a table inside this one; an empty one when it is absent."""
        return Table(self.file, f"{self.name}.{key}", self._get(key, dict, _("a table"), {}), self.faults)

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for key in self.data:
            if key not in self._asked:
                self.fault(key, self.data[key], _("no such key"), self._asked)


def _one_of(allowed: Collection[str]) -> str:
    shown = sorted(allowed)
    return (_("one of ") + ", ".join(shown)) if len(shown) <= 8 else _("one of {count} known names", count=len(shown))
