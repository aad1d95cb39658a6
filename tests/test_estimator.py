"""The estimator: exact in the mirror, steady under roll, honest when a photo is unlike what it learned from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from calibration.benchmark import PAGE, SMALL, SMALL_HEAD, as_markdown, measure_cases, scores
from calibration.score import score
from calibration.truth import read_cases

from posturecam.body import Pose, Sight, View
from posturecam.estimator.fusion import KEYS, estimate
from posturecam.geometry import rotate
from posturecam.measurement import mirrored_key
from posturecam.photo import read
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
    assert pose.sight is not None
    assert pose.network_eyes is not None
    places = pose.sight.places.copy()
    places[..., :2] = rotate(places[..., :2], roll)
    turned = replace(
        pose,
        points=rotate(pose.points, roll),
        network_eyes=rotate(pose.network_eyes, roll),
        sight=Sight(places, pose.sight.sharp),
    )
    level, told = estimate(pose, 0.0), estimate(turned, roll)
    for key in ("shoulder_tilt", "hip_tilt", "head_tilt", "spinal_curve"):
        assert told[key].value == pytest.approx(level[key].value, abs=1e-6), key


def test_only_front_and_back_views_are_estimated(poses: dict[str, Pose]) -> None:
    """Side views and figures without a picture are measured by their points."""
    assert estimate(poses["left"], 0.0) == {}
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
def small_table() -> dict[tuple[str, str], object]:
    """The twelve photos of the repository, measured."""
    return dict(scores(measure_cases(read_cases(SMALL))))


def test_the_accuracy_page_is_current(small_table: dict[tuple[str, str], object]) -> None:
    """The section on the repository's own photos is what today's code measures, to the last printed digit or nearly."""
    written = PAGE.read_text(encoding="utf-8").split(SMALL_HEAD)[1].split()
    today = as_markdown(small_table).split()  # type: ignore[arg-type]
    assert len(written) == len(today)
    for old, new in zip(written, today, strict=True):
        if old != new:
            assert float(old.strip("%")) == pytest.approx(float(new.strip("%")), abs=0.06), (old, new)


def test_the_estimate_beats_the_network(small_table: dict[tuple[str, str], object]) -> None:
    """On people it never saw."""
    for key, most in (("hip_tilt", 1.0), ("shoulder_tilt", 0.9), ("trunk_bend", 1.5), ("spinal_curve", 1.0)):
        raw, ours = (small_table[key, method] for method in ("raw pass", "posturecam"))
        assert ours.mae < most, key  # type: ignore[attr-defined]
        assert ours.mae < 0.8 * raw.mae, key  # type: ignore[attr-defined]


def test_score_knows_slope_and_coverage() -> None:
    """A made-up line with made-up errors."""
    truth = np.linspace(-5, 5, 11)
    one = score(truth, 0.5 * truth + 1.0, np.full(11, 2.0))
    assert (one.slope, one.bias, one.residual_sd) == pytest.approx((0.5, 1.0, 0.0), abs=1e-9)
    assert one.coverage == 1.0
    assert one.width == pytest.approx(3.92, abs=0.01)
