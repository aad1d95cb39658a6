"""Squares, true places and true angles of every photo to learn from, in one file.

Version 0 of a photo is the photo; the others are the same person by redress.py.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from calibration.estimator.passes import Found
from calibration.estimator.redress import surface_of, varied
from calibration.estimator.squares import wide_squares
from posturecam.body import Array, Pose, View
from posturecam.measures.estimator.fusion import network_points
from posturecam.measures.estimator.places import HALF_WIDTHS, centres
from posturecam.picture.photo import Pixels, read

PAIRED = ("shoulder", "acromion", "hip", "asis", "psis", "iliac_crest", "eye", "ear", "elbow", "knee")
MIDDLE = ("nose", "C7", "spine_00", "spine_02", "spine_04", "spine_06", "spine_08", "spine_10", "spine_12")
"""Names of the 29 places in the truth files, in the order of estimator/places.py."""

ANGLES = (
    "shoulder_tilt",
    "hip_tilt",
    "head_tilt",
    "trunk_lean",
    "spine_curve_pct",
    "c7_shift_pct_height",
    "pelvis_shift_pct_height",
    "knee_frontal_L",
    "knee_frontal_R",
)
"""True angles, in the photo's own frame (its roll included)."""

COPY = "+"
"""Stands between a person's name and the number of a bent copy (see bend.py)."""

WIDER = ("wide", "everyday")
"""Groups of renders whose people stand and dress wider than those in a clinic."""

MOST_ROOMS = 60
SEED = 5


@dataclass(frozen=True, slots=True)
class Data:
    """N photos in V versions.

    squares   (N, V, 3, 152, 152, 3) uint8 RGB
    places    (N, 3, 29, 2) true places in half-widths of the program's squares
    angles    (N, 9) see ANGLES
    poses     N poses without sight
    names, wide   (N,) the photo, see person_of; whether it is one of WIDER
    """

    names: list[str]
    squares: Pixels
    places: Array
    angles: Array
    poses: list[Pose]
    wide: np.ndarray[Any, np.dtype[np.bool_]]


def person_of(name: str) -> str:
    """Give the person in a photo; bent copies of NAME are called NAME+1, NAME+2 and so on."""
    return name.partition(COPY)[0]


def folds_of(names: Iterable[str], folds: int, purpose: str = "") -> np.ndarray[Any, np.dtype[np.int64]]:
    """Put each person into one of the folds, by the checksum of the name; another purpose sorts them anew."""
    return np.array([zlib.crc32(f"{person_of(name)}{purpose}".encode()) % folds for name in names])


def true_places(image: dict[str, Any], points: Array) -> Array:
    """(3, 29, 2) where the places truly are in each square; points (33, 2) place the squares."""
    right, left = ("L", "R") if View(image["view"]) is View.FRONT else ("R", "L")
    names = [f"{part}.{side}" for side in (right, left) for part in PAIRED] + list(MIDDLE)
    true = np.array([image["points2d"][name] for name in names])
    at, trunk = centres(points)
    pairs = zip(at, HALF_WIDTHS.values(), strict=True)
    return np.stack([(true - centre) / (half * trunk) for centre, half in pairs])


def build(path: Path, found: list[Found], versions: int) -> None:
    """Cut the squares of every photo and keep them beside the truth."""
    rooms: list[Pixels] = []
    squares = [_versions(one, versions, rooms) for one in track(found, description="squares")]
    np.savez(
        path,
        names=[one.name for one in found],
        wide=[one.image["group"] in WIDER for one in found],
        squares=np.array(squares),
        places=[true_places(one.image, network_points(one.pose)) for one in found],
        angles=[[one.image["angles"]["image"][key] for key in ANGLES] for one in found],
    )


def _versions(one: Found, versions: int, rooms: list[Pixels]) -> Pixels:
    """(V, 3, 152, 152, 3) the squares of every version; the first photos become rooms for those that follow."""
    rng = np.random.default_rng([SEED, zlib.crc32(one.name.encode())])
    pixels, surface = read(one.path).pixels, surface_of(one.path)
    if len(rooms) < MOST_ROOMS:
        rooms.append(pixels)
    pictures = [pixels, *(varied(rng, pixels, surface, rooms) for _ in range(versions - 1))]
    return np.stack([wide_squares(picture, network_points(one.pose)) for picture in pictures])


def load(path: Path, found: list[Found]) -> Data:
    """Read what was kept, beside the poses of the same photos."""
    with np.load(path) as kept:
        names = [str(name) for name in kept["names"]]
        if names != [one.name for one in found]:
            msg = f"{path} holds other photos than the poses; delete it and run again"
            raise ValueError(msg)
        return Data(names, kept["squares"], kept["places"], kept["angles"], [one.pose for one in found], kept["wide"])
