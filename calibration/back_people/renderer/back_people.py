"""Render people seen from behind with bare backs and feet, with exact truth. Lies beside the phantom maker's scripts.

    python back_people.py --assets DIR --out DIR --seed 9101 --count 215 [--size 768x1024]

People, rooms, light and camera as in train_set.py; every case another person, their spine bent wider than people stand.
Two things that the maker's bodies lack are added. Along the spine runs a furrow of a depth and width of its own, as a
relief of the skin (in a quarter of the cases there is none), deepest in the loin and fading towards the neck. Each heel
tips about the ankle by an angle of its own, while the sole stays on the floor. The truth of a case holds, beside the
maker's, ``furrow`` (depth and width, millimetres) and ``rearfoot`` (each heel's angle against the leg as seen in the
picture, degrees, + = everted). Case i depends on (seed, i) alone.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import figure
import landmarks
import make_phantoms
import numpy as np
import render
import train_set
from body import Assets, ry

BENT, CURVE, SECOND_CURVE = 0.75, (-12.0, 12.0), (-10.0, 10.0)
"""How often the spine is bent, and how far: one bend, and two against each other; degrees of slope."""

NONE, DEPTH_M, WIDTH_M = 0.25, (0.0015, 0.009), (0.008, 0.02)
"""How often there is no furrow; else its depth and its half-width (standard deviation)."""

SHADE = (0.0, 0.12)
"""How much darker the furrow's floor is than the skin beside it."""

BRA = 0.5
"""How many of the women wear a bra; of the others, as of the men, the whole back is bare."""

TIP_DEG = (-6.0, 16.0)
"""How far a heel is tipped against the foot, + = everted."""

SAMPLES, OF_CASES = 8, 4
SIDES = (("L", 1.0), ("R", -1.0))


def smooth(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """Rise from 0 to 1 between two values."""
    part = np.clip((x - low) / (high - low), 0.0, 1.0)
    return part * part * (3.0 - 2.0 * part)


class Backs(Assets):
    """The maker's bodies, their heels tipped as ``case`` says."""

    case: dict[str, Any]

    def body(self, **shape: Any) -> Any:
        """Build a body and tip its heels in the rest pose: a shear, so the sole stays level."""
        made = super().body(**shape)
        v = made.v
        for side, sign in SIDES:
            ankle = made.head[f"foot.{side}"]
            heel = (v[:, 0] * sign > 0) * smooth(ankle[2] + 0.07 - v[:, 2], 0.0, 0.05)
            below = np.maximum(ankle[1] - v[:, 1], 0.0) * (v[:, 1] < ankle[1] + 0.02)
            v[:, 0] += sign * np.tan(np.radians(self.case["tip"][side])) * below * heel
        return made


def relief(figure_: Any, furrow: dict[str, float]) -> dict[str, np.ndarray]:
    """Give the attributes that the skin's relief is made of: across the body, and how deep the furrow is there."""
    body = figure_.B
    v = body.v[: body.nbody]
    low, high = body.head["upperleg01.L"][1], body.head["neck01"][1]
    level = (v[:, 1] - low) / (high - low)
    wave = 1.0 + 0.25 * np.sin(2.0 * np.pi * (furrow["waves"] * level + furrow["phase"]))
    fades = smooth(level, 0.05, 0.2) * (1.0 - 0.75 * smooth(level, furrow["fades_at"], furrow["fades_at"] + 0.35))
    behind = smooth(-v[:, 2], -0.02, 0.02) * (1.0 - smooth(level, 0.98, 1.08))
    return {"across": v[:, 0], "furrow": furrow["depth_m"] * wave * fades * behind}


class Furrowed(figure.Figure):
    """A figure whose skin has the furrow of the case."""

    def build(self) -> None:
        """Build the figure with the skin's relief put into what the maker does."""
        furrow = self.A.case["furrow"]
        finish, add_mesh = render.Nodes.finish, render.add_mesh

        def finished(nodes: Any, color: Any, *given: Any, **named: Any) -> Any:
            if not nodes.m.name.startswith("skin") or not furrow["depth_m"]:
                return finish(nodes, color, *given, **named)
            far = nodes.math("DIVIDE", nodes.attr("across"), furrow["width_m"])
            floor = nodes.math("EXPONENT", nodes.math("MULTIPLY", nodes.math("MULTIPLY", far, far), -0.5))
            deep = nodes.math("MULTIPLY", floor, nodes.attr("furrow"))
            shade = nodes.math("MULTIPLY", deep, furrow["shade"] / furrow["depth_m"])
            made = finish(nodes, nodes.mix(shade, color, (0.05, 0.02, 0.01)), *given, **named)
            bump = nodes.n("Bump")
            bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 1.0, 1.0
            nodes.link(nodes.math("MULTIPLY", deep, -1.0), bump.inputs["Height"])
            for node in nodes.t.nodes:
                if node.type == "BUMP" and node != bump:
                    nodes.link(bump.outputs[0], node.inputs["Normal"])
            return made

        def added(name: str, v: Any, faces: Any, mat: Any, **named: Any) -> Any:
            if name == "body":
                named["attrs"] = named["attrs"] | relief(self, furrow)
            return add_mesh(name, v, faces, mat, **named)

        render.Nodes.finish, render.add_mesh = finished, added
        try:
            super().build()
        finally:
            render.Nodes.finish, render.add_mesh = finish, add_mesh


def rearfoot(row: dict[str, Any], tip: dict[str, float]) -> dict[str, float]:
    """Angle of each heel against its leg as the camera sees it, degrees, + = the heel's lower end leads outwards."""
    camera, pose = row["camera"], row["pose"]
    rows, place = np.array(camera["rotation_rows"]), np.array(camera["position"])
    turned = ry(make_phantoms.YAW[row["view"]] + row["subject_yaw_deg"])

    def seen(point: np.ndarray) -> np.ndarray:
        at = rows @ (point - place)
        return np.array([at[0], at[1]]) / -at[2]

    angles = {}
    for side, sign in SIDES:
        knee, ankle = (np.array(row["points3d_world"][f"{part}.{side}"]) for part in ("knee", "ankle"))
        down = np.array([sign * np.tan(np.radians(tip[side])), -1.0, 0.0])
        axis = turned @ ry(sign * pose[f"toe_out_{side}"]) @ down
        leg, heel = seen(ankle) - seen(knee), seen(ankle + 0.05 * axis) - seen(ankle)
        outwards = sign * (-1.0 if row["view"] == "back" else 1.0)
        lean = [np.degrees(np.arctan2(outwards * line[0], -line[1])) for line in (leg, heel)]
        angles[side] = round(float(lean[1] - lean[0]), 4)
    return angles


def case(number: int, seed: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Give the person, the picture, and what is added to the body."""
    rng = np.random.default_rng([seed, number, 21])
    uniform = lambda span: float(rng.uniform(*span))  # noqa: E731
    who, picture = train_set.case(OF_CASES * number, seed)
    man = bool(who["body"]["gender"])
    colour = str(rng.choice(train_set.COLORS))
    worn = [make_phantoms.tight("bra", colour)] if not man and rng.random() < BRA else []
    below = ["boxers", "shorts"] if man else ["briefs", "boxers", "shorts"]
    who["look"]["clothes"] = [*worn, make_phantoms.tight(str(rng.choice(below)), colour)]
    pose, target = make_phantoms.frontal_pose(rng)
    pose |= {
        "c_curve": uniform(CURVE) if rng.random() < BENT else 0.0,
        "s_curve": uniform(SECOND_CURVE) if rng.random() < BENT else 0.0,
        "pronation_L": 0.0,
        "pronation_R": 0.0,
    }
    more = {
        "tip": {side: uniform(TIP_DEG) for side, _ in SIDES},
        "furrow": {
            "depth_m": 0.0 if rng.random() < NONE else uniform(DEPTH_M),
            "width_m": uniform(WIDTH_M),
            "shade": uniform(SHADE),
            "waves": uniform((1.0, 4.0)),
            "phase": uniform((0.0, 1.0)),
            "fades_at": uniform((0.35, 0.75)),
        },
    }
    picture |= {"id": f"back_{number:03d}", "group": "back", "view": "back", "pose": pose, "target": target}
    return who, picture, more


def main() -> None:
    """Render the cases that are not there yet, and write their truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--size", default="768x1024")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    size = tuple(int(one) for one in given.size.split("x"))
    assets = Backs(str(given.assets))
    assets.case = {"tip": {"L": 0.0, "R": 0.0}}
    marks = landmarks.pick(assets)
    figure.Figure = Furrowed
    truth = given.out / "truth.json"
    done = {row["id"]: row for row in json.loads(truth.read_text())["images"]} if truth.exists() else {}
    for number in range(given.count):
        who, picture, more = case(number, given.seed)
        if picture["id"] not in done:
            assets.case = more
            row = make_phantoms.make(assets, marks, {"x": who}, picture, str(given.out), size, SAMPLES)
            furrow = {"depth_mm": 1000.0 * more["furrow"]["depth_m"], "width_mm": 1000.0 * more["furrow"]["width_m"]}
            done[picture["id"]] = row | {"furrow": furrow, "rearfoot": rearfoot(row, more["tip"])}
            truth.write_text(json.dumps({"images": [done[key] for key in sorted(done)]}), encoding="utf-8")
            print(picture["id"], flush=True)


if __name__ == "__main__":
    main()
