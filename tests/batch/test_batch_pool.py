"""The worker processes: replaced when they die, asked to stop, and the command around them."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from batch_support import CrashingJob, accounted, clinic, command, finished, photos, rows, run_here, spelled, started
from posturecam.batch import RunPlan, Wanted, run_batch
from posturecam.batch.engines import WorkerError, one_thread, processes
from posturecam.batch.job import Job
from posturecam.batch.result_lines import scored_again
from posturecam.batch.result_store import Store
from posturecam.batch.result_tables import KEYS
from posturecam.batch.tasks import Outcome, Task, Unit
from posturecam.pipeline.assessment import Settings


def outcomes(folder: Path, names: list[str], job: Job | None = None) -> list[Outcome]:
    """Outcomes."""
    folder.mkdir(exist_ok=True)
    tasks = [Task(Unit(f"{n:064x}", f"{n:016x}"), str(folder / name), "") for n, name in enumerate(names)]
    return list(processes(job or CrashingJob(finder="synthetic"), iter(tasks), 2, threading.Event()))


def test_a_worker_that_dies_is_replaced_and_its_photo_tried_once_more(tmp_path: Path) -> None:
    """A worker that dies is replaced and its photo tried once more."""
    names = ["a", "crash1", "b", "once1", "c", "d", "crash2", "once2", "e"]
    found = {Path(one.task.path).name: one for one in outcomes(tmp_path, names)}
    assert sorted(found) == sorted(names)
    assert [name for name in names if found[name].failure] == ["crash1", "crash2"]
    assert found["once1"].line == b"once1\n"
    assert found["crash1"].failure is not None
    assert not found["crash1"].failure.lasting


def test_a_finder_that_cannot_open_ends_the_run_with_its_reason(tmp_path: Path) -> None:
    """A finder that cannot open ends the run with its reason."""
    with pytest.raises(WorkerError, match="--finder crystal is unknown"):
        outcomes(tmp_path, ["a"], Job(finder="crystal"))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_a_worker_gets_one_thread_for_its_sums() -> None:
    """Workers times threads would otherwise fight for the cores."""
    counted = "import os, numpy; a = numpy.ones((600, 600)); a @ a; print(len(os.listdir('/proc/self/task')))"
    with one_thread():
        told = subprocess.run([sys.executable, "-c", counted], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "1"


def test_workers_give_the_same_bytes_as_one_process(tmp_path: Path) -> None:
    """Workers give the same bytes as one process."""
    made = clinic(tmp_path / "in", 20)
    run_here(made.folder, tmp_path / "serial", within=True)
    ended = finished(*command(made.folder, tmp_path / "workers"))
    assert ended.returncode == 3, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert f"{len(made.bad)} failed" in ended.stderr
    for name in ("results.csv", "failures.csv", "results.parquet", "index.html"):
        assert (tmp_path / "serial" / name).read_bytes() == (tmp_path / "workers" / name).read_bytes(), name


def lines_in(out: Path) -> int:
    """Lines in."""
    path = out / "results.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for_lines(out: Path, count: int) -> None:
    """Wait for lines."""
    end = time.monotonic() + 20
    while lines_in(out) < count and time.monotonic() < end:
        time.sleep(0.01)


def test_ctrl_c_writes_what_is_there_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """Ctrl c writes what is there and the same command goes on."""
    folder, out = photos(tmp_path / "in", 120), tmp_path / "out"
    run_batch = started(*command(folder, out))
    wait_for_lines(out, 5)
    os.killpg(run_batch.pid, signal.SIGINT)
    _, said = run_batch.communicate(timeout=20)
    assert run_batch.returncode == 130, said
    assert "same command again to go on" in said
    assert said.count("\n") == 1
    there = rows(out / "results.csv")
    assert 5 <= len(there) < 120
    assert json.loads((out / "run.json").read_text())["counts"]["waiting"] == 120 - len(there)
    assert finished(*command(folder, out)).returncode == 0
    assert len(rows(out / "results.csv")) == 120
    assert json.loads((out / "run.json").read_text())["counts"]["measured"] == 120 - len(there)


def test_a_second_command_is_refused_while_the_first_runs(tmp_path: Path) -> None:
    """A second command is refused while the first runs."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    with Store(out):
        ended = finished(*command(folder, out))
    assert ended.returncode == 2
    assert "another run" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_full_disk_is_one_line_and_nothing_is_lost(tmp_path: Path) -> None:
    """A full disk is one line and nothing is lost."""
    folder, out = photos(tmp_path / "in", 12), tmp_path / "out"
    assert finished(*command(folder, tmp_path / "whole")).returncode == 0
    limited = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000)); "
        "sys.argv = sys.argv[1:]; runpy.run_module('posturecam', run_name='__main__')"
    )
    ended = finished(sys.executable, "-c", limited, *command(folder, out, "--engine", "serial")[2:])
    assert ended.returncode == 2, ended.stderr
    assert "cannot be written: File too large" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert 0 < lines_in(out) < 12
    kept = lines_in(out)
    assert finished(*command(folder, out)).returncode == 0
    assert json.loads((out / "run.json").read_text())["counts"]["measured"] == 12 - kept
    assert (out / "results.csv").read_bytes() == (tmp_path / "whole" / "results.csv").read_bytes()


@pytest.mark.slow
def test_killed_twenty_times_the_bytes_are_those_of_an_undisturbed_run(tmp_path: Path) -> None:
    """Killed twenty times the bytes are those of an undisturbed run."""
    made, out = clinic(tmp_path / "in", 300), tmp_path / "out"
    line = [*command(made.folder, out), "--overlays"]
    for attempt in range(20):
        run_batch = started(*line)
        if attempt % 4 == 3 and (known := lines_in(out)) < 150:
            wait_for_lines(out, known + 1)  # on a slow machine the others are killed while they start
        time.sleep(0.11 * (attempt * 7 % 10))
        if attempt % 2:
            os.killpg(run_batch.pid, signal.SIGKILL)
        else:
            run_batch.kill()
        run_batch.communicate(timeout=20)
    killed_with = lines_in(out)
    assert finished(*line).returncode == 3
    assert killed_with > 0
    assert finished(*command(made.folder, tmp_path / "whole"), "--overlays").returncode == 3
    for name in ("results.csv", "failures.csv", "results.parquet", "index.html"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert len(accounted(out)) == len(spelled(made.folder, made.inputs))
    assert lines_in(out) == len({row["sha256"] for row in rows(out / "results.csv")})


@pytest.mark.slow
def test_the_real_finder_in_workers_gives_what_one_process_gives(tmp_path: Path, samples: Path) -> None:
    """The real finder in workers gives what one process gives."""
    for engine, workers in (("serial", 1), ("processes", 2)):
        out = tmp_path / engine
        wanted = Wanted((str(samples),), out=str(out))
        assert run_batch(RunPlan(wanted, out, Job(Settings(passes=2)), workers, engine)).counts.failures == 0
    for name in ("results.csv", "index.html"):
        assert (tmp_path / "serial" / name).read_bytes() == (tmp_path / "processes" / name).read_bytes(), name


@pytest.mark.slow
def test_every_measure_of_a_real_photo_has_its_column_and_scoring_again_changes_nothing(
    tmp_path: Path, samples: Path
) -> None:
    """Every measure of a real photo has its column and scoring again changes nothing."""
    out, job = tmp_path / "out", Job(Settings(passes=2))
    run_batch(RunPlan(Wanted((str(samples),)), out, job, 1, "here"))
    before = (out / "results.csv").read_bytes()
    stored = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    assert {one["key"] for line in stored for one in line["measurements"]} <= set(KEYS)
    for line in stored:
        unit = Unit(line["unit"], line["picture"])
        assert json.loads(scored_again(unit, line, job.tables, None)) == line
    assert run_batch(RunPlan(Wanted((str(samples),)), out, job, 1, "here"), rescore=True).counts.failures == 0
    assert (out / "results.csv").read_bytes() == before


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system holds no signals back")
def test_ctrl_c_does_not_reach_the_first_worker_while_it_starts() -> None:
    """A process of multiprocessing's own starts with the first one, and would let the signal through again."""
    script = """
import multiprocessing, os, signal
from posturecam.batch.engines import held_back
with held_back(signal.SIGINT):
    multiprocessing.get_context("spawn").Process(target=os.getpid).start()
    print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "True\n"
