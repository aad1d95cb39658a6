"""The points that somebody placed: a ring and a short name for each, and labels for what rests on them alone."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from posturecam.body import SPINE, Array, BonyLandmark, Landmark, Name, PlacedPoint
from posturecam.reports.drawing.canvas import Box, Lettering
from posturecam.reports.drawing.scene import Scene
from posturecam.text.language import N_, _
from posturecam.text.language.parts import PART_WORDS

_RING = np.stack([f(np.linspace(0.0, 2.0 * np.pi, 25)) for f in (np.cos, np.sin)], axis=1)
_RADIUS = 3.2
"""Radius of a ring in units of a fine line: it goes round a sticker and leaves it to be seen."""

SHORT = {
    "ear": N_("tragus"),
    "c7": N_("C7"),
    "t3": N_("T3"),
    "sacrum": N_("sacrum"),
    "acromion": N_("acromion"),
    "scapular_angle": N_("blade"),
    "asis": N_("ASIS"),
    "psis": N_("PSIS"),
    "trochanter": N_("trochanter"),
    "knee_joint_line": N_("joint line"),
    "patella": N_("patella"),
    "tibial_tuberosity": N_("tuberosity"),
    "mid_calf": N_("calf"),
    "achilles": N_("Achilles"),
    "lateral_malleolus": N_("lat. malleolus"),
    "medial_malleolus": N_("med. malleolus"),
    "second_metatarsal": N_("2nd metatarsal"),
}
"""Names short enough to stand beside a point; others are their own part's name."""

BESIDE = frozenset(("ear", "trochanter", "knee_joint_line", "lateral_malleolus"))
BELOW = frozenset(("tibial_tuberosity", "second_metatarsal"))
"""Points at the body's edge, seen from the front or the back, whose names stand outside of it, and those that have
another one above them."""

_TOUCH = 0.05
"""Part of a name's plate that another may cover: they touch."""

_LINE = 1.12
"""Distance of two names above each other, in parts of their height."""

RESTS_AT: dict[str, Name] = {
    "craniovertebral_angle": BonyLandmark.C7,
    "scapular_height": BonyLandmark.LEFT_SCAPULAR_ANGLE,
    "scapula_spine_asymmetry": BonyLandmark.RIGHT_SCAPULAR_ANGLE,
    "q_angle_left": BonyLandmark.LEFT_PATELLA,
    "q_angle_right": BonyLandmark.RIGHT_PATELLA,
    "rearfoot_eversion_left": Landmark.LEFT_HEEL,
    "rearfoot_eversion_right": Landmark.RIGHT_HEEL,
}
"""Measures that placed points unlock, and the point beside which their label stands."""


def point_rings(scene: Scene, written: Sequence[Box] = ()) -> dict[PlacedPoint, Box]:
    """Draw a ring around every placed point; give the plates on which ``point_names`` writes what they are.

    Each plate lies where it covers no ring, no other plate and nothing that is ``written`` already, as far as there is
    such a place; those in the middle, which have least room, come first. The column along the spine speaks for itself.
    """
    shown = [point for point in scene.assessment.placed if scene.seen(scene[point.name])]
    rings = {point: _around(scene[point.name], _RADIUS * scene.canvas.unit) for point in shown}
    plates: dict[PlacedPoint, Box] = {}
    for point in sorted(shown, key=lambda point: abs(scene.beside(scene[point.name]))):
        if point.name not in SPINE:
            others = [ring for other, ring in rings.items() if other is not point]
            plates[point] = _place(scene, point, [*written, *plates.values(), *others])
    for point in shown:
        ring = scene[point.name] + _RADIUS * scene.canvas.unit * _RING
        scene.canvas.path(ring, scene.canvas.theme.reference, 0.7)
    return plates


def point_names(scene: Scene, plates: Mapping[PlacedPoint, Box]) -> None:
    """Write the short names of placed points, over the lines that lead to labels."""
    for point, plate in plates.items():
        _leader(scene, scene[point.name], plate)
    for point, plate in plates.items():
        _name(scene, plate, short(point))


def short(point: PlacedPoint) -> str:
    """Name a point in a word; its side is seen."""
    stem = _stem(point)
    return _(SHORT[stem] if stem in SHORT else PART_WORDS[stem])


def _stem(point: PlacedPoint) -> str:
    return point.name.value.removeprefix("left_").removeprefix("right_")


def _around(at: Array, reach: float) -> Box:
    """Give the square around a point."""
    return Box(*(at - reach).tolist(), *(at + reach).tolist())


def _place(scene: Scene, point: PlacedPoint, taken: Sequence[Box]) -> Box:
    """Give the plate of a name: the first place beside its ring that is free, or the one that covers least."""
    size = scene.canvas.least_text_px
    width, height = Lettering(size, 500).width(short(point)) + 0.4 * size, 1.25 * size
    places = list(_places(scene, point, width, height))
    spared = _TOUCH * width * height

    def covers(place: Box) -> float:
        return sum(max(0.0, _shared(place, box) - spared) for box in taken) + _outside(place, scene.canvas.area)

    return min(places, key=covers)


def _places(scene: Scene, point: PlacedPoint, width: float, height: float) -> Iterator[Box]:
    """Give places for a plate in the order of preference: at its ring, then in lines above and below, outside."""
    x, y = (float(part) for part in scene[point.name])
    gap = (_RADIUS + 1.4) * scene.canvas.unit
    left = scene.at_left(scene[point.name])
    out, inside = (x - gap - width, x + gap) if left else (x + gap, x - gap - width)
    along, above, below, level = (x + gap - width if left else x - gap), y - gap - height, y + gap, y - height / 2
    over, over_out, under, under_out = (x - width / 2, above), (along, above), (x - width / 2, below), (along, below)
    beside = (out, level)
    stem = _stem(point) if scene.view.frontal else ""
    if stem in BESIDE:
        order = [beside, over_out, under_out, over, under]
    elif stem in BELOW:
        order = [under, under_out, beside, over, over_out]
    else:
        order = [over, over_out, under, under_out, beside]
    farther = [(out, level + lines * _LINE * height) for lines in (-1, 1, -2, 2, -3, 3)]
    for corner in (*order, (inside, level), *farther):
        yield Box(*corner, corner[0] + width, corner[1] + height)


def _shared(box: Box, other: Box) -> float:
    """Give the area that two boxes share, square pixels."""
    wide = min(box.right, other.right) - max(box.left, other.left)
    high = min(box.bottom, other.bottom) - max(box.top, other.top)
    return max(0.0, wide) * max(0.0, high)


def _outside(box: Box, area: Box) -> float:
    """Give how much of a box lies outside an area, square pixels."""
    return (box.right - box.left) * (box.bottom - box.top) - _shared(box, area)


def _leader(scene: Scene, at: Array, plate: Box) -> None:
    """Draw a line from a ring to its name where that stands apart from it."""
    near = np.clip(at, [plate.left, plate.top], [plate.right, plate.bottom])
    if np.linalg.norm(near - at) > 2.0 * _RADIUS * scene.canvas.unit:
        scene.canvas.path(np.array([at, near]), scene.canvas.theme.leader, 0.6)


def _name(scene: Scene, plate: Box, words: str) -> None:
    """Write a point's name on its plate."""
    canvas = scene.canvas
    size = canvas.least_text_px
    canvas.plate(plate)
    canvas.text((plate.left + 0.2 * size, plate.top + 0.98 * size), words, canvas.theme.ink, Lettering(size, 500))


def rests(scene: Scene) -> Iterator[tuple[str, Array]]:
    """Give the measures that rest on placed points alone, and where their labels stand."""
    spots = RESTS_AT | ({} if scene.view.frontal else {"pelvic_tilt": BonyLandmark(f"{scene.near}_asis")})
    for key, name in spots.items():
        if key in scene.taken and name in scene.placed:
            yield key, scene[name]
