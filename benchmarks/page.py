"""How soon the local page answers a moved point, over the network card's own loop: the whole report of four views.

python benchmarks/run.py page                  # that
python benchmarks/run.py page --uploads 500    # and what the page holds after so many photos, found once each
"""

import argparse
import contextlib
import http.client
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
VIEWS = ("front", "back", "left", "right")
AT_ONCE_S = 0.1
MOVES = 20
PHOTOS = 8
Ask = Callable[..., dict[str, Any]]


def main(arguments: list[str]) -> int:
    """Print what ``bench`` finds, and with ``--uploads N`` the memory of the page after so many photos."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py page")
    parser.add_argument("--uploads", type=int, default=0, help="how many photos to send")
    uploads = parser.parse_args(arguments).uploads
    for what, ratio, target in held(uploads) if uploads else bench():
        print(f"  {what:<76} {ratio:6.2f}   target {target}", flush=True)
    return 0


def bench() -> list[tuple[str, float, str]]:
    """Serve, measure four photos, move a point again and again; the fastest answer counts."""
    with _serving() as (_server, address):
        taken = _taken(address)
    return [("a moved point in an exam of four views answered, against 100 ms", taken / AT_ONCE_S, "<= 1")]


def held(uploads: int) -> Iterator[tuple[str, float, str]]:
    """Send small photos, a few to an exam, wait for each exam; the memory against that after the first tenth.

    Linux only: the memory is that of the server and of the process that measures, as /proc tells it.
    """
    small, marks = _small_photo(), [max(1, uploads // 10), uploads // 2, uploads]
    with _serving("--passes", "1") as (server, address):
        ask, first, sent = _asker(address), 0.0, 0
        while sent < uploads:
            exam = ask("POST", "/exams", b"{}")["exam"]
            for _photo in range(min(PHOTOS, uploads - sent)):
                sent += 1
                ask("POST", f"/exams/{exam}/photos?name={sent}.jpg", small + sent.to_bytes(4, "big"))
            _wait(ask, exam)
            if sys.stderr.isatty():
                print(f"\r  {sent} of {uploads} photos", end="", file=sys.stderr, flush=True)
            while marks and sent >= marks[0]:
                marks.pop(0)
                page, worker = _resident(server.pid)
                first = first or page + worker
                what = f"held after {sent} uploads: {page:.0f} MB page, {worker:.0f} MB worker; against the first mark"
                yield what, (page + worker) / first, "<= 1.1"


@contextlib.contextmanager
def _serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server of its own; give it and its address."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "posturecam", "serve", "--database", str(Path(folder) / "records.sqlite")]
        with subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None  # noqa: S101  (a pipe was asked for)
            try:
                yield server, server.stdout.readline().strip()
            finally:
                server.terminate()


def _small_photo() -> bytes:
    """Give a sample of 480 pixels."""
    file = io.BytesIO()
    with Image.open(ROOT / "sample_images" / "front.jpg") as photo:
        photo.thumbnail((480, 480))
        photo.save(file, "JPEG", quality=85)
    return file.getvalue()


def _resident(pid: int) -> tuple[float, float]:
    """Give the memory that a process holds, and the most that one of its own does, MB."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    page, *others = (_held_kb(one) / 1024 for one in (str(pid), *below))
    return page, max(others, default=0.0)


def _held_kb(pid: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def _taken(address: str) -> float:
    ask = _asker(address)
    exam = ask("POST", "/exams", b"{}")["exam"]
    for view in VIEWS:
        ask("POST", f"/exams/{exam}/photos?name={view}.jpg", (ROOT / "sample_images" / f"{view}.jpg").read_bytes())
    _wait(ask, exam)
    return min(_moved(ask, exam, float(step)) for step in range(MOVES))


def _wait(ask: Ask, exam: str) -> None:
    while any(one["state"] in ("waiting", "measuring") for one in ask("GET", f"/exams/{exam}/state")["photos"]):
        time.sleep(0.1)


def _moved(ask: Ask, exam: str, step: float) -> float:
    body = json.dumps({"points": [{"name": "left_hip", "x": 300.0 + step, "y": 500.0}]}).encode()
    began = time.perf_counter()
    ask("PUT", f"/exams/{exam}/photos/1/points", body)
    return time.perf_counter() - began


def _asker(address: str) -> Ask:
    parts = urlsplit(address)
    heads = {"Cookie": f"posturecam_{parts.port}={parse_qs(parts.query)['key'][0]}"}

    def ask(method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        """Ask the server, give its JSON."""
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        connection.request(method, path, body, heads)
        told = json.loads(connection.getresponse().read())
        connection.close()
        return told

    return ask
