"""Which part of a photo a drawing shows, how much it is enlarged, and how large the letters are.

The whole of it, or the person where that is small or stands in a wide one. Where nothing may be read from a photo, the
reason stands in large words on a plate below it: the person stays to be seen.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from posturecam.body import ORDER, Array
from posturecam.measures.anatomy import ANKLES
from posturecam.pipeline.assessment import Assessment
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.shape import EDGE
from posturecam.reports.drawing.canvas import TEXT, Box, Canvas, Lettering, unit_of
from posturecam.reports.drawing.label_layout import REACH, wrap_text
from posturecam.reports.report_options import OverlayOptions

CROWN, SOLE, FLESH = 0.10, 0.03, 0.035
"""How far a body reaches beyond its found points, in parts of their extent: crown and hair above the eyes, the sole
below the heel, flesh beside the joints."""

SMALL = 0.62
"""A person who takes up less of the photo's height is shown larger: the photo is cut to them."""

ABOVE, BELOW = 0.10, 0.08
"""Room above and below a person to whom a photo is cut, in parts of what must be seen."""

WIDE = 1.1
"""Width of a photo that is shown beside the person, in parts of the height shown."""

FLATTEST = 0.6
"""Least height shown, in parts of the width of what must be seen: several people in a row, somebody lying."""


def body_box(points: Array, size_px: tuple[int, int], outline: Silhouette | None = None) -> Box | None:
    """Frame the body as far as it is in the photo; None where nothing of it is.

    points   (33, 2) landmarks, NaN where one was not found
    outline  where the person ends; only a trusted one counts
    """
    found = points[np.isfinite(points).all(axis=1)]
    if not len(found):
        return None
    low, high = found.min(axis=0), found.max(axis=0)
    extent = float((high - low).max())
    body = Box(
        float(low[0]) - FLESH * extent,
        float(low[1]) - CROWN * extent,
        float(high[0]) + FLESH * extent,
        float(high[1]) + SOLE * extent,
    )
    if outline is not None and outline.untrusted is None:
        body = joined_boxes([body, *_outline_box(outline)])
    return _inside(body, size_px)


def _outline_box(outline: Silhouette) -> Iterable[Box]:
    rows, columns = np.nonzero(outline.cover > EDGE)
    if rows.size:
        scale, shift = np.diag(outline.to_photo), outline.to_photo[:, 2]
        low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1
        yield Box(*(float(edge) for edge in (*(low * scale + shift), *(high * scale + shift))))


def joined_boxes(boxes: Iterable[Box]) -> Box:
    """Give the smallest box around several."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def part_shown(body: Box | None, others: Iterable[Box], size_px: tuple[int, int]) -> Box:
    """Choose the part of a photo of this (width, height) to show; ``others`` is what must be seen beside the body."""
    width, height = size_px
    whole = Box(0.0, 0.0, float(width), float(height))
    if body is None:
        return whole
    kept = joined_boxes([body, *(box for box in (_inside(other, size_px) for other in others) if box is not None)])
    top, bottom = _body_rows(kept, height)
    middle, reach = (body.left + body.right) / 2, WIDE / 2 * (bottom - top)
    left = max(0.0, min(kept.left, middle - reach))
    right = min(float(width), max(kept.right, middle + reach))
    return Box(left, top, right, bottom)


def _body_rows(kept: Box, height: int) -> tuple[float, float]:
    tall = kept.bottom - kept.top
    if tall >= SMALL * height:
        return 0.0, float(height)
    top, bottom = kept.top - ABOVE * tall, kept.bottom + BELOW * tall
    lacking = max(0.0, FLATTEST * (kept.right - kept.left) - (bottom - top))
    return max(0.0, top - lacking / 2), min(float(height), bottom + lacking / 2)


def _inside(box: Box, size_px: tuple[int, int]) -> Box | None:
    """Cut a box to the photo; None where nothing is left of it."""
    left, right = (min(max(x, 0.0), float(size_px[0])) for x in (box.left, box.right))
    top, bottom = (min(max(y, 0.0), float(size_px[1])) for y in (box.top, box.bottom))
    return Box(left, top, right, bottom) if right - left >= 1.0 and bottom - top >= 1.0 else None


_LINE, _PAD = 1.4, 0.8
"""Distance of the lines, and what is left around them, in sizes of the letters."""

_SIZE = 1.15
"""Size of the letters in ordinary sizes of text."""

_NARROWEST = 0.75
"""Least width of the words, in parts of the height of the photo that is shown."""


@dataclass(frozen=True, slots=True)
class ReasonPlate:
    """Words in lines that fit below a part of a photo, and the plate that holds them."""

    lines: tuple[str, ...]
    size_px: float
    plate: Box

    def draw(self, canvas: Canvas) -> None:
        """Write the words."""
        canvas.plate(self.plate)
        left, baseline = self.plate.left + _PAD * self.size_px, self.plate.top + (_PAD + 0.82) * self.size_px
        for line in self.lines:
            canvas.text((left, baseline), line, canvas.theme.ink, Lettering(self.size_px, 600))
            baseline += _LINE * self.size_px


def reason_below(part: Box, words: str, text_px: float) -> ReasonPlate:
    """Lay out words below a part of a photo, as wide as it is or, below a narrow one, wider."""
    size, wide = _SIZE * text_px, max(part.right - part.left, _NARROWEST * (part.bottom - part.top))
    lines = wrap_text(words, Lettering(size, 600), wide - 2 * _PAD * size)
    left = (part.left + part.right - wide) / 2
    tall = ((len(lines) - 1) * _LINE + 1.0 + 2 * _PAD) * size
    return ReasonPlate(lines, size, Box(left, part.bottom, left + wide, part.bottom + tall))


LEAST_PX = 1000
"""A part of a photo that is less high is enlarged to this height before it is drawn on."""

MOST_ENLARGED, WIDEST_PX = 12.0, 4000
"""A part is enlarged no more than so many times, and not beyond this width."""

_ORDINARY, _LARGE = 1.28, 1.9
"""Sizes of letters in a picture by itself, and in one among others."""

_WIDE = 0.7
"""Letters go by the height that is shown, or by this part of the width where that is more: arms held out."""

BELOW_FEET = 2.2
"""Room below the feet for the names of the sides, in text sizes."""


def part_of(assessment: Assessment, options: OverlayOptions) -> Box:
    """Choose the part of the photo to show, with room below it for what is written there."""
    pose, body, part = assessment.pose, body_of(assessment), photo_part(assessment)
    if assessment.void:
        return part._replace(bottom=shown_reason(assessment, options, 1.0).plate.bottom)
    ankles = pose.mean[[ORDER[ankle] for ankle in ANKLES]]
    if body is None or not pose.view.frontal or not ((ankles >= 0) & (ankles <= pose.size_px)).all(axis=1).any():
        return part
    return part._replace(bottom=max(part.bottom, body.bottom + BELOW_FEET * text_px_of(options, part)))


def enlargement(part: Box, longest_px: int | None) -> float:
    """Say how many times a part of a picture is enlarged (< 1: reduced) before it is drawn on."""
    height, width = part.bottom - part.top, part.right - part.left
    wanted = longest_px / height if longest_px is not None else max(1.0, LEAST_PX / height)
    return min(wanted, MOST_ENLARGED, max(1.0, WIDEST_PX / width))


def photo_part(assessment: Assessment) -> Box:
    """Choose the part of the photo itself: the measured person, whoever else is framed, and what hangs beside them."""
    others = [Box(*box) for box in assessment.boxes] if len(assessment.boxes) > 1 else []
    return part_shown(body_of(assessment), [*others, *hung_boxes(assessment)], assessment.pose.size_px)


def shown_reason(assessment: Assessment, options: OverlayOptions, scale: float) -> ReasonPlate:
    """Lay out why nothing may be read from the photo, in pixels of the canvas.

    The lines are broken once, in the photo's own pixels: letters of another size may round to one line more.
    """
    part = photo_part(assessment)
    reason = reason_below(part, str(assessment.void or ""), text_px_of(options, part))
    return ReasonPlate(reason.lines, reason.size_px * scale, scaled(reason.plate, scale))


def text_px_of(options: OverlayOptions, part: Box) -> float:
    """Give the height of ordinary text over a part of a photo, in its pixels."""
    return letters_of(options, part) * TEXT * unit_of(np.inf, part.bottom - part.top)


def body_of(assessment: Assessment) -> Box | None:
    """Frame the measured body as far as it is in the photo, pixels of the full photo."""
    return body_box(assessment.pose.mean, assessment.pose.size_px, assessment.outline)


def hung_boxes(assessment: Assessment) -> Iterator[Box]:
    """Give the boxes around the hanging board and the line drawn by the user, pixels of the full photo."""
    around = assessment.scene
    if around is None:
        return
    for points in (around.board, None if around.plumb is None else np.array(around.plumb).reshape(2, 2)):
        if points is not None:
            yield Box(*(float(edge) for edge in (*points.min(axis=0), *points.max(axis=0))))


def scaled(box: Box, scale: float) -> Box:
    """Bring a box to another size of the picture."""
    return Box(*(edge * scale for edge in box))


def letters_of(options: OverlayOptions, part: Box) -> float:
    """Give the size of letters for a part of a photo."""
    wide = _WIDE * (part.right - part.left) / (part.bottom - part.top)
    return (_LARGE if options.brief else _ORDINARY) * max(1.0, wide)


def reach_of(part: Box, letters: float) -> int:
    """Give the width beside the part in which labels may stand, pixels: text grows with the height shown."""
    return int(np.ceil(REACH * letters * TEXT * unit_of(np.inf, part.bottom - part.top))) + 1
