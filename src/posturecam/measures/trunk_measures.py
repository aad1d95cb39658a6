"""What the trunk's outline adds to a front or back photo: armpits, waist, trunk symmetry index."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from posturecam.body import Array, Pose, View
from posturecam.body.geometry import subject_frame
from posturecam.errors.facts import Reason
from posturecam.knowledge import Knowledge
from posturecam.measures.anatomy import height
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import Measurement, Unmeasured, frame_of, graded
from posturecam.measures.trunk_outline import Trunk, find_trunk, to_photo
from posturecam.picture.lens.perspective import Planes
from posturecam.picture.vertical import Vertical
from posturecam.poses.silhouette import Silhouette

TRUNK: dict[str, tuple[View, ...]] = {
    "axilla_tilt": (View.FRONT, View.BACK),
    "waist_height_angle": (View.FRONT, View.BACK),
    "waist_asymmetry": (View.FRONT, View.BACK),
    "potsi": (View.BACK,),
    "atsi": (View.FRONT,),
}
"""What the trunk's outline shows, and in which views."""

INDICES = ("potsi", "atsi")

_TURN_DEG = 1.0
"""How far the vertical is turned to see what that does to each measure."""


@dataclass(frozen=True, slots=True)
class TrunkSeen:
    """The trunk with the vertical as found, and with it turned by a degree either way."""

    here: Trunk
    less: Trunk
    more: Trunk


def from_trunk(  # noqa: PLR0913, PLR0917  (all that the outline's numbers rest on)
    taken: tuple[Measurement, ...],
    pose: Pose,
    outline: Silhouette,
    vertical: Vertical,
    knowledge: Knowledge,
    planes: Planes | None = None,
) -> tuple[tuple[Measurement, ...], tuple[Unmeasured, ...]]:
    """Measure armpits, waist and the symmetry index, or say why that cannot be; ``taken`` is what the points gave."""
    keys = [key for key, views in TRUNK.items() if pose.view in views]
    seen = outline.untrusted or see_trunk(taken, pose, outline, vertical)
    if isinstance(seen, Reason):
        return (), tuple(Unmeasured(key, seen) for key in keys)
    perspective_errors = (
        {} if planes is None else trunk_perspective_errors(keys, seen.here, pose, vertical.roll_deg, planes)
    )
    return tuple(
        _measured(key, seen, pose.view, vertical, knowledge, perspective_errors.get(key, 0.0)) for key in keys
    ), ()


def trunk_perspective_errors(
    keys: list[str], trunk: Trunk, pose: Pose, roll_deg: float, planes: Planes
) -> dict[str, float]:
    """Tell what perspective alone may make of each measure of a trunk taken as flat, its unit."""
    size = float(height(frame_of(pose, roll_deg)).mean())
    flat = planes.of(to_photo(trunk.points * size, pose.view, roll_deg)[None])

    def value(points: Array, key: str) -> Array:
        own = subject_frame(points[0], pose.view) / size
        return np.array([trunk_values(trunk.with_points(own))[key]])

    return {key: flat.error_rms(partial(value, key=key)) for key in keys}


def see_trunk(
    taken: tuple[Measurement, ...], pose: Pose, outline: Silhouette, vertical: Vertical
) -> TrunkSeen | Reason:
    """Read the trunk; its shoulders are laid on their measured tilt: the network's points lie nearer to level."""
    shoulders = next((measurement for measurement in taken if measurement.key == "shoulder_tilt"), None)
    trunks = []
    for turn in (0.0, -_TURN_DEG, _TURN_DEG):
        roll_deg = vertical.roll_deg + turn
        trunk = find_trunk(frame_of(pose, roll_deg), outline, roll_deg)
        if isinstance(trunk, Reason):
            return trunk
        if shoulders is not None:
            trunk = trunk.with_shoulders(shoulders.value - turn * shoulders.vertical_effect)
        trunks.append(trunk)
    return TrunkSeen(*trunks)


def trunk_values(trunk: Trunk) -> dict[str, float]:
    """Give each measure of the trunk's outline by key."""
    return {
        "axilla_tilt": trunk.axilla_tilt,
        "waist_height_angle": trunk.waist_height_angle,
        "waist_asymmetry": trunk.waist_asymmetry,
        "potsi": trunk.index,
        "atsi": trunk.index,
    }


def _measured(  # noqa: PLR0913, PLR0917  (all that one number rests on)
    key: str, seen: TrunkSeen, view: View, vertical: Vertical, knowledge: Knowledge, perspective_error: float
) -> Measurement:
    value, less, more = (trunk_values(outline)[key] for outline in (seen.here, seen.less, seen.more))
    measurement = graded(
        knowledge,
        key,
        Estimate(value, knowledge.landmark_error(key, view)),
        vertical_effect=(less - more) / (2 * _TURN_DEG),
        sigma_deg=vertical.sigma_deg,
        raw=None,
        perspective_error=perspective_error,
    )
    return replace(measurement, components=tuple(seen.here.index_parts.items())) if key in INDICES else measurement
