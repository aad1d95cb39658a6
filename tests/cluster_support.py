"""A Dask cluster on loopback for the tests: scheduler and workers are processes of their own that can be killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from batch_support import SYNTHETIC
from posturecam.batch.job import AssessOne, Job
from posturecam.batch.tasks import Outcome, Task
from repository import TESTS

_ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(TESTS),
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "null",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
}


class OpeningJob(Job):
    """A job that notes in the model's folder which process opened it, and takes a moment for each photo."""

    @contextlib.contextmanager
    def opened(self) -> Iterator[AssessOne]:
        """Leave a note for each opening."""
        assert self.knowledge is not None
        (self.knowledge / f"{os.getpid()}-{time.monotonic_ns()}").touch()

        def assess_one(task: Task) -> Outcome:
            time.sleep(0.02)
            return Outcome(task, f"{Path(task.path).name}\n".encode())

        yield assess_one

    @property
    def score_settings(self) -> dict[str, object]:  # type: ignore[override]
        """No tables are needed."""
        return {}


@dataclass
class Loopback:
    """A scheduler and its workers."""

    folder: Path
    scheduler: "subprocess.Popen[bytes]"
    port: int
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return f"tcp://127.0.0.1:{self.port}"

    def add_worker(self, before: str = "") -> "subprocess.Popen[bytes]":
        """Start a worker without a guardian, so that who is dead stays dead; ``before`` is said before it starts."""
        code = f"{before}\nfrom distributed.cli.dask_worker import main\nmain()"
        line = [sys.executable, "-c", code, self.address, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
        line += ["--host", "127.0.0.1", "--memory-limit", "0", "--local-directory", str(self.folder)]
        worker = _silent(line, self.folder / f"worker{len(self.workers)}.log")
        self.workers.append(worker)
        return worker

    def wait(self) -> None:
        """Wait until every worker has come."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            if self.workers:
                client.wait_for_workers(len(self.workers), timeout=60)

    def end(self) -> None:
        """Kill whatever is left."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def _silent(line: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as file:
        return subprocess.Popen(line, stdout=file, stderr=file, env=_ENVIRONMENT, start_new_session=True)


@contextlib.contextmanager
def loopback(folder: Path, port: int, workers: int = 2) -> Iterator[Loopback]:
    """Start a scheduler on a port of loopback, and workers."""
    folder.mkdir(parents=True, exist_ok=True)
    code = "from distributed.cli.dask_scheduler import main; main()"
    line = [sys.executable, "-c", code, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"]
    cluster = Loopback(folder, _silent(line, folder / "scheduler.log"), port)
    try:
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        cluster.end()


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill at once."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


__all__ = ["SYNTHETIC", "Loopback", "OpeningJob", "kill", "loopback"]
