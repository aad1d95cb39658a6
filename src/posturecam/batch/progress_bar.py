"""How far a run is: a bar in a terminal, a line every half minute elsewhere, or nothing."""

import sys
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, TextIO

from posturecam.batch.tasks import Machine
from posturecam.text.language import _

_EVERY_S = 30.0


@dataclass(slots=True)
class Quiet:
    """Counts, and says nothing."""

    total: int = 0
    done: int = 0
    failed: int = 0
    fresh: int = 0
    """Photos that this run measured; the rate is theirs, whatever an earlier run had done."""

    begun: float = field(default_factory=time.monotonic)
    machines: list[Machine] = field(default_factory=list)
    """What each machine of a cluster makes of the reference photo."""

    def hear(self, machine: Machine) -> None:
        """Keep what a machine makes of the reference photo."""
        self.machines.append(machine)

    def start(self, total: int) -> None:
        """Hear how many inputs there are."""
        self.total = total
        self.begun = time.monotonic()

    def step(self, *, failed: bool, known: bool) -> None:
        """Count one more."""
        self.done += 1
        self.failed += failed
        self.fresh += not known

    @property
    def rate(self) -> float:
        """Photos measured in each second."""
        return self.fresh / max(1e-9, time.monotonic() - self.begun)

    @property
    def told(self) -> str:
        """The state in words: rate, time left, failures."""
        left = (self.total - self.done) / self.rate if self.fresh else None
        when = "" if left is None else _(", {duration} left", duration=duration(left))
        return _("{rate:.1f} photos/s{when}, {failed} failed", rate=self.rate, when=when, failed=self.failed)


def duration(seconds: float) -> str:
    """Say a duration in a few letters: 45 s, 12 min, 3 h 20 min."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    return (
        _("{minutes} min", minutes=minutes)
        if minutes < 90
        else _("{minutes} h {minutes2} min", minutes=minutes // 60, minutes2=minutes % 60)
    )


@dataclass(slots=True)
class ProgressLines(Quiet):
    """Says a line every half minute."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    every_s: float = _EVERY_S
    _next: float = field(default_factory=lambda: time.monotonic() + _EVERY_S)

    def step(self, *, failed: bool, known: bool) -> None:
        """Count one more, and say so when it is time."""
        Quiet.step(self, failed=failed, known=known)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self.every_s
            self.stream.write(_("{done} of {total}: {told}\n", done=self.done, total=self.total, told=self.told))
            self.stream.flush()


@dataclass(slots=True)
class Bar(Quiet):
    """Draws a bar."""

    bar: Any = None
    _task: Any = None

    def start(self, total: int) -> None:
        """Draw the empty bar."""
        Quiet.start(self, total)
        self._task = self.bar.add_task("photos", total=total, told="")

    def step(self, *, failed: bool, known: bool) -> None:
        """Count one more, and draw."""
        Quiet.step(self, failed=failed, known=known)
        self.bar.update(self._task, completed=self.done, told=self.told)


def watching(*, quiet: bool) -> tuple[Quiet, AbstractContextManager[Any]]:
    """Choose how to tell; the context manager keeps the bar on the screen."""
    if quiet:
        return Quiet(), nullcontext()
    if not sys.stderr.isatty():
        return ProgressLines(), nullcontext()
    from rich.console import Console  # noqa: PLC0415  (only a terminal needs it)
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    bar = Progress(*columns, console=Console(stderr=True))
    return Bar(bar=bar), bar
