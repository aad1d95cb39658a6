"""The points that somebody placed: a ring and a short name for each, and labels for what rests on them alone."""

from collections.abc import Iterator

import numpy as np

from posturecam.body import SPINE, Array, Landmark, Name, PlacedPoint, Spot
from posturecam.reports.picture.canvas import Box, Lettering
from posturecam.reports.picture.scene import Scene

_RING = np.stack([f(np.linspace(0.0, 2.0 * np.pi, 25)) for f in (np.cos, np.sin)], axis=1)
_RADIUS = 3.2
"""Radius of a ring in units of a fine line: it goes round a sticker and leaves it to be seen."""

SHORT = {
    "c7": "C7",
    "t3": "T3",
    "asis": "ASIS",
    "psis": "PSIS",
    "scapular_angle": "blade",
    "tibial_tuberosity": "tuberosity",
    "mid_calf": "calf",
}
"""Names short enough to stand beside a point; others are their own part's name."""

RESTS_AT: dict[str, Name] = {
    "craniovertebral_angle": Spot.C7,
    "scapular_height": Spot.LEFT_SCAPULAR_ANGLE,
    "scapula_spine_asymmetry": Spot.RIGHT_SCAPULAR_ANGLE,
    "q_angle_left": Spot.LEFT_PATELLA,
    "q_angle_right": Spot.RIGHT_PATELLA,
    "rearfoot_eversion_left": Landmark.LEFT_HEEL,
    "rearfoot_eversion_right": Landmark.RIGHT_HEEL,
}
"""Measures that placed points unlock, and the point beside which their label stands."""


def points(scene: Scene) -> None:
    """Draw a ring around every placed point, and its short name; the column along the spine speaks for itself."""
    shown = [one for one in scene.assessment.placed if scene.seen(scene[one.name])]
    for one in shown:
        if one.name not in SPINE:
            _name(scene, scene[one.name], short(one))
    for one in shown:
        ring = scene[one.name] + _RADIUS * scene.canvas.unit * _RING
        scene.canvas.path(ring, scene.canvas.theme.reference, 0.7)


def short(point: PlacedPoint) -> str:
    """Name a point in a word; its side is seen."""
    stem = point.name.value.removeprefix("left_").removeprefix("right_")
    return SHORT.get(stem, stem.replace("_", " "))


def _name(scene: Scene, at: Array, words: str) -> None:
    """Write a point's name on a small plate above it: lines to labels leave it sideways."""
    canvas = scene.canvas
    size = canvas.least_text_px
    lettering = Lettering(size, 500)
    width, height = lettering.width(words) + 0.4 * size, 1.25 * size
    top = float(at[1]) - (_RADIUS + 1.4) * canvas.unit - height
    left = float(at[0]) - width / 2
    canvas.plate(Box(left, top, left + width, top + height))
    spot = (left + 0.2 * size, top + 0.98 * size)
    canvas.text(spot, words, canvas.theme.ink, lettering)


def rests(scene: Scene) -> Iterator[tuple[str, Array]]:
    """Give the measures that rest on placed points alone, and where their labels stand."""
    spots = RESTS_AT | ({} if scene.view.frontal else {"pelvic_tilt": Spot(f"{scene.near}_asis")})
    for key, name in spots.items():
        if key in scene.taken and name in scene.placed:
            yield key, scene[name]
