"""Learn how far a body is turned out of a front or back view: src/posturecam/poses/yaw.toml.

    python -m calibration.turn ../shared/phantoms_train             # learn, print the errors on people left out
    python -m calibration.turn ../shared/phantoms_train --write     # and write the table
    python -m calibration.turn ../shared/phantoms --measure         # measure the table on other people

Ridge regression without a constant. It draws small turns towards zero (those of the photos are mostly within 4°), which
a person who stands askew by 15° must not suffer from: the line is divided by its own slope on people left out.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from posturecam.body import Array, Pose, View
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder
from posturecam.poses.yaw import BESIDE, HEIGHTS, TABLE, refined_turn, turn_features

STIFFNESS = 10.0

Case = tuple[Pose, float]


def true_turn(image: dict[str, Any]) -> float:
    """Give the turn against the line of sight, degrees, + = to the subject's left."""
    x, _, z = image["camera"]["position"]
    return float(image["subject_yaw_deg"] - np.degrees(np.arctan2(x, z)))


def read_cases(folder: Path) -> list[Case]:
    """Find the body in every front and back view; the turn is the network's own."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    with Finder(refine_turn=False) as finder:
        found = [
            (finder.find(read(folder / one["file"])).pose, true_turn(one))
            for one in track(images, description="finding")
            if View(one["view"]).frontal
        ]
    return [(pose, turn) for pose, turn in found if pose.view.frontal]


def ridge(inputs: Array, wanted: Array) -> Array:
    """(F,) weights of a ridge regression without a constant."""
    spread = inputs.std(axis=0) + 1e-6
    far = inputs / spread
    weights = np.linalg.solve(far.T @ far + STIFFNESS * np.eye(far.shape[1]), far.T @ wanted) / spread
    return np.asarray(weights)


def learn(cases: list[Case]) -> tuple[Array, Array, Array]:
    """Learn one view: (F,) weights, and (N,) value and truth with each person left out."""
    inputs, truth = np.array([turn_features(pose) for pose, _ in cases]), np.array([turn for _, turn in cases])
    rows = np.arange(len(cases))
    left_out = np.array([inputs[row] @ ridge(np.delete(inputs, row, 0), np.delete(truth, row)) for row in rows])
    slope = float(np.polyfit(truth, left_out, 1)[0])
    return ridge(inputs, truth) / slope, left_out / slope, truth


def told(view: str, value: Array, truth: Array, own: Array) -> str:
    """Say how well it does beside the network's own depth."""
    rms, before = (float(np.sqrt(((one - truth) ** 2).mean())) for one in (value, own))
    r, r_before = (float(np.corrcoef(one, truth)[0, 1]) for one in (value, own))
    return f"{view:6} n {len(truth):3}  RMS {rms:.2f}° r {r:.2f}   depth alone: RMS {before:.2f}° r {r_before:.2f}"


def main() -> None:
    """Learn from a folder and write the table, or measure the table on a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    parser.add_argument("--write", action="store_true", help="write the table that the program reads")
    parser.add_argument("--measure", action="store_true", help="measure the written table instead of learning")
    given = parser.parse_args()
    cases = read_cases(given.folder)
    names = [f"{one} beside {other}" for one, other in BESIDE] + [f"{part} height" for part in HEIGHTS]
    text = [
        "# Turn out of a front or back view = Σ weight × feature; written by calibration/turn.py.",
        f"# features: nose beside ears, {', '.join(names).lower()} (% of the trunk), the network's own turn (degrees)",
        f'source = "{given.folder.name}, people left out one at a time; ridge, stiffness {STIFFNESS:g}"',
    ]
    for view in (View.FRONT, View.BACK):
        of_view = [case for case in cases if case[0].view is view]
        own = np.array([pose.turn.value_deg if pose.turn else 0.0 for pose, _ in of_view])
        if given.measure:
            refined = [refined_turn(pose) for pose, _ in of_view]
            value = np.array([one.value_deg if one else 0.0 for one in refined])
            print(told(view, value, np.array([turn for _, turn in of_view]), own))
            continue
        weights, value, truth = learn(of_view)
        print(told(view, value, truth, own))
        error = float(np.sqrt(((value - truth) ** 2).mean()))
        numbers = ", ".join(f"{weight:.4f}" for weight in weights)
        largest = np.abs([turn_features(pose) for pose, _ in of_view]).max(axis=0)
        most = ", ".join(f"{size:.1f}" for size in largest)
        text += [f"\n[views.{view}]", f"error = {error:.2f}", f"weights = [{numbers}]", f"most = [{most}]"]
    if given.write:
        TABLE.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
