"""How far a body is turned out of a front or back view, from where its points lie.

The network's own depth sees about half of a small turn, and is off by 2 to 4 degrees. What a turn does to the flat
picture tells more: toes and nose move beside heels and ears, the parts of the body shift against each other, far pairs
tilt. A linear estimate of all of this (``yaw.toml``, learned by calibration/turn.py; no constant, every piece changes
its sign in the mirror image) joins the network's depth. Learned on turns up to 7 degrees, it still holds at 15 (a film
of a turning person: 14.9 and 13.6); beyond some 20 the depth is taken. A piece that is far larger than a turn made it
in the learning (a foot lifted or ahead, an arm raised, a leg that ends at the knee) tells of that and not of a turn: it
is left out, and the error grows by what it could have told.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose, Turn, View

TABLE = Path(__file__).with_name("yaw.toml")

BESIDE = (
    ("FOOT_INDEX", "HEEL"),
    ("FOOT_INDEX", "ANKLE"),
    ("HEEL", "ANKLE"),
    ("KNEE", "ANKLE"),
    ("HIP", "KNEE"),
    ("SHOULDER", "HIP"),
    ("EAR", "SHOULDER"),
    ("ELBOW", "SHOULDER"),
    ("WRIST", "ELBOW"),
    ("INDEX", "WRIST"),
)
"""Middles of pairs whose sideways distance from each other is looked at."""

HEIGHTS = ("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX", "ELBOW", "WRIST")
"""Pairs whose left and right point are compared in height."""

_LEARNED_TO_DEG, _UNKNOWN_FROM_DEG = 18.0, 28.0

_DOUBTFUL, _NO_TURN = 2.5, 4.0
"""From how often its largest size in the learning (turns of 7 degrees) a feature counts less, and no more: what a turn
of 18 degrees makes stays below the first."""


@dataclass(frozen=True, slots=True)
class Line:
    """turn = Σ weight × feature, degrees; ``error`` is its standard error on people left out of the learning.

    ``most`` is the largest size of each feature in the learning.
    """

    weights: Array
    most: Array
    error: float

    def turn(self, seen: Array) -> tuple[float, float]:
        """Give the turn from features, and its error, without what no turn makes so large."""
        beyond = np.abs(seen[:-1]) / self.most[:-1]
        shares = np.append(np.clip((_NO_TURN - beyond) / (_NO_TURN - _DOUBTFUL), 0.0, 1.0), 1.0)
        lost = np.hypot.reduce(self.weights * self.most * (1.0 - shares))
        return float(self.weights @ (shares * seen)), float(np.hypot(self.error, lost))


@cache
def yaw_lines() -> Mapping[View, Line]:
    """Give the learned lines by view."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        View(view): Line(np.array(row["weights"]), np.array(row["most"]), float(row["error"]))
        for view, row in table["views"].items()
    }


def turn_features(pose: Pose) -> Array:
    """(F,) what a turn changes, in % of the trunk's length; last the network's own turn, degrees; NaN counts as 0."""
    trunk = float(np.linalg.norm(_middle(pose, "SHOULDER") - _middle(pose, "HIP")))
    nose = pose.mean[ORDER[Landmark.NOSE]] - _middle(pose, "EAR")
    beside = [float((_middle(pose, entry) - _middle(pose, other))[0]) for entry, other in BESIDE]
    heights = [float((_point(pose, "LEFT", part) - _point(pose, "RIGHT", part))[1]) for part in HEIGHTS]
    seen = np.array([float(nose[0]), *beside, *heights]) / max(trunk, 1e-9) * 100.0
    return np.asarray(np.nan_to_num(np.append(seen, 0.0 if pose.turn is None else pose.turn.value_deg)))


def refined_turn(pose: Pose) -> Turn | None:
    """Give the turn from all the evidence; the network's own where nothing was learned of such a pose."""
    own = pose.turn
    if own is None or pose.view not in yaw_lines() or not pose.mirrored_passes:
        return own
    line = yaw_lines()[pose.view]
    known = (_UNKNOWN_FROM_DEG - abs(own.value_deg)) / (_UNKNOWN_FROM_DEG - _LEARNED_TO_DEG)
    share = min(1.0, max(0.0, known))
    value, error = line.turn(turn_features(pose))
    return Turn(share * value + (1.0 - share) * own.value_deg, share * error + (1.0 - share) * own.sem_deg)


def with_refined_turn(pose: Pose) -> Pose:
    """Give the pose with its turn refined."""
    return replace(pose, turn=refined_turn(pose))


def _point(pose: Pose, side: str, part: str) -> Array:
    return np.asarray(pose.mean[ORDER[Landmark[f"{side}_{part}"]]])


def _middle(pose: Pose, part: str) -> Array:
    return (_point(pose, "LEFT", part) + _point(pose, "RIGHT", part)) / 2
