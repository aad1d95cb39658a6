"""Several people in one photo: each in a frame with a number."""

import numpy as np

from posturecam.pipeline.assessment import Assessment
from posturecam.reports.picture.canvas import Box, Canvas
from posturecam.reports.picture.gravity import tag_width, write_tag
from posturecam.text.language import _


def number(canvas: Canvas, assessment: Assessment, scale: float) -> list[Box]:
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
