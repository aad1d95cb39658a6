"""How somebody stands, as far as the points tell: quietly and upright, or in a way whose numbers are no posture.

Everything is in lengths of the trunk (middle of the shoulders to middle of the hips, as the network places them), so
that the distance to the camera is of no matter. Of a body that stands quietly the network's thigh is 0.8 trunks long
and its lower leg 0.7; what is turned towards the camera looks shorter, and so does, from the thigh down, a body that is
photographed from near and above (lower leg 0.5 from a man's eye height at 2 m). The limits lie between what quiet
people show there and what anatomy says of the rest, and were tried on rendered people who sit, squat, kneel, bend,
walk, jump and hang (calibration/stance_people), and on 542 others who stand, of whom 6 are beyond one
(calibration/stance_check.py). All of them are even: a mirrored photo gives the same answer.

Points cannot tell what carries a body. Somebody who hangs, floats or props the body up with straight legs, leans an
elbow on a table, or runs with both feet under the body looks like somebody who stands; who walks straight towards the
camera looks so in the moment in which one foot passes the other.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose, View
from posturecam.poses.cautions import (
    CROSSED,
    TOES_DOWN,
    Caution,
    cautions_of,
    feet_apart,
    legs_wide,
    strengths_of,
    toes,
)
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


@dataclass(frozen=True, slots=True)
class Stance:
    """What a body does, what to be careful about, and how far it leans as a whole: degrees, against the vertical.

    ``strengths`` of the first cautions, 0…1: how far each has gone beyond its limit; the rest hold wholly.
    """

    kind: StanceKind
    cautions: tuple[Caution, ...] = ()
    lean_deg: float = 0.0
    strengths: tuple[float, ...] = ()

    @property
    def weighed(self) -> dict[Caution, float]:
        """Give each caution with its strength."""
        wholly = (1.0,) * (len(self.cautions) - len(self.strengths))
        return dict(zip(self.cautions, (*self.strengths, *wholly), strict=True))


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

LONG_STEP = 1.3
"""Steps that lie between the feet of somebody who steps with legs crossed, or turned half-way: either brings one foot
nearer by itself."""

HALF_STEP = 0.6
"""Part of a step that the feet lie apart, one before the other, of somebody who jumps with the arms thrown up."""

OVERHEAD, SPREAD_HANDS = 0.75, 0.3
"""How far both wrists lie above the shoulders, in trunks, of arms stretched over the head, as in hanging; and of arms
thrown up, which with legs apart or a foot ahead are a jump."""


def stance_of(pose: Pose, roll_deg: float = 0.0) -> Stance:
    """Tell what the body does, and what to be careful about. ``roll_deg`` is the camera's, as far as it is known."""
    body = ScaledBody.of(pose, roll_deg)
    if body is None:
        return STANDING
    lean = body.lean_deg
    kind = next((kind for kind, found in _CHECKS if found(body)), StanceKind.STANDING)
    if kind is not StanceKind.STANDING:
        return Stance(kind, (), lean)
    cautions = cautions_of(body)
    return Stance(kind, cautions, lean, strengths_of(body, cautions))


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


def _steps(body: ScaledBody) -> bool:
    crossed = body.frontal and float(body.apart("ANKLE")[0]) < CROSSED
    return feet_apart(body) > (LONG_STEP if crossed or body.view is View.OBLIQUE else 1.0) or _one_knee_bent(body)


def _one_knee_bent(body: ScaledBody) -> bool:
    """Whether one knee only is bent along the view, as of a leg that swings forward."""
    if not body.frontal or not body.sees("KNEE", "ANKLE"):
        return False
    left, right = _shanks_of_thighs(body)
    apart = float(body.apart("ANKLE")[0])
    return abs(float(np.log(left / right))) > (ONE_KNEE_NARROW if CROSSED < apart < NARROW else ONE_KNEE)


def _in_the_air(body: ScaledBody) -> bool:
    """Look for feet that hang, by themselves or under stretched arms, or arms and legs that are spread together."""
    hands = float(body.reach("WRIST", "SHOULDER")[:, 1].min())
    if hands > SPREAD_HANDS and (legs_wide(body) or feet_apart(body) > HALF_STEP):
        return True
    limits = TOES_DOWN.get(body.view)
    return limits is not None and toes(body) > (limits[0] if hands > OVERHEAD else limits[2])


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
