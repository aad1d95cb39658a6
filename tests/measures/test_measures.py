"""Figures of stated angles come back with these angles, whatever the picture's shape, size, roll and side."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturecam.body import View
from posturecam.measures import MEASURES
from posturecam.measures.measurement import frame_of, mirrored_key
from posturecam.measures.trunk import curve_line, signed_extreme
from posturecam.poses.synthetic import Figure, pose_of_figure

BY_KEY = {one.key: one for one in MEASURES}
STATED = ("shoulder_tilt", "hip_tilt", "head_tilt", "trunk_lean", "pelvic_shift", "head_shift", "knee_angle_left")
SIGNED_ODD = {"head_rotation", "trunk_bend", "neck_bend", "trunk_shift", "spinal_curve", *STATED[:-1]}


def values(figure: Figure, roll_deg: float | None = None) -> dict[str, float]:
    """Every measure of a figure, in its unit."""
    pose = pose_of_figure(figure)
    frame = frame_of(pose, figure.roll_deg if roll_deg is None else roll_deg)
    return {key: float(one.compute(frame).mean()) for key, one in BY_KEY.items() if figure.view in one.views}


FIGURES = st.builds(
    Figure,
    shoulder_tilt=st.floats(-20, 20),
    hip_tilt=st.floats(-20, 20),
    head_tilt=st.floats(-30, 30),
    trunk_lean=st.floats(-15, 15),
    pelvic_shift=st.floats(-5, 5),
    head_shift=st.floats(-4, 4),
    knee_angle_left=st.floats(-15, 15),
    knee_angle_right=st.floats(-15, 15),
    view=st.sampled_from([View.FRONT, View.BACK]),
    roll_deg=st.floats(-8, 8),
    height_px=st.floats(150, 3000),
    size_px=st.sampled_from([(768, 1024), (1024, 768), (3000, 4000), (640, 640)]),
)


@given(FIGURES)
@settings(max_examples=150, deadline=None)
def test_stated_angles_come_back(figure: Figure) -> None:
    """No measure depends on the picture's shape or size, and the roll is taken out of the points."""
    found = values(figure)
    for key in (*STATED, "knee_angle_right", "foot_turn_left", "foot_turn_right"):
        assert found[key] == pytest.approx(getattr(figure, key), abs=1e-6), key
    assert found["trunk_bend"] == pytest.approx(figure.hip_tilt - figure.shoulder_tilt, abs=1e-6)
    assert found["neck_bend"] == pytest.approx(figure.shoulder_tilt - figure.head_tilt, abs=1e-6)


@given(FIGURES)
@settings(max_examples=60, deadline=None)
def test_mirrored_pose_gives_mirrored_numbers(figure: Figure) -> None:
    """Odd measures change their sign, paired ones change sides, and nothing else happens."""
    pose = pose_of_figure(figure)
    here, there = frame_of(pose, figure.roll_deg), frame_of(pose.mirrored(), -figure.roll_deg)
    for key, one in BY_KEY.items():
        if figure.view not in one.views:
            continue
        sign = -1.0 if mirrored_key(key) == key else 1.0
        twin = BY_KEY[mirrored_key(key)].compute(there)
        np.testing.assert_allclose(one.compute(here), sign * twin, atol=1e-7, err_msg=key)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_turning_the_points_changes_tilts_and_leaves_differences(view: View) -> None:
    """Three degrees of roll go one to one into every tilt, and not at all into the bends."""
    figure = Figure(shoulder_tilt=2.0, hip_tilt=-1.0, head_tilt=0.5, view=view)
    level, turned = values(figure, 0.0), values(figure, 3.0)
    moved = {key: turned[key] - level[key] for key in level}
    expected = -3.0 if view is View.FRONT else 3.0
    for key in ("shoulder_tilt", "hip_tilt", "head_tilt"):
        assert moved[key] == pytest.approx(expected, abs=1e-9)
    assert moved["trunk_bend"] == pytest.approx(0.0, abs=1e-9)
    assert moved["neck_bend"] == pytest.approx(0.0, abs=1e-9)


def test_hip_adduction_follows_the_pelvis() -> None:
    """The thigh on the high-hip side is adducted, the other abducted, by as much as the pelvis is oblique."""
    level, oblique = values(Figure()), values(Figure(hip_tilt=4.0))
    assert oblique["hip_adduction_left"] > level["hip_adduction_left"] + 3.0
    assert oblique["hip_adduction_right"] < level["hip_adduction_right"] - 3.0


def test_head_turned_to_the_left_is_positive() -> None:
    """The stated turn of the head comes back; back views do not measure it."""
    assert values(Figure(head_rotation=10.0))["head_rotation"] == pytest.approx(10.0)
    assert "head_rotation" not in values(Figure(view=View.BACK))


def test_spinal_curve_is_opposite_to_the_trunk_bend() -> None:
    """A waist shorter on the left goes with a curve convex to the right."""
    assert values(Figure(hip_tilt=5.0, shoulder_tilt=-4.0))["spinal_curve"] == pytest.approx(-1.968, abs=0.01)
    assert values(Figure())["spinal_curve"] == pytest.approx(0.0)


def test_parallel_girdles_make_an_s() -> None:
    """With both girdles tilted the same way the curve changes its sign half-way up."""
    line = curve_line(np.array(5.0), np.array(5.0), np.array(0.0))
    assert line[50] * line[150] < 0
    assert abs(float(signed_extreme(line))) < 0.01
