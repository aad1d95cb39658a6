"""Which upright edges belong to one object, and what all objects together say of the camera's roll.

A poster has two sides and a frame of four lines, and all of them lean when it hangs askew: edges of one object are one
witness. Each witness either stands plumb, as built things do, or hangs as somebody hung it; which of the two, nobody
sees on it. So the roll is likely where a level camera, the plumb objects and the floor's line agree: one poster that
leans by 2° may be a tilted camera or a tilted poster, and the standard error says so; several objects that lean alike
can only be the camera.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from posturecam.body import Array
from posturecam.picture.vertical.vote import STEEPEST_DEG, Vote, lean_at, leans

HUNG_SD_DEG = 1.5
"""How far posters, charts and frames hang askew (standard deviation), as one finds them on walls."""

PLUMB_SD_DEG = 0.1
"""How far built edges stand off plumb (DIN 18202, see ``vertical``)."""

FLOOR_SD_DEG = 0.9
"""How far the floor's line leans though the camera is level: it lies about 1 m below a camera 3.5 m away, and the wall
stands square to the camera to within 3°."""

TALL_PLUMB, SMALL_PLUMB, FLOOR_LEVEL = 0.8, 0.6, 0.8
"""Chance that an object at least as tall as the person is plumb (a door frame, a wall's corner; or else a long chart),
a smaller one (a socket, a cupboard; or else a poster), and that the lowest line across is the floor's."""

LEVEL_CAMERA = ((0.8, 0.5), (0.2, 2.0))
"""How level cameras are held: shares, and standard deviations in degrees."""

STRANGERS = 0.25
"""Share of what is not plumb that was never meant to be."""

NEAR, SAME_LINE, SAME_LINE_DEG = 0.03, 0.012, 1.5
"""Edges whose ends come so near belong together; so do pieces of one line, aside by so much and turned by so much. In
halves of the picture's long side, and degrees."""

ACROSS, LEAST_LENGTH, MOST_EDGES = 0.7, 0.15, 300
"""A level line over this part of the picture's width is the room's (floor, ceiling, tiles) and joins nothing; an object
needs so much upright edge to be a witness; more edges than this are not looked at, the longest kept."""

Marks = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]

_MOST_ROLL_DEG = 7.0
_ROLLS = np.linspace(-9.0, 9.0, 901)


@dataclass(frozen=True, slots=True)
class Witness:
    """What one object says of the camera's roll: degrees, standard error, and the chance that it is plumb at all.

    ``top`` and ``bottom`` are where its upright edges end, halves of the picture's long side.
    """

    roll_deg: float
    sigma_deg: float
    plumb: float
    top: float = 0.0
    bottom: float = 0.0


def heard(vote: Vote, segments: Array, size: tuple[float, float], body_height: float) -> tuple[float, float]:
    """Give the roll that all objects make likely and its standard error, degrees.

    ``segments`` (N, 4) are all edges beside the body, centred, in halves of the picture's long side, y up; ``size`` the
    picture's and ``body_height`` the person's in the same unit.
    """
    length = np.linalg.norm(segments[:, 2:] - segments[:, :2], axis=1)
    segments = segments[np.argsort(-length, kind="stable")[:MOST_EDGES]]
    across = _across(segments, size[0])
    found = [witness_of(segments[rows], vote, body_height) for rows in objects(segments, across, size[0])]
    witnesses = _one_of_two([witness for witness in found if witness is not None])
    floor = _floor(segments[across])
    return roll_of([*witnesses, *([] if floor is None else [floor])])


def roll_of(witnesses: Sequence[Witness]) -> tuple[float, float]:
    """Weigh the witnesses over all rolls: mean and standard deviation of what is likely, degrees."""
    chance = np.log(sum(share * _normal(_ROLLS, sd) for share, sd in LEVEL_CAMERA))
    strange = STRANGERS / np.ptp(_ROLLS)
    for witness in witnesses:
        off = _ROLLS - witness.roll_deg
        plumb = _normal(off, float(np.hypot(witness.sigma_deg, PLUMB_SD_DEG)))
        hung = (1.0 - STRANGERS) * _normal(off, float(np.hypot(witness.sigma_deg, HUNG_SD_DEG))) + strange
        chance = chance + np.log(witness.plumb * plumb + (1.0 - witness.plumb) * hung)
    weight = np.exp(chance - chance.max())
    weight /= weight.sum()
    mean = float(_ROLLS @ weight)
    return mean, float(np.sqrt((_ROLLS - mean) ** 2 @ weight))


def _normal(off: Array, sd: float) -> Array:
    return np.asarray(np.exp(-0.5 * (off / sd) ** 2) / (sd * np.sqrt(2.0 * np.pi)))


def objects(segments: Array, across: Marks, width: float) -> list[Rows]:
    """Give the rows of the edges of each object: what touches, and what lies within it, as a picture in its frame.

    ``across`` (N,) marks lines that join nothing; what is nearly as wide as the picture holds no other objects.
    """
    touching = (_nearness(segments) < NEAR) | _same_line(segments)
    touching &= ~(across[:, None] | across[None])
    label = _spread(touching)
    low, high = (edge(segments.reshape(-1, 2, 2), axis=1) for edge in (np.min, np.max))
    for number in np.unique(label):
        mine = label == number
        low[mine], high[mine] = low[mine].min(axis=0), high[mine].max(axis=0)
    within = ((low[:, None] >= low[None]) & (high[:, None] <= high[None])).all(axis=-1)
    within &= ((high - low)[:, 0] < ACROSS * width)[None] & ~(across[:, None] | across[None])
    label = _spread(touching | within | within.T)
    return [np.flatnonzero(label == number) for number in np.unique(label[~across])]


def _spread(joined: Marks) -> Rows:
    """(N,) one number for all that is joined, directly or through others: the least of theirs."""
    label = np.arange(len(joined))
    while True:
        least = np.where(joined | np.eye(len(joined), dtype=bool), label[None], len(joined)).min(
            axis=1, initial=len(joined)
        )
        if (least == label).all():
            return label
        label = least


def _nearness(segments: Array) -> Array:
    """(N, N) least distance from an end of one segment to the other, halves of the picture's long side."""
    start, along = segments[:, :2], segments[:, 2:] - segments[:, :2]
    square = np.maximum((along**2).sum(axis=1), 1e-12)
    apart = []
    for ends in (segments[:, :2], segments[:, 2:]):
        part = ((ends[:, None] - start[None]) * along[None]).sum(axis=-1) / square
        foot = start[None] + np.clip(part, 0.0, 1.0)[..., None] * along[None]
        apart.append(np.linalg.norm(ends[:, None] - foot, axis=-1))
    least = np.minimum(*apart)
    return np.asarray(np.minimum(least, least.T))


def _same_line(segments: Array) -> Marks:
    """(N, N) whether two segments are pieces of one line."""
    middle, along = (segments[:, :2] + segments[:, 2:]) / 2, segments[:, 2:] - segments[:, :2]
    along = along / np.maximum(np.linalg.norm(along, axis=1), 1e-12)[:, None]
    between = middle[:, None] - middle[None]
    aside = np.abs(between[..., 0] * along[None, :, 1] - between[..., 1] * along[None, :, 0])
    turned = np.abs(along[:, None, 0] * along[None, :, 1] - along[:, None, 1] * along[None, :, 0])
    return np.asarray((np.maximum(aside, aside.T) < SAME_LINE) & (turned < np.sin(np.radians(SAME_LINE_DEG))))


def _across(segments: Array, width: float) -> Marks:
    """(N,) whether a segment is a piece of a level line that runs across the picture."""
    level = np.abs(leans(segments)) > 90.0 - STEEPEST_DEG
    same = _same_line(segments) & level[None]
    left, right = segments[:, [0, 2]].min(axis=1), segments[:, [0, 2]].max(axis=1)
    span = np.where(same, right[None], -np.inf).max(axis=1, initial=-np.inf)
    span = span - np.where(same, left[None], np.inf).min(axis=1, initial=np.inf)
    return np.asarray(level & (span > ACROSS * width))


def witness_of(segments: Array, vote: Vote, body_height: float) -> Witness | None:
    """Ask one object; None where it has too little upright edge, or leans more than anything plumb in a photo."""
    upright = segments[np.abs(leans(segments)) < STEEPEST_DEG]
    length = np.linalg.norm(upright[:, 2:] - upright[:, :2], axis=1)
    if length.sum() < LEAST_LENGTH:
        return None
    middle = (upright[:, :2] + upright[:, 2:]) / 2
    level = lean_at(middle, np.array(0.0), np.array(vote.pitch))
    slope = lean_at(middle, np.array(1.0), np.array(vote.pitch)) - level
    rolls = (leans(upright) - level) / slope
    order = np.argsort(rolls, kind="stable")
    usual = rolls[order][np.searchsorted(np.cumsum(length[order]), length.sum() / 2)]
    like = np.abs(rolls - usual) < 1.0
    weight = length[like] ** 2
    roll = float(rolls[like] @ weight / weight.sum())
    spread = float(np.sqrt((rolls[like] - roll) ** 2 @ weight / weight.sum()))
    if abs(roll) > _MOST_ROLL_DEG or length[like].sum() < LEAST_LENGTH:
        return None
    heights = upright[like][:, [1, 3]]
    tall = float(np.ptp(heights)) >= body_height
    sigma = float(np.hypot(spread / np.sqrt(like.sum()), 0.02))
    return Witness(roll, sigma, TALL_PLUMB if tall else SMALL_PLUMB, float(heights.max()), float(heights.min()))


def _one_of_two(witnesses: list[Witness]) -> list[Witness]:
    """Take two witnesses that end at the same heights as the two sides of one thing behind the person."""
    if len(witnesses) != 2:
        return witnesses
    first, second = witnesses
    alike = max(abs(first.top - second.top), abs(first.bottom - second.bottom)) < 2 * NEAR
    return [min(witnesses, key=lambda witness: witness.sigma_deg)] if alike else witnesses


def _floor(level: Array) -> Witness | None:
    """Ask the lowest of the level lines that run across the picture, below its middle."""
    below = level[(level[:, 1] + level[:, 3]) / 2 < 0.0]
    if not len(below):
        return None
    lowest = below[np.argmin(below[:, 1] + below[:, 3])]
    lowest = below[_same_line(np.concatenate([lowest[None], below]))[0, 1:]]
    along = np.where((lowest[:, 2] < lowest[:, 0])[:, None], -1.0, 1.0) * (lowest[:, 2:] - lowest[:, :2])
    roll = float(np.degrees(np.arctan2(*along.sum(axis=0)[::-1])))
    return Witness(roll, FLOOR_SD_DEG, FLOOR_LEVEL) if abs(roll) < _MOST_ROLL_DEG else None
