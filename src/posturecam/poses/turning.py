"""Photos that lie on their side or stand on their head: which way they are turned, and whether the person stands then.

The pose network finds a body whichever way it is turned, so the line from its feet to its head tells how the photo lies
if that body stands. Whether it stands, only the body itself tells, by what gravity makes of it: legs and trunk in one
line, the arms hanging towards the feet, the feet across that line. Whoever lies, points the toes; whoever hangs head
down or stands on the hands has the arms beyond the head. Such a photo is left as it is.
"""

import numpy as np

from posturecam.body import ORDER, Array, Landmark

LYING_DEG = 45.0
"""A body whose line from feet to head leans more than this does not stand in the photo as it is."""

STANDING_DEG, LIMB_DEG = 15.0, 25.0
"""How far a standing body leans, and how far trunk, thighs and shanks lean each, at most.

Of the rendered people 99 % lean by less than 7° and 14°.
"""

HANGING_PART = 0.15
"""How far the wrists of hanging arms lie below the shoulders at least, a part of the height from ankles to ears."""

FOOT_SLOPE_DEG, FOOT_PART = 15.0, 0.1
"""From the side a standing foot is level to within this; from front and back it is seen from its end, and shorter than
this part of the height (of somebody who lies, toes pointed, it is longer)."""

SIDEWAYS_DEG = (50.0, 130.0)
"""Chests that point so far from the camera are seen from the side."""

_LIMBS = (("SHOULDER", "HIP"), ("HIP", "KNEE"), ("KNEE", "ANKLE"))


def quarters_to_upright(points: Array) -> int:
    """Count the quarter turns, clockwise, that bring a body of points (33, 2) upright: 0, 1, 2 or 3."""
    up = _middle(points, "EAR") - _middle(points, "ANKLE")
    lean_deg = float(np.degrees(np.arctan2(up[0], -up[1])))
    return 0 if not abs(lean_deg) > LYING_DEG else -round(lean_deg / 90.0) % 4


def stands(points: Array, facing_deg: float, size_px: tuple[int, int]) -> bool:
    """Whether a body seen whole in an upright picture of that size stands, as far as its own shape tells.

    ``points`` (33, 2) in pixels; ``facing_deg`` is where the chest points, 0 = to the camera.
    """
    up = _middle(points, "EAR") - _middle(points, "ANKLE")
    height = float(np.linalg.norm(up))
    if not ((points >= 0) & (points <= np.array(size_px))).all() or not _lean_deg(up) < STANDING_DEG:
        return False
    sides = ("LEFT", "RIGHT")
    straight = all(
        _lean_deg(_at(points, side, above) - _at(points, side, below)) < LIMB_DEG
        for side in sides
        for above, below in _LIMBS
    )
    arms = [_at(points, side, "WRIST")[1] - _at(points, side, "SHOULDER")[1] for side in sides]
    return straight and min(arms) > HANGING_PART * height and _feet_carry(points, facing_deg, height)


def _feet_carry(points: Array, facing_deg: float, height: float) -> bool:
    """Whether the feet lie across the legs, as they do on a floor."""
    feet = [_at(points, side, "FOOT_INDEX") - _at(points, side, "HEEL") for side in ("LEFT", "RIGHT")]
    if SIDEWAYS_DEG[0] < abs(facing_deg) < SIDEWAYS_DEG[1]:
        return min(90.0 - _lean_deg(foot, either_way=True) for foot in feet) < FOOT_SLOPE_DEG
    return max(float(np.linalg.norm(foot)) for foot in feet) < FOOT_PART * height


def _lean_deg(line: Array, *, either_way: bool = False) -> float:
    """How far a line, from its lower to its upper end, leans from the vertical, degrees."""
    upward = abs(line[1]) if either_way else -line[1]
    return float(np.degrees(np.arctan2(abs(line[0]), upward)))


def _at(points: Array, side: str, part: str) -> Array:
    return np.asarray(points[ORDER[Landmark[f"{side}_{part}"]]])


def _middle(points: Array, part: str) -> Array:
    return np.asarray((_at(points, "LEFT", part) + _at(points, "RIGHT", part)) / 2)
