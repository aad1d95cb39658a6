"""What is bent, by how much, and which measure must answer: smooth displacements of a picture.

Displacements are written in the subject's own frame, in lengths of the trunk (mid-hip to mid-shoulder, in side views
hip to shoulder of the near side): the origin is the hip, x points towards the subject's left (side views: forward), y
up. So each part bends in the sign of ``norms.toml`` in every view, and a mirrored photo is bent into the mirrored
picture.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.body import ORDER, Array, Landmark, Pose, View
from posturecam.body.geometry import subject_frame
from posturecam.measures.spine_line import NECK, SACRUM
from posturecam.picture.photo import Pixels

Field = NDArray[np.float32]
Shift = tuple[Any, Any]
"""How far each pixel moves towards + x and + y, trunks: (h, w) arrays, or 0."""

FRONTAL = (View.FRONT, View.BACK)
SIDEWAYS = (View.LEFT, View.RIGHT)

_PARTS = ("shoulder", "hip", "knee", "ankle", "eye", "ear")
_INVERTING = 12
"""Rounds in which the inverse of a displacement is found; each halves the rest at least, as no warp folds."""


@dataclass(frozen=True, slots=True)
class Body:
    """Where a body lies in a picture, and the picture's pixels in the body's frame.

    x, y      (h, w) each pixel's place, trunks
    joints    {name: (2,) place, trunks}: ``left_knee`` … of both sides, and ``knee`` … half-way between them, in side
              views that of the near side
    trunk_px  length of the trunk
    """

    x: Field
    y: Field
    joints: Mapping[str, Array]
    trunk_px: float
    view: View

    @classmethod
    def of(cls, pose: Pose, shape: tuple[int, int]) -> "Body":
        """Find the body's frame in a picture of (height, width) pixels whose pixels are the pose's."""
        view = pose.view
        points = subject_frame(pose.mean, view)
        joints = {str(name): points[number] for name, number in ORDER.items()}
        for part in _PARTS:
            both = [joints[f"{side}_{part}"] for side in ("left", "right")]
            joints[part] = np.mean(both, axis=0) if view.frontal else joints[f"{view.value}_{part}"]
        origin, trunk = joints["hip"], float(np.linalg.norm(joints["shoulder"] - joints["hip"]))
        rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
        pixels = (subject_frame(np.stack([columns, rows], axis=-1) + 0.5, view) - origin) / trunk
        placed = {name: (point - origin) / trunk for name, point in joints.items()}
        return cls(*np.moveaxis(pixels, -1, 0).astype(np.float32), placed, trunk, view)

    def __getitem__(self, name: str) -> Array:
        """(2,) the place of a joint, trunks."""
        return self.joints[name]


def smooth(t: Any) -> Any:
    """Rise from 0 to 1 between t = 0 and t = 1, without a kink."""
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def window(value: Any, start: float, full: float, full_to: float, end: float) -> Any:
    """0 outside start … end, 1 from full to full_to, smooth between."""
    return smooth((value - start) / max(full - start, 1e-6)) * smooth((end - value) / max(end - full_to, 1e-6))


def within(value: Any, full: float, end: float) -> Any:
    """1 up to ``full`` on either side of zero, 0 beyond ``end``."""
    return window(value, -end, -full, full, end)


def turned_pelvis(body: Body, degrees: float) -> Shift:
    """Turn the pelvis about the mid-hip; the spine leaves it at a right angle and ends where it was."""
    slope, x, y = np.tan(np.radians(degrees)), body.x, body.y
    up = np.clip(y, 0.0, 1.0)
    high = window(y, -0.85, -0.15, 0.30, 0.95)
    above = -slope * (up - 2.0 * up**2 + up**3)
    below = -slope * y * smooth(1.0 + np.clip(y / 0.85, -1.0, 0.0)) * high
    wide = within(x, 0.55, 1.3)
    return np.where(y < 0.0, below, above) * wide, slope * x * high * wide


def turned_shoulders(body: Body, degrees: float) -> Shift:
    """Raise one shoulder and lower the other, between the loin and half-way up the neck."""
    slope, (x, y) = np.tan(np.radians(degrees)), body["shoulder"]
    top = 0.4 * body["nose"][1] + 0.6 * y
    high = window(body.y, 0.1, y - 0.30, top, top + 0.15)
    return 0.0, slope * (body.x - x) * high * within(body.x - x, 0.6, 1.3)


def turned_head(body: Body, degrees: float) -> Shift:
    """Tip the head about a point in the neck."""
    (x, y), shoulder = body["eye"], body["shoulder"][1]
    from_eye = np.hypot(body.x - x, body.y - y)
    angle = np.radians(degrees) * window(from_eye, -2.0, -1.0, 0.42, 0.756)
    angle = angle * smooth((body.y - shoulder) / (0.35 * (y - shoulder)))
    across, up = body.x - x, body.y - (0.4 * y + 0.6 * shoulder)
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * across - sin * up - across, sin * across + cos * up - up


def leaning(body: Body, degrees: float) -> Shift:
    """Move all above the pelvis along with the mid-shoulder, to the left or forward."""
    up = np.clip(body.y, 0.0, 1.0)
    full, end = (0.9, 1.9) if body.view.frontal else (0.8, 1.6)
    aside = within(body.x - body["shoulder"][0], full, end)
    return np.tan(np.radians(degrees)) * (3.0 * up**2 - 2.0 * up**3) * aside, 0.0


def bowed_spine(body: Body, percent: float) -> Shift:
    """Bow the trunk to the subject's left between hips and shoulders, which stay.

    The percentage is that of the measure: the largest distance of a straight spine from its chord, sacrum to C7, which
    begins above the hips and ends above the shoulders.
    """
    aside = within(body.x - body["shoulder"][0] / 2.0, 0.6, 1.3)
    return percent / 100.0 / _BOW_OF_CHORD * _bow(body.y) * aside, 0.0


def _bow(up: Any) -> Any:
    """Bow between 0 and 1, at most 1 aside."""
    return np.sin(np.pi * np.clip(up, 0.0, 1.0)) ** 2


_SPINE = np.linspace(SACRUM, NECK, 201)
_BOW_OF_CHORD = float(
    (_bow(_SPINE) - np.interp(_SPINE, _SPINE[[0, -1]], _bow(_SPINE[[0, -1]]))).max() / (NECK - SACRUM)
)
"""How far the spine lies beside its own chord, in parts of it, when the trunk is bowed by its length."""


def bent_knee(side: str) -> Callable[[Body, float], Shift]:
    """Move one knee inwards, towards the other leg (+ = valgus)."""

    def bent(body: Body, degrees: float) -> Shift:
        inwards = -1.0 if side == "left" else 1.0
        aside = window(body.x - body[f"{side}_knee"][0], -0.28, -0.16, 0.16, 0.28)
        return inwards * _knee(body, f"{side}_", degrees) * aside, 0.0

    return bent


def flexed_knees(body: Body, degrees: float) -> Shift:
    """Move the knees forward."""
    return _knee(body, "", degrees) * within(body.x - body["knee"][0], 0.45, 0.9), 0.0


def _knee(body: Body, side: str, degrees: float) -> Any:
    """(h, w) how far a leg between hip and ankle moves so that the path turns at the knee by that angle."""
    hip, knee, ankle = (body[f"{side}{part}"][1] for part in ("hip", "knee", "ankle"))
    thigh, shin = hip - knee, knee - ankle
    most = np.tan(np.radians(degrees)) * thigh * shin / (thigh + shin)
    return most * np.where(body.y > knee, smooth((hip - body.y) / thigh), smooth((body.y - ankle) / shin))


def forward_head(body: Body, degrees: float) -> Shift:
    """Carry the head forward over shoulders that stay."""
    slope, shoulder, (x, y) = np.tan(np.radians(degrees)), body["shoulder"][1], body["ear"]
    rise = y - shoulder
    return slope * rise * smooth((body.y - shoulder - 0.05) / rise) * within(body.x - x, 0.45, 0.8), 0.0


def rounded_back(body: Body, percent: float) -> Shift:
    """Move the back's edge, not the chest's, backwards in the upper half of the trunk."""
    x = body["shoulder"][0]
    behind = smooth(0.5 - (body.x - x / 2.0) / 0.6) * within(body.x - x, 0.7, 1.2)
    upper = np.clip((np.clip(body.y, 0.0, 1.0) - 0.35) / 0.65, 0.0, 1.0)
    return -percent / 100.0 * np.sin(np.pi * upper) ** 2 * behind, 0.0


def shifted_pelvis(body: Body, percent: float) -> Shift:
    """Move the pelvis, and with it all above, to the left over feet that stay; % of the height from ankles to eyes."""
    ankle, eye = body["ankle"][1], body["eye"][1]
    up = smooth((body.y - ankle) / -ankle)
    return percent / 100.0 * (eye - ankle) * up * within(body.x - body["hip"][0], 0.9, 1.9), 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that can be bent: in which views, by how much either way, and which measure must answer."""

    key: str
    measure: str
    amount: float
    unit: str
    views: tuple[View, ...]
    shift: Callable[[Body, float], Shift]


PARTS = (
    Part("head", "head_tilt", 5.0, "deg", FRONTAL, turned_head),
    Part("shoulder", "shoulder_tilt", 5.0, "deg", FRONTAL, turned_shoulders),
    Part("spine", "spinal_curve", 4.0, "% of chord", FRONTAL, bowed_spine),
    Part("lean", "trunk_lean", 3.0, "deg", FRONTAL, leaning),
    Part("hip", "hip_tilt", 5.0, "deg", FRONTAL, turned_pelvis),
    Part("pelvis_shift", "pelvic_shift", 1.5, "% of height", FRONTAL, shifted_pelvis),
    Part("knee_left", "knee_angle_left", 5.0, "deg", FRONTAL, bent_knee("left")),
    Part("knee_right", "knee_angle_right", 5.0, "deg", FRONTAL, bent_knee("right")),
    Part("ear", "ear_shoulder_angle", 6.0, "deg", SIDEWAYS, forward_head),
    Part("upper_back", "kyphosis_depth_pct", 3.0, "% of chord", SIDEWAYS, rounded_back),
    Part("lean_side", "trunk_lean_side", 3.0, "deg", SIDEWAYS, leaning),
    Part("knee_flex", "knee_flex", 6.0, "deg", SIDEWAYS, flexed_knees),
)
"""Everything that can be bent, head to feet, front and back first.

The low back is not among them: in life its hollow goes with a tipped pelvis, and a warp of the back's edge alone,
which the measure takes for a belt's dent, is answered by 0.1 of its size on rendered people too.
"""


def displacement(body: Body, part: Part, amount: float) -> tuple[Field, Field]:
    """(h, w) each: how far every pixel of the straight picture moves to the right and down, pixels."""
    across, up = (np.broadcast_to(np.asarray(one, np.float32), body.x.shape) for one in part.shift(body, amount))
    moved = subject_frame(np.stack([across, up], axis=-1) * body.trunk_px, body.view)
    return tuple(np.ascontiguousarray(moved[..., axis], np.float32) for axis in (0, 1))  # type: ignore[return-value]


def bent(pixels: Pixels, body: Body, part: Part, amount: float) -> Pixels:
    """Give the picture with that part bent by the amount, in the sign of ``norms.toml``."""
    right, down = displacement(body, part, amount)
    rows, columns = (one.astype(np.float32) for one in np.mgrid[0 : right.shape[0], 0 : right.shape[1]])
    x, y = columns, rows
    for _ in range(_INVERTING):  # where the pixel that ends up here came from: p = q − d(p)
        moved = (cv2.remap(one, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for one in (right, down))
        x, y = (place - by for place, by in zip((columns, rows), moved, strict=True))
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def parts_of(view: View, wanted: tuple[str, ...] = ()) -> tuple[Part, ...]:
    """Give the parts that can be bent in a view; only those wanted, where some are named."""
    return tuple(part for part in PARTS if view in part.views and (not wanted or part.key in wanted))


def is_whole(pose: Pose) -> bool:
    """Whether all joints that a warp needs lie in the picture."""
    needed = [ORDER[Landmark(f"{side}_{part}")] for side in ("left", "right") for part in _PARTS[:4]]
    points = pose.mean[needed]
    return bool(((points >= 0) & (points <= np.array(pose.size_px))).all())
