"""A body's points in its own frame and in lengths of its own trunk, so that size and distance are of no matter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.body import ORDER, VISIBLE, Array, Landmark, Pose, View
from posturecam.body.geometry import subject_frame


@dataclass(frozen=True, slots=True)
class ScaledBody:
    """The points (33, 2) in the subject's frame (x towards the left or forward, y up), in lengths of the trunk."""

    points: Array
    inside: NDArray[np.bool_]
    visibility: Array
    view: View

    @staticmethod
    def of(pose: Pose, roll_deg: float) -> "ScaledBody | None":
        """Bring a pose to this; None where shoulders and hips are not in sight."""
        mean = pose.mean
        inside = np.asarray(((mean >= 0) & (mean <= np.array(pose.size_px))).all(axis=1))
        points = subject_frame(mean, pose.view, roll_deg)
        body = ScaledBody(points, inside, pose.visibility, pose.view)
        trunk = float(np.linalg.norm(body.mid("SHOULDER") - body.mid("HIP")))
        if not trunk > 0.0 or not body.sees("SHOULDER", "HIP"):
            return None
        return ScaledBody(points / trunk, inside, pose.visibility, pose.view)

    @property
    def frontal(self) -> bool:
        """Whether both sides are to be compared; half-turned bodies are looked at like this as well."""
        return self.view not in (View.LEFT, View.RIGHT, View.LEFT_OR_RIGHT)

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides whose points count: both, or from the side the near one where it is known."""
        near_unknown = self.frontal or self.view is View.LEFT_OR_RIGHT
        return ("LEFT", "RIGHT") if near_unknown else (self.view.name,)

    def at(self, side: str, part: str) -> Array:
        """(2,) a point."""
        return np.asarray(self.points[ORDER[Landmark[f"{side}_{part}"]]])

    def mid(self, part: str) -> Array:
        """(2,) the middle of the points that count: of both sides, or the near one."""
        return np.asarray(np.mean([self.at(side, part) for side in self.sides], axis=0))

    def holds(self, *parts: str) -> bool:
        """Whether all of these points that count are in the picture, hidden or not."""
        return all(bool(self.inside[ORDER[Landmark[f"{side}_{part}"]]]) for part in parts for side in self.sides)

    def sees(self, *parts: str) -> bool:
        """Whether all of these points that count are in the picture and not hidden."""
        rows = [ORDER[Landmark[f"{side}_{part}"]] for part in parts for side in self.sides]
        return bool((self.inside[rows] & (self.visibility[rows] >= VISIBLE)).all())

    def seen(self, side: str, part: str) -> bool:
        """Whether one point is in the picture and not hidden."""
        row = ORDER[Landmark[f"{side}_{part}"]]
        return bool(self.inside[row] and self.visibility[row] >= VISIBLE)

    def reach(self, upper: str, lower: str) -> Array:
        """(sides, 2) from the lower to the upper point of each side that counts."""
        return np.array([self.at(side, upper) - self.at(side, lower) for side in self.sides])

    def apart(self, part: str) -> Array:
        """(2,) from the right point to the left one."""
        return self.at("LEFT", part) - self.at("RIGHT", part)

    @property
    def lean_deg(self) -> float:
        """Lean of the line from the feet, or what is seen of the legs, to the shoulders."""
        foot = next((part for part in ("ANKLE", "KNEE", "HIP") if self.sees(part)), "HIP")
        return lean_of(self.mid("SHOULDER") - self.mid(foot))

    @property
    def trunk_deg(self) -> float:
        """Lean of the trunk."""
        return lean_of(self.mid("SHOULDER") - self.mid("HIP"))


def lean_of(upwards: Array) -> float:
    """Lean of a vector (2,) against the vertical, degrees; + = towards the subject's left, or forward."""
    return float(np.degrees(np.arctan2(upwards[0], upwards[1])))


def lengths(spans: Array) -> Array:
    """(n,) lengths of vectors (n, 2)."""
    return np.asarray(np.hypot(spans[:, 0], spans[:, 1]))
