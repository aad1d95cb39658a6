"""How well stickers are found, named and placed, and what that leaves of the angles: rendered people who wear them.

    python -m calibration.stickers.check FOLDER            # of calibration/stickers/renderer/sticker_people.py
    python -m calibration.stickers.check FOLDER --clicked  # the colour sampled at one true sticker instead of named
    python -m calibration.stickers.check FOLDER --grey     # of grey photos: markers without colour alone
    python -m calibration.stickers.check PHOTOS --bare     # people without markers, where every name is false

Prints a line for each photo and the sums: stickers found, and under a wrong name; the centres' error in pixels
and in stated standard errors; the error of every tilt, angle and curve that rests on stickers alone, camera roll given,
against the stickers' true places, and of the spine's curve against the body's own midline.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from posturecam.body import SPINE, Name, PlacedPoint, Pose, View
from posturecam.errors import PosturecamError
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, read
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.poses.finder import Finder
from posturecam.poses.manual_points import NAMES
from posturecam.poses.stickers import read_colour
from posturecam.poses.stickers.colour import PLAIN
from posturecam.poses.stickers.finding import StickersFound, find_stickers, stickers_like

WRONG_PX = 6.0
"""A named sticker farther than this from its true place has the wrong name."""

OWN_CURVE = "spinal_curve, body"
"""The curve through markers against that of the body's own midline, which the phantom maker states."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One photo: what was found against what was there. ``angles`` are (key, error, stated standard error)."""

    name: str
    seen: int
    found: int
    wrong: int
    offsets: tuple[tuple[float, float, float], ...]
    angles: tuple[tuple[str, float, float], ...]


def checked(folder: Path, image: dict[str, Any], finder: Finder, *, clicked: bool, grey: bool = False) -> Checked:
    """Look for the stickers of one photo and compare."""
    photo = read(folder / image["file"])
    photo = in_grey(photo) if grey else photo
    view = View(image["view"])
    pose = finder.find(photo, Settings(passes=2, view=view).sought).pose
    true = {NAMES[name]: np.array(place) for name, place in image["stickers2d"].items()}
    found = looked(photo, pose, image, clicked=clicked)
    places = {point.name: _true_place(point, true) for point in found.points}
    near = tuple(point for point in found.points if _far(point, places[point.name]) <= WRONG_PX)
    offsets = tuple((*(point.at - places[point.name]).tolist(), point.error_px) for point in near)
    angles = tuple(compared(pose, photo, near, places, image))
    return Checked(image["id"], len(true), len(near), len(found.points) - len(near), offsets, angles)


def in_grey(photo: Photo) -> Photo:
    """Take the colour out of a photo."""
    light = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    return replace(photo, pixels=np.repeat(light[..., None], 3, axis=2))


def looked(photo: Photo, pose: Pose, image: dict[str, Any], *, clicked: bool) -> StickersFound:
    """Find the stickers by the name of their colour, or by a click on the first."""
    if clicked and image["stickers2d"]:
        return stickers_like(photo, pose, *next(iter(image["stickers2d"].values())))
    return find_stickers(photo, pose, read_colour(image["sticker"]["name"]))


def _true_place(point: PlacedPoint, true: dict[Name, np.ndarray]) -> np.ndarray:
    """Where the sticker of that name truly lies; along the spine any of the column, for its number is a count."""
    names = [name for name in SPINE if name in true] if point.name in SPINE else [point.name]
    places = [true[name] for name in names if name in true]
    return min(places, key=lambda place: _far(point, place), default=np.full(2, np.inf))


def _far(point: PlacedPoint, true: np.ndarray) -> float:
    return float(np.linalg.norm(point.at - true))


def compared(
    pose: Pose, photo: Photo, found: tuple[PlacedPoint, ...], true: dict[Name, np.ndarray], image: dict[str, Any]
) -> Iterator[tuple[str, float, float]]:
    """Give every number that rests on stickers alone, its error and its stated standard error."""
    roll_deg = image["camera"]["roll_deg"]
    here = told(replace(pose, placed=found), photo, roll_deg)
    places = tuple(replace(point, x=float(true[point.name][0]), y=float(true[point.name][1])) for point in found)
    there = told(replace(pose, placed=places), photo, roll_deg)
    for measurement in here.measurements:
        if measurement.placed == "sticker" and measurement.unit in ("deg", "% of chord"):
            yield measurement.key, measurement.value - there[measurement.key].value, measurement.sem
            if measurement.key == "spinal_curve":
                yield OWN_CURVE, measurement.value - image["angles"]["gravity"]["spine_curve_pct"], measurement.sem


def told(pose: Pose, photo: Photo, roll_deg: float) -> Assessment:
    """Measure a pose with its placed points."""
    info = PhotoInfo(photo.name, photo.sha256, *photo.size_px)
    return assess_pose(pose, info, Settings(roll_deg=roll_deg), load())


def main() -> None:
    """Check a folder and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clicked", action="store_true", help="sample the colour at one sticker")
    parser.add_argument("--grey", action="store_true", help="take the colour out of every photo first")
    parser.add_argument("--bare", action="store_true", help="nobody in the folder wears a marker")
    given = parser.parse_args()
    if given.bare:
        print_false(given.folder)
        return
    images = json.loads((given.folder / "truth.json").read_text(encoding="utf-8"))["images"]
    with Finder() as finder:
        rows = [
            checked(given.folder, image, finder, clicked=given.clicked, grey=given.grey)
            for image in track(images, "looking")
        ]
    for row in rows:
        print(f"{row.name:24} {row.found} of {row.seen} found, {row.wrong} under a wrong name")
    summed(rows)


def print_false(folder: Path) -> None:
    """Print what is named on people who wear no marker, for each kind of markers without colour."""
    files = sorted(folder.glob("*.jpg"))
    false: dict[str, list[int]] = {kind: [] for kind in PLAIN}
    with Finder() as finder:
        for file in track(files, "looking"):
            photo = read(file)
            try:
                pose = finder.find(photo, Settings(passes=2).sought).pose
            except PosturecamError:
                continue
            for kind, counts in false.items():
                points = find_stickers(photo, pose, read_colour(kind)).points
                counts.append(len(points))
                if points:
                    print(f"{file.name} {kind}: {', '.join(point.name for point in points)}")
    for kind, counts in false.items():
        named = sum(count > 0 for count in counts)
        print(f"{kind}: {sum(counts)} false names in {named} of {len(counts)} photos ({len(files)} in the folder)")


def summed(rows: list[Checked]) -> None:
    """Print the sums."""
    seen, found, wrong = (sum(getattr(row, name) for row in rows) for name in ("seen", "found", "wrong"))
    off = np.array([offset for row in rows for offset in row.offsets])
    far = np.hypot(off[:, 0], off[:, 1])
    print(f"{len(rows)} photos: {found} of {seen} stickers found and named, {wrong} under a wrong name")
    bare = [row for row in rows if not row.seen]
    if bare:
        print(f"of these {len(bare)} without any sticker: {sum(row.wrong for row in bare)} false names")
    print(f"centres: MAE {np.abs(off[:, :2]).mean():.2f} px, 95 % within {np.percentile(far, 95):.2f} px, ", end="")
    print(f"inside ±1.96 stated errors: {(np.abs(off[:, :2]) < 1.96 * off[:, 2:]).mean():.0%}")
    angles = [angle for row in rows for angle in row.angles]
    for key in dict.fromkeys(key for key, _, _ in angles):
        error = np.array([(one, sem) for name, one, sem in angles if name == key])
        inside = (np.abs(error[:, 0]) < 1.96 * error[:, 1]).mean()
        unit = "%" if key.startswith("spinal_curve") else "°"
        print(f"{key:26} n {len(error):3}  MAE {np.abs(error[:, 0]).mean():.2f}{unit}  largest ", end="")
        print(f"{np.abs(error[:, 0]).max():.2f}{unit}  inside the interval {inside:.0%}")
    tilts = np.array([error for name, error, _ in angles if name in ("shoulder_tilt", "pelvic_obliquity")])
    print(f"tilts of shoulders and pelvis: n {len(tilts)}, MAE {np.abs(tilts).mean():.2f}°")


if __name__ == "__main__":
    main()
