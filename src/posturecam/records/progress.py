"""Change over time, judged against its noise: per measure the difference, its interval, and one of three verdicts.

    from posturecam.records.progress import compared

    for one in compared(before, after, knowledge):
        print(one.key, one.difference, one.low, one.high, one.verdict)

The two sittings count as independent measurements a and b of the same person. The difference d = b − a has the variance

    v = own_a² + own_b² + r² / n_a + r² / n_b

own² is the standard error of a single photo squared (several photos share the network's error, so it does not average
out), n the number of re-stands, r the standard deviation of standing again. Where the photos hold re-stands enough, r²
is their variance within a view, pooled over both sittings with ν degrees of freedom, and the interval is d ± t(ν) √v:
taking the quantile of the smallest ν for the whole is never too narrow (Mickey & Brown 1966, Ann Math Stat 37:639).
Otherwise r is the documented value of ``restand_sd`` (the observed one where that is larger) and the interval
d ± 1.96 √v: one photo each cannot tell a person who changed from a person who stood a little differently. Errors that
the network makes in both sittings alike would cancel; counting them twice makes the interval wide rather than narrow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from posturecam.body import Array
from posturecam.knowledge import Knowledge, Norm
from posturecam.knowledge.restanding import restand_sd
from posturecam.measures.measurement import Z95
from posturecam.text.language import N_

ENOUGH = 2
"""Degrees of freedom from which re-stands speak for themselves; t is 12.7 with one, 4.3 with two."""


class ChangeVerdict(StrEnum):
    """What a difference means."""

    CHANGED = N_("changed")
    UNCHANGED = N_("no change beyond the noise")
    UNTOLD = N_("cannot tell")


class Basis(StrEnum):
    """Where the standard deviation of standing again comes from."""

    RESTANDS = "re-stands"
    DOCUMENTED = "documented"


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure of one sitting. Invariant: sem, own_sem ≥ 0, photos ≥ 1, dof ≥ 0.

    sem          total standard error as reported, re-stands included
    own_sem      standard error of a single photo of this sitting
    spread       standard deviation between re-stands within a view; 0 without them
    dof          degrees of freedom of ``spread``: photos beyond the first of each view
    photos       number of re-stands: photos of the view that has most
    """

    key: str
    value: float
    sem: float
    own_sem: float
    spread: float = 0.0
    dof: int = 0
    photos: int = 1

    def __post_init__(self) -> None:
        """Refuse what no measurement can be."""
        sound = np.isfinite([self.value, self.sem, self.own_sem, self.spread]).all()
        if not sound or min(self.sem, self.own_sem, self.spread, self.dof) < 0 or self.photos < 1:
            msg = f"{self.key}: not a reading: {self}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Sitting:
    """What was measured of a person on one day; ``made_with`` names the program, its tables and the pose model."""

    label: str
    on: date | None
    readings: tuple[Reading, ...]
    made_with: str = ""

    @property
    def by_key(self) -> dict[str, Reading]:
        """Give the readings by their measure."""
        return {reading.key: reading for reading in self.readings}


@dataclass(frozen=True, slots=True)
class Change:
    """A measure then and now. Invariant: low ≤ difference ≤ high; ``worth`` is the size of a change that matters."""

    key: str
    before: Reading
    after: Reading
    difference: float
    low: float
    high: float
    worth: float
    verdict: ChangeVerdict
    basis: Basis

    @property
    def half(self) -> float:
        """Half of the difference's 95 % interval."""
        return (self.high - self.low) / 2

    @property
    def real(self) -> float:
        """How far the difference lies beyond its noise, in changes that matter."""
        return max(0.0, abs(self.difference) - self.half) / self.worth


def change_worth(norm: Norm) -> float:
    """Give the size of a change that matters: the published MDC, or what takes a level person past mild [P]."""
    return norm.mdc or (norm.bands[1] if norm.bands else 2 * norm.step)


def compared(before: Sitting, after: Sitting, knowledge: Knowledge) -> tuple[Change, ...]:
    """Judge every measure that both sittings have, the largest real change first."""
    earlier, later = before.by_key, after.by_key
    keys = [key for key in knowledge.norms if key in earlier and key in later]
    changes = judged([earlier[key] for key in keys], [later[key] for key in keys], [knowledge.norm(k) for k in keys])
    return tuple(sorted(changes, key=lambda change: (-change.real, -abs(change.difference) / max(change.half, 1e-12))))


def only_in_one(before: Sitting, after: Sitting) -> tuple[tuple[str, str], ...]:
    """List the measures that cannot be compared, each with the sitting that lacks it: ``before`` or ``after``."""
    earlier, later = before.by_key, after.by_key
    return (
        *((key, "after") for key in earlier if key not in later),
        *((key, "before") for key in later if key not in earlier),
    )


def judged(before: Sequence[Reading], after: Sequence[Reading], norms: Sequence[Norm]) -> tuple[Change, ...]:
    """Judge paired readings of the same measures, all at once."""
    if not before:
        return ()
    documented, worth = (np.array([of(norm) for norm in norms]) for of in (lambda n: restand_sd(n).sd, change_worth))
    difference = _column(after, "value") - _column(before, "value")
    half, observed = half_widths(before, after, documented)
    verdicts = verdicts_of(difference, half, worth)
    rows = zip(before, after, difference, half, worth, verdicts, observed, strict=True)
    return tuple(
        Change(
            a.key,
            a,
            b,
            float(d),
            float(d - h),
            float(d + h),
            float(w),
            verdict,
            Basis.RESTANDS if seen else Basis.DOCUMENTED,
        )
        for a, b, d, h, w, verdict, seen in rows
    )


def half_widths(
    before: Sequence[Reading], after: Sequence[Reading], documented: Array
) -> tuple[Array, NDArray[np.bool_]]:
    """Give half of each difference's 95 % interval (K,), and whether re-stands of these sittings made it (K,) bool."""
    dof = _column(before, "dof") + _column(after, "dof")
    squares = sum(_column(side, "dof") * _column(side, "spread") ** 2 for side in (before, after))
    pooled = squares / np.maximum(dof, 1.0)
    observed = dof >= ENOUGH
    restand = np.where(observed, pooled, np.maximum(pooled, documented**2))
    quantile = np.where(observed, stdtrit(np.maximum(dof, 1.0), 0.975), Z95)
    half: Array = quantile * np.sqrt(_variance(before, restand) + _variance(after, restand))
    return half, observed


def standing_halves(readings: Sequence[Reading], norms: Sequence[Norm]) -> Array:
    """Give half of each value's 95 % interval as to how the person stands, standing again included (K,)."""
    documented = np.array([restand_sd(norm).sd for norm in norms])
    dof, spread = _column(readings, "dof"), _column(readings, "spread")
    observed = dof >= ENOUGH
    restand = np.where(observed, spread, np.maximum(spread, documented)) ** 2
    quantile = np.where(observed, stdtrit(np.maximum(dof, 1.0), 0.975), Z95)
    return np.asarray(quantile * np.sqrt(_variance(readings, restand)))


def _variance(side: Sequence[Reading], restand: Array) -> Array:
    """(K,) variance of one sitting's values; never below what the sitting itself reported."""
    rebuilt = _column(side, "own_sem") ** 2 + restand / _column(side, "photos")
    return np.maximum(rebuilt, _column(side, "sem") ** 2)


def verdicts_of(difference: Array, half: Array, worth: Array) -> list[ChangeVerdict]:
    """Judge: beyond its interval *changed*; within it *no change* only where a change that matters would have shown."""
    changed, blind = np.abs(difference) > half, half > worth
    return [
        ChangeVerdict.CHANGED if beyond else ChangeVerdict.UNTOLD if wide else ChangeVerdict.UNCHANGED
        for beyond, wide in zip(changed, blind, strict=True)
    ]


def _column(readings: Sequence[Reading], name: str) -> Array:
    return np.array([getattr(reading, name) for reading in readings], dtype=np.float64)


def towards_usual(change: Change, norm: Norm) -> bool:
    """Whether the value moved nearer to what is usual."""
    return norm.deviation(change.after.value) < norm.deviation(change.before.value)
