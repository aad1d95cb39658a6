"""The whole picture: the mirrored camera picture with the body's lines, the sentence on top, the panel beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from posturecam.body import ORDER, Array, Landmark
from posturecam.knowledge import Knowledge
from posturecam.live.lines import BANNER_PART, draw_mirrored
from posturecam.live.panel import Foot, Panel
from posturecam.live.seeing import Glimpse
from posturecam.live.session import Status
from posturecam.live.smoothing import OneEuro
from posturecam.picture.photo import Pixels
from posturecam.poses.standing import height_px, mid
from posturecam.reports.picture import figure
from posturecam.reports.picture.canvas import ON_PHOTO, Box, Canvas, Lettering
from posturecam.reports.picture.privacy import coarsen

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
            figure.draw(canvas, points)
        return canvas.pixels
    if not privacy.hide_face:
        return pixels
    height, width = pixels.shape[:2]
    if points is None:
        return _coarse(pixels)
    half = _FACE_PART * height_px(points)
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

    def __init__(self, size_px: tuple[int, int], knowledge: Knowledge, foot: Foot, privacy: Privacy) -> None:
        """Lay out a mirror for camera pictures of this (width, height)."""
        height = int(np.clip(size_px[1], LEAST_HEIGHT, MOST_HEIGHT))
        self._scale = height / size_px[1]
        self._width, self._height = max(1, round(size_px[0] * self._scale)), height
        self._knowledge, self._privacy = knowledge, privacy
        self._panel = Panel(height, foot)
        self._smooth = OneEuro(beta=8.0 / height)
        self._panel_shown: Pixels | None = None
        self._whole = np.zeros((height, self._width + self._panel.width, 3), np.uint8)

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the whole picture."""
        return self._width + self._panel.width, self._height

    def picture(self, glimpse: Glimpse, status: Status) -> Pixels:
        """Draw one glimpse; what is drawn follows smoothed points, what is measured does not."""
        points = None if glimpse.points is None else self._smooth(glimpse.points, glimpse.frame.at_s)
        shown = shielded(glimpse.frame.pixels, points, self._privacy, glimpse.heads)
        if shown.shape[:2] != (self._height, self._width):
            shown = np.asarray(cv2.resize(shown, (self._width, self._height), interpolation=cv2.INTER_LINEAR), np.uint8)
        canvas = Canvas(np.asarray(cv2.flip(shown, 1), np.uint8), ON_PHOTO)
        if points is not None and glimpse.whole:
            draw_mirrored(canvas, points, glimpse.view, self._knowledge, self._scale)
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
