"""Whether a run may write into its out folder: asked before anything is measured.

A folder of photos is no place for results: they get a folder of their own inside it. What posturecam did not make is
not replaced without ``--force``, and neither are the results of other photos.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from posturecam.batch.names import Names
from posturecam.batch.remote import is_url
from posturecam.batch.store import OVERLAYS, RESULTS, THUMBNAILS
from posturecam.errors import OutputError
from posturecam.storage.files import is_link, rules
from posturecam.storage.origin import REPORTED, is_ours
from posturecam.storage.outputs import claim_folder, inside, own_folder
from posturecam.text.language import _

if TYPE_CHECKING:
    from posturecam.batch.ledger import Plan

FILES = re.compile(
    r"(?:results|failures|inputs|exams)\.jsonl|(?:results|failures|exams)\.csv|results\.parquet|index\.html|run\.json"
)
"""What a run writes directly into its out folder."""

INPUTS = "inputs.jsonl"
_LOOKED_AT, _HASHED = 1000, 50


def claimed(plan: "Plan") -> "Plan":
    """Give the plan with the folder that its results really go to. Raises OutputError."""
    if plan.target is not None or is_url(str(plan.wanted.out or "")):
        return plan
    out = _own(plan)
    job = plan.job
    lists = (Path(place) for place in plan.wanted.places if not is_url(place))
    claim_folder(out, FILES, [job.answers, job.model, *inside(job.knowledge), *lists])
    _check_pictures(out)
    if not rules().force and any((out / name).is_file() for name in REPORTED):
        msg = _(
            "{folder} holds the report of a photo or an exam. Give the run its own folder with --out, or use --force.",
            folder=out,
        )
        raise OutputError(msg)
    return replace(plan, out=out, wanted=replace(plan.wanted, out=str(out)))


def _own(plan: "Plan") -> Path:
    """Give the out folder, or one inside it where it is what is to be read; an earlier run's stays what it is."""
    if is_ours(plan.out / RESULTS):
        return plan.out
    if plan.out.is_dir() and any(_is_same(plan.out, Path(place)) for place in plan.wanted.places):
        return plan.out / "posturecam"
    return own_folder(plan.out)


def _is_same(folder: Path, place: Path) -> bool:
    try:
        return folder.samefile(place)
    except (OSError, ValueError):
        return False


def _check_pictures(out: Path) -> None:
    """Refuse folders for pictures that are links, or that no run made."""
    for folder in (out / THUMBNAILS, out / OVERLAYS):
        if is_link(folder):
            msg = _("{path} is a link, and results are not written through links. Give another --out.", path=folder)
            raise OutputError(msg)
        if rules().force or is_ours(out / RESULTS) or not folder.is_dir():
            continue
        if next(folder.iterdir(), None) is not None:
            msg = _(
                "{path} is there already, and posturecam did not make it. Give another --out, or use --force.",
                path=folder,
            )
            raise OutputError(msg)


def check_whose(out: Path, names: Names, content_of: Callable[[str], object]) -> None:
    """Refuse the results of a run over wholly other photos: known by their paths, else by what is in them.

    content_of  gives the sha256 of a file as text, anything else where it cannot be read
    Raises OutputError.
    """
    known = list(_earlier(out / INPUTS))
    if rules().force or not known:
        return
    paths = {path for path, _sha256 in known}
    inputs = [entry.input.path for entry in islice(names, _HASHED)]
    if any(_whole(entry.input.path) in paths for entry in names):
        return
    hashes = {sha256 for _path, sha256 in known if sha256}
    if not hashes.isdisjoint(one for one in map(content_of, inputs) if isinstance(one, str)):
        return
    msg = _(
        "{folder} holds the results of other photos, such as {path}. Give this run its own folder with --out, or go on "
        "there with --force.",
        folder=out,
        path=known[0][0],
    )
    raise OutputError(msg)


def _earlier(path: Path) -> Iterable[tuple[str, str]]:
    """Give path and sha256 of the first inputs of the run before."""
    try:
        with path.open("rb") as file:
            for line in islice(file, _LOOKED_AT):
                facts = json.loads(line)
                yield _whole(facts["path"]), facts["sha256"] or ""
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return


def _whole(path: str) -> str:
    return path if is_url(path) else str(Path(path).absolute())
