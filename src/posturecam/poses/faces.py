"""Every head in a picture, whoever it belongs to: for hiding it, not for measuring anything.

A face detector of its own looks at overlapping squares of the picture at several scales, since it finds faces that fill
between a tenth and the whole of what it is shown. What it doubts counts where the face mesh sees a face there too. The
pose network looks for people at coarser scales; of each the head is taken, with a face or without one. Of every square
that one of picture and mirror image is looked at whose left half is brighter, so a mirrored picture has mirrored heads.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import cv2
import numpy as np

from posturecam.body import ORDER, Array, Landmark
from posturecam.picture.photo import Pixels, flipped, heavier_half, limited_size
from posturecam.poses.face import FaceMesh, presence_in
from posturecam.poses.mediapipe_pose import Detection
from posturecam.poses.model import face_detector_model
from posturecam.poses.search import picture_parts

os.environ.setdefault("OPENCV_FORCE_DNN_ENGINE", "1")  # see posturecam.poses.face

_INPUT_PX = 128
_STRIDES = ((8, 2), (16, 6))
"""The detector's grids: pixels of its input between two cells, and guesses for each cell."""

_SURE, _LEAST = 0.75, 0.3
"""Scores from which a face is taken as it is, and from which the face mesh is asked. On rendered and real people no
face of 40 px was under the first, and knees, hands and patterns seldom over it."""

_MESH_LOGIT = -1.0
_MESH_CROPS = (1.5, 1.9)
"""Sides of the squares that the face mesh is shown, as parts of the detector's box."""

_SMALL_PX, _SMALL_SCORE = 28.0, 0.5
"""The mesh cannot tell a face narrower than this; there the detector's word counts from this score on."""

SMALLEST_SQUARE_PX = 160
"""Squares are halved down to this side: a face of 16 px then fills a tenth of one."""

_BODY_PX = 512
"""Long side of what the pose network is shown."""

_HEAD_IN_HEADS, _FACE_IN_HEADS = 0.7, 0.4
"""How large a head before a body is at least, in parts of that body's own head as its points say and as a face's box
says (which is about half as large): a child's head is four fifths of an adult's."""

_SAME = 0.3
_SHOULDERS_SEEN = 0.5
_FACE_TO_HEAD, _BROW = 0.85, 0.1
"""Half the side of a head's square, and how far its middle lies over the face's: both in sides of the face's box."""

HEAD_POINTS = [ORDER[point] for point in Landmark if any(part in point for part in ("nose", "eye", "ear", "mouth"))]
"""Rows of the points that lie on the head."""

_HEAD_IN_BODIES = 0.12
"""Half the side of the square around a head, as a part of the body's height, where the head's own points say less."""


class DetectionSource(Protocol):
    """What is needed of a pose network."""

    def see(self, pixels: Pixels) -> list[Detection]:
        """Find everybody."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture: its box (4,) left, top, right, bottom in pixels, and the detector's score from 0 to 1."""

    box: Array
    score: float

    @property
    def head(self) -> Array:
        """(4,) a square that holds the whole head."""
        middle, side = (self.box[:2] + self.box[2:]) / 2, float((self.box[2:] - self.box[:2]).max())
        middle = middle - [0.0, _BROW * side]
        return np.concatenate([middle - _FACE_TO_HEAD * side, middle + _FACE_TO_HEAD * side])


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads in a picture, (4,) boxes in its pixels: those whose face was seen, and those of bodies without one."""

    with_face: tuple[Array, ...]
    without_face: tuple[Array, ...]

    @property
    def boxes(self) -> tuple[Array, ...]:
        """All of them."""
        return self.with_face + self.without_face


class FaceDetector:
    """The face detector and the face mesh, read once; to be used from one thread."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._mesh = FaceMesh()

    @cached_property
    def _net(self) -> cv2.dnn.Net:
        return cv2.dnn.readNetFromTFLite(np.frombuffer(face_detector_model().content, dtype=np.uint8))

    @cached_property
    def _centres(self) -> Array:
        """(896, 2) where the detector's guesses are counted from, pixels of its input."""
        grids = []
        for stride, guesses in _STRIDES:
            rows, columns = np.indices((_INPUT_PX // stride, _INPUT_PX // stride))
            cells = (np.stack([columns, rows], axis=-1).reshape(-1, 2) + 0.5) * stride
            grids.append(np.repeat(cells, guesses, axis=0))
        return np.concatenate(grids)

    def find(self, pixels: Pixels, levels: int | None = None) -> list[Face]:
        """Find every face in (h, w, 3) uint8 RGB; ``levels`` limits how often the squares are halved."""
        found: list[Face] = []
        for side in _sides(max(pixels.shape[:2]), levels):
            for left, top in picture_parts(pixels.shape[1], pixels.shape[0], side):
                square = _square(pixels, left, top, side)
                found += [Face(face.box + [left, top, left, top], face.score) for face in self._in_square(square)]
        return [face for face in _each_once(found) if self._stands(face, pixels)]

    def _in_square(self, square: Pixels) -> list[Face]:
        """Find the faces in a square picture, in its pixels."""
        mirrored = heavier_half(square) < 0
        small = limited_size(flipped(square) if mirrored else square, _INPUT_PX)
        if small.shape[0] < _INPUT_PX:
            small = np.asarray(cv2.resize(small, (_INPUT_PX, _INPUT_PX)), np.uint8)
        self._net.setInput(cv2.dnn.blobFromImage(small, scalefactor=1 / 127.5, mean=(127.5, 127.5, 127.5)))
        scores, boxes = self._net.forward(["classificators", "regressors"])
        chances = 1.0 / (1.0 + np.exp(-np.clip(np.ravel(scores).astype(np.float64), -50.0, 50.0)))
        likely = chances >= _LEAST
        guesses = np.asarray(boxes, dtype=np.float64).reshape(-1, 16)[likely]
        middles, sizes = self._centres[likely] + guesses[:, :2], guesses[:, 2:4]
        if mirrored:
            middles = middles * [-1.0, 1.0] + [_INPUT_PX, 0.0]
        corners = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=1) * (len(square) / _INPUT_PX)
        return [Face(box, float(score)) for box, score in zip(corners, chances[likely], strict=True)]

    def _stands(self, face: Face, pixels: Pixels) -> bool:
        """Whether what the detector found is to be taken for a face."""
        side = float((face.box[2:] - face.box[:2]).max())
        if face.score >= _SURE or (side < _SMALL_PX and face.score >= _SMALL_SCORE):
            return True
        middle = (face.box[:2] + face.box[2:]) / 2
        mirror = np.array([pixels.shape[1] - middle[0], middle[1]])
        looks = ((pixels, middle), (flipped(pixels), mirror))
        return any(
            presence_in(picture, at, crop * side, self._mesh) > _MESH_LOGIT
            for picture, at in looks
            for crop in _MESH_CROPS
        )


def heads_in(pixels: Pixels, detector: FaceDetector, network: DetectionSource) -> Heads:
    """Find every head in (h, w, 3) uint8 RGB: those with a face, and those of people whose face was not found."""
    whole = list(bodies_in(pixels, network, (1,)))
    parts_of = partial(_is_part, whole)
    faces = [face for face in detector.find(pixels) if face.score >= _SURE or not parts_of(face.head, _FACE_IN_HEADS)]
    bodies = [head_of(detection.points) for detection in (*whole, *bodies_in(pixels, network, (2, 3)))]
    unseen = [
        box for box in bodies if not any(_holds(box, face.box) for face in faces) and not parts_of(box, _HEAD_IN_HEADS)
    ]
    return Heads(tuple(face.head for face in faces), tuple(unseen))


def _is_part(bodies: Sequence[Detection], box: Array, least: float) -> bool:
    """Whether a box lies on a body under its head, and is too small for another head: a knee, a foot, a print."""
    middle, side = (box[:2] + box[2:]) / 2, float(box[2] - box[0])
    for body in bodies:
        head, (left, top, right, bottom) = head_of(body.points), body.box
        air = 0.1 * (bottom - top)
        on_it = left - air <= middle[0] <= right + air and head[3] <= middle[1] <= bottom + air
        if on_it and side < least * float(head[2] - head[0]):
            return True
    return False


def bodies_in(pixels: Pixels, network: DetectionSource, divisions: Sequence[int] = (1, 2, 3)) -> Iterator[Detection]:
    """Find people in squares of the picture, its longer side divided so often; one may come more than once."""
    for division in divisions:
        side = max(pixels.shape[:2]) // division
        if division > 1 and side < SMALLEST_SQUARE_PX:
            return
        for left, top in picture_parts(pixels.shape[1], pixels.shape[0], side):
            part = np.ascontiguousarray(pixels[top : top + side, left : left + side])
            small = limited_size(part, _BODY_PX)
            scale = part.shape[1] / small.shape[1]
            to_picture = np.array([[scale, 0.0, left], [0.0, scale, top]])
            mirrored = heavier_half(small) < 0
            for seen in network.see(flipped(small) if mirrored else small):
                detection = seen.flipped(small.shape[1]) if mirrored else seen
                shoulders = [ORDER[Landmark.LEFT_SHOULDER], ORDER[Landmark.RIGHT_SHOULDER]]
                if detection.visibility[shoulders].min() >= _SHOULDERS_SEEN:
                    yield detection.moved(to_picture)


def head_of(points: Array) -> Array:
    """(4,) square around the head of points (33, 2), those that were not found left out; in whatever way it lies."""
    head = points[HEAD_POINTS]
    head = head[np.isfinite(head).all(axis=1)]
    low, high = head.min(axis=0), head.max(axis=0)
    height = float(np.linalg.norm(np.nanmax(points, axis=0) - np.nanmin(points, axis=0))) / 1.1
    half = max(1.1 * float((high - low).max()), _HEAD_IN_BODIES * height)
    middle = (low + high) / 2
    return np.concatenate([middle - half, middle + half])


def _sides(longest: int, levels: int | None) -> Iterator[int]:
    side, level = longest, 0
    while level == 0 or (side >= SMALLEST_SQUARE_PX and (levels is None or level < levels)):
        yield side
        side, level = side // 2, level + 1


def _square(pixels: Pixels, left: int, top: int, side: int) -> Pixels:
    """Cut a square out; where it reaches over the picture's edge it is grey on both sides alike."""
    part = np.ascontiguousarray(pixels[top : top + side, left : left + side])
    down, right = side - part.shape[0], side - part.shape[1]
    if not (down or right):
        return part
    grey = (128, 128, 128)
    return np.asarray(cv2.copyMakeBorder(part, 0, down, 0, right, cv2.BORDER_CONSTANT, value=grey), np.uint8)


def _each_once(faces: Sequence[Face]) -> list[Face]:
    """Keep of faces that cover each other the one with the highest score."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: (-face.score, *face.box)):
        if not any(_shared(face.box, other.box) > _SAME for other in kept):
            kept.append(face)
    return kept


def _shared(a: Array, b: Array) -> float:
    """Area that two boxes share, as a part of the smaller one."""
    both = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0.0, None).prod()
    return float(both / max(min(np.prod(a[2:] - a[:2]), np.prod(b[2:] - b[:2])), 1e-9))


def _holds(box: Array, inner: Array) -> bool:
    middle = (inner[:2] + inner[2:]) / 2
    return bool((middle >= box[:2]).all() and (middle <= box[2:]).all())
