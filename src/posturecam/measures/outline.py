"""What the outline adds to a photo: the back's contour in side views, waist, armpits and trunk midline in the others.

``complete`` is the one way in: it takes what the points gave and gives it back with the outline's word added.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array, Pose, View
from posturecam.body.geometry import standard_error
from posturecam.errors.facts import Reason
from posturecam.knowledge import Knowledge
from posturecam.measures.back_measures import from_behind
from posturecam.measures.correction import Correction, corrections
from posturecam.measures.estimator import Estimate, Estimates
from posturecam.measures.estimator.near_view import near_estimates
from posturecam.measures.measurement import (
    Frame,
    Measurement,
    MeasurementSet,
    Unmeasured,
    frame_of,
    graded,
    mean_frame,
    perspective_error_of,
    why_unseen,
)
from posturecam.measures.side_clothes import added, everyday_clothes, more_error
from posturecam.measures.side_edges import (
    ARCS,
    BACK,
    COUNT,
    FRONT,
    along_room,
    before_ankle,
    counted,
    edge_features,
    edge_places,
    edge_to_photo,
)
from posturecam.measures.side_view import PLAIN, SIDES, near, near_landmark, side_features, side_height, unseen
from posturecam.measures.trunk_measures import from_trunk
from posturecam.picture.lens.perspective import Planes
from posturecam.picture.vertical import Vertical
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.behind import Behind

CONTOUR = ("kyphosis_depth_pct", "lordosis_depth_pct")
"""Depths of the back's two arcs between sacrum and neck, % of that chord; only the outline shows them."""

EAR_SHOULDER, EAR_TRUNK, TRUNK_LEAN = "ear_shoulder_angle", "ear_trunk_angle", "trunk_lean_side"

PARTS_NEEDED = ("EYE", "EAR", "SHOULDER", "HIP", "ANKLE")
"""Near parts without which the outline measures nothing."""

_MOST_FAINT, _MOST_SPREADS, _MOST_MISSING = 0.34, 3.5, 0.2
"""Part of the back's edge that may look like the background, how many spreads a back may lie from where those of other
bodies lie, and the part of the back's edge that may be missing.

Of 91 rendered people the farthest back lay 3.1 spreads away.
"""

_WHOLLY, _NOT_AT_ALL = 3.0, 4.0
"""Up to so many spreads from the usual an edge of front or legs counts wholly, and from there on not at all.

It fades between the two: a cut-off would make a hair's breadth of an edge a tenth of a result's ±.
"""


def complete(  # noqa: PLR0913, PLR0917  (all that the outline's numbers rest on)
    taken: MeasurementSet,
    pose: Pose,
    outline: Silhouette | None,
    vertical: Vertical,
    knowledge: Knowledge,
    planes: Planes | None = None,
    behind: Behind | None = None,
) -> MeasurementSet:
    """Add what the outline shows, and take away from a side view what rests on hidden points.

    ``planes`` are those that the body may lie in, where the camera is known; ``behind`` is what a back photo shows
    beside the outline.
    """
    if pose.view.frontal and outline is not None:
        added = from_trunk(taken[0], pose, outline, vertical, knowledge, planes)
        taken = (*taken[0], *added[0]), (*taken[1], *added[1])
        back = pose.view is View.BACK
        return from_behind(taken, behind, outline, vertical.roll_deg, knowledge) if back else taken
    if pose.view not in SIDES:
        return taken
    measured, missing = _with_contour(taken, pose, outline, vertical, knowledge, planes)
    return _head_on_trunk(measured, near_estimates(pose, vertical.roll_deg), vertical, knowledge), missing


def _with_contour(  # noqa: PLR0913, PLR0917  (as ``complete``)
    taken: MeasurementSet,
    pose: Pose,
    outline: Silhouette | None,
    vertical: Vertical,
    knowledge: Knowledge,
    planes: Planes | None,
) -> MeasurementSet:
    """Add what the outline of a side view shows, and take away what rests on hidden points."""
    hidden = {key: reason for key, (_compute, parts) in PLAIN.items() if (reason := near_side_hidden(pose, parts))}
    kept = [measurement for measurement in taken[0] if measurement.key not in hidden]
    missing = [
        *taken[1],
        *(
            Unmeasured(measurement.key, hidden[measurement.key])
            for measurement in taken[0]
            if measurement.key in hidden
        ),
    ]
    reason = why_no_contour(pose, outline, vertical.roll_deg)
    if reason or outline is None:
        return tuple(kept), (*missing, *(Unmeasured(key, reason or Reason("no_outline")) for key in CONTOUR))
    better = from_outline(pose, outline, vertical, knowledge, planes)
    looked_at = near_estimates(pose, vertical.roll_deg)
    better = {key: measured for key, measured in better.items() if key not in hidden and key not in looked_at}
    new = [better[key] for key in CONTOUR if key in better]
    lost = [Unmeasured(key, Reason("back_outline_not_found")) for key in CONTOUR if key not in better]
    return (*(better.get(measurement.key, measurement) for measurement in kept), *new), (*missing, *lost)


def _head_on_trunk(
    measured: tuple[Measurement, ...], seen: Estimates, vertical: Vertical, knowledge: Knowledge
) -> tuple[Measurement, ...]:
    """Take the head's angle against the trunk from the head's, which its own network saw, and the trunk's lean."""
    by_key = {measurement.key: measurement for measurement in measured}
    if EAR_SHOULDER not in seen or not {EAR_SHOULDER, EAR_TRUNK, TRUNK_LEAN} <= set(by_key):
        return measured
    head, trunk, before = (by_key[key] for key in (EAR_SHOULDER, TRUNK_LEAN, EAR_TRUNK))
    lean_sem = trunk.sem**2 - (trunk.vertical_effect * vertical.sigma_deg) ** 2 - trunk.perspective_sem**2
    by_key[EAR_TRUNK] = graded(
        knowledge,
        EAR_TRUNK,
        Estimate(head.value - trunk.value, float(np.sqrt(seen[EAR_SHOULDER].sem ** 2 + max(lean_sem, 0.0)))),
        vertical_effect=head.vertical_effect - trunk.vertical_effect,
        sigma_deg=vertical.sigma_deg,
        raw=before.raw,
        perspective_error=before.perspective_sem,
    )
    return tuple(by_key.values())


def near_side_hidden(pose: Pose, parts: tuple[str, ...]) -> Reason | None:
    """Say which of the near side's parts cannot be seen, or None when all can."""
    return next(filter(None, (why_unseen(pose, near_landmark(pose.view, part)) for part in parts)), None)


def why_no_contour(pose: Pose, outline: Silhouette | None, roll_deg: float) -> Reason | None:
    """Say why the back's contour cannot be measured, or None when it can."""
    if outline is None:
        return Reason("outline_needs_photo")
    return outline.untrusted or near_side_hidden(pose, PARTS_NEEDED) or back_hidden(pose, outline, roll_deg)


def back_hidden(pose: Pose, outline: Silhouette, roll_deg: float) -> Reason | None:
    """Say that something covers the back's edge, or that the background looks like it; None when it is clear."""
    mean = mean_frame(pose, roll_deg)
    places = edge_places(mean, outline, roll_deg)[:, BACK]
    if outline.faint(edge_to_photo(places[0], mean, roll_deg)) > _MOST_FAINT:
        return Reason("background_like_back")
    if np.nanmax(off_usual(before_ankle(mean, places)[0], BACK), initial=0.0) > _MOST_SPREADS:
        return Reason("back_outline_far")
    if along_room(mean, outline, roll_deg, "back"):
        return Reason("back_outline_along_room")
    return None


def front_hidden(pose: Pose, outline: Silhouette, roll_deg: float) -> bool:
    """Whether an edge of the room hides where a body seen from the side ends in front."""
    return pose.view in SIDES and along_room(mean_frame(pose, roll_deg), outline, roll_deg, "front")


def off_usual(edge: Array, where: NDArray[np.intp]) -> Array:
    """(K,) how many spreads an edge (K,) lies from where the edges of other bodies lie there."""
    mean, spreads = _usual_edges()
    return np.asarray(np.abs(edge - mean[where]) / spreads[where])


def _usual_edges() -> tuple[Array, Array]:
    """(COUNT,) each: where other bodies' edges lie, before the ankle in % of height, and how far they spread."""
    usual = next(iter(corrections("outline").values()))
    edges = slice(usual.mean.size - COUNT - ARCS.size, usual.mean.size - ARCS.size)
    return usual.mean[edges], usual.spread[edges]


def edges_kept(pose: Pose, outline: Silhouette, roll_deg: float) -> Array:
    """(COUNT,) how much each place of the edges counts, 0...1: the back's wholly, others as far as the body's own."""
    mean = mean_frame(pose, roll_deg)
    edge = before_ankle(mean, edge_places(mean, outline, roll_deg))[0]
    off = np.nan_to_num(off_usual(edge, np.arange(COUNT)), nan=np.inf)
    counts = np.clip((_NOT_AT_ALL - off) / (_NOT_AT_ALL - _WHOLLY), 0.0, 1.0)
    counts[BACK] = 1.0
    return np.asarray(counts * counted(mean, outline, roll_deg))


def evidence_for(kept: Array | NDArray[np.bool_]) -> str:
    """Name the corrections that see what counts: all of the outline, or no front."""
    return "outline" if kept[FRONT].any() else "outline_without_front"


def table_for(kept: Array | NDArray[np.bool_]) -> Mapping[str, Correction]:
    """Give the corrections by measure that see what counts."""
    return corrections(evidence_for(kept))


def kept_places(frame: Frame, outline: Silhouette, roll_deg: float, kept: Array | NDArray[np.bool_]) -> Array:
    """(S, COUNT, 2) where the edges lie that count; NaN elsewhere.

    One that counts in part lies as much nearer to the usual place, which stands for an edge that is not found.
    """
    places = edge_places(frame, outline, roll_deg)
    usual = near(frame, "ANKLE")[:, :1] + _usual_edges()[0] * side_height(frame)[:, None] / 100.0
    places[..., 0] = usual + kept * (places[..., 0] - usual)
    return np.where(kept[:, None] > 0, places, np.nan)


def seen_by_corrections(frame: Frame, places: Array) -> Array:
    """(S, F) the near points, the edges and the back's arcs: what the outline's corrections see."""
    return np.concatenate([side_features(frame), edge_features(frame, places)], axis=1)


def outline_values(pose: Pose, outline: Silhouette, roll_deg: float, kept: Array | None = None) -> dict[str, Array]:
    """(S,) each measure that the outline improves, or alone shows."""
    frame = frame_of(pose, roll_deg)
    kept = edges_kept(pose, outline, roll_deg) if kept is None else kept
    places = kept_places(frame, outline, roll_deg, kept)
    if np.isnan(places[:, BACK, 0]).mean() > _MOST_MISSING:
        return {}
    return {key: edge_value(frame, places, key, evidence_for(kept)) for key in table_for(kept)}


def edge_value(frame: Frame, places: Array, key: str, evidence: str) -> Array:
    """(S,) one measure from the points and the edges' places (S, COUNT, 2), by the corrections of this evidence."""
    plain, features = PLAIN[key][0] if key in PLAIN else unseen, seen_by_corrections(frame, places)
    corrected = plain(frame) + corrections(evidence)[key].of(features)
    return np.asarray(corrected + added(evidence, key, features, frame.everyday))


def edge_perspective_errors(
    pose: Pose, outline: Silhouette, roll_deg: float, planes: Planes | None
) -> dict[str, float]:
    """Tell what perspective alone may make of each measure of the outline, its unit; nothing without a camera."""
    if planes is None:
        return {}
    frame = frame_of(pose, roll_deg)
    kept = edges_kept(pose, outline, roll_deg)
    places = kept_places(frame, outline, roll_deg, kept)
    flat = planes.of(np.concatenate([pose.points, edge_to_photo(places, frame, roll_deg)], axis=1))

    def value(both: Frame, key: str) -> Array:
        return edge_value(both, both.points[:, -COUNT:], key, evidence_for(kept))

    return {key: perspective_error_of(partial(value, key=key), flat, pose.view) for key in table_for(kept)}


def from_outline(
    pose: Pose, outline: Silhouette, vertical: Vertical, knowledge: Knowledge, planes: Planes | None = None
) -> dict[str, Measurement]:
    """Measure what the outline improves, each with its total standard error."""
    perspective_errors = edge_perspective_errors(pose, outline, vertical.roll_deg, planes)
    kept = edges_kept(pose, outline, vertical.roll_deg)
    evidence, everyday = evidence_for(kept), everyday_clothes(pose)
    here = outline_values(pose, outline, vertical.roll_deg, kept)
    less, more = (outline_values(pose, outline, vertical.roll_deg + by, kept) for by in (-1.0, 1.0))
    return {
        key: graded(
            knowledge,
            key,
            Estimate(
                float(samples.mean()),
                float(
                    np.linalg.norm(
                        [standard_error(samples), table_for(kept)[key].error, more_error(evidence, key, everyday)]
                    )
                ),
            ),
            vertical_effect=float(less[key].mean() - more[key].mean()) / 2,
            sigma_deg=vertical.sigma_deg,
            raw=None,
            perspective_error=perspective_errors.get(key, 0.0),
        )
        for key, samples in here.items()
        if key in less and key in more
    }
