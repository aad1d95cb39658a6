"""The probes of heels and furrow find what is drawn plainly: what they miss on people is not there to be found."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from calibration.back_marks import furrow_curve, heel_angle

from posturecam.body import ORDER, Landmark
from posturecam.photo import from_pixels
from posturecam.silhouette import Silhouette

STRAIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@pytest.mark.parametrize("tipped", [0.0, 10.0, -8.0])
def test_a_drawn_heel_is_read(tipped: float) -> None:
    """A left leg from behind, its foot below the ankle turned about it: sole outwards tips the heel inwards."""
    ankle, points = np.array([150.0, 300.0]), np.zeros((len(ORDER), 2))
    outward = np.array([-np.sin(np.radians(tipped)), np.cos(np.radians(tipped))])
    picture = np.zeros((400, 300), np.uint8)
    cv2.line(picture, (150, 60), (150, 300), 255, 24)
    cv2.line(picture, (150, 300), tuple(np.rint(ankle + 45 * outward).astype(int)), 255, 24)
    for part, at in (("KNEE", (150.0, 100.0)), ("ANKLE", ankle), ("HEEL", ankle + 30 * outward)):
        points[ORDER[Landmark[f"LEFT_{part}"]]] = -np.array(at)
    outline = Silhouette(picture / 255.0, STRAIGHT, 1.0)
    assert heel_angle(points, outline, 0.0, "LEFT") == pytest.approx(tipped, abs=3.0)


@pytest.mark.parametrize("bow_px", [0.0, 16.0, -16.0])
def test_a_drawn_furrow_is_followed(bow_px: float) -> None:
    """A dark line up an even back, bowed towards the picture's left, the subject's own left from behind."""
    picture = np.full((400, 300, 3), 180, np.uint8)
    down = np.linspace(0.0, 1.0, 100)
    line = np.stack([150.0 - bow_px * np.sin(np.pi * down), 80.0 + 240.0 * down], axis=1)
    cv2.polylines(picture, [np.rint(line).astype(int)], isClosed=False, color=(120, 110, 100), thickness=7)
    found = furrow_curve(from_pixels(picture), np.array([150.0, 320.0]), np.array([150.0, 80.0]))
    assert np.sign(round(found / 3.0)) == np.sign(bow_px)
    assert abs(found) == pytest.approx(abs(bow_px) / 240.0 * 100.0, abs=2.0)


def test_the_page_tells_of_both(request: pytest.FixtureRequest) -> None:
    """What was tried and not taken stands where the reasons point to."""
    page = (Path(request.config.rootpath) / "docs" / "accuracy.md").read_text(encoding="utf-8")
    assert "calibration.back_marks" in page
