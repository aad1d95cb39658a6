"""What widens or withholds some numbers of a body that stands: arms, feet, head, heels, as far as the points tell.

Everything is in lengths of the trunk and even, as in ``stance.py``. Points do not show what hands hold beside the body:
a board held low by its edges, a bag on one side, a stick or a crutch.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

import numpy as np

from posturecam.body import ORDER, VISIBLE, Landmark, View
from posturecam.poses.scaled_body import ScaledBody


class Caution(StrEnum):
    """What widens or withholds some numbers of a body that stands."""

    ARMS_RAISED = "arms_raised"
    ARMS_FOLDED = "arms_folded"
    HANDS_TOGETHER = "hands_together"
    LEGS_WIDE = "legs_wide"
    LEGS_CROSSED = "legs_crossed"
    FOOT_AHEAD = "foot_ahead"
    HEAD_BOWED = "head_bowed"
    HEAD_TURNED = "head_turned"
    TOES_DOWN = "toes_down"
    LONG_SKIRT = "long_skirt"
    LOOSE_CLOTHES = "loose_clothes"
    LIMB_HIDDEN = "limb_hidden"


STEP, STEP_SIDE = 0.155, 0.52
"""Difference of the ankles' heights of a step towards the camera: a foot's length, seen from hip height and 3.3 m away;
and from the side their distance, a foot's length: the feet no longer stand side by side."""

AHEAD, AHEAD_SIDE = 0.08, 0.3
"""About half of that: one foot stands ahead. Rendered people who stand reach 0.04 and 0.2."""

TOES_DOWN = {View.FRONT: (0.31, 0.345, 0.45), View.BACK: (0.15, 0.26, 0.36)}
"""How far toes lie below the ankle, in trunks, when the foot hangs and the arms hold the body from above, when the heel
is raised, and when the foot hangs, whatever the arms do. Bare feet on the floor: to 0.34 in front, 0.08 from behind."""

RAISED_DEG = 40.0
"""Least angle of an upper arm against the trunk's own downward line from which the shoulder blade has turned along."""

FOLDED = 0.78
"""A wrist that is less far below the shoulder than this is held before the body: hanging ones lie 0.95 or lower."""

TOGETHER = 0.7
"""Hands that are nearer to each other than this, in trunks, are held together: hanging ones are 0.74 to 1.3 apart."""

WIDE, WIDEST, CROSSED = 0.85, 1.2, 0.03
"""Distance of the ankles in trunks: more than the first is a straddle, from the second on a full one, less than the
third crosses."""

FOLDED_HIGH, TOUCHING = 0.66, 0.4
"""A wrist as high as the waist; hands that touch, the wrists a hand's breadth from each other on either side."""

NOSE_LOW, NOSE_HIGH = -0.085, 0.06
"""How far the nose lies above the ears' line in trunks; outside of these the head is bowed or raised."""

NOSE_BESIDE = 0.62
"""How far the nose lies beside the middle of the ears, in half distances of the ears or eyes: sin 38°."""

HALF_HIDDEN = 0.35
"""Difference of the legs' visibility from which one of them is not seen whole."""


def feet_apart(body: ScaledBody) -> float:
    """How far the feet stand one before the other, in steps: 1 is as far as a foot is long."""
    rows = [ORDER[Landmark[f"{side}_ANKLE"]] for side in ("LEFT", "RIGHT")]
    if not (body.inside[rows] & (body.visibility[rows] >= VISIBLE)).all():
        return 0.0
    across, up = np.abs(body.apart("ANKLE"))
    return float(up / STEP if body.frontal else across / STEP_SIDE)


def toes(body: ScaledBody) -> float:
    """How far the higher of both toes lies below its ankle; −1 where that is not seen."""
    return float(body.reach("ANKLE", "FOOT_INDEX")[:, 1].min()) if body.sees("ANKLE", "FOOT_INDEX") else -1.0


def _arms_raised(body: ScaledBody) -> bool:
    """Look for an upper arm far from the trunk, or a hand at the height of the shoulder."""
    for side in body.sides:
        arm, shoulder = body.at(side, "ELBOW") - body.at(side, "SHOULDER"), body.at(side, "SHOULDER")
        down = body.mid("HIP") - body.mid("SHOULDER")
        angle = np.degrees(np.arccos(np.clip(arm @ down / max(float(np.linalg.norm(arm)), 1e-9), -1.0, 1.0)))
        if angle > RAISED_DEG or float((body.at(side, "WRIST") - shoulder)[1]) > -0.15:
            return True
    return False


def _arms_folded(body: ScaledBody) -> bool:
    return not _arms_raised(body) and _least_hang(body) < FOLDED


def _least_hang(body: ScaledBody) -> float:
    """How far the higher wrist lies below its shoulder."""
    return min(float((body.at(side, "SHOULDER") - body.at(side, "WRIST"))[1]) for side in body.sides)


def _hands_together(body: ScaledBody) -> bool:
    """Look for hands that hang low and close to each other, before the body or behind it."""
    if not body.view.frontal or _arms_raised(body) or _arms_folded(body):
        return False
    return _hands_apart(body) < TOGETHER


def _hands_apart(body: ScaledBody) -> float:
    return float(np.linalg.norm(body.apart("WRIST")))


def legs_wide(body: ScaledBody) -> bool:
    """Whether the ankles are seen far apart, from the front or from behind."""
    return body.view.frontal and body.sees("ANKLE") and float(body.apart("ANKLE")[0]) > WIDE


def _legs_crossed(body: ScaledBody) -> bool:
    return body.view.frontal and body.sees("ANKLE") and float(body.apart("ANKLE")[0]) < CROSSED


def _foot_ahead(body: ScaledBody) -> bool:
    return feet_apart(body) > _ahead(body)


def _ahead(body: ScaledBody) -> float:
    return AHEAD / STEP if body.frontal else AHEAD_SIDE / STEP_SIDE


def _nose_up(body: ScaledBody) -> float:
    return float((body.points[ORDER[Landmark.NOSE]] - (body.at("LEFT", "EAR") + body.at("RIGHT", "EAR")) / 2)[1])


def _head_bowed(body: ScaledBody) -> bool:
    return body.view is View.FRONT and not NOSE_LOW <= _nose_up(body) <= NOSE_HIGH


def _head_turned(body: ScaledBody) -> bool:
    if body.view is not View.FRONT:
        return False
    nose, ears = body.points[ORDER[Landmark.NOSE]], (body.at("LEFT", "EAR") + body.at("RIGHT", "EAR")) / 2
    half = float(np.linalg.norm(body.apart("EAR"))) / 2
    return abs(float((nose - ears)[0])) > NOSE_BESIDE * max(half, 0.1)


def _toes_down(body: ScaledBody) -> bool:
    return body.view in TOES_DOWN and toes(body) > TOES_DOWN[body.view][1]


def _limb_hidden(body: ScaledBody) -> bool:
    """One leg seen clearly, and the other one's knee or foot not; of side views the far leg says nothing."""
    if not body.view.frontal:
        return False
    legs = [
        [body.visibility[ORDER[Landmark[f"{side}_{part}"]]] for part in ("KNEE", "ANKLE")] for side in ("LEFT", "RIGHT")
    ]
    lower, higher = sorted(float(min(leg)) for leg in legs)
    return lower < VISIBLE and higher - lower > HALF_HIDDEN


_CHECKS = (
    (Caution.ARMS_RAISED, _arms_raised),
    (Caution.ARMS_FOLDED, _arms_folded),
    (Caution.HANDS_TOGETHER, _hands_together),
    (Caution.LEGS_WIDE, legs_wide),
    (Caution.LEGS_CROSSED, _legs_crossed),
    (Caution.FOOT_AHEAD, _foot_ahead),
    (Caution.HEAD_BOWED, _head_bowed),
    (Caution.HEAD_TURNED, _head_turned),
    (Caution.TOES_DOWN, _toes_down),
    (Caution.LIMB_HIDDEN, _limb_hidden),
)


_STRENGTHS: Mapping[Caution, Callable[[ScaledBody], float]] = {
    Caution.ARMS_FOLDED: lambda body: (FOLDED - _least_hang(body)) / (FOLDED - FOLDED_HIGH),
    Caution.HANDS_TOGETHER: lambda body: (TOGETHER - _hands_apart(body)) / (TOGETHER - TOUCHING),
    Caution.LEGS_WIDE: lambda body: (float(body.apart("ANKLE")[0]) - WIDE) / (WIDEST - WIDE),
    Caution.FOOT_AHEAD: lambda body: (feet_apart(body) - _ahead(body)) / (1.0 - _ahead(body)),
}
"""What begins gradually: two photos of one stance on either side of a limit must not read as two postures."""


def strengths_of(body: ScaledBody, cautions: Iterable[Caution]) -> tuple[float, ...]:
    """Tell how strongly each of these holds, 0 where it just begins … 1; what has no degrees holds wholly."""
    return tuple(
        float(np.clip(_STRENGTHS[caution](body), 0.0, 1.0)) if caution in _STRENGTHS else 1.0 for caution in cautions
    )


def cautions_of(body: ScaledBody) -> tuple[Caution, ...]:
    """Tell what to be careful about, in the order of the notes."""
    return tuple(caution for caution, found in _CHECKS if found(body))
