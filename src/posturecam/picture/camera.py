"""Where pictures come from, one after another: a webcam, a film, or a still picture that stands for one.

    with open_camera(CameraWish(source=Path("clip.mp4"), fast=True)) as camera:
        for frame in camera.frames():
            ...

Frames are upright, RGB and never mirrored. Their times strictly increase: a film's are its own, a webcam's are counted
from its first picture.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # a damaged film is told of in our words
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")  # else Windows takes minutes to open a webcam

import cv2
import numpy as np

from posturecam.errors import CameraError
from posturecam.errors.facts import Problem
from posturecam.picture.photo import Pixels, read
from posturecam.text.language import _

FILMS = (".mp4", ".mov", ".avi", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".3gp", ".mts")
"""Endings that are taken for a film; everything else is tried as a picture."""

PICTURE_RATE, PICTURE_SECONDS = 10.0, 12.0
"""A still picture stands for a film of so many frames a second and so many seconds."""

RETRY_SECONDS, RETRY_PAUSE = 5.0, 0.5
"""How long a webcam that has gone silent is waited for, and how often it is asked again."""

_STEP_S, _KEPT_WAITING_S = 0.001, 0.5


@dataclass(frozen=True, slots=True)
class TimedFrame:
    """One picture: (h, w, 3) uint8 RGB as the camera saw it, its time in seconds, its number from 0.

    ``taken`` is this machine's own clock when the picture came, for nothing but the age of what is shown.
    """

    pixels: Pixels
    at_s: float
    number: int
    taken: float = field(default_factory=time.monotonic, compare=False)

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class CameraWish:
    """Which camera, and how. ``source`` (a film or a picture) comes before ``camera``; ``seconds`` ends it early.

    ``fast`` reads a film as fast as it can be used, instead of at its own pace. ``seconds`` counts the frames' times.
    """

    source: Path | None = None
    camera: int = 0
    width: int = 1280
    height: int = 720
    fast: bool = False
    seconds: float | None = None


class Camera(Protocol):
    """Gives timed frames.

    live   a webcam, whose pictures are gone when nobody takes them
    lost   it has gone silent and is being opened again
    """

    name: str
    live: bool
    rate: float
    lost: bool

    def frames(self) -> Iterator[TimedFrame]:
        """Give the frames one by one; raises CameraError."""

    def close(self) -> None:
        """Let the device go."""

    def __enter__(self) -> Self:
        """Give the open camera."""

    def __exit__(self, *_: object) -> None:
        """Let the device go."""


Opener = Callable[..., Any]
"""What opens a capture: ``cv2.VideoCapture``, or a stand-in."""


def open_camera(wish: CameraWish, opener: Opener | None = None) -> Camera:
    """Open the webcam, film or picture that is wished for. Raises CameraError, PhotoError."""
    quiet()
    opener = opener or cv2.VideoCapture
    if wish.source is None:
        return Webcam(wish, opener)
    _must_be_a_file(wish.source)
    return FilmCamera(wish, opener) if is_film(wish.source) else PictureCamera(wish)


def quiet() -> None:
    """Keep OpenCV's own remarks on cameras and films from the user: ours say what to do."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def is_film(path: Path) -> bool:
    """Whether a file's ending is that of a film."""
    return path.suffix.lower() in FILMS


def _must_be_a_file(path: Path) -> None:
    if not path.exists():
        msg = Problem("no_such_film", path=path)
        raise CameraError(msg)
    if path.is_dir():
        msg = Problem("film_is_folder", path=path)
        raise CameraError(msg)


@dataclass(slots=True)
class _Opened:
    """What all cameras share: a wish, and a way to end."""

    wish: CameraWish
    name: str = ""
    live: bool = False
    rate: float = PICTURE_RATE
    lost: bool = False
    _started: float = field(default_factory=time.monotonic)

    def __enter__(self) -> Self:
        """Give the open camera."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the device go."""
        self.close()

    def close(self) -> None:
        """Let the device go."""

    def _over(self, at_s: float) -> bool:
        return self.wish.seconds is not None and at_s >= self.wish.seconds

    def _pace(self, at_s: float) -> None:
        """Wait until a film's frame is due; a film that was kept waiting goes on from where it was."""
        if self.wish.fast:
            return
        early = self._started + at_s - time.monotonic()
        if early < -_KEPT_WAITING_S:
            self._started -= early
        time.sleep(max(0.0, early))


class PictureCamera(_Opened):
    """A still picture, shown again and again."""

    def __init__(self, wish: CameraWish) -> None:
        """Read the picture; raises PhotoError."""
        assert wish.source is not None  # noqa: S101  (the caller's promise)
        super().__init__(wish, wish.source.name)
        self._pixels = read(wish.source).pixels

    def frames(self) -> Iterator[TimedFrame]:
        """Give the same picture, with the time going on."""
        self._started = time.monotonic()
        length = self.wish.seconds or PICTURE_SECONDS
        for number in range(round(length * self.rate)):
            self._pace(number / self.rate)
            yield TimedFrame(self._pixels, number / self.rate, number)


class FilmCamera(_Opened):
    """A film file; a phone's rotation mark is obeyed."""

    def __init__(self, wish: CameraWish, opener: Opener) -> None:
        """Open the film; raises CameraError."""
        assert wish.source is not None  # noqa: S101  (the caller's promise)
        self._capture = opener(str(wish.source))
        if not self._capture.isOpened():
            msg = Problem("film_unplayable", source=wish.source)
            raise CameraError(msg)
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        super().__init__(wish, wish.source.name, rate=rate if 1.0 <= rate <= 1000.0 else 25.0)

    @property
    def count(self) -> int:
        """Number of frames as the file states it; 0 when it does not."""
        return max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))

    def close(self) -> None:
        """Let the file go."""
        self._capture.release()

    def frames(self) -> Iterator[TimedFrame]:
        """Give the film's frames; raises CameraError when there is not a single one."""
        self._started = time.monotonic()
        number, last = 0, -_STEP_S
        while True:
            done, picture = self._capture.read()
            if not done:
                break
            stated = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0
            last = max(stated if np.isfinite(stated) else number / self.rate, last + _STEP_S)
            if self._over(last):
                return
            self._pace(last)
            yield TimedFrame(_rgb(picture), last, number)
            number += 1
        if number == 0:
            msg = Problem("film_empty", source=self.wish.source)
            raise CameraError(msg)


class Webcam(_Opened):
    """A webcam. When it goes silent it is opened again for a few seconds before that becomes an error."""

    def __init__(self, wish: CameraWish, opener: Opener) -> None:
        """Open the webcam; raises CameraError with what to do on this system."""
        self._opener = opener
        self._capture = self._open(wish)
        if self._capture is None:
            raise CameraError(why_no_camera(wish.camera))
        rate = float(self._capture.get(cv2.CAP_PROP_FPS))
        super().__init__(
            wish, _("camera {camera}", camera=wish.camera), live=True, rate=rate if 1.0 <= rate <= 240.0 else 30.0
        )

    def _open(self, wish: CameraWish) -> Any:
        capture = self._opener(wish.camera)
        if not capture.isOpened():
            capture.release()
            return None
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, wish.width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wish.height)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return capture

    def close(self) -> None:
        """Let the device go."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def frames(self) -> Iterator[TimedFrame]:
        """Give pictures until the time is over; raises CameraError when the webcam stays silent."""
        number, last, start = 0, -_STEP_S, time.monotonic()
        while True:
            picture = self._read() if self._capture is not None else None
            if picture is None:
                picture = self._again()
            last = max(time.monotonic() - start, last + _STEP_S)
            if self._over(last):
                return
            yield TimedFrame(_rgb(picture), last, number)
            number += 1

    def _read(self) -> Any:
        done, picture = self._capture.read()
        return picture if done and picture is not None else None

    def _again(self) -> Any:
        """Open the webcam again and again; give its next picture, or raise CameraError."""
        self.lost, until = True, time.monotonic() + RETRY_SECONDS
        while time.monotonic() < until:
            self.close()
            self._capture = self._open(self.wish)
            picture = self._read() if self._capture is not None else None
            if picture is not None:
                self.lost = False
                return picture
            time.sleep(RETRY_PAUSE)
        msg = Problem("camera_stopped", name=self.name)
        raise CameraError(msg)


def _rgb(picture: Any) -> Pixels:
    """Bring what OpenCV gives (BGR, or one grey channel) to RGB."""
    code = cv2.COLOR_GRAY2RGB if picture.ndim == 2 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(picture, code), dtype=np.uint8)


def why_no_camera(number: int, platform: str = sys.platform) -> Problem:
    """Say why a webcam does not open and what to do about it on this system."""
    if platform == "darwin":
        advice = Problem("allow_camera_mac")
        return Problem("camera_closed", number=number, advice=advice)
    if platform == "win32":
        advice = Problem("allow_camera_windows")
        return Problem("camera_closed", number=number, advice=advice)
    return _why_not_on_linux(number, Path("/dev"))


def _why_not_on_linux(number: int, devices: Path) -> Problem:
    device, others = devices / f"video{number}", sorted(devices.glob("video*"))
    film = Problem("film_does_as_well")
    if not others:
        return Problem("no_camera", film=film)
    if not device.exists():
        names = ", ".join(other.name.removeprefix("video") for other in others)
        return Problem("no_such_camera", number=number, names=names)
    if not os.access(device, os.R_OK | os.W_OK):
        return Problem("no_camera_permission", device=device, film=film)
    return Problem("camera_busy", number=number, device=device)
