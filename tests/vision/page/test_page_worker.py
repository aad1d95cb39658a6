"""The process that measures the page's photos: one that hangs, dies or eats memory is replaced, and that is said."""

import hashlib
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from posturecam.knowledge import load
from posturecam.page.app_state import AppState, ExamPhoto, OpenExam, PhotoState
from posturecam.page.worker import MeasuringSetup, PhotoAnswer, PhotoRequest, PhotoWorker
from posturecam.pipeline.assessment import Settings
from posturecam.poses.finder import Finder


class BadSetup(MeasuringSetup):
    """Does with a photo what its name says; all others are measured."""

    def measured(self, request: PhotoRequest, finder: Finder) -> PhotoAnswer:
        """Measure one photo, or never come back."""
        if request.name == "stop.jpg":
            os.kill(os.getpid(), signal.SIGSTOP)
        if request.name == "hang.jpg":
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
        if request.name == "die.jpg":
            os.kill(os.getpid(), signal.SIGKILL)
        if request.name == "eat.jpg":
            eaten = [np.zeros(2**27, np.uint8)]
            while eaten:
                eaten.append(np.zeros(2**27, np.uint8))
        return super().measured(request, finder)


def ended(open_exam: OpenExam, wait_s: float = 60.0) -> dict[str, ExamPhoto]:
    """Wait until every photo is measured or given up."""
    end = time.monotonic() + wait_s
    while any(one.state in (PhotoState.WAITING, PhotoState.MEASURING) for one in open_exam.exam_photos()):
        assert time.monotonic() < end, open_exam.exam_photos()
        time.sleep(0.05)
    return {one.name: one for one in open_exam.exam_photos()}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded where the system can do that")
def test_photos_that_hang_die_or_eat_memory_hurt_no_other_one(samples: Path) -> None:
    """Each says what happened and what to do; the photo after them is measured."""
    setup = BadSetup(load(), timeout_s=3.0)
    app_state, open_exam = AppState(setup.knowledge), OpenExam("a", Settings(passes=1))
    data = (samples / "front.jpg").read_bytes()
    with PhotoWorker(app_state, setup) as worker:
        for name in ("first.jpg", "stop.jpg", "hang.jpg", "die.jpg", "eat.jpg", "text.jpg", "last.jpg"):
            exam_photo = open_exam.add(name, b"a note" if name == "text.jpg" else data)
            worker.measure(open_exam, exam_photo.number)
        found = ended(open_exam)
    late = "Reading or measuring it took longer than 3 s. Save the photo anew with another program and drop it again, "
    assert found["stop.jpg"].reason == found["hang.jpg"].reason == f"{late}or leave it out."
    assert found["die.jpg"].reason.startswith("Reading or measuring it crashed the program. Save the photo anew")
    assert found["eat.jpg"].reason.startswith("It took more memory than a photo may have (2.0 GB). Save the photo")
    assert found["text.jpg"].reason.startswith("Text.jpg is not a picture that can be read.")
    for name in ("first.jpg", "last.jpg"):
        assert found[name].state is PhotoState.DONE, found[name].reason
        assert found[name].photo is not None
        assert found[name].photo.finer is None


def test_the_end_waits_for_no_photo(samples: Path) -> None:
    """A photo that hangs when the server ends is left."""
    setup = BadSetup(load(), timeout_s=60.0)
    open_exam = OpenExam("a", Settings(passes=1))
    worker = PhotoWorker(AppState(setup.knowledge), setup)
    with worker:
        worker.measure(open_exam, open_exam.add("stop.jpg", (samples / "front.jpg").read_bytes()).number)
        while open_exam.exam_photos()[0].state is not PhotoState.MEASURING:
            time.sleep(0.02)
        time.sleep(1.0)
        began = time.monotonic()
    assert time.monotonic() - began < 3.0
