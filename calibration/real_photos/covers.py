"""Heads covered as clinics cover them: blurred, boxed, pixelated, under a disc, cut off; by the points of the pose."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from posturecam.body import Array, Landmark, Pose
from posturecam.measures.anatomy import SHOULDERS
from posturecam.picture.photo import Photo, Pixels, from_pixels

_FACE = (Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
_ABOVE, _BELOW, _ASIDE = 1.05, 0.5, 0.75
"""The head's reach from between the ears, in distances from there to the shoulders."""


@dataclass(frozen=True, slots=True)
class Head:
    """A head in a picture, pixels: centre (x, y), and half the size of the box about it."""

    centre: Array
    half: Array

    @classmethod
    def of(cls, pose: Pose, scale: float) -> "Head":
        """Take the head from the ears and the shoulders; ``scale`` is the picture's size in the pose's pixels."""
        ears, shoulders = (pose.middle(*pair) * scale for pair in (_FACE, SHOULDERS))
        neck = float(np.linalg.norm(shoulders - ears))
        return cls(ears - [0.0, neck * (_ABOVE - _BELOW) / 2.0], neck * np.array([_ASIDE, (_ABOVE + _BELOW) / 2.0]))

    def box(self, pixels: Pixels) -> tuple[slice, slice]:
        """Give rows and columns of the box, inside the picture."""
        (left, top), (right, bottom) = (np.rint(self.centre + sign * self.half).astype(int) for sign in (-1, 1))
        high, wide = pixels.shape[:2]
        return slice(max(top, 0), min(max(bottom, 1), high)), slice(max(left, 0), min(max(right, 1), wide))


Cover = Callable[[Pixels, Head], Pixels]


def blurred(pixels: Pixels, head: Head) -> Pixels:
    """Blur the head until no feature of the face is left."""
    box = head.box(pixels)
    covered = pixels.copy()
    covered[box] = cv2.GaussianBlur(pixels[box], (0, 0), float(head.half[0]) / 2.5)
    return covered


def boxed(pixels: Pixels, head: Head) -> Pixels:
    """Lay a black box over the head."""
    covered = pixels.copy()
    covered[head.box(pixels)] = 0
    return covered


def pixelated(pixels: Pixels, head: Head) -> Pixels:
    """Show the head in five squares across."""
    box = head.box(pixels)
    covered, part = pixels.copy(), pixels[box]
    high, wide = part.shape[:2]
    few = cv2.resize(part, (5, max(1, round(5 * high / wide))), interpolation=cv2.INTER_AREA)
    covered[box] = cv2.resize(few, (wide, high), interpolation=cv2.INTER_NEAREST)
    return covered


def under_a_disc(pixels: Pixels, head: Head) -> Pixels:
    """Lay a white disc over the head."""
    covered = pixels.copy()
    centre = tuple(int(one) for one in np.rint(head.centre))
    cv2.circle(covered, centre, round(float(head.half[1])), (255, 255, 255), -1, cv2.LINE_AA)
    return covered


def cut_off(pixels: Pixels, head: Head) -> Pixels:
    """Leave out everything above the neck."""
    top = int(np.clip(round(float(head.centre[1] + head.half[1])), 0, pixels.shape[0] - 1))
    return np.ascontiguousarray(pixels[top:])


COVERS: Mapping[str, Cover] = {
    "blurred": blurred,
    "boxed": boxed,
    "pixelated": pixelated,
    "under a disc": under_a_disc,
    "cut off": cut_off,
}


def covered(photo: Photo, pose: Pose, how: str) -> Photo:
    """Give the photo with the head of that pose covered."""
    scale = photo.pixels.shape[1] / pose.size_px[0]
    return from_pixels(COVERS[how](photo.pixels, Head.of(pose, scale)), photo.name)
