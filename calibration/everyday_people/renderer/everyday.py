"""Render people as they dress and stand every day, with the exact places of their bones.

    python everyday.py --assets DIR --out DIR --seed 3101 --first 0 --count 2000
    python everyday.py --assets DIR --out DIR --seed 5101 --count 130 --side        # seen from the left or the right
    python everyday.py --assets DIR --out DIR --seed 5101 --count 130 --side --near # of these, head to shoulder alone

Lies beside the phantom maker's scripts, ``wide_people.py``, ``side_people.py`` and ``train_wide.py``; writes what
``train_wide.py`` writes.
Cases that lie there are not rendered again, so the set can be made in parts and by several processes.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # read when cv2 is loaded

import body
import bpy
import everyday_people
import figure
import landmarks
import make_phantoms
import numpy as np
import render
import train_wide
from train_wide import Array, Described

PLAIN_GARMENT = figure.garment
UP = np.array([0.0, 1.0, 0.0])
NEAR = 1.1
"""Half the side of the square that ``--near`` renders, trunk lengths."""


def garment(kind: str, fields: Described, spec: Described | None) -> Any:
    """Give a garment's signed distance, m; belts too."""
    if kind != "belt":
        return PLAIN_GARMENT(kind, fields)
    low, wide = (spec or {}).get("low", 0.18), (spec or {}).get("wide", 0.07)
    band = np.minimum((low + wide - fields["torso"]) * fields["T"], (fields["torso"] - low) * fields["T"])
    return np.minimum(band, (0.3 - fields["arm"]) * 0.2)


@contextmanager
def belts(clothes: list[Described]) -> Iterator[None]:
    """Let belts be worn."""
    specs = {worn["kind"]: worn for worn in clothes if "kind" in worn}
    before = train_wide.PLAIN_GARMENT
    train_wide.PLAIN_GARMENT = lambda kind, fields: garment(kind, fields, specs.get(kind))
    try:
        yield
    finally:
        train_wide.PLAIN_GARMENT = before


def add_skirt(person: Any, worn: Described) -> None:
    """Hang a skirt or the lower part of a coat from the waist."""
    assets, plain = person.A, person.B
    faces = [face for group, face, _ in assets.f if group == "helper-skirt"]
    used = np.unique(np.concatenate([np.array(face) for face in faces]))
    rest = plain.v.copy()
    normals = figure.vnormals(rest, faces)
    middle = rest[used].mean(axis=0)
    down = np.clip((plain.head["upperleg01.L"][1] - rest[:, 1]) / plain.head["upperleg01.L"][1], 0, 1)
    around = np.arctan2(rest[:, 0] - middle[0], rest[:, 2] - middle[2])
    folds = worn["folds"] * down * np.sin(worn["fold_count"] * around + worn["phase"])
    rest[used] += normals[used] * (worn["offset"] + folds[used])[:, None]
    wider = 1.0 + (worn["wide"] - 1.0) * down[used]
    rest[used, 0] = middle[0] + (rest[used, 0] - middle[0]) * wider
    rest[used, 2] = middle[2] + (rest[used, 2] - middle[2]) * wider
    fields = figure.region_fields(plain, plain.v, assets.W)
    inside = (worn["length"] - fields["leg"]) * fields["LL"] + worn["skew"] * plain.v[:, 0]
    nodes = render.Nodes("loose")
    shown = nodes.math("GREATER_THAN", nodes.attr("s"), 0.0)
    colour = figure.cloth_color(nodes, worn)
    creases = nodes.noise(worn["wrinkle"], 4, 0.25, 0.75)
    cloth = nodes.finish(colour, 0.9, 0.12, creases, 0.6, 0.02, alpha=shown)
    near = [face for face in faces if all(inside[corner] > -0.08 for corner in face)]
    layers = {"s": inside, "ry": plain.v[:, 1]}
    render.add_mesh("loose", person.world(plain.skin(person.T, rest)), near, cloth, attrs=layers, subsurf=1)


def add_hat(person: Any, colour: tuple[float, ...]) -> None:
    """Put a hat on."""
    path = Path(person.A.root) / "base/clothes/fedora01/fedora.mhclo"
    rest, weights, _, faces, _ = person.B.fit(str(path))
    places = person.world(person.B.skin(person.T, rest, weights))
    render.add_mesh("hat", places, [face for _, face, _ in faces], render.flat(colour, 0.9, 0.1), subsurf=1)


def ring(
    middle: Array, across: float, deep: float, thick: float, rng: np.random.Generator
) -> tuple[Array, list[list[int]]]:
    """Give corners and faces of an uneven ring that lies about a point, m."""
    rounds, tube = 28, 10
    places = []
    for step in range(rounds):
        turn = 2 * np.pi * step / rounds
        out = np.array([np.sin(turn), 0.0, np.cos(turn)])
        sag = -0.5 * thick * (np.cos(turn) + 0.5 * np.sin(3 * turn + rng.uniform(0, 0.4)))
        for part in range(tube):
            side = 2 * np.pi * part / tube
            swollen = thick * (1 + 0.15 * rng.normal())
            at = middle + out * [across, 0, deep] + UP * sag
            places.append(at + swollen * (np.cos(side) * out + np.sin(side) * UP))
    corner = lambda a, b: (a % rounds) * tube + b % tube  # noqa: E731
    faces = [
        [corner(a, b), corner(a + 1, b), corner(a + 1, b + 1), corner(a, b + 1)]
        for a in range(rounds)
        for b in range(tube)
    ]
    return np.array(places), faces


def add_neckwear(person: Any, world: dict[str, Array], rng: np.random.Generator) -> None:
    """Lay a hood on the back below the neck, or turn a collar up around it."""
    look, size = person.look, person.B.height / 1.7
    middle = (world["shoulder.L"] + world["shoulder.R"]) / 2
    ahead = world["nose"] - (world["ear.L"] + world["ear.R"]) / 2
    ahead = ahead * [1, 0, 1] / np.linalg.norm(ahead * [1, 0, 1])
    if worn := look.get("hood"):
        at = world["C7"] - ahead * (worn["behind"] - 0.06) * size + UP * 0.005
        thick = worn["thick"] * size
        render.add_mesh("hood", *ring(at, 0.09 * size, 0.06 * size, thick, rng), render.flat(worn["color"], 0.95, 0.05))
    if worn := look.get("collar"):
        at = (world["C7"] + middle + ahead * 0.02 * size) / 2
        rounds, low, high = 24, world["C7"][1] - 0.03 * size, world["C7"][1] + worn["high"] * size
        turn = 2 * np.pi * np.arange(rounds) / rounds
        out = np.stack([np.sin(turn), np.zeros(rounds), np.cos(turn)], axis=1) * worn["wide"] * size
        rows = [
            at * [1, 0, 1] + out * wide + UP * (y - 0.02 * size * (out @ ahead / worn["wide"])[:, None])
            for y, wide in ((low, 1.15), (high, 1.0))
        ]
        faces = [[i, (i + 1) % rounds, rounds + (i + 1) % rounds, rounds + i] for i in range(rounds)]
        render.add_mesh("collar", np.concatenate(rows), faces, render.flat(worn["color"], 0.9, 0.1))


def strap(start: Array, end: Array, out: Array, wide: float, material: Any) -> None:
    """Lay a strap between two places; ``out`` (3,) leads away from the body."""
    along = end - start
    aside = np.cross(along, out)
    aside *= wide / np.linalg.norm(aside)
    away = out * 0.008
    corners = [start + a * aside + b * away for a in (-1, 1) for b in (0, 1)]
    corners += [end + a * aside + b * away for a in (-1, 1) for b in (0, 1)]
    faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    render.add_mesh("strap", np.array(corners), faces, material)


def add_things(person: Any, world: dict[str, Array], rng: np.random.Generator) -> None:
    """Give the person scarf, bag and what the hands hold."""
    look, size = person.look, person.B.height / 1.7
    if look["scarf"]:
        thick = 0.035 * size
        middle = (world["shoulder.L"] + world["shoulder.R"]) / 2 + UP * 0.06 * size
        render.add_mesh(
            "scarf", *ring(middle, 0.075 * size, 0.075 * size, thick, rng), render.flat(look["scarf"], 0.95, 0.05)
        )
    ahead = world["nose"] - (world["ear.L"] + world["ear.R"]) / 2
    ahead = ahead * [1, 0, 1] / np.linalg.norm(ahead * [1, 0, 1])
    material = render.flat(look["bag_color"], 0.6, 0.3)
    side, other = look["bag_side"], "R" if look["bag_side"] == "L" else "L"
    hip, wrist = (world[f"{part}.{side}"] for part in ("hip", "wrist"))
    outwards = hip - world[f"hip.{other}"]
    outwards = outwards / np.linalg.norm(outwards)
    half = np.array([rng.uniform(0.05, 0.09), rng.uniform(0.10, 0.2), rng.uniform(0.10, 0.18)]) * size
    if look["bag"] == "hand":
        low = wrist - UP * (0.16 * size + half[1])
        render.box(low - half, low + half, material)
    elif look["bag"] in ("shoulder", "across"):
        middle = hip + outwards * (0.13 * size + half[0]) + UP * rng.uniform(-0.05, 0.12) * size
        render.box(middle - half, middle + half, material)
        start = world[f"acromion.{other if look['bag'] == 'across' else side}"] * 0.75
        start = start + (world["shoulder.L"] + world["shoulder.R"]) / 8 + UP * 0.03 * size
        for way in (1.0, -1.0):
            out = ahead * way
            strap(
                start + out * 0.08 * size, hip + outwards * 0.12 * size + out * 0.1 * size, out, 0.018 * size, material
            )
    elif look["bag"] == "backpack":
        middle = (world["C7"] + (world["hip.L"] + world["hip.R"]) / 2) / 2 - ahead * 0.22 * size
        broad = np.array([0.14, rng.uniform(0.17, 0.24), 0.09]) * size
        render.box(middle - broad, middle + broad, material)
        for each in "LR":
            start = world[f"acromion.{each}"] * 0.7 + world["C7"] * 0.3
            end = world[f"shoulder.{each}"] * 0.6 + world[f"hip.{each}"] * 0.4
            strap(start + ahead * 0.1 * size + UP * 0.02, end + ahead * 0.12 * size, ahead, 0.025 * size, material)
    if look["held"]:
        both = (world["wrist.L"] + world["wrist.R"]) / 2 + ahead * 0.1 * size
        sizes = {"board": (0.15, 0.2, 0.01), "phone": (0.035, 0.07, 0.005), "box": (0.18, 0.12, 0.1)}
        half = np.array(sizes[look["held"]]) * size * rng.uniform(0.8, 1.3)
        render.box(both - half, both + half, render.flat(look["held_color"], 0.5, 0.3))


def outdoors(rng: np.random.Generator) -> None:
    """Build a street or a garden: ground, a far wall or hedge, boxes, and sometimes the sun."""
    paint: Callable[[float], tuple[float, ...]] = lambda most: tuple(float(v) for v in rng.uniform(0.03, most, 3))  # noqa: E731
    grounds = ((0.25, 0.25, 0.24), (0.07, 0.13, 0.04), (0.4, 0.36, 0.3), (0.15, 0.14, 0.14))
    ground = grounds[int(rng.integers(4))]
    nodes = render.Nodes("ground")
    floor = nodes.finish(
        nodes.mix(nodes.noise(float(rng.uniform(2, 40)), 6), tuple(0.6 * part for part in ground), ground), 0.9, 0.1
    )
    render.box((-30, -0.1, -30), (30, 0, 12), floor)
    if rng.random() < 0.8:
        far, nodes = -float(rng.uniform(1.5, 9)), render.Nodes("far")
        colour = paint(0.6)
        wall = nodes.finish(
            nodes.mix(nodes.noise(float(rng.uniform(1, 25)), 6), tuple(0.5 * part for part in colour), colour), 0.9, 0.1
        )
        render.box((-30, 0, far - 0.3), (30, float(rng.uniform(1.0, 8)), far), wall)
    for _ in range(int(rng.integers(2, 9))):
        x, z = float(rng.uniform(0.7, 4) * rng.choice([-1, 1])), -float(rng.uniform(0.5, 8))
        wide, high = float(rng.uniform(0.05, 1.5)), float(rng.uniform(0.3, 4))
        render.box((x - wide / 2, 0, z - wide / 2), (x + wide / 2, high, z + wide / 2), render.flat(paint(0.6), 0.8))


def daylight(rng: np.random.Generator) -> None:
    """Light the scene by the sky alone or by the sky and the sun."""
    render.world_light((0.75, 0.87, 1.0), float(rng.uniform(0.5, 1.2)))
    if rng.random() < 0.6:
        turn = np.radians(rng.uniform(-120, 120))
        place = (float(12 * np.sin(turn)), float(rng.uniform(6, 14)), float(12 * np.cos(turn)))
        render.light_area(
            place, (0, 1, 0), float(rng.uniform(0.2, 1.0)), float(rng.uniform(3000, 9000)), (1, 0.95, 0.85)
        )


def dress(person: Any, world: dict[str, Array], seed: int) -> None:
    """Put on everything that the phantom maker has no garment for."""
    look, rng = person.look, np.random.default_rng(seed)
    if look.get("skirt"):
        add_skirt(person, look["skirt"])
    if look.get("hat"):
        add_hat(person, look["hat"])
    add_things(person, world, rng)
    add_neckwear(person, world, rng)


def everyday_build(plain: Callable[..., Any], here: Described) -> Callable[..., Any]:
    """Give ``train_wide.build`` that also dresses the person, and keeps in ``here`` where the marks are."""

    def built(assets: Any, marks: Any, who: Described, picture: Described) -> Any:
        with belts(who["look"]["clothes"]):
            person, world = plain(assets, marks, who, picture)
        dress(person, world, int(picture["seed"]))
        here["world"] = world
        return person, world

    return built


def near_only(plain: Callable[..., Any], here: Described) -> Callable[..., Any]:
    """Give ``train_wide.camera_of`` that has only a square around head, neck and shoulder rendered, the rest black."""

    def placed(place: dict[str, float], height: float) -> Any:
        camera, world = plain(place, height), here["world"]
        at = {name: camera.project(world[name]) for name in ("ear.L", "ear.R", "shoulder.L", "shoulder.R", "hip.L")}
        middle = (at["ear.L"] + at["ear.R"] + at["shoulder.L"] + at["shoulder.R"]) / 4
        half = NEAR * float(np.linalg.norm(at["shoulder.L"] - at["hip.L"]))
        size = np.array(train_wide.SIZE_PX)
        low, high = ((middle + sign * half) / size for sign in (-1, 1))
        shown = bpy.context.scene.render
        shown.use_border = True
        shown.border_min_x, shown.border_max_x = (float(np.clip(x, 0, 1)) for x in (low[0], high[0]))
        shown.border_min_y, shown.border_max_y = (float(np.clip(1 - y, 0, 1)) for y in (high[1], low[1]))
        return camera

    return placed


def main() -> None:
    """Render the cases that are not there yet; a case whose pose cannot be solved is told and left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=3101)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--side", action="store_true", help="seen from the left or the right")
    parser.add_argument("--near", action="store_true", help="head, neck and shoulder alone")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    render.Nodes.finish = train_wide.finish
    here: Described = {}
    train_wide.build = everyday_build(train_wide.build, here)
    if given.near:
        train_wide.camera_of = near_only(train_wide.camera_of, here)
    plain_room, plain_lights = make_phantoms.room, train_wide.lights

    def room(rng: np.random.Generator, kind: str, far: float) -> None:
        here["outdoors"] = kind == "outdoors"
        if kind == "outdoors":
            outdoors(rng)
        else:
            plain_room(rng, kind, far)

    make_phantoms.room = room
    train_wide.lights = lambda rng: daylight(rng) if here["outdoors"] else plain_lights(rng)
    assets = body.Assets(str(given.assets))
    marks = landmarks.pick(assets)
    numbers = range(given.first, given.first + given.count)
    case = everyday_people.side_case if given.side else everyday_people.case
    train_wide.keep((case(number, given.seed) for number in numbers), assets, marks, given.out)


if __name__ == "__main__":
    main()
