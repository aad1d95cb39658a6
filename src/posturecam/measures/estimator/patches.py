"""The three squares of the picture that the small network sees: pelvis, shoulder girdle, head."""

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.measures.estimator.places import HALF_WIDTHS, centres
from posturecam.picture.photo import Pixels

SIDE_PX = 112
Blob = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def patches(pixels: Pixels, points: Array) -> Pixels:
    """(3, 112, 112, 3) the squares of an RGB picture."""
    at, trunk = centres(points)
    pairs = zip(at, HALF_WIDTHS.values(), strict=True)
    return np.stack([square(pixels, centre, half * trunk) for centre, half in pairs])


def square(pixels: Pixels, centre: Array, half_px: float, side_px: int = SIDE_PX) -> Pixels:
    """(side, side, 3) one square cut out, first averaged down so that fine texture does not alias."""
    cut, corner = _around(pixels, centre, half_px)
    factor = min(1.0, 1.25 * side_px / (2 * half_px))
    if factor < 1:
        cut = np.asarray(cv2.resize(cut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    scale = side_px / (2 * half_px * factor)
    x, y = side_px / 2 - 0.5 - scale * ((centre - corner) * factor - 0.5)
    there = np.array([[scale, 0.0, x], [0.0, scale, y]])
    size = (side_px, side_px)
    warped = cv2.warpAffine(cut, there, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def _around(pixels: Pixels, centre: Array, half_px: float) -> tuple[Pixels, Array]:
    """Cut generously around the square, so that only this much is averaged down."""
    reach = int(np.ceil(1.5 * half_px)) + 2
    low = np.maximum(np.floor(centre).astype(int) - reach, 0)
    high = np.maximum(np.floor(centre).astype(int) + reach, low + 2)
    return np.ascontiguousarray(pixels[low[1] : high[1], low[0] : high[0]]), low


def as_blob(squares: Pixels) -> Blob:
    """Bring squares (n, 112, 112, 3) to the network's input (n, 3, 112, 112): each with mean 0 and deviation 1."""
    x = squares.astype(np.float32).transpose(0, 3, 1, 2)
    x -= x.mean(axis=(1, 2, 3), keepdims=True)
    return np.ascontiguousarray(x / (x.std(axis=(1, 2, 3), keepdims=True) + np.float32(4.0)))


def detail(squares: Pixels) -> Array:
    """(n,) how much fine detail each square holds: log of the mean step between neighbours over the contrast."""
    grey = squares.astype(np.float32).mean(axis=-1)
    across = np.abs(np.diff(grey, axis=1)).mean(axis=(1, 2))
    down = np.abs(np.diff(grey, axis=2)).mean(axis=(1, 2))
    return np.asarray(np.log(((across + down) / 2 + 0.3) / (grey.std(axis=(1, 2)) + 4.0)), dtype=np.float64)
