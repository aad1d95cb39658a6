"""What the tests of the page share: a server of their own, asked over a socket or opened in a real Chromium."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WAIT_MS = 30_000


@dataclass(slots=True)
class Served:
    """A running ``posturecam serve``."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        """Where it listens."""
        port = urlsplit(self.address).port
        assert port is not None
        return port

    @property
    def key(self) -> str:
        """The key of this start."""
        return parse_qs(urlsplit(self.address).query)["key"][0]

    @property
    def origin(self) -> str:
        """The page's own origin."""
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask with the key in the cookie, unless another cookie is given; names of headers with _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Cookie": f"posturecam_{self.port}={self.key}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def end(self, number: int = signal.SIGINT) -> int:
        """End it by a signal; give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(10)


@contextmanager
def serving(folder: Path, *options: str, **environment: str) -> Iterator[Served]:
    """Start a server whose records and temporary files lie in a folder; wait until it tells its address."""
    command = [sys.executable, "-m", "posturecam", "serve", "--database", str(folder / "records.sqlite"), *options]
    around = {**os.environ, "PYTHONUNBUFFERED": "", **environment}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=around, cwd=folder
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            assert line, process.stderr.read() if process.stderr else ""
            yield Served(process, line)
        finally:
            if process.poll() is None:
                process.kill()


@contextmanager
def chromium(*options: str) -> Iterator[Any]:
    """Open a real headless Chromium; the test is skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra dev)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *options])
        yield browser
        browser.close()


@contextmanager
def tab(browser: Any, served: Served, **look: Any) -> Iterator[Any]:
    """Open the page in a fresh context; nothing may be refused by the page's own rules, and no script may fail."""
    context = browser.new_context(**look)
    context.set_default_timeout(WAIT_MS)
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.goto(served.address)
    yield found
    context.close()
    assert not [one for one in complaints if "Content Security Policy" in one or "Error:" in one], complaints


def measured(found: Any, served: Served, *photos: Path) -> str:
    """Give photos on the first page, wait for their report, and give its address."""
    found.goto(f"{served.origin}/")
    found.set_input_files("#files", list(map(str, photos)))
    found.wait_for_url("**/exams/*")
    return str(found.url)


def axe(page: Any) -> list[str]:
    """Let axe judge the page that is shown; its complaints that keep people from reading or using it."""
    script = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(f"() => {{ {script} }}")
    found = page.evaluate("axe.run().then(found => JSON.stringify(found.violations))")
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in json.loads(found)
        if one["impact"] in ("serious", "critical", "moderate")
        for node in one["nodes"]
    ]
