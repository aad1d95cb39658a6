"""Side measures: signs and zeros from stated figures, the near side only, mirrored photos, errors on other people."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posturecam.body import ORDER, Array, Landmark, Pose, View
from posturecam.body.geometry import rotate
from posturecam.errors.facts import Reason
from posturecam.knowledge import load
from posturecam.measures import MEASURES
from posturecam.measures.correction import MOST_SPREADS, Correction, corrections
from posturecam.measures.measurement import frame_of
from posturecam.measures.outline import CONTOUR, back_hidden, complete, edges_kept, outline_values
from posturecam.measures.side_edges import (
    ARCS,
    BACK,
    BACK_LEVELS,
    COUNT,
    FRONT,
    LEGS,
    along_room,
    before_ankle,
    edge_features,
    edge_places,
    longest_straight,
)
from posturecam.measures.side_view import PLAIN, corrected, near_landmark
from posturecam.picture.photo import read
from posturecam.picture.vertical import find_vertical
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.cutting import cut_out
from posturecam.text.sentences import sentence

SIZE = (768, 1024)
UPRIGHT = {
    "EAR": (0.0, 930.0),
    "EYE": (60.0, 930.0),
    "NOSE": (80.0, 920.0),
    "MOUTH": (60.0, 890.0),
    "SHOULDER": (0.0, 800.0),
    "ELBOW": (0.0, 650.0),
    "HIP": (0.0, 500.0),
    "KNEE": (0.0, 260.0),
    "ANKLE": (0.0, 30.0),
    "HEEL": (-30.0, 10.0),
    "FOOT_INDEX": (90.0, 5.0),
}
"""A body standing on one plumb line, seen from the side: forward and up, pixels."""

ALONE = {"craniovertebral_proxy", "shoulder_protraction", "head_pitch"}
"""Measures that the correction alone gives: their plain geometry is nothing."""


def side_pose(view: View, far: float = 0.0, roll_deg: float = 0.0, **moved: tuple[float, float]) -> Pose:
    """Put a body into a photo, the parts named moved there; ``far`` moves the other side's points, pixels."""
    points = np.full((len(ORDER), 2), 300.0 + far)
    forward = -1.0 if view is View.LEFT else 1.0
    for part, (x, y) in {**UPRIGHT, **moved}.items():
        spot = rotate(np.array([forward * x, -y]), roll_deg)
        points[ORDER[near_landmark(view, part)]] = spot + [SIZE[0] / 2, 1000.0]
    return Pose(points[None], np.ones(len(ORDER)), SIZE, view, "given", "test", "test", "0" * 64)


def plain(pose: Pose, key: str, roll_deg: float = 0.0) -> float:
    """Give the plain geometry of a measure, without the correction."""
    return float(PLAIN[key][0](frame_of(pose, roll_deg)).mean())


VIEWS = pytest.mark.parametrize("view", [View.LEFT, View.RIGHT])


@VIEWS
@pytest.mark.parametrize("key", sorted(set(PLAIN) - ALONE))
def test_a_body_on_one_plumb_line_measures_zero(view: View, key: str) -> None:
    """Before the correction every measure of a straight body is 0."""
    assert plain(side_pose(view), key) == pytest.approx(0.0, abs=1e-9)


FORWARD = {
    "ear_shoulder_angle": ({"EAR": (130.0, 930.0)}, 45.0),
    "ear_trunk_angle": ({"EAR": (130.0, 930.0)}, 45.0),
    "trunk_lean_side": ({"SHOULDER": (300.0, 800.0)}, 45.0),
    "hip_angle": ({"SHOULDER": (300.0, 800.0)}, 45.0),
    "knee_flex": ({"KNEE": (40.0, 260.0)}, 19.3),
    "body_lean_side": ({"EAR": (90.0, 930.0)}, 5.71),
    "ear_plumb_pct": ({"EAR": (90.0, 930.0)}, 10.0),
    "shoulder_plumb_pct": ({"SHOULDER": (90.0, 800.0)}, 10.0),
    "hip_plumb_pct": ({"HIP": (90.0, 500.0)}, 10.0),
    "knee_plumb_pct": ({"KNEE": (90.0, 260.0)}, 10.0),
    "pelvic_sway": ({"HIP": (90.0, 500.0)}, 10.0),
}


@VIEWS
@pytest.mark.parametrize("key", sorted(FORWARD))
def test_forward_is_positive_in_both_side_views(view: View, key: str) -> None:
    """Size and sign of one part moved forward."""
    moved, expected = FORWARD[key]
    assert plain(side_pose(view, **moved), key) == pytest.approx(expected, abs=0.06)


def test_every_side_measure_has_a_sign_test() -> None:
    """None is forgotten."""
    assert set(FORWARD) | ALONE == set(PLAIN)


@VIEWS
@pytest.mark.parametrize("key", sorted(PLAIN))
def test_the_far_side_does_not_count(view: View, key: str) -> None:
    """Wherever the far side's points lie, the numbers stay."""
    here, there = (corrected(key, frame_of(side_pose(view, far=far), 0.0)) for far in (0.0, 150.0))
    np.testing.assert_array_equal(here, there)


@VIEWS
def test_roll_is_taken_out_of_the_points(view: View) -> None:
    """Turned content, its roll stated, measures as before; unstated it goes one to one into the leans."""
    turned = side_pose(view, roll_deg=3.0)
    sign = 1.0 if view is View.LEFT else -1.0
    for key in ("trunk_lean_side", "body_lean_side"):
        assert plain(turned, key, 3.0) == pytest.approx(0.0, abs=1e-9)
        assert plain(turned, key, 0.0) == pytest.approx(3.0 * sign, abs=1e-9)
    assert plain(turned, "pelvic_sway") == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize("key", sorted(PLAIN))
def test_the_mirrored_pose_has_equal_numbers(key: str) -> None:
    """Left becomes right, forward stays forward."""
    pose = side_pose(View.LEFT, EAR=(40.0, 930.0), KNEE=(-20.0, 260.0))
    twin = pose.mirrored()
    assert twin.view is View.RIGHT
    np.testing.assert_allclose(corrected(key, frame_of(pose, 1.0)), corrected(key, frame_of(twin, -1.0)), atol=1e-9)


def test_a_missing_or_far_feature_does_not_run_away() -> None:
    """What was not found counts as usual, and what is far out counts as three spreads."""
    one = Correction(1.0, 0.0, np.array([2.0, 5.0]), np.zeros(2), np.ones(2))
    assert one.of(np.array([[np.nan, np.nan], [1e6, np.nan]])).tolist() == [1.0, 1.0 + 2.0 * MOST_SPREADS]


def test_the_corrections_are_whole() -> None:
    """Every side measure has one, with an error, for as many features as there are."""
    for evidence, count in (("points", 20), ("outline", 20 + COUNT + ARCS.size)):
        for key, one in corrections(evidence).items():
            assert one.weights.shape == one.mean.shape == one.spread.shape == (count,), key
            assert one.error > 0.0
    assert set(corrections("points")) == set(PLAIN)
    assert set(CONTOUR) <= set(corrections("outline"))


HIDDEN = {"seen": 0.1, "outside": None}


@pytest.mark.parametrize("how", sorted(HIDDEN))
def test_hidden_near_points_are_told(how: str) -> None:
    """The near ankle hidden or cut off: what needs it is unmeasured, with the reason; the rest stays."""
    pose = side_pose(View.RIGHT)
    row = ORDER[Landmark.RIGHT_ANKLE]
    if how == "seen":
        visibility = pose.visibility.copy()
        visibility[row] = 0.1
        pose = replace(pose, visibility=visibility)
    else:
        points = pose.points.copy()
        points[:, row, 1] = SIZE[1] + 50.0
        pose = replace(pose, points=points)
    knowledge, vertical = load(), find_vertical()
    taken = measured(pose)
    kept, missing = complete(taken, pose, None, vertical, knowledge)
    reasons = {one.key: sentence(one.reason) for one in missing}
    assert "right ankle" in reasons["knee_flex"]
    assert "trunk_lean_side" in {one.key for one in kept}
    assert "outline" in reasons["kyphosis_depth_pct"]


def test_a_back_that_something_covers_is_not_measured(finder: Finder, samples: Path) -> None:
    """A cape behind the back, and a wall of the shirt's colour: both are told; the back as it is measures."""
    pose, outline = cut(finder, samples / "left.jpg")
    assert back_hidden(pose, outline, 0.0) is None
    shift = round(0.08 * outline.cover.shape[0])
    cape = replace(outline, cover=np.maximum(outline.cover, np.roll(outline.cover, shift, axis=1)))
    assert back_hidden(pose, cape, 0.0) == Reason("back_outline_far")
    faint = replace(outline, contrast=np.zeros_like(outline.cover))
    assert back_hidden(pose, faint, 0.0) == Reason("background_like_back")


def test_edges_are_read_where_they_are() -> None:
    """A board 60 pixels behind the body's line and 40 before it: every edge of trunk and legs lies there."""
    pose = side_pose(View.RIGHT)
    frame, height = frame_of(pose, 0.0), 900.0
    middle = SIZE[0] / 2
    cover = np.zeros((SIZE[1], SIZE[0]))
    cover[:, int(middle) - 60 : int(middle) + 40] = 1.0
    board = Silhouette(cover, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 1.0)
    read_at = before_ankle(frame, edge_places(frame, board, 0.0))[0]
    behind, before = -60.0 / height * 100.0, 40.0 / height * 100.0
    half = LEGS.size // 2
    for where, expected in ((BACK, behind), (FRONT, before), (LEGS[:half], before), (LEGS[half:], behind)):
        np.testing.assert_allclose(read_at[where], expected, atol=0.06)


def test_the_depths_of_the_back_s_arcs() -> None:
    """A hollow of 3 % and a hump of 6 % of the chord's height are read as that; a straight back has neither."""
    frame = frame_of(side_pose(View.RIGHT), 0.0)
    height = 300.0 * (BACK_LEVELS[-1] - BACK_LEVELS[0])
    part = np.linspace(0.0, 1.0, BACK.size)
    places = np.full((1, COUNT, 2), np.nan)

    def arcs(off: Array) -> list[float]:
        """Give the depths under the longest chord of a back that lies so far forward of it, parts of its height."""
        places[0, BACK, 0] = 20.0 + 50.0 * part + off * height
        return [float(one) for one in edge_features(frame, places)[0, ARCS[:2]]]

    assert arcs(np.zeros(BACK.size)) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert arcs(np.where(part < 0.5, 0.03, -0.06) * np.sin(2.0 * np.pi * part) ** 2) == pytest.approx(
        [2.7, 5.4], abs=0.35
    )


def test_the_longest_straight_run() -> None:
    """A straight half is found in a bent edge; an edge that bends all along has none, and a gap ends a run."""
    levels = np.linspace(-1.0, 1.0, 61)
    first, last = longest_straight(np.where(levels < 0.0, 0.0, 8.0 * levels**2))
    assert first == 0
    assert last == pytest.approx(34, abs=3)
    assert np.ptp(longest_straight(8.0 * levels**2)) < 15
    assert longest_straight(3.0 + 2.0 * levels) == (0, 60)
    assert longest_straight(np.where(np.abs(levels) < 0.01, np.nan, levels)) == (0, 29)


def test_an_edge_of_the_room_is_not_the_body_s(finder: Finder, samples: Path) -> None:
    """A door frame in front does not count, one behind hides the back; the rest of the body's edges stays."""
    pose, outline = cut(finder, samples / "right.jpg")
    assert edges_kept(pose, outline, 0.0).all()
    assert back_hidden(pose, outline, 0.0) is None
    pose, outline = cut(finder, samples / "left.jpg")  # the mask reaches from the belly to the door frame
    kept = edges_kept(pose, outline, 0.0)
    assert kept[BACK].all()
    assert not kept[FRONT].any()
    assert back_hidden(pose, outline, 0.0) is None


@pytest.mark.parametrize(("name", "told"), [("left", True), ("right", False)])
def test_an_edge_of_the_room_in_front_is_told(finder: Finder, samples: Path, name: str, told: bool) -> None:  # noqa: FBT001
    """The picture shows the outline following the door frame; a note on the photo says that nothing rests on it."""
    assessment = assess_photo(read(samples / f"{name}.jpg"), finder, Settings(passes=2), load())
    concluded = assessment.conclusion.notes
    own = assessment.notes[: len(assessment.notes) - len(concluded)]
    assert any("straight edge of the room" in str(note) for note in own) is told
    assert (*own, *concluded) == assessment.notes


@VIEWS
def test_a_straight_back_is_the_body_s_unless_the_edge_goes_on(view: View) -> None:
    """A board as flat as a board before a plain wall is measured; where its edge goes on above, it is the room's."""
    pose = side_pose(view)
    frame, middle = frame_of(pose, 0.0), SIZE[0] // 2
    top, low = 150, 1010
    cover, steps = np.zeros((2, SIZE[1], SIZE[0]))
    cover[top:low, middle - 60 : middle + 60] = 1.0
    behind = middle - 60 if view is View.RIGHT else middle + 60
    steps[top:low, behind - 2 : behind + 2] = 20.0
    board = Silhouette(cover, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 1.0, None, steps)
    assert not along_room(frame, board, 0.0, "back")
    going_on = steps.copy()
    going_on[:top, behind - 2 : behind + 2] = 15.0
    assert along_room(frame, replace(board, steps=going_on), 0.0, "back")
    assert not along_room(frame, replace(board, steps=going_on), 0.0, "front")
    assert not along_room(frame, replace(board, steps=None), 0.0, "back")


def cut(finder: Finder, path: Path) -> tuple[Pose, Silhouette]:
    """Find a person and their outline."""
    photo = read(path)
    pose = finder.find(photo, FinderOptions(passes=2)).pose
    mask = finder.mask_of(photo, pose)
    assert mask is not None
    return pose, cut_out(mask)


def measured(pose: Pose) -> Any:
    """Take every measure from the points."""
    from posturecam.measures.measurement import measure

    return measure(pose, MEASURES, find_vertical(), load())


def found(finder: Finder, photo: Any) -> dict[str, Array]:
    """Measure a photo with its outline; (S,) values by key."""
    pose = finder.find(photo).pose
    mask = finder.mask_of(photo, pose)
    assert mask is not None
    frame = frame_of(pose, 0.0)
    return {key: corrected(key, frame) for key in PLAIN} | {
        f"{key} with the outline": samples for key, samples in outline_values(pose, cut_out(mask), 0.0).items()
    }


@pytest.mark.parametrize("name", ["left", "right"])
def test_a_mirrored_side_photo_has_equal_numbers(finder: Finder, samples: Path, name: str) -> None:
    """Through real pictures, the outline included."""
    photo = read(samples / f"{name}.jpg")
    here, there = found(finder, photo), found(finder, photo.mirrored())
    assert set(here) == set(there) >= set(PLAIN) | {f"{key} with the outline" for key in CONTOUR}
    for key, samples_here in here.items():
        np.testing.assert_allclose(samples_here.mean(), there[key].mean(), atol=1e-6, err_msg=key)


def test_a_mirrored_side_photo_is_a_right_side_with_the_same_result(finder: Finder, samples: Path) -> None:
    """The whole story: the other view; the same numbers, intervals and findings."""
    photo = read(samples / "left.jpg")
    here, there = (assess_photo(one, finder, Settings(passes=4), load()) for one in (photo, photo.mirrored()))
    assert (here.pose.view, there.pose.view) == (View.LEFT, View.RIGHT)
    for one, twin in zip(here.measurements, there.measurements, strict=True):
        assert one.key == twin.key
        for part in ("value", "low", "high", "sem"):
            assert getattr(one, part) == pytest.approx(getattr(twin, part), abs=1e-9), (one.key, part)
    assert [(one.pattern, one.verdict) for one in here.findings] == [
        (one.pattern, one.verdict) for one in there.findings
    ]


@pytest.mark.slow
def test_side_measures_on_people_they_were_not_learned_on(phantoms: list[dict[str, Any]]) -> None:
    """The promised errors, on all side views of the phantoms."""
    from benchmarks.side_view import LEAST_AUC, LEAST_RANK, MOST_MAE, accuracy
    from calibration.side_offsets import read_side_cases

    lines = {what: value for what, value, _ in accuracy(read_side_cases(phantoms[0]["path"].parent))}
    for key, most in MOST_MAE.items():
        assert next(value for what, value in lines.items() if what.startswith(f"{key}: MAE of")) <= most, key
    for key, least in LEAST_RANK.items():
        assert lines[f"{key}: rank correlation"] >= least
    for key in LEAST_AUC:
        assert next(value for what, value in lines.items() if what.startswith(f"{key}: AUC")) >= 0.85


def test_the_table_of_side_patterns_says_what_a_photo_hides() -> None:
    """A knee locked back by 9° is found from its angle; read as 3° by the photo it is hidden, and the line says so."""
    from calibration.side_patterns import ALONE, BOTH, HIDDEN, NEITHER, Seen, findings, hidden

    knowledge, rest = load(), {"pelvic_sway": (2.5, 0.1), "knee_plumb_pct": (-2.0, 0.1)}
    locked, missed = (
        findings({"knee_flex": (knee, error), **rest}, View.LEFT, knowledge)
        for knee, error in ((-9.0, 0.1), (-3.0, 2.0))
    )
    pairs = ((locked, locked), (missed, locked), (locked, missed), (missed, missed))
    assert [Seen("photo", *pair).mark("P25") for pair in pairs] == [BOTH, HIDDEN, ALONE, NEITHER]
    assert "knee_flex -3.0 for -9.0" in hidden(Seen("photo", missed, locked), "P25")
