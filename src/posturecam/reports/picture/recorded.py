"""An exam out of the records with its pictures, and two of them drawn side by side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from posturecam.body import View
from posturecam.errors import PhotoError
from posturecam.knowledge import Knowledge
from posturecam.picture.photo import Photo, from_bytes, read
from posturecam.pipeline.assessment import Assessment, Settings, assess_pose, measured_photo
from posturecam.records.progress import Sitting
from posturecam.records.record_entries import PhotoRef
from posturecam.records.sittings import StoredSitting, seen_in
from posturecam.records.store import Records
from posturecam.reports.html.compare_page import Pair
from posturecam.reports.picture.side_by_side import Shot, aligned
from posturecam.storage.stored import Stored
from posturecam.text.language import _
from posturecam.text.wording import isolated


@dataclass(frozen=True, slots=True)
class Found:
    """A sitting and its shots: every photo that it rests on, measured again from its stored points."""

    sitting: Sitting
    shots: tuple[Shot, ...]

    def of(self, view: View) -> Shot | None:
        """Give the first shot of a view."""
        return next((one for one in self.shots if one.assessment.pose.view is view), None)


def found_exam(records: Records, number: int, knowledge: Knowledge, *, pictures: bool) -> Found:
    """Take an exam from the records, its pictures from where they lay or from the records. Raises RecordsError."""
    exam = records.exam(number)
    label = _("{isolated}, exam {number}", isolated=isolated(exam.person), number=number)
    seen = seen_in(records.document(number), label, exam.on, _("exam {number}", number=number))
    photos = _pictures(records, number, exam.photos) if pictures else {}
    return with_shots(StoredSitting(replace(exam.sitting, label=label), seen.photos), photos, knowledge)


def with_shots(seen: StoredSitting, pictures: dict[str, Photo], knowledge: Knowledge) -> Found:
    """Join what was stored of the photos with the pictures that are at hand, by their hash."""
    return Found(seen.sitting, tuple(_shot(one, pictures.get(one.photo.sha256), knowledge) for one in seen.photos))


def pairs(before: Found, after: Found, *, hide_face: bool) -> list[Pair]:
    """Draw the views that both have, aligned; a view without eyes or ankles is left out, and one that is not sure."""
    drawn = []
    for view in (view for view in View if not view.choices):
        shots = [one.of(view) for one in (before, after)]
        shown = [aligned(replace(one, hide_face=hide_face)) for one in shots if one is not None]
        if len(shown) == 2 and shown[0] is not None and shown[1] is not None:
            drawn.append(Pair(view.value, shown[0], shown[1]))
    return drawn


def _shot(one: Stored, picture: Photo | None, knowledge: Knowledge) -> Shot:
    again = _again(one, knowledge)
    return Shot(again, None if picture is None else measured_photo(picture, again))


def _again(one: Stored, knowledge: Knowledge) -> Assessment:
    """Measure stored points again, with the vertical that was stored."""
    settings = Settings(mirrored=one.mirrored)
    return assess_pose(
        one.pose, one.photo, settings, knowledge, boxes=one.boxes, chosen=one.chosen, around=one.surroundings
    )


def _pictures(records: Records, number: int, photos: Sequence[PhotoRef]) -> dict[str, Photo]:
    """Find the photos of an exam; a file that is another one by now does not count."""
    kept = records.kept(number)
    tried = ((one.sha256, _read(one, kept.get(one.sha256))) for one in photos)
    return {sha256: photo for sha256, photo in tried if photo is not None and photo.sha256 == sha256}


def _read(reference: PhotoRef, kept: bytes | None) -> Photo | None:
    """Read a photo; what was kept is the photo that was measured, also without the place where it was taken."""
    path = Path(reference.path)
    try:
        return read(path) if kept is None else replace(from_bytes(kept, path), sha256=reference.sha256)
    except PhotoError:
        return None
