"""What placed points do to the numbers: their own small error through the geometry, and how they join the network's.

A measure whose points are all placed is its plain geometry; the learned estimate and the calibrated error no longer
count. Where some of its points are the network's, both are heard: the geometry, in which those points carry the error
that single points have (``point_error.toml``), and what the network said with its own error, each weighted by the
inverse of its variance. Both lean on the same network, so their errors are taken to go half together and a point
placed alone never promises more than it knows. What the vertical and perspective do to a number is common to both and
stands beside that weighting.

trunk_bend and neck_bend are taken from their two lines, so a placed pelvis meets the estimated shoulders; the pelvis is
the line of the front or back pelvic points where these are placed.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from posturecam.body import HAND, ORDER, ROWS, Array, Landmark, Name, PlacedPoint, Pose, View
from posturecam.body.geometry import subject_frame
from posturecam.errors.facts import Reason
from posturecam.knowledge import Knowledge
from posturecam.measures import MEASURES
from posturecam.measures.estimator import Estimate
from posturecam.measures.manual_measures import ALIASES, MANUAL_MEASURES, ManualMeasure, spine_ways
from posturecam.measures.measurement import (
    Frame,
    Measurement,
    MeasurementSet,
    Unmeasured,
    graded,
    perspective_error_of,
    why_unseen,
)
from posturecam.measures.point_error import point_error_pct
from posturecam.measures.side_view import PLAIN, SIDES, near_landmark
from posturecam.measures.side_view import unseen as nothing_to_see
from posturecam.picture.lens.perspective import Flattened, Planes
from posturecam.picture.vertical import Vertical

STEP_PX = 0.5
"""How far a point is moved to see how a measure follows it."""

TOGETHER = 0.5
"""Correlation assumed between the network's own number and the one that rests on placed and network points."""

NEGLIGIBLE = 0.05
"""Part of the variance below which a point of the network's has no part in a number, such as the eyes in a height."""

BENDS = {
    "trunk_bend": (("pelvic_obliquity", "hip_tilt"), ("shoulder_tilt",)),
    "neck_bend": (("shoulder_tilt",), ("head_tilt",)),
}
"""Side-bends: lower line less upper line; of each the first that was measured."""

SUPERSEDED = {"craniovertebral_proxy": "craniovertebral_angle"}
"""A stand-in, and the measure that makes it needless."""

BY = {HAND: "placed by hand"}

Ways = dict[str, Callable[[Frame], Array]]
"""How each measure is taken, by key."""


@dataclass(frozen=True, slots=True)
class StandardErrors:
    """All points of one pose for measuring: where they lie and how sure each is.

    points   (R, 2) photo pixels in the order of ``ROWS``, NaN where there is none
    error    (R, 2) standard error in the subject's frame, across and up, pixels
    source   (R,) by row: ``hand``, ``sticker``, or nothing for the network's own
    """

    points: Array
    error: Array
    source: tuple[str, ...]
    view: View

    def is_placed(self, name: Name) -> bool:
        """Whether somebody placed that point, or one that counts as it."""
        return bool(self.source[ROWS[name]])


@dataclass(frozen=True, slots=True)
class PropagatedError:
    """A measure from placed points: its value, its error, and on what it rests.

    ``sem`` holds neither the vertical's part nor ``perspective_error``, which perspective alone may make of it.
    """

    value: float
    sem: float
    vertical_effect: float
    sources: frozenset[str]
    perspective_error: float = 0.0

    @property
    def complete(self) -> bool:
        """Whether no point of the network's has a part in it."""
        return "" not in self.sources

    @property
    def words(self) -> str:
        """How placed points count in it."""
        by = " and ".join(BY.get(source, source) for source in sorted(self.sources - {""}))
        return by if self.complete else f"partly {by}"


def spread_of(pose: Pose) -> StandardErrors:
    """Gather the network's mean points and the placed ones; an acromion counts as the shoulder, and so on."""
    points, error = np.full((len(ROWS), 2), np.nan), np.zeros((len(ROWS), 2))
    points[: len(ORDER)] = pose.mean
    per_cent = _height_px(pose) / 100.0
    for landmark, row in ORDER.items():
        error[row] = np.hypot(point_error_pct(landmark, pose.view) * per_cent, np.nan_to_num(pose.sd_px[row]))
    source = [""] * len(ROWS)
    for point, name in _counting(pose):
        row = ROWS[name]
        points[row], error[row], source[row] = point.at, point.error_px, point.source
    return StandardErrors(points, error, tuple(source), pose.view)


def _counting(pose: Pose) -> list[tuple[PlacedPoint, Name]]:
    """Pair every placed point with the names that it counts as; a joint that was placed itself comes last and wins."""
    stand_ins = [
        (point, ALIASES[point.name][0])
        for point in pose.placed
        if point.name in ALIASES and pose.view in ALIASES[point.name][1]
    ]
    return [*stand_ins, *((point, point.name) for point in pose.placed)]


def _height_px(pose: Pose) -> float:
    """Eyes over ankles, pixels, or what stands for it where they are not in the picture: what is seen of the body."""
    ends = [[ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT")] for part in ("EYE", "ANKLE")]
    eyes, ankles = pose.mean[ends][..., 1].mean(axis=1)
    tall = abs(float(ankles - eyes))
    seen = pose.mean[:, 1][np.isfinite(pose.mean[:, 1])]
    return tall if np.isfinite(tall) else float(np.ptp(seen)) if seen.size else float(pose.size_px[1])


def propagate_error(
    compute: Callable[[Frame], Array], spread: StandardErrors, roll_deg: float
) -> PropagatedError | None:
    """Take a measure and its error from the points, each moved a little both ways; None where a point is missing."""
    frame = subject_frame(spread.points, spread.view, roll_deg)
    moves = STEP_PX * np.eye(frame.size).reshape(-1, *frame.shape)
    values = compute(Frame(np.concatenate([frame[None], frame + moves, frame - moves]), spread.view))
    if not np.isfinite(values[0]):
        return None
    ahead, back = values[1:].reshape(2, *frame.shape)
    slope = np.nan_to_num(ahead - back) / (2.0 * STEP_PX)
    variance = ((slope * spread.error) ** 2).sum(axis=1)
    matters = (np.abs(slope).max(axis=1) > 1e-9) & ((variance >= NEGLIGIBLE * variance.sum()) | _placed_rows(spread))
    less, more = (
        float(compute(Frame(subject_frame(spread.points, spread.view, roll_deg + by)[None], spread.view))[0])
        for by in (-1.0, 1.0)
    )
    sources = frozenset(source for source, counts in zip(spread.source, matters, strict=True) if counts)
    return PropagatedError(float(values[0]), float(np.sqrt(variance.sum())), (less - more) / 2, sources)


def _placed_rows(spread: StandardErrors) -> Array:
    return np.array([bool(source) for source in spread.source])


def with_placed(
    taken: MeasurementSet, pose: Pose, vertical: Vertical, knowledge: Knowledge, planes: Planes | None = None
) -> MeasurementSet:
    """Let the placed points of a pose be heard; without any, all stays as it was.

    ``planes`` are those that the body may lie in, where the camera is known.
    """
    if not pose.placed:
        return taken
    spread = spread_of(pose)
    known = {measurement.key: measurement for measurement in taken[0]}
    ways = _ways(spread, pose)
    flat = None if planes is None else planes.of(spread.points[None])
    found = {
        key: item for key, compute in ways.items() if (item := propagate_error(compute, spread, vertical.roll_deg))
    }
    heard = {
        key: replace(way, perspective_error=perspective_error_of(ways[key], flat, pose.view))
        for key, way in found.items()
        if way.sources - {""}
    }
    known |= {key: _joined(key, known.get(key), way, vertical, knowledge) for key, way in heard.items()}
    known |= dict(_bends(known, vertical, knowledge, partial(_bend_perspective_error, ways, flat, pose.view)))
    needless = {old: Reason("superseded", replace=new) for old, new in SUPERSEDED.items() if new in known}
    measured = tuple(measurement for measurement in known.values() if measurement.key not in needless)
    missing = {
        measurement.key: measurement
        for measurement in (*taken[1], *_half_placed(spread))
        if measurement.key not in known
    }
    missing |= {key: Unmeasured(key, reason) for key, reason in needless.items() if key in known}
    return measured, tuple(missing.values())


def _ways(spread: StandardErrors, pose: Pose) -> Ways:
    """Give how each measure of this view is taken from points: the best way whose points are there."""
    ways: Ways = {}
    for marked in (*MANUAL_MEASURES, *spine_ways(spread.is_placed)):
        if pose.view in marked.views and marked.key not in ways and _at_hand(marked, spread, pose):
            ways[marked.key] = marked.compute
    plain = {
        measure.key: (measure.compute, measure.needs)
        for measure in MEASURES
        if pose.view.frontal and pose.view in measure.views
    }
    if pose.view in SIDES:
        plain = {
            key: (compute, tuple(near_landmark(pose.view, part) for part in parts))
            for key, (compute, parts) in PLAIN.items()
            if compute is not nothing_to_see
        }
    for key, (compute, needs) in plain.items():
        if key not in ways and key not in BENDS and _seen(needs, spread, pose):
            ways[key] = compute
    return ways


def _at_hand(marked: ManualMeasure, spread: StandardErrors, pose: Pose) -> bool:
    return all(spread.is_placed(name) for name in marked.needs) and _seen(marked.rests_on, spread, pose)


def _seen(needs: Iterable[Landmark], spread: StandardErrors, pose: Pose) -> bool:
    """Whether every landmark is placed, or seen by the network."""
    return all(spread.is_placed(need) or why_unseen(pose, need) is None for need in needs)


def _joined(
    key: str, known: Measurement | None, found: PropagatedError, vertical: Vertical, knowledge: Knowledge
) -> Measurement:
    """Weight what the points give and what the network said by the inverse of their variances."""
    value, sem, effect = found.value, found.sem, found.vertical_effect
    if known is not None and not found.complete:
        own = _own_error(known, vertical)
        share = sem**2 / (sem**2 + own**2)
        value = (1.0 - share) * value + share * known.value
        effect = (1.0 - share) * effect + share * known.vertical_effect
        mine, theirs = (1.0 - share) * sem, share * own
        sem = float(np.sqrt(mine**2 + theirs**2 + 2.0 * TOGETHER * mine * theirs))
    raw = None if known is None else known.raw
    estimate, sigma_deg = Estimate(value, sem), vertical.sigma_deg
    joined = graded(
        knowledge,
        key,
        estimate,
        vertical_effect=effect,
        sigma_deg=sigma_deg,
        raw=raw,
        perspective_error=found.perspective_error,
    )
    return replace(joined, placed=found.words)


def _bends(
    known: Mapping[str, Measurement],
    vertical: Vertical,
    knowledge: Knowledge,
    bend_perspective_error: Callable[[Measurement, Measurement], float],
) -> Iterable[tuple[str, Measurement]]:
    """Take the side-bends from their two lines, where one of these rests on placed points."""
    for key, pairs in BENDS.items():
        lines = [next((known[name] for name in names if name in known), None) for names in pairs]
        lower, upper = lines
        if lower is None or upper is None or not (lower.placed or upper.placed):
            continue
        sem = float(np.hypot(_own_error(lower, vertical), _own_error(upper, vertical)))
        joined = graded(
            knowledge,
            key,
            Estimate(lower.value - upper.value, sem),
            vertical_effect=lower.vertical_effect - upper.vertical_effect,
            sigma_deg=vertical.sigma_deg,
            raw=known[key].raw if key in known else None,
            perspective_error=bend_perspective_error(lower, upper),
        )
        yield key, replace(joined, placed=joint_words((lower.placed, upper.placed)))


def _bend_perspective_error(
    ways: Ways, flat: Flattened | None, view: View, lower: Measurement, upper: Measurement
) -> float:
    """Tell what perspective may make of a side-bend: of both lines together, for it tilts them the same way."""
    low, high = (ways.get(measurement.key) for measurement in (lower, upper))
    if low is None or high is None:
        return float(np.hypot(lower.perspective_sem, upper.perspective_sem))
    return perspective_error_of(lambda frame: low(frame) - high(frame), flat, view)


def joint_words(words: Collection[str]) -> str:
    """Say how placed points count where several numbers come together, each with its own words; empty where none do."""
    names = {word.removeprefix("partly ") for word in words if word}
    whole = all(words) and not any(word.startswith("partly ") for word in words)
    said = " and ".join(sorted(names))
    return said if whole or not said else f"partly {said}"


def _own_error(measurement: Measurement, vertical: Vertical) -> float:
    """Give the standard error less the parts of the vertical and of perspective."""
    common = (measurement.vertical_effect * vertical.sigma_deg) ** 2 + measurement.perspective_sem**2
    return float(np.sqrt(max(0.0, measurement.sem**2 - common)))


def _half_placed(spread: StandardErrors) -> Iterable[Unmeasured]:
    """Say of every measure for which some points are placed which ones it still needs."""
    for marked in MANUAL_MEASURES:
        lacking = [name for name in marked.needs if not spread.is_placed(name)]
        if spread.view in marked.views and lacking and len(lacking) < len(marked.needs):
            yield Unmeasured(marked.key, Reason("not_placed", names=tuple(lacking)))
