"""The spreads of norms.toml are those behind the published figures, and the classic picture is still found."""

import pytest
from calibration.published_norms import (
    FIGURES,
    KNEE_MEAN,
    PELVIS_TO_SHOULDERS,
    between,
    beyond_bands,
    cross_body_rate,
    lines,
    of_absolute,
    of_share,
)

from pattern_support import KNOWLEDGE


def test_values_without_their_side_give_the_spread_back() -> None:
    """Of a standard normal: mean 0.798 and SD 0.603 without the side, 95 % below 1.96."""
    assert of_absolute(0.798, 0.603) == pytest.approx(1.0, abs=0.01)
    assert of_share(0.95, 1.96) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("table", dict.fromkeys(one.table for one in FIGURES))
def test_the_spread_lies_among_the_published_ones(table: str) -> None:
    """And every source named there stands in the norm's own list."""
    norm, figures = KNOWLEDGE.norm(table), [one for one in FIGURES if one.table == table]
    assert norm.sd is not None
    assert min(one.sd for one in figures) - 0.05 <= norm.sd <= max(one.sd for one in figures) + 0.05
    assert {one.source for one in figures} <= set(norm.source)


def test_the_waist_follows_from_pelvis_and_shoulders() -> None:
    """A difference of two tilts is as uneven as they are, and healthy legs bow out a little."""
    hips, shoulders, waist = (KNOWLEDGE.norm(key).sd or 0.0 for key in ("hip_tilt", "shoulder_tilt", "trunk_bend"))
    assert waist == pytest.approx(between(hips, shoulders, PELVIS_TO_SHOULDERS), abs=0.05)
    assert KNOWLEDGE.norm("knee_angle_right").mean == pytest.approx(KNEE_MEAN, abs=0.1)


def test_few_healthy_people_are_called_marked() -> None:
    """Beyond the last band, by mean and spread."""
    assert all(beyond_bands(KNOWLEDGE, one.table)[-1] <= 0.03 for one in FIGURES)


@pytest.mark.parametrize(("hips", "error", "least"), [(5.0, 0.6, 0.85), (6.0, 1.0, 0.85), (8.0, 2.4, 0.45)])
def test_the_classic_picture_is_still_found(hips: float, error: float, least: float) -> None:
    """A pelvis well outside the usual range, bent across, is found as far as the photo's error allows."""
    assert cross_body_rate(KNOWLEDGE, hips, error) >= least


def test_everything_is_printed() -> None:
    """One line for each figure."""
    printed = "\n".join(lines(KNOWLEDGE))
    assert all(one.said in printed for one in FIGURES)
