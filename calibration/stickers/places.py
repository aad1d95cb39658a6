"""Write where stickers are expected on a body as the pose network sees it: src/posturecam/poses/stickers/places.toml.

    python -m calibration.stickers.places ../shared/phantoms_train balls.json [--passes 2]

Spots that the truth knows are learned: offset and scatter from the network's own points, % of the height from eyes to
ankles, the scatter widened because hands and bodies differ more than rendered ones. So are those of SAPO's protocol
that it does not know, from balls on the same bodies' skin (``renderer/train_balls.py`` writes where they lie). The
others are stated.
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
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.poses.finder import Finder
from posturecam.poses.stickers.naming import TABLE

LEARNED: dict[str, dict[str, tuple[str, str]]] = {
    "front": {"acromion": ("acromion", "shoulder"), "asis": ("asis", "hip"), "patella": ("knee", "knee")},
    "back": {
        "acromion": ("acromion", "shoulder"),
        "c7": ("C7", "shoulder"),
        "psis": ("psis", "hip"),
        "sacrum": ("sacrum", "hip"),
        "achilles": ("ankle", "ankle"),
        "heel": ("heel", "heel"),
    },
    "side": {
        "ear": ("ear", "ear"),
        "acromion": ("acromion", "shoulder"),
        "c7": ("C7", "shoulder"),
        "asis": ("asis", "hip"),
        "psis": ("psis", "hip"),
        "trochanter": ("hip", "hip"),
        "knee": ("knee", "knee"),
        "ankle": ("ankle", "ankle"),
    },
}
"""View → our spot → the truth's name of it, and the network's point that it is counted from."""

BALLS: dict[str, dict[str, str]] = {
    "front": {
        "ear": "ear",
        "trochanter": "hip",
        "knee_joint_line": "knee",
        "lateral_malleolus": "ankle",
        "medial_malleolus": "ankle",
        "second_metatarsal": "foot_index",
    },
    "back": {},
    "side": {"second_metatarsal": "foot_index"},
}
"""View → spot that balls tell → the network's point that it is counted from."""

WIDER, LEAST_SIGMA = 1.7, 1.1
"""The scatter on rendered people times this, and never less than this, % of the height."""

MIDDLE = ("C7", "sacrum")
"""Spots on the midline, as the truth names them."""

LEAST_OF = {"patella": (1.2, 1.3), "achilles": (2.2, 1.6), "heel": (2.2, 1.4)} | {
    "knee_joint_line": (1.2, 1.3),
    "second_metatarsal": (1.5, 1.5),
}
"""Spots that hands place with more freedom: the height of a kneecap, a foot that is turned out."""

STATED: dict[str, dict[str, tuple[dict[str, float], tuple[float, float], tuple[float, float]]]] = {
    "front": {
        "tibial_tuberosity": ({"knee": 0.84, "ankle": 0.16}, (0.0, 0.0), (1.2, 1.3)),
    },
    "back": {
        "t3": ({"shoulder": 1.0}, (0.0, 2.3), (1.2, 1.4)),
        "scapular_angle": ({"shoulder": 0.85, "hip": 0.15}, (-4.4, 0.2), (2.2, 2.4)),
        "mid_calf": ({"knee": 0.55, "ankle": 0.45}, (0.0, 0.0), (2.2, 2.4)),
    },
    "side": {},
}
"""Anatomy without truth at hand: from which points, offset and standard deviation. T3 lies about
6.5 cm under C7 (three thoracic levels), the blade's lower tip at the height of T7 to T8 and 8 to 9 cm from the midline,
the tibial tuberosity 6 cm under the kneecap's middle (texts of surface anatomy)."""


def offsets(
    image: dict[str, Any], balls: dict[str, list[float]], finder: Finder, folder: Path, passes: int
) -> Iterator[tuple[str, str, Array]]:
    """Give view, spot and offset (2,), outward (side views: forward) and up, % of the height."""
    view = View(image["view"])
    pose = finder.find(read(folder / image["file"]), Settings(passes=passes, view=view).sought).pose
    found = subject_frame(pose.mean, view)
    true = {name: subject_frame(np.array(point), view) for name, point in image["points2d"].items()}
    kind = view.value if view.frontal else "side"
    sides = (("left", "L"), ("right", "R")) if view.frontal else ((view.value, view.value[0].upper()),)

    def point(part: str, names: tuple[str, ...]) -> Array:
        return np.asarray(np.mean([found[ORDER[Landmark(f"{name}_{part}")]] for name in names], axis=0))

    both = ("left", "right")
    height = (point("eye", both) - point("ankle", both))[1]
    for spot, (theirs, ours) in LEARNED[kind].items():
        for side, letter in sides:
            middle = theirs in MIDDLE
            origin = point(ours, both if middle and view.frontal else (side,))
            off = (true[theirs if middle else f"{theirs}.{letter}"] - origin) / height * 100.0
            yield kind, spot, off * ([-1.0, 1.0] if side == "right" and view.frontal else [1.0, 1.0])
    for spot, ours in BALLS[kind].items():
        for side, _letter in sides:
            ball = subject_frame(np.array(balls[f"{side}_{spot}"]), view)
            off = (ball - point(ours, (side,))) / height * 100.0
            yield kind, spot, off * ([-1.0, 1.0] if side == "right" and view.frontal else [1.0, 1.0])


def gathered(folder: Path, balls: dict[str, dict[str, list[float]]], passes: int) -> dict[tuple[str, str], list[Array]]:
    """Gather the offsets of a folder's photos."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    found: dict[tuple[str, str], list[Array]] = {}
    with Finder() as finder:
        for image in track(images, description="measuring"):
            try:
                for kind, spot, offset in offsets(image, balls.get(image["id"], {}), finder, folder, passes):
                    found.setdefault((kind, spot), []).append(offset)
            except NobodyFound as error:
                print(f"{image['id']}: {error}")
    return found


def table_of(found: dict[tuple[str, str], list[Array]], source: str) -> str:
    """Write the table."""
    lines = [
        "# Where a sticker is expected: from the network's points, offset outward (side views: forward) and up, and",
        "# its standard deviation, % of the height from ankles to eyes. Written by calibration/stickers/places.py.",
        f'source = "{source}; the others from texts of surface anatomy"',
    ]
    for kind, spots in LEARNED.items():
        for spot, (_, ours) in spots.items():
            values = np.array(found[kind, spot])
            middle = values.mean(axis=0) * ([0.0, 1.0] if spots[spot][0] in MIDDLE and kind != "side" else [1.0, 1.0])
            sigma = np.maximum(WIDER * values.std(axis=0), LEAST_OF.get(spot, (LEAST_SIGMA, LEAST_SIGMA)))
            lines += _row(kind, spot, {ours: 1.0}, middle, sigma)
        for spot, ours in BALLS[kind].items():
            values = np.array(found[kind, spot])
            sigma = np.maximum(WIDER * values.std(axis=0), LEAST_OF.get(spot, (LEAST_SIGMA, LEAST_SIGMA)))
            lines += _row(kind, spot, {ours: 1.0}, values.mean(axis=0), sigma)
            lines += ['set = "SAPO"'] if kind == "front" else []
        for spot, (origin, offset, spread) in STATED[kind].items():
            lines += _row(kind, spot, origin, np.array(offset), np.array(spread))
    return "\n".join(lines) + "\n"


def _row(kind: str, spot: str, origin: dict[str, float], offset: Array, sigma: Array) -> list[str]:
    parts = ", ".join(f"{part} = {weight}" for part, weight in origin.items())
    pairs = (("offset", offset), ("sigma", sigma))
    return [
        "",
        f"[{kind}.{spot}]",
        f"from = {{ {parts} }}",
        *(f"{name} = [{pair[0]:.2f}, {pair[1]:.2f}]" for name, pair in pairs),
    ]


def main() -> None:
    """Measure a folder and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json, to learn from")
    parser.add_argument("balls", type=Path, help="where balls lie in these photos, of renderer/train_balls.py")
    parser.add_argument("--passes", type=int, default=2, help="how often each photo is looked at")
    given = parser.parse_args()
    balls = json.loads(given.balls.read_text(encoding="utf-8"))
    found = gathered(given.folder, balls, given.passes)
    TABLE.write_text(table_of(found, f"learned on {given.folder.name}"), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
