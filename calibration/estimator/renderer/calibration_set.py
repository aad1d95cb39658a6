"""Render the people on whom the widths of the intervals are set. Lies beside the phantom maker's scripts.

    python calibration_set.py --assets DIR --out DIR --seed 4242 --count 76

Half are mixes as in train_set.py, half show one deviation alone as in make_phantoms.py. Case i depends on (seed, i).
"""

import argparse
import json
from pathlib import Path
from typing import Any

import body
import landmarks
import make_phantoms
import numpy as np
import train_set

ALONE = {"shoulder_tilt": 8.0, "hip_tilt": 8.0, "head_tilt": 15.0, "c_curve": 12.0}
"""The largest deviation of each kind, degrees."""

SIZE_PX, SAMPLES = (432, 576), 6


def case(number: int, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the person and the picture of a case."""
    who, picture = train_set.case(4 * number, seed)
    picture["view"] = "front" if number % 4 < 2 else "back"
    if number % 2:
        picture |= _alone(number, np.random.default_rng([seed, number, 1]))
    return who, {**picture, "id": f"cal_{seed}_{number:04d}"}


def _alone(number: int, rng: np.random.Generator) -> dict[str, Any]:
    """One deviation on an otherwise straight body, seen by a camera that is level."""
    stands = make_phantoms.base_pose(rng, 0.0)
    target = dict.fromkeys(("shoulder_tilt", "hip_tilt", "head_tilt", "trunk_lean"), 0.0)
    what = list(ALONE)[(number // 4) % len(ALONE)]
    size = float(rng.uniform(-1, 1) * ALONE[what])
    stands["leg_mode"] = str(rng.choice(["scale", "flex"]))
    (stands if what == "c_curve" else target)[what] = size
    return {"pose": stands, "target": target, "camera": make_phantoms.cam_std(), "yaw": 0.0, "group": what}


def main() -> None:
    """Render the cases that are not there yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=4242)
    parser.add_argument("--count", type=int, default=76)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    assets = body.Assets(str(given.assets))
    marks = landmarks.pick(assets)
    for number in range(given.count):
        who, picture = case(number, given.seed)
        path = given.out / f"{picture['id']}.json"
        if not path.exists():
            row = make_phantoms.make(assets, marks, {"x": who}, picture, str(given.out), SIZE_PX, SAMPLES)
            path.write_text(json.dumps(row), encoding="utf-8")


if __name__ == "__main__":
    main()
