"""Squares around head, neck and shoulder of rendered side views, and the true places in them.

The squares stand where the true joints say; while it is taught they are shifted, turned and scaled more than the pose
network's points are off. Left views are mirrored, as the program does.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from posturecam.body import Array, View
from posturecam.measures.estimator.near_places import near_square
from posturecam.measures.estimator.patches import SIDE_PX, square
from posturecam.picture.photo import Pixels, flipped, read

WIDE_PX = 168
MARGIN = WIDE_PX / SIDE_PX
"""How many times wider than the program's square, to turn and shift it in."""

TRUE_NAMES = ("ear.*", "eye.*", "nose", "C7", "shoulder.*", "acromion.*", "spine_10", "rig_neck01", "rig_head")
"""Names of the places in the truth files, the near side's letter for the star."""


@dataclass(frozen=True, slots=True)
class NearData:
    """N photos: names, squares (N, 168, 168, 3) uint8 RGB, true places (N, 9, 2) in half-widths of the square."""

    names: list[str]
    squares: Pixels
    places: Array


def side_rows(folder: Path) -> list[dict[str, Any]]:
    """Read the truth of every side view, from one truth.json or from one file per photo."""
    one = folder / "truth.json"
    if one.exists():
        rows = json.loads(one.read_text(encoding="utf-8"))["images"]
    else:
        rows = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [row for row in rows if not View(row["view"]).frontal]


def true_near(row: dict[str, Any], width_px: int) -> tuple[Array, Array]:
    """(9, 2) the true places and (2,) the near hip, pixels, of a photo that was mirrored if it shows the left side."""
    left = View(row["view"]) is View.LEFT
    letter = "L" if left else "R"
    names = [name.replace("*", letter) for name in (*TRUE_NAMES, "hip.*")]
    places = np.array([row["points2d"][name] for name in names], dtype=np.float64)
    if left:
        places = places * [-1.0, 1.0] + [width_px, 0.0]
    return places[:-1], places[-1]


def near_data(folders: list[Path]) -> NearData:
    """Cut the square of every side view of these folders."""
    names, squares, places = [], [], []
    for folder in folders:
        for row in track(side_rows(folder), description=folder.name):
            pixels = read(folder / row["file"]).pixels
            true, hip = true_near(row, pixels.shape[1])
            if View(row["view"]) is View.LEFT:
                pixels = flipped(pixels)
            centre, half = near_square(true[0], true[4], hip)
            names.append(str(row["id"]))
            squares.append(wide_square(pixels, centre, half))
            places.append((true - centre) / half)
    return NearData(names, np.array(squares), np.array(places))


def wide_square(pixels: Pixels, centre: Array, half_px: float) -> Pixels:
    """(168, 168, 3) the square with its margin, at the scale of the program's."""
    return square(pixels, centre, half_px * MARGIN, WIDE_PX)
