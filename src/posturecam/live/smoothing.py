"""The One-Euro filter (Casiez, Roussel and Vogel 2012): still points are smoothed much, moving ones little.

Only what is drawn goes through it; nothing is measured from it.
"""

import numpy as np

from posturecam.body import Array


class OneEuro:
    """Smooths an array over time, element by element.

    least_hz   cut-off for something that stands still
    beta       how much the cut-off rises with speed, Hz per (unit of the values / s)
    """

    def __init__(self, least_hz: float = 1.2, beta: float = 0.03, speed_hz: float = 1.0) -> None:
        """Start without a past."""
        self._least_hz, self._beta, self._speed_hz = least_hz, beta, speed_hz
        self._value: Array | None = None
        self._speed: Array | None = None
        self._at_s = 0.0

    def __call__(self, value: Array, at_s: float) -> Array:
        """Give the smoothed value at a time; a gap of a second, or a time that steps back, starts anew."""
        step = at_s - self._at_s
        self._at_s = at_s
        if self._value is None or self._speed is None or not 0 < step < 1.0 or value.shape != self._value.shape:
            self._value, self._speed = value.copy(), np.zeros_like(value)
            return value
        self._speed = _mixed(self._speed, (value - self._value) / step, _share(np.array(self._speed_hz), step))
        self._value = _mixed(self._value, value, _share(self._least_hz + self._beta * np.abs(self._speed), step))
        return self._value


def _share(cutoff_hz: Array, step_s: float) -> Array:
    """Weight of the new value in a low-pass of that cut-off."""
    turn = 2 * np.pi * cutoff_hz * step_s
    return np.asarray(turn / (turn + 1.0))


def _mixed(old: Array, new: Array, share: Array) -> Array:
    fresh = np.where(np.isfinite(old), old, new)
    return np.asarray(fresh + share * (new - fresh))
