"""Tidy tables for the spreadsheet and the data frame: one row per photo × measure, as CSV or Parquet."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from posturecam.errors import OutputError
from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Measurement, Unmeasured
from posturecam.pipeline.assessment import Assessment
from posturecam.storage.files import rules
from posturecam.text.language import LANGUAGES, _, current
from posturecam.text.sentences import sentence

Cell = str | float | None

TEXTS = ("person", "date", "exam", "photo", "sha256", "view", "key", "name")
NUMBERS = ("value", "low", "high", "sem")
AFTER = ("unit", "severity", "words", "raw", "placed", "unmeasured_because", "posturecam_version", "knowledge_version")
COLUMNS = (*TEXTS, *NUMBERS, *AFTER)
"""``name`` is the field's own name; ``raw`` what the pose network alone said, ``placed`` how placed points count."""


@dataclass(frozen=True, slots=True)
class CsvDialect:
    """What parts cells, what stands before decimals, and the mark by which a spreadsheet knows UTF-8."""

    delimiter: str = ","
    point: str = "."
    mark: str = ""


DIALECTS = {"comma": CsvDialect(), "semicolon": CsvDialect(";", ",", "\ufeff")}
"""Where decimals stand behind a comma, spreadsheets part cells at semicolons, and take UTF-8 with a mark only."""


def chosen_dialect() -> CsvDialect:
    """Return the dialect that the user asked for, else the one of the language that is spoken."""
    comma = LANGUAGES[current()].point == ","
    return DIALECTS[rules().csv_dialect or ("semicolon" if comma else "comma")]


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Whose:
    """Who was photographed, when, in which exam, as far as that is known."""

    person: str | None = None
    date: str | None = None
    exam: str | None = None


def measurement_rows(
    photos: Iterable[Assessment], knowledge: Knowledge, whose: Whose | None = None
) -> Iterator[dict[str, Cell]]:
    """Give one row per photo and measure; what could not be measured has its reason and no number."""
    whose = whose or Whose()
    for photo in photos:
        about: dict[str, Cell] = {
            "person": whose.person,
            "date": whose.date or _day(photo),
            "exam": whose.exam,
            "photo": photo.photo.name,
            "sha256": photo.photo.sha256,
            "view": photo.pose.view.value,
            "posturecam_version": photo.versions.get("posturecam"),
            "knowledge_version": photo.versions.get("knowledge"),
        }
        everything: tuple[Measurement | Unmeasured, ...] = (*photo.measurements, *photo.unmeasured)
        for measured in everything:
            yield about | {"key": measured.key, "name": knowledge.norm(measured.key).name} | _of(measured, knowledge)


def _day(photo: Assessment) -> str | None:
    return None if photo.photo.taken is None else photo.photo.taken.on.isoformat()


def _of(measurement: Measurement | Unmeasured, knowledge: Knowledge) -> dict[str, Cell]:
    if isinstance(measurement, Unmeasured):
        return {
            "unit": knowledge.norm(measurement.key).unit,
            "severity": "unmeasured",
            "unmeasured_because": sentence(measurement.reason),
        }
    names = (*NUMBERS, "unit", "severity", "words", "raw", "placed")
    return {name: getattr(measurement, name) for name in names}


class CsvFile:
    """A CSV file written row by row: UTF-8, one header, cells that no spreadsheet takes for a formula."""

    def __init__(self, file: IO[bytes], header: Sequence[str], dialect: CsvDialect | None = None) -> None:
        """Write the header; without a dialect in the one that is chosen."""
        self._dialect = dialect or chosen_dialect()
        self._text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
        self._text.write(self._dialect.mark)
        parted = self._dialect.delimiter
        self._writer = csv.writer(self._text, lineterminator="\n", delimiter=parted)
        # Left to itself the writer does not quote a carriage return, which readers take for the end of a row.
        self._quoting = csv.writer(self._text, lineterminator="\n", delimiter=parted, quoting=csv.QUOTE_ALL)
        self._header = header
        self._writer.writerow(header)

    def add(self, row: dict[str, Cell]) -> None:
        """Write one row; what it does not name stays empty."""
        texts = [shown_cell(row.get(name), self._dialect.point) for name in self._header]
        (self._quoting if any("\r" in text for text in texts) else self._writer).writerow(texts)

    def close(self) -> None:
        """Flush, and leave the file itself to whoever opened it."""
        self._text.detach()


def shown_cell(cell: Cell, point: str = ".") -> str:
    """Write a cell. A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers do not."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.4f}".replace(".", point)
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def csv_bytes(table: Iterable[dict[str, Cell]]) -> bytes:
    """Write the rows as CSV."""
    file = io.BytesIO()
    written = CsvFile(file, COLUMNS)
    for row in table:
        written.add(row)
    written.close()
    return file.getvalue()


def parquet_bytes(table: Iterable[dict[str, Cell]]) -> bytes:
    """Write the rows as Parquet, at full precision. Raises OutputError where pyarrow is not installed."""
    try:
        import pyarrow as pa  # noqa: PLC0415  (an extra)
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        msg = _("--parquet needs pyarrow, which is not installed. Run: pip install 'posturecam[tables]'")
        raise OutputError(msg) from error
    numbers = {*NUMBERS, "raw"}
    schema = pa.schema([(name, pa.float64() if name in numbers else pa.string()) for name in COLUMNS])
    sound: list[dict[str, Any]] = [{name: writable(cell) for name, cell in row.items()} for row in table]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(sound, schema=schema), file)
    return file.getvalue()


def writable(cell: Cell) -> Cell:
    """Keep a name that is no text writable: its odd bytes as backslash escapes."""
    return cell.encode("utf-8", "backslashreplace").decode() if isinstance(cell, str) else cell
