"""The overlay: plumb line, the tilted lines against the level, the trunk and the legs, with degrees and words.

Of several people in one photo each stands in a frame with a number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from posturecam.body import Side
from posturecam.errors import OutputError
from posturecam.measures.anatomy import ANKLES, HIPS, KNEES, SHOULDERS
from posturecam.picture.photo import Photo, Pixels
from posturecam.pipeline.assessment import Assessment, measured_photo
from posturecam.reports.drawing import figure, label_layout, marks, point_marks, vertical_marks
from posturecam.reports.drawing.canvas import ON_PHOTO, ON_WHITE, Box, Canvas
from posturecam.reports.drawing.label_layout import MARGIN, Label, PlacedLabel, Room, lay_out
from posturecam.reports.drawing.scene import Scene
from posturecam.reports.drawing.shown_part import (
    BELOW_FEET,
    body_of,
    enlargement,
    hung_boxes,
    joined_boxes,
    letters_of,
    part_of,
    reach_of,
    scaled,
    shown_reason,
)
from posturecam.reports.drawing.svg_canvas import SvgCanvas
from posturecam.reports.drawing.vertical_marks import draw_sources, tag_width, write_tag
from posturecam.reports.html.markup import Html, join, tag
from posturecam.reports.report_options import PLAIN, Labels, OverlayOptions
from posturecam.storage.origin import signed_bytes
from posturecam.text.language import _
from posturecam.text.language.sides import side_word


def number_people(canvas: Canvas, assessment: Assessment, scale: float) -> list[Box]:
    """Frame and number several people from left to right; the measured person's frame is the strong one.

    Give the plate of that person's number, which stands outside of the frame.
    """
    plates: list[Box] = []
    several = assessment.boxes if len(assessment.boxes) > 1 else ()
    for row, (left, top, right, bottom) in enumerate(np.array(several).reshape(-1, 4) * scale):
        chosen = row == assessment.chosen
        colour = canvas.theme.mild if chosen else canvas.theme.reference
        canvas.frame(Box(left, top, right, bottom), colour, 1.0 if chosen else 0.6)
        words = _("{number}, measured", number=row + 1) if chosen else str(row + 1)
        aside = tag_width(canvas, words) / 2 + 0.3 * canvas.text_px
        plates += [write_tag(canvas, np.array([left - aside, bottom - canvas.text_px]), words)][: int(chosen)]
    return plates


FIGURE_PX = 1600
"""Long side of the figure drawn without a photo."""


MOST_LABELS = 9
"""More would distract from the person, unless all are asked for; the report's table has all."""


@dataclass(frozen=True, slots=True)
class SvgOverlay:
    """The drawing as the inside of an ``svg`` element, and the part (left, top, width, height) of it to show.

    Both in pixels of the full upright photo that was measured; the part may reach beyond the photo.
    """

    shapes: Html
    frame: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn beside the measured lines, in pixels of the canvas.

    part    of the photo that is shown
    labels  beside the body
    plates  words that stand elsewhere: the sides' names, a number among several people, what hangs in the photo
    margin  space around labels, pixels
    """

    part: Box
    labels: tuple[PlacedLabel, ...]
    plates: tuple[Box, ...]
    margin: float

    @property
    def shown(self) -> Box:
        """The part, made wider where words reach beyond it."""
        boxes = [*self.plates, *(label.box for label in self.labels)]
        left = min([self.part.left, *(box.left - self.margin for box in boxes)])
        right = max([self.part.right, *(box.right + self.margin for box in boxes)])
        return self.part._replace(left=left, right=right)


def draw(assessment: Assessment, photo: Photo | None, options: OverlayOptions = PLAIN) -> Pixels:
    """Draw over the photo as it was read, or over a plain figure where there is none."""
    if photo is None:
        return draw_figure(assessment, options=options)
    seen = measured_photo(photo, assessment)
    return draw_overlay(seen.pixels, assessment, seen.scale, options)


def draw_overlay(
    pixels: Pixels,
    assessment: Assessment,
    scale: float,
    options: OverlayOptions = PLAIN,
    *,
    longest_px: int | None = None,
) -> Pixels:
    """Draw what was measured over a copy of the photo; several people are numbered.

    pixels      (h, w, 3) uint8 RGB, perhaps a reduced decode; of a mirrored selfie its mirror image
    scale       pixels of this picture for each pixel of the full upright photo
    longest_px  longest side of the drawing; None: at least ``LEAST_PX`` high, else as large as the photo
    """
    part = part_of(assessment, options)
    enlarged = enlargement(scaled(part, scale), longest_px)
    letters = letters_of(options, part)
    ground, origin = _ground(pixels, scaled(part, scale), enlarged, letters)
    canvas = Canvas(ground, ON_PHOTO, letters, origin)
    found = _draw(Scene(canvas, assessment, scale * enlarged, options), scaled(part, scale * enlarged))
    drawn = _trimmed(canvas, found.shown)
    return drawn if longest_px is None else reduced_pixels(drawn, longest_px)


def draw_figure(assessment: Assessment, long_side_px: int = FIGURE_PX, options: OverlayOptions = PLAIN) -> Pixels:
    """Draw the same over a plain figure on white, without the photo."""
    part = part_of(assessment, options)
    scale = long_side_px / max(part.right - part.left, part.bottom - part.top)
    shown, letters = scaled(part, scale), letters_of(options, part)
    beside = reach_of(shown, letters)
    size = (max(1, round(shown.bottom - shown.top)), max(1, round(shown.right - shown.left + 2 * beside)), 3)
    canvas = Canvas(np.full(size, 255, np.uint8), ON_WHITE, letters, (shown.left - beside, shown.top))
    figure.draw_plain_figure(canvas, assessment.pose.mean * scale)
    drawn = _trimmed(canvas, _draw(Scene(canvas, assessment, scale, options), shown).shown)
    return reduced_pixels(drawn, long_side_px)


def overlay_svg(assessment: Assessment) -> SvgOverlay:
    """Draw the same as SVG, to lie over the photo; the grid is in a group of its own, to be shown or not."""
    canvas, part = _svg_canvas(assessment)
    scene = Scene(canvas, assessment, 1.0)
    below = vertical_marks.draw_grid(scene, part)
    squares = tag("g", canvas.take(), class_="grid")
    left, top, right, bottom = _draw_marks(scene, part, below).shown
    frame = (int(np.floor(left)), int(top), int(np.ceil(right) - np.floor(left)), int(bottom - top))
    return SvgOverlay(join(squares, canvas.shapes), frame)


def overlay_layout(assessment: Assessment, options: OverlayOptions = PLAIN) -> Drawn:
    """Say where labels stand in the drawing, in pixels of the full upright photo that was measured."""
    canvas, part = _svg_canvas(assessment, options)
    return _draw(Scene(canvas, assessment, 1.0, options), part)


def overlay_lines(assessment: Assessment) -> Html:
    """Draw the measured lines alone, as SVG in pixels of the full upright photo."""
    canvas, _ = _svg_canvas(assessment)
    number_people(canvas, assessment, 1.0)
    if not assessment.void:
        _lines(Scene(canvas, assessment, 1.0))
    return canvas.shapes


def _svg_canvas(assessment: Assessment, options: OverlayOptions = PLAIN) -> tuple[SvgCanvas, Box]:
    """Begin a drawing over the full photo, with room for labels at both sides; give the part that is shown too."""
    part = part_of(assessment, options)
    letters = letters_of(options, part)
    beside = reach_of(part, letters)
    size = (part.right - part.left + 2 * beside, part.bottom - part.top)
    return SvgCanvas(size, ON_PHOTO, letters, (part.left - beside, part.top)), part


def reduced_pixels(pixels: Pixels, longest_px: int) -> Pixels:
    """Shrink a picture to a longest side; one that is smaller stays as it is."""
    longest = max(pixels.shape[:2])
    if longest <= longest_px:
        return pixels
    factor = longest_px / longest
    return cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(pixels.dtype)


def encode(pixels: Pixels, suffix: str, *, mark: bool = True) -> bytes:
    """Write RGB pixels as ``.png``, ``.jpg``, ``.jpeg`` or ``.webp``; nothing of the photo's own metadata is in it.

    ``mark`` says in the file that posturecam drew it; a photo as the camera gave it has none.
    """
    settings = {".png": [cv2.IMWRITE_PNG_COMPRESSION, 4], ".webp": [cv2.IMWRITE_WEBP_QUALITY, 88]}
    chosen = settings.get(suffix, [cv2.IMWRITE_JPEG_QUALITY, 88])
    done, data = cv2.imencode(suffix, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), chosen)
    if not done:
        msg = _("the picture cannot be written as {suffix}", suffix=suffix)
        raise OutputError(msg)
    return signed_bytes(data.tobytes()) if mark else data.tobytes()


def _ground(pixels: Pixels, part: Box, enlarged: float, letters: float) -> tuple[Pixels, tuple[float, float]]:
    """Cut out the part with room for labels at both sides, enlarged; give it, and where its corner lies, enlarged.

    Beside the photo the room is of one even colour.
    """
    height, width = pixels.shape[:2]
    beside = reach_of(part, letters)
    top, bottom = max(0, int(np.floor(part.top))), int(np.ceil(part.bottom))
    left, right = int(np.floor(part.left)) - beside, int(np.ceil(part.right)) + beside
    cut = pixels[top : min(height, bottom), max(0, left) : min(width, right)]
    size = (max(1, round(cut.shape[1] * enlarged)), max(1, round(cut.shape[0] * enlarged)))
    if enlarged != 1.0:
        smooth = cv2.INTER_AREA if enlarged < 1.0 else cv2.INTER_CUBIC
        cut = np.asarray(cv2.resize(cut, size, interpolation=smooth), dtype=np.uint8)
    before, after, below = (max(0, round(lacking * enlarged)) for lacking in (-left, right - width, bottom - height))
    ground = np.empty((size[1] + below, before + size[0] + after, 3), np.uint8)
    ground[:] = ON_PHOTO.surround
    ground[: size[1], before : before + size[0]] = cut
    return ground, (max(0, left) * enlarged - before, top * enlarged)


def _trimmed(canvas: Canvas, shown: Box) -> Pixels:
    """Leave of the drawing what is to be shown."""
    left = int(np.floor(shown.left - canvas.area.left))
    right = int(np.ceil(shown.right - canvas.area.left))
    return canvas.pixels[:, max(0, left) : right].copy()


def _draw(scene: Scene, part: Box) -> Drawn:
    """Draw everything over the part of the photo that is shown."""
    below = vertical_marks.draw_grid(scene, part) if scene.options.grid and not scene.assessment.void else part.top
    return _draw_marks(scene, part, below)


def _draw_marks(scene: Scene, part: Box, below: float) -> Drawn:
    """Draw the marks, then the joints, the names of the sides and the labels, which stand lower than ``below``."""
    numbers = number_people(scene.canvas, scene.assessment, scene.scale)
    if scene.assessment.void:
        reason = shown_reason(scene.assessment, scene.options, scene.scale)
        reason.draw(scene.canvas)
        return Drawn(part, (), (*numbers, reason.plate), 0.0)
    tags = draw_sources(scene)
    found = _chosen(scene, _lines(scene))
    _joints(scene)
    written = [*numbers, *_name_sides(scene), *(write_tag(scene.canvas, spot, words) for spot, words in tags)]
    names = point_marks.point_rings(scene, written)
    plates = [*written, *names.values()]
    laid = _laid_out(scene, part, below, plates, found)
    label_layout.draw_labels(scene.canvas, laid)
    point_marks.point_names(scene, names)
    return Drawn(part, tuple(laid), tuple(plates), MARGIN * scene.canvas.text_px)


def _lines(scene: Scene) -> list[Label]:
    """Draw the lines of the scene's view, and give their labels."""
    if scene.view.choices:
        return []
    return list(marks.frontal(scene) if scene.view.frontal else marks.side(scene))


def _chosen(scene: Scene, found: list[Label]) -> list[Label]:
    """Give the labels that are asked for."""
    if scene.options.labels is Labels.NONE:
        return []
    if scene.options.brief:
        found = [replace(label, headline=label.brief, detail="") for label in found if label.brief]
    most = None if scene.options.labels is Labels.ALL else MOST_LABELS
    return sorted(found, key=lambda label: -label.rank)[:most]


def _joints(scene: Scene) -> None:
    pairs = (SHOULDERS, HIPS, KNEES, ANKLES)
    both = scene.view.frontal or scene.view.choices
    shown = (Side.LEFT, Side.RIGHT) if both else (scene.near,)
    for landmark in (point for pair in pairs for point in pair):
        if any(landmark.value.startswith(side) for side in shown) and scene.seen(scene[landmark]):
            scene.canvas.dot(scene[landmark], scene.canvas.theme.reference)


def _name_sides(scene: Scene) -> Iterator[Box]:
    """Write the subject's own left and right below the feet; give the plate of each word."""
    body, canvas = body_of(scene.assessment), scene.canvas
    ankles = [ankle for ankle in ANKLES if scene.seen(scene[ankle])] if scene.view.frontal else []
    if body is None or not ankles:
        return
    middle = float(np.mean([scene[ankle][0] for ankle in ankles]))
    level = body.bottom * scene.scale + BELOW_FEET / 2 * canvas.text_px
    for ankle in ankles:
        side = Side.LEFT if ankle is ANKLES[0] else Side.RIGHT
        aside = float(scene[ankle][0]) - middle
        outward = float(np.sign(aside)) or (-1.0 if scene.stands_left(side) else 1.0)
        clear = tag_width(canvas, side_word(side)) / 2 + 0.2 * canvas.text_px
        yield write_tag(canvas, np.array([middle + outward * max(abs(aside), clear), level]), side_word(side))


def _laid_out(scene: Scene, part: Box, below: float, plates: list[Box], found: list[Label]) -> list[PlacedLabel]:
    """Lay out the labels beside the body, what hangs beside it, and the words that are written already."""
    body = body_of(scene.assessment)
    if body is None:
        return []
    text = scene.canvas.text_px
    kept = joined_boxes([*(scaled(box, scene.scale) for box in (body, *hung_boxes(scene.assessment))), *plates])
    area = part._replace(top=below + MARGIN * text, bottom=part.bottom - MARGIN * text)
    room = Room(kept, area, text, scene.canvas.least_text_px)
    return lay_out(found, room)
