"""Cut the person out: the network's mask sharpened along the picture's own edges.

Everything runs on the crop and on its mirror image and is averaged, so the mirror image of a photo has exactly the
mirrored outline. The sharpening (GrabCut: Rother, Kolmogorov & Blake 2004) works at 256 pixels of height, 448 where
arms must be told from the trunk: whole size takes ten times as long for little. GrabCut's own start, clusters drawn at
random, falls into another optimum when a pixel changes by one grey level, so it starts from clusters that follow from
the colours smoothly.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array
from posturecam.picture.photo import Pixels
from posturecam.poses.masks import PersonMask
from posturecam.poses.silhouette.shape import Silhouette

HEIGHT_PX = 256
FINE_HEIGHT_PX = 448
"""For front and back views: at 256 pixels the gap between arm and trunk is lost in half of the photos."""

_ROUNDS = 3
_CLUSTERS, _LEAST_SPREAD = 5, 0.5
"""GrabCut's own number of clusters, and what is added to their variances, squares of grey levels (a wall has none)."""

_AROUND_PX = 2.5

_LIGHT_PERCENTILE, _LEAST_LIGHT = 95.0, 100.0
"""The picture's light is what its brightest colours reach, but not less than this, where grain would be an edge."""

_SURE, _SURELY_NOT, _SMOOTH_PX = 0.9, 0.1, 1.0


def cut_out(mask: PersonMask, height_px: int = HEIGHT_PX) -> Silhouette:
    """Sharpen a mask into an outline of that height."""
    height, width = mask.chance.shape
    size = (max(2, round(width * height_px / height)), height_px)
    chance = _even(_shrunk(mask.chance, size), _shrunk(mask.chance[:, ::-1], size))
    whole = mask.pixels.astype(np.float64)
    pixels = np.rint(_even(_shrunk(whole, size), _shrunk(whole[:, ::-1], size))).astype(np.uint8)
    to_photo = mask.to_photo.copy()
    to_photo[0, 0] *= width / size[0]
    to_photo[1, 1] *= height / size[1]
    return sharpened(pixels, chance, to_photo)


def sharpened(pixels: Pixels, chance: Array, to_photo: Array) -> Silhouette:
    """Sharpen the chance (h, w) that a pixel is the person's along the edges of the pixels (h, w, 3) themselves.

    ``to_photo`` is that of the ``Silhouette``.
    """
    cover = _even(_sharpened(pixels, chance), _sharpened(pixels[:, ::-1], chance[:, ::-1]))
    smooth = _even(_smoothed(cover), _smoothed(cover[:, ::-1]))
    contrast = _even(_contrast(pixels, smooth), _contrast(pixels[:, ::-1], smooth[:, ::-1])) / _light(pixels)
    steps = _even(_steps(pixels), _steps(pixels[:, ::-1]))
    return Silhouette(smooth, to_photo, _agreement(chance > 0.5, cover > 0.5), contrast, steps)


def _steps(pixels: Pixels) -> Array:
    """(h, w) how far the colours change from left to right there or a pixel beside, grey levels a pixel."""
    smooth = cv2.GaussianBlur(np.ascontiguousarray(pixels).astype(np.float32), (0, 0), _SMOOTH_PX)
    change = np.abs(np.gradient(smooth, axis=1)).max(axis=-1)
    return np.asarray(cv2.dilate(change, np.ones((1, 3), np.uint8)), dtype=np.float64)


def _light(pixels: Pixels) -> float:
    """Grey levels of the brightest colours."""
    return max(_LEAST_LIGHT, float(np.percentile(pixels.max(axis=-1), _LIGHT_PERCENTILE)))


def _contrast(pixels: Pixels, cover: Array) -> Array:
    """(h, w) largest difference, over the three colours, of the means just inside and just outside, grey levels."""
    picture, part = (np.ascontiguousarray(image).astype(np.float32) for image in (pixels, cover))
    inside, outside = _mean_around(picture, part), _mean_around(picture, 1 - part)
    return np.asarray(np.abs(inside - outside).max(axis=-1), dtype=np.float64)


def _mean_around(picture: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean colour around each pixel, of what the weight counts."""
    total = cv2.GaussianBlur(picture * weight[..., None], (0, 0), _AROUND_PX)
    return np.asarray(total / (cv2.GaussianBlur(weight, (0, 0), _AROUND_PX)[..., None] + 1e-3), dtype=np.float32)


def _even(here: Array, twin: Array) -> Array:
    """Average what was made of a picture and of its mirror image."""
    return np.asarray((here + twin[:, ::-1]) / 2)


def _shrunk(picture: Array, size: tuple[int, int]) -> Array:
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA), dtype=np.float64)


def _smoothed(cover: Array) -> Array:
    return np.asarray(cv2.GaussianBlur(np.ascontiguousarray(cover), (0, 0), _SMOOTH_PX), dtype=np.float64)


def _sharpened(pixels: Pixels, chance: Array) -> Array:
    """Let GrabCut settle the band between what is surely the person's and what surely is not: 0 or 1."""
    sure = cv2.erode((chance > _SURE).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    near = cv2.dilate((chance > _SURELY_NOT).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    labels = np.where(chance > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[sure], labels[~near] = cv2.GC_FGD, cv2.GC_BGD
    if not sure.any() or near.all():
        return (chance > 0.5).astype(np.float64)
    here = np.ascontiguousarray(pixels)
    inside = chance > 0.5
    background, foreground = (_mixture(here[part], _main_axis(here)) for part in (~inside, inside))
    cv2.grabCut(here, labels, (0, 0, 1, 1), background, foreground, _ROUNDS, cv2.GC_EVAL)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float64)


def _main_axis(pixels: Pixels) -> Array:
    """(3,) the direction in which the colours of a picture differ most."""
    return np.asarray(np.linalg.eigh(np.cov(pixels.reshape(-1, 3).astype(np.float64).T))[1][:, -1])


def _mixture(colours: Pixels, axis: Array) -> Array:
    """(1, 65) GrabCut's five clusters of colours (K, 3): fifths along an axis, each its weight, mean and covariance."""
    values = colours.astype(np.float64)
    along = values @ axis
    cluster = np.searchsorted(np.quantile(along, np.arange(1, _CLUSTERS) / _CLUSTERS), along, side="right")
    parts = [values[cluster == number] for number in range(_CLUSTERS)]
    weights = np.array([len(part) / len(values) for part in parts])
    means, spreads = np.zeros((_CLUSTERS, 3)), np.tile(_LEAST_SPREAD * np.eye(3), (_CLUSTERS, 1, 1))
    for number, part in enumerate(parts):
        if len(part):
            means[number] = part.mean(axis=0)
            spreads[number] += np.cov(part.T, bias=True)
    return np.concatenate([weights, means.ravel(), spreads.ravel()])[None]


def _agreement(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    either = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / either) if either else 0.0
