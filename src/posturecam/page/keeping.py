"""An open exam goes into the records, and comes back out of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from typing import Any

from posturecam.errors import RecordsError, SettingsError
from posturecam.knowledge import Knowledge
from posturecam.page.asked import text_asked
from posturecam.page.desks import Desk, Sheet, State
from posturecam.page.workplace import Workplace
from posturecam.picture.capture_date import today
from posturecam.picture.photo import Photo
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import Exam
from posturecam.pipeline.film import FilmAssessment
from posturecam.records import Facts, PhotoRef, checked_person, open_records
from posturecam.records.making import day_of, exam_day_of, new_exam, source_of
from posturecam.reports.picture.photo_overlay import encode
from posturecam.reports.picture.recorded import found_exam
from posturecam.text.day_words import dated
from posturecam.text.language import _


def facts_of(workplace: Workplace, person: str) -> Facts:
    """Give what is written down of a person; nothing where nobody of that name is known."""
    try:
        with open_records(workplace.database) as records:
            return records.facts(person)
    except RecordsError:
        return Facts()


def day_offered(desk: Desk, knowledge: Knowledge) -> str:
    """Give the day that a form offers for an exam: the one it is kept under, else its photos' own, else today."""
    exam = desk.exam(knowledge)
    if desk.day is not None or exam is None:
        return (desk.day or today()).isoformat()
    return exam_day_of(exam, None).on.isoformat()


def known_people(workplace: Workplace) -> list[str]:
    """Name everybody in the records; nobody where there are none yet."""
    try:
        with open_records(workplace.database) as records:
            return records.people()
    except RecordsError:
        return []


def offered(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Name the files that an exam can be downloaded as, and what each is."""
    single = sum(one.shown is not None for one in desk.sheets()) == 1
    pdf = (("report.pdf", _("to print")),) if find_spec("fpdf") is not None else ()
    return (("report.html", _("to read")), *pdf, ("assessment.json" if single else "exam.json", _("all numbers")))


def keep(desk: Desk, workplace: Workplace, said: Mapping[str, Any]) -> dict[str, Any]:
    """Store an exam under a person's name. Raises SettingsError, RecordsError."""
    person, on = _person(text_asked(said, "person")), day_of(text_asked(said, "on") or None, _("The date"))
    desk.know(facts_of(workplace, person), workplace.knowledge)
    exam, insists = desk.exam(workplace.knowledge), said.get("insists") is True
    if exam is None:
        msg = _("no photo of this exam was measured, so there is nothing to keep.")
        raise SettingsError(msg)
    sent = {one.shown.photo.sha256: one.data for one in desk.sheets() if one.shown is not None}
    keep_photos = said.get("photos") is True

    def reference(one: Assessment) -> PhotoRef:
        kept = sent.get(one.photo.sha256) if keep_photos else None
        return PhotoRef(one.photo.sha256, one.photo.name, "", one.pose.view.value, kept)

    with open_records(workplace.database, make=True) as records:
        records.refuse_mixups(person, [photo.photo.sha256 for photo in exam.photos], new=insists, same_photo=insists)
        added = records.add(person, new_exam(exam, on, reference, source_of(exam_day_of(exam, on))))
    desk.person, desk.day = person, on
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


def reopened(workplace: Workplace, number: int) -> Desk:
    """Lay an exam out of the records on a desk, with the pictures that are at hand. Raises RecordsError."""
    with open_records(workplace.database) as records:
        stored = records.exam(number)
        facts = records.facts(stored.person)
        found = found_exam(records, number, workplace.knowledge, pictures=True)
        kept = records.kept(number)
    desk = workplace.desks.open(Settings(), stored.person, f"record-{number}")
    desk.day = stored.on
    for shot in found.shots:
        data = kept.get(shot.assessment.photo.sha256)
        lay(desk, shot.assessment, shot.photo, data)
    desk.know(facts, workplace.knowledge)
    return desk


def lay(desk: Desk, assessment: Assessment, photo: Photo | None, data: bytes | None) -> None:
    """Lay a photo that is measured already on a desk."""

    def done(sheet: Sheet) -> None:
        sheet.state, sheet.photo, sheet.found, sheet.shown = State.DONE, photo, assessment, assessment

    desk.change(desk.add(assessment.photo.name, data).number, done)


def lay_capture(desk: Desk, measured: FilmAssessment) -> None:
    """Lay a measurement of the mirror on a desk; its middle picture stands for it and can be kept as a photo."""
    data = encode(measured.picture.pixels, ".png", mark=False)
    sha256 = hashlib.sha256(data).hexdigest()
    info = replace(measured.assessment.photo, sha256=sha256)
    lay(desk, replace(measured.assessment, photo=info), replace(measured.picture, sha256=sha256), data)
