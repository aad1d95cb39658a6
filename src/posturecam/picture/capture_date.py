"""The day on which a photo was taken: the camera's word (EXIF), else a date in its name or folder, else the file's own.

    capture_date(Path("anna/2024-03-05/front.jpg"))  →  CaptureDate(date(2024, 3, 5), DateSource.NAME)

What a camera wrote is taken as it stands; an exam does not take its day from a date in the future (``exam_day``).
"""

import re
import struct
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path, PurePath

from PIL import Image

from posturecam.picture.formats import open_head


class DateSource(StrEnum):
    """What tells the day of a photo, the most trusted first."""

    CAMERA = "camera"
    NAME = "name"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class CaptureDate:
    """The day of a photo and what tells it."""

    on: date
    source: DateSource


@dataclass(frozen=True, slots=True)
class ExamDay:
    """The day of an exam.

    source    what tells it; None where somebody stated it, or nothing tells it and it is today
    stated    whether somebody stated it
    against   dates of photos that contradict it: those of another day, files that are older than the day
    """

    on: date
    source: DateSource | None
    stated: bool
    against: tuple[CaptureDate, ...] = ()


_EXIF_IFD, _ORIGINAL = 0x8769, 0x9003
_EXIF_DAY = re.compile(r"\s*(\d{4})[:\-/.](\d\d)[:\-/.](\d\d)")
_NAMED_DAY = re.compile(
    r"(?<!\d)(?:(?P<y>(?:19|20)\d\d)(?P<sep>[-_.]?)(?P<m>\d\d)(?P=sep)(?P<d>\d\d)"
    r"|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>(?:19|20)\d\d))(?!\d)"
)
_FOLDERS = 3
"""Folders above a photo whose names may tell its day: DAY/photo, PERSON/DAY/photo, DAY/PERSON/VIEW/photo."""


def today() -> date:
    """Give today in this machine's time zone."""
    return datetime.now(UTC).astimezone().date()


def exif_date(image: Image.Image) -> CaptureDate | None:
    """Read the day on which the camera says that it took the picture (EXIF DateTimeOriginal, tag 0x9003)."""
    try:
        said = image.getexif().get_ifd(_EXIF_IFD).get(_ORIGINAL)
    except (TypeError, ValueError, KeyError, OSError, SyntaxError, OverflowError, struct.error):
        return None
    if isinstance(said, bytes):
        said = said.decode("latin-1")
    match = _EXIF_DAY.match(said) if isinstance(said, str) else None
    on = _day(*match.groups()) if match else None
    return None if on is None else CaptureDate(on, DateSource.CAMERA)


def named_date(path: PurePath) -> CaptureDate | None:
    """Find a day in a file's name, else in those of its nearest folders: 2024-03-05, 20240305, 05.03.2024."""
    for name in (path.stem, *(folder.name for folder in tuple(path.parents)[:_FOLDERS])):
        for match in _NAMED_DAY.finditer(name):
            found = match.groupdict()
            on = _day(found["y"] or found["y2"], found["m"] or found["m2"], found["d"] or found["d2"])
            if on is not None:
                return CaptureDate(on, DateSource.NAME)
    return None


def file_date(path: Path) -> CaptureDate | None:
    """Give the day on which a file was last changed; a copy often has the day of the copying."""
    try:
        changed = path.stat().st_mtime
        return CaptureDate(datetime.fromtimestamp(changed).astimezone().date(), DateSource.FILE)
    except (OSError, ValueError, OverflowError):
        return None


def capture_date(path: Path) -> CaptureDate | None:
    """Give the day of a photo without decoding it; None where the file cannot even be found."""
    return _head_date(path) or named_date(path.absolute()) or file_date(path)


def _head_date(path: Path) -> CaptureDate | None:
    """Read the camera's date from the head of a file; a file that is no picture has none."""
    if not path.is_file():
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            opened = open_head(path)
            if opened is None:
                return None
            with opened as image:
                return exif_date(image)
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, Image.DecompressionBombError):
        return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def best_date(dates: Iterable[CaptureDate | None], *, latest: date | None = None) -> CaptureDate | None:
    """Give the most trusted date, of several equally trusted ones the latest; none after the day ``latest``."""
    known = [found for found in dates if found is not None and (latest is None or found.on <= latest)]
    order = list(DateSource)
    return min(known, key=lambda found: (order.index(found.source), -found.on.toordinal()), default=None)


def exam_day(dates: Iterable[CaptureDate | None], stated: date | None) -> ExamDay:
    """Settle the day of an exam: what was stated, else what its photos tell, else today."""
    known = [found for found in dates if found is not None]
    if stated is None:
        best = best_date(known, latest=today() + timedelta(days=1))
        return ExamDay(today(), None, stated=False) if best is None else ExamDay(best.on, best.source, stated=False)
    return ExamDay(stated, None, stated=True, against=tuple(dict.fromkeys(_against(known, stated))))


def _against(known: Iterable[CaptureDate], stated: date) -> Iterator[CaptureDate]:
    """Give the dates that a stated day contradicts: a file may be younger than its photo, but never older."""
    for found in known:
        if found.on < stated if found.source is DateSource.FILE else found.on != stated:
            yield found
