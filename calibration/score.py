"""How far measurements lie from the truth: the figures of one column of the accuracy table."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from posturecam.body import Array
from posturecam.measures.measurement import Z95


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement of n measurements with the truth, in the measure's unit.

    measured = slope × true + offset + residual; ``coverage`` is the share of 95 % intervals that hold the truth, and
    ``width`` their mean half-width (both nan without intervals).
    """

    n: int
    mae: float
    bias: float
    slope: float
    residual_sd: float
    r: float
    coverage: float
    width: float


def score(truth: Array, value: Array, sem: Array | None = None) -> Score:
    """Compare (n,) values with the truth; slope and r are nan where the truth does not vary."""
    error = value - truth
    slope, residual, r = _line(truth, value)
    covered = float((np.abs(error) <= Z95 * sem).mean()) if sem is not None else float("nan")
    width = float(Z95 * sem.mean()) if sem is not None else float("nan")
    return Score(len(truth), float(np.abs(error).mean()), float(error.mean()), slope, residual, r, covered, width)


def rank_correlation(truth: Array, value: Array) -> float:
    """Spearman's rank correlation: whether the order comes through, whatever the scale."""
    return float(spearmanr(truth, value).statistic)


def auc(high: Array, low: Array) -> float:
    """Give the chance that one of ``high`` exceeds one of ``low`` (the area under the ROC curve)."""
    return float((high[:, None] > low).mean() + (high[:, None] == low).mean() / 2)


def _line(truth: Array, value: Array) -> tuple[float, float, float]:
    """Slope, residual standard deviation and correlation of value against truth."""
    if len(truth) < 3 or truth.std() < 1e-6:
        return float("nan"), float("nan"), float("nan")
    slope, offset = np.polyfit(truth, value, 1)
    residual = float(np.std(value - (slope * truth + offset)))
    r = float(np.corrcoef(truth, value)[0, 1]) if value.std() > 0 else float("nan")
    return float(slope), residual, r
