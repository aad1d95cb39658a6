"""Files of stored assessments: one JSON object, or JSON lines of any length, scored again into a file or stdout."""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from posturecam.answers import Answers
from posturecam.errors import OutputError, StoredError
from posturecam.knowledge import Knowledge
from posturecam.reports.files import write_file
from posturecam.reports.rescoring.lines import rescore_lines
from posturecam.reports.rescoring.stored import renewed

_IN_MEMORY = 16 * 2**20
"""Results up to this size are kept in memory, larger ones in a temporary file, until everything has been scored."""


@dataclass(frozen=True, slots=True)
class Result:
    """Everything scored again, complete: nothing is written before the last line has been read."""

    data: IO[bytes]
    many: bool

    def to_stdout(self) -> None:
        """Write everything to standard output."""
        self.data.seek(0)
        shutil.copyfileobj(self.data, sys.stdout.buffer, 2**20)
        sys.stdout.buffer.flush()

    def to_file(self, path: Path) -> None:
        """Write everything into a file, wholly or not at all. Raises OutputError."""
        self.data.seek(0)
        if not self.many:
            write_file(path, self.data.read())
            return
        beside = path.with_name(f".{path.name[:80]}.new")
        try:
            if path.exists() and not path.is_file():
                with path.open("wb", buffering=0) as device:
                    shutil.copyfileobj(self.data, device, 2**20)
                return
            with beside.open("wb") as file:
                shutil.copyfileobj(self.data, file, 2**20)
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            msg = f"{path} cannot be written: {error.strerror or error}. Check the path, or choose another place."
            raise OutputError(msg) from error

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
    return name if isinstance(name, str) else f"Assessment {number}"


@contextmanager
def rescore_files(paths: list[Path], knowledge: Knowledge, answers: Answers | None = None) -> Iterator[Result]:
    """Score every file again. Raises StoredError or AnswersError that name the file and the line."""
    many = len(paths) > 1 or any(_holds_lines(path) for path in paths)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as data:
        for path in paths:
            if _holds_lines(path):
                with _opened(path) as file:
                    for chunk in rescore_lines(file, knowledge, answers, str(path)):
                        data.write(chunk)
            else:
                found = renewed(_object(path), knowledge, answers, str(path))
                data.write(json.dumps(found, ensure_ascii=False, indent=None if many else 2).encode() + b"\n")
        yield Result(data, many)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror or error}. Give an assessment.json or a results.jsonl."
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
    except ValueError:
        return False


def _object(path: Path) -> dict[str, Any]:
    with _opened(path) as file:
        text = file.read()
    try:
        data = json.loads(text)
    except ValueError as error:
        msg = f"{path}: not valid JSON ({error})"
        raise StoredError(msg) from error
    if not isinstance(data, dict):
        msg = f"{path}: found {type(data).__name__}; give a JSON object with view and measurements"
        raise StoredError(msg)
    return data
