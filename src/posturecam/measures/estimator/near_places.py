"""What the side views' own network sees: nine places of the near side's head, neck and shoulder, in one square.

The square stands half-way between the near ear and the near shoulder. The photo of a left view is mirrored first, so
the network only ever sees people who face the picture's right, and a mirrored photo gives exactly the mirrored places.
"""

import numpy as np

from posturecam.body import Array
from posturecam.body.geometry import lean

NEAR_PLACES = ("ear", "eye", "nose", "C7", "shoulder", "acromion", "upper_back", "neck", "head")
"""Tragus, middle of the eyeball, tip of the nose, C7 and the skin over the upper back on the midline, middle of the
shoulder joint, acromion, and the joints below and above the neck."""

EAR, EYE, NOSE, C7, SHOULDER, ACROMION, UPPER_BACK = range(7)

HALF_WIDTH = 0.62
"""Half the side of the square, in lengths of the near side's trunk (shoulder to hip)."""


def near_square(ear: Array, shoulder: Array, hip: Array) -> tuple[Array, float]:
    """(2,) the middle of the square and half its side, from three places (2,) of the near side, pixels."""
    return (ear + shoulder) / 2, HALF_WIDTH * max(float(np.linalg.norm(shoulder - hip)), 1.0)


def near_angles(places: Array) -> dict[str, Array]:
    """(...) the angles between places (..., 9, 2) in the subject's frame (x forward, y up), degrees, by measure."""
    ear, eye, neck, shoulder = (places[..., row, :] for row in (EAR, EYE, C7, SHOULDER))
    over, sight = ear - neck, eye - ear
    return {
        "craniovertebral_proxy": np.asarray(np.degrees(np.arctan2(over[..., 1], over[..., 0]))),
        "ear_shoulder_angle": lean(ear, shoulder),
        "head_pitch": np.asarray(-np.degrees(np.arctan2(sight[..., 1], sight[..., 0]))),
        "shoulder_protraction": lean(shoulder * [1.0, -1.0], neck * [1.0, -1.0]),
    }


def near_shape(places: Array) -> Array:
    """(..., 18) places (..., 9, 2) of the subject's frame about their middle, % of their size: forward, up of each."""
    off = places - places.mean(axis=-2, keepdims=True)
    size = np.sqrt((off**2).sum(axis=-1).mean(axis=-1))[..., None, None]
    return np.asarray((off / size * 100.0).reshape(*places.shape[:-2], -1))


def near_doubts(doubt: Array) -> Array:
    """(..., 8) log spread and log disagreement of ear, eye, C7 and shoulder, from doubts (..., 9, 2)."""
    parts = np.log(doubt[..., (EAR, EYE, C7, SHOULDER), :] + 0.003)
    return np.asarray(parts.reshape(*doubt.shape[:-2], -1))
