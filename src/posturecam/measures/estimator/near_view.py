"""Head and neck in side views by what their own network sees: angles, what they are off by, and their error.

Learned on rendered people (calibration/side_eyes), kept in ``near_view.toml``: value = the angle between the places
seen + offset + Σ weight × shape; log of the standard error = constant + Σ weight × doubt + p × log(factor), with the
chance p of everyday clothes. Where the pose network's ear and shoulder lie farther from those seen than they do on
rendered people, the rest of the way is error too.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from posturecam.body import Array, Pose
from posturecam.body.geometry import subject_frame
from posturecam.measures.estimator import Estimate, Estimates
from posturecam.measures.estimator.near_places import near_angles, near_apart, near_doubts, near_ends, near_shape
from posturecam.measures.side_clothes import recognition

NEAR_TABLE = Path(__file__).with_name("near_view.toml")

USUAL = ("shape_mean", "shape_spread", "doubt_mean", "doubt_spread")
"""What the table holds beside the measures."""

MOST_SPREADS = 3.0
"""What lies farther from the learned people's mean counts as so many of their spreads away; and so many spreads of the
two networks' difference are usual."""


@dataclass(frozen=True, slots=True)
class NearWeights:
    """What was learned of one measure: offset, weights of the shape (18,), and of the log error (1 + 8,).

    ``apart`` is how far the pose network's angle usually lies from the one seen: RMS, degrees; infinite where unknown.
    ``everyday`` is the factor of the error in everyday clothes.
    """

    offset: float
    shape: Array
    error: Array
    apart: float
    everyday: float = 1.0


@dataclass(frozen=True, slots=True)
class NearTable:
    """All that was learned: mean and spread of shapes (18,) and doubts (8,), and weights by measure."""

    shape_mean: Array
    shape_spread: Array
    doubt_mean: Array
    doubt_spread: Array
    measures: Mapping[str, NearWeights]

    def values(self, places: Array) -> dict[str, Array]:
        """(...) every measure, degrees, of places (..., 9, 2) in the subject's frame."""
        far = scaled_limited(near_shape(places), self.shape_mean, self.shape_spread)
        angles = near_angles(places)
        return {key: angles[key] + weights.offset + far @ weights.shape for key, weights in self.measures.items()}

    def errors(self, doubt: Array) -> dict[str, Array]:
        """(...) the standard error of every measure, degrees, by doubts (..., 9, 2)."""
        doubts = near_doubts(doubt)
        far, chance = scaled_limited(doubts, self.doubt_mean, self.doubt_spread), recognition().probability(doubts)
        return {
            key: np.exp(weights.error[0] + far @ weights.error[1:]) * weights.everyday**chance
            for key, weights in self.measures.items()
        }

    def unusual(self, apart: Mapping[str, Array]) -> dict[str, Array]:
        """(...) by how much the two networks differ beyond what is usual, degrees, by measure."""
        return {
            key: np.maximum(np.abs(apart[key]) - MOST_SPREADS * weights.apart, 0.0)
            for key, weights in self.measures.items()
        }


def scaled_limited(values: Array, mean: Array, spread: Array) -> Array:
    """Scale values by what is usual, no farther than MOST_SPREADS."""
    return np.asarray(np.clip((values - mean) / spread, -MOST_SPREADS, MOST_SPREADS))


@cache
def near_table(table: Path = NEAR_TABLE) -> NearTable:
    """Read what was learned."""
    stored = tomllib.loads(table.read_text(encoding="utf-8"))
    usual = {name: np.array(stored[name], dtype=np.float64) for name in USUAL}
    measures = {
        key: NearWeights(
            float(weights["offset"]),
            np.array(weights["shape"], float),
            np.array(weights["error"], float),
            float(weights["apart"]),
            float(weights["everyday"]),
        )
        for key, weights in stored["measures"].items()
    }
    return NearTable(**usual, measures=measures)


def near_estimates(pose: Pose, roll_deg: float) -> Estimates:
    """Estimate head and neck of a side view; nothing where their network did not look."""
    if pose.near_keypoints is None:
        return {}
    table = near_table()
    places = subject_frame(pose.near_keypoints.places, pose.view, roll_deg)
    ends = subject_frame(pose.mean[near_ends(pose.view)], pose.view, roll_deg)
    values, errors = table.values(places), table.errors(pose.near_keypoints.doubt)
    beyond = table.unusual(near_apart(places, ends))
    return {key: Estimate(float(value), float(np.hypot(errors[key], beyond[key]))) for key, value in values.items()}
