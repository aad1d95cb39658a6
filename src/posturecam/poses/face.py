"""The face's own landmarks: a finer eye line than the pose network's, in front views.

The face mesh looks at small crops around the eyes, turned by a few degrees, from the picture and from the flipped
picture through the same warps. Of its points 33 and 133 are the corners of the
subject's right eye, 362 and 263 those of the left.
"""

import os
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from posturecam.body import FACE_MESH, ORDER, Array, Landmark, Pose, View
from posturecam.picture.photo import Photo, Pixels
from posturecam.poses.model import face_model

os.environ.setdefault("OPENCV_FORCE_DNN_ENGINE", "1")  # the newer engine gives one output only, without the presence

_SIDE_PX = 192
_RIGHT_EYE, _LEFT_EYE = (33, 133), (362, 263)
_TURNS_DEG = (0.0, -5.0, 5.0, -2.5, 2.5)
_CROP_IN_EYE_DISTANCES = 3.9
_DOWN_IN_EYE_DISTANCES = 0.35
_MOST_SPREAD_DEG = 2.5
"""Beyond this spread between crops (root mean square) the mesh does not see a face."""

_LEAST_EYE_DISTANCE_PX = 8.0
_HEAD_IN_TRUNKS = 0.5
"""Side of the square around the head, as a part of the distance mid-shoulder to mid-hip."""


@dataclass(frozen=True)
class FaceMesh:
    """The face mesh network, read once."""

    @cached_property
    def _net(self) -> cv2.dnn.Net:
        return cv2.dnn.readNetFromTFLite(np.frombuffer(face_model().content, dtype=np.uint8))

    def predict(self, crop: Pixels) -> tuple[Array, float]:
        """(2, 2) middle of the left and of the right eye in a 192×192 RGB crop, pixels; and the logit of a face."""
        self._net.setInput(cv2.dnn.blobFromImage(crop, scalefactor=1 / 255.0))
        flat, presence = self._net.forward(["conv2d_21", "conv2d_31"])
        mesh = np.asarray(flat, dtype=np.float64).reshape(468, 3)[:, :2]
        eyes = np.stack([mesh[list(_LEFT_EYE)].mean(axis=0), mesh[list(_RIGHT_EYE)].mean(axis=0)])
        return eyes, float(np.ravel(presence)[0])


def face_presence(points: Array, photo: Photo, mesh: FaceMesh, *, mirror: bool) -> float:
    """Logit of a face being seen at the head of these points (33, 2); mean of the picture and its mirror image.

    On rendered people (425 photos) it was never under 4 in front views, and never over −2 in the others.
    """
    ears, shoulders, hips = (_mid(points, part) * photo.scale for part in ("EAR", "SHOULDER", "HIP"))
    side = _HEAD_IN_TRUNKS * float(np.linalg.norm(shoulders - hips))
    centre = ears + [0.0, 0.06 * side]
    logits = [presence_in(photo.pixels, centre, side, mesh)]
    if mirror:
        logits.append(presence_in(photo.flipped, _flip(centre, photo.pixels.shape[1]), side, mesh))
    return float(np.mean(logits))


def _mid(points: Array, part: str) -> Array:
    return np.asarray((points[ORDER[Landmark[f"LEFT_{part}"]]] + points[ORDER[Landmark[f"RIGHT_{part}"]]]) / 2)


def presence_in(pixels: Pixels, centre: Array, side: float, mesh: FaceMesh) -> float:
    """Logit of a face being seen in the square of this side around a centre, pixels of the picture."""
    scale = _SIDE_PX / max(side, 1.0)
    there = np.array([[scale, 0.0, _SIDE_PX / 2 - centre[0] * scale], [0.0, scale, _SIDE_PX / 2 - centre[1] * scale]])
    crop = cv2.warpAffine(pixels, there, (_SIDE_PX, _SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
    return mesh.predict(np.asarray(crop, dtype=np.uint8))[1]


def refine_eyes(pose: Pose, photo: Photo, mesh: FaceMesh) -> Pose:
    """Replace the pose's eyes by the mesh's, pass by pass; leave them where the mesh cannot be trusted."""
    if pose.view is not View.FRONT or not _large_enough(pose, photo):
        return pose
    eyes = mesh_eyes(pose, photo, mesh)
    if not trusted(eyes):
        return pose
    rows = [ORDER[Landmark.LEFT_EYE], ORDER[Landmark.RIGHT_EYE]]
    points = pose.points.copy()
    points[:, rows] = eyes
    return replace(pose, points=points, eyes_from=FACE_MESH, network_eyes=pose.mean[rows])


def _large_enough(pose: Pose, photo: Photo) -> bool:
    left, right = (pose.mean[ORDER[eye]] for eye in (Landmark.LEFT_EYE, Landmark.RIGHT_EYE))
    return float(np.linalg.norm(left - right)) * photo.scale >= _LEAST_EYE_DISTANCE_PX


def trusted(eyes: Array) -> bool:
    """Whether the crops (S, 2, 2) agree on the eye line."""
    across = eyes[:, 0] - eyes[:, 1]
    angles = np.degrees(np.arctan2(across[:, 1], across[:, 0]))
    return bool(np.isfinite(angles).all() and angles.std() <= _MOST_SPREAD_DEG)


def mesh_eyes(pose: Pose, photo: Photo, mesh: FaceMesh) -> Array:
    """(S, 2, 2) left and right eye for each pass in photo pixels; every second pass sees the flipped picture."""
    scale, width = photo.scale, photo.pixels.shape[1]
    left, right = (pose.mean[ORDER[eye]] * scale for eye in (Landmark.LEFT_EYE, Landmark.RIGHT_EYE))
    found = []
    for number in range(pose.passes):
        turn = _TURNS_DEG[number // 2 % len(_TURNS_DEG)]
        if number % 2 and pose.mirrored_passes:
            there = _eyes_at(photo.flipped, _flip(right, width), _flip(left, width), turn, mesh)
            found.append(np.stack([_flip(there[1], width), _flip(there[0], width)]))
        else:
            found.append(_eyes_at(photo.pixels, left, right, turn, mesh))
    return np.stack(found) / scale


def _flip(point: Array, width: int) -> Array:
    return np.array([width - point[0], point[1]])


def _eyes_at(pixels: Pixels, left: Array, right: Array, turn_deg: float, mesh: FaceMesh) -> Array:
    """Look at the crop around the eyes, turned; give (2, 2) left and right eye in the picture's pixels."""
    across = left - right
    distance = float(np.linalg.norm(across))
    down = np.array([-across[1], across[0]]) * _DOWN_IN_EYE_DISTANCES
    centre = (left + right) / 2 + down
    angle = float(np.degrees(np.arctan2(across[1], across[0]))) + turn_deg
    scale = _SIDE_PX / (_CROP_IN_EYE_DISTANCES * distance)
    turned = np.asarray(cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale), dtype=np.float64)
    there = np.column_stack([turned[:, :2], turned[:, 2] + _SIDE_PX / 2 - centre])
    crop = cv2.warpAffine(pixels, there, (_SIDE_PX, _SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
    back = cv2.invertAffineTransform(there)
    return np.asarray(mesh.predict(np.asarray(crop, dtype=np.uint8))[0] @ back[:, :2].T + back[:, 2])
