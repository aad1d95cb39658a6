"""The pose network: the only file that imports mediapipe and knows its landmark numbers.

``Landmarker`` opens the network once, is closed by its context manager, and keeps quiet on stderr: the engine's C++ log
lines are of no use to a user. Its own depth is used for nothing but the turn of the body (see ``facing_deg``).
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from posturecam.body import MIRROR, ORDER, Array, Landmark
from posturecam.errors import ModelError
from posturecam.errors.facts import Problem
from posturecam.picture.photo import Pixels
from posturecam.poses.model import Model, pose_model

_NETWORK_ORDER = np.array(
    [ORDER[landmark] for landmark in Landmark]
)  # the network numbers its points in this same order
_MOST_PEOPLE = 4
_MASK_STEP_PX = 16


@dataclass(frozen=True, slots=True)
class Detection:
    """One person seen in one pass.

    points      (33, 2) pixels of the picture handed in
    visibility  (33,)
    facing_deg  where the chest points: 0 = to the camera, ±180 = away, −90 = the camera sees the left side
    """

    points: Array
    visibility: Array
    facing_deg: float

    def flipped(self, width: float) -> "Detection":
        """Say what this sighting in a mirrored picture means in the picture itself."""
        points = self.points[MIRROR] * [-1.0, 1.0] + [width, 0.0]
        return Detection(points, self.visibility[MIRROR], -self.facing_deg)

    def moved(self, to_photo: Array) -> "Detection":
        """Give the same sighting, its points carried by the 2×3 affine matrix ``to_photo``."""
        points = self.points @ to_photo[:, :2].T + to_photo[:, 2]
        return Detection(points, self.visibility, self.facing_deg)

    def turned_round(self) -> "Detection":
        """Give the same body, taken to be seen from the other side: left and right exchanged."""
        facing = (self.facing_deg + 360.0) % 360.0 - 180.0
        return Detection(self.points[MIRROR], self.visibility[MIRROR], facing)

    @property
    def box(self) -> Array:
        """(4,) left, top, right, bottom of all points."""
        return np.concatenate([self.points.min(axis=0), self.points.max(axis=0)])


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send what C++ code writes to stderr nowhere, for the time of the block."""
    try:
        number = sys.__stderr__.fileno() if sys.__stderr__ else 2
        kept = os.dup(number)
    except (OSError, ValueError):
        yield
        return
    with Path(os.devnull).open("wb") as nowhere:
        try:
            os.dup2(nowhere.fileno(), number)
            yield
        finally:
            os.dup2(kept, number)
            os.close(kept)


class Landmarker:
    """The pose network, opened once. Use it as a context manager.

    ``film`` opens it in VIDEO mode: ``see_frame`` then takes strictly increasing timestamps in milliseconds.
    """

    def __init__(self, model: Model | None = None, *, film: bool = False) -> None:
        """Open the network; ModelError when the bundle is not one that the engine accepts."""
        self.model = model or pose_model()
        with quiet_stderr():
            self._engine = _opened(self.model, film=film)
        self._masking: Any = None
        self._spoke = False

    def __enter__(self) -> Self:
        """Give the open network."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the network."""
        self.close()

    def close(self) -> None:
        """Close the network; it must not outlive its interpreter."""
        with quiet_stderr():
            self._engine.close()
            if self._masking is not None:
                self._masking.close()
                self._masking = None

    def see(self, pixels: Pixels) -> list[Detection]:
        """Find everybody in (h, w, 3) uint8 RGB pixels."""
        with self._first_words():
            return self._heard(_sightings(self._engine.detect(_image(pixels)), pixels))

    def see_masks(self, pixels: Pixels) -> list[tuple[Detection, Array]]:
        """Find everybody, each with the chance (h, w) that a pixel is theirs.

        Opens a second engine when first asked: masks cost time that most photos need not spend.
        """
        with quiet_stderr():
            if self._masking is None:
                self._masking = _opened(self.model, film=False, masks=True)
            # the engine copies a mask out of its memory only where its rows are a whole number of 64 bytes
            wide = np.pad(pixels, ((0, 0), (0, -pixels.shape[1] % _MASK_STEP_PX), (0, 0)), mode="edge")
            result = self._masking.detect(_image(wide))
        masks = [np.squeeze(mask.numpy_view())[:, : pixels.shape[1]] for mask in result.segmentation_masks or ()]
        return list(zip(_sightings(result, wide), (mask.astype(np.float64) for mask in masks), strict=True))

    def see_frame(self, pixels: Pixels, at_ms: int) -> list[Detection]:
        """Find everybody in the next frame of a film."""
        with self._first_words():
            return self._heard(_sightings(self._engine.detect_for_video(_image(pixels), at_ms), pixels))

    def _first_words(self) -> contextlib.AbstractContextManager[None]:
        """Keep the engine quiet until it has seen somebody: it has nothing to say after that."""
        return contextlib.nullcontext() if self._spoke else quiet_stderr()

    def _heard(self, detections: list[Detection]) -> list[Detection]:
        self._spoke = self._spoke or bool(detections)
        return detections


def _opened(model: Model, *, film: bool, masks: bool = False) -> Any:
    os.environ.setdefault("GLOG_minloglevel", "2")
    from mediapipe.tasks.python import vision  # noqa: PLC0415  (loaded when first needed)
    from mediapipe.tasks.python.core.base_options import BaseOptions  # noqa: PLC0415

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model.content),
        running_mode=vision.RunningMode.VIDEO if film else vision.RunningMode.IMAGE,
        num_poses=1 if film else _MOST_PEOPLE,
        output_segmentation_masks=masks,
    )
    try:
        return vision.PoseLandmarker.create_from_options(options)
    except (RuntimeError, ValueError) as error:
        found = Problem("bundle_not_accepted", name=model.name, splitlines=str(error).splitlines()[0][:90])
        raise ModelError(Problem("bundle_refused", found=found, remedy=Problem("give_bundle"))) from error


def _image(pixels: Pixels) -> Any:
    import mediapipe  # noqa: PLC0415  (loaded when first needed)

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pixels))


def _sightings(result: Any, pixels: Pixels) -> list[Detection]:
    size = np.array([pixels.shape[1], pixels.shape[0]], dtype=np.float64)
    pairs = zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    return [_sighting(flat, world, size) for flat, world in pairs]


def _sighting(flat: Any, world: Any, size: Array) -> Detection:
    points = np.array([(p.x, p.y) for p in flat], dtype=np.float64)[_NETWORK_ORDER] * size
    visibility = np.array([p.visibility for p in flat], dtype=np.float64)[_NETWORK_ORDER]
    deep = np.array([(p.x, p.z) for p in world], dtype=np.float64)[_NETWORK_ORDER]
    across = deep[ORDER[Landmark.LEFT_SHOULDER]] - deep[ORDER[Landmark.RIGHT_SHOULDER]]
    return Detection(points, visibility, float(np.degrees(np.arctan2(across[1], across[0]))))
