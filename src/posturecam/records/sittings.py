"""A stored or measured exam as the records take it: its numbers with what its re-stands say, and where its points lie.

A sitting is read from the JSON of an assessment or exam; a measured exam becomes what the records store.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from posturecam.body import View
from posturecam.errors import SettingsError, StoredError
from posturecam.patterns.answers import Answers
from posturecam.patterns.plan import UNDER_AGE
from posturecam.picture.capture_date import ExamDay, best_date, exam_day, today
from posturecam.pipeline.assessment import READABLE as ASSESSMENTS
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import READABLE as EXAMS
from posturecam.pipeline.exam import Exam
from posturecam.records.exam_rows import STATED
from posturecam.records.progress import Reading, Sitting
from posturecam.records.record_entries import Facts, NewExam, PhotoRef
from posturecam.storage import exam_json, strict_json
from posturecam.storage.fields import ANEW, Fields, read_data
from posturecam.storage.stored import Stored, from_json
from posturecam.text.language import _

Numbers = tuple[float, float]
"""Value and standard error."""


@dataclass(frozen=True, slots=True)
class StoredSitting:
    """A sitting, and the photos that it rests on as they were stored."""

    sitting: Sitting
    photos: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class _PhotoNumbers:
    """One photo's own numbers."""

    view: str
    numbers: dict[str, Numbers]


def read_seen(path: Path) -> StoredSitting:
    """Read an assessment or exam from a JSON file. Raises StoredError, which names the file and the field."""
    return seen_in(read_data(path), path.name, None, str(path))


def seen_in(document: bytes | str, label: str, on: date | None, source: str) -> StoredSitting:
    """Take a sitting from the JSON text of an assessment or exam, of its photos' day unless ``on`` says another.

    Raises StoredError.
    """
    try:
        value = strict_json.loads(document)
    except ValueError as error:
        msg = _(
            "{source} is not JSON ({splitlines}). {anew}",
            source=source,
            splitlines=str(error).splitlines()[0][:80],
            anew=_(ANEW),
        )
        raise StoredError(msg) from error
    whole = Fields(source, value)
    several = whole.one_of("schema", (*ASSESSMENTS, *EXAMS)) in EXAMS
    photos = whole.rows("photos") if several else [whole]
    if not photos:
        msg = _("{source}: photos is empty; at least one is expected. {anew}", source=source, anew=_(ANEW))
        raise StoredError(msg)
    readings = _readings(whole, [_photo(photo) for photo in photos]) if several else _single(whole)
    stored = tuple(from_json(photo.value, source) for photo in photos)
    taken = best_date(photo.photo.taken for photo in stored)
    day = on if on is not None or taken is None else taken.on
    return StoredSitting(Sitting(label, day, tuple(readings), _made_with(whole, stored)), stored)


def _made_with(whole: Fields, photos: Sequence[Stored]) -> str:
    """Name the versions that the numbers depend on, where they are stored."""
    said = whole.inner("versions") if whole.has("versions") else None
    versions = [f"{key} {said.text(key)}" for key in ("posturecam", "knowledge") if said and said.has(key)]
    models = sorted({photo.pose.model_sha256[:8] for photo in photos if photo.pose.model_sha256})
    return ", ".join([*versions, *(_("pose model {one}", one=model) for model in models)])


def _photo(photo: Fields) -> _PhotoNumbers:
    views = tuple(view.value for view in View)
    numbers = {row.text("key"): _numbers(row) for row in photo.rows("measurements")}
    return _PhotoNumbers(photo.inner("photo").one_of("view", views), numbers)


def _numbers(row: Fields) -> Numbers:
    value, sem = row.number("value"), row.number("sem")
    if sem < 0:
        msg = _("{source}: {place}.sem is below 0. {anew}", source=row.source, place=row.place, anew=_(ANEW))
        raise StoredError(msg)
    return value, sem


def _single(whole: Fields) -> Iterator[Reading]:
    for row in whole.rows("measurements"):
        value, sem = _numbers(row)
        yield Reading(row.text("key"), value, sem, sem)


def _readings(whole: Fields, photos: Sequence[_PhotoNumbers]) -> Iterator[Reading]:
    """Give an exam's combined readings; the spread is that of the photos within each view, pooled."""
    for row in whole.rows("measurements"):
        key, (value, sem) = row.text("key"), _numbers(row)
        parts = [_part(part, key, photos) for part in row.rows("parts")]
        taken = [numbers for part in parts for numbers in part] or [(value, sem)]
        own = float(np.sqrt(np.mean([error**2 for _, error in taken])))
        spread, dof = _pooled(parts)
        yield Reading(key, value, sem, own, spread, dof, max([1, *map(len, parts)]))


def _part(part: Fields, key: str, photos: Sequence[_PhotoNumbers]) -> list[Numbers]:
    """Find the photos' own numbers behind a view's; one that was not combined leaves no re-stand to speak of."""
    found = [photo.numbers[key] for photo in photos if photo.view == part.text("view") and key in photo.numbers]
    return found if len(found) == part.count("photos") else found[:1]


def _pooled(parts: Sequence[Sequence[Numbers]]) -> tuple[float, int]:
    """Give the standard deviation within the views, and its degrees of freedom."""
    values = [np.array([value for value, _ in part]) for part in parts if part]
    dof = sum(len(value) - 1 for value in values)
    squares = sum(float(((value - value.mean()) ** 2).sum()) for value in values)
    return (float(np.sqrt(squares / dof)) if dof else 0.0), dof


def new_exam(
    exam: Exam, on: date, reference: Callable[[Assessment], PhotoRef], dated_from: str | None = None
) -> NewExam:
    """Make the entry of an exam; ``reference`` says of each photo where it lies and whether it is kept."""
    document = exam_json.exam_bytes(exam).decode()
    seen = seen_in(document, "exam", on, _("the exam"))
    return NewExam(on, document, seen.sitting, tuple(reference(photo) for photo in exam.photos), dated_from)


def exam_day_of(exam: Exam, said: date | None) -> ExamDay:
    """Settle the day of an exam: what was said, else what its photos tell, else today."""
    return exam_day((photo.photo.taken for photo in exam.photos), said)


def source_of(day: ExamDay) -> str | None:
    """Say what tells an exam's day, as the records write it down."""
    return STATED if day.stated else day.source and day.source.value


def with_age(answers: Answers | None, facts: Facts, on: date) -> Answers | None:
    """Join what is written down of a person's age with the answers: who is under 18 is so whatever was answered."""
    if not facts.under_age(on):
        return answers
    told = answers or Answers()
    return replace(told, given={**told.given, "age_band": (UNDER_AGE,)})


def stated_day(said: str | None, asked: str = "--date") -> date:
    """Understand a day such as 2026-03-31, not in the future; today when nothing is said. Raises SettingsError."""
    now = today()
    try:
        on = now if said is None else date.fromisoformat(said)
    except ValueError as error:
        msg = _("{asked} {said} is no day. Give it as {isoformat}.", asked=asked, said=said, isoformat=now.isoformat())
        raise SettingsError(msg) from error
    if on > now + timedelta(days=1):
        msg = _(
            "{asked} {said} lies in the future. Give the day on which the photos were taken.", asked=asked, said=said
        )
        raise SettingsError(msg)
    return on
