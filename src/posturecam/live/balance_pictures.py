"""Pelvis and trunk of the best tries, measured again on single pictures of them and on their mirror images.

The network's film mode reads a picture and its mirror image up to 3° apart in the pelvis; a picture and its mirror
image together have no such lean to one side. The estimator has learned from people on both feet, so it has no say here.
"""

from collections.abc import Sequence

import numpy as np

from posturecam.body import ORDER, Landmark, View
from posturecam.body.geometry import lean, subject_frame, tilt
from posturecam.errors import NobodyFound
from posturecam.live.balance import BalanceTest, Try
from posturecam.measures.balance import LEGS
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import from_pixels
from posturecam.poses.detection import PoseFinder, Sought
from posturecam.poses.standing import mid, spaced

PASSES = 2
"""A picture and its mirror image."""

PICTURES = 3
"""Pictures of each way of standing."""


def measure_again(test: BalanceTest, finder: PoseFinder) -> None:
    """Measure the best try on each leg; where too little of it was kept, what the film mode saw stays."""
    for side in LEGS:
        best = test.best(side)
        if best is not None:
            best.measured_deg = _change(best, finder)


def _change(one: Try, finder: PoseFinder) -> tuple[float, float] | None:
    """Give the change of pelvis tilt and trunk lean from both feet to one, degrees, + = left."""
    on_one = [frame for frame in one.album.frames if one.is_quiet(frame.at_s)]
    before, during = (_mean(frames, one.view, finder) for frames in (one.before, on_one))
    if before is None or during is None:
        return None
    return during[0] - before[0], during[1] - before[1]


def _mean(frames: Sequence[TimedFrame], view: View, finder: PoseFinder) -> tuple[float, float] | None:
    """Give the mean pelvis tilt and trunk lean over pictures spread evenly over these; None when nobody is seen."""
    chosen = spaced(0, len(frames) - 1, PICTURES) if frames else []
    found = [angles for number in chosen if (angles := _angles(frames[number], view, finder)) is not None]
    if not found:
        return None
    tilts, leans = np.mean(found, axis=0)
    return float(tilts), float(leans)


def _angles(frame: TimedFrame, view: View, finder: PoseFinder) -> tuple[float, float] | None:
    try:
        pose = finder.find(from_pixels(frame.pixels, "balance"), Sought(PASSES, view=view, as_it_is=True)).pose
    except NobodyFound:
        return None
    body = subject_frame(pose.points, view)
    hips = [body[:, ORDER[Landmark[f"{side.name}_HIP"]]] for side in LEGS]
    return float(tilt(*hips).mean()), float(lean(mid(body, "SHOULDER"), mid(body, "HIP")).mean())
