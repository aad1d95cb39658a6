"""Photos of one person on one day, read together: ``exams.csv`` and ``exams.jsonl``, where paths say who is who."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from posturecam.batch.job import Job
from posturecam.batch.ledger import Ledger
from posturecam.batch.lines import SEEN, nothing_concluded, restored
from posturecam.batch.names import Entry
from posturecam.batch.rows import Cell, finding_words, measured_cells, measured_columns
from posturecam.batch.store import Store
from posturecam.patterns.plan import Conclusion
from posturecam.picture.photo import shown_name
from posturecam.pipeline.exam import Exam, Failure, exam_of
from posturecam.storage.exam_json import to_json

COLUMNS = ("exam", "person", "date", "photos", "failed", "views", *measured_columns(), "findings", "red_flags", "notes")


@dataclass(frozen=True, slots=True)
class Group:
    """The inputs of one exam, in the order of their paths."""

    exam: str
    entries: tuple[Entry, ...]


def groups(ledger: Ledger) -> Iterator[Group]:
    """Gather the inputs of each exam, sorted by exam; inputs whose path does not tell belong to none."""
    for exam, entries in groupby(ledger.names.by_exam(), lambda entry: entry.input.said.exam):
        yield Group(exam or "", tuple(entries))


def told_exams(job: Job, ledger: Ledger, store: Store) -> Iterator[dict[str, Any]]:
    """Combine the results of each exam; one without any result is left out, its photos stand among the failures."""
    nothing = nothing_concluded(job.tables)
    for group in groups(ledger):
        exam = combined(job, group, store, nothing)
        if exam is not None:
            yield _facts(group, exam)


def combined(job: Job, group: Group, store: Store, nothing: Conclusion) -> Exam | None:
    """Combine the stored assessments of an exam; None when there are none."""
    keys = [entry.unit.key for entry in group.entries if entry.unit is not None and entry.unit.key in store.results]
    if not keys:
        return None
    assessments = [restored(store.result(key), job.tables, nothing) for key in dict.fromkeys(keys)]
    return exam_of(assessments, _failures(group, store), job.tables, job.said)


def _failures(group: Group, store: Store) -> Iterator[Failure]:
    for entry in group.entries:
        failure = entry.failure or (store.failure(entry.unit.key) if entry.unit else None)
        if failure is not None:
            yield Failure(shown_name(Path(entry.input.path)), failure.reason)


def _facts(group: Group, exam: Exam) -> dict[str, Any]:
    """Bring an exam to JSON; its photos are told in ``results.jsonl`` and named here by their content."""
    said = group.entries[0].input.said
    photos = [{"view": one.pose.view.value, "sha256": one.photo.sha256} for one in exam.photos]
    whole = {**to_json(replace(exam, photos=())), "photos": photos}
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
        "views": " ".join(dict.fromkeys(one["view"] for one in facts["photos"])),
        **measured_cells(facts),
        "findings": "; ".join(finding_words(one) for one in facts["findings"] if one["verdict"] in SEEN),
        "red_flags": "; ".join(f"{one['key']} ({one['urgency']})" for one in facts["red_flags"]),
        "notes": " ".join(facts["notes"]),
    }
