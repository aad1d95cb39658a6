"""Make sure that what was deleted is gone from the disk too, and prove it by searching the files' bytes.

Deleting rows leaves them readable in free pages and in the write-ahead log. So the file is built anew from what is
left (VACUUM), the log is emptied, and then the file and everything beside it is searched for the marks of the deleted
person: the random tokens of their rows, and the hashes of photos that nobody else has. Reports, tables and exports
beside the photos may still carry a name which the records have given up: they are found and told.
"""

import contextlib
import html
import json
import mmap
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from posturecam.errors import RecordsError
from posturecam.records.schema import exams, people, photos
from posturecam.storage.origin import is_ours
from posturecam.text.language import _

BUSY_MS = 30_000
"""How long a writer waits for its turn."""

READERS_MS = 3_000
"""How long deleting waits for readers to end."""

BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps for one database."""


def person_marks(connection: Connection, person: int) -> tuple[str, ...]:
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


def files_holding(file: Path, wanted: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
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


_SEARCHED = frozenset((".html", ".json", ".jsonl", ".csv", ".zip"))
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""A letter as JSON may write it."""

_MOST_FILES, _MOST_BYTES = 5000, 64 * 2**20


def carrying(name: str, folders: Iterable[Path]) -> list[Path]:
    """List the files of posturecam's in these folders, and in the folders in them, in which a whole name stands."""
    spellings = {name, html.escape(name), html.escape(name, quote=False), json.dumps(name, ensure_ascii=False)[1:-1]}
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(spellings)))})(?!\w)")
    places = dict.fromkeys(folder.resolve() for folder in folders)
    files = dict.fromkeys(path for folder in places for path in islice(_files(folder), _MOST_FILES))
    found = [path for path in files if is_ours(path) and pattern.search(_text(path))]
    beside = [path.with_suffix(".pdf") for path in found if path.suffix == ".html"]
    return sorted({*found, *(path for path in beside if is_ours(path))})


def _files(folder: Path) -> Iterator[Path]:
    """Give what can be searched in a folder and in the folders in it; links are not followed."""
    for path in _listed(folder):
        if path.is_symlink():
            continue
        if path.suffix.lower() in _SEARCHED:
            yield path
        elif path.is_dir():
            yield from (below for below in _listed(path) if below.suffix.lower() in _SEARCHED)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _text(path: Path) -> str:
    """Give the text that is searched; nothing where the file cannot be read, or is too large for a report."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return ""
        if path.suffix.lower() != ".zip":
            return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), path.read_bytes().decode("utf-8", "replace"))
        with zipfile.ZipFile(path) as export, export.open("person.json") as facts:
            return facts.read(_MOST_BYTES).decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return ""
