"""Which parts of a body from behind are bare: they have the colour of the forearms."""

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.body import ORDER, Array, Landmark, Pose, Side
from posturecam.picture.photo import Photo

_LEAST_RED, _LEAST_YELLOW = 4.0, 4.0
"""Skin of every shade is redder (a of Lab) and yellower (b) than grey; a grey photo has 0 and 0."""

_LEG_COLOUR = 8.0
"""How far the colour of a bare lower leg may differ from that of the forearms (distance in a and b of Lab).

calibration/back_lines.py prints how many lower legs of rendered people it tells to be bare.
"""

_FOREARM = np.linspace(0.1, 0.8, 12)[:, None]
_CALF, _CALF_TALL, _CALF_WIDE = 0.35, 0.1, 0.04
_HEEL_FROM, _HEEL_TO, _HEEL_WIDE = 0.02, 0.1, 0.03
"""Where the colours are taken: the calf's on the way from knee to ankle, the heel's below the ankle; in lower legs."""


def forearm_colour(photo: Photo, pose: Pose) -> Array | None:
    """(3,) the median colour of both forearms, CIE Lab; None where they are not in the picture, or not of skin.

    A sleeve of the colour of skin cannot be told from skin.
    """
    lines = []
    for side in ("LEFT", "RIGHT"):
        elbow, wrist = (pose.mean[ORDER[Landmark[f"{side}_{part}"]]] for part in ("ELBOW", "WRIST"))
        lines.append(elbow + _FOREARM * (wrist - elbow))
    colour = _colour_at(photo, np.concatenate(lines))
    return None if colour is None or colour[1] < _LEAST_RED or colour[2] < _LEAST_YELLOW else colour


def alike(colours: Array, skin: Array, most_colour: float) -> NDArray[np.bool_]:
    """(...,) whether colours (..., 3), CIE Lab, may be of the same skin; light falls differently on every part."""
    off = np.abs(colours - skin)
    return np.asarray(np.hypot(off[..., 1], off[..., 2]) < most_colour, dtype=bool)


def lab_of(pixels: NDArray[np.float32]) -> Array:
    """Bring RGB colours (h, w, 3), 0...255, to CIE Lab; lightness 0...100."""
    shares = np.ascontiguousarray(pixels) / np.float32(255.0)
    return np.asarray(cv2.cvtColor(shares, cv2.COLOR_RGB2LAB), dtype=np.float64)


def bare_lower_legs(photo: Photo, pose: Pose) -> frozenset[Side]:
    """Give the sides on which both calf and heel are bare."""
    skin = forearm_colour(photo, pose)
    if skin is None:
        return frozenset()
    return frozenset(side for side in (Side.LEFT, Side.RIGHT) if _is_bare(photo, pose, side, skin))


def _is_bare(photo: Photo, pose: Pose, side: Side, skin: Array) -> bool:
    knee, ankle = (pose.mean[ORDER[Landmark(f"{side}_{part}")]] for part in ("knee", "ankle"))
    length = float(np.linalg.norm(ankle - knee))
    calf = knee + _CALF * (ankle - knee) + length * _patch(-_CALF_TALL, _CALF_TALL, _CALF_WIDE)
    heel = ankle + length * _patch(_HEEL_FROM, _HEEL_TO, _HEEL_WIDE)
    colours = (_colour_at(photo, part) for part in (calf, heel))
    return all(colour is not None and bool(alike(colour, skin, _LEG_COLOUR)) for colour in colours)


def _patch(top: float, bottom: float, wide: float) -> Array:
    """(63, 2) a grid of places, in lower legs."""
    across, down = np.meshgrid(np.linspace(-wide, wide, 7), np.linspace(top, bottom, 9))
    return np.stack([across, down], axis=-1).reshape(-1, 2)


def _colour_at(photo: Photo, places: Array) -> Array | None:
    """(3,) the median colour of the photo points (K, 2) that lie in the picture, CIE Lab; None for fewer than half."""
    height, width = photo.pixels.shape[:2]
    at = places * photo.scale
    at = at[((at >= 0.0) & (at < np.array([width, height]))).all(axis=1)].astype(int)
    if len(at) < len(places) / 2:
        return None
    return np.asarray(np.median(lab_of(photo.pixels[at[:, 1], at[:, 0]][None].astype(np.float32)), axis=(0, 1)))
