"""Where the body's points come from. A finder is anything that turns a Photo into what was seen in it."""

from dataclasses import dataclass
from typing import Protocol

from posturecam.body import Array, Pose, View
from posturecam.photo import Photo

DEFAULT_PASSES = 8


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for: how often, whom, and from which side the user says it is."""

    passes: int = DEFAULT_PASSES
    person: str = "largest"
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """The person found, and everybody in the photo: boxes (N, 4) left, top, right, bottom; ``chosen`` counts from 0."""

    pose: Pose
    boxes: Array
    chosen: int


class PoseFinder(Protocol):
    """Finds one person's points in a photo."""

    def find(self, photo: Photo, sought: Sought | None = None) -> Seen:
        """Find the person; raises NobodyFound."""


__all__ = ["DEFAULT_PASSES", "PoseFinder", "Seen", "Sought"]
