"""The engine that spreads a folder over the processes of a Dask cluster: one that runs, or one that is started here."""

import contextlib
import gc
import logging
import multiprocessing
import os
import pickle
import queue
import secrets
import signal
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from posturecam.batch.cluster_worker import AGREEMENT, BEGUN, RefusedMachine, answer, expected_of
from posturecam.batch.engines import THREADS, Broken, WorkerError, crashed_twice, held_back
from posturecam.batch.job import Job, overdue
from posturecam.batch.remote import is_url
from posturecam.batch.tasks import ClusterAccess, Hear, Machine, Outcome, Task
from posturecam.pipeline.limits import INTERRUPTED_S, RunningClock
from posturecam.text.language import N_, _

REACH_S = 10.0
"""How long a scheduler is waited for."""

_LISTEN_S = 0.2
"""How often Ctrl-C is listened to while a cluster starts."""

_CLOSED_S = 0.5
"""How long a cluster that was started here is waited for at the end, its workers being killed already."""

AGAIN = N_("Everything found so far is kept: run the same command again to go on.")

_LEAN = {
    "distributed.nanny.pre-spawn-environ": dict.fromkeys(THREADS, "1"),
    "distributed.worker.profile.enabled": False,
}
"""Settings of a cluster that is started here. Dask's own choice gives memory back at once, and photos then pay for
getting it; and it looks a hundred times a second at what a worker does."""


@contextlib.contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Any]:
    """Reach a scheduler, or start one with workers that only this user's own processes can talk to."""
    try:
        from distributed import Client  # noqa: PLC0415  (an extra)
    except ImportError as error:
        msg = _("--engine dask needs Dask, which is not installed. Run: pip install 'posturecam[dask]'")
        raise WorkerError(msg) from error
    opened: Any = Client  # untyped
    with contextlib.ExitStack() as stack:
        stack.callback(logging.disable, logging.root.manager.disable)
        stack.callback(gc.collect)  # what was fetched in vain complains when it is collected: while nobody listens
        logging.disable(logging.CRITICAL)  # what it would remark on dying workers is told here, in one line
        if scheduler is None:
            address = stack.enter_context(_local(workers))
            client = opened(address, set_as_default=False)
        else:
            with telling_of(_("the scheduler {scheduler}", scheduler=scheduler)):
                client = opened(scheduler, set_as_default=False, timeout=REACH_S)
        stack.callback(client.close, timeout=2.0)
        stack.callback(_kill_workers, client.cluster)
        yield client


@contextlib.contextmanager
def _local(workers: int) -> Iterator[Any]:
    """Start a cluster on this machine, encrypted with a key of its own: its ports take work from nobody else."""
    with (
        tempfile.TemporaryDirectory(prefix="posturecam-", ignore_cleanup_errors=True) as folder,
        contextlib.ExitStack() as stack,
    ):
        cluster = _started(folder, workers)
        stack.callback(_close, cluster)
        yield cluster


def _started(folder: str, workers: int) -> Any:
    """Start the cluster in a thread of its own, where Ctrl-C is held back: its processes never get it, and this does.

    Starting takes seconds. Whoever interrupts it is not kept: what was started is killed.
    """
    import dask  # noqa: PLC0415  (an extra)
    from distributed import LocalCluster  # noqa: PLC0415

    opened: Any = LocalCluster  # untyped
    found: Future[Any] = Future()

    def start() -> None:
        """Start it, or keep what went wrong."""
        try:
            with held_back(signal.SIGINT), dask.config.set(_LEAN):
                cluster = opened(
                    n_workers=workers, threads_per_worker=1, memory_limit=None, host="127.0.0.1", security=True,
                    dashboard_address="127.0.0.1:0", worker_dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL, local_directory=folder, preload=["posturecam.batch.dask_preload"],
                )  # fmt: skip
        except BaseException as error:  # noqa: BLE001  (it is raised again where it is waited for)
            found.set_exception(error)
        else:
            found.set_result(cluster)

    threading.Thread(target=start, name="posturecam cluster", daemon=True).start()
    try:
        while not found.done():
            wait([found], timeout=_LISTEN_S)
    except KeyboardInterrupt:
        _abandon(opened)
        raise
    return found.result()


def _abandon(kind: Any) -> None:
    """Kill what was started of clusters, so that the interpreter's end does not wait for it."""
    for cluster in list(kind._instances):  # noqa: SLF001  (it is told nowhere else, and not yet given to us)
        cluster.shutdown_on_close = False
        for guardian in list(cluster.workers.values()):
            guardian.auto_restart = False
    for process in multiprocessing.active_children():
        process.kill()


def _close(cluster: Any) -> None:
    """Close a cluster whose workers are killed; the interpreter's end waits for it no more."""
    cluster.shutdown_on_close = False
    with contextlib.suppress(TimeoutError):
        cluster.close(timeout=_CLOSED_S)


def _kill_workers(cluster: Any) -> None:
    """Kill the worker processes that were started here: one that hangs, or was stopped, would be waited for."""
    for guardian in list(getattr(cluster, "workers", {}).values()):
        guardian.auto_restart = False
        _kill(guardian)


def _kill(guardian: Any) -> None:
    with contextlib.suppress(Exception):
        os.kill(guardian.process.process.pid, signal.SIGKILL)


def restart(client: Any, worker: str) -> None:
    """Have a worker killed and started anew by the guardian beside it; one without a guardian stays as it is."""
    for guardian in list(getattr(client.cluster, "workers", {}).values()):
        if guardian.worker_address == worker:  # started here: at once
            _kill(guardian)
            return
    with contextlib.suppress(Exception):
        client.restart_workers([worker], timeout=REACH_S, raise_for_error=False)


@contextlib.contextmanager
def telling_of(what: str) -> Iterator[None]:
    """Tell in one line that a scheduler does not answer."""
    try:
        yield
    except (OSError, ValueError, TypeError, TimeoutError) as error:
        msg = _(
            "{what} cannot be reached ({first_line}). Check address and network. {again}",
            what=what,
            first_line=first_line(error),
            again=_(AGAIN),
        )
        raise WorkerError(msg) from error


def first_line(error: BaseException) -> str:
    """Give the first line of what an error says, its kind where it says nothing."""
    return (str(error).splitlines() or [""])[0][:160] or type(error).__name__


_AHEAD = 2
"""Tasks sent to a worker: one in hand and one waiting, so that it never waits for this process."""

_LOOK_S = 1.0
"""How often the list of workers is read anew."""

PATIENCE_S = 120.0
"""How long a scheduler is waited for, and how long a run goes on without a single worker."""

_FETCH_S = 5.0
"""How long one outcome is fetched until it is asked whether its worker is still there."""

_GRACE_S = 3.0
"""How much later than a worker itself this process gives up what it has in hand."""

_DEATHS = 3
"""Workers that may die before they say that they have begun, until their photo is suspected all the same."""

_LOST = N_("the connection to the cluster was lost. {again}")


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
    _begun: dict[str, float] = field(default_factory=dict)
    _given_up: set[str] = field(default_factory=set)
    _overdue: list[Task] = field(default_factory=list)
    _clock: RunningClock = field(default_factory=RunningClock)
    _now: float = 0.0
    _stopped: float | None = None
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
            self.client.cancel([sent.future for sent in self.sent.values()], force=True)

    def _hear_begun(self, event: tuple[float, str]) -> None:
        """Note that a task is in a worker's hands; other programs on the same scheduler speak of theirs."""
        if event[1].startswith(self._name):
            self._begun[event[1]] = self._now

    def _hear_agreement(self, event: tuple[float, dict[str, Any]]) -> None:
        """Pass on what a worker's machine makes of the reference photo."""
        machine = Machine(**event[1])
        if any(worker in machine.worker for worker in list(self.workers)):
            self.hear(machine)

    def run(self, tasks: Iterable[Task], stop: threading.Event) -> Iterator[Outcome]:
        """Give the outcome of every task as it comes; after ``stop`` only of those that are nearly done."""
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
        while not self._out_of_patience(stop):
            self._look_around()
            late, self._overdue = self._overdue, []
            yield from (overdue(task, self.job.timeout_s) for task in late)
            if more or self._returned:
                more = self._feed(source, stop)
            if not self.sent and not more and not self._returned:
                return
            try:
                done = self._done.get(timeout=_LOOK_S / 2)
            except queue.Empty:
                self._give_up_overdue()
            else:
                yield from self._heard(done)

    def _out_of_patience(self, stop: threading.Event) -> bool:
        """Read the clock; whether what is in hand is given up, some time after ``stop``."""
        self._now = self._clock.now()
        if stop.is_set() and self._stopped is None:
            self._stopped = self._now
        return self._stopped is not None and self._now - self._stopped > INTERRUPTED_S

    def _give_up_overdue(self) -> None:
        """Give up the workers that should have ended themselves by now, and ask for others in their place."""
        late = [key for key, began in list(self._begun.items()) if self._now - began > self.job.timeout_s + _GRACE_S]
        for worker in {self.sent[key].worker for key in late if key in self.sent}:
            self._replace(worker)

    def _replace(self, worker: str) -> None:
        """Send no more to a worker, and ask for another one in its place."""
        self._given_up.add(worker)
        self._bury(worker)
        threading.Thread(target=restart, args=(self.client, worker), daemon=True).start()

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
        with telling_of(_("the cluster")):
            future = self.client.submit(
                answer, __version__, self._blob, there,
                key=key, workers=[worker], allow_other_workers=False, pure=False,
            )  # fmt: skip
        future.add_done_callback(self._done.put)
        self.sent[key] = _Sent(task, worker, future)
        self.workers[worker].append(key)

    def _heard(self, future: Any) -> Iterator[Outcome]:
        """Take what became of a task; one of a worker that was given up is no news."""
        sent = self.sent.get(future.key)
        if sent is None:
            return
        if future.status == "cancelled":
            raise WorkerError(_(_LOST, again=_(AGAIN)))
        said = self._result(sent)
        if said is None:
            return
        self._forget(future.key)
        if isinstance(said, RefusedMachine | Broken):
            raise WorkerError(said.error)
        yield replace(said, task=sent.task)
        if said.spent:
            self._replace(sent.worker)

    def _result(self, sent: _Sent) -> Any:
        """Fetch a worker's answer; None when the worker died before it could be fetched, or of it."""
        from distributed.client import FutureCancelledError  # noqa: PLC0415  (an extra)
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        while sent.future.key in self.sent:
            try:
                return sent.future.result(timeout=_FETCH_S)
            except TimeoutError:  # on its way, or on a worker that was stopped with its next task in hand
                self._now = self._clock.now(longest_s=_FETCH_S + _LOOK_S)
                self._look_around()
                self._give_up_overdue()
            except KilledWorker:
                self._bury(sent.worker)
            except (FutureCancelledError, OSError) as error:  # a connection that breaks meanwhile is an OSError
                if sent.future.key in self.sent:
                    raise WorkerError(_(_LOST, again=_(AGAIN))) from error
            except Exception as error:
                msg = _(
                    "the worker {worker} cannot do this work ({first_line}). Install the same there.",
                    worker=sent.worker,
                    first_line=first_line(error),
                )
                raise WorkerError(msg) from error
        return None

    def _forget(self, key: str) -> None:
        sent = self.sent.pop(key)
        self._begun.pop(key, None)
        with contextlib.suppress(KeyError, ValueError):
            self.workers[sent.worker].remove(key)

    def _look_around(self) -> None:
        """Read the list of workers: greet new ones, bury those that are gone; give up when there are none for long."""
        now = time.monotonic()
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        with telling_of(_("the cluster")):
            everyone = self.client.nthreads()
        self._given_up.intersection_update(everyone)
        there = [worker for worker in everyone if worker not in self._given_up]
        for worker in [worker for worker in self.workers if worker not in there]:
            self._bury(worker)
        new = [worker for worker in there if worker not in self.workers]
        self._greet(new)
        self.workers.update((worker, deque()) for worker in new)
        if self.workers:
            self._peopled = now
        elif now - self._peopled > PATIENCE_S:
            msg = _(
                "the cluster has had no worker for {patience_s:.0f} s. Start some (dask worker ADDRESS). {again}",
                patience_s=PATIENCE_S,
                again=_(AGAIN),
            )
            raise WorkerError(msg)

    def _greet(self, new: list[str]) -> None:
        """Refuse workers without this program: its functions would only make them die."""
        if not new:
            return
        with telling_of(_("the cluster")):
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
        self.client.cancel([sent.future for sent in lost.values()], force=True)
        begun = [key for key in self._begun if key in lost]
        in_hand = begun[-1] if begun else None  # of those before it only the outcome was lost
        for key, sent in lost.items():
            self._deaths[sent.task.unit.key] += 1
            began = self._begun.pop(key, self._now)
            if key == in_hand and self._now - began > self.job.timeout_s - _LOOK_S:
                self._overdue.append(sent.task)
            elif key == in_hand or self._deaths[sent.task.unit.key] >= _DEATHS:
                self._crashed.append(sent.task)
            else:
                self._returned.append(sent.task)


def on_cluster(
    access: ClusterAccess, job: Job, tasks: Iterable[Task], workers: int, stop: threading.Event
) -> Iterator[Outcome]:
    """Assess on the workers of a scheduler, or of a cluster that is started here. Raises WorkerError."""
    with connected(access.scheduler, workers) as client, Cluster(client, job, access.hear) as cluster:
        yield from cluster.run(tasks, stop)


def _anywhere(job: Job) -> Job:
    """Give a job whose paths mean the same in every folder."""
    named = {name: getattr(job, name) for name in ("model", "knowledge", "answers")}
    return replace(job, **{name: path.absolute() for name, path in named.items() if path is not None})
