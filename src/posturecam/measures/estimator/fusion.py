"""The learned combination of all readings, and its error.

Odd inputs (points, places, face) times learned weights give the values; even inputs (shape, steadiness, sharpness,
doubt, and how unlike the photo is to those that were learned from) give the logarithm of the standard error; beyond
anything that was learned from it grows with the distance.

Two answers see every single place as well. The spine is told as a line, nine distances from its chord, and its curve is
the largest of them. A head seen from behind has no eyes; its tilt is told by ears, hair and neck.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from posturecam.body import ORDER, Array, HeatmapKeypoints, Landmark, Pose, View
from posturecam.body.geometry import rotate, subject_frame, tilt
from posturecam.measures.estimator import Estimate, Estimates
from posturecam.measures.estimator.features import even_features, odd_features
from posturecam.measures.estimator.near_view import near_estimates
from posturecam.measures.estimator.places import (
    EYE_TILT,
    HIP_TILT,
    SHOULDER_TILT,
    all_places,
    centres,
    doubts,
    readings,
    upright,
)
from posturecam.measures.estimator.thighs import with_thighs
from posturecam.measures.trunk import signed_extreme
from posturecam.poses.model import shipped_model

KEYS = (
    "shoulder_tilt",
    "hip_tilt",
    "head_tilt",
    "trunk_lean",
    "spinal_curve",
    "trunk_shift",
    "pelvic_shift",
    "knee_difference",
    "knee_mean",
    "trunk_bend",
    "neck_bend",
)
"""What the rows of the learned weights stand for; the knees are learned as half their difference and as their mean."""

HEAD, SPINE = KEYS.index("head_tilt"), KEYS.index("spinal_curve")

_FACE_READINGS = 2
_SHARP = slice(14, 17)
"""Rows of the squares' sharpness among the even inputs: sharper than what was learned from is no fault."""

_FACE_DISAGREES_DEG = 9.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the evidence of one front or back view comes to.

    odd     (104,) changes its sign in the mirror: 52 readings of points, places and face, then the same times the view
    even    (34,) does not change in the mirror
    places  (89,) every single place (``all_places``), odd, + = towards the subject's left, or the left one higher
    """

    odd: Array
    even: Array
    places: Array
    view: View

    @property
    def whole(self) -> Array:
        """(193,) all that is odd."""
        return np.concatenate([self.odd, self.places])


@cache
def learned_weights() -> Mapping[str, Array]:
    """Read the learned weights that came with the installation; raises ModelError."""
    stored = np.load(io.BytesIO(shipped_model("fusion").content))
    return {name: np.asarray(stored[name], dtype=np.float64) for name in stored.files}


def estimate(pose: Pose, roll_deg: float, weights: Mapping[str, Array] | None = None) -> Estimates:
    """Estimate every measure that the evidence speaks of; nothing where the network for this view did not look.

    ``roll_deg`` > 0: the photo's content is turned counter-clockwise by that much.
    """
    if not pose.view.frontal:
        return near_estimates(pose, roll_deg)
    if pose.keypoints is None:
        return {}
    fused = fuse(inputs(pose, pose.keypoints, roll_deg), learned_weights() if weights is None else weights)
    return with_thighs(fused, pose, roll_deg)


def inputs(pose: Pose, keypoints: HeatmapKeypoints, roll_deg: float) -> Inputs:
    """Gather the inputs of one photo."""
    points = network_points(pose)
    upright_points = subject_frame(points, pose.view, roll_deg)
    sign = 1.0 if pose.view is View.FRONT else -1.0
    at, trunk = centres(rotate(points, -roll_deg))
    seen = upright(keypoints, roll_deg)
    said = sign * readings(seen, (at[1] - at[0]) / trunk)
    face = _face(pose, roll_deg, float(said[EYE_TILT]))
    by_points = odd_features(upright_points)
    odd = np.concatenate([by_points, said, face])
    wobble = np.sqrt((pose.points.std(axis=0) ** 2).mean(axis=-1))
    sizes = np.log(0.3 + np.abs(np.concatenate([said[[SHOULDER_TILT, HIP_TILT, EYE_TILT]], by_points[[3, 6, 0]]])))
    which = [sign, float(face[1] != 0), np.log(0.3 + abs(face[1]))]
    even = np.concatenate([even_features(upright_points, wobble), keypoints.sharp, doubts(seen), which, sizes])
    return Inputs(np.concatenate([odd, sign * odd]), even, sign * all_places(seen, at, trunk), pose.view)


def fuse(given: Inputs, weights: Mapping[str, Array]) -> Estimates:
    """Combine the inputs into estimates."""
    usual = (given.even - weights["mu"]) / weights["sd"]
    usual[_SHARP] = np.minimum(usual[_SHARP], 1.0)
    usual_row = np.concatenate([[1.0], np.clip(usual, -3.0, 3.0)])
    typical, limit, _ = weights["usual"]
    unlike = float(unlikeness(usual, weights["precision"], typical))
    beyond = max(1.0, float(np.exp(unlike)) * typical / limit)
    values, error_rows = _by_readings(given, usual_row, weights), weights["error"]
    if "spine" in weights:
        values, error_rows = _by_places(given, values, weights)
    values[-2:] = values[1] - values[0], values[0] - values[HEAD]
    errors = np.exp(np.clip(error_rows @ np.append(usual_row, unlike), -4, 4)) * weights["widen"] * beyond
    rows = zip(KEYS, values, errors, (errors <= weights["most"]) & (beyond <= 1.0), strict=True)
    return _with_knees({key: Estimate(float(value), float(sem), bool(known)) for key, value, sem, known in rows})


def _by_readings(given: Inputs, usual_row: Array, weights: Mapping[str, Array]) -> Array:
    """(11,) the values of KEYS by the 52 readings, the knees' mean by what does not change in the mirror."""
    values = np.asarray(given.odd @ weights["odd"])
    if given.odd[_face_at(given.odd) + 1]:
        values[HEAD] = given.odd @ weights["face"]
    values[KEYS.index("knee_mean")] = usual_row @ weights["knee"]
    return values


def _by_places(given: Inputs, values: Array, weights: Mapping[str, Array]) -> tuple[Array, Array]:
    """(11,) values and (11, 36) error weights where the spine, and a head from behind, are told by every place.

    No input counts for more than its ``limit`` (193,): arms and feet may be anywhere.
    """
    whole = np.clip(given.whole, -weights["limit"], weights["limit"])
    values, error_rows = values.copy(), weights["error"].copy()
    values[SPINE] = signed_extreme(whole @ weights["spine"])
    if given.view is View.BACK:
        values[HEAD], error_rows[HEAD] = whole @ weights["behind"], weights["behind_error"]
    return values, error_rows


def unlikeness(usual: Array, precision: Array, typical: float) -> Array:
    """(...) how unlike the photos learned from one is: log of its distance over the median one, 0 for the nearer half.

    ``usual`` (..., E) even inputs, scaled; ``precision`` (E, E); ``typical`` the median distance.
    """
    distance = np.sqrt(np.einsum("...i,ij,...j->...", usual, precision, usual)) / typical
    return np.asarray(np.log(np.maximum(distance, 1.0)))


def network_points(pose: Pose) -> Array:
    """(33, 2) the mean points as the pose network gave them, the eyes included."""
    points = pose.mean.copy()
    if pose.network_eyes is not None:
        points[[ORDER[Landmark.LEFT_EYE], ORDER[Landmark.RIGHT_EYE]]] = pose.network_eyes
    return points


def _face_at(odd: Array) -> int:
    """Row of the face's first reading among the odd inputs, which come once plain and once times the view."""
    return odd.size // 2 - _FACE_READINGS


def _face(pose: Pose, roll_deg: float, seen_tilt: float) -> Array:
    """(2,) the face mesh's tilt and its surplus over the tilt seen; without a face that agrees, the latter and 0."""
    if pose.network_eyes is None:
        return np.array([seen_tilt, 0.0])
    eyes = (ORDER[Landmark.LEFT_EYE], ORDER[Landmark.RIGHT_EYE])
    left, right = (subject_frame(pose.mean[row], pose.view, roll_deg) for row in eyes)
    found = float(tilt(left, right))
    if abs(found - seen_tilt) >= _FACE_DISAGREES_DEG:
        return np.array([seen_tilt, 0.0])
    return np.array([found, found - seen_tilt])


def _with_knees(estimates: Estimates) -> Estimates:
    """Turn the knees' mean and half difference into left and right."""
    mean, half = estimates.pop("knee_mean"), estimates.pop("knee_difference")
    sem = float(np.hypot(mean.sem, half.sem))
    estimates["knee_angle_left"] = Estimate(mean.value + half.value, sem, mean.in_range)
    estimates["knee_angle_right"] = Estimate(mean.value - half.value, sem, mean.in_range)
    return estimates
