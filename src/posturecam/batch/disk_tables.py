"""What must not grow in memory with the number of photos: the inputs of a run, in temporary databases on the disk.

They have no name in any folder, so whatever ends the process, nothing of them is left behind. SQLite puts them into
``SQLITE_TMPDIR``, else ``TMPDIR``, else ``/var/tmp`` (https://www.sqlite.org/tempfiles.html).
"""

import sqlite3
import weakref
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posturecam.batch.path_template import NOTHING, PathFacts
from posturecam.batch.remote import is_url
from posturecam.batch.tasks import PhotoFailure, Unit
from posturecam.body import View

_CACHE_KIB = 8192


def temporary(*tables: str) -> sqlite3.Connection:
    """Open a database with these tables; it is gone when it is closed."""
    base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for setting in (f"cache_size = -{_CACHE_KIB}", "journal_mode = OFF", "synchronous = OFF", "temp_store = FILE"):
        base.execute(f"PRAGMA {setting}")
    for table in tables:
        base.execute(f"CREATE TABLE {table}")
    base.execute("BEGIN")  # one transaction without an end: what does not fit into the cache is spilled to the disk
    return base


class DiskDict:
    """A number for each key, on the disk."""

    def __init__(self) -> None:
        """Begin empty."""
        self._base = temporary("shelf (key BLOB PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID")
        weakref.finalize(self, self._base.close)

    def __setitem__(self, key: bytes, value: int) -> None:
        """Put a key's number there, in the place of an older one."""
        self._base.execute("INSERT OR REPLACE INTO shelf VALUES (?, ?)", (key, value))

    def add(self, key: bytes, value: int = 0) -> bool:
        """Put a key there that is not there yet; false when it is."""
        return self._base.execute("INSERT OR IGNORE INTO shelf VALUES (?, ?)", (key, value)).rowcount > 0

    def get(self, key: bytes) -> int | None:
        """Give a key's number, None when it is not there."""
        row = self._base.execute("SELECT value FROM shelf WHERE key = ?", (key,)).fetchone()
        return None if row is None else int(row[0])

    def __contains__(self, key: bytes) -> bool:
        """Whether a key is there."""
        return self.get(key) is not None


def text_bytes(text: str | None) -> bytes | None:
    """Bring a text to bytes that sort as it does, whatever bytes of a file's name stand in it."""
    return None if text is None else text.encode("utf-8", "surrogatepass")


def bytes_text(data: bytes | None) -> str | None:
    """Bring bytes back to their text."""
    return None if data is None else data.decode("utf-8", "surrogatepass")


_PAGE = 1000
"""Entries read at once."""

_FOUND = "found (path BLOB PRIMARY KEY, whole BLOB NOT NULL, base BLOB NOT NULL) WITHOUT ROWID"
_INPUT = "input (number INTEGER PRIMARY KEY, path BLOB NOT NULL, person BLOB, day TEXT, view TEXT, exam BLOB)"
_OUTCOME = (
    "outcome (number INTEGER PRIMARY KEY, sha256 TEXT, unit TEXT, picture TEXT, reason BLOB, remedy BLOB, lasting INT)"
)
_WHOLE = (
    "SELECT input.number, path, person, day, view, sha256, unit, picture, reason, remedy, lasting "
    "FROM input LEFT JOIN outcome USING (number) "
)
_ONE_OF_EACH = (
    "SELECT found.path, base FROM (SELECT min(path) AS first, max(path) AS last FROM found GROUP BY whole) AS each "
    "JOIN found ON found.path = each.last ORDER BY first"
)


@dataclass(frozen=True, slots=True)
class Input:
    """One file to assess: its path as the user may read it, and what its path says of person, date and view."""

    path: str
    said: PathFacts = NOTHING


@dataclass(frozen=True, slots=True)
class InputEntry:
    """What became of one input: its content and unit, or why it could not even be read; neither while it waits.

    ``number`` is its place among all inputs, counted from 1.
    """

    number: int
    input: Input
    sha256: str = ""
    unit: Unit | None = None
    failure: PhotoFailure | None = None


def sorted_paths(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Sort paths, each with the folder that its pattern starts from; each comes once, in one of its spellings."""
    with closing(temporary(_FOUND)) as base:
        rows = ((text_bytes(path), text_bytes(whole_path(path)), text_bytes(start)) for path, start in found)
        base.executemany("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", rows)
        for path, start in base.execute(_ONE_OF_EACH):
            yield bytes_text(path) or "", bytes_text(start) or ""


def whole_path(path: str) -> str:
    """Give a path from the root, a URL as it is: two spellings of one file become one."""
    return path if is_url(path) else str(Path(path).absolute())


class InputTable:
    """The inputs in their order, and what is known of each."""

    def __init__(self) -> None:
        """Begin empty."""
        self._base = temporary(_INPUT, _OUTCOME)
        weakref.finalize(self, self._base.close)

    def extend(self, inputs: Iterable[Input]) -> None:
        """Take inputs in their order."""
        rows = (
            (
                text_bytes(source.path),
                text_bytes(source.said.person),
                source.said.date,
                source.said.view,
                text_bytes(source.said.exam),
            )
            for source in inputs
        )
        self._base.executemany("INSERT INTO input (path, person, day, view, exam) VALUES (?, ?, ?, ?, ?)", rows)

    def note(self, number: int, sha256: str, unit: Unit | None, failure: PhotoFailure | None = None) -> None:
        """Write down what became of an input."""
        why = (
            (text_bytes(failure.reason), text_bytes(failure.remedy), failure.lasting) if failure else (None, None, None)
        )
        named = (unit.key, unit.picture) if unit else (None, None)
        self._base.execute(
            "INSERT OR REPLACE INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?)", (number, sha256, *named, *why)
        )

    def __len__(self) -> int:
        """How many inputs there are."""
        return int(self._base.execute("SELECT count(*) FROM input").fetchone()[0])

    def __iter__(self) -> Iterator[InputEntry]:
        """Give every input in order; one may be noted meanwhile."""
        last = 0
        while rows := self._base.execute(
            f"{_WHOLE} WHERE number > ? ORDER BY number LIMIT {_PAGE}", (last,)
        ).fetchall():
            yield from map(_entry, rows)
            last = rows[-1][0]

    def by_exam(self) -> Iterator[InputEntry]:
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
        return int(self._base.execute("SELECT count(unit) - count(DISTINCT unit) FROM outcome").fetchone()[0])


def _entry(row: tuple[Any, ...]) -> InputEntry:
    number, path, person, day, view, sha256, unit, picture, reason, remedy, lasting = row
    said = PathFacts(bytes_text(person), day, View(view) if view else None) if person or day or view else NOTHING
    why = None if reason is None else PhotoFailure(bytes_text(reason) or "", bytes_text(remedy) or "", bool(lasting))
    return InputEntry(
        number, Input(bytes_text(path) or "", said), sha256 or "", Unit(unit, picture) if unit else None, why
    )
