"""What one photo may take, of time and of memory, so that a photo that hangs a decoder hurts no other one.

with TimeLimit(60.0) as limit:
    limit.begin("front.jpg")
    ...                        # ends the whole program, in one line, where this photo takes longer
"""

import contextlib
import os
import select
import signal
import socket
import sys
import threading
import time
from typing import Self

from posturecam.errors import SettingsError
from posturecam.errors.facts import Problem

TIMEOUT_S = 60.0
"""How long one photo may take: a hundred times what it takes."""

MEMORY_BYTES = 2 * 2**30
"""How much a worker process may hold: its networks take 0.5 GB, and the largest picture 1.1 GB (``picture.budget``)."""

INTERRUPTED_S = 1.0
"""How long the photo at hand is waited for after Ctrl-C."""

_STEP_S = 0.5
_INTERRUPTED, _OVERDUE = 130, 2
_DONE = b"\0"


def checked_timeout(asked_s: float | None) -> float:
    """Take the seconds asked for, or the usual ones. Raises SettingsError."""
    if asked_s is None:
        return TIMEOUT_S
    if not 0.0 < asked_s <= 86_400.0:
        msg = Problem("timeout_makes_no_sense", asked_s=asked_s)
        raise SettingsError(msg)
    return asked_s


def took_too_long(limit_s: float) -> Problem:
    """Say, without a full stop, that measuring a photo was given up."""
    return Problem("took_too_long", limit_s=limit_s)


def took_too_much() -> Problem:
    """Say, without a full stop, that a photo wanted more memory than there is for one."""
    return Problem("took_too_much", most=MEMORY_BYTES / 2**30)


class RunningClock:
    """Seconds during which this process ran: those in which it was stopped, or waited for a disk, count little."""

    def __init__(self) -> None:
        """Start at zero."""
        self._last = time.monotonic()
        self._seconds = 0.0

    def now(self, longest_s: float = 2.0 * _STEP_S) -> float:
        """Give the seconds; no more than ``longest_s`` are counted since it was asked last."""
        here = time.monotonic()
        self._seconds += min(here - self._last, longest_s)
        self._last = here
        return self._seconds


def limit_memory(most: int = MEMORY_BYTES) -> None:
    """Let this process hold no more memory of its own, where the system can do that (Linux)."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  (not on Windows)

        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


class TimeLimit:
    """Ends the program where a photo takes too long, or where it does not follow Ctrl-C.

    A decoder that hangs lets no Python run in the main thread, so another thread counts, and hears of signals by
    the pipe that the interpreter writes them to. Nothing is written while a photo is measured, so nothing is left half.
    """

    def __init__(self, limit_s: float) -> None:
        """Say how long one photo may take."""
        self._limit_s = limit_s
        self._name = ""
        self._clock = RunningClock()
        self._began = 0.0
        self._heard, self._said = socket.socketpair()
        self._thread = threading.Thread(target=self._watch, name="posturecam limit", daemon=True)
        self._before: int | None = None

    def __enter__(self) -> Self:
        """Begin to count."""
        self._said.settimeout(0.0)
        if threading.current_thread() is threading.main_thread():
            self._before = signal.set_wakeup_fd(self._said.fileno(), warn_on_full_buffer=False)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Count no more."""
        if self._before is not None:
            signal.set_wakeup_fd(self._before)
        with contextlib.suppress(OSError):
            self._said.send(_DONE)
        self._thread.join()
        self._said.close()
        self._heard.close()

    def begin(self, name: str) -> None:
        """Give the next photo all of the time."""
        self._name, self._began = name, self._clock.now()

    def _watch(self) -> None:
        interrupted: float | None = None
        while True:
            ready, _writable, _failed = select.select([self._heard], [], [], _STEP_S)
            said = self._heard.recv(64) if ready else b""
            if _DONE in said:
                return
            now = self._clock.now()
            if signal.SIGINT in said and interrupted is None:
                interrupted = now
            if interrupted is not None and now - interrupted > INTERRUPTED_S:
                _end(Problem("interrupted"), _INTERRUPTED)
            if now - self._began > self._limit_s:
                words = Problem("photo_overdue", name=self._name, reason=took_too_long(self._limit_s))
                _end(words, _OVERDUE)


def _end(words: Problem, code: int) -> None:
    """End at once: the main thread is in a decoder's hands and will not follow."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()
    os._exit(code)
