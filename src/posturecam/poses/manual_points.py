"""Placed points in words: read ``left_asis=312,540`` and files of points, and refuse what cannot be.

A file holds a list of objects ``{"name": …, "x": …, "y": …}``, or an object with such a list under ``placed`` (a stored
assessment); ``error_px`` and ``source`` may stand beside them.
"""

import difflib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from posturecam.body import HAND, HAND_ERROR_PX, STICKER, BonyLandmark, Landmark, Name, PlacedPoint
from posturecam.errors import SettingsError
from posturecam.errors.facts import Problem
from posturecam.storage import strict_json

ALIASES = {"tragus": "ear", "calcaneus": "heel", "malleolus": "ankle", "toes": "foot_index"}
"""Names that therapists use for points of the pose network."""

NAMES: dict[str, Name] = {point.value: point for point in (*Landmark, *BonyLandmark)} | {
    f"{side}_{theirs}": Landmark(f"{side}_{ours}") for theirs, ours in ALIASES.items() for side in ("left", "right")
}
"""Every name that a point can be placed under."""


def read_places(given: Iterable[str]) -> tuple[PlacedPoint, ...]:
    """Read every ``NAME=X,Y`` and every file; raises SettingsError, also for two points of one name."""
    points: list[PlacedPoint] = []
    for text in given:
        points += [_typed(text)] if "=" in text and not Path(text).is_file() else _from_file(Path(text))
    return without_twins(points)


def without_twins(points: Iterable[PlacedPoint]) -> tuple[PlacedPoint, ...]:
    """Give the points back, or raise SettingsError where two stand for one."""
    seen: dict[Name, PlacedPoint] = {}
    for point in points:
        if point.name in seen:
            item = seen[point.name]
            places = Problem("two_places", x=item.x, y=item.y, x2=point.x, y2=point.y)
            msg = Problem("placed_twice", name=point.name.value, places=places)
            raise SettingsError(msg)
        seen[point.name] = point
    return tuple(seen.values())


def name_of(text: str) -> Name:
    """Find the point of that name; raises SettingsError with the nearest name there is."""
    wanted = text.strip().casefold().replace(" ", "_").replace("-", "_")
    if wanted in NAMES:
        return NAMES[wanted]
    sided = [name for name in (f"left_{wanted}", f"right_{wanted}") if name in NAMES]
    near = sided or difflib.get_close_matches(wanted, list(NAMES), n=1, cutoff=0.5)
    hint = Problem("did_you_mean", names=tuple(near)) if near else Problem("give_a_point")
    msg = Problem("no_such_point", strip=text.strip(), hint=hint)
    raise SettingsError(msg)


def inside_photo(points: Iterable[PlacedPoint], size_px: tuple[int, int]) -> tuple[PlacedPoint, ...]:
    """Give the points back, or raise SettingsError for one outside the picture."""
    kept = tuple(points)
    for point in kept:
        if not (0 <= point.x <= size_px[0] and 0 <= point.y <= size_px[1]):
            msg = Problem(
                "placed_outside", name=point.name.value, x=point.x, y=point.y, size_px=size_px[0], size_px2=size_px[1]
            )
            raise SettingsError(msg)
    return kept


def joined(old: Iterable[PlacedPoint], new: Iterable[PlacedPoint]) -> tuple[PlacedPoint, ...]:
    """Join two sets of placed points; a new one takes the place of an old one of its name."""
    return tuple(({point.name: point for point in old} | {point.name: point for point in new}).values())


def mirrored(points: Iterable[PlacedPoint], width_px: int) -> tuple[PlacedPoint, ...]:
    """Move points of a mirrored selfie to where they lie once its mirror image is undone; their names were right."""
    return tuple(replace(point, x=width_px - point.x) for point in points)


def _typed(text: str) -> PlacedPoint:
    name, _equals, place = text.partition("=")
    point = name_of(name)
    try:
        x, y = (float(part) for part in place.split(","))
        return PlacedPoint(point, x, y)
    except ValueError as error:
        msg = Problem("place_makes_no_sense", text=text)
        raise SettingsError(msg) from error


def _from_file(path: Path) -> list[PlacedPoint]:
    try:
        found = strict_json.loads(path.read_bytes())
    except OSError as error:
        msg = Problem("place_unreadable", path=path, strerror=str(error.strerror or error))
        raise SettingsError(msg) from error
    except ValueError as error:
        msg = Problem("place_not_json", path=path)
        raise SettingsError(msg) from error
    rows = found.get("placed") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not rows:
        msg = Problem("place_empty", path=path)
        raise SettingsError(msg)
    return [_row(row, Problem("point_of_file", path=path, number=number)) for number, row in enumerate(rows, 1)]


def _row(row: Any, where: Problem) -> PlacedPoint:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        msg = Problem("place_row_wrong", where=where, row=str(row)[:60])
        raise SettingsError(msg)
    name = name_of(row["name"])
    try:
        error_px, source = float(row.get("error_px", HAND_ERROR_PX)), row.get("source", HAND)
        return PlacedPoint(name, float(row["x"]), float(row["y"]), error_px, source)
    except (KeyError, TypeError, ValueError) as error:
        msg = Problem("place_figures_wrong", where=where, name=name.value, hand=HAND, sticker=STICKER)
        raise SettingsError(msg) from error
