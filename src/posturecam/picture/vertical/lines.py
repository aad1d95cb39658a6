"""Find the upright edges of the room in a photo: segments beside the body, and what they say of the camera's roll."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose
from posturecam.picture.photo import Photo, Pixels, flipped, heavier_half, limited_size
from posturecam.picture.vertical import Vertical, from_vote
from posturecam.picture.vertical.objects import heard
from posturecam.picture.vertical.vote import Vote, vote

Straighten = Callable[[Array], Array]

LONG_SIDE_PX = 768
"""Edges are sought in the photo reduced to this."""

_SHORTEST = 0.05
"""Shorter segments say nothing of the vertical; in halves of the photo's long side."""

_AIR = 0.07
_CROWN = 0.55
_BODY = 0.34
_HEAD = [ORDER[mark] for mark in (Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR)]
_EARS, _ANKLES = ([ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT")] for part in ("EAR", "ANKLE"))
_SHOULDERS = [ORDER[Landmark.LEFT_SHOULDER], ORDER[Landmark.RIGHT_SHOULDER]]


def vertical_of_room(photo: Photo, pose: Pose, lens: Straighten | None = None) -> Vertical | None:
    """Take the vertical from the room's upright edges; None where they do not tell it.

    ``pose`` is the one in the picture as it is; ``lens`` takes the distortion out of points (N, 2) in photo pixels.
    """
    return from_vote(room_vote(photo, pose, lens), body_roll(pose.mean))


def body_roll(points: Array) -> float:
    """Roll under which a body of points (33, 2) would stand upright, mid-ankle to mid-ear, degrees."""
    along = points[_EARS].mean(axis=0) - points[_ANKLES].mean(axis=0)
    return float(np.degrees(np.arctan2(-along[0], -along[1])))


def room_vote(photo: Photo, pose: Pose, lens: Straighten | None = None) -> Vote | None:
    """Let the room's upright edges vote on the roll, odd in the mirror; None where there are none.

    Segments are not found exactly mirrored in a mirrored picture. So they are sought in that one of the picture and its
    mirror image whose left half is brighter, and in both where neither is.
    """
    pixels = limited_size(photo.small, LONG_SIDE_PX)
    scale = pixels.shape[1] / photo.size_px[0]
    width = photo.size_px[0]

    def straight(points: Array) -> Array:
        return points if lens is None else lens(points / scale) * scale

    def straight_flipped(points: Array) -> Array:
        flip, back = np.array([-1.0, 1.0]), np.array([width * scale, 0.0])
        return np.asarray(straight(points * flip + back) * flip + back)

    side = heavier_half(pixels)
    if side > 0:
        return _one_way(pixels, pose.mean * scale, straight)
    there = _one_way(flipped(pixels), pose.mirrored().mean * scale, straight_flipped)
    if side < 0:
        return there and _mirrored(there)
    return _between(_one_way(pixels, pose.mean * scale, straight), there)


def _mirrored(vote: Vote) -> Vote:
    objects = vote.by_objects and (-vote.by_objects[0], vote.by_objects[1])
    return replace(vote, roll_deg=-vote.roll_deg, by_objects=objects)


def _between(here: Vote | None, there: Vote | None) -> Vote | None:
    """Bring the votes of a picture and of its mirror image together."""
    if here is None or there is None:
        return None
    apart = abs(here.roll_deg + there.roll_deg) / 2
    objects = None
    if here.by_objects and there.by_objects:
        (roll, sigma), (twin, twin_sigma) = here.by_objects, there.by_objects
        objects = (roll - twin) / 2, float(np.hypot((sigma + twin_sigma) / 2, (roll + twin) / 2))
    return Vote(
        (here.roll_deg - there.roll_deg) / 2,
        float(np.hypot((here.sigma_deg + there.sigma_deg) / 2, apart)),
        (here.pitch + there.pitch) / 2,
        (here.support + there.support) / 2,
        min(here.lines, there.lines),
        float(np.hypot((here.pitch_sigma + there.pitch_sigma) / 2, abs(here.pitch - there.pitch) / 2)),
        objects,
    )


def _one_way(pixels: Pixels, body: Array, straight: Straighten) -> Vote | None:
    segments = segments_of(pixels)
    segments = segments[beside_the_body(segments, body)]
    segments = straight(segments.reshape(-1, 2)).reshape(-1, 4)
    height, width = pixels.shape[:2]
    edges = centred(segments, width, height)
    found = vote(edges)
    if found is None:
        return None
    half = max(width, height) / 2
    tall = float(np.linalg.norm(body[_EARS].mean(axis=0) - body[_ANKLES].mean(axis=0))) / half
    return replace(found, by_objects=heard(found, edges, (width / half, height / half), tall))


def segments_of(pixels: Pixels) -> Array:
    """(N, 4) straight segments x1, y1, x2, y2 in pixels, y down (von Gioi et al. 2010), short ones left out."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    segments = np.zeros((0, 4)) if found is None else np.asarray(found, dtype=np.float64).reshape(-1, 4)
    length = np.linalg.norm(segments[:, 2:] - segments[:, :2], axis=1)
    return np.asarray(segments[length > _SHORTEST * max(pixels.shape[:2]) / 2])


def centred(segments: Array, width: int, height: int) -> Array:
    """Bring segments to the middle of the picture, halves of its long side, y up."""
    half = max(width, height) / 2
    middle = np.array([width, height] * 2) / 2
    return np.asarray((segments - middle) / half * np.array([1.0, -1.0, 1.0, -1.0]))


def beside_the_body(segments: Array, body: Array) -> Array:
    """(N,) whether segments lie outside the hull of the body's points (33, 2), grown by what points do not reach."""
    known = body[np.isfinite(body).all(axis=1)]
    head, shoulders = body[_HEAD].mean(axis=0), body[_SHOULDERS].mean(axis=0)
    crown = head + _CROWN * (head - shoulders)
    around = np.concatenate([known, crown[None]]) if np.isfinite(crown).all() else known
    air = _AIR * float(np.ptp(around[:, 1]))
    along = np.linspace(0.0, 1.0, 9)[None, :, None]
    samples = segments[:, None, :2] * (1 - along) + segments[:, None, 2:] * along
    return np.asarray((outside_of(around, samples) < air).mean(axis=1) < _BODY)


def outside_of(around: Array, samples: Array) -> Array:
    """(...,) how far samples (..., 2) lie outside the convex hull of points (K, 2), pixels; negative inside."""
    hull = np.asarray(cv2.convexHull(around.astype(np.float32)), dtype=np.float64).reshape(-1, 2)
    side = np.roll(hull, -1, axis=0) - hull
    normal = np.stack([side[:, 1], -side[:, 0]], axis=-1) / np.maximum(np.linalg.norm(side, axis=1), 1e-9)[:, None]
    normal *= -np.sign(((hull.mean(axis=0) - hull) * normal).sum(axis=1))[:, None]
    away = (samples[..., None, :] - hull) * normal
    return np.asarray(away.sum(axis=-1).max(axis=-1))
