"""Many stored assessments as one grid, line by line, so that no parsed line has to be kept; and what is written of it.

What is told of a finding hardly differs from person to person, so each text is written once and given its score.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array, Side
from posturecam.errors import StoredError
from posturecam.errors.facts import Fact
from posturecam.knowledge import Knowledge
from posturecam.knowledge.advice import Limit
from posturecam.measures.measurement import Z95
from posturecam.patterns import red_flags
from posturecam.patterns.answers import Answers
from posturecam.patterns.engine import NOT_ASSESSED, VERDICTS, WEAK, Grid, Scored, Verdict, empty_grid
from posturecam.patterns.evidence import SIDES
from posturecam.patterns.findings import (
    Finding,
    by_strength,
    explained,
    muscles_of,
    not_scored,
    pattern_title,
    subsumed,
)
from posturecam.storage.rescoring.stored_object import json_values, read_row
from posturecam.storage.strict_json import MOST
from posturecam.text.language import _

_MOST_KEPT = 512


class GridLayout:
    """Where each key goes; lines mostly name the same keys in the same order, so their places are kept."""

    def __init__(self, keys: tuple[str, ...], answers: Answers) -> None:
        """Give every key its column."""
        self.keys, self.answers = keys, answers
        self.index = {key: column for column, key in enumerate(keys)}
        self.kept: dict[tuple[str, ...], tuple[list[int], bool]] = {}

    def columns(self, named: tuple[str, ...]) -> tuple[list[int], bool]:
        """Give the columns of these keys (−1: unasked), and whether they need care: one twice, or no text."""
        if len(self.kept) >= _MOST_KEPT:
            self.kept.clear()
        odd = len(set(named)) < len(named) or not all(isinstance(key, str) for key in named)
        self.kept[named] = [self.index.get(key, -1) for key in named], odd
        return self.kept[named]


class GridBatch:
    """The measurements of many lines; of several with one key the surest counts."""

    def __init__(self, layout: GridLayout) -> None:
        """Start empty."""
        self.layout = layout
        self.columns: list[int] = []
        self.values: list[float] = []
        self.sems: list[float] = []
        self.counts: list[int] = []

    def add(self, data: dict[str, Any], where: str, line: int, *, sound: bool) -> None:
        """Add one parsed line; one that is not ``sound`` is read with care. Raises StoredError."""
        try:
            rows = data["measurements"]
            named = tuple([row["key"] for row in rows])
            values, sems = [row["value"] for row in rows], [row["sem"] for row in rows]
            columns, odd = self.layout.kept.get(named) or self.layout.columns(named)
            # Summing refuses what is no number, and shows what is too large; only true and false would pass.
            well = sound and not odd and type(rows) is list and abs(sum(values) + sum(sems)) < MOST
        except (KeyError, TypeError, AttributeError, OverflowError):
            well = False
        if not well:
            columns, values, sems = self._careful(data, _("{where}, line {line}", where=where, line=line))
        self.columns += columns
        self.values += values
        self.sems += sems
        self.counts.append(len(values))

    def _careful(self, data: dict[str, Any], place: str) -> tuple[list[int], list[float], list[float]]:
        """Read measurement by measurement, so that an error names its place and intervals serve as well."""
        rows = data.get("measurements")
        if not isinstance(rows, list):
            msg = _("{place}: measurements are missing; give a list of objects with key, value and sem", place=place)
            raise StoredError(msg)
        surest: dict[int, tuple[float, float]] = {}
        for number, row in enumerate(rows, 1):
            reading = read_row(row, _("{place}, measurement {number}", place=place, number=number))
            column = self.layout.index.get(reading.key) if reading else None
            if reading and column is not None and (column not in surest or reading.sem < surest[column][1]):
                surest[column] = (reading.value, reading.sem)
        return list(surest), [value for value, _ in surest.values()], [sem for _, sem in surest.values()]

    def grid(self) -> Grid:
        """Lay everything out; a number that is none, or a negative error, raises ValueError or OverflowError."""
        grid = empty_grid(len(self.counts), self.layout.answers, self.layout.keys)
        values, sems = np.array(self.values, np.float64), np.array(self.sems, np.float64)
        if not ((np.abs(values) < MOST).all() and (sems < MOST).all() and (sems >= 0).all()):
            raise ValueError
        columns: NDArray[np.intp] = np.array(self.columns, np.intp)
        cells = np.repeat(np.arange(len(self.counts)) * len(self.layout.keys), self.counts) + columns
        asked = columns >= 0
        _fill(grid.values, cells[asked], values[asked])
        _fill(grid.sems, cells[asked], sems[asked])
        return grid


def _fill(table: Array, cells: NDArray[np.intp], values: Array) -> None:
    table.ravel()[cells] = values


SCORES = tuple(json.dumps(number / 10_000).encode() for number in range(10_001))
"""The texts of all scores, by ten-thousandths."""

_GAP = -1.5
_ONLY_WITH_EVIDENCE = ("evidence", "severity", "reason")


def dumped(value: object) -> str:
    """Write a value as compact JSON text."""
    return json.dumps(json_values(value), ensure_ascii=False, separators=(",", ":"))


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
            name=pattern_title(pattern, variant, found=True),
            side=shown,
            score=_GAP,
            verdict=VERDICTS[verdict],
            evidence=(),
            tight=muscles_of(variant.tight, shown),
            weak=muscles_of(variant.weak, shown),
            explanation=explained(variant, VERDICTS[verdict], shown, None),
            grade=pattern.grade,
            normal_variant=pattern.normal_variant,
            subsumed_by=parent,
        )
        return _with_gap(
            {key: told_value for key, told_value in json_values(told).items() if key not in _ONLY_WITH_EVIDENCE}
        ).encode()

    def flag(self, limit: Limit, value: float) -> str:
        """Write one measured limit that is passed."""
        return dumped(red_flags.flag_of(limit, value, self.knowledge))


def _with_gap(row: dict[str, object]) -> str:
    return dumped(row).replace("%", "%%").replace(str(_GAP), "%b", 1)


_MOST_TEXTS = 512
_FINDINGS = b',"findings":['
_NO_FLAGS = b'],"red_flags":[]}\n'


@dataclass(frozen=True, slots=True)
class KeptText:
    """What depends only on what was measured and found: the patterns not seen, and the text around their scores."""

    not_seen: tuple[int, ...]
    text: bytes


TextKey = tuple[bytes, tuple[int, ...]]


class ScoredBatch:
    """One scored batch; ``kept`` is shared by the batches of one run."""

    def __init__(self, texts: Texts, kept: dict[TextKey, KeptText], scored: Mapping[str, Scored], grid: Grid) -> None:
        """Bring the batch's arrays to lists once."""
        self.texts, self.kept, self.grid = texts, kept, grid
        self.scored = tuple(scored.values())
        self.verdicts = np.array([pattern.verdict for pattern in self.scored]).T
        scores = np.array([pattern.score for pattern in self.scored]).T
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

    def _keep(self, key: TextKey, row: int) -> KeptText:
        """Write what is not found when exactly these things were measured and found, for the next person too."""
        if len(self.kept) >= _MOST_TEXTS:
            self.kept.clear()
        verdicts = self.verdicts[row].tolist()
        not_seen = tuple(at for at, verdict in enumerate(verdicts) if NOT_ASSESSED < verdict < WEAK)
        texts = [self.texts.not_seen[at] for at in not_seen]
        texts += [self.texts.not_assessed[at] for at, verdict in enumerate(verdicts) if verdict == NOT_ASSESSED]
        self.kept[key] = KeptText(not_seen, ",".join(texts).encode())
        return self.kept[key]

    def _told(self, row: int, found: list[int]) -> bytes:
        """Tell what was found, the strongest first."""
        numbers, named = self.numbers[row], self._parents(row, found) if len(found) > 1 else {}
        texts = []
        for at in found:
            scored, parent = self.scored[at], named.get(at)
            verdict = int(scored.verdict[row])
            text = self.texts.found(at, int(scored.variant[row]), int(scored.side[row]), verdict, parent)
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
