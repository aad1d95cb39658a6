"""The spine from behind where a bare back shows its furrow: the curve of the whole line and of either half.

The furrow is seen between waistband and neck; the line that the curve is measured from runs from the sacrum to the
seventh cervical vertebra, which lie beyond both ends. How far the spine lies beside that line is therefore told by a
linear correction learned on rendered people (``back_view.toml``, written by calibration/back_lines.py); it sees where
the furrow runs and how neck, head, shoulders and hips lie to it. What the points alone say of the curve is not heard.
"""

from collections.abc import Mapping

import numpy as np

from posturecam.body import Array, Pose
from posturecam.measures.anatomy import EARS, HIPS, SHOULDERS
from posturecam.measures.correction import BACK_TABLE, corrections, evidence_table
from posturecam.measures.trunk import signed_extreme
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.behind import LEVELS, Furrow

FURROW = "furrow"
"""The evidence's name in the table."""

PARTS = np.linspace(0.1, 0.9, 9)
"""Where the spine's distance from its chord is told: parts of the way from the sacrum to the neck."""

WHOLE, LOWER, UPPER = "spinal_curve", "spinal_curve_lower", "spinal_curve_upper"
CURVES = (WHOLE, LOWER, UPPER)
"""What the furrow tells, % of the chord, + = convex to the subject's left."""

SACRUM, NECK = 0.12, 1.21
"""Where the ends of the chord lie on people, in parts of the way from the hips to the shoulders."""

_SHARES = np.array(
    [np.interp(SACRUM + PARTS * (NECK - SACRUM), LEVELS, row, left=0.0, right=0.0) for row in np.eye(LEVELS.size)]
)
"""(16, 9) how each level counts at each part of the chord; beyond the levels the spine is taken to lie on it."""

NECK_LEVELS = np.linspace(1.15, 1.4, 6)
"""Where the middle of shoulders and neck is read off the outline: the furrow is not seen there."""

COUNT, HEAD_UP = LEVELS.size + NECK_LEVELS.size + 4, LEVELS.size + NECK_LEVELS.size + 1
"""How many features there are, and which of them is the same in a mirror image."""

_WIDEST, _BROADEST_NECK = 0.6, 0.5
"""How far the outline's edge is sought, and how broad it may be to count as the neck and not a shoulder, in trunks."""


def line_features(pose: Pose, furrow: Furrow, outline: Silhouette, taken: Mapping[str, float]) -> Array:
    """(COUNT,) furrow, neck and head against the line from hips to shoulders, and how both girdles lie to it.

    The furrow, the middle of the neck and the head's middle lie so far towards the subject's left of that line, in % of
    its length, and the head so high; of hips and shoulders it is the tilt against it, degrees: a spine leaves the one
    and meets the other at right angles. ``taken`` holds measures by key; what is missing is NaN.
    """
    low, high = pose.middle(*HIPS), pose.middle(*SHOULDERS)
    up = (high - low) / float((high - low) @ (high - low)) * 100.0
    left = np.array([up[1], -up[0]])
    head, neck = pose.middle(*EARS) - high, _neck(outline, low, high) @ left
    hips, shoulders, lean = (taken.get(key, np.nan) for key in ("hip_tilt", "shoulder_tilt", "trunk_lean"))
    girdles = [head @ left, head @ up, hips + lean, shoulders + lean]
    return np.concatenate([(furrow.points - low) @ left, neck, girdles])


def _neck(outline: Silhouette, low: Array, high: Array) -> Array:
    """(6, 2) from the line through hips and shoulders to the outline's middle at ``NECK_LEVELS``, pixels."""
    length = float(np.linalg.norm(high - low))
    across = np.array([low[1] - high[1], high[0] - low[0]]) / length
    starts = low + NECK_LEVELS[:, None] * (high - low)
    first, other = (outline.reach(starts, sign * across, _WIDEST * length) for sign in (1.0, -1.0))
    aside = np.where(first + other < _BROADEST_NECK * length, (first - other) / 2, np.nan)
    return np.asarray(aside[:, None] * across)


def beside_chord(features: Array) -> Array:
    """(9,) how far the spine lies beside its chord at ``PARTS``, % of the chord, + = to the subject's left."""
    added = [correction.of(features[None])[0] for correction in corrections(FURROW, BACK_TABLE).values()]
    return np.asarray(plain_beside(features) + np.array(added))


def plain_beside(features: Array) -> Array:
    """(..., 9) the same by geometry alone, of features (..., COUNT): the furrow beside the line through its ends."""
    aside, low, high = features[..., : LEVELS.size], features[..., :1], features[..., LEVELS.size - 1 : LEVELS.size]
    part = (LEVELS - LEVELS[0]) / (LEVELS[-1] - LEVELS[0])
    off = (aside - low - part * (high - low)) / (NECK - SACRUM)
    return np.asarray(off @ _SHARES)


def curves(beside: Array) -> dict[str, float]:
    """Give the largest distance of the whole spine and of either half from its chord, distances (9,) at ``PARTS``."""
    parts = {WHOLE: beside, LOWER: beside[PARTS < 0.5], UPPER: beside[PARTS >= 0.5]}
    return {key: float(signed_extreme(part)) for key, part in parts.items()}


def curve_error(key: str) -> float:
    """Give the standard error of a curve, % of the chord, found on people left out of the learning."""
    return float(evidence_table(FURROW, BACK_TABLE)["errors"][key])
