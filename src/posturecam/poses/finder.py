"""The finder that comes with the program: the pose network's ensemble, and the face mesh for the eyes."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from posturecam.body import Pose
from posturecam.estimator.sight import PlaceNetwork
from posturecam.face import FaceMesh, face_presence, refine_eyes
from posturecam.model import pose_model
from posturecam.photo import Photo
from posturecam.poses import Seen, Sought
from posturecam.poses.ensemble import find_people, pose_of
from posturecam.poses.facing import FACE_SEEN, settled
from posturecam.poses.masks import PersonMask, find_mask
from posturecam.poses.mediapipe_pose import Landmarker
from posturecam.poses.yaw import with_refined_turn

_CLOSED = "open the finder first: with Finder() as finder"


@dataclass(slots=True)
class Finder:
    """Finds one person's points; open it once and use it as a context manager.

    Without ``refine_turn`` a pose's turn is the pose network's own (for learning the refinement).
    """

    model_file: Path | None = None
    refine_turn: bool = True
    _mesh: FaceMesh = field(default_factory=FaceMesh)
    _landmarker: Landmarker | None = None
    _network: PlaceNetwork | None = None

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
            raise RuntimeError(_CLOSED)
        sought = sought or Sought()
        found = find_people(self._landmarker, photo, sought.passes, sought.person)
        photo = found.photo
        face = face_presence(found.mean_points, photo, self._mesh, mirror=len(found.sightings) > 1)
        sightings = settled(found.sightings, face, sought.view, photo.name)
        pose = pose_of(sightings, photo, self._landmarker.model, sought.view)
        boxes = np.array([person.box for person in found.people])
        if face > FACE_SEEN:
            pose = refine_eyes(pose, photo, self._mesh)
        if self.refine_turn:
            pose = with_refined_turn(pose)
        if pose.mirrored_passes:
            pose = replace(pose, sight=self._places().look(photo, pose))
        return Seen(pose, boxes, found.chosen)

    def _places(self) -> PlaceNetwork:
        """Give the estimator's network, opened when it is first needed."""
        if self._network is None:
            self._network = PlaceNetwork.shipped()
        return self._network

    def mask_of(self, photo: Photo, pose: Pose) -> PersonMask | None:
        """Give what the network holds for the body of this pose; None when it does not see it again."""
        if self._landmarker is None:
            raise RuntimeError(_CLOSED)
        return find_mask(self._landmarker, photo, pose)
