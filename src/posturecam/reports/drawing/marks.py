"""What is drawn for each measure. Each mark draws itself and gives its labels.

The person's outline comes as lines, from how much of each pixel is theirs; a back photo shows beside it the furrow of
the spine, and each heel against its leg.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from posturecam.body import SPINE, Array, BonyLandmark, Landmark, Name, Side, View
from posturecam.errors.facts import Reason
from posturecam.measures.anatomy import ANKLES, EARS, EYES, HIPS, KNEES, SHOULDERS
from posturecam.measures.back_measures import HALVES, HEELS
from posturecam.measures.manual_measures import ASIS, PSIS
from posturecam.measures.measurement import Measurement, frame_of
from posturecam.measures.outline import front_hidden
from posturecam.measures.side_edges import FRONT_LEVELS
from posturecam.measures.trunk import curve_line, signed_extreme
from posturecam.measures.trunk_outline import trunk_lines
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.shape import EDGE
from posturecam.reports.drawing import point_marks
from posturecam.reports.drawing.label_layout import Label
from posturecam.reports.drawing.scene import Scene
from posturecam.text.labels import (
    STANDING_OUT,
    plain_words,
    plus_minus,
    severity_words,
    short_unit,
    stands_out,
    unbroken,
)
from posturecam.text.language import _, number

_FINER = 4
"""The outline's pixels are divided into so many before its edge is followed: it then runs between them."""

_LEAST_PART = 0.02
"""Rings around less than this part of the picture's area are specks, not the person."""


def contours(outline: Silhouette, scale: float) -> list[Array]:
    """Give the edge of what is the person's: closed rings (n, 2), holes between arm and trunk included.

    ``scale`` = canvas pixels per pixel of the photo; the result is in canvas pixels.
    """
    height, width = outline.cover.shape
    fine = cv2.resize(outline.cover, (width * _FINER, height * _FINER), interpolation=cv2.INTER_LINEAR)
    rings, _ = cv2.findContours((fine > EDGE).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    least = _LEAST_PART * np.sqrt(fine.size)
    kept = (ring[:, 0] for ring in rings if cv2.arcLength(ring, closed=True) > 4.0 * least)
    places = ((ring + 0.5) / _FINER * np.diag(outline.to_photo) + outline.to_photo[:, 2] for ring in kept)
    return [_closed(place * scale) for place in places]


def runs(ring: Array, kept: NDArray[np.bool_]) -> list[Array]:
    """Give the parts of a closed ring (n, 2) whose points are kept (n,), each as one line; the ring where all are."""
    if kept.all():
        return [ring]
    first = int((~kept).argmax())
    points, turned = np.roll(ring, -first, axis=0), np.roll(kept, -first)
    ends = np.flatnonzero(np.diff(np.concatenate([[False], turned, [False]]).astype(int)))
    return [points[start:stop] for start, stop in ends.reshape(-1, 2) if stop - start > 1]


def _closed(ring: Array) -> Array:
    """Smooth a ring over about a pixel of the outline, and end it where it begins."""
    reach = 2 * _FINER
    around = np.concatenate([ring[-reach:], ring, ring[:reach]])
    window = np.hanning(2 * reach + 3)[1:-1]
    smooth = np.stack([np.convolve(axis, window / window.sum(), "valid") for axis in around.T], axis=1)
    return np.concatenate([smooth, smooth[:1]])


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
    places = [
        scene.placed[spot]
        for spot in (BonyLandmark.SACRUM, *SPINE, BonyLandmark.T3, BonyLandmark.C7)
        if spot in scene.placed
    ]
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


_ALWAYS, _OTHERS = 100.0, 10.0
"""Ranks of labels: the lines that everybody looks for stay longest when there is little room."""

TILTS: tuple[tuple[str, tuple[Landmark, Landmark], float], ...] = (
    ("head_tilt", EYES, 0.42),
    ("shoulder_tilt", SHOULDERS, 0.70),
    ("hip_tilt", HIPS, 0.60),
)
"""Tilted lines: the measure, its two points, half of the drawn length in shoulder widths."""

SHIFTS: tuple[tuple[str, tuple[Landmark, Landmark], tuple[Landmark, Landmark]], ...] = (
    ("head_shift", EARS, SHOULDERS),
    ("trunk_shift", SHOULDERS, HIPS),
    ("pelvic_shift", HIPS, ANKLES),
)
"""Shifts: the measure, the pair above, the pair below."""

BENDS = (("neck_bend", EARS, SHOULDERS), ("trunk_bend", SHOULDERS, HIPS))
"""Side-bends: the measure, the pair above, the pair below; the shorter side is drawn."""

_BELOW_TRUNK, _ABOVE_TRUNK = 0.3, 0.1
"""How far below the lowest place where the front is read it is left out too, and how far above the shoulder, in lengths
of the trunk: thighs and throat."""

_MIDDLE = 0.12
"""A spot so near the body's middle, in shoulder widths, has a label on either side, unless it belongs to one."""

_FEET = (Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX)
_SPOTS = (("knee_angle", KNEES), ("hip_adduction", HIPS), ("foot_turn", _FEET))


def plumb_mark(scene: Scene) -> Iterator[Label]:
    """Draw the plumb line up from between the ankles (side views: from the ankle), to above the head."""
    foot = scene.foot
    if not scene.seen(foot):
        return
    down = foot - scene.up * 0.02 * scene.height
    scene.canvas.path(np.array([down, foot + scene.up * 1.08 * scene.height]), scene.canvas.theme.reference, 0.8)
    sigma = scene.assessment.vertical.sigma_deg
    ends = (foot + scene.up * part * scene.height for part in (1.05, 0.10))
    spot = next((end for end in ends if scene.seen(end)), foot)
    yield Label(
        _("plumb line"),
        _("level to ±\u00a0{sigma:.1f}°", sigma=1.96 * sigma),
        spot,
        scene.at_left(spot),
        scene.canvas.theme.reference,
        0.0,
        free=True,
    )


def outline_mark(scene: Scene) -> None:
    """Draw where the person ends, as far as an outline was found and can be trusted."""
    found = scene.assessment.outline
    if found is None or found.untrusted:
        return
    pose, roll = scene.assessment.pose, scene.assessment.vertical.roll_deg
    hidden = front_hidden(pose, found, roll)
    for ring in contours(found, scene.scale):
        for line in runs(ring, ~_in_front(scene, ring)) if hidden else (ring,):
            scene.canvas.path(line, scene.canvas.theme.calm, 0.45)


def _in_front(scene: Scene, points: Array) -> NDArray[np.bool_]:
    """(n,) which points (n, 2) lie before the trunk of a side view: where the room may hide the body's edge."""
    hip, shoulder = (scene[Landmark(f"{scene.near}_{part}")] for part in ("hip", "shoulder"))
    trunk = float((shoulder - hip) @ scene.up)
    level = (points - hip) @ scene.up / trunk
    ahead = (points - hip - level[:, None] * (shoulder - hip)) @ scene.left
    return np.asarray(
        (ahead > 0.0) & (level > FRONT_LEVELS[0] - _BELOW_TRUNK) & (level < 1.0 + _ABOVE_TRUNK), dtype=bool
    )


def own_line(scene: Scene) -> None:
    """Draw the body's own middle beside the plumb line: ankles, hips, shoulders, ears; in side views the near ones."""
    if len(scene.own_line) > 1:
        scene.canvas.path(scene.own_line, scene.canvas.theme.calm, 1.2)


def trunk_outline_mark(scene: Scene) -> None:
    """Draw the trunk's midline between its flanks, the armpits and the waist, where they were measured."""
    found, pose, roll = scene.assessment.outline, scene.assessment.pose, scene.assessment.vertical.roll_deg
    if found is None or "waist_asymmetry" not in scene.taken:
        return
    lines = trunk_lines(frame_of(pose, roll), found, roll)
    if lines is None:
        return
    theme = scene.canvas.theme
    scene.canvas.path(lines.midline * scene.scale, theme.calm, 0.8)
    for spot in (*lines.armpits, *lines.waist):
        scene.canvas.dot(spot * scene.scale, theme.calm, 1.1)


def tilt_mark(scene: Scene, key: str, pair: tuple[Name, Name], reach: float) -> Iterator[Label]:
    """Draw a tilted line over its level reference, with the angle between them tinted."""
    middle = scene.mid(pair)
    if key not in scene.taken or not scene.seen(middle):
        return
    taken = scene.taken[key]
    colour, half = scene.colour(taken), reach * scene.span
    angle = np.radians(taken.value)
    along, level = (np.cos(angle) * scene.left + np.sin(angle) * scene.up) * half, scene.left * half
    for sign in (1.0, -1.0):
        scene.canvas.wedge(np.array([middle, middle + sign * along, middle + sign * level]), colour)
    scene.canvas.dashed(middle - level, middle + level, scene.canvas.theme.reference, 0.6)
    scene.canvas.path(np.array([middle - along, middle + along]), colour, _width(taken))
    higher = middle + along if taken.value > 0 else middle - along
    yield _label(scene, taken, higher, _ALWAYS)


def trunk_mark(scene: Scene) -> Iterator[Label]:
    """Draw the trunk's line from mid-hip to mid-shoulder against the vertical."""
    low, high = scene.mid(HIPS), scene.mid(SHOULDERS)
    if "trunk_lean" not in scene.taken or not scene.seen(low, high):
        return
    taken = scene.taken["trunk_lean"]
    length, angle = float(np.hypot(*(high - low))), np.radians(taken.value)
    top = low + length * (np.cos(angle) * scene.up + np.sin(angle) * scene.left)
    plain = low + length * scene.up
    scene.canvas.wedge(np.array([low, top, plain]), scene.colour(taken))
    scene.canvas.dashed(low, plain, scene.canvas.theme.reference, 0.6)
    scene.canvas.path(np.array([low, top]), scene.colour(taken), _width(taken))
    if scene.tells(taken):
        yield _label(scene, taken, low + 0.72 * (top - low), _ALWAYS)


def spine(scene: Scene) -> Iterator[Label]:
    """Draw the spine's markers or a bare back's furrow, or else the curve between both girdles, where it stands out."""
    line = marked_line(scene)
    if line is None:
        line = furrow_of(scene)
    if line is not None:
        yield from _followed(scene, line)
        return
    low, high = scene.mid(HIPS), scene.mid(SHOULDERS)
    if not _out(scene, "spinal_curve") or not scene.seen(low, high):
        return
    taken = scene.taken["spinal_curve"]
    keys = ("hip_tilt", "shoulder_tilt", "trunk_lean")
    # What clothes hide is not measured: the line is drawn as of a level one.
    angles = [np.array(scene.taken[key].value if key in scene.taken else 0.0) for key in keys]
    beside = bowed(curve_line(*angles), taken.value / 100.0)
    along = np.linspace(0.0, 1.0, beside.size)[:, None]
    chord = high - low
    across = scene.left * float(np.hypot(*chord))
    line = low + along * chord + beside[:, None] * across
    scene.canvas.path(line, scene.colour(taken), 1.6)
    yield _label(scene, taken, line[int(np.abs(beside).argmax())], _rank(taken))


def _followed(scene: Scene, line: Array) -> Iterator[Label]:
    """Draw the line that the spine was seen to follow, and name what stands out of the whole spine and its halves."""
    named = [("spinal_curve", apex(line)), *halves(line)]
    loud = [scene.colour(scene.taken[key]) for key, _spot in named if _out(scene, key)]
    scene.canvas.path(line, loud[0] if loud else scene.canvas.theme.calm, 1.6)
    yield from _labels(scene, named)


def bowed(line: Array, reach: float) -> Array:
    """Bring a line (n,) to a largest deviation: its own shape where that bows the same way, else a plain arc."""
    own = float(signed_extreme(line))
    if own * reach > 0 and abs(own) > abs(reach) / 3:
        return np.asarray(line * (reach / own))
    return np.asarray(4.0 * reach * np.linspace(0.0, 1.0, line.size) * np.linspace(1.0, 0.0, line.size))


def shift_mark(
    scene: Scene, key: str, above: tuple[Landmark, Landmark], below: tuple[Landmark, Landmark]
) -> Iterator[Label]:
    """Draw how far one midpoint lies beside the vertical through another, where it stands out."""
    high, low = scene.mid(above), scene.mid(below)
    if not _out(scene, key) or not scene.seen(high, low):
        return
    taken = scene.taken[key]
    plain = low + scene.up * float((high - low) @ scene.up)
    scene.canvas.path(np.array([plain, high]), scene.colour(taken), 1.8)
    yield _label(scene, taken, high, _rank(taken))


def bend_mark(
    scene: Scene, key: str, above: tuple[Landmark, Landmark], below: tuple[Landmark, Landmark]
) -> Iterator[Label]:
    """Draw the shorter side of the neck or the waist, where the side-bend stands out."""
    row = 0 if key in scene.taken and scene.taken[key].value > 0 else 1
    high, low = scene[above[row]], scene[below[row]]
    if not _out(scene, key) or not scene.seen(high, low):
        return
    taken = scene.taken[key]
    scene.canvas.dashed(high, low, scene.colour(taken), 1.4)
    yield _label(scene, taken, (high + low) / 2, _rank(taken))


def legs(scene: Scene) -> Iterator[Label]:
    """Draw both legs' lines, and name what stands out at hips, knees and feet."""
    for path in zip(HIPS, KNEES, ANKLES, strict=True):
        points = np.array([scene[landmark] for landmark in path])
        if scene.seen(*points):
            scene.canvas.path(points, scene.canvas.theme.calm, 0.9)
    for stem, pair in _SPOTS:
        for side, landmark in zip(("left", "right"), pair, strict=True):
            key = f"{stem}_{side}"
            if _out(scene, key) and scene.seen(scene[landmark]):
                yield _label(scene, scene.taken[key], scene[landmark], _rank(scene.taken[key]))


def face_marks(scene: Scene) -> Iterator[Label]:
    """Name the turn of the face, where it stands out, beside the ear that it is turned to."""
    if _out(scene, "head_rotation"):
        taken = scene.taken["head_rotation"]
        ear = scene[EARS[0] if taken.value > 0 else EARS[1]]
        if scene.seen(ear):
            yield _label(scene, taken, ear, _rank(taken))


def frontal(scene: Scene) -> Iterator[Label]:
    """Draw everything of a front or back view, the quieter marks first."""
    outline_mark(scene)
    yield from plumb_mark(scene)
    own_line(scene)
    trunk_outline_mark(scene)
    yield from legs(scene)
    for bent in BENDS:
        yield from bend_mark(scene, *bent)
    yield from trunk_mark(scene)
    yield from spine(scene)
    for shifted in SHIFTS:
        yield from shift_mark(scene, *shifted)
    for tilted in _tilts(scene):
        yield from tilt_mark(scene, *tilted)
    yield from face_marks(scene)
    yield from _labels(scene, heels(scene))
    yield from point_lines(scene)


def side(scene: Scene) -> Iterator[Label]:
    """Draw a side view: the plumb line, and the near side's own line from ear to ankle.

    What is said of the head stands behind it, so that no leader runs over the face.
    """
    outline_mark(scene)
    yield from plumb_mark(scene)
    own_line(scene)
    for key, name in _SIDE_KEYS.items():
        spot = scene[Landmark(f"{scene.near}_{name}")]
        if _out(scene, key) and scene.seen(spot):
            label = _label(scene, scene.taken[key], spot, _rank(scene.taken[key]))
            yield replace(label, at_left=bool(scene.left[0] > 0), free=False) if name == "ear" else label
    yield from point_lines(scene)


def point_lines(scene: Scene) -> Iterator[Label]:
    """Name what stands out of the measures that rest on placed points."""
    yield from _labels(scene, point_marks.rests(scene))


def _labels(scene: Scene, spots: Iterable[tuple[str, Array]]) -> Iterator[Label]:
    """Name what stands out, each measure beside its spot."""
    for key, spot in spots:
        if _out(scene, key) and scene.seen(spot):
            yield _label(scene, scene.taken[key], spot, _rank(scene.taken[key]))


def _tilts(scene: Scene) -> Iterator[tuple[str, tuple[Name, Name], float]]:
    """Give the tilted lines; placed pelvic points take the place of the hips."""
    for key, pair, reach in TILTS:
        if key == "hip_tilt" and "pelvic_obliquity" in scene.taken:
            yield "pelvic_obliquity", ASIS if scene.view is View.FRONT else PSIS, reach
        else:
            yield key, pair, reach


_SIDE_KEYS = {
    "craniovertebral_proxy": "ear",
    "ear_shoulder_angle": "ear",
    "ear_trunk_angle": "ear",
    "head_pitch": "ear",
    "ear_plumb_pct": "ear",
    "shoulder_protraction": "shoulder",
    "shoulder_plumb_pct": "shoulder",
    "trunk_lean_side": "shoulder",
    "kyphosis_depth_pct": "shoulder",
    "lordosis_depth_pct": "hip",
    "pelvic_sway": "hip",
    "hip_angle": "hip",
    "hip_plumb_pct": "hip",
    "body_lean_side": "hip",
    "knee_flex": "knee",
    "knee_plumb_pct": "knee",
}
"""Side measures, and the near point beside which their label stands."""


def _out(scene: Scene, key: str) -> bool:
    return key in scene.taken and scene.tells(scene.taken[key])


def _rank(taken: Measurement) -> float:
    return _OTHERS + STANDING_OUT.index(taken.severity) if taken.severity in STANDING_OUT else 1.0


def _width(taken: Measurement) -> float:
    """Give a line's thickness in units: what stands out is thicker, so that colour never says it alone."""
    return 1.6 if stands_out(taken) else 1.0


def _label(scene: Scene, taken: Measurement, spot: Array, rank: float) -> Label:
    detail = f"{plus_minus(taken)}, {severity_words(taken)}"
    brief = f"{number(abs(taken.value))}{short_unit(taken.unit)}" if stands_out(taken) else ""
    words, aside, side = unbroken(plain_words(taken)), scene.beside(spot), _side_of(taken.key)
    in_middle = abs(aside) < _MIDDLE * scene.span
    at_left = scene.stands_left(side) if side is not None and in_middle and scene.view.frontal else aside < 0
    colour, free = scene.colour(taken), in_middle and side is None
    return Label(words, unbroken(detail), spot, at_left, colour, rank, unbroken(brief), free)


def _side_of(key: str) -> Side | None:
    """Give the side that a measure belongs to, if any."""
    return next((side for side in (Side.LEFT, Side.RIGHT) if key.endswith(f"_{side}")), None)
