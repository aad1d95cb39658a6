"""The mark of what posturecam makes: pictures carry one, and every kind of file is known again by its beginning or end.

JSON is known by its schema, PNG by a text chunk, JPEG by a comment, WebP by its XMP, HTML by its generator, PDF by its
producer or creator, tables by their columns, films by a box after their end. Files that an older posturecam made are
known too, but for pictures: they have to lie beside the results that they belong to.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

MAKER = b"posturecam"
REPORTED = ("assessment.json", "exam.json")
"""What a report of a photo or an exam writes beside its overlays."""

_HEAD, _TAIL = 1 << 16, 1 << 16
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_PNG_TEXT = b"Software\0" + MAKER
_XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="posturecam"/></rdf:RDF></x:xmpmeta>'
)
_MP4 = struct.pack(">I", 8 + len(MAKER)) + b"free" + MAKER
"""An empty box, which players pass over."""

_TEXT = re.compile(
    rb"""
    ^\s*\{[^\0]*"schema"\s*:\s*"posturecam/ |                              # every JSON with a schema
    ^\s*\{[^\0]*urn:posturecam |                                          # a FHIR bundle
    (?m:^\{"unit":"[0-9a-f]{64}") | ^\{"path":" |                         # the lines of a folder's run
    ^\s*\{[^\0]*"red_flags"\s*: |                                        # what was scored again, without a schema
    ^(?:\xef\xbb\xbf)?person[,;]date[,;]exam[,;] |                        # tidy tables
    ^(?:\xef\xbb\xbf)?exam[,;]person[,;]date[,;] |                        # a folder's exams
    ^(?:\xef\xbb\xbf)?path[,;]sha256[,;]picture[,;] |                     # a folder's results
    ^(?:\xef\xbb\xbf)?file[,;]reason[,;]what_to_do |                      # a folder's failures
    <meta\s+name="generator"\s+content="posturecam" |
    ^\#[^\n]*posturecam\ analyze                                          # answers
    """,
    re.VERBOSE,
)


def signed_bytes(data: bytes) -> bytes:
    """Put the mark into an encoded PNG, JPEG or WebP picture; what shows stays the same."""
    if data.startswith(_PNG):
        end = 8 + 25  # the signature, then the header's chunk
        return data[:end] + _png_chunk(b"tEXt", _PNG_TEXT) + data[end:]
    if data.startswith(_JPEG):
        return data[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(MAKER)) + MAKER + data[2:]
    if data[:4] == b"RIFF" and data[8:16] == b"WEBPVP8 ":
        return _signed_webp(data)
    return data


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _signed_webp(data: bytes) -> bytes:
    """Bring a plain lossy WebP to the extended form, which may carry XMP."""
    width, height = (side & 0x3FFF for side in struct.unpack("<HH", data[26:30]))
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    whole = _riff(b"VP8X", b"\x04\0\0\0" + sides) + data[12:] + _riff(b"XMP ", _XMP)
    return b"RIFF" + struct.pack("<I", 4 + len(whole)) + b"WEBP" + whole


def _riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def sign_film(path: Path) -> None:
    """Put the mark behind a finished film; only MP4 has a place for it. Raises OSError."""
    if path.suffix.lower() in (".mp4", ".mov"):
        with path.open("ab") as file:
            file.write(_MP4)


def is_ours(path: Path) -> bool:
    """Whether posturecam made a file; false where it cannot be read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, path.stat().st_size - _TAIL))
            tail = file.read(_TAIL)
    except OSError:
        return False
    return any((_is_text(head), is_our_picture(path, head), _is_binary(path, head, tail)))


def _is_text(head: bytes) -> bool:
    return _TEXT.search(head) is not None


def _is_binary(path: Path, head: bytes, tail: bytes) -> bool:
    if head.startswith(b"%PDF"):
        return any(sign in piece for sign in _PDF for piece in (head, tail))
    if tail.endswith(b"PAR1"):
        return b"posturecam_version" in tail or b"shoulder_tilt_severity" in tail
    if head.startswith(b"PK"):
        return _is_parcel(path)
    return tail.endswith(_MP4)


_PDF = (b"(posturecam)", "posturecam".encode("utf-16"), b"\xfe\xff" + "posturecam".encode("utf-16-be"))


def _is_parcel(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as parcel, parcel.open("person.json") as facts:
            return b'"posturecam/person/' in facts.read(_HEAD)
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return False


def is_our_picture(path: Path, head: bytes | None = None) -> bool:
    """Whether posturecam drew a picture: it carries the mark, or it is an overlay beside its own report."""
    if path.name.startswith("overlay") and any(path.with_name(name).is_file() for name in REPORTED):
        return True
    try:
        if head is None:
            if not path.is_file():
                return False
            with path.open("rb") as file:
                head = file.read(96)
        return head[37:].startswith(b"tEXt" + _PNG_TEXT) or _has_comment(head) or _has_xmp(path, head)
    except OSError:
        return False


def _has_comment(head: bytes) -> bool:
    return head.startswith(_JPEG + b"\xff\xfe") and head[6:].startswith(MAKER)


def _has_xmp(path: Path, head: bytes) -> bool:
    if head[:4] != b"RIFF" or head[8:16] != b"WEBPVP8X":
        return False
    with path.open("rb") as file:
        return any(kind == b"XMP " and data == _XMP for kind, data in _chunks(file.read(), 12))


def _chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
