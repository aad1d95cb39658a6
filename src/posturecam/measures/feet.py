"""The feet seen from the front or the back: how far the toes turn out."""

import numpy as np

from posturecam.body import Array, Landmark, Side
from posturecam.measures.anatomy import FRONTAL, HEIGHT, height
from posturecam.measures.measurement import Frame, Measure

HEEL_TO_TOE = 0.17
"""Heel to toes as a part of the height eye line to ankle: the foot has 0.152 of the stature, the eye stands at 0.936,
the ankle at 0.039 (Drillis & Contini 1966, body segment parameters)."""

_FEET = {
    Side.LEFT: (Landmark.LEFT_HEEL, Landmark.LEFT_FOOT_INDEX, 1.0),
    Side.RIGHT: (Landmark.RIGHT_HEEL, Landmark.RIGHT_FOOT_INDEX, -1.0),
}


def foot_turn(frame: Frame, side: Side) -> Array:
    """Turn of the foot out of straight ahead, degrees, + = toes out; a proxy: the camera sees the foot foreshortened.

    The toes lie beside the heel by the sine of the turn times the foot's length, taken from the body's height.
    """
    heel, toes, outward = _FEET[side]
    beside = (frame[toes] - frame[heel])[..., 0] * outward
    return np.asarray(np.degrees(np.arcsin(np.clip(beside / (HEEL_TO_TOE * height(frame)), -1.0, 1.0))))


def _of(side: Side) -> Measure:
    heel, toes, _ = _FEET[side]
    return Measure(f"foot_turn_{side}", FRONTAL, (heel, toes, *HEIGHT), lambda frame: foot_turn(frame, side))


MEASURES = (_of(Side.LEFT), _of(Side.RIGHT))
