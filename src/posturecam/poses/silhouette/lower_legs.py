"""The outline of both lower legs, cut out again from the photo's own pixels: a heel is a few pixels of the whole body.

The body's outline says where to look; GrabCut then works on the crop from the knees to the floor, as large as it is in
the photo but no larger than the whole body's outline was.
"""

import cv2
import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose
from posturecam.picture.photo import Photo, Pixels
from posturecam.poses.silhouette.cutting import FINE_HEIGHT_PX, sharpened
from posturecam.poses.silhouette.shape import Silhouette

_ABOVE_KNEE, _BELOW, _BESIDE = 0.1, 0.25, 0.35
"""How far the crop reaches above the knees, below the feet and beside them, in lengths of the lower leg."""

_BLUR, _LEAST_HEIGHT_PX = 1.2, 100
"""The body's outline is blurred by so many of its pixels before it is sharpened; smaller crops show no heel."""

_PARTS = [ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT") for part in ("KNEE", "ANKLE", "HEEL")]
_KNEES, _ANKLES = slice(0, None, 3), slice(1, None, 3)


def lower_legs(photo: Photo, pose: Pose, outline: Silhouette) -> Silhouette | None:
    """Cut out both lower legs; None where they are not in the photo or too small in it."""
    points = pose.mean[_PARTS]
    length = float((points[_ANKLES] - points[_KNEES])[:, 1].mean())
    if not length > 0.0 or not np.isfinite(points).all():
        return None
    low = points.min(axis=0) - np.array([_BESIDE, _ABOVE_KNEE]) * length
    high = points.max(axis=0) + np.array([_BESIDE, _BELOW]) * length
    found = _crop(photo, np.floor(low * photo.scale), np.ceil(high * photo.scale))
    if found is None:
        return None
    pixels, to_photo = found
    height, width = pixels.shape[:2]
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    chance = outline.at(np.stack([columns, rows], axis=-1) * np.diag(to_photo) + to_photo[:, 2])
    coarse = _BLUR * outline.to_photo[0, 0] / to_photo[0, 0]
    return sharpened(pixels, np.asarray(cv2.GaussianBlur(chance, (0, 0), coarse)), to_photo)


def _crop(photo: Photo, low: Array, high: Array) -> tuple[Pixels, Array] | None:
    """Cut a box, in decoded pixels, out of the photo; give it with its way back to the whole photo's pixels."""
    height, width = photo.pixels.shape[:2]
    left, top = (int(max(0.0, edge)) for edge in low)
    right, bottom = (int(min(edge, limit)) for edge, limit in zip(high, (width, height), strict=True))
    if right - left < 2 or bottom - top < _LEAST_HEIGHT_PX:
        return None
    pixels = np.ascontiguousarray(photo.pixels[top:bottom, left:right])
    if bottom - top > FINE_HEIGHT_PX:
        size = (max(2, round((right - left) * FINE_HEIGHT_PX / (bottom - top))), FINE_HEIGHT_PX)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    across, down = (right - left) / pixels.shape[1], (bottom - top) / pixels.shape[0]
    return pixels, np.array([[across, 0.0, left], [0.0, down, top]]) / photo.scale
