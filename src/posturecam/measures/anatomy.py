"""Body parts that several measures share: pairs of landmarks, midpoints, the height that percentages refer to."""

from posturecam.body import Array, Landmark, View
from posturecam.body.geometry import midpoint, tilt
from posturecam.measures.measurement import Frame

FRONTAL = (View.FRONT, View.BACK)

EYES = (Landmark.LEFT_EYE, Landmark.RIGHT_EYE)
EARS = (Landmark.LEFT_EAR, Landmark.RIGHT_EAR)
SHOULDERS = (Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER)
HIPS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP)
KNEES = (Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
ANKLES = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)
HEIGHT = (*EYES, *ANKLES)
"""Landmarks that ``height`` needs."""


def line_tilt(frame: Frame, pair: tuple[Landmark, Landmark]) -> Array:
    """(S,) degrees, + = the subject's left end of the pair is higher."""
    left, right = pair
    return tilt(frame[left], frame[right])


def height(frame: Frame) -> Array:
    """(S,) the eye line's height above the mid-ankle, pixels: what percentages of height refer to."""
    eyes, ankles = frame.mid(*EYES), frame.mid(*ANKLES)
    return (eyes - ankles)[..., 1]


def shift(frame: Frame, upper: tuple[Landmark, Landmark], lower: tuple[Landmark, Landmark]) -> Array:
    """(S,) how far one midpoint lies beside another, % of height, + = towards the subject's left."""
    sideways = (midpoint(frame[upper[0]], frame[upper[1]]) - midpoint(frame[lower[0]], frame[lower[1]]))[..., 0]
    return sideways / height(frame) * 100.0
