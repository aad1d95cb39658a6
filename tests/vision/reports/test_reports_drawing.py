"""The overlay: lines lie where the numbers say, whatever is missing, at any size."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturecam.body import ORDER, Landmark, View
from posturecam.picture.photo import from_pixels
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.synthetic import Figure
from posturecam.reports.drawing.canvas import ON_PHOTO, Canvas, Lettering
from posturecam.reports.drawing.marks import bowed, contours, frontal, runs
from posturecam.reports.drawing.photo_overlay import draw, draw_figure, draw_overlay, encode, overlay_svg
from posturecam.reports.drawing.privacy import headless
from posturecam.reports.drawing.scene import Scene
from posturecam.reports.drawing.shown_part import LEAST_PX
from posturecam.reports.report_options import PLAIN, Labels, OverlayOptions
from reports_support import CROSSED, LEVEL, assessed, graded, measured


def grey(width: int, height: int) -> np.ndarray:
    """An even picture."""
    return np.full((height, width, 3), 128, np.uint8)


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


@pytest.mark.parametrize("width", [105, 240, 640, 2250])
def test_any_size_is_drawn_and_the_photo_itself_is_untouched(width: int) -> None:
    """A small one is enlarged; the photo that was handed in stays as it is."""
    photo = grey(width, width * 4 // 3)
    assessment = graded(assessed(CROSSED), hip_tilt="marked", neck_bend="moderate")
    drawn = draw_overlay(photo, assessment, width / 768)
    assert abs(drawn.shape[0] - max(LEAST_PX, width * 4 // 3)) <= 1
    assert (photo == 128).all()
    changed = ~((drawn == 128).all(axis=-1) | (drawn == ON_PHOTO.surround).all(axis=-1))
    assert 0.01 < changed.mean() < 0.6


@pytest.mark.parametrize("size", [(2, 3), (4000, 60), (60, 2000)])
def test_the_oddest_photo_is_drawn_without_growing_out_of_bounds(size: tuple[int, int]) -> None:
    """A panorama of a few lines, a strip, hardly a pixel."""
    found = assessed(CROSSED)
    scale = np.array(size) / [768, 1024]
    odd = replace(found, pose=replace(found.pose, points=found.pose.points * scale, size_px=size))
    drawn = draw_overlay(grey(*size), odd, 1.0)
    assert max(drawn.shape) < 6000


def test_lines_grow_with_the_picture() -> None:
    """The same figure at twice the size has about the same part of the picture drawn on."""
    assessment = assessed(CROSSED)
    small, large = (draw_overlay(grey(768 * n, 1024 * n), assessment, n) for n in (1, 2))
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
    for options in (OverlayOptions(Labels.ALL, grid=True), OverlayOptions(Labels.NONE), PLAIN):
        height, width = draw_overlay(grey(200, 266), gone, 200 / 768, options, longest_px=400).shape[:2]
        assert max(height, width) == 400
        assert max(draw_figure(gone, 240, options).shape) == 240
    assert "nan" not in overlay_svg(gone).shapes


def test_several_people_are_numbered() -> None:
    """A frame for each, drawn only when there is more than one."""
    assessment = assessed(LEVEL)
    alone = draw_overlay(grey(768, 1024), replace(assessment, boxes=((250.0, 90.0, 500.0, 990.0),)), 1.0)
    boxes = ((10.0, 300.0, 150.0, 950.0), (250.0, 90.0, 500.0, 990.0))
    both = draw_overlay(grey(768, 1024), replace(assessment, boxes=boxes, chosen=1), 1.0)
    assert (alone == draw_overlay(grey(768, 1024), assessment, 1.0)).all()
    left = next(x for x in range(both.shape[1]) if tuple(both[5, x]) == (128, 128, 128))
    assert (both[600, left + 5 : left + 15] != 128).any()


def test_a_mirrored_selfie_is_drawn_on_its_mirror_image() -> None:
    """The points of a mirrored selfie lie in the picture whose mirroring was undone."""
    pixels = grey(768, 1024)
    pixels[:, :100] = 10
    mirrored = draw(replace(assessed(LEVEL), mirrored=True), from_pixels(pixels), OverlayOptions(Labels.NONE))
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
    assert max(drawn.shape) == 800
    assert (drawn[:, :6] == 255).all()
    assert (drawn != 255).any(axis=-1).mean() > 0.1


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
    bare = OverlayOptions(Labels.NONE)
    without, with_it, doubtful = (
        draw_overlay(grey(768, 1024), one, 1.0, bare) for one in (assessment, cut(assessment), cut(assessment, 0.5))
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
    assert not np.array_equal(draw_figure(leaning, 800), draw_figure(leaning, 800, OverlayOptions(brief=True)))


@pytest.mark.parametrize("people", [1, 2])
@pytest.mark.parametrize("figure", [Figure(hip_tilt=6.0, noise_px=0.3), Figure(noise_px=0.3)], ids=["uneven", "level"])
def test_the_overlay_as_svg_says_the_same_as_the_picture(figure: Figure, people: int) -> None:
    """Every label of the drawn overlay, sharp; no style and no script, and nothing that a number could break."""
    assessment = replace(assessed(figure), boxes=((1.0, 2.0, 300.0, 900.0),) * people)
    shapes = overlay_svg(assessment).shapes
    root = ET.fromstring(f"<svg>{shapes}</svg>")  # noqa: S314  (made a line above)
    words = " ".join(one.text or "" for one in root.iter("text"))
    assert "shoulder" in words
    assert ("measured" in words) is (people > 1)
    assert {one.tag for one in root} <= {"g", "polyline", "polygon", "circle", "rect", "text"}
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
