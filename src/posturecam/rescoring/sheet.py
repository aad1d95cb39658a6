"""One scored batch, read row by row."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posturecam.patterns.engine import NOT_ASSESSED, WEAK, Grid, Scored
from posturecam.patterns.evidence import SIDES, Z95
from posturecam.patterns.findings import by_strength, not_scored, subsumed
from posturecam.rescoring.entries import SCORES, Texts, Views, dumped
from posturecam.rescoring.stored import NOT_SCORED, Reading

_MOST_KEPT = 512


@dataclass(frozen=True, slots=True)
class Kept:
    """What depends only on what was measured: the patterns assessed, and the text of those that are not."""

    assessed: tuple[int, ...]
    text: str


class Sheet:
    """One scored batch; ``kept`` is shared by the batches of one run."""

    def __init__(
        self, texts: Texts, kept: dict[tuple[bytes, Views], Kept], scored: Mapping[str, Scored], grid: Grid
    ) -> None:
        """Bring the batch's arrays to lists once."""
        self.texts, self.kept, self.grid = texts, kept, grid
        self.scored = tuple(scored.values())
        verdicts = np.array([one.verdict for one in self.scored]).T
        self.any_found = np.asarray((verdicts >= WEAK).any(axis=1)).tolist()
        self.verdicts: list[list[int]] = verdicts.tolist()
        self.numbers: list[list[int]] = (
            np.rint(np.array([one.score for one in self.scored]).T * 10_000).astype(int).tolist()
        )
        self.sides: list[list[int]] = np.array([one.side for one in self.scored]).T.tolist()
        self.observed = np.packbits(~np.isnan(grid.values), axis=1)
        self.limits = [(grid.index[key], limit) for key, limit in texts.knowledge.limits.items()]
        self.flagged = self._flagged()

    def _flagged(self) -> list[bool]:
        """(N,) whether any measured limit is passed."""
        passed = np.zeros(len(self.grid.values), bool)
        for column, limit in self.limits:
            reach = np.abs(self.grid.values[:, column]) - Z95 * self.grid.sems[:, column]
            passed |= np.nan_to_num(reach, nan=-1.0) > limit.beyond
        flags: list[bool] = passed.tolist()
        return flags

    def row(self, row: int, views: Views) -> str:
        """Write one person's ``"findings": […], "red_flags": […]``."""
        key = (self.observed[row].tobytes(), views)
        kept = self.kept.get(key) or self._keep(key, row, views)
        flags = self._flags(row) if self.flagged[row] else "[]"
        verdicts, numbers, sides, not_seen = self.verdicts[row], self.numbers[row], self.sides[row], self.texts.not_seen
        told = self._found(row) if self.any_found[row] else []
        if told is None:
            return f'"findings": {self._voided()}, "red_flags": {flags}'
        for at in kept.assessed:
            if verdicts[at] < WEAK:
                gaps = not_seen[at][sides[at]]
                told.append(gaps[0] + SCORES[numbers[at]] + gaps[1])
        if kept.text:
            told.append(kept.text)
        return f'"findings": [{", ".join(told)}], "red_flags": {flags}'

    def _keep(self, key: tuple[bytes, Views], row: int, views: Views) -> Kept:
        """Write what is not assessed when exactly these things were measured, and keep it for the next person."""
        if len(self.kept) >= _MOST_KEPT:
            self.kept.clear()
        known = [at for at, verdict in enumerate(self.verdicts[row]) if verdict != NOT_ASSESSED]
        others = (at for at, verdict in enumerate(self.verdicts[row]) if verdict == NOT_ASSESSED)
        text = ", ".join(self.texts.unassessed(at, self.scored[at], row, views) for at in others)
        self.kept[key] = Kept(tuple(known), text)
        return self.kept[key]

    def _found(self, row: int) -> list[str] | None:
        """Tell what was found, the strongest first; None where a pattern voids the photo."""
        patterns = self.texts.patterns
        found = [at for at, verdict in enumerate(self.verdicts[row]) if verdict >= WEAK]
        if any(patterns[at].voids for at in found):
            return None
        strengths = {patterns[at].key: (self.verdicts[row][at], SIDES[self.sides[row][at]]) for at in found}
        parents = subsumed(strengths, self.texts.knowledge)
        ranks = {
            at: by_strength(self.verdicts[row][at], parents.get(patterns[at].key), self.numbers[row][at])
            for at in found
        }
        return [
            self.texts.found(at, self.scored[at], row, parents.get(patterns[at].key))
            for at in sorted(found, key=ranks.__getitem__)
        ]

    def _voided(self) -> str:
        """Write every pattern as not scored: an answer, the same for everybody, voids the photos."""
        pattern = next(pattern for pattern in self.texts.patterns if pattern.voids)
        reason = f"{NOT_SCORED}{pattern.variants[0].expects[0].words}"
        return dumped(not_scored(self.texts.knowledge, reason))

    def _flags(self, row: int) -> str:
        values, sems = self.grid.values[row], self.grid.sems[row]
        readings = [
            Reading(limit.key, float(values[column]), float(sems[column]))
            for column, limit in self.limits
            if not np.isnan(values[column])
        ]
        return self.texts.flags(readings)
