"""Points set by hand on the page: which there are, where they lie, and what a change of them does, at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from posturecam.body import HAND, HAND_ERROR_PX, ORDER, ROWS, Landmark, PlacedPoint, Pose, Spot, View
from posturecam.errors import SettingsError
from posturecam.knowledge import Knowledge
from posturecam.measures import MEASURES
from posturecam.measures.marked import MARKED, STAND_INS
from posturecam.measures.measurement import Measurement
from posturecam.measures.side_view import PARTS, near_landmark
from posturecam.page.desks import Desk, Sheet
from posturecam.pipeline.assessment import Assessment, place
from posturecam.poses.placed import NAMES, joined
from posturecam.poses.standing import height_px
from posturecam.poses.stickers.finding import stickers_like
from posturecam.poses.stickers.naming import expected
from posturecam.reports.picture.photo_overlay import overlay_lines, overlay_svg
from posturecam.text.language import _, ngettext
from posturecam.text.wording import plain_words, plus_minus, unbroken

MOST_POINTS = len(ROWS)


def told(sheet: Sheet, knowledge: Knowledge) -> dict[str, Any]:
    """Say where every point of a photo lies, which more can be placed, and what follows from those that are."""
    assert sheet.found is not None  # noqa: S101  (the caller looked)
    assert sheet.shown is not None  # noqa: S101  (set together)
    pose, drawn = sheet.found.pose, overlay_svg(sheet.shown)
    return {
        "points": [_landmark(one, sheet.found) for one in Landmark if np.isfinite(pose.mean[ORDER[one]]).all()],
        "spots": [
            {"name": one.value, "words": one.plain, "unlocks": _unlocks(one, pose.view, knowledge), **_guess(one, pose)}
            for one in spots_of(pose.view)
        ],
        "shapes": drawn.shapes,
        "frame": drawn.frame,
        **followed(sheet),
    }


def followed(sheet: Sheet) -> dict[str, Any]:
    """Say what follows from the placed points: what the page shows while they are being moved."""
    assert sheet.found is not None  # noqa: S101  (the caller looked)
    assert sheet.shown is not None  # noqa: S101  (set together)
    return {
        "placed": [_placed(one) for one in sheet.shown.placed],
        "changes": changes(sheet.found, sheet.shown),
        "lines": overlay_lines(sheet.shown),
    }


def _landmark(one: Landmark, found: Assessment) -> dict[str, Any]:
    x, y = found.pose.mean[ORDER[one]]
    return {
        "name": one.value,
        "words": one.plain,
        "x": float(x),
        "y": float(y),
        "main": one in main_points(found.pose.view),
    }


def _placed(one: PlacedPoint) -> dict[str, Any]:
    words = {"name": one.name.value, "words": one.name.plain, "source": one.source}
    return {**words, "x": one.x, "y": one.y, "error_px": one.error_px}


def main_points(view: View) -> frozenset[Landmark]:
    """Give the points that numbers of this view rest on."""
    if view.frontal:
        return frozenset(name for one in MEASURES if view in one.views for name in one.needs)
    if view is View.OBLIQUE:
        return frozenset()
    return frozenset(near_landmark(view, part) for part in (*PARTS, "ANKLE"))


def spots_of(view: View) -> tuple[Spot, ...]:
    """Give the further points that do something in this view, head to feet."""
    needed = {name for one in MARKED if view in one.views for name in one.needs}
    needed |= {name for name, (_, views) in STAND_INS.items() if view in views}
    return tuple(one for one in Spot if one in needed)


def _guess(spot: Spot, pose: Pose) -> dict[str, float]:
    """Say where on the body a spot lies in most people: where the search for it begins, never a measurement."""
    found = next((one for one in expected(pose, height_px(pose.mean)) if one.name is spot), None)
    if found is None:
        return {}
    sideways = -1.0 if pose.view in (View.BACK, View.LEFT) else 1.0
    x, y = np.clip(found.at * [sideways, -1.0], 0.0, pose.size_px)
    return {"x": float(x), "y": float(y)}


def _unlocks(spot: Spot, view: View, knowledge: Knowledge) -> str:
    """Name the measures that rest on a spot."""
    keys = dict.fromkeys(one.key for one in MARKED if view in one.views and spot in one.needs)
    return ", ".join(knowledge.norm(key).plain for key in keys)


def changes(found: Assessment, shown: Assessment) -> list[dict[str, str]]:
    """Say which numbers the placed points made other than the program's own, and which they made possible.

    What could not be measured before comes first, then what moved most against its own error.
    """
    before = {one.key: one for one in found.measurements}
    moved = [one for one in shown.measurements if one.key not in before or not _same(one, before[one.key])]
    moved.sort(key=lambda one: -_moved(one, before.get(one.key)))
    return [{"now": _said(one), "before": _said(before[one.key]) if one.key in before else ""} for one in moved]


def _moved(one: Measurement, before: Measurement | None) -> float:
    """Give how far a number moved, in its standard errors; endlessly far when there was none."""
    return float("inf") if before is None else abs(one.value - before.value) / max(one.sem, 1e-9)


def _same(one: Measurement, other: Measurement) -> bool:
    return bool(np.isclose([one.value, one.sem], [other.value, other.sem]).all()) and one.placed == other.placed


def _said(one: Measurement) -> str:
    return unbroken(f"{plain_words(one)} ({plus_minus(one)})")


def set_points(desk: Desk, number: int, said: Mapping[str, Any], knowledge: Knowledge) -> None:
    """Measure a photo again with these points placed, and no others. Raises SettingsError."""
    sheet = desk.sheet(number)
    if sheet is None or sheet.found is None:
        msg = _("this photo is not in the exam any more, or was not measured.")
        raise SettingsError(msg)
    camera = desk.settings.camera
    lens = camera.mirrored() if camera is not None and sheet.found.mirrored else camera
    again = place(sheet.found, points_in(said.get("points")), knowledge, lens)

    def shown(one: Sheet) -> None:
        one.shown = again

    desk.change(number, shown)


def stickers(sheet: Sheet, said: Mapping[str, Any]) -> dict[str, Any]:
    """Find every sticker of the colour that was clicked on; what was set by hand stays. Raises SettingsError."""
    if sheet.photo is None or sheet.found is None or sheet.shown is None:
        msg = _("the photo itself is not at hand, so nothing can be seen in it.")
        raise SettingsError(msg)
    x, y = (said.get(axis) for axis in ("x", "y"))
    if not (isinstance(x, int | float) and isinstance(y, int | float)):
        msg = _("click on one of the stickers.")
        raise SettingsError(msg)
    found = stickers_like(sheet.photo, sheet.found.pose, x, y)
    by_hand = [one for one in sheet.shown.placed if one.source == HAND]
    unnamed = [{"x": one.x, "y": one.y} for one in found.unnamed]
    return {
        "placed": [_placed(one) for one in joined(found.points, by_hand)],
        "unnamed": unnamed,
        "words": _found_words(len(found.points), len(unnamed)),
    }


def _found_words(named: int, unnamed: int) -> str:
    if not named and not unnamed:
        return _(
            "No round stickers of this colour (8 to 20 mm) were found on the person. Click into the middle of one."
        )
    told = ngettext("{count} sticker found and named.", "{count} stickers found and named.", named)
    if not unnamed:
        return told
    if unnamed == 1:
        more = _("One more spot, ringed, has no sure name: click it, then choose which point it marks.")
    else:
        more = _(
            "{unnamed} more spots, ringed, have no sure name: click one, then choose which point it marks.",
            unnamed=unnamed,
        )
    return f"{told} {more}"


def points_in(rows: Any) -> tuple[PlacedPoint, ...]:
    """Read the points that the page sends. Raises SettingsError."""
    if not isinstance(rows, list) or len(rows) > MOST_POINTS:
        msg = _("give a list of at most {most_points} points.", most_points=MOST_POINTS)
        raise SettingsError(msg)
    return tuple(_point(row) for row in rows)


def _point(row: Any) -> PlacedPoint:
    found = row if isinstance(row, Mapping) else {}
    try:
        name = NAMES[str(found["name"])]
        error_px = float(found.get("error_px", HAND_ERROR_PX))
        return PlacedPoint(name, float(found["x"]), float(found["y"]), error_px, str(found.get("source", "hand")))
    except (KeyError, TypeError, ValueError) as error:
        msg = _("{row} is no point of the body with its pixels.", row=str(row)[:80])
        raise SettingsError(msg) from error
