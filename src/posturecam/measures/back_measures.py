"""What a back photo adds: the spine's line by the furrow of a bare back, the heels against the calves."""

import numpy as np

from posturecam.body import Array, Landmark, Pose, Side
from posturecam.errors.facts import Reason
from posturecam.knowledge import Knowledge
from posturecam.measures.anatomy import HIPS, SHOULDERS
from posturecam.measures.correction import BACK_TABLE, corrections
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import (
    Frame,
    Measurement,
    MeasurementSet,
    Unmeasured,
    graded,
    mean_frame,
    why_unseen,
)
from posturecam.measures.rearfoot import EVERSION, HEEL, PARTS, eversion, heel_features
from posturecam.measures.spine_line import (
    LOWER,
    UPPER,
    WHOLE,
    beside_chord,
    curve_error,
    curves,
    line_features,
)
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.behind import Behind

HALVES = (LOWER, UPPER)
HEELS = {side: f"{EVERSION}_{side}" for side in (Side.LEFT, Side.RIGHT)}
SHOWN = (*HALVES, *HEELS.values())
"""What only a back photo's own pixels show; the whole curve is known from the points too, but less well."""

MOST_MISSING, _MOST_OFF = 0.2, 1.8
"""Part of a heel's features that may be missing, and how many spreads they may lie, root mean square, from where those
of bare heels lie."""


def from_behind(
    taken: MeasurementSet, behind: Behind | None, outline: Silhouette, roll_deg: float, knowledge: Knowledge
) -> MeasurementSet:
    """Add the spine's line and the heels, or say why they cannot be measured; ``taken`` is what else was measured."""
    if outline.untrusted or behind is None:
        reason = outline.untrusted or Reason("photo_not_looked_at")
        return taken[0], (*taken[1], *(Unmeasured(key, reason) for key in SHOWN))
    mean = mean_frame(behind.pose, roll_deg)
    heels = [_heel(mean, behind, roll_deg, side, knowledge) for side in HEELS]
    found = [*_spine(taken[0], behind, outline, knowledge), *heels]
    measured = {measurement.key: measurement for measurement in found if isinstance(measurement, Measurement)}
    kept = [measured.pop(measurement.key, measurement) for measurement in taken[0]]
    missing = [result for result in found if isinstance(result, Unmeasured)]
    return (*kept, *measured.values()), (*taken[1], *missing)


def _spine(
    taken: tuple[Measurement, ...], behind: Behind, outline: Silhouette, knowledge: Knowledge
) -> list[Measurement | Unmeasured]:
    """Measure both halves of the spine, and the whole where the points know it, but less well."""
    hidden = _why_hidden(behind.pose, (*HIPS, *SHOULDERS))
    if hidden:
        return [Unmeasured(key, hidden) for key in HALVES]
    if isinstance(behind.furrow, Reason):
        return [Unmeasured(key, behind.furrow) for key in HALVES]
    own = next((measurement for measurement in taken if measurement.key == WHOLE), None)
    values = {measurement.key: measurement.value for measurement in taken}
    told = curves(beside_chord(line_features(behind.pose, behind.furrow, outline, values)))
    if own is None or own.sem < curve_error(WHOLE):
        del told[WHOLE]
    return [
        _graded(knowledge, key, value, curve_error(key), own.raw if own is not None and key == WHOLE else None)
        for key, value in told.items()
    ]


def _heel(mean: Frame, behind: Behind, roll_deg: float, side: Side, knowledge: Knowledge) -> Measurement | Unmeasured:
    key, legs = HEELS[side], behind.legs
    hidden = _why_hidden(behind.pose, tuple(Landmark(f"{side}_{part}") for part in PARTS))
    if hidden:
        return Unmeasured(key, hidden)
    if legs is None:
        return Unmeasured(key, Reason("lower_legs_small"))
    if side not in behind.bare:
        return Unmeasured(key, Reason("heel_covered", side=side))
    features = None if legs.untrusted else heel_features(mean, legs, roll_deg, side)
    if features is None or not is_usual(features):
        return Unmeasured(key, Reason("heel_not_clear", side=side))
    return _graded(knowledge, key, eversion(features), corrections(HEEL, BACK_TABLE)[EVERSION].error)


def _why_hidden(pose: Pose, needs: tuple[Landmark, ...]) -> Reason | None:
    """Say which of the points that a measure rests on is not seen, or None."""
    return next(filter(None, (why_unseen(pose, need) for need in needs)), None)


def is_usual(features: Array) -> bool:
    """Whether a heel's features are those of a lower leg that is seen well: nearly all, and near where others' lie."""
    near = corrections(HEEL, BACK_TABLE)[EVERSION].off(features) <= _MOST_OFF
    return bool(near and np.isnan(features).mean() <= MOST_MISSING)


def _graded(knowledge: Knowledge, key: str, value: float, error: float, raw: float | None = None) -> Measurement:
    """Grade what lies between parts of the same body: neither the camera's roll nor its distance changes it."""
    return graded(knowledge, key, Estimate(value, error), vertical_effect=0.0, sigma_deg=0.0, raw=raw)
