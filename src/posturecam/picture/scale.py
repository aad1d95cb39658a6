"""How many millimetres a pixel is at the body, from the person's height or a board beside it, and how sure that is."""

from dataclasses import dataclass

import numpy as np

from posturecam.body import ORDER, Landmark, Pose, View
from posturecam.errors import SettingsError
from posturecam.errors.facts import Note, Problem

SPAN = {View.FRONT: 0.885, View.BACK: 0.875, View.LEFT: 0.870, View.RIGHT: 0.870}
"""The eye line's height over the ankles as the pose network sees it, as a part of the stature.

Anatomically it is 0.89: eye height 0.931 less ankle height 0.04 of the stature (Gordon et al. 1989, ANSUR, men and
women alike). The network's own points, on 75 rendered people of known stature, give a little less, by view.
"""

SPAN_SIGMA = 0.014
"""Relative spread of that span over people and photos (the same 75 photos; bodies alone: 0.006)."""

HEIGHT_SIGMA_CM = 1.0
"""How far a stated height is off: shoes, rounding, morning against evening."""

HEIGHT, BOARD = "height given", "hanging board"

LOWEST_CM, HIGHEST_CM = 60.0, 250.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Millimetres in a pixel of the whole photo, in the plane of the body's middle; ``sigma`` is relative."""

    source: str
    mm_per_px: float
    sigma: float

    def __post_init__(self) -> None:
        """Refuse a scale that is none."""
        if not (self.mm_per_px > 0 and self.sigma >= 0):
            msg = f"a scale needs mm_per_px > 0 and sigma >= 0, not {self.mm_per_px} and {self.sigma}"
            raise ValueError(msg)

    @property
    def interval(self) -> tuple[float, float]:
        """Millimetres in a pixel, 95 % interval."""
        half = 1.96 * self.sigma * self.mm_per_px
        return self.mm_per_px - half, self.mm_per_px + half

    @property
    def note(self) -> Note:
        """Tell the scale and its interval."""
        low, high = self.interval
        return Note("scale", source=self.source, mm_per_px=self.mm_per_px, low=low, high=high)


def disagreement_of_scales(scales: tuple[Scale, ...]) -> Note | None:
    """Say where two scales, the surest first, contradict each other beyond their errors, or None."""
    for other in scales[1:]:
        first = scales[0]
        apart = abs(float(np.log(other.mm_per_px / first.mm_per_px)))
        if apart > 2.58 * np.hypot(first.sigma, other.sigma):
            return Note("scales_disagree", apart=100 * apart, source=first.source, source2=other.source)
    return None


def checked_height(height_cm: float) -> float:
    """Give the height back, or raise SettingsError."""
    if not LOWEST_CM <= height_cm <= HIGHEST_CM:
        msg = Problem("height_makes_no_sense", height_cm=height_cm)
        raise SettingsError(msg)
    return height_cm


def scale_from_height(pose: Pose, height_cm: float) -> Scale | None:
    """Take the scale from the person's height in cm; None where eyes or ankles are missing.

    Raises SettingsError for a height that no person has.
    """
    stature_mm = 10.0 * checked_height(height_cm)
    span = span_px(pose)
    if pose.view not in SPAN or not span > 0:
        return None
    sigma = float(np.hypot(SPAN_SIGMA, HEIGHT_SIGMA_CM / height_cm))
    return Scale(HEIGHT, SPAN[pose.view] * stature_mm / span, sigma)


def span_px(pose: Pose) -> float:
    """Mid-ankle to the middle of the eyes, pixels; nan where one is missing or outside the picture."""
    ends = [[ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT")] for part in ("EYE", "ANKLE")]
    points = pose.mean[ends]
    inside = (points >= 0) & (points <= np.array(pose.size_px))
    return float(np.linalg.norm(points[0].mean(axis=0) - points[1].mean(axis=0))) if inside.all() else float("nan")
