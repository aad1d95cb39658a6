"""The poses of a folder of photos with known posture, found once and kept.

The program's own finder finds them, so that the weights meet in use what they were learned from.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from posturecam.body import ORDER, Array, Pose, View
from posturecam.errors import NobodyFound
from posturecam.picture.photo import read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder

PASSES = 12


@dataclass(frozen=True, slots=True)
class Found:
    """One photo: what its truth file says of it, and the pose that was found in it (without sight)."""

    folder: Path
    image: dict[str, Any]
    pose: Pose

    @property
    def name(self) -> str:
        """Give the photo's name, which is also the person's: no person stands in two photos to learn from."""
        return str(self.image["id"])

    @property
    def path(self) -> Path:
        """Give the photo's file."""
        return self.folder / str(self.image["file"])


def truth_rows(folder: Path) -> list[dict[str, Any]]:
    """Read the truth of every front and back view, from one truth.json or from one file per photo."""
    one = folder / "truth.json"
    if one.exists():
        rows = json.loads(one.read_text(encoding="utf-8"))["images"]
    else:
        rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [row for row in rows if View(row["view"]).frontal]


def find_all(folder: Path, passes: int = PASSES, most: int | None = None) -> list[Found]:
    """Find the person in every photo whose points were all found; ``most`` = only so many photos."""
    with Finder() as finder:
        rows = truth_rows(folder)[:most]
        return [found for row in track(rows, description=folder.name) for found in _find(finder, folder, row, passes)]


def _find(finder: Finder, folder: Path, row: dict[str, Any], passes: int) -> Iterator[Found]:
    try:
        pose = finder.find(read(folder / row["file"]), FinderOptions(passes, view=View(row["view"]))).pose
    except NobodyFound as error:
        print(f"{row['id']}: {error}")
        return
    if np.isfinite(pose.points).all():
        yield Found(folder, row, pose)


def save(path: Path, found: list[Found]) -> None:
    """Keep the poses; those found fewer times than others are filled up with NaN."""
    poses = [one.pose for one in found]
    arrays = {"points": filled_points(poses), "network_eyes": kept_eyes(poses)}
    np.savez(path, names=[one.name for one in found], sizes=[pose.size_px for pose in poses], **arrays)


def filled_points(poses: Sequence[Pose]) -> Array:
    """(n, S, 33, 2) the points of every pass, filled up with NaN where there were fewer."""
    points = np.full((len(poses), max(pose.passes for pose in poses), len(ORDER), 2), np.nan)
    for row, pose in enumerate(poses):
        points[row, : pose.passes] = pose.points
    return points


def kept_eyes(poses: Sequence[Pose]) -> Array:
    """(n, 2, 2) the pose network's own eyes where the face mesh found finer ones, else NaN."""
    return np.array([np.full((2, 2), np.nan) if pose.network_eyes is None else pose.network_eyes for pose in poses])


def load(path: Path, folder: Path) -> list[Found]:
    """Read the poses that were kept for a folder."""
    rows = {row["id"]: row for row in truth_rows(folder)}
    with np.load(path) as kept:
        pairs = zip(kept["names"], kept["points"], kept["network_eyes"], kept["sizes"], strict=True)
        return [
            Found(folder, rows[name], kept_pose(points, eyes, size, View(rows[name]["view"])))
            for name, points, eyes, size in pairs
        ]


def kept_pose(points: Array, network_eyes: Array, size_px: Array, view: View) -> Pose:
    """Make a pose of what was kept: points (S, 33, 2) and eyes (2, 2), pixels, NaN = none."""
    return Pose(
        points=points[np.isfinite(points).all(axis=(1, 2))],
        visibility=np.ones(len(ORDER)),
        size_px=(int(size_px[0]), int(size_px[1])),
        view=view,
        view_source="truth",
        finder="kept",
        model="",
        model_sha256="",
        network_eyes=network_eyes if np.isfinite(network_eyes).all() else None,
    )
