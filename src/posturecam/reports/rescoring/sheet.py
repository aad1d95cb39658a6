"""One scored batch, read row by row."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posturecam.measurement import Z95
from posturecam.patterns.engine import NOT_ASSESSED, WEAK, Grid, Scored
from posturecam.patterns.evidence import SIDES
from posturecam.patterns.findings import by_strength, not_scored, subsumed
from posturecam.reports.rescoring.entries import SCORE_BYTES, Halves, Texts, dumped
from posturecam.reports.rescoring.stored import NOT_SCORED

_MOST_KEPT = 512
NO_FLAGS = b'],"red_flags":[]}\n'
_FINDINGS = b',"findings":['


@dataclass(frozen=True, slots=True)
class Kept:
    """What depends only on what was measured and found: the patterns not seen, their text around %b, and the rest."""

    not_seen: tuple[int, ...]
    text: bytes


Key = tuple[bytes, tuple[int, ...]]


class Sheet:
    """One scored batch; ``kept`` is shared by the batches of one run."""

    def __init__(self, texts: Texts, kept: dict[Key, Kept], scored: Mapping[str, Scored], grid: Grid) -> None:
        """Bring the batch's arrays to lists once, and write what was found."""
        self.texts, self.kept, self.grid = texts, kept, grid
        self.scored = tuple(scored.values())
        self.verdicts = np.array([one.verdict for one in self.scored]).T
        scores = np.array([one.score for one in self.scored]).T
        self.numbers: list[list[int]] = np.rint(scores * 10_000).astype(int).tolist()
        self.observed = np.packbits(~np.isnan(grid.values), axis=1)
        self.limits = [(grid.index[key], limit) for key, limit in texts.knowledge.limits.items()]
        self.flags = self._write_flags()
        self.found: dict[int, list[int]] = {}
        self.told = self._write_found()

    def _write_flags(self) -> dict[int, list[str]]:
        """Write the measured limits that are passed, by row."""
        flags: dict[int, list[str]] = {}
        for column, limit in self.limits:
            values = self.grid.values[:, column]
            reach = np.abs(values) - Z95 * self.grid.sems[:, column]
            for row in np.flatnonzero(np.nan_to_num(reach, nan=-1.0) > limit.beyond).tolist():
                flags.setdefault(row, []).append(self.texts.flag(limit, float(values[row])))
        return flags

    def write(self, row: int, parts: list[bytes]) -> None:
        """Append one person's ``, "findings": […],"red_flags":[…]}`` and the line's end, in parts to be joined."""
        found = self.found.get(row, ())
        key = (self.observed[row].tobytes(), tuple(found))
        kept = self.kept.get(key) or self._keep(key, row)
        flags = f'],"red_flags":[{",".join(self.flags[row])}]}}\n'.encode() if row in self.flags else NO_FLAGS
        told = self._found(row, list(found)) if found else b""
        if told is None:
            parts += (_FINDINGS, self._voided(), flags)
            return
        numbers = self.numbers[row]
        rest = kept.text % tuple([SCORE_BYTES[numbers[at]] for at in kept.not_seen])
        parts += (_FINDINGS, told, b"," if told and rest else b"", rest, flags)

    def _keep(self, key: Key, row: int) -> Kept:
        """Write what is not found when exactly these things were measured and found, for the next person too."""
        if len(self.kept) >= _MOST_KEPT:
            self.kept.clear()
        verdicts = self.verdicts[row].tolist()
        not_seen = tuple(at for at, verdict in enumerate(verdicts) if NOT_ASSESSED < verdict < WEAK)
        texts = [self.texts.not_seen[at] for at in not_seen]
        unknown = (at for at, verdict in enumerate(verdicts) if verdict == NOT_ASSESSED)
        texts += [self.texts.not_assessed(at).replace("%", "%%") for at in unknown]
        self.kept[key] = Kept(not_seen, ",".join(texts).encode())
        return self.kept[key]

    def _found(self, row: int, found: list[int]) -> bytes | None:
        """Tell what was found, the strongest first; None where a pattern voids the photo."""
        patterns, verdicts = self.texts.patterns, self.verdicts[row]
        if any(patterns[at].voids for at in found):
            return None
        if len(found) == 1:
            return "null".join(self.told[found[0], row]).encode()
        sides = [SIDES[int(self.scored[at].side[row])] for at in found]
        strengths = {patterns[at].key: (int(verdicts[at]), side) for at, side in zip(found, sides, strict=True)}
        parents = subsumed(strengths, self.texts.knowledge)
        named = {at: parents.get(patterns[at].key) for at in found}
        ordered = sorted(found, key=lambda at: by_strength(int(verdicts[at]), named[at], self.numbers[row][at]))
        return ",".join([json.dumps(named[at]).join(self.told[at, row]) for at in ordered]).encode()

    def _write_found(self) -> dict[tuple[int, int], Halves]:
        """Write every found pattern of the batch, by pattern and row, around the gap of its parent."""
        told = {}
        for at, one in enumerate(self.scored):
            rows = np.flatnonzero(one.verdict >= WEAK)
            groups: dict[tuple[int, int], list[int]] = {}
            for row, number, side in zip(
                rows.tolist(), one.variant[rows].tolist(), one.side[rows].tolist(), strict=True
            ):
                groups.setdefault((number, side), []).append(row)
                self.found.setdefault(row, []).append(at)
            for (number, side), members in groups.items():
                texts = self.texts.found(at, one, members, number, side)
                told.update({(at, row): text for row, text in zip(members, texts, strict=True)})
        return told

    def _voided(self) -> bytes:
        """Write every pattern as not scored: an answer, the same for everybody, voids the photos."""
        pattern = next(pattern for pattern in self.texts.patterns if pattern.voids)
        reason = f"{NOT_SCORED}{pattern.variants[0].expects[0].words}"
        return dumped(not_scored(self.texts.knowledge, reason))[1:-1].encode()
