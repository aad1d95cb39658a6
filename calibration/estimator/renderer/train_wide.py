"""Render a wider set than train_set.py: crooked hems, loose clothes, hard light, weight on one leg.

    python train_wide.py --assets DIR --out DIR --seed 777 --count 414

Lies beside the phantom maker's scripts. Beside every photo ``NAME.jpg`` lies ``NAME_g.png``: the surface's direction in
camera space (red, green, blue = x, y, z from −1…1) and in alpha what is seen (0 room, 80 body, 120 + 20 k tight garment
k, 200 and 220 clothes, 240 hair or eyes), so that the training can light and dress the same person again.
"""

import argparse
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # read when cv2 is loaded

import body
import bpy
import cv2
import figure
import landmarks
import make_phantoms
import numpy as np
import render
from wide_people import case

KIND = {"cl": 200, "loose": 220, "eye": 240, "hair": 240, "skin": 80, "flat": 240}
TIGHT, TIGHT_STEP = 120, 20
SIZE_PX, SAMPLES = (432, 576), 4
LAYERS = ("Normal", "kind")
PLAIN_GARMENT, PLAIN_FINISH, PLAIN_START = figure.garment, render.Nodes.finish, render.Nodes.__init__

Array = np.ndarray[Any, np.dtype[Any]]
Described = dict[str, Any]


def crooked(worn: Described, fields: Described) -> Described:
    """Turn and shift the fields from which a garment is cut, as cloth sits on a person."""
    side = np.where(fields["x"] > 0, worn["legL"], worn["legR"])
    torso = fields["torso"] + worn["raise"] + worn["skew"] * fields["x"] / fields["T"]
    return dict(fields, torso=torso, leg=fields["leg"] + side + 0.5 * worn["skew"] * fields["x"] / fields["LL"])


@contextmanager
def hooked(clothes: list[Described]) -> Iterator[None]:
    """Let garments hang crooked, and every material say what it paints."""
    specs = {worn["kind"]: worn for worn in clothes if "kind" in worn}
    tight = [worn for worn in clothes if worn.get("fit") == "tight"]

    def garment(kind: str, fields: Described) -> Any:
        return PLAIN_GARMENT(kind, crooked(specs[kind], fields) if kind in specs else fields)

    def start(nodes: Any, name: str) -> None:
        PLAIN_START(nodes, name)
        nodes.kind = kind_of(nodes, name, len(tight))

    figure.garment, render.Nodes.__init__ = garment, start
    try:
        yield
    finally:
        figure.garment, render.Nodes.__init__ = PLAIN_GARMENT, PLAIN_START


def kind_of(nodes: Any, name: str, tight: int) -> Any:
    """Give the code of a material: a number, or nodes for skin, which carries the tight garments."""
    value = KIND.get(name, 0) / 255.0
    for number in range(tight if name == "skin" else 0):
        inside = nodes.math("GREATER_THAN", nodes.attr(f"g{number}"), 0.0)
        code = nodes.math("MULTIPLY", inside, (TIGHT + TIGHT_STEP * number) / 255.0)
        value = nodes.math("MAXIMUM", value, code)
    return value


def finish(nodes: Any, color: Any, *rest: Any, **named: Any) -> Any:
    """Make the plain material, and an output that says what kind of surface is seen."""
    material = PLAIN_FINISH(nodes, color, *rest, **named)
    out = nodes.t.nodes.new("ShaderNodeOutputAOV")
    out.aov_name = "kind"
    kind = getattr(nodes, "kind", 0)
    if hasattr(kind, "is_output"):
        nodes.link(kind, out.inputs["Value"])
    else:
        out.inputs["Value"].default_value = kind
    return material


def tint(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw the colour of a light."""
    return tuple(np.clip(1 + rng.normal(0, 0.06, 3), 0.7, 1.1))


def lights(rng: np.random.Generator) -> None:
    """Set one to three lamps, often on one side only."""
    render.world_light(tint(rng), float(rng.uniform(0.12, 0.8)))
    for number in range(int(rng.integers(1, 4))):
        angle, far = np.radians(rng.uniform(-100, 100)), rng.uniform(1.8, 3.6)
        place = (float(far * np.sin(angle)), float(rng.uniform(0.8, 3.0)), float(far * np.cos(angle)))
        towards = (0, float(rng.uniform(0.7, 1.4)), 0)
        size, power = float(rng.uniform(0.15, 2.0)), float(rng.uniform(60, 190)) / (1 + number)
        render.light_area(place, towards, size, power, tint(rng))


@contextmanager
def without_lights() -> Iterator[None]:
    """Keep the room from bringing its own lights."""
    area, world = render.light_area, render.world_light
    render.light_area = render.world_light = lambda *_rest, **_named: None
    try:
        yield
    finally:
        render.light_area, render.world_light = area, world


def add_layers(out: Path, name: str) -> list[Path]:
    """Have directions and kinds written beside the picture; give their files."""
    scene = bpy.context.scene
    layer = scene.view_layers[0]
    layer.use_pass_normal = True
    kind = layer.aovs.add()
    kind.name, kind.type = "kind", "VALUE"
    scene.use_nodes = True
    tree = scene.node_tree
    tree.nodes.clear()
    source, picture = (tree.nodes.new(f"CompositorNode{what}") for what in ("RLayers", "Composite"))
    tree.links.new(source.outputs["Image"], picture.inputs[0])
    stored = tree.nodes.new("CompositorNodeOutputFile")
    stored.base_path, stored.format.file_format, stored.format.color_depth = str(out), "OPEN_EXR", "16"
    stored.file_slots.clear()
    for what, colours in zip(LAYERS, _as_colours(tree, source), strict=True):
        stored.file_slots.new(f"{name}_{what}_")
        tree.links.new(colours, stored.inputs[-1])
    return [out / f"{name}_{what}_{scene.frame_current:04d}.exr" for what in LAYERS]


def _as_colours(tree: Any, source: Any) -> tuple[Any, Any]:
    """Name the channels red, green and blue: OpenCV reads no others."""
    split, joined, grey = (
        tree.nodes.new(f"CompositorNode{what}") for what in ("SeparateXYZ", "CombineColor", "CombineColor")
    )
    tree.links.new(source.outputs["Normal"], split.inputs[0])
    for channel in range(3):
        tree.links.new(split.outputs[channel], joined.inputs[channel])
        tree.links.new(source.outputs["kind"], grey.inputs[channel])
    return joined.outputs[0], grey.outputs[0]


def surfaces(layers: list[Path], camera: Any) -> Array:
    """(h, w, 4) uint8 directions in camera space and kinds, from the layers, which are removed."""
    direction, kind = (cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in layers)
    for path in layers:
        path.unlink()
    direction = direction[..., 2::-1] @ render.B2 @ camera.R.T
    kind = kind if kind.ndim == 2 else kind[..., 0]
    codes = [np.clip((direction + 1) * 127.5, 0, 255)[..., ::-1], np.clip(kind * 255, 0, 255)]
    return np.asarray(np.dstack(codes).round().astype(np.uint8))


def start_scene(picture: Described) -> None:
    """Empty the scene and set how it is rendered."""
    render.reset(*SIZE_PX, SAMPLES, 1)
    cycles = bpy.context.scene.cycles
    cycles.denoising_quality, cycles.denoising_prefilter = "BALANCED", "FAST"
    cycles.adaptive_threshold, cycles.seed = 0.1, int(picture["seed"]) % 10000
    bpy.context.scene.view_settings.exposure = picture["exposure"]


def camera_of(place: dict[str, float], height: float) -> Any:
    """Place the camera for a body of this height, m."""
    width_px, height_px = SIZE_PX
    focal = place["fill"] * height_px * place["dist"] / height
    at, towards = (place["cx"], place["height"], place["dist"]), np.array([0.0, height * 0.5 + place["look_dy"], 0])
    return landmarks.Camera(at, towards, focal, width_px, height_px, place["roll"])


def build(assets: Any, marks: Any, who: Described, picture: Described) -> tuple[Any, dict[str, Array]]:
    """Build the person standing on the floor's middle; give the figure and its marks in the world."""
    shape = assets.body(**who["body"])
    bones = shape.fk(make_phantoms.solve(shape, picture["pose"], picture["target"]))
    turn = make_phantoms.YAW[picture["view"]] + picture["yaw"]
    person = figure.Figure(assets, shape, bones, who["look"], turn, (picture["camera"]["x"], 0, 0))
    places, _ = landmarks.points3d(assets, shape, bones, marks)
    feet = np.mean([places["ankle.L"], places["ankle.R"]], 0) * [1, 0, 1]
    person.o = person.o - feet @ person.Rw.T
    with hooked(who["look"]["clothes"]):
        person.build()
    return person, {name: person.world(place) for name, place in places.items()}


def make(assets: Any, marks: Any, who: Described, picture: Described, out: Path) -> Described:
    """Render one case; give its truth."""
    rng = np.random.default_rng(picture["seed"])
    start_scene(picture)
    person, world = build(assets, marks, who, picture)
    camera = camera_of(picture["camera"], person.B.height)
    render.camera(camera)
    with without_lights():
        make_phantoms.room(rng, picture["background"], picture["camera"]["dist"])
    lights(rng)
    layers, raw = add_layers(out, picture["id"]), out / f"{picture['id']}.tmp.png"
    render.render(str(raw))
    pixels = cv2.GaussianBlur(cv2.imread(str(raw)).astype(np.float32), (0, 0), 0.5)
    raw.unlink()
    pixels += rng.normal(0, 2.0, pixels.shape[:2])[..., None]
    quality = [cv2.IMWRITE_JPEG_QUALITY, 92]
    cv2.imwrite(str(out / f"{picture['id']}.jpg"), np.clip(pixels, 0, 255).astype(np.uint8), quality)
    cv2.imwrite(str(out / f"{picture['id']}_g.png"), surfaces(layers, camera))
    return truth(who, picture, camera, world)


def truth(who: Described, picture: Described, camera: Any, world: dict[str, Array]) -> Described:
    """Say where the marks are seen, and the angles between them, as the phantom maker does."""
    seen = {name: camera.project(place) for name, place in world.items()}
    level = {name: camera.deroll(place) for name, place in seen.items()}
    angles = {"image": seen, "gravity": level}
    clothes = who["look"]["clothes"]
    width, height = SIZE_PX
    place = {"width": width, "height": height, "roll_deg": picture["camera"]["roll"]}
    return {
        **{key: picture[key] for key in ("id", "group", "view", "person", "background", "target", "seed")},
        "file": f"{picture['id']}.jpg",
        "body": who["body"],
        "clothes": [worn.get("name") or worn["kind"] for worn in clothes],
        "fit": [worn["fit"] for worn in clothes],
        "camera": place | {"distance_m": picture["camera"]["dist"]},
        "subject_yaw_deg": picture["yaw"],
        "points2d": {name: [round(float(part), 3) for part in place] for name, place in seen.items()},
        "angles": {
            frame: {key: round(float(one), 4) for key, one in landmarks.image_angles(points, picture["view"]).items()}
            for frame, points in angles.items()
        },
    }


def keep(cases: Iterable[tuple[Described, Described]], assets: Any, marks: Any, out: Path) -> None:
    """Render the cases that do not lie in the folder yet; one that cannot be rendered is told and left out."""
    for who, picture in cases:
        path = out / f"{picture['id']}.json"
        if path.exists():
            continue
        try:
            row = make(assets, marks, who, picture, out)
        except Exception as error:  # noqa: BLE001
            print(f"{picture['id']}: {error!r}", flush=True)
            continue
        path.write_text(json.dumps(row), encoding="utf-8")
        print(picture["id"], flush=True)


def main() -> None:
    """Render the cases that are not there yet; a case whose pose cannot be solved is told and left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=777)
    parser.add_argument("--count", type=int, default=414)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    render.Nodes.finish = finish
    assets = body.Assets(str(given.assets))
    marks = landmarks.pick(assets)
    keep((case(number, given.seed) for number in range(given.count)), assets, marks, given.out)


if __name__ == "__main__":
    main()
