"""The whole picture: the mirrored camera picture with the body's lines, the sentence on top, the panel beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

import cv2
import numpy as np

from posturecam.body import ORDER, Array, Landmark
from posturecam.knowledge import Knowledge
from posturecam.live.body_lines import BANNER_PART, OneEuro, draw_mirrored
from posturecam.live.frame_detection import FrameDetection
from posturecam.live.hold import Phase
from posturecam.live.live_session import Status
from posturecam.picture.photo import Pixels
from posturecam.poses.standing import mid, standing_height_px
from posturecam.reports.drawing import figure
from posturecam.reports.drawing.canvas import ON_PHOTO, Box, Canvas, Colour, Lettering
from posturecam.reports.drawing.privacy import coarsen
from posturecam.text.labels import unbroken
from posturecam.text.language import _

PANEL_GROUND: Colour = (24, 29, 36)
GOOD: Colour = (0, 180, 140)
TODO: Colour = (255, 158, 20)
QUIET: Colour = (70, 80, 92)
RECORDING: Colour = (255, 110, 70)
_LETTERS_PER_PX = 1 / 0.56
_RESULT = 0.85


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands at the foot of the panel: the keys, and what is stored, loudly when it is pictures."""

    keys: tuple[tuple[str, str], ...]
    stored: str
    recording: bool


class Panel:
    """Draws the panel; ``picture`` gives (height, width, 3) uint8 RGB."""

    def __init__(self, height: int, footer: Footer) -> None:
        """Take the height of the mirror, and what never changes."""
        self.height, self.width = height, round(0.5 * height)
        self._footer = footer
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
        ground[:] = PANEL_GROUND
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
            canvas.disc(at, 0.62 * radius, PANEL_GROUND)

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
        y = self.height - (1.25 * len(self._footer.keys) + 2.6) * self._size
        for key, meaning in self._footer.keys:
            y += 1.2 * self._size
            self._text(canvas, y, key, 0.76, 700, (255, 255, 255))
            self._text(canvas, y, meaning, 0.76, 400, (190, 200, 210), 5.2)
        y = self.height - 1.1 * self._size
        at = np.array([1.4 * self._size, y - 0.27 * self._size])
        canvas.disc(at, 0.3 * self._size, RECORDING if self._footer.recording else GOOD)
        self._text(canvas, y, self._footer.stored, 0.76, 600, (255, 255, 255), 2.2)


LEAST_HEIGHT, MOST_HEIGHT = 720, 1080
"""The mirror is drawn within these heights, pixels; the window scales it."""

_FACE_PART = 0.15
"""Half of the side of what hides a face, in parts of the body's height."""

_BIG_PART = 0.26
"""Widest that the number in the corner gets, in parts of the picture's width."""

_FIGURE_GROUND = (38, 45, 54)


@dataclass(frozen=True, slots=True)
class Privacy:
    """What of the person may be seen."""

    hide_face: bool = False
    figure_only: bool = False


def shielded(pixels: Pixels, points: Array | None, privacy: Privacy, heads: Sequence[Array] = ()) -> Pixels:
    """Hide every face, or everything but a plain figure, in (h, w, 3) RGB; the picture itself where nothing is hidden.

    As long as nobody is found a face may be anywhere, so the whole picture is made coarse.
    """
    if privacy.figure_only:
        canvas = Canvas(np.full(pixels.shape, _FIGURE_GROUND, np.uint8), ON_PHOTO)
        if points is not None:
            figure.draw_plain_figure(canvas, points)
        return canvas.pixels
    if not privacy.hide_face:
        return pixels
    height, width = pixels.shape[:2]
    if points is None:
        return _coarse(pixels)
    half = _FACE_PART * standing_height_px(points)
    x, y = (points[ORDER[Landmark.NOSE]] + mid(points, "EAR")) / 2
    left, right = (int(np.clip(v, 0, width)) for v in (x - half, x + half))
    top, bottom = (int(np.clip(v, 0, height)) for v in (y - 1.2 * half, y + half))
    hidden = pixels.copy()
    if right > left and bottom > top:
        hidden[top:bottom, left:right] = _coarse(pixels[top:bottom, left:right])
    for box in heads:
        coarsen(hidden, box)
    return hidden


def _coarse(pixels: Pixels) -> Pixels:
    """Make a picture so coarse that nobody is recognised in it."""
    height, width = pixels.shape[:2]
    few = cv2.resize(pixels, (6, 6), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


class MirrorView:
    """Draws the mirror; ``picture`` gives (h, w, 3) uint8 BGR, ready to be shown."""

    def __init__(self, size_px: tuple[int, int], knowledge: Knowledge, footer: Footer, privacy: Privacy) -> None:
        """Lay out a mirror for camera pictures of this (width, height)."""
        height = int(np.clip(size_px[1], LEAST_HEIGHT, MOST_HEIGHT))
        self._scale = height / size_px[1]
        self._width, self._height = max(1, round(size_px[0] * self._scale)), height
        self._knowledge, self._privacy = knowledge, privacy
        self._panel = Panel(height, footer)
        self._smooth = OneEuro(beta=8.0 / height)
        self._panel_shown: Pixels | None = None
        self._whole = np.zeros((height, self._width + self._panel.width, 3), np.uint8)

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the whole picture."""
        return self._width + self._panel.width, self._height

    def picture(self, detection: FrameDetection, status: Status) -> Pixels:
        """Draw one detection; what is drawn follows smoothed points, what is measured does not."""
        points = None if detection.points is None else self._smooth(detection.points, detection.frame.at_s)
        shown = shielded(detection.frame.pixels, points, self._privacy, detection.heads)
        if shown.shape[:2] != (self._height, self._width):
            shown = np.asarray(cv2.resize(shown, (self._width, self._height), interpolation=cv2.INTER_LINEAR), np.uint8)
        canvas = Canvas(np.asarray(cv2.flip(shown, 1), np.uint8), ON_PHOTO)
        if points is not None and detection.whole:
            draw_mirrored(canvas, points, detection.view, self._knowledge, self._scale)
        self._banner(canvas, status)
        self._whole[:, : self._width] = cv2.cvtColor(canvas.pixels, cv2.COLOR_RGB2BGR)
        panel = self._panel.picture(status)
        if panel is not self._panel_shown:
            self._whole[:, self._width :] = cv2.cvtColor(panel, cv2.COLOR_RGB2BGR)
            self._panel_shown = panel
        return self._whole

    def _banner(self, canvas: Canvas, status: Status) -> None:
        """Write the sentence and the number that are to be read from four metres away."""
        size = BANNER_PART / 1.75 * self._height
        lettering = Lettering(size, 600)
        if lettering.width(status.title) > 0.95 * self._width:
            size *= 0.95 * self._width / lettering.width(status.title)
            lettering = Lettering(size, 600)
        canvas.plate(Box(0, 0, self._width, 1.75 * size))
        x = (self._width - lettering.width(status.title)) / 2
        canvas.text((x, 1.2 * size), status.title, canvas.theme.ink, lettering)
        if status.big:
            self._big(canvas, status.big)

    def _big(self, canvas: Canvas, words: str) -> None:
        """Write the number in the upper left corner, beside the body in narrow pictures too."""
        size = 0.17 * self._height
        size *= min(1.0, _BIG_PART * self._width / Lettering(size, 700).width(words))
        big, gap = Lettering(size, 700), 0.1 * size
        left, top = 0.02 * self._width + gap, (BANNER_PART + 0.03) * self._height
        canvas.plate(Box(left - gap, top, left + big.width(words) + gap, top + 1.1 * size))
        canvas.text((left, top + 0.92 * size), words, canvas.theme.ink, big)
