"""Which files a run is about: folders, globs and list files become a sorted list of inputs, which lies on the disk.

A list file has one path on each line, or parted by NUL (``find -print0``); UTF-8, UTF-16 or the system's encoding.
"""

import codecs
import glob
import io
import locale
import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO

from posturecam.batch import remote
from posturecam.batch.disk_tables import Input, InputTable, sorted_paths
from posturecam.batch.path_template import PathTemplate, check_fit
from posturecam.batch.remote import is_url
from posturecam.batch.result_store import RESULTS
from posturecam.errors import SettingsError
from posturecam.picture.capture_date import capture_date, named_date
from posturecam.poses.view_list import NO_VIEWS, ViewList
from posturecam.storage.origin import is_our_picture, is_ours
from posturecam.storage.outputs import PHOTOS
from posturecam.text.language import _

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


READ = PHOTOS | {".dng", ".cr2", ".nef", ".nrw", ".arw", ".pef", ".srw", ".3fr", ".iiq", ".erf", ".dcm", ".dicom"}
UNREAD = frozenset((".cr3", ".raf", ".rw2", ".orf", ".x3f", ".jxl", ".jp2", ".j2k", ".pdf", ".gif"))
"""Kinds that hold photos and are not read: each such file ends as a failure that says so, and what to do."""

SUFFIXES = READ | UNREAD
LISTS = frozenset((".txt", ".lst", ".list"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files to take. ``within`` of a folder: also of the folders in it; ``since`` leaves older photos out.

    ``views`` says which view some of them show, and counts more than what ``pattern`` reads from a path.
    """

    places: tuple[str, ...]
    within: bool = True
    pattern: PathTemplate | None = None
    since: date | None = None
    out: str | None = None
    views: ViewList = NO_VIEWS


@dataclass(slots=True)
class Skipped:
    """How many files were left out, and why; ``results`` are folders of an earlier run, and drawn overlays."""

    hidden: int = 0
    no_photo: int = 0
    older: int = 0
    results: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The inputs, sorted by path, each path once; and how many files were left out."""

    names: InputTable
    skipped: Skipped


@dataclass(slots=True)
class _Walk:
    """A walk over folders that enters each real folder once, so that no loop of links can hold it."""

    within: bool
    skipped: Skipped
    entered: set[tuple[int, int]] = field(default_factory=set)
    out: str | None = None

    def photos(self, folder: str) -> Iterator[str]:
        """Give the photos of a folder; a folder that cannot be read raises SettingsError."""
        if not self.enter(folder):
            return
        try:
            with os.scandir(folder) as found:
                folders = yield from self._files(found)
        except OSError as error:
            msg = _(
                "the folder {folder} cannot be read: {strerror}. Check its permissions.",
                folder=folder,
                strerror=error.strerror,
            )
            raise SettingsError(msg) from error
        for inner in sorted(folders):  # of several links to one folder it is always the same that counts
            if (Path(inner) / RESULTS).is_file():
                self.skipped.results += 1
            else:
                yield from self.photos(inner)

    def enter(self, folder: str) -> bool:
        """Remember a real folder; false when it was entered before."""
        try:
            status = Path(folder).stat()
        except OSError:
            return True
        key = (status.st_dev, status.st_ino)
        new = key not in self.entered or not status.st_ino
        self.entered.add(key)
        return new

    def _files(self, found: Iterable[os.DirEntry[str]]) -> Generator[str, None, list[str]]:
        """Give the photos among what was found, in any order; and the folders to enter."""
        folders = []
        for entry in found:
            if entry.name.startswith("."):
                self.skipped.hidden += 1
            elif _is_folder(entry):
                folders += [entry.path] if self.within else []
            elif _suffix(entry.name) not in SUFFIXES:
                self.skipped.no_photo += 1
            elif _is_ours(entry.path):
                self.skipped.results += 1
            else:
                yield entry.path
        return folders


def _suffix(path: str) -> str:
    return Path(path).suffix.lower()


def _is_ours(path: str) -> bool:
    return is_ours(Path(path)) if _suffix(path) == ".pdf" else is_our_picture(Path(path))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: no folder, and as a photo it becomes a failure with this reason
        return False


def list_inputs(wanted: Wanted) -> Listing:
    """List the inputs, sorted by path whatever the order of the places. Raises SettingsError."""
    skipped = Skipped()
    walk = _Walk(wanted.within, skipped, out=wanted.out)
    if wanted.out is not None and Path(wanted.out).is_dir():
        walk.enter(wanted.out)  # the results are no photos to assess: the walk takes them as seen
    found = sorted_paths(path_and_base for place in wanted.places for path_and_base in _expanded(place, walk))
    fitted = check_fit(((path, _below(path, base)) for path, base in found), wanted.pattern)
    names = InputTable()
    inputs = (Input(path, replace(said, view=wanted.views.of(path) or said.view)) for path, said in fitted)
    names.extend(_since(inputs, wanted.since, skipped))
    return Listing(names, skipped)


def _below(path: str, base: str) -> str:
    """Name a path as it stands below the folder that was given."""
    return path.removeprefix(f"{base.rstrip('/')}/") if is_url(path) else os.path.relpath(path, base)


def _expanded(place: str, walk: _Walk) -> Iterator[tuple[str, str]]:
    """Give the photos of a folder, list file, glob or single path, each with the folder its pattern starts from."""
    if is_url(place):
        yield from ((url, place.rpartition("/")[0] if url == place else place) for url in _elsewhere(place, walk))
        return
    place = os.path.normpath(place)
    if Path(place).is_dir():
        yield from ((path, place) for path in walk.photos(place))
    elif _suffix(place) in LISTS:
        base = Path(place).parent
        for line in _lines(place):
            yield (line, line.rpartition("/")[0]) if is_url(line) else (os.path.normpath(base / line), str(base))
    elif os.path.lexists(place):
        yield place, str(Path(place).parent)
    else:
        yield from _globbed(place, walk)


def _elsewhere(place: str, walk: _Walk) -> Iterator[str]:
    """Give the photos of a folder that lies elsewhere, page by page; or the one photo of this name."""
    if _suffix(place) in SUFFIXES and remote.is_file(place):
        yield place
        return
    try:
        for url in remote.remote_names(place, within=walk.within):
            if walk.out is not None and url.startswith(f"{walk.out.rstrip('/')}/"):
                continue
            if any(part.startswith(".") for part in _below(url, place).split("/")):
                walk.skipped.hidden += 1
            elif _suffix(url) in SUFFIXES:
                yield url
            else:
                walk.skipped.no_photo += 1
    except FileNotFoundError as error:
        msg = _("there is no such bucket or folder: {place}. Check the name.", place=place)
        raise SettingsError(msg) from error


def _globbed(place: str, walk: _Walk) -> Iterator[tuple[str, str]]:
    matches = glob.iglob(place, recursive=True) if glob.has_magic(place) else iter(())  # noqa: PTH207
    first = next(matches, None)
    if first is None:
        what = _("nothing matches") if glob.has_magic(place) else _("no such folder, photo or list file:")
        msg = _(
            "{what} {place}. Check the name; a list file is a text file (.txt) with one path on each line.",
            what=what,
            place=place,
        )
        raise SettingsError(msg)
    fixed = place[: next(at for at, letter in enumerate(place) if letter in "*?[")]
    base = fixed.rpartition(os.sep)[0] or (os.sep if fixed.startswith(os.sep) else ".")
    for match in chain((first,), matches):
        if Path(match).is_dir():
            yield from ((path, base) for path in walk.photos(match))
        elif _suffix(match) in SUFFIXES and _is_ours(match):
            walk.skipped.results += 1
        elif _suffix(match) in SUFFIXES:
            yield match, base
        else:
            walk.skipped.no_photo += 1


def _lines(place: str) -> Iterator[str]:
    """Read the paths of a list file."""
    try:
        with Path(place).open("rb") as file:
            yield from paths_in(file, Path(place).parent)
    except OSError as error:
        msg = _(
            "the list file {place} cannot be read: {strerror}. Check its name and permissions.",
            place=place,
            strerror=error.strerror,
        )
        raise SettingsError(msg) from error


def _since(inputs: Iterable[Input], since: date | None, skipped: Skipped) -> Iterator[Input]:
    """Leave out what is older than a day: by the date that the pattern finds in the path, else by the photo's own."""
    for source in inputs:
        taken = (
            date.fromisoformat(source.said.date)
            if since and source.said.date
            else _taken(source.path)
            if since
            else None
        )
        if since and taken and taken < since:
            skipped.older += 1
        else:
            yield source


def _taken(path: str) -> date | None:
    """Give a photo's own date; of one that lies elsewhere the date in its name, else when it was last changed."""
    if is_url(path):
        named = named_date(PurePosixPath(path))
        return remote.changed_at(path) if named is None else named.on
    taken = capture_date(Path(path))
    return None if taken is None else taken.on
