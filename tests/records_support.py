"""Exams to be stored, for the tests of ``posturecam.records``."""

from datetime import date

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
