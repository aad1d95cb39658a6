"""The head: its tilt, its turn and its place over the shoulders, in front and back views."""

import numpy as np

from posturecam.body import Array, Landmark, View
from posturecam.measures.anatomy import EARS, EYES, FRONTAL, HEIGHT, SHOULDERS, line_tilt, shift
from posturecam.measures.measurement import Frame, Measure


def head_tilt(frame: Frame) -> Array:
    """Tilt of the eye line, degrees, + = left eye higher."""
    return line_tilt(frame, EYES)


def head_shift(frame: Frame) -> Array:
    """Mid-ear beside the mid-shoulder, % of height, + = towards the left."""
    return shift(frame, EARS, SHOULDERS)


def head_rotation(frame: Frame) -> Array:
    """Turn of the face about the neck, degrees, + = towards the subject's left.

    The nose moves beside the mid-ear by the sine of the turn, measured in spans of the ears.
    """
    left, right = (frame[ear] for ear in EARS)
    beside = (frame[Landmark.NOSE] - (left + right) / 2)[..., 0]
    span = np.linalg.norm(left - right, axis=-1)
    return np.asarray(np.degrees(np.arcsin(np.clip(beside / np.maximum(span, 1e-9), -1.0, 1.0))))


MEASURES = (
    Measure("head_tilt", FRONTAL, EYES, head_tilt),
    Measure("head_shift", FRONTAL, (*EARS, *SHOULDERS, *HEIGHT), head_shift),
    Measure("head_rotation", (View.FRONT,), (Landmark.NOSE, *EARS), head_rotation),
)
