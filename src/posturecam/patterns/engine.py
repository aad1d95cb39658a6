"""The score as array operations: N people at once, the same tables for one photo and for a million stored ones.

A piece of evidence earns the credit max(0, 2P − 1), where P is the probability, under the measurement's own normal
error, that the true value lies in the expected interval. The score is the weighted mean of the credits over what was
observed. One photo shows one moment: what is called consistent must hold when the person stands again, so for each
deviation that must hold, the scatter from stand to stand joins the error, and what is left must be nearly sure; and the
deviation that leads it must lie beyond its own noise.

Every pattern is declared for the left; for the right the VALUES are mirrored (odd measures change their sign, left and
right keys exchange), never the tables, so that a mirrored photo gives exactly the mirrored result.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array
from posturecam.knowledge import Knowledge
from posturecam.knowledge.pattern_tables import Expect, Option, Pattern, Variant
from posturecam.measures.measurement import Z95, mirrored_key
from posturecam.patterns.answers import Answers
from posturecam.patterns.normal import ndtr

NOT_ASSESSED, NOT_SEEN, WEAK, CONSISTENT = range(4)


class Verdict(StrEnum):
    """What the measurements say of a pattern, in the order of the codes above."""

    NOT_ASSESSED = "not_assessed"
    NOT_SEEN = "not_seen"
    WEAK = "weak"
    CONSISTENT = "consistent"


VERDICTS = tuple(Verdict)
LEFT, RIGHT, BOTH = range(3)

OBSERVED_SHARE = 0.60
CONSISTENT_GATE, CONSISTENT_SCORE = 0.80, 0.60
WEAK_GATE, WEAK_SCORE = 0.50, 0.35
LASTING_GATE = 0.90
"""Probability, standing again included, from which a deviation that must hold makes a pattern consistent."""

_ROUNDING = 1e-9
_SMALLEST_SEM = 1e-9

Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]


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
    def seen(self) -> Flags:
        """(M,) whether anybody has a value in the column."""
        return np.asarray(~np.isnan(self.values).all(axis=0))

    @cached_property
    def full(self) -> Flags:
        """(M,) whether everybody has a value in the column."""
        return np.asarray(~np.isnan(self.values).any(axis=0))

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
    swapped = {"left": "right", "right": "left"}.get(choice, choice)
    return f"{question}={swapped}"


def sign_of(key: str, knowledge: Knowledge) -> float:
    """Return −1 for a measure whose sign changes in the mirror, else 1."""
    norm = knowledge.norms.get(key)
    return -1.0 if norm is not None and norm.mirror == "odd" else 1.0


def columns(knowledge: Knowledge) -> tuple[str, ...]:
    """Return every column that the patterns and the measured limits ask for, closed under mirroring."""
    asked = [key for pattern in knowledge.patterns.values() for option in pattern.options for key, _ in option.terms]
    return tuple(dict.fromkeys(side for key in (*asked, *knowledge.limits) for side in (key, mirrored_column(key))))


def grid_of(people: Sequence[Mapping[str, tuple[float, float]]], answers: Answers, keys: tuple[str, ...]) -> Grid:
    """Lay measurements (key → value, sem) and one set of answers out as a grid."""
    grid = empty_grid(len(people), answers, keys)
    for row, person in enumerate(people):
        for key in grid.index.keys() & person.keys():
            grid.values[row, grid.index[key]], grid.sems[row, grid.index[key]] = person[key]
    return grid


def empty_grid(count: int, answers: Answers, keys: tuple[str, ...]) -> Grid:
    """Lay out a grid that holds nothing yet but one set of answers, the same for everybody."""
    values = np.full((count, len(keys)), np.nan)
    sems = np.full_like(values, np.nan)
    for column, key in enumerate(keys):
        told = answers.column(key) if key.startswith("answer:") else None
        if told is not None:
            values[:, column], sems[:, column] = told, 0.0
    return Grid(keys, values, sems)


@dataclass(frozen=True)
class Piece:
    """One piece of evidence for N people, (N,) each: value, standard error, probability; NaN = not observed.

    ``option`` numbers the way in which it was seen; ``full``: everybody has it.
    """

    expect: Expect
    value: Array
    sem: Array
    chance: Array
    option: Codes
    full: bool

    @property
    def credit(self) -> Array:
        """(N,) credit max(0, 2P − 1); 0 where it was not observed."""
        credit = np.maximum(0.0, 2.0 * self.chance - 1.0)
        return credit if self.full else np.nan_to_num(credit)

    @cached_property
    def rows(self) -> tuple[list[float], list[float], list[float], list[int]]:
        """Value, standard error, probability and option as lists, for reading person by person."""
        return self.value.tolist(), self.sem.tolist(), self.chance.tolist(), self.option.tolist()


def combined(option: Option, grid: Grid) -> tuple[Array, Array] | None:
    """(N,) value and standard error of the option's sum; None when nobody has it. Errors count as independent."""
    rows = [(grid.index[key], factor) for key, factor in option.terms if key in grid.index]
    if len(rows) < len(option.terms) or not all(grid.seen[column] for column, _ in rows):
        return None
    if len(rows) == 1 and rows[0][1] == 1.0:
        return grid.values[:, rows[0][0]], grid.sems[:, rows[0][0]]
    at, factors = [column for column, _ in rows], np.array([factor for _, factor in rows])
    value = grid.values[:, at] @ factors
    return value, np.sqrt((grid.sems[:, at] * factors) ** 2 @ np.ones(len(rows)))


def probability_inside(option: Option, value: Array, sem: Array) -> Array:
    """(N,) probability that the true value lies in the option's interval; NaN where there is no value."""
    spread = np.maximum(sem, _SMALLEST_SEM)
    if np.isinf(option.low):
        return np.asarray(ndtr((option.high - value) / spread))
    if np.isinf(option.high):
        return np.asarray(ndtr((value - option.low) / spread))
    return np.asarray(ndtr((option.high - value) / spread) - ndtr((option.low - value) / spread))


def weigh(expect: Expect, grid: Grid) -> Piece | None:
    """Weigh one piece of evidence: of its options the first that a person has counts; None when nobody has any."""
    found: Piece | None = None
    for number, option in enumerate(expect.options):
        pair = combined(option, grid)
        if pair is None:
            continue
        numbers = np.full(len(grid.values), number, np.int8)
        full = all(grid.full[grid.index[key]] for key, _ in option.terms)
        piece = Piece(expect, *pair, probability_inside(option, *pair), numbers, full)
        found = piece if found is None else _first(found, piece)
        if full:
            break
    return found


def _first(piece: Piece, other: Piece) -> Piece:
    """Take the second piece where the first was not observed."""
    gap = np.isnan(piece.chance)
    pairs = ((piece.value, other.value), (piece.sem, other.sem), (piece.chance, other.chance))
    value, sem, chance = (np.where(gap, b, a) for a, b in pairs)
    return Piece(piece.expect, value, sem, chance, np.where(gap, other.option, piece.option), other.full)


@dataclass(frozen=True)
class Judged:
    """What N people's evidence says of one variant on one side: (N,) scores 0…1 and verdict codes."""

    pieces: tuple[Piece | None, ...]
    score: Array
    verdict: Codes


def judge(variant: Variant, grid: Grid) -> Judged:
    """Judge one variant as declared, on the left. What is not assessed has the score 0."""
    count = len(grid.values)
    pieces = tuple(weigh(expect, grid) for expect in variant.expects)
    if any(piece is None and expect.gate == "yes" for piece, expect in zip(pieces, variant.expects, strict=True)):
        return Judged(pieces, np.zeros(count), np.zeros(count, np.int8))
    earned, observed, gate = np.zeros(count), np.zeros(count), np.ones(count)
    unknown = np.zeros(count, bool)
    for piece in filter(None, pieces):
        earned += piece.expect.weight * piece.credit
        if piece.expect.gate != "no":
            gate = np.fmin(gate, piece.chance)
        if piece.full:
            observed += piece.expect.weight
            continue
        there = ~np.isnan(piece.chance)
        observed += piece.expect.weight * there
        if piece.expect.gate == "yes":
            unknown |= ~there
    unknown |= observed < (OBSERVED_SHARE - _ROUNDING) * sum(expect.weight for expect in variant.expects)
    score = np.where(unknown, 0.0, earned / np.maximum(observed, 1.0))
    verdict = _verdict(score, gate, unknown)
    sure = np.flatnonzero(verdict == CONSISTENT)
    verdict[sure] = np.where(lasting(variant.lead, pieces, sure), CONSISTENT, WEAK)
    return Judged(pieces, score, verdict)


def _verdict(score: Array, gate: Array, unknown: Flags) -> Codes:
    consistent = (gate >= CONSISTENT_GATE - _ROUNDING) & (score >= CONSISTENT_SCORE - _ROUNDING)
    weak = (gate >= WEAK_GATE - _ROUNDING) & (score >= WEAK_SCORE - _ROUNDING)
    verdict = np.where(consistent, CONSISTENT, np.where(weak, WEAK, NOT_SEEN))
    return np.where(unknown, NOT_ASSESSED, verdict).astype(np.int8)


def lasting(lead: Expect | None, pieces: Iterable[Piece | None], rows: NDArray[np.intp]) -> Flags:
    """(R,) of these people: whether what must hold will hold on another stand, and what leads is beyond its noise."""
    lasts = np.ones(rows.size, bool)
    for piece in filter(None, pieces) if rows.size else ():
        value, sem = piece.value[rows], piece.sem[rows]
        for number, option in enumerate(piece.expect.options):
            other = (piece.option[rows] != number) | np.isnan(value)
            if piece.expect.gate != "no" and option.one_sided:
                again = probability_inside(option, value, np.hypot(sem, option.restand))
                lasts &= other | (again >= LASTING_GATE - _ROUNDING)
            if piece.expect is lead:
                lasts &= other | ~in_noise(option, value, sem)
    return lasts


def in_noise(option: Option, value: Array, sem: Array) -> Flags:
    """(N,) whether a 95 % interval leaves the usual range without clearing it, as ``Norm.severity`` grades it."""
    if option.usual is None:
        return np.zeros(value.size, bool)
    low, high = value - Z95 * sem, value + Z95 * sem
    touches = (low <= option.usual[1]) & (high >= option.usual[0])
    return np.asarray(touches & ~((low >= option.usual[0]) & (high <= option.usual[1])))


@dataclass(frozen=True)
class Scored:
    """The verdict on one pattern for N people, (N,) each; side is 0 left, 1 right, 2 both.

    ``judged`` holds the evidence by variant: on the left and, where the pattern has sides, on the right.
    """

    score: Array
    verdict: Codes
    side: Codes
    variant: Codes
    judged: tuple[tuple[Judged, ...], ...]


def score_grid(grid: Grid, knowledge: Knowledge) -> dict[str, Scored]:
    """Score every pattern for every person of the grid."""
    mirror = grid.mirrored(knowledge)
    return {key: score_pattern(pattern, grid, mirror) for key, pattern in knowledge.patterns.items()}


def score_pattern(pattern: Pattern, grid: Grid, mirror: Grid) -> Scored:
    """Score one pattern on both sides and in every variant; the strongest is kept."""
    frames = (grid,) if pattern.sided == "both" else (grid, mirror)
    judged = tuple(tuple(judge(variant, frame) for frame in frames) for variant in pattern.variants)
    best = _joined(pattern, judged[0], 0)
    for number, sides in enumerate(judged[1:], 1):
        best = _stronger(_joined(pattern, sides, number), best)
    return Scored(*best, judged)


Joined = tuple[Array, Codes, Codes, Codes]


def _joined(pattern: Pattern, sides: tuple[Judged, ...], number: int) -> Joined:
    """Join both sides: the stronger one; both when they tie; unknown when one is and the other is not seen."""
    left, count = sides[0], len(sides[0].score)
    numbers = np.full(count, number, np.int8)
    if len(sides) == 1:
        return left.score, left.verdict, np.full(count, BOTH, np.int8), numbers
    right = sides[1]
    ranks = _rank(left.verdict, left.score), _rank(right.verdict, right.score)
    verdict = np.maximum(left.verdict, right.verdict)
    half_known = np.minimum(left.verdict, right.verdict) == NOT_ASSESSED
    verdict = np.where(half_known & (verdict == NOT_SEEN), NOT_ASSESSED, verdict).astype(np.int8)
    score = np.where(verdict == NOT_ASSESSED, 0.0, np.where(ranks[0] >= ranks[1], left.score, right.score))
    side = np.where(ranks[0] > ranks[1], LEFT, np.where(ranks[1] > ranks[0], RIGHT, BOTH))
    if pattern.sided == "either":
        side = np.where((left.verdict == right.verdict) & (verdict >= WEAK), BOTH, side)
    return score, verdict, side.astype(np.int8), numbers


def _rank(verdict: Codes, score: Array) -> Array:
    return verdict * 10.0 + score


def _stronger(new: Joined, old: Joined) -> Joined:
    better = _rank(new[1], new[0]) > _rank(old[1], old[0])
    return (
        np.where(better, new[0], old[0]),
        np.where(better, new[1], old[1]),
        np.where(better, new[2], old[2]),
        np.where(better, new[3], old[3]),
    )
