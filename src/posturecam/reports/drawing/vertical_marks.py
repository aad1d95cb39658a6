"""What tells the vertical, beside the body: the hanging board with its own plumb line, and the line the user drew.

And the posture grid: squares upright by the photo's own vertical, around a plumb line through the ankles' middle.
"""

from collections.abc import Iterator

import numpy as np

from posturecam.body import Array
from posturecam.picture.scale import SPAN, span_px
from posturecam.picture.vertical import DRAWN, HUNG
from posturecam.reports.drawing.canvas import Box, Canvas, Lettering
from posturecam.reports.drawing.scene import Scene
from posturecam.text.language import _

Tag = tuple[Array, str]


def draw_sources(scene: Scene) -> list[Tag]:
    """Draw the board's outline and the given line; give what is to be written beside them, and where."""
    return [*_board(scene), *_plumb(scene)]


def _board(scene: Scene) -> Iterator[Tag]:
    around, theme = scene.assessment.scene, scene.canvas.theme
    if around is None or around.board is None:
        return
    board = around.board * scene.scale
    scene.canvas.path(np.concatenate([board, board[:1]]), theme.reference, 0.8)
    top, foot = (board[0] + board[1]) / 2, (board[2] + board[3]) / 2
    scene.canvas.dashed(top, foot, theme.reference, 0.8)
    yield foot + [0.0, 1.3 * scene.canvas.text_px], f"board {_told(scene, HUNG)}"


def _plumb(scene: Scene) -> Iterator[Tag]:
    around = scene.assessment.scene
    if around is None or around.plumb is None:
        return
    ends = np.array(around.plumb).reshape(2, 2) * scene.scale
    scene.canvas.path(ends, scene.canvas.theme.reference, 1.2)
    yield ends[int(ends[1, 1] > ends[0, 1])] + [0.0, 1.3 * scene.canvas.text_px], f"given {_told(scene, DRAWN)}"


def _told(scene: Scene, source: str) -> str:
    """Say what a source tells of the camera's roll."""
    around = scene.assessment.scene
    drawn_line = (
        next((drawn_line for drawn_line in around.verticals if drawn_line.source == source), None) if around else None
    )
    return "askew" if drawn_line is None else f"{drawn_line.roll_deg:+.1f}° ± {1.96 * drawn_line.sigma_deg:.1f}°"


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


SQUARE_MM = 100.0
"""Side of a square where the scale is known."""

ANKLE = 0.04
"""Height of the ankle over the floor, in parts of the stature (Gordon et al. 1989, as in ``scale``)."""

_ORDINARY, _FIFTH = 0.28, 0.55
"""Opacities of the lines; every fifth from the plumb line and from the floor is the stronger one."""


def draw_grid(scene: Scene, part: Box) -> float:
    """Draw the grid over the part of the photo that is shown, and say its size; give the lower edge of these words."""
    step = square_px(scene)
    part = part._replace(bottom=min(part.bottom, scene.assessment.pose.size_px[1] * scene.scale))
    if not step > 0:
        return part.top
    for lines, opacity in zip(ruled(scene, part, step), (_ORDINARY, _FIFTH), strict=True):
        if len(lines):
            scene.canvas.ruled(lines, opacity)
    plumb = cut(foot(scene), scene.up, part)
    if plumb is not None:
        scene.canvas.path(plumb, scene.canvas.theme.reference, 1.6)
    return _caption(scene, part)


def square_px(scene: Scene) -> float:
    """Give the side of a square: 10 cm where the scale is known, else a tenth of the body's height. NaN without one."""
    scale, pose = scene.assessment.scale, scene.assessment.pose
    if scale is not None:
        return SQUARE_MM / scale.mm_per_px * scene.scale
    return stature_px(scene) / 10 if pose.view in SPAN else float("nan")


def stature_px(scene: Scene) -> float:
    """Give the body's height, floor to crown; of a body that is not whole in the photo what its points span."""
    pose = scene.assessment.pose
    whole = span_px(pose) / SPAN[pose.view] * scene.scale
    return whole if whole > 0 else scene.height


def foot(scene: Scene) -> Array:
    """(2,) where the plumb line stands on the floor; below the middle of the points where no ankle was found."""
    if scene.seen(scene.foot):
        return scene.foot - ANKLE * stature_px(scene) * scene.up
    found = scene.points[np.isfinite(scene.points).all(axis=1)]
    return np.array([found[:, 0].mean(), found[:, 1].max()])


def ruled(scene: Scene, part: Box, step: float) -> tuple[Array, Array]:
    """(k, 2, 2) the grid's lines inside the part, pixels: the ordinary ones, and every fifth."""
    zero, across = foot(scene), np.array([-scene.up[1], scene.up[0]])
    reach = int(np.ceil(np.hypot(part.right - part.left, part.bottom - part.top) / step)) + 1
    found: tuple[list[Array], list[Array]] = ([], [])
    for number in range(-reach, reach + 1):
        for along, way in ((scene.up, across), (across, scene.up)):
            line = cut(zero + number * step * way, along, part)
            if line is not None:
                found[number % 5 == 0].append(line)
    ordinary, fifth = (np.array(lines).reshape(-1, 2, 2) for lines in found)
    return ordinary, fifth


def cut(through: Array, along: Array, part: Box) -> Array | None:
    """(2, 2) the piece of an endless line that lies in a box; None where it misses the box."""
    first, last = -np.inf, np.inf
    for at, way, low, high in zip(through, along, (part.left, part.top), (part.right, part.bottom), strict=True):
        if abs(way) < 1e-12:
            if not low <= at <= high:
                return None
            continue
        near, far = sorted(((low - at) / way, (high - at) / way))
        first, last = max(first, float(near)), min(last, float(far))
    return np.array([through + first * along, through + last * along]) if first < last else None


def _caption(scene: Scene, part: Box) -> float:
    """Write in the part's upper left corner how large a square is; give the lower edge of the words."""
    canvas = scene.canvas
    words = _("grid: 10 cm") if scene.assessment.scale is not None else _("grid: a tenth of the height")
    size = canvas.least_text_px
    lettering, edge = Lettering(size, 500), 0.4 * size
    box = Box(part.left + edge, part.top + edge, part.left + 2.2 * edge + lettering.width(words), 0.0)
    box = box._replace(bottom=box.top + 1.5 * size)
    canvas.plate(box)
    canvas.text((box.left + 0.5 * edge, box.top + 1.1 * size), words, canvas.theme.ink, lettering)
    return box.bottom
