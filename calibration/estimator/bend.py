"""The same people bent in the photo itself, skin and cloth with their bones, before the room as it was.

Whoever wears a crooked hem need not stand crooked. A photo and its bent copies differ in nothing but the posture, so a
network that has seen both learns what moves with the bones. The room stays straight, or its lines would tell the bend.

    python -m calibration.estimator.bend FOLDER OUT --copies 2        photos and truth as passes.py reads them
"""

import argparse
import json
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from calibration.estimator.dataset import COPY
from calibration.estimator.passes import kept_pose, truth_rows
from calibration.known_turns.warps import PARTS, Body, Field, Part, displacement
from posturecam.body import ORDER, Array, Landmark, View
from posturecam.body.geometry import subject_frame, tilt
from posturecam.picture.photo import Pixels

SEED = 11
ROOM = 40
"""Codes in a picture of surfaces up to this are the room (see redress.py)."""

MOST = {
    "head": 9.0,
    "shoulder": 8.0,
    "spine": 4.184,
    "lean": 3.0,
    "hip": 8.0,
    "knee_left": 6.0,
    "knee_right": 6.0,
}
"""Bends are drawn evenly up to this, in the unit of each part."""

_SIDES = (("left", "L"), ("right", "R"))
_PAIRS = ("shoulder", "hip", "knee", "ankle", "eye", "ear", "elbow", "wrist")


def body_of(row: dict[str, Any]) -> Body:
    """Give the true joints of a photo as a body to bend."""
    points = np.full((len(ORDER), 2), np.nan)
    for side, letter in _SIDES:
        for part in _PAIRS:
            points[ORDER[Landmark(f"{side}_{part}")]] = row["points2d"][f"{part}.{letter}"]
    points[ORDER[Landmark.NOSE]] = row["points2d"]["nose"]
    size = (int(row["camera"]["width"]), int(row["camera"]["height"]))
    pose = replace(
        kept_pose(points[None], np.full((2, 2), np.nan), np.array(size), View(row["view"])), points=points[None]
    )
    return Body.of(pose, (size[1], size[0]))


def drawn(rng: np.random.Generator) -> list[tuple[Part, float]]:
    """Draw what is bent and by how much: the pelvis nearly always, every other part in six of ten copies."""
    parts = [part for part in PARTS if part.key in MOST]
    chosen = [part for part in parts if rng.random() < (0.9 if part.key == "hip" else 0.6)]
    return [(part, float(rng.uniform(-MOST[part.key], MOST[part.key]))) for part in chosen]


def moved(points: Array, right: Field, down: Field) -> Array:
    """(n, 2) where points of the straight photo lie in the bent one."""
    x, y = (np.ascontiguousarray(points[:, axis : axis + 1] - 0.5, np.float32) for axis in (0, 1))
    by = [cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0] for field in (right, down)]
    return np.asarray(points + np.stack(by, axis=-1))


def sources(right: Field, down: Field, rounds: int = 12) -> tuple[Field, Field]:
    """Give where each pixel of the bent photo comes from."""
    rows, columns = (one.astype(np.float32) for one in np.mgrid[0 : right.shape[0], 0 : right.shape[1]])
    x, y = columns, rows
    for _ in range(rounds):
        by = [cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in (right, down)]
        x, y = columns - by[0], rows - by[1]
    return x, y


def angles_of(points: dict[str, Any], view: View) -> dict[str, float]:
    """Give the angles of dataset.ANGLES from true places in pixels, as the phantom maker defines them."""
    at = {name: subject_frame(np.array(place, dtype=np.float64), view) for name, place in points.items()}
    middle = {part: (at[f"{part}.L"] + at[f"{part}.R"]) / 2 for part in ("shoulder", "hip", "ankle", "eye")}
    out = {
        f"{name}_tilt": tilt_of(at, part) for name, part in (("shoulder", "shoulder"), ("hip", "hip"), ("head", "eye"))
    }
    trunk = middle["shoulder"] - middle["hip"]
    height = float(middle["eye"][1] - middle["ankle"][1])
    out["trunk_lean"] = float(np.degrees(np.arctan2(trunk[0], trunk[1])))
    out["spine_curve_pct"] = _curve(np.array([at[name] for name in sorted(at) if name.startswith("spine_")]))
    out["c7_shift_pct_height"] = float((at["C7"] - middle["hip"])[0] / height * 100)
    out["pelvis_shift_pct_height"] = float((middle["hip"] - middle["ankle"])[0] / height * 100)
    for letter, sign in (("L", 1.0), ("R", -1.0)):
        hip, knee, ankle = (at[f"{part}.{letter}"] for part in ("hip", "knee", "ankle"))
        thigh, shin = knee - hip, ankle - knee
        cross = thigh[0] * shin[1] - thigh[1] * shin[0]
        out[f"knee_frontal_{letter}"] = float(-sign * np.degrees(np.arctan2(-cross, thigh @ shin)))
    return out


def tilt_of(at: dict[str, Array], part: str) -> float:
    """Degrees by which the left one of a pair is higher."""
    return float(tilt(at[f"{part}.L"], at[f"{part}.R"]))


def _curve(line: Array) -> float:
    """Give the largest distance of the spine's line from its chord, % of the chord, + towards the left."""
    chord = line[-1] - line[0]
    off = (line - line[0]) @ np.array([chord[1], -chord[0]]) / (chord @ chord) * 100
    return float(off[np.abs(off).argmax()])


def without(pixels: Pixels, shown: Pixels) -> Pixels:
    """Give the room as if nobody stood in it."""
    around = cv2.dilate(shown, np.ones((7, 7), np.uint8))
    filled = np.asarray(cv2.inpaint(pixels, around, 3, cv2.INPAINT_TELEA))
    soft = cv2.GaussianBlur(filled, (0, 0), 3)
    return np.where(around[..., None] > 0, soft, pixels)


@dataclass(frozen=True, slots=True)
class Bend:
    """How one copy of a photo is bent: its name, the parts and amounts, and how far each pixel moves, pixels."""

    name: str
    chosen: tuple[tuple[Part, float], ...]
    right: Field
    down: Field

    @classmethod
    def of(cls, row: dict[str, Any], number: int) -> "Bend":
        """Draw the bend of a photo's copy of that number; always the same."""
        name = f"{row['id']}{COPY}{number}"
        body = body_of(row)
        chosen = drawn(np.random.default_rng([SEED, zlib.crc32(name.encode())]))
        fields = [displacement(body, part, amount) for part, amount in chosen]
        still = np.zeros_like(body.x)
        right, down = (np.asarray(sum((one[axis] for one in fields), still), np.float32) for axis in (0, 1))
        return cls(name, tuple(chosen), right, down)

    def truth(self, row: dict[str, Any]) -> dict[str, Any]:
        """Give the truth of the copy of a photo with that truth."""
        names = list(row["points2d"])
        places = moved(np.array([row["points2d"][name] for name in names], dtype=np.float64), self.right, self.down)
        points = {name: [round(float(part), 3) for part in place] for name, place in zip(names, places, strict=True)}
        straight, after = angles_of(row["points2d"], View(row["view"])), angles_of(points, View(row["view"]))
        said = {key: row["angles"]["image"][key] + after[key] - straight[key] for key in after}
        return {
            **{key: row[key] for key in ("group", "view", "camera")},
            "id": self.name,
            "file": f"{self.name}.jpg",
            "bends": {part.key: round(amount, 3) for part, amount in self.chosen},
            "points2d": points,
            "angles": {"image": {key: round(value, 4) for key, value in said.items()}},
        }

    def whole(self, pixels: Pixels) -> Pixels:
        """Bend a whole picture, its room too."""
        x, y = sources(self.right, self.down)
        return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def bent_copy(row: dict[str, Any], number: int, folder: Path, out: Path) -> dict[str, Any]:
    """Write one bent copy of a photo, and of its picture of surfaces; give its truth."""
    bend = Bend.of(row, number)
    x, y = sources(bend.right, bend.down)
    stem = Path(row["file"]).stem
    pixels = cv2.imread(str(folder / row["file"]))
    kinds = cv2.imread(str(folder / f"{stem}_g.png"), cv2.IMREAD_UNCHANGED)
    shown = (kinds[..., 3] > ROOM).astype(np.uint8)
    bent = cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    edge = cv2.remap(cv2.GaussianBlur(shown.astype(np.float32), (0, 0), 0.7), x, y, cv2.INTER_LINEAR)[..., None]
    whole = bent * edge + without(pixels, shown) * (1 - edge)
    cv2.imwrite(str(out / f"{bend.name}.jpg"), whole.round().astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 94])
    cv2.imwrite(str(out / f"{bend.name}_g.png"), cv2.remap(kinds, x, y, cv2.INTER_NEAREST))
    return bend.truth(row)


def bend_all(folder: Path, out: Path, copies: int) -> None:
    """Bend every front and back view of a folder that has a picture of surfaces and is not there yet."""
    out.mkdir(parents=True, exist_ok=True)
    rows = [row for row in truth_rows(folder) if (folder / f"{Path(row['file']).stem}_g.png").exists()]
    for row in track(rows, description=f"bend {folder.name}"):
        for number in range(1, copies + 1):
            path = out / f"{row['id']}{COPY}{number}.json"
            if not path.exists():
                path.write_text(json.dumps(bent_copy(row, number, folder, out)), encoding="utf-8")


def main() -> None:
    """Read the command line and bend."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--copies", type=int, default=2)
    given = parser.parse_args()
    bend_all(given.folder, given.out, given.copies)


if __name__ == "__main__":
    main()
