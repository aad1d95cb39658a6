"""The finder that comes with the program: the pose network's ensemble, and the face mesh for the eyes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from posturecam.body import Pose, View
from posturecam.measures.estimator.near_network import NearNetwork
from posturecam.measures.estimator.place_network import FeatureNetwork, PlaceNetwork
from posturecam.picture.photo import Photo
from posturecam.poses.detection import FinderOptions, PoseResult
from posturecam.poses.ensemble import find_people, find_upright, pose_of
from posturecam.poses.face import FaceMesh, face_presence, refine_eyes
from posturecam.poses.facing import Chances, decided
from posturecam.poses.masks import PersonMask, find_mask
from posturecam.poses.mediapipe_pose import Detection, Landmarker
from posturecam.poses.model import pose_model
from posturecam.poses.view_probability import (
    FACE_PROBABILITY,
    FACE_SEEN,
    LONE_SURENESS,
    front_probability,
    right_probability,
    tempered,
)
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
    _near_network: NearNetwork | None = None
    _features: FeatureNetwork | None = None

    def __enter__(self) -> Self:
        """Open the network."""
        self._landmarker = Landmarker(pose_model(self.model_file))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the network."""
        if self._landmarker is not None:
            self._landmarker.close()
            self._landmarker = None

    def find(self, photo: Photo, sought: FinderOptions | None = None) -> PoseResult:
        """Find the person; raises NobodyFound."""
        if self._landmarker is None:
            raise RuntimeError(_CLOSED)
        sought = sought or FinderOptions()
        predict = find_people if sought.as_it_is else find_upright
        found = predict(self._landmarker, photo, sought.passes, sought.person)
        photo = found.photo
        face = face_presence(found.mean_points, photo, self._mesh, mirror=len(found.detections) > 1)
        lone = len(found.detections) == 1 and sought.passes > 1
        decision = decided(found.detections, self._chances(photo, face, lone=lone), sought.view, photo.name)
        pose = pose_of(decision, photo, self._landmarker.model, given=sought.view is not None)
        boxes = np.array([person.box for person in found.people])
        if face > FACE_SEEN:
            pose = refine_eyes(pose, photo, self._mesh)
        if self.refine_turn:
            pose = with_refined_turn(pose)
        if pose.mirrored_passes or not pose.view.frontal:
            pose = self._looked_at(photo, pose)
        return PoseResult(pose, boxes, found.chosen, found.turned_deg)

    def _chances(self, photo: Photo, face: float, *, lone: bool) -> Chances:
        """Say how the chance of a front, and of a right view, is found; a face that is seen is a front.

        A ``lone`` pass, the only one of several that found the body, is never sure of what it saw.
        """
        if self._features is None:
            self._features = FeatureNetwork.shipped()
        network, sureness = self._features, LONE_SURENESS if lone else 1.0

        def front(detections: Sequence[Detection]) -> float:
            if face > FACE_SEEN:
                return FACE_PROBABILITY
            return tempered(front_probability(detections, photo, network), sureness)

        return Chances(front, lambda detections: tempered(right_probability(detections, photo), sureness), face)

    def _looked_at(self, photo: Photo, pose: Pose) -> Pose:
        """Add what the network for this view sees for itself; each is opened when it is first needed."""
        if pose.view.frontal:
            if self._network is None:
                self._network = PlaceNetwork.shipped()
            return replace(pose, keypoints=self._network.predict(photo, pose))
        if pose.view in (View.LEFT, View.RIGHT):
            if self._near_network is None:
                self._near_network = NearNetwork.shipped()
            return replace(pose, near_keypoints=self._near_network.predict(photo, pose))
        return pose

    def mask_of(self, photo: Photo, pose: Pose) -> PersonMask | None:
        """Give what the network holds for the body of this pose; None when it does not see it again."""
        if self._landmarker is None:
            raise RuntimeError(_CLOSED)
        return find_mask(self._landmarker, photo, pose)
