"""The tables of a run: ``results.csv``, ``failures.csv`` and, with the extra, ``results.parquet``.

Rows are written one by one in the order of the paths, so the bytes do not depend on the order in which results came,
and memory does not grow with their number.
"""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from posturecam.batch.rows import AFTER, KEYS, TEXTS, Cell, Failed, Result, cells, columns
from posturecam.batch.store import telling
from posturecam.reports.tables import CsvFile, shown, writable
from posturecam.storage.files import open_new

_PARQUET_ROWS = 1000


@contextlib.contextmanager
def fresh(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of the old one when it is whole, and leaves no trace when it is not."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    with telling(path):
        try:
            with open_new(beside) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


FAILURE_COLUMNS = ("file", "reason", "what_to_do")


def failure_cells(failed: Failed) -> dict[str, Cell]:
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
            self._results = self._csv(stack, "results.csv", columns())
            self._failures = self._csv(stack, "failures.csv", FAILURE_COLUMNS)
            self._parquet = stack.enter_context(parquet_file(self._folder / "results.parquet"))
            self._stack = stack.pop_all()
        return self

    def _csv(self, stack: contextlib.ExitStack, name: str, header: tuple[str, ...]) -> CsvFile:
        table = CsvFile(stack.enter_context(fresh(self._folder / name)), header)
        stack.callback(table.close)
        return table

    def add(self, one: Result | Failed) -> None:
        """Write one input's row."""
        if isinstance(one, Failed):
            self._failures.add(failure_cells(one))
            return
        row = cells(one)
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
        self._schema = pa.schema([(name, kinds[name in numbers]) for name in columns()])
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


__all__ = ["AFTER", "TEXTS", "CsvFile", "Tables", "fresh", "parquet_file", "shown"]
