"""Score stored results again with other knowledge or other answers, without pictures and without the network."""

import json
import threading
from pathlib import Path
from typing import Any

from posturecam.batch.inputs import Skipped
from posturecam.batch.job import Job, guarded, unit_of
from posturecam.batch.ledger import Ledger, Plan, Watch
from posturecam.batch.lines import scored_again
from posturecam.batch.names import Entry, Input, Names
from posturecam.batch.pattern import Said
from posturecam.batch.store import Store
from posturecam.batch.tasks import Failure, Outcome, Task, Unit
from posturecam.body import View
from posturecam.errors import StoredError
from posturecam.language import _


def rescore_all(plan: Plan, store: Store, watch: Watch, stop: threading.Event) -> Ledger:
    """Give every stored result its new numbers and findings; failures stay what they are. Raises StoredError."""
    settings = _settings_of(plan.out)
    ledger = Ledger(_names_of(plan.out), Skipped())
    watch.start(len(ledger.names))
    for entry in ledger.names:
        if stop.is_set():
            break
        if entry.unit is not None:
            ledger.names.note(entry.number, entry.sha256, _again(plan.job, store, entry, entry.unit, settings))
            ledger.measured += 1
        watch.step(failed=entry.unit is None and entry.failure is not None, known=False)
    return ledger


def _settings_of(out: Path) -> dict[str, Any]:
    """Read how the pictures were measured."""
    try:
        settings: dict[str, Any] = json.loads((out / "run.json").read_bytes())["settings"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoredError(_unfinished(out)) from error
    return settings


def _unfinished(out: Path) -> str:
    return _(
        "{out} holds no finished run to score again. Run posturecam batch to its end first, without --rescore.", out=out
    )


def _names_of(out: Path) -> Names:
    names = Names()
    try:
        with (out / "inputs.jsonl").open("rb") as file:
            for number, line in enumerate(file, 1):
                entry = _entry(number, json.loads(line))
                names.extend((entry.input,))
                names.note(number, entry.sha256, entry.unit, entry.failure)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoredError(_unfinished(out)) from error
    return names


def _entry(number: int, facts: dict[str, Any]) -> Entry:
    view = View(facts["view"]) if facts["view"] else None
    return Entry(
        number,
        Input(facts["path"], Said(facts["person"], facts["date"], view)),
        facts["sha256"],
        Unit(**facts["unit"]) if facts["unit"] else None,
        Failure(**facts["failure"]) if facts["failure"] else None,
    )


def _again(job: Job, store: Store, entry: Entry, old: Unit, settings: dict[str, Any]) -> Unit:
    """Score one unit again; give its new name. What has no result keeps its failure."""
    view = entry.input.said.view or settings["view"]
    unit = unit_of(entry.sha256, view, settings["picture"], job.score_settings)
    task = Task(unit, entry.input.path, entry.sha256)
    if entry.failure is not None:
        store.passing[unit.key] = entry.failure
    elif unit.key in store.results or unit.key in store.failures:
        pass
    elif old.key in store.results:
        line = store.results.read(old.key)
        store.keep(guarded(task, lambda: Outcome(task, scored_again(unit, line, job.tables, job.said))))
    elif (failure := store.failure(old.key)) is not None:
        store.keep(Outcome(task, failure=failure))
    return unit
