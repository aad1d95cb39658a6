"""The list of a run's inputs, on the disk: a million names take no more memory than a few."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posturecam.batch.disk import packed, temporary, unpacked
from posturecam.batch.pattern import NOTHING, Said
from posturecam.batch.remote import is_url
from posturecam.batch.tasks import Failure, Unit
from posturecam.body import View

_PAGE = 1000
"""Entries read at once."""

_FOUND = "found (path BLOB PRIMARY KEY, whole BLOB NOT NULL, base BLOB NOT NULL) WITHOUT ROWID"
_INPUT = "input (number INTEGER PRIMARY KEY, path BLOB NOT NULL, person BLOB, day TEXT, view TEXT, exam BLOB)"
_FATE = "fate (number INTEGER PRIMARY KEY, sha256 TEXT, unit TEXT, picture TEXT, reason BLOB, remedy BLOB, lasting INT)"
_WHOLE = (
    "SELECT input.number, path, person, day, view, sha256, unit, picture, reason, remedy, lasting "
    "FROM input LEFT JOIN fate USING (number) "
)
_ONE_OF_EACH = (
    "SELECT found.path, base FROM (SELECT min(path) AS first, max(path) AS last FROM found GROUP BY whole) AS each "
    "JOIN found ON found.path = each.last ORDER BY first"
)


@dataclass(frozen=True, slots=True)
class Input:
    """One file to assess: its path as the user may read it, and what its path says of person, date and view."""

    path: str
    said: Said = NOTHING


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one input: its content and unit, or why it could not even be read; neither while it waits.

    ``number`` is its place among all inputs, counted from 1.
    """

    number: int
    input: Input
    sha256: str = ""
    unit: Unit | None = None
    failure: Failure | None = None


class Found:
    """Paths as they are found, in any order and spelling."""

    def __init__(self, found: Iterable[tuple[str, str]]) -> None:
        """Take all paths, each with the folder that its pattern starts from."""
        self._base = temporary(self, _FOUND)
        rows = ((packed(path), packed(_whole(path)), packed(base)) for path, base in found)
        self._base.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", rows)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Give each path once, sorted, in one of its spellings, with its folder."""
        for path, base in self._base.execute(_ONE_OF_EACH):
            yield unpacked(path) or "", unpacked(base) or ""


def _whole(path: str) -> str:
    return path if is_url(path) else str(Path(path).absolute())


class Names:
    """The inputs in their order, and what is known of each."""

    def __init__(self) -> None:
        """Begin empty."""
        self._base = temporary(self, _INPUT, _FATE)

    def extend(self, inputs: Iterable[Input]) -> None:
        """Take inputs in their order."""
        rows = (
            (packed(one.path), packed(one.said.person), one.said.date, one.said.view, packed(one.said.exam))
            for one in inputs
        )
        self._base.executemany("INSERT INTO input (path, person, day, view, exam) VALUES (?, ?, ?, ?, ?)", rows)

    def note(self, number: int, sha256: str, unit: Unit | None, failure: Failure | None = None) -> None:
        """Write down what became of an input."""
        why = (packed(failure.reason), packed(failure.remedy), failure.lasting) if failure else (None, None, None)
        named = (unit.key, unit.picture) if unit else (None, None)
        self._base.execute("INSERT OR REPLACE INTO fate VALUES (?, ?, ?, ?, ?, ?, ?)", (number, sha256, *named, *why))

    def __len__(self) -> int:
        """How many inputs there are."""
        return int(self._base.execute("SELECT count(*) FROM input").fetchone()[0])

    def __iter__(self) -> Iterator[Entry]:
        """Give every input in order; one may be noted meanwhile."""
        last = 0
        while rows := self._base.execute(
            f"{_WHOLE} WHERE number > ? ORDER BY number LIMIT {_PAGE}", (last,)
        ).fetchall():
            yield from map(_entry, rows)
            last = rows[-1][0]

    def by_exam(self) -> Iterator[Entry]:
        """Give the inputs that belong to an exam, sorted by exam."""
        yield from map(_entry, self._base.execute(f"{_WHOLE} WHERE exam IS NOT NULL ORDER BY exam, number"))

    def exams(self) -> int:
        """Count the exams that the paths tell of."""
        return int(self._base.execute("SELECT count(DISTINCT exam) FROM input").fetchone()[0])

    def people(self) -> int:
        """Count the people; who is not named counts as one."""
        counted = "SELECT count(DISTINCT person) + max(person IS NULL) FROM input"
        return int(self._base.execute(counted).fetchone()[0] or 0)

    def copies(self) -> int:
        """Count the inputs whose unit another one has as well, but for one of each."""
        return int(self._base.execute("SELECT count(unit) - count(DISTINCT unit) FROM fate").fetchone()[0])


def _entry(row: tuple[Any, ...]) -> Entry:
    number, path, person, day, view, sha256, unit, picture, reason, remedy, lasting = row
    said = Said(unpacked(person), day, View(view) if view else None) if person or day or view else NOTHING
    why = None if reason is None else Failure(unpacked(reason) or "", unpacked(remedy) or "", bool(lasting))
    return Entry(number, Input(unpacked(path) or "", said), sha256 or "", Unit(unit, picture) if unit else None, why)
