"""What must be right before somebody is measured in front of the camera; each check says what to change."""

from dataclasses import dataclass

import numpy as np

from posturecam.body import View
from posturecam.live.seeing import Glimpse
from posturecam.poses.standing import FEET_LEVEL_PCT, lift_pct, mid
from posturecam.text.language import _, later, pgettext

NEAR_PART, FAR_PART = 0.86, 0.42
"""Largest and smallest height of the body (eyes to ankles) as a part of the picture's height."""

DARK, BRIGHT = 45.0, 225.0
LEVEL_DEG = 4.0
"""Most lean of the whole body against the picture's edge; more is taken for a camera that is not level."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to get right: its name, whether it is, and what to do when it is not."""

    name: str
    good: bool
    advice: str = ""


def check(glimpse: Glimpse, wanted: View | None = None) -> tuple[Check, ...]:
    """Run every check on what is seen now, the most basic one first."""
    light = Check(_("light"), DARK <= glimpse.brightness <= BRIGHT, _light_advice(glimpse))
    if glimpse.points is None:
        nobody = Check(_("whole body in view"), good=False, advice=_("step in front of the camera"))
        return (nobody, *(Check(_(name), good=False) for name in _UNSEEN), light)
    return (
        Check(_("whole body in view"), glimpse.whole, _("step back until head and feet are in the picture")),
        _distance(glimpse),
        _facing(glimpse, wanted),
        _feet(glimpse),
        _level(glimpse),
        light,
        lone_person(glimpse),
    )


def lone_person(glimpse: Glimpse) -> Check:
    """Count the people."""
    told = _("{people} people are in the picture; one should be", people=glimpse.people)
    return Check(_("one person"), glimpse.people <= 1, told)


_UNSEEN = (later("distance"), later("facing"), later("both feet on the floor"), later("camera level"))


def all_good(checks: tuple[Check, ...]) -> bool:
    """Whether everything is right."""
    return all(one.good for one in checks)


def first_advice(checks: tuple[Check, ...]) -> str:
    """Say what to change first; empty when all is right."""
    return next((one.advice for one in checks if not one.good and one.advice), "")


def _light_advice(glimpse: Glimpse) -> str:
    if glimpse.black:
        return _("the picture is black: open the lens cover, and close other programs that use the camera")
    return _("more light, please") if glimpse.brightness < DARK else _("too bright: turn away from the window")


def _distance(glimpse: Glimpse) -> Check:
    part = glimpse.height_px / glimpse.frame.size_px[1]
    advice = _("step back a little") if part > NEAR_PART else _("come closer")
    return Check(_("distance"), FAR_PART <= part <= NEAR_PART, advice)


def _facing(glimpse: Glimpse, wanted: View | None) -> Check:
    if wanted is not None:
        return Check(
            _("facing: {facing_words}", facing_words=facing_words(wanted)), glimpse.view is wanted, turn_words(wanted)
        )
    seen = glimpse.view
    name = _("facing") if seen is View.OBLIQUE else _("facing: {facing_words}", facing_words=facing_words(seen))
    return Check(name, seen is not View.OBLIQUE, _("turn square to the camera"))


def facing_words(view: View) -> str:
    """Say a view in a word or two."""
    return {
        View.FRONT: pgettext("facing", "front"),
        View.BACK: pgettext("facing", "back"),
        View.LEFT: _("left side"),
        View.RIGHT: _("right side"),
    }.get(view, "?")


def turn_words(view: View) -> str:
    """Say how to stand for a view."""
    words = {
        View.FRONT: _("face the camera"),
        View.BACK: _("turn your back to the camera"),
        View.LEFT: _("turn your left side to the camera"),
        View.RIGHT: _("turn your right side to the camera"),
    }
    return words.get(view, _("turn square to the camera"))


def _feet(glimpse: Glimpse) -> Check:
    """Compare the feet's heights; seen from the side the far foot looks higher, so there it says nothing."""
    assert glimpse.points is not None  # noqa: S101  (the caller looked)
    down = not glimpse.view.frontal or abs(lift_pct(glimpse.points)) <= FEET_LEVEL_PCT
    return Check(_("both feet on the floor"), down, _("stand on both feet"))


def _level(glimpse: Glimpse) -> Check:
    """Judge by the body itself, which no posture leans by much as a whole from the feet to the shoulders."""
    assert glimpse.points is not None  # noqa: S101  (the caller looked)
    if not glimpse.view.frontal:
        return Check(_("camera level"), good=True)
    along = mid(glimpse.points, "SHOULDER") - mid(glimpse.points, "ANKLE")
    off = float(np.degrees(np.arctan2(along[0], -along[1])))
    return Check(
        _("camera level"),
        abs(off) <= LEVEL_DEG,
        _("the body leans {off:.0f}°: level the camera, stand evenly", off=abs(off)),
    )
