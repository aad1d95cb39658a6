"""From which side a body is seen when no face tells: right or asked, never exchanged; exact in the mirror."""

from pathlib import Path

import numpy as np
import pytest
from calibration.covers import COVERS, head_of

from posturecam.body import View
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from posturecam.poses.view_probability import SURE, Usual, ViewWitness, probability
from posturecam.storage.assessment_json import assessment_again, assessment_bytes, to_json

Bodies = dict[str, tuple[Photo, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]]


@pytest.fixture(scope="module")
def bodies(finder: Finder, samples: Path) -> Bodies:
    """The samples with their points, found once."""
    photos = {view: read(samples / f"{view}.jpg") for view in ("front", "back", "left")}
    return {view: (photo, finder.find(photo, FinderOptions(passes=2)).pose.mean) for view, photo in photos.items()}


def covered(bodies: Bodies, view: str, cover: str) -> Photo:
    """One of the samples with its head covered."""
    photo, points = bodies[view]
    head = head_of(points * photo.scale)
    return from_pixels(COVERS[cover](photo.pixels, head, View(view), np.random.default_rng(4)), f"{view} {cover}")


def asked_or_right(view: View, truth: str) -> bool:
    """Whether a view is the true one, or one of two of which it is one."""
    return view == truth or truth in view.choices


@pytest.mark.parametrize("cover", [name for name in COVERS if name != "cropped"])
@pytest.mark.parametrize("view", ["front", "back"])
def test_a_covered_head_never_exchanges_left_and_right(finder: Finder, bodies: Bodies, view: str, cover: str) -> None:
    """Each of them used to be a back, whatever it was."""
    pose = finder.find(covered(bodies, view, cover), FinderOptions(passes=2)).pose
    assert asked_or_right(pose.view, view)
    assert pose.view_probability is not None
    assert (pose.view_probability >= SURE) == (not pose.view.choices)


def test_a_covered_side_view_keeps_its_side(finder: Finder, bodies: Bodies) -> None:
    """The face is not needed: chest and toes tell."""
    pose = finder.find(covered(bodies, "left", "disc"), FinderOptions(passes=2)).pose
    assert asked_or_right(pose.view, "left")


def test_a_small_covered_body_is_right_or_asked(finder: Finder, bodies: Bodies) -> None:
    """140 pixels tall: nothing is guessed."""
    photo = covered(bodies, "front", "boxed")
    step = max(1, round(np.ptp(bodies["front"][1][:, 1]) / 140))
    small = from_pixels(np.ascontiguousarray(photo.pixels[::step, ::step]), "small")
    assert asked_or_right(finder.find(small, FinderOptions(passes=2)).pose.view, "front")


@pytest.mark.parametrize("cover", ["blurred", "bowed"])
def test_the_mirror_image_gives_the_same_chance(finder: Finder, bodies: Bodies, cover: str) -> None:
    """And the mirrored points, whatever the view is called."""
    photo = covered(bodies, "front", cover)
    here, there = (finder.find(one, FinderOptions(passes=2)).pose for one in (photo, photo.mirrored()))
    assert here.view_probability is not None
    assert there.view_probability == pytest.approx(here.view_probability, abs=1e-9)
    assert there.view is here.view.mirrored
    np.testing.assert_allclose(there.mirrored().mean, here.mean, atol=1e-7)


def test_nothing_is_scored_and_no_side_named_of_a_view_that_is_asked(
    finder: Finder, bodies: Bodies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in the JSON either; the answer gives what the photo would have given."""
    monkeypatch.setattr("posturecam.poses.finder.front_probability", lambda *_: 0.7)
    photo = covered(bodies, "front", "boxed")
    told = assess_photo(photo, finder, Settings(passes=2), load())
    given = assess_photo(photo, finder, Settings(passes=2, view=View.BACK), load())
    assert told.pose.view is View.FRONT_OR_BACK
    assert told.void is not None
    assert "Say which it is" in str(told.void)
    assert not told.measurements
    assert not told.unmeasured
    stored = to_json(told)
    assert stored["photo"]["view"] == "front_or_back"
    assert stored["photo"]["view_confidence"] == pytest.approx(0.7)
    names = [point["name"] for point in stored["pose"]["points"]]
    assert "picture_right_hip" in names
    assert not any(name.startswith(("left", "right")) for name in names)
    assert {finding["verdict"] for finding in stored["findings"]} == {"not_assessed"}
    (tmp_path / "asked.json").write_bytes(assessment_bytes(told))
    again = assessment_again(tmp_path / "asked.json", Settings(view=View.BACK), load())
    assert again.pose.view is View.BACK
    np.testing.assert_allclose(again.pose.mean, given.pose.mean, atol=1e-9)
    same = assessment_again(tmp_path / "asked.json", Settings(), load())
    assert to_json(same)["photo"] == stored["photo"]


def test_no_witness_is_sure_alone_and_strange_squares_are_silent() -> None:
    """Two that agree are needed; what is unlike all that was learned from says nothing."""
    witness = ViewWitness(np.array([1.0]), 0.0, (2.6, 2.6))
    of = {"feet": witness, "pelvis": witness}
    certain = np.array([99.0])
    assert probability(of, {"feet": certain}) < SURE < probability(of, {"feet": certain, "pelvis": certain})
    usual = Usual(np.zeros(4), np.ones(4), known=1.0, unknown=2.0)
    assert [usual.trust(np.full(4, far)) for far in (0.5, 1.5, 3.0)] == [1.0, 0.5, 0.0]
    assert probability(of, {"feet": certain, "pelvis": certain}, trust=0.0) == 0.5
