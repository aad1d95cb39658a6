"""Perspective: what a turn and the camera's height make of level lines, by exact projection and on rendered people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posturecam.body import HAND, ORDER, STICKER, BonyLandmark, Landmark, PlacedPoint, Pose, Turn, View
from posturecam.body.geometry import subject_frame, tilt
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.measures.anatomy import ANKLES, EYES, HIPS, SHOULDERS, height, line_tilt
from posturecam.measures.correction import corrections
from posturecam.measures.measurement import Frame
from posturecam.measures.outline import edge_perspective_errors, from_outline
from posturecam.measures.trunk_measures import trunk_perspective_errors
from posturecam.measures.trunk_outline import ROWS, Flank, Trunk
from posturecam.picture.camera_scene import DISTANCE, PROFILE, CameraScene
from posturecam.picture.lens import checked_distance, focal_from_distance
from posturecam.picture.lens.perspective import (
    UNKNOWN_PITCH_DEG,
    USUAL_CAMERA_M,
    Perspective,
    pitch_from_body,
    planes_of,
)
from posturecam.picture.vertical import Vertical, find_vertical
from posturecam.pipeline.assessment import PhotoInfo, Settings, assess_pose
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.storage.assessment_json import from_json, to_json
from posturecam.text.findings_text import perspective_words, vertical_words

SIZE, FOCAL = (768, 1024), 1500.0
HEIGHTS_M = {SHOULDERS: (1.45, 0.18), HIPS: (1.0, 0.095), EYES: (1.65, 0.032), ANKLES: (0.07, 0.1)}
"""Height and half width of level lines, as clinical photogrammetry reckons with them."""

OTHER_PARTS_M = {
    "EAR": (1.63, 0.075),
    "ELBOW": (1.12, 0.24),
    "WRIST": (0.88, 0.25),
    "KNEE": (0.53, 0.097),
    "HEEL": (0.03, 0.1),
    "FOOT_INDEX": (0.01, 0.12),
}
"""The same of what makes them a standing body."""

PARTS_M = {
    **HEIGHTS_M,
    **{(Landmark[f"LEFT_{part}"], Landmark[f"RIGHT_{part}"]): place for part, place in OTHER_PARTS_M.items()},
}


def projected(
    turn_deg: float, far_m: float = 3.0, pitch_deg: float = 0.0, aside_m: float = 0.0, camera_m: float = 1.0
) -> Pose:
    """A flat level body whose chest is turned to its own left, seen exactly by a camera of that height."""
    pose = pose_of_figure(Figure(size_px=SIZE))
    points = pose.points.copy()
    turn, down = np.radians(turn_deg) + np.arctan2(aside_m, far_m) * -1.0, np.radians(pitch_deg)
    for pair, (high, half) in PARTS_M.items():
        for landmark, side in zip(pair, (1.0, -1.0), strict=True):
            x, y = aside_m + side * half * np.cos(turn), -(high - camera_m)
            z = far_m + side * half * np.sin(turn)
            y, z = y * np.cos(down) - z * np.sin(down), y * np.sin(down) + z * np.cos(down)
            points[:, ORDER[landmark]] = np.array([x, y]) / z * FOCAL + np.array(SIZE) / 2
    points[:, ORDER[Landmark.NOSE]] = points[:, [ORDER[Landmark.LEFT_EAR], ORDER[Landmark.RIGHT_EAR]]].mean(axis=1)
    return replace(pose, points=points, turn=Turn(turn_deg, 1e-3))


def fake(pose: Pose, pair: tuple[Landmark, Landmark], seen_by: Perspective) -> float:
    """What perspective is said to make of a line's tilt."""
    return (
        planes_of(pose, seen_by, 0.0)
        .of(pose.points)
        .error_rms(lambda points: line_tilt(Frame(subject_frame(points, pose.view), pose.view), pair))
    )


def level_camera(**more: Any) -> Perspective:
    """A camera whose pitch is known."""
    plain = Perspective(PROFILE, FOCAL, (SIZE[0] / 2, SIZE[1] / 2), pitch_sigma_deg=1e-3)
    return replace(plain, **more)


@pytest.mark.parametrize(
    ("far_m", "shoulders", "eyes"), [(3.0, 1.5, 2.2), (5.0, 0.9, 1.3)], ids=["from 3 m", "from 5 m"]
)
def test_a_turn_of_ten_degrees_fakes_the_tilts_of_the_clinical_table(
    far_m: float, shoulders: float, eyes: float
) -> None:
    """Camera 1.0 m high: 1.5° and 2.2° from 3 m, 0.9° and 1.3° from 5 m, and nothing at the camera's height."""
    pose = projected(10.0, far_m)
    assert fake(pose, SHOULDERS, level_camera()) == pytest.approx(shoulders, abs=0.06)
    assert fake(pose, EYES, level_camera()) == pytest.approx(eyes, abs=0.06)
    assert fake(pose, HIPS, level_camera()) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("turn", [-12.0, 0.0, 6.0])
@pytest.mark.parametrize("pitch", [-8.0, 0.0, 10.0])
@pytest.mark.parametrize("aside", [-0.4, 0.0, 0.3])
def test_the_fake_is_what_exact_projection_shows(turn: float, pitch: float, aside: float) -> None:
    """Turned, beside the camera's axis, seen from above or below: a level line's tilt is all fake, and all of it."""
    pose = projected(turn, 2.6, pitch, aside)
    for pair in HEIGHTS_M:
        left, right = (pose.mean[ORDER[one]] * [1.0, -1.0] for one in pair)
        shown = abs(float(tilt(left, right)))
        assert fake(pose, pair, level_camera(pitch_deg=pitch)) == pytest.approx(shown, abs=0.02)


def test_what_is_not_known_widens_it_by_what_it_may_be() -> None:
    """A turn known to 2°: as a turn of 2°; a pitch known to 5°: hips at the camera's height may be off too."""
    known = fake(projected(2.0), SHOULDERS, level_camera())
    square = replace(projected(0.0), turn=Turn(0.0, 2.0))
    assert fake(square, SHOULDERS, level_camera()) == pytest.approx(known, rel=0.1)
    turned = projected(10.0)
    assert fake(turned, HIPS, level_camera(pitch_sigma_deg=5.0)) == pytest.approx(
        np.degrees(np.tan(np.radians(5.0)) * np.tan(np.radians(10.0))), rel=0.1
    )


def test_the_mirror_image_has_the_same_fake() -> None:
    """Exactly."""
    pose, seen_by = projected(7.0, pitch_deg=4.0, aside_m=0.2), level_camera(pitch_deg=4.0, center_px=(370.0, 500.0))
    there = fake(pose.mirrored(), SHOULDERS, seen_by.mirrored(SIZE[0]))
    assert fake(pose, SHOULDERS, seen_by) == pytest.approx(there, rel=1e-12)


def test_a_side_view_is_not_turned() -> None:
    """Where the camera looks straight, nothing is added."""
    pose = pose_of_figure(Figure(view=View.LEFT, size_px=SIZE))
    flat = planes_of(pose, level_camera(), 0.0).of(pose.points)
    assert flat.error_rms(lambda points: points[:, 0, 1]) < 60.0
    square = projected(0.0)
    straight = planes_of(square, level_camera(), 0.0).of(square.points)
    assert straight.error_rms(lambda points: points[:, 0, 0]) < 1.0


@pytest.mark.parametrize(("height_m", "pitch"), [(1.2, 0.0), (1.2, 8.0), (1.0, 4.0)])
def test_the_pitch_follows_from_the_usual_height_of_a_camera(height_m: float, pitch: float) -> None:
    """Right where the camera stands so high, and within its error where it stands a little otherwise."""
    pose = projected(0.0, 3.0, pitch, camera_m=height_m)
    found, sigma = pitch_from_body(pose, FOCAL, (SIZE[0] / 2, SIZE[1] / 2), 0.0, 1.75)
    assert abs(found - pitch) < (1.0 if height_m == USUAL_CAMERA_M else 1.96 * sigma)
    assert 4.0 < sigma < 6.0
    lost = replace(pose, points=np.full_like(pose.points, np.nan))
    assert pitch_from_body(lost, FOCAL, (384.0, 512.0), 0.0, 1.75) == (0.0, UNKNOWN_PITCH_DEG)


def told(pose: Pose, **known: Any) -> Any:
    """Measure it; the figure's own tilts are 0."""
    return assess_pose(pose, PhotoInfo("figure", "0" * 64, *SIZE), Settings(**known), load())


def test_a_known_distance_puts_it_into_the_interval() -> None:
    """The value stays, the ± grows by what the turn may fake, and the report says from what."""
    pose = replace(projected(10.0), turn=Turn(10.0, 1.6))
    plain, known = told(pose), told(pose, distance_m=3.0, height_cm=175.0)
    assert known.scene.perspective.source == DISTANCE
    for key, low, high in (("shoulder_tilt", 0.7, 1.6), ("head_tilt", 1.3, 2.4), ("hip_tilt", 0.3, 1.2)):
        assert known[key].value == plain[key].value
        added = np.sqrt(known[key].sem ** 2 - plain[key].sem ** 2)
        assert low < added < high, key
    assert "looks tilted" in perspective_words(known)[0]
    assert perspective_words(plain) == []


def test_a_square_body_pays_next_to_nothing() -> None:
    """Turned by 0° ± 1.6°: less than a tenth of the interval of the shoulders."""
    pose = replace(projected(0.0), turn=Turn(0.0, 1.6))
    plain, known = told(pose), told(pose, distance_m=3.0)
    assert 1.0 < known["shoulder_tilt"].sem / plain["shoulder_tilt"].sem < 1.1


def test_stored_assessments_keep_what_told_the_camera() -> None:
    """So that measuring again gives the same numbers."""
    known = told(projected(6.0), distance_m=3.0, height_cm=170.0, roll_deg=1.0)
    again = from_json(to_json(known)).camera_scene
    assert again == replace(known.scene, notes=())


def test_senseless_distances_are_refused() -> None:
    """Centimetres, negative ones, none."""
    for wrong in (-3.0, 0.0, 300.0, float("nan")):
        with pytest.raises(SettingsError, match=r"--distance .* metres"):
            checked_distance(wrong)
    assert focal_from_distance(None, projected(0.0)) is None
    assert focal_from_distance(3.0, replace(projected(0.0), view=View.OBLIQUE)) is None


FREE = ("side-bend of the neck", "spine's curve", "hips' side angles", "knees' angles")


def test_the_report_names_what_is_free_of_the_vertical() -> None:
    """And what it names is: a roll of 1° does not move it; every other frontal number that it leaves out is moved."""
    front = told(pose_of_figure(Figure(shoulder_tilt=2.0, hip_tilt=-3.0, size_px=SIZE)))
    words = vertical_words(front)
    assert all(one in words for one in FREE)
    still = {one.key for one in front.measurements if abs(one.vertical_effect) < 0.02}
    named = {"neck_bend", "trunk_bend", "spinal_curve"} | {
        f"{stem}_{side}" for stem in ("hip_adduction", "knee_angle") for side in ("left", "right")
    }
    assert still == named
    side = told(pose_of_figure(Figure(view=View.LEFT, size_px=SIZE)))
    assert "No number of this view" in vertical_words(side)


def seen_at(points_m: Any, turn_deg: float, far_m: float = 3.0, camera_m: float = 1.0) -> Any:
    """(K, 2) photo pixels of points (K, 2) on the flat body of ``projected``: metres to its left, and up."""
    turn = np.radians(turn_deg)
    x, z = points_m[:, 0] * np.cos(turn), far_m + points_m[:, 0] * np.sin(turn)
    return np.stack([x / z, -(points_m[:, 1] - camera_m) / z], axis=1) * FOCAL + np.array(SIZE) / 2


@pytest.mark.parametrize("source", [HAND, STICKER])
def test_placed_points_carry_it_too(source: str) -> None:
    """A level pelvis placed exactly on a turned body seems tilted by 0.9°; known, that is its error, unknown, not."""
    places = seen_at(np.array([[0.12, 1.25], [-0.12, 1.25]]), 10.0)
    points = tuple(
        PlacedPoint(name, *at, 0.2, source)
        for name, at in zip((BonyLandmark.LEFT_ASIS, BonyLandmark.RIGHT_ASIS), places, strict=True)
    )
    pose = replace(projected(10.0), placed=points, turn=Turn(10.0, 0.5))
    plain, known = told(pose, roll_deg=0.0), measured_with(pose, level_camera(pitch_sigma_deg=0.5))
    shown = abs(known["pelvic_obliquity"].value)
    assert shown == pytest.approx(0.84, abs=0.05)
    assert plain["pelvic_obliquity"].value == known["pelvic_obliquity"].value
    assert plain["pelvic_obliquity"].perspective_sem == 0.0
    assert known["pelvic_obliquity"].high - known["pelvic_obliquity"].value > shown
    bend = known["trunk_bend"]
    lines = known["pelvic_obliquity"].perspective_sem, known["shoulder_tilt"].perspective_sem
    assert bend.perspective_sem < np.hypot(*lines)


def measured_with(pose: Pose, seen_by: Perspective) -> Any:
    """Measure it with that camera known."""
    scene = CameraScene((Vertical("given", 0.0, 0.1),), perspective=seen_by)
    return assess_pose(pose, PhotoInfo("figure", "0" * 64, *SIZE), Settings(), load(), scene=scene)


def test_the_outline_carries_it_too() -> None:
    """Level armpits and waists on the outline of a turned body: all that they seem to tilt is fake."""
    pose = projected(10.0)
    flank = np.stack([np.full(len(ROWS), 0.15), np.linspace(1.0, 1.45, len(ROWS))], axis=1)
    single = np.array(
        [[0, 1.0], [0, 1.45], [0.18, 1.45], [-0.18, 1.45], [0.15, 1.35], [0.13, 1.15], [-0.15, 1.35], [-0.13, 1.15]]
    )
    size = float(height(Frame(subject_frame(pose.points, pose.view), pose.view)).mean())
    whole = subject_frame(seen_at(np.concatenate([single, flank, flank * [-1.0, 1.0]]), 10.0), pose.view) / size
    blank = Flank(np.zeros(2), np.zeros(2), np.zeros((len(ROWS), 2)))
    trunk = Trunk(blank, blank, np.zeros(2), np.zeros(2), (np.zeros(2), np.zeros(2))).with_points(whole)
    fakes = trunk_perspective_errors(
        ["axilla_tilt", "waist_height_angle"], trunk, pose, 0.0, planes_of(pose, level_camera(), 0.0)
    )
    assert fakes["axilla_tilt"] == pytest.approx(abs(trunk.axilla_tilt), abs=0.02)
    assert fakes["waist_height_angle"] == pytest.approx(abs(trunk.waist_height_angle), abs=0.02)
    assert abs(trunk.axilla_tilt) > 1.0


def test_the_outline_s_edges_carry_it_too() -> None:
    """Seen by a camera that may look 12° down, the measures of the outline are less sure than by a level one."""
    pose = pose_of_figure(Figure(view=View.LEFT, size_px=SIZE))
    cover = np.zeros((SIZE[1], SIZE[0]))
    hip = pose.mean[ORDER[Landmark.LEFT_HIP]]
    cover[:, int(hip[0]) - 50 : int(hip[0]) + 60] = 1.0
    outline = Silhouette(cover, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 1.0)
    level, unsure = (
        edge_perspective_errors(pose, outline, 0.0, planes_of(pose, level_camera(pitch_sigma_deg=down), 0.0))
        for down in (1e-3, 12.0)
    )
    assert set(level) == set(unsure) == set(corrections("outline"))
    assert all(unsure[key] > level[key] for key in level)
    taken = from_outline(pose, outline, find_vertical(), load(), planes_of(pose, level_camera(), 0.0))
    assert all(one.sem >= one.perspective_sem > 0.0 for one in taken.values())
    assert edge_perspective_errors(pose, outline, 0.0, None) == {}
