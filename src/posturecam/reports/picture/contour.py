"""The person's outline as lines on a canvas, from how much of each pixel is theirs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.shape import EDGE

_FINER = 4
"""The outline's pixels are divided into so many before its edge is followed: it then runs between them."""

_LEAST_PART = 0.02
"""Rings around less than this part of the picture's area are specks, not the person."""


def contours(outline: Silhouette, scale: float) -> list[Array]:
    """Give the edge of what is the person's: closed rings (n, 2), holes between arm and trunk included.

    ``scale`` = canvas pixels per pixel of the photo; the result is in canvas pixels.
    """
    height, width = outline.cover.shape
    fine = cv2.resize(outline.cover, (width * _FINER, height * _FINER), interpolation=cv2.INTER_LINEAR)
    rings, _ = cv2.findContours((fine > EDGE).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    least = _LEAST_PART * np.sqrt(fine.size)
    kept = (ring[:, 0] for ring in rings if cv2.arcLength(ring, closed=True) > 4.0 * least)
    places = ((ring + 0.5) / _FINER * np.diag(outline.to_photo) + outline.to_photo[:, 2] for ring in kept)
    return [_closed(place * scale) for place in places]


def runs(ring: Array, kept: NDArray[np.bool_]) -> list[Array]:
    """Give the parts of a closed ring (n, 2) whose points are kept (n,), each as one line; the ring where all are."""
    if kept.all():
        return [ring]
    first = int((~kept).argmax())
    points, turned = np.roll(ring, -first, axis=0), np.roll(kept, -first)
    ends = np.flatnonzero(np.diff(np.concatenate([[False], turned, [False]]).astype(int)))
    return [points[start:stop] for start, stop in ends.reshape(-1, 2) if stop - start > 1]


def _closed(ring: Array) -> Array:
    """Smooth a ring over about a pixel of the outline, and end it where it begins."""
    reach = 2 * _FINER
    around = np.concatenate([ring[-reach:], ring, ring[:reach]])
    window = np.hanning(2 * reach + 3)[1:-1]
    smooth = np.stack([np.convolve(axis, window / window.sum(), "valid") for axis in around.T], axis=1)
    return np.concatenate([smooth, smooth[:1]])
