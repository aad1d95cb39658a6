"""What the fusion learns from: the inputs that the program would have, and what it shall answer."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from calibration.estimator.dataset import ANGLES, Data
from calibration.estimator.squares import core
from posturecam.body import Array, HeatmapKeypoints, Pose, View
from posturecam.measures.estimator.fusion import inputs
from posturecam.measures.estimator.patches import detail

Mask = np.ndarray[Any, np.dtype[np.bool_]]

OF_VERSION, OF_WIDE = 0.25, 0.1
"""Weights of a version beside the photo itself, and of the wider renders beside the others; there are six times as many
of these, and people left out of either kind are read best so."""

TURN_SD_DEG = 3.0
NECK_HEIGHT, HIP_HEIGHT = 0.68, 0.92
"""How far the trunk's and the pelvis' shift (% of height) follow when the photo is turned by one degree."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What the fusion learns from, a row for each photo and version: as it is, and turned at random.

    odd (n, 2, 104), even (n, 2, 34), truth (n, 2, 11); names (n,); front, photo (not a version), wide (n,).
    """

    odd: Array
    even: Array
    truth: Array
    names: list[str]
    front: Mask
    photo: Mask
    wide: Mask

    @property
    def weight(self) -> Array:
        """(n,) how much each row counts."""
        return np.asarray(np.where(self.photo, 1.0, OF_VERSION) * np.where(self.wide, OF_WIDE, 1.0))

    @property
    def judged(self) -> Mask:
        """(n,) the photos that errors are judged by: no versions, nothing wide."""
        return np.asarray(self.photo & ~self.wide)

    def of(self, which: Mask) -> "Rows":
        """Take some of the rows."""
        names = [name for name, taken in zip(self.names, which, strict=True) if taken]
        arrays = (self.odd[which], self.even[which], self.truth[which])
        return Rows(*arrays, names, self.front[which], self.photo[which], self.wide[which])


def targets(angles: Array, view: View, turn_deg: float = 0.0) -> Array:
    """(11,) what the fusion shall answer, in the order of KEYS, for a photo turned counter-clockwise."""
    true = dict(zip(ANGLES, angles, strict=True))
    turn = turn_deg if view is View.FRONT else -turn_deg
    shoulders, hips, head = (true[f"{part}_tilt"] + turn for part in ("shoulder", "hip", "head"))
    left, right = true["knee_frontal_L"], true["knee_frontal_R"]
    shifts = (
        true["c7_shift_pct_height"] - turn * NECK_HEIGHT,
        true["pelvis_shift_pct_height"] - turn * HIP_HEIGHT,
    )
    tilts = (shoulders, hips, head, true["trunk_lean"] - turn, true["spine_curve_pct"])
    return np.array([*tilts, *shifts, (left - right) / 2, (left + right) / 2, hips - shoulders, shoulders - head])


def rows_of(data: Data, seen: Array, seed: int = 0) -> Rows:
    """Gather inputs and targets; ``seen`` (N, V, 3, 29, 4) by networks that never saw the person."""
    rng = np.random.default_rng(seed)
    photos, versions = seen.shape[:2]
    gathered = [
        _row(data, seen[photo, version], photo, version, float(rng.normal(0, TURN_SD_DEG)))
        for photo in range(photos)
        for version in range(versions)
    ]
    odd, even, truth = (np.array(part) for part in zip(*gathered, strict=True))
    photo_of = np.repeat(np.arange(photos), versions)
    return Rows(
        odd,
        even,
        truth,
        names=[data.names[photo] for photo in photo_of],
        front=np.array([data.poses[photo].view is View.FRONT for photo in photo_of]),
        photo=np.tile(np.arange(versions) == 0, photos),
        wide=data.wide[photo_of],
    )


def _row(data: Data, seen: Array, photo: int, version: int, turn_deg: float) -> tuple[Array, Array, Array]:
    pose: Pose = data.poses[photo]
    keypoints = HeatmapKeypoints(seen.astype(np.float64), detail(core(data.squares[photo, version])))
    both = [inputs(pose, keypoints, -turn) for turn in (0.0, turn_deg)]
    truth = [targets(data.angles[photo], pose.view, turn) for turn in (0.0, turn_deg)]
    return np.array([one.odd for one in both]), np.array([one.even for one in both]), np.array(truth)
