"""Write how far the pose network's single points lie from the truth: src/posturecam/measures/point_error.toml.

    python -m calibration.point_error ../shared/phantoms_train [--passes 4]

For each view and part: the root mean square distance across and up, in % of the height from ankles to eyes, bias and
scatter alike. It stands for the points that nobody placed where a measure also rests on placed ones. Learned on people
that the accuracy page is not measured on.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from posturecam.body import ORDER, Array, Landmark, View
from posturecam.body.geometry import subject_frame
from posturecam.errors import NobodyFound
from posturecam.measures.point_error import TABLE
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.poses.finder import Finder

PARTS = {
    "eye": "eye",
    "ear": "ear",
    "shoulder": "shoulder",
    "elbow": "elbow",
    "wrist": "wrist",
    "hip": "hip",
    "knee": "knee",
    "ankle": "ankle",
    "heel": "heel",
    "foot_index": "toe",
}
"""Part of a landmark → the truth's own name of it."""

Errors = dict[tuple[str, str], list[Array]]


def errors_of(image: dict[str, Any], finder: Finder, folder: Path, passes: int) -> Iterator[tuple[str, str, Array]]:
    """Give view, part and error (2,), % of height, of every point of one photo; side views: the near side's only."""
    view, roll = View(image["view"]), image["camera"]["roll_deg"]
    pose = finder.find(read(folder / image["file"]), Settings(passes=passes, view=view).sought).pose
    true = {name: subject_frame(np.array(point), view, roll) for name, point in image["points2d"].items()}
    found = subject_frame(pose.mean, view, roll)
    sides = "LR" if view.frontal else view.value[0].upper()
    height = np.mean([(true[f"eye.{side}"] - true[f"ankle.{side}"])[1] for side in sides])
    yield view.value, "nose", (found[ORDER[Landmark.NOSE]] - true["nose"]) / height * 100.0
    for part, theirs in PARTS.items():
        for side in sides:
            row = ORDER[Landmark(f"{'left' if side == 'L' else 'right'}_{part}")]
            yield view.value, part, (found[row] - true[f"{theirs}.{side}"]) / height * 100.0


def gathered(folder: Path, passes: int) -> Errors:
    """Gather the errors of a folder's photos by view and part; left and right views count together."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    errors: Errors = {}
    with Finder() as finder:
        for image in track(images, description="measuring"):
            try:
                for view, part, error in errors_of(image, finder, folder, passes):
                    errors.setdefault((view if View(view).frontal else "side", part), []).append(error)
            except NobodyFound as error:
                print(f"{image['id']}: {error}")
    return errors


def table_of(errors: Errors, source: str) -> str:
    """Write the errors as TOML."""
    lines = [
        "# How far the pose network's points lie from the truth, across and up, % of height (ankles to eyes), RMS.",
        "# Written by calibration/point_error.py.",
        f'source = "{source}"',
    ]
    for view in dict.fromkeys(view for view, _ in errors):
        lines += ["", f"[{view}]"]
        for part in (part for there, part in errors if there == view):
            across, up = np.sqrt((np.array(errors[view, part]) ** 2).mean(axis=0))
            lines.append(f"{part} = [{across:.2f}, {up:.2f}]")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure a folder and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json, to learn from")
    parser.add_argument("--passes", type=int, default=4, help="how often each photo is looked at")
    given = parser.parse_args()
    errors = gathered(given.folder, given.passes)
    photos = sum(len(of_part) for (_, part), of_part in errors.items() if part == "nose")
    TABLE.write_text(table_of(errors, f"{given.folder.name}, {photos} photos"), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
