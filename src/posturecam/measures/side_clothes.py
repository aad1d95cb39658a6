"""Side views of people as they dress: how likely everyday clothes are, what they add to the corrections, and the error.

The corrections of ``side_view.toml`` were learned on people in close clothes. Under skirts, coats, hoods and bags the
points and the edges lie elsewhere, and less surely. How sharply the side views' own network sees head and neck tells
the two apart; what is to be added, and the error that stays, are learned on rendered people in everyday clothes
(calibration/side_clothes.py, kept in ``side_clothes.toml``). With the chance p of everyday clothes

    value  = as in close clothes + p × (offset + Σ weight × (feature − mean) / spread)
    error  = (error in close clothes)^(1 − p) × (error in everyday clothes)^p
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from posturecam.body import Array, Pose
from posturecam.measures.correction import MOST_SPREADS, corrections
from posturecam.measures.estimator.near_places import near_doubts

CLOTHES_TABLE = Path(__file__).with_name("side_clothes.toml")


@dataclass(frozen=True, slots=True)
class Recognition:
    """Logistic regression of everyday clothes on the network's doubts (8,): mean, spread, and weights (1 + 8,)."""

    mean: Array
    spread: Array
    weights: Array

    def probability(self, doubts: Array) -> Array:
        """(...) the chance of everyday clothes, 0...1, by doubts (..., 8)."""
        far = np.clip((doubts - self.mean) / self.spread, -MOST_SPREADS, MOST_SPREADS)
        return np.asarray(1.0 / (1.0 + np.exp(-(self.weights[0] + far @ self.weights[1:]))))


@cache
def recognition(table: Path = CLOTHES_TABLE) -> Recognition:
    """Read what tells everyday clothes."""
    stored = tomllib.loads(table.read_text(encoding="utf-8"))["everyday"]
    return Recognition(*(np.array(stored[name], dtype=np.float64) for name in ("mean", "spread", "weights")))


def everyday_clothes(pose: Pose) -> float:
    """Give the chance, 0...1, that a body seen from the side wears everyday clothes.

    0 where the side views' own network did not look: nothing is known of the clothes then.
    """
    if pose.view.frontal or pose.near_keypoints is None:
        return 0.0
    return float(recognition().probability(near_doubts(pose.near_keypoints.doubt)))


def added(evidence: str, key: str, features: Array, everyday: float) -> Array:
    """(S,) what everyday clothes add to a measure, its unit, for features (S, F) of this evidence."""
    table = corrections(evidence, CLOTHES_TABLE)
    if not everyday or key not in table:
        return np.zeros(len(features))
    return everyday * table[key].of(features)


def more_error(evidence: str, key: str, everyday: float) -> float:
    """Give the standard error that everyday clothes add in quadrature to that of close clothes, the measure's unit."""
    table = corrections(evidence, CLOTHES_TABLE)
    if not everyday or key not in table:
        return 0.0
    close = corrections(evidence)[key].error
    times = (table[key].error / close) ** everyday
    return float(close * np.sqrt(max(times**2 - 1.0, 0.0)))
