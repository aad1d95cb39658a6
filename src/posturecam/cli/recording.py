"""From photos to a stored exam: measured first, stored in one transaction afterwards."""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from posturecam.answers import read_answers
from posturecam.assessment import Assessment, Settings
from posturecam.errors import SettingsError
from posturecam.exam import Exam, assess_exam
from posturecam.knowledge import Knowledge
from posturecam.photo import Photo, file_bytes, read, shown_name
from posturecam.poses.finder import Finder
from posturecam.records import Added, NewExam, PhotoRef, open_records
from posturecam.reports import exam_json
from posturecam.reports.sittings import seen_in


@dataclass(frozen=True, slots=True)
class Measured:
    """An exam, the photos it was made of by their hash, and where each lies."""

    exam: Exam
    pictures: dict[str, Photo]
    paths: dict[str, Path]


def day_of(said: str | None) -> date:
    """Understand ``--date``: a day such as 2026-03-31, not in the future; today when nothing is said."""
    today = datetime.now(UTC).astimezone().date()
    try:
        on = today if said is None else date.fromisoformat(said)
    except ValueError as error:
        msg = f"--date {said} is no day. Give it as {today.isoformat()}."
        raise SettingsError(msg) from error
    if on > today + timedelta(days=1):
        msg = f"--date {said} lies in the future. Give the day on which the photos were taken."
        raise SettingsError(msg)
    return on


def measured(
    paths: list[Path], settings: Settings, knowledge: Knowledge, model: Path | None, answers: Path | None
) -> Measured:
    """Analyse one person's photos. Raises PhotoError or NobodyFound when none can be measured."""
    said = read_answers(answers, knowledge) if answers else None
    pictures: dict[str, Photo] = {}
    places: dict[str, Path] = {}

    def opened(path: Path) -> Photo:
        picture = read(path, settings.long_side_px)
        pictures[picture.sha256], places[picture.sha256] = picture, path
        return picture

    with Finder(model) as finder:
        photos = [(shown_name(path), partial(opened, path)) for path in paths]
        exam = assess_exam(photos, finder, settings, knowledge, said)
    return Measured(exam, pictures, places)


@dataclass(frozen=True, slots=True)
class Recording:
    """Where an exam goes: which records, whose, which day, with or without the photos themselves."""

    database: str | None
    person: str
    on: date
    keep_photos: bool = False

    def store(self, done: Measured) -> Added:
        """Store the exam."""
        document = exam_json.to_bytes(done.exam).decode()
        seen = seen_in(document, "exam", self.on, "the exam")
        photos = tuple(self._reference(one, done.paths[one.photo.sha256]) for one in done.exam.photos)
        with open_records(self.database, make=True) as records:
            return records.add(self.person, NewExam(self.on, document, seen.sitting, photos))

    def _reference(self, one: Assessment, path: Path) -> PhotoRef:
        where = os.fsencode(path.absolute()).decode("utf-8", "replace")
        kept = file_bytes(path) if self.keep_photos else None
        return PhotoRef(one.photo.sha256, one.photo.name, where, one.pose.view.value, kept)
