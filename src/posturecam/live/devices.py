"""The webcams of this machine: their numbers and names, and which one was used last."""

import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import platformdirs

from posturecam.errors import CameraError
from posturecam.picture.camera import quiet
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
    return tuple(Device(one.number, one.name, _sizes(one.number)) for one in found)


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
    return tuple(sorted(devices, key=lambda one: one.number))


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


def choose(wanted: str | None) -> int:
    """Turn ``--camera`` into a number: a number, a part of a name, or the one used last. Raises CameraError."""
    if wanted is None:
        return remembered()
    if wanted.isdecimal() and wanted.isascii():
        if len(wanted) > len(str(_NUMBERS)) or int(wanted) >= _NUMBERS:
            msg = _("there is no camera {wanted}. See: posturecam cameras", wanted=wanted[:20])
            raise CameraError(msg)
        return int(wanted)
    devices = list_devices()
    fitting = [one.number for one in devices if wanted.lower() in one.name.lower()]
    if not fitting:
        known = ", ".join(f"{one.number} ({one.name})" for one in devices) or _("none is connected")
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
