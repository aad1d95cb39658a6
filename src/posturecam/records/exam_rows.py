"""From rows of the tables to exams and people, and back, and what changes them; each function inside a transaction.

An exam changes its person, its day, its end; people are renamed and merged. A finalised exam stays as it is for ever:
the change is made in a copy, the new version, which ``replaces`` it.
"""

import contextlib
import difflib
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from posturecam.errors import RecordsError
from posturecam.records.progress import Reading, Sitting
from posturecam.records.record_entries import (
    Added,
    Facts,
    Finalised,
    Forgotten,
    NewExam,
    PhotoRef,
    StoredExam,
    name_key,
)
from posturecam.records.schema import deletions, exams, people, photos, readings
from posturecam.text.language import _

PERSON, EXAM = "person", "exam"
STATED = "stated"
"""What tells the day of an exam where somebody stated it."""


def is_current() -> ColumnElement[bool]:
    """Tell exams from the older versions that they replaced."""
    return exams.c.id.not_in(select(exams.c.replaces).where(exams.c.replaces.is_not(None)))


def exam_row(connection: Connection, number: int) -> RowMapping:
    """Find an exam's row. Raises RecordsError where there is none, or a newer version."""
    row = connection.execute(select(exams).where(exams.c.id == number)).mappings().first()
    if row is None:
        msg = _(
            "there is no exam {number} in the records. List a person's exams with: posturecam history ID",
            number=number,
        )
        raise RecordsError(msg)
    newer = connection.execute(select(exams.c.id).where(exams.c.replaces == number)).scalar()
    if newer is not None:
        msg = _(
            "exam {number} was replaced by exam {newer}, its new version. Change that one.", number=number, newer=newer
        )
        raise RecordsError(msg)
    return row


def changed_exam(connection: Connection, number: int, **values: Any) -> int:
    """Change an exam, or make the new version of a finalised one; give the number under which it stands now."""
    row = exam_row(connection, number)
    try:
        with connection.begin_nested():
            if row["finalised_at"] is not None:
                return _new_version(connection, row, values)
            connection.execute(update(exams).where(exams.c.id == number).values(**values))
            return number
    except IntegrityError as error:
        msg = _("the very same exam of that person and day is in the records already. Nothing was changed.")
        raise RecordsError(msg) from error


def _new_version(connection: Connection, row: RowMapping, values: dict[str, Any]) -> int:
    """Copy an exam with all its parts, changed, under a number of its own."""
    own = {
        "stored_at": datetime.now(UTC),
        "token": secrets.token_hex(16),
        "finalised_by": None,
        "finalised_at": None,
        "replaces": row["id"],
    }
    copy = {name: value for name, value in row.items() if name != "id"} | own | values
    key = connection.execute(insert(exams).values(**copy)).inserted_primary_key
    assert key is not None  # noqa: S101  (an insert of one row gives its key)
    number = int(key[0])
    for table in (photos, readings):
        parts = connection.execute(select(table).where(table.c.exam_id == row["id"])).mappings()
        rows = [{**part, "exam_id": number} for part in parts]
        if rows:
            connection.execute(insert(table), rows)
    return number


def finalise_exam(connection: Connection, number: int, by: str) -> None:
    """Finalise an exam. Raises RecordsError where that was done already."""
    row = exam_row(connection, number)
    if row["finalised_at"] is not None:
        msg = _("exam {number} was finalised by {by} already.", number=number, by=row["finalised_by"])
        raise RecordsError(msg)
    values = {"finalised_by": by, "finalised_at": datetime.now(UTC)}
    connection.execute(update(exams).where(exams.c.id == number).values(**values))


def replaced_by_content(connection: Connection, person: int, on: date, hashes: Iterable[str]) -> int | None:
    """Find the finalised exam of a person and day that rests on these very photos: a further one is its new version."""
    wanted = select(exams.c.id).where(
        exams.c.person_id == person, exams.c.taken_on == on, exams.c.finalised_at.is_not(None), is_current()
    )
    given = set(hashes)
    for number in connection.execute(wanted).scalars().all():
        found = connection.execute(select(photos.c.sha256).where(photos.c.exam_id == number)).scalars()
        if set(found) == given:
            return int(number)
    return None


def versions_of(connection: Connection, number: int) -> list[int]:
    """Give an exam's number and those of the older versions that it replaced."""
    chain = [int(exam_row(connection, number)["id"])]
    while True:
        older = connection.execute(select(exams.c.replaces).where(exams.c.id == chain[-1])).scalar()
        if older is None:
            return chain
        chain.append(int(older))


def rename_person(connection: Connection, person: int, name: str) -> None:
    """Give a person another name. Raises RecordsError where somebody has it."""
    try:
        with connection.begin_nested():
            connection.execute(update(people).where(people.c.id == person).values(name=name))
    except IntegrityError as error:
        msg = _(
            "there is somebody called {name!r} already. If both are one person: posturecam merge OTHER {name!r}",
            name=name,
        )
        raise RecordsError(msg) from error


def merge_people(connection: Connection, person: int, into: int) -> int:
    """Give all exams of one person to another and delete the first; give how many exams moved.

    An exam that both have is kept once; of the facts those of the second go first.
    """
    if person == into:
        msg = _("these are the same person. Nothing was changed.")
        raise RecordsError(msg)
    same = select(exams.c.taken_on, exams.c.digest).where(exams.c.person_id == into)
    there = {(row.taken_on, row.digest) for row in connection.execute(same)}
    mine = connection.execute(
        select(exams.c.id, exams.c.taken_on, exams.c.digest).where(exams.c.person_id == person)
    ).all()
    moved = [row.id for row in mine if (row.taken_on, row.digest) not in there]
    connection.execute(update(exams).where(exams.c.id.in_(moved)).values(person_id=into))
    own, theirs = stored_facts(connection, person), stored_facts(connection, into)
    agreed = theirs if theirs.consented_on or theirs.consent else own
    write_facts(connection, into, Facts(theirs.born or own.born, agreed.consented_on, agreed.consent))
    connection.execute(delete(people).where(people.c.id == person))
    return len(moved)


def stored_facts(connection: Connection, person: int) -> Facts:
    """Read what is written down of a person."""
    wanted = select(people.c.born, people.c.consented_on, people.c.consent).where(people.c.id == person)
    return Facts(*connection.execute(wanted).one())


def write_facts(connection: Connection, person: int, told: Facts) -> None:
    """Write down what is known of a person, in place of what was."""
    values = {"born": told.born, "consented_on": told.consented_on, "consent": told.consent}
    connection.execute(update(people).where(people.c.id == person).values(**values))


def alike_name(names: Iterable[str], person: str) -> str | None:
    """Find a name that differs from another by no more than case and blanks; None where the very name is there."""
    known = list(names)
    if person in known:
        return None
    return next((name for name in known if name_key(name) == name_key(person)), None)


def owner_of(connection: Connection, person: str, hashes: Iterable[str]) -> tuple[str, str] | None:
    """Find somebody else who has one of these photos: the name, and the photo's."""
    wanted = (
        select(people.c.name, photos.c.name)
        .select_from(photos.join(exams).join(people))
        .where(photos.c.sha256.in_(list(hashes)), people.c.name != person, is_current())
    )
    found = connection.execute(wanted.order_by(people.c.name)).first()
    return None if found is None else (found[0], found[1])


def counted_rows(connection: Connection, numbers: Iterable[int]) -> Forgotten:
    """Count what belongs to these exams."""
    mine = list(numbers)

    def count(table: Table, *more: ColumnElement[bool]) -> int:
        return connection.scalar(select(func.count()).select_from(table).where(table.c.exam_id.in_(mine), *more)) or 0

    return Forgotten(len(mine), count(photos), count(photos, photos.c.kept.is_not(None)), count(readings), None, ())


def log(connection: Connection, what: str, told: Forgotten) -> None:
    """Write down that something is deleted: when and how much, never whose."""
    row = {"deleted_at": datetime.now(UTC), "what": what}
    connection.execute(insert(deletions).values(**row, exams=told.exams, photos=told.photos, readings=told.readings))


_TRIES = 5
_READING = tuple(field.name for field in fields(Reading))
_REFERENCE = ("sha256", "name", "path", "view")

EXAM_ROWS = select(
    exams.c.id,
    exams.c.taken_on,
    exams.c.digest,
    exams.c.made_with,
    exams.c.dated_from,
    exams.c.finalised_by,
    exams.c.finalised_at,
    exams.c.replaces,
    people.c.name,
).join(people)


def ownerless(table: Any) -> Any:
    """Count the rows of a table whose exam is gone."""
    return select(func.count()).select_from(table).where(table.c.exam_id.not_in(select(exams.c.id)))


def person_number(connection: Connection, person: str) -> int:
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


def exam_added(connection: Connection, person: int, exam: NewExam, older: int | None) -> Added:
    """Store an exam, in place of an ``older`` version, or of a finalised one that rests on the same photos."""
    digest = hashlib.sha256(exam.document.encode()).hexdigest()
    same = select(exams.c.id).where(exams.c.person_id == person, exams.c.taken_on == exam.on, exams.c.digest == digest)
    found = connection.execute(same).scalar()
    if found is not None:
        return Added(int(found), fresh=False)
    if older is None and exam.finalised is None:
        older = replaced_by_content(connection, person, exam.on, (photo.sha256 for photo in exam.photos))
    row = {
        "person_id": person,
        "taken_on": exam.on,
        "stored_at": datetime.now(UTC),
        "digest": digest,
        "token": secrets.token_hex(16),
        "made_with": exam.sitting.made_with,
        "document": exam.document,
        "dated_from": exam.dated_from,
        "finalised_by": exam.finalised and exam.finalised.by,
        "finalised_at": exam.finalised and exam.finalised.at,
        "replaces": older,
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


def stored_exam(connection: Connection, row: RowMapping) -> StoredExam:
    """Take an exam out of its row (see ``EXAM_ROWS``) and those of its parts."""
    number = row["id"]
    columns = [readings.c[name] for name in _READING]
    taken = connection.execute(select(*columns).where(readings.c.exam_id == number).order_by(readings.c.place))
    references = [photos.c[name] for name in _REFERENCE]
    seen = connection.execute(select(*references).where(photos.c.exam_id == number).order_by(photos.c.place))
    sitting = Sitting(
        _("exam {number}", number=number),
        row["taken_on"],
        tuple(Reading(*reading) for reading in taken),
        row["made_with"],
    )
    finalised = row["finalised_at"] and Finalised(row["finalised_by"], row["finalised_at"])
    return StoredExam(
        number,
        row["name"],
        row["taken_on"],
        row["digest"],
        sitting,
        tuple(PhotoRef(*reference) for reference in seen),
        row["dated_from"],
        finalised,
        row["replaces"],
    )


def known_person(connection: Connection, person: str) -> int:
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


def exams_of(connection: Connection, person: int) -> list[int]:
    """List the numbers of a person's exams, older versions too."""
    return list(connection.execute(select(exams.c.id).where(exams.c.person_id == person)).scalars())
