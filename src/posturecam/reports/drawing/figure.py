"""A plain figure made of the found points, to stand for the photo where the photo must not be shown."""

import numpy as np

from posturecam.body import ORDER, Array, Landmark
from posturecam.measures.anatomy import ANKLES, EARS, HIPS, KNEES, SHOULDERS
from posturecam.reports.drawing.canvas import Canvas, Colour

_SKIN: Colour = (222, 228, 234)

_ELBOWS = (Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW)
_WRISTS = (Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST)
_HEELS = (Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL)
_TOES = (Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX)

_LIMBS = (
    *((pair, 0.23, 0.16) for pair in zip(SHOULDERS, _ELBOWS, strict=True)),
    *((pair, 0.16, 0.12) for pair in zip(_ELBOWS, _WRISTS, strict=True)),
    *((pair, 0.36, 0.24) for pair in zip(HIPS, KNEES, strict=True)),
    *((pair, 0.24, 0.15) for pair in zip(KNEES, ANKLES, strict=True)),
    *((pair, 0.15, 0.15) for pair in zip(ANKLES, _HEELS, strict=True)),
    *((pair, 0.15, 0.15) for pair in zip(_HEELS, _TOES, strict=True)),
)
"""Pairs of landmarks, with the thickness at each in parts of the body's size."""


def draw_plain_figure(canvas: Canvas, points: Array) -> None:
    """Draw limbs, trunk and head from the points (33, 2) in canvas pixels; what was not found is left out."""
    size = _size(points)
    if not np.isfinite(size) or size <= 0:
        return
    for pair, thick, thin in _LIMBS:
        _limb(canvas, _rows(points, pair), thick * size, thin * size)
    trunk = _rows(points, (SHOULDERS[0], SHOULDERS[1], HIPS[1], HIPS[0]))
    if np.isfinite(trunk).all():
        canvas.fill(trunk, _SKIN)
        for row in range(4):
            _limb(canvas, trunk[[row, (row + 1) % 4]], 0.28 * size, 0.28 * size)
    _head(canvas, points, size)


def _head(canvas: Canvas, points: Array, size: float) -> None:
    face, neck = _rows(points, EARS).mean(axis=0), _rows(points, SHOULDERS).mean(axis=0)
    if np.isfinite([face, neck]).all():
        up = (face - neck) / max(float(np.hypot(*(face - neck))), 1e-9)
        _limb(canvas, np.array([face, neck]), 0.26 * size, 0.30 * size)
        _limb(canvas, np.array([face + 0.10 * size * up, face - 0.12 * size * up]), 0.56 * size, 0.42 * size)


def _limb(canvas: Canvas, ends: Array, thick_px: float, thin_px: float) -> None:
    """Draw a rounded limb that tapers from its first end to its second."""
    if not np.isfinite(ends).all():
        return
    along = ends[1] - ends[0]
    across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9) / 2
    a, b = across * thick_px, across * thin_px
    canvas.fill(np.array([ends[0] + a, ends[1] + b, ends[1] - b, ends[0] - a]), _SKIN)
    canvas.disc(ends[0], thick_px / 2, _SKIN)
    canvas.disc(ends[1], thin_px / 2, _SKIN)


def _rows(points: Array, landmarks: tuple[Landmark, ...]) -> Array:
    return np.asarray(points[[ORDER[landmark] for landmark in landmarks]])


def _size(points: Array) -> float:
    """Give the unit of thickness: six tenths of the trunk's length, pixels."""
    return 0.6 * float(np.hypot(*(_rows(points, SHOULDERS).mean(axis=0) - _rows(points, HIPS).mean(axis=0))))
