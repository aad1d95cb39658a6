"""Clothes that hide the legs or the pelvis, told by how far the outline goes beyond the legs' own lines.

Between the lines hip–knee–ankle of both legs bare legs and trousers show the background, and beyond them go 0.2 to 0.35
lengths of the trunk for both sides together. A long skirt or a robe shows no gap down to the ankles and goes further; a
coat, a tunic or a wide shirt hides the thighs so, and so does a narrow one that closes the gap between legs that stand
apart. Every row is read to both sides alike: a mirrored photo gives the same answer.
"""

import numpy as np

from posturecam.body import ORDER, Array, Landmark, Pose
from posturecam.poses.cautions import Caution
from posturecam.poses.silhouette.shape import EDGE, Silhouette

THIGHS, SHANKS = (0.6, 0.85), (0.15, 0.4, 0.65)
"""Where the rows are read: parts of the way from hip to knee, and from knee to ankle. Hanging hands end above."""

SKIRT, COAT = 0.38, 0.43
"""How far the outline goes beyond the legs' lines, in trunks, of a long skirt and of a coat."""

KNEES = (0.85, 1.0)
"""Where legs that stand apart show a gap, whatever trousers they wear: parts of the way from hip to knee."""

APART, HANGING = 0.4, 0.33
"""Distance of the legs' lines there, in trunks, from which that is so (thighs that touch: 0.34), and how far cloth that
closes the gap goes beyond the lines: to the outside it hangs as free as between them."""

KNEES_HIDDEN = 0.6
"""Visibility of the knees below which clothes without a gap are a skirt, however narrow."""

DOUBTED_KNEES = 0.96
"""Visibility of the knees from which no outline is looked for because of clothes alone: to find one takes half as long
as to find the body. In close clothes it is 0.96 and more (98 % of rendered people); a coat or a wide tunic over knees
that the network sees all the same is told only where the outline is asked for."""

_REACH, _STEPS, _GAP = 1.2, 481, 0.05


def knees_seen(pose: Pose) -> float:
    """Visibility of the knee that is seen worse, 0...1."""
    return float(min(pose.visibility[ORDER[Landmark[f"{side}_KNEE"]]] for side in ("LEFT", "RIGHT")))


def clothes_of(pose: Pose, outline: Silhouette) -> tuple[Caution, ...]:
    """Tell which clothes hide something, in a front or back view; nothing where the outline is not trusted."""
    trunk = float(np.linalg.norm(_middle(pose, "SHOULDER") - _middle(pose, "HIP")))
    if outline.untrusted or not pose.view.frontal or not trunk > 0.0 or not _whole(pose):
        return ()
    shanks = [_row(outline, _legs(pose, "KNEE", "ANKLE", part), trunk) for part in SHANKS]
    thighs = [_row(outline, _legs(pose, "HIP", "KNEE", part), trunk) for part in THIGHS]
    long = all(gap < _GAP for _beyond, gap in shanks)
    wide = min(beyond for beyond, _gap in shanks[1:]) > SKIRT
    found = []
    if long and (wide or knees_seen(pose) < KNEES_HIDDEN):
        found.append(Caution.LONG_SKIRT)
    if all(gap < _GAP for _beyond, gap in thighs) and (thighs[0][0] > COAT or _gap_closed(pose, outline, trunk)):
        found.append(Caution.LOOSE_CLOTHES)
    return tuple(found)


def _gap_closed(pose: Pose, outline: Silhouette, trunk: float) -> bool:
    """Whether something hangs between knees that stand apart, and beside them."""
    for part in KNEES:
        legs = _legs(pose, "HIP", "KNEE", part)
        beyond, gap = _row(outline, legs, trunk)
        if float(legs[1, 0] - legs[0, 0]) < APART * trunk or beyond < HANGING or gap >= _GAP:
            return False
    return True


def _whole(pose: Pose) -> bool:
    """Whether hips, knees and ankles lie in the picture."""
    rows = [ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT") for part in ("HIP", "KNEE", "ANKLE")]
    return bool(((pose.mean[rows] >= 0) & (pose.mean[rows] <= np.array(pose.size_px))).all())


def _middle(pose: Pose, part: str) -> Array:
    return pose.middle(Landmark[f"LEFT_{part}"], Landmark[f"RIGHT_{part}"])


def _legs(pose: Pose, upper: str, lower: str, part: float) -> Array:
    """(2, 2) where both legs' lines are at a part of the way from one point to the next, pixels, from left to right."""
    ends = [[pose.mean[ORDER[Landmark[f"{side}_{name}"]]] for side in ("LEFT", "RIGHT")] for name in (upper, lower)]
    legs = np.array(ends[0]) * (1 - part) + np.array(ends[1]) * part
    return np.asarray(legs[np.argsort(legs[:, 0])])


def _row(outline: Silhouette, legs: Array, trunk: float) -> tuple[float, float]:
    """Read one row: how far the outline goes beyond both legs' lines together, trunks, and how much of it is gap."""
    (left, right), level = legs[:, 0], float(legs[:, 1].mean())
    between = np.linspace(left, right, 41)
    inside = outline.at(np.stack([between, np.full(41, level)], axis=1)) > EDGE
    beyond = [
        outline.reach(np.array([[end, level]]), np.array([sign, 0.0]), _REACH * trunk, _STEPS)[0]
        for end, sign in ((left, -1.0), (right, 1.0))
    ]
    return float(np.nan_to_num(np.array(beyond)).sum() / trunk), float(1.0 - inside.mean())
