"""The turn of a body: odd in the mirror image, near zero on people who stand square, right on a person who turns."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posturecam.body import ORDER, Landmark, Turn, View
from posturecam.picture.photo import from_pixels, read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.poses.yaw import BESIDE, HEIGHTS, refined_turn, turn_features, yaw_lines
from repository import SHARED

FILMS = SHARED / "films"


def test_the_table_fits_the_features() -> None:
    """Nose, pairs beside each other, heights, and the network's own turn."""
    assert set(yaw_lines()) == {View.FRONT, View.BACK}
    for line in yaw_lines().values():
        assert line.weights.shape == (1 + len(BESIDE) + len(HEIGHTS) + 1,)
        assert line.most.shape == line.weights.shape
        assert (line.most > 0.0).all()
        assert line.error > 0.0


def test_every_feature_changes_its_sign_in_the_mirror_image() -> None:
    """So the turn of a mirrored photo is exactly the opposite."""
    uneven = Figure(shoulder_tilt=3.0, hip_tilt=-2.0, head_rotation=4.0, foot_turn_left=12.0, trunk_lean=1.0)
    pose = replace(pose_of_figure(uneven), turn=Turn(2.5, 2.7))
    np.testing.assert_allclose(turn_features(pose.mirrored()), -turn_features(pose), atol=1e-9)


def test_large_turns_are_the_networks_own() -> None:
    """No such turn was learned; a pose without mirrored passes or from the side keeps its own, too."""
    pose = replace(pose_of_figure(Figure()), turn=Turn(34.0, 5.0))
    assert refined_turn(pose) == pose.turn
    side = replace(pose, view=View.LEFT, turn=Turn(3.0, 5.0))
    assert refined_turn(side) == side.turn
    once = replace(pose, turn=Turn(3.0, 7.0), mirrored_passes=False)
    assert refined_turn(once) == once.turn
    assert refined_turn(replace(pose, turn=None)) is None


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_a_leg_that_ends_at_the_knee_is_no_turn(view: View) -> None:
    """Nor is a foot that is lifted: what no turn makes so large is left out, and the error grows."""
    square = replace(pose_of_figure(Figure(view=view)), turn=Turn(0.0, 2.7))
    points = square.points.copy()
    for part in ("ANKLE", "HEEL", "FOOT_INDEX"):
        points[:, ORDER[Landmark[f"LEFT_{part}"]], 1] -= 0.27 * 700.0
    plain, told = refined_turn(square), refined_turn(replace(square, points=points))
    assert plain is not None
    assert told is not None
    assert abs(told.value_deg) < 5.0
    assert told.sem_deg > plain.sem_deg


@pytest.mark.parametrize("name", ["front", "back"])
def test_the_samples_stand_square(finder: Finder, samples: Path, name: str) -> None:
    """They were rendered without any turn; and the mirror image gives the opposite."""
    photo = read(samples / f"{name}.jpg")
    here, there = (finder.find(one).pose.turn for one in (photo, photo.mirrored()))
    assert here is not None
    assert there is not None
    assert abs(here.value_deg) < 2.0 * here.sem_deg
    assert there.value_deg == pytest.approx(-here.value_deg, abs=1e-6)


@pytest.mark.slow
def test_a_turning_person(finder: Finder) -> None:
    """A film with the true turn of every frame: 15° either way is read to within 4°."""
    if not (FILMS / "turn.mp4").exists():
        pytest.skip("the films are not at hand (../shared/films)")
    import cv2

    truth = [one["yaw"] for one in json.loads((FILMS / "turn.json").read_text())["frames"]]
    film = cv2.VideoCapture(str(FILMS / "turn.mp4"))
    frames = {yaw: film.read()[1] for yaw in truth}
    for yaw, expected in ((0, 0.0), (-15.0, -15.0), (-165.0, 15.0), (-180, 0.0), (-195.0, -15.0)):
        photo = from_pixels(np.ascontiguousarray(frames[yaw][:, :, ::-1]))
        turn = finder.find(photo, FinderOptions()).pose.turn
        assert turn is not None
        assert turn.value_deg == pytest.approx(expected, abs=4.0), yaw
