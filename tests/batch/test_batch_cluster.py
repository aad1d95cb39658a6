"""A folder over a Dask cluster: the same bytes as here, whoever dies on the way; who would come to others is named."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from batch_support import SYNTHETIC, CrashingJob, clinic, command, finished, free_port, photos, rows, run_here, started
from cluster_support import OpeningJob, kill, loopback
from posturecam.batch import cluster as clusters
from posturecam.batch import cluster_worker as workers
from posturecam.batch.cluster import on_cluster
from posturecam.batch.engines import WorkerError
from posturecam.batch.job import Job
from posturecam.batch.tasks import ClusterAccess, Outcome, Task, Unit
from test_batch_pool import lines_in, wait_for_lines

pytestmark = pytest.mark.slow
SAME = ("results.csv", "failures.csv", "results.parquet", "index.html")


def outcomes(folder: Path, names: list[str], job: Job, scheduler: str | None = None) -> list[Outcome]:
    """What becomes of photos of these names."""
    folder.mkdir(exist_ok=True)
    tasks = []
    for number, name in enumerate(names):
        (folder / name).touch()
        tasks.append(Task(Unit(f"{number:064x}", f"{number:016x}"), str(folder / name), ""))
    return list(on_cluster(ClusterAccess(scheduler), job, iter(tasks), 2, threading.Event()))


def on_dask(folder: Path, out: Path, address: str | None = None) -> list[str]:
    """The command line of a run on a cluster."""
    return command(folder, out, "--engine", "dask", *(("--scheduler", address) if address else ()))


def test_two_workers_one_killed_half_way_give_the_bytes_of_one_process(tmp_path: Path) -> None:
    """A clinic's folder with everything bad in it; the command line, a real scheduler, real processes."""
    made, out = clinic(tmp_path / "in", 120), tmp_path / "cluster"
    run_here(made.folder, tmp_path / "here", within=True)
    with loopback(tmp_path / "dask", free_port()) as cluster:
        run = started(*on_dask(made.folder, out, cluster.address))
        wait_for_lines(out, 40)
        kill(cluster.workers[0])
        died_at = lines_in(out)
        _, said = run.communicate(timeout=60)
    assert run.returncode == 3, said
    assert 40 <= died_at < 120
    assert f"{len(made.bad)} failed" in said
    assert said.count("\n") == 1
    for name in SAME:
        assert (tmp_path / "here" / name).read_bytes() == (out / name).read_bytes(), name


def test_photos_that_kill_are_tried_once_more_alone_and_then_listed(tmp_path: Path) -> None:
    """On the cluster that is started here, whose workers are replaced."""
    names = ["a", "crash1", "b", "once1", "c", "d", "crash2", "once2", "e"]
    found = {Path(one.task.path).name: one for one in outcomes(tmp_path, names, CrashingJob(finder="synthetic"))}
    assert sorted(found) == sorted(names)
    assert [name for name in names if found[name].failure] == ["crash1", "crash2"]
    assert found["once1"].line == b"once1\n"
    assert found["crash1"].failure is not None
    assert not found["crash1"].failure.lasting


def test_each_worker_process_opens_one_finder(tmp_path: Path) -> None:
    """However many photos it sees; another job opens another one."""
    notes = tmp_path / "notes"
    notes.mkdir()
    with loopback(tmp_path / "dask", free_port()) as cluster:
        names = [f"p{number}" for number in range(60)]
        job = OpeningJob(knowledge=notes, finder="synthetic")
        assert len(outcomes(tmp_path / "in", names, job, cluster.address)) == 60
    opened = [path.name.partition("-")[0] for path in notes.iterdir()]
    assert sorted(opened) == sorted(str(one.pid) for one in cluster.workers)


def test_only_a_few_photos_are_on_their_way(tmp_path: Path) -> None:
    """The list of a million photos is never handed to the scheduler."""
    ahead: list[int] = []
    notes = tmp_path / "notes"
    notes.mkdir()
    given = 0

    def tasks() -> "object":
        nonlocal given
        for number in range(40):
            given += 1
            (tmp_path / f"p{number}").touch()
            yield Task(Unit(f"{number:064x}", f"{number:016x}"), str(tmp_path / f"p{number}"), "")

    job = OpeningJob(knowledge=notes, finder="synthetic")
    for done, _ in enumerate(on_cluster(ClusterAccess(), job, tasks(), 2, threading.Event())):  # type: ignore[arg-type]
        ahead.append(given - done)
    assert len(ahead) == 40
    assert max(ahead) <= 2 * 2 + 1


GONE = """
import importlib.metadata as m
def version(name, whole=m.version):
    return whole("nothing-of-this-name" if name == "posturecam" else name)
m.version = version
"""
OTHER = {
    "another version": ("import posturecam; posturecam.__version__ = '0.0.9'", "another version of posturecam (0.0.9"),
    "another model": (
        "from posturecam.batch.job import Job; Job.model_sha256 = 'f' * 64",
        "another pose model (ffffffffffffffff",
    ),
    "no posturecam": (GONE, "has no posturecam"),
}


@pytest.mark.parametrize(("before", "said"), OTHER.values(), ids=OTHER.keys())
def test_a_worker_that_would_come_to_other_numbers_is_refused_by_name(tmp_path: Path, before: str, said: str) -> None:
    """One line with its address; what others found is kept, and the same command goes on without it."""
    folder, out = photos(tmp_path / "in", 30), tmp_path / "out"
    with loopback(tmp_path / "dask", free_port(), workers=1) as cluster:
        stranger = cluster.add_worker(before)
        cluster.wait()
        ended = finished(*on_dask(folder, out, cluster.address))
        assert ended.returncode == 2, ended.stderr
        assert said in ended.stderr
        assert "the worker tcp://127.0.0.1:" in ended.stderr
        assert ended.stderr.count("\n") == 1
        kill(stranger)
        ended = finished(*on_dask(folder, out, cluster.address))
        assert ended.returncode == 0, ended.stderr
    assert len(rows(out / "results.csv")) == 30


def test_a_scheduler_lost_in_the_middle_is_one_line_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """Nothing is lost and nothing is done twice."""
    folder, out = photos(tmp_path / "in", 150), tmp_path / "out"
    port = free_port()
    with loopback(tmp_path / "dask", port) as cluster:
        run = started(*on_dask(folder, out, cluster.address))
        wait_for_lines(out, 20)
        kill(cluster.scheduler)
        _, said = run.communicate(timeout=90)
    assert run.returncode == 2, said
    assert said.count("\n") == 1, said
    assert "same command again" in said
    there = lines_in(out)
    assert 20 <= there < 150
    with loopback(tmp_path / "dask", port) as cluster:
        ended = finished(*on_dask(folder, out, cluster.address))
    assert ended.returncode == 0, ended.stderr
    assert json.loads((out / "run.json").read_text())["counts"]["measured"] == 150 - there
    run_here(folder, tmp_path / "here")
    assert (tmp_path / "here" / "results.csv").read_bytes() == (out / "results.csv").read_bytes()


def test_ctrl_c_on_a_cluster_writes_what_is_there(tmp_path: Path) -> None:
    """The whole process group hears it; the photos at hand are finished, nothing is said but one line."""
    folder, out = photos(tmp_path / "in", 200), tmp_path / "out"
    run = started(*on_dask(folder, out))
    wait_for_lines(out, 5)
    os.killpg(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=40)
    assert run.returncode == 130, said
    assert said.count("\n") == 1, said
    assert 5 <= len(rows(out / "results.csv")) < 200


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:{port}"], "the scheduler tcp://127.0.0.1"),
        (["--engine", "dask", "--scheduler", "here"], "looks like tcp://host:8786"),
        (["--engine", "dask", "--scheduler", "carrier-pigeon://x"], "looks like tcp://host:8786"),
        (["--scheduler", "tcp://127.0.0.1:{port}"], "goes with --engine dask"),
        (["--engine", "spark"], "processes, serial, dask"),
    ],
    ids=["nobody there", "no address", "no such protocol", "without dask", "no such engine"],
)
def test_what_cannot_work_is_one_line(
    tmp_path: Path, more: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which address, what to do."""
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "2s")
    folder = photos(tmp_path / "in", 2)
    ended = finished(*command(folder, tmp_path / "out", *(one.format(port=free_port()) for one in more)))
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr


def test_a_cluster_without_workers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while, with what to do."""
    monkeypatch.setattr(clusters, "PATIENCE_S", 1.0)
    with loopback(tmp_path / "dask", free_port(), workers=0) as cluster:
        cluster.wait()
        with pytest.raises(WorkerError, match=r"no worker for 1 s.*dask worker ADDRESS"):
            outcomes(tmp_path / "in", ["a"], SYNTHETIC, cluster.address)


def test_a_file_that_a_worker_cannot_see_says_nothing_about_the_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run tries it again."""
    monkeypatch.setattr(workers, "_here", lambda: "the worker tcp://x on y")
    task = Task(Unit("0" * 64, "0" * 16), str(tmp_path / "elsewhere.jpg"), "")
    found = workers._assessed(lambda task: Outcome(task), task)
    assert found.failure is not None
    assert "does not see this file" in found.failure.reason
    assert not found.failure.lasting


def test_without_dask_it_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WorkerError, match=r"posturecam\[dask\]"):
        outcomes(tmp_path, ["a"], SYNTHETIC)


def test_ctrl_c_while_a_cluster_starts_ends_at_once(tmp_path: Path) -> None:
    """Starting takes seconds, and nobody waits for it: within 3 s nothing of it is left."""
    held = tmp_path / "tmp"
    held.mkdir()
    run = started(*on_dask(photos(tmp_path / "in", 3), tmp_path / "out"), env={**os.environ, "TMPDIR": str(held)})
    until = time.monotonic() + 60.0
    while not list(held.glob("posturecam-*/*")) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(run.pid, signal.SIGINT)
    began = time.monotonic()
    _, said = run.communicate(timeout=40)
    assert time.monotonic() - began < 3.0
    assert run.returncode == 130, said
    assert "Traceback" not in said
