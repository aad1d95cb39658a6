"""What goes to a worker and what comes back: plain data that any engine can send anywhere."""

from collections.abc import Callable
from dataclasses import dataclass, field

from posturecam.body import View


@dataclass(frozen=True, slots=True)
class Unit:
    """One measurement to make: ``key`` of the photo's content and all settings, ``picture`` without the knowledge's."""

    key: str
    picture: str


@dataclass(frozen=True, slots=True)
class Task:
    """One unit, and a file that holds its photo."""

    unit: Unit
    path: str
    sha256: str
    view: View | None = None


@dataclass(frozen=True, slots=True)
class PhotoFailure:
    """Why a photo has no result, and what to do; ``lasting`` when another try would end the same way."""

    reason: str
    remedy: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """What a worker's machine makes of the reference photo: the measure that differs most, in parts of its own ±."""

    worker: str
    processor: str
    key: str
    share: float
    same: bool


Hear = Callable[[Machine], None]
"""Who wants to know what a machine makes of the reference photo."""


def unheard(_machine: Machine) -> None:
    """Want to know nothing."""


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """Where the scheduler is (None: one is started here), and who hears what each machine makes of the reference."""

    scheduler: str | None = None
    hear: Hear = unheard


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: a line of JSON and pictures to write (name below the out folder → bytes), or a failure.

    ``spent`` when the worker ran out of memory over it and is to be replaced.
    """

    task: Task
    line: bytes = b""
    failure: PhotoFailure | None = None
    pictures: dict[str, bytes] = field(default_factory=dict)
    spent: bool = False
