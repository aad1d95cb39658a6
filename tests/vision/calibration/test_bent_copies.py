"""Bent copies to learn from: the true places and angles go along with the picture."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from calibration.estimator.bend import angles_of, bent_copy, body_of, moved, sources
from calibration.estimator.dataset import folds_of, person_of
from calibration.known_turns.warps import PARTS, displacement

from posturecam.body import View
from repository import ROOT

PHANTOMS = ROOT / "calibration" / "phantoms"
ROWS = [
    row
    for row in json.loads((PHANTOMS / "truth.json").read_text(encoding="utf-8"))["images"]
    if View(row["view"]).frontal
]
HIP = next(part for part in PARTS if part.key == "hip")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_angles_are_those_of_the_phantom_maker(row: dict[str, Any]) -> None:
    """Every angle that is learned comes out as the renderer's own truth."""
    for key, value in angles_of(row["points2d"], View(row["view"])).items():
        assert value == pytest.approx(row["angles"]["image"][key], abs=0.01), key


@pytest.mark.parametrize("view", ["front", "back"])
def test_a_bend_turns_the_true_pelvis_by_as_much(view: str) -> None:
    """5° up on the left are 5° more of the true tilt, in both views, and the shoulders stay."""
    row = next(row for row in ROWS if row["view"] == view)
    right, down = displacement(body_of(row), HIP, 5.0)
    names = list(row["points2d"])
    places = moved(np.array([row["points2d"][name] for name in names], dtype=np.float64), right, down)
    before = angles_of(row["points2d"], View(view))
    after = angles_of(dict(zip(names, places, strict=True)), View(view))
    assert after["hip_tilt"] - before["hip_tilt"] == pytest.approx(5.0, abs=0.4)
    assert after["shoulder_tilt"] == pytest.approx(before["shoulder_tilt"], abs=0.3)


def test_each_pixel_comes_from_where_the_bend_took_it() -> None:
    """Moving a pixel's source forward gives the pixel: picture and places are bent alike."""
    row = ROWS[0]
    right, down = displacement(body_of(row), HIP, 8.0)
    x, y = sources(right, down)
    rows, columns = np.mgrid[200:800:97, 200:600:83]
    came = np.stack([x[rows, columns].ravel(), y[rows, columns].ravel()], axis=-1)
    np.testing.assert_allclose(
        moved(came + 0.5, right, down) - 0.5, np.stack([columns.ravel(), rows.ravel()], -1), atol=0.1
    )


def test_the_room_stays_straight(tmp_path: Path) -> None:
    """Lines of the room would tell the bend; far from the body not a pixel moves."""
    row = ROWS[0]
    pixels = cv2.imread(str(PHANTOMS / row["file"]))
    assert pixels is not None
    stem = Path(row["file"]).stem
    body = np.zeros((*pixels.shape[:2], 4), np.uint8)
    body[200:900, 300:460, 3] = 80
    cv2.imwrite(str(tmp_path / row["file"]), pixels)
    cv2.imwrite(str(tmp_path / f"{stem}_g.png"), body)
    said = bent_copy(row, 1, tmp_path, tmp_path)
    bent = cv2.imread(str(tmp_path / said["file"]))
    assert bent is not None
    assert person_of(said["id"]) == row["id"]
    assert np.abs(bent[:, :150].astype(float) - pixels[:, :150]).max() < 40
    assert float(np.abs(bent[:, :150].astype(float) - pixels[:, :150]).mean()) < 2.0


def test_a_person_and_the_bent_copies_are_left_out_together() -> None:
    """Whoever is judged by was never learned from, in whatever copy."""
    names = [f"somebody_{number}" for number in range(40)]
    plain = folds_of(names, 6, "fusion")
    assert len(set(plain.tolist())) > 1
    for copy in (1, 2):
        np.testing.assert_array_equal(folds_of([f"{name}+{copy}" for name in names], 6, "fusion"), plain)
