"""Files that still carry a name which the records have given up: reports, tables and exports beside the photos.

    for path in carrying("anna", [Path("photos"), Path.cwd()]):
        ...

Text is searched: HTML, JSON and CSV, and the list of an export. What a PDF shows cannot be searched; it is named with
the report beside it.
"""

import html
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from posturecam.storage.origin import is_ours

_SEARCHED = frozenset((".html", ".json", ".jsonl", ".csv", ".zip"))
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""A letter as JSON may write it."""

_MOST_FILES, _MOST_BYTES = 5000, 64 * 2**20


def carrying(name: str, folders: Iterable[Path]) -> list[Path]:
    """List the files of posturecam's in these folders, and in the folders in them, in which a whole name stands."""
    spellings = {name, html.escape(name), html.escape(name, quote=False), json.dumps(name, ensure_ascii=False)[1:-1]}
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(spellings)))})(?!\w)")
    places = dict.fromkeys(folder.resolve() for folder in folders)
    files = dict.fromkeys(path for folder in places for path in islice(_files(folder), _MOST_FILES))
    found = [path for path in files if is_ours(path) and pattern.search(_text(path))]
    beside = [path.with_suffix(".pdf") for path in found if path.suffix == ".html"]
    return sorted({*found, *(path for path in beside if is_ours(path))})


def _files(folder: Path) -> Iterator[Path]:
    """Give what can be searched in a folder and in the folders in it; links are not followed."""
    for path in _listed(folder):
        if path.is_symlink():
            continue
        if path.suffix.lower() in _SEARCHED:
            yield path
        elif path.is_dir():
            yield from (below for below in _listed(path) if below.suffix.lower() in _SEARCHED)


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _text(path: Path) -> str:
    """Give the text that is searched; nothing where the file cannot be read, or is too large for a report."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            return ""
        if path.suffix.lower() != ".zip":
            return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), path.read_bytes().decode("utf-8", "replace"))
        with zipfile.ZipFile(path) as export, export.open("person.json") as facts:
            return facts.read(_MOST_BYTES).decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return ""
