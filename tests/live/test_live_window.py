"""The real window, under a virtual display, with real keys: Xvfb and xdotool (Debian packages of the same names)."""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from posturecam.live.devices import TITLE
from repository import SAMPLES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="virtual displays are Linux's"),
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="Xvfb or xdotool missing (apt: xvfb xdotool)"
    ),
]
GUARD_S = 20


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A display of its own for these tests."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1500x900x24", "-noreset", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as lines:
            number = lines.readline().strip()
        yield f":{number}"
        server.terminate()


class Live:
    """The program running in a window."""

    def __init__(self, display: str, *options: str, folder: Path) -> None:
        """Start it on a still picture."""
        self.environment = {**os.environ, "DISPLAY": display, "POSTURECAM_CONFIG_DIR": str(folder)}
        command = [sys.executable, "-m", "posturecam", "live", "--source", str(SAMPLES / "level.jpg"), *options]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.window = self._window()

    def _window(self) -> str:
        until = time.monotonic() + GUARD_S
        while time.monotonic() < until and self.process.poll() is None:
            found = self.tool("search", "--name", TITLE)
            if found:
                time.sleep(0.7)
                return found.split()[0]
            time.sleep(0.1)
        pytest.fail(f"no window: {self.process.communicate(timeout=5)}")

    def tool(self, *arguments: str) -> str:
        """Run xdotool."""
        done = subprocess.run(
            [shutil.which("xdotool") or "", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=GUARD_S,
        )
        return done.stdout.strip()

    def end(self) -> tuple[int, str, str]:
        """Wait for the end: exit code, stdout, stderr."""
        out, err = self.process.communicate(timeout=GUARD_S)
        return self.process.returncode, out, err


class Message(ctypes.Structure):
    """Xlib's XClientMessageEvent, as long as the largest event."""

    _fields_ = (
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong), ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 24),
    )  # fmt: skip


def ask_to_close(display: str, window: int) -> None:
    """Send a window what the window manager's button sends: WM_DELETE_WINDOW."""
    x = ctypes.CDLL("libX11.so.6")
    x.XOpenDisplay.restype, x.XInternAtom.restype = ctypes.c_void_p, ctypes.c_ulong
    connection = ctypes.c_void_p(x.XOpenDisplay(display.encode()))
    protocols, delete = (x.XInternAtom(connection, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
    message = Message(type=33, window=window, message_type=protocols, format=32)
    message.data[0] = delete
    x.XSendEvent(connection, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))
    x.XCloseDisplay(connection)


@pytest.mark.parametrize("key", ["q", "Escape"])
def test_a_key_closes_the_window_cleanly(display: str, key: str, tmp_path: Path) -> None:
    """Exit code 0, nothing on stderr (no remark of the window library either), nothing stored."""
    live = Live(display, folder=tmp_path)
    live.tool("key", "--window", live.window, key)
    code, _, err = live.end()
    assert (code, err) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_closing_the_window_ends_the_program(display: str, tmp_path: Path) -> None:
    """As the window manager's button does."""
    live = Live(display, folder=tmp_path)
    began = time.monotonic()
    ask_to_close(display, int(live.window))
    code, _, err = live.end()
    assert (code, err) == (0, "")
    assert time.monotonic() - began < 8


def test_ctrl_c_ends_the_program(display: str, tmp_path: Path) -> None:
    """Exit code 130, one line, no traceback."""
    live = Live(display, folder=tmp_path)
    live.process.send_signal(2)
    code, _, err = live.end()
    assert code == 130
    assert "Traceback" not in err


def test_the_space_bar_measures_and_the_window_is_drawn(display: str, tmp_path: Path) -> None:
    """Real keys lead to a real result; the screenshot holds the dark panel beside the picture."""
    live = Live(display, "--out", str(tmp_path / "out"), "--seconds", "14", folder=tmp_path)
    live.tool("key", "--window", live.window, "space")
    if shutil.which("import"):
        shot, until = tmp_path / "shot.png", time.monotonic() + GUARD_S
        while not (shot.exists() and shot.stat().st_size > 50_000) and time.monotonic() < until:
            subprocess.run(
                [shutil.which("import") or "", "-window", "root", str(shot)],
                env=live.environment,
                check=True,
                timeout=GUARD_S,
            )
        assert shot.stat().st_size > 50_000
    until = time.monotonic() + GUARD_S
    while not (tmp_path / "out" / "report.html").exists() and time.monotonic() < until:
        time.sleep(0.2)
    live.tool("key", "--window", live.window, "q")
    code, out, err = live.end()
    assert (code, err) == (0, "")
    assert "assessment.json" in out
