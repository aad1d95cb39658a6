"""From a file's bytes to a picture that may be decoded: of a format that is named, and of bounded size."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from PIL import Image

from posturecam.errors import PhotoError
from posturecam.errors.facts import Note, Problem
from posturecam.picture.budget import MOST_DECODED_BYTES, decoded_bytes
from posturecam.picture.formats import REMEDIES, Format, format_of, is_opened, not_opened, open_as
from posturecam.picture.tiff import directories, further_pages, is_raw, orientation, previews

LEAST_PREVIEW_PX = 1000
"""Long side of a preview inside a raw photo from which on it is measured."""

_ORIENTATION = 0x0112
_FILM_SUFFIXES = {".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v"}


class Origin(StrEnum):
    """Where in the file the picture was taken from."""

    WHOLE = "whole"
    PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a reader must know of the file: where the picture lies in it, and how many further pages were not read."""

    origin: Origin = Origin.WHOLE
    further_pages: int = 0

    @property
    def notes(self) -> tuple[Note, ...]:
        """Tell it."""
        preview = (Note("raw_preview"),) if self.origin is Origin.PREVIEW else ()
        pages = pages_reason(self.further_pages)
        return (*preview, Note("pages_left_out", pages=pages, remedy=PAGES_REMEDY)) if self.further_pages else preview


PLAIN = FileFacts()

PAGES_REMEDY = Note("save_pages")


def pages_reason(pages: int) -> Note:
    """Say how many pages of a file were not read."""
    return Note("further_pages", count=pages)


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture whose head was read, its format, the bytes it is decoded from, and what is to be said of the file."""

    image: Image.Image
    kind: Format
    data: bytes
    facts: FileFacts = PLAIN


def open_picture(data: bytes, path: PurePath) -> Opened:
    """Read the head of a picture. Raises PhotoError for what is not read, and what Pillow raises for damaged files."""
    kind = format_of(data)
    if kind is Format.DICOM:
        from posturecam.picture.dicom import open_dicom  # noqa: PLC0415  (most have no such files)

        return Opened(*open_dicom(data, path))
    if kind is Format.TIFF:
        return _opened_tiff(data, path)
    if not is_opened(kind):
        raise PhotoError(not_opened(path, kind) if kind in REMEDIES else not_a_picture(path))
    return Opened(open_as(kind, data), kind, data)


def _opened_tiff(data: bytes, path: PurePath) -> Opened:
    found = directories(data)
    if not is_raw(found):
        return Opened(open_as(Format.TIFF, data), Format.TIFF, data, FileFacts(further_pages=further_pages(found)))
    largest = max(previews(data, found), key=lambda entry: entry.size_px, default=None)
    size = largest.size_px if largest is not None else (found[0].first(256), found[0].first(257))
    if largest is None or max(size) < LEAST_PREVIEW_PX:
        raise PhotoError(_too_small(path, size))
    preview = data[largest.at : largest.at + largest.length]
    image = open_as(Format.JPEG, preview)
    exif = image.getexif()
    if _ORIENTATION not in exif:
        exif[_ORIENTATION] = orientation(found)
    return Opened(image, Format.JPEG, preview, FileFacts(Origin.PREVIEW))


def _too_small(path: PurePath, size_px: tuple[int, int]) -> Problem:
    return Problem("raw_preview_small", path=path, width=size_px[0], height=size_px[1])


def not_a_picture(path: PurePath) -> Problem:
    """Say of a file that it is none of the pictures that are opened."""
    if path.suffix.lower() in _FILM_SUFFIXES:
        return Problem("film_as_picture", path=path)
    return Problem("not_a_picture", path=path)


def check_budget(opened: Opened, path: PurePath) -> None:
    """Refuse a picture that takes too much memory to decode, before a pixel is decoded. Raises PhotoError."""
    size = decoded_bytes(opened.kind, opened.image, opened.data)
    if size > MOST_DECODED_BYTES:
        msg = Problem(
            "picture_takes_memory", path=path, size=-(-size // 1_000_000), most=MOST_DECODED_BYTES // 1_000_000
        )
        raise PhotoError(msg)
