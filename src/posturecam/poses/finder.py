"""The finder that comes with the program: the pose network's ensemble, and the face mesh for the eyes."""

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from posturecam.body import Array, Pose, View
from posturecam.face import FaceMesh, refine_eyes
from posturecam.model import pose_model
from posturecam.photo import Photo
from posturecam.poses.ensemble import DEFAULT_PASSES, find_people, pose_of
from posturecam.poses.mediapipe_pose import Landmarker


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


@dataclass(slots=True)
class Finder:
    """Finds one person's points; open it once and use it as a context manager."""

    model_file: Path | None = None
    _mesh: FaceMesh = field(default_factory=FaceMesh)
    _landmarker: Landmarker | None = None

    def __enter__(self) -> Self:
        """Open the network."""
        self._landmarker = Landmarker(pose_model(self.model_file))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the network."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def find(self, photo: Photo, sought: Sought | None = None) -> Seen:
        """Find the person; raises NobodyFound."""
        if self._landmarker is None:
            msg = "open the finder first: with Finder() as finder"
            raise RuntimeError(msg)
        sought = sought or Sought()
        found = find_people(self._landmarker, photo, sought.passes, sought.person)
        pose = pose_of(found, photo, self._landmarker, sought.view)
        boxes = np.array([person.box for person in found.people])
        return Seen(refine_eyes(pose, photo, self._mesh), boxes, found.chosen)
