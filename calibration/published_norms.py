"""What published figures say about how healthy people spread: the standard deviations of norms.toml.

    python -m calibration.published_norms

Most papers report a tilt without its side. Of a normal spread about 0 such a value has its median at 0.67, its mean at
0.80 and its 95th percentile at 1.96 standard deviations, and mean² + spread² is the variance. Printed are the standard
deviation behind every figure, how many healthy people stand beyond each band of norms.toml, and how often P01 is called
consistent in people who bend across as far as stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from posturecam.knowledge import Knowledge, load
from posturecam.patterns import engine
from posturecam.patterns.answers import Answers

_NORMAL = NormalDist()

CROSS_BODY = {"hip_tilt": 1.0, "shoulder_tilt": -0.8, "head_tilt": 0.0, "trunk_bend": 1.8, "neck_bend": -0.8}
"""A pelvis, and shoulders, waist and neck that answer it crosswise, in degrees per degree of the pelvis."""

PEOPLE = 4000
HIPS = (4.0, 5.0, 6.0, 8.0)
ERRORS = (0.6, 1.0, 2.4)
"""Standard errors of the hip line: markers, a bare or closely dressed body, volunteers in trousers; degrees."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure: of which table, said by which source of sources.toml, and the standard deviation behind it.

    ``sd`` is in the measure's unit.
    """

    table: str
    source: str
    said: str
    sd: float


def of_share(share: float, beyond: float) -> float:
    """Give the SD of values about 0 of which that share is no larger than ``beyond`` without its side."""
    return beyond / _NORMAL.inv_cdf((1.0 + share) / 2.0)


def of_absolute(mean: float, sd: float) -> float:
    """Give the SD of values about 0 that have this mean and SD without their side."""
    return float(np.hypot(mean, sd))


def pooled(groups: Sequence[tuple[float, float, int]]) -> tuple[float, float]:
    """Give mean and SD of several groups taken together; each is mean, SD, people."""
    means, sds, people = (np.array(column) for column in zip(*groups, strict=True))
    part = people / people.sum()
    mean = float(part @ means)
    return mean, float(np.sqrt(part @ (sds**2 + (means - mean) ** 2)))


def between(first: float, second: float, r: float) -> float:
    """Give the SD of the difference of two measures related by ``r``."""
    return float(np.sqrt(first**2 + second**2 - 2.0 * r * first * second))


def related(first: float, second: float, difference: float) -> float:
    """Give the correlation of two measures from their SDs and the SD of their difference."""
    return (first**2 + second**2 - difference**2) / (2.0 * first * second)


MEN, WOMEN = (-1.5, 3.0, 52), (-0.5, 2.6, 67)
"""Frontal axis of the leg, outwards negative (hka_adults)."""

KNEE_MEAN, KNEE_SD = pooled((MEN, WOMEN))
PELVIS_TO_SHOULDERS = related(1.3, 1.2, 1.1)
"""In R13: front pelvic points 1.3, shoulders 1.2 (0.9 to 1.5), the angle between them 1.1."""

FIGURES = (
    Figure("hip_tilt", "moharrami2023", "lower quartile 0.9 without its side", of_share(0.25, 0.9)),
    Figure("hip_tilt", "moharrami2023", "median 2.0 without its side", of_share(0.5, 2.0)),
    Figure("hip_tilt", "moharrami2023", "upper quartile 3.1 without its side", of_share(0.75, 3.1)),
    Figure("hip_tilt", "moharrami2023", "95th percentile 5.6 without its side", of_share(0.95, 5.6)),
    Figure("hip_tilt", "bibrowicz2023", "crests: 32 % of people below 1", of_share(0.32, 1.0)),
    Figure("hip_tilt", "bibrowicz2023", "front points, women: 1.8 ± 1.7 without its side", of_absolute(1.8, 1.7)),
    Figure("hip_tilt", "bibrowicz2023", "front points, men: 2.3 ± 1.7 without its side", of_absolute(2.3, 1.7)),
    Figure("hip_tilt", "roggio2023", "backs, women: 0.46 ± 2.62", 2.62),
    Figure("hip_tilt", "roggio2023", "backs, men: 1.64 ± 2.89", 2.89),
    Figure("shoulder_tilt", "trovato2022", "front: 1.3 ± 1.0 without its side", of_absolute(1.3, 1.0)),
    Figure("shoulder_tilt", "trovato2022", "back: 1.5 ± 1.2 without its side", of_absolute(1.5, 1.2)),
    Figure("knee_angle_left", "hka_adults", "men -1.5 ± 3.0, women -0.5 ± 2.6", KNEE_SD),
    Figure("craniovertebral_angle", "R18", "50.6 ± 2.1", 2.1),
    Figure("craniovertebral_angle", "ruivo2014", "47.4 ± 5.2", 5.2),
)


def beyond_bands(knowledge: Knowledge, key: str) -> tuple[float, ...]:
    """Give the share of healthy people beyond each band of a norm, 0…1, as far as its mean and SD say.

    Raises ValueError for a norm that lacks any of them.
    """
    norm = knowledge.norm(key)
    if norm.bands is None or norm.sd is None or norm.mean is None:
        raise ValueError(key)
    spread = NormalDist(norm.mean, norm.sd)
    low = [spread.cdf(norm.centre - band) for band in norm.bands]
    high = [1.0 - spread.cdf(norm.centre + band) for band in norm.bands]
    none = [0.0] * len(norm.bands)
    sides = {"low": (low, none), "high": (none, high)}.get(norm.abnormal, (low, high))
    return tuple(a + b for a, b in zip(*sides, strict=True))


def cross_body_rate(knowledge: Knowledge, hips: float, error: float) -> float:
    """Give the share, 0…1, of people with that pelvis, bent across, in whom P01 is consistent; degrees."""
    rng = np.random.default_rng(3)
    sems = {"hip_tilt": error, "shoulder_tilt": 0.7 * error, "head_tilt": 0.6 * error}
    noise = {key: rng.normal(size=PEOPLE) * sem for key, sem in sems.items()}
    for bend, lower, upper in (
        ("trunk_bend", "hip_tilt", "shoulder_tilt"),
        ("neck_bend", "shoulder_tilt", "head_tilt"),
    ):
        noise[bend], sems[bend] = noise[lower] - noise[upper], float(np.hypot(sems[lower], sems[upper]))
    grid = engine.empty_grid(PEOPLE, Answers(), engine.columns(knowledge))
    for key, per_degree in CROSS_BODY.items():
        grid.values[:, grid.index[key]] = per_degree * hips + noise[key]
        grid.sems[:, grid.index[key]] = sems[key]
    return float((engine.score_grid(grid, knowledge)["P01"].verdict == engine.CONSISTENT).mean())


def lines(knowledge: Knowledge) -> list[str]:
    """Give what is printed."""
    told = ["Standard deviation behind published figures"]
    told += [f"  {one.sd:4.1f}  {one.table:22} {one.source:14} {one.said}" for one in FIGURES]
    told.append(f"Knee, women and men together: {KNEE_MEAN:.1f} ± {KNEE_SD:.1f}")
    bend = between(2.7, 1.7, PELVIS_TO_SHOULDERS)
    told.append(f"Waist, pelvis 2.7 and shoulders 1.7 related by {PELVIS_TO_SHOULDERS:.2f}: {bend:.1f}")
    told.append("Healthy people beyond the neutral, the mild and the moderate band")
    for key in dict.fromkeys(one.table for one in FIGURES):
        norm = knowledge.norm(key)
        shares = " ".join(f"{share:4.0%}" for share in beyond_bands(knowledge, key))
        told.append(f"  {shares}  {key} {norm.mean:g} ± {norm.sd:g}, bands {norm.bands} about {norm.centre:g}")
    told.append("P01 consistent, by the pelvis's tilt and the standard error of its line")
    for error in ERRORS:
        rates = ", ".join(f"{hips:g}°: {cross_body_rate(knowledge, hips, error):.0%}" for hips in HIPS)
        told.append(f"  ± {1.96 * error:.1f}°  {rates}")
    return told


if __name__ == "__main__":
    print("\n".join(lines(load())))
