"""Every input of a run and what became of it: list, hash, measure what is not known yet, count."""

import hashlib
import threading
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from posturecam.batch.claiming import check_whose
from posturecam.batch.disk import Shelf
from posturecam.batch.engines import engine_of
from posturecam.batch.inputs import Listing, Skipped, Wanted, listed
from posturecam.batch.job import Job, failure_of
from posturecam.batch.names import Entry, Names
from posturecam.batch.remote import is_url, sha256_of
from posturecam.batch.store import Store, keeping
from posturecam.batch.tasks import Failure, Machine, Outcome, Task
from posturecam.errors import PhotoError, SettingsError
from posturecam.picture.photo import file_bytes
from posturecam.text.language import _

_HASHERS, _HASHED_AHEAD = 2, 16


@dataclass(frozen=True, slots=True)
class Plan:
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

    names: Names
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


def state_of(entry: Entry, store: Store) -> str:
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


def plan_listing(plan: Plan) -> Listing:
    """List the inputs of a plan. Raises SettingsError when there are none."""
    engine_of(plan.engine, plan.scheduler)
    with keeping():
        listing = listed(plan.wanted)
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


def measure_all(plan: Plan, store: Store, watch: Watch, stop: threading.Event) -> Ledger:
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
    given = Shelf()
    with closing(hashed(ledger.names)) as found:
        for entry, content in found:
            if stop.is_set():
                return
            if isinstance(content, Failure):
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


def hashed(entries: Iterable[Entry]) -> Generator[tuple[Entry, str | Failure], None, None]:
    """Read the files ahead of the workers: the content's sha256 of each, or why it cannot be read."""
    ahead: deque[tuple[Entry, Future[str | Failure]]] = deque()
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


def content_of(path: str) -> str | Failure:
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


__all__ = ["Counts", "Entry", "Ledger", "Outcome", "Plan", "Watch", "measure_all", "plan_listing", "state_of"]
