"""What a photo from behind shows beside the outline: the spine's furrow, and the lower legs from nearer."""

from dataclasses import dataclass, replace

import numpy as np

from posturecam.body import Array, Pose, Side
from posturecam.errors.facts import Reason
from posturecam.poses.silhouette.shape import Silhouette

LEVELS = np.linspace(0.2, 0.95, 16)
"""Where the furrow is told: parts of the way from the middle of the hips (0) to that of the shoulders (1)."""


@dataclass(frozen=True, slots=True)
class Furrow:
    """Where the furrow runs: (16, 2) photo pixels at ``LEVELS``.

    contrast     what four fifths of the way reach (``furrow.LEAST_CONTRAST``)
    longest_gap  longest part of the way without a furrow, in lengths of the trunk
    """

    points: Array
    contrast: float
    longest_gap: float

    def mirrored(self, photo_width: float) -> "Furrow":
        """Give the furrow in the mirror image of the photo."""
        return replace(self, points=self.points * [-1.0, 1.0] + [photo_width, 0.0])


@dataclass(frozen=True, slots=True)
class Behind:
    """What a back photo shows beside the outline.

    pose    where the body's points lie in the picture that was looked at
    furrow  where the spine's furrow runs, or why it is not shown
    legs    the outline of both lower legs; None where they are not in sight
    bare    the sides on which calf and heel are bare
    """

    pose: Pose
    furrow: Furrow | Reason
    legs: Silhouette | None
    bare: frozenset[Side]
