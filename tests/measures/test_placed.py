"""Placed points: read in words, measured with their own error, mirrored exactly, true on rendered people."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from posturecam.body import ROWS, BonyLandmark, Landmark, Name, PlacedPoint, Pose, Turn, View
from posturecam.body.geometry import subject_frame, tilt
from posturecam.cli import app
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.measures.error_propagation import BENDS, propagate_error, spread_of
from posturecam.measures.estimator import Estimate
from posturecam.measures.manual_measures import MANUAL_MEASURES
from posturecam.measures.measurement import mirrored_key
from posturecam.picture.camera_scene import PROFILE, CameraScene
from posturecam.picture.lens.perspective import Perspective
from posturecam.picture.lens.profile import CameraProfile, straightened
from posturecam.picture.vertical import Vertical
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose, place
from posturecam.poses.manual_points import name_of, read_places
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.storage.assessment_json import from_json, to_json
from posturecam.text.sentences import sentence
from repository import ROOT

KNOWLEDGE = load()
PHANTOMS = ROOT / "calibration" / "phantoms"
TRUE_NAME = {"toe": "foot_index"}
"""The truth's part → ours, where they differ."""

FRONT = {BonyLandmark.LEFT_ASIS: (430.0, 460.0), BonyLandmark.RIGHT_ASIS: (340.0, 468.0)}


def told(pose: Pose, roll_deg: float | None = None, **knows: Any) -> Assessment:
    """Tell the story of a pose."""
    info = PhotoInfo("figure.png", "0" * 64, *pose.size_px)
    return assess_pose(pose, info, Settings(roll_deg=roll_deg, **knows), KNOWLEDGE)


def at(places: dict[Any, tuple[float, float]], error_px: float = 3.0, source: str = "hand") -> tuple[PlacedPoint, ...]:
    """Place points by hand."""
    return tuple(PlacedPoint(name, x, y, error_px, source) for name, (x, y) in places.items())


def images() -> list[dict[str, Any]]:
    """Give the truth of the rendered people in the repository."""
    found: list[dict[str, Any]] = json.loads((PHANTOMS / "truth.json").read_text())["images"]
    return found


def true_points(image: dict[str, Any]) -> tuple[PlacedPoint, ...]:
    """Place every point that the truth knows, exactly."""
    points = []
    for theirs, (x, y) in image["points2d"].items():
        part, _, side = theirs.partition(".")
        name = {"L": "left_", "R": "right_"}.get(side, "") + TRUE_NAME.get(part, part.lower())
        if name in {one.value for one in ROWS}:
            points.append(PlacedPoint(name_of(name), x, y, 0.5))
    return tuple(points)


def bare(image: dict[str, Any], size_px: tuple[int, int] = (768, 1024)) -> Pose:
    """Build a pose in which the network found the true points of the photo five pixels off, and nothing else."""
    points = np.full((2, len(Landmark), 2), np.nan)
    for one in true_points(image):
        if one.name in set(Landmark):
            points[:, ROWS[one.name]] = one.at + [5.0, -5.0]
    seen = np.ones(len(Landmark))
    return Pose(points, seen, size_px, View(image["view"]), "given", "synthetic", "truth", "0" * 64)


@pytest.mark.parametrize("image", images(), ids=lambda image: image["id"])
def test_true_points_give_the_true_angles(image: dict[str, Any]) -> None:
    """Placing what the renderer knows gives what the renderer says, camera roll removed."""
    roll = image["camera"]["roll_deg"]
    found = told(replace(bare(image), placed=true_points(image)), roll)
    truth = image["angles"]["gravity"]
    pelvis = "asis_tilt" if image["view"] == "front" else "psis_tilt"
    ours = {
        "shoulder_tilt": "shoulder_tilt",
        "hip_tilt": "hip_tilt",
        "head_tilt": "head_tilt",
        "knee_angle_left": "knee_frontal_L",
        "knee_angle_right": "knee_frontal_R",
        "trunk_lean": "trunk_lean",
        "pelvic_shift": "pelvis_shift_pct_height",
        "pelvic_obliquity": pelvis,
        "craniovertebral_angle": "craniovertebral_angle",
        "pelvic_tilt": "pelvic_pitch",
        "ear_shoulder_angle": "ear_shoulder_angle",
        "knee_flex": "knee_flex",
        "hip_plumb_pct": "hip_plumb_pct",
    }
    checked = {key: truth[theirs] for key, theirs in ours.items() if theirs in truth}
    assert len(checked) >= 5
    for key, value in checked.items():
        assert found[key].value == pytest.approx(value, abs=0.02), key
        assert found[key].placed == "placed by hand"
    assert "craniovertebral_proxy" not in {one.key for one in found.measurements} or image["view"] in ("front", "back")


def test_the_pelvis_is_the_line_of_the_asis() -> None:
    """The tilt of the line, its error from 3 px at both ends, and a side-bend that starts from it."""
    pose = pose_of_figure(Figure(shoulder_tilt=-2.0))
    found = told(replace(pose, placed=at(FRONT)), roll_deg=0.0)
    one = found["pelvic_obliquity"]
    value = np.degrees(np.arctan2(8.0, 90.0))
    ends = np.degrees(3.0 * np.sqrt(2.0) * np.cos(np.radians(value)) / np.hypot(8.0, 90.0) * np.cos(0.0))
    assert one.value == pytest.approx(value)
    assert one.sem == pytest.approx(np.hypot(ends, 0.1), rel=0.02)
    assert found["trunk_bend"].value == pytest.approx(value + 2.0, abs=1e-6)
    assert (one.placed, found["trunk_bend"].placed) == ("placed by hand", "partly placed by hand")


def test_a_landmark_placed_alone_never_promises_more_than_it_knows() -> None:
    """One shoulder moved: the number goes towards it, and the interval does not shrink below the half of before."""
    pose = pose_of_figure(Figure())
    before = told(pose)["shoulder_tilt"]
    left = pose.mean[ROWS[Landmark.LEFT_SHOULDER]]
    after = told(replace(pose, placed=at({Landmark.LEFT_SHOULDER: (left[0], left[1] - 20.0)})))["shoulder_tilt"]
    assert before.value < after.value < np.degrees(np.arctan2(20.0, 0.24 * 700.0))
    assert after.sem > before.sem / 2
    assert after.placed == "partly placed by hand"


def test_both_landmarks_placed_leave_the_estimate_behind() -> None:
    """The learned estimate and the calibrated error no longer count."""
    pose = pose_of_figure(Figure())
    shoulders = {Landmark.LEFT_SHOULDER: (480.0, 300.0), Landmark.RIGHT_SHOULDER: (300.0, 310.0)}
    moved = replace(pose, placed=at(shoulders, 1.0, "sticker"))
    info = PhotoInfo("figure.png", "0" * 64, *pose.size_px)
    sure = {"shoulder_tilt": Estimate(-5.0, 0.01)}
    found = assess_pose(moved, info, Settings(roll_deg=0.0), KNOWLEDGE, estimates=sure)["shoulder_tilt"]
    assert found.value == pytest.approx(np.degrees(np.arctan2(10.0, 180.0)))
    assert found.sem == pytest.approx(np.hypot(np.degrees(np.sqrt(2.0) / 180.0), 0.1), rel=0.02)
    assert found.placed == "sticker"


def test_nothing_changes_without_placed_points() -> None:
    """Placing and taking away again gives the very same assessment."""
    first = told(pose_of_figure(Figure(hip_tilt=5, shoulder_tilt=-4)), height_cm=170.0)
    moved = place(first, at(FRONT), KNOWLEDGE)
    assert moved != first
    again = place(moved, (), KNOWLEDGE)
    assert to_json(again) == to_json(first)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK, View.LEFT, View.RIGHT])
def test_a_mirrored_photo_gives_the_mirrored_numbers(view: View) -> None:
    """Every number, its error and its words of placing, for every point there is, placed anywhere."""
    random = np.random.default_rng(7)
    base = pose_of_figure(Figure(hip_tilt=3, view=view, noise_px=1.0))
    names: list[Name] = [*BonyLandmark, Landmark.LEFT_HIP, Landmark.RIGHT_EAR, Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL]
    places = {
        name: (float(x), float(y))
        for name, (x, y) in zip(names, random.uniform(100, 700, (len(names), 2)), strict=True)
    }
    pose = replace(base, placed=at(places))
    here, there = told(pose, roll_deg=1.5), told(pose.mirrored(), roll_deg=-1.5)
    other = {one.key: one for one in there.measurements}
    placed = 0
    for one in here.measurements:
        twin = other[mirrored_key(one.key)]
        sign = -1.0 if KNOWLEDGE.norm(one.key).mirror == "odd" else 1.0
        assert twin.value == pytest.approx(sign * one.value, abs=1e-7), one.key
        assert twin.sem == pytest.approx(one.sem, rel=1e-6), one.key
        assert twin.placed == one.placed
        placed += bool(one.placed)
    assert placed >= 3


def test_an_error_is_what_many_placings_would_spread() -> None:
    """The propagated error of every marked measure is the spread over placings that are that much off."""
    random = np.random.default_rng(3)
    for one in MANUAL_MEASURES:
        pose = pose_of_figure(Figure(view=one.views[0]))
        places = dict(zip(one.needs, [(350.0 + 60 * i, 300.0 + 140 * i) for i in range(len(one.needs))], strict=True))
        spread = spread_of(replace(pose, placed=at(places, 0.5)))
        found = propagate_error(one.compute, spread, 0.0)
        assert found is not None
        moved = []
        for _ in range(400):
            jolted = spread.points + random.normal(size=spread.points.shape) * spread.error
            moved.append(propagate_error(one.compute, replace(spread, points=jolted), 0.0))
        values = [step.value for step in moved if step is not None]
        assert np.std(values) == pytest.approx(found.sem, rel=0.15), one.key


def test_placed_points_come_back_from_the_file() -> None:
    """The JSON object holds them, and reading it gives the same numbers."""
    pose = replace(pose_of_figure(Figure()), placed=at(FRONT, 1.2, "sticker"))
    first = told(pose)
    stored = from_json(json.loads(json.dumps(to_json(first))))
    assert stored.pose.placed == pose.placed
    again = told(stored.pose)
    assert [one.value for one in again.measurements] == [one.value for one in first.measurements]
    row = next(one for one in to_json(first)["measurements"] if one["key"] == "pelvic_obliquity")
    assert row["placed"] == "sticker"


def test_the_pelvis_joins_the_patterns() -> None:
    """Placed pelvic points speak before the hips that the network sees."""
    pose = pose_of_figure(Figure(hip_tilt=0.0, shoulder_tilt=-4.0))
    tilted = {BonyLandmark.LEFT_ASIS: (434.0, 455.0), BonyLandmark.RIGHT_ASIS: (334.0, 465.0)}
    found = told(replace(pose, placed=at(tilted, 0.5, "sticker")), roll_deg=0.0)
    first = next(one for one in found.findings if one.pattern == "P01")
    measures = {piece.measure: piece.supports for piece in first.evidence}
    assert measures["pelvic_obliquity"]
    assert "hip_tilt" not in measures


def test_half_placed_measures_say_what_they_lack() -> None:
    """One ASIS alone is no line."""
    found = told(replace(pose_of_figure(Figure()), placed=at({BonyLandmark.LEFT_ASIS: (430.0, 460.0)})))
    reasons = {one.key: sentence(one.reason) for one in found.unmeasured}
    assert reasons["pelvic_obliquity"] == "not placed: right ASIS (front pelvic point)"
    assert "No number rests on the placed points" in " ".join(map(str, found.notes))
    assert not any(key in reasons for key in BENDS)


def test_a_lens_bends_placed_points_too() -> None:
    """They are straightened like the network's own."""
    lens = CameraProfile((768, 1024), 900.0, (384.0, 512.0), -0.1, 0.02)
    pose = straightened(replace(pose_of_figure(Figure()), placed=at(FRONT)), lens)
    for one, (x, y) in zip(pose.placed, FRONT.values(), strict=True):
        assert one.at == pytest.approx(lens.straighten(np.array([x, y])))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["left_asys=3,4"], "Did you mean left_asis?"),
        (["asis=3,4"], "Did you mean left_asis or right_asis?"),
        (["c7=3,4", "C7=5,6"], "given twice, at 3,4 and 5,6"),
        (["c7=3"], "Give a name and its pixels"),
        (["c7=3,nan"], "Give a name and its pixels"),
        (["nowhere.json"], "neither NAME=X,Y nor a file"),
    ],
)
def test_bad_places_are_told_in_one_line(given: list[str], said: str) -> None:
    """What is wrong, and what next."""
    with pytest.raises(SettingsError, match="--place") as caught:
        read_places(given)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_places_is_read_and_its_faults_are_told(tmp_path: Path) -> None:
    """A list, or a stored assessment; the faulty point is named."""
    file = tmp_path / "points.json"
    file.write_text(json.dumps([{"name": "left tragus", "x": 3, "y": 4, "error_px": 1, "source": "sticker"}]))
    assert read_places([str(file)]) == (PlacedPoint(Landmark.LEFT_EAR, 3.0, 4.0, 1.0, "sticker"),)
    file.write_text(json.dumps([{"name": "c7", "x": 3, "y": 4}, {"name": "t3", "x": 3, "y": 4, "error_px": 0}]))
    with pytest.raises(SettingsError, match=r"point 2 \(t3\)"):
        read_places([str(file)])
    for empty in ("{}", "[]", '{"placed": []}'):
        file.write_text(empty)
        with pytest.raises(SettingsError, match="holds no points"):
            read_places([str(file)])


def test_points_are_placed_on_the_command_line(tmp_path: Path) -> None:
    """A stored assessment is measured again with two more points; one outside the picture is refused."""
    stored = tmp_path / "assessment.json"
    stored.write_text(json.dumps(to_json(told(pose_of_figure(Figure())))))
    places = [f"--place={name}={x},{y}" for name, (x, y) in FRONT.items()]
    done = CliRunner().invoke(app, ["analyze", "--points", str(stored), "--json", "-", *places])
    assert done.exit_code == 0, done.output
    found = {one["key"]: one for one in json.loads(done.stdout)["measurements"]}
    assert found["pelvic_obliquity"]["value"] == pytest.approx(np.degrees(np.arctan2(8.0, 90.0)))
    done = CliRunner().invoke(app, ["analyze", "--points", str(stored), "--place", "c7=900,20"])
    assert isinstance(done.exception, SettingsError) or done.exit_code == 2
    assert "outside the picture of 768 × 1024 pixels" in (done.output + str(done.exception))


def test_a_mirrored_selfie_keeps_the_names(tmp_path: Path) -> None:
    """Who marks the left hip on a selfie means the person's own left; only the place is turned over."""
    pose = pose_of_figure(Figure())
    stored = tmp_path / "assessment.json"
    stored.write_text(json.dumps(to_json(told(pose))))
    width = pose.size_px[0]
    places = [f"--place={name}={width - x},{y}" for name, (x, y) in FRONT.items()]
    done = CliRunner().invoke(app, ["analyze", "--points", str(stored), "--mirrored", "--json", "-", *places])
    placed = {one["name"]: one["x"] for one in json.loads(done.stdout)["placed"]}
    assert placed == {name: x for name, (x, _) in FRONT.items()}


def test_the_line_between_two_points_is_drawn_as_measured() -> None:
    """The subject's frame of a back view turns the sides over."""
    pose = pose_of_figure(Figure(view=View.BACK))
    places = {BonyLandmark.LEFT_PSIS: (340.0, 460.0), BonyLandmark.RIGHT_PSIS: (430.0, 468.0)}
    found = told(replace(pose, placed=at(places)))["pelvic_obliquity"]
    left, right = (subject_frame(np.array(place), View.BACK) for place in places.values())
    assert found.value == pytest.approx(float(tilt(left, right)))
    assert found.value > 0


def test_exactly_placed_points_of_rendered_people_cover_the_body_s_own_tilt() -> None:
    """What perspective truly fakes in them is counted: its size over all people, and the truth inside the interval."""
    faked, counted, inside = [], [], []
    for image in images():
        camera = image["camera"]
        if image["view"] not in ("front", "back") or image["group"] != "mix":
            continue
        x, _, z = camera["position"]
        turn = Turn(image["subject_yaw_deg"] - float(np.degrees(np.arctan2(x, z))), 1.6)
        pose = replace(bare(image), placed=true_points(image), turn=turn)
        middle = (camera["cx"], camera["cy"])
        scene = CameraScene(
            (Vertical("truth", camera["roll_deg"], 0.1),), perspective=Perspective(PROFILE, camera["f_px"], middle)
        )
        known = assess_pose(pose, PhotoInfo("photo", "0" * 64, 768, 1024), Settings(), load(), scene=scene)
        pelvis = "asis_tilt" if image["view"] == "front" else "psis_tilt"
        for key, theirs in (
            ("shoulder_tilt",) * 2,
            ("hip_tilt",) * 2,
            ("head_tilt",) * 2,
            ("pelvic_obliquity", pelvis),
        ):
            shown, truth = (image["angles"][frame][theirs] for frame in ("gravity", "body3d"))
            assert known[key].value == pytest.approx(shown, abs=0.02)
            faked.append(shown - truth)
            counted.append(known[key].perspective_sem)
            inside.append(known[key].low <= truth <= known[key].high)
    rms, said = (float(np.sqrt(np.mean(np.square(one)))) for one in (faked, counted))
    assert 0.5 * rms < said < 2.5 * rms
    assert np.mean(inside) >= 0.9
