"""A column of markers down the spine, seen from behind: which of the round spots belong to it, and how they are named.

The column is the chain of spots from neck to sacrum that holds most of them and turns least: a spine bends little from
one marker to the next, so the pelvic dimples and the blades' tips beside it are no part of it. Its upper end is C7 and
its lower end the sacrum where they lie where these are expected; those between are counted from above.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from posturecam.body import SPINE, Array, BonyLandmark, Name, Pose, View
from posturecam.body.geometry import subject_frame
from posturecam.poses.stickers.blobs import Blob

FEWEST, LEAST_SPAN = 4, 0.55
"""How many spots make a column, and how much of the way from C7 to the sacrum they must cover."""

WIDEST, BEYOND = 0.24, 0.18
"""How far beside the line from C7 to the sacrum a spot may lie, and how far beyond its ends, in parts of it."""

LEAST_STEP, MOST_STEP = 0.025, 0.45
"""How near and how far from each other two neighbours may lie, in parts of the way from C7 to the sacrum."""

STEEPEST, USUAL_SLOPE = 0.45, 0.2
"""Sideways over down from one marker to the next: the most, and what counts half a marker (11°)."""

FARTHEST = 2.5
"""Standard deviations from its expected place beyond which an end of the column is not C7, or not the sacrum."""


@dataclass(frozen=True, slots=True)
class End:
    """Where an end of the column is expected in the subject's frame, pixels, with its standard deviation (2,)."""

    at: Array
    sigma: Array

    def is_at(self, place: Array) -> bool:
        """Whether a place may be that end."""
        return bool(np.linalg.norm((place - self.at) / self.sigma) <= FARTHEST)


def spine_column(blobs: Sequence[Blob], pose: Pose, ends: Mapping[Name, End]) -> dict[Name, Blob]:
    """Name the spots of the column down the spine; empty where there is none, or the back is not seen.

    A chain that neither begins at C7 nor ends at the sacrum is a pattern on cloth.
    """
    if pose.view is not View.BACK or not {BonyLandmark.C7, BonyLandmark.SACRUM} <= set(ends) or len(blobs) < FEWEST:
        return {}
    places = np.array([subject_frame(blob.at, pose.view) for blob in blobs])
    top, bottom = ends[BonyLandmark.C7], ends[BonyLandmark.SACRUM]
    chain = _chain(_along(places, top.at, bottom.at))
    if not chain:
        return {}
    given = _named([blobs[row] for row in chain], places[chain], top, bottom)
    return given if BonyLandmark.C7 in given or BonyLandmark.SACRUM in given else {}


def sacrum_between(
    given: Mapping[Name, Blob], others: Sequence[Blob], pose: Pose, ends: Mapping[Name, End]
) -> dict[Name, Blob]:
    """Name the one spot in the middle third between two named dimples the sacrum; empty without it.

    Beside one dimple alone it could as well be the other.
    """
    if not {BonyLandmark.LEFT_PSIS, BonyLandmark.RIGHT_PSIS} <= set(given):
        return {}
    dimples = np.array(
        [subject_frame(given[name].at, pose.view) for name in (BonyLandmark.LEFT_PSIS, BonyLandmark.RIGHT_PSIS)]
    )
    middle, apart = dimples.mean(axis=0)[0], abs(float(np.ptp(dimples[:, 0])))
    places = [subject_frame(blob.at, pose.view) for blob in others]
    inside = [
        blob
        for blob, place in zip(others, places, strict=True)
        if blob.alone and abs(place[0] - middle) <= apart / 6 and ends[BonyLandmark.SACRUM].is_at(place)
    ]
    return {BonyLandmark.SACRUM: inside[0]} if len(inside) == 1 else {}


def _along(places: Array, top: Array, bottom: Array) -> Array:
    """(n, 2) how far down from C7 to the sacrum places lie, and how far to its side, in parts of the way."""
    way = bottom - top
    length = float(way @ way)
    return np.stack([(places - top) @ way, (places - top) @ np.array([-way[1], way[0]])], axis=-1) / length


def _chain(along: Array) -> list[int]:
    """Rows of the best chain from above, empty where none is a column: each spot counts 1, each turn aside costs."""
    near = (np.abs(along[:, 1]) <= WIDEST) & (along[:, 0] >= -BEYOND) & (along[:, 0] <= 1.0 + BEYOND)
    rows = [int(row) for row in np.argsort(along[:, 0], kind="stable") if near[row]]
    best = {row: (1.0, [row]) for row in rows}
    for number, row in enumerate(rows):
        for above in rows[:number]:
            down, aside = along[row] - along[above]
            slope = abs(aside) / max(down, 1e-9)
            if LEAST_STEP <= down <= MOST_STEP and slope <= STEEPEST:
                worth = best[above][0] + 1.0 - 0.5 * (slope / USUAL_SLOPE) ** 2
                if worth > best[row][0]:
                    best[row] = (worth, [*best[above][1], row])
    chain = max(best.values(), key=lambda found: found[0], default=(0.0, []))[1]
    whole = len(chain) >= FEWEST and along[chain[-1], 0] - along[chain[0], 0] >= LEAST_SPAN
    return chain if whole else []


def _named(column: list[Blob], places: Array, top: End, bottom: End) -> dict[Name, Blob]:
    given: dict[Name, Blob] = {}
    if top.is_at(places[0]):
        given[BonyLandmark.C7] = column.pop(0)
    if bottom.is_at(places[-1]):
        given[BonyLandmark.SACRUM] = column.pop()
    return given | dict(zip(SPINE, column, strict=False))
