"""A measure over time: as an SVG plot on its normal band, and as a line of characters."""

from collections.abc import Sequence
from dataclasses import dataclass

from posturecam.knowledge import Norm
from posturecam.knowledge.norms import Severity
from posturecam.measures.measurement import Measurement
from posturecam.records.progress import Reading, Sitting, standing_halves
from posturecam.reports.html.markup import Html, tag
from posturecam.reports.range_bar import RangeBar, range_bar_of

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 350.0, 150.0, 46.0, 12.0, 8.0, 20.0
_BARS = "▁▂▃▄▅▆▇█"
_PLAIN_BARS = "_.,-~=^'"


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day, with half of its interval as to how the person stands, and where it lies in time, 0…1."""

    value: float
    half: float
    at: float
    day: str


def points_of(key: str, sittings: Sequence[Sitting], norm: Norm) -> list[Point]:
    """Give a measure's points, the earliest first; sittings without it are left out."""
    found = [
        (sitting, at, sitting.by_key[key])
        for sitting, at in zip(sittings, point_places(sittings), strict=True)
        if key in sitting.by_key
    ]
    taken: list[Reading] = [reading for _, _, reading in found]
    halves = standing_halves(taken, [norm] * len(taken))
    return [
        Point(reading.value, float(half), at, sitting.on.isoformat() if sitting.on else sitting.label)
        for (sitting, at, reading), half in zip(found, halves, strict=True)
    ]


def point_places(sittings: Sequence[Sitting]) -> list[float]:
    """Say where each sitting lies in time, 0…1; evenly, where days are unknown or the same."""
    days = [sitting.on.toordinal() for sitting in sittings if sitting.on]
    if len(sittings) == 1:
        return [0.5]
    if len(set(days)) < len(sittings):
        return [row / (len(sittings) - 1) for row in range(len(sittings))]
    return [(day - days[0]) / (days[-1] - days[0]) for day in days]


def sparkline(points: Sequence[Point], norm: Norm, *, plain: bool = False) -> str:
    """Draw the values as a line of bars; a wobble within the neutral band stays a wobble."""
    values = [point.value for point in points]
    middle = (max(values) + min(values)) / 2
    reach = max(max(values) - min(values), 2 * norm.step)
    bars = _PLAIN_BARS if plain else _BARS
    cells = [int((value - middle + reach / 2) / reach * (len(bars) - 1) + 0.5) for value in values]
    return "".join(bars[min(len(bars) - 1, max(0, cell))] for cell in cells)


def plot(points: Sequence[Point], norm: Norm, *, changed: bool) -> Html:
    """Draw the values with their intervals over the normal bands; the title says the same in words."""
    low, high = min(point.value - point.half for point in points), max(point.value + point.half for point in points)
    last = points[-1]
    scale = range_bar_of(Measurement(norm.key, last.value, low, high, 0.0, norm.unit, Severity.UNGRADED, ""), norm)
    line = " ".join(f"{_x(point):.1f},{_y(scale, point.value):.1f}" for point in points)
    return tag(
        "svg",
        *_bands(scale),
        *_axis(scale, norm),
        tag("polyline", points=line, class_="way"),
        *(_whisker(scale, point) for point in points),
        *(tag("circle", cx=_x(point), cy=_y(scale, point.value), r=4.0, class_="at") for point in points),
        *_days(points),
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        class_="strip trend changed" if changed else "strip trend",
        role="img",
        aria_label="; ".join(
            f"{point.day}: {norm.words(point.value, '')} ± {norm.size(point.half)}" for point in points
        ),
    )


def _x(point: Point) -> float:
    return _LEFT + 10 + point.at * (_WIDTH - _LEFT - _RIGHT - 20)


def _y(scale: RangeBar, value: float) -> float:
    return _TOP + (1 - scale.place(value)) * (_HEIGHT - _TOP - _BOTTOM)


def _bands(scale: RangeBar) -> list[Html]:
    width = _WIDTH - _LEFT - _RIGHT
    return [
        tag("rect", x=_LEFT, y=_y(scale, b), width=width, height=_y(scale, a) - _y(scale, b), class_=f"b{level}")
        for a, b, level in scale.zones
    ]


def _axis(scale: RangeBar, norm: Norm) -> list[Html]:
    """Draw the centre, its value, and which way is which."""
    y, right, left = _y(scale, norm.centre), *scale.sides
    ends = ((left, _TOP + 10), (right, _HEIGHT - _BOTTOM - 3))
    return [
        tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="zero"),
        tag(
            "text",
            norm.size(norm.centre).split(" ")[0].replace("-", "−"),
            x=_LEFT - 5,
            y=y + 4,
            text_anchor="end",
            class_="end",
        ),
        *(tag("text", word, x=_LEFT - 5, y=at, text_anchor="end", class_="end") for word, at in ends if word),
    ]


def _whisker(scale: RangeBar, point: Point) -> Html:
    ends = (_y(scale, point.value - point.half), _y(scale, point.value + point.half))
    return tag("line", x1=_x(point), x2=_x(point), y1=ends[0], y2=ends[1], class_="span")


def _days(points: Sequence[Point]) -> list[Html]:
    """Write the first and the last day, and those between that have room."""
    shown = [points[0]]
    for point in points[1:]:
        if _x(point) - _x(shown[-1]) >= 74 and (point is points[-1] or _x(points[-1]) - _x(point) >= 74):
            shown.append(point)
    if len(points) > 1 and points[-1] not in shown:
        shown = [points[-1]] if _x(points[-1]) - _x(points[0]) < 74 else [*shown, points[-1]]
    return [
        tag("text", letter.day, x=min(_x(letter), _WIDTH - 34), y=_HEIGHT - 5, text_anchor="middle", class_="end")
        for letter in shown
    ]
