"""The measures that placed points unlock, head to feet: what hands find and no pose network sees.

Each stands in ``norms.toml`` under its key. Several ways to take one measure stand in the order of preference; the
first whose points are all placed is used.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from posturecam.body import SPINE, Array, BonyLandmark, Landmark, Name, Side, View
from posturecam.body.geometry import bend, midpoint, tilt
from posturecam.measures.anatomy import HEIGHT, HIPS, height
from posturecam.measures.measurement import Frame
from posturecam.measures.spine_line import CURVES, PARTS, curves

ASIS = (BonyLandmark.LEFT_ASIS, BonyLandmark.RIGHT_ASIS)
PSIS = (BonyLandmark.LEFT_PSIS, BonyLandmark.RIGHT_PSIS)
BLADES = (BonyLandmark.LEFT_SCAPULAR_ANGLE, BonyLandmark.RIGHT_SCAPULAR_ANGLE)


FEWEST_BETWEEN, MOST_APART = 3, 0.4
"""How many markers between C7 and the sacrum tell the spine's curve, and how far apart neighbours may lie at most, in
parts of the chord."""


@dataclass(frozen=True, slots=True)
class ManualMeasure:
    """One way to take a measure: ``needs`` must be placed, ``rests_on`` may be the pose network's own points.

    ``compute`` takes a Frame that holds the spots as well and gives (S,) values.
    """

    key: str
    views: tuple[View, ...]
    needs: tuple[Name, ...]
    compute: Callable[[Frame], Array]
    rests_on: tuple[Landmark, ...] = ()


def craniovertebral_angle(frame: Frame, ear: Landmark) -> Array:
    """C7 → ear against the horizontal, degrees; small = the head is carried forward."""
    line = frame[ear] - frame[BonyLandmark.C7]
    return np.asarray(np.degrees(np.arctan2(line[..., 1], line[..., 0])))


def head_pitch(frame: Frame, ear: Landmark, eye: Landmark) -> Array:
    """Ear → outer corner of the eye against the horizontal, degrees, + = tipped forward."""
    line = frame[eye] - frame[ear]
    return np.asarray(-np.degrees(np.arctan2(line[..., 1], line[..., 0])))


def shoulder_protraction(frame: Frame, shoulder: Name) -> Array:
    """C7 → shoulder against the vertical, degrees; larger = further forward."""
    line = frame[shoulder] - frame[BonyLandmark.C7]
    return np.asarray(np.degrees(np.arctan2(line[..., 0], -line[..., 1])))


def marked_trunk_shift(frame: Frame, pelvis: tuple[Name, Name]) -> Array:
    """C7 beside the middle of the pelvis, % of height, + = towards the subject's left."""
    return (frame[BonyLandmark.C7] - frame.mid(*pelvis))[..., 0] / height(frame) * 100.0


def pelvic_tilt(frame: Frame, asis: BonyLandmark, psis: BonyLandmark) -> Array:
    """PSIS → ASIS against the horizontal, degrees, + = the front lies lower (tipped forward)."""
    line = frame[asis] - frame[psis]
    return np.asarray(-np.degrees(np.arctan2(line[..., 1], line[..., 0])))


def scapula_spine_asymmetry(frame: Frame) -> Array:
    """Blades' lower tips sideways from T3, left less right, % of their mean (SAPO), + = left further."""
    left, right = (np.abs((frame[blade] - frame[BonyLandmark.T3])[..., 0]) for blade in BLADES)
    return (left - right) / midpoint(left, right) * 100.0


def marked_spine(frame: Frame, between: tuple[BonyLandmark, ...], bottom: tuple[Name, ...]) -> Array:
    """(S, 9) how far the line through the markers lies beside its chord at ``PARTS``, %, + = to the subject's left.

    The chord runs from the sacrum (of several bottom points: their middle) to C7. The line is straight from marker to
    marker, in their order along the chord; NaN where two neighbours lie too far apart.
    """
    low = np.mean([frame[name] for name in bottom], axis=0)
    chord = frame[BonyLandmark.C7] - low
    length = np.linalg.norm(chord, axis=-1)[:, None]
    up = chord / length
    away = np.stack([frame[name] - low for name in between], axis=1)
    along = np.einsum("snk,sk->sn", away, up) / length
    aside = np.einsum("snk,sk->sn", away, np.stack([up[:, 1], -up[:, 0]], axis=-1)) / length * 100.0
    return np.array([_beside_at_parts(at, off) for at, off in zip(along, aside, strict=True)])


def _beside_at_parts(along: Array, aside: Array) -> Array:
    """(9,) the line through (n,) markers and both ends of the chord at ``PARTS``."""
    order = np.argsort(along)
    at = np.concatenate([[0.0], along[order], [1.0]])
    if not (np.diff(at) <= MOST_APART).all():
        return np.full(PARTS.size, np.nan)
    return np.asarray(np.interp(PARTS, at, np.concatenate([[0.0], aside[order], [0.0]])))


def spine_ways(is_placed: Callable[[Name], bool]) -> Iterator[ManualMeasure]:
    """Give how the spine's curves are taken from those of its markers that are placed; none where these are too few."""
    between = tuple(spot for spot in (BonyLandmark.T3, *SPINE) if is_placed(spot))
    if len(between) < FEWEST_BETWEEN:
        return
    for bottom in ((BonyLandmark.SACRUM,), PSIS):
        for key in CURVES:
            yield ManualMeasure(key, (View.BACK,), (BonyLandmark.C7, *between, *bottom), _curve(key, between, bottom))


def _curve(key: str, between: tuple[BonyLandmark, ...], bottom: tuple[BonyLandmark, ...]) -> Callable[[Frame], Array]:
    return lambda frame: np.array([curves(line)[key] for line in marked_spine(frame, between, bottom)])


def _line(pair: tuple[BonyLandmark, BonyLandmark]) -> Callable[[Frame], Array]:
    return lambda frame: tilt(frame[pair[0]], frame[pair[1]])


def _path(side: Side, top: Name, middle: Name, bottom: Name) -> Callable[[Frame], Array]:
    """Turn of a path down the leg, degrees, + = its lower part leads away from the midline."""
    sign = 1.0 if side is Side.LEFT else -1.0
    return lambda frame: sign * bend(frame[top], frame[middle], frame[bottom])


def _seen_from(view: View) -> tuple[ManualMeasure, ...]:
    """Give what a side view shows of the side that it shows."""
    ear, eye, shoulder = (Landmark(f"{view}_{part}") for part in ("ear", "eye", "shoulder"))
    acromion, asis, psis = (BonyLandmark(f"{view}_{part}") for part in ("acromion", "asis", "psis"))
    return (
        ManualMeasure(
            "craniovertebral_angle",
            (view,),
            (BonyLandmark.C7,),
            lambda frame: craniovertebral_angle(frame, ear),
            (ear,),
        ),
        ManualMeasure("head_pitch", (view,), (ear, eye), lambda frame: head_pitch(frame, ear, eye)),
        ManualMeasure(
            "shoulder_protraction",
            (view,),
            (BonyLandmark.C7, acromion),
            lambda frame: shoulder_protraction(frame, acromion),
        ),
        ManualMeasure(
            "shoulder_protraction",
            (view,),
            (BonyLandmark.C7, shoulder),
            lambda frame: shoulder_protraction(frame, shoulder),
        ),
        ManualMeasure("pelvic_tilt", (view,), (asis, psis), lambda frame: pelvic_tilt(frame, asis, psis)),
    )


def _of_leg(side: Side) -> tuple[ManualMeasure, ...]:
    asis, patella, tuberosity = (BonyLandmark(f"{side}_{part}") for part in ("asis", "patella", "tibial_tuberosity"))
    calf, achilles = BonyLandmark(f"{side}_mid_calf"), BonyLandmark(f"{side}_achilles")
    ankle, heel = Landmark(f"{side}_ankle"), Landmark(f"{side}_heel")
    q_angle, key, back = _path(side, asis, patella, tuberosity), f"rearfoot_eversion_{side}", (View.BACK,)
    return (
        ManualMeasure(f"q_angle_{side}", (View.FRONT,), (asis, patella, tuberosity), q_angle),
        ManualMeasure(key, back, (calf, achilles, heel), _path(side, calf, achilles, heel)),
        ManualMeasure(key, back, (calf, heel), _path(side, calf, ankle, heel), (ankle,)),
    )


MANUAL_MEASURES: tuple[ManualMeasure, ...] = (
    *_seen_from(View.LEFT),
    *_seen_from(View.RIGHT),
    ManualMeasure("scapular_height", (View.BACK,), BLADES, _line(BLADES)),
    ManualMeasure("scapula_spine_asymmetry", (View.BACK,), (BonyLandmark.T3, *BLADES), scapula_spine_asymmetry),
    ManualMeasure(
        "trunk_shift", (View.BACK,), (BonyLandmark.C7, *PSIS), lambda frame: marked_trunk_shift(frame, PSIS), HEIGHT
    ),
    ManualMeasure(
        "trunk_shift", (View.BACK,), (BonyLandmark.C7,), lambda frame: marked_trunk_shift(frame, HIPS), (*HIPS, *HEIGHT)
    ),
    ManualMeasure("pelvic_obliquity", (View.FRONT,), ASIS, _line(ASIS)),
    ManualMeasure("pelvic_obliquity", (View.BACK,), PSIS, _line(PSIS)),
    *_of_leg(Side.LEFT),
    *_of_leg(Side.RIGHT),
)

ALIASES: dict[Name, tuple[Landmark, tuple[View, ...]]] = {
    BonyLandmark.LEFT_ACROMION: (Landmark.LEFT_SHOULDER, (View.FRONT, View.BACK)),
    BonyLandmark.RIGHT_ACROMION: (Landmark.RIGHT_SHOULDER, (View.FRONT, View.BACK)),
    BonyLandmark.LEFT_TROCHANTER: (Landmark.LEFT_HIP, (View.LEFT,)),
    BonyLandmark.RIGHT_TROCHANTER: (Landmark.RIGHT_HIP, (View.RIGHT,)),
}
"""Spots that count as a joint in some views, as in studies: the shoulder line at the acromia, the hip from the side."""

__all__ = ["ALIASES", "MANUAL_MEASURES", "ManualMeasure", "spine_ways"]
