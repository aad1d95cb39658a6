"""What a photo from behind shows of the heels and of the spine's furrow: whether either may be measured.

    python -m calibration.back_marks ../shared/phantoms ../shared/phantoms_train

Heels: the outline's middle, from calf to ankle and from ankle to sole, gives an axis each; nobody in these folders has
a tipped heel, so all that the angle between them varies is error, and so is what its left and right differ. Furrow: the
darkest way up the rectified back, found among bare backs; its curve against the true curve of the spine. Always saying
0 is the score to beat.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from calibration.score import score
from posturecam.body import ORDER, Array, Landmark, View
from posturecam.geometry import rotate
from posturecam.measurement import frame_of
from posturecam.measures.anatomy import HIPS, SHOULDERS
from posturecam.photo import Photo, read
from posturecam.poses.finder import Finder
from posturecam.silhouette import Silhouette
from posturecam.silhouette.cutting import FINE_HEIGHT_PX, cut_out

BARE = (["boxers"], ["shorts"])
"""Clothes that leave the back bare."""

_CALF, _ANKLE, _SOLE = 0.25, 0.0, -0.12
"""Heights above the ankle between which the axes are taken, in lengths of the lower leg."""

_WIDTH, _HEIGHT, _HALF = 160, 200, 0.4
_FROM, _TO, _BESIDE = 0.18, 0.95, 0.14
"""The rectified back: its size in pixels, its half-width; rows and columns searched, in lengths of the trunk."""


@dataclass(frozen=True, slots=True)
class Back:
    """One photo from behind: both heels' angles against the calf, degrees, NaN = not seen; the curves, % of chord."""

    heels: tuple[float, float]
    furrow: float
    true_curve: float


def heel_angle(points: Array, outline: Silhouette, roll_deg: float, side: str) -> float:
    """Angle of the heel's axis against the calf's, degrees, + = tipped inwards (everted); NaN where not seen."""
    knee, ankle, heel = (points[ORDER[Landmark[f"{side}_{part}"]]] for part in ("KNEE", "ANKLE", "HEEL"))
    leg = float(knee[1] - ankle[1])
    heights = np.linspace(0.75, min(_SOLE, 0.9 * float(heel[1] - ankle[1]) / leg), 60)
    starts = np.stack([ankle[0] + np.clip(heights, 0.0, 1.0) * (knee - ankle)[0], ankle[1] + heights * leg], axis=1)
    left, right = (
        outline.reach(rotate(starts * -1.0, roll_deg), rotate(np.array([-sign, 0.0]), roll_deg), 0.35 * abs(leg))
        for sign in (1.0, -1.0)
    )
    middle = starts[:, 0] + (left - right) / 2
    axes = [np.isfinite(middle) & part for part in (heights > _CALF, heights < _ANKLE)]
    if min(part.sum() for part in axes) < 5:
        return float("nan")
    calf, foot = (np.degrees(np.arctan(np.polyfit(heights[part] * leg, middle[part], 1)[0])) for part in axes)
    return float(calf - foot) * (1.0 if side == "LEFT" else -1.0)


def furrow_curve(photo: Photo, low: Array, high: Array) -> float:
    """Largest deviation of the darkest way up the back from its chord, %, + = towards the subject's left."""
    up = (high - low) / float(np.linalg.norm(high - low))
    across = np.array([-up[1], up[0]]) * (1.0 if up[1] < 0 else -1.0)
    rows, columns = np.linspace(_FROM, _TO, _HEIGHT), np.linspace(-_HALF, _HALF, _WIDTH)
    length = float(np.linalg.norm(high - low))
    places = (low + rows[:, None, None] * (high - low) + columns[None, :, None] * length * across) * photo.scale - 0.5
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    maps = (np.ascontiguousarray(places[..., axis].astype(np.float32)) for axis in (0, 1))
    flat = cv2.remap(grey, *maps, interpolation=cv2.INTER_LINEAR).astype(np.float64)
    near, wide = (cv2.GaussianBlur(flat, (0, 0), sigmaX=sigma, sigmaY=12.0) for sigma in (4.0, 12.0))
    dark = ((wide - near) / np.maximum(wide, 1.0))[:, np.abs(columns) <= _BESIDE]
    way = columns[np.abs(columns) <= _BESIDE][_best_way(dark)]
    line = np.polyval(np.polyfit(rows, way, 3), rows)
    beside = -(line - np.interp(rows, rows[[0, -1]], line[[0, -1]]))
    return float(beside[np.abs(beside).argmax()]) / (_TO - _FROM) * 100.0


def _best_way(gain: Array) -> Array:
    """(rows,) the column of the way from the first row to the last, one column at a time, that gathers most."""
    total, came = gain[0].copy(), np.zeros(gain.shape, dtype=int)
    for row in range(1, len(gain)):
        padded = np.pad(total, 1, constant_values=-np.inf)
        choices = np.stack([padded[step : step + total.size] for step in range(3)])
        came[row] = choices.argmax(axis=0) - 1
        total = choices.max(axis=0) + gain[row]
    way = [int(total.argmax())]
    for row in range(len(gain) - 1, 0, -1):
        way.append(way[-1] + int(came[row][way[-1]]))
    return np.array(way[::-1])


def backs(folder: Path, finder: Finder) -> Iterator[Back]:
    """Look at every photo from behind in a folder."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    for image in track([one for one in images if one["view"] == View.BACK], description=folder.name):
        yield _back(read(folder / image["file"]), image, finder)


def _back(photo: Photo, image: dict[str, Any], finder: Finder) -> Back:
    pose, roll = finder.find(photo).pose, float(image["camera"]["roll_deg"])
    mask = finder.mask_of(photo, pose)
    frame = frame_of(pose, roll).points.mean(axis=0)
    heels = [
        float("nan") if mask is None else heel_angle(frame, cut_out(mask, FINE_HEIGHT_PX), roll, side)
        for side in ("LEFT", "RIGHT")
    ]
    low, high = (pose.mean[[ORDER[one] for one in pair]].mean(axis=0) for pair in (HIPS, SHOULDERS))
    furrow = furrow_curve(photo, low, high) if image["clothes"] in BARE else float("nan")
    return Back((heels[0], heels[1]), furrow, float(image["angles"]["gravity"]["spine_curve_pct"]))


def main() -> None:
    """Print what the outline shows of the heels, and what the furrow tells of the spine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders with photos and their truth.json")
    with Finder() as finder:
        found = [back for folder in parser.parse_args().folders for back in backs(folder, finder)]
    heels = np.array([back.heels for back in found])
    seen, apart = heels[np.isfinite(heels)], heels[np.isfinite(heels).all(axis=1)]
    sides = apart[:, 0] - apart[:, 1]
    print(f"heels: seen {seen.size} of {heels.size}, mean {seen.mean():+.1f}°, SD {seen.std():.1f}°")
    print(f"left minus right, {len(sides)} people: mean {sides.mean():+.1f}°, SD {sides.std():.1f}°")
    bare = [back for back in found if np.isfinite(back.furrow)]
    truth, value = np.array([back.true_curve for back in bare]), np.array([back.furrow for back in bare])
    told = score(truth, value)
    print(f"furrow, {told.n} bare backs: MAE {told.mae:.1f} %, slope {told.slope:.2f}, r {told.r:.2f}", end="; ")
    print(f"always saying 0: MAE {np.abs(truth).mean():.1f} %")


if __name__ == "__main__":
    main()
