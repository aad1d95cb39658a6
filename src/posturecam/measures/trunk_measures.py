"""What the trunk's outline adds to a front or back photo: armpits, waist, trunk symmetry index."""

from dataclasses import dataclass, replace

from posturecam.body import Pose, View
from posturecam.estimator import Estimate
from posturecam.knowledge import Knowledge
from posturecam.language import _, later
from posturecam.measurement import Measurement, Unmeasured, frame_of, graded
from posturecam.measures.trunk_outline import Trunk, find_trunk
from posturecam.silhouette import Silhouette
from posturecam.vertical import Vertical

TRUNK: dict[str, tuple[View, ...]] = {
    "axilla_tilt": (View.FRONT, View.BACK),
    "waist_height_angle": (View.FRONT, View.BACK),
    "waist_asymmetry": (View.FRONT, View.BACK),
    "potsi": (View.BACK,),
    "atsi": (View.FRONT,),
}
"""What the trunk's outline shows, and in which views."""

FURROW = later("the furrow of a back could not be followed better than guessing a straight spine (docs/accuracy.md)")
HEEL = later(
    "the outline shows heel and calf too coarsely, ± 18° in tests (docs/accuracy.md); place points on calf and heel"
)

NOT_SHOWN = {
    "spinal_curve_lower": FURROW,
    "spinal_curve_upper": FURROW,
    "rearfoot_eversion_left": HEEL,
    "rearfoot_eversion_right": HEEL,
}
"""What the outline and the skin of a back photo were tried for (calibration/back_marks.py), and why it is not taken."""

INDICES = ("potsi", "atsi")

_TURN_DEG = 1.0
"""How far the vertical is turned to see what that does to each measure."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The trunk with the vertical as found, and with it turned by a degree either way."""

    here: Trunk
    less: Trunk
    more: Trunk


def from_trunk(
    taken: tuple[Measurement, ...], pose: Pose, outline: Silhouette, vertical: Vertical, knowledge: Knowledge
) -> tuple[tuple[Measurement, ...], tuple[Unmeasured, ...]]:
    """Measure armpits, waist and the symmetry index, or say why that cannot be; ``taken`` is what the points gave."""
    keys = [key for key, views in TRUNK.items() if pose.view in views]
    tried = NOT_SHOWN.items() if pose.view is View.BACK else ()
    missing = tuple(Unmeasured(key, _(why)) for key, why in tried)
    seen = outline.untrusted or see_trunk(taken, pose, outline, vertical)
    if isinstance(seen, str):
        return (), (*(Unmeasured(key, seen) for key in keys), *missing)
    return tuple(_measured(key, seen, pose.view, vertical, knowledge) for key in keys), missing


def see_trunk(taken: tuple[Measurement, ...], pose: Pose, outline: Silhouette, vertical: Vertical) -> Seen | str:
    """Read the trunk; its shoulders are laid on their measured tilt: the network's points lie nearer to level."""
    shoulders = next((one for one in taken if one.key == "shoulder_tilt"), None)
    trunks = []
    for turn in (0.0, -_TURN_DEG, _TURN_DEG):
        roll_deg = vertical.roll_deg + turn
        trunk = find_trunk(frame_of(pose, roll_deg), outline, roll_deg)
        if isinstance(trunk, str):
            return trunk
        if shoulders is not None:
            trunk = trunk.with_shoulders(shoulders.value - turn * shoulders.vertical_effect)
        trunks.append(trunk)
    return Seen(*trunks)


def trunk_values(trunk: Trunk) -> dict[str, float]:
    """Give each measure of the trunk's outline by key."""
    return {
        "axilla_tilt": trunk.axilla_tilt,
        "waist_height_angle": trunk.waist_height_angle,
        "waist_asymmetry": trunk.waist_asymmetry,
        "potsi": trunk.index,
        "atsi": trunk.index,
    }


def _measured(key: str, seen: Seen, view: View, vertical: Vertical, knowledge: Knowledge) -> Measurement:
    value, less, more = (trunk_values(one)[key] for one in (seen.here, seen.less, seen.more))
    measurement = graded(
        knowledge,
        key,
        Estimate(value, knowledge.landmark_error(key, view)),
        vertical_effect=(less - more) / (2 * _TURN_DEG),
        sigma_deg=vertical.sigma_deg,
        raw=None,
    )
    return replace(measurement, components=tuple(seen.here.index_parts.items())) if key in INDICES else measurement
