"""The shoulder line and the neck's side-bend above it."""

from posturecam.body import Array
from posturecam.measures.anatomy import EYES, FRONTAL, SHOULDERS, line_tilt
from posturecam.measures.measurement import Frame, Measure


def shoulder_tilt(frame: Frame) -> Array:
    """Tilt of the line of the shoulder joints, degrees, + = left shoulder higher."""
    return line_tilt(frame, SHOULDERS)


def neck_bend(frame: Frame) -> Array:
    """Neck side-bend, shoulder tilt − head tilt, degrees, + = shorter on the left. Free of the camera's roll."""
    return line_tilt(frame, SHOULDERS) - line_tilt(frame, EYES)


MEASURES = (
    Measure("neck_bend", FRONTAL, (*SHOULDERS, *EYES), neck_bend),
    Measure("shoulder_tilt", FRONTAL, SHOULDERS, shoulder_tilt),
)
