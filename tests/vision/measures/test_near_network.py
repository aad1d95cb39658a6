"""Head, neck and shoulder of side views by their own network: exact in the mirror, told by roll, kept with the pose."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calibration.benchmark import SMALL
from calibration.side_eyes.near_squares import TRUE_NAMES, side_rows, true_near

from posturecam.body import ORDER, Landmark, NearKeypoints, Pose, View
from posturecam.body.geometry import rotate, subject_frame
from posturecam.knowledge import load
from posturecam.measures.estimator.fusion import estimate
from posturecam.measures.estimator.near_network import NearNetwork
from posturecam.measures.estimator.near_places import NEAR_PLACES, near_angles
from posturecam.measures.estimator.near_view import near_estimates, near_table
from posturecam.picture.photo import Photo, read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder
from posturecam.storage.assessment_json import assessment_bytes
from posturecam.storage.stored import called, from_json

Looked = list[tuple[dict[str, Any], Photo, Pose, NearKeypoints]]

UPRIGHT = {
    "ear": (0.0, 200.0),
    "eye": (40.0, 200.0),
    "nose": (60.0, 185.0),
    "C7": (-100.0, 100.0),
    "shoulder": (0.0, 0.0),
    "acromion": (0.0, 20.0),
    "upper_back": (-100.0, 0.0),
    "neck": (-40.0, 100.0),
    "head": (-10.0, 160.0),
}
"""Ear over shoulder, eye as high as the ear; C7 as far behind the ear as below it, and the shoulder likewise."""


@pytest.fixture(scope="module")
def network() -> NearNetwork:
    """The network that ships."""
    return NearNetwork.shipped()


def placed(row: dict[str, Any], photo: Photo) -> Pose:
    """Put a pose on the true ear, shoulder and hip of a rendered side view."""
    view = View(row["view"])
    points = np.full((1, len(ORDER), 2), 10.0)
    for part in ("ear", "shoulder", "hip"):
        at = row["points2d"][f"{part}.{view.value[0].upper()}"]
        points[0, ORDER[Landmark(f"{view.value}_{part}")]] = at
    return Pose(points, np.ones(len(ORDER)), photo.size_px, view, "given", "test", "test", "0" * 64)


@pytest.fixture(scope="module")
def looked(network: NearNetwork) -> Looked:
    """The rendered side views of the repository, and what is seen of them."""
    out: Looked = []
    for row in side_rows(SMALL):
        photo = read(SMALL / row["file"])
        pose = placed(row, photo)
        keypoints = network.predict(photo, pose)
        assert keypoints is not None
        out.append((row, photo, replace(pose, near_keypoints=keypoints), keypoints))
    return out


def test_a_front_view_is_not_looked_at(network: NearNetwork, looked: Looked) -> None:
    """The other views have their own network."""
    _row, photo, pose, _keypoints = looked[0]
    assert network.predict(photo, replace(pose, view=View.FRONT)) is None
    assert near_estimates(replace(pose, near_keypoints=None), 0.0) == {}


def test_a_pose_without_a_hip_is_not_looked_at(network: NearNetwork, looked: Looked) -> None:
    """Without its trunk nothing tells how large the square must be."""
    _row, photo, pose, _keypoints = looked[0]
    assert network.predict(photo, replace(pose, points=np.full_like(pose.points, np.nan))) is None


def test_a_mirrored_photo_gives_the_mirrored_answer(network: NearNetwork, looked: Looked) -> None:
    """Both are seen through the same square of the same pixels."""
    for _row, photo, pose, keypoints in looked:
        there = network.predict(photo.mirrored(), pose.mirrored())
        assert there is not None
        np.testing.assert_allclose(there.places, keypoints.mirrored(photo.size_px[0]).places, atol=1e-6)
        np.testing.assert_allclose(there.doubt, keypoints.doubt, atol=1e-6)
        twin = estimate(replace(pose.mirrored(), near_keypoints=there), -1.5)
        for key, one in estimate(pose, 1.5).items():
            assert twin[key].value == pytest.approx(one.value, abs=1e-6), key
            assert twin[key].sem == pytest.approx(one.sem, abs=1e-6), key


def test_ear_and_neck_are_found(looked: Looked) -> None:
    """On bodies that nothing was learned on: within an eighth of the distance from ear to shoulder."""
    for row, photo, pose, keypoints in looked:
        true, _hip = true_near(row, photo.pixels.shape[1])
        if pose.view is View.LEFT:
            true = true * [-1.0, 1.0] + [photo.pixels.shape[1], 0.0]
        reach = np.linalg.norm(true[0] - true[4])
        off = np.linalg.norm(keypoints.places - true, axis=-1) / reach
        assert off[NEAR_PLACES.index("ear")] < 0.125, row["id"]
        assert off[NEAR_PLACES.index("C7")] < 0.125, row["id"]
    assert len(TRUE_NAMES) == len(NEAR_PLACES)


@pytest.mark.parametrize("view", [View.LEFT, View.RIGHT])
def test_angles_of_a_stated_figure(view: View) -> None:
    """Zero where ear, eye and shoulder stand straight, 45° where C7 lies as far behind as below."""
    places = np.array([UPRIGHT[name] for name in NEAR_PLACES])
    photo = places * [-1.0 if view is View.LEFT else 1.0, -1.0] + 500.0
    angles = near_angles(subject_frame(photo, view))
    assert angles["ear_shoulder_angle"] == pytest.approx(0.0)
    assert angles["head_pitch"] == pytest.approx(0.0)
    assert angles["craniovertebral_proxy"] == pytest.approx(45.0)
    assert angles["shoulder_protraction"] == pytest.approx(45.0)


def test_the_head_forward_and_the_chin_down_are_positive() -> None:
    """The signs of norms.toml: a head carried forward lowers the craniovertebral angle."""
    places = np.array([UPRIGHT[name] for name in NEAR_PLACES])
    straight = near_angles(places)
    carried = places.copy()
    carried[:3] += [30.0, 0.0]
    carried[1:3] -= [0.0, 10.0]
    bent = near_angles(carried)
    assert bent["ear_shoulder_angle"] == pytest.approx(np.degrees(np.arctan2(30.0, 200.0)))
    assert bent["head_pitch"] > straight["head_pitch"]
    assert bent["craniovertebral_proxy"] < straight["craniovertebral_proxy"]


def test_a_rolled_photo_with_its_roll_told_reads_the_same(looked: Looked) -> None:
    """Places turned by a known roll give the same angles."""
    _row, _photo, pose, keypoints = looked[0]
    turned = replace(pose, near_keypoints=NearKeypoints(rotate(keypoints.places, 3.0), keypoints.doubt))
    level = near_estimates(pose, 0.0)
    for key, one in near_estimates(turned, 3.0).items():
        assert one.value == pytest.approx(level[key].value, abs=1e-9), key


def test_more_doubt_is_a_wider_interval(looked: Looked) -> None:
    """Where hair hides the ear the heat map is wide, and so is the ±."""
    _row, _photo, pose, keypoints = looked[0]
    vague = replace(pose, near_keypoints=NearKeypoints(keypoints.places, keypoints.doubt * 3.0))
    sure, unsure = near_estimates(pose, 0.0), near_estimates(vague, 0.0)
    assert set(sure) == set(near_table().measures)
    assert unsure["ear_shoulder_angle"].sem > sure["ear_shoulder_angle"].sem


def test_truth_names_are_the_renderers(looked: Looked) -> None:
    """Every place to learn stands in the truth files."""
    names = set(json.loads((Path(SMALL) / "truth.json").read_text(encoding="utf-8"))["images"][0]["points2d"])
    assert {name.replace("*", "L") for name in TRUE_NAMES} <= names
    assert looked


def test_the_head_against_the_trunk_is_the_head_less_the_trunk(finder: Finder) -> None:
    """What the network saw of the head, less the lean of the trunk by points and outline."""
    row = side_rows(SMALL)[0]
    settings = Settings(view=View(row["view"]), roll_deg=row["camera"]["roll_deg"])
    told = assess_photo(read(SMALL / row["file"]), finder, settings, load())
    assert told.pose.near_keypoints is not None
    head, trunk = told["ear_shoulder_angle"], told["trunk_lean_side"]
    assert told["ear_trunk_angle"].value == pytest.approx(head.value - trunk.value)
    seen = near_estimates(told.pose, settings.roll_deg or 0.0)
    assert head.value == pytest.approx(seen["ear_shoulder_angle"].value)


def test_what_was_seen_is_stored_with_the_pose(finder: Finder) -> None:
    """A stored photo measured again gives the same numbers of head and neck."""
    row = side_rows(SMALL)[0]
    told = assess_photo(read(SMALL / row["file"]), finder, Settings(view=View(row["view"])), load())
    stored = json.loads(assessment_bytes(told))
    again = from_json(stored, "test")
    assert again.pose.near_keypoints is not None
    np.testing.assert_array_equal(again.pose.near_keypoints.places, told.pose.near_keypoints.places)
    np.testing.assert_array_equal(again.pose.near_keypoints.doubt, told.pose.near_keypoints.doubt)
    turned = called(again.pose, View.RIGHT if told.pose.view is View.LEFT else View.LEFT)
    assert turned.near_keypoints is None
