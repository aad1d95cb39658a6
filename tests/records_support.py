"""Exams to be stored, for the tests of ``posturecam.records``."""

import io
from datetime import date

from PIL import Image

from posturecam.knowledge import load
from posturecam.pipeline.exam import exam_of
from posturecam.records import NewExam, PhotoRef, transfer
from posturecam.records.sittings import seen_in
from posturecam.storage import exam_json
from reports_support import CROSSED, LEVEL, assessed

TABLES = load()
PHOTO = b"the bytes of a photo that is kept"
DANA = "a-very-particular-name"


def document(figure: object = CROSSED, name: str = "front.jpg") -> str:
    """An exam of one figure as JSON text."""
    return exam_json.exam_bytes(exam_of([assessed(figure, name)], [], TABLES)).decode()  # type: ignore[arg-type]


DOCUMENTS = {"crossed": document(), "level": document(LEVEL, "later.jpg")}


def new(which: str = "crossed", on: str = "2026-01-05", kept: bytes | None = None) -> NewExam:
    """An exam to be stored."""
    day, text = date.fromisoformat(on), DOCUMENTS[which]
    photo = PhotoRef(transfer._sha256(kept or b"x"), "front.jpg", "/photos/front.jpg", "front", kept)
    return NewExam(day, text, seen_in(text, "exam", day, "test").sitting, (photo,))


def located(kind: str) -> bytes:
    """A picture that says where it was taken, in EXIF and in XMP."""
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 13.5), 3: "E", 4: (11.0, 34.0, 30.25), 29: "2026:01:05"})
    file, xmp = io.BytesIO(), b'<x exif:GPSLatitude="48,8.225N"/><exif:GPSLongitude>11,34.504E</exif:GPSLongitude>'
    said = {} if kind == "PNG" else {"xmp": xmp}
    Image.new("RGB", (240, 320), (90, 120, 200)).save(file, kind, exif=exif.tobytes(), **said)
    return file.getvalue()
