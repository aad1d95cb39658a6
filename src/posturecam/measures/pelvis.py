"""The pelvis: its obliquity, its place over the feet, and each thigh against it."""

from posturecam.body import Array, Landmark, Side
from posturecam.body.geometry import lean
from posturecam.measures.anatomy import ANKLES, FRONTAL, HEIGHT, HIPS, KNEES, line_tilt, shift
from posturecam.measures.measurement import Frame, Measure


def hip_tilt(frame: Frame) -> Array:
    """Pelvic obliquity: tilt of the line of the hip joints, degrees, + = left hip higher."""
    return line_tilt(frame, HIPS)


def pelvic_shift(frame: Frame) -> Array:
    """Mid-hip beside the mid-ankle, % of height, + = towards the left."""
    return shift(frame, HIPS, ANKLES)


def hip_adduction(frame: Frame, side: Side) -> Array:
    """Thigh against the perpendicular of the pelvis line, degrees, + = adducted (knee towards the midline)."""
    row, outward = (0, 1.0) if side is Side.LEFT else (1, -1.0)
    thigh = lean(frame[HIPS[row]], frame[KNEES[row]])
    return outward * (line_tilt(frame, HIPS) + thigh)


def _of(side: Side) -> Measure:
    hip_and_knee: tuple[Landmark, ...] = (*HIPS, KNEES[0 if side is Side.LEFT else 1])
    return Measure(f"hip_adduction_{side}", FRONTAL, hip_and_knee, lambda frame: hip_adduction(frame, side))


MEASURES = (
    Measure("hip_tilt", FRONTAL, HIPS, hip_tilt),
    Measure("pelvic_shift", FRONTAL, (*HIPS, *HEIGHT), pelvic_shift),
    _of(Side.LEFT),
    _of(Side.RIGHT),
)
