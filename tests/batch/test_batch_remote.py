"""Photos and results in a bucket: a real server that speaks S3, on loopback, also one that drops connections."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
import pytest

from batch_support import broken, finished, free_port, photo, photos, rows, run_here, started
from posturecam.batch import remote, staging
from posturecam.batch.run_inputs import Wanted, list_inputs
from posturecam.errors import RemoteError, SettingsError

pytestmark = pytest.mark.slow
KEYS = {"AWS_ACCESS_KEY_ID": "for-tests", "AWS_SECRET_ACCESS_KEY": "for-tests", "AWS_DEFAULT_REGION": "us-east-1"}
SAME = ("failures.csv", "results.csv", "results.parquet", "results.jsonl", "exams.csv", "index.html", "run.json")


@dataclass
class Bucket:
    """A server on loopback with one bucket, ``clinic``."""

    port: int
    process: "subprocess.Popen[bytes] | None" = None
    variables: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start the server, empty, and make the bucket."""
        line = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(line, stdout=quiet, stderr=quiet, env={**os.environ, **KEYS, **self.variables})
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
                break
            time.sleep(0.1)

    def make(self) -> None:
        """Make the bucket."""
        self.client.create_bucket(Bucket="clinic")

    def stop(self) -> None:
        """Kill the server; all it held is gone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> Any:
        """A client of another library."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="for-tests",
            aws_secret_access_key="for-tests",  # noqa: S106
        )

    def fill(self, folder: Path, prefix: str) -> None:
        """Bring a folder there."""
        client = self.client
        for path in folder.iterdir():
            client.put_object(Bucket="clinic", Key=f"{prefix}/{path.name}", Body=path.read_bytes())

    def names(self, prefix: str) -> list[str]:
        """What is there, below a prefix."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket="clinic", Prefix=f"{prefix}/")
        return [one["Key"].removeprefix(f"{prefix}/") for page in pages for one in page.get("Contents", ())]

    def read(self, key: str) -> bytes:
        """Read an object."""
        return bytes(self.client.get_object(Bucket="clinic", Key=key)["Body"].read())


@pytest.fixture(scope="module")
def server() -> Iterator[Bucket]:
    """One server for this file."""
    bucket = Bucket(free_port())
    bucket.start()
    bucket.make()
    yield bucket
    bucket.stop()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: Any) -> None:
    """What a user's environment says of the server; the staging folder is the test's own."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if "server" in request.fixturenames:
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("server").url)
    remote._opened.cache_clear()


def line(places: str, out: str, *more: str) -> list[str]:
    """The command line of a run; the store is told by the environment."""
    always = ["--finder", "synthetic", "--passes", "2", "--workers", "2", "--quiet", "--out", out]
    return [sys.executable, "-m", "posturecam", "batch", places, *always, *more]


def plain(data: bytes) -> bytes:
    """A table without what says where the photos lie."""
    return data.replace(b"s3://clinic/", b"")


def test_from_a_bucket_to_a_bucket_as_from_folder_to_folder(server: Bucket, tmp_path: Path) -> None:
    """Good and bad photos, their tables, lines and pictures; nothing is left on this machine."""
    folder = photos(tmp_path / "in", 14)
    bad = broken(folder)
    server.fill(folder, "one/in")
    server.client.put_object(Bucket="clinic", Key="one/in/notes.txt", Body=b"no photo")
    server.client.put_object(Bucket="clinic", Key="one/in/deeper/x.jpg", Body=b"not asked for")
    ended = finished(*line("s3://clinic/one/in", "s3://clinic/one/out", "--flat"))
    assert ended.returncode == 3, ended.stderr
    assert ended.stderr == f"posturecam: {len(bad)} failed, see s3://clinic/one/out/failures.csv\n"
    run_here(folder, tmp_path / "here")
    there = server.names("one/out")
    made = [path.relative_to(tmp_path / "here").as_posix() for path in (tmp_path / "here").rglob("*") if path.is_file()]
    assert sorted(there) == sorted(name for name in made if not name.startswith("."))
    for name in ("results.csv", "failures.csv"):
        here = (tmp_path / "here" / name).read_bytes().replace(f"{folder}/".encode(), b"one/in/")
        assert plain(server.read(f"one/out/{name}")) == here, name
    pictures = [name for name in there if name.startswith("thumbs/")]
    assert len(pictures) == 14
    for name in pictures:
        assert server.read(f"one/out/{name}") == (tmp_path / "here" / name).read_bytes()
    assert not staging.stage_of("s3://clinic/one/out").exists()


def test_who_is_who_is_read_below_the_prefix_and_results_are_no_photos(server: Bucket, tmp_path: Path) -> None:
    """Deep folders, exams, and an out folder inside of the photos'; a second run measures only what is new."""
    source = photos(tmp_path / "in", 3)
    for number, name in enumerate(("dana/2026-01-05_front", "dana/2026-01-05_back", "li/2026-02-01_front")):
        key = f"two/{name}.jpg"
        server.client.put_object(Bucket="clinic", Key=key, Body=(source / f"p{number:04d}.jpg").read_bytes())
    more = ("--recursive", "--pattern", "{person}/{date}_{view}")
    assert finished(*line("s3://clinic/two", "s3://clinic/two/out", *more)).returncode == 0
    assert b"dana/2026-01-05" in server.read("two/out/exams.csv")
    new = photo(tmp_path / "new.jpg", 77).read_bytes()
    server.client.put_object(Bucket="clinic", Key="two/li/2026-03-01_front.jpg", Body=new)
    ended = finished(*line("s3://clinic/two/", "s3://clinic/two/out/", *more))
    assert ended.returncode == 0, ended.stderr
    counts = json.loads(server.read("two/out/run.json"))["counts"]
    assert (counts["results"], counts["measured"]) == (4, 1)


def test_one_photo_a_list_file_and_a_folder_of_results_here(server: Bucket, tmp_path: Path) -> None:
    """URLs stand wherever paths stand."""
    folder = photos(tmp_path / "in", 4)
    server.fill(folder, "three")
    names = tmp_path / "wanted.txt"
    names.write_text("s3://clinic/three/p0001.jpg\ns3://clinic/three/gone.jpg\nin/p0003.jpg\n")
    ended = finished(*line(str(names), str(tmp_path / "out"), "s3://clinic/three/p0000.jpg"))
    assert ended.returncode == 3, ended.stderr
    done = [row["path"] for row in rows(tmp_path / "out" / "results.csv")]
    assert done == [str(folder / "p0003.jpg"), "s3://clinic/three/p0000.jpg", "s3://clinic/three/p0001.jpg"]
    assert rows(tmp_path / "out" / "failures.csv")[0]["reason"] == "no such file: this photo"


def test_a_cluster_reads_the_bucket_itself(server: Bucket, tmp_path: Path) -> None:
    """Nothing but the network is shared; the same numbers as here."""
    folder = photos(tmp_path / "in", 6)
    server.fill(folder, "six/in")
    ended = finished(*line("s3://clinic/six/in", "s3://clinic/six/out", "--engine", "dask"))
    assert ended.returncode == 0, ended.stderr
    run_here(folder, tmp_path / "here")
    here = (tmp_path / "here" / "results.csv").read_bytes().replace(f"{folder}/".encode(), b"six/in/")
    assert plain(server.read("six/out/results.csv")) == here


def test_faces_that_are_to_be_hidden_leave_no_older_picture(server: Bucket, tmp_path: Path) -> None:
    """Another machine's pictures too."""
    server.fill(photos(tmp_path / "in", 3), "four/in")
    assert finished(*line("s3://clinic/four/in", "s3://clinic/four/out")).returncode == 0
    before = set(server.names("four/out/thumbs"))
    assert finished(*line("s3://clinic/four/in", "s3://clinic/four/out", "--figure-only")).returncode == 0
    after = set(server.names("four/out/thumbs"))
    assert len(before) == len(after) == 3
    assert not before & after


@contextlib.contextmanager
def shaky(port: int, good_for: int = 3) -> Iterator[int]:
    """A door to a server that slams every fourth connection, and whatever it let in after a while."""
    listener = socket.create_server(("127.0.0.1", 0))
    count = 0

    def serve() -> None:
        nonlocal count
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            count += 1
            if count % (good_for + 1) == 0:
                here.close()
                continue
            there = socket.create_connection(("127.0.0.1", port))
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=_pipe, args=(one, other), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        passed = 0
        while passed < 900_000 and (data := source.recv(65536)):
            passed += len(data)
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.close()


def test_connections_that_break_are_made_again(server: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run does not even say so."""
    server.fill(photos(tmp_path / "in", 20), "five/in")
    with shaky(server.port) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        ended = finished(*line("s3://clinic/five/in", "s3://clinic/five/out"))
    assert not ended.stderr
    assert ended.returncode == 0
    assert len(server.names("five/out/thumbs")) == 20


def test_a_server_that_goes_away_in_the_middle_is_one_line_and_the_same_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing measured is measured again, and nothing is half there."""
    bucket = Bucket(free_port())
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.url)
    folder = photos(tmp_path / "in", 120)
    bucket.start()
    bucket.make()
    bucket.fill(folder, "in")
    command = line("s3://clinic/in", "s3://clinic/out")
    run = started(*command)
    results = staging.stage_of("s3://clinic/out") / "results.jsonl"
    end = time.monotonic() + 40
    while time.monotonic() < end and not (results.exists() and results.read_bytes().count(b"\n") >= 5):
        time.sleep(0.02)
    bucket.stop()
    _, said = run.communicate(timeout=100)
    assert run.returncode == 2, said
    assert said.count("\n") == 1, said
    assert "cannot be reached" in said
    assert "same command again" in said
    kept = results.read_bytes().count(b"\n")
    assert 5 <= kept < 120
    bucket.start()
    try:
        bucket.make()
        bucket.fill(folder, "in")
        assert bucket.names("out") == []
        ended = finished(*command)
        assert ended.returncode == 0, ended.stderr
        assert json.loads(bucket.read("out/run.json"))["counts"]["measured"] == 120 - kept
        assert len(bucket.names("out/thumbs")) == 120
    finally:
        bucket.stop()


def test_results_that_cannot_be_brought_there_wait_on_this_machine(server: Bucket, tmp_path: Path) -> None:
    """A missing bucket is one line; once it is there, the same command only brings them."""
    folder = photos(tmp_path / "in", 4)
    ended = finished(*line(str(folder), "s3://later/out"))
    assert ended.returncode == 2
    assert "there is no such bucket" in ended.stderr
    assert ended.stderr.count("\n") == 1
    server.client.create_bucket(Bucket="later")
    ended = finished(*line(str(folder), "s3://later/out"))
    assert ended.returncode == 0, ended.stderr
    run = json.loads(server.client.get_object(Bucket="later", Key="out/run.json")["Body"].read())
    assert (run["counts"]["results"], run["counts"]["measured"]) == (4, 0)


def test_wrong_credentials_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that looks at them."""
    bucket = Bucket(free_port(), variables={"INITIAL_NO_AUTH_ACTION_COUNT": "1"})
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.url)
    bucket.start()
    try:
        bucket.make()
        ended = finished(*line("s3://clinic/in", str(tmp_path / "out")))
    finally:
        bucket.stop()
    assert ended.returncode == 2
    assert "refused the login or the right" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("s3://nowhere/in", "no such bucket or folder"),
        ("s3://clinic/empty", "no photo was found"),
        ("carrier-pigeon://clinic/in", "this kind of place is unknown"),
        ("sftp://127.0.0.1:{closed}/in", "cannot be reached"),
        ("sftp://user:secret@127.0.0.1/in", "sftp://***@127.0.0.1/in holds a password"),
    ],
    ids=["no bucket", "nothing in it", "no such protocol", "nobody there", "a password in it"],
)
def test_what_cannot_work_is_one_line(server: Bucket, tmp_path: Path, place: str, said: str) -> None:
    """Which place, what to do."""
    assert server.url
    ended = finished(*line(place.format(closed=free_port()), str(tmp_path / "out")))
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr


class Endless:
    """A store with two hundred thousand names, given a thousand at a time."""

    count = 200_000

    def __init__(self) -> None:
        """Count the pages."""
        self.pages = 0

    def _strip_protocol(self, url: str) -> str:
        return url

    def isfile(self, _path: str) -> bool:
        """Nothing here is a single file."""
        return False

    def call_s3(self, _method: str, **asked: Any) -> dict[str, Any]:
        """Give a page, as wordy as the real one."""
        self.pages += 1
        first = int(asked.get("ContinuationToken", "0"))
        whole = [
            {"Key": f"photos/{n // 1000:05d}/{n:08d}.jpg", "Size": 3_000_000, "ETag": f'"{n:032x}"', "Class": str(n)}
            for n in range(first, first + 1000)
        ]
        after = first + 1000
        more = {"IsTruncated": True, "NextContinuationToken": str(after)} if after < self.count else {}
        return {"Contents": whole, **more}


def test_a_listing_holds_one_page_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Going through all names takes a page, and so does keeping them for a run: they lie on the disk."""
    store = Endless()
    monkeypatch.setattr(remote, "_store", lambda _root: store)
    tracemalloc.start()
    try:
        assert sum(1 for _ in remote.remote_names("s3://clinic/photos", within=True)) == Endless.count
        streamed = tracemalloc.get_traced_memory()[1]
        listing = list_inputs(Wanted(("s3://clinic/photos",), within=True))
        ours = tracemalloc.take_snapshot().filter_traces(
            [tracemalloc.Filter(inclusive=True, filename_pattern="*/posturecam/batch/*")]
        )
        kept = sum(one.size for one in ours.statistics("filename"))
    finally:
        tracemalloc.stop()
    assert store.pages == 2 * Endless.count // 1000
    assert [entry.input.path for entry in islice(listing.names, 2)] == [
        "s3://clinic/photos/00000/00000000.jpg",
        "s3://clinic/photos/00000/00000001.jpg",
    ]
    assert len(listing.names) == Endless.count
    assert streamed < 5_000_000
    assert kept < 1_000_000  # the bare paths in a list take 17 million


def test_files_are_written_beside_and_renamed_where_the_store_does_not_do_that(tmp_path: Path) -> None:
    """A folder behind ``file://`` stands for SFTP: never a half file of the name, and nothing left beside."""
    source = tmp_path / "a.bin"
    source.write_bytes(b"1" * 1000)
    target = f"file://{tmp_path}/deep/er/a.bin"
    remote.put(source, target)
    assert (tmp_path / "deep" / "er" / "a.bin").read_bytes() == b"1" * 1000
    assert [path.name for path in (tmp_path / "deep" / "er").iterdir()] == ["a.bin"]
    assert list(remote.remote_names(f"file://{tmp_path}/deep", within=True)) == [target]
    assert list(remote.remote_names(f"file://{tmp_path}/deep", within=False)) == []
    remote.remove(target)
    with pytest.raises(FileNotFoundError):
        remote.fetch(target, tmp_path / "b.bin")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "deep"]


def test_without_the_extra_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(RemoteError, match=r"posturecam\[remote\]"):
        list_inputs(Wanted(("s3://clinic/in",)))
    monkeypatch.undo()
    remote._opened.cache_clear()
    with pytest.raises(SettingsError, match="unknown"):
        list_inputs(Wanted(("nonsense://clinic/in",)))
