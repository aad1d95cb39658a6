"""What the small network sees in its three squares: 29 places of the body, and the readings taken from them.

Places 0…9 lie on the picture's right, 10…19 are their twins on its left, 20…28 run up the middle of the back. They are
given in half-widths of a square, −1…1.
"""

import numpy as np

from posturecam.body import Array, HeatmapKeypoints
from posturecam.body.geometry import rotate
from posturecam.measures.estimator.features import middle

HALF_WIDTHS = {"pelvis": 0.85, "shoulders": 0.80, "head": 0.42}
"""Half the side of each square, in trunk lengths (mid-shoulder to mid-hip)."""

PLACES, TWIN = 29, 10
SHOULDER, ACROMION, HIP, ASIS, PSIS, CREST, EYE, EAR = range(8)
C7 = 21
PELVIS, GIRDLE, HEAD = range(3)

TILTS = (
    *((PELVIS, place) for place in (HIP, ASIS, PSIS, CREST)),
    *((GIRDLE, place) for place in (SHOULDER, ACROMION, EYE, EAR)),
    *((HEAD, place) for place in (EYE, EAR)),
)
"""Which lines are read in which square, in the order that the learned weights expect."""

HIP_TILT, SHOULDER_TILT, EYE_TILT = (
    TILTS.index((PELVIS, HIP)),
    TILTS.index((GIRDLE, SHOULDER)),
    TILTS.index((HEAD, EYE)),
)
_SPINE = {PELVIS: (22, 23, 24, 25, 26), GIRDLE: (25, 26, 27, 28, C7)}
_DOUBT = (
    (PELVIS, (HIP, HIP + TWIN)),
    (GIRDLE, (SHOULDER, SHOULDER + TWIN)),
    (HEAD, (EYE, EYE + TWIN)),
    (PELVIS, (22, 23, 24, 25)),
)
_HALF = tuple(HALF_WIDTHS.values())


def centres(points: Array) -> tuple[Array, float]:
    """(3, 2) middles of the squares and the trunk's length; points (33, 2) in pixels."""
    shoulders, hips, ears = (middle(points, part) for part in ("SHOULDER", "HIP", "EAR"))
    trunk = float(np.linalg.norm(shoulders - hips))
    return np.array([hips, shoulders + 0.15 * (shoulders - hips), ears]), trunk


def upright(keypoints: HeatmapKeypoints, roll_deg: float) -> Array:
    """(3, 29, 4) the places with the camera's roll removed, about the middle of each square."""
    turned = rotate(keypoints.places[..., :2], -roll_deg)
    return np.concatenate([turned, keypoints.places[..., 2:]], axis=-1)


def seen_spine_line(seen: Array, trunk: Array) -> Array:
    """(8, 2) the back's midline from sacrum to C7, in trunk lengths from the mid-hip, y down, as both squares see it.

    ``trunk`` (2,) leads from the pelvis square's middle to the shoulder square's, in trunk lengths.
    """
    low = seen[PELVIS, list(_SPINE[PELVIS]), :2] * _HALF[PELVIS]
    high = seen[GIRDLE, list(_SPINE[GIRDLE]), :2] * _HALF[GIRDLE] + trunk
    return np.concatenate([low[:3], (low[3:] + high[:2]) / 2, high[2:]])


def readings(seen: Array, trunk: Array) -> Array:
    """(20,) what the places say, odd in the mirror, in the picture's frame (+ = the picture's right is higher).

    Ten tilts, degrees; the spine's six offsets from its chord and the largest of them, % of the chord; the trunk's
    lean, degrees; C7 beside the mid-hip and the mid-shoulder beside C7, about % of height.
    """
    line = seen_spine_line(seen, trunk)
    hip = (seen[PELVIS, HIP, :2] + seen[PELVIS, HIP + TWIN, :2]) / 2 * _HALF[PELVIS]
    neck = (seen[GIRDLE, SHOULDER, :2] + seen[GIRDLE, SHOULDER + TWIN, :2]) / 2 * _HALF[GIRDLE] + trunk
    off = _off_chord(line)
    lean = np.degrees(np.arctan2(neck[0] - hip[0], hip[1] - neck[1]))
    beside = ((line[-1] - hip)[0] * 35.0, (neck - line[-1])[0] * 35.0)
    return np.array([*(_tilt(seen, *at) for at in TILTS), *off[1:-1], off[np.abs(off).argmax()], lean, *beside])


def all_places(seen: Array, middles: Array, trunk: float) -> Array:
    """(89,) where every place lies, odd in the mirror, in the picture's frame, % of the trunk.

    Of each square: how far the middles of its ten pairs lie to the picture's right, how much higher the right one of
    each pair is, how far its nine places up the back lie to the right. Then how far the shoulders' square lies to the
    right of the pelvis', and the head's of the shoulders'; ``middles`` (3, 2) of the squares, pixels.
    """
    whole = []
    for half, square in zip(_HALF, seen[..., :2], strict=True):
        right, left, back = np.split(square * half, [TWIN, 2 * TWIN])
        whole += [(right + left)[:, 0] / 2, (left - right)[:, 1], back[:, 0]]
    return np.concatenate([*whole, np.diff(middles[:, 0]) / trunk]) * 100.0


def _tilt(seen: Array, square: int, place: int) -> float:
    right, left = seen[square, place], seen[square, place + TWIN]
    return float(np.degrees(np.arctan2(left[1] - right[1], max(right[0] - left[0], 0.02))))


def _off_chord(line: Array) -> Array:
    """(8,) distance of each point of the line from its chord, % of the chord."""
    chord = line[-1] - line[0]
    return np.asarray((line - line[0]) @ np.array([-chord[1], chord[0]]) / (chord @ chord) * 100.0)


def doubts(seen: Array) -> Array:
    """(8,) how unsure the network is of hips, shoulders, eyes and spine: log disagreement and log spread of each."""
    return np.array(
        [np.log(seen[square, list(which), row].mean() + 0.003) for square, which in _DOUBT for row in (2, 3)]
    )
