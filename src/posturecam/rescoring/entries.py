"""The texts of findings for many people at once: ready-made where nothing is seen, filled in where something is.

The texts are those that the dataclasses give (a test holds them together); writing them around gaps is what keeps a
million stored assessments within a few times the cost of reading them.
"""

import json
from functools import lru_cache
from math import isnan

from posturecam import red_flags
from posturecam.body import Side, View
from posturecam.knowledge import Knowledge
from posturecam.patterns.engine import BOTH, LEFT, VERDICTS, Piece, Scored
from posturecam.patterns.evidence import (
    SIDES,
    Evidence,
    grade_of,
    names_of,
    own_keys,
    severity_of,
    sign_back,
    words_of,
)
from posturecam.patterns.findings import Finding, explained, finding_of, muscles, titled
from posturecam.rescoring.stored import Reading, plain

SCORES = tuple(json.dumps(number / 10_000) for number in range(10_001))
"""The texts of all scores, by ten-thousandths."""

Views = frozenset[View]


def dumped(value: object) -> str:
    """Write a value as JSON text."""
    return json.dumps(plain(value), ensure_ascii=False)


def split_at(text: str, *gaps: str) -> tuple[str, ...]:
    """Cut a text at its gaps, in order."""
    parts = []
    for gap in gaps:
        before, text = text.split(gap, 1)
        parts.append(before)
    return (*parts, text)


class Texts:
    """Ready-made texts of one knowledge, each written when it is first needed."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Start with what is not seen, by pattern and side, around the gap of the score."""
        self.knowledge = knowledge
        self.patterns = tuple(knowledge.patterns.values())
        self.not_seen = [[self._not_seen(at, side) for side in SIDES] for at in range(len(self.patterns))]
        self.finding = lru_cache(4096)(self._finding)
        self.evidence = lru_cache(4096)(self._evidence)
        self.words = lru_cache(65_536)(self._words)

    def _not_seen(self, at: int, side: Side) -> tuple[str, ...]:
        row = {"pattern": self.patterns[at].key, "name": self.patterns[at].name, "side": side, "score": -1.5}
        said = explained(self.patterns[at].variants[0], "not_seen", side, None)
        rest = {"verdict": "not_seen", "evidence": [], "tight": [], "weak": [], "explanation": said}
        return split_at(dumped({**row, **rest}), "-1.5")

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

    def _evidence(self, place: tuple[int, int, int, int], frame: int, shown: int, supports: bool) -> tuple[str, ...]:  # noqa: FBT001  (a part of the key)
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

    def _words(self, place: tuple[int, int, int, int], frame: int, value: float, severity: str | None) -> str:
        at, variant, number, option = place
        one = self.patterns[at].variants[variant].expects[number].options[option]
        return dumped(words_of(one, own_keys(one, SIDES[frame]), value, severity, SIDES[frame], self.knowledge))

    def found(self, at: int, scored: Scored, row: int, parent: str | None) -> str:
        """Write one found pattern of one person in full."""
        pattern, side, number = self.patterns[at], int(scored.side[row]), int(scored.variant[row])
        if side == BOTH and pattern.sided != "both":
            told = finding_of(pattern, scored, row, frozenset(), self.knowledge)
            return dumped(told).replace('"subsumed_by": null', f'"subsumed_by": {json.dumps(parent)}')
        frame = LEFT if pattern.sided == "both" else side
        pieces, grades = [], []
        for index, piece in enumerate(scored.judged[number][frame].pieces):
            if piece is not None and not isnan(piece.rows[2][row]):
                text, grade = self._piece(piece, row, (at, number, index), (frame, side))
                pieces.append(text)
                grades.append(grade)
        gaps = self.finding(at, number, side, int(scored.verdict[row]))
        score = SCORES[round(float(scored.score[row]) * 10_000)]
        severity = severity_of(pattern, grades)
        return (
            f'{gaps[0]}{score}{gaps[1]}[{", ".join(pieces)}]{gaps[2]}"{severity}"{gaps[3]}{json.dumps(parent)}{gaps[4]}'
        )

    def _piece(
        self, piece: Piece, row: int, place: tuple[int, int, int], sides: tuple[int, int]
    ) -> tuple[str, str | None]:
        """Write one piece of evidence; its grade counts when it supports."""
        value, sem, chance, number = (column[row] for column in piece.rows)
        option = piece.expect.options[int(number)]
        frame, shown = sides
        value *= sign_back(option, SIDES[frame], self.knowledge)
        grade = grade_of(own_keys(option, SIDES[frame]), value, sem, self.knowledge)
        credit = max(0.0, 2.0 * chance - 1.0)
        at = (*place, int(number))
        gaps = self.evidence(at, frame, shown, credit > 0.0)
        words = self.words(at, frame, round(value, 2), grade)
        text = f"{gaps[0]}{round(value, 4)}{gaps[1]}{words}{gaps[2]}{round(credit, 4)}{gaps[3]}{json.dumps(grade)}{gaps[4]}"
        return text, grade if credit > 0.0 else None

    def unassessed(self, at: int, scored: Scored, row: int, views: Views) -> str:
        """Write one pattern that was not assessed, without its evidence."""
        told = plain(finding_of(self.patterns[at], scored, row, views, self.knowledge))
        return json.dumps({**told, "evidence": []}, ensure_ascii=False)

    def flags(self, readings: list[Reading]) -> str:
        """Write the measured limits that are passed."""
        return dumped(red_flags.measured(readings, self.knowledge))
