"""People at the picture's edge and small ones: found, measured as far as they can be seen, exactly mirrored."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path  # noqa: TC003
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from posturecam.body import View
from posturecam.errors import NobodyFound
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.pipeline.assessment import Settings, assess
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.detection import FinderOptions
from posturecam.poses.scaled_body import ScaledBody
from posturecam.poses.search import picture_parts
from posturecam.poses.synthetic import Figure, pose_of_figure

CUTS: dict[str, tuple[str, slice, View | None]] = {
    "from the hips up": ("front", slice(0, 519), View.FRONT),
    "from the waist up": ("front", slice(0, 428), View.FRONT),
    "a back from the neck down": ("back", slice(213, 1024), View.BACK),
    "a side from the neck down": ("left", slice(208, 1024), View.LEFT),
    "a side from the hips up": ("right", slice(0, 524), View.RIGHT),
    "a side from the waist up": ("left", slice(0, 425), View.LEFT),
    "the other side from the waist up": ("right", slice(0, 425), View.RIGHT),
}


@pytest.mark.parametrize(("name", "rows", "view"), CUTS.values(), ids=CUTS)
def test_half_a_picture_is_measured_as_far_as_it_goes(
    finder: Any, samples: Path, name: str, rows: slice, view: View
) -> None:
    """Never "nobody was found", and what can be seen reads as in the whole picture, within the stated errors."""
    whole = assess_photo(read(samples / f"{name}.jpg"), finder, Settings(passes=4), load())
    cut = assess_photo(_cut(samples, name, rows), finder, Settings(passes=4), load())
    assert cut.pose.view is view
    measured = {one.key: one for one in cut.measurements}
    assert set(measured) & {"shoulder_tilt", "ear_shoulder_angle", "trunk_lean_side"}
    for one in whole.measurements:
        if one.key in measured:
            other = measured[one.key]
            assert abs(one.value - other.value) < 1.96 * np.hypot(one.sem, other.sem) + 0.5, one.key


def test_a_forward_head_is_told_from_the_waist_up(finder: Any, samples: Path) -> None:
    """The head's angle to the neck is seen by a network of its own and needs no legs; its ± grows with what it sees."""
    whole, cut = (
        assess_photo(photo, finder, Settings(passes=4), load())["craniovertebral_proxy"]
        for photo in (read(samples / "right.jpg"), _cut(samples, "right", slice(0, 425)))
    )
    assert cut.sem > whole.sem
    assert cut.value == pytest.approx(whole.value, abs=1.96 * whole.sem)


def test_legs_alone_are_told_to_be_not_found(finder: Any, samples: Path) -> None:
    """The network finds people by head and shoulders; the sentence says so."""
    with pytest.raises(NobodyFound, match="Legs without head and shoulders are not found"):
        finder.find(_cut(samples, "back", slice(460, 1024)), Settings(passes=2).sought)


def test_a_side_whose_side_is_not_known_is_no_crash() -> None:
    """Left or right: the stance is looked at with the points of both."""
    pose = replace(pose_of_figure(Figure(view=View.LEFT)), view=View.LEFT_OR_RIGHT)
    body = ScaledBody.of(pose, 0.0)
    assert body is not None
    assert body.sides == ("LEFT", "RIGHT")


def test_half_a_picture_is_found_exactly_mirrored(finder: Any, samples: Path) -> None:
    """The picture is widened on both sides alike."""
    _assert_mirrored(finder, _cut(samples, "back", slice(213, 1024)))


def _cut(samples: Path, name: str, rows: slice) -> Photo:
    return from_pixels(np.ascontiguousarray(read(samples / f"{name}.jpg").pixels[rows]), "cut")


def small_in(samples: Path, size: tuple[int, int], height: int) -> np.ndarray:
    """A sample picture of that height, off the middle of a large wall with a little noise."""
    sample = read(samples / "front.jpg").pixels
    small = cv2.resize(sample, (round(0.75 * height), height), interpolation=cv2.INTER_AREA)
    noise = np.random.default_rng(0).integers(-6, 7, (size[1], size[0], 1))
    wall = np.clip(sample[5:40, 5:40].mean(axis=(0, 1)) + noise, 0, 255).astype(np.uint8)
    left, top = round(0.6 * size[0]), round(0.5 * size[1])
    wall[top : top + height, left : left + small.shape[1]] = small
    return wall


def test_a_small_person_in_a_large_picture_is_found(finder: Any, samples: Path) -> None:
    """A body of 150 px, a ninth of the picture's height; what is seen is exactly mirrored."""
    photo = from_pixels(small_in(samples, (1900, 1400), 200), "small")
    pose = _assert_mirrored(finder, photo)
    assert 130 < float(np.ptp(pose.mean[:, 1])) < 170
    assert pose.view is View.FRONT


def test_a_small_person_is_measured_in_the_files_own_pixels(finder: Any, samples: Path, tmp_path: Path) -> None:
    """A photo that was decoded smaller is decoded again; the advice is to crop it or to step nearer."""
    Image.fromarray(small_in(samples, (2400, 2800), 756)).save(tmp_path / "large.jpg", quality=92)
    photo = read(tmp_path / "large.jpg", 1400)
    told = assess(photo, finder, Settings(passes=2), load())
    whole = finder.find(read(samples / "front.jpg"), FinderOptions(2)).pose
    np.testing.assert_allclose(
        told.pose.mean * 1024 / 756 - np.array([0.6 * 2400, 0.5 * 2800]) * 1024 / 756, whole.mean, atol=6.0
    )
    assert any("crop the photo around the person" in str(note) for note in told.notes)


def test_a_photo_can_be_decoded_finer_mirrored_too(tmp_path: Path) -> None:
    """Only where the file holds more than was decoded."""
    Image.effect_noise((900, 1200), 60).convert("RGB").save(tmp_path / "noise.png")
    photo = read(tmp_path / "noise.png", 600)
    assert read(tmp_path / "noise.png").finer is None
    assert photo.finer is not None
    mirrored = photo.mirrored().finer
    assert mirrored is not None
    assert photo.finer(1200).pixels.shape == (1200, 900, 3)
    np.testing.assert_array_equal(mirrored(1200).pixels, photo.finer(1200).flipped)


@pytest.mark.parametrize(("width", "height", "side"), [(1000, 700, 500), (2399, 1801, 300), (400, 900, 450), (7, 5, 9)])
def test_parts_cover_the_picture_and_are_symmetric(width: int, height: int, side: int) -> None:
    """Each overlaps its neighbour by half or more, and the mirror image has the same ones."""
    places = list(picture_parts(width, height, side))
    lefts = sorted({left for left, _ in places})
    room = max(0, width - side)
    assert lefts == sorted(room - left for left in lefts)
    assert (lefts[0], lefts[-1]) == (0, room)
    assert all(after - before <= side / 2 + 1 for before, after in pairwise(lefts))


def _assert_mirrored(finder: Any, photo: Photo) -> Any:
    here, there = finder.find(photo, FinderOptions(2)).pose, finder.find(photo.mirrored(), FinderOptions(2)).pose
    np.testing.assert_allclose(there.mirrored().mean, here.mean, atol=1e-6)
    return here
