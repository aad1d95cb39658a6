"""The trunk's outline: stated shapes come back with their sides, arms that touch are refused, mirrored photos agree."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posturecam.body import Side, Turn, View
from posturecam.errors.facts import Reason
from posturecam.knowledge import load
from posturecam.measures.back_measures import SHOWN
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import Measurement, frame_of, graded
from posturecam.measures.outline import complete
from posturecam.measures.trunk_measures import TRUNK, trunk_values
from posturecam.measures.trunk_outline import INDEX_PARTS, Trunk, find_trunk, trunk_lines
from posturecam.picture.lens.perspective import Perspective, planes_of
from posturecam.picture.photo import read
from posturecam.picture.vertical import find_vertical
from posturecam.poses.finder import Finder
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.cutting import FINE_HEIGHT_PX, cut_out
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.text.sentences import sentence

LEVEL = Figure(height_px=700.0, size_px=(768, 1024))
STRAIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def drawn(left_waist: float = 60.0, left_armpit_up: float = 0.0, *, arm: bool = True, view: View = View.FRONT) -> Trunk:
    """Draw a trunk with two arms around the level figure, and read it.

    The right flank is 60 pixels from the midline at the waist and 84 elsewhere; the left flank as asked. Its armpit can
    be moved up; its arm can be left out.
    """
    pose = pose_of_figure(replace(LEVEL, view=view))
    outline = Silhouette(cover(left_waist, left_armpit_up, arm=arm, view=view), STRAIGHT, 1.0)
    found = find_trunk(frame_of(pose, 0.0), outline, 0.0)
    assert isinstance(found, Trunk), found
    return found


def cover(left_waist: float, left_armpit_up: float, *, arm: bool = True, view: View = View.FRONT) -> np.ndarray:
    """Draw the picture: hips at row 463, shoulders at row 246, midline at column 384."""
    rows, columns = np.mgrid[0:1024, 0:768] + 0.5
    beside = (columns - 384.0) * (1.0 if view is View.FRONT else -1.0)  # + = the subject's left
    picture = np.zeros(rows.shape)
    for sign, waist, up, has_arm in ((1.0, left_waist, left_armpit_up, arm), (-1.0, 60.0, 0.0, True)):
        out = beside * sign
        half = 84.0 - (84.0 - waist) * np.exp(-(((rows - 370.0) / 40.0) ** 2))
        inside = (out >= 0) & (rows > 230) & (rows < 500)
        picture[inside & (out < half)] = 1.0
        picture[inside & (out >= half) & (rows < 310 - up) & (out < 125)] = 1.0
        if has_arm:
            picture[(out >= 100) & (out < 125) & (rows > 230) & (rows < 560)] = 1.0
    return picture


def test_an_even_trunk_is_even() -> None:
    """All sides alike: no tilt, no asymmetry, an index of nearly nothing."""
    trunk = drawn()
    assert trunk.axilla_tilt == pytest.approx(0.0, abs=0.1)
    assert trunk.waist_height_angle == pytest.approx(0.0, abs=0.1)
    assert trunk.waist_asymmetry == pytest.approx(0.0, abs=0.5)
    assert trunk.index == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_a_deeper_left_waist_is_positive_in_both_views(view: View) -> None:
    """Left 40 pixels from the midline at the narrowest, right 60."""
    trunk = drawn(left_waist=40.0, view=view)
    assert trunk.waist_asymmetry > 20.0
    assert trunk.index_parts["fai_trunk"] == pytest.approx(20.0, abs=2.0)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_a_higher_left_armpit_is_positive_in_both_views(view: View) -> None:
    """Twenty pixels over a span of 168."""
    assert drawn(left_armpit_up=20.0, view=view).axilla_tilt == pytest.approx(6.8, abs=1.2)


def test_an_arm_further_out_hollows_no_waist() -> None:
    """The gap to the left arm doubles; the flanks stay as they are."""
    picture = cover(60.0, 0.0)
    arm = picture[400:500, 484:509].copy()
    picture[310:560, 484:509] = 0.0
    picture[310:560, 510:535] = 1.0
    picture[240:310, 484:535] = 1.0
    assert arm.all()
    found = find_trunk(frame_of(pose_of_figure(LEVEL), 0.0), Silhouette(picture, STRAIGHT, 1.0), 0.0)
    assert isinstance(found, Trunk), found
    assert found.waist_asymmetry == pytest.approx(0.0, abs=3.0)


def test_the_index_is_the_sum_of_its_six_parts() -> None:
    """None is missing and none negative."""
    trunk = drawn(left_waist=45.0, left_armpit_up=12.0)
    assert set(trunk.index_parts) == set(INDEX_PARTS)
    assert trunk.index == pytest.approx(sum(trunk.index_parts.values()))
    assert min(trunk.index_parts.values()) >= 0.0


def test_a_trunk_made_of_its_points_is_the_same() -> None:
    """Every measure reads the same from it."""
    trunk = drawn(left_waist=45.0, left_armpit_up=12.0)
    again = trunk.with_points(trunk.points)
    assert trunk_values(again) == trunk_values(trunk)


def test_perspective_widens_what_the_outline_shows() -> None:
    """Seen from above by a camera whose turn against the body is 10°: each value stays and its ± grows."""
    pose = replace(pose_of_figure(LEVEL), turn=Turn(10.0, 1.0))
    outline, knowledge = Silhouette(cover(50.0, 0.0), STRAIGHT, 1.0), load()
    planes = planes_of(pose, Perspective("profile", 900.0, (384.0, 512.0), 8.0, 2.0), 0.0)
    plain, known = (
        {one.key: one for one in complete(((), ()), pose, outline, find_vertical(0.0), knowledge, how)[0]}
        for how in (None, planes)
    )
    assert plain.keys() == known.keys() >= {"axilla_tilt", "waist_height_angle", "waist_asymmetry"}
    for key, one in known.items():
        assert one.value == plain[key].value
        assert one.sem == pytest.approx(np.hypot(plain[key].sem, one.perspective_sem))
        assert one.perspective_sem > 0.0, key


def test_without_a_gap_to_the_arm_nothing_is_read() -> None:
    """An arm that is not seen beside the waist, or touches it, is told with its side."""
    pose = pose_of_figure(LEVEL)
    outline = Silhouette(cover(60.0, 0.0, arm=False), STRAIGHT, 1.0)
    assert find_trunk(frame_of(pose, 0.0), outline, 0.0) == Reason("arm_touches_trunk", side=Side.LEFT)
    touching = Silhouette(np.maximum(cover(60.0, 0.0), cover(60.0, -190.0)), STRAIGHT, 1.0)
    found = find_trunk(frame_of(pose, 0.0), touching, 0.0)
    assert found == Reason("arm_touches_trunk", side=Side.LEFT)


def test_a_background_of_the_bodys_colour_measures_no_waist() -> None:
    """Where the edge beside the waist is hardly seen, it is told with its side."""
    pose, picture = pose_of_figure(LEVEL), cover(60.0, 0.0)
    contrast = np.full(picture.shape, 0.45)
    assert isinstance(find_trunk(frame_of(pose, 0.0), Silhouette(picture, STRAIGHT, 1.0, contrast), 0.0), Trunk)
    contrast[:, 384:] = 0.025
    found = find_trunk(frame_of(pose, 0.0), Silhouette(picture, STRAIGHT, 1.0, contrast), 0.0)
    assert found == Reason("background_like_waist", side=Side.LEFT)


def test_the_trunks_lines_lie_where_they_were_drawn() -> None:
    """In the photo's pixels: the midline half-way between both flanks, armpits and waist on them, left first."""
    pose, outline = pose_of_figure(LEVEL), Silhouette(cover(40.0, 0.0), STRAIGHT, 1.0)
    lines = trunk_lines(frame_of(pose, 0.0), outline, 0.0)
    assert lines is not None
    np.testing.assert_allclose(lines.waist[:, 0], [384.0 + 40.0, 384.0 - 60.0], atol=3.0)
    np.testing.assert_allclose(lines.waist[:, 1], 370.0, atol=6.0)
    at_waist = np.abs(lines.midline[:, 1] - 370.0).argmin()
    assert lines.midline[at_waist, 0] == pytest.approx(374.0, abs=2.0)
    assert lines.armpits[0, 0] > 384.0 > lines.armpits[1, 0]


def test_clothes_that_hang_free_show_no_waist() -> None:
    """Straight down from the armpits."""
    pose = pose_of_figure(LEVEL)
    picture = np.maximum(cover(60.0, 0.0), np.abs(np.arange(768) + 0.5 - 384.0) < 84.0)
    picture[500:] = 0.0
    found = find_trunk(frame_of(pose, 0.0), Silhouette(picture, STRAIGHT, 1.0), 0.0)
    assert found == Reason("no_waist")


def test_the_index_takes_the_shoulders_from_their_measured_tilt() -> None:
    """Not from the network's points, which lie nearer to level; its parts come along and add up."""
    pose = pose_of_figure(replace(LEVEL, view=View.BACK))
    outline = Silhouette(cover(60.0, 0.0, view=View.BACK), STRAIGHT, 1.0)
    knowledge, vertical = load(), find_vertical(0.0)
    tilted = graded(knowledge, "shoulder_tilt", Estimate(6.0, 0.5), vertical_effect=-1.0, sigma_deg=0.5, raw=None)
    parts = {}
    for name, taken in (("level", ()), ("tilted", (tilted,))):
        potsi = next(one for one in complete((taken, ()), pose, outline, vertical, knowledge)[0] if one.key == "potsi")
        assert potsi.value == pytest.approx(sum(value for _, value in potsi.components))
        parts[name] = dict(potsi.components)
    assert parts["level"]["hdi_shoulder"] == pytest.approx(0.0, abs=0.1)
    assert parts["tilted"]["hdi_shoulder"] > 8.0


def test_an_untrusted_outline_measures_nothing() -> None:
    """Every key is listed with the reason."""
    pose = pose_of_figure(replace(LEVEL, view=View.BACK))
    outline = Silhouette(cover(60.0, 0.0, view=View.BACK), STRAIGHT, 0.5)
    kept, missing = complete(((), ()), pose, outline, find_vertical(), load())
    assert kept == ()
    reasons = {one.key: sentence(one.reason) for one in missing if one.key not in SHOWN}
    assert set(reasons) == {key for key, views in TRUNK.items() if View.BACK in views}
    assert all("not clear" in reason for reason in reasons.values())


def taken(finder: Finder, photo: object) -> dict[str, Measurement]:
    """Measure what the outline of a photo shows."""
    pose = finder.find(photo).pose
    mask = finder.mask_of(photo, pose)
    assert mask is not None
    outline = cut_out(mask, FINE_HEIGHT_PX)
    return {one.key: one for one in complete(((), ()), pose, outline, find_vertical(), load())[0]}


@pytest.mark.parametrize("name", ["front", "back"])
def test_a_mirrored_photo_gives_mirrored_numbers(finder: Finder, samples: Path, name: str) -> None:
    """Through real pictures: tilts and asymmetry change their sign, the index does not."""
    photo = read(samples / f"{name}.jpg")
    here, there = taken(finder, photo), taken(finder, photo.mirrored())
    assert set(here) == set(there) == {key for key, views in TRUNK.items() if View(name) in views}
    for key, one in here.items():
        sign = 1.0 if key in ("potsi", "atsi") else -1.0
        assert there[key].value == pytest.approx(sign * one.value, abs=1e-6), key


def test_the_cross_body_sample_is_hollow_on_the_high_hip_side(finder: Finder, samples: Path) -> None:
    """The left hip of the sample person stands 5° higher, and the left waist is deeper, in front and from behind."""
    for name in ("front", "back"):
        assert taken(finder, read(samples / f"{name}.jpg"))["waist_asymmetry"].value > 10.0
