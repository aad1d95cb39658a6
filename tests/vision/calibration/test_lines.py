"""The spine as a line and the head from behind: true lines, the ruler, and the learning on few photos."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from calibration.estimator.lines import Photos, behind_weights, learn, limit_of, spine_weights
from calibration.estimator.seen import SeenPhoto, load, save, seen_photos, spine_beside_chord
from calibration.known_turns.warps import PARTS, Body, displacement

from posturecam.body import View
from posturecam.measures.estimator.fusion import estimate, learned_weights
from posturecam.measures.spine_line import NECK, SACRUM
from posturecam.measures.trunk import signed_extreme
from posturecam.poses.synthetic import Figure, pose_of_figure
from repository import ROOT

PHANTOMS = ROOT / "calibration" / "phantoms"
ROWS = [
    row
    for row in json.loads((PHANTOMS / "truth.json").read_text(encoding="utf-8"))["images"]
    if View(row["view"]).frontal
]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[SeenPhoto]:
    """The repository's front and back views and a bent copy of each, two passes."""
    return seen_photos(PHANTOMS, tmp_path_factory.mktemp("seen") / "seen.npz", passes=2, copies=1)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_the_true_line_holds_the_true_curve(row: dict[str, object]) -> None:
    """Its largest distance from the chord is the renderer's own truth, in size and sign."""
    points, angles = row["points2d"], row["angles"]
    assert isinstance(points, dict)
    assert isinstance(angles, dict)
    line = spine_beside_chord(points, View(str(row["view"])))
    assert float(signed_extreme(line)) == pytest.approx(angles["image"]["spine_curve_pct"], abs=0.3)


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_a_straight_spine_is_bowed_by_the_amount_named(view: View) -> None:
    """The bow of a known turn is counted as the measure counts it: of the chord from sacrum to C7."""
    pose = pose_of_figure(Figure(view=view))
    body = Body.of(pose, (pose.size_px[1], pose.size_px[0]))
    part = next(part for part in PARTS if part.key == "spine")
    up = np.linspace(SACRUM, NECK, 50)
    right, _down = displacement(body, part, part.amount)
    rows = [int(np.abs(body.y[:, 0] - level).argmin()) for level in up]
    column = int(np.abs(body.x[0]).argmin())
    aside = right[rows, column] / body.trunk_px * (1.0 if view is View.FRONT else -1.0)
    beside = aside - np.interp(up, up[[0, -1]], aside[[0, -1]])
    assert float(beside.max()) / (NECK - SACRUM) * 100.0 == pytest.approx(part.amount, abs=0.1)


def test_what_was_seen_is_read_as_it_was_kept(seen: list[SeenPhoto], tmp_path: Path) -> None:
    """Poses, places and truth; a bent copy knows that it is one, and whose."""
    save(tmp_path / "seen.npz", seen)
    for before, after in zip(seen, load(tmp_path / "seen.npz"), strict=True):
        assert before.name == after.name
        np.testing.assert_array_equal(before.pose.points, after.pose.points)
        np.testing.assert_array_equal(before.keypoints(left_out=True).places, after.keypoints(left_out=True).places)
        np.testing.assert_array_equal(before.line, after.line)
    assert sum(photo.copied for photo in seen) == len(seen) / 2


def test_the_weights_are_learned_from_photos_and_differences(seen: list[SeenPhoto]) -> None:
    """On the people learned from the line comes out near the truth, and a head from behind too."""
    photos = Photos.of(seen, everyday=[False] * len(seen), left_out=False)
    limit, everybody = limit_of(photos), np.ones(len(seen), dtype=bool)
    given = photos.within(limit)[:, 0]
    line = given @ spine_weights(photos, everybody, limit)
    assert np.abs(line - photos.line).mean() < 0.5 * np.abs(photos.line).mean()
    head = given @ behind_weights(photos, everybody, limit)
    back = ~photos.front
    assert np.abs(head - photos.head[:, 0])[back].mean() < 0.5 * np.abs(photos.head[back, 0]).mean()
    assert len(photos.pairs) == len(seen) / 2


def test_the_program_answers_by_the_weights_learned(seen: list[SeenPhoto]) -> None:
    """Learned weights go into the program as they are: its spine is the largest distance of the line."""
    photos = Photos.of(seen, everyday=[False] * len(seen), left_out=False)
    weights = learn(photos, photos, dict(learned_weights()))
    line = photos.within(weights["limit"])[:, 0] @ weights["spine"]
    for photo, own in zip(seen, line, strict=True):
        pose = replace(photo.pose, keypoints=photo.keypoints(left_out=False))
        told = estimate(pose, 0.0, weights)
        assert told["spinal_curve"].value == pytest.approx(float(signed_extreme(own)), abs=1e-9), pose.view
        assert told["neck_bend"].value == pytest.approx(told["shoulder_tilt"].value - told["head_tilt"].value)
