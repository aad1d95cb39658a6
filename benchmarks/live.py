"""How much the mirror adds to the network that it must run anyway, how old what is shown is, and its memory."""

import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np

from posturecam.body import View
from posturecam.knowledge import load
from posturecam.live.frame_detection import Watcher
from posturecam.live.hold import Timing
from posturecam.live.live_session import MeasureSession
from posturecam.live.threads import Meter, Mirror
from posturecam.live.view import Footer, MirrorView, Privacy
from posturecam.picture.camera import CameraWish, TimedFrame
from posturecam.picture.photo import Pixels, limited_size, read
from posturecam.pipeline.film import FilmAssessment
from posturecam.poses.mediapipe_pose import Landmarker

ROOT = Path(__file__).resolve().parents[1]
SIZE, RATE = (1280, 720), 30.0
DRAWING_S = 0.004
FOOTER = Footer((("q, Esc", "close"),), "nothing is recorded", recording=False)


class Repeated:
    """A camera that gives a few pictures of a swaying person again and again: a film read fast, or a webcam's pace."""

    name, rate, lost = "bench", RATE, False

    def __init__(self, pictures: Sequence[Pixels], count: int, *, paced: bool, rate: float = RATE) -> None:
        """Give ``count`` pictures; ``paced`` as a webcam would, else as fast as they are taken."""
        self.live, self.wish = paced, CameraWish(fast=not paced)
        self._pictures, self._count, self._step = pictures, count, 1 / rate

    def frames(self) -> Iterator[TimedFrame]:
        """Give the pictures."""
        start = time.monotonic()
        for number in range(self._count):
            if self.live:
                time.sleep(max(0.0, start + number * self._step - time.monotonic()))
            yield TimedFrame(self._pictures[number % len(self._pictures)], number * self._step, number)

    def close(self) -> None:
        """Close nothing."""

    def __enter__(self) -> Self:
        """Give the camera."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close nothing."""


class Shows:
    """A screen that everything is drawn for and that shows nothing."""

    shows = True

    def show(self, picture: Pixels) -> None:
        """Show nothing."""

    def key(self) -> str:
        """Hear nothing."""
        return ""

    def close(self) -> None:
        """Close nothing."""


def pictures(size: tuple[int, int]) -> list[Pixels]:
    """Twelve pictures of a person in the middle of a wide wall, a few pixels apart."""
    person = limited_size(read(ROOT / "sample_images" / "front.jpg").pixels, size[1])
    left = (size[0] - person.shape[1]) // 2
    wall = ((0, 0), (left, size[0] - person.shape[1] - left), (0, 0))
    whole = np.pad(person, wall, mode="edge")
    return [np.ascontiguousarray(np.roll(whole, round(3 * np.sin(n / 2)), axis=1)) for n in range(12)]


def never(_frames: Sequence[TimedFrame], _name: str) -> FilmAssessment:
    """Measure nothing: the person never shows the wanted back."""
    raise NotImplementedError


@contextmanager
def seer() -> Iterator[Watcher]:
    """Open the networks as the program does."""
    with Landmarker(film=True) as film, Landmarker() as counter:
        yield Watcher(film, counter)


def mirror(camera: Repeated, size: tuple[int, int]) -> Meter:
    """Run the mirror over a camera."""
    view = MirrorView(size, load(), FOOTER, Privacy())
    session = MeasureSession(never, Timing(), (View.BACK,))
    return Mirror(camera, seer, session, Shows(), view.picture).run()


def bare_rate(several: Sequence[Pixels], count: int) -> float:
    """Pictures a second of the network alone, in film mode."""
    with Landmarker(film=True) as landmarker:
        for number in range(10):
            landmarker.see_frame(several[number % len(several)], number + 1)
        start = time.perf_counter()
        for number in range(count):
            landmarker.see_frame(several[number % len(several)], 1000 + round(number * 1000 / RATE))
        return count / (time.perf_counter() - start)


def resident_mb() -> float:
    """Memory of this process now, MB; its largest where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def memory() -> tuple[float, float]:
    """Memory after the first of ten minutes of film at 5 pictures a second, and after the last, MB."""
    several, size = pictures((432, 576)), (432, 576)
    mirror(Repeated(several, 300, paced=False, rate=5.0), size)
    first = resident_mb()
    mirror(Repeated(several, 2700, paced=False, rate=5.0), size)
    return first, resident_mb()


def bench() -> list[tuple[str, float, str]]:
    """Compare rates on the same pictures, in one run."""
    several = pictures(SIZE)
    bare = bare_rate(several, 150)
    fast = mirror(Repeated(several, 240, paced=False), SIZE)
    paced = mirror(Repeated(several, 180, paced=True), SIZE)
    wanted = min(bare, RATE)
    allowed = 2 / RATE + 1 / bare
    first, last = memory()
    return [
        (f"pictures/s without any cap / network alone ({fast.rate:.1f} / {bare:.1f})", fast.rate / bare, "none"),
        (
            f"pictures/s at a webcam's pace / the smaller of both ({paced.rate:.1f} / {wanted:.1f})",
            paced.rate / wanted,
            "≥ 0.9",
        ),
        (
            f"drawing and bookkeeping / 4 ms, median ({1000 * np.median(fast.draw_s):.2f} ms)",
            float(np.median(fast.draw_s)) / DRAWING_S,
            "≤ 1",
        ),
        (
            f"age on the screen / (2 pictures + 1 inference), median ({1000 * np.median(paced.age_s):.0f} ms)",
            float(np.median(paced.age_s)) / allowed,
            "≤ 1",
        ),
        (f"memory after ten minutes / after one ({last:.0f} / {first:.0f} MB)", last / first, "≤ 1.05"),
    ]
