"""What all pages share: the tables, the records' place, the settings, the open desks."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from posturecam.knowledge import Knowledge
from posturecam.lens.profile import CameraProfile
from posturecam.page.desks import Desks
from posturecam.reports.compare_page import Pair

_MOST_PAIRS = 4


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


@dataclass(frozen=True, slots=True)
class Workplace:
    """What ``posturecam serve`` was started with, and the desks.

    passes   how often the person is found in each photo; None: as usual
    camera   profile of the camera that takes the photos; pictures of the mirror are another camera's
    """

    knowledge: Knowledge
    database: str | None = None
    model: Path | None = None
    passes: int | None = None
    desks: Desks = field(default_factory=Desks)
    pairs: Pairs = field(default_factory=Pairs)
    camera: CameraProfile | None = None
