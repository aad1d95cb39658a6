"""One scored batch, written row by row."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from posturecam.errors.facts import Fact
from posturecam.measures.measurement import Z95
from posturecam.patterns.engine import NOT_ASSESSED, WEAK, Grid, Scored
from posturecam.patterns.evidence import SIDES
from posturecam.patterns.findings import by_strength, not_scored, subsumed
from posturecam.storage.rescoring.entries import SCORES, Texts, dumped

_MOST_KEPT = 512
_FINDINGS = b',"findings":['
_NO_FLAGS = b'],"red_flags":[]}\n'


@dataclass(frozen=True, slots=True)
class Kept:
    """What depends only on what was measured and found: the patterns not seen, and the text around their scores."""

    not_seen: tuple[int, ...]
    text: bytes


Key = tuple[bytes, tuple[int, ...]]


class Sheet:
    """One scored batch; ``kept`` is shared by the batches of one run."""

    def __init__(self, texts: Texts, kept: dict[Key, Kept], scored: Mapping[str, Scored], grid: Grid) -> None:
        """Bring the batch's arrays to lists once."""
        self.texts, self.kept, self.grid = texts, kept, grid
        self.scored = tuple(scored.values())
        self.verdicts = np.array([one.verdict for one in self.scored]).T
        scores = np.array([one.score for one in self.scored]).T
        self.numbers: list[list[int]] = np.rint(scores * 10_000).astype(int).tolist()
        self.observed = np.packbits(~np.isnan(grid.values), axis=1)
        self.flags = self._flags()
        self.found: dict[int, list[int]] = {}
        rows, patterns = np.nonzero(self.verdicts >= WEAK)
        for row, at in zip(rows.tolist(), patterns.tolist(), strict=True):
            self.found.setdefault(row, []).append(at)

    def _flags(self) -> dict[int, list[str]]:
        """Write the measured limits that are passed, by row."""
        flags: dict[int, list[str]] = {}
        for limit in self.texts.knowledge.limits.values():
            column = self.grid.index[limit.key]
            values = self.grid.values[:, column]
            reach = np.abs(values) - Z95 * self.grid.sems[:, column]
            for row in np.flatnonzero(np.nan_to_num(reach, nan=-1.0) > limit.beyond).tolist():
                flags.setdefault(row, []).append(self.texts.flag(limit, float(values[row])))
        return flags

    def write(self, row: int, parts: list[bytes]) -> None:
        """Append one person's ``,"findings":[…],"red_flags":[…]}`` and the line's end, in parts to be joined."""
        found = self.found.get(row, [])
        flags = f'],"red_flags":[{",".join(self.flags[row])}]}}\n'.encode() if row in self.flags else _NO_FLAGS
        if found and any(self.texts.patterns[at].voids for at in found):
            parts += (_FINDINGS, self._voided(), flags)
            return
        key = (self.observed[row].tobytes(), tuple(found))
        kept = self.kept.get(key) or self._keep(key, row)
        numbers = self.numbers[row]
        rest = kept.text % tuple([SCORES[numbers[at]] for at in kept.not_seen])
        told = self._told(row, found) if found else b""
        parts += (_FINDINGS, told, b"," if told and rest else b"", rest, flags)

    def _keep(self, key: Key, row: int) -> Kept:
        """Write what is not found when exactly these things were measured and found, for the next person too."""
        if len(self.kept) >= _MOST_KEPT:
            self.kept.clear()
        verdicts = self.verdicts[row].tolist()
        not_seen = tuple(at for at, verdict in enumerate(verdicts) if NOT_ASSESSED < verdict < WEAK)
        texts = [self.texts.not_seen[at] for at in not_seen]
        texts += [self.texts.not_assessed[at] for at, verdict in enumerate(verdicts) if verdict == NOT_ASSESSED]
        self.kept[key] = Kept(not_seen, ",".join(texts).encode())
        return self.kept[key]

    def _told(self, row: int, found: list[int]) -> bytes:
        """Tell what was found, the strongest first."""
        numbers, named = self.numbers[row], self._parents(row, found) if len(found) > 1 else {}
        texts = []
        for at in found:
            one, parent = self.scored[at], named.get(at)
            verdict = int(one.verdict[row])
            text = self.texts.found(at, int(one.variant[row]), int(one.side[row]), verdict, parent)
            texts.append((by_strength(verdict, parent, numbers[at]), at, text % SCORES[numbers[at]]))
        return b",".join([text for _, _, text in sorted(texts)])

    def _parents(self, row: int, found: list[int]) -> dict[int, str]:
        """Give what subsumes each of several found patterns."""
        keys = {self.texts.patterns[at].key: at for at in found}
        strengths = {
            key: (int(self.verdicts[row, at]), SIDES[int(self.scored[at].side[row])]) for key, at in keys.items()
        }
        return {keys[child]: parent for child, parent in subsumed(strengths, self.texts.knowledge).items()}

    def _voided(self) -> bytes:
        """Write every pattern as not scored: an answer, the same for everybody, voids the photos."""
        pattern = next(pattern for pattern in self.texts.patterns if pattern.voids)
        reason = Fact("from_tables", text=pattern.variants[0].expects[0].words)
        return dumped(not_scored(self.texts.knowledge, reason))[1:-1].encode()
