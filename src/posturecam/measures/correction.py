"""Linear corrections learned on rendered people and kept as data, in ``side_view.toml`` and ``back_view.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from posturecam.body import Array

TABLE = Path(__file__).with_name("side_view.toml")
BACK_TABLE = Path(__file__).with_name("back_view.toml")

MOST_SPREADS = 3.0
"""A feature farther from the learned people's mean than this many spreads counts as that far: no wild extrapolation."""


@dataclass(frozen=True, slots=True)
class Correction:
    """offset + Σ weight × (feature − mean) / spread; a feature that was not found counts as the mean.

    ``error`` is the standard error that stays, found on people left out of the learning.
    """

    offset: float
    error: float
    weights: Array
    mean: Array
    spread: Array

    def of(self, features: Array) -> Array:
        """(S,) what to add to the plain geometry, for features (S, F)."""
        far = (features - self.mean) / self.spread
        return np.asarray(self.offset + np.nan_to_num(np.clip(far, -MOST_SPREADS, MOST_SPREADS)) @ self.weights)

    def off(self, features: Array) -> float:
        """How many spreads features (F,) lie from the learned people's mean, root mean square over those found."""
        return float(np.sqrt(np.nanmean(((features - self.mean) / self.spread) ** 2)))


@cache
def evidence_table(evidence: str, table: Path = TABLE) -> Mapping[str, Any]:
    """Give all that a table holds of one kind of evidence."""
    found: Mapping[str, Any] = tomllib.loads(table.read_text(encoding="utf-8"))[evidence]
    return found


@cache
def corrections(evidence: str, table: Path = TABLE) -> Mapping[str, Correction]:
    """Give the corrections by measure that see one kind of evidence.

    In side views that is the ``points``, or also the ``outline``, or it ``_without_front``; in back views the ``heel``
    or the ``furrow``.
    """
    data = evidence_table(evidence, table)
    mean, spread = (np.array(data[name], dtype=np.float64) for name in ("mean", "spread"))
    return {
        key: Correction(
            float(stored["offset"]), float(stored["error"]), np.array(stored["weights"], dtype=np.float64), mean, spread
        )
        for key, stored in data["measures"].items()
    }
