"""How far the same person's measures differ from one stand to the next: standard deviations, each with its source."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from posturecam.knowledge.norms import Norm

MDC_PER_SEM = 2.77
"""Minimal detectable change at 95 % = 1.96 √2 standard errors."""


@dataclass(frozen=True, slots=True)
class Restand:
    """The documented standard deviation of standing again, and where it comes from (flags as in clinical.md)."""

    sd: float
    source: str


_CITED: Mapping[str, Restand] = {
    "head_rotation": Restand(2.7, "R7: standard error of rotations over two days, at most 2.7°"),
    "foot_turn": Restand(2.7, "R7: standard error of rotations over two days, at most 2.7°"),
    "knee_angle": Restand(2.0, "R41: standard error 2 to 4° (single-leg squat), the lower end"),
}
"""By table of norms.toml; what is not named here follows from the measure's MDC or its unit."""

_BY_UNIT: Mapping[str, Restand] = {
    "deg": Restand(3.0 / MDC_PER_SEM, "[P] the shoulders' MDC of 3.0° (R4) over 2.77, taken for other angles too"),
    "% of height": Restand(0.4, "R7: translations 5.9 mm [D], over 1.48 m from eyes to ankles"),
    "% of chord": Restand(
        100.0 * math.radians(2.7) / 8.0, "R7: rotations, at most 2.7°; an arc is an eighth of its angle deep [D]"
    ),
    "mm": Restand(5.9, "R7: standard error of translations over two days, at most 5.9 mm"),
}


def restand_sd(norm: Norm) -> Restand:
    """Give the documented standard deviation of standing again, in the measure's unit.

    A minimal detectable change is taken as 2.77 standard errors; where no figure was found, half of the neutral band
    stands in [P].
    """
    if norm.table in _CITED:
        return _CITED[norm.table]
    if norm.mdc:
        return Restand(norm.mdc / MDC_PER_SEM, f"{', '.join(norm.source)}: MDC {norm.mdc:g} over 2.77 [D]")
    return _BY_UNIT.get(norm.unit) or Restand(norm.step / 2, "[P] half of the neutral band")
