"""Which sticker is which: by where it lies on the body, seen from this side. What is unsure gets no name.

``places.toml`` says for each view where each spot is expected: from which of the network's points, how far outward
(side views: forward) and up, and how far that scatters, in % of the height. All stickers are named together; a name
counts when the best naming without it is clearly worse. A column of markers down the spine is named first, as a whole.
Spots that only a whole set of SAPO's protocol marks (``set``) are names where several of them are seen: beside one
kneecap alone none of them is meant.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from posturecam.body import ORDER, Array, BonyLandmark, Landmark, Name, Pose, View
from posturecam.body.geometry import subject_frame
from posturecam.poses.stickers.blobs import Blob
from posturecam.poses.stickers.column import End, sacrum_between, spine_column

DIMPLES = (BonyLandmark.LEFT_PSIS, BonyLandmark.RIGHT_PSIS)

TABLE = Path(__file__).with_name("places.toml")

FARTHEST = 3.5
"""Standard deviations from its expected place beyond which a sticker is not that spot."""

ON_THE_BODY = 7.0
"""Standard deviations within which an unnamed spot is worth saying."""

CLEARLY = 5.0
"""By how much (in χ²) the naming must be better than any other with another name: odds of twelve to one."""


FEWEST_OF_SET, FEWEST_PLAIN_OF_SET = 2, 4
"""How many spots of a whole set must be seen: of stickers that have a colour, and of those without, because the wall
between arm and hip may look like one at each trochanter."""

IN_LINE, LEAST_OFF = 0.2, 0.7
"""How often chance prolongs a column by one spot, and how near to its place, in standard deviations, a spot counts as
right at it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Where one spot is expected in the subject's frame, pixels, with its standard deviation (2,).

    ``of_set``: only a whole set marks it.
    """

    name: Name
    at: Array
    sigma: Array
    of_set: bool = False


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def expected(pose: Pose, height_px: float) -> tuple[Expected, ...]:
    """Give every spot that may wear a sticker in this view, with its expected place; none in an unsure view."""
    if pose.view is View.OBLIQUE or pose.view.choices:
        return ()
    parts = _table()[pose.view.value if pose.view.frontal else "side"]
    frame = subject_frame(pose.mean, pose.view)
    return tuple(spot for part, row in parts.items() for spot in _of_part(part, row, frame, pose.view, height_px))


def _of_part(part: str, row: dict[str, Any], frame: Array, view: View, height_px: float) -> Iterator[Expected]:
    """Place one part on both sides, on the near one, or in the middle."""
    middle = part in ("c7", "t3", "sacrum")
    sides = ("",) if middle else ("left", "right") if view.frontal else (view.value,)
    for side in sides:
        outward = -1.0 if view.frontal and side == "right" else 1.0
        near = side or (view.value if not view.frontal else "")
        at = sum(weight * _point(frame, of, near) for of, weight in row["from"].items())
        move = np.array(row["offset"]) * [outward, 1.0] * height_px / 100.0
        sigma = np.array(row["sigma"]) * height_px / 100.0
        if np.isfinite(at).all():
            name = _name(f"{side}_{part}" if side else part)
            yield Expected(name, np.asarray(at + move), sigma, "set" in row)


def _point(frame: Array, part: str, side: str) -> Array:
    """(2,) one point of a side, or the middle of both."""
    sides = (side,) if side else ("left", "right")
    return np.asarray(np.mean([frame[ORDER[Landmark(f"{side}_{part}")]] for side in sides], axis=0))


def _name(text: str) -> Name:
    return BonyLandmark(text) if text in set(BonyLandmark) else Landmark(text)


def named(blobs: Sequence[Blob], pose: Pose, height_px: float) -> tuple[dict[Name, Blob], list[Blob]]:
    """Name the blobs; those that lie near a spot but got no sure name come second."""
    spots = expected(pose, height_px)
    if not blobs or not spots:
        return {}, []
    ends = {spot.name: End(spot.at, spot.sigma) for spot in spots}
    column = spine_column(blobs, pose, ends)
    inside = {id(blob) for blob in column.values()}
    told = {BonyLandmark.SACRUM, *((BonyLandmark.C7, BonyLandmark.T3) if column else ())}
    others = [spot for spot in _on_its_column(spots, column, pose.view) if spot.name not in told]
    given, unsure = _assign_set([blob for blob in blobs if id(blob) not in inside], others, pose)
    base = {} if column else sacrum_between(given, unsure, pose, ends)
    return column | given | base, [blob for blob in unsure if id(blob) not in {id(sacrum) for sacrum in base.values()}]


def _on_its_column(spots: Sequence[Expected], column: Mapping[Name, Blob], view: View) -> list[Expected]:
    """Expect the dimples on both sides of the sacrum that is marked, which tells the pelvis' middle best."""
    if BonyLandmark.SACRUM not in column:
        return list(spots)
    expected_at = next(spot.at for spot in spots if spot.name is BonyLandmark.SACRUM)
    aside = np.array([(subject_frame(column[BonyLandmark.SACRUM].at, view) - expected_at)[0], 0.0])
    return [replace(spot, at=spot.at + aside) if spot.name in DIMPLES else spot for spot in spots]


def _assign_set(blobs: Sequence[Blob], spots: Sequence[Expected], pose: Pose) -> tuple[dict[Name, Blob], list[Blob]]:
    """Name blobs among all spots where enough of a whole set are seen, else among those that are marked without it."""
    given, unsure = _assign(blobs, spots, pose)
    of_set = {spot.name for spot in spots if spot.of_set}
    enough = FEWEST_PLAIN_OF_SET if any(blob.light for blob in blobs) else FEWEST_OF_SET
    if not of_set or len(of_set & set(given)) >= enough:
        return given, unsure
    return _assign(blobs, [spot for spot in spots if not spot.of_set], pose)


def _assign(blobs: Sequence[Blob], spots: Sequence[Expected], pose: Pose) -> tuple[dict[Name, Blob], list[Blob]]:
    """Name each blob by the spot that it is most surely; those near a spot that got no name come second."""
    if not blobs:
        return {}, []
    places = np.array([subject_frame(blob.at, pose.view) for blob in blobs])
    off = np.array([[(((place - point.at) / point.sigma) ** 2).sum() for point in spots] for place in places])
    sure = np.where(np.array([blob.alone for blob in blobs])[:, None], off, np.inf)
    best, total = _assigned(sure)
    given: dict[Name, Blob] = {}
    for blob, spot in best.items():
        without = sure.copy()
        without[blob, spot] = np.inf
        if _assigned(without)[1] - total >= CLEARLY:
            given[spots[spot].name] = blobs[blob]
    kept = {id(blob) for blob in given.values()}
    near = (off.min(axis=1) <= ON_THE_BODY**2).tolist()
    return given, [blob for blob, close in zip(blobs, near, strict=True) if close and id(blob) not in kept]


def chance_log10(given: Mapping[Name, Blob], blobs: Sequence[Blob], pose: Pose, height_px: float) -> float:
    """Log10 of how often so many spots would lie so near to places that are marked if all were strewn by chance.

    As many as there are, over the whole of the body's box; of a column down the spine each counts ``IN_LINE``.
    """
    seen = pose.mean[np.isfinite(pose.mean).all(axis=1)]
    sides = np.ptp(seen, axis=0) + 0.1 * height_px
    dense = sum(blob.alone for blob in blobs) / float(sides.prod())
    every = expected(pose, height_px)
    whole = any(spot.of_set and spot.name in given for spot in every)
    spots = {spot.name: spot for spot in every if whole or not spot.of_set}
    chances = [_chance(spots.get(name), blob, pose.view, dense) for name, blob in given.items()]
    ways = math.comb(max(len(spots), len(chances)), len(chances))
    return float(np.log10(chances).sum() + math.log10(ways))


def _chance(spot: Expected | None, blob: Blob, view: View, dense: float) -> float:
    """How often chance puts one of so many spots to the square pixel as near to a place as this one lies."""
    if spot is None:
        return IN_LINE
    off = np.linalg.norm((subject_frame(blob.at, view) - spot.at) / spot.sigma)
    area = np.pi * max(float(off), LEAST_OFF) ** 2 * float(spot.sigma.prod())
    return float(-np.expm1(-dense * area))


def _assigned(off: Array) -> tuple[dict[int, int], float]:
    """Pair blobs with spots at the least sum of squares; to leave one unpaired costs clearly more than any pair."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415  (only stickers need it)

    limit = FARTHEST**2
    alone = np.full((len(off), len(off)), limit + CLEARLY)
    cost = np.concatenate([np.where(off <= limit, off, 10.0 * limit), alone], axis=1)
    rows, columns = linear_sum_assignment(cost)
    pairs = {int(r): int(c) for r, c in zip(rows, columns, strict=True) if c < off.shape[1] and off[r, c] <= limit}
    return pairs, float(cost[rows, columns].sum())
