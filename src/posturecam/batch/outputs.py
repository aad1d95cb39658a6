"""What a run leaves at its end: the tables, the page, ``inputs.jsonl``, ``run.json``; and no picture too many."""

import contextlib
import json
import os
import platform
import re
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from posturecam import __version__
from posturecam.batch.disk import Shelf
from posturecam.batch.index_page import IndexPage
from posturecam.batch.ledger import Counts, Ledger, Plan
from posturecam.batch.names import Entry
from posturecam.batch.rows import Failed, Result, told
from posturecam.batch.store import OVERLAYS, THUMBNAILS, Store
from posturecam.batch.tables import CsvFile, Tables, fresh
from posturecam.body import View

SCHEMA = "posturecam/batch/1"
ASKED = "views_asked.txt"
_PICTURE = re.compile(r"[0-9a-f]{16}\.jpg")


def write_outputs(plan: Plan, ledger: Ledger, store: Store) -> Counts:
    """Write everything that is made at the end. Each file is whole or the old one; raises OutputError."""
    counts = ledger.counts(store)
    with Tables(plan.out) as tables, fresh(plan.out / "index.html") as file:
        page = IndexPage(file, plan, ledger, counts)
        asked = _Asked(plan.out / ASKED)
        for one in told(ledger, store):
            tables.add(one)
            page.add(one)
            asked.add(one)
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

    def add(self, one: Result | Failed) -> None:
        """Take one input."""
        choices = View(one.assessment["photo"]["view"]).choices if isinstance(one, Result) else ()
        if choices:
            self._lines.append(f"{one.entry.input.path}\t{' / '.join(choices)}\n")

    def write(self) -> int:
        """Write the list, or remove that of an earlier run where nothing is asked; give its length."""
        if not self._lines:
            self._path.unlink(missing_ok=True)
            return 0
        with fresh(self._path) as file:
            file.write("".join(self._lines).encode("utf-8", "surrogateescape"))
        return len(self._lines)


def _write_exams(plan: Plan, ledger: Ledger, store: Store) -> None:
    """Write what the photos of each person and day say together."""
    from posturecam.batch.exams import COLUMNS, exam_cells, exam_line, told_exams  # noqa: PLC0415  (loads cv2)

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


def input_facts(entry: Entry, store: Store) -> dict[str, Any]:
    """Say what is known of an input; a failure only where the store will not know it any more."""
    failure = entry.failure or (store.passing.get(entry.unit.key) if entry.unit else None)
    return {
        "path": entry.input.path,
        **asdict(entry.input.said),
        "sha256": entry.sha256,
        "unit": None if entry.unit is None else asdict(entry.unit),
        "failure": None if failure is None else asdict(failure),
    }


def _run(plan: Plan, ledger: Ledger, counts: Counts) -> dict[str, Any]:
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


def _clear_pictures(plan: Plan, ledger: Ledger) -> None:
    """Remove pictures of other settings: after a run that hides faces, no older one may show them."""
    kept = Shelf()
    for unit in (entry.unit for entry in ledger.names):
        if unit is not None:
            kept.add(f"{unit.picture}.jpg".encode())
    for folder in (THUMBNAILS, OVERLAYS):
        with contextlib.suppress(FileNotFoundError), os.scandir(plan.out / folder) as found:
            others = [one.path for one in found if _PICTURE.fullmatch(one.name) and one.name.encode() not in kept]
            for path in others:
                with contextlib.suppress(OSError):
                    Path(path).unlink()
