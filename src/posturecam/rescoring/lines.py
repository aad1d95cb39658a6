"""JSON lines scored again in batches: the arrays do the scoring, and only what is found is told person by person.

A bare line (view and measurements) keeps its text and gets ``findings`` and ``red_flags`` appended; what is not seen or
not assessed comes without its evidence there. A line that already carries conclusions gets all of them renewed.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from posturecam.answers import Answers
from posturecam.body import View
from posturecam.errors import StoredError
from posturecam.knowledge import Knowledge
from posturecam.patterns import engine
from posturecam.patterns.findings import findings_of
from posturecam.plan import UNDER_AGE, concluded
from posturecam.rescoring.entries import Texts
from posturecam.rescoring.sheet import Kept, Sheet
from posturecam.rescoring.stored import read_object, read_row, read_views, renewed, with_conclusion

BATCH = 1024
"""Lines scored at once; memory does not grow with the file."""

_RENEWED = ("findings", "chain", "plan", "red_flags", "answers", "void", "notes", "versions", "photos", "photo")
"""A line with any of these is no bare line."""

Objects = list[dict[str, Any]]


def rescore_lines(
    lines: Iterable[bytes], knowledge: Knowledge, answers: Answers | None = None, where: str = "the file"
) -> Iterator[str]:
    """Score every line again, in order; empty lines are left out. Raises StoredError that names the line."""
    rescorer = Rescorer(knowledge, answers)
    batch: list[tuple[int, bytes]] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            batch.append((number, line))
        if len(batch) == BATCH:
            yield from rescorer.batch(batch, where)
            batch = []
    yield from rescorer.batch(batch, where)


class Rescorer:
    """The tables made ready once, and then batch after batch of lines."""

    def __init__(self, knowledge: Knowledge, answers: Answers | None = None) -> None:
        """Make the columns and the texts ready."""
        self.knowledge, self.answers = knowledge, answers
        self.told = answers or Answers()
        self.keys = engine.columns(knowledge)
        self.index = {key: column for column, key in enumerate(self.keys)}
        self.texts = Texts(knowledge)
        self.kept: dict[tuple[bytes, frozenset[View]], Kept] = {}
        self.plain_way = not self.told.warnings and not self.told.says("age_band", UNDER_AGE)

    def batch(self, lines: list[tuple[int, bytes]], where: str) -> list[str]:
        """Score one batch of numbered lines."""
        objects = [_parsed(line, f"{where}, line {number}") for number, line in lines]
        grid = self._grid(objects, lines, where)
        scored = engine.score_grid(grid, self.knowledge) if self.plain_way else {}
        told = Sheet(self.texts, self.kept, scored, grid) if self.plain_way else None
        written = []
        for row, ((number, line), data) in enumerate(zip(lines, objects, strict=True)):
            if told is None or any(key in data for key in _RENEWED):
                written.append(self._whole(data, scored, row, f"{where}, line {number}"))
                continue
            view = _view(data, f"{where}, line {number}")
            text = line.decode().strip()
            written.append(f"{text[:-1].rstrip()}, {told.row(row, view)}}}")
        return written

    def _whole(self, data: dict[str, Any], scored: dict[str, engine.Scored], row: int, at: str) -> str:
        """Renew every conclusion of one line; the batch's scores serve where nothing of its own changes them."""
        stored = read_object(data, self.knowledge, self.answers, at)
        if not scored or stored.void or stored.answers != self.told:
            return json.dumps(renewed(data, self.knowledge, self.answers, at), ensure_ascii=False)
        findings = findings_of(scored, row, stored.views, self.knowledge)
        conclusion = concluded(findings, stored.readings, self.knowledge, self.told)
        return json.dumps(with_conclusion(data, conclusion, self.knowledge), ensure_ascii=False)

    def _grid(self, objects: Objects, lines: list[tuple[int, bytes]], where: str) -> engine.Grid:
        """Lay the batch out as a grid; of several measurements with one key the surest counts."""
        grid = engine.empty_grid(len(objects), self.told, self.keys)
        cells, values, sems = self._cells(objects, lines, where)
        surest_last = np.argsort(-sems[::-1], kind="stable")
        places = cells[::-1][surest_last]
        grid.values.ravel()[places] = values[::-1][surest_last]
        grid.sems.ravel()[places] = sems[::-1][surest_last]
        return grid

    def _cells(
        self, objects: Objects, lines: list[tuple[int, bytes]], where: str
    ) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Give every measurement's place in the grid, value and standard error."""
        try:
            rows = self._quick(objects)
        except (KeyError, TypeError, ValueError, AttributeError, StoredError):
            rows = self._careful(objects, lines, where)
        cells, values, sems = rows
        return np.array(cells, np.intp), values, sems

    def _quick(self, objects: Objects) -> tuple[list[int], NDArray[np.float64], NDArray[np.float64]]:
        """Read well-formed measurements; anything else raises and is read with care."""
        cells: list[int] = []
        values: list[float] = []
        sems: list[float] = []
        find, width = self.index.get, len(self.keys)
        for row, data in enumerate(objects):
            start = row * width
            for one in data["measurements"]:
                column = find(one["key"])
                if column is not None:
                    cells.append(start + column)
                    values.append(one["value"])
                    sems.append(one["sem"])
        return cells, *_checked(values, sems)

    def _careful(
        self, objects: Objects, lines: list[tuple[int, bytes]], where: str
    ) -> tuple[list[int], NDArray[np.float64], NDArray[np.float64]]:
        """Read measurement by measurement, so that an error names its place and intervals serve as well."""
        found: list[tuple[int, float, float]] = []
        for row, (data, (number, _)) in enumerate(zip(objects, lines, strict=True)):
            at = f"{where}, line {number}"
            rows = data.get("measurements")
            if not isinstance(rows, list):
                msg = f"{at}: measurements are missing; give a list of objects with key, value and sem"
                raise StoredError(msg)
            for place, one in enumerate(rows, 1):
                reading = read_row(one, f"{at}, measurement {place}")
                if reading and reading.key in self.index:
                    found.append((row * len(self.keys) + self.index[reading.key], reading.value, reading.sem))
        cells = [cell for cell, _, _ in found]
        return cells, np.array([value for _, value, _ in found]), np.array([sem for _, _, sem in found])


def _checked(values: list[float], sems: list[float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bring numbers to arrays; what is no number, not finite or a negative error raises ValueError."""
    if not {float, int}.issuperset(map(type, values)) or not {float, int}.issuperset(map(type, sems)):
        raise ValueError
    many, errors = np.array(values, np.float64), np.array(sems, np.float64)
    if not (np.isfinite(many).all() and np.isfinite(errors).all() and (errors >= 0).all()):
        raise ValueError
    return many, errors


def _parsed(line: bytes, where: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        msg = f"{where}: not valid JSON ({error})"
        raise StoredError(msg) from error
    if not isinstance(data, dict):
        msg = f"{where}: found {type(data).__name__}; give a JSON object with view and measurements"
        raise StoredError(msg)
    return data


_VIEWS = {view.value: frozenset({view}) for view in View if view is not View.OBLIQUE}


def _view(data: dict[str, Any], where: str) -> frozenset[View]:
    """Return the view of a bare line."""
    view = data.get("view")
    known = _VIEWS.get(view) if isinstance(view, str) else None
    return known or read_views(data, where)
