"""What a back photo shows beside the outline, on a canvas: the furrow of the spine, each heel against its leg."""

from collections.abc import Iterator

import numpy as np

from posturecam.body import SPINE, Array, Landmark, Side, Spot
from posturecam.errors.facts import Reason
from posturecam.measures.back_measures import HALVES, HEELS
from posturecam.reports.picture.scene import Scene

_HEEL = 0.045
"""Length of a heel's line, in parts of the body's height."""

_LEAST_MARKERS = 4
"""Markers that make a line of the spine: its ends and two between them."""


def furrow_of(scene: Scene) -> Array | None:
    """(n, 2) the furrow on the canvas, from below upwards; None where none was measured."""
    seen = scene.assessment.behind
    if seen is None or isinstance(seen.furrow, Reason) or not any(key in scene.taken for key in HALVES):
        return None
    return np.asarray(seen.furrow.points * scene.scale)


def marked_line(scene: Scene) -> Array | None:
    """(n, 2) the spine's markers on the canvas, from below upwards; None where its curve was not taken from them."""
    if "spinal_curve" not in scene.taken or not scene.taken["spinal_curve"].placed:
        return None
    places = [scene.placed[spot] for spot in (Spot.SACRUM, *SPINE, Spot.T3, Spot.C7) if spot in scene.placed]
    if len(places) < _LEAST_MARKERS:
        return None
    line = np.array(places)
    return np.asarray(line[np.argsort(line @ scene.up)])


def apex(line: Array) -> Array:
    """(2,) the point of a line (n, 2) that lies farthest from the straight line between its ends."""
    chord = line[-1] - line[0]
    off = (line - line[0]) @ np.array([-chord[1], chord[0]])
    return np.asarray(line[int(np.abs(off).argmax())])


def halves(line: Array) -> Iterator[tuple[str, Array]]:
    """Give the measures of the spine's two halves, and where their labels stand."""
    middle = len(line) // 2
    for key, part in zip(HALVES, (line[: middle + 1], line[middle:]), strict=True):
        yield key, apex(part)


def heels(scene: Scene) -> Iterator[tuple[str, Array]]:
    """Draw each heel that was measured without placed points; give its measure, and where its label stands.

    The heel's line leaves the ankle at the angle that is reported, beside the leg's own line gone on.
    """
    for side, key in HEELS.items():
        knee, ankle = (scene[Landmark(f"{side}_{part}")] for part in ("knee", "ankle"))
        if key not in scene.taken or scene.taken[key].placed or not scene.seen(knee, ankle):
            continue
        down = (ankle - knee) / np.linalg.norm(ankle - knee)
        aside = np.array([-down[1], down[0]])
        outwards = aside * np.sign(aside @ scene.left) * (1.0 if side is Side.LEFT else -1.0)
        angle, length = np.radians(scene.taken[key].value), _HEEL * scene.height
        heel = ankle + length * (np.cos(angle) * down + np.sin(angle) * outwards)
        scene.canvas.dashed(ankle, ankle + length * down, scene.canvas.theme.reference, 0.6)
        scene.canvas.path(np.array([ankle, heel]), scene.colour(scene.taken[key]), 1.6)
        yield key, heel
