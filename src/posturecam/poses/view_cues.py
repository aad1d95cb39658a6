"""Which view several simple cues speak for, and what to say when they disagree with it.

The view itself comes from the direction of the chest, the face, and what else is seen (``facing.py``). Here the points
alone are asked: the order and the width of shoulders and hips, where toes and nose point, which arm is hidden; and how
broad the outline is, where there is one. Of 425 photos of rendered people all cues agreed on all but one, where the
feet spoke for another view.
"""

from collections.abc import Callable, Mapping

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose, View
from posturecam.errors.facts import Note

BELOW_SHOULDERS = 0.12
"""Where the outline's breadth is taken: this part of the way from the shoulders to the hips."""

FRONTAL, SIDE = frozenset({View.FRONT, View.BACK}), frozenset({View.LEFT, View.RIGHT})

_SHOULDERS, _HIPS, _TOES_BESIDE, _TOES_BELOW, _NOSE, _ARM = 0.38, 0.18, 0.20, 0.03, 0.08, 0.4
"""Limits between the views, in lengths of the trunk; the last in visibility."""

_BROAD = 0.68
"""Breadth of the outline between the views: at least 0.85 in 334 front and back views, at most 0.53 in 91 others."""

Vote = frozenset[View]


def votes(pose: Pose, breadth: float | None = None) -> Mapping[str, Vote]:
    """Ask each cue which views it allows; cues whose points were not found are left out.

    ``breadth`` is that of the outline below the shoulders, in lengths of the trunk; None where no outline is known.
    """
    trunk = float(np.linalg.norm(_middle(pose, "SHOULDER") - _middle(pose, "HIP")))
    asked = {name: cue(pose, max(trunk, 1e-9)) for name, cue in CUES.items()}
    if breadth is not None and np.isfinite(breadth):
        asked["the outline"] = FRONTAL if breadth > _BROAD else SIDE
    return {name: vote for name, vote in asked.items() if vote}


def confidence(pose: Pose, breadth: float | None = None) -> float:
    """Chance that the pose's view is the right one, 0...1.

    Where it was not found out (a pose that was stored long ago, or drawn) it is the share of the cues that allow the
    view, drawn towards a half while there are few cues.
    """
    if pose.view_probability is not None:
        return pose.view_probability
    said = votes(pose, breadth)
    return (sum(pose.view in vote for vote in said.values()) + 0.5) / (len(said) + 1.0)


def view_note(pose: Pose, breadth: float | None = None) -> Note | None:
    """Say that cues disagree with the view, and which; None when they agree."""
    against = [name for name, vote in votes(pose, breadth).items() if pose.view not in vote]
    if not against or pose.view is View.OBLIQUE or pose.view.choices:
        return None
    kind = "given_view_doubted" if pose.view_source == "given" else "view_doubted"
    return Note(kind, view=pose.view, cues=tuple(against))


def _points(pose: Pose, part: str) -> tuple[Array, Array]:
    """(2,) each: the left and the right point of a pair, pixels of the photo."""
    left, right = (pose.mean[ORDER[Landmark[f"{side}_{part}"]]] for side in ("LEFT", "RIGHT"))
    return left, right


def _middle(pose: Pose, part: str) -> Array:
    left, right = _points(pose, part)
    return np.asarray((left + right) / 2)


def _order(part: str, limit: float) -> Callable[[Pose, float], Vote]:
    """Ask a pair of points: the left one at the picture's right is a front, at its left a back, near by a side view."""

    def cue(pose: Pose, trunk: float) -> Vote:
        left, right = _points(pose, part)
        apart = float((left - right)[0]) / trunk
        return _three(apart, limit, View.FRONT, View.BACK, SIDE)

    return cue


def _three(value: float, limit: float, above: View, below: View, between: Vote) -> Vote:
    if not np.isfinite(value):
        return frozenset()
    return frozenset({above}) if value > limit else frozenset({below}) if value < -limit else between


def _toes(pose: Pose, trunk: float) -> Vote:
    """Ask the feet: toes beside the heels are a side view, below them a front, above them a back."""
    x, y = (_middle(pose, "FOOT_INDEX") - _middle(pose, "HEEL")) / trunk
    sideways = _three(float(x), _TOES_BESIDE, View.RIGHT, View.LEFT, FRONTAL)
    return _three(float(y), _TOES_BELOW, View.FRONT, View.BACK, FRONTAL) if sideways == FRONTAL else sideways


def _nose(pose: Pose, trunk: float) -> Vote:
    beside = float((pose.mean[ORDER[Landmark.NOSE]] - _middle(pose, "EAR"))[0]) / trunk
    return _three(beside, _NOSE, View.RIGHT, View.LEFT, FRONTAL)


def _arm(pose: Pose, _trunk: float) -> Vote:
    left, right = (float(pose.visibility[ORDER[Landmark[f"{side}_ELBOW"]]]) for side in ("LEFT", "RIGHT"))
    return _three(left - right, _ARM, View.LEFT, View.RIGHT, FRONTAL)


CUES: dict[str, Callable[[Pose, float], Vote]] = {
    "the shoulders": _order("SHOULDER", _SHOULDERS),
    "the hips": _order("HIP", _HIPS),
    "the feet": _toes,
    "the nose": _nose,
    "the arms": _arm,
}
"""Each cue by the name that a note gives it."""
