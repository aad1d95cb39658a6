"""A folder of photos, one by one: resumable, one bad file is one row, the same bytes whatever happened between.

    from pathlib import Path
    from posturecam.batch import Job, RunPlan, Wanted, run_batch

    summary = run_batch(RunPlan(Wanted(("photos",)), Path("results"), Job(), workers=4))
    print(summary.counts.results, "measured,", summary.counts.failures, "failed")

The parts: ``run_inputs`` lists files, ``path_template`` reads who is who from their paths, ``job`` does one photo,
``engines`` do many at once, ``result_store`` keeps what was found, ``result_tables`` and ``index_page`` write it at the
end.
"""

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from posturecam.batch.job import Job, Pictures
from posturecam.batch.ledger import Counts, RunPlan, Watch, claimed_out, measure_all
from posturecam.batch.path_template import PathTemplate, compiled
from posturecam.batch.progress_bar import Quiet
from posturecam.batch.rescore import rescore_all
from posturecam.batch.result_store import Store, disk_errors_told
from posturecam.batch.run_inputs import Wanted
from posturecam.batch.run_outputs import write_outputs
from posturecam.batch.staging import publish

_PATIENCE_S = 1.8
"""How long a run that was asked to stop may take to write what is there; what was found is kept in any case."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended; ``interrupted`` when it was asked to stop before all was done."""

    counts: Counts
    interrupted: bool


def run_batch(plan: RunPlan, watch: Watch | None = None, *, rescore: bool = False) -> Summary:
    """Assess every photo of the plan (or score its stored results again) and write the outputs.

    Ctrl-C and SIGTERM finish the photos at hand where they take no longer than a moment, and write what is there.
    Raises SettingsError, OutputError, ModelError, and KeyboardInterrupt where that takes too long.
    """
    plan = claimed_out(plan)
    do_all = rescore_all if rescore else measure_all
    with disk_errors_told(), stopping() as stop, Store(plan.out) as store:
        ledger = do_all(plan, store, watch or Quiet(), stop)
        counts = write_outputs(plan, ledger, store)
    if plan.target is not None:
        publish(plan.out, plan.target, whole=not counts.waiting)
    return Summary(counts, stop.is_set())


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C or SIGTERM into a switch; a second one, or some time, interrupts at once."""
    stop = threading.Event()
    main = threading.main_thread().ident

    ended = threading.Event()

    def asked(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.default_int_handler)
        threading.Thread(target=interrupt, args=(number,), daemon=True).start()

    def interrupt(number: int) -> None:
        if ended.wait(_PATIENCE_S):
            return
        if main is not None and hasattr(signal, "pthread_kill"):
            signal.pthread_kill(main, number)
        else:
            _thread.interrupt_main(signal.Signals(number))

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        ended.set()
        for number, handler in before.items():
            signal.signal(number, handler)


__all__ = [
    "Counts",
    "Job",
    "PathTemplate",
    "Pictures",
    "Quiet",
    "RunPlan",
    "Summary",
    "Wanted",
    "Watch",
    "claimed_out",
    "compiled",
    "run_batch",
]
