"""One thread that measures: the networks are its own, and jobs wait their turn."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from queue import SimpleQueue
from typing import Self

from posturecam.assessment import Assessment, measured_photo
from posturecam.border import Border
from posturecam.exam import assess_photo
from posturecam.page.desks import Desk, Sheet, State
from posturecam.page.plain import told_error
from posturecam.page.workplace import Workplace
from posturecam.photo import Photo, from_bytes
from posturecam.poses.finder import Finder

END_S = 3.0
"""How long a photo that is being measured is waited for at the end."""

Job = Callable[[Finder], None]


class Worker:
    """Does jobs in the order in which they came; use it as a context manager."""

    def __init__(self, workplace: Workplace) -> None:
        """Take what is to be measured with; nothing runs yet."""
        self._workplace = workplace
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._ending = threading.Event()
        self._finder = Finder(workplace.model)
        self._thread = threading.Thread(target=self._work, name="posturecam worker", daemon=True)

    def __enter__(self) -> Self:
        """Open the networks, and start the thread. Raises ModelError."""
        self._finder.__enter__()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it; a job that takes too long is left to the interpreter's own end."""
        self._ending.set()
        self._jobs.put(None)
        self._thread.join(END_S)
        if not self._thread.is_alive():  # networks must not be closed under a thread that uses them
            self._finder.__exit__(None, None, None)

    def do(self, job: Job) -> None:
        """Put a job at the end of the queue. It must not raise."""
        self._jobs.put(job)

    def measure(self, desk: Desk, number: int) -> None:
        """Put the measuring of one photo at the end of the queue."""
        self.do(lambda finder: self._measure(finder, desk, number))

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None and not self._ending.is_set():
            job(self._finder)

    def _measure(self, finder: Finder, desk: Desk, number: int) -> None:
        sheet = desk.sheet(number)
        if sheet is None or sheet.data is None:
            return
        desk.change(number, lambda one: _set(one, State.MEASURING))
        with Border() as border:
            photo = from_bytes(sheet.data, PurePath(sheet.name))
            told = assess_photo(photo, finder, desk.settings, self._workplace.knowledge, outline=True)
            seen = measured_photo(photo, told)
            kept = replace(seen)  # without the smaller and the flipped pictures that it holds by now
            desk.change(number, lambda one: _done(one, told, kept))
        if border.error is not None:
            reason = told_error(border.error)
            desk.change(number, lambda one: _set(one, State.FAILED, reason))


def _set(sheet: Sheet, state: State, reason: str = "") -> None:
    sheet.state, sheet.reason = state, reason


def _done(sheet: Sheet, told: Assessment, photo: Photo) -> None:
    sheet.state, sheet.photo, sheet.found, sheet.shown = State.DONE, photo, told, told
