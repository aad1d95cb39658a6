"""Cameras: a film's own times, a picture that stands for a film, a webcam that goes silent, and every bad source."""

import struct
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from posturecam.errors import CameraError
from posturecam.picture import camera as cameras
from posturecam.picture.camera import CameraWish, FilmCamera, is_film, open_camera, why_no_camera

RED, BLUE = (0, 0, 255), (255, 0, 0)


def film(path: Path, frames: int = 8, size: tuple[int, int] = (64, 96), colour: tuple[int, int, int] = RED) -> Path:
    """A film of one colour whose upper left quarter is white."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, size)
    picture = np.full((size[1], size[0], 3), colour, np.uint8)
    picture[: size[1] // 2, : size[0] // 2] = 255
    for _ in range(frames):
        writer.write(picture)
    writer.release()
    return path


class _FakeWebcam:
    """A webcam that gives so many pictures each time that it is opened, and then none."""

    def __init__(self, *lives: int) -> None:
        self.lives = list(lives)
        self.opened = 0
        self.released = 0

    def __call__(self, _number: int) -> "_FakeWebcam":
        self.opened += 1
        self.left = self.lives.pop(0) if self.lives else -1
        return self

    def isOpened(self) -> bool:  # noqa: N802  (OpenCV's name)
        return self.left >= 0

    def set(self, *_: Any) -> bool:
        return True

    def get(self, _what: int) -> float:
        return 30.0

    def read(self) -> tuple[bool, Any]:
        self.left -= 1
        return (True, np.full((48, 64, 3), RED, np.uint8)) if self.left >= 0 else (False, None)

    def release(self) -> None:
        self.released += 1


def test_a_film_has_its_own_times_and_true_colours(tmp_path: Path) -> None:
    """0.0, 0.1, 0.2 …, red as RGB."""
    with open_camera(CameraWish(film(tmp_path / "a.mp4"), fast=True)) as camera:
        frames = list(camera.frames())
    assert [frame.at_s for frame in frames] == pytest.approx([n / 10 for n in range(8)], abs=1e-6)
    assert [frame.number for frame in frames] == list(range(8))
    red, green, blue = frames[0].pixels[80, 50]
    assert red > 200
    assert max(green, blue) < 60


def test_a_film_keeps_its_pace_unless_it_is_read_fast(tmp_path: Path) -> None:
    """Eight frames at ten a second take 0.7 s."""
    began = time.monotonic()
    with open_camera(CameraWish(film(tmp_path / "a.mp4"))) as camera:
        assert len(list(camera.frames())) == 8
    assert time.monotonic() - began >= 0.65


def test_seconds_end_a_film_and_a_picture(tmp_path: Path, samples: Path) -> None:
    """The frames' own times count."""
    with open_camera(CameraWish(film(tmp_path / "a.mp4"), fast=True, seconds=0.45)) as camera:
        assert len(list(camera.frames())) == 5
    with open_camera(CameraWish(samples / "front.jpg", fast=True, seconds=0.45)) as camera:
        frames = list(camera.frames())
    assert len(frames) in (4, 5)
    assert frames[0].pixels is frames[-1].pixels


def test_times_strictly_increase_when_a_film_states_none(tmp_path: Path) -> None:
    """A film whose clock stands still gets a clock of its own."""

    class Stuck:
        def __init__(self, path: str) -> None:
            self._film = cv2.VideoCapture(path)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._film, name)

        def get(self, what: int) -> float:
            return 0.0 if what == cv2.CAP_PROP_POS_MSEC else float(self._film.get(what))

    with open_camera(CameraWish(film(tmp_path / "a.mp4"), fast=True), opener=Stuck) as camera:
        times = [frame.at_s for frame in camera.frames()]
    assert all(b > a for a, b in pairwise(times))


def turned_by_a_phone(path: Path) -> Path:
    """Mark a film as a phone does that was held upright: turn by 90° when playing."""
    data = path.read_bytes()
    plain = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    at = data.index(plain, data.index(b"tkhd"))
    path.write_bytes(data[:at] + turned + data[at + 36 :])
    return path


def test_a_phones_rotation_mark_is_obeyed(tmp_path: Path) -> None:
    """A 96×64 film marked as turned comes out 64 wide and 96 high, its white corner at the upper right."""
    with open_camera(CameraWish(turned_by_a_phone(film(tmp_path / "a.mp4", size=(96, 64))), fast=True)) as camera:
        frame = next(iter(camera.frames()))
    assert frame.size_px == (64, 96)
    assert frame.pixels[10, 50].min() > 200
    assert frame.pixels[80, 10].min() < 100


def an_empty_film(folder: Path) -> Path:
    """A film file that was opened and closed, without a frame."""
    path = film(folder / "empty.avi", frames=0)
    if not path.exists():
        path.write_bytes(b"RIFF\x00\x00\x00\x00AVI ")
    return path


def nothing(path: Path) -> Path:
    """A file of zero bytes."""
    path.write_bytes(b"")
    return path


def noise(path: Path) -> Path:
    """A film that is none."""
    path.write_bytes(b"no film at all" * 100)
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(lambda folder: folder / "none.mp4", "no such film", id="missing"),
        pytest.param(lambda folder: folder, "is a folder", id="a folder"),
        pytest.param(an_empty_film, "single picture|cannot be played", id="no frames"),
        pytest.param(lambda folder: nothing(folder / "a.mp4"), "cannot be played", id="zero bytes"),
        pytest.param(lambda folder: noise(folder / "a.mp4"), "cannot be played", id="not a film"),
    ],
)
def test_a_bad_source_is_told_in_one_line(make: Callable[[Path], Path], said: str, tmp_path: Path) -> None:
    """What is wrong, and what to do."""
    with pytest.raises(CameraError, match=said) as caught, open_camera(CameraWish(make(tmp_path), fast=True)) as camera:
        list(camera.frames())
    assert "\n" not in str(caught.value)


def test_a_film_that_opens_but_gives_nothing(tmp_path: Path) -> None:
    """An opened film of zero frames is an error, not an empty result."""

    class Empty:
        def __init__(self, _path: str) -> None: ...

        def isOpened(self) -> bool:  # noqa: N802  (OpenCV's name)
            return True

        def __getattr__(self, _name: str) -> Any:
            return lambda *_: 0.0

        def read(self) -> tuple[bool, None]:
            return False, None

    with open_camera(CameraWish(nothing(tmp_path / "a.mp4"), fast=True), opener=Empty) as camera:
        assert isinstance(camera, FilmCamera)
        with pytest.raises(CameraError, match="not a single picture"):
            list(camera.frames())


def test_a_webcam_that_comes_back_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulled out after three pictures, plugged in again: the pictures go on, their numbers too."""
    monkeypatch.setattr(cameras, "RETRY_PAUSE", 0.01)
    device = _FakeWebcam(3, -1, 4)
    with open_camera(CameraWish(), opener=device) as camera:
        frames = camera.frames()
        numbers = [next(frames).number for _ in range(7)]
    assert numbers == list(range(7))
    assert device.opened == 3
    assert device.released >= 2


def test_a_webcam_that_stays_away_is_an_error_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the device has been let go."""
    monkeypatch.setattr(cameras, "RETRY_PAUSE", 0.01)
    monkeypatch.setattr(cameras, "RETRY_SECONDS", 0.1)
    device = _FakeWebcam(2)
    with (
        pytest.raises(CameraError, match="stopped giving pictures"),
        open_camera(CameraWish(), opener=device) as camera,
    ):
        list(camera.frames())
    assert device.released >= 1


def test_no_camera_at_all_names_the_way_out() -> None:
    """The error of a machine without a webcam says what else can be done."""
    with pytest.raises(CameraError, match="camera"):
        open_camera(CameraWish(camera=99), opener=_FakeWebcam())


def test_why_a_camera_does_not_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On each system the cure of that system; on Linux by what is really there."""
    assert "Privacy & Security" in str(why_no_camera(0, "darwin"))
    assert "Settings > Privacy" in str(why_no_camera(0, "win32"))
    assert "no camera was found" in str(cameras._why_not_on_linux(0, tmp_path))
    (tmp_path / "video2").touch()
    assert "there is 2" in str(cameras._why_not_on_linux(0, tmp_path))
    assert "busy" in str(cameras._why_not_on_linux(2, tmp_path))
    monkeypatch.setattr(cameras.os, "access", lambda *_: False)
    assert "usermod -aG video" in str(cameras._why_not_on_linux(2, tmp_path))


def test_films_are_known_by_their_ending() -> None:
    """Whatever the case."""
    assert is_film(Path("CLIP.MOV"))
    assert not is_film(Path("front.jpg"))
