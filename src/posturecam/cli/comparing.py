"""Find what ``posturecam compare`` is to compare: exams by number, photos, stored assessments; and their pictures."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from posturecam.assessment import Assessment, Settings, assess_pose
from posturecam.body import View
from posturecam.errors import PhotoError, SettingsError
from posturecam.exam import assess_photo
from posturecam.knowledge import Knowledge
from posturecam.photo import Photo, read
from posturecam.progress import Sitting
from posturecam.records import PhotoRef, Records, open_records
from posturecam.reports import json as json_report
from posturecam.reports.compare_page import Pair
from posturecam.reports.side_by_side import Shot, aligned
from posturecam.reports.sittings import Seen, read_seen, seen_in
from posturecam.reports.stored import Stored


@dataclass(frozen=True, slots=True)
class Search:
    """Where to look, and whether pictures are wanted."""

    database: str | None
    knowledge: Knowledge
    model: Path | None
    pictures: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A sitting and one shot for each of its views."""

    sitting: Sitting
    shots: dict[View, Shot]


def found(name: str, search: Search) -> Found:
    """Find a sitting by what the user typed. Raises PhotoError, StoredError, RecordsError or SettingsError."""
    path = Path(name)
    if path.suffix.lower() == ".json":
        return _with_shots(read_seen(path), {}, search)
    if path.exists():
        return _photo(path, search)
    number = name.removeprefix("#")
    if number.isdecimal():
        return _exam(int(number[:9]), search)
    msg = f"{name} is neither a file nor an exam's number. Numbers stand in: posturecam history ID"
    raise SettingsError(msg)


def _photo(path: Path, search: Search) -> Found:
    """Analyse a photo anew."""
    from posturecam.poses.finder import Finder

    picture = read(path)
    with Finder(search.model) as finder:
        assessment = assess_photo(picture, finder, Settings(), search.knowledge, outline=True)
    seen = seen_in(json_report.to_bytes(assessment), assessment.photo.name, None, str(path))
    return _with_shots(seen, {picture.sha256: picture} if search.pictures else {}, search)


def _exam(number: int, search: Search) -> Found:
    """Take an exam from the records, its pictures from where they lay or from the records."""
    with open_records(search.database) as records:
        exam = records.exam(number)
        label = f"{exam.person}, exam {number}"
        seen = seen_in(records.document(number), label, exam.on, f"exam {number}")
        pictures = _pictures(records, number, exam.photos) if search.pictures else {}
    return _with_shots(Seen(replace(exam.sitting, label=label), seen.photos), pictures, search)


def _pictures(records: Records, number: int, photos: Sequence[PhotoRef]) -> dict[str, Photo]:
    """Find the photos of an exam; a file that is another one by now does not count."""
    kept = records.kept(number)
    tried = ((one.sha256, _read(Path(one.path), kept.get(one.sha256))) for one in photos)
    return {sha256: photo for sha256, photo in tried if photo is not None and photo.sha256 == sha256}


def _read(path: Path, kept: bytes | None) -> Photo | None:
    try:
        if kept is None:
            return read(path)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / f"kept{path.suffix}"
            copy.write_bytes(kept)
            return read(copy)
    except PhotoError:
        return None


def _with_shots(seen: Seen, pictures: dict[str, Photo], search: Search) -> Found:
    shots: dict[View, Shot] = {}
    for one in seen.photos:
        picture = pictures.get(one.photo.sha256)
        seen_as = picture.mirrored() if picture is not None and one.mirrored else picture
        shots.setdefault(one.pose.view, Shot(_again(one, search.knowledge), seen_as))
    return Found(seen.sitting, shots)


def _again(one: Stored, knowledge: Knowledge) -> Assessment:
    """Give the assessment that the drawing takes its points and its vertical from."""
    settings = Settings(mirrored=one.mirrored)
    return assess_pose(
        one.pose, one.photo, settings, knowledge, boxes=one.boxes, chosen=one.chosen, vertical=one.vertical
    )


def pairs(before: Found, after: Found, *, hide_face: bool) -> list[Pair]:
    """Draw the views that both have, aligned; a view without eyes or ankles is left out."""
    drawn = []
    for view in (view for view in View if view in before.shots and view in after.shots):
        here, there = (
            aligned(Shot(one.shots[view].assessment, one.shots[view].photo, hide_face)) for one in (before, after)
        )
        if here is not None and there is not None:
            drawn.append(Pair(view.value, here, there))
    return drawn
