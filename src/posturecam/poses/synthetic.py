"""Figures built from stated angles: a pose whose every measure is known, without a model or a picture.

>>> from posturecam.poses.synthetic import Figure, pose_of_figure
>>> pose = pose_of_figure(Figure(hip_tilt=5, shoulder_tilt=-4))
"""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose, Side, View
from posturecam.body.geometry import rotate
from posturecam.picture.photo import Photo
from posturecam.poses.detection import FinderOptions, PoseResult

_TRUNK, _PELVIS_HEIGHT, _EAR_OVER_SHOULDER = 0.31, 0.57, 0.16
_HALF_WIDTHS = {"EYE": 0.021, "EAR": 0.05, "SHOULDER": 0.12, "HIP": 0.065, "ANKLE": 0.07}
_FOOT = 0.17


@dataclass(frozen=True, slots=True)
class Figure:
    """The angles of a standing figure, in the units and signs of ``norms.toml``; all zero stands level and straight.

    ``height_px`` is the height of the eye line over the ankles, ``size_px`` the picture's (width, height),
    ``roll_deg`` the camera's roll, ``noise_px`` the spread of each point over the passes.
    """

    shoulder_tilt: float = 0.0
    hip_tilt: float = 0.0
    head_tilt: float = 0.0
    trunk_lean: float = 0.0
    pelvic_shift: float = 0.0
    head_shift: float = 0.0
    head_rotation: float = 0.0
    knee_angle_left: float = 0.0
    knee_angle_right: float = 0.0
    foot_turn_left: float = 7.0
    foot_turn_right: float = 7.0
    view: View = View.FRONT
    roll_deg: float = 0.0
    height_px: float = 700.0
    size_px: tuple[int, int] = (768, 1024)
    noise_px: float = 0.0
    passes: int = 8
    seed: int = 0


Points = dict[Landmark, Array]


def pose_of_figure(figure: Figure) -> Pose:
    """Build the pose that a perfect finder would find of this figure."""
    points = np.full((len(ORDER), 2), np.nan)
    for landmark, point in _body(figure).items():
        points[ORDER[landmark]] = point
    samples = _noisy(_in_photo(points, figure), figure)
    return Pose(
        samples, np.ones(len(ORDER)), figure.size_px, figure.view, "given", "synthetic", "synthetic figure", "0" * 64
    )


def _in_photo(points: Array, figure: Figure) -> Array:
    """Bring body-frame points (units of height, y up) into the photo's pixels."""
    sign = -1.0 if figure.view is View.BACK else 1.0
    pixels = rotate(points * [sign, -1.0] * figure.height_px, figure.roll_deg)
    width, height = figure.size_px
    middle = np.array([0.0, -figure.height_px / 2])
    return np.asarray(pixels - rotate(middle, figure.roll_deg) + [width / 2, height / 2])


def _noisy(points: Array, figure: Figure) -> Array:
    """Repeat the points S times with antithetic noise, so that their mean stays exact."""
    draw = np.random.default_rng(figure.seed).normal(0.0, figure.noise_px, (max(1, figure.passes // 2), *points.shape))
    noise = np.concatenate([draw, -draw]) if figure.passes > 1 else np.zeros((1, *points.shape))
    return np.asarray(points + noise)


def _pair(name: str, middle: Array, tilt_deg: float) -> Points:
    """Give a left and a right point about their middle, their line tilted, + = left higher."""
    half = _HALF_WIDTHS[name] * np.array([np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))])
    return {Landmark[f"LEFT_{name}"]: middle + half, Landmark[f"RIGHT_{name}"]: middle - half}


def _body(figure: Figure) -> Points:
    """All points in the body frame: origin between the ankles, x towards the subject's left, y up, unit = height."""
    pelvis = np.array([figure.pelvic_shift / 100, _PELVIS_HEIGHT])
    lean = np.radians(figure.trunk_lean)
    neck = pelvis + _TRUNK * np.array([np.sin(lean), np.cos(lean)])
    points = {
        **_pair("HIP", pelvis, figure.hip_tilt),
        **_pair("SHOULDER", neck, figure.shoulder_tilt),
        **_pair("ANKLE", np.zeros(2), 0.0),
        **_head(figure, neck),
    }
    for side in (Side.LEFT, Side.RIGHT):
        points |= _leg(figure, side, points) | _arm(side, points)
    return points


def _head(figure: Figure, neck: Array) -> Points:
    ears = np.array([neck[0] + figure.head_shift / 100, neck[1] + _EAR_OVER_SHOULDER])
    eyes = np.array([ears[0], 1.0])
    beside = 2 * _HALF_WIDTHS["EAR"] * np.sin(np.radians(figure.head_rotation))
    points = {
        **_pair("EAR", ears, figure.head_tilt),
        **_pair("EYE", eyes, figure.head_tilt),
        Landmark.NOSE: ears + [beside, -0.01],
        Landmark.MOUTH_LEFT: ears + [0.015, -0.04],
        Landmark.MOUTH_RIGHT: ears + [-0.015, -0.04],
    }
    for side, out in (("LEFT", 1.0), ("RIGHT", -1.0)):
        points[Landmark[f"{side}_EYE_INNER"]] = points[Landmark[f"{side}_EYE"]] - [0.008 * out, 0.0]
        points[Landmark[f"{side}_EYE_OUTER"]] = points[Landmark[f"{side}_EYE"]] + [0.008 * out, 0.0]
    return points


def _leg(figure: Figure, side: Side, points: Points) -> Points:
    """Knee and foot of one side: the knee stands beside the line hip–ankle by half the angle's tangent."""
    name, out = side.name, 1.0 if side is Side.LEFT else -1.0
    valgus, turn = (getattr(figure, f"{key}_{side}") for key in ("knee_angle", "foot_turn"))
    hip, ankle = points[Landmark[f"{name}_HIP"]], points[Landmark[f"{name}_ANKLE"]]
    down = ankle - hip
    inward = np.array([down[1], -down[0]]) * out
    heel = ankle + [0.0, -0.04]
    return {
        Landmark[f"{name}_KNEE"]: (hip + ankle) / 2 + inward * np.tan(np.radians(valgus / 2)) / 2,
        Landmark[f"{name}_HEEL"]: heel,
        Landmark[f"{name}_FOOT_INDEX"]: heel + [out * _FOOT * np.sin(np.radians(turn)), -0.03],
    }


def _arm(side: Side, points: Points) -> Points:
    name, out = side.name, 1.0 if side is Side.LEFT else -1.0
    shoulder = points[Landmark[f"{name}_SHOULDER"]]
    wrist = shoulder + [0.03 * out, -0.33]
    hand = {Landmark[f"{name}_{part}"]: wrist + [0.0, -0.05] for part in ("PINKY", "INDEX", "THUMB")}
    return {Landmark[f"{name}_ELBOW"]: shoulder + [0.025 * out, -0.18], Landmark[f"{name}_WRIST"]: wrist, **hand}


def figure_of(photo: Photo) -> Figure:
    """Draw a figure from the photo's own bytes: the same photo, the same figure."""
    draw = np.random.default_rng(int(hashlib.sha256(photo.sha256.encode()).hexdigest()[:12], 16))
    shoulder, hip, head = (float(tilt) for tilt in draw.normal(0.0, 2.5, 3))
    return Figure(
        shoulder_tilt=shoulder,
        hip_tilt=hip,
        head_tilt=head,
        trunk_lean=float(draw.normal(0.0, 1.0)),
        noise_px=0.5,
        size_px=photo.size_px,
        height_px=0.7 * photo.size_px[1],
    )


class SyntheticFinder:
    """Finds in every photo the figure drawn from its bytes; takes the place of the real finder in tests."""

    def find(self, photo: Photo, sought: FinderOptions | None = None) -> PoseResult:
        """Give the photo's own figure."""
        figure = figure_of(photo)
        pose = pose_of_figure(replace(figure, passes=sought.passes) if sought else figure)
        box = np.concatenate([np.nanmin(pose.mean, axis=0), np.nanmax(pose.mean, axis=0)])
        return PoseResult(pose, box[None], 0)
