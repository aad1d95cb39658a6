"""The exams that lie open in the browser: photos and what was measured in them, in memory and nowhere else.

A desk belongs to one exam of one person. Its name is random, so that no page of another tab is guessed; the desks used
least lately are cleared away when there are too many.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from posturecam.body import View
from posturecam.errors import SettingsError
from posturecam.knowledge import Knowledge
from posturecam.patterns.answers import Answers
from posturecam.picture.capture_date import exam_day
from posturecam.picture.photo import Photo
from posturecam.pipeline.assessment import Assessment, Settings, retold
from posturecam.pipeline.exam import Exam, Failure, exam_of
from posturecam.records import Facts
from posturecam.records.making import with_age
from posturecam.text.language import _

if TYPE_CHECKING:
    from datetime import date

MOST_PHOTOS = 8
"""Photos of one exam: four views, and each again as a re-stand."""

MOST_DESKS = 8


class State(StrEnum):
    """How far a photo has got."""

    WAITING = "waiting"
    MEASURING = "measuring"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True)
class Sheet:
    """One photo on a desk.

    data      the file as it was sent, None for pictures of the mirror
    photo     the picture that was measured (of a mirrored selfie its mirror image)
    view      what the photo shows, where somebody said so
    found     what the program measured; ``shown`` is the same with the points that were set by hand
    """

    number: int
    name: str
    data: bytes | None = field(default=None, repr=False)
    state: State = State.WAITING
    reason: str = ""
    photo: Photo | None = field(default=None, repr=False)
    view: View | None = None
    found: Assessment | None = field(default=None, repr=False)
    shown: Assessment | None = field(default=None, repr=False)


def aged(found: Assessment, answers: Answers | None, knowledge: Knowledge) -> Assessment:
    """Conclude again where the person's age is known now, or no longer."""
    return found if answers == found.answers else retold(replace(found, answers=answers), found.unplaced, knowledge)


class Desk:
    """One exam. All methods may be called from any thread."""

    def __init__(self, name: str, settings: Settings, person: str = "") -> None:
        """Lay out an empty desk; ``person`` is whose exam it is, ``day`` its day, ``born`` the birthday, if known."""
        self.name, self.settings, self.person = name, settings, person
        self.day: date | None = None
        self.born: date | None = None
        self._sheets: dict[int, Sheet] = {}
        self._numbers = 0
        self._lock = threading.RLock()
        self._exam: Exam | None = None

    def add(self, name: str, data: bytes | None) -> Sheet:
        """Lay a photo on the desk; raises SettingsError when there are too many."""
        with self._lock:
            self.check_room()
            self._numbers += 1
            sheet = Sheet(self._numbers, name, data)
            self._sheets[sheet.number] = sheet
            return sheet

    def check_room(self) -> None:
        """Raise SettingsError when no further photo finds room."""
        with self._lock:
            if len(self._sheets) >= MOST_PHOTOS:
                msg = _(
                    "an exam takes at most {most_photos} photos. Begin another exam for the rest.",
                    most_photos=MOST_PHOTOS,
                )
                raise SettingsError(msg)

    def change(self, number: int, change: Callable[[Sheet], None]) -> None:
        """Change a sheet in one go; nothing happens where it was taken away meanwhile."""
        with self._lock:
            if number in self._sheets:
                change(self._sheets[number])
                self._exam = None

    def remove(self, number: int) -> None:
        """Take a photo away."""
        with self._lock:
            self._sheets.pop(number, None)
            self._exam = None

    def sheets(self) -> list[Sheet]:
        """Give copies of the sheets, in the order in which they came."""
        with self._lock:
            return [replace(one) for one in self._sheets.values()]

    def sheet(self, number: int) -> Sheet | None:
        """Give a copy of one sheet."""
        with self._lock:
            found = self._sheets.get(number)
            return None if found is None else replace(found)

    def exam(self, knowledge: Knowledge) -> Exam | None:
        """Read the measured photos together; None as long as there is none."""
        with self._lock:
            shown = [one.shown for one in self._sheets.values() if one.shown is not None]
            if self._exam is None and shown:
                failures = [Failure(one.name, one.reason) for one in self._sheets.values() if one.state is State.FAILED]
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
            for sheet in self._sheets.values():
                if sheet.found is not None and sheet.shown is not None:
                    sheet.found = aged(sheet.found, self.answers([sheet.found]), knowledge)
                    sheet.shown = aged(sheet.shown, self.answers([sheet.shown]), knowledge)

    def pictures(self) -> dict[str, Photo]:
        """Give the pictures that were measured, by their hash."""
        with self._lock:
            return {
                one.shown.photo.sha256: one.photo
                for one in self._sheets.values()
                if one.shown is not None and one.photo is not None
            }


class Desks:
    """All open desks by their names; the ones used least lately go when there are too many."""

    def __init__(self, most: int = MOST_DESKS) -> None:
        """Start with none."""
        self._most = most
        self._desks: OrderedDict[str, Desk] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, settings: Settings, person: str = "", name: str | None = None) -> Desk:
        """Open a desk under a random name, or under a given one in place of the desk of that name."""
        desk = Desk(name or secrets.token_urlsafe(9), settings, person)
        with self._lock:
            self._desks[desk.name] = desk
            self._desks.move_to_end(desk.name)
            while len(self._desks) > self._most:
                self._desks.popitem(last=False)
        return desk

    def find(self, name: str) -> Desk | None:
        """Find a desk that is still open."""
        with self._lock:
            if name in self._desks:
                self._desks.move_to_end(name)
            return self._desks.get(name)

    def close(self, name: str) -> None:
        """Close the desk of that name, where there is one."""
        with self._lock:
            self._desks.pop(name, None)

    def close_of(self, person: str) -> None:
        """Close every desk of a person who is forgotten."""
        with self._lock:
            for name in [name for name, desk in self._desks.items() if desk.person == person]:
                del self._desks[name]
