"""Every input of a run and what became of it: list, hash, measure what is not known yet, count.

Whether the run may write into its out folder is asked before anything is measured.
"""

import hashlib
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from posturecam.batch.disk_tables import DiskDict, InputEntry, InputTable, whole_path
from posturecam.batch.engines import engine_of
from posturecam.batch.job import Job, failure_of
from posturecam.batch.remote import is_url, sha256_of
from posturecam.batch.result_store import OVERLAYS, RESULTS, THUMBNAILS, Store, disk_errors_told
from posturecam.batch.run_inputs import Listing, Skipped, Wanted, list_inputs
from posturecam.batch.tasks import Machine, Outcome, PhotoFailure, Task
from posturecam.errors import OutputError, PhotoError, SettingsError
from posturecam.picture.photo import file_bytes
from posturecam.storage.files import is_link, rules
from posturecam.storage.origin import REPORTED, is_ours
from posturecam.storage.outputs import claim_folder, own_folder, table_files
from posturecam.text.language import _

FILES = re.compile(
    r"(?:results|failures|inputs|exams)\.jsonl|(?:results|failures|exams)\.csv|results\.parquet|index\.html|run\.json"
)
"""What a run writes directly into its out folder."""

INPUTS = "inputs.jsonl"
_LOOKED_AT, _HASHED = 1000, 50


def claimed_out(plan: "RunPlan") -> "RunPlan":
    """Give the plan with the folder that its results really go to. Raises OutputError."""
    if plan.target is not None or is_url(str(plan.wanted.out or "")):
        return plan
    out = _own(plan)
    job = plan.job
    lists = (Path(place) for place in plan.wanted.places if not is_url(place))
    claim_folder(out, FILES, [job.answers, job.model, *table_files(job.knowledge), *lists])
    _check_pictures(out)
    if not rules().force and any((out / name).is_file() for name in REPORTED):
        msg = _(
            "{folder} holds the report of a photo or an exam. Give the run its own folder with --out, or use --force.",
            folder=out,
        )
        raise OutputError(msg)
    return replace(plan, out=out, wanted=replace(plan.wanted, out=str(out)))


def _own(plan: "RunPlan") -> Path:
    """Give the out folder, or one inside it where it is what is to be read; an earlier run's stays what it is."""
    if is_ours(plan.out / RESULTS):
        return plan.out
    if plan.out.is_dir() and any(_is_same(plan.out, Path(place)) for place in plan.wanted.places):
        return plan.out / "posturecam"
    return own_folder(plan.out)


def _is_same(folder: Path, place: Path) -> bool:
    try:
        return folder.samefile(place)
    except (OSError, ValueError):
        return False


def _check_pictures(out: Path) -> None:
    """Refuse folders for pictures that are links, or that no run made."""
    for folder in (out / THUMBNAILS, out / OVERLAYS):
        if is_link(folder):
            msg = _("{path} is a link, and results are not written through links. Give another --out.", path=folder)
            raise OutputError(msg)
        if rules().force or is_ours(out / RESULTS) or not folder.is_dir():
            continue
        if next(folder.iterdir(), None) is not None:
            msg = _(
                "{path} is there already, and posturecam did not make it. Give another --out, or use --force.",
                path=folder,
            )
            raise OutputError(msg)


def check_whose(out: Path, names: InputTable, content_of: Callable[[str], object]) -> None:
    """Refuse the results of a run over wholly other photos: known by their paths, else by what is in them.

    content_of  gives the sha256 of a file as text, anything else where it cannot be read
    Raises OutputError.
    """
    known = list(_earlier(out / INPUTS))
    if rules().force or not known:
        return
    paths = {path for path, _sha256 in known}
    inputs = [entry.input.path for entry in islice(names, _HASHED)]
    if any(whole_path(entry.input.path) in paths for entry in names):
        return
    hashes = {sha256 for _path, sha256 in known if sha256}
    if not hashes.isdisjoint(content for content in map(content_of, inputs) if isinstance(content, str)):
        return
    msg = _(
        "{folder} holds the results of other photos, such as {path}. Give this run its own folder with --out, or go on "
        "there with --force.",
        folder=out,
        path=known[0][0],
    )
    raise OutputError(msg)


def _earlier(path: Path) -> Iterable[tuple[str, str]]:
    """Give path and sha256 of the first inputs of the run before."""
    try:
        with path.open("rb") as file:
            for line in islice(file, _LOOKED_AT):
                facts = json.loads(line)
                yield whole_path(facts["path"]), facts["sha256"] or ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return


_HASHERS, _HASHED_AHEAD = 2, 16


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the user asked for."""

    wanted: Wanted
    out: Path
    job: Job
    workers: int = 1
    engine: str = "processes"
    names: bool = False
    scheduler: str | None = None
    target: str | None = None
    """The URL to which the results in ``out`` are brought."""

    @property
    def shown(self) -> str:
        """Where the user finds the results."""
        return self.target or str(self.out)


@dataclass(slots=True)
class Counts:
    """How many inputs ended how; one whose first page only was read is a result and a failure.

    ``measured`` counts photos measured by this run, ``waiting`` is not reached. Of ``asked`` results the view is one of
    two, and the user is asked.
    """

    inputs: int = 0
    results: int = 0
    failures: int = 0
    waiting: int = 0
    copies: int = 0
    measured: int = 0
    asked: int = 0


@dataclass(slots=True)
class Ledger:
    """Every input of the run, sorted by path, and when the run began."""

    names: InputTable
    skipped: Skipped
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    measured: int = 0

    def counts(self, store: Store) -> Counts:
        """Count what is known by now."""
        counts = Counts(inputs=len(self.names), copies=self.names.copies(), measured=self.measured)
        for entry in self.names:
            state = state_of(entry, store)
            setattr(counts, state, getattr(counts, state) + 1)
            if entry.unit is not None and bytes.fromhex(entry.unit.key) in store.results.paged:
                counts.failures += 1
        return counts


def state_of(entry: InputEntry, store: Store) -> str:
    """Say whether an input is among the results, the failures, or still waiting."""
    if entry.failure is not None:
        return "failures"
    if entry.unit is None:
        return "waiting"
    if entry.unit.key in store.results:
        return "results"
    return "failures" if store.failure(entry.unit.key) else "waiting"


class Watch(Protocol):
    """Who wants to know how far the run is."""

    def start(self, total: int) -> None:
        """Hear how many inputs there are."""

    def step(self, *, failed: bool, known: bool) -> None:
        """Hear that one more input is done; ``known`` when an earlier run had done it."""

    def hear(self, machine: Machine) -> None:
        """Hear what a machine of a cluster makes of the reference photo."""


def plan_listing(plan: RunPlan) -> Listing:
    """List the inputs of a plan. Raises SettingsError when there are none."""
    engine_of(plan.engine, plan.scheduler)
    with disk_errors_told():
        listing = list_inputs(plan.wanted)
    if not len(listing.names):
        older = _(", {older} older ones left out", older=listing.skipped.older) if listing.skipped.older else ""
        hint = (
            _("Give another folder")
            if plan.wanted.within
            else _("Give another folder, or look into its folders too: leave --flat away")
        )
        msg = _(
            "no photo was found in {names}{older}. {hint}.", names=", ".join(plan.wanted.places), older=older, hint=hint
        )
        raise SettingsError(msg)
    return listing


def measure_all(plan: RunPlan, store: Store, watch: Watch, stop: threading.Event) -> Ledger:
    """Bring every input into the store, unless ``stop`` is set before the end."""
    listing = plan_listing(plan)
    check_whose(plan.out, listing.names, content_of)
    ledger = Ledger(listing.names, listing.skipped)
    watch.start(len(ledger.names))
    tasks = to_do(plan.job, ledger, store, watch, stop)
    with closing(tasks):
        for outcome in engine_of(plan.engine, plan.scheduler, watch.hear)(plan.job, tasks, plan.workers, stop):
            store.keep(outcome)
            ledger.measured += 1
            watch.step(failed=outcome.failure is not None, known=False)
    return ledger


def to_do(job: Job, ledger: Ledger, store: Store, watch: Watch, stop: threading.Event) -> Generator[Task, None, None]:
    """Give a task for every unit that is not known yet; of copies, the first."""
    given = DiskDict()
    with closing(hashed(ledger.names)) as found:
        for entry, content in found:
            if stop.is_set():
                return
            if isinstance(content, PhotoFailure):
                ledger.names.note(entry.number, "", None, content)
                watch.step(failed=True, known=False)
                continue
            unit = job.unit(content, entry.input.said.view)
            ledger.names.note(entry.number, content, unit)
            if bytes.fromhex(unit.key) in given:
                watch.step(failed=False, known=True)
            elif store.done(unit.key, unit.picture):
                watch.step(failed=unit.key not in store.results, known=True)
            else:
                given.add(bytes.fromhex(unit.key))
                yield Task(unit, entry.input.path, content, entry.input.said.view)


def hashed(entries: Iterable[InputEntry]) -> Generator[tuple[InputEntry, str | PhotoFailure], None, None]:
    """Read the files ahead of the workers: the content's sha256 of each, or why it cannot be read."""
    ahead: deque[tuple[InputEntry, Future[str | PhotoFailure]]] = deque()
    with ThreadPoolExecutor(_HASHERS) as threads:
        try:
            for entry in entries:
                ahead.append((entry, threads.submit(content_of, entry.input.path)))
                if len(ahead) >= _HASHED_AHEAD:
                    first, future = ahead.popleft()
                    yield first, future.result()
            for first, future in ahead:
                yield first, future.result()
        finally:
            threads.shutdown(cancel_futures=True)


def content_of(path: str) -> str | PhotoFailure:
    """Compute a file's sha256 without holding it in memory; a Failure when it is no file that can be read."""
    if is_url(path):
        try:
            return sha256_of(path)
        except PhotoError as error:
            return failure_of(error, path)
    whole = Path(path).absolute()
    try:
        if whole.is_file() and whole.stat().st_size:
            with whole.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        pass  # the reader below says why
    try:
        return hashlib.sha256(file_bytes(whole)).hexdigest()
    except PhotoError as error:
        return failure_of(error, path)


__all__ = ["Counts", "InputEntry", "Ledger", "Outcome", "RunPlan", "Watch", "measure_all", "plan_listing", "state_of"]
