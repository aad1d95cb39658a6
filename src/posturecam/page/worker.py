"""Measures the page's photos, one after the other: in a process of its own, so that no photo can hurt the page.

A thread takes the photos in the order in which they came, hands each to the process and waits for it, as long as a
photo may take. A process that hangs, was stopped, or died of a photo is replaced; the photo's place on the page says
so.
"""

import contextlib
import multiprocessing
import pickle
import signal
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from posturecam.batch.engines import LEFT_ALONE_S, START_S, Ready, ended_after, held_back, one_thread, quiet_threads
from posturecam.knowledge import Knowledge
from posturecam.live.threads import CapturedError
from posturecam.page.app_state import AppState, ExamPhoto, OpenExam, PhotoState, aged
from posturecam.page.error_text import told_error
from posturecam.picture.photo import Photo, from_bytes
from posturecam.pipeline.assessment import Assessment, Settings, measured_photo
from posturecam.pipeline.exam import assess_photo
from posturecam.pipeline.limits import TIMEOUT_S, limit_memory, took_too_long, took_too_much
from posturecam.poses.finder import Finder
from posturecam.text.language import N_, _, choose, current
from posturecam.text.sentences import sentence

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

END_S = 2.0
"""How long the thread is waited for at the end, once its process is gone."""

_UNSTARTED = N_("the program that measures does not start")
_DIED = N_("reading or measuring it crashed the program")
_AGAIN = N_("{reason}. Save the photo anew with another program and drop it again, or leave it out.")


@dataclass(frozen=True, slots=True)
class PhotoRequest:
    """One photo to measure: the file as it was sent, its name, and how."""

    data: bytes
    name: str
    settings: Settings


@dataclass(frozen=True, slots=True)
class PhotoAnswer:
    """What came of it: the assessment and the picture that was measured."""

    assessment: Assessment
    photo: Photo


@dataclass(frozen=True, slots=True)
class PhotoRefused:
    """Why it has no result, in words for the page; ``spent`` when the process ends with it."""

    reason: str
    spent: bool = False


@dataclass(frozen=True)
class MeasuringSetup:
    """What the process measures with, as it travels there."""

    knowledge: Knowledge
    model: Path | None = None
    timeout_s: float = TIMEOUT_S
    language: str = field(default_factory=current)

    def measured(self, request: PhotoRequest, finder: Finder) -> PhotoAnswer:
        """Measure one photo."""
        photo = from_bytes(request.data, PurePath(request.name))
        found = assess_photo(photo, finder, request.settings, self.knowledge, outline=True)
        seen = measured_photo(photo, found)
        return PhotoAnswer(
            found, replace(seen, finer=None)
        )  # nor the smaller and flipped pictures that it holds by now

    def answer(self, request: PhotoRequest, finder: Finder) -> PhotoAnswer | PhotoRefused:
        """Measure one photo, or say why that cannot be."""
        with CapturedError() as captured:
            return self.measured(request, finder)
        if isinstance(captured.error, MemoryError):
            return PhotoRefused(_again(sentence(took_too_much())), spent=True)
        assert captured.error is not None  # noqa: S101  (or the block would have returned)
        return PhotoRefused(told_error(captured.error))


def _again(reason: str) -> str:
    return _(_AGAIN, reason=reason[:1].upper() + reason[1:])


def measure_until_closed(pipe: "Connection[Any, Any]", setup: MeasuringSetup) -> None:
    """Be the process: open the networks, then answer for each photo until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server decides
    choose(setup.language)
    limit_memory()
    with contextlib.suppress(EOFError, OSError), quiet_threads(), Finder(setup.model) as finder:
        pipe.send(Ready())
        while True:
            request = pipe.recv()
            with ended_after(setup.timeout_s + LEFT_ALONE_S):
                answered = setup.answer(request, finder)
            pipe.send(answered)
            if isinstance(answered, PhotoRefused) and answered.spent:
                return


class MeasuringProcess:
    """The process and its pipe; another one is started where the last one is gone."""

    def __init__(self, setup: MeasuringSetup) -> None:
        """Start it; its networks open meanwhile."""
        self._setup = setup
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        with one_thread(), held_back(signal.SIGINT):
            self._process = context.Process(
                target=measure_until_closed, args=(there, self._setup), name="posturecam page", daemon=True
            )
            self._process.start()
        there.close()
        self._fresh = True

    def request_photo(self, request: PhotoRequest) -> PhotoAnswer | PhotoRefused:
        """Have one photo measured; a process that takes too long is killed, whatever holds it up."""
        if self._fresh and self._heard(START_S, None) is None:
            return PhotoRefused(_again(_(_UNSTARTED)), spent=True)
        self._fresh = False
        began = time.monotonic()
        answered = self._heard(self._setup.timeout_s, request)
        if isinstance(answered, PhotoAnswer | PhotoRefused):
            return answered
        late = time.monotonic() - began >= self._setup.timeout_s
        return PhotoRefused(_again(sentence(took_too_long(self._setup.timeout_s)) if late else _(_DIED)), spent=True)

    def _heard(self, limit_s: float, request: PhotoRequest | None) -> Any:
        """Ask, and give what the process says next; None where it died, or was killed because it took longer."""
        killer = threading.Timer(limit_s, self._process.kill)
        killer.daemon = True
        killer.start()
        try:
            if request is not None:
                self._pipe.send(request)
            return self._pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError):
            return None
        finally:
            killer.cancel()

    def renew(self) -> None:
        """Put another process in its place."""
        self.kill()
        self._pipe.close()
        self._start()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.join(END_S)


class PhotoWorker:
    """Measures photos in the order in which they came; use it as a context manager."""

    def __init__(self, app_state: AppState, setup: MeasuringSetup | None = None) -> None:
        """Take what is to be measured with; nothing runs yet."""
        self._setup = setup or MeasuringSetup(app_state.knowledge, app_state.model, app_state.timeout_s)
        self._waiting: SimpleQueue[tuple[OpenExam, int] | None] = SimpleQueue()
        self._ending = threading.Event()
        self._process: MeasuringProcess | None = None
        self._thread = threading.Thread(target=self._work, name="posturecam worker", daemon=True)

    def __enter__(self) -> Self:
        """Start the process and the thread."""
        self._process = MeasuringProcess(self._setup)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End both, whatever they do."""
        self._ending.set()
        self._waiting.put(None)
        if self._process is not None:
            self._process.kill()
        self._thread.join(END_S)

    def measure(self, open_exam: OpenExam, number: int) -> None:
        """Put one photo at the end of the queue."""
        self._waiting.put((open_exam, number))

    def _work(self) -> None:
        while (request := self._waiting.get()) is not None and not self._ending.is_set():
            self._measure(*request)

    def _measure(self, open_exam: OpenExam, number: int) -> None:
        exam_photo = open_exam.exam_photo(number)
        process = self._process
        if exam_photo is None or exam_photo.data is None or process is None:
            return
        open_exam.change(number, lambda photo: _set(photo, PhotoState.MEASURING))
        settings = open_exam.settings if exam_photo.view is None else replace(open_exam.settings, view=exam_photo.view)
        answered = process.request_photo(PhotoRequest(exam_photo.data, exam_photo.name, settings))
        if isinstance(answered, PhotoAnswer):
            found = aged(answered.assessment, open_exam.answers([answered.assessment]), self._setup.knowledge)
            open_exam.change(number, lambda exam_photo: _done(exam_photo, found, answered.photo))
            return
        open_exam.change(number, lambda photo: _set(photo, PhotoState.FAILED, answered.reason))
        if answered.spent and not self._ending.is_set():
            process.renew()


def _set(exam_photo: ExamPhoto, state: PhotoState, reason: str = "") -> None:
    exam_photo.state, exam_photo.reason = state, reason


def _done(exam_photo: ExamPhoto, told: Assessment, photo: Photo) -> None:
    exam_photo.state, exam_photo.photo, exam_photo.found, exam_photo.shown = PhotoState.DONE, photo, told, told
