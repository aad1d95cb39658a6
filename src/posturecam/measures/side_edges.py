"""Where the outline of a body seen from the side runs: the back's edge, the front's, and both edges of the legs.

Every edge is read from the near side's points, straight backward or forward, at fixed parts of the way from the hip to
the shoulder or to the ankle, and is given in the subject's frame, relative to the near ankle, in % of height.
"""

import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array
from posturecam.body.geometry import rotate
from posturecam.measures.measurement import Frame
from posturecam.measures.side_view import SIDES, near, side_height
from posturecam.poses.silhouette import Silhouette

BACK_LEVELS = np.linspace(-0.2, 1.0, 11)
"""Where the back's edge is read: parts of the way from the hip's height (0) to the shoulder's (1)."""

FRONT_LEVELS = np.linspace(-0.2, 0.9, 8)
"""Where the front's edge is read; above lies the chin."""

LEG_LEVELS = np.array([0.35, 0.42, 0.48, 0.54, 0.6, 0.7, 0.8, 0.9])
"""Where the legs' two edges are read: parts of the way from the hip (0) to the ankle (1), below the hands."""

BACK = np.arange(BACK_LEVELS.size)
FRONT = BACK.size + np.arange(FRONT_LEVELS.size)
LEGS = BACK.size + FRONT.size + np.arange(2 * LEG_LEVELS.size)
COUNT = BACK.size + FRONT.size + LEGS.size
"""How many places the edges are read at, in this order: back, front, front of the legs, back of the legs."""

ARC_STARTS = (0, 2)
"""Of the back's levels, where the chords begin under which its two arcs are measured; they end at the shoulder's."""

ARCS = COUNT + np.arange(2 * len(ARC_STARTS))
"""Where the arcs' depths stand behind the edges: of each chord the hollow and the hump."""

_HOLLOW_BELOW, _HUMP_ABOVE = 0.55, 0.4
"""Parts of the chord in which the low back's hollow and the upper back's hump are sought."""

_LONGEST = 0.3
"""Farther than this part of the height from the body's line there is no edge of it."""

_BACKWARD, _FORWARD = -1.0, 1.0

_RUN_LEVELS = np.linspace(-0.2, 1.0, 61)
_STRAIGHT_PCT = 0.1
"""How far a straight run of edge may leave its own chord, % of height: a quarter of a pixel of the outline."""

_LEAST_RUN = 0.2
"""A shorter run, of what is read, is left to the body."""

_BEYOND, _SAMPLES = 0.3, 40
"""How far beyond both ends of a straight run it is looked whether it goes on, parts of the height, and where."""

_AS_STRONG, _LEAST_STEP, _LEAST_SEEN, _GOES_ON = 0.3, 3.0, 8, 0.6
"""It goes on where the colours change by this part of the change along the run, and by so many grey levels at least;
for an edge of the room it must do so at this part of at least so many places clear of the body.

Of 157 straight runs in the outlines of 242 rendered people 20 go on at 0.7 of the places or more, along door frames,
boxes and tiles' joints, and 130 at less than 0.1, along straight backs, bellies and shirts.
(calibration/side_offsets.py).
"""


def edge_places(frame: Frame, outline: Silhouette, roll_deg: float) -> Array:
    """(S, COUNT, 2) where the body's edges lie, in the subject's frame; NaN where there is none."""
    legs = _legs_line(frame, LEG_LEVELS)
    return np.concatenate(
        [
            _edge(frame, outline, roll_deg, _trunk_line(frame, BACK_LEVELS), _BACKWARD),
            _edge(frame, outline, roll_deg, _trunk_line(frame, FRONT_LEVELS), _FORWARD),
            _edge(frame, outline, roll_deg, legs, _FORWARD),
            _edge(frame, outline, roll_deg, legs, _BACKWARD),
        ],
        axis=1,
    )


def before_ankle(frame: Frame, places: Array) -> Array:
    """(S, K) how far places (S, K, 2) lie forward of the near ankle, % of height."""
    return np.asarray((places[..., 0] - near(frame, "ANKLE")[:, :1]) / side_height(frame)[:, None] * 100.0)


def edge_features(frame: Frame, places: Array) -> Array:
    """(S, COUNT + 4) how far forward the edges' places (S, COUNT, 2) lie, and how deep the back's two arcs are.

    A depth is the largest distance from a chord, so no sum of places gives it; in % of the chord's height.
    """
    forward = before_ankle(frame, places)
    trunk = (near(frame, "SHOULDER") - near(frame, "HIP"))[:, 1] / side_height(frame) * 100.0
    back = forward[:, BACK]
    arcs = [_arcs(back[:, start:], trunk * (BACK_LEVELS[-1] - BACK_LEVELS[start])) for start in ARC_STARTS]
    return np.concatenate([forward, *arcs], axis=1)


def _arcs(back: Array, height: Array) -> Array:
    """(S, 2) the low back's hollow and the upper back's hump of an edge (S, K) over its chord's height (S,), %."""
    part = np.linspace(0.0, 1.0, back.shape[1])
    off = (back - back[:, :1] - part * (back[:, -1:] - back[:, :1])) / height[:, None] * 100.0
    return np.stack([off[:, part < _HOLLOW_BELOW].max(axis=1), -off[:, part > _HUMP_ABOVE].min(axis=1)], axis=1)


def along_room(frame: Frame, outline: Silhouette, roll_deg: float, where: str) -> bool:
    """Whether the ``back``'s or the ``front``'s edge runs along a straight edge of the room.

    A straight back is possible; an edge of the room goes on beyond the body, above its shoulders or below its seat.
    """
    return goes_on(frame, outline, roll_deg, where) >= _GOES_ON


def goes_on(frame: Frame, outline: Silhouette, roll_deg: float, where: str) -> float:
    """Give the part of the places beyond a straight run of edge at which it goes on; NaN without such a run."""
    way = _BACKWARD if where == "back" else _FORWARD
    places = _edge(frame, outline, roll_deg, _trunk_line(frame, _RUN_LEVELS), way)
    first, last = longest_straight(before_ankle(frame, places).mean(axis=0))
    if last - first < _LEAST_RUN * (len(_RUN_LEVELS) - 1):
        return np.nan
    low, high = edge_to_photo(places[:, [first, last]].mean(axis=0), frame, roll_deg)
    further = (high - low) / np.linalg.norm(high - low) * _BEYOND * float(side_height(frame).mean())
    part = np.linspace(0.0, 1.0, _SAMPLES)[:, None]
    beyond = np.concatenate([high + part * further, low - part * further])
    beyond = beyond[outline.beside_body(beyond)]
    if len(beyond) < _LEAST_SEEN:
        return np.nan
    enough = max(_AS_STRONG * float(np.median(outline.steps_at(low + part * (high - low)))), _LEAST_STEP)
    return float((outline.steps_at(beyond) > enough).mean())


def longest_straight(edge: Array, most_off: float = _STRAIGHT_PCT) -> tuple[int, int]:
    """Give the ends of the longest part of an evenly read edge (K,) that nowhere leaves its own chord by more."""
    first, best = 0, (0, 0)
    for last in range(1, len(edge)):
        while first < last and not _is_straight(edge[first : last + 1], most_off):
            first += 1
        best = max(best, (first, last), key=lambda run: run[1] - run[0])
    return best


def _is_straight(run: Array, most_off: float) -> bool:
    return bool(np.isfinite(run).all() and np.abs(run - np.linspace(run[0], run[-1], len(run))).max() <= most_off)


def _trunk_line(frame: Frame, levels: Array) -> Array:
    """(S, K, 2) points at those levels on the line from hip to shoulder, straight down and up beyond its ends."""
    hip, shoulder = (near(frame, part)[:, None] for part in ("HIP", "SHOULDER"))
    along = np.stack([np.clip(levels, 0.0, 1.0), levels], axis=-1)
    return np.asarray(hip + along * (shoulder - hip))


def _legs_line(frame: Frame, levels: Array) -> Array:
    """(S, K, 2) points at those levels on the line from hip over knee to ankle."""
    hip, knee, ankle = (near(frame, part)[:, None] for part in ("HIP", "KNEE", "ANKLE"))
    y = hip[..., 1] + levels * (ankle - hip)[..., 1]
    thigh = (y - hip[..., 1]) / (knee - hip)[..., 1]
    shin = (y - knee[..., 1]) / (ankle - knee)[..., 1]
    x = np.where(
        thigh < 1.0,
        hip[..., 0] + thigh * (knee - hip)[..., 0],
        knee[..., 0] + shin * (ankle - knee)[..., 0],
    )
    return np.stack([x, y], axis=-1)


def _edge(frame: Frame, outline: Silhouette, roll_deg: float, line: Array, way: float) -> Array:
    """(S, K, 2) where the outline lies forward (+1) or backward (-1) of a line (S, K, 2)."""
    direction = edge_to_photo(np.array([way, 0.0]), frame, roll_deg)
    starts, height = edge_to_photo(line, frame, roll_deg), side_height(frame)
    far = [outline.reach(start, direction, _LONGEST * size) for start, size in zip(starts, height, strict=True)]
    x = line[..., 0] + way * np.stack(far)
    return np.stack([x, np.where(np.isfinite(x), line[..., 1], np.nan)], axis=-1)


def edge_to_photo(points: Array, frame: Frame, roll_deg: float) -> Array:
    """Bring points of the subject's frame back into the photo (the inverse of ``subject_frame``)."""
    return rotate(points * np.array([-1.0 if frame.view is SIDES[0] else 1.0, -1.0]), roll_deg)


def counted(frame: Frame, outline: Silhouette, roll_deg: float) -> NDArray[np.bool_]:
    """(COUNT,) which places may be the body's own: not a front that follows a straight edge of the room."""
    kept = np.ones(COUNT, dtype=bool)
    if along_room(frame, outline, roll_deg, "front"):
        kept[FRONT] = False
    return kept
