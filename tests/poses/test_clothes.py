"""Clothes are told from an outline: a coat, a tunic that closes the gap between the legs, and nothing of trousers."""

import numpy as np
import pytest

from posturecam.body import ORDER, Array, Landmark, Pose
from posturecam.poses.cautions import Caution
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.clothes import clothes_of
from posturecam.poses.synthetic import Figure, pose_of_figure

LEVEL = pose_of_figure(Figure())
TRUNK_PX = 0.31 * 700.0
AS_IT_IS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def outline(pose: Pose, leg: float, cloth: float = 0.0, hem: float = 1.3) -> Silhouette:
    """Draw both legs so thick to either side of their lines, and cloth about both, in trunks, down to a hem.

    The hem counts from the hips (0) over the knees (1) to the ankles (2).
    """
    width, height = pose.size_px
    cover, across = np.zeros((height, width)), np.arange(width) + 0.5
    for down in np.linspace(0.0, 2.0, 2000):
        legs = [_at(pose, side, down) for side in ("LEFT", "RIGHT")]
        row = cover[int(legs[0][1])]
        for x, _y in legs:
            row[np.abs(across - x) < leg * TRUNK_PX] = 1.0
        if down < hem and cloth:
            ends = sorted(float(x) for x, _y in legs)
            row[(across > ends[0] - cloth * TRUNK_PX) & (across < ends[1] + cloth * TRUNK_PX)] = 1.0
    return Silhouette(cover, AS_IT_IS, 1.0)


def _at(pose: Pose, side: str, down: float) -> Array:
    parts = ("HIP", "KNEE", "ANKLE")
    upper = min(int(down), 1)
    one, other = (pose.mean[ORDER[Landmark[f"{side}_{part}"]]] for part in parts[upper : upper + 2])
    return np.asarray(one + (down - upper) * (other - one))


CASES = [
    pytest.param({"leg": 0.12}, (), id="bare legs"),
    pytest.param({"leg": 0.16}, (), id="wide trousers"),
    pytest.param({"leg": 0.12, "cloth": 0.14}, (), id="a gap closed by a guess of the outline"),
    pytest.param({"leg": 0.12, "cloth": 0.18, "hem": 0.8}, (), id="a shirt over the hips"),
    pytest.param({"leg": 0.12, "cloth": 0.18}, (Caution.LOOSE_CLOTHES,), id="a kameez to the knees"),
    pytest.param({"leg": 0.12, "cloth": 0.3, "hem": 0.9}, (Caution.LOOSE_CLOTHES,), id="a coat"),
    pytest.param({"leg": 0.12, "cloth": 0.3, "hem": 2.0}, (Caution.LONG_SKIRT, Caution.LOOSE_CLOTHES), id="a robe"),
]


@pytest.mark.parametrize(("drawn", "cautions"), CASES)
def test_clothes_are_told_by_the_gap_and_the_breadth(drawn: dict[str, float], cautions: tuple[Caution, ...]) -> None:
    """The same in the mirror image."""
    drawn_outline = outline(LEVEL, **drawn)
    assert clothes_of(LEVEL, drawn_outline) == cautions
    assert clothes_of(LEVEL.mirrored(), drawn_outline.mirrored(LEVEL.size_px[0])) == cautions
