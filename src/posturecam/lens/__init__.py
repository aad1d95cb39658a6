"""What the lens does: how far away the camera stood, and what is wrong with too near a photo."""

import math

from posturecam.body import Pose, View
from posturecam.scale import SPAN, span_px

NEAREST_M = 2.0
"""From nearer than this, whatever is nearer to the camera than the rest looks clearly larger than it is."""

USUAL_HEIGHT_CM, USUAL_SPREAD = 170.0, 0.08
"""Stature taken when none is given, and its relative spread (adults; NCD-RisC 2016)."""


def distance_m(focal_px: float | None, pose: Pose, height_cm: float | None = None) -> tuple[float, float] | None:
    """How far the camera stood from the body, metres, and its standard error; None where that cannot be told.

    ``focal_px`` in pixels of the whole photo. Without a height the stature is taken to be usual.
    """
    span = span_px(pose)
    if focal_px is None or pose.view not in SPAN or not span > 0:
        return None
    stature_m = (height_cm or USUAL_HEIGHT_CM) / 100.0
    distance = focal_px * SPAN[pose.view] * stature_m / span
    return distance, distance * (0.03 if height_cm else USUAL_SPREAD)


def too_near(focal_px: float | None, pose: Pose, height_cm: float | None = None) -> str | None:
    """Say that the photo was taken from too near, or None."""
    far = distance_m(focal_px, pose, height_cm)
    if far is None or far[0] >= NEAREST_M:
        return None
    return (
        f"The camera stood only about {far[0]:.1f} m away, so what is nearer looks larger. "
        "Step back to 3 or 4 m, without the wide-angle lens."
    )


def fake_tilt_deg(focal_px: float, pose: Pose, row_px: float, pitch_px: float = 0.0) -> float | None:
    """How much a level line at a height in the photo seems to tilt because the body is turned, degrees, unsigned.

    The end that is turned towards the camera lies farther from the horizon: tan(tilt) = height over the horizon ×
    tan(turn) / focal length. ``row_px`` counts down from the top; ``pitch_px`` is how far the horizon lies below the
    middle of the photo. None without a turn.
    """
    if pose.turn is None or pose.view not in (View.FRONT, View.BACK):
        return None
    above = abs(pose.size_px[1] / 2 + pitch_px - row_px) / focal_px
    return math.degrees(math.atan(above * math.tan(math.radians(abs(pose.turn.value_deg)))))
