"""Every result as one row: ``results.csv``, ``failures.csv`` and, with the extra, ``results.parquet``.

The same rows stand in the page of the run.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from posturecam.batch.disk_tables import InputEntry
from posturecam.batch.ledger import Ledger
from posturecam.batch.result_lines import FURTHER_PAGES, SEEN
from posturecam.batch.result_store import Store, write_errors_told
from posturecam.batch.tasks import PhotoFailure
from posturecam.measures import MEASURES
from posturecam.measures.outline import CONTOUR
from posturecam.patterns.findings import leans_on_noise
from posturecam.picture.opening import PAGES_REMEDY, pages_reason
from posturecam.reports.measurement_tables import CsvFile, shown_cell, writable
from posturecam.storage.files import open_new
from posturecam.text.sentences import sentence

KEYS = (*(measure.key for measure in MEASURES), *CONTOUR)
"""The measures, head to feet; each has four columns."""

_DIGITS = 4

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One input with its stored assessment; ``number`` is its place among all inputs, counted from 1."""

    number: int
    entry: InputEntry
    assessment: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One input that has no result, and why."""

    number: int
    entry: InputEntry
    failure: PhotoFailure


def result_rows(ledger: Ledger, store: Store) -> Iterator[ResultRow | FailureRow]:
    """Give every input's result or failure, in the order of the paths; what waits is left out."""
    for entry in ledger.names:
        number = entry.number
        if entry.failure is not None:
            yield FailureRow(number, entry, entry.failure)
        elif entry.unit is not None and entry.unit.key in store.results:
            assessment = store.result(entry.unit.key)
            yield ResultRow(number, entry, assessment)
            if pages := assessment.get(FURTHER_PAGES):
                yield FailureRow(number, entry, PhotoFailure(sentence(pages_reason(pages)), sentence(PAGES_REMEDY)))
        elif entry.unit is not None and (failure := store.failure(entry.unit.key)) is not None:
            yield FailureRow(number, entry, failure)


TEXTS = ("path", "sha256", "picture", "person", "date", "exam", "view", "view_source")
AFTER = ("findings", "red_flags", "unmeasured", "notes", "void")


def table_columns() -> tuple[str, ...]:
    """Name the columns, in order."""
    return (*TEXTS, *measured_columns(), *AFTER)


def measured_columns() -> tuple[str, ...]:
    """Name the measures' columns, head to feet."""
    return tuple(name for key in KEYS for name in (key, f"{key}_low", f"{key}_high", f"{key}_severity"))


def cells(result: ResultRow) -> dict[str, Cell]:
    """Give the row: numbers rounded, texts as they are, None where there is nothing."""
    said, whole = result.entry.input.said, result.assessment
    photo = whole["photo"]
    row: dict[str, Cell] = {
        "path": result.entry.input.path,
        "sha256": photo["sha256"],
        "picture": whole["picture"],
        "person": said.person,
        "date": said.date or photo.get("taken_on"),
        "exam": said.exam,
        "view": photo["view"],
        "view_source": photo["view_source"],
    }
    return row | measured_cells(whole) | _read(whole)


def measured_cells(whole: dict[str, Any]) -> dict[str, Cell]:
    """Give the measures' cells of an assessment or an exam."""
    row: dict[str, Cell] = {}
    for measurement in whole["measurements"]:
        key = measurement["key"]
        row[key], row[f"{key}_low"], row[f"{key}_high"] = (
            rounded(measurement[part]) for part in ("value", "low", "high")
        )
        row[f"{key}_severity"] = measurement["severity"]
    return row | {f"{missing['key']}_severity": "unmeasured" for missing in whole["unmeasured"]}


def rounded(value: float) -> float:
    """Round to what a table needs; never a negative zero."""
    return round(value, _DIGITS) + 0.0


def _read(whole: dict[str, Any]) -> dict[str, Cell]:
    return {
        "findings": "; ".join(finding_words(finding) for finding in whole["findings"] if finding["verdict"] in SEEN),
        "red_flags": "; ".join(f"{flag['key']} ({flag['urgency']})" for flag in whole["red_flags"]),
        "unmeasured": "; ".join(f"{missing['key']}: {missing['reason']}" for missing in whole["unmeasured"]),
        "notes": " ".join(whole["notes"]),
        "void": whole.get("void"),
    }


def finding_words(finding: dict[str, Any]) -> str:
    """Say a finding in a few words: ``P01 left consistent 0.72``; ``hint`` where its lead lies within its own noise."""
    score = f" {finding['score']:.2f}" if isinstance(finding["score"], int | float) else ""
    verdict = "hint" if leans_on_noise(finding) else finding["verdict"]
    return f"{finding['pattern']} {finding['side']} {verdict}{score}"


_PARQUET_ROWS = 1000


@contextlib.contextmanager
def fresh(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of the old one when it is whole, and leaves no trace when it is not."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    with write_errors_told(path):
        try:
            with open_new(beside) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


FAILURE_COLUMNS = ("file", "reason", "what_to_do")


def failure_cells(failed: FailureRow) -> dict[str, Cell]:
    """Give the row of a failure."""
    reason = failed.failure
    return {"file": failed.entry.input.path, "reason": reason.reason, "what_to_do": reason.remedy}


class Tables:
    """All tables, open at once so that every result is read once. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        self._folder = folder
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Open everything."""
        with contextlib.ExitStack() as stack:
            self._results = self._csv(stack, "results.csv", table_columns())
            self._failures = self._csv(stack, "failures.csv", FAILURE_COLUMNS)
            self._parquet = stack.enter_context(parquet_file(self._folder / "results.parquet"))
            self._stack = stack.pop_all()
        return self

    def _csv(self, stack: contextlib.ExitStack, name: str, header: tuple[str, ...]) -> CsvFile:
        table = CsvFile(stack.enter_context(fresh(self._folder / name)), header)
        stack.callback(table.close)
        return table

    def add(self, result_row: ResultRow | FailureRow) -> None:
        """Write one input's row."""
        if isinstance(result_row, FailureRow):
            self._failures.add(failure_cells(result_row))
            return
        row = cells(result_row)
        self._results.add(row)
        if self._parquet is not None:
            self._parquet.add(row)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> bool | None:
        """Put the whole files in their places, or leave the old ones."""
        return self._stack.__exit__(kind, error, at)


class ParquetFile:
    """A parquet file written by groups of rows: numbers as numbers, texts as texts."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin the file."""
        import pyarrow as pa  # noqa: PLC0415  (an extra)
        import pyarrow.parquet as pq  # noqa: PLC0415

        numbers = {name for key in KEYS for name in (key, f"{key}_low", f"{key}_high")}
        kinds = {True: pa.float64(), False: pa.string()}
        self._table = pa.Table
        self._schema = pa.schema([(name, kinds[name in numbers]) for name in table_columns()])
        self._writer = pq.ParquetWriter(file, self._schema)
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Cell]) -> None:
        """Take one row."""
        self._rows.append({name: writable(cell) for name, cell in row.items()})
        if len(self._rows) >= _PARQUET_ROWS:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(self._table.from_pylist(self._rows, schema=self._schema))
        self._rows = []

    def close(self) -> None:
        """Write what is left and end the file."""
        self._flush()
        self._writer.close()


@contextlib.contextmanager
def parquet_file(path: Path) -> Iterator[ParquetFile | None]:
    """Open the parquet file; None where the extra ``posturecam[tables]`` is not installed."""
    try:
        import pyarrow as pa  # noqa: F401, PLC0415
    except ImportError:
        yield None
        return
    with fresh(path) as file:
        table = ParquetFile(file)
        try:
            yield table
        finally:
            table.close()


__all__ = ["AFTER", "TEXTS", "CsvFile", "Tables", "fresh", "parquet_file", "shown_cell"]
