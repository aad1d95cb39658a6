"""Files of stored assessments: one JSON object, or JSON lines of any length, scored again into a file or stdout."""

import json
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from posturecam.errors import OutputError, StoredError
from posturecam.knowledge import Knowledge
from posturecam.measures.balance import NO_BALANCE, Balance
from posturecam.patterns.answers import Answers
from posturecam.storage import strict_json
from posturecam.storage.assessment_json import for_terminal
from posturecam.storage.files import is_link, open_new
from posturecam.storage.rescoring.line_scoring import LONG_FILE_BYTES, rescore_lines, rescore_long
from posturecam.storage.rescoring.stored_object import no_json, renewed, written
from posturecam.text.language import _

_IN_MEMORY = 16 * 2**20
"""Results up to this size are kept in memory, larger ones in a temporary file, until everything has been scored."""


@dataclass(frozen=True, slots=True)
class ScoredFile:
    """Everything scored again, complete: nothing is published before the last line has been read.

    beside  where the data lies until it takes the target's name; None when it is kept for stdout or a device
    """

    data: IO[bytes]
    many: bool
    beside: Path | None = None

    def to_stdout(self) -> None:
        """Write everything to standard output."""
        self.data.seek(0)
        for line in self.data:
            sys.stdout.buffer.write(for_terminal(line))
        sys.stdout.buffer.flush()

    def to_file(self, path: Path) -> None:
        """Give everything its name, wholly or not at all; a device is written to. Raises OutputError."""
        if is_link(path):
            msg = _("{path} is a link, and results are not written through links. Give the file itself.", path=path)
            raise OutputError(msg)
        try:
            self.data.flush()
            if self.beside is not None:
                _take_over_mode(self.beside, path)
                self.beside.replace(path)
                return
            self.data.seek(0)
            with path.open("wb", buffering=0) as device:
                shutil.copyfileobj(self.data, device, 2**20)
        except OSError as error:
            raise _unwritable(path, error) from error

    def objects(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Read the results back, one by one."""
        self.data.seek(0)
        if not self.many:
            data = json.loads(self.data.read())
            yield _name(data, 1), data
            return
        for number, line in enumerate(self.data, 1):
            data = json.loads(line)
            yield _name(data, number), data


def _name(data: dict[str, Any], number: int) -> str:
    photo = data.get("photo")
    name = photo.get("name") if isinstance(photo, dict) else data.get("name")
    return name if isinstance(name, str) else _("Assessment {number}", number=number)


@contextmanager
def rescore_files(
    paths: list[Path],
    knowledge: Knowledge,
    answers: Answers | None = None,
    target: Path | None = None,
    balance: Balance | None = None,
) -> Iterator[ScoredFile]:
    """Score every file again; ``target`` is where the result will go. Raises StoredError, AnswersError, OutputError.

    A balance test is one person's, so it joins a single object only.
    """
    many = len(paths) > 1 or any(_holds_lines(path) for path in paths)
    if many and balance is not None:
        msg = _("--balance is one person's. Give one assessment.json or exam.json with it, no JSON lines.")
        raise StoredError(msg)
    with _room(target) as (data, beside):
        for path in paths:
            for chunk in _rescored(path, knowledge, answers, balance or NO_BALANCE, many=many):
                try:
                    data.write(chunk)
                except OSError as error:
                    raise _unwritable(target or Path(tempfile.gettempdir()), error) from error
        yield ScoredFile(data, many, beside)


def _rescored(
    path: Path, knowledge: Knowledge, answers: Answers | None, balance: Balance, *, many: bool
) -> Iterator[bytes]:
    if _holds_lines(path):
        long = path.stat().st_size >= LONG_FILE_BYTES
        with _opened(path) as file:
            yield from (rescore_long if long else rescore_lines)(file, knowledge, answers, str(path))
        return
    found = renewed(_object(path), knowledge, answers, str(path), balance)
    yield written(found, str(path), None if many else 2)


@contextmanager
def _room(target: Path | None) -> Iterator[tuple[IO[bytes], Path | None]]:
    """Open a file beside the target, or one of no name where the result goes to stdout or a device."""
    if target is None or target.is_symlink() or (target.exists() and not target.is_file()):
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as data:
            yield data, None
        return
    beside = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.new")
    try:
        file = open_new(beside)
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with file:
            yield file, beside
    finally:
        beside.unlink(missing_ok=True)


def _take_over_mode(beside: Path, path: Path) -> None:
    """Keep the permissions of the file that is replaced."""
    if path.exists():
        beside.chmod(stat.S_IMODE(path.stat().st_mode))


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        _(
            "{path} cannot be written: {strerror}. Check the path, or choose another place.",
            path=path,
            strerror=error.strerror or error,
        )
    )


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        msg = _(
            "{path} cannot be read: {strerror}. Give an assessment.json or a results.jsonl.",
            path=path,
            strerror=error.strerror or error,
        )
        raise StoredError(msg) from error


def _holds_lines(path: Path) -> bool:
    """Whether a file holds JSON lines: by its ending, or by a whole object in its first line and another line."""
    if path.suffix.casefold() in (".jsonl", ".ndjson"):
        return True
    with _opened(path) as file:
        first, second = file.readline(), file.readline()
    if not second.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _object(path: Path) -> dict[str, Any]:
    with _opened(path) as file:
        text = file.read()
    try:
        data = strict_json.loads(text)
    except ValueError as error:
        raise no_json(str(path), error) from error
    if not isinstance(data, dict):
        msg = _(
            "{path}: found {name}; give a JSON object with view and measurements", path=path, name=type(data).__name__
        )
        raise StoredError(msg)
    return data
