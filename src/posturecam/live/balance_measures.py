"""The balance test as measurements, each with its interval: evidence for patterns, and rows of balance.json."""

import numpy as np

from posturecam.body import Side, View
from posturecam.estimator import Estimate
from posturecam.knowledge import Knowledge
from posturecam.live.balance import BalanceTest, Try
from posturecam.measurement import Measurement, graded

TIME_SEM_S = 0.8
"""Standard error of a best time: test and retest agree to an ICC of 0.994 at a spread of 10 s (Springer 2007)."""

SWAY_SEM_PART, SWAY_SEM_PCT = 0.15, 0.05
"""Standard error of a sway: of its own size, and the trembling of the points."""


def measurements(test: BalanceTest, knowledge: Knowledge) -> tuple[Measurement, ...]:
    """Measure each leg's best try; ``single_leg_time_left`` is the time of standing on the left leg.

    Beside the measurements of a photo they are evidence: ``conclude((*assessment.measurements, *measurements(…)), …)``.
    """
    found: list[Measurement] = []
    for side in (Side.LEFT, Side.RIGHT):
        best = test.best(side)
        if best is not None:
            found += _of_leg(best, test.of(side), side, knowledge)
    return tuple(found)


def _of_leg(best: Try, tries: list[Try], side: Side, knowledge: Knowledge) -> list[Measurement]:
    errors = {key: knowledge.landmark_error(key, View.FRONT) for key in ("hip_tilt", "trunk_lean")}
    drops, leans = _between([one.pelvis_drop_deg for one in tries]), _between([one.trunk_lean_deg for one in tries])
    sway = best.sway_pct
    rows = {
        "single_leg_time": (best.seconds, TIME_SEM_S),
        "pelvic_drop": (best.pelvis_drop_deg, np.hypot(errors["hip_tilt"], drops)),
        "single_leg_lean": (best.trunk_lean_deg, np.hypot(errors["trunk_lean"], leans)),
        "single_leg_sway": (sway, np.hypot(SWAY_SEM_PART * sway, SWAY_SEM_PCT)),
    }
    return [
        graded(knowledge, f"{key}_{side}", Estimate(value, float(sem)), vertical_effect=0.0, sigma_deg=0.0, raw=None)
        for key, (value, sem) in rows.items()
    ]


def _between(values: list[float]) -> float:
    """Give the standard deviation from try to try; 0 of a single one."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
