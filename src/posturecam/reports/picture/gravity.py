"""What tells the vertical, beside the body: the hanging board with its own plumb line, and the line the user drew."""

from collections.abc import Iterator

import numpy as np

from posturecam.body import Array
from posturecam.picture.vertical import DRAWN, HUNG
from posturecam.reports.picture.canvas import Box, Canvas, Lettering
from posturecam.reports.picture.scene import Scene

Tag = tuple[Array, str]


def draw_sources(scene: Scene) -> list[Tag]:
    """Draw the board's outline and the given line; give what is to be written beside them, and where."""
    return [*_board(scene), *_plumb(scene)]


def _board(scene: Scene) -> Iterator[Tag]:
    around, theme = scene.assessment.around, scene.canvas.theme
    if around is None or around.board is None:
        return
    board = around.board * scene.scale
    scene.canvas.path(np.concatenate([board, board[:1]]), theme.reference, 0.8)
    top, foot = (board[0] + board[1]) / 2, (board[2] + board[3]) / 2
    scene.canvas.dashed(top, foot, theme.reference, 0.8)
    yield foot + [0.0, 1.3 * scene.canvas.text_px], f"board {_told(scene, HUNG)}"


def _plumb(scene: Scene) -> Iterator[Tag]:
    around = scene.assessment.around
    if around is None or around.plumb is None:
        return
    ends = np.array(around.plumb).reshape(2, 2) * scene.scale
    scene.canvas.path(ends, scene.canvas.theme.reference, 1.2)
    yield ends[int(ends[1, 1] > ends[0, 1])] + [0.0, 1.3 * scene.canvas.text_px], f"given {_told(scene, DRAWN)}"


def _told(scene: Scene, source: str) -> str:
    """Say what a source tells of the camera's roll."""
    around = scene.assessment.around
    one = next((one for one in around.verticals if one.source == source), None) if around else None
    return "askew" if one is None else f"{one.roll_deg:+.1f}° ± {1.96 * one.sigma_deg:.1f}°"


def tag_width(canvas: Canvas, words: str) -> float:
    """Give the width of a short word's plate."""
    return _lettering(canvas).width(words) + 0.9 * canvas.text_px


def _lettering(canvas: Canvas) -> Lettering:
    return Lettering(0.95 * canvas.text_px, 600)


def write_tag(canvas: Canvas, middle: Array, words: str) -> Box:
    """Write a short word on a plate around a spot, kept inside the drawing; give the plate."""
    lettering = _lettering(canvas)
    width, height = tag_width(canvas, words), 1.6 * canvas.text_px
    area = canvas.area
    left = float(np.clip(middle[0] - width / 2, area.left, max(area.left, area.right - width)))
    top = float(np.clip(middle[1] - height / 2, area.top, max(area.top, area.bottom - height)))
    box = Box(left, top, left + width, top + height)
    canvas.plate(box)
    canvas.text((left + 0.45 * canvas.text_px, top + 1.12 * canvas.text_px), words, canvas.theme.ink, lettering)
    return box
