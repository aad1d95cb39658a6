"""The figure of the body map as geometry: half shapes mirrored, smooth curves, hatching; nothing of any one format."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from posturecam.body import Side

Point = tuple[float, float]
Points = tuple[Point, ...]

VIEWS = ("front", "back")
FIGURE = (200.0, 480.0)
"""Width and height of one figure's field; x counts from its middle, y from its top."""

_FINE = 6
"""Straight pieces that stand for one curved one, where only straight lines can be drawn."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The half figure: its outline, guiding lines by view, muscles by view. All for x ≥ 0."""

    outline: Points
    lines: dict[str, tuple[Points, ...]]
    muscles: dict[str, dict[str, Points]]


@cache
def shapes() -> Shapes:
    """Read body_map.toml."""
    data = tomllib.loads(files("posturecam.reports").joinpath("body_map.toml").read_text(encoding="utf-8"))
    lines = {view: tuple(_points(one) for one in data["lines"][view]) for view in VIEWS}
    muscles = {view: {key: _points(rows) for key, rows in data[view].items()} for view in VIEWS}
    return Shapes(_points(data["outline"]), lines, muscles)


def _points(rows: Sequence[Sequence[float]]) -> Points:
    return tuple((float(x), float(y)) for x, y in rows)


def outline() -> Points:
    """Close the half outline with its own mirror image."""
    half = shapes().outline
    return half + flipped(half[1:-1])[::-1]


def guides(view: str) -> tuple[Points, ...]:
    """Give the guiding lines of both halves; a line along the middle comes once."""
    half = shapes().lines[view]
    return (*half, *(flipped(one) for one in half if any(x for x, _ in one)))


def flipped(points: Points) -> Points:
    """Mirror at the middle line."""
    return tuple((-x, y) for x, y in points)


def views_of(muscle: str) -> tuple[str, ...]:
    """Say in which figures a muscle is drawn."""
    return tuple(view for view in VIEWS if muscle in shapes().muscles[view])


def region(muscle: str, view: str, side: Side) -> Points:
    """Give a muscle's shape on the side that the viewer sees it: the person's left is right in the front figure."""
    half = shapes().muscles[view][muscle]
    return half if (side is Side.LEFT) == (view == "front") else flipped(half)


def curves(points: Points, *, closed: bool = True) -> Iterator[tuple[Point, Point, Point, Point]]:
    """Lay smooth cubic curves through points: (start, control, control, end) each, every point passed (Catmull-Rom)."""
    around = (points[-1], *points, points[0], points[1]) if closed else (points[0], *points, points[-1])
    for (ax, ay), b, c, (dx, dy) in zip(around, around[1:], around[2:], around[3:], strict=False):
        yield (b, (b[0] + (c[0] - ax) / 6, b[1] + (c[1] - ay) / 6), (c[0] - (dx - b[0]) / 6, c[1] - (dy - b[1]) / 6), c)


def fine(points: Points, *, closed: bool = True) -> Points:
    """Give the same smooth curve as many short straight pieces."""
    found: list[Point] = []
    for a, b, c, d in curves(points, closed=closed):
        for step in range(_FINE):
            t = step / _FINE
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            pieces = list(zip(weights, (a, b, c, d), strict=True))
            found.append((sum(w * p[0] for w, p in pieces), sum(w * p[1] for w, p in pieces)))
    return (*found, *(() if closed else points[-1:]))


def hatching(points: Points, gap: float = 3.6) -> list[tuple[float, float, float, float]]:
    """Give slanting lines (x1, y1, x2, y2) that fill a shape; neighbouring shapes' lines continue each other."""
    turned = [(x + y, x - y) for x, y in fine(points)]
    levels = [level for level, _ in turned]
    lines, step = [], gap * 2**0.5
    level = (min(levels) // step + 1) * step
    while level < max(levels):
        for a, b in _inside(turned, level):
            lines.append(((level + a) / 2, (level - a) / 2, (level + b) / 2, (level - b) / 2))
        level += step
    return lines


def dots(points: Points, gap: float = 4.0) -> list[tuple[float, float]]:
    """Give the middles of dots on a slanting grid that lie inside a shape."""
    shape, rows = fine(points), []
    row = int(min(y for _, y in shape) // (gap / 2)) + 1
    while row * gap / 2 < max(y for _, y in shape):
        across = [(y, x) for x, y in shape]
        for a, b in _inside(across, row * gap / 2):
            shift = gap / 2 * (row % 2)
            first = int((a + 0.7 - shift) // gap) + 1
            last = int((b - 0.7 - shift) // gap)
            rows += [(shift + gap * column, row * gap / 2) for column in range(first, last + 1)]
        row += 1
    return rows


def _inside(shape: Sequence[tuple[float, float]], level: float) -> list[tuple[float, float]]:
    """Give the stretches of the line ``first coordinate = level`` that lie inside a shape."""
    cuts = []
    for (a, b), (c, d) in pairwise([*shape, shape[0]]):
        if (a <= level) != (c <= level):
            cuts.append(b + (level - a) / (c - a) * (d - b))
    cuts.sort()
    return list(zip(cuts[::2], cuts[1::2], strict=True))


def middle(points: Points) -> tuple[float, float]:
    """Give the middle of a shape."""
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
