"""The normal distribution, without loading scipy for a single photo: that alone would take longer than scoring it."""

import math

import numpy as np

from posturecam.body import Array

_FEW = 4096
_erf = np.frompyfunc(math.erf, 1, 1)


def ndtr(x: Array) -> Array:
    """Give the chance that a standard normal value lies below each of (...) x."""
    x = np.asarray(x, dtype=np.float64)
    if x.size > _FEW:
        from scipy.special import ndtr as many  # noqa: PLC0415  (worth its loading time for many only)

        return np.asarray(many(x))
    return np.asarray(0.5 + 0.5 * np.asarray(_erf(x / math.sqrt(2.0)), dtype=np.float64))
