"""What runs in a cluster's worker process: a finder that stays open, and the proof that it is everywhere the same."""

import contextlib
import pickle
import socket
import threading
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from posturecam import __version__
from posturecam.batch.engines import Broken, ended_after, quiet_threads
from posturecam.batch.job import AssessOne, Job
from posturecam.batch.remote import is_url
from posturecam.batch.tasks import Machine, Outcome, PhotoFailure, Task
from posturecam.errors import PosturecamError
from posturecam.pipeline.limits import TIMEOUT_S
from posturecam.text.language import N_, _, choose


@dataclass(frozen=True, slots=True)
class RefusedMachine:
    """What a worker answers that would come to other numbers: why, by name."""

    error: str


@dataclass(slots=True)
class _Open:
    """The finder of this process, and the job that it was opened for."""

    job: bytes = b""
    assess_one: AssessOne | None = None
    timeout_s: float = TIMEOUT_S
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    lock: threading.Lock = field(default_factory=threading.Lock)


_OPEN = _Open()
"""One finder in each process, whatever number of threads it was given."""

BEGUN = "posturecam-begun"
"""Topic under which a worker names the task that it has in hand."""

AGREEMENT = "posturecam-agreement"
"""Topic under which a worker tells how well it reads the reference photo."""

_MEANT = {
    "posturecam": N_("version of posturecam"),
    "model_sha256": N_("pose model"),
    "knowledge": N_("knowledge tables"),
}


def expected_of(job: Job) -> dict[str, Any]:
    """Say what decides over the numbers, for a worker to compare."""
    return {**job.picture_settings, **job.score_settings}


def answer(version: str, job: bytes, task: bytes) -> Outcome | RefusedMachine | Broken:
    """Assess one photo in this process. ``job`` and ``task`` are opened only where the program is the same."""
    if version != __version__:
        return RefusedMachine(_other(N_("version of posturecam"), __version__, version))
    with _OPEN.lock:
        try:
            assess_one = _opened(job)
            if isinstance(assess_one, RefusedMachine):
                return assess_one
            _tell_begun()
            with ended_after(_OPEN.timeout_s):
                return _assessed(assess_one, pickle.loads(task))  # noqa: S301  (from the one who gives us all our work)
        except (PosturecamError, ImportError) as error:
            return Broken(f"{_here()}: {error}")


def _opened(job: bytes) -> AssessOne | RefusedMachine:
    """Give the finder, opened anew for another job."""
    if _OPEN.assess_one is None or _OPEN.job != job:
        _OPEN.stack.close()
        _OPEN.assess_one = None
        whole, expected = pickle.loads(job)  # noqa: S301  (as above)
        refused = _compared(expected_of(whole), expected)
        if refused is not None:
            return refused
        _OPEN.stack.enter_context(quiet_threads())
        noted = replace(whole, machine_note=_machine_note(whole))
        _OPEN.job, _OPEN.assess_one = job, _OPEN.stack.enter_context(noted.opened())
        _OPEN.timeout_s = whole.timeout_s
    return _OPEN.assess_one


def _machine_note(job: Job) -> str:
    """Measure the reference photo and tell the run how it agrees; give a note where rounding does not explain it."""
    from posturecam.batch.agreement import check_agreement, processor_name  # noqa: PLC0415  (loads cv2)

    choose(job.language)
    if job.finder != "mediapipe" or job.model is not None or job.knowledge is not None:
        return ""
    with job.found_by() as finder:
        found = check_agreement(finder, job.tables)
    _log(AGREEMENT, asdict(Machine(_here(), processor_name(), found.key, found.share, found.same)))
    if found.same:
        return ""
    return _(
        "Measured on {processor}, which reads the reference photo otherwise ({key} by {share:.2f} of its ±).",
        processor=processor_name(),
        key=found.key,
        share=found.share,
    )


def _compared(found: dict[str, Any], expected: dict[str, Any]) -> RefusedMachine | None:
    for name, value in expected.items():
        if found.get(name) != value:
            return RefusedMachine(_other(_MEANT.get(name, name), str(found.get(name)), str(value)))
    return None


def _other(what: str, found: str, expected: str) -> str:
    return _(
        "{here} has another {what} ({found}, here it is {expected}). Install the same there, or end it.",
        here=_here(),
        what=what,
        found=found[:16],
        expected=expected[:16],
    )


def _tell_begun() -> None:
    """Say that this process now has a photo in hand, and wait until that is heard: the photo may be its last."""
    from distributed import get_worker  # noqa: PLC0415  (whoever runs this has it)

    _log(BEGUN, get_worker().get_current_task())


def _log(topic: str, message: Any) -> None:
    """Tell whoever listens to the topic, and wait until that is heard."""
    from distributed import get_worker  # noqa: PLC0415  (whoever runs this has it)
    from distributed.utils import sync  # noqa: PLC0415

    worker: Any = get_worker()
    told: Any = sync
    told(worker.loop, worker.scheduler.log_event, topic=topic, msg=message)


def _here() -> str:
    """Name this worker."""
    from distributed import get_worker  # noqa: PLC0415  (whoever runs this has it)

    return _("the worker {address} on {gethostname}", address=get_worker().address, gethostname=socket.gethostname())


def _assessed(assess_one: AssessOne, task: Task) -> Outcome:
    """Assess; that a photo cannot be seen from here says nothing about the photo."""
    if not is_url(task.path) and not Path(task.path).exists():
        reason, remedy = (
            _("{here} does not see this file", here=_here()),
            _("Give every worker the folder under the same path."),
        )
        return Outcome(task, failure=PhotoFailure(reason, remedy))
    return assess_one(task)
