"""Write where balls of SAPO's protocol would lie in photos that the phantom maker rendered: id → name → pixels.

    python train_balls.py --assets DIR --truth ../shared/phantoms_train/truth.json --out balls.json

Lies beside the phantom maker's scripts; renders nothing. Each body is built again from its truth, a ball of 20 mm is
set onto its skin where a therapist would, and its centre is projected through the photo's own camera.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import landmarks
import numpy as np
from body import Assets
from marker_places import INSIDE, spots

RADIUS_M = 0.010
SAME_M = 0.0005
"""A body that is built again lies nowhere farther than this from its truth."""


def triangles(assets: Assets) -> np.ndarray:
    """(t, 3) rows of vertices of the skin."""
    faces = [rows for group, rows, _ in assets.f if group == "body"]
    return np.array([(rows[0], rows[k], rows[k + 1]) for rows in faces for k in range(1, len(rows) - 1)])


def skin_at(corners: np.ndarray, start: np.ndarray, way: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Give where a ray first meets triangles (t, 3, 3), and the normal there along the ray; None where nowhere."""
    edge, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    across = np.cross(way, other)
    turned = (edge * across).sum(axis=1)
    scale = np.divide(1.0, turned, out=np.zeros_like(turned), where=np.abs(turned) > 1e-15)
    away = start - corners[:, 0]
    u = scale * (away * across).sum(axis=1)
    up = np.cross(away, edge)
    v, along = scale * (up @ way), scale * (other * up).sum(axis=1)
    rows = np.flatnonzero((scale != 0) & (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (along > 0))
    if not rows.size:
        return None
    row = rows[along[rows].argmin()]
    normal = np.cross(edge[row], other[row])
    normal *= np.sign(normal @ way) / np.linalg.norm(normal)
    return start + along[row] * way, normal


def balls_of(image: dict[str, Any], assets: Assets, marks: dict[str, Any], faces: np.ndarray) -> dict[str, list[float]]:
    """Give the balls' centres in one photo, pixels. Raises ValueError when its body is not the one of its truth."""
    body = assets.body(**image["body"])
    points, skin = landmarks.points3d(assets, body, body.fk(image["pose"]), marks)
    off = max(np.abs(points[name] - place).max() for name, place in image["points3d_body"].items())
    if off > SAME_M:
        msg = f"{image['id']}: the body that was built lies {off:.4f} m off its truth"
        raise ValueError(msg)
    names = sorted(image["points3d_body"])
    here, there = (np.array([image[f"points3d_{frame}"][name] for name in names]) for frame in ("body", "world"))
    turn, shift = rigid(here, there)
    centres = {}
    for name, place, towards in spots(points, image["view"], sapo=True):
        way = towards / np.linalg.norm(towards)
        inside = any(part in name for part in INSIDE)
        found = skin_at(skin[faces], place if inside else place + 0.25 * way, way if inside else -way)
        if found is not None:
            at, normal = found
            centres[name] = (at + RADIUS_M * (normal if inside else -normal)) @ turn.T + shift
    lens = image["camera"]
    away = {name: np.array(lens["rotation_rows"]) @ (at - lens["position"]) for name, at in centres.items()}
    return {
        name: [
            round(float(lens["cx"] - lens["f_px"] * x / z), 2),
            round(float(lens["cy"] + lens["f_px"] * y / z), 2),
        ]
        for name, (x, y, z) in away.items()
    }


def rigid(here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the turn (3, 3) and shift (3,) that lead from points (n, 3) to the same points elsewhere."""
    left, _, right = np.linalg.svd((here - here.mean(axis=0)).T @ (there - there.mean(axis=0)))
    keep = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = (left @ keep @ right).T
    return turn, there.mean(axis=0) - turn @ here.mean(axis=0)


def main() -> None:
    """Build every body and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    assets = Assets(str(given.assets))
    marks, faces = landmarks.pick(assets), triangles(assets)
    images = json.loads(given.truth.read_text(encoding="utf-8"))["images"]
    rows = {image["id"]: balls_of(image, assets, marks, faces) for image in images if image["view"] != "back"}
    given.out.write_text(json.dumps(rows, sort_keys=True, separators=(",", ":")), encoding="utf-8")
    print(f"{len(rows)} photos")


if __name__ == "__main__":
    main()
