"""The mirror in the browser: its camera sends pictures, the same session as in the window leads, lines go back.

The pictures come through a socket instead of a webcam and nothing is shown here; all between is the mirror's own.
"""

import contextlib
import io
import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, Self

import numpy as np
from PIL import Image

from posturecam.live.detection import FrameDetection
from posturecam.live.hold import Timing
from posturecam.live.lines import OneEuro, draw_mirrored
from posturecam.live.options import LiveOptions
from posturecam.live.runner import measurer_of, seer_of
from posturecam.live.session import EXAM_VIEWS, MeasureSession, Status
from posturecam.live.threads import CapturedError, LatestValue, Mirror
from posturecam.page.desks import MOST_PHOTOS, Desk
from posturecam.page.keeping import lay_capture
from posturecam.page.plain import told_error
from posturecam.page.workplace import Workplace
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import Pixels
from posturecam.pipeline.assessment import Settings
from posturecam.poses.finder import Finder
from posturecam.reports.picture.canvas import ON_PHOTO
from posturecam.reports.picture.svg_canvas import SvgCanvas
from posturecam.storage.assessment_json import plain

MOST_SIDE_PX = 1920
"""Longest side of a picture that is taken."""

HEAD = struct.Struct("<d")
"""Before each picture stands its time, milliseconds of the browser's own clock."""

_LETTERS = 1.2
"""Size of letters over the mirror's picture: read from two metres away."""

_STEP_S = 0.001

Say = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class SocketCamera:
    """A camera whose pictures come as messages; the latest takes the place of one that nobody has looked at.

    A picture's number is that of its message, so that the browser knows which of them are settled.
    """

    name: str = "camera"
    live: bool = True
    rate: float = 15.0
    lost: bool = False
    _sent: int = 0
    _box: LatestValue[tuple[int, bytes]] = field(default_factory=LatestValue)

    def put(self, message: bytes) -> None:
        """Take a message from the browser."""
        self._box.put((self._sent, message))
        self._sent += 1

    def frames(self) -> Iterator[TimedFrame]:
        """Give the pictures; a message that is none is passed over."""
        last, first = -_STEP_S, None
        while (taken := self._box.take()) is not None:
            number, message = taken
            found = picture_in(message)
            if found is None:
                continue
            at_s, pixels = found
            first = at_s if first is None else first
            last = max(at_s - first, last + _STEP_S)
            yield TimedFrame(pixels, last, number)

    def close(self) -> None:
        """End with the pictures."""
        self._box.close()

    def __enter__(self) -> Self:
        """Give the camera."""
        return self

    def __exit__(self, *_: object) -> None:
        """End with the pictures."""
        self.close()


def picture_in(message: bytes) -> tuple[float, Pixels] | None:
    """Take a message apart: seconds, and (h, w, 3) uint8 RGB; None for what is no JPEG of a sensible size."""
    if len(message) <= HEAD.size:
        return None
    (at_ms,) = HEAD.unpack_from(message)
    try:
        with Image.open(io.BytesIO(message[HEAD.size :]), formats=["JPEG"]) as opened:
            sound = min(opened.size) >= 32 and max(opened.size) <= MOST_SIDE_PX and math.isfinite(at_ms)
            return (at_ms / 1000.0, np.asarray(opened.convert("RGB"))) if sound else None
    except (OSError, ValueError, SyntaxError):
        return None


@dataclass(slots=True)
class Keys:
    """A screen that shows nothing here; its keys are the buttons of the page."""

    shows: bool = False
    _pressed: SimpleQueue[str] = field(default_factory=SimpleQueue)

    def press(self, key: str) -> None:
        """Take a key."""
        self._pressed.put(key)

    def key(self) -> str:
        """Give the key pressed since the last call, or nothing."""
        try:
            return self._pressed.get_nowait()
        except Empty:
            return ""

    def show(self, picture: Pixels) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Close nothing."""


class Sitting:
    """One sitting in front of a browser's camera; ``run`` goes on until the pictures end or the exam is complete."""

    def __init__(self, workplace: Workplace, say: Say, *, exam: bool) -> None:
        """Get ready. ``say`` sends a message to the browser, from another thread than the one that asked."""
        self.camera, self.keys = SocketCamera(), Keys()
        self._workplace, self._say, self._exam = workplace, say, exam
        self._desk: Desk | None = None
        self._smooth: OneEuro | None = None
        self._laid = 0
        self._session: MeasureSession | None = None

    def run(self) -> None:
        """Lead through the sitting; what goes wrong is told to the browser."""
        with contextlib.closing(self.camera):
            with CapturedError() as border:
                self._run()
            if border.error is not None:
                self._say({"error": told_error(border.error)})

    def _run(self) -> None:
        options = LiveOptions(exam=self._exam, passes=self._workplace.passes, model=self._workplace.model)
        with Finder(options.model) as finder:
            measurer = measurer_of(finder, options, self._workplace.knowledge, None, self.camera)
            session = MeasureSession(measurer, Timing(), EXAM_VIEWS if self._exam else (None,))
            self._session = session
            Mirror(self.camera, seer_of(options), session, self.keys, told=self._told).run()
            self._lay()
        if session.finished and self._desk is not None:
            self._say({"done": True, "exam": self._desk.name})

    def _told(self, detection: FrameDetection, status: Status) -> None:
        """Send what is to be drawn over one picture, and what is to be said."""
        self._lay()
        width, height = detection.frame.size_px
        said = {name: plain(getattr(status, name)) for name in _SAID}
        self._say(
            {
                "number": detection.frame.number,
                "size": [width, height],
                "shapes": self._shapes(detection),
                "status": said,
                "captures": self._laid,
                "exam": self._desk.name if self._desk is not None else "",
            }
        )

    def _shapes(self, detection: FrameDetection) -> str:
        if detection.points is None or not detection.whole:
            return ""
        self._smooth = self._smooth or OneEuro(beta=8.0 / detection.frame.size_px[1])
        canvas = SvgCanvas(detection.frame.size_px, ON_PHOTO, _LETTERS)
        points = self._smooth(detection.points, detection.frame.at_s)
        draw_mirrored(canvas, points, detection.view, self._workplace.knowledge)
        return canvas.shapes

    def _lay(self) -> None:
        """Lay fresh measurements on the desk, as many as it takes; the first one opens it."""
        fresh = self._session.outcomes[self._laid : MOST_PHOTOS] if self._session is not None else []
        for outcome in fresh:
            self._desk = self._desk or self._workplace.desks.open(Settings())
            self._laid += 1
            lay_capture(self._desk, outcome.measured)


_SAID = ("title", "phase", "checks", "progress", "big", "steps", "results", "beep")
