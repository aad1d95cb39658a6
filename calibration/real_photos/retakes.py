"""One person photographed twice: the same instant with another crop, another exposure, from half a step nearer."""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from posturecam.body import Pose
from posturecam.picture.photo import Photo, Pixels, from_pixels, limited_size

NEARER = 1.1
DIMMER, GRAIN = 0.7, 3.0
MOST_CUT = 0.08
MARGIN = 0.03
"""Shares of the picture: what is cut from an edge at most, and what stays between it and the body."""


def nearer(pixels: Pixels, free: tuple[float, float, float, float]) -> Pixels:
    """Cut the left and the upper edge, and show the rest larger."""
    high, wide = pixels.shape[:2]
    part = pixels[int(free[1] * high) :, int(free[0] * wide) :]
    return np.asarray(cv2.resize(part, None, fx=NEARER, fy=NEARER, interpolation=cv2.INTER_CUBIC))


def dimmer(pixels: Pixels, free: tuple[float, float, float, float]) -> Pixels:
    """Cut the right and the lower edge, let in less light, and let the sensor's grain show."""
    high, wide = pixels.shape[:2]
    part = pixels[: high - int(free[3] * high), : wide - int(free[2] * wide)]
    grain = np.random.default_rng(3).normal(scale=GRAIN, size=part.shape)
    return np.clip(part * DIMMER + grain, 0, 255).round().astype(np.uint8)


RETAKES: Mapping[str, Callable[[Pixels, tuple[float, float, float, float]], Pixels]] = {
    "nearer": nearer,
    "dimmer": dimmer,
}


def retaken(photo: Photo, pose: Pose, how: str) -> Photo:
    """Give the second photo of the person of that pose."""
    pixels = limited_size(photo.pixels, 1600)
    return from_pixels(np.ascontiguousarray(RETAKES[how](pixels, free_edges(pose))), photo.name)


def free_edges(pose: Pose) -> tuple[float, float, float, float]:
    """Say how much may be cut from left, top, right and bottom without coming near the body, shares of the picture."""
    share = pose.mean / np.array(pose.size_px)
    low, high = share.min(axis=0), share.max(axis=0)
    # The network's points end at the eyes and at the toes: the crown lies higher.
    crown = low[1] - 0.12 * (high[1] - low[1])
    room = np.array([low[0], crown, 1.0 - high[0], 1.0 - high[1]]) - MARGIN
    left, top, right, bottom = np.clip(room, 0.0, MOST_CUT)
    return float(left), float(top), float(right), float(bottom)
