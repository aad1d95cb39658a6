"""Long files of JSON lines shared out to worker processes, batch by batch; the lines come back in their order."""

import gc
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

from posturecam.errors import PosturecamError, StoredError
from posturecam.knowledge import Knowledge
from posturecam.patterns.answers import Answers
from posturecam.storage.rescoring.lines import Rescorer, batches, rescore_lines

LONG_FILE_BYTES = 16 * 2**20
"""Files from this size on are shared out; for shorter ones the workers would not be worth their start."""

MOST_WORKERS = 4
_AHEAD = 2

Batch = list[tuple[int, bytes]]


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
                    yield _result(waiting.popleft())
            while waiting:
                yield _result(waiting.popleft())
        finally:
            pool.shutdown(cancel_futures=True)


def _result(future: "Future[bytes | str]") -> bytes:
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


def _score(batch: Batch) -> bytes | str:
    try:
        return _rescorer[-1].batch(batch)
    except PosturecamError as error:
        return str(error)
