"""The texts of findings for many people at once: ready-made where nothing is seen, filled in where something is.

The texts are those that the dataclasses give (a test holds them together); writing them around gaps is what keeps a
million stored assessments within a few times the cost of reading them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from posturecam import red_flags
from posturecam.body import Array, Side, View
from posturecam.knowledge import Knowledge, Norm
from posturecam.knowledge.advice import Limit
from posturecam.knowledge.pattern_tables import Option
from posturecam.measurement import Z95
from posturecam.patterns.engine import BOTH, LEFT, VERDICTS, Codes, Piece, Scored
from posturecam.patterns.evidence import (
    SEVERITIES,
    SIDES,
    Evidence,
    names_of,
    own_keys,
    severity_of,
    sign_back,
    words_of,
)
from posturecam.patterns.findings import Finding, explained, finding_of, muscles, titled
from posturecam.reports.rescoring.stored import plain

SCORES = tuple(json.dumps(number / 10_000) for number in range(10_001))
SCORE_BYTES = tuple(text.encode() for text in SCORES)
"""The texts of all scores, by ten-thousandths."""

_GRADES = tuple(json.dumps(grade) for grade in SEVERITIES)
_MOST_WORDS = 4096


Views = frozenset[View]
Place = tuple[int, int, int]
Halves = tuple[str, str]
Column = tuple[list[str], Codes]


def dumped(value: object) -> str:
    """Write a value as JSON text."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def split_at(text: str, *gaps: str) -> tuple[str, ...]:
    """Cut a text at its gaps, in order."""
    parts = []
    for gap in gaps:
        before, text = text.split(gap, 1)
        parts.append(before)
    return (*parts, text)


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way to see an expectation, on one side: its texts without support and with it, and what names its values."""

    option: Option
    own: str
    side: Side
    sign: float
    norm: Norm | None
    digits: int
    gaps: tuple[tuple[str, ...], tuple[str, ...]]
    words: dict[tuple[float, int], str]


class Texts:
    """Ready-made texts of one knowledge, each written when it is first needed."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Start with what is not seen, with %b in place of the score."""
        self.knowledge = knowledge
        self.patterns = tuple(knowledge.patterns.values())
        self.not_seen = [self._not_seen(at) for at in range(len(self.patterns))]
        self.finding = lru_cache(4096)(self._finding)
        self.way = lru_cache(4096)(self._way)

    def _not_seen(self, at: int) -> str:
        row = {"pattern": self.patterns[at].key, "name": self.patterns[at].name, "side": Side.BOTH, "score": -1.5}
        return dumped({**row, "verdict": "not_seen"}).replace("%", "%%").replace("-1.5", "%b", 1)

    def _finding(self, at: int, number: int, side: int, verdict: int) -> tuple[str, ...]:
        """Write a found pattern around four gaps: score, evidence, severity, parent."""
        pattern, shown = self.patterns[at], SIDES[side]
        variant = pattern.variants[number]
        told = Finding(
            pattern=pattern.key,
            name=titled(pattern, variant, found=True),
            side=shown,
            score=-1.5,
            verdict=VERDICTS[verdict],
            evidence=(),
            tight=muscles(variant.tight, shown),
            weak=muscles(variant.weak, shown),
            explanation=explained(variant, VERDICTS[verdict], shown, None),
            grade=pattern.grade,
            severity="@1",
            normal_variant=pattern.normal_variant,
            subsumed_by="@2",
        )
        return split_at(dumped(told), "-1.5", "[]", '"@1"', '"@2"')

    def _evidence(self, place: tuple[int, int, int, int], frame: int, shown: int, *, supports: bool) -> tuple[str, ...]:
        """Write a piece of evidence around four gaps: value, words, credit, severity."""
        at, variant, number, option = place
        expect = self.patterns[at].variants[variant].expects[number]
        told = Evidence(
            measure=own_keys(expect.options[option], SIDES[frame]),
            value=-1.5,
            weight=expect.weight,
            supports=supports,
            words="@1",
            expected=expect.words.format(**names_of(SIDES[shown])),
            credit=-2.5,
            severity="@2",
        )
        return split_at(dumped(told), "-1.5", '"@1"', "-2.5", '"@2"')

    def _way(self, place: tuple[int, int, int, int], frame: int, side: int) -> Way:
        at, variant, number, option = place
        one = self.patterns[at].variants[variant].expects[number].options[option]
        own = own_keys(one, SIDES[frame])
        gaps = self._evidence(place, frame, side, supports=False), self._evidence(place, frame, side, supports=True)
        first = self.knowledge.norms.get(one.terms[0][0])
        digits, sign = first.digits if first else 0, sign_back(one, SIDES[frame], self.knowledge)
        return Way(one, own, SIDES[frame], sign, self.knowledge.norms.get(own), digits, gaps, {})

    def _words(self, way: Way, value: float, grade: int) -> str:
        """Write the words of a rounded value, and keep them."""
        if len(way.words) >= _MOST_WORDS:
            way.words.clear()
        severity = SEVERITIES[grade] if way.norm else None
        said = dumped(words_of(way.option, way.own, value, severity, way.side, self.knowledge))
        way.words[value, grade] = said
        return said

    def found(self, at: int, scored: Scored, rows: list[int], number: int, side: int) -> list[Halves]:
        """Write one found pattern for the people of some rows, of one variant and side, around the parent's gap."""
        pattern = self.patterns[at]
        if side == BOTH and pattern.sided != "both":
            whole = (finding_of(pattern, scored, row, frozenset(), self.knowledge) for row in rows)
            return [_around_parent(dumped(told)) for told in whole]
        frame = LEFT if pattern.sided == "both" else side
        pieces = scored.judged[number][frame].pieces
        columns = [
            self._column(piece, rows, (at, number, index), frame, side)
            for index, piece in enumerate(pieces)
            if piece is not None
        ]
        texts = [text for text, _ in columns]
        worst = np.max([grade for _, grade in columns], axis=0)
        names = [severity_of(pattern, (SEVERITIES[grade],)) for grade in worst.tolist()]
        verdicts, scores = scored.verdict[rows].tolist(), np.rint(scored.score[rows] * 10_000).astype(int).tolist()
        told = []
        for verdict, score, name, *evidence in zip(verdicts, scores, names, *texts, strict=True):
            gaps = self.finding(at, number, side, verdict)
            body = ",".join(filter(None, evidence))
            told.append((f'{gaps[0]}{SCORES[score]}{gaps[1]}[{body}]{gaps[2]}"{name}"{gaps[3]}', gaps[4]))
        return told

    def _column(self, piece: Piece, rows: list[int], place: Place, frame: int, side: int) -> Column:
        """Write one piece of evidence for the people of some rows; its grade counts when it supports."""
        texts: list[str] = [""] * len(rows)
        worst = np.zeros(len(rows), np.int8)
        options = piece.option[rows]
        for number in range(len(piece.expect.options)):
            mine = np.flatnonzero((options == number) & ~np.isnan(piece.chance[rows]))
            if len(mine):
                at = np.asarray(rows)[mine]
                way = self.way((*place, number), frame, side)
                credit = np.maximum(0.0, 2.0 * piece.chance[at] - 1.0)
                grades = severities(way.norm, way.sign * piece.value[at], piece.sem[at])
                worst[mine] = np.where(credit > 0.0, grades, 0)
                for index, text in zip(mine.tolist(), self._texts(way, piece.value[at], credit, grades), strict=True):
                    texts[index] = text
        return texts, worst

    def _texts(self, way: Way, values: Array, credit: Array, grades: Codes) -> Iterator[str]:
        """Fill the gaps of one way to see an expectation, person by person."""
        own = way.sign * values
        columns = (own.round(4), own.round(way.digits), credit.round(4), grades)
        for value, shown, earned, grade in zip(*(column.tolist() for column in columns), strict=True):
            gaps = way.gaps[earned > 0.0]
            words = way.words.get((shown, grade)) or self._words(way, shown, grade)
            name = _GRADES[grade] if way.norm else "null"
            yield f"{gaps[0]}{value}{gaps[1]}{words}{gaps[2]}{earned}{gaps[3]}{name}{gaps[4]}"

    def not_assessed(self, at: int) -> str:
        """Write one pattern that was not assessed."""
        row = {"pattern": self.patterns[at].key, "name": self.patterns[at].name, "side": Side.BOTH, "score": 0.0}
        return dumped({**row, "verdict": "not_assessed"})

    def flag(self, limit: Limit, value: float) -> str:
        """Write one measured limit that is passed."""
        return dumped(red_flags.flag_of(limit, value, self.knowledge))


def severities(norm: Norm | None, values: Array, sems: Array) -> Codes:
    """(N,) places in SEVERITIES: ``Norm.severity`` for many; 0 without a norm."""
    if norm is None:
        return np.zeros(len(values), np.int8)
    neutral, mild, moderate = norm.bands
    off = values - norm.centre
    size = np.abs(off) if norm.abnormal == "both" else off if norm.abnormal == "high" else -off
    reach = Z95 * sems
    if norm.abnormal == "both":
        low, high = np.where(np.abs(off) < reach, -1.0, size - reach), size + reach
    else:
        low, high = size - reach, size + reach
    beyond = 2 + (size > mild).astype(np.int8) + (size > moderate)
    return np.asarray(np.where(high <= neutral, 0, np.where(low <= neutral, 1, beyond)), np.int8)


def _around_parent(text: str) -> Halves:
    before, after = text.rsplit('"subsumed_by":null', 1)
    return f'{before}"subsumed_by":', after
