"""From standing still to a measurement: the phases, what interrupts them, and films that end too early."""

from collections.abc import Callable

import numpy as np
import pytest

from posturecam.body import ORDER, VISIBLE, Array, View
from posturecam.live.body_lines import OneEuro
from posturecam.live.frame_detection import FrameDetection
from posturecam.live.hold import FILM_TIMING, Hold, Phase, Timing, all_good, capture_checks, first_advice
from posturecam.picture.camera import TimedFrame
from posturecam.poses.synthetic import Figure, pose_of_figure

PIXELS = np.zeros((1024, 768, 3), np.uint8)
RATE = 10
Moving = Callable[[float], Array]


def figure(**angles: float) -> Array:
    """(33, 2) points of a figure."""
    return pose_of_figure(Figure(passes=1, **angles)).points[0]  # type: ignore[arg-type]


STILL = figure()


def still(_at_s: float) -> Array:
    """Somebody who does not move at all."""
    return STILL


def swaying(at_s: float) -> Array:
    """Somebody who sways as quietly standing people do: 0.3 % of the height, once in three seconds."""
    return STILL + [2.0 * np.sin(2 * np.pi * at_s / 3), 0.0]


def walking(at_s: float) -> Array:
    """Somebody who crosses the picture."""
    return STILL + [60.0 * (at_s % 3), 0.0]


def detection(points: Array | None, at_s: float, facing: float = 0.0, **more: float) -> FrameDetection:
    """A detection of these points."""
    frame = TimedFrame(PIXELS, at_s, round(at_s * RATE))
    people = int(more.get("people", 1))
    return FrameDetection(
        frame, points, np.full(len(ORDER), 2 * VISIBLE), facing, people, more.get("brightness", 128.0)
    )


def led(hold: Hold, moving: Moving, seconds: float, start_s: float = 0.0, *, ready: bool = True) -> list[Phase]:
    """The phases while somebody moves so."""
    times = start_s + np.arange(0, seconds, 1 / RATE)
    return [hold.step(detection(moving(float(at)), float(at)), ready=ready) for at in times]


def test_nobody_still_is_never_measured() -> None:
    """Walking, or checks that are not green."""
    assert set(led(Hold(Timing()), walking, 12)) <= {Phase.CHECKS, Phase.HOLD}
    assert set(led(Hold(Timing()), still, 12, ready=False)) == {Phase.CHECKS}


@pytest.mark.parametrize("moving", [still, swaying])
def test_standing_still_leads_through_every_phase(moving: Moving) -> None:
    """Two seconds still, three of countdown, three of capture; ordinary sway does not interrupt."""
    hold = Hold(Timing())
    phases = led(hold, moving, 9)
    order = [phase for number, phase in enumerate(phases) if number == 0 or phase is not phases[number - 1]]
    assert order == [Phase.CHECKS, Phase.HOLD, Phase.COUNTDOWN, Phase.CAPTURE, Phase.MEASURE]
    assert phases.index(Phase.COUNTDOWN) / RATE == pytest.approx(2.0, abs=0.11)
    assert phases.index(Phase.CAPTURE) / RATE == pytest.approx(5.0, abs=0.21)
    assert phases.index(Phase.MEASURE) / RATE == pytest.approx(8.0, abs=0.31)
    chosen = hold.chosen(6)
    assert len(chosen) == 6
    assert chosen[-1].at_s - chosen[0].at_s == pytest.approx(3.0, abs=0.4)
    assert chosen[0].at_s >= 5.0


def test_moving_in_the_countdown_begins_again() -> None:
    """And in the capture, when too little is there."""
    hold = Hold(Timing())
    led(hold, still, 3.5)
    assert hold.phase is Phase.COUNTDOWN
    assert Phase.CHECKS in led(hold, walking, 1, 3.5)
    hold = Hold(Timing())
    led(hold, still, 6)
    assert hold.phase is Phase.CAPTURE
    assert led(hold, walking, 1, 6)[-1] in (Phase.CHECKS, Phase.HOLD)


def test_turning_round_ends_a_films_capture_with_what_is_there() -> None:
    """The pictures of the turn itself are left out."""
    hold = Hold(FILM_TIMING)
    led(hold, still, 2.0)
    assert hold.phase is Phase.CAPTURE
    assert hold.step(detection(STILL, 2.0, facing=-30.0), ready=True) is Phase.MEASURE
    assert hold.chosen(6)[-1].at_s <= 1.8


def test_a_film_that_ends_in_the_hold_gives_nothing_and_one_that_ends_in_the_capture_does() -> None:
    """0.6 s are too little; 1.5 s are enough."""
    hold = Hold(FILM_TIMING)
    led(hold, still, 0.6)
    assert hold.finish() is Phase.HOLD
    led(hold, still, 0.9, 0.6)
    assert hold.finish() is Phase.MEASURE


def test_the_space_bar_measures_whoever_stands_there() -> None:
    """Even when the checks are not green."""
    hold = Hold(Timing())
    led(hold, still, 0.5, ready=False)
    hold.start_by_hand()
    assert led(hold, still, 7, 0.5, ready=False)[-1] is Phase.MEASURE


def test_after_a_measurement_one_must_move_first() -> None:
    """A picture of a person is not measured for ever."""
    hold = Hold(Timing())
    led(hold, still, 9)
    hold.done()
    assert set(led(hold, still, 5, 9)) == {Phase.DONE}
    assert Phase.CHECKS in led(hold, walking, 2, 14)


def test_somebody_who_leaves_is_forgotten() -> None:
    """Nobody in the picture: back to the checks."""
    hold = Hold(Timing())
    led(hold, still, 3)
    assert hold.step(detection(None, 3.0), ready=False) is Phase.CHECKS


def test_few_pictures_are_kept_in_memory() -> None:
    """Three seconds at 10 a second hold at most a picture every 0.15 s; before the capture none."""
    hold = Hold(Timing())
    led(hold, still, 5)
    assert hold.frames == ()
    led(hold, still, 4, 5)
    assert len(hold.frames) <= 21


@pytest.mark.parametrize(
    ("one", "wrong", "advice"),
    [
        pytest.param(detection(None, 0), "whole body in view", "step in front", id="nobody"),
        pytest.param(detection(STILL + [0, 300.0], 0), "whole body in view", "step back", id="feet outside"),
        pytest.param(detection(STILL * 0.4, 0), "distance", "come closer", id="far away"),
        pytest.param(detection(STILL * 1.3 - [0, 200], 0), "distance", "step back", id="too near"),
        pytest.param(detection(STILL, 0, facing=45.0), "facing", "square", id="half turned"),
        pytest.param(detection(STILL, 0, people=2), "one person", "2 people", id="somebody else"),
        pytest.param(detection(STILL, 0, brightness=20.0), "light", "more light", id="dark"),
        pytest.param(detection(STILL, 0, brightness=1.0), "light", "black", id="black"),
        pytest.param(detection(figure(roll_deg=8), 0), "camera level", "level the camera", id="camera aslant"),
    ],
)
def test_each_check_says_what_to_change(one: FrameDetection, wrong: str, advice: str) -> None:
    """The check that fails, and its advice."""
    checks = capture_checks(one)
    assert wrong in [each.name for each in checks if not each.good]
    assert not all_good(checks)
    assert any(advice in each.advice for each in checks if not each.good)


def test_everything_right_is_green() -> None:
    """A level figure facing the camera; and a wanted view must be shown."""
    assert all_good(capture_checks(detection(STILL, 0)))
    assert first_advice(capture_checks(detection(STILL, 0))) == ""
    assert first_advice(capture_checks(detection(STILL, 0), View.BACK)) == "turn your back to the camera"


def test_smoothing_quiets_jitter_and_follows_movement() -> None:
    """Jitter of a pixel falls to a third; a jump of 200 pixels is reached within half a second."""
    draw = np.random.default_rng(1)
    smooth = OneEuro()
    out = np.array([smooth(draw.normal(0, 1, (5, 2)), n / 30) for n in range(90)])
    assert out[30:].std() < 0.45
    after = [smooth(np.full((5, 2), 200.0), 3 + n / 30) for n in range(15)]
    assert after[-1] == pytest.approx(np.full((5, 2), 200.0), abs=10)


def test_smoothing_starts_anew_after_a_gap() -> None:
    """And when time steps back, or somebody was not seen."""
    smooth = OneEuro()
    smooth(np.zeros((2, 2)), 0.0)
    assert smooth(np.ones((2, 2)), 5.0).tolist() == [[1, 1], [1, 1]]
