"""The squares to learn from: the same scale as those that the program sees, with a margin to turn and shift them in."""

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.measures.estimator.patches import SIDE_PX
from posturecam.measures.estimator.places import HALF_WIDTHS, centres
from posturecam.picture.photo import Pixels

WIDE_PX = 152
MARGIN = WIDE_PX / SIDE_PX
"""How many times wider than the program's squares."""


def wide_squares(pixels: Pixels, points: Array) -> Pixels:
    """(3, 152, 152, 3) the squares of pelvis, shoulder girdle and head; points (33, 2) in pixels."""
    at, trunk = centres(points)
    return np.stack([_square(pixels, *pair, trunk) for pair in zip(at, HALF_WIDTHS.values(), strict=True)])


def _square(pixels: Pixels, centre: Array, half: float, trunk: float) -> Pixels:
    """Cut one square out, first averaged down so that fine texture does not alias."""
    factor = min(1.0, 1.25 * SIDE_PX / (2 * half * trunk))
    if factor < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    scale = SIDE_PX / (2 * half * trunk * factor)
    x, y = WIDE_PX / 2 - 0.5 - scale * (centre * factor - 0.5)
    there = np.array([[scale, 0.0, x], [0.0, scale, y]])
    size = (WIDE_PX, WIDE_PX)
    warped = cv2.warpAffine(pixels, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def core(wide: Pixels) -> Pixels:
    """(..., 112, 112, 3) the program's squares out of the wide ones (..., 152, 152, 3)."""
    edge = (WIDE_PX - SIDE_PX) // 2
    return wide[..., edge:-edge, edge:-edge, :]
