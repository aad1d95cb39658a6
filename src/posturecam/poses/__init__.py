"""Where the body's points come from. A finder is anything that turns a Photo into a Pose."""

from typing import Protocol

from posturecam.body import Pose
from posturecam.photo import Photo


class PoseFinder(Protocol):
    """Finds one person's points in a photo."""

    def find(self, photo: Photo) -> Pose:
        """Find the person; raises NobodyFound."""


__all__ = ["PoseFinder"]
