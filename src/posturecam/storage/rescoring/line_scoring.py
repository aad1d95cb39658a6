"""JSON lines scored again in batches: the arrays do the scoring, and only what is found is told person by person.

A bare line (view and measurements) keeps its text and gets ``findings`` and ``red_flags`` appended: what is found
without its evidence, the rest with side, score and verdict only. A line that already carries conclusions gets all of
them renewed. Long files are shared out to worker processes, batch by batch; the lines come back in their order.
"""

import gc
import json
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from posturecam.body import View
from posturecam.errors import PosturecamError, StoredError
from posturecam.knowledge import Knowledge
from posturecam.patterns import engine
from posturecam.patterns.answers import Answers
from posturecam.patterns.findings import findings_of
from posturecam.patterns.plan import UNDER_AGE, concluded
from posturecam.storage.rescoring.scored_batch import GridBatch, GridLayout, KeptText, ScoredBatch, TextKey, Texts
from posturecam.storage.rescoring.stored_object import (
    no_json,
    read_object,
    read_views,
    renewed,
    with_conclusion,
    written,
)
from posturecam.text.language import _

BATCH = 1024
"""Lines scored at once; memory does not grow with the file."""

_RENEWED = frozenset(
    ("findings", "chain", "plan", "red_flags", "answers", "void", "notes", "versions", "photos", "photo")
)
"""A line with any of these is no bare line."""

_VIEWS = {view.value: frozenset({view}) for view in View if view is not View.OBLIQUE}
_SCAN: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]


def rescore_lines(
    lines: Iterable[bytes], knowledge: Knowledge, answers: Answers | None = None, where: str = "the file"
) -> Iterator[bytes]:
    """Score every line again, in order, many lines to a chunk; empty ones are left out. Raises StoredError."""
    rescorer = Rescorer(knowledge, answers, where)
    with _no_collection():
        for batch in batches(lines):
            yield rescorer.batch(batch)


def batches(lines: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    """Gather numbered lines; empty ones are left out."""
    batch: list[tuple[int, bytes]] = []
    for number, line in enumerate(lines, 1):
        if not line.isspace():
            batch.append((number, line))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector from walking everything again and again: what is made here holds no cycles."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class Rescorer:
    """The tables made ready once, and then batch after batch of numbered lines."""

    def __init__(self, knowledge: Knowledge, answers: Answers | None = None, where: str = "the file") -> None:
        """Make the columns and the texts ready."""
        self.knowledge, self.answers, self.where = knowledge, answers, where
        self.told = answers or Answers()
        self.layout = GridLayout(engine.columns(knowledge), self.told)
        self.texts = Texts(knowledge)
        self.kept: dict[TextKey, KeptText] = {}
        self.scores = not self.told.warnings and not self.told.says("age_band", UNDER_AGE)

    def batch(self, lines: list[tuple[int, bytes]]) -> bytes:
        """Score one batch; each line comes with its end."""
        if not self.scores:
            return b"".join(self._whole(self._parsed(number, line), {}, 0, number) for number, line in lines)
        grid, views = self._read(lines)
        scored = engine.score_grid(grid, self.knowledge)
        sheet = ScoredBatch(self.texts, self.kept, scored, grid)
        parts: list[bytes] = []
        for row, ((number, line), view) in enumerate(zip(lines, views, strict=True)):
            if view is None:
                parts.append(self._whole(self._parsed(number, line), scored, row, number))
            else:
                parts.append(line[: line.rindex(b"}")])
                sheet.write(row, parts)
        return b"".join(parts)

    def _read(self, lines: list[tuple[int, bytes]]) -> tuple[engine.Grid, list[frozenset[View] | None]]:
        """Read the measurements of every line, and the view of the bare ones (None for the others)."""
        batch, views = GridBatch(self.layout), []
        for number, line in lines:
            data = self._parsed(number, line)
            sound = b"true" not in line and b"false" not in line
            batch.add(data, self.where, number, sound=sound)
            views.append(self._view(data, number) if _RENEWED.isdisjoint(data) else None)
        try:
            return batch.grid(), views
        except (ValueError, OverflowError):
            for number, line in lines:
                read_object(
                    self._parsed(number, line),
                    self.knowledge,
                    self.answers,
                    _("{where}, line {number}", where=self.where, number=number),
                )
            raise

    def _view(self, data: dict[str, Any], number: int) -> frozenset[View] | None:
        """Return the view of a bare line; None when it takes more than a look."""
        view = data.get("view")
        known = _VIEWS.get(view) if isinstance(view, str) else None
        if known is None:
            read_views(data, _("{where}, line {number}", where=self.where, number=number))
        return known

    def _parsed(self, number: int, line: bytes) -> dict[str, Any]:
        """Parse one line. Raises StoredError that names it."""
        try:
            data = _parse(line.decode())
        except (ValueError, RecursionError) as error:
            raise no_json(_("{where}, line {number}", where=self.where, number=number), error) from error
        if not isinstance(data, dict):
            msg = _(
                "{where}, line {number}: found {name}; give a JSON object",
                where=self.where,
                number=number,
                name=type(data).__name__,
            )
            raise StoredError(msg)
        return data

    def _whole(self, data: dict[str, Any], scored: dict[str, engine.Scored], row: int, number: int) -> bytes:
        """Renew every conclusion of one line; the batch's scores serve where nothing of its own changes them."""
        at = _("{where}, line {number}", where=self.where, number=number)
        stored = read_object(data, self.knowledge, self.answers, at)
        if not scored or stored.void or stored.answers != self.told:
            return written(renewed(data, self.knowledge, self.answers, at), at)
        findings = findings_of(scored, row, stored.views, self.knowledge)
        conclusion = concluded(findings, stored.readings, self.knowledge, self.told)
        return written(with_conclusion(data, conclusion, self.knowledge), at)


def _parse(text: str) -> Any:
    """Do what ``json.loads`` does, without its search for leading blanks; anything unusual is left to it."""
    if text.startswith("{"):
        try:
            data, end = _SCAN(text, 0)
        except StopIteration:
            return json.loads(text)
        if end == len(text) or not text[end:].strip():
            return data
    return json.loads(text)


LONG_FILE_BYTES = 16 * 2**20
"""Files from this size on are shared out; for shorter ones the workers would not be worth their start."""

MOST_WORKERS = 4
_AHEAD = 2

LineBatch = list[tuple[int, bytes]]


def rescore_long(
    lines: Iterable[bytes], knowledge: Knowledge, answers: Answers | None, where: str, workers: int | None = None
) -> Iterator[bytes]:
    """Score every line again as ``rescore_lines`` does, in several processes. Raises StoredError."""
    count = min(workers or os.cpu_count() or 1, MOST_WORKERS)
    if count < 2:
        yield from rescore_lines(lines, knowledge, answers, where)
        return
    with ProcessPoolExecutor(count, initializer=_prepare, initargs=(knowledge, answers, where)) as pool:
        waiting: deque[Future[bytes | str]] = deque()
        try:
            for batch in batches(lines):
                waiting.append(pool.submit(_score, batch))
                if len(waiting) > count + _AHEAD:
                    yield _lines_of(waiting.popleft())
            while waiting:
                yield _lines_of(waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _lines_of(future: "Future[bytes | str]") -> bytes:
    """Return a batch's lines; what went wrong in a worker comes back as its message."""
    found = future.result()
    if isinstance(found, str):
        raise StoredError(found)
    return found


_rescorer: list[Rescorer] = []
"""The worker's own, made once."""


def _prepare(knowledge: Knowledge, answers: Answers | None, where: str) -> None:
    gc.disable()  # what is made here holds no cycles
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process ends the workers
    _rescorer.append(Rescorer(knowledge, answers, where))


def _score(batch: LineBatch) -> bytes | str:
    try:
        return _rescorer[-1].batch(batch)
    except PosturecamError as error:
        return str(error)
