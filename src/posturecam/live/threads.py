"""The three threads of the mirror, what lies between them, and their clean end.

    Mirror(camera, seer, session, NoScreen()).run()

``camera`` gives pictures in a thread of its own; ``seer`` opens the networks in the second thread, which finds the body
and leads through the session; the calling thread draws, shows and hears keys, because windows want the main thread.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from types import FrameType, TracebackType
from typing import Generic, Self, TypeVar

import numpy as np

from posturecam.live.devices import ESCAPE, QUIT, Screen
from posturecam.live.frame_detection import FrameDetection, Watcher
from posturecam.live.hold import Phase
from posturecam.live.live_session import Session, Status
from posturecam.picture.camera import Camera, TimedFrame
from posturecam.picture.photo import Pixels
from posturecam.text.language import N_, _


@dataclass(slots=True)
class CapturedError:
    """A block whose error is kept in ``error`` instead of passed on; only what ends the program itself gets out."""

    error: Exception | None = None

    def __enter__(self) -> Self:
        """Begin with no error."""
        self.error = None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        """Keep the error."""
        if isinstance(error, Exception):
            self.error = error
        return self.error is not None


Item = TypeVar("Item")


class LatestValue(Generic[Item]):
    """Holds one item. ``patient``: a new item waits until the one before it was taken, so that none is lost."""

    def __init__(self, *, patient: bool = False) -> None:
        """Start empty and open."""
        self.patient = patient
        self.dropped = 0
        self._changed = threading.Condition()
        self._item: Item | None = None
        self._closed = False

    def put(self, item: Item) -> bool:
        """Lay an item in, in place of one that nobody took; False when the box is closed."""
        with self._changed:
            if self.patient:
                self._changed.wait_for(lambda: self._closed or self._item is None)
            if self._closed:
                return False
            self.dropped += self._item is not None
            self._item = item
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float | None = None) -> Item | None:
        """Take the item, waiting for it; None when the time is over, or the box is closed and empty."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while self._item is None and not self._closed:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    return None
                self._changed.wait(left)
            item, self._item = self._item, None
            self._changed.notify_all()
            return item

    def peek(self) -> Item | None:
        """Look at what lies there, and leave it."""
        with self._changed:
            return self._item

    def close(self) -> None:
        """Let nothing more in; what lies there can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def over(self) -> bool:
        """Whether the box is closed and empty."""
        with self._changed:
            return self._closed and self._item is None


WAIT_S = 0.02
"""How long the drawing thread waits for a picture before it looks after the window again."""

END_S = 10.0
"""How long the other threads are waited for at the end; then they are left to the interpreter's own end."""

LOST = N_("The camera has gone silent, trying again …")

Seer = Callable[[], AbstractContextManager[Watcher]]
"""Opens what sees, in the thread that uses it."""

Draw = Callable[[FrameDetection, Status], Pixels]
OnShown = Callable[[FrameDetection, Status], None]
"""Hears of every picture that is shown, in the drawing thread."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture with what is to be said about it."""

    detection: FrameDetection
    status: Status


@dataclass(slots=True)
class Meter:
    """How fast the mirror was: pictures taken, seen and shown, their age on the screen, the work of drawing (s)."""

    taken: int = 0
    seen: int = 0
    shown: int = 0
    age_s: list[float] = field(default_factory=list)
    draw_s: list[float] = field(default_factory=list)
    shown_at: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Pictures shown in a second, from the first to the last."""
        if self.shown < 2:
            return 0.0
        return (self.shown - 1) / (self.shown_at[-1] - self.shown_at[0])


class Mirror:
    """One run of the mirror."""

    def __init__(  # noqa: PLR0913, PLR0917  (the parts that it connects)
        self,
        camera: Camera,
        seer: Seer,
        session: Session,
        screen: Screen,
        draw: Draw | None = None,
        told: OnShown | None = None,
    ) -> None:
        """Connect the parts; with a film that is read fast every picture is seen and shown."""
        patient = not camera.live and getattr(getattr(camera, "wish", None), "fast", False)
        self.meter = Meter()
        self._camera, self._seer, self._session, self._screen = camera, seer, session, screen
        self._draw, self._told = draw, told
        self._frames: LatestValue[TimedFrame] = LatestValue(patient=patient)
        self._detections: LatestValue[Shown] = LatestValue(patient=patient)
        self._keys: SimpleQueue[str] = SimpleQueue()
        self._stop, self._ready = threading.Event(), threading.Event()
        self.closed_by_hand = False
        self._errors: list[Exception] = []

    def run(self) -> Meter:
        """Run until the pictures end, the session is finished, or the user closes; raises what a thread raised."""
        threads = [
            threading.Thread(target=self._guarded, args=(part,), name=f"posturecam {part.__name__}", daemon=True)
            for part in (self._capture, self._see)
        ]
        for thread in threads:
            thread.start()
        with self._interrupts_noted() as interrupted:
            try:
                self._show()
            finally:
                self._end(threads)
        if interrupted.is_set():
            raise KeyboardInterrupt
        if self._errors:
            raise self._errors[0]
        return self.meter

    @contextlib.contextmanager
    def _interrupts_noted(self) -> Iterator[threading.Event]:
        """Let Ctrl-C end the threads in their order: raised inside the window library it could tear them down."""
        interrupted = threading.Event()

        def note(_number: int, _frame: FrameType | None) -> None:
            interrupted.set()
            self._stop.set()

        if threading.current_thread() is not threading.main_thread():
            yield interrupted
            return
        before = signal.signal(signal.SIGINT, note)
        try:
            yield interrupted
        finally:
            signal.signal(signal.SIGINT, before)

    def _end(self, threads: list[threading.Thread]) -> None:
        self._stop.set()
        self._frames.close()
        self._detections.close()
        for thread in threads:
            thread.join(END_S)
        if not threads[0].is_alive():  # a device must not be let go under a thread that reads from it
            self._camera.close()
        self._screen.close()

    def _guarded(self, part: Callable[[], None]) -> None:
        """Run a thread's part; what it raises is raised again in the calling thread."""
        with CapturedError() as captured:
            part()
        if captured.error is not None:
            self._errors.append(captured.error)
            self._stop.set()
            self._frames.close()
            self._detections.close()

    def _capture(self) -> None:
        """First thread: take pictures."""
        self._wait_until_ready()
        for frame in self._camera.frames():
            self.meter.taken += 1
            if self._stop.is_set() or not self._frames.put(frame):
                break
            if not self._camera.live:
                self._wait_until_ready()
        self._frames.close()

    def _wait_until_ready(self) -> None:
        """Let nothing be missed of a film while the networks are opened, or captured pictures are measured."""
        while not self._stop.is_set() and not self._ready.wait(0.1):
            pass

    def _see(self) -> None:
        """Second thread: find the body, lead through the session, measure."""
        with self._seer() as watcher:
            self._ready.set()
            last: Shown | None = None
            while not self._stop.is_set() and not self._session.finished:
                frame = self._frames.take()
                if frame is None:
                    break
                last = self._one(watcher, frame)
            if last is not None and not self._stop.is_set() and not self._session.finished and self._session.finish():
                self._measure(last)
        self._detections.close()
        self._frames.close()

    def _one(self, watcher: Watcher, frame: TimedFrame) -> Shown:
        self._hear()
        detection = watcher.detect(frame)
        shown = Shown(detection, self._session.step(detection))
        self.meter.seen += 1
        self._detections.put(shown)
        if self._session.due:
            self._measure(shown)
        return shown

    def _measure(self, shown: Shown) -> None:
        self._ready.clear()
        self._detections.put(replace(shown, status=replace(shown.status, phase=Phase.MEASURE)))
        self._detections.put(Shown(shown.detection, self._session.measure()))
        self._ready.set()

    def _hear(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._session.command(self._keys.get_nowait())

    def _show(self) -> None:
        """Draw, show, and hear keys, in the calling thread."""
        last: Shown | None = None
        while not self._stop.is_set():
            shown = self._detections.take(WAIT_S)
            if shown is not None:
                last = shown
                self._show_one(shown)
            elif self._detections.over:
                break
            elif last is not None and last.status.phase is Phase.MEASURE:
                self._keep_moving(last)
            elif last is not None and self._camera.lost:
                self._draw_again(last, replace(last.status, title=_(LOST), big=""))
            key = self._screen.key()
            if key in (QUIT, ESCAPE):
                self.closed_by_hand = True
                self._stop.set()
            elif key:
                self._keys.put(key)

    def _show_one(self, shown: Shown) -> None:
        began = time.thread_time()
        if self._draw is not None and self._screen.shows:
            self._screen.show(self._draw(shown.detection, shown.status))
        if self._told is not None:
            self._told(shown.detection, shown.status)
        self.meter.shown += 1
        self.meter.draw_s.append(time.thread_time() - began)
        self.meter.shown_at.append(time.monotonic())
        self.meter.age_s.append(self.meter.shown_at[-1] - shown.detection.frame.taken)

    def _draw_again(self, last: Shown, status: Status) -> None:
        if self._draw is not None and self._screen.shows:
            self._screen.show(self._draw(last.detection, status))

    def _keep_moving(self, last: Shown) -> None:
        """Show the camera's own pictures while the captured ones are being measured."""
        frame = self._frames.peek()
        if frame is not None:
            bare = replace(
                last.detection, frame=frame, points=None, visibility=np.zeros_like(last.detection.visibility)
            )
            self._draw_again(Shown(bare, last.status), last.status)
