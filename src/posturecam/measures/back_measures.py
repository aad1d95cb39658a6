"""What a back photo adds: the spine's line by the furrow of a bare back, the heels against the calves."""

import numpy as np

from posturecam.body import Array, Pose, Side
from posturecam.estimator import Estimate
from posturecam.knowledge import Knowledge
from posturecam.language import _
from posturecam.language.sides import with_sides
from posturecam.measurement import Frame, Measurement, Taken, Unmeasured, frame_of, graded
from posturecam.measures.correction import BACK_TABLE, corrections
from posturecam.measures.rearfoot import EVERSION, HEEL, eversion, heel_features
from posturecam.measures.spine_line import (
    LOWER,
    UPPER,
    WHOLE,
    beside_chord,
    curve_error,
    curves,
    line_features,
)
from posturecam.silhouette import Silhouette
from posturecam.silhouette.behind import Behind

HALVES = (LOWER, UPPER)
HEELS = {side: f"{EVERSION}_{side}" for side in (Side.LEFT, Side.RIGHT)}
SHOWN = (*HALVES, *HEELS.values())
"""What only a back photo's own pixels show; the whole curve is known from the points too, but less well."""

MOST_MISSING, _MOST_OFF = 0.2, 1.8
"""Part of a heel's features that may be missing, and how many spreads they may lie, root mean square, from where those
of bare heels lie."""


def from_behind(  # noqa: PLR0913, PLR0917  (all that these numbers rest on)
    taken: Taken, pose: Pose, behind: Behind | None, outline: Silhouette, roll_deg: float, knowledge: Knowledge
) -> Taken:
    """Add the spine's line and the heels, or say why they cannot be measured; ``taken`` is what else was measured."""
    if outline.untrusted or behind is None:
        reason = outline.untrusted or _("the photo itself was not looked at")
        return taken[0], (*taken[1], *(Unmeasured(key, reason) for key in SHOWN))
    found = [*_spine(taken[0], pose, behind, outline, knowledge), *_heels(pose, behind, roll_deg, knowledge)]
    measured = {one.key: one for one in found if isinstance(one, Measurement)}
    kept = [measured.pop(one.key, one) for one in taken[0]]
    missing = [one for one in found if isinstance(one, Unmeasured)]
    return (*kept, *measured.values()), (*taken[1], *missing)


def _spine(
    taken: tuple[Measurement, ...], pose: Pose, behind: Behind, outline: Silhouette, knowledge: Knowledge
) -> list[Measurement | Unmeasured]:
    if isinstance(behind.furrow, str):
        return [Unmeasured(key, behind.furrow) for key in HALVES]
    own = next((one for one in taken if one.key == WHOLE), None)
    values = {one.key: one.value for one in taken}
    told = curves(beside_chord(line_features(pose, behind.furrow, outline, values)))
    if own is not None and own.sem < curve_error(WHOLE):
        del told[WHOLE]
    return [
        _graded(knowledge, key, value, curve_error(key), own.raw if own is not None and key == WHOLE else None)
        for key, value in told.items()
    ]


def _heels(pose: Pose, behind: Behind, roll_deg: float, knowledge: Knowledge) -> list[Measurement | Unmeasured]:
    frame = frame_of(pose, roll_deg)
    mean = Frame(frame.points.mean(axis=0, keepdims=True), frame.view)
    return [_heel(mean, behind, roll_deg, side, knowledge) for side in HEELS]


def _heel(mean: Frame, behind: Behind, roll_deg: float, side: Side, knowledge: Knowledge) -> Measurement | Unmeasured:
    key, legs = HEELS[side], behind.legs
    if legs is None:
        return Unmeasured(key, _("the lower legs are not in the picture, or too small in it"))
    if side not in behind.bare:
        return Unmeasured(key, with_sides(_("the {side} heel or calf is covered, or has not the arms' colour"), side))
    features = None if legs.untrusted else heel_features(mean, legs, roll_deg, side)
    if features is None or not is_usual(features):
        reason = _("the {side} heel and calf do not stand out from the floor, or touch the other leg")
        return Unmeasured(key, with_sides(reason, side))
    return _graded(knowledge, key, eversion(features), corrections(HEEL, BACK_TABLE)[EVERSION].error)


def is_usual(features: Array) -> bool:
    """Whether a heel's features are those of a lower leg that is seen well: nearly all, and near where others' lie."""
    near = corrections(HEEL, BACK_TABLE)[EVERSION].off(features) <= _MOST_OFF
    return bool(near and np.isnan(features).mean() <= MOST_MISSING)


def _graded(knowledge: Knowledge, key: str, value: float, error: float, raw: float | None = None) -> Measurement:
    """Grade what lies between parts of the same body: neither the camera's roll nor its distance changes it."""
    return graded(knowledge, key, Estimate(value, error), vertical_effect=0.0, sigma_deg=0.0, raw=raw)
