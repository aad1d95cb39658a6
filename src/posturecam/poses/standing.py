"""How a body stands from one moment to the next: how high it is, whether a foot is lifted, whether it stands still.

Everything is in % of the body's own height (eye line over the lower ankle), so that the distance to the camera is of no
matter.
"""

import numpy as np

from posturecam.body import ORDER, Array, Landmark
from posturecam.body.geometry import midpoint
from posturecam.errors import NobodyFound
from posturecam.errors.facts import Problem

STILL_PCT = 0.7
"""Most motion (see ``motion_pct``) that still counts as standing still, % of the body's height."""

WINDOW_S, LEAST_STILL_S = 1.0, 1.0
"""Time over which motion is judged, and the shortest stretch of standing still that is measured."""

_EDGE_S = 0.25

FEET_LEVEL_PCT = 4.0
"""Most difference between the ankles' heights of somebody who stands on both feet, % of the body's height."""

_STEADY = [
    ORDER[Landmark[f"{side}_{part}"]]
    for part in ("EAR", "SHOULDER", "HIP", "KNEE", "ANKLE")
    for side in ("LEFT", "RIGHT")
]


def mid(points: Array, part: str) -> Array:
    """(..., 2) half-way between the left and the right point of that name, of points (..., 33, 2)."""
    left, right = (points[..., ORDER[Landmark[f"{side}_{part}"]], :] for side in ("LEFT", "RIGHT"))
    return midpoint(left, right)


def standing_height_px(points: Array) -> float:
    """Height of the eye line over the lower ankle of points (33, 2), pixels."""
    ankles = points[[ORDER[Landmark.LEFT_ANKLE], ORDER[Landmark.RIGHT_ANKLE]], 1]
    return float(ankles.max() - mid(points, "EYE")[1])


def lift_pct(points: Array) -> float:
    """How much higher the left foot is than the right one in points (33, 2), % of height; from ankles and toes."""
    feet = [
        points[[ORDER[Landmark[f"{side}_{part}"]] for part in ("ANKLE", "FOOT_INDEX")], 1].mean()
        for side in ("LEFT", "RIGHT")
    ]
    return float(100.0 * (feet[1] - feet[0]) / max(standing_height_px(points), 1.0))


def motion_pct(track: Array) -> float:
    """How much a body moves in a track (T, 33, 2): the largest standard deviation of its steady points, % of height."""
    apart = track[:, _STEADY].std(axis=0)
    return float(
        100.0 * np.hypot(apart[:, 0], apart[:, 1]).max() / max(standing_height_px(np.median(track, axis=0)), 1.0)
    )


def spaced(first: int, last: int, count: int) -> list[int]:
    """Choose at most ``count`` whole numbers from first to last, evenly spaced."""
    return sorted({round(row) for row in np.linspace(first, last, count)})


def longest_still(times: Array, track: Array, name: str) -> tuple[int, int]:
    """First and last frame of the longest stretch of standing still on both feet. Raises NobodyFound."""
    still = np.zeros(len(times), dtype=bool)
    for number in range(len(times)):
        first = int(np.searchsorted(times, times[number] - WINDOW_S))
        part = track[first : number + 1]
        long_enough = times[number] - times[first] >= 0.8 * WINDOW_S
        if long_enough and np.isfinite(part).all() and motion_pct(part) <= STILL_PCT:
            still[first : number + 1] |= abs(lift_pct(track[number])) <= FEET_LEVEL_PCT
    stretches = [_trimmed(times, first, last) for first, last in _stretches(still)]
    best = max(stretches, key=lambda pair: float(times[pair[1]] - times[pair[0]]), default=None)
    if best is None or times[best[1]] - times[best[0]] < 0.6 * LEAST_STILL_S:
        whole = np.isfinite(track).all(axis=(1, 2)).any()
        seen = Problem("nobody_still" if whole else "nobody_whole")
        msg = Problem("not_still_enough", seen=seen, name=name, least_still_s=LEAST_STILL_S)
        raise NobodyFound(msg)
    return best


def _trimmed(times: Array, first: int, last: int) -> tuple[int, int]:
    """Leave the edges out: a movement has begun for a moment before it is noticed."""
    inner = np.flatnonzero((times >= times[first] + _EDGE_S) & (times <= times[last] - _EDGE_S))
    return (int(inner[0]), int(inner[-1])) if inner.size else (first, first)


def _stretches(flags: Array) -> list[tuple[int, int]]:
    """First and last number of every run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(int(first), int(after) - 1) for first, after in zip(edges[::2], edges[1::2], strict=True)]
