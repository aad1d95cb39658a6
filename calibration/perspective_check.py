"""Measure what perspective fakes in photos of rendered people, and whether the intervals allow for it.

    python -m calibration.perspective_check ../shared/phantoms

The truth is the tilt in the body's own plane. "without" knows nothing of the camera; "with" has its focal length (as
from a profile) and finds the pitch where the room tells it; "pitch known" has both. The camera's roll is given to all.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from posturecam.body import Array, Pose
from posturecam.knowledge import Knowledge, load
from posturecam.picture.camera_scene import PROFILE, CameraScene, camera_scene_of
from posturecam.picture.lens.perspective import Perspective
from posturecam.picture.lens.profile import CameraProfile
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import PhotoInfo, Settings, assess_pose
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder

TILTS = ("shoulder_tilt", "hip_tilt", "head_tilt")
WAYS = ("without", "with", "pitch known")


@dataclass(frozen=True, slots=True)
class Row:
    """One tilt of one photo: its error in the body's plane, what perspective truly fakes, and the ± of each way."""

    key: str
    error: float
    fake: float
    sems: tuple[float, ...]
    turn_deg: float


def rows_of(image: dict[str, Any], path: Path, finder: Finder, passes: int, knowledge: Knowledge) -> Iterator[Row]:
    """Measure one photo in every way."""
    photo = read(path)
    pose = finder.find(photo, FinderOptions(passes)).pose
    info = PhotoInfo(photo.name, photo.sha256, *photo.size_px)
    told = [assess_pose(pose, info, Settings(), knowledge, scene=one) for one in ways(image, photo, pose)]
    for key in TILTS:
        numbers = [{one.key: one for one in assessment.measurements}.get(key) for assessment in told]
        if numbers[0] is not None:
            truth, shown = (float(image["angles"][frame][key]) for frame in ("body3d", "gravity"))
            sems = tuple(one.sem if one is not None else np.nan for one in numbers)
            turn = np.nan if pose.turn is None else pose.turn.value_deg
            yield Row(key, numbers[0].value - truth, shown - truth, sems, turn)


def ways(image: dict[str, Any], photo: Any, pose: Pose) -> tuple[CameraScene, ...]:
    """Gather what is known in each way."""
    camera = image["camera"]
    size, center = (camera["width"], camera["height"]), (camera["cx"], camera["cy"])
    lens = CameraProfile(size, camera["f_px"], center, 0.0, 0.0)
    having = camera_scene_of(photo, pose, Settings(roll_deg=camera["roll_deg"], camera=lens))
    up = np.array(camera["rotation_rows"]) @ np.array([0.0, 1.0, 0.0])
    exact = Perspective(PROFILE, camera["f_px"], center, float(np.degrees(np.arcsin(up[2]))), 0.3)
    return replace(having, perspective=None), having, replace(having, perspective=exact)


HEAD = """\
| tilt | n | truly faked (RMS) | counted | … pitch known | inside without | with | … pitch known | ± | ± with | … |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"""


def line(key: str, rows: list[Row]) -> str:
    """Write one tilt: what is faked, how often the truth lies inside, and the mean half-width of the interval."""
    of_key = [row for row in rows if row.key == key]
    errors, sems = np.array([row.error for row in of_key]), np.array([row.sems for row in of_key])
    counted = [_rms(np.sqrt(np.maximum(sems[:, way] ** 2 - sems[:, 0] ** 2, 0.0))) for way in (1, 2)]
    inside = [f"{(np.abs(errors) <= 1.96 * sems[:, way]).mean():.0%}" for way in range(3)]
    widths = [f"{1.96 * sems[:, way].mean():.2f}" for way in range(3)]
    faked = _rms(np.array([row.fake for row in of_key]))
    figures = [f"{faked:.2f}", *(f"{one:.2f}" for one in counted), *inside, *widths]
    return f"| {key} | {len(of_key)} | {' | '.join(figures)} |"


def _rms(values: Array) -> float:
    return float(np.sqrt((values**2).mean()))


def measured_table(folder: Path, passes: int = 2) -> str:
    """Measure a folder and write the table."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    rows: list[Row] = []
    knowledge = load()
    with Finder() as finder:
        for image in track([one for one in images if one["view"] in ("front", "back")], description="measuring"):
            rows += rows_of(image, folder / image["file"], finder, passes, knowledge)
    return "\n".join([HEAD, *(line(key, rows) for key in TILTS)])


def main() -> None:
    """Measure a folder and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    parser.add_argument("--passes", type=int, default=2)
    given = parser.parse_args()
    print(measured_table(given.folder, given.passes))


if __name__ == "__main__":
    main()
