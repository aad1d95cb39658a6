"""The way to a Dask scheduler: one that is running, or one that is started here with its workers."""

import contextlib
import gc
import logging
import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from typing import Any

from posturecam.batch.process import THREADS, WorkerError, held_back
from posturecam.text.language import _, later

REACH_S = 10.0
"""How long a scheduler is waited for."""

_LISTEN_S = 0.2
"""How often Ctrl-C is listened to while a cluster starts."""

_CLOSED_S = 0.5
"""How long a cluster that was started here is waited for at the end, its workers being killed already."""

AGAIN = later("Everything found so far is kept: run the same command again to go on.")

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
                    silence_logs=logging.CRITICAL, local_directory=folder, preload=["posturecam.batch.deaf"],
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
