"""What the way somebody stands, holds something or is dressed does to each number: withheld, or told with a wider ±."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from posturecam.body import FACE_MESH, Pose, View
from posturecam.errors.facts import Reason
from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Z95, Measurement, MeasurementSet, Unmeasured, replaced_sem
from posturecam.poses.cautions import Caution

NO_POSTURE = Reason("no_quiet_standing")

EYE_LINE = ("head_tilt", "neck_bend", "head_rotation")

"""What is read from the eyes, and nothing else of the head."""

BEHIND = 1
"""Of a head seen from behind the ± may be as wide as the limit of this band, moderate: a blurred or boxed one reads to
4° to 5°, and the side-bend of its neck is off by twice its own ±."""

SEEN_TIMES = 2.0
"""So many times the limit of a marked head tilt may the ± of a face be that is seen; of one that is not, once: what is
guessed of a covered head lies near 0 whatever the head does."""

GIRDLES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "hip_tilt": (
        ("hip_tilt", "hip_difference", "hip_adduction", "trunk_bend"),
        "pelvis_covered",
    ),
    "shoulder_tilt": (
        ("shoulder_tilt", "shoulder_difference", "trunk_bend", "neck_bend"),
        "shoulders_covered",
    ),
}
"""A girdle's tilt → what rests on it, and the kind of reason where its ± is too wide to say anything."""

GIRDLE_TIMES = 1.5
"""So many times the limit of a marked tilt: the interval of a level girdle would reach from marked to marked and half
as far again."""

OF_ITS_OWN = ("single_leg_", "pelvic_drop")
"""What a balance test tells: it is no part of the photo, so no photo takes it away."""

SHOULDERS = (
    "shoulder_",
    "trunk_shift",
    "trunk_bend",
    "neck_bend",
    "axilla_",
    "neck_length",
    "scapula",
    "potsi",
    "atsi",
)
PELVIS = ("hip_tilt", "hip_difference", "hip_adduction", "pelvic_", "trunk_bend", "hip_angle", "hip_plumb", "q_angle")
WAIST = ("waist_", "potsi", "atsi", "axilla_", "spinal_curve", "kyphosis_", "lordosis_")
KNEES = ("knee_", "q_angle")
FEET = ("foot_turn", "rearfoot_", "leg_length")
LEGS = (*KNEES, *FEET, "hip_adduction")
HEAD = ("head_", "neck_bend", "neck_length", "ear_", "cranio", "forward_head")
BALANCE = ("pelvic_shift", "trunk_shift", "head_shift", "body_lean", "pelvic_sway")
"""Beginnings of the keys of ``norms.toml`` that each part of the body has a say in."""


@dataclass(frozen=True, slots=True)
class CautionLimit:
    """What one caution takes away, and what it makes ``times`` as wide; ``why`` stands beside what is withheld."""

    why: Reason
    withheld: tuple[str, ...] = ()
    wider: tuple[str, ...] = ()
    times: float = 2.0


LIMITS: Mapping[Caution, CautionLimit] = {
    Caution.ARMS_RAISED: CautionLimit(
        Reason("arms_raised"),
        SHOULDERS,
        ("trunk_lean", "spinal_curve", "head_shift"),
    ),
    Caution.ARMS_FOLDED: CautionLimit(Reason("arms_folded"), wider=SHOULDERS),
    Caution.HANDS_TOGETHER: CautionLimit(Reason("hands_together"), wider=SHOULDERS),
    Caution.LEGS_WIDE: CautionLimit(Reason("legs_wide"), ("hip_adduction", "q_angle"), (*KNEES, "pelvic_shift", *FEET)),
    Caution.LEGS_CROSSED: CautionLimit(Reason("legs_crossed"), (*LEGS, "pelvic_shift"), PELVIS),
    Caution.FOOT_AHEAD: CautionLimit(Reason("foot_ahead"), wider=(*LEGS, *PELVIS, *BALANCE)),
    Caution.HEAD_BOWED: CautionLimit(Reason("head_bowed"), HEAD),
    Caution.HEAD_TURNED: CautionLimit(Reason("head_turned"), ("neck_bend", "head_tilt"), ("head_shift",)),
    Caution.TOES_DOWN: CautionLimit(Reason("heels_raised"), FEET, (*KNEES, "lordosis_", "hip_angle")),
    Caution.LONG_SKIRT: CautionLimit(Reason("legs_covered"), (*LEGS, "pelvic_shift"), PELVIS),
    Caution.LOOSE_CLOTHES: CautionLimit(Reason("pelvis_and_waist_covered"), WAIST, PELVIS),
    Caution.LIMB_HIDDEN: CautionLimit(Reason("leg_not_whole"), LEGS, (*PELVIS, *BALANCE)),
}
"""A twofold ± is a fourfold variance: as much again as everything else that is uncertain, and half more."""


def within_limits(taken: MeasurementSet, cautions: Mapping[Caution, float], knowledge: Knowledge) -> MeasurementSet:
    """Withhold or widen what the cautions touch, in proportion to their strength 0…1; all else stays as measured."""
    limits = [LIMITS[caution] for caution in cautions if caution in LIMITS]
    factors = [
        (LIMITS[caution].wider, 1 + (LIMITS[caution].times - 1) * cautions[caution])
        for caution in cautions
        if caution in LIMITS
    ]
    if not limits:
        return taken
    kept, left_out = [], list(taken[1])
    for measurement in taken[0]:
        why = next((limit.why for limit in limits if measurement.key.startswith(limit.withheld)), None)
        if why is not None and not measurement.placed:
            left_out.append(Unmeasured(measurement.key, why))
        else:
            times = max([times for wider, times in factors if measurement.key.startswith(wider)], default=1.0)
            kept.append(measurement if times == 1.0 else widened(measurement, times, knowledge))
    return tuple(kept), tuple(left_out)


def head_withheld(taken: MeasurementSet, pose: Pose, knowledge: Knowledge) -> MeasurementSet:
    """Withhold what is read from the eyes where the ± of the head's tilt is too wide to say anything of it.

    Of a covered, turned or very small head it is 7° to 60° from the front, 4° to 60° from behind. What rests on placed
    points stays, and so does what the points alone tell (one pass, no look of the estimator): their ± says nothing of
    this head.
    """
    tilt = next((measurement for measurement in taken[0] if measurement.key == "head_tilt"), None)
    bands = knowledge.norm("head_tilt").bands
    if tilt is None or tilt.placed or bands is None or pose.keypoints is None:
        return taken
    seen, error = pose.eyes_from == FACE_MESH, Z95 * tilt.sem
    limit = bands[BEHIND] if pose.view is View.BACK else bands[-1]
    if error <= limit * (SEEN_TIMES if seen else 1.0):
        return taken
    if seen:
        why = Reason("eyes_not_clear", error=error)
    elif pose.view is View.FRONT:
        why = Reason("face_not_clear", error=error)
    else:
        why = Reason("head_not_clear", error=error)
    kept = tuple(measurement for measurement in taken[0] if measurement.key not in EYE_LINE or measurement.placed)
    left_out = tuple(
        Unmeasured(measurement.key, why)
        for measurement in taken[0]
        if measurement.key in EYE_LINE and not measurement.placed
    )
    return kept, (*taken[1], *left_out)


def girdles_withheld(taken: MeasurementSet, knowledge: Knowledge) -> MeasurementSet:
    """Withhold the pelvis' or the shoulders' tilt, and what rests on it, where its ± is too wide to say anything."""
    kept, left_out = taken
    for key, (resting, why) in GIRDLES.items():
        tilt = next((measurement for measurement in kept if measurement.key == key and not measurement.placed), None)
        bands = knowledge.norm(key).bands
        if tilt is None or bands is None or Z95 * tilt.sem <= GIRDLE_TIMES * bands[-1]:
            continue
        gone = [measurement for measurement in kept if measurement.key.startswith(resting) and not measurement.placed]
        kept = tuple(measurement for measurement in kept if measurement not in gone)
        left_out = (
            *left_out,
            *(Unmeasured(measurement.key, Reason(why, error=Z95 * tilt.sem)) for measurement in gone),
        )
    return kept, left_out


def widened(measurement: Measurement, times: float, knowledge: Knowledge) -> Measurement:
    """Give the same value with a standard error so many times as large, graded anew."""
    wide = replaced_sem(measurement, times * measurement.sem)
    norm = knowledge.norm(wide.key)
    severity = norm.severity(wide.value, wide.low, wide.high)
    return replace(wide, severity=severity, words=norm.words(wide.value, severity))


def withheld(taken: MeasurementSet) -> MeasurementSet:
    """Withhold every number of a photo that shows no posture."""
    own = tuple(measurement for measurement in taken[0] if measurement.key.startswith(OF_ITS_OWN))
    rest = (measurement for measurement in taken[0] if not measurement.key.startswith(OF_ITS_OWN))
    return own, (*taken[1], *(Unmeasured(measurement.key, NO_POSTURE) for measurement in rest))
