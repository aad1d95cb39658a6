"""The texts of findings in bare lines: ready-made around the one gap of the score, each written when first needed.

What is found carries everything but its evidence, whose numbers stand in the same line; what is not found carries side,
score and verdict. That keeps a million stored assessments within a few times the cost of reading them.
"""

import json
from functools import lru_cache

from posturecam.body import Side
from posturecam.knowledge import Knowledge
from posturecam.knowledge.advice import Limit
from posturecam.patterns import red_flags
from posturecam.patterns.engine import VERDICTS, Verdict
from posturecam.patterns.evidence import SIDES
from posturecam.patterns.findings import Finding, explained, muscles, titled
from posturecam.storage.rescoring.stored import plain

SCORES = tuple(json.dumps(number / 10_000).encode() for number in range(10_001))
"""The texts of all scores, by ten-thousandths."""

_GAP = -1.5
_ONLY_WITH_EVIDENCE = ("evidence", "severity", "reason")


def dumped(value: object) -> str:
    """Write a value as compact JSON text."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


class Texts:
    """Ready-made texts of one knowledge; ``%b`` stands for the score."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Write what is not found."""
        self.knowledge = knowledge
        self.patterns = tuple(knowledge.patterns.values())
        self.not_seen = [self._row(at, Verdict.NOT_SEEN) for at in range(len(self.patterns))]
        self.not_assessed = [
            self._row(at, Verdict.NOT_ASSESSED).replace("%b", "0.0") for at in range(len(self.patterns))
        ]
        self.found = lru_cache(8192)(self._found)

    def _row(self, at: int, verdict: Verdict) -> str:
        row = {"pattern": self.patterns[at].key, "side": Side.BOTH, "score": _GAP, "verdict": verdict}
        return _with_gap(row)

    def _found(self, at: int, number: int, side: int, verdict: int, parent: str | None) -> bytes:
        """Write a pattern that was found; ``parent`` subsumes it."""
        pattern, shown = self.patterns[at], SIDES[side]
        variant = pattern.variants[number]
        told = Finding(
            pattern=pattern.key,
            name=titled(pattern, variant, found=True),
            side=shown,
            score=_GAP,
            verdict=VERDICTS[verdict],
            evidence=(),
            tight=muscles(variant.tight, shown),
            weak=muscles(variant.weak, shown),
            explanation=explained(variant, VERDICTS[verdict], shown, None),
            grade=pattern.grade,
            normal_variant=pattern.normal_variant,
            subsumed_by=parent,
        )
        return _with_gap({key: one for key, one in plain(told).items() if key not in _ONLY_WITH_EVIDENCE}).encode()

    def flag(self, limit: Limit, value: float) -> str:
        """Write one measured limit that is passed."""
        return dumped(red_flags.flag_of(limit, value, self.knowledge))


def _with_gap(row: dict[str, object]) -> str:
    return dumped(row).replace("%", "%%").replace(str(_GAP), "%b", 1)
