"""Photos and results in a bucket of ``gs://``: an emulator of Google's store, on loopback."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from batch_support import broken, finished, free_port, photos, run_here
from posturecam.batch import remote

pytestmark = pytest.mark.slow
START = "import sys; from gcp_storage_emulator.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[fsspec.AbstractFileSystem]:
    """A store with the bucket ``clinic``, told by the environment."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", str(port), "--in-memory", "--default-bucket", "clinic", "--quiet"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-c", START, "start", *options], stdout=quiet, stderr=quiet)
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            break
        time.sleep(0.1)
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # the emulator has one kind of buckets
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    remote._opened.cache_clear()
    yield remote._store("gs://clinic")
    process.kill()
    process.wait()
    remote._opened.cache_clear()


def ran(place: str, out: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    always = ["--finder", "synthetic", "--passes", "2", "--workers", "2", "--quiet", "--out", out]
    return finished(sys.executable, "-m", "posturecam", "batch", place, *always)


def test_from_a_bucket_to_a_bucket_as_from_folder_to_folder(store: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    """Good and bad photos, and their tables."""
    folder = photos(tmp_path / "in", 4)
    bad = broken(folder)
    for path in folder.iterdir():
        store.put_file(str(path), f"clinic/in/{path.name}")
    ended = ran("gs://clinic/in", "gs://clinic/out")
    assert ended.returncode == 3, ended.stderr
    assert ended.stderr == f"posturecam: {len(bad)} failed, see gs://clinic/out/failures.csv\n"
    run_here(folder, tmp_path / "here")
    assert len(store.ls("clinic/out/thumbs")) == 4
    for name in ("results.csv", "failures.csv"):
        here = (tmp_path / "here" / name).read_bytes().replace(f"{folder}/".encode(), b"gs://clinic/in/")
        assert store.cat_file(f"clinic/out/{name}") == here, name


def test_a_bucket_that_is_not_there_is_one_line(store: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    """Which place, what to do."""
    assert store is not None
    ended = ran("gs://nowhere/in", str(tmp_path / "out"))
    assert ended.returncode == 2
    assert "no such bucket or folder" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_bucket_is_listed_page_by_page(store: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name once, of all folders or of one."""
    monkeypatch.setattr(remote, "_PAGE", 2)
    top, deep = [f"clinic/in/{n}.jpg" for n in range(5)], [f"clinic/in/deep/{n}.jpg" for n in range(3)]
    for name in (*top, *deep):
        store.pipe_file(name, b"photo")
    assert sorted(remote.remote_names("gs://clinic/in", within=False)) == [f"gs://{name}" for name in top]
    assert sorted(remote.remote_names("gs://clinic/in", within=True)) == sorted(
        f"gs://{name}" for name in (*top, *deep)
    )
