"""SAPO's whole marker set in a front view: every ball is named on its own side and moves no joint beside it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations

import cv2
import numpy as np
import pytest
from calibration.stickers.check import checked

from posturecam.body import HAND, ORDER, STICKER, Array, BonyLandmark, Landmark, Name, PlacedPoint, Pose, View
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess, assess_pose
from posturecam.poses.finder import Finder
from posturecam.poses.stickers import read_colour
from posturecam.poses.stickers.finding import find_stickers
from posturecam.poses.stickers.naming import expected
from posturecam.reports.drawing import point_marks as drawn_names
from posturecam.reports.drawing.canvas import ON_PHOTO, Box, Canvas
from posturecam.reports.drawing.scene import Scene
from posturecam.text.language import choose
from posturecam.text.names import point_name
from repository import SAMPLES
from test_stickers import PHOTOS, SIZE, body, drawn, names_of, spot_places
from test_stickers_plain import WHITE, in_grey

SAMPLE = SAMPLES / "level.jpg"
OF_SET = ("ear", "trochanter", "knee_joint_line", "lateral_malleolus", "medial_malleolus", "second_metatarsal")
CORE = ("acromion", "asis", "patella", "tibial_tuberosity")
WHOLE_SET = {f"{side}_{part}" for side in ("left", "right") for part in (*OF_SET, *CORE)}

BALL = np.array([70.0, 190.0, 80.0])

NAMED_ONLY = tuple(part for part in OF_SET if part != "ear")
"""What SAPO marks beside a joint's centre: the outer ankle bone lies 3 to 4 cm beside the ankle's."""


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    try:
        choose(language)
        yield
    finally:
        choose("en")


def with_balls(photo: Photo, places: list[Array], radius_px: float) -> Photo:
    """Draw shaded green balls on a photo, finely and made coarse."""
    fine = 8
    pixels = photo.pixels.astype(np.float64)
    for x, y in places:
        left, top = int(x - 2 * radius_px), int(y - 2 * radius_px)
        side = int(4 * radius_px) + 2
        down, across = (np.mgrid[: side * fine, : side * fine] + 0.5) / fine
        dx, dy = (left + across - x) / radius_px, (top + down - y) / radius_px
        inside = (np.hypot(dx, dy) < 1.0).astype(np.float64)
        light = 0.6 + 0.4 * np.sqrt(np.clip(1.0 - dx**2 - dy**2, 0.0, 1.0)) - 0.08 * dy
        parts = (inside, light * inside)
        cover, shade = (cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA)[..., None] for part in parts)
        here = pixels[top : top + side, left : left + side]
        here[:] = here * (1.0 - cover) + shade * BALL
    return from_pixels(np.clip(pixels, 0, 255).astype(np.uint8), photo.name)


def set_places(pose: Pose) -> dict[Name, Array]:
    """Where the balls of the whole set are expected on a body seen from the front, pixels."""
    ends = [[Landmark[f"{side}_{part}"] for side in ("LEFT", "RIGHT")] for part in ("EYE", "ANKLE")]
    eyes, ankles = (pose.middle(*pair) for pair in ends)
    return {one.name: one.at * [1.0, -1.0] for one in expected(pose, float(ankles[1] - eyes[1]))}


@pytest.fixture(scope="module")
def sample(finder: Finder) -> tuple[Photo, dict[Name, Array]]:
    """A sample photo with the whole set on it, and where each ball lies: a little off, the ASIS' above a hem."""
    photo = read(SAMPLE)
    pose = finder.find(photo, Settings(passes=2, view=View.FRONT).sought).pose
    random = np.random.default_rng(5)
    places = {name: at + random.uniform(-2.0, 2.0, 2) for name, at in set_places(pose).items()}
    places |= {name: at - [0.0, 10.0] for name, at in places.items() if name.value.endswith("asis")}
    return with_balls(photo, list(places.values()), 6.5), places


@pytest.fixture(scope="module")
def with_and_without(sample: tuple[Photo, dict[Name, Array]], finder: Finder) -> tuple[Assessment, Assessment]:
    """That photo measured with its balls, and by the network alone."""
    settings = Settings(passes=2, view=View.FRONT, roll_deg=0.0)
    marked = replace(settings, stickers=read_colour("green"))
    photo, _ = sample
    return assess(photo, finder, marked, load()), assess(photo, finder, settings, load())


def test_the_whole_set_is_named_on_its_own_sides(
    sample: tuple[Photo, dict[Name, Array]], with_and_without: tuple[Assessment, Assessment]
) -> None:
    """Twenty balls, each under its own name within a pixel; the picture's right is the subject's left."""
    _, places = sample
    assert {name.value for name in places} == WHOLE_SET
    found = {point.name: point for point in with_and_without[0].placed}
    assert set(found) == set(places)
    for name, point in found.items():
        assert point.at == pytest.approx(places[name], abs=1.0)
        twin = found[name.mirrored]
        assert (point.x > twin.x) == name.value.startswith("left")


def test_white_balls_on_a_rendered_person_are_named(finder: Finder) -> None:
    """Each that is seen (the left trochanter lies behind the hand); what rests on them is right to their ±."""
    images = json.loads((PHOTOS / "truth.json").read_text(encoding="utf-8"))["images"]
    image = next(image for image in images if image["id"] == "sapo_00_front")
    found = checked(PHOTOS, image, finder, clicked=False)
    assert set(image["stickers2d"]) == WHOLE_SET - {"left_trochanter"}
    assert (found.found, found.wrong) == (len(WHOLE_SET) - 1, 0)
    assert {"shoulder_tilt", "pelvic_obliquity"} <= {key for key, _, _ in found.angles}
    assert all(abs(error) < 1.96 * sem for _, error, sem in found.angles)


def test_balls_beside_the_joints_move_no_joint(with_and_without: tuple[Assessment, Assessment]) -> None:
    """Knees, hips, the head's tilt: what no ball marks is what it was; the others say that they rest on stickers."""
    marked, bare = with_and_without
    values = {one.key: one.value for one in bare.measurements}
    for key in ("knee_angle_left", "knee_angle_right", "hip_tilt", "head_tilt", "pelvic_shift"):
        assert marked[key].value == values[key]
        assert not marked[key].placed
    stuck = {one.key for one in marked.measurements if one.placed}
    assert {"shoulder_tilt", "pelvic_obliquity", "q_angle_left", "q_angle_right", "head_shift"} <= stuck
    same = {one.key for one in marked.measurements if not one.placed and one.key in values}
    assert all(marked[key].value == values[key] for key in same)


@pytest.mark.parametrize("part", NAMED_ONLY)
@pytest.mark.parametrize("source", [HAND, STICKER])
def test_points_that_are_named_only_rest_under_no_number(part: str, source: str) -> None:
    """Set far from their joints, by hand or as stickers, they change nothing in a front view."""
    pose = body()
    info = PhotoInfo("drawn.png", "0" * 64, *SIZE)
    bare = assess_pose(pose, info, Settings(roll_deg=0.0), load())
    points = tuple(
        PlacedPoint(BonyLandmark(f"{side}_{part}"), x, 700.0, 1.0, source)
        for side, x in (("left", 600.0), ("right", 300.0))
    )
    marked = assess_pose(replace(pose, placed=points), info, Settings(roll_deg=0.0), load())
    assert marked.measurements == bare.measurements
    assert marked.placed == points


@pytest.mark.parametrize("grey", [False, True], ids=["colour", "grey"])
def test_the_core_of_the_set_is_named_as_if_there_were_no_more(*, grey: bool) -> None:
    """One kneecap is a kneecap, though it might be a joint line; balls beside it bring the whole set."""
    pose = body()
    places = spot_places(pose)
    aside = [places[name] for name in places if name.value.endswith(("asis", "tuberosity"))]
    kneecap = places[BonyLandmark.LEFT_PATELLA] + 0.4 * (
        places[BonyLandmark.LEFT_KNEE_JOINT_LINE] - places[BonyLandmark.LEFT_PATELLA]
    )
    photo = drawn([*aside, kneecap], WHITE)
    found = find_stickers(in_grey(photo) if grey else photo, pose, read_colour("white"))
    assert BonyLandmark.LEFT_PATELLA in names_of(found)
    assert not any(name.value.endswith(OF_SET) for name in names_of(found))


def test_few_of_the_set_count_in_colour_and_more_without() -> None:
    """Two green ones at the trochanters are named; two white spots there, as wall between arm and hip, are not."""
    pose = body()
    places = spot_places(pose)
    hips = {BonyLandmark.LEFT_TROCHANTER, BonyLandmark.RIGHT_TROCHANTER}
    worn = [at for name, at in places.items() if name in hips or name.value.endswith(CORE)]
    assert hips <= names_of(find_stickers(drawn(worn), pose, read_colour("green")))
    assert not hips & names_of(find_stickers(drawn(worn, WHITE), pose, read_colour("white")))
    more = [*worn, places[BonyLandmark.LEFT_MEDIAL_MALLEOLUS], places[BonyLandmark.RIGHT_MEDIAL_MALLEOLUS]]
    assert hips <= names_of(find_stickers(drawn(more, WHITE), pose, read_colour("white")))


def test_the_white_of_an_eye_is_no_tragus() -> None:
    """Spots at both outer corners of the eyes, the network's ears a little nearer to them: no ear is named."""
    pose = body()
    sides = ("LEFT", "RIGHT")
    ears, eyes = ([ORDER[Landmark[f"{side}_{part}"]] for side in sides] for part in ("EAR", "EYE_OUTER"))
    points = pose.points.copy()
    points[:, ears] = points[:, eyes] + [0.0, -8.0]
    near = replace(pose, points=points)
    places = {name: at for name, at in spot_places(near).items() if not name.value.endswith("ear")}
    whites = points[:, eyes].mean(axis=0)
    found = find_stickers(drawn([*places.values(), *whites], WHITE, 5.0), near, read_colour("white"))
    assert BonyLandmark.LEFT_LATERAL_MALLEOLUS in names_of(found)
    assert not {Landmark.LEFT_EAR, Landmark.RIGHT_EAR} & names_of(found)


def test_the_second_metatarsal_is_named_in_side_views() -> None:
    """SAPO marks it there too."""
    pose = body(View.LEFT)
    height_px = 1000.0
    places = {one.name: one.at * [-1.0, -1.0] for one in expected(pose, height_px)}
    found = find_stickers(drawn(list(places.values()), radius_px=5.0), pose, read_colour("green"))
    assert BonyLandmark.LEFT_SECOND_METATARSAL in names_of(found)


def whole_set_drawn() -> tuple[Scene, dict[PlacedPoint, Box]]:
    """The drawing of a figure with the whole set, and the plates of its names."""
    pose = body()
    points = tuple(PlacedPoint(name, *at.tolist(), 1.0, STICKER) for name, at in spot_places(pose).items())
    info = PhotoInfo("drawn.png", "0" * 64, *SIZE)
    told = assess_pose(replace(pose, placed=points), info, Settings(roll_deg=0.0), load())
    scene = Scene(Canvas(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), ON_PHOTO), told, 1.0)
    return scene, drawn_names.point_rings(scene)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_name_of_the_whole_set_can_be_read(language: str) -> None:
    """No name covers another one or another point, but for a touch; all stay inside the drawing."""
    with speaking(language):
        scene, plates = whole_set_drawn()
    assert len(plates) == len(WHOLE_SET)

    def shared(one: Box, other: Box) -> float:
        wide = min(one.right, other.right) - max(one.left, other.left)
        high = min(one.bottom, other.bottom) - max(one.top, other.top)
        return max(0.0, wide) * max(0.0, high)

    def size(box: Box) -> float:
        return (box.right - box.left) * (box.bottom - box.top)

    for one, other in combinations(plates.values(), 2):
        assert shared(one, other) <= 0.06 * min(size(one), size(other))
    for point, plate in plates.items():
        assert shared(plate, scene.canvas.area) == pytest.approx(size(plate))
        for other in plates:
            at = other.at
            assert other is point or not (plate.left < at[0] < plate.right and plate.top < at[1] < plate.bottom)


def test_short_names_are_said_in_the_language_that_is_chosen() -> None:
    """Field names, and German where it is spoken."""
    point = PlacedPoint(BonyLandmark.LEFT_LATERAL_MALLEOLUS, 1.0, 1.0)
    assert drawn_names.short(point) == "lat. malleolus"
    assert point_name(point.name) == "left lateral malleolus (outer ankle bone)"
    assert drawn_names.short(PlacedPoint(Landmark.LEFT_EAR, 1.0, 1.0)) == "tragus"
    with speaking("de"):
        assert drawn_names.short(point) == "Außenknöchel"
