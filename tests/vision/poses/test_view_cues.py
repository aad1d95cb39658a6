"""Cues of the view: agreement on real pictures, disagreement told, and every view of the phantoms right."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from posturecam.body import View
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo, view_confidence
from posturecam.pipeline.exam.one_photo import breadth_of
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.poses.view_cues import confidence, view_note, votes
from posturecam.poses.view_probability import SURE
from posturecam.storage.assessment_json import assessment_again, assessment_bytes, to_json


@pytest.mark.parametrize("view", ["front", "back", "left", "right"])
def test_the_cues_agree_on_the_samples(finder: Finder, samples: Path, view: str) -> None:
    """All five speak for the view, alone or with its opposite."""
    pose = finder.find(read(samples / f"{view}.jpg"), FinderOptions(passes=2)).pose
    assert len(votes(pose)) == 5
    assert confidence(pose) > 0.9
    assert view_note(pose) is None


@pytest.mark.parametrize("view", ["front", "left"])
def test_the_cues_of_the_mirror_image_are_mirrored(finder: Finder, samples: Path, view: str) -> None:
    """Left for right, and the same confidence."""
    pose = finder.find(read(samples / f"{view}.jpg"), FinderOptions(passes=2)).pose
    here, there = votes(pose), votes(pose.mirrored())
    assert {name: frozenset(one.mirrored for one in vote) for name, vote in here.items()} == there
    assert confidence(pose) == confidence(pose.mirrored())


def test_cues_that_disagree_are_told() -> None:
    """A front figure called a left side view: every cue is against it, and the sentence says which."""
    pose = replace(pose_of_figure(Figure()), view=View.LEFT)
    assert confidence(pose) < 0.2
    note = view_note(pose)
    assert note is not None
    assert "the shoulders, the hips" in str(note)
    assert "Check which view it is" in str(note)


def test_cues_without_points_keep_silent() -> None:
    """Hidden feet say nothing, and leave the view less sure."""
    whole = pose_of_figure(Figure())
    points = whole.points.copy()
    points[:, -6:] = float("nan")
    part = replace(whole, points=points)
    assert "the feet" not in votes(part)
    assert view_note(part) is None
    assert confidence(part) < confidence(whole)


def test_the_outline_is_a_cue() -> None:
    """A broad one speaks for front and back, a narrow one for the sides, none keeps silent."""
    front = pose_of_figure(Figure())
    assert view_note(front, 0.95) is None
    assert "the outline" in str(view_note(front, 0.4))
    assert confidence(front, 0.4) < confidence(front) < confidence(front, 0.95)
    assert "the outline" not in votes(front, float("nan"))


def test_a_side_photo_brings_its_outlines_breadth(finder: Finder, samples: Path) -> None:
    """One more cue than the points give, and the JSON tells the confidence."""
    assessment = assess_photo(read(samples / "left.jpg"), finder, Settings(passes=2), load())
    breadth = breadth_of(assessment)
    assert breadth is not None
    assert len(votes(assessment.pose, breadth)) == 6
    assert to_json(assessment)["photo"]["view_confidence"] == view_confidence(assessment) > 0.9


def test_stored_points_are_as_sure_of_their_view_as_the_photo(finder: Finder, samples: Path, tmp_path: Path) -> None:
    """The chance of the view is stored, and the outline's breadth, so that its cue still counts."""
    assessment = assess_photo(read(samples / "left.jpg"), finder, Settings(passes=2), load())
    (tmp_path / "left.json").write_bytes(assessment_bytes(assessment))
    again = assessment_again(tmp_path / "left.json", Settings(), load())
    assert view_confidence(again) == view_confidence(assessment) >= SURE
    assert to_json(again)["photo"] == to_json(assessment)["photo"]


@pytest.mark.slow
def test_views_of_the_phantoms(finder: Finder, phantoms: list[dict[str, Any]]) -> None:
    """At least 98 % right, never left for right, and no false alarm of the cues."""
    found = {one["id"]: finder.find(read(one["path"]), FinderOptions(passes=2)).pose for one in phantoms}
    right = sum(found[one["id"]].view.value == one["view"] for one in phantoms)
    assert right >= 0.98 * len(phantoms)
    opposite = {"left": View.RIGHT, "right": View.LEFT}
    assert not any(found[one["id"]].view is opposite.get(one["view"]) for one in phantoms)
    notes = [view_note(pose) for pose in found.values()]
    assert sum(note is not None for note in notes) <= 0.02 * len(phantoms)
