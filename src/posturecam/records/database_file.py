"""The file of embedded records: whether it may be written, where it lies, and a copy of it before it is changed."""

import contextlib
import os
import platform
import sqlite3
import sys
import zlib
from pathlib import Path, PurePosixPath

from sqlalchemy import Engine

from posturecam.errors import RecordsError
from posturecam.storage.files import rules
from posturecam.text.language import _

_SHARED_KINDS = (
    "nfs",
    "cifs",
    "smb",
    "afs",
    "9p",
    "ncpfs",
    "glusterfs",
    "ceph",
    "lustre",
    "gpfs",
    "fuse.sshfs",
    "davfs",
)
_MOUNTS = Path("/proc/self/mounts")
_REMOTE_DRIVE = 4
"""What GetDriveTypeW of Windows calls a network drive."""


def may_write(file: Path) -> bool:
    """Whether this user may write a file and beside it, on a disk that can be written."""
    return os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)


def backed_up(file: Path, version: int) -> Path:
    """Copy records beside themselves, under a name that is free; give the copy's path. Raises RecordsError."""
    names = (f"{file.name}.version{version}{number}.backup" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    copy = next(path for path in map(file.with_name, names) if not path.exists())
    try:
        os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with (
            contextlib.closing(sqlite3.connect(file)) as source,
            contextlib.closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except (OSError, sqlite3.Error) as error:
        copy.unlink(missing_ok=True)
        msg = _(
            "{copy} cannot be written: {error}. Nothing was changed. Make room beside the records and run again.",
            copy=copy,
            error=error,
        )
        raise RecordsError(msg) from error
    return copy


def network_kind(file: Path) -> str | None:
    """Name the kind of network folder in which a file lies; None for this machine's own disks."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  (Windows alone)

        anchor = file.absolute().anchor
        remote = anchor.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(anchor) == _REMOTE_DRIVE
        return "SMB" if remote else None
    try:
        mounts = _MOUNTS.read_text(errors="replace")
    except OSError:
        return None
    return _kind_in(mounts, PurePosixPath(os.path.realpath(file)))


def _kind_in(mounts: str, file: PurePosixPath) -> str | None:
    """Find the mount that holds a file: the one with the longest path, of several at one place the last."""
    found = ("", PurePosixPath("/"))
    for line in mounts.splitlines():
        _source, place, kind, *_rest = (*line.split(" "), "", "", "")
        path = PurePosixPath(place.replace("\\040", " "))
        if file.is_relative_to(path) and len(path.parts) >= len(found[1].parts):
            found = (kind, path)
    return found[0] if found[0].startswith(_SHARED_KINDS) else None


def network_advice(file: Path | None) -> str | None:
    """Say that records on a network folder are for one machine alone; None where they lie on this one."""
    kind = None if file is None else network_kind(file)
    if kind is None:
        return None
    return _(
        "the records at {file} lie on a network folder ({kind}): one machine alone may write there. For several, keep "
        "them on a server: posturecam migrate --database postgresql://… --from {file}",
        file=file,
        kind=kind,
    )


def claim_for_this_machine(engine: Engine, file: Path) -> None:
    """Note in records on a network folder which machine writes them; refuse another. Raises RecordsError.

    SQLite's locks do not reach from machine to machine, so two that write damage the file
    (https://www.sqlite.org/useovernet.html).
    """
    if network_kind(file) is None:
        return
    mine = zlib.crc32(platform.node().encode()) & 0x7FFFFFFF or 1
    with contextlib.closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        (noted,) = cursor.execute("PRAGMA user_version").fetchone()
        if noted not in (0, mine) and not rules().force:
            msg = _(
                "another machine writes the records at {file}, on a network folder: two damage them. Keep them on a "
                "server (posturecam migrate --database postgresql://… --from {file}), or take them over with --force.",
                file=file,
            )
            raise RecordsError(msg)
        if noted != mine:
            cursor.execute(f"PRAGMA user_version = {mine}")
