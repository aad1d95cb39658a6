"""From the direction of the chest to the view: front, back, left side, right side, or half-way between.

The pose network now and then takes a back for a front and then exchanges left and right. Whether a face can be seen
settles it: every pass that contradicts the face is told from which side it really saw the body.
"""

from collections.abc import Sequence

import numpy as np

from posturecam.body import View
from posturecam.errors import SettingsError
from posturecam.geometry import wrap
from posturecam.language import _
from posturecam.language.views import shown
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


CONTRARY_DEG = 60.0
"""A chest that in every pass points further than this from the view that was given shows another one."""

FACE_SEEN, FACE_UNSEEN = 1.0, -1.0
"""Logits above which a face is surely seen, and below which it surely is not."""


def settled(sightings: Sequence[Sighting], face: float, wanted: View | None, name: str) -> tuple[Sighting, ...]:
    """Exchange the sides of every pass that took the back for the front, or the other way round.

    ``face`` is the logit of a face, ``wanted`` what the user says the photo shows. Raises SettingsError when what is
    seen contradicts that.
    """
    against = None if wanted is None else contradiction(sightings, face, wanted)
    if against:
        msg = _("{name} {against}. Leave --view away.", name=name, against=against)
        raise SettingsError(msg)
    front = front_is_seen(sightings, face, wanted)
    return tuple(one if _side_on(one) or _from_front(one) == front else one.turned_round() for one in sightings)


def contradiction(sightings: Sequence[Sighting], face: float, wanted: View) -> str | None:
    """Say what speaks plainly against a view that was given, or None.

    The network may take a back for a front, so between these two the face must speak as well.
    """
    if wanted is View.BACK and face > FACE_SEEN:
        return _("shows a face, so it is no back view")
    if wanted is View.FRONT and face < FACE_UNSEEN and not any(_from_front(one) for one in sightings):
        return _("shows a back and no face, so it is no front view")
    turned = [one.turned_round() for one in sightings] if wanted.frontal else sightings
    if all(_off(one, wanted) > CONTRARY_DEG for one in (*sightings, *turned)):
        return _("shows {seen}, not {wanted}", seen=_shown(sightings[0]), wanted=shown(wanted))
    return None


def _off(sighting: Sighting, view: View) -> float:
    """How far the chest points from where it would in a view, degrees."""
    return abs(float(wrap(np.array(sighting.facing_deg - FACING_DEG[view]))))


def _shown(sighting: Sighting) -> str:
    nearest = min(FACING_DEG, key=lambda view: _off(sighting, view))
    return shown(nearest)


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
