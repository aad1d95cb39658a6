"""From the direction of the chest to the view: front, back, left side, right side, or half-way between.

The pose network now and then takes a back for a front, or a front with a covered face for a back, and then exchanges
left and right. How sure it is from which side the body is seen decides (``view_probability.py``): every pass that saw
it otherwise is told from which side it really looked, and where nothing is sure enough the view stays one of two.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from posturecam.body import View
from posturecam.body.geometry import wrap
from posturecam.errors import SettingsError
from posturecam.errors.facts import Problem
from posturecam.poses.mediapipe_pose import Detection
from posturecam.poses.view_probability import FACE_SEEN, SURE

FACING_DEG = {View.FRONT: 0.0, View.BACK: 180.0, View.LEFT: -90.0, View.RIGHT: 90.0}
"""Where the chest points in each view: 0 = to the camera, −90 = the camera sees the left side."""

HALF_WIDTH_DEG = {View.FRONT: 30.0, View.BACK: 35.0, View.LEFT: 35.0, View.RIGHT: 35.0}
"""How far out of a view a body may be turned and still be called by it."""

CONTRARY_DEG = 60.0
"""A chest that in every pass points further than this from the view that was given shows another one."""

AGAINST_DEG = 130.0
"""A chest that points further than this from a view shows the opposite one."""

_OPPOSITE = {View.FRONT: View.BACK, View.BACK: View.FRONT, View.LEFT: View.RIGHT, View.RIGHT: View.LEFT}
_ONE_OF = {
    frozenset({View.FRONT, View.BACK}): View.FRONT_OR_BACK,
    frozenset({View.LEFT, View.RIGHT}): View.LEFT_OR_RIGHT,
}

Chance = Callable[[Sequence[Detection]], float]
"""Gives the chance of a front against a back, or of a right against a left view."""


@dataclass(frozen=True, slots=True)
class Chances:
    """How the chance of a view is found when it is asked for, and the logit of a face at the head."""

    front: Chance
    right: Chance
    face: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The passes, brought to one side, the view, and the chance that it is right.

    Of a view that is one of two the chance is that of the likelier one, and the passes stand as ``Pose`` says.
    """

    detections: tuple[Detection, ...]
    view: View
    probability: float | None


def view_of(facing_deg: float) -> View:
    """Name the view of a body whose chest points that way."""
    for view, direction in FACING_DEG.items():
        if abs(float(wrap(np.array(facing_deg - direction)))) <= HALF_WIDTH_DEG[view]:
            return view
    return View.OBLIQUE


def mean_facing(detections: Sequence[Detection]) -> tuple[float, float]:
    """Mean direction of the chest, degrees, and its standard error."""
    angles = np.radians([detection.facing_deg for detection in detections])
    mean = float(np.degrees(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean())))
    apart = wrap(np.degrees(angles) - mean)
    return mean, float(np.sqrt((apart**2).mean() / len(detections)))


def decided(detections: Sequence[Detection], chances: Chances, wanted: View | None, name: str) -> Decision:
    """Decide from which side the body is seen; ``wanted`` is what the user says, whose word counts.

    Raises SettingsError when what is plainly seen contradicts that.
    """
    if wanted is not None:
        return _given(detections, chances, wanted, name)
    across = abs(_axis_deg(detections))
    if HALF_WIDTH_DEG[View.BACK] < across < 90.0 - HALF_WIDTH_DEG[View.RIGHT]:
        settled = facing(detections, View.FRONT)
        return Decision(settled, View.OBLIQUE, None)
    frontal = across < 45.0
    first = View.FRONT if frontal else View.RIGHT
    chance = (chances.front if frontal else chances.right)(detections)
    found, chance = (first, chance) if chance >= 0.5 else (_OPPOSITE[first], 1.0 - chance)
    if chance < SURE:
        return Decision(facing(detections, first), _ONE_OF[frozenset({first, _OPPOSITE[first]})], chance)
    settled = facing(detections, found)
    return Decision(settled, view_of(mean_facing(settled)[0]), chance)


def _given(detections: Sequence[Detection], chances: Chances, wanted: View, name: str) -> Decision:
    chance = (chances.front if wanted.frontal else chances.right)(detections)
    chance = chance if wanted in (View.FRONT, View.RIGHT) else 1.0 - chance
    against = contradiction(detections, chances.face, wanted, chance)
    if against:
        msg = Problem("view_contradicted", name=name, against=against)
        raise SettingsError(msg)
    return Decision(facing(detections, wanted), wanted, chance)


def contradiction(detections: Sequence[Detection], face: float, wanted: View, chance: float) -> Problem | None:
    """Say what speaks plainly against a view that was given, or None.

    ``chance`` is that of the view against the one that looks alike. A face is plain, and so is a body seen from the
    side that is called a front; which of two views that look alike it is, the user knows better.
    """
    if wanted is View.BACK and face > FACE_SEEN:
        return Problem("shows_face")
    surely_other = not wanted.frontal and chance <= 1.0 - SURE
    likely = tuple(detections) if surely_other else facing(detections, wanted)
    if all(_off(detection, wanted) > CONTRARY_DEG for detection in likely):
        return Problem("shows_other_view", seen=_nearest(detections[0]), wanted=wanted)
    return None


def facing(detections: Sequence[Detection], view: View) -> tuple[Detection, ...]:
    """Exchange the sides in every pass that took the body to be seen from the opposite side.

    A pass that saw a body from the side says nothing of front and back, and the other way round.
    """
    return tuple(
        detection.turned_round() if _off(detection, view) >= AGAINST_DEG else detection for detection in detections
    )


def _axis_deg(detections: Sequence[Detection]) -> float:
    """Angle between the line along which the chests point, this way or that, and the line of sight, −90...90."""
    doubled = np.radians([2.0 * detection.facing_deg for detection in detections])
    return float(np.degrees(np.arctan2(np.sin(doubled).mean(), np.cos(doubled).mean())) / 2.0)


def _off(detection: Detection, view: View) -> float:
    """How far the chest points from where it would in a view, degrees."""
    return abs(float(wrap(np.array(detection.facing_deg - FACING_DEG[view]))))


def _nearest(detection: Detection) -> View:
    """Give the view that a sighting lies nearest to."""
    return min(FACING_DEG, key=lambda view: _off(detection, view))
