"""Where the body's points come from. A finder is anything that turns a Photo into what was seen in it."""

from dataclasses import dataclass
from typing import Protocol

from posturecam.body import Array, Pose, View
from posturecam.picture.photo import Photo

DEFAULT_PASSES = 8


@dataclass(frozen=True, slots=True)
class FinderOptions:
    """What to look for: how often, whom, and from which side the user says it is.

    ``as_it_is`` leaves a photo that lies on its side as it is, such as a frame among others.
    """

    passes: int = DEFAULT_PASSES
    person: str = "largest"
    view: View | None = None
    as_it_is: bool = False


@dataclass(frozen=True, slots=True)
class PoseResult:
    """The person found, and everybody in the photo: boxes (N, 4) left, top, right, bottom; ``chosen`` counts from 0.

    ``turned_deg`` says how far the photo was turned clockwise before, since it lay on its side or stood on its head:
    0, 90, 180 or 270. All points are those of the turned photo.
    """

    pose: Pose
    boxes: Array
    chosen: int
    turned_deg: int = 0


class PoseFinder(Protocol):
    """Finds one person's points in a photo."""

    def find(self, photo: Photo, sought: FinderOptions | None = None) -> PoseResult:
        """Find the person; raises NobodyFound."""


__all__ = ["DEFAULT_PASSES", "FinderOptions", "PoseFinder", "PoseResult"]
