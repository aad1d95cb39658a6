"""Find the stickers of a colour on a person and name them; one click on one sticker marks them all."""

from dataclasses import dataclass

import numpy as np

from posturecam.body import ORDER, STICKER, Array, Landmark, Name, PlacedPoint, Pose
from posturecam.language import _, ngettext
from posturecam.photo import Photo
from posturecam.stickers.blobs import Blob, find_blobs
from posturecam.stickers.colour import Colour, colour_at
from posturecam.stickers.naming import named

EYES_TO_ANKLES_MM = 1510.0
"""Eyes over ankles of a person of 1.70 m: how large a sticker should look; taken with much doubt."""

ONE_PACK_DEG, ONE_PACK_SIZE = 25.0, 1.8
"""Stickers of one pack differ at most by so much in hue, degrees, and by this factor in size."""

ERROR_PX, ERROR_PART = 0.15, 0.02
"""Standard error of a centre: a part of a pixel of the picture as it was read, and a part of the diameter that grows
with how slender the sticker looks (calibration/stickers/check.py)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one colour: the named points, and the round spots on the body that got no sure name."""

    colour: Colour
    points: tuple[PlacedPoint, ...]
    unnamed: tuple[Blob, ...]

    @property
    def note(self) -> str | None:
        """Say which spots got no name, or None where all did."""
        if not self.unnamed:
            return None
        places = "; ".join(f"{one.x:.0f},{one.y:.0f}" for one in self.unnamed)
        return ngettext(
            "{count} {colour} spot was not counted, because it is not sure which point of the body it marks (pixels "
            "{places}). Name it by hand with --place, or take it off.",
            "{count} {colour} spots were not counted, because it is not sure which points of the body they mark ("
            "pixels {places}). Name them by hand with --place, or take other stickers off.",
            len(self.unnamed),
            colour=_(self.colour.words),
            places=places,
        )

    def why_none(self, photo: str) -> str | None:
        """Say that no sticker was named, and what next; None where one was."""
        if self.points:
            return None
        if self.unnamed:
            return _(
                "no {colour} sticker in {photo} lies where one is expected: {note}",
                colour=_(self.colour.words),
                photo=photo,
                note=self.note,
            )
        return _(
            "no round {colour} stickers (8 to 20 mm) were found on the person in {photo}. Give their colour by another "
            "name or as #rrggbb, or leave --stickers away.",
            colour=_(self.colour.words),
            photo=photo,
        )


def find_stickers(photo: Photo, pose: Pose, colour: Colour) -> Found:
    """Find and name the stickers of a colour; nothing is guessed, and none found is no error."""
    height = _height_px(pose)
    if not height > 0:
        return Found(colour, (), ())
    seen = pose.mean[np.isfinite(pose.mean).all(axis=1)]
    box = np.concatenate([seen.min(axis=0) - 0.06 * height, seen.max(axis=0) + 0.04 * height])
    blobs = one_pack(find_blobs(photo, colour, box, height / EYES_TO_ANKLES_MM), pose, height)
    given, unsure = named(blobs, pose, height)
    return Found(colour, tuple(_placed(name, blob, photo.scale) for name, blob in given.items()), tuple(unsure))


def _placed(name: Name, blob: Blob, scale: float) -> PlacedPoint:
    """Give a named sticker its error."""
    error_px = np.hypot(ERROR_PX / scale, ERROR_PART * blob.long_px**2 / blob.short_px)
    return PlacedPoint(name, blob.x, blob.y, float(error_px), STICKER)


def stickers_like(photo: Photo, pose: Pose, x: float, y: float) -> Found:
    """Find and name every sticker of the colour at a point of the upright photo: one click marks them all.

    Raises SettingsError for a point that is grey or outside the picture.
    """
    return find_stickers(photo, pose, colour_at(photo, x, y))


def one_pack(blobs: tuple[Blob, ...], pose: Pose, height_px: float) -> tuple[Blob, ...]:
    """Leave out what has not the hue and size that the spots on the body have in common."""
    given, unsure = named(blobs, pose, height_px)
    core = [*(given.values() if len(given) > 1 else ()), *(() if len(given) > 1 else (*given.values(), *unsure))]
    if len(core) < 2:
        return blobs
    ab = np.median([[one.a, one.b] for one in core], axis=0)
    hue, size = np.degrees(np.arctan2(ab[1], ab[0])), float(np.median([one.long_px for one in core]))
    return tuple(
        one
        for one in blobs
        if abs((one.hue_deg - hue + 180.0) % 360.0 - 180.0) <= ONE_PACK_DEG
        and size / ONE_PACK_SIZE <= one.long_px <= size * ONE_PACK_SIZE
    )


def _height_px(pose: Pose) -> float:
    """Eyes over ankles, pixels; nan where they were not found."""
    ends = [[ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT")] for part in ("EYE", "ANKLE")]
    points: Array = pose.mean[ends].mean(axis=1)
    return float(points[1, 1] - points[0, 1])
