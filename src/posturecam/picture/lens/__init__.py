"""What the lens does: how far away the camera stood, and what is wrong with too near a photo."""

from posturecam.body import Pose
from posturecam.errors import SettingsError
from posturecam.errors.facts import Note, Problem
from posturecam.picture.scale import SPAN, span_px

NEAREST_M = 2.0
"""From nearer than this, whatever is nearer to the camera than the rest looks clearly larger than it is."""

LEAST_DISTANCE_M, MOST_DISTANCE_M = 0.5, 30.0

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


def too_near(focal_px: float | None, pose: Pose, height_cm: float | None = None) -> Note | None:
    """Say that the photo was taken from too near, or None."""
    far = distance_m(focal_px, pose, height_cm)
    if far is None or far[0] >= NEAREST_M:
        return None
    return Note("camera_too_near", far=far[0])


def focal_from_distance(far_m: float | None, pose: Pose, height_cm: float | None = None) -> float | None:
    """Give the focal length in pixels of the whole photo from how far away the camera stood, metres."""
    span = span_px(pose)
    if far_m is None or pose.view not in SPAN or not span > 0:
        return None
    return far_m * span / (SPAN[pose.view] * (height_cm or USUAL_HEIGHT_CM) / 100.0)


def checked_distance(far_m: float) -> float:
    """Give the distance back, or raise SettingsError."""
    if not LEAST_DISTANCE_M <= far_m <= MOST_DISTANCE_M:
        msg = Problem("distance_makes_no_sense", far_m=far_m)
        raise SettingsError(msg)
    return far_m
