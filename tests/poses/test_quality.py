"""What is wrong with a photo is said in sentences that say what to change; some photos are not scored at all."""

from dataclasses import replace

import numpy as np
import pytest

from posturecam.body import ORDER, Landmark, Turn, View
from posturecam.body.geometry import rotate
from posturecam.poses.quality import check_quality
from posturecam.poses.synthetic import Figure, pose_of_figure


def said(pose: object, people: int = 1, *, mirrored: bool = False) -> str:
    """All notes in one text."""
    return " ".join(map(str, check_quality(pose, people, mirrored=mirrored).notes))  # type: ignore[arg-type]


LEVEL = pose_of_figure(Figure())


def test_a_good_photo_gets_no_complaint() -> None:
    """Standing, whole, alone, square to the camera."""
    quality = check_quality(LEVEL, 1, mirrored=False)
    assert quality.void is None
    assert quality.notes == ()


@pytest.mark.parametrize(
    ("degrees", "sem", "noted", "void"),
    [(4, 2, False, False), (8, 3, True, False), (-15, 3, True, False), (20, 3, True, True)],
)
def test_a_turned_body(degrees: float, sem: float, noted: bool, void: bool) -> None:  # noqa: FBT001
    """A note above 5°; not scored when the lower end of the turn's interval passes 12°."""
    quality = check_quality(replace(LEVEL, turn=Turn(degrees, sem)), 1, mirrored=False)
    assert any("turned" in str(note) for note in quality.notes) == noted
    assert (quality.void is not None) == void
    if noted:
        assert ("left" if degrees > 0 else "right") in str(quality.notes[0])


def test_half_turned_is_not_scored() -> None:
    """Neither a front nor a side."""
    assert "half-way" in str(check_quality(replace(LEVEL, view=View.OBLIQUE), 1, mirrored=False).void)


def test_sitting_and_lying_are_noticed() -> None:
    """Their numbers do not mean posture."""
    sitting = LEVEL.points.copy()
    for side in ("LEFT", "RIGHT"):
        sitting[:, ORDER[Landmark[f"{side}_KNEE"]], 1] = sitting[:, ORDER[Landmark[f"{side}_HIP"]], 1] + 30
    assert "sits" in str(check_quality(replace(LEVEL, points=sitting), 1, mirrored=False).void)
    middle = np.array([384.0, 512.0])
    lying = rotate(LEVEL.points - middle, 80.0) + middle
    assert "lies" in str(check_quality(replace(LEVEL, points=lying), 1, mirrored=False).void)


def test_other_notes() -> None:
    """Several people, feet cut off, a tiny figure, one pass, a selfie."""
    assert "3 people" in said(LEVEL, 3)
    cut = LEVEL.points.copy()
    cut[:, ORDER[Landmark.LEFT_ANKLE], 1] = 1100.0
    assert "feet" in said(replace(LEVEL, points=cut))
    assert "pixels high" in said(pose_of_figure(Figure(height_px=150)))
    assert "one pass" in said(replace(LEVEL, mirrored_passes=False))
    assert "exchanged" in said(LEVEL, mirrored=True)
    assert "--mirrored" in said(replace(LEVEL, finder="mediapipe"))
