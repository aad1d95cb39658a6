"""The directories of a TIFF: which of them are pages, and which JPEG previews a camera's raw photo holds."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MOST_DIRECTORIES = 64
"""Directories that are looked at; a photo has fewer than ten."""

_MOST_VALUES = 1024
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 6: 1, 7: 1, 8: 2, 9: 4, 13: 4, 16: 8, 17: 8, 18: 8}
_LETTERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}

_SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 254, 256, 257, 258, 259, 262
_STRIP_AT, _ORIENTATION, _ROWS_PER_STRIP, _STRIP_BYTES = 273, 274, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _SUB_DIRECTORIES, _JPEG_AT, _JPEG_BYTES, _DNG = 322, 323, 330, 513, 514, 50706
_REDUCED, _MASK = 1, 4
_SENSOR = (32803, 34892)
"""Photometric interpretations of what a sensor gave: a mosaic of colours, or its linear values."""
_JPEG_COMPRESSIONS = (6, 7)


class Preview(NamedTuple):
    """A JPEG inside a file: where it lies, and its size in pixels."""

    at: int
    length: int
    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: its tags with their whole numbers; ``chained`` when it is a page of its own and no part of one."""

    tags: dict[int, tuple[int, ...]]
    chained: bool

    def first(self, tag: int, default: int = 0) -> int:
        """Give the first value of a tag."""
        values = self.tags.get(tag, ())
        return values[0] if values else default

    @property
    def reduced(self) -> bool:
        """Whether it is a smaller copy, or a mask, of another picture in the file."""
        return bool(self.first(_SUBFILE) & (_REDUCED | _MASK))

    @property
    def largest_piece(self) -> int:
        """Bytes of one strip or tile once it is decoded: a decoder takes that much at once."""
        bits = sum(self.tags.get(_BITS, (1,)))
        width, height = self.first(_WIDTH), self.first(_HEIGHT)
        if _TILE_WIDTH in self.tags:
            width, height = self.first(_TILE_WIDTH), self.first(_TILE_HEIGHT)
        else:
            height = min(height, self.first(_ROWS_PER_STRIP, height))
        return width * height * bits // 8


def directories(data: bytes) -> list[Directory]:
    """Read the directories of a TIFF, those inside others too; a damaged rest is left out."""
    found: list[Directory] = []
    if len(data) < 16:
        return found
    reader = _Reader(data)
    waiting, seen = [(reader.start, True)], set[int]()
    while waiting and len(found) < MOST_DIRECTORIES:
        at, chained = waiting.pop(0)
        if at in seen or not 8 <= at < len(data):
            continue
        seen.add(at)
        try:
            tags, following = reader.directory(at)
        except struct.error:
            continue
        found.append(Directory(tags, chained))
        waiting += [(entry, False) for entry in tags.get(_SUB_DIRECTORIES, ())]
        waiting += [(following, chained)] if following else []
    return found


class _Reader:
    """Reads numbers of a TIFF (or of a BigTIFF, whose offsets have eight bytes) in its own byte order."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = "<" if data[:2] == b"II" else ">"
        self._big = data[2:4] in (b"+\0", b"\0+")
        self._offset, self._count = ("Q", "Q") if self._big else ("I", "H")
        self.start = int(self._read(self._offset, 8 if self._big else 4)[0])

    def _read(self, letters: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + letters, self._data, at)

    def directory(self, at: int) -> tuple[dict[int, tuple[int, ...]], int]:
        """Read the whole numbers of a directory, and where the next one lies."""
        (count,) = self._read(self._count, at)
        at += struct.calcsize("=" + self._count)
        entry = 20 if self._big else 12
        tags: dict[int, tuple[int, ...]] = {}
        for item in range(at, at + min(count, _MOST_VALUES) * entry, entry):
            tag, kind = self._read("HH", item)
            (number,) = self._read(self._offset, item + 4)
            if kind in _LETTERS and 0 < number <= _MOST_VALUES:
                inside = number * _SIZES[kind] <= (8 if self._big else 4)
                place = item + (12 if self._big else 8)
                start = place if inside else self._read(self._offset, place)[0]
                tags[tag] = self._read(_LETTERS[kind] * number, start)
        (following,) = self._read(self._offset, at + count * entry)
        return tags, following


def further_pages(found: list[Directory]) -> int:
    """Count the pages after the first one; smaller copies of a page are none."""
    return max(0, sum(entry.chained and not entry.reduced for entry in found) - 1)


def is_raw(found: list[Directory]) -> bool:
    """Whether the file is a camera's raw photo: the picture that lies first in it is then at best a small preview."""
    first = found[0] if found else None
    return (first is not None and first.reduced) or any(
        _DNG in entry.tags or entry.first(_PHOTOMETRIC) in _SENSOR for entry in found
    )


def orientation(found: list[Directory]) -> int:
    """Give the EXIF orientation of the first directory."""
    return found[0].first(_ORIENTATION, 1) if found else 1


def previews(data: bytes, found: list[Directory]) -> Iterator[Preview]:
    """Give the JPEG pictures that a raw photo holds beside the sensor's values."""
    for entry in found:
        at, length = entry.first(_JPEG_AT), entry.first(_JPEG_BYTES)
        if not length and entry.first(_COMPRESSION) in _JPEG_COMPRESSIONS and len(entry.tags.get(_STRIP_AT, ())) == 1:
            at, length = entry.first(_STRIP_AT), entry.first(_STRIP_BYTES)
        size = jpeg_size(data[at : at + length])
        if size is not None:
            yield Preview(at, length, size)


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Read the width and height that a JPEG states; None for what is no JPEG, or a lossless one as sensors use."""
    for marker, at in segments(data):
        if marker in (0xC0, 0xC1, 0xC2) and at + 7 <= len(data):
            height, width = struct.unpack_from(">HH", data, at + 3)
            return width, height
        if marker in (0xC3, 0xDA):
            return None
    return None


def segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Give the markers of a JPEG up to its first scan, and where the length after each stands."""
    at = 2 if data.startswith(b"\xff\xd8") else len(data)
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        yield marker, at + 2
        if marker == 0xDA:
            return
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
