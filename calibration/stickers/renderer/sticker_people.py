"""Render people who wear stickers, with the true centre of each. Lies beside the phantom maker's scripts.

    python sticker_people.py --assets DIR --out DIR --seed 77 --count 28 [--size 960x1280]
    python sticker_people.py --assets DIR --out DIR --seed 78 --count 48 --plain
    python sticker_people.py --assets DIR --out DIR --seed 79 --count 24 --sapo --size 720x960

People, rooms, light, camera and posture as in train_set.py, in close-fitting clothes. A pack of stickers has one colour
and one diameter, 8 to 20 mm. Each is laid on the skin or the cloth around the spot, by rays cast onto the finished
body, and its true centre goes to ``stickers2d``. Case i depends on (seed, i) alone.

With ``--plain`` a pack has no colour: white, reflective (it shines back what the flash sends, or is dull without) or
black, balls of 12 to 20 mm or flat ones. Half of the backs wear a column of them from C7 to the sacrum, and most people
wear what might be taken for one: buttons, laces, letters and badges of the markers' own colour. One case in eight wears
such things and no marker at all.

With ``--sapo`` everybody is seen from the front and wears the whole set of SAPO's protocol, balls of 20 mm.
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
from marker_places import INSIDE, spots
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
LIFT_M, FROM_M, NEAR_M = 0.0006, 0.25, 0.025


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
        column, sapo = self.pack.get("column", 0), self.pack.get("sapo", False)
        for name, place, towards in spots(points, self.pack["view"], column, sapo=sapo):
            if name not in self.pack["worn"]:
                continue
            start = self.world(place)
            outward = towards / np.linalg.norm(towards) @ self.Rw.T
            if any(part in name for part in INSIDE):
                start, from_m = way_out(start, outward), NEAR_M
            else:
                from_m = FROM_M
            centre = wear(start, outward, self.pack["diameter_m"] / 2, paper, from_m)
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


def way_out(place: np.ndarray, outward: np.ndarray) -> np.ndarray:
    """Where a ray from inside the body leaves it."""
    graph, scene = bpy.context.evaluated_depsgraph_get(), bpy.context.scene
    start, way = Vector(render.B2 @ place), Vector(render.B2 @ outward)
    hit, at, *_ = scene.ray_cast(graph, start, way, distance=FROM_M)
    return np.asarray(render.B2.T @ np.array(at)) if hit else place


def ball(
    place: np.ndarray, outward: np.ndarray, radius_m: float, paper: Any, from_m: float = FROM_M
) -> np.ndarray | None:
    """Set a ball onto what the ray meets; give its centre, or None on hair and where nothing is."""
    found = surface(place, outward, from_m)
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


def surface(
    place: np.ndarray, outward: np.ndarray, from_m: float = FROM_M
) -> tuple[np.ndarray, np.ndarray, str] | None:
    """Cast a ray from outside onto the body; give the point, its normal (Y up) and the mesh's name."""
    origin, way = render.B2 @ (place + from_m * outward), render.B2 @ -outward
    graph = bpy.context.evaluated_depsgraph_get()
    hit, at, normal, _, thing, _ = bpy.context.scene.ray_cast(graph, Vector(origin), Vector(way), distance=2 * from_m)
    return (render.B2.T @ np.array(at), render.B2.T @ np.array(normal), thing.name) if hit else None


def stick(
    place: np.ndarray, outward: np.ndarray, radius_m: float, paper: Any, from_m: float = FROM_M
) -> np.ndarray | None:
    """Lay a disc on what the ray meets, bent to its shape; give its centre, or None on hair and where nothing is."""
    found = surface(place, outward, from_m)
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


def sapo_case(number: int, seed: int) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Give somebody without colour on the markers, seen from the front, with SAPO's whole set."""
    who, picture, pack = plain_case(number, seed)
    picture |= {"view": "front", "id": f"sapo_{number:02d}_front"}
    pack |= {"view": "front", "sapo": True, "ball": True, "diameter_m": 0.020, "column": 0, "bare": False}
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
    parser.add_argument("--sapo", action="store_true", help="front views with the whole set of SAPO's protocol")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    width, height = (int(part) for part in given.size.split("x"))
    assets = Assets(str(given.assets))
    marks = landmarks.pick(assets)
    make_phantoms.FG.Figure = Marked
    truth = given.out / "truth.json"
    done = {row["id"]: row for row in json.loads(truth.read_text())["images"]} if truth.exists() else {}
    for number in range(given.first, given.first + given.count):
        who, picture, pack = (sapo_case if given.sapo else plain_case if given.plain else case)(number, given.seed)
        if picture["id"] in done:
            continue
        rng = pack.pop("rng")
        nowhere = {key: np.zeros(3) for key in _KEYS}
        column, sapo = pack.get("column", 0), pack.get("sapo", False)
        names = sorted({name for name, _, _ in spots(nowhere, pack["view"], column, sapo=sapo)})
        worn = {name for name in names if (sapo or rng.random() < 0.9) and not pack.get("bare")}
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
        for part in ("acromion", "knee", "ankle", "heel", "toe", "asis", "psis", "hip", "ear")
        for side in "LR"
    ),
]

if __name__ == "__main__":
    main()
