"""The overlay: plumb line, the tilted lines against the level, the trunk and the legs, with degrees and words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from posturecam.assessment import Assessment
from posturecam.body import Side
from posturecam.errors import OutputError
from posturecam.language import _
from posturecam.language.sides import side_word
from posturecam.measures.anatomy import ANKLES, HIPS, KNEES, SHOULDERS
from posturecam.photo import Photo, Pixels
from posturecam.reports.drawing import figure, labels, marks, placed
from posturecam.reports.drawing.canvas import ON_PHOTO, ON_WHITE, Box, Canvas
from posturecam.reports.drawing.gravity import draw_sources, write_tag
from posturecam.reports.drawing.reason import write_reason
from posturecam.reports.drawing.scene import Scene
from posturecam.reports.drawing.svg_canvas import SvgCanvas
from posturecam.reports.markup import Html

FIGURE_PX = 1600
"""Long side of the figure drawn without a photo."""

_ORDINARY, _LARGE = 1.15, 1.9
"""Sizes of letters in a picture by itself, and in one among others."""

MOST_LABELS = 9
"""More would hide the person; the report's table has all."""


def draw(assessment: Assessment, photo: Photo | None) -> Pixels:
    """Draw over the photo as it was read, or over a plain figure where there is none."""
    if photo is None:
        return draw_figure(assessment)
    seen = photo.mirrored() if assessment.mirrored else photo
    return draw_overlay(seen.pixels, assessment, seen.scale)


def draw_overlay(pixels: Pixels, assessment: Assessment, scale: float, *, brief: bool = False) -> Pixels:
    """Draw what was measured over a copy of the photo; several people are numbered.

    pixels   (h, w, 3) uint8 RGB, perhaps a reduced decode; of a mirrored selfie its mirror image
    scale    pixels of this picture for each pixel of the full upright photo
    brief    with large letters, and only the sizes of what stands out: for a picture among others
    """
    canvas = Canvas(pixels, ON_PHOTO, _LARGE if brief else _ORDINARY)
    if len(assessment.boxes) > 1:
        _number(canvas, assessment, scale)
    _marked(Scene(canvas, assessment, scale), brief=brief)
    return canvas.pixels


def overlay_shapes(assessment: Assessment, *, bare: bool = False) -> Html:
    """Draw the same as SVG, in pixels of the full upright photo that was measured; ``bare`` the lines alone."""
    canvas = SvgCanvas(assessment.pose.size_px, ON_PHOTO, _ORDINARY)
    if len(assessment.boxes) > 1:
        _number(canvas, assessment, 1.0)
    scene = Scene(canvas, assessment, 1.0)
    if bare and not assessment.void:
        _lines(scene)
    else:
        _marked(scene)
    return canvas.shapes


def draw_figure(assessment: Assessment, long_side_px: int = FIGURE_PX, *, brief: bool = False) -> Pixels:
    """Draw the same over a plain figure on white, without the photo; ``brief`` as for the overlay."""
    width, height = assessment.pose.size_px
    scale = long_side_px / max(width, height)
    paper = np.full((max(1, round(height * scale)), max(1, round(width * scale)), 3), 255, np.uint8)
    canvas = Canvas(paper, ON_WHITE, _LARGE if brief else _ORDINARY)
    figure.draw(canvas, assessment.pose.mean * scale)
    _marked(Scene(canvas, assessment, scale), brief=brief)
    return canvas.pixels


def reduced(pixels: Pixels, longest_px: int) -> Pixels:
    """Shrink a picture to a longest side; one that is smaller stays as it is."""
    longest = max(pixels.shape[:2])
    if longest <= longest_px:
        return pixels
    factor = longest_px / longest
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(pixels.dtype)


def encode(pixels: Pixels, suffix: str) -> bytes:
    """Write RGB pixels as ``.png``, ``.jpg``, ``.jpeg`` or ``.webp``; nothing of the photo's own metadata is in it."""
    settings = {".png": [cv2.IMWRITE_PNG_COMPRESSION, 4], ".webp": [cv2.IMWRITE_WEBP_QUALITY, 88]}
    chosen = settings.get(suffix, [cv2.IMWRITE_JPEG_QUALITY, 88])
    done, data = cv2.imencode(suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), chosen)
    if not done:
        msg = _("the picture cannot be written as {suffix}", suffix=suffix)
        raise OutputError(msg)
    return data.tobytes()


def _marked(scene: Scene, *, brief: bool = False) -> None:
    """Draw the marks, then the joints, the names of the sides and the labels over them."""
    if scene.assessment.void:
        write_reason(scene.canvas, scene.assessment.void)
        return
    tags = draw_sources(scene)
    found = _lines(scene)
    if brief:
        found = [replace(label, headline=label.brief, detail="") for label in found if label.brief]
    _joints(scene)
    placed.points(scene)
    floor = min([scene.canvas.height, *_name_sides(scene)])
    _write(scene, floor, sorted(found, key=lambda label: -label.rank)[:MOST_LABELS])
    for spot, words in tags:
        write_tag(scene.canvas, spot, words)


def _lines(scene: Scene) -> list[labels.Label]:
    """Draw the lines of the scene's view, and give their labels."""
    return list(marks.frontal(scene) if scene.view.frontal else marks.side(scene))


def _joints(scene: Scene) -> None:
    pairs = (SHOULDERS, HIPS, KNEES, ANKLES)
    shown = (Side.LEFT, Side.RIGHT) if scene.view.frontal else (scene.near,)
    for landmark in (one for pair in pairs for one in pair):
        if any(landmark.value.startswith(side) for side in shown) and scene.seen(scene[landmark]):
            scene.canvas.dot(scene[landmark], scene.canvas.theme.reference)


def _name_sides(scene: Scene) -> Iterator[float]:
    """Write the subject's own left and right beside the feet; give the upper edge of each word."""
    sides = {Side.LEFT: ANKLES[0], Side.RIGHT: ANKLES[1]} if scene.view.frontal else {}
    for side, ankle in sides.items():
        outward = scene.left if side is Side.LEFT else -scene.left
        if scene.seen(scene[ankle]):
            yield write_tag(scene.canvas, scene[ankle] + 0.34 * scene.span * outward, side_word(side))


def _number(canvas: Canvas, assessment: Assessment, scale: float) -> None:
    """Frame and number everybody from the picture's left to right; the measured person's frame is the strong one."""
    for row, box in enumerate(np.array(assessment.boxes) * scale):
        chosen = row == assessment.chosen
        colour = canvas.theme.mild if chosen else canvas.theme.reference
        canvas.frame(Box(*(float(v) for v in box)), colour, 1.0 if chosen else 0.6)
        write_tag(canvas, box[:2], f"{row + 1}, measured" if chosen else str(row + 1))


def _write(scene: Scene, floor: float, found: Sequence[labels.Label]) -> None:
    """Lay out the labels beside the body, its arms included, above the words beside the feet."""
    canvas = scene.canvas
    margin = 0.8 * canvas.text_px
    bottom = (floor if floor > 0.6 * canvas.height else canvas.height) - margin
    area = Box(margin, margin, canvas.width - margin, bottom)
    body = scene.points[np.isfinite(scene.points).all(axis=1)]
    if len(body):
        labels.draw(canvas, labels.lay_out(found, labels.room_around(area, body, canvas.text_px)))
