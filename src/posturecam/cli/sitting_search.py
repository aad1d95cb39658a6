"""What ``compare`` compares: an exam by its number, a photo, or a stored assessment or exam; and their pictures."""

from dataclasses import dataclass
from pathlib import Path

from posturecam.errors import SettingsError
from posturecam.knowledge import Knowledge
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.records import open_records
from posturecam.records.sittings import read_seen, seen_in
from posturecam.reports.recorded_exam import FoundExam, found_exam, with_shots
from posturecam.storage import assessment_json as json_report
from posturecam.text.language import _


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
