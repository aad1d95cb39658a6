"""Engines: how many photos are assessed at once. Each is one function, a ``map`` that gives outcomes as they come.

An engine takes the job, the tasks (a lazy iterable: it must not run far ahead of its workers), the number of workers
and a switch that says when to stop taking new tasks. It gives each task's outcome once, in any order. Worker processes
are supervised: one that dies is replaced, and the photo it had in hand is tried again, alone.
"""

import contextlib
import faulthandler
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from posturecam.batch.job import ANEW, Job, overdue
from posturecam.batch.tasks import ClusterAccess, Hear, Outcome, PhotoFailure, Task, unheard
from posturecam.errors import PosturecamError, SettingsError
from posturecam.pipeline.limits import INTERRUPTED_S, RunningClock, limit_memory
from posturecam.text.language import _

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)

START_S = 120.0
"""How long a worker may take to start."""

_KILLED_S = 5.0
LEFT_ALONE_S = 15.0
"""A worker whose parent is gone ends itself so long after its photo's time is over."""


class WorkerError(PosturecamError):
    """The workers cannot start."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What a worker says once its finder is open."""


@dataclass(frozen=True, slots=True)
class Broken:
    """What a worker says when its finder cannot be opened."""

    error: str


@dataclass(slots=True)
class WorkerProcess:
    """A worker process, its pipe, and the tasks it was sent, the one in hand first."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"
    tasks: deque[Task] = field(default_factory=deque)
    ready: bool = False
    began: float = 0.0
    """When it began with the task in hand, or to start, by the pool's clock."""

    def send(self, task: Task) -> None:
        """Send a task; a worker that is gone is noticed later."""
        self.tasks.append(task)
        with contextlib.suppress(OSError):
            self.pipe.send(task)

    def end(self) -> None:
        """Close the pipe, which tells a worker to end; kill it where it does not, or has a task in hand."""
        self.pipe.close()
        if self.tasks:
            self.process.kill()
        self.process.join(0.5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(_KILLED_S)


def start_worker(job: Job) -> WorkerProcess:
    """Start a worker that uses one thread."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    with one_thread(), held_back(signal.SIGINT):
        process = context.Process(target=work_until_closed, args=(there, job), name="posturecam worker", daemon=True)
        process.start()
    there.close()
    return WorkerProcess(process, here)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Tell the libraries' thread pools of a process that is about to start to use one thread."""
    kept = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def held_back(number: signal.Signals) -> Iterator[None]:
    """Hold a signal back in this thread; a process started meanwhile never gets it (where the system can do that)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # its start would let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def work_until_closed(pipe: "Connection[Any, Any]", job: Job) -> None:
    """Be a worker: open the finder, then answer each task until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the main process decides
    with contextlib.suppress(EOFError, OSError):
        try:
            limit_memory()
            with quiet_threads(), job.opened() as assess_one:
                pipe.send(Ready())
                while True:
                    task = pipe.recv()
                    with ended_after(job.timeout_s + LEFT_ALONE_S):
                        outcome = assess_one(task)
                    pipe.send(outcome)
        except (PosturecamError, ImportError) as error:
            pipe.send(Broken(str(error)))


@contextlib.contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """End this process where the block takes longer, whatever holds it up; nobody is told."""
    with Path(os.devnull).open("wb") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


@contextlib.contextmanager
def quiet_threads() -> Iterator[None]:
    """Keep OpenCV to the worker's own thread."""
    import cv2  # noqa: PLC0415  (the main process never loads it)

    cv2.setNumThreads(1)
    yield


_AHEAD = 2
"""Tasks sent to a worker: one in hand and one waiting, so that it never waits for the main process."""

_LOOK_S = 0.5
"""How often deadlines are looked at."""

_MOST_STILLBORN = 3
"""Workers that may end while starting, one after the other, before the run gives up."""

_WORDS_S = 10.0
"""How long one message of a worker may take to come through its pipe."""


class Pool:
    """A fixed number of workers. Use it as a context manager."""

    def __init__(self, job: Job, workers: int) -> None:
        """Say what to do and by how many; the workers start with the first task."""
        self._job = job
        self._wanted = workers
        self._workers: list[WorkerProcess] = []
        self._crashed: list[Task] = []
        self._stillborn = 0
        self._clock = RunningClock()
        self._stopped: float | None = None
        self._listener = _Listener()

    def __enter__(self) -> Self:
        """Give the pool."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End every worker, whatever it does."""
        self._listener.end()
        for worker in self._workers:
            with contextlib.suppress(OSError):
                worker.pipe.close()
            if worker.tasks:
                worker.process.kill()
        for worker in self._workers:
            worker.end()

    def run(self, tasks: Iterable[Task], stop: threading.Event) -> Iterator[Outcome]:
        """Give the outcome of every task as it comes; after ``stop`` only of those that are nearly done."""
        yield from self._round(iter(tasks), stop)
        again, self._crashed = self._crashed, []
        if again:
            self._keep_one()
        for task in again:
            yield from self._round(iter([task]), stop)
            if self._crashed:
                self._crashed.clear()
                yield crashed_twice(task)

    def _round(self, source: Iterator[Task], stop: threading.Event) -> Iterator[Outcome]:
        """Keep the workers busy until the source and their pipes are empty."""
        returned: deque[Task] = deque()
        while True:
            more = self._feed(source, returned, stop)
            busy = [worker for worker in self._workers if worker.tasks]
            if not busy and not more and not returned:
                return
            if self._out_of_patience(stop):
                return
            for worker in _spoken(busy):
                yield from self._heard(worker, returned)
            for worker in busy:
                yield from self._overdue(worker, returned)

    def _out_of_patience(self, stop: threading.Event) -> bool:
        """Whether what is in hand is given up, some time after ``stop``."""
        if stop.is_set() and self._stopped is None:
            self._stopped = self._clock.now()
        return self._stopped is not None and self._clock.now() - self._stopped > INTERRUPTED_S

    def _overdue(self, worker: WorkerProcess, returned: deque[Task]) -> Iterator[Outcome]:
        """Kill a worker whose task takes too long (whatever holds it up), unless it has an answer after all."""
        limit_s = self._job.timeout_s if worker.ready else START_S
        if worker not in self._workers or not worker.tasks or self._clock.now() - worker.began <= limit_s:
            return
        if worker.pipe.poll():
            return
        worker.process.kill()
        if worker.ready:
            yield overdue(worker.tasks.popleft(), limit_s)
            self._replace(worker, returned)
        else:
            self._bury(worker, returned)

    def _replace(self, worker: WorkerProcess, returned: deque[Task]) -> None:
        """Let a worker go; the tasks that it had not begun go back."""
        worker.process.kill()
        worker.end()
        self._workers.remove(worker)
        returned.extend(worker.tasks)

    def _feed(self, source: Iterator[Task], returned: deque[Task], stop: threading.Event) -> bool:
        """Send tasks to whoever has room, the emptiest first; false when there are no more."""
        for depth in range(_AHEAD):
            for place in range(self._wanted):
                if len(self._workers) > place and len(self._workers[place].tasks) > depth:
                    continue
                if stop.is_set():
                    returned.clear()
                    return False
                task = returned.popleft() if returned else next(source, None)
                if task is None:
                    return False
                worker = self._at(place)
                if not worker.tasks:
                    worker.began = self._clock.now()
                worker.send(task)
        return True

    def _at(self, place: int) -> WorkerProcess:
        """Give the worker of a place, started when it is first needed."""
        while len(self._workers) <= place:
            self._workers.append(start_worker(self._job))
        return self._workers[place]

    def _heard(self, worker: WorkerProcess, returned: deque[Task]) -> Iterator[Outcome]:
        """Take what a worker says, or notice that it died."""
        with self._listener.listening(worker):
            said = _message(worker)
        if isinstance(said, Broken):
            raise WorkerError(said.error)
        if isinstance(said, Ready):
            worker.ready = True
            worker.began = self._clock.now()
            self._stillborn = 0
        elif isinstance(said, Outcome):
            worker.tasks.popleft()
            worker.began = self._clock.now()
            if said.spent:
                self._replace(worker, returned)
            yield said
        elif not worker.process.is_alive():
            self._bury(worker, returned)

    def _bury(self, worker: WorkerProcess, returned: deque[Task]) -> None:
        """Replace a dead worker; the task in hand is set aside, the waiting ones go back."""
        worker.end()
        self._workers.remove(worker)
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= _MOST_STILLBORN:
                msg = _(
                    "workers die while starting (exit {exitcode}). See: posturecam doctor",
                    exitcode=worker.process.exitcode,
                )
                raise WorkerError(msg)
        elif worker.tasks:
            self._crashed.append(worker.tasks.popleft())
        returned.extend(worker.tasks)

    def _keep_one(self) -> None:
        """Keep one worker: what is tried again must not suffer from what others do, nor they from it."""
        for worker in self._workers[1:]:
            worker.end()
        del self._workers[1:]
        self._wanted = 1


class _Listener:
    """Watches over the reading of messages: a worker that was stopped amid one would be listened to for ever."""

    def __init__(self) -> None:
        self._worker: WorkerProcess | None = None
        self._turn = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def listening(self, worker: WorkerProcess) -> Iterator[None]:
        """Mark a message as being read."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="posturecam listener", daemon=True)
            self._thread.start()
        self._turn += 1
        self._worker = worker
        try:
            yield
        finally:
            self._worker = None

    def end(self) -> None:
        """Watch no more."""
        self._ended.set()

    def _watch(self) -> None:
        seen = 0
        while not self._ended.wait(_WORDS_S):
            worker, turn = self._worker, self._turn
            if worker is not None and turn == seen:
                worker.process.kill()
            seen = turn


def crashed_twice(task: Task) -> Outcome:
    """List a photo that killed a worker, and another one when it was tried alone."""
    return Outcome(task, failure=PhotoFailure(_("reading or measuring it crashed the program, twice"), _(ANEW)))


def _message(worker: WorkerProcess) -> Any:
    """Take a worker's message; None when it has none, or died of sending it."""
    try:
        return worker.pipe.recv() if worker.pipe.poll() else None
    except Exception:  # noqa: BLE001  (what a dying process leaves in a pipe can fail in any way)
        worker.process.join(5.0)
        return None


def _spoken(workers: list[WorkerProcess]) -> list[WorkerProcess]:
    """Wait until a worker speaks or dies; give those that did."""
    handles: dict[Any, WorkerProcess] = {}
    for worker in workers:
        handles[worker.pipe] = worker
        handles[worker.process.sentinel] = worker
    heard = wait(list(handles), timeout=_LOOK_S)
    return list({id(handles[handle]): handles[handle] for handle in heard}.values())


Engine = Callable[[Job, Iterable[Task], int, threading.Event], Iterator[Outcome]]


def here(job: Job, tasks: Iterable[Task], _workers: int, stop: threading.Event) -> Iterator[Outcome]:
    """Assess one photo after the other in this process, without limits: nothing stands between it and a bad photo."""
    with job.opened() as assess_one:
        for task in tasks:
            yield assess_one(task)
            if stop.is_set():
                return


def serial(job: Job, tasks: Iterable[Task], _workers: int, stop: threading.Event) -> Iterator[Outcome]:
    """Assess one photo after the other in one worker process."""
    with Pool(job, 1) as pool:
        yield from pool.run(tasks, stop)


def processes(job: Job, tasks: Iterable[Task], workers: int, stop: threading.Event) -> Iterator[Outcome]:
    """Assess in worker processes; one that dies is replaced, and its photo is tried once more, alone."""
    with Pool(job, workers) as pool:
        yield from pool.run(tasks, stop)


def dask(
    job: Job, tasks: Iterable[Task], workers: int, stop: threading.Event, access: ClusterAccess | None = None
) -> Iterator[Outcome]:
    """Assess on a Dask cluster: the scheduler's, or one that is started here."""
    from posturecam.batch.cluster import on_cluster  # noqa: PLC0415  (who has one machine does without)

    yield from on_cluster(access or ClusterAccess(), job, tasks, workers, stop)


ENGINES: dict[str, Engine] = {"processes": processes, "serial": serial, "dask": dask, "here": here}
"""Every engine by its name, as ``--engine`` takes it."""


def engine_of(name: str, scheduler: str | None, hear: Hear = unheard) -> Engine:
    """Give the engine of a name. Raises SettingsError, also for a scheduler that the engine has no use for.

    ``hear`` is told what each machine of a cluster makes of the reference photo.
    """
    if name not in ENGINES:
        msg = _("--engine {name} is unknown. Give one of: {names}.", name=name, names=", ".join(ENGINES))
        raise SettingsError(msg)
    if scheduler is None:
        return partial(dask, access=ClusterAccess(None, hear)) if name == "dask" else ENGINES[name]
    if name != "dask" or not scheduler.startswith(("tcp://", "tls://")):
        msg = _("--scheduler {scheduler} goes with --engine dask, and looks like tcp://host:8786.", scheduler=scheduler)
        raise SettingsError(msg)
    return partial(dask, access=ClusterAccess(scheduler, hear))
