"""The estimator: exact in the mirror, steady under roll, honest when a photo is unlike what it learned from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from calibration.benchmark import METHODS, PAGE, SMALL, SMALL_HEAD, Row, measure_cases, scores
from calibration.score import Score, score
from calibration.truth import read_cases

from posturecam.batch.agreement import AGREED
from posturecam.body import HeatmapKeypoints, Pose, View
from posturecam.body.geometry import rotate
from posturecam.measures.estimator.fusion import KEYS, estimate
from posturecam.measures.measurement import Z95, mirrored_key
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder
from posturecam.poses.synthetic import Figure, pose_of_figure


@pytest.fixture(scope="module")
def poses(finder: Finder, samples: Path) -> dict[str, Pose]:
    """The samples' poses, with what the estimator's network sees."""
    return {name: finder.find(read(samples / f"{name}.jpg")).pose for name in ("front", "back", "level", "left")}


@pytest.mark.parametrize("name", ["front", "back", "level"])
def test_the_mirrored_pose_gives_mirrored_estimates(poses: dict[str, Pose], name: str) -> None:
    """By construction: no weight can break it."""
    here, there = estimate(poses[name], 1.5), estimate(poses[name].mirrored(), -1.5)
    assert set(here) >= {"shoulder_tilt", "hip_tilt", "head_tilt", "trunk_bend", "knee_angle_left"}
    for key, one in here.items():
        twin = there[mirrored_key(key)]
        sign = 1.0 if mirrored_key(key) != key else -1.0
        assert twin.value == pytest.approx(sign * one.value, abs=1e-9), key
        assert twin.sem == pytest.approx(one.sem, abs=1e-9), key


def test_bends_are_the_differences_of_the_tilts(poses: dict[str, Pose]) -> None:
    """Trunk bend = hip − shoulder, neck bend = shoulder − head."""
    found = {key: one.value for key, one in estimate(poses["front"], 0.0).items()}
    assert found["trunk_bend"] == pytest.approx(found["hip_tilt"] - found["shoulder_tilt"])
    assert found["neck_bend"] == pytest.approx(found["shoulder_tilt"] - found["head_tilt"])


def test_the_cross_body_person_is_read_in_size(poses: dict[str, Pose]) -> None:
    """Hips +5°, shoulders −4°, head level: what the pose network alone reads as nearly level."""
    found = estimate(poses["front"], 0.0)
    assert found["hip_tilt"].value > 3.0
    assert found["shoulder_tilt"].value == pytest.approx(-4.0, abs=1.2)
    assert found["head_tilt"].value == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("roll", [-4.0, 3.0])
def test_a_rolled_photo_with_its_roll_told_reads_the_same(poses: dict[str, Pose], roll: float) -> None:
    """Points and sight turned together by a known roll: nothing else may change."""
    pose = poses["front"]
    assert pose.keypoints is not None
    assert pose.network_eyes is not None
    places = pose.keypoints.places.copy()
    places[..., :2] = rotate(places[..., :2], roll)
    turned = replace(
        pose,
        points=rotate(pose.points, roll),
        network_eyes=rotate(pose.network_eyes, roll),
        keypoints=HeatmapKeypoints(places, pose.keypoints.sharp),
    )
    level, told = estimate(pose, 0.0), estimate(turned, roll)
    for key in ("shoulder_tilt", "hip_tilt", "head_tilt", "spinal_curve"):
        assert told[key].value == pytest.approx(level[key].value, abs=1e-6), key


def test_each_view_is_estimated_by_its_own_network(poses: dict[str, Pose]) -> None:
    """Side views are seen at head and neck only; figures without a picture are measured by their points."""
    assert set(estimate(poses["left"], 0.0)) == {
        "craniovertebral_proxy",
        "ear_shoulder_angle",
        "head_pitch",
        "shoulder_protraction",
    }
    assert estimate(replace(poses["left"], near_keypoints=None), 0.0) == {}
    assert estimate(pose_of_figure(Figure()), 0.0) == {}
    assert poses["left"].view is View.LEFT


def test_an_unlike_photo_gets_a_wider_interval(poses: dict[str, Pose]) -> None:
    """Points scattered as no body is: the error grows, and the estimate says that it is out of range."""
    pose = poses["front"]
    odd = np.random.default_rng(3).normal(0, 90, pose.points.shape[1:])
    strange, usual = estimate(replace(pose, points=pose.points + odd), 0.0), estimate(pose, 0.0)
    assert not strange["hip_tilt"].in_range
    assert usual["hip_tilt"].in_range
    assert strange["hip_tilt"].sem > 1.5 * usual["hip_tilt"].sem
    assert "knee_mean" in KEYS


@pytest.fixture(scope="module")
def small_rows() -> list[Row]:
    """The twelve photos of the repository, measured."""
    return measure_cases(read_cases(SMALL))


@pytest.fixture(scope="module")
def small_table(small_rows: list[Row]) -> dict[tuple[str, str], Score]:
    """The figures of what was measured on them."""
    return scores(small_rows)


def test_the_accuracy_page_is_current(small_rows: list[Row], small_table: dict[tuple[str, str], Score]) -> None:
    """The section on the repository's own photos is what today's code measures, but for a processor's rounding."""
    page = PAGE.read_text(encoding="utf-8").split(SMALL_HEAD)[1]
    written = {(line[1], line[2]): line[3:-1] for line in _cells(page) if line[2] in METHODS}
    assert written.keys() == small_table.keys()
    slack = _slack(small_rows, small_table)
    moved = [
        f"{key}, {method}, {name}: {old} on the page, {today:.3f} today, {slack[key, method][name]:.3f} allowed"
        for (key, method), figures in written.items()
        for name, old in zip(FIGURES, figures, strict=True)
        for today in [float(getattr(small_table[key, method], name))]
        if not _near(old, today, slack[key, method][name])
    ]
    assert not moved, "\n".join(moved)


FIGURES = ("n", "mae", "bias", "slope", "residual_sd", "r", "coverage", "width")


def _cells(page: str) -> list[list[str]]:
    """Every table line of a page, by its cells."""
    return [[cell.strip() for cell in line.split("|")] for line in page.splitlines() if line.startswith("|")]


def _near(old: str, today: float, slack: float) -> bool:
    """Whether a figure as printed is today's; its last digit is rounded."""
    if old in ("–", "nan"):
        return bool(np.isnan(today))
    unit = 0.01 if old.endswith("%") else 1.0
    digits = len(old.rstrip("%").partition(".")[2])
    return abs(float(old.rstrip("%")) * unit - today) <= slack + 0.501 * unit * 10.0**-digits


def _slack(rows: list[Row], table: dict[tuple[str, str], Score]) -> dict[tuple[str, str], dict[str, float]]:
    """How far each figure moves when every value moves by what processors may differ: a part of its measure's ±."""
    draw = np.random.default_rng(5)
    most = {of: dict.fromkeys(FIGURES, 0.0) for of in table}
    for _round in range(40):
        shaken = [
            replace(row, values=tuple(value + AGREED * Z95 * row.sem * draw.choice([-1, 1]) for value in row.values))
            for row in rows
        ]
        for of, score_of in scores(shaken).items():
            for name in FIGURES:
                by = abs(float(getattr(score_of, name)) - float(getattr(table[of], name)))
                most[of][name] = max(most[of][name], by)
    return most


def test_the_estimate_beats_the_network(small_table: dict[tuple[str, str], Score]) -> None:
    """On people it never saw."""
    for key, most in (("hip_tilt", 1.0), ("shoulder_tilt", 0.9), ("trunk_bend", 1.5), ("spinal_curve", 1.0)):
        raw, ours = (small_table[key, method] for method in ("raw pass", "posturecam"))
        assert ours.mae < most, key
        assert ours.mae < 0.8 * raw.mae, key


def test_score_knows_slope_and_coverage() -> None:
    """A made-up line with made-up errors."""
    truth = np.linspace(-5, 5, 11)
    one = score(truth, 0.5 * truth + 1.0, np.full(11, 2.0))
    assert (one.slope, one.bias, one.residual_sd) == pytest.approx((0.5, 1.0, 0.0), abs=1e-9)
    assert one.coverage == 1.0
    assert one.width == pytest.approx(3.92, abs=0.01)
