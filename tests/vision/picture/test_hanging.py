"""The board that hangs in the photo: found by itself, right in roll, pitch and size, and odd in the mirror."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path  # noqa: TC003
from typing import Any

import cv2
import numpy as np
import pytest
from calibration.hung_board import Hanging, hung_in

from posturecam.knowledge import load
from posturecam.picture.lens.hanging import HUNG_SIGMA_DEG, HangingBoard, find_board
from posturecam.picture.lens.profile import CameraProfile
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.picture.scale import BOARD, HEIGHT
from posturecam.picture.vertical import EDGES, HUNG, NOTHING
from posturecam.pipeline.assessment import Assessment, Settings, assess
from posturecam.pipeline.exam.photo_checks import check_photo
from posturecam.reports.drawing.photo_overlay import draw, overlay_layout
from posturecam.storage.assessment_json import from_json, to_json

WALL = (768, 1024)


def wall(size: tuple[int, int] = WALL) -> Photo:
    """An empty wall with the grain of a photo."""
    grain = np.random.default_rng(3).normal(170.0, 4.0, (size[1], size[0], 1)).repeat(3, axis=2)
    return from_pixels(np.clip(grain, 0, 255).astype(np.uint8), "wall")


def found(photo: Photo, focal_px: float | None = None, lens: CameraProfile | None = None) -> HangingBoard:
    """The board, which must be there."""
    hung = find_board(photo, focal_px, lens)
    assert hung is not None
    return hung


HANGINGS = [
    Hanging(2.0, 0.0, 0.0),
    Hanging(-3.1, 6.0, 20.0, (0.5, -0.2, 3.2)),
    Hanging(0.7, -8.0, -30.0, (-0.5, 0.3, 2.6)),
    Hanging(3.6, 10.0, 35.0, (-0.45, -0.4, 3.0)),
]


@pytest.mark.parametrize("known", [True, False], ids=["focal length known", "unknown"])
@pytest.mark.parametrize("hanging", HANGINGS)
def test_the_large_marker_tells_roll_pitch_and_size(hanging: Hanging, known: bool) -> None:  # noqa: FBT001
    """Wherever it hangs, however its thread has twisted it, however the camera is pitched."""
    hung = found(hung_in(wall(), hanging), hanging.focal_px if known else None)
    vertical = hung.vertical
    assert vertical is not None
    assert vertical.source == HUNG
    assert vertical.roll_deg == pytest.approx(hanging.roll, abs=0.3 if known else 0.5)
    assert abs(vertical.roll_deg - hanging.roll) < 1.96 * vertical.sigma_deg
    assert vertical.sigma_deg >= HUNG_SIGMA_DEG
    assert float(hung.standing.value[1]) == pytest.approx(hanging.pitch, abs=2.58 * hung.standing.sigma[1])
    low, high = hung.scale.interval
    assert low < hanging.mm_per_px < high
    assert hung.scale.mm_per_px == pytest.approx(hanging.mm_per_px, rel=0.015)


def test_the_chessboard_tells_the_same_where_its_fields_are_large_enough() -> None:
    """In a phone's photo, not in a small one, and never from a few of its corners."""
    hanging = Hanging(-1.4, 4.0, 15.0, (0.3, 0.1, 3.0), 3600.0, large=False)
    hung = found(hung_in(wall((1768, 2356)), hanging), hanging.focal_px)
    assert hung.vertical is not None
    assert hung.vertical.roll_deg == pytest.approx(-1.4, abs=0.1)
    assert hung.scale.mm_per_px == pytest.approx(hanging.mm_per_px, rel=0.003)
    assert find_board(hung_in(wall(), replace(hanging, focal_px=1568.0))) is None


def test_the_plane_that_the_board_hangs_in_is_part_of_the_scale_s_error() -> None:
    """0.15 m of 3 m are 5 %; without a focal length the distance is not known, and the error is larger."""
    photo = hung_in(wall(), Hanging(0.0))
    known, unknown = found(photo, 1568.0), found(photo)
    assert known.distance_m == pytest.approx(3.0, abs=0.05)
    assert known.scale.sigma == pytest.approx(0.05, abs=0.005)
    assert unknown.scale.sigma > known.scale.sigma


@pytest.mark.parametrize("large", [True, False])
def test_the_mirror_image_gives_the_opposite_to_the_last_bit(large: bool) -> None:  # noqa: FBT001
    """And says that it is one: only the flipped picture can be read."""
    size, focal = (WALL, 1568.0) if large else ((1768, 2356), 3600.0)
    photo = hung_in(wall(size), Hanging(1.7, 5.0, 12.0, (0.35, 0.1, 2.9), focal, large))
    here, there = found(photo), found(photo.mirrored())
    np.testing.assert_array_equal(here.standing.value * [-1, 1, 1, 1], there.standing.value)
    np.testing.assert_array_equal(here.standing.sigma, there.standing.sigma)
    np.testing.assert_allclose(here.flipped(size[0]).outline, there.outline, atol=1e-9)
    assert (here.mirrored, there.mirrored) == (False, True)


def test_the_lens_is_taken_out_of_the_board_and_mirrors_with_it() -> None:
    """A profile's middle that is not the picture's moves where the camera looks."""
    photo = hung_in(wall(), Hanging(1.0, 0.0, 0.0))
    lens = CameraProfile(WALL, 1568.0, (430.0, 512.0), -0.1, 0.0)
    here, there = found(photo, None, lens), found(photo.mirrored(), None, lens.mirrored())
    assert here.focal_known
    np.testing.assert_array_equal(here.standing.value * [-1, 1, 1, 1], there.standing.value)
    assert not np.allclose(here.standing.value, found(photo, 1568.0).standing.value)


NO_BOARD = {
    "an empty wall": wall(),
    "a blurred board": from_pixels(cv2.GaussianBlur(hung_in(wall(), Hanging()).pixels, (0, 0), 9.0)),
    "a board cut by the edge": hung_in(wall(), Hanging(at_m=(0.75, 0.0, 3.0))),
    "another marker": from_pixels(
        cv2.copyMakeBorder(
            cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_6X6_50).generateImageMarker(3, 160),
            300, 300, 300, 300, cv2.BORDER_CONSTANT, value=(230,),
        )[..., None].repeat(3, axis=2)
    ),
}  # fmt: skip


@pytest.mark.parametrize("photo", NO_BOARD.values(), ids=NO_BOARD)
def test_no_board_is_found_where_none_can_be_read(photo: Photo) -> None:
    """Nothing is better than something wrong."""
    assert find_board(photo) is None
    assert find_board(photo.mirrored()) is None


def test_no_rendered_photo_shows_a_board(phantoms: list[dict[str, Any]]) -> None:
    """Tiles, doors and patterned walls are none."""
    assert [one["id"] for one in phantoms[::5] if find_board(read(one["path"]))] == []


def test_a_board_that_lies_askew_tells_no_vertical_and_no_size() -> None:
    """25° off plumb is no thread."""
    hung = found(hung_in(wall(), Hanging(askew=25.0)))
    assert hung.vertical is None


def with_board(phantoms: list[dict[str, Any]], **more: Any) -> tuple[Photo, dict[str, Any]]:
    """A person before a plain wall, a plumb marker beside them as that photo's camera sees it."""
    image = next(one for one in phantoms if one["background"] == "plain" and abs(one["camera"]["roll_deg"]) > 1.5)
    camera = image["camera"]
    up = np.array(camera["rotation_rows"]) @ np.array([0.0, 1.0, 0.0])
    pitch = float(np.degrees(np.arcsin(up[2])))
    at = (-0.55, 1.2 - camera["position"][1], camera["position"][2])
    hanging = Hanging(camera["roll_deg"], pitch, 10.0, at, camera["f_px"], **more)
    return hung_in(read(image["path"]), hanging), image


@pytest.fixture(scope="module")
def told(finder: Any, phantoms: list[dict[str, Any]]) -> tuple[Assessment, Photo, dict[str, Any]]:
    """A photo with a board, measured without being told anything."""
    photo, image = with_board(phantoms)
    return assess(photo, finder, Settings(passes=2), load()), photo, image


def test_the_board_sets_the_whole_story_upright(told: tuple[Assessment, Photo, dict[str, Any]]) -> None:
    """Roll within its ±, millimetres without a height, all of it said, drawn and stored."""
    assessment, photo, image = told
    assert assessment.vertical.source == HUNG
    off = abs(assessment.vertical.roll_deg - image["camera"]["roll_deg"])
    assert off < 1.96 * assessment.vertical.sigma_deg
    assert assessment.scene is not None
    (scale,) = assessment.scene.scales
    assert scale.source == BOARD
    assert any(one.unit == "mm" for one in assessment.measurements)
    assert any("hanging board" in str(note) for note in assessment.notes)
    assert not any("selfie" in str(note) for note in assessment.notes)
    board, shown = assessment.scene.board, overlay_layout(assessment).shown
    assert board is not None
    assert shown.left <= board[:, 0].min() < board[:, 0].max() <= shown.right
    at = np.rint(board.mean(axis=0)).astype(int)
    near = slice(at[1] - 40, at[1] + 40), slice(at[0] - round(shown.left) - 40, at[0] - round(shown.left) + 40)
    untouched = photo.pixels[at[1] - 40 : at[1] + 40, at[0] - 40 : at[0] + 40]
    assert (draw(assessment, photo)[near] != untouched).any()
    stored = from_json(to_json(assessment))
    assert stored.camera_scene.verticals == assessment.scene.verticals
    assert stored.camera_scene.scales == assessment.scene.scales
    np.testing.assert_array_equal(stored.camera_scene.board, assessment.scene.board)


def test_a_mirrored_photo_with_a_board_is_named_one(
    finder: Any, told: tuple[Assessment, Photo, dict[str, Any]]
) -> None:
    """The numbers are exactly mirrored, and the note says what to do; with --mirrored all is as it was."""
    assessment, photo, _ = told
    there = assess(photo.mirrored(), finder, Settings(passes=2), load())
    assert there["shoulder_tilt"].value == pytest.approx(-assessment["shoulder_tilt"].value, abs=1e-9)
    assert there["shoulder_difference_mm"].sem == pytest.approx(assessment["shoulder_difference_mm"].sem)
    assert any("mirrored selfie" in str(note) and "--mirrored" in str(note) for note in there.notes)
    undone = assess(photo.mirrored(), finder, Settings(passes=2, mirrored=True), load())
    assert undone["hip_tilt"].value == pytest.approx(assessment["hip_tilt"].value, abs=1e-9)
    needless = assess(photo, finder, Settings(passes=2, mirrored=True), load())
    assert any("without --mirrored" in str(note) for note in needless.notes)


def test_height_and_board_stand_beside_each_other(finder: Any, told: tuple[Assessment, Photo, dict[str, Any]]) -> None:
    """The surer one is used; a height that the board denies is said."""
    _, photo, image = told
    both = assess(photo, finder, Settings(passes=2, height_cm=100 * image["height_m"]), load()).scene
    assert both is not None
    assert [one.source for one in both.scales] == [HEIGHT, BOARD]
    wrong = assess(photo, finder, Settings(passes=2, height_cm=100.0), load())
    assert any("a millimetre is, is told in two ways" in str(note) for note in wrong.notes)


def test_a_stated_roll_that_the_board_denies_is_said(
    finder: Any, told: tuple[Assessment, Photo, dict[str, Any]]
) -> None:
    """Used as given, and contradicted."""
    _, photo, image = told
    denied = assess(photo, finder, Settings(passes=2, roll_deg=image["camera"]["roll_deg"] + 4.0), load())
    assert any("two ways" in str(note) and "hanging board" in str(note) for note in denied.notes)


def test_doctor_names_the_board(finder: Any, told: tuple[Assessment, Photo, dict[str, Any]]) -> None:
    """It tells the level."""
    level = next(one for one in check_photo(told[1], finder, Settings(passes=2)) if one.name.kind == "check_level")
    assert HUNG in str(level.found)


@pytest.mark.slow
def test_an_askew_board_leaves_the_vertical_to_others(finder: Any, phantoms: list[dict[str, Any]]) -> None:
    """And the report says that it does not hang."""
    photo, _ = with_board(phantoms, askew=25.0)
    assessment = assess(photo, finder, Settings(passes=2), load())
    assert assessment.vertical.source in (NOTHING, EDGES)
    assert any("askew" in str(note) for note in assessment.notes)


def test_the_samples_show_no_board(samples: Path) -> None:
    """Neither as they are nor flipped."""
    assert find_board(read(samples / "front.jpg")) is None
