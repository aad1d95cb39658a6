"""The posture grid: squares of the size that is said, upright, with a line through the middle of the ankles."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturecam.body import ORDER, Array, Landmark, View
from posturecam.errors.facts import as_written
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.poses.synthetic import Figure
from posturecam.reports.drawing.canvas import ON_PHOTO, Box, Canvas
from posturecam.reports.drawing.photo_overlay import draw_overlay, overlay_layout, overlay_svg
from posturecam.reports.drawing.scene import Scene
from posturecam.reports.drawing.shown_part import part_of, shown_reason
from posturecam.reports.drawing.vertical_marks import cut, foot, ruled, square_px, stature_px
from posturecam.reports.report_options import PLAIN, Labels, OverlayOptions
from reports_support import LEVEL, assessed

PART = Box(0.0, 0.0, 768.0, 1024.0)


def scene_of(assessment: Assessment, scale: float = 1.0) -> Scene:
    """The scene of an assessment, drawn at a size."""
    return Scene(Canvas(np.zeros((1024, 768, 3), np.uint8), ON_PHOTO), assessment, scale)


def beside(lines: Array, spot: Array) -> Array:
    """(k,) how far a spot lies beside each of the endless lines, pixels."""
    along = lines[:, 1] - lines[:, 0]
    along /= np.hypot(*along.T)[:, None]
    off = spot - lines[:, 0]
    return np.abs(along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0])


@pytest.mark.parametrize("roll", [0.0, 3.5, -6.0])
@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_the_grid_stands_upright_around_the_middle_of_the_ankles(roll: float, view: View) -> None:
    """Its lines run along gravity and level, whatever the camera's roll."""
    scene = scene_of(assessed(Figure(roll_deg=roll, view=view), settings=Settings(roll_deg=roll)))
    ordinary, fifth = ruled(scene, PART, square_px(scene))
    for lines in (ordinary, fifth):
        along = lines[:, 1] - lines[:, 0]
        upright = np.abs(along @ scene.up) / np.hypot(*along.T)
        assert ((upright > 1 - 1e-9) | (upright < 1e-6)).all()
    assert beside(fifth, scene.foot).min() < 1e-6
    assert beside(fifth, foot(scene)).min() < 1e-6


def test_a_square_is_ten_centimetres_where_the_scale_is_known() -> None:
    """At any size of the drawing; and says so."""
    found = assessed(LEVEL, settings=Settings(height_cm=180.0))
    assert found.scale is not None
    for scale in (1.0, 0.4):
        scene = scene_of(found, scale)
        assert square_px(scene) == pytest.approx(scale * 100.0 / found.scale.mm_per_px)
        lines = ruled(scene, Box(0.0, 0.0, 768.0 * scale, 1024.0 * scale), square_px(scene))[0]
        near = np.sort(beside(lines, foot(scene)))
        assert near[0] == pytest.approx(square_px(scene))
    assert "grid: 10 cm" in overlay_svg(found).shapes


def test_without_a_scale_a_square_is_a_tenth_of_the_height() -> None:
    """Ten squares from the floor to the crown, which is above the eyes and below the frame's edge."""
    found = assessed(LEVEL)
    scene = scene_of(found)
    assert 10 * square_px(scene) == pytest.approx(stature_px(scene))
    eyes = scene.mid((Landmark.LEFT_EYE, Landmark.RIGHT_EYE))
    part = float((eyes - foot(scene)) @ scene.up) / stature_px(scene)
    assert part == pytest.approx(0.93, abs=0.015)  # eye height (Gordon et al. 1989: 0.931 of the stature)
    assert "grid: a tenth of the height" in overlay_svg(found).shapes


def test_a_grid_needs_no_ankles() -> None:
    """Below the knees cut off: the grid still stands, and nothing breaks."""
    found = assessed(LEVEL)
    points = found.pose.points.copy()
    points[:, [ORDER[one] for one in Landmark if "ankle" in one or "heel" in one or "foot" in one]] = np.nan
    scene = scene_of(replace(found, pose=replace(found.pose, points=points)))
    assert np.isfinite(foot(scene)).all()
    assert square_px(scene) > 0


def test_the_grid_is_drawn_when_it_is_asked_for_and_labels_stand_below_its_words() -> None:
    """On the page it is there to be shown, in a group of its own."""
    found = assessed(LEVEL)
    grey = np.full((1024, 768, 3), 128, np.uint8)
    plain, ruled_over = (draw_overlay(grey, found, 1.0, OverlayOptions(Labels.NONE, grid)) for grid in (False, True))
    assert plain.shape == ruled_over.shape
    assert (plain != ruled_over).any(axis=2).mean() > 0.02
    with_grid = overlay_layout(found, OverlayOptions(grid=True))
    assert min(one.box.top for one in with_grid.labels) > 0.03 * 1024
    assert overlay_svg(found).shapes.startswith('<g class="grid">')


@given(
    st.tuples(st.floats(-500, 1500), st.floats(-500, 1500)),
    st.floats(-np.pi, np.pi),
    st.tuples(st.floats(0, 400), st.floats(0, 400)),
)
def test_a_line_is_cut_to_the_part_that_is_shown(
    through: tuple[float, float], angle: float, corner: tuple[float, float]
) -> None:
    """Both ends on the edge and on the line; nothing where it misses."""
    box, along = Box(*corner, corner[0] + 300.0, corner[1] + 200.0), np.array([np.cos(angle), np.sin(angle)])
    piece = cut(np.array(through), along, box)
    corners = box.corners - np.array(through)
    sides = along[0] * corners[:, 1] - along[1] * corners[:, 0]
    if piece is None:
        assert (sides > -1e-6).all() or (sides < 1e-6).all()
        return
    off = piece - np.array(through)
    assert np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]).max() < 1e-6
    assert (piece >= np.array([box.left, box.top]) - 1e-6).all()
    assert (piece <= np.array([box.right, box.bottom]) + 1e-6).all()


VOID = "The body is turned about 23° to the person's left, so nothing was scored. Stand square to the camera, please."


@pytest.mark.parametrize("scale", [0.45, 0.7, 1.3, 1.91, 2.4])
def test_the_reason_keeps_its_lines_at_every_size(scale: float) -> None:
    """The room below the photo is measured in its pixels and filled in the drawing's: no line falls out of it."""
    for width in range(500, 620, 4):
        found = replace(assessed(replace(LEVEL, size_px=(width, 838))), void=as_written(VOID))
        room, reason = part_of(found, PLAIN), shown_reason(found, PLAIN, scale)
        assert reason.plate.bottom == pytest.approx(room.bottom * scale)
        assert reason.lines == shown_reason(found, PLAIN, 1.0).lines
