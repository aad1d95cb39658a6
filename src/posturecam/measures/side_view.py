"""The body from the side; positive = forward, the way the subject faces. Only the near side's points are used.

The pose network's points are not the joints: its hip in a side view lies elsewhere than the hip joint, and moves with
the shape of the body. Each measure is therefore its plain geometry plus a linear correction learned on rendered people
(``side_view.toml``, written by calibration/side_offsets.py with the errors on people left out). The correction sees
the near side's points only, so a mirrored photo gives the same number.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose, Side, View
from posturecam.body.geometry import bend, lean
from posturecam.measures.correction import corrections
from posturecam.measures.measurement import Frame, Measure
from posturecam.measures.side_clothes import added, everyday_clothes, more_error

SIDES = (View.LEFT, View.RIGHT)

POINTS = "points"
"""The evidence of the corrections that see the points alone."""

PARTS = (
    "NOSE",
    "EYE",
    "EAR",
    "MOUTH",
    "SHOULDER",
    "ELBOW",
    "HIP",
    "KNEE",
    "HEEL",
    "FOOT_INDEX",
)
"""What a correction sees of the near side, each relative to the ankle, forward and up, % of height."""


def near(frame: Frame, part: str) -> Array:
    """(S, 2) a part of the side that the camera sees."""
    return frame[near_landmark(frame.view, part)]


def near_landmark(view: View, part: str) -> Landmark:
    """Name the landmark of a part on the side that the view shows."""
    side = Side.LEFT if view is View.LEFT else Side.RIGHT
    if part == "NOSE":
        return Landmark.NOSE
    return Landmark[f"MOUTH_{side.name}" if part == "MOUTH" else f"{side.name}_{part}"]


def side_height(frame: Frame) -> Array:
    """(S,) the near eye's height above the near ankle, pixels: what percentages of height refer to."""
    return (near(frame, "EYE") - near(frame, "ANKLE"))[..., 1]


def side_features(frame: Frame) -> Array:
    """(S, 2 K) the near points of ``PARTS``, forward and up from the ankle, % of height."""
    ankle, height = near(frame, "ANKLE"), side_height(frame)
    points = np.stack([near(frame, part) - ankle for part in PARTS], axis=1)
    return np.asarray((points / height[:, None, None] * 100.0).reshape(len(points), -1))


def line_lean(upper: str, lower: str) -> Callable[[Frame], Array]:
    """Measure how far the line between two near parts leans from the vertical, degrees, + = forward."""
    return lambda frame: lean(near(frame, upper), near(frame, lower))


def plumb(part: str) -> Callable[[Frame], Array]:
    """Measure how far a near part lies in front of the near ankle, % of height."""
    return lambda frame: (near(frame, part) - near(frame, "ANKLE"))[..., 0] / side_height(frame) * 100.0


def ear_trunk_angle(frame: Frame) -> Array:
    """Shoulder → ear against hip → shoulder, degrees, + = head bent forward. Free of the camera's roll."""
    return line_lean("EAR", "SHOULDER")(frame) - line_lean("SHOULDER", "HIP")(frame)


def knee_flex(frame: Frame) -> Array:
    """Knee in the sagittal plane, degrees, 0 = straight, + = bent, − = beyond straight."""
    return -bend(near(frame, "HIP"), near(frame, "KNEE"), near(frame, "ANKLE"))


def hip_angle(frame: Frame) -> Array:
    """Trunk against thigh, degrees, 0 = straight, + = bent forward."""
    return bend(near(frame, "SHOULDER"), near(frame, "HIP"), near(frame, "KNEE"))


def pelvic_sway(frame: Frame) -> Array:
    """Hip in front of the line ankle → shoulder, % of height. All but free of the camera's roll."""
    ankle = near(frame, "ANKLE")
    hip, shoulder = near(frame, "HIP") - ankle, near(frame, "SHOULDER") - ankle
    line = shoulder[..., 0] * hip[..., 1] / shoulder[..., 1]
    return (hip[..., 0] - line) / side_height(frame) * 100.0


def unseen(frame: Frame) -> Array:
    """Give zeros, for what the points do not show themselves: the correction says it all."""
    return np.zeros(len(frame.points))


PLAIN: dict[str, tuple[Callable[[Frame], Array], tuple[str, ...]]] = {
    "craniovertebral_proxy": (unseen, ("EAR", "EYE", "SHOULDER")),
    "ear_shoulder_angle": (line_lean("EAR", "SHOULDER"), ("EAR", "SHOULDER")),
    "ear_trunk_angle": (ear_trunk_angle, ("EAR", "SHOULDER", "HIP")),
    "head_pitch": (unseen, ("EYE", "EAR")),
    "shoulder_protraction": (unseen, ("EAR", "EYE", "SHOULDER", "HIP", "ANKLE")),
    "trunk_lean_side": (line_lean("SHOULDER", "HIP"), ("SHOULDER", "HIP")),
    "pelvic_sway": (pelvic_sway, ("EYE", "SHOULDER", "HIP", "ANKLE")),
    "hip_angle": (hip_angle, ("SHOULDER", "HIP", "KNEE")),
    "knee_flex": (knee_flex, ("HIP", "KNEE", "ANKLE")),
    "body_lean_side": (line_lean("EAR", "ANKLE"), ("EAR", "ANKLE")),
    "ear_plumb_pct": (plumb("EAR"), ("EAR", "EYE", "ANKLE")),
    "shoulder_plumb_pct": (plumb("SHOULDER"), ("SHOULDER", "EYE", "ANKLE")),
    "hip_plumb_pct": (plumb("HIP"), ("HIP", "EYE", "ANKLE")),
    "knee_plumb_pct": (plumb("KNEE"), ("KNEE", "EYE", "ANKLE")),
}
"""Each measure's plain geometry, head to feet, and the near parts without which it makes no sense."""


def corrected(key: str, frame: Frame) -> Array:
    """(S,) a side measure: its plain geometry and the corrections, for close clothes and for what else is worn."""
    features = side_features(frame)
    return PLAIN[key][0](frame) + corrections(POINTS)[key].of(features) + added(POINTS, key, features, frame.everyday)


GUESSED_SD = {
    "craniovertebral_proxy": 5.3,
    "ear_shoulder_angle": 6.4,
    "ear_trunk_angle": 8.6,
    "head_pitch": 5.9,
    "trunk_lean_side": 6.1,
    "hip_angle": 7.4,
    "knee_flex": 4.5,
}
"""How far measures move when half of the body lies outside the picture, root mean square, degrees: the correction sees
points that the network guessed then (calibration/cut_pictures.py)."""


def unusual_sd(key: str, pose: Pose) -> float:
    """Give the standard error that guessed points and everyday clothes add to a side measure."""
    return float(np.hypot(guessed_sd(key, pose), more_error(POINTS, key, everyday_clothes(pose))))


def guessed_sd(key: str, pose: Pose) -> float:
    """Give the standard error that guessed points add: none where all of the near side lies in the picture."""
    if pose.view not in SIDES:
        return 0.0
    near_points = pose.mean[[ORDER[near_landmark(pose.view, part)] for part in (*PARTS, "ANKLE")]]
    inside = ((near_points >= 0) & (near_points <= np.array(pose.size_px))).all()
    return 0.0 if inside else GUESSED_SD.get(key, 0.0)


def _of(key: str) -> Measure:
    # Which landmarks are the near side's depends on the view; measures.outline looks at them (``near_side_hidden``).
    return Measure(key, SIDES, (), lambda frame: corrected(key, frame), partial(unusual_sd, key))


MEASURES = tuple(_of(key) for key in PLAIN)
