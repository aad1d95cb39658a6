"""Hip adduction from the estimated pelvis: the thigh's own lean, corrected, against the estimated pelvic obliquity."""

import numpy as np

from posturecam.body import ORDER, Landmark, Pose, Side, View
from posturecam.body.geometry import lean, subject_frame
from posturecam.measures.estimator import Estimate, Estimates

THIGH = {View.FRONT: (0.94, 0.43, 1.09), View.BACK: (0.77, 0.93, 1.35)}
"""True lean of a thigh towards the midline from the lean found: factor, offset and standard error, degrees.

Printed by ``python -m calibration.thighs`` (learned on people that accuracy is not measured on)."""


def inward_lean(pose: Pose, side: Side, roll_deg: float) -> float:
    """Lean of hip to knee as the points have it, degrees, + = the knee lies towards the midline."""
    points = subject_frame(pose.mean, pose.view, roll_deg)
    hip, knee = (points[ORDER[Landmark[f"{side.name}_{part}"]]] for part in ("HIP", "KNEE"))
    return float(lean(hip, knee)) * (1.0 if side is Side.LEFT else -1.0)


def with_thighs(estimates: Estimates, pose: Pose, roll_deg: float) -> Estimates:
    """Add hip adduction on both sides where the pelvis was estimated."""
    if "hip_tilt" not in estimates:
        return estimates
    pelvis, (factor, offset, error) = estimates["hip_tilt"], THIGH[pose.view]
    sem = float(np.hypot(pelvis.sem, error))
    added = {
        f"hip_adduction_{side}": Estimate(
            out * pelvis.value + factor * inward_lean(pose, side, roll_deg) + offset, sem, pelvis.in_range
        )
        for side, out in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0))
    }
    return estimates | added
