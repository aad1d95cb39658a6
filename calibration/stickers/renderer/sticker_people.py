"""Render people who wear stickers, with the true centre of each. Lies beside the phantom maker's scripts.

    python sticker_people.py --assets DIR --out DIR --seed 77 --count 28 [--size 960x1280]
    python sticker_people.py --assets DIR --out DIR --seed 78 --count 48 --plain

People, rooms, light, camera and posture as in train_set.py, in close-fitting clothes. A pack of stickers has one colour
and one diameter, 8 to 20 mm. Each is laid on the skin or the cloth around the spot, by rays cast onto the finished
body, and its true centre goes to ``stickers2d``. Case i depends on (seed, i) alone.

With ``--plain`` a pack has no colour: white, reflective (it shines back what the flash sends, or is dull without) or
black, balls of 12 to 20 mm or flat ones. Half of the backs wear a column of them from C7 to the sacrum, and most people
wear what might be taken for one: buttons, laces, letters and badges of the markers' own colour. One case in eight wears
such things and no marker at all.
"""

import argparse
import colorsys
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import bpy
import figure
import landmarks
import make_phantoms
import numpy as np
import render
import train_set
from body import Assets
from mathutils import Vector

COLOURS = {
    "green": (0.36, 0.85, 0.50),
    "blue": (0.60, 0.85, 0.55),
    "pink": (0.92, 0.75, 0.75),
    "yellow": (0.145, 0.90, 0.80),
    "cyan": (0.51, 0.85, 0.60),
    "orange": (0.06, 0.92, 0.80),
    "red": (0.99, 0.92, 0.55),
    "purple": (0.76, 0.70, 0.45),
}
"""Hue, saturation and value of each pack, linear light; every case moves them a little."""

PLAIN = ("white", "reflective", "white", "black")
"""The packs without colour, one case after the other."""

GREYS = {"white": (0.55, 0.9), "reflective": (0.25, 0.5), "black": (0.004, 0.03)}
"""How much light each sends back, of 1."""

SHINE = (0.6, 2.5)
"""What a reflective ball adds of the flash's own light."""

VIEWS = ("front", "back", "front", "back", "front", "back", "left", "right")
RINGS, SPOKES, SAMPLES = 5, 28, 6
LIFT_M, FROM_M = 0.0006, 0.25

Spot = tuple[str, np.ndarray, np.ndarray]
"""A spot's name, where it lies in the body's frame, and from where a finger would come."""


def spots(points: dict[str, np.ndarray], view: str, column: int = 0) -> Iterator[Spot]:
    """Give the spots that a therapist marks in a view; x = the subject's left, y up, z forward.

    ``column`` spinous processes between C7 and the sacrum are marked from behind, instead of T3 alone.
    """
    if view in ("left", "right"):
        yield from _side_spots(points, view)
        return
    ahead = 1.0 if view == "front" else -1.0
    for side, sign in (("L", 1.0), ("R", -1.0)):
        name = "left_" if side == "L" else "right_"
        out = np.array([0.0, 0.0, ahead])
        tip = points[f"acromion.{side}"] + [-0.012 * sign, -0.02, 0.0]
        yield name + "acromion", tip, np.array([0.1 * sign, 0.2, ahead])
        knee, ankle, heel = (points[f"{part}.{side}"] for part in ("knee", "ankle", "heel"))
        if view == "front":
            yield name + "asis", points[f"asis.{side}"], out
            yield name + "patella", knee + [0.0, 0.01, 0.0], out
            yield name + "tibial_tuberosity", knee + 0.16 * (ankle - knee), out
        else:
            top, low = points["C7"], points["sacrum"]
            yield name + "scapular_angle", top + 0.36 * (low - top) + [0.085 * sign, 0.0, 0.0], out
            yield name + "psis", points[f"psis.{side}"], out
            yield name + "mid_calf", knee + 0.42 * (ankle - knee), out
            yield name + "achilles", ankle, out
            yield name + "heel", heel, np.array([0.0, 0.1, -1.0])
    if view == "back":
        yield "c7", points["C7"], np.array([0.0, 0.3, -1.0])
        if column:
            yield from _column(points, column)
        else:
            yield "t3", points["C7"] + 0.14 * (points["sacrum"] - points["C7"]), np.array([0.0, 0.1, -1.0])


def _column(points: dict[str, np.ndarray], between: int) -> Iterator[Spot]:
    """Give the sacrum and so many spinous processes between it and C7, counted from above."""
    line = np.array([points[name] for name in sorted(points) if name.startswith("spine_")])
    down = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line[::-1], axis=0), axis=1))])
    out = np.array([0.0, 0.0, -1.0])
    for number, at in enumerate(np.linspace(0.0, down[-1], between + 2)[1:-1], start=1):
        place = np.array([np.interp(at, down, line[::-1, axis]) for axis in range(3)])
        yield f"spine_{number}", place, out
    yield "sacrum", points["sacrum"], out


def _side_spots(points: dict[str, np.ndarray], view: str) -> Iterator[Spot]:
    side, sign = ("L", 1.0) if view == "left" else ("R", -1.0)
    out = np.array([sign, 0.0, 0.0])
    yield f"{view}_ear", points[f"ear.{side}"], out
    yield f"{view}_acromion", points[f"acromion.{side}"], out + [0.0, 0.5, 0.0]
    yield "c7", points["C7"], np.array([0.5 * sign, 0.2, -1.0])
    yield f"{view}_asis", points[f"asis.{side}"], out + [0.0, 0.0, 0.7]
    yield f"{view}_psis", points[f"psis.{side}"], out + [0.0, 0.0, -0.7]
    yield f"{view}_trochanter", points[f"hip.{side}"], out
    yield f"{view}_knee", points[f"knee.{side}"], out
    yield f"{view}_ankle", points[f"ankle.{side}"], out


class Marked(figure.Figure):
    """A figure that wears the stickers of ``pack`` once it is built."""

    pack: ClassVar[dict[str, Any]] = {}
    centres: ClassVar[dict[str, np.ndarray]] = {}

    def build(self) -> None:
        """Build the figure, then stick."""
        super().build()
        bpy.context.view_layer.update()
        points, _ = landmarks.points3d(self.A, self.B, self.T, self.pack["marks"])
        paper = material(self.pack)
        self.centres.clear()
        wear = ball if self.pack.get("ball") else stick
        for name, place, towards in spots(points, self.pack["view"], self.pack.get("column", 0)):
            if name not in self.pack["worn"]:
                continue
            start = self.world(place)
            outward = towards / np.linalg.norm(towards) @ self.Rw.T
            centre = wear(start, outward, self.pack["diameter_m"] / 2, paper)
            if centre is not None:
                self.centres[name] = centre
        for place, towards, outline in self.pack.get("others", ()):
            start = self.world(points[place[0]] + np.array(place[1]))
            decal(start, np.array(towards) @ self.Rw.T, np.array(outline), paper)


def material(pack: dict[str, Any]) -> Any:
    """Give paper or paint; a reflective one adds light of its own, as under a flash."""
    nodes = render.Nodes("sticker")
    paper = nodes.finish(pack["colour"], 0.65, 0.2)
    if pack.get("shine"):
        shader = next(node for node in nodes.t.nodes if node.type == "BSDF_PRINCIPLED")
        shader.inputs["Emission Color"].default_value = (1.0, 1.0, 1.0, 1.0)
        shader.inputs["Emission Strength"].default_value = pack["shine"]
    return paper


def ball(place: np.ndarray, outward: np.ndarray, radius_m: float, paper: Any) -> np.ndarray | None:
    """Set a ball onto what the ray meets; give its centre, or None on hair and where nothing is."""
    found = surface(place, outward)
    if found is None or found[2].split(".")[0] not in ("body", "cloth"):
        return None
    at, normal, _ = found
    centre = at + radius_m * (normal if normal @ outward > 0 else -normal)
    turns, rows = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False), np.linspace(0.0, np.pi, 13)
    ring = np.stack([np.cos(turns), 0.0 * turns, np.sin(turns)], axis=-1)
    points = np.concatenate([ring * np.sin(row) + [0.0, np.cos(row), 0.0] for row in rows])
    faces = [
        (row * 24 + k, row * 24 + (k + 1) % 24, (row + 1) * 24 + (k + 1) % 24, (row + 1) * 24 + k)
        for row in range(12)
        for k in range(24)
    ]
    render.add_mesh("sticker", centre + radius_m * points, faces, paper)
    return np.asarray(centre)


def decal(place: np.ndarray, outward: np.ndarray, outline_m: np.ndarray, paper: Any) -> None:
    """Lay a flat outline (n, 2) on what the ray meets: a button, a letter, a lace."""
    found = surface(place, outward / np.linalg.norm(outward))
    if found is None or found[2].split(".")[0] not in ("body", "cloth"):
        return
    at, normal, _ = found
    normal = normal if normal @ outward > 0 else -normal
    right = np.cross([0.0, 1.0, 0.0], normal)
    right /= np.linalg.norm(right)
    flat = at + outline_m[:, :1] * right + outline_m[:, 1:] * np.cross(normal, right)
    laid = [below[0] + LIFT_M * normal for corner in flat if (below := surface(corner, normal)) is not None]
    if len(laid) == len(flat):
        middle = np.mean(laid, axis=0) + LIFT_M * normal
        ends = range(len(laid))
        render.add_mesh("badge", np.array([middle, *laid]), [(0, 1 + i, 1 + (i + 1) % len(laid)) for i in ends], paper)


def surface(place: np.ndarray, outward: np.ndarray) -> tuple[np.ndarray, np.ndarray, str] | None:
    """Cast a ray from outside onto the body; give the point, its normal (Y up) and the mesh's name."""
    origin, way = render.B2 @ (place + FROM_M * outward), render.B2 @ -outward
    graph = bpy.context.evaluated_depsgraph_get()
    hit, at, normal, _, thing, _ = bpy.context.scene.ray_cast(graph, Vector(origin), Vector(way), distance=2 * FROM_M)
    return (render.B2.T @ np.array(at), render.B2.T @ np.array(normal), thing.name) if hit else None


def stick(place: np.ndarray, outward: np.ndarray, radius_m: float, paper: Any) -> np.ndarray | None:
    """Lay a disc on what the ray meets, bent to its shape; give its centre, or None on hair and where nothing is."""
    found = surface(place, outward)
    if found is None or found[2].split(".")[0] not in ("body", "cloth"):
        return None
    centre, normal, _ = found
    normal = normal if normal @ outward > 0 else -normal
    right = np.cross(normal, [0.3, 1.0, 0.2])
    right /= np.linalg.norm(right)
    up = np.cross(normal, right)
    spokes = np.linspace(0.0, 2.0 * np.pi, SPOKES, endpoint=False)
    disc = [centre + LIFT_M * normal]
    for ring in range(1, RINGS + 1):
        for angle in spokes:
            flat = centre + radius_m * ring / RINGS * (np.cos(angle) * right + np.sin(angle) * up)
            below = surface(flat, normal)
            near = below is not None and abs((below[0] - flat) @ normal) < 0.006
            disc.append((below[0] if below is not None and near else flat) + LIFT_M * normal)
    rows = np.arange(SPOKES)
    faces = [(0, 1 + i, 1 + (i + 1) % SPOKES) for i in rows]
    for ring in range(RINGS - 1):
        a, b = 1 + ring * SPOKES, 1 + (ring + 1) * SPOKES
        faces += [(a + i, b + i, b + (i + 1) % SPOKES, a + (i + 1) % SPOKES) for i in rows]
    render.add_mesh("sticker", np.array(disc), [tuple(int(one) for one in face) for face in faces], paper)
    return np.asarray(disc[0])


def case(number: int, seed: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Give the person, the picture and the pack of a case."""
    view = VIEWS[number % len(VIEWS)]
    turn = 4 * number + (3 if view in ("left", "right") else 0)
    rng = np.random.default_rng([seed, number, 5])
    who, picture = train_set.case(turn, seed)
    while any(one["fit"] != "tight" for one in who["look"]["clothes"]):
        who = train_set.someone(rng)
    picture |= {"view": view, "id": f"sticker_{number:02d}_{view}"}
    picture["camera"]["height"] = min(picture["camera"]["height"], 1.3)
    name = list(COLOURS)[(number * 3 + number // 8) % len(COLOURS)]
    hue, much, bright = np.array(COLOURS[name]) + rng.uniform(-1, 1, 3) * [0.012, 0.05, 0.08]
    colour = colorsys.hsv_to_rgb(hue % 1.0, float(np.clip(much, 0, 1)), float(np.clip(bright, 0, 1)))
    pack = {"view": view, "name": name, "colour": colour, "diameter_m": float(rng.uniform(0.008, 0.020)), "rng": rng}
    return who, picture, pack


def plain_case(number: int, seed: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Give the same with a pack without colour, and what might be taken for one of its markers."""
    who, picture, pack = case(number, seed)
    rng = np.random.default_rng([seed, number, 6])
    name = PLAIN[(number + number // 8) % len(PLAIN)]
    grey = float(rng.uniform(*GREYS[name]))
    colour = np.array([grey, grey, grey]) * rng.uniform(0.95, 1.05, 3)
    bare = (number + number // 8) % 8 == 3
    rounded = name == "reflective" or rng.random() < 0.6
    pack |= {
        "name": name,
        "colour": tuple(float(part) for part in colour),
        "ball": bool(rounded),
        "diameter_m": float(rng.uniform(0.012, 0.020)),
        "shine": float(rng.uniform(*SHINE)) if name == "reflective" and rng.random() < 0.8 else 0.0,
        "column": int(rng.integers(5, 13)) if picture["view"] == "back" and rng.random() < 0.6 else 0,
        "others": list(_others(rng, picture["view"])) if rng.random() < 0.7 or bare else [],
        "bare": bare,
    }
    picture["id"] = f"plain_{number:02d}_{picture['view']}"
    return who, picture, pack


def _others(rng: np.random.Generator, view: str) -> Iterator[tuple[Any, Any, Any]]:
    """Give (place, towards, outline) of buttons, laces, letters and badges: from which point and how far, metres."""
    ahead = -1.0 if view == "back" else 1.0
    towards = [0.0, 0.0, ahead] if view in ("front", "back") else [1.0 if view == "left" else -1.0, 0.0, 0.2]
    circle = np.linspace(0.0, 2.0 * np.pi, 20, endpoint=False)
    disc = np.stack([np.cos(circle), np.sin(circle)], axis=-1)
    if rng.random() < 0.6:
        size, step = rng.uniform(0.0045, 0.007), rng.uniform(0.06, 0.09)
        for row in range(6 if view == "front" else 0):
            yield ("C7", [0.0, -0.12 - row * step, 0.0]), towards, (size * disc).tolist()
    for _badge in range(int(rng.integers(1, 4))):
        wide, high = rng.uniform(0.008, 0.07), rng.uniform(0.006, 0.05)
        square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [wide / 2, high / 2]
        outline = square if rng.random() < 0.6 else disc * [wide / 2, high / 2]
        where = [float(rng.uniform(-0.14, 0.14)), float(-rng.uniform(0.08, 0.5)), 0.0]
        yield ("C7", where), towards, outline.tolist()
    for side in "LR":
        for row in range(4):
            lace = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [0.018, 0.003]
            where = [0.0, -0.03, 0.05 + 0.02 * row] if view == "front" else [0.0, -0.03 - 0.012 * row, -0.03]
            yield (f"ankle.{side}", where), [0.0, 1.0, ahead], lace.tolist()


def seen(row: dict[str, Any], place: np.ndarray, inside_m: float) -> bool:
    """Whether nothing stands between the camera and a centre that lies so deep under its marker's own surface."""
    eye = np.array(row["camera"]["position"])
    way = place - eye
    far = float(np.linalg.norm(way))
    graph = bpy.context.evaluated_depsgraph_get()
    start, ahead = Vector(render.B2 @ eye), Vector(render.B2 @ (way / far))
    hit, at, *_ = bpy.context.scene.ray_cast(graph, start, ahead)
    return bool(hit) and float(np.linalg.norm(render.B2.T @ np.array(at) - place)) < 0.004 + inside_m


def projected(row: dict[str, Any], place: np.ndarray) -> list[float]:
    """Where the camera sees a point, pixels."""
    lens = row["camera"]
    q = np.array(lens["rotation_rows"]) @ (place - lens["position"])
    x, y = lens["cx"] - lens["f_px"] * q[0] / q[2], lens["cy"] + lens["f_px"] * q[1] / q[2]
    return [round(float(x), 3), round(float(y), 3)]


def main() -> None:
    """Render the cases that are not there yet, and write their truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=28)
    parser.add_argument("--size", default="960x1280")
    parser.add_argument("--plain", action="store_true", help="white, reflective and black markers, and false ones")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in given.size.split("x"))
    assets = Assets(str(given.assets))
    marks = landmarks.pick(assets)
    make_phantoms.FG.Figure = Marked
    truth = given.out / "truth.json"
    done = {row["id"]: row for row in json.loads(truth.read_text())["images"]} if truth.exists() else {}
    for number in range(given.first, given.first + given.count):
        who, picture, pack = (plain_case if given.plain else case)(number, given.seed)
        if picture["id"] in done:
            continue
        rng = pack.pop("rng")
        nowhere = {key: np.zeros(3) for key in _KEYS}
        names = sorted({name for name, _, _ in spots(nowhere, pack["view"], pack.get("column", 0))})
        worn = {name for name in names if rng.random() < 0.9 and not pack.get("bare")}
        Marked.pack = pack | {"marks": marks, "worn": worn}
        row = make_phantoms.make(assets, marks, {"x": who}, picture, str(given.out), (width, height), SAMPLES)
        deep = pack["diameter_m"] / 2 if pack.get("ball") else 0.0
        in_sight = {name: place for name, place in Marked.centres.items() if seen(row, place, deep)}
        row["stickers2d"] = {name: projected(row, place) for name, place in in_sight.items()}
        row["sticker"] = {"name": pack["name"], "diameter_m": pack["diameter_m"], "linear_rgb": list(pack["colour"])}
        row["sticker"] |= {key: pack[key] for key in ("ball", "shine", "column") if key in pack}
        done[picture["id"]] = row
        truth.write_text(json.dumps({"images": [done[key] for key in sorted(done)]}), encoding="utf-8")
        print(picture["id"], pack["name"], len(row["stickers2d"]), flush=True)


SPINE_ROWS = range(14)
"""The phantom maker's points along the back's midline, from the sacrum up."""

_KEYS = [
    "C7",
    "sacrum",
    *(f"spine_{row:02d}" for row in SPINE_ROWS),
    *(
        f"{part}.{side}"
        for part in ("acromion", "knee", "ankle", "heel", "asis", "psis", "hip", "ear")
        for side in "LR"
    ),
]

if __name__ == "__main__":
    main()
