"""What the side views' own network sees: nine places of the near side's head, neck and shoulder, in one square.

The square stands half-way between the near ear and the near shoulder. The photo of a left view is mirrored first, so
the network only ever sees people who face the picture's right, and a mirrored photo gives exactly the mirrored places.
"""

import numpy as np

from posturecam.body import ORDER, Array, Landmark, View
from posturecam.body.geometry import lean

NEAR_PLACES = ("ear", "eye", "nose", "C7", "shoulder", "acromion", "upper_back", "neck", "head")
"""Tragus, middle of the eyeball, tip of the nose, C7 and the skin over the upper back on the midline, middle of the
shoulder joint, acromion, and the joints below and above the neck."""

EAR, EYE, NOSE, C7, SHOULDER, ACROMION, UPPER_BACK = range(7)

HALF_WIDTH = 0.62
"""Half the side of the square, in lengths of the near side's trunk (shoulder to hip)."""


POSE_OFF = np.array([[0.044, 0.0], [-0.029, 0.088], [0.046, 0.036]])
"""Where the pose network puts ear, shoulder and hip beside the true ones: forward and up, trunk lengths, mean of 36
rendered people."""


def near_ends(view: View) -> list[int]:
    """Give the rows of the near side's ear, shoulder and hip among a pose's points."""
    return [ORDER[Landmark(f"{view.value}_{part}")] for part in ("ear", "shoulder", "hip")]


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


def near_apart(places: Array, ends: Array) -> dict[str, Array]:
    """(...) how far each angle turns when the pose network's ear and shoulder take the place of those seen, degrees.

    ``ends`` (..., 3, 2) are the pose network's ear, shoulder and hip, like places (..., 9, 2) in the subject's frame.
    """
    trunk = np.linalg.norm(ends[..., 1, :] - ends[..., 2, :], axis=-1)[..., None]
    other = places.copy()
    for row, end in ((EAR, 0), (SHOULDER, 1)):
        other[..., row, :] = ends[..., end, :] - trunk * POSE_OFF[end]
    seen, instead = near_angles(places), near_angles(other)
    return {key: (instead[key] - angle + 180.0) % 360.0 - 180.0 for key, angle in seen.items()}


def near_shape(places: Array) -> Array:
    """(..., 18) places (..., 9, 2) of the subject's frame about their middle, % of their size: forward, up of each."""
    off = places - places.mean(axis=-2, keepdims=True)
    size = np.sqrt((off**2).sum(axis=-1).mean(axis=-1))[..., None, None]
    return np.asarray((off / size * 100.0).reshape(*places.shape[:-2], -1))


def near_doubts(doubt: Array) -> Array:
    """(..., 8) log spread and log disagreement of ear, eye, C7 and shoulder, from doubts (..., 9, 2)."""
    parts = np.log(doubt[..., (EAR, EYE, C7, SHOULDER), :] + 0.003)
    return np.asarray(parts.reshape(*doubt.shape[:-2], -1))
