"""What of a photo the drawing of its assessment shows, how much it is enlarged, and how large the letters are."""

from collections.abc import Iterator

import numpy as np

from posturecam.body import ORDER
from posturecam.measures.anatomy import ANKLES
from posturecam.pipeline.assessment import Assessment
from posturecam.reports.picture.canvas import TEXT, Box, unit_of
from posturecam.reports.picture.framing import body_box, part_shown
from posturecam.reports.picture.layout import REACH
from posturecam.reports.picture.options import OverlayOptions
from posturecam.reports.picture.reason import Reason, reason_below

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
        return part._replace(bottom=reason_of(assessment, options, 1.0).plate.bottom)
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


def reason_of(assessment: Assessment, options: OverlayOptions, scale: float) -> Reason:
    """Lay out why nothing may be read from the photo, in pixels of the canvas.

    The lines are broken once, in the photo's own pixels: letters of another size may round to one line more.
    """
    part = photo_part(assessment)
    reason = reason_below(part, str(assessment.void or ""), text_px_of(options, part))
    return Reason(reason.lines, reason.size_px * scale, scaled(reason.plate, scale))


def text_px_of(options: OverlayOptions, part: Box) -> float:
    """Give the height of ordinary text over a part of a photo, in its pixels."""
    return letters_of(options, part) * TEXT * unit_of(np.inf, part.bottom - part.top)


def body_of(assessment: Assessment) -> Box | None:
    """Frame the measured body as far as it is in the photo, pixels of the full photo."""
    return body_box(assessment.pose.mean, assessment.pose.size_px, assessment.outline)


def hung_boxes(assessment: Assessment) -> Iterator[Box]:
    """Give the boxes around the hanging board and the line drawn by the user, pixels of the full photo."""
    around = assessment.around
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
