"""A photo that hangs, or eats memory, is one row; its worker is replaced, and the run ends."""

import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from batch_support import BadPhotosJob, finished, photo, rows, started
from posturecam.batch.engines import Engine, processes, serial
from posturecam.batch.tasks import Outcome, Task, Unit
from repository import TESTS
from test_batch_pool import wait_for_lines

NAMES = ["good1", "stop", "good2", "spin", "hang", "good3", "eat-", "good4"]
FEW = ["stop", "good1", "spin", "eat-", "good2"]
LIMIT_S = 2.0
SLOW = pytest.mark.slow


def tasks_of(folder: Path, names: list[str]) -> list[Task]:
    """One task for each name."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).touch()
    return [Task(Unit(f"{n:064x}", f"{n:016x}"), str(folder / name), "") for n, name in enumerate(names)]


def check_each_is_one_row(outcomes: list[Outcome], names: list[str]) -> None:
    """Good photos have results, each bad one its reason."""
    found = {Path(one.task.path).name: one for one in outcomes}
    assert len(outcomes) == len(names)
    for name, one in found.items():
        if name.startswith("good"):
            assert one.line == f"{name}\n".encode()
        else:
            assert one.failure is not None
            assert not one.failure.lasting
            said = "more memory than a photo may have (2.0 GB)" if name == "eat-" else "took longer than 2 s"
            assert said in one.failure.reason, name
            assert one.failure.remedy.startswith("Open it and save it anew")


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded where the system can do that")
@pytest.mark.parametrize(
    ("engine", "names"),
    [(processes, NAMES), pytest.param(serial, FEW, marks=SLOW)],
    ids=["2", "1"],
)
def test_photos_that_hang_or_eat_memory_are_one_row_each(tmp_path: Path, engine: Engine, names: list[str]) -> None:
    """Stopped by a signal, in an endless decoder, out of memory: each costs its worker, and the others are measured."""
    job = BadPhotosJob(finder="synthetic", timeout_s=LIMIT_S)
    check_each_is_one_row(list(engine(job, iter(tasks_of(tmp_path, names)), 2, threading.Event())), names)


HANGING = """
import os, signal, sys
from batch_support import BadPhotosJob, finished, photo, rows, started
from posturecam.batch.job import Job
usual = Job._assess
def assess(self, task, *others):
    if task.path.endswith(("spin.jpg", "stop.jpg", "eat-.jpg")):
        return BadPhotosJob._met(self, task)
    return usual(self, task, *others)
Job._assess = assess
from posturecam.cli import main
if __name__ == "__main__":
    main()
"""


def hanging_command(tmp_path: Path, *more: str) -> list[str]:
    """The command line of a run over a photo that hangs and others, in a program of its own: workers import it."""
    folder = tmp_path / "in"
    folder.mkdir()
    for seed, name in enumerate(("good.jpg", "spin.jpg", "stop.jpg", "eat-.jpg")):
        photo(folder / name, seed)
    script = tmp_path / "hanging.py"
    script.write_text(HANGING)
    always = ["--out", str(tmp_path / "out"), "--finder", "synthetic", "--workers", "2", "--quiet"]
    return [sys.executable, str(script), "batch", str(folder), *always, *more]


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other programs import what stands beside the tests."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", ""))))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded where the system can do that")
@pytest.mark.usefixtures("importable")
@pytest.mark.parametrize("engine", ["processes", pytest.param("dask", marks=SLOW)])
def test_a_run_over_photos_that_hang_ends_and_lists_them(tmp_path: Path, engine: str) -> None:
    """Exit code 3, one line, and the rows say what to do."""
    ended = finished(*hanging_command(tmp_path, "--timeout", "2", "--engine", engine))
    assert ended.returncode == 3, ended.stderr
    assert ended.stderr.count("\n") == 1
    failed = {Path(row["file"]).name: row for row in rows(tmp_path / "out" / "failures.csv")}
    assert sorted(failed) == ["eat-.jpg", "spin.jpg", "stop.jpg"]
    assert failed["eat-.jpg"]["reason"] == "it took more memory than a photo may have (2.0 GB)"
    for name in ("spin.jpg", "stop.jpg"):
        assert failed[name]["reason"] == "reading or measuring it took longer than 2 s"
        assert "--timeout SECONDS" in failed[name]["what_to_do"]
    assert [Path(row["path"]).name for row in rows(tmp_path / "out" / "results.csv")] == ["good.jpg"]


def running_in(group: int) -> list[str]:
    """The processes of a group, without those that have ended and wait to be collected."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            name, _end, facts = stat.read_text().rpartition(")")
            state, _parent, its_group = facts.split()[:3]
            if int(its_group) == group and state != "Z":
                found.append(f"{name}) {state}")
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")
@pytest.mark.usefixtures("importable")
@pytest.mark.parametrize(
    "engine", ["processes", *(pytest.param(name, marks=pytest.mark.slow) for name in ("serial", "dask"))]
)
def test_ctrl_c_ends_a_run_whose_photos_hang(tmp_path: Path, engine: str) -> None:
    """Within three seconds, whatever its workers do, and no process is left."""
    run = started(*hanging_command(tmp_path, "--engine", engine))
    wait_for_lines(tmp_path / "out", 1)
    time.sleep(1.0)
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    _out, said = run.communicate(timeout=20)
    took = time.monotonic() - began
    assert run.returncode == 130, said
    assert took < 3.0
    end = time.monotonic() + 3.0
    while running := running_in(run.pid):
        assert time.monotonic() < end, running
        time.sleep(0.1)


@pytest.mark.parametrize("asked", ["0", "-1", "nan", "1e9"])
def test_a_time_limit_that_makes_no_sense_is_refused(tmp_path: Path, asked: str) -> None:
    """In one line."""
    ended = finished(sys.executable, "-m", "posturecam", "batch", str(tmp_path), "--out", "x", "--timeout", asked)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "makes no sense" in ended.stderr


ENDLESS = """
import hashlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever a shell that runs the tests behind "&" ignores
from posturecam.picture import photo
from posturecam.picture import opening
def endless(data, path):
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
photo.open_picture = endless
from posturecam.cli import main
main()
"""


@pytest.mark.parametrize("command", [["analyze"], ["exam", "--person", "a", "--database", "{folder}/r.db"]])
def test_a_photo_that_hangs_its_decoder_ends_the_command_in_one_line(
    tmp_path: Path, command: list[str], samples: Path
) -> None:
    """No Python runs in the main thread meanwhile."""
    line = [part.format(folder=tmp_path) for part in command]
    front, back = str(samples / "front.jpg"), str(samples / "back.jpg")
    ended = finished(sys.executable, "-c", ENDLESS, *line, front, back, "--timeout", "1")
    assert ended.returncode == 2, ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "front.jpg: reading or measuring it took longer than 1 s. Open it and save it anew" in ended.stderr


def test_ctrl_c_ends_analyze_while_a_decoder_hangs(samples: Path) -> None:
    """Python cannot interrupt a decoder; the command ends all the same."""
    run = started(sys.executable, "-c", ENDLESS, "analyze", str(samples / "front.jpg"))
    time.sleep(4.0)
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGINT)
    _out, said = run.communicate(timeout=20)
    assert run.returncode == 130, said
    assert said == "posturecam: interrupted\n"
    assert time.monotonic() - began < 3.0
