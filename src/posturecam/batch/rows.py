"""Every result as one row for tables: what stands in ``results.csv``, in the parquet file and in the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from posturecam.batch.ledger import Ledger
from posturecam.batch.lines import FURTHER_PAGES, SEEN
from posturecam.batch.names import Entry
from posturecam.batch.store import Store
from posturecam.batch.tasks import Failure
from posturecam.measures import MEASURES
from posturecam.measures.outline import CONTOUR
from posturecam.patterns.findings import leans_on_noise
from posturecam.picture.opening import PAGES_REMEDY, pages_reason
from posturecam.text.language import _

KEYS = (*(measure.key for measure in MEASURES), *CONTOUR)
"""The measures, head to feet; each has four columns."""

_DIGITS = 4

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Result:
    """One input with its stored assessment; ``number`` is its place among all inputs, counted from 1."""

    number: int
    entry: Entry
    assessment: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """One input that has no result, and why."""

    number: int
    entry: Entry
    failure: Failure


def told(ledger: Ledger, store: Store) -> Iterator[Result | Failed]:
    """Give every input's result or failure, in the order of the paths; what waits is left out."""
    for entry in ledger.names:
        number = entry.number
        if entry.failure is not None:
            yield Failed(number, entry, entry.failure)
        elif entry.unit is not None and entry.unit.key in store.results:
            assessment = store.result(entry.unit.key)
            yield Result(number, entry, assessment)
            if pages := assessment.get(FURTHER_PAGES):
                yield Failed(number, entry, Failure(pages_reason(pages), _(PAGES_REMEDY)))
        elif entry.unit is not None and (failure := store.failure(entry.unit.key)) is not None:
            yield Failed(number, entry, failure)


TEXTS = ("path", "sha256", "picture", "person", "date", "exam", "view", "view_source")
AFTER = ("findings", "red_flags", "unmeasured", "notes", "void")


def columns() -> tuple[str, ...]:
    """Name the columns, in order."""
    return (*TEXTS, *measured_columns(), *AFTER)


def measured_columns() -> tuple[str, ...]:
    """Name the measures' columns, head to feet."""
    return tuple(name for key in KEYS for name in (key, f"{key}_low", f"{key}_high", f"{key}_severity"))


def cells(result: Result) -> dict[str, Cell]:
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
    for one in whole["measurements"]:
        key = one["key"]
        row[key], row[f"{key}_low"], row[f"{key}_high"] = (rounded(one[part]) for part in ("value", "low", "high"))
        row[f"{key}_severity"] = one["severity"]
    return row | {f"{one['key']}_severity": "unmeasured" for one in whole["unmeasured"]}


def rounded(value: float) -> float:
    """Round to what a table needs; never a negative zero."""
    return round(value, _DIGITS) + 0.0


def _read(whole: dict[str, Any]) -> dict[str, Cell]:
    return {
        "findings": "; ".join(finding_words(one) for one in whole["findings"] if one["verdict"] in SEEN),
        "red_flags": "; ".join(f"{one['key']} ({one['urgency']})" for one in whole["red_flags"]),
        "unmeasured": "; ".join(f"{one['key']}: {one['reason']}" for one in whole["unmeasured"]),
        "notes": " ".join(whole["notes"]),
        "void": whole.get("void"),
    }


def finding_words(finding: dict[str, Any]) -> str:
    """Say a finding in a few words: ``P01 left consistent 0.72``; ``hint`` where its lead lies within its own noise."""
    score = f" {finding['score']:.2f}" if isinstance(finding["score"], int | float) else ""
    verdict = "hint" if leans_on_noise(finding) else finding["verdict"]
    return f"{finding['pattern']} {finding['side']} {verdict}{score}"
