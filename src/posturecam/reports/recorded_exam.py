"""An exam out of the records with its pictures: every photo measured again from its stored points."""

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
from posturecam.storage.stored import Stored
from posturecam.text.labels import isolated
from posturecam.text.language import _


@dataclass(frozen=True, slots=True)
class Shot:
    """One measured photo; without its picture a plain figure stands for it. Of a mirrored selfie the mirror image."""

    assessment: Assessment
    photo: Photo | None = None
    hide_face: bool = False


@dataclass(frozen=True, slots=True)
class FoundExam:
    """A sitting and its shots: every photo that it rests on, measured again from its stored points."""

    sitting: Sitting
    shots: tuple[Shot, ...]

    def of(self, view: View) -> Shot | None:
        """Give the first shot of a view."""
        return next((shot for shot in self.shots if shot.assessment.pose.view is view), None)


def found_exam(records: Records, number: int, knowledge: Knowledge, *, pictures: bool) -> FoundExam:
    """Take an exam from the records, its pictures from where they lay or from the records. Raises RecordsError."""
    exam = records.exam(number)
    label = _("{isolated}, exam {number}", isolated=isolated(exam.person), number=number)
    seen = seen_in(records.document(number), label, exam.on, _("exam {number}", number=number))
    photos = _pictures(records, number, exam.photos) if pictures else {}
    return with_shots(StoredSitting(replace(exam.sitting, label=label), seen.photos), photos, knowledge)


def with_shots(seen: StoredSitting, pictures: dict[str, Photo], knowledge: Knowledge) -> FoundExam:
    """Join what was stored of the photos with the pictures that are at hand, by their hash."""
    return FoundExam(
        seen.sitting, tuple(_shot(photo, pictures.get(photo.photo.sha256), knowledge) for photo in seen.photos)
    )


def _shot(stored: Stored, picture: Photo | None, knowledge: Knowledge) -> Shot:
    again = _again(stored, knowledge)
    return Shot(again, None if picture is None else measured_photo(picture, again))


def _again(stored: Stored, knowledge: Knowledge) -> Assessment:
    """Measure stored points again, with the vertical that was stored."""
    settings = Settings(mirrored=stored.mirrored)
    return assess_pose(
        stored.pose,
        stored.photo,
        settings,
        knowledge,
        boxes=stored.boxes,
        chosen=stored.chosen,
        scene=stored.camera_scene,
    )


def _pictures(records: Records, number: int, photos: Sequence[PhotoRef]) -> dict[str, Photo]:
    """Find the photos of an exam; a file that is another one by now does not count."""
    kept = records.kept(number)
    tried = ((photo.sha256, _read(photo, kept.get(photo.sha256))) for photo in photos)
    return {sha256: photo for sha256, photo in tried if photo is not None and photo.sha256 == sha256}


def _read(reference: PhotoRef, kept: bytes | None) -> Photo | None:
    """Read a photo; what was kept is the photo that was measured, also without the place where it was taken."""
    path = Path(reference.path)
    try:
        return read(path) if kept is None else replace(from_bytes(kept, path), sha256=reference.sha256)
    except PhotoError:
        return None
