"""Drawing on a picture: lines with a halo, translucent wedges, text on plates, all in sizes relative to the picture.

Positions are pixels (x, y) with sub-pixel precision; colours are RGB. A canvas may begin beside the picture's corner
(``origin``): then positions count from the picture's corner all the same. The typeface is the one that
OpenCV carries inside: it knows °, ± and every script, and needs no font on the machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array
from posturecam.picture.photo import Pixels

Colour = tuple[int, int, int]

_SHIFT = 4
"""Binary digits of sub-pixel precision that OpenCV is given."""

_SMALLEST_TEXT_PX = 11.0
"""Smaller letters of pixels cannot be read."""

_FINER = 16

TEXT = 8.2
"""Height of ordinary text in units of a fine line."""

LEAST_TEXT = 0.02
"""No text in a drawing is smaller than this part of its height."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one meaning on a photo and on white paper (after Okabe and Ito, safe for colour-blind eyes)."""

    calm: Colour
    mild: Colour
    strong: Colour
    reference: Colour
    leader: Colour
    halo: Colour
    halo_opacity: float
    plate: Colour
    plate_opacity: float
    ink: Colour
    faint_ink: Colour
    surround: Colour


ON_PHOTO = Theme(
    calm=(172, 200, 220),
    mild=(230, 159, 0),
    strong=(240, 104, 20),
    reference=(255, 255, 255),
    leader=(226, 232, 238),
    halo=(16, 20, 26),
    halo_opacity=0.55,
    plate=(20, 25, 32),
    plate_opacity=0.82,
    ink=(255, 255, 255),
    faint_ink=(206, 214, 222),
    surround=(60, 66, 72),
)

ON_WHITE = Theme(
    calm=(84, 122, 150),
    mild=(176, 112, 0),
    strong=(203, 78, 0),
    reference=(120, 128, 136),
    leader=(150, 158, 166),
    halo=(255, 255, 255),
    halo_opacity=0.9,
    plate=(244, 246, 248),
    plate_opacity=0.95,
    ink=(24, 30, 38),
    faint_ink=(82, 92, 102),
    surround=(255, 255, 255),
)


@cache
def _typeface() -> "cv2.FontFace":
    return cv2.FontFace("sans")


def unit_of(width: float, height: float) -> float:
    """Thickness of a fine line in a picture of this size, pixels."""
    return min(height, 1.4 * width) / 420.0


class Box(NamedTuple):
    """A rectangle, pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def corners(self) -> Array:
        """(4, 2) clockwise from the upper left."""
        left, top, right, bottom = self
        return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


@lru_cache(1024)
def _width(words: str, size_px: int, weight: int) -> float:
    x, _, width, _ = cv2.getTextSize((0, 0), words, (0, 0), _typeface(), size_px, weight)
    return float(x + width)


class Lettering(NamedTuple):
    """How a line of text looks: size in pixels, weight 100…900."""

    size_px: float
    weight: int = 400

    def width(self, words: str) -> float:
        """Width of one line of text, pixels; OpenCV knows whole sizes only, so small ones are measured enlarged."""
        times = 1 if self.size_px >= _SMALLEST_TEXT_PX else _FINER
        return _width(words, round(times * self.size_px), self.weight) / times


@dataclass(frozen=True, slots=True)
class _Layer:
    """A part of the picture: its pixels, and where its corner lies in the whole."""

    pixels: Pixels
    corner: Array

    def paths(self, lines: Array, colour: Colour, thick_px: int) -> None:
        """Draw lines (k, n, 2)."""
        cv2.polylines(self.pixels, list(self._fixed(lines)), False, colour, thick_px, cv2.LINE_AA, _SHIFT)  # noqa: FBT003

    def fill(self, corners: Array, colour: Colour) -> None:
        """Fill a polygon (n, 2)."""
        cv2.fillPoly(self.pixels, [self._fixed(corners)], colour, cv2.LINE_AA, _SHIFT)

    def disc(self, at: Array, radius_px: float, colour: Colour) -> None:
        """Fill a circle."""
        x, y = self._fixed(at)
        cv2.circle(self.pixels, (int(x), int(y)), round(radius_px * 2**_SHIFT), colour, -1, cv2.LINE_AA, _SHIFT)

    def _fixed(self, points: Array) -> NDArray[np.int32]:
        """Pixels as OpenCV takes them: whole numbers of sixteenths, counted from pixel centres."""
        return np.asarray(np.rint((points - self.corner - 0.5) * 2**_SHIFT), dtype=np.int32)


class Canvas:
    """A picture being drawn on; ``pixels`` is (h, w, 3) uint8 RGB and changes in place."""

    _finest_px, _smallest_px = 0.9, _SMALLEST_TEXT_PX
    """Thinnest line and smallest text that pixels can show."""

    def __init__(
        self, pixels: Pixels, theme: Theme, letters: float = 1.0, origin: tuple[float, float] = (0.0, 0.0)
    ) -> None:
        """Take a copy of the picture; ``letters`` makes text larger, for a picture that will be shown small.

        ``origin`` is where the upper left corner of the pixels lies.
        """
        self.pixels = np.ascontiguousarray(pixels).copy()
        height, width = pixels.shape[:2]
        self._lay_out(Box(origin[0], origin[1], origin[0] + width, origin[1] + height), theme, letters)
        self._whole = _Layer(self.pixels, np.array(origin))

    def _lay_out(self, area: Box, theme: Theme, letters: float) -> None:
        """Take the area that is drawn on, and what follows from its size."""
        self.theme = theme
        self.area = area
        self.width, self.height = area.right - area.left, area.bottom - area.top
        self.unit = max(self._finest_px, unit_of(self.width, self.height))
        self.letters = letters

    @property
    def text_px(self) -> float:
        """Height of ordinary text."""
        return max(self._smallest_px, TEXT * self.unit * self.letters)

    @property
    def least_text_px(self) -> float:
        """Height of the smallest text."""
        return max(self._smallest_px, LEAST_TEXT * self.height)

    def path(self, points: Array, colour: Colour, width: float = 1.0) -> None:
        """Draw a line through points (n, 2), ``width`` units thick, with a halo so that it shows on any ground."""
        self._paths(points[None], colour, width)

    def _paths(self, lines: Array, colour: Colour, width: float) -> None:
        """Draw lines (k, n, 2) that do not touch one another."""
        with self._faded(lines.reshape(-1, 2), self.theme.halo_opacity) as layer:
            layer.paths(lines, self.theme.halo, self._thick(width) + self._thick(0.9))
        self._whole.paths(lines, colour, self._thick(width))

    def dashed(self, a: Array, b: Array, colour: Colour, width: float = 0.8) -> None:
        """Draw a dashed line from a to b."""
        steps = max(1, round(float(np.hypot(*(b - a))) / (9.0 * self.unit)))
        parts = (np.arange(steps)[:, None] + np.array([0.0, 0.55]))[..., None] / steps
        self._paths(a + (b - a) * parts, colour, width)

    def ruled(self, lines: Array, opacity: float) -> None:
        """Draw fine translucent lines (k, 2, 2), light beside dark so that they show on any ground."""
        with self._faded(lines.reshape(-1, 2), opacity) as layer:
            layer.paths(lines, self.theme.halo, self._thick(0.5) + self._thick(0.4))
            layer.paths(lines, self.theme.reference, self._thick(0.5))

    def wedge(self, corners: Array, colour: Colour, opacity: float = 0.4) -> None:
        """Tint the triangle (3, 2) between a tilted line and its reference."""
        with self._faded(corners, opacity) as layer:
            layer.fill(corners, colour)

    def dot(self, at: Array, colour: Colour, radius: float = 1.7) -> None:
        """Draw a joint: a disc with a rim, ``radius`` in units."""
        self._whole.disc(at, (radius + 0.7) * self.unit, self.theme.halo)
        self._whole.disc(at, radius * self.unit, colour)

    def fill(self, corners: Array, colour: Colour) -> None:
        """Fill a polygon (n, 2)."""
        self._whole.fill(corners, colour)

    def disc(self, at: Array, radius_px: float, colour: Colour) -> None:
        """Fill a circle without a rim."""
        self._whole.disc(at, radius_px, colour)

    def plate(self, box: Box) -> None:
        """Lay a translucent plate under text."""
        with self._faded(box.corners, self.theme.plate_opacity) as layer:
            layer.fill(box.corners, self.theme.plate)

    def frame(self, box: Box, colour: Colour, width: float = 1.0) -> None:
        """Draw the outline of a box."""
        self.path(np.vstack([box.corners, box.corners[:1]]), colour, width)

    def text(self, at: tuple[float, float], words: str, colour: Colour, lettering: Lettering) -> None:
        """Write one line of text; ``at`` is the left end of its baseline."""
        place = (round(at[0] - self.area.left), round(at[1] - self.area.top))
        cv2.putText(self.pixels, words, place, colour, _typeface(), round(lettering.size_px), lettering.weight)

    def _thick(self, width: float) -> int:
        return max(1, round(width * self.unit))

    @contextmanager
    def _faded(self, points: Array, opacity: float) -> Iterator[_Layer]:
        """Give a copy of the picture's part around the points to draw on, then mix it in."""
        margin = 4.0 * self.unit + 2.0
        (left, top), (right, bottom) = (points.min(axis=0) - margin).tolist(), (points.max(axis=0) + margin).tolist()
        x, y = self.area.left, self.area.top
        left, right = (int(min(max(edge - x, 0.0), self.width)) for edge in (left, right))
        top, bottom = (int(min(max(edge - y, 0.0), self.height)) for edge in (top, bottom))
        part = self.pixels[top:bottom, left:right]
        layer = _Layer(part.copy(), np.array([left + x, top + y], dtype=np.float64))
        if part.size:
            yield layer
            part[:] = cv2.addWeighted(layer.pixels, opacity, part, 1 - opacity, 0)
        else:
            yield _Layer(np.zeros((1, 1, 3), np.uint8), layer.corner)
