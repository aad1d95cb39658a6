"""Score stored results again with other knowledge or other answers, without pictures and without the network."""

import json
import re
import threading
from pathlib import Path
from typing import Any, cast

from posturecam.batch.disk_tables import Input, InputEntry, InputTable
from posturecam.batch.job import Job, guarded, unit_of_photo
from posturecam.batch.ledger import Ledger, RunPlan, Watch
from posturecam.batch.path_template import PathFacts
from posturecam.batch.result_lines import RUN_AGAIN, scored_again
from posturecam.batch.result_store import Store
from posturecam.batch.run_inputs import Skipped
from posturecam.batch.tasks import Outcome, PhotoFailure, Task, Unit
from posturecam.body import View
from posturecam.errors import StoredError
from posturecam.storage.fields import Fields
from posturecam.text.language import _

_VIEWS = tuple(view.value for view in View)


def rescore_all(plan: RunPlan, store: Store, watch: Watch, stop: threading.Event) -> Ledger:
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
        facts = json.loads((out / "run.json").read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise StoredError(_unfinished(out)) from error
    settings = Fields(str(out / "run.json"), facts, anew=RUN_AGAIN).inner("settings")
    if settings.has("view"):
        settings.one_of("view", _VIEWS)
    settings.inner("picture")
    return cast("dict[str, Any]", settings.value)


def _unfinished(out: Path) -> str:
    return _(
        "{out} holds no finished run to score again. Run posturecam batch to its end first, without --rescore.", out=out
    )


def _names_of(out: Path) -> InputTable:
    names, path = InputTable(), out / "inputs.jsonl"
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                entry = _entry(number, Fields(str(path), json.loads(line), anew=RUN_AGAIN))
                names.extend((entry.input,))
                names.note(number, entry.sha256, entry.unit, entry.failure)
    except (OSError, ValueError, RecursionError) as error:
        raise StoredError(_unfinished(out)) from error
    return names


def _entry(number: int, facts: Fields) -> InputEntry:
    """Read what a run knew of an input. Raises StoredError."""
    person = facts.text("person") if facts.has("person") else None
    day = facts.day("date").isoformat() if facts.has("date") else None
    view = View(facts.one_of("view", _VIEWS)) if facts.has("view") else None
    unit = facts.inner("unit") if facts.has("unit") else None
    failure = facts.inner("failure") if facts.has("failure") else None
    return InputEntry(
        number,
        Input(facts.text("path"), PathFacts(person, day, view)),
        facts.text("sha256"),
        None if unit is None else Unit(_digest(unit, "key"), _digest(unit, "picture")),
        None
        if failure is None
        else PhotoFailure(failure.text("reason"), failure.text("remedy"), failure.flag("lasting")),
    )


def _digest(facts: Fields, key: str) -> str:
    """Read a hash, by which results and pictures are named. Raises StoredError."""
    found = facts.text(key)
    if not re.fullmatch("[0-9a-f]{16}|[0-9a-f]{64}", found):
        msg = _("{source}: {key} of an input is damaged. {anew}", source=facts.source, key=key, anew=_(RUN_AGAIN))
        raise StoredError(msg)
    return found


def _scored(store: Store, old: Unit, unit: Unit, job: Job) -> bytes:
    return scored_again(unit, store.result(old.key), job.tables, job.said)


def _again(job: Job, store: Store, entry: InputEntry, old: Unit, settings: dict[str, Any]) -> Unit:
    """Score one unit again; give its new name. What has no result keeps its failure."""
    view = entry.input.said.view or settings["view"]
    unit = unit_of_photo(entry.sha256, view, settings["picture"], job.score_settings)
    task = Task(unit, entry.input.path, entry.sha256)
    if entry.failure is not None:
        store.passing[unit.key] = entry.failure
    elif unit.key in store.results or unit.key in store.failures:
        pass
    elif old.key in store.results:
        store.keep(guarded(task, lambda: Outcome(task, _scored(store, old, unit, job))))
    elif (failure := store.failure(old.key)) is not None:
        store.keep(Outcome(task, failure=failure))
    return unit
