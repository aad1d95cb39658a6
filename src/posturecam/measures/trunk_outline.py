"""The trunk's outline in front and back views: armpits, waist, waist triangles and the trunk symmetry index.

The arms are told from the trunk by the background between them, row by row from the hips (0) to the shoulders (1).
Where an arm touches the trunk beside the waist nothing is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array, Side, View
from posturecam.body.geometry import lean, rotate, tilt
from posturecam.errors.facts import Reason
from posturecam.measures.anatomy import HIPS, SHOULDERS, height
from posturecam.measures.measurement import Frame
from posturecam.poses.silhouette import Silhouette

ROWS = np.linspace(0.0, 1.0, 101)
"""Rows of the trunk, from the hip line (0) to the shoulder line (1)."""

_HOLLOW, _LEAST_HOLLOW = slice(15, 58), 0.05
"""Rows between which a waist is hollow, as far as both flanks are seen; a mean hollow smaller than this is none."""

_WAIST = slice(35, 46)
"""Rows where the gap between arm and trunk must be seen on both sides."""

_LONGEST, _WIDEST_GAP, _PAST_EDGE = 0.3, 0.115, 0.012
"""Parts of the body's height: farthest edge of the trunk, widest gap to an arm, step over a smoothed edge."""

_SMOOTH_ROWS, _FLAT = 5, 0.004

_FINER = 16
"""Parts of a row to which the end of the gap is found."""

_MOST_FAINT = 0.34
"""Where more of the waist's edge than this looks like the background, it is not measured."""

_LOWEST_ARMPIT = 0.58
"""An upper end of the gap lower than this, from hips (0) to shoulders (1), is an arm that touches, not an armpit.

Of 21 straight rendered people the waist triangles differed by 17 % (root mean square); by 5 % in the 15 above this.
"""

_WIDEST_WAIST = 0.98
"""Width of the waist in widths below the armpits: none of 160 bare or closely dressed rendered trunks reached it."""

_LOWEST_WAIST_ROW = 10

_SINGLE = 8
"""Points of a trunk beside its edges: hip, neck, shoulders, and an armpit and a waist on either side."""

INDEX_PARTS = ("fai_neck", "fai_axilla", "fai_trunk", "hdi_shoulder", "hdi_axilla", "hdi_trunk")
"""The six parts of the index, %: frontal asymmetry and height difference (Suzuki & Inami 1999; ``symmetry_index``)."""


@dataclass(frozen=True, slots=True)
class Flank:
    """One side of the trunk: where its armpit and its waist lie.

    Points are in units of the body's height, x towards the subject's left, y up. ``edge`` (101, 2) is the flank
    itself at ``ROWS``, NaN where no gap to the arm tells it from the arm; ``ends`` are the heights, from hips (0) to
    shoulders (1), between which the gap is seen without a break.
    """

    armpit: Array
    waist: Array
    edge: Array
    ends: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Trunk:
    """Both flanks, and the points of the pose that the measures refer to, in units of the body's height."""

    left: Flank
    right: Flank
    hip: Array
    neck: Array
    shoulders: tuple[Array, Array]

    def with_shoulders(self, tilt_deg: float) -> "Trunk":
        """Lay the shoulders on a tilt, degrees, + = left higher; their middle and distance stay."""
        left, right = self.shoulders
        middle, half = (left + right) / 2, float(np.linalg.norm(left - right)) / 2
        along = half * np.array([np.cos(np.radians(tilt_deg)), np.sin(np.radians(tilt_deg))])
        return replace(self, shoulders=(middle + along, middle - along))

    @property
    def points(self) -> Array:
        """(K, 2) every point that a measure rests on; ``with_points`` takes them back."""
        single = [
            self.hip,
            self.neck,
            *self.shoulders,
            *(at for flank in self._flanks for at in (flank.armpit, flank.waist)),
        ]
        return np.concatenate([np.stack(single), *(flank.edge for flank in self._flanks)])

    def with_points(self, points: Array) -> "Trunk":
        """Give the trunk whose ``points`` (K, 2) are these."""
        single, edges = points[:_SINGLE], points[_SINGLE:].reshape(2, len(ROWS), 2)
        left = replace(self.left, armpit=single[4], waist=single[5], edge=edges[0])
        right = replace(self.right, armpit=single[6], waist=single[7], edge=edges[1])
        return Trunk(left, right, single[0], single[1], (single[2], single[3]))

    @property
    def _flanks(self) -> tuple[Flank, Flank]:
        return self.left, self.right

    @property
    def midline(self) -> Array:
        """(101, 2) half-way between both flanks at ``ROWS``, in parts of the body's height; NaN where one is unseen."""
        return np.asarray((self.left.edge + self.right.edge) / 2)

    @property
    def axilla_tilt(self) -> float:
        """Tilt of the line between the armpits, degrees, + = left higher."""
        return float(tilt(self.left.armpit, self.right.armpit))

    @property
    def waist_height_angle(self) -> float:
        """Tilt of the line between the narrowest places of both flanks, degrees, + = left higher."""
        return float(tilt(self.left.waist, self.right.waist))

    @property
    def waist_asymmetry(self) -> float:
        """Hollow of the left waist minus that of the right, % of their mean, + = deeper on the left.

        A hollow is the area between the flank and the straight line from below the armpit to the hip. The gap to the
        arm would say less: it grows with every degree that the arm hangs further out.
        """
        low, high = (pick(flank.ends[end] for flank in self._flanks) for end, pick in ((0, max), (1, min)))
        low, high = max(low, ROWS[_HOLLOW.start]), min(high, ROWS[_HOLLOW.stop - 1])
        rows = np.concatenate([[low], ROWS[(low < ROWS) & (high > ROWS)], [high]])
        seen = np.isfinite(self.midline[:, 0])
        axis = self.hip[0] + rows * (self.neck - self.hip)[0]
        beside = [np.interp(rows, ROWS[seen], flank.edge[seen, 0]) - axis for flank in self._flanks]
        left, right = _hollow(rows, beside[0]), _hollow(rows, -beside[1])
        return (left - right) / max((left + right) / 2, _LEAST_HOLLOW) * 100.0

    @property
    def index_parts(self) -> dict[str, float]:
        """The six parts of the trunk symmetry index, %, by their names."""
        return dict(zip(INDEX_PARTS, symmetry_index(self), strict=True))

    @property
    def index(self) -> float:
        """Trunk symmetry index: the sum of its six parts, %, 0 = even."""
        return sum(symmetry_index(self))


def symmetry_index(trunk: Trunk) -> tuple[float, ...]:
    """Compute the six parts of POTSI (from behind) and ATSI (from the front), each % and ≥ 0.

    The centre line is the vertical through the middle of the hips (the natal cleft is under clothes). Half-widths from
    it: a, b at the armpits, c, d at the waist; i the neck's distance from it; e the neck's height above the hips; f, g,
    j the height differences of shoulders, armpits and waist. Parts: i/(c+d), |a−b|/(a+b), |c−d|/(c+d), f/e, g/e, j/e.
    Source: Suzuki & Inami 1999; Mínguez 2007 (Eur Spine J 16:73).
    """
    centre, high = trunk.hip[0], (trunk.neck - trunk.hip)[1]
    a, b = trunk.left.armpit[0] - centre, centre - trunk.right.armpit[0]
    c, d = trunk.left.waist[0] - centre, centre - trunk.right.waist[0]
    pairs = (trunk.shoulders, (trunk.left.armpit, trunk.right.armpit), (trunk.left.waist, trunk.right.waist))
    beside = (abs(trunk.neck[0] - centre) / (c + d), abs(a - b) / (a + b), abs(c - d) / (c + d))
    heights = tuple(abs((first - other)[1]) / high for first, other in pairs)
    return tuple(float(part * 100.0) for part in (*beside, *heights))


@dataclass(frozen=True, slots=True)
class TrunkLines:
    """Where a trunk's parts lie in the photo, pixels: the midline (n, 2), armpits and waist (2, 2), left first."""

    midline: Array
    armpits: Array
    waist: Array


def trunk_lines(frame: Frame, outline: Silhouette, roll_deg: float) -> TrunkLines | None:
    """Find the trunk in the photo again, for a picture to show; None where it is not measured."""
    trunk = find_trunk(frame, outline, roll_deg)
    if isinstance(trunk, Reason):
        return None
    size = float(height(Frame(frame.points.mean(axis=0, keepdims=True), frame.view))[0])
    flanks = (trunk.left, trunk.right)
    parts = (
        trunk.midline[np.isfinite(trunk.midline).all(axis=1)],
        np.stack([flank.armpit for flank in flanks]),
        np.stack([flank.waist for flank in flanks]),
    )
    return TrunkLines(*(to_photo(part * size, frame.view, roll_deg) for part in parts))


def find_trunk(frame: Frame, outline: Silhouette, roll_deg: float) -> Trunk | Reason:
    """Read both flanks off the outline, or say why that cannot be."""
    mean = Frame(frame.points.mean(axis=0, keepdims=True), frame.view)
    size = float(height(mean)[0])
    hip, neck = mean.mid(*HIPS)[0], mean.mid(*SHOULDERS)[0]
    if abs(float(lean(neck, hip))) > 20.0 or size <= 0:
        return Reason("trunk_not_upright")
    flanks = {}
    for side in (Side.LEFT, Side.RIGHT):
        found = _flank(mean, outline, roll_deg, side)
        if isinstance(found, Reason):
            return found
        if float((found.armpit * size - hip)[1] / (neck - hip)[1]) < _LOWEST_ARMPIT:
            return Reason("arm_against_trunk", side=side)
        flanks[side] = found
    if hanging_free(flanks[Side.LEFT], flanks[Side.RIGHT]):
        return Reason("no_waist")
    shoulders = (mean[SHOULDERS[0]][0] / size, mean[SHOULDERS[1]][0] / size)
    return Trunk(flanks[Side.LEFT], flanks[Side.RIGHT], hip / size, neck / size, shoulders)


def _hollow(rows: Array, out: Array) -> float:
    """Area between a flank, (n,) distances from the axis at rows (n,), and the straight line between its ends."""
    return float((np.interp(rows, rows[[0, -1]], out[[0, -1]]) - out).sum())


def hanging_free(left: Flank, right: Flank) -> bool:
    """Whether the trunk is as wide at the waist as below the armpits: then cloth is seen, not the body."""
    waist, armpits = (float(np.linalg.norm(a - b)) for a, b in ((left.waist, right.waist), (left.armpit, right.armpit)))
    return waist > _WIDEST_WAIST * armpits


def _flank(mean: Frame, outline: Silhouette, roll_deg: float, side: Side) -> Flank | Reason:
    """Read one flank, or say why not: no gap to the arm beside the whole waist, or a background like the body."""
    sign = 1.0 if side is Side.LEFT else -1.0
    size = float(height(mean)[0])
    hip, neck = mean.mid(*HIPS)[0], mean.mid(*SHOULDERS)[0]
    outward = to_photo(np.array([sign, 0.0]), mean.view, roll_deg)
    around = replace(outline, cover=1.0 - outline.cover)

    def read(rows: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """(n, 2) the flank at these heights in the photo, (n,) its distance from the axis, and where a gap is seen."""
        starts = to_photo(hip + rows[:, None] * (neck - hip), mean.view, roll_deg)
        far = outline.reach(starts, outward, _LONGEST * size)
        past = starts + (np.nan_to_num(far) + _PAST_EDGE * size)[:, None] * outward
        gap = around.reach(past, outward, _WIDEST_GAP * size)
        return starts + far[:, None] * outward, far, np.isfinite(far) & np.isfinite(gap)

    in_photo, far, seen = read(ROWS)
    if not seen[_WAIST].all():
        return Reason("arm_touches_trunk", side=side)
    if outline.faint(in_photo[_WAIST]) > _MOST_FAINT:
        return Reason("background_like_waist", side=side)
    low, high = _run(seen, _WAIST.start)
    below, above = (_last_seen(ROWS[row], step, lambda rows: read(rows)[2]) for row, step in ((low, -1), (high, 1)))
    edge = _beside_axis(ROWS, far, hip, neck, sign) / size
    armpit = _beside_axis(np.array([above]), read(np.array([above]))[1], hip, neck, sign)[0] / size
    told = np.where(seen[:, None], edge, np.nan)
    waist = _waist_point(edge, far / size, max(low, _LOWEST_WAIST_ROW), high)
    return Flank(armpit, waist, told, (below, above))


def _beside_axis(rows: Array, far: Array, hip: Array, neck: Array, sign: float) -> Array:
    """(n, 2) the places so far beside the trunk's axis at these heights, in the subject's frame."""
    return np.asarray(hip + rows[:, None] * (neck - hip) + np.stack([sign * far, np.zeros_like(far)], axis=1))


def _last_seen(row: float, step: int, is_seen: Callable[[Array], NDArray[np.bool_]]) -> float:
    """Find between a row that is seen and its neighbour that is not where seeing ends.

    A whole row more or less, which a hair's breadth decides, would tilt the line of the armpits by a degree.
    """
    finer = row + step * (ROWS[1] - ROWS[0]) * np.linspace(0.0, 1.0, _FINER + 1)[:-1]
    finer = finer[(finer >= 0.0) & (finer <= 1.0)]
    unseen = np.flatnonzero(~is_seen(finer))
    return float(finer[max(unseen[0] - 1, 0)] if unseen.size else finer[-1])


def _run(seen: NDArray[np.bool_], inside: int) -> tuple[int, int]:
    """Find the first and last row of the unbroken run of seen rows around one of them."""
    low = high = inside
    while low > 0 and seen[low - 1]:
        low -= 1
    while high + 1 < seen.size and seen[high + 1]:
        high += 1
    return low, high


def _waist_point(edge: Array, far: Array, low: int, high: int) -> Array:
    """Find the flank's narrowest place: the mean of the rows near the least half-width, weighted by nearness."""
    width = np.convolve(np.pad(far[low : high + 1], _SMOOTH_ROWS // 2, mode="edge"), np.ones(_SMOOTH_ROWS), "valid")
    width /= _SMOOTH_ROWS
    near = np.exp(-(((width - width.min()) / _FLAT) ** 2))
    return np.asarray((edge[low : high + 1] * near[:, None]).sum(axis=0) / near.sum())


def to_photo(points: Array, view: View, roll_deg: float) -> Array:
    """Bring points of the subject's frame back into the photo."""
    return rotate(points * np.array([-1.0 if view is View.BACK else 1.0, -1.0]), roll_deg)
