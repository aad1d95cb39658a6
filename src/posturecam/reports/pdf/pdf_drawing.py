"""What the PDF draws itself: the body map and the strips, from the same geometry as the page. Millimetres."""

from collections.abc import Sequence
from typing import Any

from posturecam.knowledge import Knowledge
from posturecam.reports import body_map
from posturecam.reports.body_map import APART, FIELD, TIGHT, Mark, PlacedNumber, placed_numbers
from posturecam.reports.range_bar import RangeBar
from posturecam.text.language import _

Colour = tuple[int, int, int]

INK: Colour = (29, 36, 43)
SOFT: Colour = (85, 96, 106)
LINE: Colour = (200, 205, 210)
SKIN: Colour = (217, 223, 228)
MARKS: dict[str, Colour] = {"tight": (198, 81, 0), "weak": (31, 111, 178)}
BANDS: tuple[Colour, ...] = ((213, 229, 238), (243, 234, 211), (245, 220, 196), (240, 205, 182))
SEVERITIES: dict[str, Colour] = {"mild": (122, 79, 0), "moderate": (160, 63, 0), "marked": (160, 63, 0)}
CALM: Colour = (47, 93, 128)

_WHITE: Colour = (255, 255, 255)
_GUIDE: Colour = (170, 178, 186)
_WORDS_PT = 7.0
"""Letters of the body map; its numbers get smaller where the map is so small that they would touch."""

_MM_IN_PT = 25.4 / 72


def draw_body_map(
    pdf: Any, marks: Sequence[Mark], knowledge: Knowledge, corner: tuple[float, float], width: float
) -> float:
    """Draw both figures with their numbers; give their height."""
    scale = width / (2 * FIELD[0])
    for at, view in enumerate(body_map.VIEWS):
        _figure(
            pdf,
            view,
            placed_numbers(marks, view, knowledge),
            (corner[0] + (at + 0.5) * FIELD[0] * scale, corner[1]),
            scale,
        )
    return FIELD[1] * scale


def _figure(pdf: Any, view: str, found: Sequence[PlacedNumber], top: tuple[float, float], scale: float) -> None:
    """Draw one figure; ``top`` is the middle of its upper edge."""
    pdf.set_fill_color(*SKIN)
    pdf.polygon(_moved(body_map.fine(body_map.body_outline()), top, scale), style="F")
    pdf.set_draw_color(*_GUIDE)
    pdf.set_line_width(0.15)
    for line in body_map.guides(view):
        pdf.polyline(_moved(body_map.fine(line, closed=False), top, scale))
    for placed in found:
        _muscle(pdf, placed.shape, placed.mark.kind, top, scale)
    pdf.set_font("helvetica", "B", min(_WORDS_PT, 1.15 * APART * scale / _MM_IN_PT))
    for placed in found:
        _number(pdf, placed, top, scale)
    pdf.set_font("helvetica", "B", _WORDS_PT)
    near, far = (_("right"), _("left")) if view == "front" else (_("left"), _("right"))
    pdf.set_text_color(*SOFT)
    for x, y, word in ((-72, 24, near), (72, 24, far), (0, 492, _("Front") if view == "front" else _("Back"))):
        _centred(pdf, top[0] + x * scale, top[1] + y * scale, word)


def _muscle(pdf: Any, shape: body_map.Points, kind: str, top: tuple[float, float], scale: float) -> None:
    """Fill a muscle with its colour and its pattern."""
    pdf.set_fill_color(*MARKS[kind])
    pdf.set_draw_color(*_WHITE)
    pdf.set_line_width(0.15)
    pdf.polygon(_moved(body_map.fine(shape), top, scale), style="DF")
    _pattern(pdf, shape, kind, top, scale)


def _pattern(pdf: Any, shape: body_map.Points, kind: str, top: tuple[float, float], scale: float) -> None:
    if kind == TIGHT:
        pdf.set_draw_color(*_WHITE)
        pdf.set_line_width(0.9 * scale)
        for a, b, c, d in body_map.hatching(shape):
            pdf.line(top[0] + a * scale, top[1] + b * scale, top[0] + c * scale, top[1] + d * scale)
        return
    pdf.set_fill_color(*_WHITE)
    for x, y in body_map.dots(shape):
        pdf.circle(top[0] + x * scale, top[1] + y * scale, 0.75 * scale, style="F")


def _number(pdf: Any, placed_number: PlacedNumber, top: tuple[float, float], scale: float) -> None:
    (x, y), (at, height) = placed_number.number_at, body_map.shape_middle(placed_number.shape)
    inward = x - 10 if x > 0 else x + 10
    pdf.set_draw_color(*SOFT)
    pdf.set_line_width(0.1)
    pdf.line(top[0] + at * scale, top[1] + height * scale, top[0] + inward * scale, top[1] + y * scale)
    pdf.set_text_color(*INK)
    _centred(pdf, top[0] + x * scale, top[1] + (y + 4.5) * scale, str(placed_number.mark.number))


def _centred(pdf: Any, x: float, y: float, word: str) -> None:
    pdf.text(x - pdf.get_string_width(word) / 2, y, word)


def _moved(points: body_map.Points, top: tuple[float, float], scale: float) -> list[tuple[float, float]]:
    return [(top[0] + x * scale, top[1] + y * scale) for x, y in points]


def swatch(pdf: Any, kind: str, x: float, y: float) -> None:
    """Draw a sample of a kind's colour and pattern, 5 by 3 mm."""
    box = ((-9.0, -5.0), (9.0, -5.0), (9.0, 5.0), (-9.0, 5.0))
    pdf.set_fill_color(*MARKS[kind])
    pdf.rect(x, y, 5, 3, style="F")
    _pattern(pdf, box, kind, (x + 2.5, y + 1.5), 0.25)


def draw_range_bar(pdf: Any, drawn: RangeBar, x: float, y: float, width: float) -> None:
    """Draw a strip 3 mm high: bands, centre, interval and value."""
    measurement = drawn.measurement
    for low, high, level in drawn.zones:
        pdf.set_fill_color(*BANDS[min(level, 3)])
        pdf.rect(x + drawn.place(low) * width, y + 0.5, (drawn.place(high) - drawn.place(low)) * width, 2, style="F")
    centre = x + drawn.place(drawn.norm.centre) * width
    pdf.set_draw_color(*SOFT)
    pdf.set_line_width(0.15)
    pdf.line(centre, y + 0.2, centre, y + 2.8)
    colour = SEVERITIES.get(measurement.severity, CALM)
    pdf.set_draw_color(*colour)
    pdf.set_fill_color(*colour)
    pdf.set_line_width(0.45)
    pdf.line(x + drawn.place(measurement.low) * width, y + 1.5, x + drawn.place(measurement.high) * width, y + 1.5)
    pdf.circle(x + drawn.place(measurement.value) * width, y + 1.5, 0.75, style="F")
    _ends(pdf, drawn, x, y, width)


def _ends(pdf: Any, drawn: RangeBar, x: float, y: float, width: float) -> None:
    pdf.set_font("helvetica", "B", 6)
    pdf.set_text_color(*SOFT)
    for word, at in zip(drawn.sides, (x - 2, x + width + 2), strict=True):
        _centred(pdf, at, y + 2.2, word)
