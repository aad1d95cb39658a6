"""What goes into the records and comes out of them."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from posturecam.errors import SettingsError
from posturecam.language import _
from posturecam.progress import Sitting

LONGEST_PERSON = 200


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """A photo that an exam rests on: known by its hash, found again by its path, ``kept`` only when asked to."""

    sha256: str
    name: str
    path: str
    view: str
    kept: bytes | None = None


@dataclass(frozen=True, slots=True)
class NewExam:
    """An exam to be stored; ``document`` is its JSON text."""

    on: date
    document: str
    sitting: Sitting
    photos: tuple[PhotoRef, ...]


@dataclass(frozen=True, slots=True)
class StoredExam:
    """An exam in the records, without its document; photos come without their kept bytes."""

    number: int
    person: str
    on: date
    digest: str
    sitting: Sitting
    photos: tuple[PhotoRef, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody in the records: the name, how many exams, the day of the last one."""

    name: str
    exams: int
    last: date | None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an exam: its number, and whether it was new."""

    number: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted, and what is left of it.

    ``searched_bytes`` of a file were searched for it afterwards (None: a server's, whose tables were ``rebuilt``).
    """

    exams: int
    photos: int
    kept: int
    readings: int
    searched_bytes: int | None
    left: tuple[str, ...]
    rebuilt: bool = False


def checked_person(name: str) -> str:
    """Give a person's ID as it is stored: composed characters, no blanks around it. Raises SettingsError."""
    said = unicodedata.normalize("NFC", name).strip()
    if not said or len(said) > LONGEST_PERSON or any(unicodedata.category(one) in ("Cc", "Cs") for one in said):
        msg = _(
            "--person {name!r} cannot be an ID. Give 1 to {longest_person} characters, without control characters.",
            name=name,
            longest_person=LONGEST_PERSON,
        )
        raise SettingsError(msg)
    return said
