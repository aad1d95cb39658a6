"""An open exam goes into the records, and comes back out of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from typing import Any

from posturecam.errors import RecordsError, SettingsError
from posturecam.knowledge import Knowledge
from posturecam.page.app_state import AppState, ExamPhoto, OpenExam, PhotoState
from posturecam.page.requests import text_asked
from posturecam.picture.capture_date import today
from posturecam.picture.photo import Photo
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import Exam
from posturecam.pipeline.film import FilmAssessment
from posturecam.records import Facts, PhotoRef, checked_person, open_records
from posturecam.records.sittings import exam_day_of, new_exam, source_of, stated_day
from posturecam.reports.drawing.photo_overlay import encode
from posturecam.reports.recorded_exam import found_exam
from posturecam.text.day_words import dated
from posturecam.text.language import _


def facts_of(app_state: AppState, person: str) -> Facts:
    """Give what is written down of a person; nothing where nobody of that name is known."""
    try:
        with open_records(app_state.database) as records:
            return records.facts(person)
    except RecordsError:
        return Facts()


def day_offered(open_exam: OpenExam, knowledge: Knowledge) -> str:
    """Give the day that a form offers for an exam: the one it is kept under, else its photos' own, else today."""
    exam = open_exam.exam(knowledge)
    if open_exam.day is not None or exam is None:
        return (open_exam.day or today()).isoformat()
    return exam_day_of(exam, None).on.isoformat()


def known_people(app_state: AppState) -> list[str]:
    """Name everybody in the records; nobody where there are none yet."""
    try:
        with open_records(app_state.database) as records:
            return records.people()
    except RecordsError:
        return []


def offered(open_exam: OpenExam) -> tuple[tuple[str, str], ...]:
    """Name the files that an exam can be downloaded as, and what each is."""
    single = sum(photo.shown is not None for photo in open_exam.exam_photos()) == 1
    pdf = (("report.pdf", _("to print")),) if find_spec("fpdf") is not None else ()
    return (("report.html", _("to read")), *pdf, ("assessment.json" if single else "exam.json", _("all numbers")))


def store_exam(open_exam: OpenExam, app_state: AppState, said: Mapping[str, Any]) -> dict[str, Any]:
    """Store an exam under a person's name. Raises SettingsError, RecordsError."""
    person, on = _person(text_asked(said, "person")), stated_day(text_asked(said, "on") or None, _("The date"))
    open_exam.know(facts_of(app_state, person), app_state.knowledge)
    exam, insists = open_exam.exam(app_state.knowledge), said.get("insists") is True
    if exam is None:
        msg = _("no photo of this exam was measured, so there is nothing to keep.")
        raise SettingsError(msg)
    sent = {photo.shown.photo.sha256: photo.data for photo in open_exam.exam_photos() if photo.shown is not None}
    keep_photos = said.get("photos") is True

    def reference(assessment: Assessment) -> PhotoRef:
        kept = sent.get(assessment.photo.sha256) if keep_photos else None
        return PhotoRef(assessment.photo.sha256, assessment.photo.name, "", assessment.pose.view.value, kept)

    with open_records(app_state.database, make=True) as records:
        records.refuse_mixups(person, [photo.photo.sha256 for photo in exam.photos], new=insists, same_photo=insists)
        added = records.add(person, new_exam(exam, on, reference, source_of(exam_day_of(exam, on))))
    open_exam.person, open_exam.day = person, on
    return {"person": person, "number": added.number, "fresh": added.fresh, "doubt": _doubt(exam, on)}


def _doubt(exam: Exam, on: date) -> str:
    """Say which photos are of another day than the one that was stated; nothing where none is."""
    against = exam_day_of(exam, on).against
    dates = ", ".join(map(dated, against))
    return _("But the photos are of another day: {dates}.", dates=dates) if against else ""


def _person(said: str) -> str:
    if not said.strip():
        msg = _("say whose exam it is: a name or a number of your own.")
        raise SettingsError(msg)
    return checked_person(said)


def reopened(app_state: AppState, number: int) -> OpenExam:
    """Open an exam out of the records, with the pictures that are at hand. Raises RecordsError."""
    with open_records(app_state.database) as records:
        stored = records.exam(number)
        facts = records.facts(stored.person)
        found = found_exam(records, number, app_state.knowledge, pictures=True)
        kept = records.kept(number)
    open_exam = app_state.open_exams.open(Settings(), stored.person, f"record-{number}")
    open_exam.day = stored.on
    for shot in found.shots:
        data = kept.get(shot.assessment.photo.sha256)
        lay(open_exam, shot.assessment, shot.photo, data)
    open_exam.know(facts, app_state.knowledge)
    return open_exam


def lay(open_exam: OpenExam, assessment: Assessment, photo: Photo | None, data: bytes | None) -> None:
    """Lay a photo that is measured already on an open exam."""

    def done(exam_photo: ExamPhoto) -> None:
        exam_photo.state, exam_photo.photo, exam_photo.found, exam_photo.shown = (
            PhotoState.DONE,
            photo,
            assessment,
            assessment,
        )

    open_exam.change(open_exam.add(assessment.photo.name, data).number, done)


def lay_capture(open_exam: OpenExam, measured: FilmAssessment) -> None:
    """Lay a measurement of the mirror on an open exam; its middle picture stands for it and can be kept as a photo."""
    data = encode(measured.picture.pixels, ".png", mark=False)
    sha256 = hashlib.sha256(data).hexdigest()
    info = replace(measured.assessment.photo, sha256=sha256)
    lay(open_exam, replace(measured.assessment, photo=info), replace(measured.picture, sha256=sha256), data)
