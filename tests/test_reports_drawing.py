"""The overlay: labels never overlap or leave the picture, lines lie where the numbers say, any size works."""

from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturecam.assessment import Assessment, Settings
from posturecam.body import ORDER, Landmark, View
from posturecam.photo import from_pixels
from posturecam.poses.synthetic import Figure
from posturecam.reports.drawing.canvas import ON_PHOTO, Box, Canvas, Lettering
from posturecam.reports.drawing.contour import contours, runs
from posturecam.reports.drawing.labels import Label, Placed, lay_out, room_around, spread, wrap
from posturecam.reports.drawing.marks import bowed, frontal
from posturecam.reports.drawing.scene import Scene
from posturecam.reports.picture import draw, draw_figure, draw_overlay, encode, overlay_shapes
from posturecam.reports.privacy import headless
from posturecam.silhouette import Silhouette
from reports_support import CROSSED, LEVEL, assessed, graded, measured

spots = st.tuples(st.floats(0, 1), st.floats(0, 1))
words = st.sampled_from(["left hip 5.0° higher", "neck 4.1° shorter on the right", "face straight ahead"])


def overlap(a: Box, b: Box) -> bool:
    """Whether two boxes share a point inside."""
    return a.left < b.right and b.left < a.right and a.top < b.bottom and b.top < a.bottom


def grey(width: int, height: int) -> np.ndarray:
    """An even picture."""
    return np.full((height, width, 3), 128, np.uint8)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(spots, words, st.booleans()), min_size=1, max_size=9),
    st.tuples(st.floats(0, 0.9), st.floats(0.05, 1)),
    st.sampled_from([(320, 480), (640, 853), (640, 480), (3000, 4000), (4000, 3000)]),
)
def test_labels_never_overlap_and_never_leave_the_picture(
    wanted: list[tuple[tuple[float, float], str, bool]], body: tuple[float, float], size: tuple[int, int]
) -> None:
    """Wherever the person stands and whatever there is to say."""
    canvas = Canvas(grey(*size), ON_PHOTO)
    margin = 0.8 * canvas.text_px
    area = Box(margin, margin, size[0] - margin, size[1] - margin)
    edges = np.array([[min(body) * size[0], 0.0], [max(body) * size[0], 1.0]])
    asked = [Label(text, "± 1.2°, mild", np.array(at) * size, left, (0, 0, 0), 1.0) for at, text, left in wanted]
    placed = lay_out(asked, room_around(area, edges, canvas.text_px))
    assert placed
    for one in placed:
        assert area.left - 1 <= one.box.left < one.box.right <= area.right + 1
        assert area.top - 1 <= one.box.top < one.box.bottom <= area.bottom + 1
    assert not any(overlap(a.box, b.box) for a, b in combinations(placed, 2))


def test_too_many_labels_lose_the_least_important_first() -> None:
    """Twenty labels do not fit a small picture; those of the highest rank stay."""
    canvas = Canvas(grey(320, 240), ON_PHOTO)
    spot = np.array([10.0, 100.0])
    asked = [Label(f"label {n}", "± 1°", spot, at_left=True, colour=(0, 0, 0), rank=n) for n in range(20)]
    body = np.array([[150.0, 0.0], [200.0, 1.0]])
    placed = lay_out(asked, room_around(Box(5, 5, 315, 235), body, canvas.text_px))
    kept = {one.label.rank for one in placed}
    assert 0 < len(kept) < 20
    assert min(kept) == 20 - len(kept)


def test_labels_move_to_the_side_that_has_room() -> None:
    """A person at the picture's left edge is not covered by labels."""
    asked = [Label("right hip higher", "± 1°", np.array([5.0, 300.0]), at_left=True, colour=(0, 0, 0), rank=1)]
    body = np.array([[2.0, 50.0], [250.0, 900.0]])
    (placed,) = lay_out(asked, room_around(Box(10, 10, 790, 990), body, 16.0))
    assert placed.box.left > 250


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8), st.floats(1, 12))
def test_spreading_keeps_order_room_and_place(wanted: list[float], length: float) -> None:
    """What already fits is not moved."""
    starts = spread(sorted(wanted), [length] * len(wanted), 0.0, 100.0)
    assert all(b - a >= length - 1e-6 for a, b in pairwise(starts))
    assert min(starts) >= -1e-6
    assert max(starts) + length <= 100 + 1e-6
    assert spread([10, 50, 80], [5, 5, 5], 0, 100) == [10, 50, 80]


def test_lines_break_between_words_only() -> None:
    """Numbers stay with their units."""
    lettering = Lettering(16.0, 400)
    lines = wrap("pelvis 1.3\u00a0% of height to the left", lettering, 100.0)
    assert " ".join(lines) == "pelvis 1.3\u00a0% of height to the left"
    assert any("1.3\u00a0%" in line for line in lines)
    assert all(lettering.width(line) <= 100 or " " not in line for line in lines)


def test_the_typeface_knows_degrees_and_signs() -> None:
    """No empty boxes in place of ° and ±: each sign draws something of its own."""
    drawn = []
    for sign in "°±−%é\uffff":
        canvas = Canvas(grey(60, 60), ON_PHOTO)
        canvas.text((10, 45), sign, (255, 255, 255), Lettering(40, 500))
        drawn.append(canvas.pixels.tobytes())
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
@pytest.mark.parametrize(("key", "value"), [("shoulder_tilt", 6.0), ("hip_tilt", -5.0), ("head_tilt", 8.0)])
def test_a_label_stands_at_the_higher_end(view: View, key: str, value: float) -> None:
    """A positive value means the subject's left: image right in front views, image left in back views."""
    assessment = graded(assessed(Figure(view=view, **{key: value})), **{key: "marked"})
    scene = Scene(Canvas(grey(768, 1024), ON_PHOTO), assessment, 1.0)
    (label,) = [one for one in frontal(scene) if one.headline.startswith(assessment[key].words[:9])]
    at_image_left = (value < 0) == (view is View.FRONT)
    assert label.at_left is at_image_left
    assert label.anchor[1] < scene.mid(_pair(key))[1]


def _pair(key: str) -> tuple[Landmark, Landmark]:
    name = {"shoulder_tilt": "SHOULDER", "hip_tilt": "HIP", "head_tilt": "EYE"}[key]
    return Landmark[f"LEFT_{name}"], Landmark[f"RIGHT_{name}"]


@pytest.mark.parametrize("roll", [0.0, 4.0, -7.0])
def test_the_plumb_line_hangs_along_gravity(roll: float) -> None:
    """A picture turned counter-clockwise shows its plumb line turned counter-clockwise."""
    assessment = assessed(Figure(roll_deg=roll), settings=Settings(roll_deg=roll))
    scene = Scene(Canvas(grey(768, 1024), ON_PHOTO), assessment, 1.0)
    upright = scene.mid((Landmark.LEFT_HIP, Landmark.RIGHT_HIP)) - scene.foot
    assert upright / np.linalg.norm(upright) == pytest.approx(scene.up, abs=1e-6)
    assert np.degrees(np.arctan2(-scene.up[0], -scene.up[1])) == pytest.approx(roll)


@pytest.mark.parametrize(("width", "height"), [(240, 320), (640, 853), (640, 480), (2000, 1500), (100, 900)])
def test_any_size_is_drawn_and_the_photo_itself_is_untouched(width: int, height: int) -> None:
    """The overlay has the picture's size, differs from it, and leaves the one handed in alone."""
    photo = grey(width, height)
    assessment = graded(assessed(CROSSED), hip_tilt="marked", neck_bend="moderate")
    drawn = draw_overlay(photo, assessment, width / 768)
    assert drawn.shape == photo.shape
    assert (photo == 128).all()
    assert 0.01 < (drawn != photo).any(axis=-1).mean() < 0.6


def test_lines_grow_with_the_picture() -> None:
    """The same figure at four times the size has about the same part of the picture drawn on."""
    assessment = assessed(CROSSED)
    small, large = (draw_overlay(grey(640 * n, 853 * n), assessment, 640 * n / 768) for n in (1, 4))
    parts = [(one != 128).any(axis=-1).mean() for one in (small, large)]
    assert parts[0] == pytest.approx(parts[1], rel=0.15)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from(list(Landmark)), min_size=1), st.sampled_from(list(View)))
def test_lost_points_never_break_the_drawing(lost: set[Landmark], view: View) -> None:
    """Whatever the finder did not find is left out of the picture."""
    assessment = assessed(CROSSED)
    points = assessment.pose.points.copy()
    points[:, [ORDER[one] for one in lost]] = np.nan
    gone = replace(assessment, pose=replace(assessment.pose, points=points, view=view))
    assert draw_overlay(grey(200, 260), gone, 0.26).shape == (260, 200, 3)
    assert draw_figure(gone, 240).shape == (240, 180, 3)


def test_several_people_are_numbered() -> None:
    """A frame for each, drawn only when there is more than one."""
    assessment = assessed(LEVEL)
    alone = draw_overlay(grey(768, 1024), replace(assessment, boxes=((250.0, 90.0, 500.0, 990.0),)), 1.0)
    boxes = ((10.0, 300.0, 150.0, 950.0), (250.0, 90.0, 500.0, 990.0))
    both = draw_overlay(grey(768, 1024), replace(assessment, boxes=boxes, chosen=1), 1.0)
    assert (alone == draw_overlay(grey(768, 1024), assessment, 1.0)).all()
    assert (both[290:310, 20:60] != 128).any()
    assert (both[600, 5:15] != 128).any()


def test_a_mirrored_selfie_is_drawn_on_its_mirror_image() -> None:
    """The points of a mirrored selfie lie in the picture whose mirroring was undone."""
    pixels = grey(768, 1024)
    pixels[:, :100] = 10
    mirrored = draw(replace(assessed(LEVEL), mirrored=True), from_pixels(pixels))
    assert mirrored[5, -50].tolist() == [10, 10, 10]
    assert mirrored[5, 50].tolist() == [128, 128, 128]


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".jpg", b"\xff\xd8"), (".webp", b"RIFF")])
def test_pictures_are_encoded_by_their_ending(suffix: str, magic: bytes) -> None:
    """Red stays red."""
    red = np.zeros((40, 30, 3), np.uint8)
    red[..., 0] = 220
    data = encode(red, suffix)
    assert data.startswith(magic)
    back = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert back.shape == red.shape
    assert back[20, 15, 2] > 200
    assert back[20, 15, 0] < 20


def test_the_plain_figure_shows_no_photo() -> None:
    """White paper, grey figure, the same lines."""
    drawn = draw_figure(assessed(CROSSED), 800)
    assert drawn.shape == (800, 600, 3)
    assert (drawn[:, :10] == 255).all()
    assert (drawn != 255).any(axis=-1).mean() > 0.1


def test_placed_labels_know_their_text() -> None:
    """Nothing of a label's words gets lost in wrapping."""
    spot = np.array([300.0, 200.0])
    label = Label("left hip 5.0° higher", "± 5.2°, marked", spot, at_left=False, colour=(0, 0, 0), rank=1)
    placed: list[Placed] = lay_out([label], room_around(Box(5, 5, 635, 475), np.array([[200.0, 0], [320.0, 9]]), 16.0))
    assert " ".join(placed[0].headline) == label.headline
    assert " ".join(placed[0].detail) == label.detail


@pytest.mark.parametrize("reach", [0.058, -0.03])
@pytest.mark.parametrize("own", [0.0, 0.04, -0.04])
def test_the_spine_is_drawn_as_far_out_as_is_reported(own: float, reach: float) -> None:
    """Whatever the two girdles alone would make of it; its ends stay on the chord."""
    line = bowed(own * np.sin(np.linspace(0.0, np.pi, 201)), reach)
    assert line[np.abs(line).argmax()] == pytest.approx(reach, rel=1e-3)
    assert line[[0, -1]] == pytest.approx([0.0, 0.0], abs=1e-9)


def cut(assessment: Assessment, agreement: float = 1.0) -> Assessment:
    """Give the figure an outline: a box from (260, 80) to (500, 980) with a hole in it, in a picture of half size."""
    cover = np.zeros((512, 384))
    cover[40:490, 130:250] = 1.0
    cover[200:300, 180:200] = 0.0
    return replace(assessment, outline=Silhouette(cover, np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]), agreement))


def test_the_outline_lies_where_the_person_ends() -> None:
    """Both rings, in the picture's pixels, closed, at any size."""
    outline = cut(assessed(LEVEL)).outline
    assert outline is not None
    rings = sorted(contours(outline, 0.5), key=len)
    assert len(rings) == 2
    assert all((ring[0] == ring[-1]).all() for ring in rings)
    np.testing.assert_allclose(rings[1].min(axis=0), [130.0, 40.0], atol=0.6)
    np.testing.assert_allclose(rings[1].max(axis=0), [250.0, 490.0], atol=0.6)
    np.testing.assert_allclose(rings[0].min(axis=0), [180.0, 200.0], atol=0.6)


def test_the_outline_is_drawn_only_where_it_can_be_trusted() -> None:
    """A doubtful one leaves the picture as it is without any."""
    assessment = assessed(LEVEL)
    without, with_it, doubtful = (
        draw_overlay(grey(768, 1024), one, 1.0) for one in (assessment, cut(assessment), cut(assessment, 0.5))
    )
    assert (with_it[100:900:10, 255:265] != without[100:900:10, 255:265]).any(axis=(1, 2)).mean() > 0.7
    assert (doubtful == without).all()


def test_a_hidden_head_has_no_outline() -> None:
    """No profile over the blocks; the rest of the outline stays."""
    hidden = headless(cut(assessed(LEVEL))).outline
    head = assessed(LEVEL).pose.mean[ORDER[Landmark.NOSE]]
    assert hidden is not None
    assert hidden.at(head[None])[0] == 0.0
    assert hidden.at(np.array([[300.0, 700.0]]))[0] == 1.0


def test_a_side_view_is_drawn_at_the_distances_that_are_reported() -> None:
    """Ear, shoulder, hip and knee stand as far before the ankle as the numbers say, whatever the points say."""
    assessment = assessed(replace(LEVEL, view=View.FRONT))
    taken = tuple(measured(f"{part}_plumb_pct", value, 1.0) for part, value in (("ear", 6.0), ("hip", -3.0)))
    side = replace(assessment, pose=replace(assessment.pose, view=View.LEFT), measurements=taken)
    scene = Scene(Canvas(grey(768, 1024), ON_PHOTO), side, 1.0)
    ankle, eye = scene[Landmark.LEFT_ANKLE], scene[Landmark.LEFT_EYE]
    height = float((eye - ankle) @ scene.up)
    for landmark, value in ((Landmark.LEFT_EAR, 6.0), (Landmark.LEFT_HIP, -3.0)):
        assert float((scene[landmark] - ankle) @ scene.left) / height * 100.0 == pytest.approx(value)
    assert scene.left[0] < 0


def test_a_picture_among_others_says_little_in_large_letters() -> None:
    """Only the sizes of what stands out, and the sides."""
    leaning = assessed(Figure(hip_tilt=7.0, shoulder_tilt=-6.0))
    scene = Scene(Canvas(np.zeros((400, 300, 3), np.uint8), ON_PHOTO, 1.9), leaning, 0.4)
    told = {label.headline: label.brief for label in frontal(scene)}
    assert told["left hip 7.0° higher"] == "7.0°"
    assert told["plumb line"] == ""
    assert scene.canvas.text_px > Canvas(np.zeros((400, 300, 3), np.uint8), ON_PHOTO).text_px
    assert not np.array_equal(draw_figure(leaning, 800), draw_figure(leaning, 800, brief=True))


@pytest.mark.parametrize("people", [1, 2])
@pytest.mark.parametrize("figure", [Figure(hip_tilt=6.0, noise_px=0.3), Figure(noise_px=0.3)], ids=["uneven", "level"])
def test_the_overlay_as_svg_says_the_same_as_the_picture(figure: Figure, people: int) -> None:
    """Every label of the drawn overlay, sharp; no style and no script, and nothing that a number could break."""
    assessment = replace(assessed(figure), boxes=((1.0, 2.0, 300.0, 900.0),) * people)
    shapes = overlay_shapes(assessment)
    root = ET.fromstring(f"<svg>{shapes}</svg>")  # noqa: S314  (made a line above)
    words = " ".join(one.text or "" for one in root.iter("text"))
    assert "shoulder" in words
    assert ("measured" in words) is (people > 1)
    assert {one.tag for one in root} <= {"polyline", "polygon", "circle", "rect", "text"}
    assert "nan" not in shapes
    assert "style" not in shapes


def test_an_outline_is_drawn_in_the_parts_that_are_kept() -> None:
    """Around the ring: what is left out in one place leaves one line that begins behind it and ends before it."""
    ring = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [2.0, 1.0], [2.0, 2.0], [0.0, 2.0], [0.0, 0.0]])
    assert [part.tolist() for part in runs(ring, np.ones(7, dtype=bool))] == [ring.tolist()]
    kept = np.array([True, True, False, False, True, True, True])
    (only,) = runs(ring, kept)
    assert only.tolist() == [[2.0, 2.0], [0.0, 2.0], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0]]
    assert runs(ring, np.zeros(7, dtype=bool)) == []
