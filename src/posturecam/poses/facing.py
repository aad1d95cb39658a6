"""From the direction of the chest to the view: front, back, left side, right side, or half-way between.

The pose network now and then takes a back for a front and then exchanges left and right. Whether a face can be seen
settles it: every pass that contradicts the face is told from which side it really saw the body.
"""

from collections.abc import Sequence

import numpy as np

from posturecam.body import View
from posturecam.errors import SettingsError
from posturecam.geometry import wrap
from posturecam.poses.mediapipe_pose import Sighting

FACING_DEG = {View.FRONT: 0.0, View.BACK: 180.0, View.LEFT: -90.0, View.RIGHT: 90.0}
"""Where the chest points in each view: 0 = to the camera, −90 = the camera sees the left side."""

HALF_WIDTH_DEG = {View.FRONT: 30.0, View.BACK: 35.0, View.LEFT: 35.0, View.RIGHT: 35.0}
"""How far out of a view a body may be turned and still be called by it."""


def view_of(facing_deg: float) -> View:
    """Name the view of a body whose chest points that way."""
    for view, direction in FACING_DEG.items():
        if abs(float(wrap(np.array(facing_deg - direction)))) <= HALF_WIDTH_DEG[view]:
            return view
    return View.OBLIQUE


OPPOSITE_DEG = 130.0
"""A chest that points further than this from a side view's direction shows the other side."""

FACE_SEEN, FACE_UNSEEN = 1.0, -1.0
"""Logits above which a face is surely seen, and below which it surely is not."""


def settled(sightings: Sequence[Sighting], face: float, wanted: View | None, name: str) -> tuple[Sighting, ...]:
    """Exchange the sides of every pass that took the back for the front, or the other way round.

    ``face`` is the logit of a face, ``wanted`` what the user says the photo shows. Raises SettingsError when that
    contradicts a face that is plainly seen.
    """
    if wanted is View.BACK and face > FACE_SEEN:
        msg = f"{name} shows a face, so it is no back view. Leave --view away, or give --view front."
        raise SettingsError(msg)
    if wanted in (View.LEFT, View.RIGHT) and all(_shows_other_side(one, wanted) for one in sightings):
        other = View.RIGHT if wanted is View.LEFT else View.LEFT
        msg = f"{name} shows the {other} side, not the {wanted}. Leave --view away, or give --view {other}."
        raise SettingsError(msg)
    front = front_is_seen(sightings, face, wanted)
    return tuple(one if _side_on(one) or _from_front(one) == front else one.turned_round() for one in sightings)


def _shows_other_side(sighting: Sighting, wanted: View) -> bool:
    """Whether the chest points nearly opposite to where it would in the view that was given."""
    return abs(float(wrap(np.array(sighting.facing_deg - FACING_DEG[wanted])))) > OPPOSITE_DEG


def front_is_seen(sightings: Sequence[Sighting], face: float, wanted: View | None) -> bool:
    """Whether the body is seen from the front: the user's word, else the face, else most passes."""
    if wanted in (View.FRONT, View.BACK):
        return wanted is View.FRONT
    if face > FACE_SEEN:
        return True
    if face < FACE_UNSEEN:
        return False
    return sum(_from_front(one) for one in sightings) * 2 >= len(sightings)


def _from_front(sighting: Sighting) -> bool:
    return abs(sighting.facing_deg) < 90.0


def _side_on(sighting: Sighting) -> bool:
    return 50.0 < abs(sighting.facing_deg) < 130.0
