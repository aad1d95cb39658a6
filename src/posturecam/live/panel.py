"""The panel beside the mirror: what to do, what is still to be put right, results, keys, and what is stored.

It changes seldom, so the last one drawn is kept.
"""

from dataclasses import dataclass
from textwrap import wrap

import numpy as np

from posturecam.live.hold import Phase
from posturecam.live.session import Status
from posturecam.picture.photo import Pixels
from posturecam.reports.picture.canvas import ON_PHOTO, Canvas, Colour, Lettering
from posturecam.text.language import _
from posturecam.text.wording import unbroken

GROUND: Colour = (24, 29, 36)
GOOD: Colour = (0, 180, 140)
TODO: Colour = (255, 158, 20)
QUIET: Colour = (70, 80, 92)
RECORDING: Colour = (255, 110, 70)
_LETTERS_PER_PX = 1 / 0.56
_RESULT = 0.85


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the foot of the panel: the keys, and what is stored, loudly when it is pictures."""

    keys: tuple[tuple[str, str], ...]
    stored: str
    recording: bool


class Panel:
    """Draws the panel; ``picture`` gives (height, width, 3) uint8 RGB."""

    def __init__(self, height: int, foot: Foot) -> None:
        """Take the height of the mirror, and what never changes."""
        self.height, self.width = height, round(0.5 * height)
        self._foot = foot
        self._size = height / 36.0
        self._kept: tuple[object, Pixels] | None = None

    def picture(self, status: Status) -> Pixels:
        """Draw the panel of a status, or give the kept one."""
        key = (status.checks, status.steps, status.results, status.phase, round(status.progress * 50))
        if self._kept is None or self._kept[0] != key:
            self._kept = (key, self._draw(status))
        return self._kept[1]

    def _draw(self, status: Status) -> Pixels:
        ground = np.empty((self.height, self.width, 3), np.uint8)
        ground[:] = GROUND
        canvas = Canvas(ground, ON_PHOTO)
        y = 1.9 * self._size
        self._text(canvas, y, "posturecam", 1.05, 700)
        y += 0.9 * self._size
        if status.steps:
            y = self._steps(canvas, y, status)
        y = self._checks(canvas, y, status)
        y = self._bar(canvas, y, status)
        if status.results:
            self._results(canvas, y, status)
        self._draw_foot(canvas)
        return canvas.pixels

    def _text(  # noqa: PLR0913, PLR0917  (one line of text)
        self,
        canvas: Canvas,
        y: float,
        words: str,
        size: float,
        weight: int = 400,
        colour: Colour = (255, 255, 255),
        x: float = 1.0,
    ) -> None:
        canvas.text((x * self._size, y), words, colour, Lettering(size * self._size, weight))

    def _heading(self, canvas: Canvas, y: float, words: str) -> float:
        y += 1.5 * self._size
        self._text(canvas, y, words, 0.8, 600, (150, 164, 180))
        return y + 0.35 * self._size

    def _steps(self, canvas: Canvas, y: float, status: Status) -> float:
        y = self._heading(canvas, y, _("Steps"))
        for step in status.steps:
            y += 1.35 * self._size
            self._mark(canvas, y, good=step.done, calm=not step.current)
            weight = 700 if step.current else 400
            ink = (255, 255, 255) if step.current or step.done else (150, 164, 180)
            self._text(canvas, y, step.name, 0.85, weight, ink, 2.5)
        return y

    def _checks(self, canvas: Canvas, y: float, status: Status) -> float:
        if not status.checks:
            return y
        y = self._heading(canvas, y, _("Checks"))
        for check in status.checks:
            y += 1.35 * self._size
            self._mark(canvas, y, good=check.good)
            self._text(canvas, y, check.name, 0.85, 400 if check.good else 600, x=2.5)
        return y

    def _mark(self, canvas: Canvas, y: float, *, good: bool, calm: bool = False) -> None:
        """Draw a tick on green, or an empty ring; shape and colour say the same."""
        at = np.array([1.55 * self._size, y - 0.3 * self._size])
        radius = 0.48 * self._size
        canvas.disc(at, radius, GOOD if good else (QUIET if calm else TODO))
        if good:
            tick = at + radius * np.array([[-0.45, 0.05], [-0.1, 0.42], [0.5, -0.38]])
            canvas.path(tick, (255, 255, 255), 1.0)
        else:
            canvas.disc(at, 0.62 * radius, GROUND)

    def _bar(self, canvas: Canvas, y: float, status: Status) -> float:
        """Show how much of holding still, or of measuring, is over."""
        if status.phase not in (Phase.HOLD, Phase.COUNTDOWN, Phase.CAPTURE):
            return y
        y += 0.9 * self._size
        left, width, tall = self._size, self.width - 2 * self._size, 0.5 * self._size
        for colour, part in ((QUIET, 1.0), (GOOD, status.progress)):
            box = np.array([[0, 0], [part * width, 0], [part * width, tall], [0, tall]]) + [left, y]
            canvas.fill(box, colour)
        return y + tall

    def _results(self, canvas: Canvas, y: float, status: Status) -> None:
        y = self._heading(canvas, y, _("Last result"))
        letters = int((self.width / self._size - 2.0) / _RESULT * _LETTERS_PER_PX)
        for line in status.results:
            for row, words in enumerate(wrap(unbroken(line), letters)):
                y += (1.3 if row == 0 else 1.05) * self._size
                if y > self.height - 7.2 * self._size:
                    return
                self._text(canvas, y, words.replace("\u00a0", " "), _RESULT, 400, (226, 232, 238))

    def _draw_foot(self, canvas: Canvas) -> None:
        y = self.height - (1.25 * len(self._foot.keys) + 2.6) * self._size
        for key, meaning in self._foot.keys:
            y += 1.2 * self._size
            self._text(canvas, y, key, 0.76, 700, (255, 255, 255))
            self._text(canvas, y, meaning, 0.76, 400, (190, 200, 210), 5.2)
        y = self.height - 1.1 * self._size
        at = np.array([1.4 * self._size, y - 0.27 * self._size])
        canvas.disc(at, 0.3 * self._size, RECORDING if self._foot.recording else GOOD)
        self._text(canvas, y, self._foot.stored, 0.76, 600, (255, 255, 255), 2.2)
