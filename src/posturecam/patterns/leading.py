"""What leads a pattern, and whether it lies within its own noise: then the pattern is a hint, whatever its score."""

from collections.abc import Mapping
from math import isinf

import numpy as np

from posturecam.body import Array
from posturecam.knowledge.norms import Norm
from posturecam.knowledge.pattern_tables import Expect, Option, Variant
from posturecam.measurement import Z95


def lead_of(variant: Variant) -> Expect | None:
    """Give the deviation that a pattern is named for: the first that must hold; None where a level is what counts."""
    return next((expect for expect in variant.expects if _may_lead(expect)), None)


def _may_lead(expect: Expect) -> bool:
    """Whether a piece must hold and is a deviation to one side, not a level that is to be kept."""
    return expect.gate == "yes" and any(isinf(option.low) or isinf(option.high) for option in expect.options)


def within_noise(option: Option, value: Array, sem: Array, norms: Mapping[str, Norm]) -> Array:
    """(N,) whether a value may as well be none: graded so, or of a sum, an interval that holds zero. Answers are sure.

    Says of arrays what ``Norm.severity`` says of one value.
    """
    (key, factor), half = option.terms[0], Z95 * sem
    if key.startswith("answer:"):
        return np.zeros(len(value), bool)
    norm = norms.get(key) if len(option.terms) == 1 and factor > 0 else None
    if norm is None:
        return np.asarray(np.abs(value) <= half)
    return _undecided(norm, value - half, value + half)


def _undecided(norm: Norm, low: Array, high: Array) -> Array:
    """(N,) whether the interval reaches out of the usual range without leaving it."""
    if norm.bands is None:
        return np.zeros(len(low), bool)
    ends = low - norm.centre, high - norm.centre
    if norm.abnormal == "both":
        away = np.minimum(*np.abs(ends))
        away = np.where(ends[0] * ends[1] < 0, 0.0, away)
        return np.asarray((np.maximum(*np.abs(ends)) > norm.bands[0]) & (away <= norm.bands[0]))
    one, other = ends if norm.abnormal == "high" else (-ends[1], -ends[0])
    return np.asarray((other > norm.bands[0]) & (one <= norm.bands[0]))
