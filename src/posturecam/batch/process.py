"""One worker process: how it is started and ended, and what runs in it."""

import contextlib
import faulthandler
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posturecam.batch.job import Job
from posturecam.batch.tasks import Task
from posturecam.errors import PosturecamError
from posturecam.pipeline.limits import limit_memory

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
class Worker:
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


def start_worker(job: Job) -> Worker:
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
    resource_tracker.ensure_running()  # its start would let the signal through again
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
