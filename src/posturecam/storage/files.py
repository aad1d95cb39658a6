"""Write results so that an old file is never half overwritten: write beside, flush to the disk, then rename.

New files and folders are their owner's alone, unless the user shares them; links are not followed. Whether a place may
be written at all is asked before anything is measured: ``posturecam.storage.outputs``.
"""

import contextlib
import errno
import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from posturecam.errors import OutputError
from posturecam.text.language import _

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_DEVICES = ("/dev", "/proc")


@dataclass(frozen=True, slots=True)
class WriteRules:
    """How the user wants files to be written.

    force        files of others may be replaced
    shared       other users of this machine may read what is new
    csv_dialect  name of a dialect in ``posturecam.reports.measurement_tables``; None: the one of the language
    """

    force: bool = False
    shared: bool = False
    csv_dialect: str | None = None


class _Active:
    """The rules of this process."""

    rules = WriteRules()


def set_rules(rules: WriteRules) -> None:
    """Set what the user allows from here on."""
    _Active.rules = rules


def rules() -> WriteRules:
    """Return what the user allows."""
    return _Active.rules


def open_new(path: Path) -> IO[bytes]:
    """Make a file that was not there, and open it to write and read. Raises OSError."""
    mode = 0o666 if rules().shared else 0o600
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, mode), "w+b")


_BINARY: int = getattr(os, "O_BINARY", 0)
_NO_LINK: int = getattr(os, "O_NOFOLLOW", 0)


def open_more(path: Path) -> IO[bytes]:
    """Open a file to add to its end, unbuffered, made where it is missing; never through a link. Raises OSError."""
    mode = 0o666 if rules().shared else 0o600
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY | _NO_LINK
    return os.fdopen(os.open(path, flags, mode), "a+b", buffering=0)


def open_over(path: Path) -> IO[bytes]:
    """Open a file to write it anew, never through a link. Raises OSError."""
    mode = 0o666 if rules().shared else 0o600
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY | _NO_LINK, mode), "wb")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it where they are missing. Raises OSError."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o777 if rules().shared else 0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def is_link(path: Path) -> bool:
    """Whether a path is a link to a file; names of the system for devices and pipes are none."""
    return path.is_symlink() and not path.absolute().as_posix().startswith(tuple(f"{place}/" for place in _DEVICES))


def write_file(path: Path | str, data: bytes) -> None:
    """Write one file wholly, or leave the old one as it was and raise OutputError.

    A device or a pipe (``/dev/stdout``) is written to, not replaced.
    """
    target = Path(path)
    try:
        _refuse_link(target)
        if target.is_symlink() or (target.exists() and not target.is_file()):
            _write_special(target, data)
            return
        _replace({target: data})
    except OSError as error:
        raise OutputError(_advice(Path(path), error)) from error


def write_all(folder: Path | str, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, made when it is missing: all of them, or none and the old ones stay.

    Returns the paths in the order given. Raises OutputError.
    """
    folder = Path(folder)
    try:
        make_folder(folder)
        targets = {folder / name: data for name, data in files.items()}
        for target in targets:
            _refuse_link(target)
            if target.exists() and not target.is_file():
                raise IsADirectoryError(errno.EISDIR, _("something that is not a file has this name"), str(target))
        _replace(targets)
    except OSError as error:
        raise OutputError(_advice(folder, error)) from error
    return [folder / name for name in files]


def check_folder(folder: Path | str) -> None:
    """Make sure before a long work that files can be written into a folder; raises OutputError.

    What is made to find out is removed again.
    """
    folder = Path(folder)
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        make_folder(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(_advice(folder, error)) from error
    finally:
        for entry in missing:
            with contextlib.suppress(OSError):
                entry.rmdir()


def _refuse_link(path: Path) -> None:
    if is_link(path):
        raise OSError(errno.ELOOP, _("it is a link, and results are not written through links"), str(path))


@dataclass(frozen=True, slots=True)
class _Staged:
    """New contents lying beside their target, and a second name of the old contents if there were any."""

    target: Path
    fresh: Path
    old: Path


def _replace(files: Mapping[Path, bytes]) -> None:
    """Write every file beside its target, then rename all of them; on any failure put everything back."""
    token = secrets.token_hex(4)
    staged = [_names(target, token) for target in files]
    done: list[_Staged] = []
    with contextlib.ExitStack() as at_the_end:
        at_the_end.callback(_clear_away, staged)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(_put_back, done)
            for item in staged:
                _write_beside(item, files[item.target])
            for item in staged:
                _keep_old(item)
                done.append(item)
                item.fresh.replace(item.target)
            on_failure.pop_all()
    for folder in {entry.target.parent for entry in staged}:
        _flush_folder(folder)


def _names(target: Path, token: str) -> _Staged:
    stem = target.name.encode()[:80].decode(errors="ignore")
    return _Staged(target, target.with_name(f".{stem}.{token}.new"), target.with_name(f".{stem}.{token}.old"))


def _write_beside(staged: _Staged, data: bytes) -> None:
    """Write the new contents under a name of their own, with the permissions of the file they replace."""
    with open_new(staged.fresh) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if staged.target.exists():
        staged.fresh.chmod(stat.S_IMODE(staged.target.stat().st_mode))


def _keep_old(staged: _Staged) -> None:
    """Give the old contents a second name; a copy where the disk knows no hard links."""
    if not staged.target.exists():
        return
    try:
        os.link(staged.target, staged.old)
    except OSError:
        with open_new(staged.old) as file:
            file.write(staged.target.read_bytes())


def _put_back(done: list[_Staged]) -> None:
    """Undo the renames that had been made."""
    for entry in reversed(done):
        with contextlib.suppress(OSError):
            if entry.old.exists():
                entry.old.replace(entry.target)
            elif not entry.fresh.exists():
                entry.target.unlink(missing_ok=True)


def _clear_away(staged: list[_Staged]) -> None:
    for entry in staged:
        for path in (entry.fresh, entry.old):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Bring the renames to the disk, where the system can do that for folders."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _write_special(path: Path, data: bytes) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, _("it is a folder"), str(path))
    with path.open("wb", buffering=0) as device:
        view = memoryview(data)
        while view:
            view = view[device.write(view) :]


def _advice(path: Path, error: OSError) -> str:
    """Say what failed, where, and what to do next, in one line."""
    if error.errno in _FULL:
        after = _("Older files are untouched. Free some space, or write to another disk.")
    elif error.errno in _FORBIDDEN:
        after = _("Choose a folder that you may write to, or change the permissions of this one.")
    elif error.errno in (errno.EISDIR, errno.ELOOP):
        after = _("Give the name of a file that does not exist yet, or move what is there away.")
    elif error.errno == errno.ENOENT:
        after = _("Make the folder first, or check the path.")
    else:
        after = _("Check the path, or choose another place.")
    where = path if error.filename is None or error.errno in _FULL else Path(os.fsdecode(error.filename))
    if where.name.endswith((".new", ".old")):
        where = path
    return _(
        "{where} cannot be written: {strerror}. {after}", where=where, strerror=error.strerror or error, after=after
    )
