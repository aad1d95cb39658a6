"""Hide the face of everybody in a photo, before anything of it is written.

Faces are looked for in the whole picture, and so are people; where somebody stands without a face that was found, the
place of the head is covered. The measured person's head is known from its points, and of the others that were found
with it the box of their points, the top of which is covered in its whole width. What was covered is told with the
request to look: no network finds every face, and only a drawing without the photo is sure to show nobody.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.picture.photo import Photo, Pixels
from posturecam.pipeline.assessment import Assessment
from posturecam.poses.faces import HEAD_POINTS, FaceDetector, Heads, head_of, heads_in
from posturecam.poses.mediapipe_pose import Landmarker
from posturecam.text.language import N_, _

LOOK_AT_IT = N_(
    "Look at every picture before you hand it on: a face that is narrower than about 10 pixels, dark or half hidden "
    "may be missed."
)

_BLOCKS = 5
"""Blocks along the longer side of a hidden head: too few to know anybody by."""

_MOST_KEPT = 8
"""Pictures whose heads are remembered: an exam draws each of its photos more than once."""


def hide_faces(pixels: Pixels, assessment: Assessment, scale: float) -> Pixels:
    """Give a copy of the picture with every head in coarse blocks.

    pixels   (h, w, 3) uint8 RGB, as for the overlay
    scale    pixels of this picture for each pixel of the full upright photo
    """
    hidden = pixels.copy()
    for box in (*(box * scale for box in heads(assessment)), *_found(pixels).boxes):
        coarsen(hidden, box)
    return hidden


def covered_photo(photo: Photo, assessment: Assessment) -> str:
    """Say how many heads ``hide_faces`` covers in a photo, what of that is in doubt, and that somebody is to look."""
    found = _found(photo.pixels)
    known = [box * photo.scale for box in heads(assessment)]
    without = _apart(known + list(found.without_face), found.with_face)
    words = {"name": photo.name, "count": len(found.with_face) + len(without), "unseen": len(without)}
    if without:
        told = _("{name}: heads covered: {count}, of these without a face that was found: {unseen}.", **words)
    else:
        told = _("{name}: heads covered: {count}.", **words)
    return f"{told} {_(LOOK_AT_IT)}"


@dataclass(slots=True)
class _Kept:
    """The heads found in the pictures looked at lately, by the pictures' hashes."""

    found: "OrderedDict[bytes, Heads]"
    lock: threading.Lock


_KEPT = _Kept(OrderedDict(), threading.Lock())


def _found(pixels: Pixels) -> Heads:
    """Find the heads in a picture, once. Raises ModelError."""
    digest = hashlib.sha256(np.ascontiguousarray(pixels).data).digest() + repr(pixels.shape).encode()
    with _KEPT.lock:
        if digest not in _KEPT.found:
            with Landmarker() as network:
                _KEPT.found[digest] = heads_in(pixels, FaceDetector(), network)
        _KEPT.found.move_to_end(digest)
        while len(_KEPT.found) > _MOST_KEPT:
            _KEPT.found.popitem(last=False)
        return _KEPT.found[digest]


def _apart(boxes: list[Array], others: tuple[Array, ...]) -> list[Array]:
    """Give the boxes that hold the middle of no other box and of none of each other: each head once."""
    kept: list[Array] = []
    for box in boxes:
        middles = [(other[:2] + other[2:]) / 2 for other in (*others, *kept)]
        if not any((middle >= box[:2]).all() and (middle <= box[2:]).all() for middle in middles):
            kept.append(box)
    return kept


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
    if not np.isfinite(points[HEAD_POINTS]).all(axis=1).any():
        return _head_in(np.concatenate([np.nanmin(points, axis=0), np.nanmax(points, axis=0)]))
    return head_of(points)


def _head_in(box: Array) -> Array:
    """Where the head of a standing person must be inside the box of their points; all of a box that is not upright."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    air = 0.15 * max(width, height)
    if width > 0.8 * height:
        return np.array([left - air, top - air, right + air, bottom + air])
    return np.array([left - air, top - air, right + air, top + 0.22 * height])


def coarsen(pixels: Pixels, box: Array) -> None:
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
