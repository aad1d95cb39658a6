"""Find the stickers of a colour on a person and name them; one click on one sticker marks them all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from posturecam.body import ORDER, STICKER, Array, BonyLandmark, Landmark, Name, PlacedPoint, Pose, View
from posturecam.errors.facts import Note
from posturecam.picture.photo import Photo
from posturecam.poses.stickers.blobs import Blob, find_blobs
from posturecam.poses.stickers.colour import Colour, colour_at
from posturecam.poses.stickers.naming import chance_log10, named

EYES_TO_ANKLES_MM = 1510.0
"""Eyes over ankles of a person of 1.70 m: how large a sticker should look; taken with much doubt."""

ONE_PACK_DEG, ONE_PACK_LIGHT, ONE_PACK_SIZE = 25.0, 25.0, 1.8
"""Stickers of one pack differ at most by so much in hue, degrees, or lightness (Lab), and by this factor in size."""

ERROR_PX, ERROR_PART = 0.15, 0.02
"""Standard error of a centre: a part of a pixel of the picture as it was read, and a part of the diameter that grows
with how slender the sticker looks (calibration/stickers/check.py)."""


PLAIN_ERROR_PART = 0.05
"""The same part for balls and stickers without colour, whose shaded side counts less (``check --grey`` too)."""

EDGE_ERROR_PART = 0.12
"""The same part for those that the body's edge cuts, where floor, wall or hand beside it may be as light as they are:
on a heel or its tendon (the four on the rendered back in ``calibration/stickers/photos`` lie 0.2 to 1.8 pixels off),
and seen from the front on tragus and trochanter (on rendered people with SAPO's set 1.1 and 2.1 pixels)."""

AT_THE_EDGE = frozenset(
    (Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL, BonyLandmark.LEFT_ACHILLES, BonyLandmark.RIGHT_ACHILLES)
)
AT_THE_FRONTAL_EDGE = frozenset(
    (Landmark.LEFT_EAR, Landmark.RIGHT_EAR, BonyLandmark.LEFT_TROCHANTER, BonyLandmark.RIGHT_TROCHANTER)
)

EYE_REACH = 0.012
"""So near to a point of an eye (18 mm), in parts of the height, lies its white, and never a marker."""

FEWEST_PLAIN, MOST_CHANCE_LOG10 = 3, -4.0
"""Fewer spots without colour than these at the places of a marker set are a button, a lace, a light on a shoe; so are
more that chance would lay there more often than once in 10 000 photos (rendered sets, grey too: 10⁻⁵ and less)."""


@dataclass(frozen=True, slots=True)
class StickersFound:
    """What was found of one colour: the named points, and the round spots on the body that got no sure name.

    ``views``: those between which the photo's view was not decided, so that nothing could be named.
    """

    colour: Colour
    points: tuple[PlacedPoint, ...]
    unnamed: tuple[Blob, ...]
    views: tuple[View, ...] = ()

    @property
    def note(self) -> Note | None:
        """Say which spots got no name, or None where all did."""
        if not self.unnamed:
            return None
        places = "; ".join(f"{point.x:.0f},{point.y:.0f}" for point in self.unnamed)
        return Note("spots_unnamed", count=len(self.unnamed), colour=self.colour.words, places=places)

    def why_none(self, photo: str) -> Note | None:
        """Say that no sticker was named, and what next; None where one was."""
        if self.points:
            return None
        if self.views:
            return Note("markers_need_view", photo=photo, views=self.views)
        if self.unnamed:
            return Note("no_sticker_expected", colour=self.colour.words, photo=photo, note=self.note)
        if self.colour.light:
            return Note("no_markers", colour=self.colour.words, photo=photo, count=FEWEST_PLAIN)
        return Note("no_stickers", colour=self.colour.words, photo=photo)


def find_stickers(photo: Photo, pose: Pose, colour: Colour) -> StickersFound:
    """Find and name the stickers of a colour; nothing is guessed, and none found is no error."""
    height = _height_px(pose)
    if pose.view.choices or not height > 0:
        return StickersFound(colour, (), (), pose.view.choices)
    seen = pose.mean[np.isfinite(pose.mean).all(axis=1)]
    box = np.concatenate([seen.min(axis=0) - 0.06 * height, seen.max(axis=0) + 0.04 * height])
    ways = [replace(colour, light=light) for light in ("lighter", "darker")] if colour.light == "either" else [colour]
    found = [_found(photo, pose, way, box, height) for way in ways]
    return replace(max(found, key=lambda group: len(group.points)), colour=colour)


def _found(photo: Photo, pose: Pose, colour: Colour, box: Array, height_px: float) -> StickersFound:
    spots = find_blobs(photo, colour, box, height_px / EYES_TO_ANKLES_MM)
    blobs = one_pack(tuple(blob for blob in spots if not _is_eye(blob, pose, height_px)), pose, height_px)
    given, unsure = named(blobs, pose, height_px)
    if colour.light and not _is_marker_set(given, unsure, blobs, pose, height_px):
        given, unsure = {}, []
    return StickersFound(
        colour, tuple(_placed(name, blob, pose.view, photo.scale) for name, blob in given.items()), tuple(unsure)
    )


def _is_eye(blob: Blob, pose: Pose, height_px: float) -> bool:
    """Whether a spot without colour is the white or the pupil of an eye; the network finds eyes well in front views."""
    if not blob.light or pose.view is not View.FRONT:
        return False
    eyes = pose.mean[[row for landmark, row in ORDER.items() if "eye" in landmark.value]]
    return bool((np.linalg.norm(eyes - blob.at, axis=1) <= EYE_REACH * height_px).any())


def _is_marker_set(
    given: Mapping[Name, Blob], unsure: Sequence[Blob], blobs: Sequence[Blob], pose: Pose, height_px: float
) -> bool:
    """Whether spots without colour are markers: more of one size lie where they belong than chance would lay there.

    And no more of them on the body lie elsewhere, as in a pattern.
    """
    enough = len(given) >= max(FEWEST_PLAIN, sum(blob.alone for blob in unsure))
    return enough and chance_log10(given, blobs, pose, height_px) <= MOST_CHANCE_LOG10


def _placed(name: Name, blob: Blob, view: View, scale: float) -> PlacedPoint:
    """Give a named sticker its error."""
    at_edge = name in AT_THE_EDGE or (view.frontal and name in AT_THE_FRONTAL_EDGE)
    plain = EDGE_ERROR_PART if at_edge else PLAIN_ERROR_PART
    part = plain if blob.light else ERROR_PART
    error_px = np.hypot(ERROR_PX / scale, part * blob.long_px**2 / blob.short_px)
    return PlacedPoint(name, blob.x, blob.y, float(error_px), STICKER)


def stickers_like(photo: Photo, pose: Pose, x: float, y: float) -> StickersFound:
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
    ab = np.median([[blob.a, blob.b] for blob in core], axis=0)
    hue, size = np.degrees(np.arctan2(ab[1], ab[0])), float(np.median([blob.long_px for blob in core]))
    light = float(np.median([blob.light for blob in core]))
    return tuple(
        blob
        for blob in blobs
        if size / ONE_PACK_SIZE <= blob.long_px <= size * ONE_PACK_SIZE
        and (
            abs(blob.light - light) <= ONE_PACK_LIGHT
            if blob.light
            else abs((blob.hue_deg - hue + 180.0) % 360.0 - 180.0) <= ONE_PACK_DEG
        )
    )


def _height_px(pose: Pose) -> float:
    """Eyes over ankles, pixels; nan where they were not found."""
    ends = [[ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT")] for part in ("EYE", "ANKLE")]
    points: Array = pose.mean[ends].mean(axis=1)
    return float(points[1, 1] - points[0, 1])
