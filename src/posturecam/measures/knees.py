"""The knees in the frontal plane: genu valgum (knock knee, +) and genu varum (bow leg, −)."""

from posturecam.body import Array, Side
from posturecam.body.geometry import bend
from posturecam.measures.anatomy import ANKLES, FRONTAL, HIPS, KNEES
from posturecam.measures.measurement import Frame, Measure


def knee_angle(frame: Frame, side: Side) -> Array:
    """Frontal knee angle hip–knee–ankle, degrees, 0 = straight, + = valgus (knee towards the midline)."""
    row, outward = (0, 1.0) if side is Side.LEFT else (1, -1.0)
    return outward * bend(frame[HIPS[row]], frame[KNEES[row]], frame[ANKLES[row]])


def _of(side: Side) -> Measure:
    row = 0 if side is Side.LEFT else 1
    needs = (HIPS[row], KNEES[row], ANKLES[row])
    return Measure(f"knee_angle_{side}", FRONTAL, needs, lambda frame: knee_angle(frame, side))


MEASURES = (_of(Side.LEFT), _of(Side.RIGHT))
