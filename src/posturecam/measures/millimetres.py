"""The measures in millimetres: what the angles and shares of the height already say, through the scale.

Nothing is measured anew where an angle is known: a height difference is the tilt over the width of its line, and its
error is the tilt's own, with that of the width and of the scale added.
"""

from dataclasses import dataclass, replace

import numpy as np

from posturecam.body import Array, Landmark, Pose, View
from posturecam.body.geometry import standard_error
from posturecam.errors.facts import Reason
from posturecam.knowledge import Knowledge
from posturecam.measures.anatomy import ANKLES, EYES, FRONTAL, HIPS, SHOULDERS
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import (
    Frame,
    Measurement,
    MeasurementSet,
    Unmeasured,
    frame_of,
    graded,
    perspective_error_of,
)
from posturecam.picture.lens.perspective import Flattened
from posturecam.picture.scale import Scale, span_px
from posturecam.picture.vertical import Vertical

Pair = tuple[Landmark, Landmark]


@dataclass(frozen=True, slots=True)
class Width:
    """How the pose network sees the width of a line: a part of the true width, by view, and its relative spread.

    Measured on rendered people (35 photos from the front, 21 from behind).
    """

    pair: Pair
    seen: dict[View, float]
    sigma: float


WIDTHS = {
    "shoulder_difference_mm": ("shoulder_tilt", Width(SHOULDERS, {View.FRONT: 0.98, View.BACK: 0.97}, 0.04)),
    "hip_difference_mm": ("hip_tilt", Width(HIPS, {View.FRONT: 0.91, View.BACK: 0.85}, 0.07)),
    "head_difference_mm": ("head_tilt", Width(EYES, {View.FRONT: 1.06, View.BACK: 0.82}, 0.12)),
}
SHIFTS = {"trunk_shift_mm": "trunk_shift", "pelvic_shift_mm": "pelvic_shift"}
FORWARD_HEAD, LEGS = "forward_head_mm", "leg_length_difference_mm"
TWINS = {key: angle for key, (angle, _width) in WIDTHS.items()} | SHIFTS | {FORWARD_HEAD: "ear_shoulder_angle"}
"""What says in millimetres what another measure says already, and which one: told in the table, not told twice."""

ANKLE_SIGMA_MM = 3.0
"""Standard error of the height difference of the ankles beyond the spread of the passes."""

NEAR_SIDE_SIGMA = 0.04
"""The near ear and shoulder lie nearer to the camera than the body's middle: 7 to 20 cm of about 3.5 m."""


def millimetres(  # noqa: PLR0913, PLR0917  (all that a length rests on)
    measured: tuple[Measurement, ...],
    pose: Pose,
    vertical: Vertical,
    scale: Scale | None,
    knowledge: Knowledge,
    flat: Flattened | None = None,
) -> MeasurementSet:
    """Give every measure in millimetres that these measurements and this scale allow; the others with their reason.

    ``flat`` are the pose's points without perspective, where the camera is known.
    """
    if scale is None:
        reason = Reason("no_scale")
        return (), tuple(Unmeasured(key, reason) for key in _keys(pose.view))
    known = {measurement.key: measurement for measurement in measured}
    given = {**_differences(known, pose, vertical, scale), **_shifts(known, pose, scale)}
    if pose.view in FRONTAL and "hip_difference_mm" in given:
        given[LEGS] = _legs(given["hip_difference_mm"], pose, vertical, scale, flat)
    if "ear_shoulder_angle" in known and pose.view not in FRONTAL:
        given[FORWARD_HEAD] = _forward_head(known["ear_shoulder_angle"], pose, vertical, scale)
    taken = tuple(given[key].measurement(key, knowledge) for key in _keys(pose.view) if key in given)
    missing = [key for key in _keys(pose.view) if key not in given]
    return taken, tuple(Unmeasured(key, Reason("source_not_measured")) for key in missing)


def _keys(view: View) -> tuple[str, ...]:
    if view in FRONTAL:
        return (*WIDTHS, *SHIFTS, LEGS)
    return (FORWARD_HEAD,) if view in (View.LEFT, View.RIGHT) else ()


@dataclass(frozen=True, slots=True)
class Length:
    """A length in millimetres, its standard error, and how it follows the vertical (mm for each degree).

    ``perspective_error`` is the part of the standard error that perspective may fake.
    """

    value: float
    sem: float
    vertical_effect: float
    perspective_error: float

    def measurement(self, key: str, knowledge: Knowledge) -> Measurement:
        """Grade it; the parts of the vertical and of perspective are already in the standard error."""
        length = graded(knowledge, key, Estimate(self.value, self.sem), vertical_effect=0.0, sigma_deg=0.0, raw=None)
        return replace(length, vertical_effect=self.vertical_effect, perspective_sem=self.perspective_error)


def _through(measurement: Measurement, factor: float, sigma: float) -> Length:
    """Carry a measurement over by a factor (mm for each of its units) of that relative standard error."""
    value = measurement.value * factor
    sem = float(np.hypot(measurement.sem * factor, value * sigma))
    return Length(value, sem, measurement.vertical_effect * factor, measurement.perspective_sem * factor)


def _differences(known: dict[str, Measurement], pose: Pose, vertical: Vertical, scale: Scale) -> dict[str, Length]:
    frame = frame_of(pose, vertical.roll_deg)
    given = {}
    for key, (tilt, width) in WIDTHS.items():
        if tilt in known and pose.view in width.seen:
            across = _distance(frame, width.pair) / width.seen[pose.view] * scale.mm_per_px
            given[key] = _through(known[tilt], float(np.radians(across)), float(np.hypot(width.sigma, scale.sigma)))
    return given


def _shifts(known: dict[str, Measurement], pose: Pose, scale: Scale) -> dict[str, Length]:
    """Carry the shares of the height over; the eye line's height is the stature's part, whatever the pixels."""
    one_percent = span_px(pose) * scale.mm_per_px / 100.0
    return {key: _through(known[pct], one_percent, scale.sigma) for key, pct in SHIFTS.items() if pct in known}


def _legs(hips: Length, pose: Pose, vertical: Vertical, scale: Scale, flat: Flattened | None) -> Length:
    """Hip height over the ankle, left less right: what the hips differ by, less what the ankles differ by."""

    def ankles(roll_deg: float) -> np.ndarray:
        frame = frame_of(pose, roll_deg)
        return np.asarray((frame[ANKLES[0]] - frame[ANKLES[1]])[..., 1] * scale.mm_per_px)

    here = ankles(vertical.roll_deg)
    effect = hips.vertical_effect - float((ankles(vertical.roll_deg - 1.0) - here).mean())
    perspective_error = perspective_error_of(_leg_difference, flat, pose.view) * scale.mm_per_px
    apart = hips.sem**2 - (hips.vertical_effect * vertical.sigma_deg) ** 2 - hips.perspective_error**2
    own = max(apart, 0.0) + standard_error(here) ** 2 + ANKLE_SIGMA_MM**2
    sem = float(np.sqrt(own + (effect * vertical.sigma_deg) ** 2 + perspective_error**2))
    return Length(hips.value - float(here.mean()), sem, effect, perspective_error)


def _leg_difference(frame: Frame) -> Array:
    """Hip height over the ankle, left less right, pixels."""
    left, right = (frame[hip] - frame[ankle] for hip, ankle in zip(HIPS, ANKLES, strict=True))
    return np.asarray((left - right)[..., 1])


def _forward_head(angle: Measurement, pose: Pose, vertical: Vertical, scale: Scale) -> Length:
    """Near ear ahead of the near shoulder."""
    side = "LEFT" if pose.view is View.LEFT else "RIGHT"
    pair = (Landmark[f"{side}_EAR"], Landmark[f"{side}_SHOULDER"])
    length = _distance(frame_of(pose, vertical.roll_deg), pair) * scale.mm_per_px
    ahead = _through(angle, float(np.radians(length)), float(np.hypot(scale.sigma, NEAR_SIDE_SIGMA)))
    return replace(ahead, value=length * float(np.sin(np.radians(angle.value))))


def _distance(frame: Frame, pair: Pair) -> float:
    """Mean distance of two points, pixels."""
    return float(np.linalg.norm(frame[pair[0]] - frame[pair[1]], axis=-1).mean())
