"""Printed boards put into pictures with an exactly known camera: what tests and checks of the vertical look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from posturecam.picture.lens.board import board_picture, large_picture
from posturecam.picture.photo import Photo, from_pixels


@dataclass(frozen=True)
class Hanging:
    """A plumb board before a camera: roll (+ = content counter-clockwise), pitch (+ = looks down), twist, degrees.

    at_m   where its middle hangs: right of, above and away from the camera, in the room's own directions
    """

    roll: float = 0.0
    pitch: float = 0.0
    twist: float = 0.0
    at_m: tuple[float, float, float] = (0.4, 0.0, 3.0)
    focal_px: float = 1568.0
    large: bool = True
    askew: float = 0.0

    @property
    def mm_per_px(self) -> float:
        """Millimetres in a pixel at the board's middle."""
        return 1000.0 * float(self._camera(np.zeros((1, 3)))[0, 2]) / self.focal_px

    def _camera(self, on_board_m: Any) -> Any:
        """Points on the board (x right, y down, from its middle) as the camera has them: x right, y down, z away."""
        turn, askew = np.radians(self.twist), np.radians(self.askew)
        hung = on_board_m @ np.array([[np.cos(askew), -np.sin(askew), 0], [np.sin(askew), np.cos(askew), 0], [0, 0, 1]])
        twisted = hung @ np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
        world = twisted + np.array([self.at_m[0], -self.at_m[1], self.at_m[2]])
        down, roll = np.radians(self.pitch), np.radians(self.roll)
        pitched = world @ np.array([[1, 0, 0], [0, np.cos(down), np.sin(down)], [0, -np.sin(down), np.cos(down)]])
        return pitched @ np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])

    def corners(self, size_px: tuple[int, int]) -> Any:
        """(4, 2) corners of the drawn patch in the picture."""
        half = np.array(_patch(self.large).shape[::-1]) / 2 / 10_000.0
        square = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * np.append(half, 0.0)
        seen = self._camera(square)
        return seen[:, :2] / seen[:, 2:] * self.focal_px + np.array(size_px) / 2


def _patch(large: bool) -> Any:  # noqa: FBT001
    """(h, w) the board with its white margin, ten dots for a millimetre."""
    picture = large_picture() if large else board_picture()
    return cv2.copyMakeBorder(picture, 200, 200, 200, 200, cv2.BORDER_CONSTANT, value=255)


def hung_in(photo: Photo, hanging: Hanging, blur_px: float = 0.6) -> Photo:
    """Put the board into a photo, its edges softened as a lens softens them."""
    pixels = photo.pixels.copy()
    height, width = pixels.shape[:2]
    fine = 4
    patch = _patch(hanging.large)
    to = hanging.corners((width, height))
    low = np.floor(to.min(axis=0)).astype(int) - 4
    high = np.ceil(to.max(axis=0)).astype(int) + 4
    span = high - low
    rows, columns = patch.shape
    from_ = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], dtype=np.float32) - 0.5
    target = ((to - low) * fine - 0.5).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(from_, target)
    reduce = max(1.0, float(columns / np.linalg.norm(target[1] - target[0])))
    soft = cv2.GaussianBlur(patch, (0, 0), 0.5 * reduce) if reduce > 1.2 else patch
    size = (int(span[0]) * fine, int(span[1]) * fine)
    drawn = cv2.warpPerspective(soft, matrix, size, flags=cv2.INTER_LINEAR, borderValue=0)
    mask = cv2.warpPerspective(np.full_like(patch, 255), matrix, size, flags=cv2.INTER_LINEAR, borderValue=0)
    drawn, mask = (cv2.resize(one, (int(span[0]), int(span[1])), interpolation=cv2.INTER_AREA) for one in (drawn, mask))
    whole, cover = np.zeros((height, width)), np.zeros((height, width))
    x0, y0, x1, y1 = max(0, low[0]), max(0, low[1]), min(width, high[0]), min(height, high[1])
    part = (slice(y0 - low[1], y1 - low[1]), slice(x0 - low[0], x1 - low[0]))
    whole[y0:y1, x0:x1], cover[y0:y1, x0:x1] = drawn[part], mask[part] / 255.0
    shaded = 25 + 0.8 * whole / np.maximum(cover, 1e-6)
    mixed = pixels * (1 - cover[..., None]) + np.where(cover > 0, shaded, 0)[..., None] * cover[..., None]
    mixed = np.clip(mixed, 0, 255)
    if blur_px:
        box = (slice(max(0, y0 - 3), y1 + 3), slice(max(0, x0 - 3), x1 + 3))
        mixed[box] = cv2.GaussianBlur(mixed[box], (0, 0), blur_px)
    return from_pixels(np.rint(mixed).astype(np.uint8), f"{photo.name} with a board")
