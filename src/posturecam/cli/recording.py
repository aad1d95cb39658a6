"""From photos to a stored exam: measured first, stored in one transaction afterwards; and what ``compare`` compares.

Exams by number, photos, stored assessments; and their pictures.
"""

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
from posturecam.errors import NoRecordsError, PhotoError, SettingsError
from posturecam.knowledge import Knowledge
from posturecam.picture.capture_date import ExamDay, capture_date, exam_day
from posturecam.picture.photo import Photo, file_bytes, read
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import Exam, assess_exam, assess_photo
from posturecam.pipeline.limits import TimeLimit
from posturecam.poses.finder import Finder
from posturecam.records import Added, PhotoRef, check_records, open_records
from posturecam.records.sittings import new_exam, read_seen, seen_in, source_of, with_age
from posturecam.reports.drawing.recorded_pictures import FoundExam, found_exam, with_shots
from posturecam.storage import assessment_json as json_report
from posturecam.text.language import _


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


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look, and whether pictures are wanted."""

    database: str | None
    knowledge: Knowledge
    model: Path | None
    pictures: bool
    settings: Settings


def found_sitting(name: str, search: Search) -> FoundExam:
    """Find a sitting by what the user typed. Raises PhotoError, StoredError, RecordsError or SettingsError."""
    path = Path(name)
    if path.suffix.lower() == ".json":
        return with_shots(read_seen(path), {}, search.knowledge)
    if path.exists():
        return _photo_measured(path, search)
    number = name.removeprefix("#")
    if number.isdecimal():
        with open_records(search.database) as records:
            return found_exam(records, int(number[:9]), search.knowledge, pictures=search.pictures)
    msg = _("{name} is neither a file nor an exam's number. Numbers stand in: posturecam history ID", name=name)
    raise SettingsError(msg)


def _photo_measured(path: Path, search: Search) -> FoundExam:
    """Analyse a photo anew."""
    from posturecam.poses.finder import Finder

    picture = read(path)
    with Finder(search.model) as finder:
        assessment = assess_photo(picture, finder, search.settings, search.knowledge, outline=True)
    seen = seen_in(json_report.assessment_bytes(assessment), assessment.photo.name, None, str(path))
    return with_shots(seen, {picture.sha256: picture} if search.pictures else {}, search.knowledge)
