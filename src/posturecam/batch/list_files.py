"""Lists of files: one path on each line, or parted by NUL (``find -print0``); UTF-8, UTF-16 or the system's encoding.

A Windows machine writes ``dir /b > list.txt`` in its own encoding and PowerShell in UTF-16; both can lie on a share.
"""

import codecs
import io
import locale
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

_PIECE = 1 << 20
_LOOKED_AT = 4096
_WINDOWS = "cp1252"


def paths_in(file: IO[bytes], base: Path) -> Iterator[str]:
    """Give the paths of an opened list; ``base`` is the folder that they are told from. Raises OSError."""
    wide = _wide_encoding(file.read(_LOOKED_AT))
    file.seek(0)
    if wide is not None:
        with io.TextIOWrapper(file, wide, errors="replace") as text:
            yield from (row for line in text if (row := line.rstrip("\n").removeprefix("\ufeff")).strip())
        return
    yield from (_path(row, base) for row in _rows(file) if row.strip())


def _wide_encoding(head: bytes) -> str | None:
    """Tell UTF-16 by its mark, or by a zero in most places of one kind and in none of the other."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    lanes = head[::2], head[1::2]
    zeros = [lane.count(0) / max(1, len(lane)) for lane in lanes]
    for high, low, encoding in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
        if zeros[high] > 0.5 and not zeros[low]:
            return encoding
    return None


def _rows(file: IO[bytes]) -> Iterator[bytes]:
    pieces = iter(partial(file.read, _PIECE), b"")
    if not any(b"\0" in piece for piece in pieces):
        file.seek(0)
        for number, line in enumerate(file):
            yield from (line if number else line.removeprefix(codecs.BOM_UTF8)).splitlines()
        return
    file.seek(0)
    rest = b""
    for piece in iter(partial(file.read, _PIECE), b""):
        *rows, rest = (rest + piece).split(b"\0")
        yield from rows
    yield rest


def _path(row: bytes, base: Path) -> str:
    """Read a path: UTF-8, or the file system's own bytes; else an encoding in which there is such a file."""
    said = os.fsdecode(row)
    try:
        row.decode()
    except UnicodeDecodeError:
        other = (_decoded(row, encoding) for encoding in (locale.getencoding(), _WINDOWS))
        return next((path for path in (said, *other) if path and os.path.lexists(base / path)), said)
    return said


def _decoded(row: bytes, encoding: str) -> str | None:
    try:
        return row.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
