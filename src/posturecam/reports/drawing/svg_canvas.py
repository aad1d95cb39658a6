"""The same drawing as SVG, to lie over a picture that is shown as it is: sharp at any size, and never part of it.

Colours stand in attributes and nothing in a ``style``, so that a page may forbid inline styles.
"""

import numpy as np

from posturecam.body import Array
from posturecam.reports.drawing.canvas import Box, Canvas, Colour, Lettering, Theme
from posturecam.reports.html.markup import Html, join, tag

_DENSE = 100
"""Points from which a line is thinned out: an outline has thousands."""


class SvgCanvas(Canvas):
    """Gathers shapes instead of changing pixels; ``shapes`` gives them in the order in which they were drawn."""

    _finest_px = _smallest_px = 0.0

    def __init__(
        self,
        size_px: tuple[float, float],
        theme: Theme,
        letters: float = 1.0,
        origin: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Begin an empty drawing of this (width, height)."""
        self._lay_out(Box(*origin, origin[0] + size_px[0], origin[1] + size_px[1]), theme, letters)
        self._shapes: list[Html] = []

    def take(self) -> Html:
        """Give everything drawn so far, and begin anew."""
        taken, self._shapes = self.shapes, []
        return taken

    @property
    def shapes(self) -> Html:
        """Everything drawn so far, as the inside of an ``svg`` element of the picture's size."""
        return join(*self._shapes)

    def path(self, points: Array, colour: Colour, width: float = 1.0) -> None:
        """Draw a line through points (n, 2), with its halo."""
        self._stroke(points, self.theme.halo, self._line(width) + self._line(0.9), self.theme.halo_opacity)
        self._stroke(points, colour, self._line(width))

    def dashed(self, a: Array, b: Array, colour: Colour, width: float = 0.8) -> None:
        """Draw a dashed line from a to b."""
        dash = f"{5.0 * self.unit:.1f} {4.0 * self.unit:.1f}"
        ends = np.array([a, b])
        self._stroke(ends, self.theme.halo, self._line(width) + self._line(0.9), self.theme.halo_opacity, dash)
        self._stroke(ends, colour, self._line(width), dash=dash)

    def ruled(self, lines: Array, opacity: float) -> None:
        """Draw fine translucent lines (k, 2, 2)."""
        for line in lines:
            self._stroke(line, self.theme.halo, self._line(0.9), opacity)
            self._stroke(line, self.theme.reference, self._line(0.5), opacity)

    def wedge(self, corners: Array, colour: Colour, opacity: float = 0.4) -> None:
        """Tint the triangle (3, 2) between a tilted line and its reference."""
        self._polygon(corners, colour, opacity)

    def dot(self, at: Array, colour: Colour, radius: float = 1.7) -> None:
        """Draw a joint: a disc with a rim."""
        self.disc(at, (radius + 0.7) * self.unit, self.theme.halo)
        self.disc(at, radius * self.unit, colour)

    def fill(self, corners: Array, colour: Colour) -> None:
        """Fill a polygon (n, 2)."""
        self._polygon(corners, colour, 1.0)

    def disc(self, at: Array, radius_px: float, colour: Colour) -> None:
        """Fill a circle without a rim."""
        self._shapes.append(
            tag("circle", cx=float(at[0]), cy=float(at[1]), r=float(radius_px), fill=_hexadecimal(colour))
        )

    def plate(self, box: Box) -> None:
        """Lay a translucent plate under text."""
        left, top, right, bottom = box
        size = {"x": float(left), "y": float(top), "width": float(right - left), "height": float(bottom - top)}
        plate = tag(
            "rect",
            **size,
            rx=0.9 * self.unit,
            fill=_hexadecimal(self.theme.plate),
            fill_opacity=self.theme.plate_opacity,
        )
        self._shapes.append(plate)

    def text(self, at: tuple[float, float], words: str, colour: Colour, lettering: Lettering) -> None:
        """Write one line of text, as wide as it was laid out for."""
        self._shapes.append(
            tag(
                "text",
                words,
                x=float(at[0]),
                y=float(at[1]),
                fill=_hexadecimal(colour),
                font_size=float(lettering.size_px),
                font_weight=lettering.weight,
                textLength=lettering.width(words),
                lengthAdjust="spacingAndGlyphs",
            )
        )

    def _line(self, width: float) -> float:
        return width * self.unit

    def _stroke(
        self, points: Array, colour: Colour, thick_px: float, opacity: float = 1.0, dash: str | None = None
    ) -> None:
        self._shapes.append(
            tag(
                "polyline",
                points=_pairs(_thinned(points, 1.2 * self.unit)),
                fill="none",
                stroke=_hexadecimal(colour),
                stroke_width=float(thick_px),
                stroke_opacity=None if opacity == 1.0 else opacity,
                stroke_linecap="round",
                stroke_linejoin="round",
                stroke_dasharray=dash,
            )
        )

    def _polygon(self, corners: Array, colour: Colour, opacity: float) -> None:
        seen = None if opacity == 1.0 else opacity
        self._shapes.append(tag("polygon", points=_pairs(corners), fill=_hexadecimal(colour), fill_opacity=seen))


def _pairs(points: Array) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in np.round(points, 1).tolist())


def _thinned(points: Array, step_px: float) -> Array:
    """Leave of a dense line (n, 2) what is seen of it: its ends, and one point to a step."""
    if len(points) < _DENSE:
        return points
    along = np.cumsum(np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T))
    kept = np.diff(np.floor(along / step_px), prepend=-1.0) > 0
    kept[-1] = True
    return np.asarray(points[kept])


def _hexadecimal(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
