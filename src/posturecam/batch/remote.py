"""Photos and results that lie elsewhere: ``s3://``, ``gs://``, ``sftp://`` and whatever else fsspec knows.

What fails in passing is tried again, each time after a longer pause. A listing comes page by page. What is written is
whole or not there: object stores do that by themselves, elsewhere a file is written beside and renamed.
"""

import contextlib
import hashlib
import logging
import os
import random
import re
import secrets
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from posturecam.errors import PhotoError, RemoteError, SettingsError
from posturecam.errors.facts import Problem, in_place_of
from posturecam.text.language import _

_URL = re.compile(r"[a-z][a-z0-9+.-]+://")
_SECRET = re.compile(r"[a-z0-9+.-]+://[^/@]*:[^/@]*@")
_PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""Before the second, third, fourth and fifth try; each is lengthened by chance, so that workers do not come at once."""

_WHOLE = ("s3", "s3a", "gs", "gcs", "abfs", "az", "memory")
"""Stores in which an object is whole or not there."""

_SSH = ("sftp://", "ssh://")

_OPTIONS: dict[str, dict[str, Any]] = {
    "s3": {
        "use_listings_cache": False,
        "config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 0}},
    },
    "gs": {"use_listings_cache": False},
    "sftp": {"timeout": 10, "skip_instance_cache": True},
}
"""Names of a million photos are not kept in a cache."""

_Given = TypeVar("_Given")


def is_url(place: str) -> bool:
    """Whether a place is a URL and no path."""
    return _URL.match(place) is not None


def below(folder: str, name: str) -> str:
    """Name something below a URL."""
    return f"{folder.rstrip('/')}/{name}"


def _store(root: str) -> Any:
    """Give the file system of a URL's protocol and host; a connection of SSH is of one thread of one process alone."""
    return _opened(root, os.getpid(), threading.get_ident() if root.startswith(_SSH) else 0)


@cache
def _opened(root: str, _process: int, _thread: int) -> Any:
    try:
        import fsspec  # noqa: PLC0415  (an extra)
    except ImportError as error:
        raise RemoteError(_missing(root, error)) from error
    for name in ("asyncio", "s3fs", "gcsfs", "fsspec", "paramiko"):  # what they remark on is told by this file
        logging.getLogger(name).setLevel(logging.CRITICAL)
    protocol = root.partition("://")[0]
    options = {"s3a": "s3", "gcs": "gs", "ssh": "sftp"}.get(protocol, protocol)
    try:
        return fsspec.core.url_to_fs(root, **_OPTIONS.get(options, {}), **_host_keys(options))[0]
    except ImportError as error:
        raise RemoteError(_missing(root, error)) from error
    except ValueError as error:
        msg = _(
            "{root}: this kind of place is unknown ({first_line}). Give s3://, gs:// or sftp://.",
            root=root,
            first_line=_first_line(error),
        )
        raise SettingsError(msg) from error


def _host_keys(protocol: str) -> dict[str, Any]:
    """Say that a server with a strange key is not talked to."""
    if protocol != "sftp":
        return {}
    from posturecam.batch.known_hosts import KnownHosts  # noqa: PLC0415  (an extra)

    return {"host_key_policy": KnownHosts()}


def _missing(root: str, error: BaseException) -> str:
    return _(
        "{root} needs a library that is not installed ({error}). Run: pip install 'posturecam[remote]'",
        root=root,
        error=error,
    )


def _reached(url: str, work: Callable[[Any, str], _Given], *, pauses: tuple[float, ...] = _PAUSES_S) -> _Given:
    """Do something with a URL's store and path; what fails in passing is done again. Raises RemoteError.

    FileNotFoundError is handed on: what it means depends on what was looked for.
    """
    root = "/".join(url.split("/")[:3])
    if _SECRET.match(url):
        msg = _(
            "{hidden} holds a password, which would stand in every table. Give it to your keys or agent instead.",
            hidden=_hidden(url),
        )
        raise SettingsError(msg)
    for pause in (*pauses, None):
        try:
            store = _store(root)
            return work(store, store._strip_protocol(url))  # noqa: SLF001  (fsspec's own name for it)
        except (FileNotFoundError, RemoteError, SettingsError):
            raise
        except Exception as error:
            if pause is None or _lasting(error):
                raise RemoteError(_advice(url, error)) from error
            if root.startswith(_SSH):
                _opened.cache_clear()  # a connection that broke does not come back
            time.sleep(pause * random.uniform(1.0, 1.5))  # noqa: S311  (no secret)
    raise AssertionError(url)


def _lasting(error: Exception) -> bool:
    """Whether another try would end the same way."""
    return isinstance(error, PermissionError) or "Credential" in type(error).__name__ or "Auth" in type(error).__name__


def _advice(url: str, error: Exception) -> str:
    """Say in one line what is wrong with which place, and what to do."""
    shown = _hidden(url)
    if _lasting(error):
        return _(
            "{shown} refused the login or the right ({first_line}). Check the credentials in your environment.",
            shown=shown,
            first_line=_first_line(error),
        )
    return _(
        "{shown} cannot be reached ({first_line}). Check address and network. Everything found "
        "so far is kept: run the same command again to go on.",
        shown=shown,
        first_line=_first_line(error),
    )


def _hidden(url: str) -> str:
    return re.sub(r"://[^/@]*@", "://***@", url)


def _first_line(error: BaseException) -> str:
    said = (isinstance(error, OSError) and error.strerror) or str(error)
    return (said.splitlines() or [""])[0][:160] or type(error).__name__


def remote_names(folder: str, *, within: bool) -> Iterator[str]:
    """Give the URLs of the files of a folder as they come; raises FileNotFoundError where there is no such bucket.

    Buckets of S3 and Google come page by page; elsewhere the names of one folder at a time are held.
    """
    protocol = folder.partition("://")[0]
    if protocol in _PAGES:
        yield from _names_of_objects(folder, _PAGES[protocol], within=within)
        return
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        for name, is_folder in _reached(here, _entries):
            url = _as_url(name, folder, protocol)
            if not is_folder:
                yield url
            elif within and url.rstrip("/") != here.rstrip("/"):
                waiting.append(url)


def _entries(store: Any, path: str) -> list[tuple[str, bool]]:
    """Give the names in a folder, each with whether it is a folder itself, and nothing more of them.

    SFTP tells so much of each file that it is taken one by one.
    """
    if "sftp" in store.protocol:
        found = store.ftp.listdir_iter(path)
        return [(f"{path.rstrip('/')}/{entry.filename}", stat.S_ISDIR(entry.st_mode or 0)) for entry in found]
    return [(entry["name"], entry["type"] == "directory") for entry in store.ls(path, detail=True)]


def _as_url(name: str, folder: str, protocol: str) -> str:
    """Bring a store's own name of a file back to a URL."""
    if is_url(name):
        return name
    host = folder.split("/")[2]
    return f"{protocol}://{host}{name}" if name.startswith("/") else f"{protocol}://{name}"


def _names_of_objects(folder: str, page_of: "_PageOf", *, within: bool) -> Iterator[str]:
    """List a bucket page by page, a thousand names each."""
    protocol, _colon, place = folder.partition("://")
    bucket, _slash, prefix = place.strip("/").partition("/")
    asked = {"prefix": f"{prefix}/" if prefix else "", **({} if within else {"delimiter": "/"})}
    token: str | None = ""
    while token is not None:
        found, token = _reached(folder, partial(page_of, bucket, asked, token))
        yield from (f"{protocol}://{bucket}/{name}" for name in found if not name.endswith("/"))


_PAGE = 1000
"""Names on one page of a bucket."""

_Page = tuple[list[str], str | None]
"""Names of a bucket, and what to ask the next page with; None after the last."""

_PageOf = Callable[[str, dict[str, str], str, Any, str], _Page]


def _page_of_s3(bucket: str, asked: dict[str, str], token: str, store: Any, _path: str) -> _Page:
    more = {"ContinuationToken": token} if token else {}
    limits = {name.capitalize(): limit for name, limit in asked.items()}
    page: dict[str, Any] = store.call_s3("list_objects_v2", Bucket=bucket, **limits, **more)
    return [entry["Key"] for entry in page.get("Contents", ())], page.get("NextContinuationToken")


def _page_of_gs(bucket: str, asked: dict[str, str], token: str, store: Any, _path: str) -> _Page:
    more = {"pageToken": token} if token else {}
    page: dict[str, Any] = store.call("GET", "b/{}/o", bucket, **asked, **more, maxResults=_PAGE, json_out=True)
    return [entry["name"] for entry in page.get("items", ())], page.get("nextPageToken")


_PAGES: dict[str, _PageOf] = {"s3": _page_of_s3, "s3a": _page_of_s3, "gs": _page_of_gs, "gcs": _page_of_gs}


def is_file(url: str) -> bool:
    """Whether there is a file of this very name."""
    try:
        return bool(_reached(url, lambda store, path: store.isfile(path)))
    except FileNotFoundError:
        return False


def changed_at(url: str) -> date | None:
    """Say on which day a file was last changed, where the store knows."""
    try:
        return date.fromisoformat(str(_reached(url, lambda store, path: store.modified(path)))[:10])
    except (FileNotFoundError, NotImplementedError, ValueError):
        return None


def sha256_of(url: str) -> str:
    """Compute the sha256 of a file's content. Raises PhotoError, RemoteError."""
    with local(url) as path, path.open("rb") as file:
        if not path.stat().st_size:
            raise PhotoError(Problem("photo_empty", path=url))
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def local(place: str) -> Iterator[Path]:
    """Give a file that can be read here: the path itself, or a copy of the URL's that goes away afterwards."""
    if not is_url(place):
        yield Path(place).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="posturecam-") as folder:
        path = Path(folder) / f"photo{Path(place).suffix}"
        try:
            fetch(place, path)
        except FileNotFoundError as error:
            raise PhotoError(Problem("no_such_photo", path=place)) from error
        try:
            yield path
        except PhotoError as error:
            if error.problem is None:
                raise
            raise PhotoError(in_place_of(error.problem, [str(path)], place)) from error


def fetch(url: str, path: Path) -> None:
    """Copy a file here, whole or not at all; raises FileNotFoundError, RemoteError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        _reached(url, lambda store, there: store.get_file(there, str(beside)))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def put(path: Path, url: str) -> None:
    """Copy a file there, whole or not at all. Raises RemoteError."""
    try:
        _reached(url, lambda store, there: _put(store, path, there, url.partition("://")[0]))
    except FileNotFoundError as error:
        msg = _("{url} cannot be written: there is no such bucket or folder. Make it first.", url=url)
        raise RemoteError(msg) from error


def _put(store: Any, path: Path, there: str, protocol: str) -> None:
    if protocol in _WHOLE:
        store.put_file(str(path), there)
        return
    folder, _slash, name = there.rpartition("/")
    store.makedirs(folder, exist_ok=True)
    beside = f"{folder}/.{name}.{secrets.token_hex(4)}.new"
    store.put_file(str(path), beside)
    store.mv(beside, there)


def remove(url: str) -> None:
    """Delete a file; that there is none is no fault. Raises RemoteError."""
    with contextlib.suppress(FileNotFoundError):
        _reached(url, lambda store, there: store.rm_file(there))
