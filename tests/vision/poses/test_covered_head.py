"""Of a covered head nothing is said that a ± of 20° would say; the rest of the body is read as ever."""

import json
from pathlib import Path

import numpy as np
import pytest
from calibration.covers import COVERS, head_of

from posturecam.body import FACE_MESH, ORDER, Landmark, PlacedPoint, View
from posturecam.knowledge import load
from posturecam.measures.withholding import EYE_LINE
from posturecam.picture.photo import from_pixels, read
from posturecam.pipeline.assessment import Assessment, Settings, place
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder
from posturecam.storage.assessment_json import to_json
from posturecam.storage.stored import assessment_again
from posturecam.text.sentences import sentence

KNOWLEDGE = load()
EYES = (Landmark.LEFT_EYE, Landmark.RIGHT_EYE)


@pytest.fixture(scope="module")
def told(finder: Finder, samples: Path) -> dict[str, Assessment]:
    """The samples from the front and from behind, bare and with a box over the head."""
    assessed = {}
    for view in ("front", "back"):
        photo = read(samples / f"{view}.jpg")
        plain = assess_photo(photo, finder, Settings(view=View(view)), KNOWLEDGE)
        head = head_of(plain.pose.mean * photo.scale)
        pixels = COVERS["boxed"](photo.pixels, head, View(view), np.random.default_rng(4))
        covered = assess_photo(from_pixels(pixels, f"{view} boxed"), finder, Settings(view=View(view)), KNOWLEDGE)
        assessed |= {view: plain, f"{view} covered": covered}
    return assessed


def reasons(assessment: Assessment) -> dict[str, str]:
    """Give why each measure was not taken."""
    return {one.key: sentence(one.reason) for one in assessment.unmeasured}


def keys(assessment: Assessment) -> set[str]:
    """Give what was measured."""
    return {one.key for one in assessment.measurements}


def test_a_face_that_is_seen_is_measured(told: dict[str, Assessment]) -> None:
    """And so is a bare head from behind."""
    assert told["front"].pose.eyes_from == FACE_MESH
    assert set(EYE_LINE) <= keys(told["front"])
    assert "head_tilt" in keys(told["back"])


@pytest.mark.parametrize(("view", "word"), [("front", "the face is covered"), ("back", "the head cannot be read")])
def test_a_covered_head_is_not_measured_and_the_reason_says_what_helps(
    told: dict[str, Assessment], view: str, word: str
) -> None:
    """Tilt, side-bend of the neck and rotation; hips, shoulders and the head's shift are read."""
    covered = told[f"{view} covered"]
    assert not keys(covered) & set(EYE_LINE)
    assert {"hip_tilt", "shoulder_tilt", "head_shift"} <= keys(covered)
    assert word in reasons(covered)["head_tilt"]
    assert "±" in reasons(covered)["neck_bend"]


def test_eyes_placed_by_hand_give_the_tilt_back(told: dict[str, Assessment]) -> None:
    """Whoever knows where the eyes are may say it."""
    covered, seen = told["front covered"], told["front"].pose.mean
    points = [PlacedPoint(eye, *(float(at) for at in seen[ORDER[eye]])) for eye in EYES]
    placed = place(covered, points, KNOWLEDGE)
    assert placed["head_tilt"].placed
    assert placed["head_tilt"].value == pytest.approx(told["front"]["head_tilt"].value, abs=2.0)


def test_stored_points_are_withheld_alike(told: dict[str, Assessment], tmp_path: Path) -> None:
    """Scoring again from the file gives the same."""
    path = tmp_path / "assessment.json"
    covered = told["front covered"]
    from_file = to_json(covered)
    path.write_text(json.dumps(from_file), encoding="utf-8")
    again = assessment_again(path, Settings(view=View.FRONT), KNOWLEDGE)
    assert keys(again) == keys(covered)
    assert reasons(again)["head_tilt"] == reasons(covered)["head_tilt"]
