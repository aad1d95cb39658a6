"""What the program makes of photographs of real people: views, stance, second photos, known turns, widths.

    python benchmarks/run.py real ../shared/real_photos
    python benchmarks/run.py real ../shared/real_photos --docs

It needs a folder with photos and their ``index.json``, which the repository does not hold, and is left out without it.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from calibration.benchmark import PAGE
from calibration.known_turns.readings import Reader
from calibration.real_photos.covers import COVERS
from calibration.real_photos.page import flips, parts, section, write
from calibration.real_photos.photos import RealPhoto, read_photos
from calibration.real_photos.survey import Plan, Survey, against_nothing, changes, outcomes, survey
from rich.console import Console
from rich.progress import track

from posturecam.errors import PosturecamError
from posturecam.knowledge import load
from posturecam.pipeline.settings import Settings
from posturecam.poses.detection import DEFAULT_PASSES
from posturecam.poses.finder import Finder

ROOT = Path(__file__).resolve().parents[1]
PHOTOS = ROOT.parent / "shared" / "real_photos"
ALL = Plan(covers=len(COVERS), every=1, turned=1000)

Line = tuple[str, float, str]


def main(arguments: Sequence[str]) -> int:
    """Survey the folder and print the tables; --docs keeps them for docs/accuracy.md."""
    given = _parser().parse_args(arguments)
    if not (given.folder / "index.json").exists():
        print(f"real photographs: left out, there is no {given.folder / 'index.json'}")
        return 0
    plan = ALL if given.all else Plan(given.covers, given.every, given.turned)
    try:
        seen = surveyed(read_photos(given.folder, given.labels), plan, given.passes)
    except PosturecamError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n\n".join(parts(seen)))
    if given.flips:
        print("\n".join(("", *flips(seen, load()))))
    if given.docs:
        write(section(seen), PAGE)
    return 0


def surveyed(photos: Sequence[RealPhoto], plan: Plan, passes: int = DEFAULT_PASSES) -> Survey:
    """Survey photos, with a bar where somebody looks on."""
    with Finder() as finder:
        return survey(photos, Reader(finder, load(), Settings(passes=passes)), plan, _track)


def _track(rows: Sequence[RealPhoto], what: str) -> Iterable[RealPhoto]:
    return track(rows, what, console=Console(stderr=True), transient=True)


def _parser() -> argparse.ArgumentParser:
    plan = Plan()
    parser = argparse.ArgumentParser(
        prog="run.py real", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=PHOTOS, help="photos and their index.json")
    parser.add_argument("--labels", type=Path, action="append", default=[], help='{"file": {"stance": "standing"}}')
    parser.add_argument("--docs", action="store_true", help="write the section of docs/accuracy.md")
    parser.add_argument("--covers", type=int, default=plan.covers, help="covers laid over each head (%(default)s of 5)")
    parser.add_argument("--every", type=int, default=plan.every, help="take every n-th photo again (%(default)s)")
    parser.add_argument("--turned", type=int, default=plan.turned, help="photos to bend, of each kind (%(default)s)")
    parser.add_argument("--all", action="store_true", help="every cover, every photo again, every photo bent: an hour")
    parser.add_argument(
        "--flips", action="store_true", help="list what changes between photos of a person, measures too"
    )
    parser.add_argument("--passes", type=int, default=DEFAULT_PASSES)
    return parser


def bench() -> list[Line]:
    """Give the figures that must not grow, where the photographs are."""
    if not (PHOTOS / "index.json").exists():
        print(f"  left out: there is no {PHOTOS / 'index.json'}")
        return []
    seen = surveyed(read_photos(PHOTOS), Plan(turned=0))
    labelled = outcomes((real.view, told) for real, told in zip(seen.photos, seen.told, strict=True) if real.view)
    covered = outcomes((view, told) for _, view, told in seen.heads)
    return [
        ("photos of real people with sides exchanged", float(labelled["exchanged"]), "0"),
        ("the same with covered heads", float(covered["exchanged"]), "0"),
        ("share of covered heads whose view is right", covered["right"] / covered.total(), ">= 0.7"),
        ("another set of consistent patterns a minute later: share of photos", changes(seen.repeats), "<= 0.05"),
        ("the same of rendered people photographed otherwise", changes(seen.renders), "<= 0.05"),
        ("consistent against not even a hint a minute later", changes(seen.repeats, against_nothing), "<= 0.05"),
    ]
