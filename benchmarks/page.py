"""How soon the local page answers a moved point, over the network card's own loop: the whole report of four views."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[1]
VIEWS = ("front", "back", "left", "right")
AT_ONCE_S = 0.1
MOVES = 20
Ask = Callable[..., dict[str, Any]]


def bench() -> list[tuple[str, float, str]]:
    """Serve, measure four photos, move a point again and again; the fastest answer counts."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "posturecam", "serve", "--database", str(Path(folder) / "records.sqlite")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            assert server.stdout is not None  # noqa: S101  (a pipe was asked for)
            try:
                taken = _taken(server.stdout.readline().strip())
            finally:
                server.terminate()
    return [("a moved point in an exam of four views answered, against 100 ms", taken / AT_ONCE_S, "<= 1")]


def _taken(address: str) -> float:
    ask = _asker(address)
    exam = ask("POST", "/exams", b"{}")["exam"]
    for view in VIEWS:
        ask("POST", f"/exams/{exam}/photos?name={view}.jpg", (ROOT / "sample_images" / f"{view}.jpg").read_bytes())
    while any(one["state"] in ("waiting", "measuring") for one in ask("GET", f"/exams/{exam}/state")["photos"]):
        time.sleep(0.1)
    return min(_moved(ask, exam, float(step)) for step in range(MOVES))


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


if __name__ == "__main__":
    print(bench())
