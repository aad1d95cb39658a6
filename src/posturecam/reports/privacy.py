"""Hide the faces of everybody found in a photo, before anything of it is written.

The measured person's head is known from its points; of the others only the box of their points is, and the top of
that box is covered in its whole width. Somebody whom the network did not find is not hidden: only a drawing without
the photo is sure to show nobody.
"""

from dataclasses import replace

import cv2
import numpy as np

from posturecam.assessment import Assessment
from posturecam.body import ORDER, Array, Landmark
from posturecam.photo import Pixels

_BLOCKS = 5
"""Blocks along the longer side of a hidden head: too few to know anybody by."""

_HEAD_POINTS = [ORDER[one] for one in Landmark if any(part in one.value for part in ("nose", "eye", "ear", "mouth"))]
_HEAD_IN_BODIES = 0.12
"""Half the side of the square around a head, as a part of the body's height, where the head's own points say less."""


def hide_faces(pixels: Pixels, assessment: Assessment, scale: float) -> Pixels:
    """Give a copy of the picture with every head in coarse blocks.

    pixels   (h, w, 3) uint8 RGB, as for the overlay
    scale    pixels of this picture for each pixel of the full upright photo
    """
    hidden = pixels.copy()
    for box in heads(assessment):
        _coarsen(hidden, box * scale)
    return hidden


def headless(assessment: Assessment) -> Assessment:
    """Take the head out of the outline: its line would draw the profile over the blocks."""
    outline = assessment.outline
    if outline is None:
        return assessment
    low, high = _own_head(assessment).reshape(2, 2)
    rows, columns = np.indices(outline.cover.shape)
    places = (np.stack([columns, rows], axis=-1) + 0.5) * np.diag(outline.to_photo) + outline.to_photo[:, 2]
    covered = ((places >= low) & (places <= high)).all(axis=-1)
    return replace(assessment, outline=replace(outline, cover=np.where(covered, 0.0, outline.cover)))


def heads(assessment: Assessment) -> list[Array]:
    """(4,) left, top, right, bottom of every head, photo pixels, generous."""
    others = [np.array(box) for row, box in enumerate(assessment.boxes) if row != assessment.chosen]
    return [_own_head(assessment), *(_head_in(box) for box in others)]


def _own_head(assessment: Assessment) -> Array:
    """Square around the points of the head; points that were not found do not count."""
    points = assessment.pose.mean
    head = points[_HEAD_POINTS]
    head = head[np.isfinite(head).all(axis=1)]
    if not len(head):
        return _head_in(np.concatenate([np.nanmin(points, axis=0), np.nanmax(points, axis=0)]))
    low, high = head.min(axis=0), head.max(axis=0)
    middle = (low + high) / 2
    half = max(1.1 * float((high - low).max()), _HEAD_IN_BODIES * _height(points))
    return np.concatenate([middle - half, middle + half])


def _height(points: Array) -> float:
    """Length from the highest to the lowest point, in whatever direction the body lies."""
    return float(np.linalg.norm(np.nanmax(points, axis=0) - np.nanmin(points, axis=0))) / 1.1


def _head_in(box: Array) -> Array:
    """Where the head of a standing person must be inside the box of their points; all of a box that is not upright."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    air = 0.15 * max(width, height)
    if width > 0.8 * height:
        return np.array([left - air, top - air, right + air, bottom + air])
    return np.array([left - air, top - air, right + air, top + 0.22 * height])


def _coarsen(pixels: Pixels, box: Array) -> None:
    """Replace a box of the picture by a few blocks of its mean colours, in place."""
    height, width = pixels.shape[:2]
    left, top = (int(max(0.0, np.floor(edge))) for edge in box[:2])
    right, bottom = min(width, int(np.ceil(box[2]))), min(height, int(np.ceil(box[3])))
    if right <= left or bottom <= top:
        return
    part = np.ascontiguousarray(pixels[top:bottom, left:right])
    block = max(part.shape[:2]) / _BLOCKS
    coarse = (max(1, round(part.shape[1] / block)), max(1, round(part.shape[0] / block)))
    small = cv2.resize(part, coarse, interpolation=cv2.INTER_AREA)
    pixels[top:bottom, left:right] = cv2.resize(small, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST)
