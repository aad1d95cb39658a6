"""The finder: the mirror image gives the mirrored pose, one person is chosen among several, views are settled."""

from pathlib import Path

import numpy as np
import pytest

from posturecam.body import MIRROR, View
from posturecam.errors import NobodyFound, SettingsError
from posturecam.measures import MEASURES
from posturecam.measures.measurement import frame_of, mirrored_key
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.ensemble import turn_of, warps, whole_passes
from posturecam.poses.facing import Chances, contradiction, decided, view_of
from posturecam.poses.finder import Finder
from posturecam.poses.mediapipe_pose import Detection

BY_KEY = {one.key: one for one in MEASURES}


@pytest.mark.parametrize("name", ["front", "back", "level"])
def test_a_mirrored_photo_gives_the_mirrored_result(finder: Finder, samples: Path, name: str) -> None:
    """Through real pictures: every measure with the opposite sign, or on the other side, to 1e-6."""
    photo = read(samples / f"{name}.jpg")
    here, there = finder.find(photo).pose, finder.find(photo.mirrored()).pose
    np.testing.assert_allclose(there.mirrored().mean, here.mean, atol=1e-7)
    assert there.view is here.view
    assert there.turn is not None
    assert here.turn is not None
    assert there.turn.value_deg == pytest.approx(-here.turn.value_deg, abs=1e-6)
    for key, one in BY_KEY.items():
        if here.view in one.views:
            sign = -1.0 if mirrored_key(key) == key else 1.0
            twin = BY_KEY[mirrored_key(key)].compute(frame_of(there, 0.0)).mean()
            assert one.compute(frame_of(here, 0.0)).mean() == pytest.approx(sign * twin, abs=1e-6), key


def test_a_mirrored_side_photo_shows_the_other_side(finder: Finder, samples: Path) -> None:
    """Left becomes right, and the points are the same."""
    photo = read(samples / "left.jpg")
    here, there = finder.find(photo).pose, finder.find(photo.mirrored()).pose
    assert (here.view, there.view) == (View.LEFT, View.RIGHT)
    np.testing.assert_allclose(there.mirrored().mean, here.mean, atol=1e-7)


@pytest.mark.parametrize("view", ["front", "back", "left", "right"])
def test_views_are_found(finder: Finder, samples: Path, view: str) -> None:
    """The four samples show what their names say."""
    assert finder.find(read(samples / f"{view}.jpg"), FinderOptions(passes=2)).pose.view is View(view)


def test_the_same_photo_gives_the_same_answer(finder: Finder, samples: Path) -> None:
    """Nothing is left to chance."""
    photo = read(samples / "front.jpg")
    np.testing.assert_array_equal(finder.find(photo).pose.points, finder.find(photo).pose.points)


@pytest.mark.parametrize(("asked", "made"), [(1, 1), (2, 2), (3, 4), (7, 8), (8, 8)])
def test_odd_numbers_of_passes_are_rounded_up(finder: Finder, samples: Path, asked: int, made: int) -> None:
    """The set of passes must be closed under mirroring; a single pass has no mirror and says so."""
    assert whole_passes(asked) == made
    pose = finder.find(read(samples / "level.jpg"), FinderOptions(passes=asked)).pose
    assert pose.passes == made
    assert pose.mirrored_passes == (made > 1)


def two_people(samples: Path) -> Photo:
    """A large person on the right and a smaller one on the left."""
    large = read(samples / "front.jpg").pixels
    small = large[::2, ::2]
    canvas = np.full((large.shape[0], 1300, 3), 190, np.uint8)
    canvas[-small.shape[0] :, 60 : 60 + small.shape[1]] = small
    canvas[:, -large.shape[1] :] = large
    return from_pixels(canvas, "two")


@pytest.mark.parametrize(("whom", "chosen"), [("largest", 1), ("1", 0), ("2", 1), ("center", 1)])
def test_a_person_can_be_chosen(finder: Finder, samples: Path, whom: str, chosen: int) -> None:
    """By size, by place, or by number from the left."""
    seen = finder.find(two_people(samples), FinderOptions(passes=2, person=whom))
    assert len(seen.boxes) == 2
    assert seen.chosen == chosen
    middle = seen.pose.mean[:, 0].mean()
    assert (middle > 600) == (chosen == 1)


def test_nobody_and_nobody_of_that_number(finder: Finder, samples: Path) -> None:
    """One clear line each, with what to change."""
    with pytest.raises(NobodyFound, match="whole body"):
        finder.find(from_pixels(np.full((400, 300, 3), 128, np.uint8), "wall"))
    with pytest.raises(NobodyFound, match="only 1 found"):
        finder.find(read(samples / "level.jpg"), FinderOptions(passes=2, person="3"))
    with pytest.raises(SettingsError, match="largest, center"):
        finder.find(read(samples / "level.jpg"), FinderOptions(passes=2, person="tallest"))


def test_a_front_photo_is_refused_as_a_back_view(finder: Finder, samples: Path) -> None:
    """A face is plainly seen."""
    with pytest.raises(SettingsError, match="shows a face"):
        finder.find(read(samples / "front.jpg"), FinderOptions(passes=2, view=View.BACK))


CONTRARY = [
    ("front", View.LEFT, "the front, not the left side"),
    ("left", View.RIGHT, "the left side, not the right side"),
    ("right", View.BACK, "the right side, not the back"),
]


@pytest.mark.parametrize(("name", "view", "why"), CONTRARY, ids=[f"{name} as {view}" for name, view, _ in CONTRARY])
def test_a_view_that_what_is_seen_contradicts_is_refused(
    finder: Finder, samples: Path, name: str, view: View, why: str
) -> None:
    """With what the photo shows."""
    with pytest.raises(SettingsError, match=why):
        finder.find(read(samples / f"{name}.jpg"), FinderOptions(passes=2, view=view))


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_where_no_face_tells_the_users_word_decides_which_side_is_left(view: View) -> None:
    """Passes that saw a back: called a front, left and right are exchanged, whatever the chance."""
    points = np.arange(66.0).reshape(33, 2)
    seen = Detection(points, np.ones(33), 175.0)
    decision = decided([seen], Chances(lambda _: 0.01, lambda _: 0.5, face=-9.0), view, "photo")
    np.testing.assert_array_equal(decision.detections[0].points, points if view is View.BACK else points[MIRROR])
    assert decision.view is view
    assert decision.probability == pytest.approx(0.99 if view is View.BACK else 0.01)


@pytest.mark.parametrize(
    ("facing", "chance", "view", "turned"),
    [
        (175.0, 0.999, View.FRONT, True),
        (175.0, 0.6, View.FRONT_OR_BACK, True),
        (175.0, 0.001, View.BACK, False),
        (5.0, 0.9, View.FRONT_OR_BACK, False),
        (-88.0, 0.001, View.LEFT, False),
        (-88.0, 0.5, View.LEFT_OR_RIGHT, True),
        (45.0, 0.5, View.OBLIQUE, False),
    ],
)
def test_what_is_not_sure_is_asked(facing: float, chance: float, view: View, *, turned: bool) -> None:
    """Between the limits the view is one of two, and the points stand as a front or right view would have them."""
    points = np.arange(66.0).reshape(33, 2)
    found = decided(
        [Detection(points, np.ones(33), facing)], Chances(lambda _: chance, lambda _: chance, -9.0), None, ""
    )
    assert found.view is view
    np.testing.assert_array_equal(found.detections[0].points, points[MIRROR] if turned else points)
    assert found.probability is None or found.probability >= 0.5


def test_a_body_half_turned_may_be_called_by_either_neighbour() -> None:
    """At 45° nothing speaks plainly against front or side; the other side stays refused."""
    seen = Detection(np.zeros((33, 2)), np.ones(33), -45.0)
    chances = ((View.FRONT, 0.9), (View.LEFT, 0.99), (View.RIGHT, 0.01))
    assert [contradiction([seen], 5.0, view, chance) is None for view, chance in chances] == [True, True, False]


def test_directions_of_the_chest() -> None:
    """Names and small turns, on either side of the seam at 180°."""
    assert [view_of(angle) for angle in (5, -175, 178, -90, 100, 45)] == [
        View.FRONT,
        View.BACK,
        View.BACK,
        View.LEFT,
        View.RIGHT,
        View.OBLIQUE,
    ]
    assert turn_of(View.BACK, -176.0, 0.0, mirrored=True).value_deg > 4.0
    assert turn_of(View.BACK, 176.0, 0.0, mirrored=True).value_deg < -4.0


def test_warps_go_there_and_back() -> None:
    """A point warped and carried back is where it was."""
    for warp in warps(300, 500, 5):
        point = np.array([123.0, 321.0])
        there = warp.there[:, :2] @ point + warp.there[:, 2]
        np.testing.assert_allclose(warp.back[:, :2] @ there + warp.back[:, 2], point, atol=1e-9)


def test_the_head_tilt_of_the_sweeps(finder: Finder, phantoms: list[dict]) -> None:
    """Front sweeps of head tilt: the mesh reads its size, within half a degree."""
    sweep = [one for one in phantoms if one["group"] in ("head_tilt", "neutral") and one["view"] == "front"]
    truth = np.array([one["angles"]["gravity"]["head_tilt"] for one in sweep])
    tilt = BY_KEY["head_tilt"]
    found = np.array(
        [tilt.compute(frame_of(finder.find(read(one["path"])).pose, one["camera"]["roll_deg"])).mean() for one in sweep]
    )
    slope, offset = np.polyfit(truth, found, 1)
    assert 0.75 <= slope <= 1.1
    assert np.std(found - (slope * truth + offset)) <= 0.5


def test_a_left_side_is_refused_as_a_right_side(finder: Finder, samples: Path) -> None:
    """Whoever mixes them up would read forward as backward."""
    with pytest.raises(SettingsError, match="shows the left side"):
        finder.find(read(samples / "left.jpg"), FinderOptions(passes=2, view=View.RIGHT))
    assert finder.find(read(samples / "left.jpg"), FinderOptions(passes=2, view=View.LEFT)).pose.view is View.LEFT
