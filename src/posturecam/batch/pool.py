"""Worker processes under supervision: one that dies is replaced, and the photo it had in hand is tried again, alone.

Every worker has a pipe of its own and knows nothing of the others, so whatever kills one (a codec's crash, a lack
of memory, a signal from outside) costs one photo one try. A worker whose parent is gone reads the end of its pipe.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Self

from posturecam.batch.job import Job
from posturecam.batch.tasks import Failure, Outcome, Task
from posturecam.errors import PosturecamError
from posturecam.language import _, later

_AHEAD = 2
"""Tasks sent to a worker: one in hand and one waiting, so that it never waits for the main process."""

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)
_MOST_STILLBORN = 3
"""Workers that may end while starting, one after the other, before the run gives up."""

_CRASHED = later("Open it and save it anew with another program, or leave it out.")


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
class Worker:
    """A worker process, its pipe, and the tasks it was sent, the one in hand first."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"
    tasks: deque[Task] = field(default_factory=deque)
    ready: bool = False

    def send(self, task: Task) -> None:
        """Send a task; a worker that is gone is noticed later."""
        self.tasks.append(task)
        with contextlib.suppress(OSError):
            self.pipe.send(task)

    def end(self) -> None:
        """Close the pipe, which tells the worker to end, and kill it if it does not."""
        self.pipe.close()
        self.process.join(5.0)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Pool:
    """A fixed number of workers. Use it as a context manager."""

    def __init__(self, job: Job, workers: int) -> None:
        """Say what to do and by how many; the workers start with the first task."""
        self._job = job
        self._wanted = workers
        self._workers: list[Worker] = []
        self._crashed: list[Task] = []
        self._stillborn = 0

    def __enter__(self) -> Self:
        """Give the pool."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End every worker, whatever it does."""
        for worker in self._workers:
            with contextlib.suppress(OSError):
                worker.pipe.close()
        for worker in self._workers:
            worker.end()

    def run(self, tasks: Iterable[Task], stop: threading.Event) -> Iterator[Outcome]:
        """Give the outcome of every task as it comes; after ``stop`` only of those sent already."""
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
            for worker in _spoken(busy):
                yield from self._heard(worker, returned)

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
                self._at(place).send(task)
        return True

    def _at(self, place: int) -> Worker:
        """Give the worker of a place, started when it is first needed."""
        while len(self._workers) <= place:
            self._workers.append(_started(self._job))
        return self._workers[place]

    def _heard(self, worker: Worker, returned: deque[Task]) -> Iterator[Outcome]:
        """Take what a worker says, or notice that it died."""
        said = _message(worker)
        if isinstance(said, Broken):
            raise WorkerError(said.error)
        if isinstance(said, Ready):
            worker.ready = True
            self._stillborn = 0
        elif isinstance(said, Outcome):
            worker.tasks.popleft()
            yield said
        elif not worker.process.is_alive():
            self._bury(worker, returned)

    def _bury(self, worker: Worker, returned: deque[Task]) -> None:
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


def crashed_twice(task: Task) -> Outcome:
    """List a photo that killed a worker, and another one when it was tried alone."""
    return Outcome(task, failure=Failure(_("reading or measuring it crashed the program, twice"), _(_CRASHED)))


def _message(worker: Worker) -> Any:
    """Take a worker's message; None when it has none, or died of sending it."""
    try:
        return worker.pipe.recv() if worker.pipe.poll() else None
    except Exception:  # noqa: BLE001  (what a dying process leaves in a pipe can fail in any way)
        worker.process.join(5.0)
        return None


def _spoken(workers: list[Worker]) -> list[Worker]:
    """Wait until a worker speaks or dies; give those that did."""
    handles: dict[Any, Worker] = {}
    for worker in workers:
        handles[worker.pipe] = worker
        handles[worker.process.sentinel] = worker
    heard = wait(list(handles), timeout=0.5)
    return list({id(handles[one]): handles[one] for one in heard}.values())


def _started(job: Job) -> Worker:
    """Start a worker that uses one thread."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    with one_thread(), held_back(signal.SIGINT):
        process = context.Process(target=serve, args=(there, job), name="posturecam worker", daemon=True)
        process.start()
    there.close()
    return Worker(process, here)


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
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def serve(pipe: "Connection[Any, Any]", job: Job) -> None:
    """Be a worker: open the finder, then answer each task until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the main process decides
    with contextlib.suppress(EOFError, OSError):
        try:
            with quiet_threads(), job.opened() as assess_one:
                pipe.send(Ready())
                while True:
                    pipe.send(assess_one(pipe.recv()))
        except (PosturecamError, ImportError) as error:
            pipe.send(Broken(str(error)))


@contextlib.contextmanager
def quiet_threads() -> Iterator[None]:
    """Keep OpenCV to the worker's own thread."""
    import cv2  # noqa: PLC0415  (the main process never loads it)

    cv2.setNumThreads(1)
    yield
