"""Where the mirror is shown: OpenCV's own window, or nowhere."""

import contextlib
import ctypes
import os
import sys
from typing import Protocol

import cv2
import numpy as np

from posturecam.errors import CameraError
from posturecam.picture.photo import Pixels
from posturecam.poses.mediapipe_pose import quiet_stderr
from posturecam.text.language import _

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
