"""Standing on one leg as measurements: each leg's best try, what could not be told, and both legs beside each other.

``left`` always means standing ON the left leg. Beside a photo's measurements they are evidence for patterns: a time
that is shorter on the injured side (P02), a bias to one side (P06).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posturecam.body import Side, View
from posturecam.errors.facts import Note, Reason
from posturecam.knowledge import Knowledge
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import Measurement, Unmeasured, graded

SCHEMA = "posturecam/balance/1"

MOST_S = 45.0
"""A try ends here (Springer 2007, J Geriatr Phys Ther 30:8)."""

TIME_SEM_S = 0.8
"""Standard error of a best time: test and retest agree to an ICC of 0.994 at a spread of 10 s (Springer 2007)."""

SWAY_SEM_PART, SWAY_SEM_PCT = 0.15, 0.05
"""Standard error of a sway: of its own size, and the trembling of the points."""

NOTABLE_S, NOTABLE_PART = 5.0, 0.2
"""A side difference beyond either is notable [P]."""

LEGS = (Side.LEFT, Side.RIGHT)
_ROWS = ("single_leg_time", "pelvic_drop", "single_leg_lean", "single_leg_sway")


@dataclass(frozen=True, slots=True)
class Leg:
    """The best try on one leg; None = not known.

    complete         whether its end was seen; else the time is known from below only
    pelvis_drop_deg  + = the free side lower than on both feet
    trunk_lean_deg   + = leaning towards the leg stood on
    sway_pct         of the mid-hip, % of height
    spreads          standard deviations of drop and lean from try to try, degrees; 0 of a single one
    """

    seconds: float
    complete: bool
    pelvis_drop_deg: float | None = None
    trunk_lean_deg: float | None = None
    sway_pct: float | None = None
    spreads: tuple[float, float] = (0.0, 0.0)


Legs = Mapping[Side, Leg]
"""The legs that had a try."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a balance test adds to a photo's measurements; ``notes`` are for the user."""

    measurements: tuple[Measurement, ...]
    unmeasured: tuple[Unmeasured, ...]
    notes: tuple[Note, ...]


NO_BALANCE = Balance((), (), ())
"""No balance test was made."""


def balance_of(legs: Legs, knowledge: Knowledge, age_band: str | None = None) -> Balance:
    """Measure both legs; the times are graded only where the age is known."""
    told = [result for side in LEGS for result in _of_leg(legs.get(side), side, knowledge, age_band)]
    return Balance(
        tuple(result for result in told if isinstance(result, Measurement)),
        tuple(result for result in told if isinstance(result, Unmeasured)),
        balance_notes(legs, knowledge, age_band),
    )


def _of_leg(leg: Leg | None, side: Side, knowledge: Knowledge, age_band: str | None) -> list[Measurement | Unmeasured]:
    if leg is None:
        return [
            Unmeasured(
                f"{row}_{side}",
                Reason("no_try_left" if side is Side.LEFT else "no_try_right"),
            )
            for row in _ROWS
        ]
    return [_row(row, side, estimate, knowledge, age_band) for row, estimate in _estimates(leg, knowledge).items()]


def _row(
    row: str, side: Side, estimate: Estimate | None, knowledge: Knowledge, age_band: str | None
) -> Measurement | Unmeasured:
    key = f"{row}_{side}"
    if estimate is None:
        return Unmeasured(key, Reason("cut_off" if row == "single_leg_time" else "balance_does_not_tell"))
    return graded(knowledge, key, estimate, vertical_effect=0.0, sigma_deg=0.0, raw=None, age_band=age_band)


def _estimates(leg: Leg, knowledge: Knowledge) -> dict[str, Estimate | None]:
    """Give each number with its standard error; what is not known, or known from below only, is None."""
    hips, trunk = (knowledge.landmark_error(key, View.FRONT) for key in ("hip_tilt", "trunk_lean"))
    time = (leg.seconds, TIME_SEM_S) if leg.complete else (None, 0.0)
    sway = leg.sway_pct
    numbers = (
        time,
        (leg.pelvis_drop_deg, np.hypot(hips, leg.spreads[0])),
        (leg.trunk_lean_deg, np.hypot(trunk, leg.spreads[1])),
        (sway, np.hypot(SWAY_SEM_PART * (sway or 0.0), SWAY_SEM_PCT)),
    )
    pairs = zip(_ROWS, numbers, strict=True)
    return {row: None if value is None else Estimate(value, float(sem)) for row, (value, sem) in pairs}


def balance_notes(legs: Legs, knowledge: Knowledge, age_band: str | None = None) -> tuple[Note, ...]:
    """Tell what the two legs' times mean beside each other, and beside the age's mean when it is known."""
    told = [_difference(legs), _against_age(legs, knowledge, age_band), _unfinished(legs), Note("small_drops")]
    return tuple(note for note in told if note)


def comparable(legs: Legs) -> bool:
    """Whether it is known which leg stood longer: both had a try, and the shorter one was seen to its end."""
    return len(legs) == len(LEGS) and min(legs.values(), key=lambda leg: leg.seconds).complete


def _difference(legs: Legs) -> Note:
    missing = tuple(Note("left_leg" if side is Side.LEFT else "right_leg") for side in LEGS if side not in legs)
    if missing:
        return Note("no_try_seen", legs=missing)
    if not comparable(legs):
        return Note("shorter_not_to_end")
    left, right = (legs[side].seconds for side in LEGS)
    apart = abs(left - right)
    if apart > NOTABLE_S or apart > NOTABLE_PART * max(left, right):
        return Note("longer_left" if left > right else "longer_right", apart=apart)
    return Note("equally_long")


def _against_age(legs: Legs, knowledge: Knowledge, age_band: str | None) -> Note | None:
    age = knowledge.norm("single_leg_time_left").age_mean(age_band)
    best = max((leg.seconds for leg in legs.values()), default=None)
    if age is None or best is None:
        return None
    return Note("best_try", best=best, who=age.who, mean=age.mean, most_s=MOST_S)


def _unfinished(legs: Legs) -> Note | None:
    if all(leg.complete for leg in legs.values()):
        return None
    return Note("ended_early")
