"""How well stickers are found, named and placed, and what that leaves of the angles: rendered people who wear them.

    python -m calibration.stickers.check FOLDER            # of calibration/stickers/renderer/sticker_people.py
    python -m calibration.stickers.check FOLDER --clicked  # the colour sampled at one true sticker instead of named

Prints a line for each photo and the sums: stickers found, and under a wrong name; the centres' error in pixels
and in stated standard errors; the error of every tilt and angle that rests on stickers alone, camera roll given.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from posturecam.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.body import PlacedPoint, Pose, View
from posturecam.knowledge import load
from posturecam.photo import Photo, read
from posturecam.placed import NAMES
from posturecam.poses.finder import Finder
from posturecam.stickers import read_colour
from posturecam.stickers.finding import Found, find_stickers, stickers_like

WRONG_PX = 6.0
"""A named sticker farther than this from its true place has the wrong name."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One photo: what was found against what was there."""

    name: str
    seen: int
    found: int
    wrong: int
    offsets: tuple[tuple[float, float, float], ...]
    angles: tuple[tuple[str, float, float], ...]


def checked(folder: Path, image: dict[str, Any], finder: Finder, *, clicked: bool) -> Checked:
    """Look for the stickers of one photo and compare."""
    photo = read(folder / image["file"])
    view = View(image["view"])
    pose = finder.find(photo, Settings(passes=2, view=view).sought).pose
    true = {NAMES[name]: np.array(place) for name, place in image["stickers2d"].items()}
    found = looked(photo, pose, image, clicked=clicked)
    named = {point.name: point for point in found.points}
    near = {name: point for name, point in named.items() if name in true and _far(point, true[name]) <= WRONG_PX}
    offsets = [(*(point.at - true[name]), point.error_px) for name, point in near.items()]
    angles = compared(pose, photo, tuple(near.values()), true, image["camera"]["roll_deg"])
    return Checked(image["id"], len(true), len(near), len(named) - len(near), tuple(offsets), tuple(angles))


def looked(photo: Photo, pose: Pose, image: dict[str, Any], *, clicked: bool) -> Found:
    """Find the stickers by the name of their colour, or by a click on the first."""
    if clicked:
        return stickers_like(photo, pose, *next(iter(image["stickers2d"].values())))
    return find_stickers(photo, pose, read_colour(image["sticker"]["name"]))


def _far(point: PlacedPoint, true: np.ndarray) -> float:
    return float(np.linalg.norm(point.at - true))


def compared(
    pose: Pose, photo: Photo, found: tuple[PlacedPoint, ...], true: dict[Any, np.ndarray], roll_deg: float
) -> Iterator[tuple[str, float, float]]:
    """Give every angle that rests on stickers alone, its error and its stated standard error."""
    here = told(replace(pose, placed=found), photo, roll_deg)
    places = tuple(replace(one, x=float(true[one.name][0]), y=float(true[one.name][1])) for one in found)
    there = told(replace(pose, placed=places), photo, roll_deg)
    for one in here.measurements:
        if one.placed == "sticker" and one.unit == "deg":
            yield one.key, one.value - there[one.key].value, one.sem


def told(pose: Pose, photo: Photo, roll_deg: float) -> Assessment:
    """Measure a pose with its placed points."""
    info = PhotoInfo(photo.name, photo.sha256, *photo.size_px)
    return assess_pose(pose, info, Settings(roll_deg=roll_deg), load())


def main() -> None:
    """Check a folder and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clicked", action="store_true", help="sample the colour at one sticker")
    given = parser.parse_args()
    images = json.loads((given.folder / "truth.json").read_text(encoding="utf-8"))["images"]
    with Finder() as finder:
        rows = [checked(given.folder, one, finder, clicked=given.clicked) for one in track(images, "looking")]
    for row in rows:
        print(f"{row.name:24} {row.found} of {row.seen} found, {row.wrong} under a wrong name")
    summed(rows)


def summed(rows: list[Checked]) -> None:
    """Print the sums."""
    seen, found, wrong = (sum(getattr(row, name) for row in rows) for name in ("seen", "found", "wrong"))
    off = np.array([offset for row in rows for offset in row.offsets])
    far = np.hypot(off[:, 0], off[:, 1])
    print(f"{len(rows)} photos: {found} of {seen} stickers found and named, {wrong} under a wrong name")
    print(f"centres: MAE {np.abs(off[:, :2]).mean():.2f} px, 95 % within {np.percentile(far, 95):.2f} px, ", end="")
    print(f"inside ±1.96 stated errors: {(np.abs(off[:, :2]) < 1.96 * off[:, 2:]).mean():.0%}")
    angles = [angle for row in rows for angle in row.angles]
    for key in dict.fromkeys(key for key, _, _ in angles):
        error = np.array([(one, sem) for name, one, sem in angles if name == key])
        inside = (np.abs(error[:, 0]) < 1.96 * error[:, 1]).mean()
        print(f"{key:26} n {len(error):3}  MAE {np.abs(error[:, 0]).mean():.2f}°  largest ", end="")
        print(f"{np.abs(error[:, 0]).max():.2f}°  inside the interval {inside:.0%}")
    tilts = np.array([error for name, error, _ in angles if name in ("shoulder_tilt", "pelvic_obliquity")])
    print(f"tilts of shoulders and pelvis: n {len(tilts)}, MAE {np.abs(tilts).mean():.2f}°")


if __name__ == "__main__":
    main()
