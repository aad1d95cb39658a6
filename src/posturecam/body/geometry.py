"""Angles, tilts and midpoints on (..., 2) arrays.

Which way is up is said here and nowhere else. Photos have x to the right and y down. Everything below the function
``subject_frame`` works in the subject's own frontal plane: x towards the subject's LEFT, y UP, so that

* a positive tilt means that the subject's left end is higher, in front and back views alike,
* a positive lean or shift means towards the subject's left,
* in side views x points forward, the way the subject faces, and positive means forward.

All angles are degrees and are computed from pixels, never from coordinates divided by the picture's width and height.
"""

import numpy as np

from posturecam.body import Array, View

_X_FLIPPED = frozenset({View.BACK, View.LEFT})
"""The views in which the subject's left, or where the subject faces, lies at the picture's left."""


def rotate(points: Array, angle_deg: float) -> Array:
    """Turn photo points (..., 2) about the origin, counter-clockwise as seen in the photo (y down)."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.asarray(points @ np.array([[c, -s], [s, c]]))


def subject_frame(points: Array, view: View, roll_deg: float = 0.0) -> Array:
    """Turn photo points (..., 2) into the subject's frame, the camera's roll removed.

    ``roll_deg`` > 0: the picture's content is turned counter-clockwise by that much.
    """
    upright = rotate(points, -roll_deg)
    return np.asarray(upright * np.array([-1.0 if view in _X_FLIPPED else 1.0, -1.0]))


def midpoint(a: Array, b: Array) -> Array:
    """Point half-way between two points (..., 2)."""
    return np.asarray((a + b) / 2)


def tilt(left: Array, right: Array) -> Array:
    """Tilt of the line right → left against the horizontal, degrees; + = the left end is higher."""
    d = left - right
    return np.asarray(np.degrees(np.arctan2(d[..., 1], d[..., 0])))


def lean(upper: Array, lower: Array) -> Array:
    """Lean of the line lower → upper against the vertical, degrees; + = the upper end lies towards + x."""
    d = upper - lower
    return np.asarray(np.degrees(np.arctan2(d[..., 0], d[..., 1])))


def bend(a: Array, b: Array, c: Array) -> Array:
    """Turn of the path a → b → c at b, degrees; 0 = straight, + = counter-clockwise with y up."""
    u, w = b - a, c - b
    cross = u[..., 0] * w[..., 1] - u[..., 1] * w[..., 0]
    return np.asarray(np.degrees(np.arctan2(cross, (u * w).sum(-1))))


def wrap(angle_deg: Array) -> Array:
    """Bring an angle into −180 … 180 degrees."""
    return np.asarray((angle_deg + 180.0) % 360.0 - 180.0)


def standard_error(values: Array) -> float:
    """Give the standard error of the mean of samples (S,); 0 for a single sample."""
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else 0.0


def turned_point(x: float, y: float, size_px: tuple[int, int], turn_deg: int) -> tuple[float, float]:
    """Say where a point of a photo of that size lies once the photo is turned clockwise."""
    width, height = size_px
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turn_deg % 360]
