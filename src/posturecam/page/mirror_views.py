"""The mirror in the browser: its camera sends pictures, the same session as in the window leads, lines go back.

The page, the socket behind it, and the run that both lead to.
"""

import asyncio
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
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from posturecam.live.body_lines import OneEuro, draw_mirrored
from posturecam.live.frame_detection import FrameDetection
from posturecam.live.hold import Timing
from posturecam.live.live_options import LiveOptions
from posturecam.live.live_session import EXAM_VIEWS, SPACE, MeasureSession, Status
from posturecam.live.runner import measurer_of, watcher_of
from posturecam.live.threads import CapturedError, LatestValue, Mirror
from posturecam.page import requests
from posturecam.page.app_state import MOST_PHOTOS, AppState, OpenExam
from posturecam.page.error_text import told_error
from posturecam.page.record_io import lay_capture
from posturecam.page.requests import render
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import Pixels
from posturecam.pipeline.assessment import Settings
from posturecam.poses.finder import Finder
from posturecam.reports.drawing.canvas import ON_PHOTO
from posturecam.reports.drawing.svg_canvas import SvgCanvas
from posturecam.storage.assessment_json import plain_value
from posturecam.text.language import N_, _
from posturecam.text.language.views import of_view

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


class BrowserMirror:
    """One run in front of a browser's camera; ``run`` goes on until the pictures end or the exam is complete."""

    def __init__(self, app_state: AppState, say: Say, *, exam: bool) -> None:
        """Get ready. ``say`` sends a message to the browser, from another thread than the one that asked."""
        self.camera, self.keys = SocketCamera(), Keys()
        self._app_state, self._say, self._exam = app_state, say, exam
        self._open_exam: OpenExam | None = None
        self._smooth: OneEuro | None = None
        self._laid = 0
        self._session: MeasureSession | None = None

    def run(self) -> None:
        """Lead through the run; what goes wrong is told to the browser."""
        with contextlib.closing(self.camera):
            with CapturedError() as captured:
                self._run()
            if captured.error is not None:
                self._say({"error": told_error(captured.error)})

    def _run(self) -> None:
        options = LiveOptions(exam=self._exam, passes=self._app_state.passes, model=self._app_state.model)
        with Finder(options.model) as finder:
            measurer = measurer_of(finder, options, self._app_state.knowledge, None, self.camera)
            session = MeasureSession(measurer, Timing(), EXAM_VIEWS if self._exam else (None,))
            self._session = session
            Mirror(self.camera, watcher_of(options), session, self.keys, told=self._told).run()
            self._lay()
        if session.finished and self._open_exam is not None:
            self._say({"done": True, "exam": self._open_exam.name})

    def _told(self, detection: FrameDetection, status: Status) -> None:
        """Send what is to be drawn over one picture, and what is to be said."""
        self._lay()
        width, height = detection.frame.size_px
        said = {name: plain_value(getattr(status, name)) for name in _SAID}
        self._say(
            {
                "number": detection.frame.number,
                "size": [width, height],
                "shapes": self._shapes(detection),
                "status": said,
                "captures": self._laid,
                "exam": self._open_exam.name if self._open_exam is not None else "",
            }
        )

    def _shapes(self, detection: FrameDetection) -> str:
        if detection.points is None or not detection.whole:
            return ""
        self._smooth = self._smooth or OneEuro(beta=8.0 / detection.frame.size_px[1])
        canvas = SvgCanvas(detection.frame.size_px, ON_PHOTO, _LETTERS)
        points = self._smooth(detection.points, detection.frame.at_s)
        draw_mirrored(canvas, points, detection.view, self._app_state.knowledge)
        return canvas.shapes

    def _lay(self) -> None:
        """Lay fresh measurements on the open exam, as many as it takes; the first one opens it."""
        fresh = self._session.captures[self._laid : MOST_PHOTOS] if self._session is not None else []
        for capture in fresh:
            self._open_exam = self._open_exam or self._app_state.open_exams.open(Settings())
            self._laid += 1
            lay_capture(self._open_exam, capture.measured)


_SAID = ("title", "phase", "checks", "progress", "big", "steps", "results", "beep")


BUSY = N_("The mirror is open in other tabs already. Close one of them, then start again.")


def mirror_page(_request: Request) -> Response:
    """Show the mirror, its camera still off."""
    return render("mirror.html", views=[of_view(view) for view in EXAM_VIEWS], most=MOST_SIDE_PX)


async def mirror_socket(websocket: WebSocket) -> None:
    """Take pictures and keys from the browser, give lines and words back, until either ends it."""
    await websocket.accept()
    app_state = requests.app_state_of(websocket)
    messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    exam = websocket.query_params.get("exam") == "1"
    browser_mirror = BrowserMirror(app_state, lambda said: _put(loop, messages, said), exam=exam)

    def run() -> None:
        """Sit until it is over, then say so."""
        browser_mirror.run()
        _put(loop, messages, None)

    if not app_state.slots.take(run):
        await websocket.send_json({"error": _(BUSY)})
        await websocket.close()
        return
    hearing = asyncio.create_task(_hear(websocket, browser_mirror))
    try:
        await _tell(websocket, messages)
    finally:
        hearing.cancel()
        browser_mirror.camera.close()


def _put(
    loop: asyncio.AbstractEventLoop, messages: "asyncio.Queue[dict[str, Any] | None]", said: dict[str, Any] | None
) -> None:
    """Put a message into the queue from another thread; nobody hears it once the server has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(messages.put_nowait, said)


async def _hear(websocket: WebSocket, browser_mirror: BrowserMirror) -> None:
    """Take pictures (bytes) and keys (text) until the browser ends."""
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                break
            if message.get("bytes") is not None:
                browser_mirror.camera.put(message["bytes"])
            elif message.get("text") == "measure":
                browser_mirror.keys.press(SPACE)
    finally:
        browser_mirror.camera.close()


async def _tell(websocket: WebSocket, messages: "asyncio.Queue[dict[str, Any] | None]") -> None:
    """Send what the mirror says until it is over or the browser has gone."""
    try:
        while (said := await messages.get()) is not None:
            await websocket.send_json(said)
        await websocket.close()
    except (WebSocketDisconnect, RuntimeError):
        return


ROUTES: tuple[BaseRoute, ...] = (Route("/mirror", mirror_page), WebSocketRoute("/mirror/socket", mirror_socket))
