"""Angles and signs, checked on points one can draw by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturecam.body import View
from posturecam.body.geometry import bend, lean, rotate, subject_frame, tilt, wrap

ANGLES = st.floats(-60, 60)


def test_content_turned_counter_clockwise_raises_the_right_end_of_a_photo() -> None:
    """X right, y down: a counter-clockwise turn moves the point on the right up, so its y falls."""
    turned = rotate(np.array([100.0, 0.0]), 30.0)
    assert turned[1] == pytest.approx(-50.0)
    assert turned[0] == pytest.approx(86.6025, abs=1e-3)


@pytest.mark.parametrize(("view", "left_x"), [(View.FRONT, 200.0), (View.BACK, 100.0)])
def test_left_higher_is_positive_in_front_and_back_views(view: View, left_x: float) -> None:
    """The subject's left is on the photo's right in front views and on its left in back views."""
    left, right = np.array([left_x, 90.0]), np.array([300.0 - left_x, 100.0])
    assert tilt(subject_frame(left, view), subject_frame(right, view)) == pytest.approx(5.7106, abs=1e-3)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
@given(angle=ANGLES, roll=st.floats(-10, 10))
def test_roll_is_taken_out_of_the_points(view: View, angle: float, roll: float) -> None:
    """A line drawn at a known tilt in a rolled photo comes back with that tilt."""
    sign = 1.0 if view is View.FRONT else -1.0
    along = np.array([np.cos(np.radians(angle)) * sign, -np.sin(np.radians(angle))])
    in_photo = rotate(along, roll)
    assert tilt(subject_frame(in_photo, view, roll), np.zeros(2)) == pytest.approx(angle, abs=1e-9)


def test_side_views_face_forward() -> None:
    """Forward is positive: the left view shows somebody who faces the photo's left."""
    nose, ear = np.array([90.0, 50.0]), np.array([100.0, 50.0])
    assert (subject_frame(nose, View.LEFT) - subject_frame(ear, View.LEFT))[0] == pytest.approx(10.0)


def test_lean_and_bend_signs() -> None:
    """A lean towards +x is positive, and so is a counter-clockwise bend."""
    assert lean(np.array([1.0, 10.0]), np.zeros(2)) == pytest.approx(5.7106, abs=1e-3)
    assert bend(np.array([0.0, 2.0]), np.array([0.0, 1.0]), np.array([0.1, 0.0])) == pytest.approx(5.7106, abs=1e-3)


@given(st.floats(-1000, 1000))
def test_wrap_keeps_the_direction(angle: float) -> None:
    """A wrapped angle points the same way and lies within ±180°."""
    wrapped = float(wrap(np.array(angle)))
    assert -180.0 <= wrapped < 180.0
    assert np.cos(np.radians(wrapped - angle)) == pytest.approx(1.0, abs=1e-9)
