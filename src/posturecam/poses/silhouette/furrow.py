"""The furrow along the spine of a bare back, followed where the photo shows it clearly.

The back between hips and shoulders is laid straight. Light from the front makes the furrow a dark line, light from the
side a dark and a bright one beside each other; so the skin's brightness is compared with mixtures of both shapes, and
for each the way up the back is sought that gathers most. Only narrow lines count: a broad hollow between the shoulder
blades follows the light, not the spine. What is not skin (its colour is that of the forearms) says nothing.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array, Landmark, Pose
from posturecam.errors.facts import Reason
from posturecam.picture.photo import Photo
from posturecam.poses.silhouette.behind import LEVELS, Furrow
from posturecam.poses.silhouette.shape import Silhouette
from posturecam.poses.silhouette.skin import alike, forearm_colour, lab_of

LEAST_CONTRAST = 0.0065
"""What four fifths of the way must reach: second difference of the logarithm of brightness over 1.4 % of the trunk.

Of 115 rendered bare backs without a furrow the clearest reached 0.0054 (calibration/back_lines.py).
"""

MOST_GAP, _NEEDED = 0.15, (0.28, 0.85)
"""The longest part of the way between these rows, in lengths of the trunk, that may be without a furrow."""

_STRONG = 0.5
"""A row has a furrow from this part of the least contrast on."""

LEAST_SKIN = 0.75
"""Part of the rows from just above the hips to the shoulders whose middle must be skin."""

_ROWS, _COLUMNS = np.linspace(0.12, 1.0, 177), np.linspace(-0.4, 0.4, 161)
_WIDTH_COLUMNS, _ALONG_ROWS = 2.8, 6.0
"""The straightened back, in lengths of the trunk; how narrow a line is sought there, and over how many rows."""

_MIXTURES = np.radians([-60.0, -30.0, 0.0, 30.0, 60.0])
"""Mixtures of the two shapes: 0° is the dark line alone, 90° would be the pair of a dark and a bright one alone."""

_ODD = 0.6
"""Weight of the pair (a third difference), at which it answers to light from the side about as the line to frontal."""

_ENOUGH = 0.015
"""No row gathers more contrast than this: one dark mole must not draw the whole way."""

_TURN = 0.001
"""What one column aside from row to row costs, in contrast."""

_FARTHEST, _OUTSIDE, _ASIDE = 0.14, 0.05, 0.003
"""How far from the trunk's middle the way may lead, in lengths of the trunk; what a row beyond costs, and what a row at
that distance costs (nearer ones less, by the square)."""

_LEAST_NOISE = 1e-6
"""A drawn back has no noise at all."""

_STEPS = np.arange(-2, 3)
_CURVE, _REACH = 4, 0.03
"""Degree of the smooth line through the way, and how far beyond the rows seen it is trusted to bend."""

_SKIN_COLOUR, _SKIN_SHARE, _BESIDE_COLUMNS = 12.0, 0.7, 12
"""How far skin may differ in colour (a and b of Lab) from the forearms, at which part of a row's middle columns."""


@dataclass(frozen=True, slots=True)
class _Back:
    """The straightened back.

    light   (R, C) logarithm of its brightness
    skin    (R,) whether a row's middle is skin
    middle  (R,) the trunk's middle, in columns
    """

    light: Array
    skin: NDArray[np.bool_]
    middle: Array


@dataclass(frozen=True, slots=True)
class _Way:
    """A way up the back: its columns and its contrast by row (R,), and how far it stands out from what lies beside."""

    columns: Array
    contrast: Array
    clear: float


def find_furrow(photo: Photo, pose: Pose, outline: Silhouette) -> Furrow | Reason:
    """Follow the furrow, or say why it is not shown."""
    furrow = follow_furrow(photo, pose, outline)
    if furrow is None:
        return Reason("back_covered")
    return furrow if is_clear(furrow) else Reason("no_clear_furrow")


def is_clear(furrow: Furrow) -> bool:
    """Whether the way followed is a furrow, all along."""
    return furrow.contrast >= LEAST_CONTRAST and furrow.longest_gap <= MOST_GAP


def follow_furrow(photo: Photo, pose: Pose, outline: Silhouette) -> Furrow | None:
    """Follow the clearest way up a bare back, whether it is a furrow or not; None where the back is not bare."""
    low = pose.middle(Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
    high = pose.middle(Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
    skin = forearm_colour(photo, pose)
    if skin is None or not float(np.linalg.norm(high - low)) > 0.0:
        return None
    back = _straightened(photo, outline, skin, low, high)
    if back.skin.mean() < LEAST_SKIN:
        return None
    way = _best_way(back)
    aside = np.interp(way.columns, np.arange(_COLUMNS.size), _COLUMNS)
    strong = back.skin & (way.contrast >= _STRONG * LEAST_CONTRAST)
    if strong.sum() <= _CURVE:
        strong = back.skin
    contrast = float(np.percentile(way.contrast[back.skin], 20.0))
    return Furrow(_places(low, high, LEVELS, _smooth(aside, strong)), contrast, _longest_gap(strong))


def _longest_gap(strong: NDArray[np.bool_]) -> float:
    """Give the longest part of the way, in lengths of the trunk, in which no row is strong."""
    rows = _ROWS[strong & (_NEEDED[0] < _ROWS) & (_NEEDED[1] > _ROWS)]
    return float(np.diff(np.concatenate([[_NEEDED[0]], rows, [_NEEDED[1]]])).max())


def _places(low: Array, high: Array, levels: Array, aside: Array) -> Array:
    """(K, 2) photo points at levels between hips and shoulders, so far aside in lengths of the trunk."""
    up = high - low
    return np.asarray(low + levels[:, None] * up + aside[:, None] * np.array([-up[1], up[0]]))


def _straightened(photo: Photo, outline: Silhouette, skin: Array, low: Array, high: Array) -> _Back:
    """Lay the back straight, the mean of the photo and its mirror image."""
    here = _flat(photo, low, high)
    width = float(photo.size_px[0])
    there = _flat(photo.mirrored(), *(point * [-1.0, 1.0] + [width, 0.0] for point in (low, high)))
    pixels = ((here + there[:, ::-1]) / 2).astype(np.float32)
    middle = _middle_column(outline, low, high)
    return _Back(
        np.log(pixels.astype(np.float64).mean(axis=-1) + 8.0),
        _skin(pixels, skin, middle),
        middle,
    )


def _flat(photo: Photo, low: Array, high: Array) -> Array:
    """(R, C, 3) the back laid straight, its columns from the picture's left to its right."""
    grid = np.stack([_places(low, high, _ROWS, np.full(_ROWS.size, column)) for column in _COLUMNS], axis=1)
    at = (grid * photo.scale - 0.5).astype(np.float32)
    return np.asarray(
        cv2.remap(photo.pixels, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        dtype=np.float64,
    )


def _middle_column(outline: Silhouette, low: Array, high: Array) -> Array:
    """(R,) the column of the trunk's middle by its outline up to the ribs, led from there to between the shoulders."""
    up = high - low
    length = float(np.linalg.norm(up))
    across = np.array([-up[1], up[0]]) / length
    starts = _places(low, high, _ROWS, np.zeros(_ROWS.size))
    right, left = (outline.reach(starts, sign * across, 0.45 * length) / length for sign in (1.0, -1.0))
    seen = np.isfinite(right + left) & (_ROWS > 0.2) & (_ROWS < 0.6)
    aside = np.zeros(_ROWS.size)
    if seen.sum() > 20:
        rows = np.append(_ROWS[seen], 1.0)
        aside = np.interp(_ROWS, rows, np.append(((right - left) / 2)[seen], 0.0))
    return np.interp(aside, _COLUMNS, np.arange(_COLUMNS.size))


def _skin(pixels: NDArray[np.float32], forearms: Array, middle: Array) -> NDArray[np.bool_]:
    """(R,) whether the middle of a row has the colour of the forearms."""
    colours = lab_of(np.asarray(cv2.GaussianBlur(pixels, (0, 0), 1.5), dtype=np.float32))
    beside = np.abs(np.arange(_COLUMNS.size) - middle[:, None]) <= _BESIDE_COLUMNS
    return np.asarray(
        (alike(colours, forearms, _SKIN_COLOUR) & beside).sum(axis=1) > _SKIN_SHARE * beside.sum(axis=1), dtype=bool
    )


def _best_way(back: _Back) -> _Way:
    """Find the clearest way up the back."""
    smooth = cv2.GaussianBlur(back.light, (0, 0), sigmaX=_WIDTH_COLUMNS, sigmaY=_ALONG_ROWS)
    slope = np.gradient(smooth, axis=1)
    dark = np.gradient(slope, axis=1) * _WIDTH_COLUMNS**2
    pair = np.gradient(np.gradient(slope, axis=1), axis=1) * _ODD * _WIDTH_COLUMNS**3
    ways = [_way(np.cos(mixed) * dark + np.sin(mixed) * pair, back) for mixed in _MIXTURES]
    return max(ways, key=lambda entry: entry.clear)


def _way(response: Array, back: _Back) -> _Way:
    """Find the way that gathers most of one mixture."""
    aside = np.abs(np.arange(_COLUMNS.size) - back.middle[:, None]) * (_COLUMNS[1] - _COLUMNS[0])
    gain = np.where(back.skin[:, None], np.clip(response, -_ENOUGH, _ENOUGH), 0.0)
    gain = gain - np.where(aside > _FARTHEST, _OUTSIDE, 0.0) - _ASIDE * (aside / _FARTHEST) ** 2
    columns = (_dearest(gain) + (_COLUMNS.size - 1 - _dearest(gain[:, ::-1]))) / 2
    contrast = response[np.arange(_ROWS.size), np.rint(columns).astype(int)]
    apart = np.abs(np.arange(_COLUMNS.size) - columns[:, None]) > 3.0 * _WIDTH_COLUMNS
    beside = response[(aside < _FARTHEST) & apart & back.skin[:, None]]
    noise = max(float(np.sqrt((beside**2).mean())) if beside.size else 1.0, _LEAST_NOISE)
    return _Way(columns, contrast, float(np.clip(contrast[back.skin], -_ENOUGH, _ENOUGH).mean()) / noise)


def _dearest(gain: Array) -> NDArray[np.intp]:
    """(R,) the columns of the way from the first row to the last that gathers most (dynamic programming)."""
    total, came = gain[0].copy(), np.zeros(gain.shape, dtype=np.intp)
    cost, far = _TURN * np.abs(_STEPS)[:, None], int(_STEPS[-1])
    for row in range(1, len(gain)):
        padded = np.pad(total, far, constant_values=-np.inf)
        choices = np.stack([padded[far + step : far + step + total.size] for step in _STEPS]) - cost
        came[row] = _STEPS[choices.argmax(axis=0)]
        total = choices.max(axis=0) + gain[row]
    way = [int(total.argmax())]
    for row in range(len(gain) - 1, 0, -1):
        way.append(way[-1] + int(came[row][way[-1]]))
    return np.array(way[::-1], dtype=np.intp)


def _smooth(aside: Array, seen: NDArray[np.bool_]) -> Array:
    """(16,) the way at ``LEVELS``: a smooth line through the rows seen, going straight on beyond them."""
    line = np.polynomial.Polynomial.fit(_ROWS[seen], aside[seen], _CURVE)
    first, last = _ROWS[seen][[0, -1]] + np.array([-_REACH, _REACH])
    at = np.clip(LEVELS, first, last)
    return np.asarray(line(at) + line.deriv()(at) * (LEVELS - at))
