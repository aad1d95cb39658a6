"""From rows of the tables to exams and people, and back. Each function runs inside a transaction."""

import contextlib
import difflib
import hashlib
import secrets
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select
from sqlalchemy.exc import IntegrityError

from posturecam.errors import RecordsError
from posturecam.records import changing
from posturecam.records.entries import Added, Finalised, NewExam, PhotoRef, StoredExam
from posturecam.records.progress import Reading, Sitting
from posturecam.records.schema import exams, people, photos, readings
from posturecam.text.language import _

_TRIES = 5
_READING = tuple(one.name for one in fields(Reading))
_REFERENCE = ("sha256", "name", "path", "view")

EXAM = select(
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
        older = changing.replaced_by_content(connection, person, exam.on, (photo.sha256 for photo in exam.photos))
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


def stored(connection: Connection, row: RowMapping) -> StoredExam:
    """Take an exam out of its row (see ``EXAM``) and those of its parts."""
    number = row["id"]
    columns = [readings.c[name] for name in _READING]
    taken = connection.execute(select(*columns).where(readings.c.exam_id == number).order_by(readings.c.place))
    references = [photos.c[name] for name in _REFERENCE]
    seen = connection.execute(select(*references).where(photos.c.exam_id == number).order_by(photos.c.place))
    sitting = Sitting(
        _("exam {number}", number=number), row["taken_on"], tuple(Reading(*one) for one in taken), row["made_with"]
    )
    finalised = row["finalised_at"] and Finalised(row["finalised_by"], row["finalised_at"])
    return StoredExam(
        number,
        row["name"],
        row["taken_on"],
        row["digest"],
        sitting,
        tuple(PhotoRef(*one) for one in seen),
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
