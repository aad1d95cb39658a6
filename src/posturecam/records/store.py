"""The records themselves: store an exam, list a person's, forget a person. Each is one transaction."""

import contextlib
import difflib
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from posturecam.errors import RecordsError
from posturecam.language import _
from posturecam.progress import Reading, Sitting
from posturecam.records import erasing, server
from posturecam.records.entries import Added, Forgotten, Known, NewExam, PhotoRef, StoredExam
from posturecam.records.faults import telling
from posturecam.records.schema import exams, people, photos, readings

WRITES = "posturecam_writes"
"""Execution option of a connection whose transactions write."""

_TRIES = 5
_READING = tuple(one.name for one in fields(Reading))
_REFERENCE = ("sha256", "name", "path", "view")


class Records:
    """The exams of all people. Every method raises RecordsError, and a write that fails leaves everything as it was."""

    def __init__(self, engine: Engine, where: str, file: Path | None) -> None:
        """Take an engine whose tables are there; ``file`` is the SQLite file, None for a server."""
        self._engine = engine
        self._where = where
        self._file = file

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with telling(self._where), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            telling(self._where),
            self._engine.connect().execution_options(**{WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection

    def add(self, person: str, exam: NewExam) -> Added:
        """Store an exam; the very same one of the same day is stored once."""
        return self.add_all(person, [exam])[0]

    def add_all(self, person: str, given: Iterable[NewExam]) -> list[Added]:
        """Store several exams of a person: all of them or none."""
        with self._writing() as connection:
            number = _person_number(connection, person)
            return [_added(connection, number, one) for one in given]

    def people(self) -> list[str]:
        """Name everybody, in alphabetical order."""
        with self._reading() as connection:
            return list(connection.execute(select(people.c.name).order_by(people.c.name)).scalars())

    def overview(self) -> list[Known]:
        """Name everybody with the number of their exams and the day of the last one, in alphabetical order."""
        wanted = select(people.c.name, func.count(exams.c.id), func.max(exams.c.taken_on)).outerjoin(exams)
        with self._reading() as connection:
            rows = connection.execute(wanted.group_by(people.c.name).order_by(people.c.name))
            return [Known(*row) for row in rows]

    def exams(self, person: str) -> list[StoredExam]:
        """Give a person's exams, the earliest first. Raises RecordsError for an unknown person, naming the nearest."""
        with self._reading() as connection:
            _known(connection, person)
            wanted = _EXAM.where(people.c.name == person).order_by(exams.c.taken_on, exams.c.id)
            return [_stored(connection, row) for row in connection.execute(wanted).mappings()]

    def exam(self, number: int) -> StoredExam:
        """Give one exam by its number."""
        with self._reading() as connection:
            row = connection.execute(_EXAM.where(exams.c.id == number)).mappings().first()
            if row is None:
                msg = _(
                    "there is no exam {number} in the records. List a person's exams with: posturecam history ID",
                    number=number,
                )
                raise RecordsError(msg)
            return _stored(connection, row)

    def document(self, number: int) -> str:
        """Give an exam's JSON text."""
        with self._reading() as connection:
            return str(connection.execute(select(exams.c.document).where(exams.c.id == number)).scalar_one())

    def kept(self, number: int) -> dict[str, bytes]:
        """Give the photos that were copied into the records with an exam, by their hash."""
        wanted = select(photos.c.sha256, photos.c.kept).where(photos.c.exam_id == number, photos.c.kept.is_not(None))
        with self._reading() as connection:
            return {sha256: bytes(data) for sha256, data in connection.execute(wanted)}

    def forget(self, person: str) -> Forgotten:
        """Delete a person wholly, then look for what could be left: rows, and bytes in the file and beside it."""
        if self._file is not None:
            with telling(self._where):
                erasing.free(self._engine, self._file)
        elif not self._knows(person):
            self._cleaned(())  # an earlier attempt may have left old rows behind
        number, told, wanted = self._deleted(person)
        if self._file is None:
            return replace(told, rebuilt=True, left=(*self._rows_of(number), *self._cleaned(wanted)))
        with telling(self._where):
            erasing.emptied(self._engine, self._file)
        searched, found = erasing.search(self._file, wanted)
        return replace(told, searched_bytes=searched, left=(*self._rows_of(number), *found))

    def _knows(self, person: str) -> bool:
        with self._reading() as connection:
            return connection.scalar(select(people.c.id).where(people.c.name == person)) is not None

    def _cleaned(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Write a server's tables anew; name those that still hold a mark or an old row."""
        with self._reading() as connection:
            marked = server.marked_rows(connection, wanted)
        with telling(self._where):
            return (*marked, *server.written_anew(self._engine))

    def _deleted(self, person: str) -> tuple[int, Forgotten, tuple[str, ...]]:
        """Delete the rows; give the person's number, what there was, and the marks to search for."""
        with self._writing() as connection:
            number = _known(connection, person)
            told, wanted = _counted(connection, number), erasing.marks(connection, number)
            connection.execute(delete(people).where(people.c.id == number))
        return number, told, wanted

    def _rows_of(self, number: int) -> tuple[str, ...]:
        """Name the tables that still hold something of a person, or of nobody."""
        with self._reading() as connection:
            mine = connection.scalar(select(func.count()).where(people.c.id == number))
            orphans = [
                (exams.name, connection.scalar(select(func.count()).where(exams.c.person_id == number))),
                *((table.name, connection.scalar(_ownerless(table))) for table in (photos, readings)),
            ]
        return tuple(name for name, count in ((people.name, mine), *orphans) if count)


_EXAM = select(exams.c.id, exams.c.taken_on, exams.c.digest, exams.c.made_with, people.c.name).join(people)


def _ownerless(table: Any) -> Any:
    return select(func.count()).select_from(table).where(table.c.exam_id.not_in(select(exams.c.id)))


def _person_number(connection: Connection, person: str) -> int:
    """Find a person's row, or make it, and hold it: on a server, other rooms that write this person wait.

    In the same moment another room may make the row or delete it, so what was looked for is looked for again.
    """
    wanted = select(people.c.id).where(people.c.name == person).with_for_update(key_share=True)
    for _try in range(_TRIES):
        found = connection.execute(wanted).scalar()
        if found is not None:
            return int(found)
        row = {"name": person, "token": secrets.token_hex(16), "since": datetime.now(UTC)}
        with contextlib.suppress(IntegrityError), connection.begin_nested():
            connection.execute(insert(people), row)
    return int(connection.execute(wanted).scalar_one())


def _added(connection: Connection, person: int, exam: NewExam) -> Added:
    digest = hashlib.sha256(exam.document.encode()).hexdigest()
    same = select(exams.c.id).where(exams.c.person_id == person, exams.c.taken_on == exam.on, exams.c.digest == digest)
    found = connection.execute(same).scalar()
    if found is not None:
        return Added(int(found), fresh=False)
    row = {
        "person_id": person,
        "taken_on": exam.on,
        "stored_at": datetime.now(UTC),
        "digest": digest,
        "token": secrets.token_hex(16),
        "made_with": exam.sitting.made_with,
        "document": exam.document,
    }
    key = connection.execute(insert(exams).values(**row)).inserted_primary_key
    assert key is not None  # noqa: S101  (an insert of one row gives its key)
    number = int(key[0])
    _add_rows(
        connection, photos, number, [{name: getattr(p, name) for name in (*_REFERENCE, "kept")} for p in exam.photos]
    )
    _add_rows(
        connection, readings, number, [{name: getattr(r, name) for name in _READING} for r in exam.sitting.readings]
    )
    return Added(number, fresh=True)


def _add_rows(connection: Connection, table: Any, number: int, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), [{"exam_id": number, "place": n, **row} for n, row in enumerate(rows)])


def _stored(connection: Connection, row: RowMapping) -> StoredExam:
    number = row["id"]
    columns = [readings.c[name] for name in _READING]
    taken = connection.execute(select(*columns).where(readings.c.exam_id == number).order_by(readings.c.place))
    references = [photos.c[name] for name in _REFERENCE]
    seen = connection.execute(select(*references).where(photos.c.exam_id == number).order_by(photos.c.place))
    sitting = Sitting(
        _("exam {number}", number=number), row["taken_on"], tuple(Reading(*one) for one in taken), row["made_with"]
    )
    return StoredExam(
        number, row["name"], row["taken_on"], row["digest"], sitting, tuple(PhotoRef(*one) for one in seen)
    )


def _known(connection: Connection, person: str) -> int:
    """Find a person's row, or say who may have been meant."""
    found = connection.execute(select(people.c.id).where(people.c.name == person)).scalar()
    if found is not None:
        return int(found)
    names = list(connection.execute(select(people.c.name)).scalars())
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(person.casefold(), folded, n=1, cutoff=0.5)
    meant = (
        _("Did you mean {folded!r}?", folded=folded[near[0]])
        if near
        else _("Store a first exam with: posturecam exam PHOTO --person ID")
    )
    msg = _("there is nobody called {person!r} in the records. {meant}", person=person, meant=meant)
    raise RecordsError(msg)


def _counted(connection: Connection, person: int) -> Forgotten:
    mine = select(exams.c.id).where(exams.c.person_id == person)

    def count(table: Any, *more: Any) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(table.c.exam_id.in_(mine), *more)) or 0

    number = connection.scalar(select(func.count()).where(exams.c.person_id == person)) or 0
    return Forgotten(number, count(photos), count(photos, photos.c.kept.is_not(None)), count(readings), None, ())
