"""Millimetres: the scale from the height, and the measures that follow through it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from posturecam.body import ORDER, Landmark, View
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.measures.millimetres import FORWARD_HEAD, LEGS, SHIFTS, WIDTHS
from posturecam.picture.scale import SPAN, Scale, scale_from_height
from posturecam.pipeline.assessment import PhotoInfo, Settings, assess_pose
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.text.labels import stands_out
from posturecam.text.notable import sizes
from posturecam.text.sentences import sentence

if TYPE_CHECKING:
    from posturecam.pipeline.assessment import Assessment

FIGURE = Figure(shoulder_tilt=4.0, hip_tilt=-3.0, head_tilt=2.0, pelvic_shift=2.0)


def assessed(figure: Figure = FIGURE, height_cm: float | None = 170.0, **more: Any) -> Assessment:
    """A figure of that height."""
    info = PhotoInfo("figure", "0" * 64, *figure.size_px)
    return assess_pose(pose_of_figure(figure), info, Settings(height_cm=height_cm, **more), load())


def test_the_scale_is_the_span_over_its_pixels() -> None:
    """A figure 700 pixels from ankles to eyes."""
    scale = scale_from_height(pose_of_figure(Figure(height_px=700.0)), 170.0)
    assert scale is not None
    assert scale.mm_per_px == pytest.approx(SPAN[View.FRONT] * 1700 / 700)
    low, high = scale.interval
    assert low < scale.mm_per_px < high
    assert (high - low) / scale.mm_per_px == pytest.approx(3.92 * scale.sigma)


@pytest.mark.parametrize("height", [-170.0, 0.0, 1.72, 1720.0, float("nan")])
def test_heights_nobody_has_are_refused(height: float) -> None:
    """Metres, millimetres, negative heights: the message says what is wanted."""
    with pytest.raises(SettingsError, match=r"height .* centimetres"):
        scale_from_height(pose_of_figure(FIGURE), height)


def test_a_scale_must_be_positive() -> None:
    """No scale of zero."""
    with pytest.raises(ValueError, match="mm_per_px > 0"):
        Scale("height", 0.0, 0.01)


def test_without_a_height_there_are_no_millimetres() -> None:
    """Only degrees and percent."""
    assert not [one for one in assessed(height_cm=None).measurements if one.unit == "mm"]


def test_millimetres_follow_the_angles_and_their_signs() -> None:
    """The left shoulder 4° higher is so many mm higher; a shift of 2 % of the height is 2 % of it in mm."""
    told = assessed()
    pose, scale = told.pose, scale_from_height(told.pose, 170.0)
    assert scale is not None
    for key, (tilt, width) in WIDTHS.items():
        left, right = (pose.mean[ORDER[end]] for end in width.pair)
        across = np.linalg.norm(left - right) * scale.mm_per_px / width.seen[View.FRONT]
        assert told[key].value == pytest.approx(across * np.radians(told[tilt].value))
        assert told[key].sem > told[tilt].sem * np.radians(across) * 0.999
    for key, pct in SHIFTS.items():
        assert told[key].value == pytest.approx(told[pct].value / 100 * SPAN[View.FRONT] * 1700, rel=0.02)
    assert any("mm per pixel" in str(note) for note in told.notes)


def test_the_longer_leg_is_the_one_under_the_higher_hip() -> None:
    """Level ankles: the legs differ by what the hips differ by."""
    told = assessed()
    assert told[LEGS].value < 0
    assert told[LEGS].value == pytest.approx(told["hip_difference_mm"].value, abs=2.0)


def test_leg_length_is_never_graded_below_15_mm() -> None:
    """A photo cannot tell it, however sure it is."""
    norm = load().norm(LEGS)
    assert norm.severity(14.5, 14.4, 14.6) == norm.severity(0.0, -0.1, 0.1)


def test_the_mirror_image_has_the_opposite_millimetres() -> None:
    """Left becomes right with the same size."""
    here = assessed(replace(FIGURE, noise_px=0.4))
    info = PhotoInfo("mirrored", "0" * 64, *FIGURE.size_px)
    there = assess_pose(here.pose.mirrored(), info, Settings(height_cm=170.0), load())
    for key in (*WIDTHS, *SHIFTS, LEGS):
        assert there[key].value == pytest.approx(-here[key].value, abs=1e-9)
        assert there[key].sem == pytest.approx(here[key].sem)


def test_millimetres_do_not_follow_the_pixels() -> None:
    """The same body in a photo of half the size."""
    small = assessed(replace(FIGURE, height_px=350.0, size_px=(384, 512)))
    for key in (*WIDTHS, *SHIFTS):
        assert small[key].value == pytest.approx(assessed()[key].value, rel=1e-6)


def test_feet_outside_the_picture_leave_no_scale() -> None:
    """What is missing is said, for every measure in mm."""
    pose = pose_of_figure(FIGURE)
    points = pose.points.copy()
    points[:, [ORDER[Landmark.LEFT_ANKLE], ORDER[Landmark.RIGHT_ANKLE]], 1] = 2000.0
    cut = replace(pose, points=points)
    assert scale_from_height(cut, 170.0) is None
    told = assess_pose(cut, PhotoInfo("cut", "0" * 64, *FIGURE.size_px), Settings(height_cm=170.0), load())
    missing = {one.key: sentence(one.reason) for one in told.unmeasured}
    assert set(missing) >= {*WIDTHS, *SHIFTS, LEGS}
    assert "no scale" in missing[LEGS]


def test_a_side_view_gives_the_forward_head_alone() -> None:
    """The ear ahead of the shoulder of the near side."""
    told = assessed(replace(FIGURE, view=View.LEFT))
    in_mm = {one.key for one in told.measurements if one.unit == "mm"}
    assert in_mm == {FORWARD_HEAD}
    assert np.sign(told[FORWARD_HEAD].value) == np.sign(told["ear_shoulder_angle"].value)


def test_a_deviation_is_told_once() -> None:
    """Millimetres stand in the table; sentences and chain name the angle or shift alone, as without a height."""
    figure = replace(FIGURE, shoulder_tilt=7.0)
    with_mm, without = assessed(figure), assessed(figure, height_cm=None)
    assert {"shoulder_tilt", "shoulder_difference_mm"} <= {one.key for one in with_mm.measurements if stands_out(one)}
    assert sizes(with_mm, load()) == sizes(without, load()) != []
    assert with_mm.conclusion.chain == without.conclusion.chain
