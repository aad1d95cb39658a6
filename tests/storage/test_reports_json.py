"""The JSON object: the agreed keys in their order, full precision, and back again without losing a digit."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturecam.body import MIRROR, ORDER, Landmark
from posturecam.body.geometry import standard_error
from posturecam.errors import StoredError
from posturecam.knowledge import load
from posturecam.pipeline.assessment import Settings
from posturecam.poses.synthetic import Figure
from posturecam.storage.assessment_json import assessment_again, assessment_bytes, from_json, plain_value, to_json
from posturecam.storage.stored import rebuilt_samples
from reports_support import CROSSED, LEVEL, assessed

AGREED = {
    "": "schema photo pose vertical measurements unmeasured findings notes versions",
    "photo": "name sha256 width height view view_source",
    "pose": "finder model model_sha256 passes points",
    "vertical": "source roll_deg sigma_deg",
    "versions": "posturecam knowledge",
}
AGREED_ROWS = {
    "measurements": "key value low high sem unit severity words",
    "unmeasured": "key reason",
    "findings": "pattern name side score verdict evidence tight weak explanation",
}


@pytest.fixture(scope="module")
def crossed() -> dict[str, Any]:
    """A P01 figure as it comes back from the bytes."""
    return json.loads(assessment_bytes(assessed(CROSSED, "naïve “front”.jpg")))


@pytest.mark.parametrize("place", AGREED)
def test_the_agreed_keys_come_first_and_in_order(crossed: dict[str, Any], place: str) -> None:
    """More keys may follow."""
    found = list(crossed[place] if place else crossed)
    wanted = AGREED[place].split()
    assert found[: len(wanted)] == wanted


@pytest.mark.parametrize("place", AGREED_ROWS)
def test_the_rows_have_the_agreed_keys(crossed: dict[str, Any], place: str) -> None:
    """Every row, not only the first."""
    lost = deepcopy(assessed(Figure(size_px=(768, 500))))
    rows = crossed[place] or to_json(lost)[place]
    wanted = AGREED_ROWS[place].split()
    assert rows
    assert all(list(row)[: len(wanted)] == wanted for row in rows)


def test_findings_hold_every_verdict(crossed: dict[str, Any]) -> None:
    """Also what was not seen, so that a reader knows what was looked for."""
    verdicts = {row["verdict"] for row in crossed["findings"]}
    assert {"consistent", "not_seen"} <= verdicts
    first = next(row for row in crossed["findings"] if row["verdict"] == "consistent")
    assert first["evidence"]
    assert set(first["evidence"][0]) >= {"measure", "value", "weight", "supports", "words"}
    assert set(first["tight"][0]) >= {"muscle", "side"}


def test_numbers_keep_every_digit(crossed: dict[str, Any]) -> None:
    """Measurements and samples come back bit by bit."""
    assessment = assessed(CROSSED)
    assert [row["value"] for row in crossed["measurements"]] == [one.value for one in assessment.measurements]
    assert np.array_equal(np.array(crossed["pose"]["samples"], float), assessment.pose.points, equal_nan=True)
    assert crossed["photo"]["name"] == "naïve “front”.jpg"


def test_what_was_not_found_is_null_not_nan() -> None:
    """NaN is not JSON."""
    pose = assessed(LEVEL).pose
    points = pose.points.copy()
    points[:, ORDER[Landmark.NOSE]] = np.nan
    data = assessment_bytes(replace(assessed(LEVEL), pose=replace(pose, points=points)))
    assert b"NaN" not in data
    nose = json.loads(data)["pose"]["points"][ORDER[Landmark.NOSE]]
    assert (nose["name"], nose["x"], nose["y"]) == ("nose", None, None)


def test_measured_again_from_the_file_is_the_same(tmp_path: Path) -> None:
    """No digit is lost on the way, turned camera and several people included."""
    figure = replace(CROSSED, roll_deg=3.0)
    before = replace(
        assessed(figure, settings=Settings(roll_deg=3.0)), boxes=((1.0, 2.0, 3.0, 4.0), (5.0, 6.0, 7.0, 8.0)), chosen=1
    )
    (tmp_path / "a.json").write_bytes(assessment_bytes(before))
    again = assessment_again(tmp_path / "a.json", Settings(), load())
    assert again.measurements == before.measurements
    assert again.findings == before.findings
    assert (again.boxes, again.chosen) == (before.boxes, before.chosen)
    assert again.vertical == before.vertical


def test_a_selfie_can_still_be_mirrored_afterwards(tmp_path: Path) -> None:
    """Exchanging the sides of the stored points gives what --mirrored would have given."""
    (tmp_path / "a.json").write_bytes(assessment_bytes(assessed(CROSSED)))
    again = assessment_again(tmp_path / "a.json", Settings(mirrored=True), load())
    assert again["hip_tilt"].value == pytest.approx(-assessed(CROSSED)["hip_tilt"].value)
    assert again.mirrored
    (tmp_path / "b.json").write_bytes(assessment_bytes(again))
    twice = assessment_again(tmp_path / "b.json", Settings(mirrored=True), load())
    assert twice["hip_tilt"].value == pytest.approx(again["hip_tilt"].value)


def test_unknown_fields_are_ignored_and_older_files_are_read(crossed: dict[str, Any]) -> None:
    """Only photo and points are needed."""
    small = {
        "photo": {**crossed["photo"], "camera": "unknown"},
        "pose": {"points": [{**row, "colour": 1} for row in crossed["pose"]["points"]]},
        "future": [1, 2],
    }
    stored = from_json(small)
    assert stored.pose.points.shape == (8, 33, 2)
    assert stored.vertical.sigma_deg == 0.5


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.1, 5.0))
def test_rebuilt_samples_have_the_stored_mean_and_spread(seed: int, sd: float) -> None:
    """Mean and spread come out as stored, the same ones every time, and mirrored points get the mirrored samples."""
    draw = np.random.default_rng(seed)
    mean, spreads = draw.uniform(0, 1000, (33, 2)), draw.uniform(0, sd, 33)
    samples = rebuilt_samples(mean, spreads)
    assert samples.shape == (8, 33, 2)
    assert samples.mean(axis=0) == pytest.approx(mean, abs=1e-9)
    assert np.sqrt(samples.var(axis=0, ddof=1).mean(axis=-1)) == pytest.approx(spreads, abs=1e-9)
    assert np.array_equal(samples, rebuilt_samples(mean, spreads))
    flip = np.array([-1.0, 1.0])
    mirrored = rebuilt_samples(mean[MIRROR] * flip, spreads[MIRROR])
    tilts = [one[:, ORDER[Landmark.LEFT_HIP], 1] - one[:, ORDER[Landmark.RIGHT_HIP], 1] for one in (samples, mirrored)]
    assert standard_error(tilts[0]) == pytest.approx(standard_error(tilts[1]), rel=1e-9)
    assert tilts[0].mean() == pytest.approx(-tilts[1].mean(), abs=1e-9)


def test_a_point_moved_by_hand_takes_its_samples_along(crossed: dict[str, Any]) -> None:
    """Whoever edits a point edits what is measured."""
    edited = deepcopy(crossed)
    row = ORDER[Landmark.LEFT_SHOULDER]
    edited["pose"]["points"][row]["y"] += 12.0
    before, after = from_json(crossed).pose, from_json(edited).pose
    moved = after.mean - before.mean
    assert moved[row] == pytest.approx([0.0, 12.0])
    assert np.abs(np.delete(moved, row, axis=0)).max() == 0.0


def broken(place: str, value: Any) -> Any:
    """The way to a field, and what stands there instead."""
    return pytest.param(place, value, id=f"{place}={str(value)[:12]}")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        broken("photo", None),
        broken("photo", [1]),
        broken("photo.width", "wide"),
        broken("photo.width", -5),
        broken("photo.width", 7.5),
        broken("photo.view", "above"),
        broken("photo.name", 3),
        broken("pose", "none"),
        broken("pose.points", {}),
        broken("pose.points[4]", "nose"),
        broken("pose.points[4].name", "tail"),
        broken("pose.points[4].x", "1"),
        broken("pose.points[4].x", value=True),
        broken("pose.points[4].x", 1e300),
        broken("pose.points[4].x", float("nan")),
        broken("pose.samples", [[1, 2], [3]]),
        broken("pose.samples", [[[1.0, 2.0]] * 32]),
        broken("pose.samples", []),
        broken("pose.samples", "many"),
        broken("vertical.roll_deg", "level"),
        broken("mirrored", "yes"),
        broken("people.boxes", [[1, 2, 3]]),
    ],
)
def test_each_malformed_field_is_named(crossed: dict[str, Any], place: str, value: Any) -> None:
    """One line: the file, the field, what is there, what is expected, what next."""
    wrong = {**deepcopy(crossed), "people": {"boxes": [[1, 2, 3, 4]], "chosen": 0}}
    *way, last = place.replace("[", ".").replace("]", "").split(".")
    inner: Any = wrong
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    inner[int(last) if last.isdigit() else last] = value
    with pytest.raises(StoredError) as caught:
        from_json(wrong, "exam.json")
    said = str(caught.value)
    assert said.startswith(f"exam.json: {place} ")
    assert "expected" in said
    assert "\n" not in said


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"null", b"7"])
def test_what_is_no_json_object_is_refused(tmp_path: Path, data: bytes) -> None:
    """Whatever lies in the file, the answer is one line."""
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(StoredError, match=r"a\.json") as caught:
        assessment_again(tmp_path / "a.json", Settings(), load())
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told() -> None:
    """By its name."""
    with pytest.raises(StoredError, match=r"nowhere\.json cannot be read: No such file"):
        assessment_again("nowhere.json", Settings(), load())


def test_plain_knows_every_kind_of_value() -> None:
    """Enums, arrays, numpy numbers, infinities and tuples become plain JSON."""
    value = {"view": Landmark.NOSE, "row": np.array([1.0, np.nan]), "one": np.float64(2.5), "far": np.inf, "t": (1, 2)}
    assert plain_value(value) == {"view": "nose", "row": [1.0, None], "one": 2.5, "far": None, "t": [1, 2]}
