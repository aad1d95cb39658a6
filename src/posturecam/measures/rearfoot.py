"""The heel against the calf from behind, read off the outline of the lower legs: rearfoot eversion.

From behind the forefoot looks out beside the heel, so no plain line through the outline is the heel's axis. The edges
of leg, heel and sole are read at fixed places, and a linear correction learned on rendered people whose heels tip by
known angles (``back_view.toml``, written by calibration/back_lines.py) tells the angle from them and from the network's
points.
"""

from dataclasses import replace

import numpy as np

from posturecam.body import Array, Landmark, Side, View
from posturecam.body.geometry import rotate
from posturecam.measures.correction import BACK_TABLE, corrections
from posturecam.measures.measurement import Frame
from posturecam.measures.trunk_outline import to_photo
from posturecam.poses.silhouette import Silhouette

HEEL, EVERSION = "heel", "rearfoot_eversion"
"""The evidence's name in the table, and the correction's."""

LEVELS = np.concatenate([np.linspace(0.015, 0.2, 15), np.linspace(0.25, 0.9, 14)])
"""Heights above the sole at which a leg's outer and inner edge are read, in parts of the knee's height."""

SOLE_COLUMNS = np.linspace(-0.08, 0.1, 10)
"""Where beside the ankle the sole's edge is read, from below, in parts of the knee's height, + = outwards."""

PARTS = ("hip", "knee", "ankle", "heel", "foot_index")
"""Points of the network that are seen beside the edges."""

COUNT = 2 * LEVELS.size + SOLE_COLUMNS.size + 2 * len(PARTS)

_BELOW, _HIGHEST = 0.05, 0.2
"""How far below the sole the reading of its edge starts, and how far above it ends, in parts of the knee's height."""

_HEEL, _MOST_FAINT = 0.2, 0.34
"""Up to this height the heel's edges must stand out from what lies behind, but for this part of them."""

_EDGE = 0.02
"""What lies nearer to the edge of the picture than this is the picture's edge, in parts of the knee's height."""

_SOLE_AT, _DEEPEST, _WIDEST = np.linspace(-0.06, 0.06, 7), 0.5, 0.3
"""Where beside the ankle the sole is sought, how far below it, and how far a leg's edge may lie; in lower legs."""


def heel_features(frame: Frame, legs: Silhouette, roll_deg: float, side: Side) -> Array | None:
    """(COUNT,) outer edge, inner edge, sole and points of a leg, % of the knee's height, + = outwards; NaN = not seen.

    All from the ankle's place on the sole. ``frame`` holds one set of points, (1, 33, 2), of a back view. None where no
    sole is seen, or the floor has the heel's colour.
    """
    points = {part: frame[Landmark(f"{side}_{part}")][0] for part in PARTS}
    knee, ankle = points["knee"], points["ankle"]
    sole, outwards = _sole(ankle, float((knee - ankle)[1]), legs, roll_deg), 1.0 if side is Side.LEFT else -1.0
    if sole is None:
        return None
    tall = float(knee[1]) - sole
    line = _on_line(knee, ankle, sole + LEVELS * tall)
    edges = [_edge(line, legs, roll_deg, way, tall) for way in (outwards, -outwards)]
    heel = to_photo(np.concatenate([edge[LEVELS <= _HEEL] for edge in edges]), View.BACK, roll_deg)
    if legs.faint(heel) > _MOST_FAINT:
        return None
    outer, inner = (outwards * (edge[:, 0] - ankle[0]) for edge in edges)
    columns = ankle[0] + outwards * SOLE_COLUMNS * tall
    under = _under(np.stack([columns, np.full(columns.size, sole)], axis=1), legs, roll_deg, tall)
    foot = [(point - [ankle[0], sole]) * [outwards, 1.0] for point in points.values()]
    return np.concatenate([outer, inner, under, *foot]) / tall * 100.0


def eversion(features: Array) -> float:
    """Angle of the heel against the calf by ``heel_features``, degrees, + = everted (it tips inwards at the ankle)."""
    return float(corrections(HEEL, BACK_TABLE)[EVERSION].of(features[None])[0])


def _sole(ankle: Array, lower_leg: float, legs: Silhouette, roll_deg: float) -> float | None:
    """Give the height of the lowest edge below an ankle, in the subject's frame; None where the picture ends there."""
    starts = ankle + np.stack([_SOLE_AT * lower_leg, np.zeros_like(_SOLE_AT)], axis=1)
    down = rotate(np.array([0.0, 1.0]), roll_deg)
    depth = legs.reach(to_photo(starts, View.BACK, roll_deg), down, _DEEPEST * lower_leg)
    if not np.isfinite(depth).any():
        return None
    deepest = to_photo(starts, View.BACK, roll_deg)[np.nanargmax(depth)] + np.nanmax(depth) * down
    return float(ankle[1] - np.nanmax(depth)) if legs.well_inside(deepest, _EDGE * lower_leg) else None


def _on_line(knee: Array, ankle: Array, heights: Array) -> Array:
    """(K, 2) points at these heights on the line from knee to ankle, straight down below the ankle."""
    part = np.clip((heights - ankle[1]) / (knee - ankle)[1], 0.0, 1.0)
    return np.stack([ankle[0] + part * (knee - ankle)[0], heights], axis=1)


def _edge(line: Array, legs: Silhouette, roll_deg: float, way: float, tall: float) -> Array:
    """(K, 2) a leg's edge to the left (+1) or right (-1) of points (K, 2) on its line; NaN where there is none."""
    starts, direction = (to_photo(point, View.BACK, roll_deg) for point in (line, np.array([way, 0.0])))
    far = legs.reach(starts, direction, _WIDEST * tall)
    own = legs.well_inside(starts + far[:, None] * direction, _EDGE * tall)
    return np.where(own[:, None], line + way * far[:, None] * np.array([1.0, 0.0]), np.nan)


def _under(places: Array, legs: Silhouette, roll_deg: float, tall: float) -> Array:
    """(K,) how far above places (K, 2) on the sole's level the body begins, pixels; NaN where it does not."""
    around = replace(legs, cover=1.0 - legs.cover)
    starts = places - np.array([0.0, _BELOW * tall])
    up = rotate(np.array([0.0, -1.0]), roll_deg)
    return around.reach(to_photo(starts, View.BACK, roll_deg), up, (_BELOW + _HIGHEST) * tall) - _BELOW * tall
