"""Distance, perspective, light and sharpness; the lens itself and its board."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from posturecam.assessment import Settings, assess
from posturecam.body import Turn
from posturecam.cli import app
from posturecam.knowledge import load
from posturecam.lens import distance_m, fake_tilt_deg, too_near
from posturecam.photo import Photo, from_pixels, read
from posturecam.poses import Seen, Sought
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.quality import check_picture, faults_of
from posturecam.scale import SPAN

if TYPE_CHECKING:
    from pathlib import Path

FIGURE = Figure(height_px=700.0)


class Drawn:
    """A finder that finds the figure in every photo."""

    def find(self, photo: Photo, sought: Sought | None = None) -> Seen:  # noqa: ARG002
        """Find it."""
        return Seen(pose_of_figure(FIGURE), np.array([[100.0, 50.0, 600.0, 1000.0]]), 0)


def textured(mean: float = 120.0, spread: float = 60.0) -> Photo:
    """A picture with sharp edges all over the body."""
    board = np.indices((1024, 768)).sum(axis=0) // 16 % 2
    return from_pixels(np.clip(mean + spread * (board - 0.5), 0, 255).astype(np.uint8)[..., None].repeat(3, axis=2))


def test_the_distance_follows_from_the_focal_length() -> None:
    """A person of 170 cm, 700 pixels from ankles to eyes."""
    pose = pose_of_figure(FIGURE)
    far = distance_m(1400.0, pose, 170.0)
    assert far is not None
    span_m = next(iter(SPAN.values())) * 1.70
    assert far[0] == pytest.approx(2.0 * span_m)
    assert distance_m(None, pose) is None
    usual = distance_m(1400.0, pose)
    assert usual is not None
    assert usual[1] > far[1]


def test_a_photo_from_too_near_is_warned_about() -> None:
    """From 1.2 m, and not from 3 m, and not where the focal length is unknown."""
    pose, photo = pose_of_figure(FIGURE), textured()
    assert "m away" in (too_near(replace(photo, focal_px=600.0), pose) or "")
    assert too_near(replace(photo, focal_px=1500.0), pose) is None
    assert too_near(photo, pose) is None


def test_the_note_reaches_the_story() -> None:
    """What is wrong with the photo stands among the notes."""
    told = assess(replace(textured(), focal_px=600.0), Drawn(), Settings(), load())
    assert any("Step back" in note for note in told.notes)


def test_exif_gives_the_focal_length_upright_or_not(tmp_path: Path) -> None:
    """26 mm on film: 26/43.27 of the diagonal, whatever the orientation; nonsense is ignored."""
    image = Image.new("RGB", (400, 300), "grey")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA405] = 26
    exif[0x0112] = 6
    image.save(tmp_path / "phone.jpg", exif=exif)
    photo = read(tmp_path / "phone.jpg")
    assert photo.size_px == (300, 400)
    assert photo.focal_px == pytest.approx(26 / 43.27 * 500)
    assert photo.mirrored().focal_px == photo.focal_px
    exif.get_ifd(0x8769)[0xA405] = 0
    image.save(tmp_path / "none.jpg", exif=exif)
    assert read(tmp_path / "none.jpg").focal_px is None


def test_a_turned_body_seems_tilted_by_the_camera_s_height() -> None:
    """Nothing at the height of the horizon, and what the projection of a turned line gives away from it."""
    pose = replace(pose_of_figure(FIGURE), turn=Turn(10.0, 2.0))
    focal, half, above, far = 1500.0, 0.2, 0.4, 3.0
    turn = np.radians(10.0)
    ends = [(side * half * np.cos(turn), far + side * half * np.sin(turn)) for side in (-1, 1)]
    (x1, y1), (x2, y2) = ((focal * x / z, focal * above / z) for x, z in ends)
    seen = abs(np.degrees(np.arctan2(y2 - y1, x2 - x1)))
    assert fake_tilt_deg(focal, pose, 512.0 - focal * above / far) == pytest.approx(seen, rel=0.02)
    assert fake_tilt_deg(focal, pose, 512.0) == 0.0
    assert fake_tilt_deg(focal, replace(pose, turn=None), 300.0) is None


PICTURES: dict[str, tuple[Any, str]] = {
    "dark": (textured(20.0, 15.0), "dark"),
    "overexposed": (textured(250.0, 20.0), "overexposed"),
    "flat": (textured(120.0, 4.0), "stands out"),
    "blurred": (from_pixels(cv2.GaussianBlur(textured().pixels, (0, 0), 5.0)), "blurred"),
}


@pytest.mark.parametrize(("photo", "word"), PICTURES.values(), ids=PICTURES)
def test_bad_light_and_blur_are_said(photo: Photo, word: str) -> None:
    """One sentence that says what to change."""
    (said,) = faults_of(photo, pose_of_figure(FIGURE))
    assert word in said


def test_a_good_picture_is_left_alone() -> None:
    """Sharp and well lit; and no verdict where there is next to nothing of the body."""
    assert faults_of(textured(), pose_of_figure(FIGURE)) == ()
    assert check_picture(textured(), pose_of_figure(replace(FIGURE, height_px=5.0))) == ()


def test_doctor_checks_a_photo(samples: Path) -> None:
    """One line for each thing; a photo that is not there is one line too."""
    done = CliRunner().invoke(app, ["doctor", "--photo", str(samples / "front.jpg")])
    assert done.exit_code == 0, done.output
    for name in ("people", "frame", "size", "turn", "level", "distance", "light", "sharpness", "outline"):
        assert f"  {name}: " in done.output
    assert CliRunner().invoke(app, ["doctor", "--photo", "nowhere.jpg"]).exit_code == 2
