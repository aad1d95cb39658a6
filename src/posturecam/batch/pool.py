"""Worker processes under supervision: one that dies is replaced, and the photo it had in hand is tried again, alone.

One that hangs, or was stopped, is killed when its photo's time is over, and that photo is listed. Every worker has a
pipe of its own and knows nothing of the others, so whatever kills one (a codec's crash, a lack of memory, a signal from
outside) costs one photo one try. A worker whose parent is gone reads the end of its pipe.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, Self

from posturecam.batch.job import ANEW, Job, overdue
from posturecam.batch.process import START_S, Broken, Ready, Worker, WorkerError, start_worker
from posturecam.batch.tasks import Failure, Outcome, Task
from posturecam.pipeline.limits import INTERRUPTED_S, RunningClock
from posturecam.text.language import _

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
        self._workers: list[Worker] = []
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

    def _overdue(self, worker: Worker, returned: deque[Task]) -> Iterator[Outcome]:
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

    def _replace(self, worker: Worker, returned: deque[Task]) -> None:
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

    def _at(self, place: int) -> Worker:
        """Give the worker of a place, started when it is first needed."""
        while len(self._workers) <= place:
            self._workers.append(start_worker(self._job))
        return self._workers[place]

    def _heard(self, worker: Worker, returned: deque[Task]) -> Iterator[Outcome]:
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


class _Listener:
    """Watches over the reading of messages: a worker that was stopped amid one would be listened to for ever."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._turn = 0
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def listening(self, worker: Worker) -> Iterator[None]:
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
    return Outcome(task, failure=Failure(_("reading or measuring it crashed the program, twice"), _(ANEW)))


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
    heard = wait(list(handles), timeout=_LOOK_S)
    return list({id(handles[one]): handles[one] for one in heard}.values())
