"""Render people who do not stand quietly, and people in skirts, coats and with things in their hands.

    python stance_people.py --assets DIR --out DIR [--only sit,jump]

Lies beside the phantom maker's scripts. People, rooms and light as in train_set.py; every case another person. Each
leg may be bent freely (hip, knee, ankle) instead of planted, so that the body sits, squats, walks or jumps.
"""

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
import cv2
import landmarks
import make_phantoms
import numpy as np
import render
import train_set
from body import Assets, rx, rz
from figure import Figure

SIZE, SAMPLES, SEED = (432, 576), 6, 9100
FILL, DISTANCE_M, CAMERA_M = 0.8, 3.0, 1.2
"""Part of the picture's height that the body fills; how far and how high the camera stands."""

Leg = tuple[float, float, float, float]
"""Flexion of the hip, its abduction, flexion of the knee, plantarflexion of the foot: degrees, of the world."""


@dataclass(frozen=True)
class Case:
    """One picture: the view, the legs (None: planted as people stand), the rest of the pose, and what is added.

    ``lift_m`` raises the body over the floor, ``roll`` turns the camera, ``clothes`` and ``things`` name what
    ``clothe`` and ``add`` know, ``missing`` the side (L or R) that ends at the knee.
    ``stance`` says what the picture shows.
    """

    stance: str
    view: str = "front"
    left: Leg | None = None
    right: Leg | None = None
    pose: dict[str, float] = field(default_factory=dict)
    lift_m: float = 0.0
    roll: float = 0.0
    yaw: float = 0.0
    clothes: str = ""
    missing: str = ""
    things: tuple[str, ...] = ()


def arms(gap: float, forward: float = 2.0, elbow: float = 10.0) -> dict[str, float]:
    """Give both arms' abduction, flexion and elbows, degrees."""
    return {
        f"{part}_{side}": by for side in "LR" for part, by in (("arm_gap", gap), ("arm_fwd", forward), ("elbow", elbow))
    }


SIT, SQUAT, KNEEL = (88.0, 6.0, 88.0, 0.0), (115.0, 14.0, 128.0, 14.0), (4.0, 3.0, 92.0, 60.0)
FLOOR, HANG = (80.0, 8.0, 10.0, 10.0), (4.0, 2.0, 10.0, 60.0)
FORE, AFT = (24.0, 0.0, 6.0, -10.0), (-16.0, 0.0, 12.0, 22.0)
UP, SWING = (70.0, 2.0, 80.0, 20.0), (12.0, 0.0, 62.0, 30.0)

CASES: dict[str, Case] = {
    "sit_front": Case("sitting", "front", SIT, SIT, things=("chair",)),
    "sit_back": Case("sitting", "back", SIT, SIT, things=("stool",)),
    "sit_left": Case("sitting", "left", SIT, SIT, things=("chair",)),
    "sit_right_slouch": Case(
        "sitting", "right", SIT, SIT, {"kyphosis": 25.0, "pelvis_pitch": -18.0}, things=("stool",)
    ),
    "wheelchair_front": Case("sitting", "front", SIT, SIT, arms(16, 20, 50), things=("wheelchair",)),
    "wheelchair_left": Case("sitting", "left", SIT, SIT, arms(12, 10, 60), things=("wheelchair",)),
    "floor_front": Case("sitting", "front", FLOOR, FLOOR),
    "floor_right": Case("sitting", "right", FLOOR, FLOOR),
    "squat_front": Case("squatting", "front", SQUAT, SQUAT, {"trunk_pitch": 25.0, **arms(10, 40)}),
    "squat_left": Case("squatting", "left", SQUAT, SQUAT, {"trunk_pitch": 25.0, **arms(10, 40)}),
    "kneel_front": Case("kneeling", "front", KNEEL, KNEEL),
    "kneel_right": Case("kneeling", "right", KNEEL, KNEEL),
    "half_squat_front": Case("squatting", "front", (50, 10, 60, 10), (50, 10, 60, 10), {"trunk_pitch": 20.0}),
    "half_squat_left": Case("squatting", "left", (50, 10, 60, 10), (50, 10, 60, 10), {"trunk_pitch": 20.0}),
    "bend_front": Case("bending", "front", pose={"pelvis_pitch": 45.0, "trunk_pitch": 65.0, **arms(8, 40)}),
    "bend_left": Case("bending", "left", pose={"pelvis_pitch": 45.0, "trunk_pitch": 65.0, **arms(8, 40)}),
    "bend_right_some": Case("bending", "right", pose={"pelvis_pitch": 25.0, "trunk_pitch": 40.0}),
    "walk_front": Case("walking", "front", FORE, AFT, arms(8, 14)),
    "walk_back": Case("walking", "back", AFT, FORE, arms(8, 14)),
    "walk_left": Case("walking", "left", FORE, AFT, {"arm_fwd_L": -20.0, "arm_fwd_R": 20.0}),
    "walk_right": Case("walking", "right", FORE, AFT, {"arm_fwd_L": -20.0, "arm_fwd_R": 20.0}),
    "run_front": Case("walking", "front", SWING, (-20, 0, 85, 30), {**arms(14, 10, 70)}, lift_m=0.08),
    "swing_front": Case("walking", "front", (4, 0, 4, -4), SWING),
    "one_leg_front": Case("one foot off the floor", "front", None, UP),
    "one_leg_back": Case("one foot off the floor", "back", None, (0, 2, 85, 30)),
    "jump_front": Case("jumping", "front", (14, 4, 30, 45), (10, 6, 36, 50), arms(120, 20, 20), lift_m=0.35),
    "jump_tucked": Case("jumping", "front", (70, 8, 90, 40), (66, 6, 96, 40), arms(70, 20, 30), lift_m=0.5),
    "jump_left": Case("jumping", "left", (20, 0, 40, 45), (10, 0, 50, 50), arms(30, 40, 20), lift_m=0.35),
    "hang_front": Case("hanging", "front", HANG, HANG, arms(168, 2, 2), lift_m=0.4, things=("bar",)),
    "hang_back": Case("hanging", "back", HANG, HANG, arms(168, 2, 2), lift_m=0.4, things=("bar",)),
    "lean_front": Case("leaning", "front", roll=20.0),
    "arms_up_front": Case("arms raised", "front", pose=arms(165, 2, 5)),
    "arms_t_front": Case("arms raised", "front", pose=arms(88, 2, 4)),
    "arms_a_back": Case("arms raised", "back", pose=arms(45, 2, 6)),
    "arms_folded_front": Case("arms folded", "front", pose={**arms(12, 12, 75), "forearm_in": 80.0}),
    "legs_wide_front": Case("legs wide", "front", pose={"stance": 2.6}),
    "legs_crossed_front": Case("legs crossed", "front", (2, -9, 3, 0), (-4, -9, 3, 0)),
    "head_down_front": Case("head bowed", "front", pose={"head_pitch": 38.0, "forward_head": 14.0}),
    "head_turned_front": Case("head turned", "front", pose={"head_yaw": 45.0}),
    "skirt_front": Case("floor-length skirt", "front", clothes="skirt"),
    "skirt_back": Case("floor-length skirt", "back", clothes="skirt"),
    "robe_front": Case("floor-length skirt", "front", clothes="robe"),
    "coat_front": Case("coat", "front", clothes="coat"),
    "coat_back": Case("coat", "back", clothes="coat"),
    "kameez_front": Case("coat", "front", clothes="kameez"),
    "knee_skirt_front": Case("knee-long skirt", "front", clothes="knee_skirt"),
    "board_front": Case(
        "thing before the body", "front", pose={**arms(14, 10, 60), "forearm_in": 40.0}, things=("board",)
    ),
    "bag_front": Case("bag on one side", "front", things=("bag",)),
    "heels_front": Case("high heels", "front", (0, 0, 0, 38), (0, 0, 0, 38), things=("heels",)),
    "quiet_front": Case("quiet", "front"),
    "quiet_left": Case("quiet", "left"),
    "amputee_front": Case("one leg ends at the knee", "front", missing="L", things=("crutches",)),
    "amputee_back": Case("one leg ends at the knee", "back", missing="R", things=("crutches",)),
    "contrapposto_front": Case(
        "quiet", "front", pose={"pelvis_tilt": 6.0, "pelvis_shift_x": 0.05, "trunk_lean_rot": -2.0, "leg_mode": "flex"}
    ),
}


def bent_legs(body: Any, transforms: dict[str, Any], legs: dict[str, Leg | None]) -> dict[str, Any]:
    """Turn the legs that are given, hips where they are; the rest of the body stays."""
    done = dict(transforms)
    for side, leg in legs.items():
        if leg is None:
            continue
        hip, out, knee, foot = leg
        sign = 1.0 if side == "L" else -1.0
        thigh = rx(-hip) @ rz(sign * out)
        shank = rx(knee) @ thigh
        turned = {"upperleg01": thigh, "upperleg02": thigh, "lowerleg01": shank, "lowerleg02": shank}
        turned["foot"] = rx(foot) if foot > 25.0 or knee < 40.0 else rx(foot) @ shank
        if hip >= 60.0 and knee >= 80.0:
            turned["foot"] = rx(foot)
        for bone, turn in turned.items():
            name = f"{bone}.{side}"
            parent = done[body.parent[name]]
            at = parent[2] + parent[0] @ (body.head[name] - body.head[body.parent[name]])
            done[name] = (turn, body.head[name], at)
    return done


def without(transforms: dict[str, Any], side: str) -> dict[str, Any]:
    """Let a leg end at the knee."""
    knee = transforms[f"lowerleg01.{side}"][2]
    short = {f"{bone}.{side}" for bone in ("lowerleg01", "lowerleg02", "foot")}
    return {bone: (at[0] * 0.02, at[1], knee) if bone in short else at for bone, at in transforms.items()}


GARMENTS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "skirt": ((0.12, 1.02, 1.02), (-0.2, 1.25, 1.25), (-1.0, 1.7, 1.7), (-1.93, 2.5, 2.4)),
    "robe": ((0.9, 1.05, 1.1), (0.5, 1.1, 1.15), (0.0, 1.2, 1.3), (-1.0, 1.6, 1.6), (-1.95, 2.1, 2.1)),
    "coat": ((0.93, 1.1, 1.1), (0.5, 1.25, 1.3), (0.0, 1.45, 1.5), (-0.6, 1.65, 1.6), (-0.85, 1.75, 1.65)),
    "kameez": ((0.9, 1.02, 1.1), (0.5, 1.12, 1.2), (0.0, 1.3, 1.4), (-0.6, 1.6, 1.5), (-1.0, 1.75, 1.6)),
    "knee_skirt": ((0.12, 1.02, 1.02), (-0.2, 1.15, 1.2), (-0.9, 1.6, 1.5)),
}
"""Rings of a garment: height (0 hips, 1 shoulders, −1 knees, −2 ankles), half width and depth in the body's own."""


def clothe(figure: Figure, joints: dict[str, Any], kind: str, colour: tuple[float, float, float]) -> None:
    """Hang a garment round the body: rings from the top to the hem, folded a little."""
    at = {part: (joints[f"{bone}.L"] + joints[f"{bone}.R"]) / 2 for part, bone in PARTS.items()}
    width = np.abs(joints["upperleg01.L"][0] - joints["upperleg01.R"][0]) / 2 + 0.085
    round_by = np.linspace(0.0, 2 * np.pi, 64, endpoint=False)
    rings = []
    for height, wide, deep in GARMENTS[kind]:
        middle = level(at, height)
        folds = 1.0 + 0.05 * max(0.0, -height) * np.cos(9 * round_by + height)
        broad = width * (1.12 if height > 0.8 else 1.0)
        ring = np.stack([broad * wide * np.cos(round_by), 0 * round_by, 0.115 * deep * np.sin(round_by)], axis=1)
        rings.append(middle + ring * folds[:, None])
    points = np.concatenate(rings)
    faces = [
        (64 * row + k, 64 * row + (k + 1) % 64, 64 * (row + 1) + (k + 1) % 64, 64 * (row + 1) + k)
        for row in range(len(rings) - 1)
        for k in range(64)
    ]
    nodes = render.Nodes("garment")
    cloth = nodes.finish(nodes.mix(nodes.noise(30, 2), tuple(0.85 * x for x in colour), colour), 0.9, 0.1)
    render.add_mesh("garment", figure.world(points), faces, cloth, subsurf=1, solidify=0.006)


PARTS = {"shoulder": "upperarm01", "hip": "upperleg01", "knee": "lowerleg01", "ankle": "foot"}


def level(at: dict[str, Any], height: float) -> np.ndarray:
    """Give the point at a height between the girdles' middles."""
    if height >= 0.0:
        return at["hip"] + height * (at["shoulder"] - at["hip"])
    if height >= -1.0:
        return at["hip"] - height * (at["knee"] - at["hip"])
    return at["knee"] + (-1.0 - height) * (at["ankle"] - at["knee"])


@dataclass(frozen=True)
class Place:
    """Where things go: the joints in the room, the seat's middle, the body's own turn, and colours."""

    world: dict[str, Any]
    seat: np.ndarray
    turned: np.ndarray
    wood: Any
    steel: Any
    dark: Any

    @property
    def hands(self) -> list[np.ndarray]:
        """Both wrists."""
        return [self.world["wrist.L"], self.world["wrist.R"]]


def add(figure: Figure, joints: dict[str, Any], thing: str) -> None:
    """Put a thing into the room, where the body's joints say."""
    world = {name: figure.world(at) for name, at in joints.items()}
    hip = (world["upperleg01.L"] + world["upperleg01.R"]) / 2
    seat = hip - np.array([0, 0.11, 0]) + 0.12 * (figure.Rw @ np.array([0.0, 0.0, 1.0]))
    wood, dark = render.flat((0.3, 0.18, 0.09)), render.flat((0.03, 0.03, 0.03))
    place = Place(world, seat, figure.Rw, wood, render.flat((0.3, 0.3, 0.32), 0.3, 0.6), dark)
    for part in THINGS[thing]:
        part(place)


def board_to_sit_on(place: Place) -> None:
    """Lay a seat under the hips."""
    render.box(place.seat - [0.22, 0.04, 0.22], place.seat + [0.22, 0.0, 0.22], place.wood)


def back_rest(place: Place) -> None:
    """Stand a rest behind the back."""
    rest = place.seat - 0.3 * (place.turned @ np.array([0.0, 0.0, 1.0]))
    across = 0.22 * np.abs(place.turned @ np.array([1.0, 0.0, 0.0])) + 0.02
    render.box(rest - across * [1, 0, 1], rest + across * [1, 0, 1] + [0, 0.45, 0], place.dark)


def four_legs(place: Place) -> None:
    """Stand the seat on four legs."""
    for x in (-0.2, 0.2):
        for z in (-0.2, 0.2):
            at = place.seat + [x, 0, z]
            render.box([at[0] - 0.02, 0, at[2] - 0.02], [at[0] + 0.02, place.seat[1], at[2] + 0.02], place.wood)


def two_wheels(place: Place) -> None:
    """Stand a large wheel on either side."""
    for sign in (-1.0, 1.0):
        wheel(place.seat + sign * 0.29 * (place.turned @ np.array([1.0, 0.0, 0.0])), place.turned, place.steel)


def bar(place: Place) -> None:
    """Lay a bar over both hands."""
    hand = np.mean(place.hands, axis=0) + [0, 0.09, 0]
    render.box(hand - [1.2, 0.018, 0.018], hand + [1.2, 0.018, 0.018], place.steel)


def board(place: Place) -> None:
    """Hold a board before the body."""
    hand = np.mean(place.hands, axis=0)
    render.box(hand - [0.24, 0.12, -0.05], hand + [0.24, 0.2, 0.07], render.flat((0.8, 0.8, 0.78)))


def bag(place: Place) -> None:
    """Hang a bag from the left hand."""
    hand = place.hands[0]
    render.box(hand - [0.18, 0.5, 0.08], hand + [0.18, -0.15, 0.08], place.dark)


def crutches(place: Place) -> None:
    """Stand a crutch under either hand."""
    for hand in place.hands:
        render.box(
            [hand[0] - 0.015, 0, hand[2] - 0.015], [hand[0] + 0.015, hand[1] + 0.25, hand[2] + 0.015], place.steel
        )


def heels(place: Place) -> None:
    """Stand a heel under either foot."""
    for at in (place.world["foot.L"], place.world["foot.R"]):
        render.box([at[0] - 0.03, 0, at[2] - 0.06], [at[0] + 0.03, at[1] - 0.02, at[2] - 0.02], place.dark)


THINGS = {
    "chair": (board_to_sit_on, back_rest, four_legs),
    "stool": (board_to_sit_on, four_legs),
    "wheelchair": (board_to_sit_on, back_rest, two_wheels),
    "bar": (bar,),
    "board": (board,),
    "bag": (bag,),
    "crutches": (crutches,),
    "heels": (heels,),
}


def wheel(middle: np.ndarray, turned: np.ndarray, steel: Any) -> None:
    """Stand a wheel of 60 cm beside the seat."""
    around = np.linspace(0.0, 2 * np.pi, 48, endpoint=False)
    rings = []
    for radius, out in ((0.30, -0.012), (0.30, 0.012), (0.275, 0.012), (0.275, -0.012)):
        ring = np.stack([np.full(48, out), radius * np.cos(around), radius * np.sin(around)], axis=1)
        rings.append(ring @ turned.T + [middle[0], 0.30, middle[2]])
    faces = [
        (48 * a + k, 48 * a + (k + 1) % 48, 48 * b + (k + 1) % 48, 48 * b + k)
        for a, b in ((0, 1), (1, 2), (2, 3), (3, 0))
        for k in range(48)
    ]
    render.add_mesh("wheel", np.concatenate(rings), faces, steel)


def make(assets: Assets, name: str, number: int, out: Path) -> dict[str, Any]:
    """Render one case; give what it shows and where the joints lie."""
    case = CASES[name]
    rng = np.random.default_rng([SEED, number])
    who = train_set.someone(rng)
    if case.clothes or case.stance == "high heels":
        who["look"]["clothes"] = [make_phantoms.tight("tight_tshirt", "grey"), make_phantoms.tight("leggings", "black")]
    body = assets.body(**who["body"])
    pose = make_phantoms.base_pose(rng) | case.pose
    transforms = bent_legs(body, body.fk(make_phantoms.solve(body, pose, {})), {"L": case.left, "R": case.right})
    transforms = without(transforms, case.missing) if case.missing else transforms
    joints = {bone: at[2] for bone, at in transforms.items()}
    render.reset(*SIZE, SAMPLES)
    scene = bpy.context.scene
    scene.cycles.denoising_quality, scene.cycles.denoising_prefilter = "BALANCED", "FAST"
    scene.cycles.adaptive_threshold = 0.1
    figure = Figure(assets, body, transforms, who["look"], make_phantoms.YAW[case.view] + case.yaw, (0, case.lift_m, 0))
    middle = np.mean([joints[bone] for bone in ("upperleg01.L", "upperleg01.R", "head")], axis=0) * [1, 0, 1]
    figure.o = figure.o - middle @ figure.Rw.T
    figure.build()
    if case.clothes:
        clothe(
            figure,
            joints,
            case.clothes,
            make_phantoms.CLOTH[str(rng.choice(["navy", "red", "green", "beige", "purple"]))],
        )
    for thing in case.things:
        add(figure, joints, thing)
    low, high = figure.world(figure.P)[:, 1].min(), max(figure.world(figure.P)[:, 1].max(), 1.0)
    tall = max(high - min(low, 0.0), 1.25)
    look = np.array([0.0, (high + min(low, 0.0)) / 2, 0.0])
    camera = landmarks.Camera((0.0, CAMERA_M, DISTANCE_M), look, FILL * SIZE[1] * DISTANCE_M / tall, *SIZE, case.roll)
    render.camera(camera)
    make_phantoms.room(rng, ["plain", "door", "plain", "pattern"][number % 4], DISTANCE_M)
    picture = out / f"{name}.tmp.png"
    render.render(str(picture))
    pixels = cv2.imread(str(picture)).astype(np.float32)
    picture.unlink()
    pixels = cv2.GaussianBlur(pixels, (0, 0), 0.5) + rng.normal(0, 2.0, pixels.shape[:2])[..., None]
    cv2.imwrite(str(out / f"{name}.jpg"), np.clip(pixels, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 88])
    points = {bone: [round(float(x), 1) for x in camera.project(figure.world(at))] for bone, at in joints.items()}
    return {"file": f"{name}.jpg", "view": case.view, "stance": case.stance, "points2d": points}


def main() -> None:
    """Render the cases that are not there yet, and write what they show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    assets = Assets(str(given.assets))
    truth = given.out / "truth.json"
    done = json.loads(truth.read_text()) if truth.exists() else {}
    wanted = [part for part in given.only.split(",") if part]
    for number, name in enumerate(CASES):
        if name in done or (wanted and not any(part in name for part in wanted)):
            continue
        done[name] = make(assets, name, number, given.out)
        truth.write_text(json.dumps(done, indent=0), encoding="utf-8")
        print(name, flush=True)


if __name__ == "__main__":
    main()
