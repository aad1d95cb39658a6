"""What perspective does to the measures of a body that is turned, stands aside, or is seen from above or below.

A photo shows the body as one flat picture. Where the end of a level line is turned towards the camera it lies farther
from the horizon, so the line seems to tilt: tan(tilt) = height over the camera / distance × tan(turn). With the camera
1.0 m high and 3 m away, a turn of 10° makes level shoulders (1.45 m) seem tilted by 1.5°, level eyes (1.65 m) by 2.2°,
and hips at the camera's height not at all. The same goes for a body that stands aside of the camera's axis; and seen
by a camera that looks up or down, plumb lines aside of the middle lean.

``planes_of`` undoes all of it for a body taken as flat: the measures of what it gives are those of the body itself. It
does so for any points that lie on the body: the network's, placed ones, stickers, the outline's.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose, View
from posturecam.body.geometry import rotate
from posturecam.picture.scale import SPAN

UNKNOWN_PITCH_DEG = 8.0
"""Standard error of the camera's pitch where nothing at all tells it: 0.4 m at 3 m."""

USUAL_CAMERA_M, CAMERA_SPREAD_M = 1.2, 0.25
"""Usual height of a camera over the floor: 1.0 m on a tripod, as the protocols ask, to chest height in the hand."""

ANKLE_PART = 0.04
"""Height of the ankles as a part of the stature (Gordon et al. 1989, ANSUR)."""

UNKNOWN_TURN_DEG = 2.7
"""Standard error of a turn where nothing tells it: as the pose network alone sees it."""

SQUARE_DEG = 5.0
"""How squarely people stand who try to (standard deviation): the gate of the photo protocols."""

_ENDS = [[ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT")] for part in ("EYE", "ANKLE")]
_MIDDLE = [ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT") for part in ("SHOULDER", "HIP")]


@dataclass(frozen=True, slots=True)
class Perspective:
    """How the camera saw the scene: focal length and middle in pixels of the photo, and its pitch, + = looking down.

    ``source`` says what told the focal length.
    """

    source: str
    focal_px: float
    center_px: tuple[float, float]
    pitch_deg: float = 0.0
    pitch_sigma_deg: float = UNKNOWN_PITCH_DEG

    def mirrored(self, width_px: float) -> "Perspective":
        """Give that of the mirror image."""
        return replace(self, center_px=(width_px - self.center_px[0], self.center_px[1]))

    def levelled(self, points: Array, roll_deg: float, pitch_deg: float) -> Array:
        """Bring photo points (..., 2) to where a level camera sees them: x right, y down, in focal lengths."""
        seen = rotate((points - np.array(self.center_px)) / self.focal_px, -roll_deg)
        down = np.radians(pitch_deg)
        y, z = seen[..., 1] * np.cos(down) + np.sin(down), np.cos(down) - seen[..., 1] * np.sin(down)
        return np.stack([seen[..., 0] / z, y / z], axis=-1)


@dataclass(frozen=True, slots=True)
class Plane:
    """One plane that a body may lie in.

    ``turn_deg`` is its turn against the line of sight, + = its right end is the farther one; ``pitch_deg`` how far the
    camera looks down on it; ``middle`` how far aside of the camera's axis the body stands, in distances.
    """

    turn_deg: float
    pitch_deg: float
    middle: float

    def flat(self, points: Array, seen_by: Perspective, roll_deg: float) -> Array:
        """Bring photo points (..., 2) to this plane: x right, y down, as large as in the photo."""
        level = seen_by.levelled(points, roll_deg, self.pitch_deg)
        x, y = level[..., 0], level[..., 1]
        turned = np.radians(self.turn_deg) - np.arctan(self.middle)
        far = (1.0 - np.tan(turned) * self.middle) / (1.0 - np.tan(turned) * x)
        across = (x * far - self.middle) / np.cos(turned)
        return np.stack([across, y * far], axis=-1) * seen_by.focal_px


@dataclass(frozen=True, slots=True)
class Flattened:
    """A body's points as they are shown, and as its own plane may really be; all (S, K, 2), x right, y down, no roll.

    ``likely`` holds the four corners of what turn and pitch may be, one standard error either way.
    """

    shown: Array
    likely: tuple[Array, ...]

    def error_rms(self, measured: Callable[[Array], Array]) -> float:
        """How much of a measure is likely perspective alone: root mean square over ``likely``, its unit."""
        shown = measured(self.shown).mean()
        perspective_errors = np.array([measured(points).mean() - shown for points in self.likely])
        return float(np.sqrt((perspective_errors**2).mean())) if np.isfinite(perspective_errors).all() else 0.0


@dataclass(frozen=True, slots=True)
class Planes:
    """The planes that one body may lie in: the corners of what its turn and the camera's pitch may be."""

    seen_by: Perspective
    roll_deg: float
    likely: tuple[Plane, ...]

    def of(self, points: Array) -> Flattened:
        """Undo the perspective of points on the body, (S, K, 2) photo pixels, in every likely plane."""
        shown = rotate(points - np.array(self.seen_by.center_px), -self.roll_deg)
        return Flattened(shown, tuple(plane.flat(points, self.seen_by, self.roll_deg) for plane in self.likely))


def planes_of(pose: Pose, perspective: Perspective, roll_deg: float) -> Planes:
    """Give every likely plane of a body."""
    (turn, turn_sd), (pitch, pitch_sd) = _turn(pose), (perspective.pitch_deg, perspective.pitch_sigma_deg)
    likely = []
    for down in (pitch - pitch_sd, pitch + pitch_sd):
        middle = float(np.nanmean(perspective.levelled(pose.points[:, _MIDDLE], roll_deg, down)[..., 0]))
        likely += [Plane(turn + by, down, middle) for by in (-turn_sd, turn_sd)]
    return Planes(perspective, roll_deg, tuple(likely))


def pitch_from_body(
    pose: Pose, focal_px: float, center_px: tuple[float, float], roll_deg: float, stature_m: float
) -> tuple[float, float]:
    """How far a camera of usual height looks down when it sees a body so, degrees, and its standard error."""
    up_and_down = rotate((pose.mean - np.array(center_px)) / focal_px, -roll_deg)[..., 1]
    eyes, ankles = (float(up_and_down[rows].mean()) for rows in _ENDS)
    if not ankles > eyes:  # nor where one was not found
        return 0.0, UNKNOWN_PITCH_DEG
    pitches = np.linspace(-30.0, 30.0, 121)
    top, foot = (np.tan(np.arctan(slope) + np.radians(pitches)) for slope in (eyes, ankles))
    heights = stature_m * (ANKLE_PART + SPAN[View.FRONT] * foot / (foot - top))
    low, middle, high = (float(np.interp(USUAL_CAMERA_M + by * CAMERA_SPREAD_M, heights, pitches)) for by in (-1, 0, 1))
    return middle, max((high - low) / 2, 1.0)


def _turn(pose: Pose) -> tuple[float, float]:
    """Turn of the body's plane, + = its end on the photo's right is the farther one, and its standard error, degrees.

    Whoever turns to the own left, seen from the front, moves the left side (on the photo's right) away; seen from
    behind, the right side. A side view has no plane that a turn would tilt. Large turns are rare, so a part of one is
    the estimate's own error.
    """
    if not pose.view.frontal:
        return 0.0, 0.0
    if pose.turn is None:
        return 0.0, UNKNOWN_TURN_DEG
    true = SQUARE_DEG**2 / (SQUARE_DEG**2 + pose.turn.sem_deg**2)
    return true * pose.turn.value_deg, float(np.sqrt(true)) * pose.turn.sem_deg
