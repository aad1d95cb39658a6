"""Balls and stickers without colour: told from buttons and laces, named, along the spine too; nothing is invented."""

import json
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from calibration.stickers.check import checked

from posturecam.body import SPINE, BonyLandmark, Name, PlacedPoint, Pose, View
from posturecam.cli.shared_options import check_stickers
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, from_pixels
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose, place
from posturecam.poses.finder import Finder
from posturecam.poses.stickers import colour_at, read_colour
from posturecam.poses.stickers.colour import PLAIN
from posturecam.poses.stickers.finding import find_stickers, stickers_like
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.reports.drawing.canvas import ON_PHOTO, Canvas
from posturecam.reports.drawing.marks import marked_line, spine
from posturecam.reports.drawing.scene import Scene
from test_stickers import PHOTOS, SIZE, SKIN, body, drawn, names_of, spot_places

WHITE, BLACK = (246, 246, 244), (16, 16, 17)


def in_grey(photo: Photo) -> Photo:
    """The same photo without colour."""
    light = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    return replace(photo, pixels=np.repeat(light[..., None], 3, axis=2))


def column(pose: Pose, between: int, aside_px: float) -> list[np.ndarray]:
    """Places from C7 to the sacrum, the middle one so far to the subject's left: the photo's left, seen from behind."""
    places = spot_places(pose)
    part = np.linspace(0.0, 1.0, between + 2)[:, None]
    line = places[BonyLandmark.C7] + part * (places[BonyLandmark.SACRUM] - places[BonyLandmark.C7])
    return list(line - np.sin(np.pi * part) * [aside_px, 0.0])


def measured(pose: Pose) -> Assessment:
    """Measure a pose with what is placed on it."""
    return assess_pose(pose, PhotoInfo("drawn.png", "0" * 64, *SIZE), Settings(roll_deg=0.0), load())


@pytest.mark.parametrize("grey", [False, True], ids=["colour", "grey"])
@pytest.mark.parametrize(("colour", "rgb"), [("white", WHITE), ("reflective", WHITE), ("black", BLACK)])
@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_markers_without_colour_are_found_and_named(
    view: View, colour: str, rgb: tuple[int, int, int], *, grey: bool
) -> None:
    """Every spot of the view, each at a place between the pixels; the heels lie on the edge of what is drawn."""
    pose = body(view)
    places = {name: at + [0.37, -0.21] for name, at in spot_places(pose).items() if "heel" not in name}
    photo = drawn(list(places.values()), rgb)
    found = find_stickers(in_grey(photo) if grey else photo, pose, read_colour(colour))
    assert names_of(found) == set(places)
    for point in found.points:
        assert point.at == pytest.approx(places[point.name], abs=0.15)


@pytest.mark.parametrize("between", [4, 8, 12])
@pytest.mark.parametrize("aside_px", [-12.0, 0.0, 9.0])
def test_a_column_of_markers_gives_the_spines_curve(between: int, aside_px: float) -> None:
    """C7, sacrum and those between, whatever their number; the curve is that of the line drawn, inside its ±."""
    pose = body(View.BACK)
    line = column(pose, between, aside_px)
    aside = [
        spot_places(pose)[name]
        for name in (BonyLandmark.LEFT_PSIS, BonyLandmark.RIGHT_PSIS, BonyLandmark.LEFT_SCAPULAR_ANGLE)
    ]
    found = find_stickers(drawn([*line, *aside], WHITE, 5.0), pose, read_colour("white"))
    named = names_of(found)
    assert named >= {
        BonyLandmark.C7,
        BonyLandmark.SACRUM,
        BonyLandmark.LEFT_PSIS,
        BonyLandmark.RIGHT_PSIS,
        BonyLandmark.LEFT_SCAPULAR_ANGLE,
    }
    assert named & set(SPINE) == set(SPINE[:between])
    told = measured(replace(pose, placed=found.points))
    length = float(np.linalg.norm(line[-1] - line[0]))
    for key in ("spinal_curve", "spinal_curve_lower", "spinal_curve_upper"):
        assert told[key].placed == "sticker"
        assert told[key].value == pytest.approx(100.0 * aside_px / length, abs=max(0.15, 0.06 * abs(aside_px)))
        assert told[key].low - 0.1 <= 100.0 * aside_px / length <= told[key].high + 0.1
        assert told[key].sem < 0.45


def test_spots_placed_by_hand_give_the_curve_too_in_any_order() -> None:
    """They count in their order down the back, with the dimples' middle where the sacrum was not placed."""
    pose = body(View.BACK)
    line = column(pose, 5, 10.0)
    names = (BonyLandmark.C7, SPINE[3], SPINE[0], SPINE[2], SPINE[1], SPINE[9])
    points = [PlacedPoint(name, *at.tolist()) for name, at in zip(names, line[:-1], strict=True)]
    dimples = [PlacedPoint(name, *(line[-1] + [aside, 0.0])) for name, aside in DIMPLES]
    told = place(measured(pose), [*points, *dimples], load())
    length = float(np.linalg.norm(line[-1] - line[0]))
    assert told["spinal_curve"].value == pytest.approx(1000.0 / length, abs=0.2)
    assert told["spinal_curve"].placed == "placed by hand"
    assert "5 markers on the spine" in " ".join(map(str, told.notes))
    few = place(measured(pose), [*points[:3], *dimples], load())
    assert not few["spinal_curve"].placed


DIMPLES = ((BonyLandmark.LEFT_PSIS, -30.0), (BonyLandmark.RIGHT_PSIS, 30.0))


def test_too_few_spots_without_colour_are_chance() -> None:
    """Two white buttons at the pelvis are not taken for markers; two green stickers there are."""
    pose = body()
    places = [spot_places(pose)[name] for name in (BonyLandmark.LEFT_ASIS, BonyLandmark.RIGHT_ASIS)]
    found = find_stickers(drawn(places, WHITE), pose, read_colour("white"))
    assert found.points == ()
    assert "no white markers" in str(found.why_none("a.jpg"))
    assert len(find_stickers(drawn(places), pose, read_colour("green")).points) == 2


def dotted(step_px: int) -> Photo:
    """A dress with a pattern of white dots."""
    rows, columns = np.mgrid[120:900:step_px, 300:600:step_px]
    return drawn([np.array([x, y], float) for x, y in zip(columns.ravel(), rows.ravel(), strict=True)], WHITE, 5.0)


@pytest.mark.parametrize("step_px", [30, 44, 60])
@pytest.mark.parametrize("view", [View.FRONT, View.BACK, View.LEFT])
def test_a_dotted_dress_wears_no_markers(view: View, step_px: int) -> None:
    """However many dots lie where markers might."""
    assert find_stickers(dotted(step_px), body(view), read_colour("white")).points == ()


def test_buttons_laces_letters_and_lights_are_no_markers() -> None:
    """A row of buttons, laces, a bar, a soft highlight, large badges; none of them is named."""
    pose = body()
    pixels = drawn([np.array([450.0, y]) for y in range(300, 560, 50)], WHITE, 3.5).pixels.copy()
    for x in (390, 510):
        for y in range(1080, 1110, 8):
            cv2.line(pixels, (x - 12, y), (x + 12, y), WHITE, 2)
    at = spot_places(pose)
    x, y = (int(part) for part in at[BonyLandmark.LEFT_ASIS])
    cv2.rectangle(pixels, (x - 25, y - 3), (x + 25, y + 3), WHITE, -1)
    x, y = (int(part) for part in at[BonyLandmark.RIGHT_ASIS])
    cv2.circle(pixels, (x, y), 30, WHITE, -1)
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    for name in (BonyLandmark.LEFT_PATELLA, BonyLandmark.RIGHT_PATELLA, BonyLandmark.LEFT_ACROMION):
        glow = np.exp(-((columns - at[name][0]) ** 2 + (rows - at[name][1]) ** 2) / (2.0 * 6.0**2))[..., None]
        pixels = np.uint8(pixels + glow * (np.array(WHITE) - pixels))
    assert find_stickers(from_pixels(pixels), pose, read_colour("white")).points == ()


def test_a_mirrored_photo_gives_mirrored_markers() -> None:
    """Names change sides, the column's stay; places are turned over."""
    pose = body(View.BACK)
    at = spot_places(pose)
    places = [
        *column(pose, 6, 8.0),
        at[BonyLandmark.LEFT_ACROMION],
        at[BonyLandmark.RIGHT_SCAPULAR_ANGLE],
        at[BonyLandmark.LEFT_PSIS],
    ]
    photo = drawn(places, WHITE, 5.0)
    here = find_stickers(photo, pose, read_colour("white")).points
    there = find_stickers(photo.mirrored(), pose.mirrored(), read_colour("white")).points
    mirrored: dict[Name, PlacedPoint] = {point.name.mirrored: point for point in there}
    assert len(here) == len(there) == len(places)
    for point in here:
        twin = mirrored[point.name]
        assert twin.at == pytest.approx([SIZE[0] - point.x, point.y], abs=1e-6)
        assert twin.error_px == pytest.approx(point.error_px, abs=1e-9)


def test_one_click_on_a_white_ball_marks_them_all() -> None:
    """What is lighter than its surroundings is white, what is darker black; grey on grey is neither."""
    pose = body()
    places = spot_places(pose)
    photo = drawn(list(places.values()), WHITE)
    assert names_of(stickers_like(photo, pose, *places[BonyLandmark.LEFT_ASIS])) == set(places)
    assert colour_at(drawn([np.array([450.0, 500.0])], BLACK), 450.0, 500.0) == read_colour("black")
    assert read_colour("#fafafa") == read_colour("white")
    assert read_colour("#101010") == read_colour("black")
    with pytest.raises(SettingsError, match="Did you mean white"):
        read_colour("whte")


@pytest.mark.parametrize("view", [View.OBLIQUE, View.FRONT_OR_BACK, View.LEFT_OR_RIGHT])
def test_a_person_whose_view_is_not_known_wears_no_stickers(view: View) -> None:
    """A photo from aslant, or from one of two sides, has no place for any; that is no crash."""
    pose = replace(body(), view=view)
    for colour in ("white", "green"):
        found = find_stickers(drawn(list(spot_places(body()).values()), WHITE), pose, read_colour(colour))
        assert found.points == ()
        said = str(found.why_none("a.jpg") or "")
        assert all(f"--view {choice}" in said for choice in view.choices)
        assert ("--view" in said) == bool(view.choices)


def test_the_error_says_why_no_sticker_was_found_whatever_note_comes_first() -> None:
    """Not the first note, which may be about the vertical."""
    pose = pose_of_figure(Figure(size_px=SIZE, height_px=1000.0))
    told = replace(measured(pose), notes=("The camera was tilted.",), no_stickers="no round green stickers in a.jpg")
    with pytest.raises(SettingsError, match="no round green stickers"):
        check_stickers([replace(told, no_stickers=None), told], Settings(stickers=read_colour("green")))


def rendered() -> list[dict[str, Any]]:
    """The truth of the rendered people with markers without colour in the repository; one wears badges alone."""
    found: list[dict[str, Any]] = json.loads((PHOTOS / "truth.json").read_text())["images"]
    return [image for image in found if image["sticker"]["name"] in PLAIN]


@pytest.mark.parametrize("grey", [False, True], ids=["colour", "grey"])
@pytest.mark.parametrize("image", rendered(), ids=lambda image: image["id"])
def test_markers_on_rendered_people(image: dict[str, Any], finder: Finder, *, grey: bool) -> None:
    """Two of three found, none under a wrong name or where there is none, tilts within 0.3°, curves within 0.5 %."""
    found = checked(PHOTOS, image, finder, clicked=False, grey=grey)
    assert found.wrong == 0
    assert found.found >= 0.6 * found.seen
    for key, error, _ in found.angles:
        if key in ("shoulder_tilt", "pelvic_obliquity"):
            assert abs(error) <= 0.3
        if key.startswith("spinal_curve"):
            assert abs(error) <= 0.5
    if image["sticker"]["column"]:
        assert {"spinal_curve", "spinal_curve_lower", "spinal_curve_upper"} <= {key for key, _, _ in found.angles}


def test_balls_at_the_heels_edge_are_told_with_care(finder: Finder) -> None:
    """The body's edge cuts them: what they make of the heels' angle lies inside the interval that is stated."""
    image = next(image for image in rendered() if image["id"] == "plain_11_back")
    angles = checked(PHOTOS, image, finder, clicked=False).angles
    heels = [(error, sem) for key, error, sem in angles if key.startswith("rearfoot_eversion")]
    assert len(heels) == 2
    assert all(abs(error) < 1.96 * sem for error, sem in heels)


def test_skin_is_what_the_drawings_stand_on() -> None:
    """White and black both differ from it in brightness."""
    assert min(WHITE) > max(SKIN) > max(BLACK)


def test_the_picture_draws_the_spine_along_its_markers() -> None:
    """From the sacrum up to C7, through every marker; what the curve is stands beside it."""
    pose = body(View.BACK)
    told = measured(
        replace(pose, placed=find_stickers(drawn(column(pose, 7, 12.0), WHITE), pose, read_colour("white")).points)
    )
    scene = Scene(Canvas(np.zeros((SIZE[1], SIZE[0], 3), np.uint8), ON_PHOTO), told, 1.0)
    line = marked_line(scene)
    assert line is not None
    assert (np.diff(line @ scene.up) > 0).all()
    assert sorted(map(tuple, line.tolist())) == sorted((point.x, point.y) for point in told.placed)
    assert any(label.headline.startswith("spine curves") for label in spine(scene))
