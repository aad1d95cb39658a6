"""Which way gravity points in a photo, from which evidence, and how sure that is."""

from dataclasses import dataclass

UNKNOWN_SIGMA_DEG = 0.5
"""Standard error of the vertical when nothing in the photo tells it: ±1° at 95 %."""

GIVEN_SIGMA_DEG = 0.1
"""Standard error of a roll that the user states."""


@dataclass(frozen=True, slots=True)
class Vertical:
    """The camera's roll; ``roll_deg`` > 0: the picture's content is turned counter-clockwise."""

    source: str
    roll_deg: float
    sigma_deg: float


def find_vertical(roll_deg: float | None = None) -> Vertical:
    """Take the roll that the user states, or else the picture's own edges as level to within ±1°."""
    if roll_deg is None:
        return Vertical("nothing in the photo", 0.0, UNKNOWN_SIGMA_DEG)
    return Vertical("given", roll_deg, GIVEN_SIGMA_DEG)
