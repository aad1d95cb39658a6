"""Labels that were laid out, drawn: leaders first, then plates and text."""

from collections.abc import Sequence

from posturecam.reports.picture.canvas import Box, Canvas, Colour, Lettering
from posturecam.reports.picture.layout import LINE, Placed, bar, letterings, pad


def draw(canvas: Canvas, placed: Sequence[Placed]) -> None:
    """Draw every leader with its spot, then every plate with its text."""
    for one in placed:
        canvas.path(one.leader, canvas.theme.leader, 0.5)
    for one in placed:
        canvas.dot(one.label.anchor, one.label.colour, 1.3)
        _draw_plate(canvas, one)


def _draw_plate(canvas: Canvas, one: Placed) -> None:
    canvas.plate(one.box)
    wide = bar(one.size_px)
    at = one.box.right - wide if one.label.at_left else one.box.left
    canvas.fill(Box(at, one.box.top, at + wide, one.box.bottom).corners, one.label.colour)
    left = one.box.left + pad(one.size_px) + (0 if one.label.at_left else wide)
    baseline = one.box.top + pad(one.size_px) + 0.82 * one.size_px
    for words, lettering, colour in _lines(canvas, one):
        canvas.text((left, baseline), words, colour, lettering)
        baseline += LINE * one.size_px


def _lines(canvas: Canvas, one: Placed) -> list[tuple[str, Lettering, Colour]]:
    strong, light = letterings(one.size_px)
    return [
        *((words, strong, canvas.theme.ink) for words in one.headline),
        *((words, light, canvas.theme.faint_ink) for words in one.detail),
    ]
