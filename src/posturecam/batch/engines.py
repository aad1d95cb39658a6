"""Engines: how many photos are assessed at once. Each is one function, a ``map`` that gives outcomes as they come.

An engine takes the job, the tasks (a lazy iterable: it must not run far ahead of its workers), the number of workers
and a switch that says when to stop taking new tasks. It gives each task's outcome once, in any order.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from posturecam.batch.job import Job
from posturecam.batch.pool import Pool
from posturecam.batch.tasks import ClusterAccess, Hear, Outcome, Task, unheard
from posturecam.errors import SettingsError
from posturecam.text.language import _

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
