"""Of which day an exam and its photos are, in words that stand in every report."""

from collections.abc import Iterable
from datetime import date

from posturecam.picture.capture_date import CaptureDate, DateSource, best_date
from posturecam.pipeline.assessment import PhotoInfo
from posturecam.text.language import N_, _

DATE_SOURCES = {
    DateSource.CAMERA: N_("the camera's date"),
    DateSource.NAME: N_("from the name of the file or folder"),
    DateSource.FILE: N_("the file's own date"),
}


def dated(taken: CaptureDate) -> str:
    """Say a photo's day and what tells it: ``2024-03-05 (the camera's date)``."""
    return f"{taken.on.isoformat()} ({_(DATE_SOURCES[taken.source])})"


def day_words(photos: Iterable[PhotoInfo], day: date | None = None) -> str:
    """Say of which day an exam and its photos are; nothing where nothing tells it."""
    found = {photo.taken for photo in photos if photo.taken is not None}
    known = sorted(found, key=lambda taken: (taken.on, taken.source))
    taken = ", ".join(map(dated, known))
    if day is None:
        return _("Photographed on {taken}", taken=taken) if taken else ""
    if not taken or {date_found.on for date_found in known} == {day}:
        return _("Exam of {day}", day=day.isoformat())
    return _("Exam of {day}, photographed on {taken}", day=day.isoformat(), taken=taken)


def day_of(photos: Iterable[PhotoInfo], day: date | None = None) -> str:
    """Give the day that stands on every page: the exam's, else the photos'; nothing where nothing tells it."""
    best = best_date(photo.taken for photo in photos)
    on = day or (best and best.on)
    return on.isoformat() if on else ""
