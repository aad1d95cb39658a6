"""How somebody stands, as far as the points tell: quietly and upright, or in a way whose numbers are no posture.

Everything is in lengths of the trunk (middle of the shoulders to middle of the hips, as the network places them), so
that the distance to the camera is of no matter. Of a body that stands quietly the network's thigh is 0.8 trunks long
and its lower leg 0.7; what is turned towards the camera looks shorter, and so does, from the thigh down, a body that is
photographed from near and above (lower leg 0.5 from a man's eye height at 2 m). The limits lie between what quiet
people show there and what anatomy says of the rest, and were tried on rendered people who sit, squat, kneel, bend,
walk, jump and hang (calibration/stance_people). All of them are even: a mirrored photo gives the same answer.

Points cannot tell what carries a body. Somebody who hangs, floats or props the body up with straight legs, leans an
elbow on a table, or runs with both feet under the body looks like somebody who stands; who walks straight towards the
camera looks so in the moment in which one foot passes the other. Nor do points show what hands hold beside the body: a
board held low by its edges, a bag on one side, a stick or a crutch.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from posturecam.body import ORDER, VISIBLE, Array, Landmark, Pose, View
from posturecam.poses.scaled_body import ScaledBody, lean_of, lengths


class StanceKind(StrEnum):
    """What a body does; only of ``STANDING`` are numbers read as posture."""

    STANDING = "standing"
    SITTING = "sitting"
    ON_FLOOR = "on_the_floor"
    KNEES_BENT = "knees_bent"
    KNEELING = "kneeling"
    LYING = "lying"
    BENDING = "bending"
    LEANING = "leaning"
    STEPPING = "stepping"
    IN_THE_AIR = "in_the_air"


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


@dataclass(frozen=True, slots=True)
class Stance:
    """What a body does, what to be careful about, and how far it leans as a whole: degrees, against the vertical."""

    kind: StanceKind
    cautions: tuple[Caution, ...] = ()
    lean_deg: float = 0.0


STANDING = Stance(StanceKind.STANDING)

BENT_DEG, BENT_SIDE_DEG = 25.0, 30.0
"""Least lean of a trunk that bends: a frontal curve reaches 15°, a bowed back seen from the side 25°."""

LYING_DEG = 50.0
"""Least lean of the whole body, from the feet or knees to the shoulders, of somebody who lies."""

LEANING_DEG = 12.0
"""From here on the centre of mass (0.55 of the height) lies beside a base of 0.12 of the height to either side: nobody
stands so without a hold, or the camera was held askew."""

SHORT_TRUNK, SHORT_TRUNK_SUNK, NOSE_SUNK = 1.0, 0.82, 0.12
"""Breadth of the shoulders, in trunks, of somebody who bends towards the camera or away (0.65 when upright), by itself,
and when the nose lies so little above the shoulders (0.3 to 0.5 when upright)."""

LONG_LEGS = 2.1
"""Height of the hips over the feet, in trunks, that only a trunk bent towards the camera leaves: 1.2 to 1.8."""

THIGH_DOWN, SQUATTING, FLOOR = 0.45, 0.0, 0.5
"""Heights of the hips over the knees of somebody who sits (upright: 0.55 to 0.9) and who squats, and over the feet of
somebody on the floor (a chair: 0.8 to 1.2; upright: 1.1 to 1.8)."""

FEET_AHEAD = 0.4
"""How far the feet of somebody who sits lie before the hips, seen from the side: they carry no weight."""

THIGH_DEG, KNEE_DEG = 50.0, 38.0
"""Seen from the side: the thigh of somebody who sits, and the bend of a knee that is bent; flexed knees in standing
reach 20°."""

SHANK_OF_THIGH, KNEELING_SHANK, LONG_SHANK = 0.63, 0.42, 1.35
"""Length of the lower leg in thighs, 0.68 (from near and above) to 1.1 of somebody upright: below the first the knees
are bent, below the second somebody kneels, and above the third, the thighs towards the camera, sits."""

ONE_KNEE, ONE_KNEE_NARROW, NARROW = 0.25, 0.15, 0.28
"""How much shorter the lower leg is against its thigh than on the other side, as a logarithm, when one knee is bent as
in a step, and the same over ankles that are no further apart than the last, in trunks: the track of somebody who walks
is 0.2 wide. The free knee of a relaxed stance makes 0.15, rendered people who stand reach 0.08."""

STEP, STEP_SIDE = 0.2, 0.52
"""Difference of the ankles' heights of a step towards the camera: a foot's length, seen from 1.2 m above and 3 m away;
and from the side their distance, a foot's length: the feet no longer stand side by side."""

AHEAD, AHEAD_SIDE = 0.08, 0.3
"""Less than half of that, and more than half: one foot stands ahead. Rendered people who stand reach 0.04 and 0.2."""

TOES_DOWN = {View.FRONT: (0.31, 0.345, 0.45), View.BACK: (0.15, 0.26, 0.36)}
"""How far toes lie below the ankle, in trunks, when the foot hangs and the arms hold the body from above, when the heel
is raised, and when the foot hangs, whatever the arms do. Bare feet on the floor: to 0.34 in front, 0.08 from behind."""

OVERHEAD, SPREAD_HANDS = 0.75, 0.3
"""How far both wrists lie above the shoulders, in trunks, of arms stretched over the head, as in hanging; and of arms
thrown up, which with legs apart or a foot ahead are a jump."""

RAISED_DEG = 40.0
"""Least angle of an upper arm against the trunk's own downward line from which the shoulder blade has turned along."""

FOLDED = 0.78
"""A wrist that is less far below the shoulder than this is held before the body: hanging ones lie 0.95 or lower."""

TOGETHER = 0.7
"""Hands that are nearer to each other than this, in trunks, are held together: hanging ones are 0.74 to 1.3 apart."""

WIDE, CROSSED = 0.85, 0.03
"""Distance of the ankles in trunks: more than the first is a straddle, less than the second crosses."""

NOSE_LOW, NOSE_HIGH = -0.085, 0.06
"""How far the nose lies above the ears' line in trunks; outside of these the head is bowed or raised."""

NOSE_BESIDE = 0.62
"""How far the nose lies beside the middle of the ears, in half distances of the ears or eyes: sin 38°."""

HALF_HIDDEN = 0.35
"""Difference of the legs' visibility from which one of them is not seen whole."""


def stance_of(pose: Pose, roll_deg: float = 0.0) -> Stance:
    """Tell what the body does, and what to be careful about. ``roll_deg`` is the camera's, as far as it is known."""
    body = ScaledBody.of(pose, roll_deg)
    if body is None:
        return STANDING
    lean = body.lean_deg
    kind = next((kind for kind, found in _CHECKS if found(body)), StanceKind.STANDING)
    if kind is not StanceKind.STANDING:
        return Stance(kind, (), lean)
    return Stance(kind, tuple(caution for caution, found in _CAUTIONS if found(body)), lean)


def _lies(body: ScaledBody) -> bool:
    return abs(body.lean_deg) > LYING_DEG and abs(body.trunk_deg) > LYING_DEG


def _bends(body: ScaledBody) -> bool:
    if abs(body.trunk_deg) > (BENT_DEG if body.frontal else BENT_SIDE_DEG):
        return True
    if not body.frontal:
        return False
    broad = float(np.linalg.norm(body.apart("SHOULDER")))
    sunk = body.view is View.FRONT and float((body.points[ORDER[Landmark.NOSE]] - body.mid("SHOULDER"))[1]) < NOSE_SUNK
    legs = float((body.mid("HIP") - body.mid("ANKLE"))[1]) if body.sees("ANKLE") else 0.0
    return broad > (SHORT_TRUNK if not sunk else SHORT_TRUNK_SUNK) or legs > LONG_LEGS


def _on_floor(body: ScaledBody) -> bool:
    """Hips hardly higher than feet that are in sight."""
    if not body.holds("KNEE") or not body.sees("ANKLE"):
        return False
    feet, knees = body.reach("HIP", "ANKLE")[:, 1], body.reach("HIP", "KNEE")[:, 1]
    return bool((feet < FLOOR).all() and (knees < THIGH_DOWN).all())


def _sits(body: ScaledBody) -> bool:
    if not body.holds("KNEE"):
        return False
    thighs = body.reach("HIP", "KNEE")
    if not body.frontal:
        ahead = abs(float(body.reach("ANKLE", "HIP")[0, 0])) > FEET_AHEAD or not body.sees("ANKLE")
        return abs(lean_of(thighs[0])) > THIGH_DEG and ahead
    short = float(_shanks_of_thighs(body).min()) > LONG_SHANK
    return not _squats(body) and (short or bool((thighs[:, 1] < THIGH_DOWN).all()))


def _squats(body: ScaledBody) -> bool:
    """Whether the knees are seen above the hips, from the front or from behind."""
    return body.frontal and body.sees("KNEE") and bool((body.reach("HIP", "KNEE")[:, 1] < SQUATTING).all())


def _kneels(body: ScaledBody) -> bool:
    return float(_shanks_of_thighs(body).max()) < KNEELING_SHANK if body.frontal else _kneels_beside(body)


def _kneels_beside(body: ScaledBody) -> bool:
    """From the side: thighs upright, lower legs along the floor."""
    if not body.sees("KNEE", "ANKLE"):
        return False
    return (
        abs(lean_of(body.reach("HIP", "KNEE")[0])) < THIGH_DEG / 2
        and abs(lean_of(body.reach("KNEE", "ANKLE")[0])) > 60.0
    )


def _shanks_of_thighs(body: ScaledBody) -> Array:
    """(sides,) lengths of the lower legs in thighs; 1 where they are not in the picture."""
    if not body.holds("KNEE", "ANKLE"):
        return np.ones(len(body.sides))
    return lengths(body.reach("KNEE", "ANKLE")) / lengths(body.reach("HIP", "KNEE"))


def _knees_bent(body: ScaledBody) -> bool:
    """From the front or from behind both lower legs are short; where one foot is hidden, the other one is."""
    if body.frontal:
        seen = np.array([body.seen(side, "ANKLE") for side in body.sides])
        return float(_shanks_of_thighs(body)[seen if seen.any() else ~seen].max()) < SHANK_OF_THIGH
    if not body.sees("KNEE", "ANKLE"):
        return False
    thigh, shank = body.reach("HIP", "KNEE")[0], body.reach("KNEE", "ANKLE")[0]
    bend = np.degrees(np.arctan2(thigh[0] * shank[1] - thigh[1] * shank[0], thigh @ shank))
    return abs(float(bend)) > KNEE_DEG


def _feet_apart(body: ScaledBody) -> float:
    """How far the feet stand one before the other, in steps: 1 is as far as a foot is long."""
    rows = [ORDER[Landmark[f"{side}_ANKLE"]] for side in ("LEFT", "RIGHT")]
    if not (body.inside[rows] & (body.visibility[rows] >= VISIBLE)).all():
        return 0.0
    across, up = np.abs(body.apart("ANKLE"))
    return float(up / STEP if body.frontal else across / STEP_SIDE)


def _steps(body: ScaledBody) -> bool:
    return _feet_apart(body) > 1.0 or _one_knee_bent(body)


def _one_knee_bent(body: ScaledBody) -> bool:
    """Whether one knee only is bent along the view, as of a leg that swings forward."""
    if not body.frontal or not body.sees("KNEE", "ANKLE"):
        return False
    left, right = _shanks_of_thighs(body)
    apart = float(body.apart("ANKLE")[0])
    return abs(float(np.log(left / right))) > (ONE_KNEE_NARROW if CROSSED < apart < NARROW else ONE_KNEE)


def _toes(body: ScaledBody) -> float:
    """How far the higher of both toes lies below its ankle; −1 where that is not seen."""
    return float(body.reach("ANKLE", "FOOT_INDEX")[:, 1].min()) if body.sees("ANKLE", "FOOT_INDEX") else -1.0


def _in_the_air(body: ScaledBody) -> bool:
    """Look for feet that hang, by themselves or under stretched arms, or arms and legs that are spread together."""
    hands = float(body.reach("WRIST", "SHOULDER")[:, 1].min())
    if hands > SPREAD_HANDS and (_legs_wide(body) or _foot_ahead(body)):
        return True
    limits = TOES_DOWN.get(body.view)
    return limits is not None and _toes(body) > (limits[0] if hands > OVERHEAD else limits[2])


def _leans(body: ScaledBody) -> bool:
    return body.sees("ANKLE") and abs(body.lean_deg) > LEANING_DEG


_CHECKS = (
    (StanceKind.LYING, _lies),
    (StanceKind.ON_FLOOR, _on_floor),
    (StanceKind.KNEES_BENT, _squats),
    (StanceKind.SITTING, _sits),
    (StanceKind.BENDING, _bends),
    (StanceKind.KNEELING, _kneels),
    (StanceKind.KNEES_BENT, _knees_bent),
    (StanceKind.STEPPING, _steps),
    (StanceKind.IN_THE_AIR, _in_the_air),
    (StanceKind.LEANING, _leans),
)


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
    return not _arms_raised(body) and any(
        float((body.at(side, "SHOULDER") - body.at(side, "WRIST"))[1]) < FOLDED for side in body.sides
    )


def _hands_together(body: ScaledBody) -> bool:
    """Look for hands that hang low and close to each other, before the body or behind it."""
    if not body.view.frontal or _arms_raised(body) or _arms_folded(body):
        return False
    return float(np.linalg.norm(body.apart("WRIST"))) < TOGETHER


def _legs_wide(body: ScaledBody) -> bool:
    return body.view.frontal and body.sees("ANKLE") and float(body.apart("ANKLE")[0]) > WIDE


def _legs_crossed(body: ScaledBody) -> bool:
    return body.view.frontal and body.sees("ANKLE") and float(body.apart("ANKLE")[0]) < CROSSED


def _foot_ahead(body: ScaledBody) -> bool:
    return _feet_apart(body) > (AHEAD / STEP if body.frontal else AHEAD_SIDE / STEP_SIDE)


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
    return body.view in TOES_DOWN and _toes(body) > TOES_DOWN[body.view][1]


def _limb_hidden(body: ScaledBody) -> bool:
    """One leg seen clearly, and the other one's knee or foot not; of side views the far leg says nothing."""
    if not body.view.frontal:
        return False
    legs = [
        [body.visibility[ORDER[Landmark[f"{side}_{part}"]]] for part in ("KNEE", "ANKLE")] for side in ("LEFT", "RIGHT")
    ]
    lower, higher = sorted(float(min(leg)) for leg in legs)
    return lower < VISIBLE and higher - lower > HALF_HIDDEN


_CAUTIONS = (
    (Caution.ARMS_RAISED, _arms_raised),
    (Caution.ARMS_FOLDED, _arms_folded),
    (Caution.HANDS_TOGETHER, _hands_together),
    (Caution.LEGS_WIDE, _legs_wide),
    (Caution.LEGS_CROSSED, _legs_crossed),
    (Caution.FOOT_AHEAD, _foot_ahead),
    (Caution.HEAD_BOWED, _head_bowed),
    (Caution.HEAD_TURNED, _head_turned),
    (Caution.TOES_DOWN, _toes_down),
    (Caution.LIMB_HIDDEN, _limb_hidden),
)
