"""What a run leaves at its end: the tables, the page, ``inputs.jsonl``, ``run.json``; and no picture too many.

Photos of one person on one day are read together: ``exams.csv`` and ``exams.jsonl``, where paths say who is who.
"""

import contextlib
import json
import os
import platform
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from itertools import groupby
from pathlib import Path
from typing import Any

from posturecam import __version__
from posturecam.batch.disk_tables import DiskDict, InputEntry
from posturecam.batch.index_page import IndexPage
from posturecam.batch.job import Job
from posturecam.batch.ledger import Counts, Ledger, RunPlan
from posturecam.batch.result_lines import SEEN, nothing_concluded, restored_assessment
from posturecam.batch.result_store import OVERLAYS, THUMBNAILS, Store
from posturecam.batch.result_tables import (
    Cell,
    CsvFile,
    FailureRow,
    ResultRow,
    Tables,
    finding_words,
    fresh,
    measured_cells,
    measured_columns,
    result_rows,
)
from posturecam.body import View
from posturecam.patterns.plan import Conclusion
from posturecam.picture.photo import shown_name
from posturecam.pipeline.exam import Exam, Failure, exam_of
from posturecam.storage.exam_json import exam_dict

COLUMNS = ("exam", "person", "date", "photos", "failed", "views", *measured_columns(), "findings", "red_flags", "notes")


@dataclass(frozen=True, slots=True)
class Group:
    """The inputs of one exam, in the order of their paths."""

    exam: str
    entries: tuple[InputEntry, ...]


def groups(ledger: Ledger) -> Iterator[Group]:
    """Gather the inputs of each exam, sorted by exam; inputs whose path does not tell belong to none."""
    for exam, entries in groupby(ledger.names.by_exam(), lambda entry: entry.input.said.exam):
        yield Group(exam or "", tuple(entries))


def told_exams(job: Job, ledger: Ledger, store: Store) -> Iterator[dict[str, Any]]:
    """Combine the results of each exam; one without any result is left out, its photos stand among the failures."""
    nothing = nothing_concluded(job.tables)
    for group in groups(ledger):
        exam = combined_exam(job, group, store, nothing)
        if exam is not None:
            yield _facts(group, exam)


def combined_exam(job: Job, group: Group, store: Store, nothing: Conclusion) -> Exam | None:
    """Combine the stored assessments of an exam; None when there are none."""
    keys = [entry.unit.key for entry in group.entries if entry.unit is not None and entry.unit.key in store.results]
    if not keys:
        return None
    assessments = [restored_assessment(store.result(key), job.tables, nothing) for key in dict.fromkeys(keys)]
    return exam_of(assessments, _failures(group, store), job.tables, job.said)


def _failures(group: Group, store: Store) -> Iterator[Failure]:
    for entry in group.entries:
        failure = entry.failure or (store.failure(entry.unit.key) if entry.unit else None)
        if failure is not None:
            yield Failure(shown_name(Path(entry.input.path)), failure.reason)


def _facts(group: Group, exam: Exam) -> dict[str, Any]:
    """Bring an exam to JSON; its photos are told in ``results.jsonl`` and named here by their content."""
    said = group.entries[0].input.said
    photos = [{"view": photo.pose.view.value, "sha256": photo.photo.sha256} for photo in exam.photos]
    whole = {**exam_dict(replace(exam, photos=())), "photos": photos}
    return {"exam": group.exam, "person": said.person, "date": said.date, **whole}


def exam_line(facts: dict[str, Any]) -> bytes:
    """Write an exam on one line."""
    return json.dumps(facts, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def exam_cells(facts: dict[str, Any]) -> dict[str, Cell]:
    """Give the row of an exam."""
    return {
        **{key: facts[key] for key in ("exam", "person", "date")},
        "photos": str(len(facts["photos"])),
        "failed": str(len(facts["failed"])),
        "views": " ".join(dict.fromkeys(photo["view"] for photo in facts["photos"])),
        **measured_cells(facts),
        "findings": "; ".join(finding_words(finding) for finding in facts["findings"] if finding["verdict"] in SEEN),
        "red_flags": "; ".join(f"{flag['key']} ({flag['urgency']})" for flag in facts["red_flags"]),
        "notes": " ".join(facts["notes"]),
    }


SCHEMA = "posturecam/batch/1"
ASKED = "views_asked.txt"
_PICTURE = re.compile(r"[0-9a-f]{16}\.jpg")


def write_outputs(plan: RunPlan, ledger: Ledger, store: Store) -> Counts:
    """Write everything that is made at the end. Each file is whole or the old one; raises OutputError."""
    counts = ledger.counts(store)
    with Tables(plan.out) as tables, fresh(plan.out / "index.html") as file:
        page = IndexPage(file, plan, ledger, counts)
        asked = _Asked(plan.out / ASKED)
        for row in result_rows(ledger, store):
            tables.add(row)
            page.add(row)
            asked.add(row)
        page.close()
    counts.asked = asked.write()
    if ledger.names.exams():
        _write_exams(plan, ledger, store)
    _write_inputs(plan.out / "inputs.jsonl", ledger, store)
    with fresh(plan.out / "run.json") as file:
        file.write((json.dumps(_run(plan, ledger, counts), indent=2) + "\n").encode())
    if not counts.waiting:
        _clear_pictures(plan, ledger)
    return counts


class _Asked:
    """The list of the photos whose view the user is asked for, a line each: the path, and the two views."""

    def __init__(self, path: Path) -> None:
        """Begin an empty list."""
        self._path = path
        self._lines: list[str] = []

    def add(self, result_row: ResultRow | FailureRow) -> None:
        """Take one input."""
        choices = View(result_row.assessment["photo"]["view"]).choices if isinstance(result_row, ResultRow) else ()
        if choices:
            self._lines.append(f"{result_row.entry.input.path}\t{' / '.join(choices)}\n")

    def write(self) -> int:
        """Write the list, or remove that of an earlier run where nothing is asked; give its length."""
        if not self._lines:
            self._path.unlink(missing_ok=True)
            return 0
        with fresh(self._path) as file:
            file.write("".join(self._lines).encode("utf-8", "surrogateescape"))
        return len(self._lines)


def _write_exams(plan: RunPlan, ledger: Ledger, store: Store) -> None:
    """Write what the photos of each person and day say together."""
    with fresh(plan.out / "exams.csv") as file, fresh(plan.out / "exams.jsonl") as lines:
        table = CsvFile(file, COLUMNS)
        for facts in told_exams(plan.job, ledger, store):
            table.add(exam_cells(facts))
            lines.write(exam_line(facts))
        table.close()


def _write_inputs(path: Path, ledger: Ledger, store: Store) -> None:
    """Write which path is which unit: what scoring again needs once the pictures are gone."""
    with fresh(path) as file:
        for entry in ledger.names:
            file.write(json.dumps(input_facts(entry, store), separators=(",", ":")).encode() + b"\n")


def input_facts(entry: InputEntry, store: Store) -> dict[str, Any]:
    """Say what is known of an input; a failure only where the store will not know it any more."""
    failure = entry.failure or (store.passing.get(entry.unit.key) if entry.unit else None)
    return {
        "path": entry.input.path,
        **asdict(entry.input.said),
        "sha256": entry.sha256,
        "unit": None if entry.unit is None else asdict(entry.unit),
        "failure": None if failure is None else asdict(failure),
    }


def _run(plan: RunPlan, ledger: Ledger, counts: Counts) -> dict[str, Any]:
    ended = datetime.now(UTC)
    return {
        "schema": SCHEMA,
        "versions": {"posturecam": __version__, **_versions(), "knowledge": plan.job.tables.version},
        "model": {"file": str(plan.job.model) if plan.job.model else None, "sha256": plan.job.model_sha256},
        "settings": {
            "picture": plan.job.picture_settings,
            "score": plan.job.score_settings,
            "view": plan.job.settings.view,
        },
        "inputs": {
            "places": list(plan.wanted.places),
            "recursive": plan.wanted.within,
            "pattern": plan.wanted.pattern.text if plan.wanted.pattern else None,
            "since": plan.wanted.since.isoformat() if plan.wanted.since else None,
        },
        "engine": plan.engine,
        "workers": plan.workers,
        "counts": {**asdict(counts), "left_out": asdict(ledger.skipped)},
        "times": {
            "began": ledger.began.isoformat(timespec="seconds"),
            "ended": ended.isoformat(timespec="seconds"),
            "seconds": round((ended - ledger.began).total_seconds(), 1),
        },
    }


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("mediapipe", "opencv-python", "numpy", "pillow"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _clear_pictures(plan: RunPlan, ledger: Ledger) -> None:
    """Remove pictures of other settings: after a run that hides faces, no older one may show them."""
    kept = DiskDict()
    for unit in (entry.unit for entry in ledger.names):
        if unit is not None:
            kept.add(f"{unit.picture}.jpg".encode())
    for folder in (THUMBNAILS, OVERLAYS):
        with contextlib.suppress(FileNotFoundError), os.scandir(plan.out / folder) as found:
            others = [file.path for file in found if _PICTURE.fullmatch(file.name) and file.name.encode() not in kept]
            for path in others:
                with contextlib.suppress(OSError):
                    Path(path).unlink()
