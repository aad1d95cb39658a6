"""Standing on one leg: the stance leg from the feet, times by the frames, and the mirror image with sides exchanged."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posturecam.body import MIRROR, ORDER, VISIBLE, Array, Landmark, Side
from posturecam.knowledge import load
from posturecam.live.balance_test import BalanceTest, balance_json, balance_measured, measure_again
from posturecam.live.frame_detection import FrameDetection, Watcher
from posturecam.measures.balance import SCHEMA
from posturecam.picture.camera import CameraWish, TimedFrame, open_camera
from posturecam.poses.finder import Finder
from posturecam.poses.mediapipe_pose import Landmarker
from posturecam.poses.synthetic import Figure, pose_of_figure
from repository import SHARED

FILMS = SHARED / "films"
PIXELS = np.zeros((1024, 768, 3), np.uint8)
RATE = 20
KNOWLEDGE = load()


def body(lift_left: float = 0.0, lift_right: float = 0.0, **angles: float) -> Array:
    """(33, 2) points of a standing figure with a foot lifted by so many % of its height."""
    figure = Figure(passes=1, **angles)  # type: ignore[arg-type]
    points = pose_of_figure(figure).points[0].copy()
    for side, lift in (("LEFT", lift_left), ("RIGHT", lift_right)):
        for part in ("ANKLE", "HEEL", "FOOT_INDEX"):
            points[ORDER[Landmark[f"{side}_{part}"]], 1] -= lift / 100 * figure.height_px
    return points


def detection(points: Array, at_s: float) -> FrameDetection:
    """A detection of these points, everything visible."""
    frame = TimedFrame(PIXELS, at_s, round(at_s * RATE))
    return FrameDetection(frame, points, np.full(len(ORDER), 2 * VISIBLE), 0.0, 1, 128.0)


def stood(*parts: tuple[float, Array], test: BalanceTest | None = None) -> BalanceTest:
    """A test that saw each body for so many seconds, one after the other."""
    test, at_s = test or BalanceTest(), 0.0
    for seconds, points in parts:
        for _ in range(round(seconds * RATE)):
            test.step(detection(points, at_s))
            at_s += 1 / RATE
    test.finish()
    return test


def test_standing_on_both_feet_is_no_try() -> None:
    """Nor is a heel that rises by a centimetre."""
    assert stood((2, body()), (2, body(lift_left=0.6)), (1, body())).tries == []


def test_from_the_side_no_foot_is_lifted() -> None:
    """The far foot looks higher there; somebody who turns on the way to the camera makes no try."""
    test = BalanceTest()
    for number, (facing, lift) in enumerate([(0.0, 0.0)] * 20 + [(90.0, 8.0)] * 40 + [(0.0, 0.0)] * 20):
        test.step(replace(detection(body(lift_left=lift), number / RATE), facing_deg=facing))
    assert test.tries == []


def test_feet_set_apart_in_depth_are_no_try() -> None:
    """The foot further away looks higher from the first picture on."""
    assert stood((3, body(lift_left=2.5))).tries == []


def test_a_step_is_no_try() -> None:
    """A foot lifted for 0.3 s."""
    assert stood((2, body()), (0.3, body(lift_left=8)), (1, body())).tries == []


def test_the_stance_leg_is_the_one_that_stays_down() -> None:
    """The left foot in the air: standing on the right leg, in either order."""
    test = stood((1, body()), (3, body(lift_left=8)), (1, body()), (2, body(lift_right=8)), (1, body()))
    assert [one.stance for one in test.tries] == [Side.RIGHT, Side.LEFT]
    assert [one.seconds for one in test.tries] == pytest.approx([3.0, 2.0], abs=0.051)
    assert test.tries[0].lift_off_s == pytest.approx(1.0, abs=0.051)
    assert balance_json(test, KNOWLEDGE)["side_difference_s"] == pytest.approx(-1.0, abs=0.06)


def test_a_try_ends_at_45_seconds_and_that_leg_is_done() -> None:
    """Another lift of the same foot is not counted."""
    test = stood((1, body()), (46, body(lift_left=8)), (1, body()), (2, body(lift_left=8)), (1, body()))
    assert [one.seconds for one in test.tries] == [pytest.approx(45.0, abs=0.051)]


def test_three_tries_a_leg_and_the_best_counts() -> None:
    """A fourth is not taken."""
    lifts = [part for seconds in (1.0, 3.0, 2.0, 9.0) for part in ((seconds, body(lift_right=8)), (1.0, body()))]
    test = stood((1, body()), *lifts)
    assert len(test.of(Side.LEFT)) == 3
    assert test.best(Side.LEFT).seconds == pytest.approx(3.0, abs=0.051)  # type: ignore[union-attr]
    assert not test.complete


def test_the_pictures_end_in_the_middle_of_a_try() -> None:
    """The time counts as far as it was seen, and that is said."""
    test = stood((1, body()), (2, body(lift_left=8)))
    row = balance_json(test, KNOWLEDGE)["right"]
    assert row["tries"][0]["touch_down_s"] is None
    assert row["seconds"] == pytest.approx(2.0, abs=0.11)
    assert any("at least as long" in str(note) for note in balance_measured(test, KNOWLEDGE).notes)


def test_pelvis_drop_is_positive_when_the_free_side_sinks() -> None:
    """On both legs, and only the change against standing on both feet counts."""
    test = stood(
        (1, body(hip_tilt=1)), (2, body(lift_left=8, hip_tilt=-3)), (1, body(hip_tilt=1)),
        (2, body(lift_right=8, hip_tilt=3, trunk_lean=4)), (1, body()),
    )  # fmt: skip
    right, left = test.best(Side.RIGHT), test.best(Side.LEFT)
    assert right is not None
    assert left is not None
    assert right.pelvis_drop_deg == pytest.approx(4.0, abs=0.01)
    assert left.pelvis_drop_deg == pytest.approx(2.0, abs=0.01)
    assert left.trunk_lean_deg == pytest.approx(4.0, abs=0.01)
    assert left.sway_pct == pytest.approx(0.0, abs=1e-6)


def test_the_age_is_used_only_when_it_was_given() -> None:
    """And only in words."""
    parts = ((1.0, body()), (2.0, body(lift_left=8)), (1.0, body()))
    assert not any("average" in str(note) for note in balance_measured(stood(*parts), KNOWLEDGE).notes)
    assert any(
        "41 s on average" in str(note)
        for note in balance_measured(stood(*parts, test=BalanceTest("50 to 59")), KNOWLEDGE).notes
    )


def test_a_notable_difference_is_said_and_a_small_one_is_not() -> None:
    """More than a fifth, or more than five seconds."""
    near = stood((1, body()), (3, body(lift_left=8)), (1, body()), (2.8, body(lift_right=8)), (1, body()))
    far = stood((1, body()), (3, body(lift_left=8)), (1, body()), (2, body(lift_right=8)), (1, body()))
    assert any("equally long" in str(note) for note in balance_measured(near, KNOWLEDGE).notes)
    assert any("longer on the right leg" in str(note) for note in balance_measured(far, KNOWLEDGE).notes)


def test_the_test_gives_measurements_with_intervals() -> None:
    """The keys that the patterns ask for, each leg its own; the mirror image exchanges them."""
    test = stood((1, body()), (3, body(lift_left=8, hip_tilt=-2)), (1, body()), (2, body(lift_right=8)), (1, body()))
    found = {one.key: one for one in balance_measured(test, KNOWLEDGE).measurements}
    assert found["single_leg_time_right"].value == pytest.approx(3.0, abs=0.06)
    assert found["single_leg_time_left"].value == pytest.approx(2.0, abs=0.06)
    assert found["pelvic_drop_right"].value == pytest.approx(2.0, abs=0.01)
    assert found["pelvic_drop_right"].low < 0 < found["pelvic_drop_right"].high
    assert balance_measured(BalanceTest(), KNOWLEDGE).measurements == ()


def film_glimpses(*, mirrored: bool) -> Iterator[FrameDetection]:
    """What is seen in the balance film, or in its mirror image."""
    with Landmarker(film=True) as landmarker:
        watcher = Watcher(landmarker)
        with open_camera(CameraWish(FILMS / "balance.mp4", fast=True)) as camera:
            for frame in camera.frames():
                pixels = np.ascontiguousarray(frame.pixels[:, ::-1]) if mirrored else frame.pixels
                yield watcher.detect(TimedFrame(pixels, frame.at_s, frame.number))


def true_times(foot: str) -> tuple[float, float]:
    """When a foot was more than 3 cm up first, and when it was down again, by the film's truth."""
    frames: list[dict[str, Any]] = json.loads((FILMS / "balance.json").read_text())["frames"]
    up = [one["time"] for one in frames if one[f"foot_lift_{foot}"] > 0.03]
    return up[0], up[-1] + 0.1


@pytest.mark.parametrize("mirrored", [False, True], ids=["film", "mirror image"])
def test_the_films_times_and_angles_are_found(mirrored: bool, finder: Finder) -> None:  # noqa: FBT001  (a case)
    """Lift-off and touch-down within 0.2 s of the truth; in the mirror image the sides are exchanged.

    The pelvis, 3.0° higher on the free side by the film's truth, is measured alike in both.
    """
    if not (FILMS / "balance.mp4").exists():
        pytest.skip("the films are not at hand (../shared/films)")
    test = BalanceTest()
    for one in film_glimpses(mirrored=mirrored):
        test.step(one)
    test.finish()
    measure_again(test, finder)
    told = balance_json(test, KNOWLEDGE)
    assert told["schema"] == SCHEMA
    for foot, stance in (("left", "right"), ("right", "left")):
        rows = told[stance if not mirrored else foot]["tries"]
        assert len(rows) == 1
        assert (rows[0]["lift_off_s"], rows[0]["touch_down_s"]) == pytest.approx(true_times(foot), abs=0.2)
        assert told[stance]["sway_pct_height"] < 0.3
        assert told[stance]["pelvis_drop_deg"] == pytest.approx(-3.0, abs=0.8)


def test_the_mirror_image_of_points_exchanges_the_legs() -> None:
    """Exactly, without a network."""
    here = stood((1, body()), (3, body(lift_left=8, hip_tilt=2)), (1, body()))
    flipped = [np.array([768.0, 0.0]) + points[MIRROR] * [-1, 1] for points in (body(), body(lift_left=8, hip_tilt=2))]
    there = stood((1, flipped[0]), (3, flipped[1]), (1, flipped[0]))
    assert [one.stance for one in there.tries] == [Side.LEFT]
    assert there.tries[0].pelvis_drop_deg == pytest.approx(here.tries[0].pelvis_drop_deg)
