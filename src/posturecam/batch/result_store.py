"""What was found so far, on the disk: one line per result and per lasting failure, appended as they come.

A run that was killed leaves at most one half-written line at the end of a file; opening the store cuts it off. While a
run is going on, a lock of the operating system keeps others out, and it ends with the process however that ends.
"""

import contextlib
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from posturecam.batch.disk_tables import DiskDict
from posturecam.batch.result_lines import FURTHER_PAGES, RUN_AGAIN, checked
from posturecam.batch.tasks import Outcome, PhotoFailure
from posturecam.errors import OutputError, StoredError
from posturecam.storage.fields import Fields
from posturecam.storage.files import make_folder, open_more, open_over, rules
from posturecam.storage.origin import is_ours
from posturecam.storage.outputs import RUN
from posturecam.text.language import _

RESULTS = RUN
FAILURES = "failures.jsonl"
THUMBNAILS = "thumbs"
OVERLAYS = "overlays"
_LOCK = ".posturecam.lock"
_HEAD_BYTES = 256
_PAGED = f'"{FURTHER_PAGES}":'.encode()
_HEAD = re.compile(rb'\{"unit":"([0-9a-f]{64})"')


@dataclass(slots=True)
class LineFile:
    """A file of JSON lines, each beginning with its unit; found again by unit, the last line of a unit counts."""

    path: Path
    places: DiskDict = field(default_factory=DiskDict)
    paged: set[bytes] = field(default_factory=set)
    """Units of files with further pages that were not read."""
    _file: IO[bytes] | None = None
    _reader: IO[bytes] | None = None

    def open(self) -> None:
        """Open the file, find its lines, and cut off what a killed run left half-written."""
        if rules().force and self.path.is_file() and not is_ours(self.path):
            self.path.unlink()  # a name of it elsewhere keeps what is in it
        self._file = open_more(self.path)
        whole = self._find()
        self._file.truncate(whole)

    def _find(self) -> int:
        """Note where each unit's line begins; give the length of what is whole."""
        at = 0
        with self.path.open("rb") as file:
            for line in file:
                head = _HEAD.match(line)
                if not line.endswith(b"}\n"):
                    if not line.endswith(b"\n"):
                        break
                elif head and b"\0" not in line:
                    self._note(bytes.fromhex(head[1].decode()), line, at)
                at += len(line)
        return at

    def add(self, unit: str, line: bytes) -> None:
        """Append a whole line, or leave the file as it was."""
        file = self._opened
        at = file.seek(0, os.SEEK_END)
        try:
            view = memoryview(line)
            while view:
                view = view[file.write(view) :]
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(at)
            raise
        self._note(bytes.fromhex(unit), line, at)

    def _note(self, unit: bytes, line: bytes, at: int) -> None:
        self.places[unit] = at
        if _PAGED in line[:_HEAD_BYTES]:
            self.paged.add(unit)

    def read(self, unit: str) -> Any:
        """Read the line of a unit. Raises StoredError for one that is damaged."""
        if self._reader is None:
            self._reader = self.path.open("rb")
        place = self.places.get(bytes.fromhex(unit))
        if place is None:
            raise KeyError(unit)
        self._reader.seek(place)
        try:
            return json.loads(self._reader.readline())
        except (ValueError, RecursionError) as error:
            msg = _("{path} is damaged: a line in it is not JSON. {anew}", path=self.path, anew=_(RUN_AGAIN))
            raise StoredError(msg) from error

    def __contains__(self, unit: str) -> bool:
        """Whether there is a line of this unit."""
        return bytes.fromhex(unit) in self.places

    @property
    def _opened(self) -> IO[bytes]:
        if self._file is None:
            msg = "open the store first: with Store(folder) as store"
            raise RuntimeError(msg)
        return self._file

    def close(self) -> None:
        """Bring everything to the disk and close."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._file.fileno())
            self._file.close()
        if self._reader is not None:
            self._reader.close()
        self._file = self._reader = None


class Store:
    """The results and failures of an out folder. Use it as a context manager; a second one is refused meanwhile."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.folder = folder
        self.results = LineFile(folder / RESULTS)
        self.failures = LineFile(folder / FAILURES)
        self.passing: dict[str, PhotoFailure] = {}
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Make the folder, take the lock, find what is there. Raises OutputError."""
        with write_errors_told(self.folder):
            make_folder(self.folder)
            self._lock = open_more(self.folder / _LOCK)
            if not _locked(self._lock):
                self._lock.close()
                msg = _(
                    "another run is writing into {folder}. Wait for its end, or give another --out.", folder=self.folder
                )
                raise OutputError(msg)
            self.results.open()
            self.failures.open()
        return self

    def __exit__(self, *_error: object) -> None:
        """Close everything and give the lock back."""
        self.results.close()
        self.failures.close()
        if self._lock is not None:
            self._lock.close()

    def keep(self, outcome: Outcome) -> None:
        """Write down what became of a unit: its pictures first, so that a line says that everything is there."""
        unit = outcome.task.unit.key
        with write_errors_told(self.folder):
            for name, data in outcome.pictures.items():
                target = self.folder / name
                make_folder(target.parent)
                with open_over(target) as file:
                    file.write(data)
            if outcome.failure is None:
                self.results.add(unit, outcome.line)
            else:
                self._fail(unit, outcome.failure)

    def _fail(self, unit: str, failure: PhotoFailure) -> None:
        """Remember a failure for this run, and a lasting one for the next runs too."""
        if failure.lasting:
            line = json.dumps({"unit": unit, **asdict(failure)}, separators=(",", ":"))
            self.failures.add(unit, line.encode() + b"\n")
        else:
            self.passing[unit] = failure

    def failure(self, unit: str) -> PhotoFailure | None:
        """Give the failure of a unit, None when it has none."""
        if unit in self.passing:
            return self.passing[unit]
        if unit not in self.failures:
            return None
        line = Fields(str(self.failures.path), self.failures.read(unit), anew=RUN_AGAIN)
        return PhotoFailure(line.text("reason"), line.text("remedy"), lasting=True)

    def result(self, unit: str) -> dict[str, Any]:
        """Give the stored result of a unit. Raises StoredError for one that is damaged."""
        return checked(self.results.read(unit), str(self.results.path))

    def done(self, unit: str, picture: str) -> bool:
        """Whether a unit needs no more work."""
        if unit in self.results:
            return (self.folder / thumbnail(picture)).exists()
        return unit in self.failures


def thumbnail(picture: str) -> str:
    """Name a unit's thumbnail below the out folder."""
    return f"{THUMBNAILS}/{picture}.jpg"


def overlay(picture: str) -> str:
    """Name a unit's overlay below the out folder."""
    return f"{OVERLAYS}/{picture}.jpg"


@contextlib.contextmanager
def write_errors_told(place: Path) -> Iterator[None]:
    """Tell of a full disk or a forbidden folder in one line."""
    try:
        yield
    except OSError as error:
        msg = _(
            "{place} cannot be written: {strerror}. Everything written so far is kept: mend that "
            "(space, permissions, a file in the way), then run the same command again to go on.",
            place=place,
            strerror=error.strerror or error,
        )
        raise OutputError(msg) from error


@contextlib.contextmanager
def disk_errors_told() -> Iterator[None]:
    """Tell of a full or forbidden folder for the temporary databases in one line. Raises OutputError."""
    try:
        yield
    except sqlite3.Error as error:
        chosen = os.environ.get("SQLITE_TMPDIR") or os.environ.get("TMPDIR")
        with write_errors_told(Path(chosen or tempfile.gettempdir())):
            raise OSError(0, str(error)) from error


def _locked(file: IO[bytes]) -> bool:
    """Take the operating system's lock, which ends with the process; false when another process has it."""
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415  (exists on Windows only)

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl  # noqa: PLC0415  (exists everywhere else)

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
