"""A person's outline as a picture of how much of each pixel is theirs, read along rays with sub-pixel edges."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array
from posturecam.errors.facts import Reason

EDGE = 0.5
"""Where half of a pixel is the person's, there is the edge."""

LEAST_AGREEMENT = 0.85
"""Below this overlap of the network's mask and the sharpened one the outline is not trusted.

On rendered people (91 side views) it was 0.91 to 0.98.
"""


LEAST_CONTRAST = 0.08
"""Below this difference of colours, of the picture's light, an edge is a guess: shading on skin alone reaches as much.

In a room's ordinary light these are 16 levels of 255; half the light halves every difference, and hides nothing more.
"""

_CLEAR_PX, _CLEAR_OF = 4, 0.1
"""A place is clear of the body when so many pixels to either side no more than this of a pixel is the body's."""


@dataclass(frozen=True, slots=True)
class Silhouette:
    """How much of each pixel is the person's.

    cover      (h, w) 0...1, smoothed over about a pixel
    to_photo   (2, 3) scale and shift from these pixels to the photo's; corners of pixels are whole numbers
    agreement  overlap of the network's own mask and the sharpened one, 0...1
    contrast   (h, w) how far the colours just inside and just outside differ there, parts of the picture's light;
               None = unknown
    steps      (h, w) how far the picture's colours change across, grey levels a pixel; None = unknown
    """

    cover: Array
    to_photo: Array
    agreement: float
    contrast: Array | None = None
    steps: Array | None = None

    @property
    def untrusted(self) -> Reason | None:
        """Why this outline must not be measured, or None."""
        if self.agreement < LEAST_AGREEMENT:
            return Reason("outline_not_clear")
        return None

    def mirrored(self, photo_width: float) -> "Silhouette":
        """Give the outline in the mirror image of the photo."""
        right_edge = self.to_photo[0, 0] * self.cover.shape[1] + self.to_photo[0, 2]
        to_photo = self.to_photo.copy()
        to_photo[0, 2] = photo_width - right_edge
        contrast, steps = (
            None if values is None else np.ascontiguousarray(values[:, ::-1]) for values in (self.contrast, self.steps)
        )
        cover = np.ascontiguousarray(self.cover[:, ::-1])
        return replace(self, cover=cover, to_photo=to_photo, contrast=contrast, steps=steps)

    def faint(self, edges: Array) -> float:
        """Give the part of the edge points (K, 2), photo pixels or NaN, at which body and background look alike."""
        if self.contrast is None or not len(edges):
            return 0.0
        found = edges[np.isfinite(edges).all(axis=1)]
        return float((self._read(self.contrast, found) < LEAST_CONTRAST).mean()) if len(found) else 0.0

    def steps_at(self, points: Array) -> Array:
        """(K,) how far the colours change across at photo points (K, 2); 0 where that is not known."""
        return np.zeros(len(points)) if self.steps is None else self._read(self.steps, points)

    def beside_body(self, points: Array) -> NDArray[np.bool_]:
        """(K,) whether photo points (K, 2) lie in the crop and clear of the body, to left and right."""
        across = np.arange(-_CLEAR_PX, _CLEAR_PX + 1)[:, None, None] * np.array([self.to_photo[0, 0], 0.0])
        clear = (self.at(points + across) < _CLEAR_OF).all(axis=0)
        return np.asarray(clear & self._inside(points), dtype=bool)

    def well_inside(self, points: Array, margin_px: float) -> NDArray[np.bool_]:
        """(...,) whether photo points (..., 2) lie in the crop, so many photo pixels from its edges; NaN does not."""
        height, width = self.cover.shape
        low = self.to_photo[:, 2] + margin_px
        high = self.to_photo[:, 2] + np.diag(self.to_photo) * [width, height] - margin_px
        return np.asarray(((points > low) & (points < high)).all(axis=-1), dtype=bool)

    def at(self, points: Array) -> Array:
        """(...,) cover at photo points (..., 2), bilinear; 0 outside the crop and at NaN."""
        return self._read(self.cover, points)

    def _read(self, picture: Array, points: Array) -> Array:
        height, width = picture.shape
        place, inside = self._place(points), self._inside(points)
        x, y = (np.clip(np.nan_to_num(place[..., axis]), 0.0, size - 1.0) for axis, size in ((0, width), (1, height)))
        column, row = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
        right, down = x - column, y - row
        upper = picture[row, column] * (1 - right) + picture[row, column + 1] * right
        lower = picture[row + 1, column] * (1 - right) + picture[row + 1, column + 1] * right
        return np.where(inside, upper * (1 - down) + lower * down, 0.0)

    def _place(self, points: Array) -> Array:
        """(..., 2) column and row of photo points, counted from the middle of the first pixel."""
        return np.asarray((points - self.to_photo[:, 2]) / np.diag(self.to_photo) - 0.5)

    def _inside(self, points: Array) -> NDArray[np.bool_]:
        """(...,) whether photo points lie in the crop."""
        height, width = self.cover.shape
        place = self._place(points)
        return np.asarray(((place > -0.5) & (place < np.array([width - 0.5, height - 0.5]))).all(axis=-1), dtype=bool)

    def reach(self, starts: Array, direction: Array, longest: float, steps: int = 240) -> Array:
        """(K,) how far the body goes on from starts (K, 2) along a unit direction (2,), photo pixels.

        NaN where a start is not on the body, or the body goes on past ``longest``.
        """
        along = np.linspace(0.0, longest, steps + 1)
        cover = self.at(starts[:, None] + along[:, None] * direction)
        outside = cover < EDGE
        first = outside.argmax(axis=1)
        found = outside.any(axis=1) & ~outside[:, 0]
        before, after = (cover[np.arange(len(starts)), np.maximum(first + shift, 0)] for shift in (-1, 0))
        part = (before - EDGE) / np.where(found, before - after, 1.0)
        return np.where(found, along[np.maximum(first - 1, 0)] + part * along[1], np.nan)
