"""What a number is: a measure, its measurement with an interval, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from posturecam.body import ORDER, ROWS, VISIBLE, Array, Landmark, Name, Pose, View
from posturecam.body.geometry import standard_error, subject_frame
from posturecam.errors.facts import Reason
from posturecam.measures.estimator import Estimate, Estimates
from posturecam.measures.side_clothes import everyday_clothes

if TYPE_CHECKING:
    from collections.abc import Callable

    from posturecam.knowledge import Knowledge
    from posturecam.knowledge.norms import Severity
    from posturecam.picture.lens.perspective import Flattened
    from posturecam.picture.vertical import Vertical

Z95 = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A value with its 95 % interval. Invariant: low ≤ value ≤ high and sem ≥ 0.

    ``sem`` is the total standard error; ``raw`` what the pose network alone said where an estimate replaced it;
    ``components`` name the parts that an index is the sum of, in its unit; ``placed`` how placed points count in it:
    ``placed by hand``, ``sticker``, ``partly sticker`` … or nothing. ``vertical_effect`` is how the value follows the
    vertical, in its unit for each degree, ``perspective_sem`` the part of ``sem`` that perspective may fake.
    """

    key: str
    value: float
    low: float
    high: float
    sem: float
    unit: str
    severity: Severity
    words: str
    raw: float | None = None
    vertical_effect: float = 0.0
    components: tuple[tuple[str, float], ...] = ()
    placed: str = ""
    perspective_sem: float = 0.0

    def __post_init__(self) -> None:
        """Refuse an interval that does not hold its value."""
        if not (self.low <= self.value <= self.high and self.sem >= 0):
            msg = f"{self.key}: {self.value} is not inside {self.low} … {self.high}, or sem {self.sem} < 0"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A measure that could not be taken, and why. Never the same as "fine"."""

    key: str
    reason: Reason


MeasurementSet = tuple[tuple[Measurement, ...], tuple[Unmeasured, ...]]
"""What was measured, and what could not be."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The pose's points (S, 33, 2) in the subject's frame: x towards the left (side views: forward), y up.

    Where placed points are measured, the spots stand behind the 33 landmarks, in the order of ``ROWS``. ``everyday`` is
    the chance, 0...1, that a body seen from the side wears everyday clothes.
    """

    points: Array
    view: View
    everyday: float = 0.0

    def __getitem__(self, name: Name) -> Array:
        """(S, 2) one point over the passes."""
        return self.points[:, ROWS[name]]

    def mid(self, a: Name, b: Name) -> Array:
        """(S, 2) the point half-way between two points."""
        return np.asarray((self[a] + self[b]) / 2)


@dataclass(frozen=True, slots=True)
class Measure:
    """How one number is computed: which views and landmarks it needs, and a few lines of geometry.

    ``compute`` takes a Frame and gives (S,) values in the measure's unit and sign convention (see ``norms.toml``).
    ``unusual_sd`` gives the standard error, in its unit, that a pose adds whose points were guessed in part, or whose
    clothes hide them.
    """

    key: str
    views: tuple[View, ...]
    needs: tuple[Landmark, ...]
    compute: Callable[[Frame], Array]
    unusual_sd: Callable[[Pose], float] | None = None


def frame_of(pose: Pose, roll_deg: float) -> Frame:
    """Bring a pose into the subject's frame, the camera's roll removed."""
    return Frame(subject_frame(pose.points, pose.view, roll_deg), pose.view, everyday_clothes(pose))


def mean_frame(pose: Pose, roll_deg: float) -> Frame:
    """Bring the mean of a pose's passes into the subject's frame: one set of points, (1, 33, 2)."""
    frame = frame_of(pose, roll_deg)
    return replace(frame, points=frame.points.mean(axis=0, keepdims=True))


def why_not(measure: Measure, pose: Pose) -> Reason | None:
    """Give the reason why a measure cannot be taken from this pose, or None when it can."""
    if pose.view not in measure.views:
        return Reason("another_view", wanted=measure.views, shown=pose.view)
    return next(filter(None, (why_unseen(pose, landmark) for landmark in measure.needs)), None)


def why_unseen(pose: Pose, landmark: Landmark) -> Reason | None:
    """Give the reason why the network's own point does not count: not found, outside, hidden; None when it does."""
    row = ORDER[landmark]
    point = pose.points[:, row].mean(axis=0)
    if not np.isfinite(point).all():
        return Reason("not_found", plain=landmark)
    if not ((point >= 0) & (point <= np.array(pose.size_px))).all():
        return Reason("outside_picture", plain=landmark)
    if pose.visibility[row] < VISIBLE:
        return Reason("hidden", plain=landmark)
    return None


def measure_one(  # noqa: PLR0913, PLR0917  (all that a number rests on)
    measure: Measure,
    pose: Pose,
    vertical: Vertical,
    knowledge: Knowledge,
    estimates: Estimates,
    flat: Flattened | None = None,
) -> Measurement | Unmeasured:
    """Take one measure: the estimate where there is one, else the points' own mean, with the total standard error.

    ``flat`` adds what perspective alone may make of it, where the camera is known.
    """
    reason = why_not(measure, pose)
    if reason:
        return Unmeasured(measure.key, reason)
    samples = measure.compute(frame_of(pose, vertical.roll_deg))
    if not np.isfinite(samples).all():
        return Unmeasured(measure.key, Reason("points_coincide"))
    raw = float(samples.mean())
    less, more = (float(measure.compute(frame_of(pose, vertical.roll_deg + by)).mean()) for by in (-1.0, 1.0))
    systematic = knowledge.landmark_error(measure.key, pose.view)
    if measure.unusual_sd is not None:
        systematic = float(np.hypot(systematic, measure.unusual_sd(pose)))
    estimate = estimates.get(measure.key) or Estimate(raw, float(np.hypot(standard_error(samples), systematic)))
    effect = (less - more) / 2
    return graded(
        knowledge,
        measure.key,
        estimate,
        vertical_effect=effect,
        sigma_deg=vertical.sigma_deg,
        raw=raw,
        perspective_error=perspective_error_of(measure.compute, flat, pose.view),
    )


def perspective_error_of(compute: Callable[[Frame], Array], flat: Flattened | None, view: View) -> float:
    """How much of a measure perspective alone may make, its unit; 0 where nothing tells the camera."""
    if flat is None:
        return 0.0
    return flat.error_rms(lambda points: compute(Frame(subject_frame(points, view), view)))


def graded(  # noqa: PLR0913  (one number carries all of this)
    knowledge: Knowledge,
    key: str,
    estimate: Estimate,
    *,
    vertical_effect: float,
    sigma_deg: float,
    raw: float | None,
    age_band: str | None = None,
    perspective_error: float = 0.0,
) -> Measurement:
    """Give an estimate its interval, its severity and its words; a norm that asks for the age grades only with it.

    ``perspective_error`` is what perspective alone may make of it, its unit.
    """
    sem = float(np.sqrt(estimate.sem**2 + (vertical_effect * sigma_deg) ** 2 + perspective_error**2))
    low, high = estimate.value - Z95 * sem, estimate.value + Z95 * sem
    norm = knowledge.norm(key)
    severity = norm.at_age(age_band).severity(estimate.value, low, high)
    words = norm.words(estimate.value, severity)
    return Measurement(
        key,
        estimate.value,
        low,
        high,
        sem,
        norm.unit,
        severity,
        words,
        raw,
        vertical_effect,
        perspective_sem=perspective_error,
    )


def measure(  # noqa: PLR0913, PLR0917  (as measure_one takes them)
    pose: Pose,
    measures: tuple[Measure, ...],
    vertical: Vertical,
    knowledge: Knowledge,
    estimates: Estimates | None = None,
    flat: Flattened | None = None,
) -> tuple[tuple[Measurement, ...], tuple[Unmeasured, ...]]:
    """Take every measure; what cannot be taken comes back as Unmeasured with its reason.

    Nothing is taken, and nothing named, of a body of which left and right are not known.
    """
    if pose.view.choices:
        return (), ()
    taken = [measure_one(measure, pose, vertical, knowledge, estimates or {}, flat) for measure in measures]
    return (
        tuple(result for result in taken if isinstance(result, Measurement)),
        tuple(result for result in taken if isinstance(result, Unmeasured)),
    )


def mirrored_key(key: str) -> str:
    """Name the same measure on the other side of the body: knee_angle_left → knee_angle_right."""
    for here, there in (("_left", "_right"), ("_right", "_left")):
        if key.endswith(here):
            return key.removesuffix(here) + there
    return key


def replaced_sem(measurement: Measurement, sem: float) -> Measurement:
    """Give the same value with another standard error."""
    half = Z95 * sem
    return replace(measurement, sem=sem, low=measurement.value - half, high=measurement.value + half)
