"""Points set by hand on the page: which there are, where they lie, and what a change of them does, at once."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from posturecam.body import HAND, HAND_ERROR_PX, ORDER, ROWS, BonyLandmark, Landmark, PlacedPoint, Pose, View
from posturecam.errors import SettingsError
from posturecam.knowledge import Knowledge
from posturecam.measures import MEASURES
from posturecam.measures.manual_measures import ALIASES, MANUAL_MEASURES
from posturecam.measures.measurement import Measurement
from posturecam.measures.side_view import PARTS, near_landmark
from posturecam.page.app_state import ExamPhoto, OpenExam
from posturecam.pipeline.assessment import Assessment, place
from posturecam.poses.manual_points import NAMES, joined
from posturecam.poses.standing import standing_height_px
from posturecam.poses.stickers.finding import stickers_like
from posturecam.poses.stickers.naming import expected
from posturecam.reports.drawing.photo_overlay import overlay_lines, overlay_svg
from posturecam.text.labels import plain_words, plus_minus, unbroken
from posturecam.text.language import _, ngettext
from posturecam.text.names import point_name

MOST_POINTS = len(ROWS)


def points_json(exam_photo: ExamPhoto, knowledge: Knowledge) -> dict[str, Any]:
    """Say where every point of a photo lies, which more can be placed, and what follows from those that are."""
    found, shown = exam_photo.measured
    pose, drawn = found.pose, overlay_svg(shown)
    return {
        "points": [
            _landmark(landmark, found) for landmark in Landmark if np.isfinite(pose.mean[ORDER[landmark]]).all()
        ],
        "spots": [
            {
                "name": spot.value,
                "words": point_name(spot),
                "unlocks": _unlocks(spot, pose.view, knowledge),
                **_guess(spot, pose),
            }
            for spot in spots_of(pose.view)
        ],
        "shapes": drawn.shapes,
        "frame": drawn.frame,
        **followed(exam_photo),
    }


def followed(exam_photo: ExamPhoto) -> dict[str, Any]:
    """Say what follows from the placed points: what the page shows while they are being moved."""
    found, shown = exam_photo.measured
    return {
        "placed": [_placed(placed) for placed in shown.placed],
        "changes": changes(found, shown),
        "lines": overlay_lines(shown),
    }


def _landmark(landmark: Landmark, found: Assessment) -> dict[str, Any]:
    x, y = found.pose.mean[ORDER[landmark]]
    return {
        "name": landmark.value,
        "words": point_name(landmark),
        "x": float(x),
        "y": float(y),
        "main": landmark in main_points(found.pose.view),
    }


def _placed(placed_point: PlacedPoint) -> dict[str, Any]:
    words = {"name": placed_point.name.value, "words": point_name(placed_point.name), "source": placed_point.source}
    return {**words, "x": placed_point.x, "y": placed_point.y, "error_px": placed_point.error_px}


def main_points(view: View) -> frozenset[Landmark]:
    """Give the points that numbers of this view rest on."""
    if view.frontal:
        return frozenset(name for measure in MEASURES if view in measure.views for name in measure.needs)
    if view is View.OBLIQUE:
        return frozenset()
    return frozenset(near_landmark(view, part) for part in (*PARTS, "ANKLE"))


def spots_of(view: View) -> tuple[BonyLandmark, ...]:
    """Give the further points that do something in this view, head to feet."""
    needed = {name for measure in MANUAL_MEASURES if view in measure.views for name in measure.needs}
    needed |= {name for name, (_, views) in ALIASES.items() if view in views}
    return tuple(spot for spot in BonyLandmark if spot in needed)


def _guess(spot: BonyLandmark, pose: Pose) -> dict[str, float]:
    """Say where on the body a spot lies in most people: where the search for it begins, never a measurement."""
    found = next((sticker for sticker in expected(pose, standing_height_px(pose.mean)) if sticker.name is spot), None)
    if found is None:
        return {}
    sideways = -1.0 if pose.view in (View.BACK, View.LEFT) else 1.0
    x, y = np.clip(found.at * [sideways, -1.0], 0.0, pose.size_px)
    return {"x": float(x), "y": float(y)}


def _unlocks(spot: BonyLandmark, view: View, knowledge: Knowledge) -> str:
    """Name the measures that rest on a spot."""
    keys = dict.fromkeys(measure.key for measure in MANUAL_MEASURES if view in measure.views and spot in measure.needs)
    return ", ".join(knowledge.norm(key).plain for key in keys)


def changes(found: Assessment, shown: Assessment) -> list[dict[str, str]]:
    """Say which numbers the placed points made other than the program's own, and which they made possible.

    What could not be measured before comes first, then what moved most against its own error.
    """
    before = {measurement.key: measurement for measurement in found.measurements}
    moved = [
        measurement
        for measurement in shown.measurements
        if measurement.key not in before or not _same(measurement, before[measurement.key])
    ]
    moved.sort(key=lambda measurement: -_moved(measurement, before.get(measurement.key)))
    return [
        {"now": _said(measurement), "before": _said(before[measurement.key]) if measurement.key in before else ""}
        for measurement in moved
    ]


def _moved(measurement: Measurement, before: Measurement | None) -> float:
    """Give how far a number moved, in its standard errors; endlessly far when there was none."""
    return float("inf") if before is None else abs(measurement.value - before.value) / max(measurement.sem, 1e-9)


def _same(measurement: Measurement, other: Measurement) -> bool:
    return (
        bool(np.isclose([measurement.value, measurement.sem], [other.value, other.sem]).all())
        and measurement.placed == other.placed
    )


def _said(measurement: Measurement) -> str:
    return unbroken(f"{plain_words(measurement)} ({plus_minus(measurement)})")


def place_points(open_exam: OpenExam, number: int, said: Mapping[str, Any], knowledge: Knowledge) -> None:
    """Measure a photo again with these points placed, and no others. Raises SettingsError."""
    exam_photo = open_exam.exam_photo(number)
    if exam_photo is None or exam_photo.found is None:
        msg = _("this photo is not in the exam any more, or was not measured.")
        raise SettingsError(msg)
    camera = open_exam.settings.camera
    lens = camera.mirrored() if camera is not None and exam_photo.found.mirrored else camera
    again = place(exam_photo.found, points_in(said.get("points")), knowledge, lens)

    def shown(exam_photo: ExamPhoto) -> None:
        exam_photo.shown = again

    open_exam.change(number, shown)


def stickers_at(exam_photo: ExamPhoto, said: Mapping[str, Any]) -> dict[str, Any]:
    """Find every sticker of the colour that was clicked on; what was set by hand stays. Raises SettingsError."""
    if exam_photo.photo is None or exam_photo.found is None or exam_photo.shown is None:
        msg = _("the photo itself is not at hand, so nothing can be seen in it.")
        raise SettingsError(msg)
    x, y = (said.get(axis) for axis in ("x", "y"))
    if not (isinstance(x, int | float) and isinstance(y, int | float)):
        msg = _("click on one of the stickers.")
        raise SettingsError(msg)
    found = stickers_like(exam_photo.photo, exam_photo.found.pose, x, y)
    by_hand = [placed for placed in exam_photo.shown.placed if placed.source == HAND]
    unnamed = [{"x": sticker.x, "y": sticker.y} for sticker in found.unnamed]
    return {
        "placed": [_placed(placed) for placed in joined(found.points, by_hand)],
        "unnamed": unnamed,
        "words": _found_words(len(found.points), len(unnamed)),
    }


def _found_words(named: int, unnamed: int) -> str:
    if not named and not unnamed:
        return _(
            "No round stickers of this colour (8 to 20 mm) were found on the person. Click into the middle of one."
        )
    points_json = ngettext("{count} sticker found and named.", "{count} stickers found and named.", named)
    if not unnamed:
        return points_json
    if unnamed == 1:
        more = _("One more spot, ringed, has no sure name: click it, then choose which point it marks.")
    else:
        more = _(
            "{unnamed} more spots, ringed, have no sure name: click one, then choose which point it marks.",
            unnamed=unnamed,
        )
    return f"{points_json} {more}"


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
