"""Many stored assessments laid out as one grid, line by line, so that no parsed line has to be kept."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from posturecam.body import Array
from posturecam.errors import StoredError
from posturecam.patterns.answers import Answers
from posturecam.patterns.engine import Grid, empty_grid
from posturecam.storage.rescoring.stored import read_row
from posturecam.storage.strict_json import MOST
from posturecam.text.language import _

_MOST_KEPT = 512


class Layout:
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


class Batch:
    """The measurements of many lines; of several with one key the surest counts."""

    def __init__(self, layout: Layout) -> None:
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
            named = tuple([one["key"] for one in rows])
            values, sems = [one["value"] for one in rows], [one["sem"] for one in rows]
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
        for number, one in enumerate(rows, 1):
            reading = read_row(one, _("{place}, measurement {number}", place=place, number=number))
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
