"""``index.html``: every photo of a run in one sortable, filterable page that asks nothing of any network.

The rows stand as JSON inside the page, written one by one; the page builds only the rows it shows. Without ``names``
there is nothing in it that tells who a photo is of: a running number stands for the name, and another for the exam.
"""

import json
import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import IO, Any

from posturecam.batch.disk_tables import DiskDict, text_bytes
from posturecam.batch.ledger import Counts, Ledger, RunPlan
from posturecam.batch.result_lines import SEEN
from posturecam.batch.result_tables import KEYS, FailureRow, ResultRow, finding_words
from posturecam.body import View
from posturecam.poses.quality import SELFIE
from posturecam.storage.facts_json import notes_from
from posturecam.text.language import _, current, localised
from posturecam.text.language.sides import side_word
from posturecam.text.language.views import of_view
from posturecam.text.sentences import sentence

_SEVERITIES = {"ungraded": 0, "within_noise": 0, "neutral": 1, "mild": 2, "moderate": 3, "marked": 4}
_GRADED = 2


_TEXT = re.compile(r"@_\((.+?)\)@")
"""A text of the template, as it stands in the catalogue; no text there has a quotation mark or a backslash."""


class IndexPage:
    """The page while it is being written: the rows go straight into the file, the failures follow at the end."""

    def __init__(self, file: IO[bytes], plan: RunPlan, ledger: Ledger, counts: Counts) -> None:
        """Write all that stands before the rows; exams are numbered in the order of the paths."""
        self._file = file
        self._knowledge = plan.job.tables
        self._names = plan.names
        self._overlays = plan.job.pictures.overlays
        self._exams = _numbered(entry.input.said.exam for entry in ledger.names)
        self._between = b"[\n"
        self._failures: list[Any] = []
        text = resources.files("posturecam.batch").joinpath("index_template.html").read_text(encoding="utf-8")
        text = _TEXT.sub(lambda match: _(match[1]), text).replace("@LANGUAGE@", current())
        before, self._rest = text.split("@ROWS@")
        file.write(before.replace("@FACTS@", _json(self._facts(counts))).encode())

    def add(self, result_row: ResultRow | FailureRow) -> None:
        """Take one input."""
        if isinstance(result_row, FailureRow):
            self._failures.append(
                [result_row.number, result_row.failure.reason, result_row.failure.remedy, self._name(result_row)]
            )
            return
        self._file.write(self._between + _json(self._row(result_row)).encode())
        self._between = b",\n"

    def close(self) -> None:
        """Write the failures and the rest of the page."""
        self._file.write(b"[]" if self._between == b"[\n" else b"\n]")
        self._file.write(self._rest.replace("@FAILURES@", _json(self._failures)).encode())

    def _name(self, result_row: ResultRow | FailureRow) -> str | None:
        return result_row.entry.input.path if self._names else None

    def _row(self, result_row: ResultRow) -> list[Any]:
        whole = result_row.assessment
        measured = {row["key"]: row for row in whole["measurements"]}
        found = "; ".join(_finding_said(row) for row in whole["findings"] if row["verdict"] in SEEN)
        return [
            result_row.number,
            whole["picture"],
            of_view(View(whole["photo"]["view"])),
            self._exams.get(text_bytes(result_row.entry.input.said.exam) or b""),
            round(self._worst(measured), 2),
            round(self._uncertainty(measured, whole["unmeasured"], View(whole["photo"]["view"])), 2),
            found,
            " ".join(_told(whole)),
            self._name(result_row),
            [_short(measured.get(key)) for key in KEYS],
        ]

    def _worst(self, measured: dict[str, Any]) -> float:
        """How many neutral bands the worst graded measure lies from its centre; 0 when none is graded."""
        sizes = [
            self._knowledge.norm(key).deviation(row["value"]) / self._knowledge.norm(key).step
            for key, row in measured.items()
            if _SEVERITIES[row["severity"]] >= _GRADED
        ]
        return max(sizes, default=0.0)

    def _uncertainty(self, measured: dict[str, Any], unmeasured: list[dict[str, str]], view: View) -> float:
        """Mean half interval in neutral bands; one band stands for each measure that the photo should have shown."""
        bands = [(row["high"] - row["low"]) / 2 / self._knowledge.norm(key).step for key, row in measured.items()]
        shown = (norm for missing in unmeasured if (norm := self._knowledge.norms.get(missing["key"])))
        bands += [1.0 for norm in shown if view in norm.views]
        return float(sum(bands)) / max(1, len(bands))

    def _facts(self, counts: Counts) -> dict[str, Any]:
        left = _(", {waiting} not reached yet", waiting=counts.waiting) if counts.waiting else ""
        return {
            "summary": _(
                "{results} photos measured, {failures} without a result{left}.",
                results=counts.results,
                failures=counts.failures,
                left=left,
            ),
            "names": self._names,
            "overlays": self._overlays,
            "measures": [self._measure(key) for key in KEYS],
            "patterns": [[pattern.key, pattern.name] for pattern in self._knowledge.patterns.values()],
        }

    def _measure(self, key: str) -> dict[str, Any]:
        norm = self._knowledge.norm(key)
        name = f"{norm.name}, {norm.side}" if norm.side else norm.name
        return {"key": key, "name": name, "unit": norm.unit, "neutral": norm.step, "centre": norm.centre}


def _numbered(exams: Iterable[str | None]) -> DiskDict:
    """Give each exam its number, from 1 in the order in which they come first."""
    numbers, count = DiskDict(), 0
    for exam in exams:
        count += bool(exam) and numbers.add(text_bytes(exam) or b"", count + 1)
    return numbers


def _told(whole: dict[str, Any]) -> Iterator[str]:
    """Leave out what stands under every photo."""
    return (sentence(note) for note in notes_from(whole) if note != SELFIE)


def _short(row: dict[str, Any] | None) -> list[float] | None:
    if row is None:
        return None
    return [round(row["value"], 2), round((row["high"] - row["low"]) / 2, 2), _SEVERITIES[row["severity"]]]


def _json(value: Any) -> str:
    """Write JSON that can stand inside a script element: pure ASCII, and nothing that ends the element."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")


def _finding_said(finding: dict[str, Any]) -> str:
    """Say a finding as the tables do, in the language of the page: ``P01 left consistent 0.72``."""
    pattern, side, verdict, *score = finding_words(finding).split()
    said = {"consistent": _("consistent"), "weak": _("weak"), "hint": _("hint")}
    return " ".join((pattern, side_word(side), said.get(verdict, verdict), *(localised(part) for part in score)))
