"""What all pages share: the tables, the records' place, the settings, and the exams that lie open, in memory only."""

import contextlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from posturecam.body import View
from posturecam.errors import SettingsError
from posturecam.knowledge import Knowledge
from posturecam.patterns.answers import Answers
from posturecam.picture.capture_date import exam_day
from posturecam.picture.lens.profile import CameraProfile
from posturecam.picture.photo import Photo
from posturecam.pipeline.assessment import Assessment, Settings, conclude_again
from posturecam.pipeline.exam import Exam, Failure, exam_of
from posturecam.pipeline.limits import TIMEOUT_S
from posturecam.records import Facts
from posturecam.records.sittings import with_age
from posturecam.reports.html.progress_pages import Pair
from posturecam.text.language import _

if TYPE_CHECKING:
    from datetime import date


MOST_PHOTOS = 8
"""Photos of one exam: four views, and each again as a re-stand."""

MOST_OPEN = 8


class PhotoState(StrEnum):
    """How far a photo has got."""

    WAITING = "waiting"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class ExamPhoto:
    """One photo on an open exam.

    data      the file as it was sent, None for pictures of the mirror
    photo     the picture that was measured (of a mirrored selfie its mirror image)
    view      what the photo shows, where somebody said so
    found     what the program measured; ``shown`` is the same with the points that were set by hand
    """

    number: int
    name: str
    data: bytes | None = field(default=None, repr=False)
    state: PhotoState = PhotoState.WAITING
    reason: str = ""
    photo: Photo | None = field(default=None, repr=False)
    view: View | None = None
    found: Assessment | None = field(default=None, repr=False)
    shown: Assessment | None = field(default=None, repr=False)

    @property
    def measured(self) -> tuple[Assessment, Assessment]:
        """``found`` and ``shown`` of a photo that was measured. Raises ValueError before that."""
        if self.found is None or self.shown is None:
            msg = f"photo {self.number} was not measured: ask for shown first"
            raise ValueError(msg)
        return self.found, self.shown


def aged(found: Assessment, answers: Answers | None, knowledge: Knowledge) -> Assessment:
    """Conclude again where the person's age is known now, or no longer."""
    return (
        found
        if answers == found.answers
        else conclude_again(replace(found, answers=answers), found.unplaced, knowledge)
    )


class OpenExam:
    """One exam. All methods may be called from any thread."""

    def __init__(self, name: str, settings: Settings, person: str = "") -> None:
        """Begin an empty exam; ``person`` is whose exam it is, ``day`` its day, ``born`` the birthday, if known."""
        self.name, self.settings, self.person = name, settings, person
        self.day: date | None = None
        self.born: date | None = None
        self._exam_photos: dict[int, ExamPhoto] = {}
        self._numbers = 0
        self._lock = threading.RLock()
        self._exam: Exam | None = None

    def add(self, name: str, data: bytes | None) -> ExamPhoto:
        """Lay a photo on the open exam; raises SettingsError when there are too many."""
        with self._lock:
            self.check_room()
            self._numbers += 1
            exam_photo = ExamPhoto(self._numbers, name, data)
            self._exam_photos[exam_photo.number] = exam_photo
            return exam_photo

    def check_room(self) -> None:
        """Raise SettingsError when no further photo finds room."""
        with self._lock:
            if len(self._exam_photos) >= MOST_PHOTOS:
                msg = _(
                    "an exam takes at most {most_photos} photos. Begin another exam for the rest.",
                    most_photos=MOST_PHOTOS,
                )
                raise SettingsError(msg)

    def change(self, number: int, change: Callable[[ExamPhoto], None]) -> None:
        """Change a photo in one go; nothing happens where it was taken away meanwhile."""
        with self._lock:
            if number in self._exam_photos:
                change(self._exam_photos[number])
                self._exam = None

    def remove(self, number: int) -> None:
        """Take a photo away."""
        with self._lock:
            self._exam_photos.pop(number, None)
            self._exam = None

    def exam_photos(self) -> list[ExamPhoto]:
        """Give copies of the photos, in the order in which they came."""
        with self._lock:
            return [replace(photo) for photo in self._exam_photos.values()]

    def exam_photo(self, number: int) -> ExamPhoto | None:
        """Give a copy of one exam_photo."""
        with self._lock:
            found = self._exam_photos.get(number)
            return None if found is None else replace(found)

    def exam(self, knowledge: Knowledge) -> Exam | None:
        """Read the measured photos together; None as long as there is none."""
        with self._lock:
            shown = [photo.shown for photo in self._exam_photos.values() if photo.shown is not None]
            if self._exam is None and shown:
                failures = [
                    Failure(photo.name, photo.reason)
                    for photo in self._exam_photos.values()
                    if photo.state is PhotoState.FAILED
                ]
                self._exam = exam_of(shown, failures, knowledge, self.answers(shown))
            return self._exam

    def answers(self, shown: Iterable[Assessment]) -> Answers | None:
        """Give what is known of the person's age on the day of these photos; None where it changes nothing."""
        on = self.day or exam_day((found.photo.taken for found in shown), None).on
        return with_age(None, Facts(self.born), on)

    def know(self, facts: Facts, knowledge: Knowledge) -> None:
        """Hear whose exam it is: of somebody under 18 nothing is concluded, in no photo of it."""
        with self._lock:
            self.born, self._exam = facts.born, None
            for exam_photo in self._exam_photos.values():
                if exam_photo.found is not None and exam_photo.shown is not None:
                    exam_photo.found = aged(exam_photo.found, self.answers([exam_photo.found]), knowledge)
                    exam_photo.shown = aged(exam_photo.shown, self.answers([exam_photo.shown]), knowledge)

    def pictures(self) -> dict[str, Photo]:
        """Give the pictures that were measured, by their hash."""
        with self._lock:
            return {
                photo.shown.photo.sha256: photo.photo
                for photo in self._exam_photos.values()
                if photo.shown is not None and photo.photo is not None
            }


class OpenExams:
    """All open exams by their names; the ones used least lately go when there are too many."""

    def __init__(self, most: int = MOST_OPEN) -> None:
        """Start with none."""
        self._most = most
        self._open_exams: OrderedDict[str, OpenExam] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, settings: Settings, person: str = "", name: str | None = None) -> OpenExam:
        """Open an exam under a random name, or under a given one in place of the exam of that name."""
        open_exam = OpenExam(name or secrets.token_urlsafe(9), settings, person)
        with self._lock:
            self._open_exams[open_exam.name] = open_exam
            self._open_exams.move_to_end(open_exam.name)
            while len(self._open_exams) > self._most:
                self._open_exams.popitem(last=False)
        return open_exam

    def find(self, name: str) -> OpenExam | None:
        """Find an exam that is still open."""
        with self._lock:
            if name in self._open_exams:
                self._open_exams.move_to_end(name)
            return self._open_exams.get(name)

    def close(self, name: str) -> None:
        """Close the open exam of that name, where there is one."""
        with self._lock:
            self._open_exams.pop(name, None)

    def close_of(self, person: str) -> None:
        """Close every open exam of a person who is forgotten."""
        with self._lock:
            for name in [name for name, open_exam in self._open_exams.items() if open_exam.person == person]:
                del self._open_exams[name]


_MOST_PAIRS = 4

MOST_ARRIVING = 256 * 2**20
"""Bytes that may be on their way at once: four of the largest photos."""

MOST_SLOTS = 2
"""Mirrors that may be open at once: each keeps a processor busy."""


class Pairs:
    """The aligned pictures of the comparisons looked at lately, by the numbers of their two exams."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: OrderedDict[tuple[int, int], list[Pair]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, numbers: tuple[int, int]) -> list[Pair] | None:
        """Give what was drawn, or None."""
        with self._lock:
            return self._found.get(numbers)

    def keep(self, numbers: tuple[int, int], found: list[Pair]) -> None:
        """Keep what was drawn, and let the oldest go."""
        with self._lock:
            self._found[numbers] = found
            while len(self._found) > _MOST_PAIRS:
                self._found.popitem(last=False)

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            self._found.clear()


class WorkerSlots:
    """Where long work for one browser tab sits: so many at once and no more, each in a thread of its own."""

    def __init__(self, most: int = MOST_SLOTS) -> None:
        """Start with all free."""
        self._free = threading.BoundedSemaphore(most)
        self._threads: set[threading.Thread] = set()

    def take(self, work: Callable[[], None]) -> bool:
        """Begin the work in a thread; False when no seat is free."""
        if not self._free.acquire(blocking=False):
            return False

        def sit() -> None:
            """Work, then give the seat back."""
            try:
                work()
            finally:
                self._free.release()
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=sit, name="posturecam seat", daemon=True)
        self._threads.add(thread)
        thread.start()
        return True

    def wait(self, seconds: float) -> None:
        """Wait for whoever still sits, all of them together so long at most."""
        until = time.monotonic() + seconds
        for thread in list(self._threads):
            thread.join(max(0.0, until - time.monotonic()))


class Arriving:
    """How much may arrive at once, so that held uploads do not fill the memory."""

    def __init__(self, most: int = MOST_ARRIVING) -> None:
        """Start with nothing."""
        self._most, self._held, self._lock = most, 0, threading.Lock()

    @contextlib.contextmanager
    def held(self, size: int) -> Iterator[None]:
        """Hold so many bytes for the time of the block; raises SettingsError when too much arrives already."""
        with self._lock:
            if self._held + size > self._most:
                msg = _("too many photos arrive at once. Send this one again in a moment.")
                raise SettingsError(msg)
            self._held += size
        try:
            yield
        finally:
            with self._lock:
                self._held -= size


@dataclass(frozen=True, slots=True)
class AppState:
    """What ``posturecam serve`` was started with, and the open_exams.

    passes     how often the person is found in each photo; None: as usual
    timeout_s  how long one photo may take
    camera     profile of the camera that takes the photos; pictures of the mirror are another camera's
    """

    knowledge: Knowledge
    database: str | None = None
    model: Path | None = None
    passes: int | None = None
    open_exams: OpenExams = field(default_factory=OpenExams)
    pairs: Pairs = field(default_factory=Pairs)
    slots: WorkerSlots = field(default_factory=WorkerSlots)
    camera: CameraProfile | None = None
    timeout_s: float = TIMEOUT_S
    arriving: Arriving = field(default_factory=Arriving)
