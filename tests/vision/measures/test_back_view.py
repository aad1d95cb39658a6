"""What a back photo shows beside the outline: drawn furrows and heels come back, what is not shown is not measured."""

import json
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from calibration.back_lines import rearfoot_truth, spine_beside_chord
from numpy.typing import NDArray

from posturecam.body import ORDER, Landmark, Pose, Side, View
from posturecam.errors.facts import Reason
from posturecam.knowledge import load
from posturecam.measures.back_measures import HALVES, HEELS, SHOWN, from_behind
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import Measurement, Unmeasured, graded, mean_frame
from posturecam.measures.outline import complete
from posturecam.measures.rearfoot import COUNT, eversion, heel_features
from posturecam.measures.spine_line import (
    LOWER,
    NECK,
    PARTS,
    SACRUM,
    UPPER,
    WHOLE,
    beside_chord,
    curve_error,
    curves,
    line_features,
)
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.picture.vertical import find_vertical
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.behind import LEVELS, Behind, Furrow
from posturecam.poses.silhouette.furrow import find_furrow
from posturecam.poses.silhouette.lower_legs import lower_legs
from posturecam.poses.silhouette.skin import bare_lower_legs
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.reports.drawing.canvas import ON_PHOTO, Canvas
from posturecam.reports.drawing.marks import furrow_of, heels
from posturecam.reports.drawing.scene import Scene
from posturecam.text.sentences import sentence
from repository import ROOT

LEVEL = Figure(height_px=700.0, size_px=(768, 1024), view=View.BACK)
POSE, KNOWLEDGE = pose_of_figure(LEVEL), load()
STRAIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
MIDDLE, HIPS_ROW, SHOULDERS_ROW = 384.0, 463.0, 246.0
SKIN = np.array([200.0, 160.0, 130.0])

PHOTOS = ROOT / "calibration" / "back_people" / "photos"
COVERED = Reason("back_covered")
FURROWS = {"back_008": "C-shaped to the right", "back_015": "to the left"}
NO_FURROW = {"back_003": "a bra and shorts", "back_042": "a smooth back"}

Grid = NDArray[np.float64]


def grid() -> tuple[Grid, Grid]:
    """Rows and columns of the picture, at the middles of its pixels."""
    rows, columns = np.mgrid[0:1024, 0:768] + 0.5
    return rows, columns


def bow(rows: Grid, size_px: float) -> Grid:
    """How far a line up the back is bowed, largest half-way up."""
    part = np.clip((HIPS_ROW - rows) / (HIPS_ROW - SHOULDERS_ROW), 0.0, 1.0)
    return np.asarray(size_px * np.sin(np.pi * part))


def back(light: Grid) -> Photo:
    """Paint a bare back of that brightness, 1 = plain skin; trunk, arms and the wall have the same colour."""
    return from_pixels(np.clip(np.rint(SKIN * light[..., None]), 0, 255).astype(np.uint8))


def outline() -> Silhouette:
    """A trunk of 84 pixels to either side."""
    rows, columns = grid()
    body = (np.abs(columns - MIDDLE) < 84.0) & (rows > SHOULDERS_ROW - 16.0) & (rows < HIPS_ROW + 40.0)
    return Silhouette(body.astype(np.float64), STRAIGHT, 1.0)


def furrowed(bow_px: float, width_px: float = 4.0, deep: float = 0.12) -> Photo:
    """A dark line up the back, bowed towards the picture's left where ``bow_px`` > 0."""
    rows, columns = grid()
    off = columns - MIDDLE + bow(rows, bow_px)
    return back(1.0 - deep * np.exp(-((off / width_px) ** 2) / 2.0))


def seen(furrow: Furrow | str, pose: Pose = POSE) -> Behind:
    """What was seen of a back, without lower legs."""
    return Behind(pose, furrow, None, frozenset())


@pytest.mark.parametrize("bow_px", [0.0, 12.0, -12.0])
def test_a_drawn_furrow_is_followed(bow_px: float) -> None:
    """To a pixel, and near its ends to two and a half: there the way is drawn towards the middle."""
    found = find_furrow(furrowed(bow_px), POSE, outline())
    assert isinstance(found, Furrow), found
    off = np.abs(found.points[:, 0] - MIDDLE + bow(found.points[:, 1], bow_px))
    assert off[:-2].max() < 1.2
    assert off.max() < 2.5


@pytest.mark.parametrize("towards", [1.0, -1.0])
def test_light_from_the_side_is_followed_too(towards: float) -> None:
    """A bright and a dark line beside each other: the furrow runs between them."""
    rows, columns = grid()
    off = (columns - MIDDLE + bow(rows, 10.0)) / 4.0
    found = find_furrow(back(1.0 + 0.1 * towards * off * np.exp(-(off**2) / 2.0)), POSE, outline())
    assert isinstance(found, Furrow), found
    beside = found.points[:, 0] - MIDDLE + bow(found.points[:, 1], 10.0)
    assert np.ptp(beside) < 3.0, "the same place of the pattern all the way"
    assert np.abs(beside).max() < 6.0


NOT_FURROWS = {
    "plain skin": lambda _rows, _columns: np.ones((1024, 768)),
    "a broad hollow": lambda _rows, columns: 1.0 - 0.15 * np.exp(-(((columns - MIDDLE) / 30.0) ** 2) / 2.0),
    "light from one side": lambda _rows, columns: 0.7 + 0.3 * np.clip((columns - 300.0) / 168.0, 0.0, 1.0),
    "a line half-way up": lambda rows, columns: (
        1.0 - 0.12 * np.exp(-(((columns - MIDDLE) / 4.0) ** 2) / 2.0) * (rows > 360.0)
    ),
}


@pytest.mark.parametrize("grain", [0.0, 0.01], ids=["drawn", "grainy"])
@pytest.mark.parametrize("name", NOT_FURROWS)
def test_what_is_no_furrow_is_not_followed(name: str, grain: float) -> None:
    """However it is lit, and without any grain too."""
    noise = np.random.default_rng(5).normal(0.0, grain, (1024, 768))
    found = find_furrow(back(NOT_FURROWS[name](*grid()) + noise), POSE, outline())
    assert found == Reason("no_clear_furrow")


def test_a_seam_on_a_shirt_is_no_furrow() -> None:
    """The same line, but the trunk is blue and the arms are not."""
    pixels = furrowed(10.0).pixels.copy()
    pixels[200:520, 290:478] = (pixels[200:520, 290:478] * [0.4, 0.6, 1.2]).clip(0, 255).astype(np.uint8)
    assert find_furrow(from_pixels(pixels), POSE, outline()) == COVERED


NOT_SKIN = {"a grey photo": [1.0, 1.0, 1.0], "blue from wrist to wrist": [0.4, 0.6, 1.2]}


@pytest.mark.parametrize("name", NOT_SKIN)
def test_what_has_no_colour_of_skin_is_not_bare(name: str) -> None:
    """Back and arms have one colour, but not that of any skin."""
    light = furrowed(10.0).pixels.mean(axis=-1, keepdims=True)
    pixels = (light * NOT_SKIN[name]).clip(0, 255).astype(np.uint8)
    assert find_furrow(from_pixels(pixels), POSE, outline()) == COVERED
    assert not bare_lower_legs(from_pixels(pixels), POSE)


def without(*names: str) -> Pose:
    """The figure, these points not found."""
    points = POSE.points.copy()
    points[:, [ORDER[Landmark(name)] for name in names]] = np.nan
    return replace(POSE, points=points)


LOST = {
    "hips": ("left_hip", "right_hip"),
    "a shoulder": ("left_shoulder",),
    "arms": ("left_elbow", "right_elbow", "left_wrist", "right_wrist"),
    "feet": ("left_ankle", "right_heel"),
    "everything": tuple(one.value for one in ORDER),
}


@pytest.mark.parametrize("name", LOST)
def test_lost_points_are_no_traceback(name: str) -> None:
    """What rests on them is unmeasured, each key once."""
    photo, pose = furrowed(10.0), without(*LOST[name])
    found = Behind(
        pose,
        find_furrow(photo, pose, outline()),
        lower_legs(photo, pose, outline()),
        bare_lower_legs(photo, pose),
    )
    measured, missing = from_behind(((), (Unmeasured(WHOLE, Reason("no_outline")),)), found, outline(), 0.0, KNOWLEDGE)
    keys = [one.key for one in (*measured, *missing)]
    assert sorted(keys) == sorted((WHOLE, *SHOWN))
    if name in ("hips", "a shoulder", "arms", "everything"):
        assert set(HALVES) <= {one.key for one in missing}


def test_what_is_outside_the_picture_is_not_measured() -> None:
    """The hips below the picture's lower edge: neither half, and no whole either, whatever was followed."""
    cropped = replace(POSE, size_px=(768, 440))
    furrow = find_furrow(furrowed(10.0), POSE, outline())
    measured, missing = from_behind(((), ()), seen(furrow, cropped), outline(), 0.0, KNOWLEDGE)
    assert not measured
    assert {sentence(one.reason) for one in missing if one.key in HALVES} == {"left hip outside the picture"}


def test_a_mirrored_back_is_followed_alike() -> None:
    """The same place to a thousandth of a pixel, and curves of the other sign, exactly as large."""
    photo, figure = furrowed(12.0), pose_of_figure(replace(LEVEL, hip_tilt=3.0, shoulder_tilt=-2.0))
    here = find_furrow(photo, figure, outline())
    there = find_furrow(photo.mirrored(), figure.mirrored(), outline().mirrored(768.0))
    assert isinstance(here, Furrow)
    assert isinstance(there, Furrow)
    np.testing.assert_allclose(there.mirrored(768.0).points, here.points, atol=1e-3)
    taken = {"hip_tilt": 3.0, "shoulder_tilt": -2.0, "trunk_lean": 0.5, WHOLE: 1.0}
    other = {key: -value for key, value in taken.items()}
    same = curves(beside_chord(line_features(figure, here, outline(), taken)))
    turned = curves(
        beside_chord(line_features(figure.mirrored(), here.mirrored(768.0), outline().mirrored(768.0), other))
    )
    for key, value in same.items():
        assert turned[key] == pytest.approx(-value, abs=1e-9)


def spine(bow_px: float, second_px: float = 0.0) -> dict[str, float]:
    """Curves of a spine between sacrum and neck, bowed towards the subject's left, or below to it and above from it."""
    low, high = np.array([MIDDLE, HIPS_ROW]), np.array([MIDDLE, SHOULDERS_ROW])
    part = (LEVELS - SACRUM) / (NECK - SACRUM)
    off = bow_px * np.sin(np.pi * part) + second_px * np.sin(2.0 * np.pi * part)
    points = low + LEVELS[:, None] * (high - low) - off[:, None] * np.array([1.0, 0.0])
    return curves(beside_chord(line_features(POSE, Furrow(points, 1.0, 0.0), outline(), {})))


def test_a_c_and_an_s_are_told_apart() -> None:
    """A C bends both halves to one side, an S each to another; from behind the picture's left is the subject's."""
    c_left, s = spine(12.0), spine(0.0, 12.0)
    assert min(c_left.values()) > 0.5
    assert s[LOWER] > 1.0
    assert s[UPPER] < -1.0
    assert spine(-12.0)[WHOLE] == pytest.approx(-c_left[WHOLE])
    assert all(value == pytest.approx(0.0, abs=0.3) for value in spine(0.0).values())


def test_halves_part_at_the_middle_of_the_chord() -> None:
    """The largest distance of each half, with its sign."""
    beside = np.where(PARTS < 0.5, -1.0, 2.0) * np.sin(2.0 * np.pi * PARTS) ** 2
    told = curves(beside)
    assert told[LOWER] == pytest.approx(beside[PARTS < 0.5].min())
    assert told[UPPER] == told[WHOLE] == pytest.approx(beside.max())


def leg(tipped_deg: float) -> Silhouette:
    """A left leg from behind, the picture's left: its heel below the ankle leads outwards by an angle."""
    knee, ankle = (POSE.mean[ORDER[Landmark[f"LEFT_{part}"]]] for part in ("KNEE", "ANKLE"))
    out = np.array([-np.sin(np.radians(tipped_deg)), np.cos(np.radians(tipped_deg))])
    picture = np.zeros((4096, 3072), np.uint8)
    for start, end, width in ((knee, ankle, 120), (ankle, ankle + 26.0 * out, 110)):
        ends = [tuple(round(4.0 * value) for value in point) for point in (start, end)]
        cv2.line(picture, *ends, 255, width)
    small = cv2.resize(picture, (768, 1024), interpolation=cv2.INTER_AREA) / 255.0
    return Silhouette(np.asarray(small, dtype=np.float64), STRAIGHT, 1.0)


def test_a_heel_that_tips_further_reads_further() -> None:
    """Degree by degree: what a learned correction makes of a drawn leg has the right sign and about the right slope."""
    mean = mean_frame(POSE, 0.0)
    read = []
    for tipped in (-8.0, 0.0, 8.0, 16.0):
        features = heel_features(mean, leg(tipped), 0.0, Side.LEFT)
        assert features is not None
        assert features.shape == (COUNT,)
        read.append(eversion(features))
    assert np.all(np.diff(read) > 1.0)
    assert heel_features(mean, leg(0.0), 0.0, Side.RIGHT) is None, "there is no right leg in the picture"


def test_a_foot_at_the_pictures_edge_is_no_heel() -> None:
    """Cut off at the sole, the picture's own edge is no sole."""
    whole, mean = leg(8.0), mean_frame(POSE, 0.0)
    low = int(POSE.mean[ORDER[Landmark.LEFT_ANKLE]][1]) + 10
    assert heel_features(mean, whole, 0.0, Side.LEFT) is not None
    assert heel_features(mean, replace(whole, cover=whole.cover[:low]), 0.0, Side.LEFT) is None


def test_a_heel_of_the_floors_colour_is_not_measured() -> None:
    """The outline is the same, but inside and outside look alike along it."""
    seen_well, mean = leg(8.0), mean_frame(POSE, 0.0)
    for shade, measured in ((0.3, True), (0.05, False)):
        legs = replace(seen_well, contrast=np.full(seen_well.cover.shape, shade))
        assert (heel_features(mean, legs, 0.0, Side.LEFT) is not None) is measured


def test_lower_legs_are_cut_from_the_knees_to_the_floor() -> None:
    """Both legs of the figure, from its own pixels; none where they are too small."""
    rows, columns = grid()
    body = np.zeros((1024, 768))
    for side in ("LEFT", "RIGHT"):
        ankle = POSE.mean[ORDER[Landmark[f"{side}_ANKLE"]]]
        body[(np.abs(columns - ankle[0]) < 18.0) & (rows < ankle[1] + 25.0) & (rows > 400.0)] = 1.0
    photo = from_pixels(np.where(body[..., None] > 0, SKIN, [60.0, 90.0, 60.0]).astype(np.uint8))
    found = lower_legs(photo, POSE, Silhouette(body, STRAIGHT, 1.0))
    assert found is not None
    ankle = POSE.mean[ORDER[Landmark.LEFT_ANKLE]]
    for sign in (1.0, -1.0):
        assert found.reach(ankle[None], np.array([sign, 0.0]), 60.0)[0] == pytest.approx(18.0, abs=1.0)
    assert lower_legs(photo, replace(POSE, points=POSE.points * 0.3), Silhouette(body, STRAIGHT, 1.0)) is None


def test_nothing_is_measured_without_the_photo_or_with_a_doubtful_outline() -> None:
    """Each key with its reason; a front view says nothing of them."""
    reasons = {
        "not looked at": from_behind(((), ()), None, outline(), 0.0, KNOWLEDGE),
        "not clear": from_behind(((), ()), seen("hidden"), replace(outline(), agreement=0.5), 0.0, KNOWLEDGE),
    }
    for reason, (measured, missing) in reasons.items():
        assert not measured
        assert {one.key for one in missing} == set(SHOWN)
        assert all(reason in sentence(one.reason) for one in missing)
    front = pose_of_figure(replace(LEVEL, view=View.FRONT))
    assert not {one.key for one in complete(((), ()), front, outline(), find_vertical(), KNOWLEDGE)[1]} & set(SHOWN)


def test_what_is_not_shown_says_why() -> None:
    """The furrow's own reason for both halves, the legs' for both heels."""
    _measured, missing = from_behind(((), ()), seen(Reason("no_clear_furrow")), outline(), 0.0, KNOWLEDGE)
    told = {one.key: sentence(one.reason) for one in missing}
    assert {told[key] for key in HALVES} == {"the back shows no clear furrow"}
    assert {told[key] for key in HEELS.values()} == {"the lower legs are too small in the picture"}


@pytest.mark.parametrize(("own_sem", "taken_over"), [(0.5, False), (5.0, True)])
def test_the_whole_curve_is_told_by_what_knows_it_better(own_sem: float, *, taken_over: bool) -> None:
    """The furrow takes the place of the points' curve where its error is smaller, and keeps what they said as raw."""
    assert 0.5 < curve_error(WHOLE) < 5.0
    furrow = find_furrow(furrowed(12.0), POSE, outline())
    own = graded(KNOWLEDGE, WHOLE, Estimate(0.1, own_sem), vertical_effect=0.0, sigma_deg=0.0, raw=0.3)
    taken = from_behind(((own,), ()), seen(furrow), outline(), 0.0, KNOWLEDGE)[0]
    told: dict[str, Measurement] = {one.key: one for one in taken}
    assert set(told) == {WHOLE, *HALVES}
    assert (told[WHOLE] != own) is taken_over
    assert told[WHOLE].raw == 0.3
    if taken_over:
        assert told[WHOLE].value > 1.0
        assert told[WHOLE].sem == curve_error(WHOLE)


@cache
def true_images() -> dict[str, dict[str, object]]:
    """The truth of the photos in the repository."""
    return {one["id"]: one for one in json.loads((PHOTOS / "truth.json").read_text(encoding="utf-8"))["images"]}


@pytest.fixture(scope="module")
def measured(finder: Finder) -> dict[str, Assessment]:
    """Every photo as a user measures it."""
    return {
        name: assess_photo(read(PHOTOS / f"{name}.jpg"), finder, Settings(), KNOWLEDGE, outline=True)
        for name in true_images()
    }


@pytest.mark.parametrize("name", FURROWS)
def test_a_furrow_in_a_photo_gives_both_halves(measured: dict[str, Assessment], name: str) -> None:
    """Within one and a half of the stated ±, and to the right side where the truth is far from straight."""
    true = curves(spine_beside_chord(true_images()[name]))
    for key in HALVES:
        one = measured[name][key]
        assert abs(one.value - true[key]) < 1.5 * (one.high - one.value)
        if abs(true[key]) > 2.5:
            assert np.sign(one.value) == np.sign(true[key])


@pytest.mark.parametrize("name", NO_FURROW)
def test_no_furrow_is_invented(measured: dict[str, Assessment], name: str) -> None:
    """Both halves are unmeasured, with a reason; the whole curve is the points' own."""
    reasons = {one.key: sentence(one.reason) for one in measured[name].unmeasured}
    assert all(reasons[key] for key in HALVES)
    assert measured[name][WHOLE].sem != curve_error(WHOLE)


def test_heels_in_photos_lie_near_their_true_angle(measured: dict[str, Assessment]) -> None:
    """Five of six intervals hold the truth at least, and heels that tip far apart are told apart."""
    held, sides = [], {}
    for name, image in true_images().items():
        for side, true in rearfoot_truth(image).items():
            told = {one.key: one for one in measured[name].measurements}
            if HEELS[side] not in told:
                continue
            one = told[HEELS[side]]
            held.append(one.low <= true <= one.high)
            sides[name, side] = one.value
    assert len(held) == 6, "one person's skin has the floor's colour"
    assert sum(held) >= 5
    assert sides["back_003", Side.LEFT] - sides["back_003", Side.RIGHT] > 10.0
    assert sides["back_015", Side.RIGHT] - sides["back_015", Side.LEFT] > 10.0


def test_both_are_drawn(measured: dict[str, Assessment]) -> None:
    """The furrow's own line and both heels, from the ankle outwards at their angle."""
    photo = read(PHOTOS / "back_015.jpg")
    scene = Scene(Canvas(photo.pixels, ON_PHOTO), measured["back_015"], 1.0)
    line = furrow_of(scene)
    assert line is not None
    seen = measured["back_015"].behind
    assert seen is not None
    assert isinstance(seen.furrow, Furrow)
    np.testing.assert_allclose(line, seen.furrow.points)
    spots = dict(heels(scene))
    ankle = measured["back_015"].pose.mean[ORDER[Landmark.RIGHT_ANKLE]]
    assert spots[HEELS[Side.RIGHT]][0] > ankle[0], "the right heel tips outwards below: to the picture's right"
    assert spots[HEELS[Side.RIGHT]][1] > ankle[1]


def test_the_truth_of_a_foot_follows_how_it_was_turned() -> None:
    """Where no angle is stated: the maker's ``pronation`` lifts the inner edge, so the heel tips as far outwards."""
    image = true_images()["back_003"]
    untold = {key: value for key, value in image.items() if key != "rearfoot"}
    pose = untold["pose"]
    assert isinstance(pose, dict)
    level = rearfoot_truth(untold)
    turned = rearfoot_truth(untold | {"pose": pose | {"pronation_L": 6.0, "pronation_R": 6.0}})
    for side in (Side.LEFT, Side.RIGHT):
        assert turned[side] - level[side] == pytest.approx(-6.0, abs=0.5)
    assert rearfoot_truth(image)[Side.LEFT] == pytest.approx(12.2, abs=0.1)
