"""The three threads: the latest picture wins, nothing lags, and every way of closing ends all of them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import pytest

from posturecam.body import ORDER
from posturecam.errors import CameraError
from posturecam.live.frame_detection import FrameDetection
from posturecam.live.hold import Phase
from posturecam.live.live_session import Status
from posturecam.live.threads import LOST, LatestValue, Mirror
from posturecam.picture.camera import CameraWish, TimedFrame
from posturecam.picture.photo import Pixels

GUARD_S = 20.0
PIXELS = np.zeros((48, 64, 3), np.uint8)


def within_guard(work: Callable[[], Any]) -> list[BaseException]:
    """Do something in a thread that must end in time; what it raised."""
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  (handed on)
            raised.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    thread.join(GUARD_S)
    assert not thread.is_alive(), "the mirror hangs"
    return raised


class _Camera:
    """Gives pictures at a rate; ``count`` ends it, ``error`` breaks it."""

    name, rate, lost = "fake", 100.0, False

    def __init__(self, count: int = 10**6, *, rate: float = 100.0, fast: bool = False, error: bool = False) -> None:
        self.live = not fast
        self.wish = CameraWish(fast=fast)
        self.count, self.pause, self.error = count, 0.0 if fast else 1 / rate, error
        self.closed = False

    def frames(self) -> Iterator[TimedFrame]:
        for number in range(self.count):
            time.sleep(self.pause)
            yield TimedFrame(PIXELS, number / 100, number)
        if self.error:
            msg = "fake stopped giving pictures"
            raise CameraError(msg)

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Watcher:
    """Sees nobody, slowly or quickly; or breaks."""

    def __init__(self, pause: float = 0.0, breaks_at: int = -1) -> None:
        self.pause, self.breaks_at = pause, breaks_at
        self.numbers: list[int] = []

    def detect(self, frame: TimedFrame) -> FrameDetection:
        time.sleep(self.pause)
        self.numbers.append(frame.number)
        if frame.number == self.breaks_at:
            msg = "a bug"
            raise ZeroDivisionError(msg)
        return FrameDetection(frame, None, np.zeros(len(ORDER)), 0.0, 0, 100.0)


class _Session:
    """Ends after so many detections; measures now and then."""

    def __init__(self, ends_after: int = 10**6, measure_at: int = -1) -> None:
        self.finished = False
        self.steps, self.ends_after, self.measure_at = 0, ends_after, measure_at
        self.keys: list[str] = []
        self.measured = 0

    @property
    def due(self) -> bool:
        return self.steps == self.measure_at and not self.measured

    def step(self, _glimpse: FrameDetection) -> Status:
        self.steps += 1
        self.finished = self.steps >= self.ends_after
        return Status("")

    def measure(self) -> Status:
        self.measured += 1
        return Status("", Phase.DONE)

    def command(self, key: str) -> None:
        self.keys.append(key)

    def finish(self) -> bool:
        return False


class _Screen:
    """Plays keys, one per picture; or is interrupted."""

    shows = True

    def __init__(self, keys: str = "", *, interrupt: bool = False, pause: float = 0.0) -> None:
        self.keys, self.interrupt, self.pause = list(keys), interrupt, pause
        self.shown = 0
        self.closed = False

    def show(self, _picture: Pixels) -> None:
        self.shown += 1
        time.sleep(self.pause)

    def key(self) -> str:
        if self.shown < 5:
            return ""
        if self.interrupt:
            raise KeyboardInterrupt
        return self.keys.pop(0) if self.keys else ""

    def close(self) -> None:
        self.closed = True


def mirror(camera: _Camera, watcher: _Watcher, session: _Session, screen: _Screen) -> Mirror:
    """A mirror of stand-ins."""

    @contextmanager
    def seer() -> Iterator[Any]:
        yield watcher

    return Mirror(camera, seer, session, screen, lambda *_: PIXELS)


def left_over() -> list[str]:
    """Threads of the mirror that still run."""
    return [one.name for one in threading.enumerate() if one.name.startswith("posturecam ")]


@pytest.mark.parametrize(
    ("camera", "session", "screen", "error"),
    [
        pytest.param(_Camera(), _Session(), _Screen("q"), None, id="q"),
        pytest.param(_Camera(), _Session(), _Screen("\x1b"), None, id="Esc"),
        pytest.param(_Camera(), _Session(), _Screen(interrupt=True), KeyboardInterrupt, id="Ctrl-C"),
        pytest.param(_Camera(), _Session(ends_after=30), _Screen(), None, id="the session is over"),
        pytest.param(_Camera(40), _Session(), _Screen(), None, id="the film is over"),
        pytest.param(_Camera(40, fast=True), _Session(), _Screen(), None, id="the film is over, read fast"),
        pytest.param(_Camera(10**6, fast=True), _Session(), _Screen("q"), None, id="q in a film read fast"),
        pytest.param(_Camera(0), _Session(), _Screen(), None, id="no picture at all"),
        pytest.param(_Camera(20, error=True), _Session(), _Screen(), CameraError, id="the camera was pulled out"),
    ],
)
def test_every_way_of_closing_ends_all_threads(
    camera: _Camera, session: _Session, screen: _Screen, error: type[BaseException] | None
) -> None:
    """Camera and window are closed, no thread is left, and an error comes out where it can be told."""
    raised = within_guard(mirror(camera, _Watcher(), session, screen).run)
    assert [type(one) for one in raised] == ([error] if error else [])
    assert left_over() == []
    assert camera.closed
    assert screen.closed


def test_a_silent_camera_is_told_of_on_the_picture() -> None:
    """While it is being opened again, with the last picture."""

    class Silent(_Camera):
        lost = False

        def frames(self) -> Iterator[TimedFrame]:
            yield from super().frames()
            self.lost = True
            time.sleep(0.3)

    titles: list[str] = []

    def draw(_glimpse: FrameDetection, status: Status) -> Pixels:
        titles.append(status.title)
        return PIXELS

    @contextmanager
    def seer() -> Iterator[Any]:
        yield _Watcher()

    within_guard(Mirror(Silent(10), seer, _Session(), _Screen(), draw).run)
    assert LOST in titles


def test_a_bug_in_the_seeing_thread_comes_out() -> None:
    """It is not swallowed, and nothing hangs."""
    raised = within_guard(mirror(_Camera(), _Watcher(breaks_at=3), _Session(), _Screen()).run)
    assert [type(one) for one in raised] == [ZeroDivisionError]
    assert left_over() == []


def test_a_slow_network_drops_pictures_and_never_lags() -> None:
    """Pictures come every 10 ms and are seen every 40: what is shown is never older than two of these steps."""
    watcher = _Watcher(pause=0.04)
    run = mirror(_Camera(150), watcher, _Session(), _Screen())
    assert within_guard(run.run) == []
    assert run.meter.taken == 150
    assert run.meter.seen < 75
    assert watcher.numbers == sorted(set(watcher.numbers))
    assert float(np.median(run.meter.age_s)) < 0.1


def test_a_slow_window_does_not_slow_the_network() -> None:
    """Drawing takes 50 ms, seeing nothing: far more is seen than shown."""
    run = mirror(_Camera(150), _Watcher(), _Session(), _Screen(pause=0.05))
    assert within_guard(run.run) == []
    assert run.meter.seen > 2 * run.meter.shown


def test_a_film_read_fast_loses_no_picture() -> None:
    """Each is seen and each is shown."""
    watcher = _Watcher()
    run = mirror(_Camera(60, fast=True), watcher, _Session(), _Screen(pause=0.002))
    assert within_guard(run.run) == []
    assert watcher.numbers == list(range(60))
    assert run.meter.shown == 60


def test_keys_reach_the_session_and_measurements_are_made() -> None:
    """The space bar, and a capture that is due."""
    session = _Session(ends_after=80, measure_at=10)
    within_guard(mirror(_Camera(), _Watcher(), session, _Screen(" ")).run)
    assert session.keys == [" "]
    assert session.measured == 1


def test_the_latest_item_wins() -> None:
    """What nobody took is replaced; a closed box still gives what lies in it."""
    box: LatestValue[int] = LatestValue()
    assert [box.put(number) for number in range(3)] == [True] * 3
    box.close()
    assert box.dropped == 2
    assert not box.put(9)
    assert box.take() == 2
    assert box.take() is None
    assert box.over


def test_waiting_for_an_item_ends_in_time() -> None:
    """An empty box gives nothing after the time is over."""
    began = time.monotonic()
    assert LatestValue[int]().take(0.05) is None
    assert time.monotonic() - began < 1.0
