"""Every face in a picture is covered: groups laid together from sample photos at several sizes, profiles among them."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from posturecam.body import Array
from posturecam.knowledge import load
from posturecam.live.frame_detection import HeadWatch, Watcher
from posturecam.live.view import Privacy, shielded
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import Pixels, flipped, from_pixels, read
from posturecam.pipeline.assessment import Settings, assess
from posturecam.poses.faces import FaceDetector, heads_in
from posturecam.poses.finder import Finder
from posturecam.poses.mediapipe_pose import Landmarker
from posturecam.reports.drawing.privacy import LOOK_AT_IT, covered_photo, hide_faces

PERSON = (slice(90, 970), slice(220, 560))
"""Rows and columns of a sample photo that show its person whole."""

NOSES_PX = {"front": (397, 149), "level": (383, 151), "left": (317, 159), "right": (454, 157)}
FACE_PX = 26.0
"""Half a face, in a sample photo."""


def group(samples: Path, people: list[tuple[str, float]], size_px: tuple[int, int]) -> tuple[Pixels, list[Array]]:
    """Lay people of sample photos side by side at stated scales; the picture, and nose x, y and half a face of each."""
    picture = np.full((size_px[1], size_px[0], 3), (168, 164, 158), np.uint8)
    left, faces = 0, []
    for name, scale in people:
        person = read(samples / f"{name}.jpg").pixels[PERSON]
        small = np.asarray(cv2.resize(person, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        top = size_px[1] - small.shape[0] - 8
        picture[top : top + small.shape[0], left : left + small.shape[1]] = small
        x, y = NOSES_PX[name]
        nose = (np.array([x, y]) - [PERSON[1].start, PERSON[0].start]) * scale + [left, top]
        faces.append(np.array([*nose, FACE_PX * scale]))
        left += small.shape[1]
    return picture, faces


def open_part(face: Array, before: Pixels, after: Pixels) -> float:
    """Part of a face's pixels that are as they were."""
    x, y, half = face
    patch = slice(round(y - half), round(y + half)), slice(round(x - half), round(x + half))
    return float((before[patch] == after[patch]).all(axis=2).mean())


SEVEN = [
    ("front", 1.0),
    ("level", 0.45),
    ("left", 0.7),
    ("right", 0.55),
    ("front", 0.3),
    ("level", 0.8),
    ("left", 0.35),
]


@pytest.fixture(scope="module")
def landmarker() -> Iterator[Landmarker]:
    """The pose network, for single pictures."""
    with Landmarker() as opened:
        yield opened


def test_every_face_of_a_group_is_covered_and_told(samples: Path, finder: Finder) -> None:
    """Fronts and profiles, from a face of 16 px to one of 52; none is open, and a line asks to look."""
    picture, faces = group(samples, SEVEN, (1440, 900))
    photo = from_pixels(picture, "group")
    assessment = assess(photo, finder, Settings(passes=1), load())
    hidden = hide_faces(picture, assessment, photo.scale)
    assert max(open_part(face, picture, hidden) for face in faces) < 0.1
    heads = covered_photo(photo, assessment)
    assert heads.startswith("group: heads covered: 7")
    assert heads.endswith(LOOK_AT_IT)


@pytest.mark.parametrize("mirrored", [pytest.param(False, marks=pytest.mark.slow), True])
def test_every_head_of_a_group_is_found(samples: Path, landmarker: Landmarker, *, mirrored: bool) -> None:
    """In the picture and in its mirror image."""
    picture, faces = group(samples, SEVEN, (1440, 900))
    seen = flipped(picture) if mirrored else picture
    boxes = heads_in(seen, FaceDetector(), landmarker).boxes
    for x, y, half in faces:
        at = seen.shape[1] - x if mirrored else x
        corners = np.array([at - half, y - half, at + half, y + half])
        held = [((box[:2] <= corners[:2] + half / 2) & (box[2:] >= corners[2:] - half / 2)).all() for box in boxes]
        assert any(held), f"the face at {x:.0f}, {y:.0f}"


def test_the_smallest_faces_are_covered_as_far_as_the_advice_says(samples: Path, landmarker: Landmarker) -> None:
    """A group in a small picture: whoever's face is 10 pixels wide or more, and the advice names that width."""
    picture, faces = group(samples, [(name, 0.3 * scale) for name, scale in SEVEN], (480, 320))
    boxes = heads_in(picture, FaceDetector(), landmarker).boxes
    for x, y, half in faces:
        covered_by = [box for box in boxes if (box[:2] <= (x, y)).all() and (box[2:] >= (x, y)).all()]
        assert covered_by or 2 * half < 10, f"the face of {2 * half:.0f} pixels at {x:.0f}, {y:.0f}"
    assert "10 pixels" in LOOK_AT_IT


def test_a_face_cut_off_from_its_body_is_covered(samples: Path, landmarker: Landmarker) -> None:
    """A large face alone, where no body is to be seen."""
    head = read(samples / "front.jpg").pixels[90:215, 330:470]
    picture = np.asarray(cv2.resize(head, None, fx=4.0, fy=4.0), np.uint8)
    found = heads_in(picture, FaceDetector(), landmarker)
    assert any(box[0] < 268 < box[2] and box[1] < 236 < box[3] for box in found.with_face)


def test_a_back_is_covered_where_its_head_must_be(samples: Path, landmarker: Landmarker) -> None:
    """Somebody without a face has a head all the same, and it counts as one without a face."""
    picture = read(samples / "back.jpg").pixels
    found = heads_in(picture, FaceDetector(), landmarker)
    assert any(box[0] < 374 < box[2] and box[1] < 145 < box[3] for box in found.without_face)


def test_every_face_in_the_mirror_is_covered(samples: Path, landmarker: Landmarker) -> None:
    """Two people stand before the camera; the mirror follows one of them, and nothing else is open."""
    picture, faces = group(samples, [("front", 0.8), ("level", 0.7), ("left", 0.5)], (800, 740))
    with Landmarker(film=True) as film:
        watcher = Watcher(film, landmarker, HeadWatch(landmarker))
        for number in range(3):
            detection = watcher.detect(TimedFrame(picture, number / 10, number))
    hidden = shielded(picture, detection.points, Privacy(hide_face=True), detection.heads)
    assert detection.points is not None
    assert max(open_part(face, picture, hidden) for face in faces) < 0.1
    np.testing.assert_array_equal(hidden[600:], picture[600:])


def test_a_head_stays_covered_for_a_while(samples: Path, landmarker: Landmarker) -> None:
    """A picture in which a face is missed does not open it; after a while nothing is covered any more."""
    picture, _faces = group(samples, [("front", 0.8)], (400, 740))
    empty, watch = np.full_like(picture, 168), HeadWatch(landmarker)
    assert watch.detect(TimedFrame(picture, 0.0, 0))
    assert watch.detect(TimedFrame(empty, 0.3, 1))
    assert not watch.detect(TimedFrame(empty, 1.0, 2))
