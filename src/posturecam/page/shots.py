"""The pictures that the pages show, as JPEG without metadata."""

import numpy as np

from posturecam.picture.photo import Photo
from posturecam.pipeline.assessment import Assessment
from posturecam.reports.picture import figure
from posturecam.reports.picture.canvas import ON_WHITE, Canvas
from posturecam.reports.picture.photo_overlay import FIGURE_PX, encode, reduced

LONGEST_PX = 2000
"""Long side of a picture on the page: sharp on a large screen, and enough for the magnifier."""


def picture_of(photo: Photo | None, assessment: Assessment) -> bytes:
    """Encode the photo that was measured, or a plain figure where the photo is not at hand."""
    return encode(reduced((photo or plain_picture(assessment)).pixels, LONGEST_PX), ".jpg")


def plain_picture(assessment: Assessment) -> Photo:
    """Draw a plain figure of the found points on white, in place of the photo."""
    width, height = assessment.pose.size_px
    scale = FIGURE_PX / max(width, height)
    size = (max(1, round(height * scale)), max(1, round(width * scale)), 3)
    canvas = Canvas(np.full(size, 255, np.uint8), ON_WHITE)
    figure.draw(canvas, assessment.pose.mean * scale)
    return Photo(assessment.photo.name, assessment.photo.sha256, canvas.pixels, (width, height))
