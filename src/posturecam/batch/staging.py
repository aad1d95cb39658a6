"""Results for a place elsewhere: a run writes into a folder of this machine, which is then brought there.

The folder stays until everything is there, so a run that was cut off goes on from it with the same command; on another
machine it is filled from what is there already. A picture that is there is kept here as an empty file of its name.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import platformdirs

from posturecam.batch import remote
from posturecam.batch.result_store import OVERLAYS, RESULTS, THUMBNAILS
from posturecam.errors import RemoteError
from posturecam.text.language import _

_STATE = (RESULTS, "failures.jsonl", "inputs.jsonl", "run.json")
_LAST = "run.json"
_PICTURES = (THUMBNAILS, OVERLAYS)
_AT_ONCE = 8


def stage_of(url: str) -> Path:
    """Name the folder of this machine in which the results for a URL are made."""
    name = hashlib.sha256(url.rstrip("/").encode()).hexdigest()[:16]
    return platformdirs.user_cache_path("posturecam", appauthor=False) / "batch" / name


def prepare(url: str) -> Path:
    """Give the folder, filled from what an earlier run brought there. Raises RemoteError."""
    stage = stage_of(url)
    if (stage / RESULTS).exists():
        return stage
    stage.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in _PICTURES:
        for name in _there(url, folder):
            (stage / folder).mkdir(exist_ok=True)
            (stage / folder / name).touch()
    for name in reversed(_STATE):  # the results last: they are the sign that all is here
        with contextlib.suppress(FileNotFoundError):
            remote.fetch(remote.below(url, name), stage / name)
    return stage


def publish(stage: Path, url: str, *, whole: bool) -> None:
    """Bring everything there; ``whole`` when the run is at its end: then pictures too many go, and the folder as well.

    Raises RemoteError, and then the folder stays.
    """
    try:
        _bring(stage, url)
        if whole:
            for folder in _PICTURES:
                _clear(stage, url, folder)
            shutil.rmtree(stage, ignore_errors=True)
    except RemoteError as error:
        msg = _("{error} The results lie in {stage} until then.", error=error, stage=stage)
        raise RemoteError(msg) from error


def _bring(stage: Path, url: str) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for _ in threads.map(lambda path: _bring_picture(path, stage, url), _fresh_pictures(stage)):
            pass
    files = [path for path in sorted(stage.iterdir()) if path.is_file() and not path.name.startswith(".")]
    for path in sorted(files, key=lambda path: path.name == _LAST):
        remote.put(path, remote.below(url, path.name))


def _fresh_pictures(stage: Path) -> Iterator[Path]:
    for folder in _PICTURES:
        if (stage / folder).is_dir():
            yield from (path for path in (stage / folder).iterdir() if path.stat().st_size)


def _bring_picture(path: Path, stage: Path, url: str) -> None:
    remote.put(path, remote.below(url, path.relative_to(stage).as_posix()))
    path.write_bytes(b"")


def _clear(stage: Path, url: str, folder: str) -> None:
    """Remove pictures of other settings: after a run that hides faces, no older one may show them."""
    for name in list(_there(url, folder)):
        if not (stage / folder / name).exists():
            remote.remove(remote.below(url, f"{folder}/{name}"))


def _there(url: str, folder: str) -> Iterator[str]:
    """Name the pictures that are there."""
    try:
        yield from (name.rpartition("/")[2] for name in remote.remote_names(remote.below(url, folder), within=False))
    except FileNotFoundError:
        return
