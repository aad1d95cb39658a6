"""The trunk: its lean, shift and side-bend, and the curve that the spine must take between two tilted girdles."""

import numpy as np

from posturecam.body import Array
from posturecam.body.geometry import lean
from posturecam.measures.anatomy import FRONTAL, HEIGHT, HIPS, SHOULDERS, line_tilt, shift
from posturecam.measures.measurement import Frame, Measure

_CHORD = np.linspace(0.0, 1.0, 201)


def trunk_lean(frame: Frame) -> Array:
    """Mid-hip to mid-shoulder against the vertical, degrees, + = towards the left."""
    return lean(frame.mid(*SHOULDERS), frame.mid(*HIPS))


def trunk_shift(frame: Frame) -> Array:
    """Measure the base of the neck (mid-shoulder) beside the mid-hip, % of height, + = towards the left."""
    return shift(frame, SHOULDERS, HIPS)


def trunk_bend(frame: Frame) -> Array:
    """Trunk side-bend, hip tilt − shoulder tilt, degrees, + = waist shorter on the left. Free of the camera's roll."""
    return line_tilt(frame, HIPS) - line_tilt(frame, SHOULDERS)


def curve_line(hip_tilt_deg: Array, shoulder_tilt_deg: Array, lean_deg: Array) -> Array:
    """(S, 201) sideways position of the spine along its chord, in parts of the chord, + = towards the left.

    The cubic from mid-hip to mid-shoulder that leaves the pelvis line and meets the shoulder line at right angles;
    both tilts are taken relative to the trunk's own axis.
    """
    t = _CHORD
    below = np.tan(np.radians(hip_tilt_deg + lean_deg))[..., None]
    above = np.tan(np.radians(shoulder_tilt_deg + lean_deg))[..., None]
    return np.asarray(-(t - 2 * t**2 + t**3) * below - (t**3 - t**2) * above)


def signed_extreme(line: Array) -> Array:
    """(S,) the value of largest size along the last axis, with its sign; 0 where both sides reach equally far."""
    left, right = line.max(axis=-1), -line.min(axis=-1)
    even = np.abs(left - right) <= 1e-9 * np.maximum(left, right)
    return np.where(even, 0.0, np.where(left > right, left, -right))


def spinal_curve(frame: Frame) -> Array:
    """Largest deviation of the spine from its chord, % of the chord, + = convex to the subject's left."""
    line = curve_line(line_tilt(frame, HIPS), line_tilt(frame, SHOULDERS), trunk_lean(frame))
    return signed_extreme(line) * 100.0


MEASURES = (
    Measure("trunk_bend", FRONTAL, (*HIPS, *SHOULDERS), trunk_bend),
    Measure("trunk_lean", FRONTAL, (*HIPS, *SHOULDERS), trunk_lean),
    Measure("trunk_shift", FRONTAL, (*HIPS, *SHOULDERS, *HEIGHT), trunk_shift),
    Measure("spinal_curve", FRONTAL, (*HIPS, *SHOULDERS), spinal_curve),
)
