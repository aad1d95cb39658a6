"""What a camera wrote into a photo of its lens: the focal length (the day stands in ``capture_date``)."""

import math
import struct

from PIL import Image


def exif_focal_px(image: Image.Image, size_px: tuple[int, int]) -> float | None:
    """Take the focal length from EXIF: its equivalent on 35 mm film (diagonal 43.27 mm) over the camera's picture's."""
    try:
        taken = image.getexif().get_ifd(0x8769)
        film_mm, named = float(taken.get(0xA405, 0)), (int(taken.get(0xA002, 0)), int(taken.get(0xA003, 0)))
    except (TypeError, ValueError, KeyError, OSError, SyntaxError, OverflowError, struct.error):
        return None
    diagonal = exif_diagonal_px(size_px, named)
    return film_mm / 43.27 * diagonal if diagonal is not None and 8.0 <= film_mm <= 1000.0 else None


CAMERA_SHAPES = (1.0, 5 / 4, 4 / 3, 3 / 2, 16 / 9, 2.0, 18.5 / 9, 19 / 9, 19.5 / 9, 20 / 9)
"""Long side over short side of the pictures that cameras and phones take."""

SAME_SHAPE = 0.015
"""How far two shapes may lie apart, relatively, and still be one: rounding, and rows that a camera leaves away."""


def exif_diagonal_px(size_px: tuple[int, int], named_px: tuple[int, int]) -> float | None:
    """Give the diagonal of the picture that the camera took, in pixels of this picture; None where that is unknown.

    ``named_px`` is the size that EXIF names, or zeros. A picture of another shape that fits into it was cut out of it;
    a shape that no camera has was cut out too, and the new size written into EXIF.
    """
    (short, long), (named_short, named_long) = sorted(size_px), sorted(named_px)
    if named_short > 0 and abs(long / short * named_short / named_long - 1.0) > SAME_SHAPE:
        return math.hypot(*named_px) if short <= named_short and long <= named_long else None
    usual = any(abs(long / short / shape - 1.0) <= SAME_SHAPE for shape in CAMERA_SHAPES)
    return math.hypot(*size_px) if usual else None
