"""Make sure that what was deleted is gone from the disk too, and prove it by searching the files' bytes.

Deleting rows leaves them readable in free pages and in the write-ahead log. So the file is built anew from what is
left (VACUUM), the log is emptied, and then the file and everything beside it is searched for the marks of the deleted
person: the random tokens of their rows, and the hashes of photos that nobody else has.
"""

import contextlib
import mmap
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from posturecam.errors import RecordsError
from posturecam.records.schema import exams, people, photos
from posturecam.text.language import _

BUSY_MS = 30_000
"""How long a writer waits for its turn."""

READERS_MS = 3_000
"""How long deleting waits for readers to end."""

BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps for one database."""


def marks(connection: Connection, person: int) -> tuple[str, ...]:
    """Give what identifies a person's rows and nobody else's."""
    mine = connection.execute(select(exams.c.id).where(exams.c.person_id == person)).scalars().all()
    token = connection.execute(select(people.c.token).where(people.c.id == person)).scalar_one()
    return (token, *exam_marks(connection, mine))


def exam_marks(connection: Connection, numbers: Sequence[int]) -> tuple[str, ...]:
    """Give what identifies the rows of these exams and no others."""
    inside, outside = photos.c.exam_id.in_(numbers), photos.c.exam_id.not_in(numbers)
    shared = set(connection.execute(select(photos.c.sha256).where(outside)).scalars())
    hashes = set(connection.execute(select(photos.c.sha256).where(inside)).scalars()) - shared
    tokens = connection.execute(select(exams.c.token).where(exams.c.id.in_(numbers))).scalars()
    return (*tokens, *sorted(hashes))


def emptied(engine: Engine, file: Path) -> None:
    """Build the file anew and empty the log. Raises RecordsError where somebody else keeps the old one open."""
    with contextlib.closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")
    if _log_in_use(engine):
        msg = _(
            "the person was deleted, but another program keeps the old state of {file} open. "
            "Close it and run the same command again: it empties the log, and then finds nobody "
            "of that name.",
            file=file,
        )
        raise RecordsError(msg)


def free(engine: Engine, file: Path) -> None:
    """Raise RecordsError while another program holds an old state, which would outlive the deletion."""
    if _log_in_use(engine):
        msg = _(
            "another program is reading {file}. Nothing was deleted. Close it and run the same command again.",
            file=file,
        )
        raise RecordsError(msg)


def _log_in_use(engine: Engine) -> bool:
    """Empty the write-ahead log, and say whether somebody kept that from being done."""
    with contextlib.closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {READERS_MS}")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    return bool(busy)


def search(file: Path, wanted: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
    """Search the database's files; give the number of bytes searched, and the files that still hold a mark."""
    searched, found = 0, []
    for path in (file.with_name(file.name + ending) for ending in BESIDE):
        if not path.exists() or not path.stat().st_size:
            continue
        with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            searched += len(content)
            if any(content.find(mark.encode()) >= 0 for mark in wanted):
                found.append(path.name)
    return searched, tuple(found)
