"""From a measured exam to what the records store."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from posturecam.errors import SettingsError
from posturecam.patterns.answers import Answers
from posturecam.patterns.plan import UNDER_AGE
from posturecam.picture.capture_date import ExamDay, exam_day, today
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Exam
from posturecam.records.changing import STATED
from posturecam.records.entries import Facts, NewExam, PhotoRef
from posturecam.records.sittings import seen_in
from posturecam.storage import exam_json
from posturecam.text.language import _


def new_exam(
    exam: Exam, on: date, reference: Callable[[Assessment], PhotoRef], dated_from: str | None = None
) -> NewExam:
    """Make the entry of an exam; ``reference`` says of each photo where it lies and whether it is kept."""
    document = exam_json.to_bytes(exam).decode()
    seen = seen_in(document, "exam", on, _("the exam"))
    return NewExam(on, document, seen.sitting, tuple(reference(one) for one in exam.photos), dated_from)


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


def day_of(said: str | None, asked: str = "--date") -> date:
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
