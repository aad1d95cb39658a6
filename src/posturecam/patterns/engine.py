"""The score as array operations: N people at once, the same tables for one photo and for a million stored ones.

A piece of evidence earns the credit max(0, 2P − 1), where P is the probability, under the measurement's own normal
error, that the true value lies in the expected interval. The score is the weighted mean of the credits over what was observed.

Every pattern is declared for the left; for the right the VALUES are mirrored (odd measures change their sign, left and
right keys exchange), never the tables, so that a mirrored photo gives exactly the mirrored result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from posturecam.answers import Answers
from posturecam.body import Array
from posturecam.knowledge import Knowledge
from posturecam.knowledge.pattern_tables import Expect, Option, Pattern, Variant
from posturecam.measurement import mirrored_key

NOT_ASSESSED, NOT_SEEN, WEAK, CONSISTENT = range(4)
VERDICTS = ("not_assessed", "not_seen", "weak", "consistent")

OBSERVED_SHARE = 0.60
CONSISTENT_GATE, CONSISTENT_SCORE = 0.80, 0.60
WEAK_GATE, WEAK_SCORE = 0.50, 0.35
_ROUNDING = 1e-9
_SMALLEST_SEM = 1e-9

Codes = NDArray[np.int8]


@dataclass(frozen=True)
class Grid:
    """N people by M columns; NaN = not measured. Columns are measures and answers (``answer:question=choice``)."""

    keys: tuple[str, ...]
    values: Array
    sems: Array

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Column of each key."""
        return {key: column for column, key in enumerate(self.keys)}

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """(M,) whether anybody has a value in the column."""
        return np.asarray(~np.isnan(self.values).all(axis=0))

    def mirrored(self, knowledge: Knowledge) -> "Grid":
        """Return the grid of the mirrored people."""
        order = [self.index[mirrored_column(key)] for key in self.keys]
        signs = np.array([sign_of(key, knowledge) for key in self.keys])
        return Grid(self.keys, self.values[:, order] * signs, self.sems[:, order])


def mirrored_column(key: str) -> str:
    """Return the column that takes this one's place in the mirror."""
    if not key.startswith("answer:"):
        return mirrored_key(key)
    question, choice = key.split("=")
    return f"{question}={ {'left': 'right', 'right': 'left'}.get(choice, choice) }"


def sign_of(key: str, knowledge: Knowledge) -> float:
    """Return −1 for a measure whose sign changes in the mirror, else 1."""
    norm = knowledge.norms.get(key)
    return -1.0 if norm is not None and norm.mirror == "odd" else 1.0


def columns(knowledge: Knowledge) -> tuple[str, ...]:
    """Return every column that the patterns ask for, closed under mirroring."""
    asked = [
        key
        for pattern in knowledge.patterns.values()
        for variant in pattern.variants
        for expect in variant.expects
        for option in expect.options
        for key in option.terms
    ]
    return tuple(dict.fromkeys(side for key in asked for side in (key, mirrored_column(key))))


def combined(option: Option, grid: Grid) -> tuple[Array, Array] | None:
    """(N,) value and standard error of the option's sum; None when nobody has it. Errors are taken as independent."""
    rows = [(grid.index[key], factor) for key, factor in option.terms.items() if key in grid.index]
    if len(rows) < len(option.terms) or not all(grid.seen[column] for column, _ in rows):
        return None
    if len(rows) == 1 and rows[0][1] == 1.0:
        return grid.values[:, rows[0][0]], grid.sems[:, rows[0][0]]
    value = sum(factor * grid.values[:, column] for column, factor in rows)
    variance = sum((factor * grid.sems[:, column]) ** 2 for column, factor in rows)
    return np.asarray(value), np.sqrt(variance)


def inside(low: float, high: float, value: Array, sem: Array) -> Array:
    """(N,) probability that the true value lies in [low, high]; NaN where there is no value."""
    spread = np.maximum(sem, _SMALLEST_SEM)
    if np.isinf(low):
        return np.asarray(ndtr((high - value) / spread))
    if np.isinf(high):
        return np.asarray(ndtr((value - low) / spread))
    return np.asarray(ndtr((high - value) / spread) - ndtr((low - value) / spread))


def probability(expect: Expect, grid: Grid) -> Array | None:
    """(N,) probability of one piece of evidence: of its first option that was measured; None when nobody has any."""
    found: Array | None = None
    for option in expect.options:
        pair = combined(option, grid)
        if pair is None:
            continue
        chance = inside(option.low, option.high, *pair)
        found = chance if found is None else np.where(np.isnan(found), chance, found)
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """What N people's evidence says of one variant on one side: (N,) scores 0…1, verdict codes, observed shares."""

    score: Array
    verdict: Codes
    share: Array


def judge(variant: Variant, grid: Grid) -> Judged:
    """Judge one variant as declared, on the left."""
    count = len(grid.values)
    earned, observed, gate = np.zeros(count), np.zeros(count), np.ones(count)
    missing = np.zeros(count, bool)
    for expect in variant.expects:
        chance = probability(expect, grid)
        if chance is None:
            missing |= expect.gate == "yes"
            continue
        there = ~np.isnan(chance)
        earned += expect.weight * np.maximum(0.0, 2.0 * np.where(there, chance, 0.0) - 1.0)
        observed += expect.weight * there
        if expect.gate != "no":
            gate = np.where(there, np.minimum(gate, chance), gate)
        if expect.gate == "yes":
            missing |= ~there
    score = earned / np.maximum(observed, 1.0)
    share = observed / sum(expect.weight for expect in variant.expects)
    return Judged(score, _verdict(score, gate, missing | (share < OBSERVED_SHARE - _ROUNDING)), share)


def _verdict(score: Array, gate: Array, unknown: NDArray[np.bool_]) -> Codes:
    consistent = (gate >= CONSISTENT_GATE - _ROUNDING) & (score >= CONSISTENT_SCORE - _ROUNDING)
    weak = (gate >= WEAK_GATE - _ROUNDING) & (score >= WEAK_SCORE - _ROUNDING)
    verdict = np.where(consistent, CONSISTENT, np.where(weak, WEAK, NOT_SEEN))
    return np.where(unknown, NOT_ASSESSED, verdict).astype(np.int8)


LEFT, RIGHT, BOTH = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Scored:
    """The verdict on one pattern for N people, (N,) each; side is 0 left, 1 right, 2 both."""

    score: Array
    verdict: Codes
    side: Codes
    variant: Codes


def score_pattern(pattern: Pattern, grid: Grid, mirror: Grid) -> Scored:
    """Score one pattern on both sides and in every variant; the strongest is kept."""
    best: Scored | None = None
    for number, variant in enumerate(pattern.variants):
        scored = _sides(pattern, variant, number, grid, mirror)
        if best is None:
            best = scored
            continue
        best = _stronger(scored, best)
    assert best is not None  # noqa: S101  (the loader refuses a pattern without a variant)
    return best


def _stronger(new: Scored, old: Scored) -> Scored:
    better = _rank(new.verdict, new.score) > _rank(old.verdict, old.score)
    return Scored(
        np.where(better, new.score, old.score),
        np.where(better, new.verdict, old.verdict),
        np.where(better, new.side, old.side),
        np.where(better, new.variant, old.variant),
    )


def _rank(verdict: Codes, score: Array) -> Array:
    return verdict * 10.0 + score


def _sides(pattern: Pattern, variant: Variant, number: int, grid: Grid, mirror: Grid) -> Scored:
    """Join both sides: the stronger one; both when they tie; unknown when one is unknown and the other is not seen."""
    left = judge(variant, grid)
    numbers = np.full(len(left.score), number, np.int8)
    if pattern.sided == "both":
        return Scored(left.score, left.verdict, np.full(len(left.score), BOTH, np.int8), numbers)
    right = judge(variant, mirror)
    ranks = _rank(left.verdict, left.score), _rank(right.verdict, right.score)
    score = np.maximum(left.score, right.score)
    verdict = np.maximum(left.verdict, right.verdict)
    half_known = np.minimum(left.verdict, right.verdict) == NOT_ASSESSED
    verdict = np.where(half_known & (verdict == NOT_SEEN), NOT_ASSESSED, verdict).astype(np.int8)
    chosen = np.where(ranks[0] > ranks[1], left.score, np.where(ranks[1] > ranks[0], right.score, score))
    side = np.where(ranks[0] > ranks[1], LEFT, np.where(ranks[1] > ranks[0], RIGHT, BOTH))
    if pattern.sided == "either":
        side = np.where((left.verdict == right.verdict) & (verdict >= WEAK), BOTH, side)
    return Scored(chosen, verdict, side.astype(np.int8), numbers)


def score_grid(grid: Grid, knowledge: Knowledge) -> dict[str, Scored]:
    """Score every pattern for every person of the grid."""
    mirror = grid.mirrored(knowledge)
    return {key: score_pattern(pattern, grid, mirror) for key, pattern in knowledge.patterns.items()}


def grid_of(people: Sequence[Mapping[str, tuple[float, float]]], answers: Answers, keys: tuple[str, ...]) -> Grid:
    """Lay measurements (key → value, sem) and one set of answers out as a grid."""
    values = np.full((len(people), len(keys)), np.nan)
    sems = np.full_like(values, np.nan)
    for column, key in enumerate(keys):
        told = answers.column(key) if key.startswith("answer:") else None
        if told is not None:
            values[:, column], sems[:, column] = told, 0.0
    index = {key: column for column, key in enumerate(keys)}
    for row, person in enumerate(people):
        for key in index.keys() & person.keys():
            values[row, index[key]], sems[row, index[key]] = person[key]
    return Grid(keys, values, sems)
