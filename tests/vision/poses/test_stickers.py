"""Stickers: found to a fraction of a pixel, named by where they lie, mirrored exactly; nothing is guessed."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from calibration.stickers.check import checked
from typer.testing import CliRunner

from posturecam.body import BonyLandmark, Landmark, Name, Pose, View
from posturecam.body.geometry import subject_frame
from posturecam.cli import app
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.measures.measurement import mirrored_key
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.pipeline.assessment import Settings, assess
from posturecam.poses.finder import Finder
from posturecam.poses.manual_points import NAMES
from posturecam.poses.stickers import colour_at, read_colour
from posturecam.poses.stickers.colour import PLAIN
from posturecam.poses.stickers.finding import StickersFound, find_stickers, stickers_like
from posturecam.poses.stickers.naming import expected
from posturecam.poses.synthetic import Figure, pose_of_figure
from repository import ROOT

PHOTOS = ROOT / "calibration" / "stickers" / "photos"
GREEN, SKIN, WALL = (60, 170, 70), (196, 150, 122), (176, 180, 184)
SIZE = (900, 1200)
FINE = 8


def body(view: View = View.FRONT) -> Pose:
    """A figure that fills the picture."""
    return pose_of_figure(Figure(view=view, size_px=SIZE, height_px=1000.0))


def spot_places(pose: Pose) -> dict[Name, np.ndarray]:
    """Where the stickers of a figure are expected, pixels of the photo."""
    to_photo = np.array([-1.0 if pose.view is View.BACK else 1.0, -1.0])
    return {one.name: one.at * to_photo for one in expected(pose, 1000.0)}


def drawn(places: list[np.ndarray], colour: tuple[int, int, int] = GREEN, radius_px: float = 6.0) -> Photo:
    """A skin-coloured trunk and legs before a wall, with discs at these places, drawn finely and made coarse."""
    fine = np.full((SIZE[1] * FINE // 2, SIZE[0] * FINE // 2, 3), WALL, np.uint8)
    cv2.rectangle(fine, (290 * FINE // 2, 90 * FINE // 2), (610 * FINE // 2, 1150 * FINE // 2), SKIN, -1)
    for x, y in places:
        at = (round((x * FINE / 2 - 0.5) * 16), round((y * FINE / 2 - 0.5) * 16))
        cv2.circle(fine, at, round(radius_px * FINE / 2 * 16), colour, -1, cv2.LINE_AA, 4)
    return from_pixels(cv2.resize(fine, SIZE, interpolation=cv2.INTER_AREA), "drawn.png")


def names_of(found: StickersFound) -> set[Name]:
    """Which points were named."""
    return {one.name for one in found.points}


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_drawn_stickers_are_found_to_a_tenth_of_a_pixel(view: View) -> None:
    """Every spot of the view, each at a place between the pixels."""
    pose = body(view)
    places = {name: at + [0.37, -0.21] for name, at in spot_places(pose).items()}
    found = find_stickers(drawn(list(places.values())), pose, read_colour("green"))
    assert names_of(found) == set(places)
    assert found.note is None
    for one in found.points:
        assert one.at == pytest.approx(places[one.name], abs=0.1)
        assert one.source == "sticker"
        assert one.error_px < 0.5


def test_one_click_marks_them_all() -> None:
    """The colour is sampled where the click lands; the rest is the same."""
    pose = body()
    places = spot_places(pose)
    photo = drawn(list(places.values()), (200, 40, 120))
    by_click = stickers_like(photo, pose, *places[BonyLandmark.LEFT_ASIS])
    assert names_of(by_click) == set(places)
    with pytest.raises(SettingsError, match="nearly grey"):
        stickers_like(photo, pose, 20.0, 20.0)
    with pytest.raises(SettingsError, match="outside the picture"):
        stickers_like(photo, pose, 2000.0, 20.0)


def test_a_mirrored_photo_gives_mirrored_stickers() -> None:
    """Names change sides, places are turned over, errors stay."""
    pose = body()
    places = spot_places(pose)
    photo = drawn([at for name, at in places.items() if name != BonyLandmark.RIGHT_PATELLA])
    here = find_stickers(photo, pose, read_colour("green")).points
    there = {one.name: one for one in find_stickers(photo.mirrored(), pose.mirrored(), read_colour("green")).points}
    assert len(here) == len(there) == len(places) - 1
    for one in here:
        twin = there[one.name.mirrored]
        assert twin.at == pytest.approx([SIZE[0] - one.x, one.y], abs=1e-6)
        assert twin.error_px == pytest.approx(one.error_px, abs=1e-9)


def test_what_is_no_sticker_is_not_taken_for_one() -> None:
    """A bar, a large disc, a garment of the colour, and discs of another colour at the very places of stickers."""
    pose = body()
    places = spot_places(pose)
    photo = drawn([])
    pixels = photo.pixels.copy()
    x, y = (int(one) for one in places[BonyLandmark.LEFT_ASIS])
    cv2.rectangle(pixels, (x - 20, y - 3), (x + 20, y + 3), GREEN, -1)
    x, y = (int(one) for one in places[BonyLandmark.RIGHT_ASIS])
    cv2.circle(pixels, (x, y), 24, GREEN, -1)
    cv2.rectangle(pixels, (300, 780), (600, 1100), GREEN, -1)
    assert find_stickers(from_pixels(pixels), pose, read_colour("green")) == StickersFound(read_colour("green"), (), ())
    others = drawn(list(places.values()), (190, 60, 60))
    assert find_stickers(others, pose, read_colour("green")).points == ()


def test_unsure_stickers_are_said_and_not_guessed() -> None:
    """Two at one spot: neither counts. One where none is expected: it is said."""
    pose = body()
    places = spot_places(pose)
    twice = [
        places[BonyLandmark.LEFT_ASIS] + [8.0, 0.0],
        places[BonyLandmark.LEFT_ASIS] - [8.0, 0.0],
        places[BonyLandmark.RIGHT_ASIS],
    ]
    found = find_stickers(drawn(twice, radius_px=5.0), pose, read_colour("green"))
    assert names_of(found) == {BonyLandmark.RIGHT_ASIS}
    assert len(found.unnamed) == 2
    astray = drawn([places[BonyLandmark.RIGHT_ASIS], places[BonyLandmark.LEFT_ASIS] + [0.0, 62.0]])
    found = find_stickers(astray, pose, read_colour("green"))
    assert names_of(found) == {BonyLandmark.RIGHT_ASIS}
    assert "1 green spot was not counted" in str(found.note)


def test_a_sticker_on_the_hem_of_its_own_colour_is_not_trusted() -> None:
    """Its centre would be drawn into the cloth; it is said instead."""
    pose = body()
    places = spot_places(pose)
    pixels = drawn([places[BonyLandmark.LEFT_ASIS], places[BonyLandmark.RIGHT_ASIS]]).pixels.copy()
    x, y = (int(one) for one in places[BonyLandmark.LEFT_ASIS])
    cv2.rectangle(pixels, (x - 60, y + 6), (x + 60, y + 60), (110, 175, 110), -1)
    found = find_stickers(from_pixels(pixels), pose, read_colour("green"))
    assert names_of(found) == {BonyLandmark.RIGHT_ASIS}


@pytest.mark.parametrize(
    ("text", "said"), [("gren", "Did you mean green"), ("#12345", "is no colour"), ("#808080", "nearly grey")]
)
def test_bad_colours_are_told_in_one_line(text: str, said: str) -> None:
    """What is wrong, and what next."""
    with pytest.raises(SettingsError, match=said) as caught:
        read_colour(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "rgb"), [("green", GREEN), ("blue", (40, 70, 190)), ("yellow", (225, 205, 40))])
def test_a_colour_is_itself_by_name_and_by_number(name: str, rgb: tuple[int, int, int]) -> None:
    """The hue of the number lies within the name's, and a sampled pixel gives the same."""
    given = read_colour("#{:02x}{:02x}{:02x}".format(*rgb))
    assert read_colour(name).off_deg(np.array(given.hue_deg)) < read_colour(name).within_deg
    photo = from_pixels(np.full((9, 9, 3), rgb, np.uint8))
    assert colour_at(photo, 4.0, 4.0) == given


def rendered() -> list[dict[str, Any]]:
    """The truth of the rendered people with coloured stickers in the repository."""
    found: list[dict[str, Any]] = json.loads((PHOTOS / "truth.json").read_text())["images"]
    return [image for image in found if image["sticker"]["name"] not in PLAIN]


@pytest.mark.parametrize("image", rendered(), ids=lambda image: image["id"])
def test_stickers_on_rendered_people(image: dict[str, Any], finder: Finder) -> None:
    """At least two of three found, none under a wrong name, tilts within 0.3°."""
    found = checked(PHOTOS, image, finder, clicked=False)
    assert found.wrong == 0
    assert found.found >= 0.6 * found.seen
    assert found.angles
    for key, error, _ in found.angles:
        if key in ("shoulder_tilt", "pelvic_obliquity"):
            assert abs(error) <= 0.3


def test_a_mirrored_photo_gives_the_mirrored_report(finder: Finder) -> None:
    """From the pixels on: every number that rests on stickers."""
    image = rendered()[0]
    photo = read(PHOTOS / image["file"])
    settings = Settings(passes=2, roll_deg=0.0, stickers=read_colour(image["sticker"]["name"]))
    here = assess(photo, finder, settings, load())
    there = {one.key: one for one in assess(photo.mirrored(), finder, settings, load()).measurements}
    stuck = [one for one in here.measurements if one.placed == "sticker"]
    assert stuck
    for one in stuck:
        sign = -1.0 if load().norm(one.key).mirror == "odd" else 1.0
        assert there[mirrored_key(one.key)].value == pytest.approx(sign * one.value, abs=1e-6)


def test_stickers_on_the_command_line(tmp_path: Path) -> None:
    """The report says sticker; another colour ends with one line and exit code 2."""
    image = rendered()[0]
    photo, out = str(PHOTOS / image["file"]), tmp_path / "found.json"
    colour = image["sticker"]["name"]
    run = CliRunner().invoke(app, ["analyze", photo, "--passes", "2", "--stickers", colour, "--json", str(out)])
    assert run.exit_code == 0, run.output
    whole = json.loads(out.read_text())
    assert {one["name"] for one in whole["placed"]} <= set(NAMES)
    assert {one["source"] for one in whole["placed"]} == {"sticker"}
    assert "Found as stickers" in " ".join(whole["notes"])
    other = "blue" if colour != "blue" else "yellow"
    run = CliRunner().invoke(app, ["analyze", photo, "--passes", "2", "--stickers", other])
    assert run.exit_code == 2
    assert f"no round {other} stickers" in run.output


def test_an_exam_of_stickers_is_stored_only_where_some_are_found(tmp_path: Path) -> None:
    """One photo with stickers is enough; without any, one line and nothing stored, and no exam of analyze either."""
    image = rendered()[0]
    photo, records = str(PHOTOS / image["file"]), tmp_path / "records.sqlite"
    colour = image["sticker"]["name"]
    other = "blue" if colour != "blue" else "yellow"
    bare = str(PHOTOS.parents[2] / "sample_images" / "level.jpg")
    kept = ["exam", photo, bare, "--person", "Dana", "--passes", "2", "--database", str(records)]
    for command in (kept, ["analyze", photo, bare, "--passes", "2"]):
        run = CliRunner().invoke(app, [*command, "--stickers", other])
        assert run.exit_code == 2, run.output
        assert re.search(f"no (round )?{other} sticker", run.output)
        assert not records.exists()
    run = CliRunner().invoke(app, [*kept, "--stickers", colour, "--out", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
    exam = json.loads((tmp_path / "out" / "exam.json").read_text())
    placed = [[one["source"] for one in photo.get("placed", ())] for photo in exam["photos"]]
    assert sorted(map(set, placed), key=len) == [set(), {"sticker"}]
    assert records.exists()


def test_a_hand_wins_over_a_sticker(finder: Finder) -> None:
    """A point that was placed by hand stays where it was put."""
    image = rendered()[0]
    photo = read(PHOTOS / image["file"])
    by_hand = replace(Settings(passes=2), stickers=read_colour(image["sticker"]["name"]))
    name, (x, y) = next((NAMES[name], at) for name, at in image["stickers2d"].items() if "asis" in name)
    from posturecam.body import PlacedPoint

    by_hand = replace(by_hand, placed=(PlacedPoint(name, x + 5.0, y),))
    placed = {one.name: one for one in assess(photo, finder, by_hand, load()).placed}
    assert placed[name].x == x + 5.0
    assert placed[name].source == "hand"
    assert len(placed) > 1


def test_expected_places_lie_on_the_body() -> None:
    """Left and right mirror each other; the blades hang under the neck, the tuberosity under the kneecap."""
    for view in (View.FRONT, View.BACK):
        at = {one.name: one.at for one in expected(body(view), 1000.0)}
        middle = float(subject_frame(body(view).mean, view)[0, 0])
        for name, place in at.items():
            twin = at[name.mirrored]
            assert place[0] - middle == pytest.approx(middle - twin[0], abs=1e-6)
            assert place[1] == pytest.approx(twin[1])
    assert at[BonyLandmark.C7][1] > at[BonyLandmark.T3][1] > at[BonyLandmark.LEFT_SCAPULAR_ANGLE][1]
    assert at[Landmark.LEFT_HEEL][1] < at[BonyLandmark.LEFT_MID_CALF][1]
