"""The engine that spreads a folder over the processes of a Dask cluster, on this machine or on many.

Each worker process opens one finder and is fed two photos at a time, addressed to it by name, so that a process that
dies takes one photo in hand with it and no more: that one is tried again at the end, alone, and listed when it kills
again. Every worker's first answer proves that it would come to the same bytes (program, model, tables, answers); one
that would not is named, and the run ends with all that was found so far kept.
"""

import contextlib
import logging
import pickle
import queue
import secrets
import signal
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from posturecam.batch.job import Job
from posturecam.batch.pool import THREADS, Broken, WorkerError, crashed_twice, held_back
from posturecam.batch.remote import is_url
from posturecam.batch.tasks import ClusterAccess, Hear, Machine, Outcome, Task
from posturecam.batch.worker import AGREEMENT, BEGUN, Refused, answer, expected_of
from posturecam.language import _, later

_AHEAD = 2
"""Tasks sent to a worker: one in hand and one waiting, so that it never waits for this process."""

_LOOK_S = 1.0
"""How often the list of workers is read anew."""

_REACH_S = 10.0
PATIENCE_S = 120.0
"""How long a scheduler is waited for, and how long a run goes on without a single worker."""

_DEATHS = 3
"""Workers that may die before they say that they have begun, until their photo is suspected all the same."""

_AGAIN = later("Everything found so far is kept: run the same command again to go on.")

_LEAN = {
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREADS, "1"),
    "distributed.worker.profile.enabled": False,
}
"""Settings of a cluster that is started here. Dask's own choice gives memory back at once, and photos then pay for
getting it; and it looks a hundred times a second at what a worker does."""

_LOST = later("the connection to the cluster was lost. {again}")


@dataclass(slots=True)
class _Sent:
    """A task on its way: to which worker, and the promise of its outcome."""

    task: Task
    worker: str
    future: Any


@dataclass(slots=True)
class Cluster:
    """The workers behind a client, and what each of them was sent, the task in hand first."""

    client: Any
    job: Job
    hear: Hear
    sent: dict[str, _Sent] = field(default_factory=dict)
    workers: dict[str, deque[str]] = field(default_factory=dict)
    _done: "queue.Queue[Any]" = field(default_factory=queue.Queue)
    _begun: set[str] = field(default_factory=set)
    _deaths: Counter[str] = field(default_factory=Counter)
    _crashed: list[Task] = field(default_factory=list)
    _returned: deque[Task] = field(default_factory=deque)
    _looked: float = 0.0
    _peopled: float = field(default_factory=time.monotonic)
    _count: int = 0
    _name: str = field(default_factory=lambda: f"posturecam-{secrets.token_hex(8)}")
    _blob: bytes = b""

    def __enter__(self) -> Self:
        """Listen to the workers."""
        self.client.subscribe_topic(BEGUN, self._hear_begun)
        self.client.subscribe_topic(AGREEMENT, self._hear_agreement)
        return self

    def __exit__(self, *_error: object) -> None:
        """Take back what nobody waits for any more."""
        with contextlib.suppress(Exception):
            self.client.unsubscribe_topic(BEGUN)
            self.client.unsubscribe_topic(AGREEMENT)
            self.client.cancel([one.future for one in self.sent.values()], force=True)

    def _hear_begun(self, event: tuple[float, str]) -> None:
        """Note that a task is in a worker's hands; other programs on the same scheduler speak of theirs."""
        if event[1].startswith(self._name):
            self._begun.add(event[1])

    def _hear_agreement(self, event: tuple[float, dict[str, Any]]) -> None:
        """Pass on what a worker's machine makes of the reference photo."""
        machine = Machine(**event[1])
        if any(worker in machine.worker for worker in list(self.workers)):
            self.hear(machine)

    def run(self, tasks: Iterable[Task], stop: threading.Event) -> Iterator[Outcome]:
        """Give the outcome of every task as it comes; after ``stop`` only of those sent already."""
        self._blob = pickle.dumps((_anywhere(self.job), expected_of(self.job)))
        yield from self._round(iter(tasks), stop)
        again, self._crashed = self._crashed, []
        for task in again:
            yield from self._round(iter([task]), stop)
            if self._crashed:
                self._crashed.clear()
                yield crashed_twice(task)

    def _round(self, source: Iterator[Task], stop: threading.Event) -> Iterator[Outcome]:
        """Keep the workers busy until the source and their queues are empty."""
        more = True
        while True:
            self._look_around()
            if more or self._returned:
                more = self._feed(source, stop)
            if not self.sent and not more and not self._returned:
                return
            with contextlib.suppress(queue.Empty):
                yield from self._heard(self._done.get(timeout=_LOOK_S / 2))

    def _feed(self, source: Iterator[Task], stop: threading.Event) -> bool:
        """Send tasks to whoever has room, the emptiest first; false when there are no more."""
        for depth in range(_AHEAD):
            for worker, keys in self.workers.items():
                if len(keys) > depth:
                    continue
                if stop.is_set():
                    break
                task = self._returned.popleft() if self._returned else next(source, None)
                if task is None:
                    return False
                self._send(task, worker)
        if stop.is_set():
            self._returned.clear()
        return not stop.is_set()

    def _send(self, task: Task, worker: str) -> None:
        """Address a task to one worker and no other."""
        from posturecam import __version__  # noqa: PLC0415  (read when it is needed: it is what the workers compare)

        self._count += 1
        key = f"{self._name}-{self._count}"
        there = pickle.dumps(task if is_url(task.path) else replace(task, path=str(Path(task.path).absolute())))
        with _telling(_("the cluster")):
            future = self.client.submit(
                answer, __version__, self._blob, there,
                key=key, workers=[worker], allow_other_workers=False, pure=False,
            )  # fmt: skip
        future.add_done_callback(self._done.put)
        self.sent[key] = _Sent(task, worker, future)
        self.workers[worker].append(key)

    def _heard(self, future: Any) -> Iterator[Outcome]:
        """Take what became of a task; one of a worker that was given up is no news."""
        one = self.sent.get(future.key)
        if one is None:
            return
        if future.status == "cancelled":
            raise WorkerError(_(_LOST, again=_(_AGAIN)))
        said = self._result(one)
        if said is None:
            return
        self._forget(future.key)
        if isinstance(said, Refused | Broken):
            raise WorkerError(said.error)
        yield replace(said, task=one.task)

    def _result(self, one: _Sent) -> Any:
        """Fetch a worker's answer; None when the worker died before it could be fetched, or of it."""
        from distributed.client import FutureCancelledError  # noqa: PLC0415  (an extra)
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        while one.future.key in self.sent:
            try:
                return one.future.result(timeout=5.0)
            except TimeoutError:
                self._look_around()
            except KilledWorker:
                self._bury(one.worker)
            except (FutureCancelledError, OSError) as error:  # a connection that breaks meanwhile is an OSError
                if one.future.key in self.sent:
                    raise WorkerError(_(_LOST, again=_(_AGAIN))) from error
            except Exception as error:
                msg = _(
                    "the worker {worker} cannot do this work ({first_line}). Install the same there.",
                    worker=one.worker,
                    first_line=_first_line(error),
                )
                raise WorkerError(msg) from error
        return None

    def _forget(self, key: str) -> None:
        one = self.sent.pop(key)
        self._begun.discard(key)
        with contextlib.suppress(KeyError, ValueError):
            self.workers[one.worker].remove(key)

    def _look_around(self) -> None:
        """Read the list of workers: greet new ones, bury those that are gone; give up when there are none for long."""
        now = time.monotonic()
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        with _telling(_("the cluster")):
            there = self.client.nthreads()
        for worker in [one for one in self.workers if one not in there]:
            self._bury(worker)
        new = [one for one in there if one not in self.workers]
        self._greet(new)
        self.workers.update((worker, deque()) for worker in new)
        if self.workers:
            self._peopled = now
        elif now - self._peopled > PATIENCE_S:
            msg = _(
                "the cluster has had no worker for {patience_s:.0f} s. Start some (dask worker ADDRESS). {again}",
                patience_s=PATIENCE_S,
                again=_(_AGAIN),
            )
            raise WorkerError(msg)

    def _greet(self, new: list[str]) -> None:
        """Refuse workers without this program: its functions would only make them die."""
        if not new:
            return
        with _telling(_("the cluster")):
            said = self.client.run(metadata.version, "posturecam", workers=new, on_error="return")
        for worker, version in said.items():
            if isinstance(version, ImportError):
                msg = _(
                    "the worker {worker} has no posturecam. Install this version of it there, or end that worker.",
                    worker=worker,
                )
                raise WorkerError(msg)

    def _bury(self, worker: str) -> None:
        """Give a dead worker up: the task in hand is set aside, those that it had not begun go back."""
        lost = {key: self.sent.pop(key) for key in self.workers.pop(worker, deque()) if key in self.sent}
        self.client.cancel([one.future for one in lost.values()], force=True)
        for key, one in lost.items():
            self._deaths[one.task.unit.key] += 1
            if key in self._begun or self._deaths[one.task.unit.key] >= _DEATHS:
                self._crashed.append(one.task)
            else:
                self._returned.append(one.task)
            self._begun.discard(key)


def on_cluster(
    access: ClusterAccess, job: Job, tasks: Iterable[Task], workers: int, stop: threading.Event
) -> Iterator[Outcome]:
    """Assess on the workers of a scheduler, or of a cluster that is started here. Raises WorkerError."""
    with _client(access.scheduler, workers) as client, Cluster(client, job, access.hear) as cluster:
        yield from cluster.run(tasks, stop)


@contextlib.contextmanager
def _client(scheduler: str | None, workers: int) -> Iterator[Any]:
    """Reach a scheduler, or start one with workers that only this user's own processes can talk to."""
    try:
        from distributed import Client  # noqa: PLC0415  (an extra)
    except ImportError as error:
        msg = _("--engine dask needs Dask, which is not installed. Run: pip install 'posturecam[dask]'")
        raise WorkerError(msg) from error
    opened: Any = Client  # untyped
    with contextlib.ExitStack() as stack:
        stack.callback(logging.disable, logging.root.manager.disable)
        logging.disable(logging.CRITICAL)  # what it would remark on dying workers is told here, in one line
        if scheduler is None:
            address = stack.enter_context(_local(workers))
            client = opened(address, set_as_default=False)
        else:
            with _telling(_("the scheduler {scheduler}", scheduler=scheduler)):
                client = opened(scheduler, set_as_default=False, timeout=_REACH_S)
        stack.callback(client.close, timeout=2.0)
        yield client


@contextlib.contextmanager
def _local(workers: int) -> Iterator[Any]:
    """Start a cluster on this machine, encrypted with a key of its own: its ports take work from nobody else."""
    import dask  # noqa: PLC0415  (an extra)
    from distributed import LocalCluster  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory(prefix="posturecam-", ignore_cleanup_errors=True) as folder,
        contextlib.ExitStack() as stack,
    ):
        with held_back(signal.SIGINT), dask.config.set(_LEAN):
            opened: Any = LocalCluster  # untyped
            cluster = opened(
                n_workers=workers, threads_per_worker=1, memory_limit=None, host="127.0.0.1", security=True,
                dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL,
                local_directory=folder, preload=["posturecam.batch.deaf"],
            )  # fmt: skip
        stack.callback(cluster.close, timeout=5.0)
        yield cluster


@contextlib.contextmanager
def _telling(what: str) -> Iterator[None]:
    """Tell in one line that a scheduler does not answer."""
    try:
        yield
    except (OSError, ValueError, TypeError, TimeoutError) as error:
        msg = _(
            "{what} cannot be reached ({first_line}). Check address and network. {again}",
            what=what,
            first_line=_first_line(error),
            again=_(_AGAIN),
        )
        raise WorkerError(msg) from error


def _anywhere(job: Job) -> Job:
    """Give a job whose paths mean the same in every folder."""
    named = {name: getattr(job, name) for name in ("model", "knowledge", "answers")}
    return replace(job, **{name: path.absolute() for name, path in named.items() if path is not None})


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:160] or type(error).__name__
