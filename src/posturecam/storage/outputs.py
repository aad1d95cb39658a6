"""Whether results may be written where the user wants them: asked once, before anything is measured.

    claim([Path("front.csv")], inputs=[Path("front.jpg")])
    folder = claim_folder(Path("result"), RESULTS, inputs=[Path("front.jpg")], photos=Photos({sha256}))

No output replaces an input, by whatever name or link. Links are not followed for writing. What posturecam did not make
is replaced only with ``--force``; so are the results of another photo. A folder of photos is no place for results: they
get a folder of their own inside it.
"""

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posturecam.errors import OutputError
from posturecam.storage.files import is_link, rules
from posturecam.storage.origin import REPORTED, is_our_picture, is_ours
from posturecam.text.language import _

RESULTS = re.compile(r"(?:assessment|exam)\.json|overlay(?:_[a-z]+)?(?:_\d+)?\.png|report\.(?:html|pdf)")
"""The files of ``--out``, of a photo or an exam."""

PHOTOS = frozenset(
    (
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".mpo",
        ".png",
        ".webp",
        ".heic",
        ".heif",
        ".hif",
        ".avif",
        ".tif",
        ".tiff",
        ".bmp",
    )
)
"""Endings of photos."""

RUN = "results.jsonl"
"""What a folder's run leaves in its out folder."""

Identity = tuple[int, int]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Photos:
    """Which photos are to be measured: sha256 of each; of a film the name. None: the camera's own."""

    sha256: frozenset[str] = frozenset()
    films: frozenset[str] = frozenset()

    def hold(self, photo: Any) -> bool:
        """Whether a stored photo is among them."""
        if not isinstance(photo, dict):
            return False
        return photo.get("sha256") in self.sha256 or photo.get("name") in self.films


def claim(outputs: Iterable[Path | None], inputs: Iterable[Path | None]) -> None:
    """Make sure that files may be written; None stands for none. Raises OutputError."""
    taken = _identities(inputs)
    wanted: set[Path] = set()
    for path in outputs:
        if path is None:
            continue
        _check(path, taken)
        place = path.absolute()
        if place in wanted and (path.is_file() or not path.exists()):
            msg = _("{path} was given for two different results. Give each a name of its own.", path=path)
            raise OutputError(msg)
        wanted.add(place)


def claim_folder(
    folder: Path, names: re.Pattern[str], inputs: Iterable[Path | None], photos: Photos | None = None, own: str = ""
) -> Path:
    """Make sure that files with such names may be written into a folder; give the folder that they go to.

    photos  who is measured; None where earlier results of these names are not compared
    own     name of the folder of their own that results get among photos
    Raises OutputError.
    """
    folder = own_folder(folder, own)
    there = [path for path in _files(folder) if names.fullmatch(path.name)]
    taken = _identities(inputs)
    for path in there:
        _check(path, taken)
    if photos is not None and (there or is_ours(folder / RUN)) and not rules().force:
        _check_whose(folder, photos)
    return folder


def own_folder(folder: Path, own: str = "") -> Path:
    """Give the folder for results: the one that is asked for, or one inside it where it is a folder of photos."""
    return folder / (own or "posturecam") if holds_photos(folder) else folder


def holds_photos(folder: Path) -> bool:
    """Whether photos lie in a folder that posturecam did not draw."""
    return any(path.suffix.lower() in PHOTOS and not is_our_picture(path) for path in _files(folder))


def stale(folder: Path, written: Collection[str]) -> list[Path]:
    """List what lies in a folder of earlier results of ours that were not written again."""
    found = (path for path in _files(folder) if RESULTS.fullmatch(path.name) and path.name not in written)
    return [path for path in found if not is_link(path) and is_ours(path)]


def table_files(folder: Path | None) -> Iterator[Path]:
    """Give the files of a folder of the user's own tables, as inputs."""
    if folder is not None:
        yield from _files(folder)


def _files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return sorted(Path(entry.path) for entry in found if not _is_folder(entry))
    except OSError:
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _identities(paths: Iterable[Path | None]) -> dict[Identity, Path]:
    """Give each file that there is by device and number; what a link leads to counts."""
    return {identity: path for path in paths if path is not None and (identity := _identity(path)) is not None}


def _identity(path: Path) -> Identity | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if status.st_ino else None


def _check(path: Path, taken: dict[Identity, Path]) -> None:
    """Refuse an input, a link, and what posturecam did not make."""
    mine = _identity(path)
    if mine is not None and mine in taken and path.is_file():
        other = taken[mine]
        told = (
            _("{path} is to be read", path=path)
            if path == other
            else _("{path} is the same file as {other}, which is to be read", path=path, other=other)
        )
        msg = _("{told}: no result replaces it. Give another name.", told=told)
        raise OutputError(msg)
    if is_link(path):
        msg = _("{path} is a link, and results are not written through links. Give the file itself.", path=path)
        raise OutputError(msg)
    if rules().force or not path.is_file() or not path.stat().st_size or is_ours(path):
        return
    msg = _(
        "{path} is there already, and posturecam did not make it. Give another name, or replace it with --force.",
        path=path,
    )
    raise OutputError(msg)


def _check_whose(folder: Path, photos: Photos) -> None:
    """Refuse a folder with results of photos that are not measured now."""
    if is_ours(folder / RUN):
        msg = _(
            "{folder} holds the results of a whole folder's run. Give another folder with --out, or use --force.",
            folder=folder,
        )
        raise OutputError(msg)
    stored = [photo for name in REPORTED for photo in _stored(folder / name)]
    others = [photo for photo in stored if not photos.hold(photo)]
    if stored and not others:
        return
    names = [str(photo.get("name")) for photo in others if isinstance(photo, dict)]
    told = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "") if names else _("something else")
    msg = _(
        "{folder} holds the results of {told}. Give each its own folder with --out, or replace them with --force.",
        folder=folder,
        told=told,
    )
    raise OutputError(msg)


def _stored(path: Path) -> list[Any]:
    """Give what a stored result says of its photos; one unknown photo where it cannot be read."""
    if not path.is_file():
        return []
    try:
        facts = json.loads(path.read_bytes())
        return [fact["photo"] for fact in facts["photos"]] if "photos" in facts else [facts["photo"]]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return [None]
