"""What goes into the records and comes out of them."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from posturecam.errors import SettingsError
from posturecam.records.progress import Sitting
from posturecam.text.language import _

LONGEST_PERSON = 200

OF_AGE = 18


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """A photo that an exam rests on: known by its hash, found again by its path, ``kept`` only when asked to."""

    sha256: str
    name: str
    path: str
    view: str
    kept: bytes | None = None


@dataclass(frozen=True, slots=True)
class Finalised:
    """By whom and when an exam was finalised."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewExam:
    """An exam to be stored; ``document`` is its JSON text, ``dated_from`` what tells its day.

    ``replaces`` is the place, among exams that are stored together, of the one of which this is a new version.
    """

    on: date
    document: str
    sitting: Sitting
    photos: tuple[PhotoRef, ...]
    dated_from: str | None = None
    finalised: Finalised | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class StoredExam:
    """An exam in the records, without its document; photos come without their kept bytes.

    ``replaces`` is the number of the exam of which this is a new version.
    """

    number: int
    person: str
    on: date
    digest: str
    sitting: Sitting
    photos: tuple[PhotoRef, ...]
    dated_from: str | None = None
    finalised: Finalised | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is written down of a person beside the exams: the birthday, and what was agreed on which day."""

    born: date | None = None
    consented_on: date | None = None
    consent: str | None = None

    def under_age(self, on: date) -> bool:
        """Whether the person is known to be under 18 on a day."""
        born = self.born
        return born is not None and on.year - born.year - ((on.month, on.day) < (born.month, born.day)) < OF_AGE


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody in the records: the name, how many exams, the day of the last one, and the facts."""

    name: str
    exams: int
    last: date | None
    facts: Facts = Facts()


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


@dataclass(frozen=True, slots=True)
class Deletion:
    """That something was deleted: when, a "person" or an "exam", and how much; never whose it was."""

    at: datetime
    what: str
    exams: int
    photos: int
    readings: int


LONGEST_CONSENT = 2000
"""Letters of what was agreed."""


def checked_consent(words: str) -> str | None:
    """Give what was agreed as it is stored: one line, without control characters; None for nothing."""
    kept = "".join(" " if unicodedata.category(word) in ("Cc", "Cs") else word for word in words)
    return " ".join(kept.split())[:LONGEST_CONSENT] or None


def name_key(person: str) -> str:
    """Give what is left of a name without case, blanks and the ways of writing one letter: alike names have one key."""
    return "".join(unicodedata.normalize("NFKC", person).casefold().split())


def checked_person(name: str, asked: str = "--person") -> str:
    """Give a person's ID as it is stored: composed characters, no blanks around it. Raises SettingsError."""
    said = unicodedata.normalize("NFC", name).strip()
    if not said or len(said) > LONGEST_PERSON or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in said):
        msg = _(
            "{asked} {name!r} cannot be an ID. Give 1 to {longest_person} characters, without control characters.",
            asked=asked,
            name=name,
            longest_person=LONGEST_PERSON,
        )
        raise SettingsError(msg)
    return said
