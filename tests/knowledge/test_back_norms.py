"""What is usual of the back's arcs: the calibration finds what was put in, and norms.toml says what it finds."""

from typing import Any

import numpy as np
import pytest
from calibration.back_norms import BENDS, MEN, SPREADS, WOMEN, by_sex, read_images, span

from posturecam.knowledge import load
from repository import SHARED

TRAIN = SHARED / "phantoms_train"
KEY = "lordosis_depth_pct"


def figure(draw: np.random.Generator, gender: int) -> dict[str, Any]:
    """Give the truth of one figure: level depth 6 ± 1 in women, 2 ± 0.5 in men, and 0.2 for each degree of the pose."""
    pose = {name: float(draw.normal(0, 5)) for name in BENDS}
    own = draw.normal(2.0, 0.5) if gender else draw.normal(6.0, 1.0)
    angles = {"gravity": {KEY: own + 0.2 * sum(pose.values())}}
    return {"view": "left", "body": {"gender": gender}, "pose": pose, "angles": angles}


def test_the_poses_own_part_is_taken_out() -> None:
    """Means and spreads of level backs come back from bent ones; front photos count for nothing."""
    draw = np.random.default_rng(5)
    images = [figure(draw, row % 2) for row in range(1200)]
    front = figure(draw, 0) | {"view": "front", "angles": {"gravity": {}}}
    sexes = by_sex([*images, front], KEY)
    assert (sexes[WOMEN].people, sexes[MEN].people) == (600, 600)
    assert (sexes[WOMEN].mean, sexes[WOMEN].sd) == (pytest.approx(6.0, abs=0.15), pytest.approx(1.0, abs=0.1))
    assert (sexes[MEN].mean, sexes[MEN].sd) == (pytest.approx(2.0, abs=0.15), pytest.approx(0.5, abs=0.1))
    assert span(sexes, 1.0) == (pytest.approx(1.5, abs=0.15), pytest.approx(7.0, abs=0.2))


@pytest.mark.skipif(not (TRAIN / "truth.json").exists(), reason="needs the learning set in ../shared/phantoms_train")
def test_the_norm_says_what_the_calibration_finds() -> None:
    """The bands of the low back's hollow lie where level people end."""
    norm = load().norm(KEY)
    assert norm.bands is not None
    sexes = by_sex(read_images(TRAIN), KEY)
    for band, spreads in zip(norm.bands, SPREADS, strict=True):
        low, high = span(sexes, spreads)
        assert (norm.centre - band, norm.centre + band) == (pytest.approx(low, abs=0.2), pytest.approx(high, abs=0.2))
