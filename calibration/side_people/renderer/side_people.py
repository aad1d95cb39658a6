"""Render people seen from the side in marked postures, with exact truth. Lies beside the phantom maker's scripts.

    python side_people.py learn --assets DIR --out DIR --seed 7001 --count 170      # to learn from: anything, mixed
    python side_people.py marked --assets DIR --out DIR --seed 8001 --count 63      # to measure on: one pattern each

People, rooms, light and camera as in train_set.py; every case another person. ``learn`` draws each part of a posture by
itself, wider than people stand, so that what is learned from them does not shrink what is far from the middle.
``marked`` poses one side pattern after the other clearly. Case i depends on (kind, seed, i) alone.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import landmarks
import make_phantoms
import numpy as np
import train_set
from body import Assets
from scipy.optimize import least_squares

Range = tuple[float, float]

WIDE: dict[str, Range] = {
    "forward_head": (0.0, 32.0),
    "head_pitch": (-10.0, 10.0),
    "round_shoulders": (0.0, 36.0),
    "kyphosis": (-10.0, 32.0),
    "lordosis": (-12.0, 20.0),
    "pelvis_pitch": (-12.0, 18.0),
    "pelvis_shift_z": (-0.04, 0.10),
    "trunk_pitch": (-8.0, 6.0),
    "knee_flex_L": (-18.0, 16.0),
}
"""Each part of a side posture and how far ``learn`` draws it, degrees; the pelvis' shift in metres."""

OFTEN = 0.5
"""How often a part is drawn; otherwise it stays as people stand."""

MARKED: dict[str, dict[str, Range]] = {
    "P14": {"ear_shoulder_angle": (14, 20), "kyphosis_depth_pct": (11, 14), "lordosis_depth_pct": (3, 6)},
    "P15": {"ear_shoulder_angle": (14, 20), "kyphosis_depth_pct": (4, 7.5), "lordosis_depth_pct": (2, 6)},
    "P16": {"ear_shoulder_angle": (14, 20), "kyphosis_depth_pct": (11, 14), "lordosis_depth_pct": (0, 0.6)},
    "P17": {"ear_shoulder_angle": (2, 8), "kyphosis_depth_pct": (5, 8), "lordosis_depth_pct": (8.6, 11)},
    "P18": {"ear_shoulder_angle": (14, 20), "kyphosis_depth_pct": (11, 14), "lordosis_depth_pct": (8.6, 11)},
    "P19": {"ear_shoulder_angle": (9, 14), "kyphosis_depth_pct": (3, 6), "lordosis_depth_pct": (0, 0.2)},
    "P20": {"hip_plumb_pct": (5.5, 7.5), "trunk_lean_side": (-6, -3), "kyphosis_depth_pct": (8, 11)},
    "P21": {"ear_shoulder_angle": (0, 6), "kyphosis_depth_pct": (1.5, 3.2), "lordosis_depth_pct": (8.6, 11)},
    "P25": {"knee_flex": (-14, -8)},
}
"""Each side pattern and the measures that show it clearly, in the units of norms.toml."""

ROUND_SHOULDERS: Range = (28.0, 40.0)
"""How far the shoulders of P14 are brought forward, degrees of the collar bones."""

UPRIGHT: dict[str, Range] = {"trunk_lean_side": (1.0, 7.0), "hip_plumb_pct": (-1.5, 1.5), "body_lean_side": (0.5, 3.5)}
"""How people stand in whatever a pattern does not say."""

CLOSE = {"ear_shoulder_angle": 1.0, "trunk_lean_side": 1.0, "knee_flex": 1.0}
"""How near a measure must come to what is wanted; 0.3 for the others."""

KNOBS: dict[str, tuple[float, float, float]] = {
    "forward_head": (-4.0, 36.0, 8.0),
    "kyphosis": (-16.0, 36.0, 8.0),
    "lordosis": (-20.0, 28.0, 8.0),
    "pelvis_pitch": (-16.0, 22.0, 8.0),
    "pelvis_shift_z": (-0.05, 0.12, 0.03),
    "trunk_pitch": (-12.0, 8.0, 5.0),
    "knee_flex_L": (-20.0, 16.0, 6.0),
}
"""The parts of a posture that may be turned: from, to, and how far from 0 is unusual; degrees, the shift in metres."""

PEOPLE = 6
"""How many people are tried until the posture fits one; not every back can be bent to every depth."""

SAMPLES, SIZE = 8, (576, 768)
SIDE_CASE, OF_CASES = 3, 4
"""Of this many of train_set's cases, which is a side view."""


def wide(rng: np.random.Generator) -> dict[str, float]:
    """Draw each part of a posture by itself."""
    drawn = {part: float(rng.uniform(*span)) for part, span in WIDE.items() if rng.random() < OFTEN}
    if "knee_flex_L" in drawn:
        drawn["knee_flex_R"] = drawn["knee_flex_L"] + float(rng.uniform(-2.0, 2.0))
    return drawn


@dataclass(frozen=True)
class Body:
    """A person's body, to be bent and measured without rendering."""

    assets: Assets
    marks: dict[str, Any]
    body: Any
    letter: str

    def measures(self, pose: dict[str, Any]) -> dict[str, float]:
        """Measure the body in a pose, exactly, from the side."""
        points, _ = landmarks.points3d(
            self.assets, self.body, self.body.fk(make_phantoms.solve(self.body, pose, {})), self.marks
        )
        return landmarks.sagittal({name: at[[2, 1]] for name, at in points.items()}, self.letter)


def bent(body: Body, pose: dict[str, Any], goals: dict[str, float]) -> tuple[dict[str, Any], bool]:
    """Bend a body until it has the wanted measures, as little as that takes; say whether it came close."""
    low, high, usual = np.array(list(KNOBS.values())).T
    close = np.array([CLOSE.get(measure, 0.3) for measure in goals])

    def posed(knobs: np.ndarray) -> dict[str, Any]:
        turned = pose | dict(zip(KNOBS, map(float, knobs), strict=True))
        return turned | {"knee_flex_R": turned["knee_flex_L"]}

    def off(knobs: np.ndarray) -> np.ndarray:
        now = body.measures(posed(knobs))
        return np.array([now[measure] - wanted for measure, wanted in goals.items()]) / close

    def cost(knobs: np.ndarray) -> np.ndarray:
        return np.concatenate([off(knobs), 0.15 * knobs / usual])

    start = np.clip([pose.get(part, 0.0) for part in KNOBS], low, high)
    best = least_squares(cost, start, bounds=(low, high), x_scale=usual, diff_step=1e-2, max_nfev=12).x
    return posed(best), bool((np.abs(off(best)) < 1.0).all())


def case(
    kind: str, number: int, seed: int, assets: Assets, marks: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the person and the picture of a case."""
    rng = np.random.default_rng([seed, number, 11 if kind == "learn" else 12])
    who, picture = train_set.case(OF_CASES * number + SIDE_CASE, seed)
    pose = make_phantoms.base_pose(rng)
    if kind == "learn":
        return who, picture | {"id": f"learn_{number:03d}_wide", "pose": pose | wide(rng), "target": {}}
    name = list(MARKED)[number % len(MARKED)]
    if name == "P14":
        pose["round_shoulders"] = float(rng.uniform(*ROUND_SHOULDERS))
    letter = "L" if picture["view"] == "left" else "R"
    wanted = UPRIGHT | MARKED[name]
    for _ in range(PEOPLE):
        goals = {measure: float(rng.uniform(*span)) for measure, span in wanted.items()}
        posed, fits = bent(Body(assets, marks, assets.body(**who["body"]), letter), pose, goals)
        if fits:
            break
        who = train_set.someone(rng)
    return who, picture | {"id": f"marked_{number:03d}_{name}", "pose": posed, "target": {}}


def main() -> None:
    """Render the cases that are not there yet, and write their truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("learn", "marked"))
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    assets = Assets(str(given.assets))
    marks = landmarks.pick(assets)
    truth = given.out / "truth.json"
    done = {row["id"]: row for row in json.loads(truth.read_text())["images"]} if truth.exists() else {}
    for number in range(given.count):
        who, picture = case(given.kind, number, given.seed, assets, marks)
        if picture["id"] not in done:
            row = make_phantoms.make(assets, marks, {"x": who}, picture, str(given.out), SIZE, SAMPLES)
            done[picture["id"]] = row
            truth.write_text(json.dumps({"images": [done[key] for key in sorted(done)]}), encoding="utf-8")
            print(picture["id"], flush=True)


if __name__ == "__main__":
    main()
