"""The webcams of this machine, and where the mirror is shown: OpenCV's own window, or nowhere."""

import contextlib
import ctypes
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import platformdirs

from posturecam.errors import CameraError
from posturecam.picture.camera import quiet
from posturecam.picture.photo import Pixels
from posturecam.poses.mediapipe_pose import quiet_stderr
from posturecam.storage import strict_json
from posturecam.text.language import _

_MOST = 10
_NUMBERS = 1000
"""Numbers of webcams end below."""

_SIZES = ((1920, 1080), (1280, 720), (640, 480))


@dataclass(frozen=True, slots=True)
class Device:
    """One webcam: its number, the name that the system gives it, the picture sizes that it takes."""

    number: int
    name: str
    sizes: tuple[tuple[int, int], ...] = ()


def list_devices(*, sizes: bool = False) -> tuple[Device, ...]:
    """List the webcams; ``sizes`` opens each to ask for its picture sizes, which takes a moment."""
    quiet()
    found = _linux_devices(Path("/sys/class/video4linux")) if sys.platform.startswith("linux") else _tried_devices()
    if not sizes:
        return found
    return tuple(Device(device.number, device.name, _sizes(device.number)) for device in found)


def _linux_devices(folder: Path) -> tuple[Device, ...]:
    devices = []
    for place in sorted(folder.glob("video*")) if folder.is_dir() else []:
        number = place.name.removeprefix("video")
        with suppress(OSError):
            second = (place / "index").exists() and (place / "index").read_text().strip() != "0"
            if number.isdigit() and not second:  # a webcam's further nodes carry no pictures
                devices.append(
                    Device(int(number), (place / "name").read_text().strip() or _("camera {number}", number=number))
                )
    return tuple(sorted(devices, key=lambda device: device.number))


def _tried_devices() -> tuple[Device, ...]:
    """Open one number after the other until one does not open."""
    devices: list[Device] = []
    for number in range(_MOST):
        capture = cv2.VideoCapture(number)
        opened = capture.isOpened()
        capture.release()
        if not opened:
            break
        devices.append(Device(number, _("camera {number}", number=number)))
    return tuple(devices)


def _sizes(number: int) -> tuple[tuple[int, int], ...]:
    capture = cv2.VideoCapture(number)
    taken = []
    for width, height in _SIZES if capture.isOpened() else ():
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        size = (int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)))
        if size not in taken:
            taken.append(size)
    capture.release()
    return tuple(taken)


def choose_webcam(wanted: str | None) -> int:
    """Turn ``--camera`` into a number: a number, a part of a name, or the one used last. Raises CameraError."""
    if wanted is None:
        return remembered()
    if wanted.isdecimal() and wanted.isascii():
        if len(wanted) > len(str(_NUMBERS)) or int(wanted) >= _NUMBERS:
            msg = _("there is no camera {wanted}. See: posturecam cameras", wanted=wanted[:20])
            raise CameraError(msg)
        return int(wanted)
    devices = list_devices()
    fitting = [device.number for device in devices if wanted.lower() in device.name.lower()]
    if not fitting:
        known = ", ".join(f"{device.number} ({device.name})" for device in devices) or _("none is connected")
        msg = _("no camera is called {wanted}. There is: {known}. See: posturecam cameras", wanted=wanted, known=known)
        raise CameraError(msg)
    return fitting[0]


def settings_file() -> Path:
    """Where the choice is kept."""
    return Path(os.environ.get("POSTURECAM_CONFIG_DIR") or platformdirs.user_config_dir("posturecam")) / "camera.json"


def remembered() -> int:
    """Give the number of the camera used last; 0 when none was."""
    try:
        stored = strict_json.loads(settings_file().read_bytes())
    except (OSError, ValueError):
        return 0
    number = stored.get("camera") if isinstance(stored, dict) else None
    return number if type(number) is int and 0 <= number < _NUMBERS else 0


def remember(number: int) -> None:
    """Keep the choice for the next time; where that is not possible it is simply asked again."""
    with suppress(OSError):
        settings_file().parent.mkdir(parents=True, exist_ok=True)
        settings_file().write_text(json.dumps({"camera": number}), encoding="utf-8")


TITLE = "posturecam live"
ESCAPE, QUIT = "\x1b", "q"
_GROUND = (36, 29, 24)
FIRST_SIZE = (1360, 800)
"""Widest and highest that the window opens, pixels; the user may make it larger."""


class Screen(Protocol):
    """Shows pictures and hears keys."""

    shows: bool

    def show(self, picture: Pixels) -> None:
        """Show (h, w, 3) uint8 BGR."""

    def key(self) -> str:
        """Give the key pressed since the last call, or nothing; ``q`` when the window was closed."""

    def close(self) -> None:
        """Close the window."""


class NoScreen:
    """Shows nothing and hears nothing."""

    shows = False

    def show(self, picture: Pixels) -> None:
        """Show nothing."""

    def key(self) -> str:
        """Hear nothing."""
        return ""

    def close(self) -> None:
        """Close nothing."""


class Window:
    """OpenCV's window, which must be used from the main thread."""

    shows = True

    def __init__(self) -> None:
        """Open the window; raises CameraError where there is no display."""
        if not can_show():
            msg = _(
                "no display to show a window on. Start it from a desktop session, or measure "
                "without a window: posturecam live --no-window",
            )
            raise CameraError(msg)
        _choose_platform()
        with quiet_stderr():
            cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.imshow(TITLE, np.full((450, 800, 3), _GROUND, np.uint8))
            cv2.waitKey(1)
        self._sized = False
        self._opened = _is_open()

    def show(self, picture: Pixels) -> None:
        """Show a picture; a window that the user closed is not opened again."""
        if self._gone():
            return
        if not self._sized:
            shrink = min(1.0, FIRST_SIZE[0] / picture.shape[1], FIRST_SIZE[1] / picture.shape[0])
            cv2.resizeWindow(TITLE, round(shrink * picture.shape[1]), round(shrink * picture.shape[0]))
            self._sized = True
        cv2.imshow(TITLE, picture)

    def key(self) -> str:
        """Give the key pressed, or nothing; ``q`` when the window was closed."""
        code = cv2.waitKey(1)
        if self._gone():
            return QUIT
        return chr(code & 0xFF) if code >= 0 else ""

    def _gone(self) -> bool:
        return self._opened and not _is_open()

    def close(self) -> None:
        """Close the window; the user may have done so before."""
        with contextlib.suppress(cv2.error), quiet_stderr():
            cv2.destroyAllWindows()
            cv2.waitKey(1)


def _is_open() -> bool:
    """Whether the window is still there; asking for a window that is gone is an error in some window libraries."""
    try:
        return bool(cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1)
    except cv2.error:
        return False


def can_show() -> bool:
    """Whether a window can be opened: without a display the window library would end the whole program."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY")) and _display_answers()


def _choose_platform() -> None:
    """Use the one way to a display that OpenCV's wheel brings, and keep its remarks about fonts to itself."""
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.environ.setdefault("QT_LOGGING_RULES", "*=false")


def _display_answers() -> bool:
    """Whether an X server answers under DISPLAY, asked through the library that the window uses too."""
    try:
        return _connects(ctypes.CDLL("libxcb.so.1"))
    except (OSError, AttributeError):
        return True


def _connects(xcb: ctypes.CDLL) -> bool:
    xcb.xcb_connect.restype = ctypes.c_void_p
    for function in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        function.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    broken = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not broken
