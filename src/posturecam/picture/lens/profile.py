"""What is known of one camera: its focal length, its middle, and how its lens bends straight lines."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from posturecam.body import Array, PlacedPoint, Pose
from posturecam.errors import PhotoError, SettingsError
from posturecam.errors.facts import Problem
from posturecam.storage import strict_json

SCHEMA = "posturecam/camera/1"
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class CameraProfile:
    """A pinhole with radial distortion r·(1 + k1·r² + k2·r⁴) (Brown 1971), for photos of one size in pixels.

    ``center_px`` is measured from the outer corner of the top-left pixel; ``error_px`` is the root mean square distance
    between the board's corners and where the profile puts them.
    """

    size_px: tuple[int, int]
    focal_px: float
    center_px: tuple[float, float]
    k1: float
    k2: float
    error_px: float = 0.0
    photos: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no camera."""
        if not (self.focal_px >= 1 and min(self.size_px) > 0):
            msg = f"a camera needs a focal length of a pixel or more, and a size, not {self.focal_px}, {self.size_px}"
            raise ValueError(msg)

    def fitted(self, size_px: tuple[int, int]) -> "CameraProfile":
        """Give the profile for photos of another size; raises PhotoError when their shape is another."""
        across, down = (new / old for new, old in zip(size_px, self.size_px, strict=True))
        if abs(across / down - 1.0) > 0.005:
            made, here = ("×".join(map(str, size)) for size in (self.size_px, size_px))
            msg = Problem("camera_of_other_shape", made=made, here=here)
            raise PhotoError(msg)
        center = (self.center_px[0] * across, self.center_px[1] * across)
        return replace(self, size_px=size_px, focal_px=self.focal_px * across, center_px=center)

    def mirrored(self) -> "CameraProfile":
        """Give the profile of the mirror image."""
        return replace(self, center_px=(self.size_px[0] - self.center_px[0], self.center_px[1]))

    def straighten(self, points: Array) -> Array:
        """Move photo points (..., 2) to where a lens without distortion would show them, pixels."""
        center = np.array(self.center_px)
        seen = (points - center) / self.focal_px
        ideal = seen
        for _round in range(_ROUNDS):
            square = (ideal**2).sum(axis=-1, keepdims=True)
            ideal = seen / (1.0 + self.k1 * square + self.k2 * square**2)
        return np.asarray(ideal * self.focal_px + center)


def straightened(pose: Pose, camera: CameraProfile) -> Pose:
    """Take the lens's distortion out of a pose's points; the picture stays as it is."""
    lens = camera.fitted(pose.size_px)
    eyes = None if pose.network_eyes is None else lens.straighten(pose.network_eyes)
    placed = straight_points(pose.placed, lens)
    near = pose.near_keypoints
    near = None if near is None else replace(near, places=lens.straighten(near.places))
    return replace(pose, points=lens.straighten(pose.points), network_eyes=eyes, near_keypoints=near, placed=placed)


def straight_points(points: tuple[PlacedPoint, ...], lens: CameraProfile) -> tuple[PlacedPoint, ...]:
    """Take the lens's distortion out of placed points."""
    moved = [lens.straighten(point.at) for point in points]
    return tuple(replace(point, x=float(at[0]), y=float(at[1])) for point, at in zip(points, moved, strict=True))


def profile_bytes(profile: CameraProfile) -> bytes:
    """Write a profile as JSON."""
    return (json.dumps({"schema": SCHEMA, **asdict(profile)}, indent=1) + "\n").encode()


def read_profile(path: Path | str) -> CameraProfile:
    """Read a profile; raises SettingsError, which says what is wrong with the file."""
    try:
        facts = strict_json.loads(Path(path).read_bytes())
        known = facts["schema"] == SCHEMA
        profile = _from_facts(facts) if known else None
    except OSError as error:
        msg = Problem("camera_file_unreadable", path=path, strerror=str(error.strerror or error))
        raise SettingsError(msg) from error
    except (ValueError, KeyError, TypeError, IndexError) as error:
        msg = Problem("no_camera_profile", path=path)
        raise SettingsError(msg) from error
    if profile is None:
        msg = Problem("camera_profile_of_other_kind", path=path, schema=facts["schema"])
        raise SettingsError(msg)
    return profile


def _from_facts(facts: dict[str, Any]) -> CameraProfile:
    size, center = facts["size_px"], facts["center_px"]
    numbers = {name: _number(facts[name]) for name in ("focal_px", "k1", "k2", "error_px")}
    place = (_number(center[0]), _number(center[1]))
    pixels = (int(_number(size[0])), int(_number(size[1])))
    return CameraProfile(pixels, center_px=place, photos=int(_number(facts["photos"])), **numbers)


def _number(said: Any) -> float:
    """Read a number that a lens can have. Raises ValueError and TypeError."""
    found = float(said)
    if not abs(found) < strict_json.MOST:
        msg = f"{said} is no number of a lens"
        raise ValueError(msg)
    return found
