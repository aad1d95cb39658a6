"""Round spots of one colour on a person, their centres to a fraction of a pixel.

A sticker stands out from what lies around it: its colour is compared with the median colour of a window twice its size,
so a garment of its own colour is no sticker. The centre is that of the sticker's share in each pixel, which runs from 0
beside it to 1 in its middle; light and shade on it count little, because lightness is left out. Of stickers and balls
without colour lightness is what tells, beside how much greyer than skin and cloth they are; a soft highlight is none,
because its edge runs out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.picture.photo import Photo
from posturecam.poses.stickers.colour import LEAST_CHROMA, Colour, lab

SMALLEST_MM, LARGEST_MM = 8.0, 20.0
"""Diameters of the stickers that are looked for."""

SIZE_DOUBT = 1.35
"""The person's height is not known: a sticker may look this much smaller or larger than it should."""

PLAIN_DOUBT = 2.2
"""The same of markers without colour at their largest: children are photographed with them (1 m tall: 1.8), and a
reflective ball under a flash looks larger than it is."""

LEAST_CONTRAST = 9.0
"""Distance of colour (Lab, without lightness) from the surroundings below which nothing stands out."""

LEAST_LIGHTER, MOST_CHROMA, PLAIN_WEIGHTS = 10.0, 15.0, np.array([1.0, 0.5, 0.5], np.float32)
"""Of stickers without colour: the least distance from the surroundings, how colourful one may look by the light of the
room or because JPEG smears the colour beside it, and how lightness and the two axes of colour count in that distance.
"""

MOST_SLENDER = 3.2
"""Long axis over short: a disc seen at 70° from its own normal."""

LEAST_FILL, MOST_FILL = 0.72, 1.3
"""Area over that of the ellipse of the same second moments: 1 for a disc seen from anywhere."""

LEAST_SHARE, LEAST_PLAIN_SHARE = 0.12, 0.25
"""Less of a sticker in a pixel is noise, or the glow around a ball that shines."""

EDGE_PX, SOFTEST = 1.2, 0.3
"""How wide an edge is that lens and JPEG blur, and how much wider, in parts of the radius, a shaded ball's may be:
a highlight on skin runs out softer. Width: from a quarter of the share to three quarters."""

MUCH_SHARE, MOST_BESIDE = 0.35, 0.08
"""Where more of the pixels beside a spot than this part hold this share of its colour, its edge is not its own."""

MOST_TOUCHING = 0.2
"""The same of spots without colour and of the pixels right around them: a light wall near by is no harm."""

BLUR_PX2 = 0.4
"""What a lens and JPEG add to the second moments of a spot, square pixels."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A round spot: centre and axes in pixels of the upright photo, its colour as (a, b) of Lab.

    ``light`` is its lightness (Lab), of those without colour alone. ``alone`` is false where something of its colour
    touches it, so that its centre cannot be trusted.
    """

    x: float
    y: float
    long_px: float
    short_px: float
    a: float
    b: float
    alone: bool = True
    light: float = 0.0

    @property
    def at(self) -> Array:
        """(2,) its centre."""
        return np.array([self.x, self.y])

    @property
    def hue_deg(self) -> float:
        """Its hue."""
        return float(np.degrees(np.arctan2(self.b, self.a)) % 360.0)


def find_blobs(photo: Photo, colour: Colour, box: Array, px_per_mm: float) -> tuple[Blob, ...]:
    """Find every round spot of a colour inside a box (left, top, right, bottom), upright photo pixels.

    ``px_per_mm`` is the scale at the body in those pixels. Sorted from the top.
    """
    scale = photo.scale
    height, width = photo.pixels.shape[:2]
    left, top = (max(0, int(edge * scale)) for edge in box[:2])
    right, bottom = min(width, int(np.ceil(box[2] * scale))), min(height, int(np.ceil(box[3] * scale)))
    if right - left < 8 or bottom - top < 8:
        return ()
    seen = lab(photo.pixels[top:bottom, left:right])
    values = np.asarray(seen * PLAIN_WEIGHTS if colour.light else seen[..., 1:])
    least, scaled = SMALLEST_MM / SIZE_DOUBT * px_per_mm * scale, LARGEST_MM * px_per_mm * scale
    found: list[Blob] = []
    for doubt in (SIZE_DOUBT, PLAIN_DOUBT) if colour.light else (SIZE_DOUBT,):
        for blob in _round_spots(values, seen, colour, (least, doubt * scaled), (left, top), scale):
            if not any(np.hypot(blob.x - other.x, blob.y - other.y) < other.long_px / 2 for other in found):
                found.append(blob)
    return tuple(sorted(found, key=lambda blob: (round(blob.y, 3), round(blob.x, 3))))


def _round_spots(  # noqa: PLR0913, PLR0917  (all that the search rests on)
    values: np.ndarray,
    seen: np.ndarray,
    colour: Colour,
    sizes: tuple[float, float],
    corner: tuple[int, int],
    scale: float,
) -> Iterator[Blob]:
    """Give the round spots between two sizes that stand out from a window twice the larger one."""
    least, most = sizes
    mask = _lighter(seen, colour, most) if colour.light else _standing_out(values, colour, most)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for number in range(1, count):
        x, y, wide, high, area = (int(part) for part in stats[number])
        if area >= max(4.0, 0.15 * least**2) and max(wide, high) <= 1.5 * most:
            blob = _measured(values, labels, number, (x, y, wide, high), corner, scale, colour)
            if blob is not None and least <= blob.long_px * scale <= most:
                yield blob


def _around(values: np.ndarray, most_px: float) -> np.ndarray:
    """(h, w, C) the median of a window twice the size of a sticker around each pixel; values within ±128."""
    side = 2 * int(np.clip(1.1 * most_px, 4, 60)) + 1
    bytes_ = np.clip(np.rint(values + 128.0), 0, 255).astype(np.uint8)
    medians = [cv2.medianBlur(np.ascontiguousarray(bytes_[..., k]), side) for k in range(values.shape[-1])]
    return np.stack(medians, axis=-1).astype(np.float32) - 128.0


def _standing_out(ab: np.ndarray, colour: Colour, most_px: float) -> np.ndarray:
    """(h, w) 1 where a pixel has the colour's hue and is more of that colour than its surroundings."""
    more = ab - _around(ab, most_px)
    hue = np.degrees(np.arctan2(ab[..., 1], ab[..., 0])) % 360.0
    towards = np.array([np.cos(np.radians(colour.hue_deg)), np.sin(np.radians(colour.hue_deg))], np.float32)
    contrast = more @ towards
    coloured = np.hypot(ab[..., 0], ab[..., 1]) >= LEAST_CHROMA
    likely = (colour.off_deg(hue) <= colour.within_deg) & coloured & (contrast >= LEAST_CONTRAST)
    return np.asarray(likely & (contrast >= 0.5 * np.linalg.norm(more, axis=-1)), np.uint8)


def _lighter(seen: np.ndarray, colour: Colour, most_px: float) -> np.ndarray:
    """(h, w) 1 where a pixel is lighter (or darker) and no more colourful than its surroundings, and nearly grey."""
    around = _around(seen, most_px)
    lighter = (seen[..., 0] - around[..., 0]) * (-1.0 if colour.light == "darker" else 1.0)
    chroma, beside = (np.hypot(lab_[..., 1], lab_[..., 2]) for lab_ in (seen, around))
    contrast = lighter + 0.5 * (beside - chroma)
    grey = chroma <= np.maximum(MOST_CHROMA, 0.5 * beside)
    return np.asarray(grey & (contrast >= LEAST_LIGHTER) & (chroma <= beside + LEAST_LIGHTER), np.uint8)


def _measured(  # noqa: PLR0913, PLR0917  (all that one spot rests on)
    values: np.ndarray,
    labels: np.ndarray,
    number: int,
    where: tuple[int, int, int, int],
    corner: tuple[int, int],
    scale: float,
    colour: Colour,
) -> Blob | None:
    """Measure one spot of (h, w, C) values in a window around it; None when it is no disc."""
    x, y, wide, high = where
    pad = 3 + max(wide, high) // 2
    rows, columns = slice(max(0, y - pad), y + high + pad), slice(max(0, x - pad), x + wide + pad)
    here, core = values[rows, columns].astype(np.float64), (labels[rows, columns] == number).astype(np.uint8)
    grown = cv2.dilate(core, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))) > 0
    beside = here[~grown]
    if len(beside) < 8:
        return None
    around = np.median(beside, axis=0)
    strength = np.linalg.norm(here - around, axis=-1)
    own = np.median(here[(core > 0) & (strength >= np.median(strength[core > 0]))], axis=0)
    step = own - around
    if np.linalg.norm(step) < (LEAST_LIGHTER if colour.light else LEAST_CONTRAST):
        return None
    share = np.clip((here - around) @ step / (step @ step), 0.0, 1.0) * grown
    share[share < (LEAST_PLAIN_SHARE if colour.light else LEAST_SHARE)] = 0.0
    disc = _disc(share, own, (corner[0] + columns.start, corner[1] + rows.start), scale)
    if colour.light and _is_soft(share):
        return None
    if colour.light:
        edge, most = here[grown & (cv2.dilate(core, np.ones((3, 3), np.uint8)) == 0)], MOST_TOUCHING
    else:
        edge, most = beside, MOST_BESIDE
    like_it = float(((edge - around) @ step / (step @ step) > MUCH_SHARE).mean())
    return disc if disc is None else replace(disc, alone=like_it <= most)


def _is_soft(share: Array) -> bool:
    """Whether the share runs out too slowly for the edge of a thing."""
    outer, inner = (float(np.sqrt((share >= part).sum() / np.pi)) for part in (0.25, 0.75))
    return outer - inner > EDGE_PX + SOFTEST * outer


def _disc(share: Array, own: Array, corner: tuple[int, int], scale: float) -> Blob | None:
    """Take centre and axes from the shares; None for what is no ellipse."""
    area = float(share.sum())
    across, down = np.arange(share.shape[1]) + 0.5, np.arange(share.shape[0]) + 0.5
    x, y = float(share.sum(axis=0) @ across) / area, float(share.sum(axis=1) @ down) / area
    dx, dy = across - x, down - y
    mixed = float(dy @ share @ dx) / area
    moments = np.array(
        [[share.sum(axis=0) @ dx**2 / area, mixed], [mixed, share.sum(axis=1) @ dy**2 / area]]
    ) - BLUR_PX2 * np.eye(2)
    short, long = np.linalg.eigvalsh(moments)
    if short <= 0.05 or np.sqrt(long / short) > MOST_SLENDER:
        return None
    if not LEAST_FILL <= area / (4.0 * np.pi * np.sqrt(long * short)) <= MOST_FILL:
        return None
    place = ((corner[0] + x) / scale, (corner[1] + y) / scale)
    light, a, b = own / PLAIN_WEIGHTS if len(own) == len(PLAIN_WEIGHTS) else (0.0, *own)
    axes = 4.0 * float(np.sqrt(long)) / scale, 4.0 * float(np.sqrt(short)) / scale
    return Blob(*place, *axes, float(a), float(b), light=float(light))
