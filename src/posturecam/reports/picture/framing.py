"""Which part of a photo a drawing shows: the whole of it, or the person where that is small or stands in a wide one.

Boxes are in pixels of the full upright photo.
"""

from collections.abc import Iterable

import numpy as np

from posturecam.body import Array
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.shape import EDGE
from posturecam.reports.picture.canvas import Box

CROWN, SOLE, FLESH = 0.10, 0.03, 0.035
"""How far a body reaches beyond its found points, in parts of their extent: crown and hair above the eyes, the sole
below the heel, flesh beside the joints."""

SMALL = 0.62
"""A person who takes up less of the photo's height is shown larger: the photo is cut to them."""

ABOVE, BELOW = 0.10, 0.08
"""Room above and below a person to whom a photo is cut, in parts of what must be seen."""

WIDE = 1.1
"""Width of a photo that is shown beside the person, in parts of the height shown."""

FLATTEST = 0.6
"""Least height shown, in parts of the width of what must be seen: several people in a row, somebody lying."""


def body_box(points: Array, size_px: tuple[int, int], outline: Silhouette | None = None) -> Box | None:
    """Frame the body as far as it is in the photo; None where nothing of it is.

    points   (33, 2) landmarks, NaN where one was not found
    outline  where the person ends; only a trusted one counts
    """
    found = points[np.isfinite(points).all(axis=1)]
    if not len(found):
        return None
    low, high = found.min(axis=0), found.max(axis=0)
    extent = float((high - low).max())
    body = Box(
        float(low[0]) - FLESH * extent,
        float(low[1]) - CROWN * extent,
        float(high[0]) + FLESH * extent,
        float(high[1]) + SOLE * extent,
    )
    if outline is not None and outline.untrusted is None:
        body = joined([body, *_outline_box(outline)])
    return _inside(body, size_px)


def _outline_box(outline: Silhouette) -> Iterable[Box]:
    rows, columns = np.nonzero(outline.cover > EDGE)
    if rows.size:
        scale, shift = np.diag(outline.to_photo), outline.to_photo[:, 2]
        low, high = np.array([columns.min(), rows.min()]), np.array([columns.max(), rows.max()]) + 1
        yield Box(*(float(edge) for edge in (*(low * scale + shift), *(high * scale + shift))))


def joined(boxes: Iterable[Box]) -> Box:
    """Give the smallest box around several."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def part_shown(body: Box | None, others: Iterable[Box], size_px: tuple[int, int]) -> Box:
    """Choose the part of a photo of this (width, height) to show; ``others`` is what must be seen beside the body."""
    width, height = size_px
    whole = Box(0.0, 0.0, float(width), float(height))
    if body is None:
        return whole
    kept = joined([body, *(box for box in (_inside(other, size_px) for other in others) if box is not None)])
    top, bottom = _rows(kept, height)
    middle, reach = (body.left + body.right) / 2, WIDE / 2 * (bottom - top)
    left = max(0.0, min(kept.left, middle - reach))
    right = min(float(width), max(kept.right, middle + reach))
    return Box(left, top, right, bottom)


def _rows(kept: Box, height: int) -> tuple[float, float]:
    tall = kept.bottom - kept.top
    if tall >= SMALL * height:
        return 0.0, float(height)
    top, bottom = kept.top - ABOVE * tall, kept.bottom + BELOW * tall
    lacking = max(0.0, FLATTEST * (kept.right - kept.left) - (bottom - top))
    return max(0.0, top - lacking / 2), min(float(height), bottom + lacking / 2)


def _inside(box: Box, size_px: tuple[int, int]) -> Box | None:
    """Cut a box to the photo; None where nothing is left of it."""
    left, right = (min(max(x, 0.0), float(size_px[0])) for x in (box.left, box.right))
    top, bottom = (min(max(y, 0.0), float(size_px[1])) for y in (box.top, box.bottom))
    return Box(left, top, right, bottom) if right - left >= 1.0 and bottom - top >= 1.0 else None
