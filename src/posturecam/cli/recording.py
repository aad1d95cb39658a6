"""From photos to a stored exam: measured first, stored in one transaction afterwards."""

import contextlib
import hashlib
import os
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from posturecam.cli.file_options import ReadFiles, tell_network
from posturecam.cli.people_commands import meant
from posturecam.cli.shared_options import check_stickers
from posturecam.errors import NoRecordsError, PhotoError
from posturecam.picture.capture_date import ExamDay, capture_date, exam_day
from posturecam.picture.photo import Photo, file_bytes, read
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import Exam, assess_exam
from posturecam.pipeline.limits import TimeLimit
from posturecam.poses.finder import Finder
from posturecam.records import Added, PhotoRef, check_records, open_records
from posturecam.records.sittings import new_exam, source_of, with_age


@dataclass(frozen=True, slots=True)
class MeasuredExam:
    """An exam, the photos it was made of by their hash, and where each lies."""

    exam: Exam
    pictures: dict[str, Photo]
    paths: dict[str, Path]

    def day(self, said: date | None) -> ExamDay:
        """Settle the exam's day: what was said, else what the photos tell, else today."""
        return exam_day((photo.photo.taken for photo in self.exam.photos), said)


def measured_exam(paths: list[Path], settings: Settings, model: Path | None, known: ReadFiles) -> MeasuredExam:
    """Analyse one person's photos.

    Raises PhotoError or NobodyFound when none can be measured, SettingsError when none shows the stickers asked for.
    """
    pictures: dict[str, Photo] = {}
    places: dict[str, Path] = {}

    def opened(path: Path) -> Photo:
        limit.begin(str(path))
        picture = read(path, settings.long_side_px)
        pictures[picture.sha256], places[picture.sha256] = picture, path
        return picture

    with Finder(model) as finder, TimeLimit(known.timeout_s) as limit:
        photos = [(str(path), partial(opened, path)) for path in paths]
        exam = assess_exam(photos, finder, settings, known.tables, known.answers, balance=known.balance)
    check_stickers(exam.photos, settings)
    return MeasuredExam(exam, pictures, places)


def settled(
    database: str | None,
    person: str,
    paths: list[Path],
    known: ReadFiles,
    said: date | None,
    *,
    new: bool,
    same_photo: bool,
) -> tuple[str, ReadFiles]:
    """Settle before any work whose exam it is, and what the person's age means for it.

    Raises RecordsError where a name is nearly another's, or a photo is somebody else's, and that was not insisted on.
    """
    check_records(database, to_write=True)
    tell_network(database)
    try:
        with open_records(database) as records:
            name = meant(records, person, new=new)
            facts = records.facts(name)
            records.refuse_mixups(name, _hashes(paths), new=True, same_photo=same_photo)
    except NoRecordsError:
        return person, known
    on = exam_day((capture_date(path) for path in paths), said).on
    return name, replace(known, answers=with_age(known.answers, facts, on))


def _hashes(paths: list[Path]) -> list[str]:
    """Give the photos' hashes; what cannot be read is told when it is measured."""
    hashes = []
    for path in paths:
        with contextlib.suppress(PhotoError):
            hashes.append(hashlib.sha256(file_bytes(path)).hexdigest())
    return hashes


@dataclass(frozen=True, slots=True)
class Recording:
    """Where an exam goes: which records, whose, which day, with or without the photos themselves."""

    database: str | None
    person: str
    day: ExamDay
    keep_photos: bool = False

    def store(self, done: MeasuredExam) -> Added:
        """Store the exam."""
        entry = new_exam(
            done.exam,
            self.day.on,
            lambda photo: self._reference(photo, done.paths[photo.photo.sha256]),
            source_of(self.day),
        )
        with open_records(self.database, make=True) as records:
            return records.add(self.person, entry)

    def _reference(self, assessment: Assessment, path: Path) -> PhotoRef:
        where = os.fsencode(path.absolute()).decode("utf-8", "replace")
        kept = file_bytes(path) if self.keep_photos else None
        return PhotoRef(assessment.photo.sha256, assessment.photo.name, where, assessment.pose.view.value, kept)
