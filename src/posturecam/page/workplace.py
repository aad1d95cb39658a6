"""What all pages share: the tables, the records' place, the settings, the open desks, the seats."""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from posturecam.errors import SettingsError
from posturecam.knowledge import Knowledge
from posturecam.page.desks import Desks
from posturecam.picture.lens.profile import CameraProfile
from posturecam.pipeline.limits import TIMEOUT_S
from posturecam.reports.html.compare_page import Pair
from posturecam.text.language import _

_MOST_PAIRS = 4

MOST_ARRIVING = 256 * 2**20
"""Bytes that may be on their way at once: four of the largest photos."""

MOST_SEATS = 2
"""Mirrors that may be open at once: each keeps a processor busy."""


class Pairs:
    """The aligned pictures of the comparisons looked at lately, by the numbers of their two exams."""

    def __init__(self) -> None:
        """Start with none."""
        self._found: OrderedDict[tuple[int, int], list[Pair]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, numbers: tuple[int, int]) -> list[Pair] | None:
        """Give what was drawn, or None."""
        with self._lock:
            return self._found.get(numbers)

    def keep(self, numbers: tuple[int, int], found: list[Pair]) -> None:
        """Keep what was drawn, and let the oldest go."""
        with self._lock:
            self._found[numbers] = found
            while len(self._found) > _MOST_PAIRS:
                self._found.popitem(last=False)

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            self._found.clear()


class Seats:
    """Where long work for one browser tab sits: so many at once and no more, each in a thread of its own."""

    def __init__(self, most: int = MOST_SEATS) -> None:
        """Start with all free."""
        self._free = threading.BoundedSemaphore(most)
        self._threads: set[threading.Thread] = set()

    def take(self, work: Callable[[], None]) -> bool:
        """Begin the work in a thread; False when no seat is free."""
        if not self._free.acquire(blocking=False):
            return False

        def sit() -> None:
            """Work, then give the seat back."""
            try:
                work()
            finally:
                self._free.release()
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=sit, name="posturecam seat", daemon=True)
        self._threads.add(thread)
        thread.start()
        return True

    def wait(self, seconds: float) -> None:
        """Wait for whoever still sits, all of them together so long at most."""
        until = time.monotonic() + seconds
        for thread in list(self._threads):
            thread.join(max(0.0, until - time.monotonic()))


class Arriving:
    """How much may arrive at once, so that held uploads do not fill the memory."""

    def __init__(self, most: int = MOST_ARRIVING) -> None:
        """Start with nothing."""
        self._most, self._held, self._lock = most, 0, threading.Lock()

    @contextlib.contextmanager
    def held(self, size: int) -> Iterator[None]:
        """Hold so many bytes for the time of the block; raises SettingsError when too much arrives already."""
        with self._lock:
            if self._held + size > self._most:
                msg = _("too many photos arrive at once. Send this one again in a moment.")
                raise SettingsError(msg)
            self._held += size
        try:
            yield
        finally:
            with self._lock:
                self._held -= size


@dataclass(frozen=True, slots=True)
class Workplace:
    """What ``posturecam serve`` was started with, and the desks.

    passes     how often the person is found in each photo; None: as usual
    timeout_s  how long one photo may take
    camera     profile of the camera that takes the photos; pictures of the mirror are another camera's
    """

    knowledge: Knowledge
    database: str | None = None
    model: Path | None = None
    passes: int | None = None
    desks: Desks = field(default_factory=Desks)
    pairs: Pairs = field(default_factory=Pairs)
    seats: Seats = field(default_factory=Seats)
    camera: CameraProfile | None = None
    timeout_s: float = TIMEOUT_S
    arriving: Arriving = field(default_factory=Arriving)
