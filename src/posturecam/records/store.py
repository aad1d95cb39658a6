"""The records themselves: store an exam, list a person's, forget a person. Each is one transaction."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, and_, delete, func, select

from posturecam.errors import RecordsError
from posturecam.records import erasing, exam_rows, server
from posturecam.records.database_errors import database_errors_told
from posturecam.records.exam_rows import (
    EXAM_ROWS,
    exam_added,
    exams_of,
    known_person,
    ownerless,
    person_number,
    stored_exam,
)
from posturecam.records.record_entries import Added, Deletion, Facts, Forgotten, KnownPerson, NewExam, StoredExam
from posturecam.records.schema import deletions, exams, people, photos, readings
from posturecam.text.language import _

WRITES = "posturecam_writes"
"""Execution option of a connection whose transactions write."""

_LAST_NUMBER = 2**31 - 1
"""No database counts further; a larger number it would not even compare."""


class Records:
    """The exams of all people. Every method raises RecordsError, and a write that fails leaves everything as it was."""

    def __init__(self, engine: Engine, where: str, file: Path | None) -> None:
        """Take an engine whose tables are there; ``file`` is the SQLite file, None for a server."""
        self._engine = engine
        self._where = where
        self._file = file

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with database_errors_told(self._where), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            database_errors_told(self._where),
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
            number = person_number(connection, person)
            added: list[Added] = []
            for exam in given:
                older = None if exam.replaces is None else added[exam.replaces].number
                added.append(exam_added(connection, number, exam, older))
            return added

    def people(self) -> list[str]:
        """Name everybody, in alphabetical order."""
        with self._reading() as connection:
            return list(connection.execute(select(people.c.name).order_by(people.c.name)).scalars())

    def overview(self) -> list[KnownPerson]:
        """Name everybody with the number of their exams and the day of the last one, in alphabetical order."""
        facts = (people.c.born, people.c.consented_on, people.c.consent)
        counted = (func.count(exams.c.id), func.max(exams.c.taken_on))
        theirs = and_(exams.c.person_id == people.c.id, exam_rows.is_current())
        wanted = select(people.c.name, *counted, *facts).select_from(people.outerjoin(exams, theirs))
        with self._reading() as connection:
            rows = connection.execute(wanted.group_by(people.c.id).order_by(people.c.name))
            return [KnownPerson(name, count, last, Facts(*told)) for name, count, last, *told in rows]

    def exams(self, person: str, *, versions: bool = False) -> list[StoredExam]:
        """Give a person's exams, the earliest first; with older ``versions`` too, then in the order of their numbers.

        Raises RecordsError for an unknown person, naming the nearest.
        """
        with self._reading() as connection:
            known_person(connection, person)
            theirs = EXAM_ROWS.where(people.c.name == person)
            wanted = (
                theirs.order_by(exams.c.id)
                if versions
                else theirs.where(exam_rows.is_current()).order_by(exams.c.taken_on, exams.c.id)
            )
            return [stored_exam(connection, row) for row in connection.execute(wanted).mappings()]

    def exam(self, number: int) -> StoredExam:
        """Give one exam by its number."""
        with self._reading() as connection:
            known = 0 < number <= _LAST_NUMBER
            row = connection.execute(EXAM_ROWS.where(exams.c.id == number)).mappings().first() if known else None
            if row is None:
                msg = _(
                    "there is no exam {number} in the records. List a person's exams with: posturecam history ID",
                    number=number,
                )
                raise RecordsError(msg)
            return stored_exam(connection, row)

    def document(self, number: int) -> str:
        """Give an exam's JSON text."""
        with self._reading() as connection:
            return str(connection.execute(select(exams.c.document).where(exams.c.id == number)).scalar_one())

    def kept(self, number: int) -> dict[str, bytes]:
        """Give the photos that were copied into the records with an exam, by their hash."""
        wanted = select(photos.c.sha256, photos.c.kept).where(photos.c.exam_id == number, photos.c.kept.is_not(None))
        with self._reading() as connection:
            return {sha256: bytes(data) for sha256, data in connection.execute(wanted)}

    def contents(self, person: str) -> Forgotten:
        """Count what the records hold of a person: what forgetting would delete."""
        with self._reading() as connection:
            return exam_rows.counted_rows(connection, exams_of(connection, known_person(connection, person)))

    def forget(self, person: str) -> Forgotten:
        """Delete a person wholly, then look for what could be left: rows, and bytes in the file and beside it."""
        if self._file is None and not self._knows(person):
            self._cleaned(())  # an earlier attempt may have left old rows behind
        return self._erased(lambda connection: _forgotten(connection, person))

    def delete_exam(self, number: int) -> Forgotten:
        """Delete an exam with its older versions, and look for what could be left, as ``forget`` does."""
        return self._erased(lambda connection: _exam_deleted(connection, number))

    def _erased(self, delete_rows: "Callable[[Connection], _Erased]") -> Forgotten:
        """Delete rows, then the bytes that they leave behind."""
        if self._file is not None:
            with database_errors_told(self._where):
                erasing.free(self._engine, self._file)
        with self._writing() as connection:
            erased = delete_rows(connection)
        told, wanted = erased.told, erased.marks
        if self._file is None:
            return replace(told, rebuilt=True, left=(*self._rows_of(erased.person), *self._cleaned(wanted)))
        with database_errors_told(self._where):
            erasing.emptied(self._engine, self._file)
        searched, found = erasing.files_holding(self._file, wanted)
        return replace(told, searched_bytes=searched, left=(*self._rows_of(erased.person), *found))

    def deletions(self) -> list[Deletion]:
        """List what was deleted and when, the latest first; nothing of it says whose it was."""
        columns = ("deleted_at", "what", "exams", "photos", "readings")
        with self._reading() as connection:
            found = connection.execute(select(*(deletions.c[name] for name in columns)).order_by(deletions.c.id.desc()))
            return [Deletion(*row) for row in found]

    def move(self, number: int, person: str) -> int:
        """Give an exam to another person, made where there is none; give the number under which it stands then."""
        with self._writing() as connection:
            return exam_rows.changed_exam(connection, number, person_id=person_number(connection, person))

    def redate(self, number: int, on: date) -> int:
        """Give an exam another day; give the number under which it stands then."""
        with self._writing() as connection:
            return exam_rows.changed_exam(connection, number, taken_on=on, dated_from=exam_rows.STATED)

    def finalise(self, number: int, by: str) -> None:
        """Finalise an exam: from now on a change makes a new version, and both are kept."""
        with self._writing() as connection:
            exam_rows.finalise_exam(connection, number, by)

    def rename(self, person: str, name: str) -> None:
        """Give a person another name."""
        with self._writing() as connection:
            exam_rows.rename_person(connection, known_person(connection, person), name)

    def merge(self, person: str, into: str) -> int:
        """Give all exams of a person to another, and delete the first; give how many exams moved."""
        with self._writing() as connection:
            return exam_rows.merge_people(connection, known_person(connection, person), known_person(connection, into))

    def facts(self, person: str) -> Facts:
        """Give what is written down of a person; nothing for somebody unknown."""
        with self._reading() as connection:
            found = connection.scalar(select(people.c.id).where(people.c.name == person))
            return Facts() if found is None else exam_rows.stored_facts(connection, found)

    def write_facts(self, person: str, facts: Facts) -> None:
        """Write down what is known of a person, in place of what was; the person is made where there is none."""
        with self._writing() as connection:
            exam_rows.write_facts(connection, person_number(connection, person), facts)

    def alike(self, person: str) -> str | None:
        """Name somebody whose name differs by no more than case and blanks; None where the very name is there."""
        return exam_rows.alike_name(self.people(), person)

    def refuse_mixups(self, person: str, hashes: Iterable[str], *, new: bool = False, same_photo: bool = False) -> None:
        """Raise RecordsError where a name is nearly another's, or a photo is somebody else's, unless that is meant."""
        near = None if new else self.alike(person)
        if near is not None:
            msg = _(
                "there is {near!r} in the records. Do you mean them? Then give that name; if {person!r} is somebody "
                "else, insist with --new.",
                near=near,
                person=person,
            )
            raise RecordsError(msg)
        if same_photo:
            return
        with self._reading() as connection:
            owner = exam_rows.owner_of(connection, person, hashes)
        if owner is not None:
            msg = _(
                "the photo {photo} is {owner!r}'s in the records. Nothing was stored. If it is {person!r}'s too, "
                "insist with --same-photo.",
                photo=owner[1],
                owner=owner[0],
                person=person,
            )
            raise RecordsError(msg)

    def _knows(self, person: str) -> bool:
        with self._reading() as connection:
            return connection.scalar(select(people.c.id).where(people.c.name == person)) is not None

    def _cleaned(self, wanted: tuple[str, ...]) -> tuple[str, ...]:
        """Write a server's tables anew; name those that still hold a mark or an old row."""
        with self._reading() as connection:
            marked = server.marked_rows(connection, wanted)
        with database_errors_told(self._where):
            return (*marked, *server.written_anew(self._engine))

    def _rows_of(self, number: int | None) -> tuple[str, ...]:
        """Name the tables that still hold something of a person, or of nobody."""
        with self._reading() as connection:
            mine = connection.scalar(select(func.count()).where(people.c.id == number))
            orphans = [
                (exams.name, connection.scalar(select(func.count()).where(exams.c.person_id == number))),
                *((table.name, connection.scalar(ownerless(table))) for table in (photos, readings)),
            ]
        return tuple(name for name, count in ((people.name, mine), *orphans) if count)


@dataclass(frozen=True, slots=True)
class _Erased:
    """What was deleted, the marks to search for, and the person's number where one was deleted."""

    told: Forgotten
    marks: tuple[str, ...]
    person: int | None = None


def _forgotten(connection: Connection, person: str) -> _Erased:
    """Delete a person's rows."""
    number = known_person(connection, person)
    told, marks = (
        exam_rows.counted_rows(connection, exams_of(connection, number)),
        erasing.person_marks(connection, number),
    )
    connection.execute(delete(people).where(people.c.id == number))
    exam_rows.log(connection, exam_rows.PERSON, told)
    return _Erased(told, marks, number)


def _exam_deleted(connection: Connection, number: int) -> _Erased:
    """Delete the rows of an exam and of its older versions."""
    numbers = exam_rows.versions_of(connection, number)
    told, marks = exam_rows.counted_rows(connection, numbers), erasing.exam_marks(connection, numbers)
    connection.execute(delete(exams).where(exams.c.id.in_(numbers)))
    exam_rows.log(connection, exam_rows.EXAM, told)
    return _Erased(told, marks)
