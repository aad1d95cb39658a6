"""The little drawn bar beside each number: its interval on the measure's usual range, as SVG and in characters."""

from dataclasses import dataclass
from itertools import pairwise

from posturecam.knowledge import Norm
from posturecam.measures.measurement import Measurement
from posturecam.reports.html.markup import Html, tag
from posturecam.text.language import _

_WIDTH, _HEIGHT, _EDGE = 240.0, 24.0, 14.0
_ROOM = 1.3
"""How far a strip reaches beyond the last band, in parts of it, unless the interval needs more."""


@dataclass(frozen=True, slots=True)
class RangeBar:
    """A measurement on its scale: ends of the axis, and the zones (from, to, level 0…3) that tile it.

    Without a known usual range there are no zones. ``sides`` are the letters at the ends: R and L where the sign means
    a side of the body.
    """

    measurement: Measurement
    norm: Norm
    low: float
    high: float
    zones: tuple[tuple[float, float, int], ...]
    sides: tuple[str, str]

    def place(self, value: float) -> float:
        """Where a value lies on the axis, 0…1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def range_bar_of(measurement: Measurement, norm: Norm) -> RangeBar:
    """Lay a measurement on its norm's bands; without bands, what grows from the centre one way is laid that way."""
    ends = (measurement.low, measurement.value, measurement.high)
    usual = _ROOM * norm.bands[2] if norm.bands else abs(norm.mean or norm.step) + 2.0 * norm.step
    reach = max(usual, 1.05 * max(abs(end - norm.centre) for end in ends))
    zones = [*_zones(norm, reach, -1.0)[::-1], *_zones(norm, reach, 1.0)]
    sides = ("R", "L") if norm.mirror == "odd" else ("", "")
    one_sided = norm.bands is None and norm.abnormal != "both"
    low = min(norm.centre, measurement.low) if one_sided else norm.centre - reach
    return RangeBar(measurement, norm, low, norm.centre + reach, tuple(zones), sides)


def _zones(norm: Norm, reach: float, sign: float) -> list[tuple[float, float, int]]:
    """Tile one half of the axis, from the centre outwards; the half that is never abnormal is one zone."""
    if norm.bands is None:
        return []
    never = norm.abnormal == ("low" if sign > 0 else "high")
    limits = (0.0, *(() if never else norm.bands), reach)
    pairs = [(norm.centre + sign * a, norm.centre + sign * b) for a, b in pairwise(limits)]
    return [(min(pair), max(pair), level) for level, pair in enumerate(pairs)]


def in_characters(range_bar: RangeBar, cells: int = 17) -> str:
    """Draw a strip of characters: ─ usual range, · beyond, ━ interval, ● value, │ centre."""
    row = []
    measurement = range_bar.measurement
    for cell in range(cells):
        at = range_bar.low + (cell + 0.5) / cells * (range_bar.high - range_bar.low)
        level = next((level for low, high, level in range_bar.zones if low <= at <= high), 3)
        row.append("·" if level else "─")
    row[_cell(range_bar, range_bar.norm.centre, cells)] = "│"
    for cell in range(_cell(range_bar, measurement.low, cells), _cell(range_bar, measurement.high, cells) + 1):
        row[cell] = "━"
    row[_cell(range_bar, measurement.value, cells)] = "●"
    left, right = range_bar.sides
    return f"{left or ' '} {''.join(row)} {right or ' '}"


def _cell(range_bar: RangeBar, value: float, cells: int) -> int:
    return min(cells - 1, int(range_bar.place(value) * cells))


def in_svg(range_bar: RangeBar) -> Html:
    """Draw a strip as SVG; its title says the same in words."""
    measurement = range_bar.measurement
    middle = _HEIGHT / 2
    bands = [
        tag(
            "rect",
            x=_x(range_bar, a),
            y=4,
            width=_x(range_bar, b) - _x(range_bar, a),
            height=_HEIGHT - 8,
            class_=f"b{level}",
        )
        for a, b, level in range_bar.zones
    ]
    zero = _x(range_bar, range_bar.norm.centre)
    return tag(
        "svg",
        *bands,
        tag("line", x1=zero, x2=zero, y1=2, y2=_HEIGHT - 2, class_="zero"),
        tag(
            "line",
            x1=_x(range_bar, measurement.low),
            x2=_x(range_bar, measurement.high),
            y1=middle,
            y2=middle,
            class_="span",
        ),
        tag("circle", cx=_x(range_bar, measurement.value), cy=middle, r=5.0, class_="at"),
        *_letters(range_bar, middle),
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        class_=f"strip {measurement.severity}",
        role="img",
        aria_label=spoken_range(range_bar),
    )


def _letters(range_bar: RangeBar, middle: float) -> list[Html]:
    left, right = range_bar.sides
    ends = ((0.0, left, "start"), (_WIDTH, right, "end"))
    return [tag("text", word, x=x, y=middle + 4, text_anchor=anchor, class_="end") for x, word, anchor in ends if word]


def _x(range_bar: RangeBar, value: float) -> float:
    return _EDGE + range_bar.place(value) * (_WIDTH - 2 * _EDGE)


def spoken_range(range_bar: RangeBar) -> str:
    """Say what the strip shows."""
    measurement, norm = range_bar.measurement, range_bar.norm
    if norm.bands is None:
        return _(
            "{value:.1f}, interval {low:.1f} to {high:.1f}; no usual range is known",
            value=measurement.value,
            low=measurement.low,
            high=measurement.high,
        )
    low, high = norm.centre - norm.bands[0], norm.centre + norm.bands[0]
    usual = {
        "both": _("from {low:.1f} to {high:.1f}", low=low, high=high),
        "high": _("up to {high:.1f}", high=high),
        "low": _("from {low:.1f} up", low=low),
    }
    return _(
        "{value:.1f}, interval {low:.1f} to {high:.1f}; usual range {usual}",
        value=measurement.value,
        low=measurement.low,
        high=measurement.high,
        usual=usual[norm.abnormal],
    )
