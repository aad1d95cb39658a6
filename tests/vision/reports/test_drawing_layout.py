"""Labels beside a body: none covers it or another, no leader crosses anything, none is too small to read."""

from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from posturecam.body import Array, View
from posturecam.errors.facts import as_written
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Assessment, Settings, assess
from posturecam.pipeline.exam import with_contour
from posturecam.poses.finder import Finder
from posturecam.poses.silhouette.shape import EDGE
from posturecam.poses.synthetic import Figure
from posturecam.reports.drawing.canvas import LEAST_TEXT, Box, Lettering
from posturecam.reports.drawing.label_layout import DETAIL, Label, PlacedLabel, Room, lay_out, spread_labels, wrap_text
from posturecam.reports.drawing.photo_overlay import draw_overlay, overlay_layout, overlay_svg
from posturecam.reports.drawing.shown_part import LEAST_PX, body_box, part_shown
from posturecam.reports.report_options import Labels, OverlayOptions
from reports_support import CROSSED, assessed, graded, measured

WORDS = ("left hip 5.0° higher", "neck 4.1° shorter on the right", "face straight ahead", "Beckenschiefstand 12,5°")
ALL = OverlayOptions(Labels.ALL)


def apart(one: Box, other: Box) -> bool:
    """Whether two boxes have no point inside in common."""
    return (
        one.right <= other.left + 1e-6
        or other.right <= one.left + 1e-6
        or one.bottom <= other.top + 1e-6
        or other.bottom <= one.top + 1e-6
    )


def dense(line: Array) -> Array:
    """(n, 2) points along a line, close together."""
    steps = np.linspace(0.0, 1.0, 60)[:, None]
    return np.concatenate([start + (end - start) * steps for start, end in pairwise(line)])


def inside(points: Array, box: Box) -> bool:
    """Whether any point lies inside a box, its edge not counted."""
    x, y = points.T
    edge = 1e-6
    return bool(((x > box.left + edge) & (x < box.right - edge) & (y > box.top + edge) & (y < box.bottom - edge)).any())


def cross(one: Array, other: Array) -> bool:
    """Whether two lines cross in a point inside of both: solved for the point, piece by piece."""
    for (a, b), (c, d) in ((first, second) for first in pairwise(one) for second in pairwise(other)):
        matrix = np.column_stack([b - a, c - d])
        if abs(np.linalg.det(matrix)) < 1e-9:
            continue
        along, beside = np.linalg.solve(matrix, c - a)
        if 1e-6 < along < 1 - 1e-6 and 1e-6 < beside < 1 - 1e-6:
            return True
    return False


def check(placed: list[PlacedLabel] | tuple[PlacedLabel, ...], kept: Box) -> None:
    """Assert what a picture promises of its labels."""
    for one in placed:
        assert apart(one.box, kept)
        spot, way = one.label.anchor[0], -1.0 if one.label.at_left else 1.0
        assert (way * (one.leader[1:, 0] - spot) >= -1e-6).all()  # straight out on the label's own side
        assert (way * (one.box.left - spot) > 0) == (way * (one.box.right - spot) > 0)
        assert not any(inside(dense(one.leader), other.box) for other in placed)
    for one, other in combinations(placed, 2):
        assert apart(one.box, other.box)
        if not np.array_equal(one.leader[0], other.leader[0]):
            assert not cross(one.leader, other.leader)


parts = st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(parts, st.sampled_from(WORDS), st.booleans()), min_size=1, max_size=14),
    st.tuples(st.floats(-0.2, 0.9), st.floats(0.03, 1.0)),
    st.sampled_from([(320, 480), (640, 853), (640, 480), (3000, 4000)]),
)
def test_labels_cover_nothing_and_leaders_cross_nothing(
    wanted: list[tuple[tuple[float, float], str, bool]], body: tuple[float, float], size: tuple[int, int]
) -> None:
    """Wherever the person stands, however broad they are, and whatever there is to say."""
    kept = Box(body[0] * size[0], 0.05 * size[1], (body[0] + body[1]) * size[0], 0.97 * size[1])
    middle = (kept.left + kept.right) / 2
    spots = [np.array([kept.left + x * (kept.right - kept.left), y * size[1]]) for (x, y), _, _ in wanted]
    asked = [
        Label(text, "± 1.2°, mild", spot, bool(spot[0] < middle), (0, 0, 0), number, free=free)
        for number, (spot, (_, text, free)) in enumerate(zip(spots, wanted, strict=True))
    ]
    text = 0.025 * size[1]
    room = Room(kept, Box(0.0, text, float(size[0]), size[1] - text), text, LEAST_TEXT * size[1])
    placed = lay_out(asked, room)
    check(placed, kept)
    assert placed
    for one in placed:
        assert one.size_px * DETAIL >= LEAST_TEXT * size[1] - 1e-6
        assert text - 1e-6 <= one.box.top < one.box.bottom <= size[1] - text + 1e-6
        assert " ".join(one.headline) == one.label.headline
        assert " ".join(one.detail) == one.label.detail


@settings(max_examples=60, deadline=None)
@example([(0.5, 0.0), (0.5, 0.5), (0.5, 0.5), (0.5, 0.25)])
@example([(0.5, 0.0), (0.5001, 0.5), (0.5002, 0.5), (0.5002, 0.25)])
@given(st.lists(st.tuples(st.floats(0.02, 0.98), st.floats(0.0, 0.5)), min_size=1, max_size=4))
def test_a_few_labels_of_one_side_all_stand(spots: list[tuple[float, float]]) -> None:
    """Only where there is no room is anything left out."""
    kept = Box(300.0, 50.0, 500.0, 970.0)
    asked = [
        Label("left hip 5.0° higher", "± 1.2°, mild", np.array([300 + 200 * x, 1000 * y]), True, (0, 0, 0), 1.0)  # noqa: FBT003
        for y, x in spots
    ]
    assert len(lay_out(asked, Room(kept, Box(0.0, 20.0, 800.0, 980.0), 25.0, 20.0))) == len(asked)


@given(st.floats(200.0, 700.0), st.floats(250.0, 450.0), st.floats(0.2, 4.0))
def test_labels_of_one_spot_all_stand(level: float, across: float, scale: float) -> None:
    """Several things are said of the ear, of the hip: their leaders share a beginning, which is no crossing."""
    kept = Box(300.0 * scale, 50.0 * scale, 500.0 * scale, 970.0 * scale)
    spots = [np.array([across, level]) * scale] * 3 + [np.array([across + 20.0, level + 3.0]) * scale]
    asked = [Label("ear 3.0\u00a0% ahead", "± 1.2°, mild", spot, True, (0, 0, 0), 1.0) for spot in spots]  # noqa: FBT003
    area = Box(0.0, 20.0 * scale, 800.0 * scale, 980.0 * scale)
    assert len(lay_out(asked, Room(kept, area, 25.0 * scale, 20.0 * scale))) == len(asked)


def test_too_many_labels_lose_the_least_important_first() -> None:
    """Forty labels do not fit beside one person; those of the highest rank stay."""
    spots = [np.array([310.0, 20.0 * number]) for number in range(40)]
    asked = [Label(f"label {n}", "± 1°", spot, True, (0, 0, 0), n) for n, spot in enumerate(spots)]  # noqa: FBT003
    placed = lay_out(asked, Room(Box(300.0, 50.0, 500.0, 970.0), Box(0.0, 20.0, 800.0, 980.0), 25.0, 20.0))
    kept = {one.label.rank for one in placed}
    assert 5 < len(kept) < 40
    assert min(kept) == 40 - len(kept)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8), st.floats(1, 12))
def test_spreading_keeps_order_room_and_place(wanted: list[float], length: float) -> None:
    """What already fits is not moved."""
    starts = spread_labels(sorted(wanted), [length] * len(wanted), 0.0, 100.0)
    assert all(b - a >= length - 1e-6 for a, b in pairwise(starts))
    assert min(starts) >= -1e-6
    assert max(starts) + length <= 100 + 1e-6
    assert spread_labels([10, 50, 80], [5, 5, 5], 0, 100) == [10, 50, 80]


def test_lines_break_between_words_only() -> None:
    """Numbers stay with their units."""
    lettering = Lettering(16.0, 400)
    lines = wrap_text("pelvis 1.3\u00a0% of height to the left", lettering, 100.0)
    assert " ".join(lines) == "pelvis 1.3\u00a0% of height to the left"
    assert any("1.3\u00a0%" in line for line in lines)
    assert all(lettering.width(line) <= 100 or " " not in line for line in lines)


def promised(assessment: Assessment, options: OverlayOptions) -> None:
    """Assert what a picture promises, against the person's own points and outline."""
    drawn = overlay_layout(assessment, options)
    pose = assessment.pose
    body = body_box(pose.mean, pose.size_px, assessment.outline)
    assert body is not None
    check(drawn.labels, body)
    for plate, one in ((plate, one) for plate in drawn.plates for one in drawn.labels):
        assert apart(plate, one.box)
        assert not inside(dense(one.leader), plate)
    shown = drawn.shown
    for one in drawn.labels:
        assert shown.left <= one.box.left
        assert one.box.right <= shown.right
        assert shown.top <= one.box.top
        assert one.box.bottom <= shown.bottom
        assert one.size_px * DETAIL >= LEAST_TEXT * (shown.bottom - shown.top) - 1e-6
    outline = assessment.outline
    if outline is not None and outline.untrusted is None:
        rows, columns = np.nonzero(outline.cover > EDGE)
        person = (np.stack([columns, rows], axis=1) + 0.5) * np.diag(outline.to_photo) + outline.to_photo[:, 2]
        assert not any(inside(person, one.box) for one in drawn.labels)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0.12, 1.0),
    st.tuples(st.floats(-0.35, 0.35), st.floats(-0.1, 0.1)),
    st.sampled_from([(768, 1024), (1500, 1024), (420, 1024), (320, 240)]),
    st.sampled_from([View.FRONT, View.BACK]),
    st.sampled_from([OverlayOptions(), ALL, OverlayOptions(brief=True), OverlayOptions(Labels.ALL, grid=True)]),
)
def test_every_person_anywhere_in_any_picture_has_clear_labels(
    height: float, shift: tuple[float, float], size: tuple[int, int], view: View, options: OverlayOptions
) -> None:
    """Small, at the edge, in a narrow picture or a wide one."""
    found = graded(assessed(replace(CROSSED, view=view)), hip_tilt="marked", neck_bend="moderate", trunk_bend="mild")
    scale = height * size[1] / 1024
    moved = np.array([size[0] * (0.5 + shift[0]), size[1] * (0.5 + shift[1])]) + (
        (found.pose.points - np.array([384.0, 512.0])) * scale
    )
    placed = replace(found, pose=replace(found.pose, points=moved, size_px=size))
    if body_box(moved.mean(axis=0), size) is not None:
        promised(placed, options)


def test_a_narrow_photo_grows_at_both_sides_and_a_wide_one_is_cut() -> None:
    """So that labels stand beside the person, and the person is not small among walls."""
    found = graded(assessed(CROSSED), hip_tilt="marked", neck_bend="moderate")
    points = found.pose.points
    narrow = replace(found, pose=replace(found.pose, points=points - [234.0, 0.0], size_px=(300, 1024)))
    left, _top, width, height = overlay_svg(narrow).frame
    assert left < 0
    assert left + width > 300
    assert height == 1024
    wide = replace(found, pose=replace(found.pose, points=points + [900.0, 0.0], size_px=(2600, 1024)))
    left, _top, width, height = overlay_svg(wide).frame
    assert left > 400
    assert width < 1.5 * height


def test_a_small_person_in_a_large_photo_is_shown_large() -> None:
    """Cut to them, and enlarged so that letters and lines are fine."""
    found = assessed(CROSSED)
    points = found.pose.points * 0.2 + [1000.0, 900.0]
    small = replace(found, pose=replace(found.pose, points=points, size_px=(2000, 1500)))
    drawn = draw_overlay(np.full((1500, 2000, 3), 128, np.uint8), small, 1.0)
    assert LEAST_PX <= drawn.shape[0] < 1.05 * LEAST_PX
    part = overlay_layout(small).part
    assert 180 < part.bottom - part.top < 300
    assert part.top < points[..., 1].min() < points[..., 1].max() < part.bottom


def test_where_nobody_is_the_whole_photo_is_shown() -> None:
    """And without a single point there is nothing to frame."""
    assert body_box(np.full((33, 2), np.nan), (640, 480)) is None
    assert part_shown(None, [], (640, 480)) == Box(0.0, 0.0, 640.0, 480.0)
    far = np.full((33, 2), -500.0)
    assert body_box(far, (640, 480)) is None


def test_a_mirrored_body_has_its_labels_mirrored() -> None:
    """The same boxes at the other side; the words stay."""
    found = graded(assessed(Figure(hip_tilt=7.0, shoulder_tilt=-6.0)), hip_tilt="marked", shoulder_tilt="marked")
    mirror = graded(assessed(Figure(hip_tilt=-7.0, shoulder_tilt=6.0)), hip_tilt="marked", shoulder_tilt="marked")
    one, other = (sorted(overlay_layout(each).labels, key=_height) for each in (found, mirror))
    assert len(one) == len(other) > 2
    paired = [
        (a, b) for a, b in zip(one, other, strict=True) if "hip" in a.label.headline or "shoulder" in a.label.headline
    ]
    assert all(a.label.at_left is not b.label.at_left for a, b in paired)


def _height(one: PlacedLabel) -> float:
    return one.box.top


def test_which_labels_are_drawn_can_be_chosen() -> None:
    """None, what stands out with the three levels, or every measure."""
    found = assessed(CROSSED)
    none, few, most = (
        {one.label.headline for one in overlay_layout(found, OverlayOptions(each)).labels}
        for each in (Labels.NONE, Labels.FINDINGS, Labels.ALL)
    )
    assert none == set()
    assert any("hip" in words for words in few)
    assert len(most) > len(few)


@pytest.mark.parametrize("view", [View.LEFT, View.RIGHT])
def test_what_is_said_of_the_head_from_the_side_stands_behind_it(view: View) -> None:
    """Every label is there, and none has a leader over the face."""
    keys = ("craniovertebral_proxy", "ear_shoulder_angle", "head_pitch")
    taken = tuple(measured(key, 9.0, 1.0, "marked") for key in keys)
    found = assessed(Figure())
    side = replace(found, pose=replace(found.pose, view=view), measurements=taken)
    told = [one.label for one in overlay_layout(side).labels if one.label.rank > 1]
    assert len(told) == len(keys)
    assert all(label.at_left is (view is View.RIGHT) for label in told)


@pytest.mark.parametrize("name", ["front", "back", "left", "right"])
def test_the_samples_keep_the_promise(name: str, finder: Finder, samples: Path) -> None:
    """With their outlines, with few labels and with all."""
    photo = read(samples / f"{name}.jpg")
    found = assess(photo, finder, Settings(passes=2), load())
    found = with_contour(found, photo, finder, load()) if found.pose.view.frontal else found
    for options in (OverlayOptions(), ALL, OverlayOptions(brief=True)):
        promised(found, options)


@pytest.mark.slow
def test_the_calibration_photos_keep_the_promise(finder: Finder, samples: Path) -> None:
    """All kinds of bodies, front, back and side."""
    folders = [
        samples.parent / "calibration" / name for name in ("phantoms", "back_people/photos", "side_people/photos")
    ]
    photos = [photo for folder in folders for photo in sorted(folder.glob("*.jpg"))]
    assert len(photos) > 10
    for photo in photos:
        found = assess(read(photo), finder, Settings(passes=2), load())
        for options in (OverlayOptions(), ALL):
            promised(found, options)


def test_a_photo_that_is_not_to_be_read_shows_the_person_and_says_why() -> None:
    """In large words below the photo, with no line or label over the person; in narrow ones too."""
    found = replace(
        assessed(CROSSED), void=as_written("The person seems to be sitting, so nothing was scored. Stand upright.")
    )
    for width in (768, 330):
        points = found.pose.points - [(768 - width) / 2, 0.0]
        photo = replace(found, pose=replace(found.pose, points=points, size_px=(width, 1024)))
        drawn = draw_overlay(np.full((1024, width, 3), 128, np.uint8), photo, 1.0)
        beside = (drawn.shape[1] - width) // 2
        assert (drawn[:1020, beside : beside + width] == 128).all()
        assert drawn.shape[0] > 1024
        assert "sitting," in overlay_svg(photo).shapes
        assert overlay_layout(photo).labels == ()
