"""A photo without the place where it was taken: GPS data blanked where they stand, every pixel and length as before.

EXIF is TIFF inside (JPEG, HEIC, PNG, WebP, TIFF): the GPS directory's entries, and what they point to, become zeros. In
XMP the values of ``exif:GPS…`` become blanks. https://www.cipa.jp/std/documents/e/DC-008-Translation-2019-E.pdf
"""

import re
import struct
import zlib
from collections.abc import Iterator

_HEADER = re.compile(rb"II\x2a\0|MM\0\x2a")
_GPS_TAG = 0x8825
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Bytes of one value of each type."""

_MOST_ENTRIES = 400
_XMP = re.compile(rb"(exif:GPS\w+\s*=\s*[\"'])([^\"'<>]{1,200})|(<exif:GPS\w+[^<>]*>)([^<>]{1,200})")


def without_location(data: bytes) -> bytes:
    """Return a photo's bytes with its place blanked; the same bytes where it carries none."""
    blanked = bytearray(data)
    for start, length in _locations(data):
        blanked[start : start + length] = bytes(length)
    for match in _XMP.finditer(data):
        group = 2 if match[2] is not None else 4
        blanked[match.start(group) : match.end(group)] = b" " * len(match[group])
    return bytes(blanked) if blanked == data else _with_checksums(blanked)


def _locations(data: bytes) -> Iterator[tuple[int, int]]:
    """Give where GPS data stand, and how many bytes, in every TIFF structure of the file."""
    for match in _HEADER.finditer(data):
        try:
            yield from _of_structure(data, match.start(), "<" if match[0][0] == ord("I") else ">")
        except struct.error:
            continue


def _of_structure(data: bytes, base: int, order: str) -> Iterator[tuple[int, int]]:
    at = base + struct.unpack_from(f"{order}I", data, base + 4)[0]
    for tag, _kind, _count, where in _entries(data, at, order):
        if tag != _GPS_TAG:
            continue
        place = base + struct.unpack_from(f"{order}I", data, where)[0]
        for _tag, kind, count, value in _entries(data, place, order):
            size = _SIZES.get(kind, 0) * count
            start = value if size <= 4 else base + struct.unpack_from(f"{order}I", data, value)[0]
            if start + size <= len(data):
                yield start, size
            yield value - 8, 12
        yield place, 2


def _entries(data: bytes, at: int, order: str) -> Iterator[tuple[int, int, int, int]]:
    """Give tag, type, count and where the value stands, of every entry of a directory."""
    count = struct.unpack_from(f"{order}H", data, at)[0]
    for number in range(count if count <= _MOST_ENTRIES else 0):
        here = at + 2 + 12 * number
        tag, kind, values = struct.unpack_from(f"{order}HHI", data, here)
        if here + 12 <= len(data):
            yield tag, kind, values, here + 8


def _with_checksums(data: bytearray) -> bytes:
    """Write the checksums of a PNG's chunks anew; any other file as it is."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return bytes(data)
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            break
        data[end : end + 4] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(data)
