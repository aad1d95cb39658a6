"""Linear corrections of side measures, learned on rendered people and kept as data in ``side_view.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from posturecam.body import Array

TABLE = Path(__file__).with_name("side_view.toml")

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


@cache
def corrections(evidence: str) -> Mapping[str, Correction]:
    """Give the corrections by measure that see the ``points``, or also the ``outline``, or it ``_without_front``."""
    table: dict[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))[evidence]
    mean, spread = (np.array(table[name], dtype=np.float64) for name in ("mean", "spread"))
    return {
        key: Correction(
            float(one["offset"]), float(one["error"]), np.array(one["weights"], dtype=np.float64), mean, spread
        )
        for key, one in table["measures"].items()
    }
