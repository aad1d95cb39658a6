"""Measure our error against photos whose truth is known, and write docs/accuracy.md.

    python calibration/benchmark.py ../shared/phantoms --docs      # measure, print, write the page
    python calibration/benchmark.py calibration/phantoms           # the twelve that live in the repository
    python calibration/benchmark.py FOLDER --split view clothing   # more tables
    python calibration/benchmark.py FOLDER --docs --real REAL      # and the section on real photographs anew

Three rows a measure: one raw pass of the pose network (what others print), the mean of the mirrored passes, posturecam.

Without --real that section is the one that was measured last, here or by ``python benchmarks/run.py real REAL --docs``.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from calibration.real_photos.page import SECTION
from calibration.score import Score, auc, rank_correlation, score
from calibration.truth import Case, read_cases
from posturecam.body import Array, Pose
from posturecam.errors import NobodyFound
from posturecam.knowledge import load
from posturecam.measures import MEASURES
from posturecam.measures.measurement import frame_of
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.detection import DEFAULT_PASSES
from posturecam.poses.finder import Finder

ROOT = Path(__file__).resolve().parents[1]
SMALL = ROOT / "calibration" / "phantoms"
SMALL_HEAD = "## The twelve photos in this repository"
APART = {"kyphosis_depth_pct": "kyphosis", "pelvic_sway": "sway"}
"""Measures that must tell a posture from none, and the name of that posture among the cases."""

PAGE = ROOT / "docs" / "accuracy.md"
METHODS = ("raw pass", "mirrored mean", "posturecam")
SPLIT_KEYS = ("shoulder_tilt", "hip_tilt", "head_tilt", "trunk_bend", "neck_bend", "spinal_curve")
SPLITS: dict[str, Callable[["Row"], str]] = {
    "view": lambda row: row.case.view.value,
    "clothing": lambda row: row.case.clothing,
    "background": lambda row: row.case.background,
    "roll": lambda row: "level" if abs(row.case.roll_deg) < 0.5 else "rolled",
    "size": lambda row: "small" if abs(row.truth) < 2 else "medium" if abs(row.truth) < 5 else "large",
    "person": lambda row: row.case.person,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one case: the truth, and what each method made of it (nan = not measured)."""

    case: Case
    key: str
    truth: float
    values: tuple[float, float, float]
    sem: float


def measure_cases(cases: list[Case], passes: int = DEFAULT_PASSES) -> list[Row]:
    """Measure every case with every method."""
    rows: list[Row] = []
    with Finder() as finder:
        for case in track(cases, description="measuring"):
            try:
                rows += measure_case(case, finder, passes)
            except NobodyFound as error:
                print(f"{case.name}: {error}")
    return rows


def measure_case(case: Case, finder: Finder, passes: int) -> list[Row]:
    """Measure one case, its roll known."""
    assessment = assess_photo(read(case.path), finder, Settings(passes=passes, roll_deg=case.roll_deg), load())
    pose = assessment.pose
    ours = {one.key: one for one in assessment.measurements}
    raw, mean = points_say(pose, slice(0, 1), case.roll_deg), points_say(pose, slice(None), case.roll_deg)
    return [
        Row(
            case,
            key,
            truth,
            (raw.get(key, np.nan), mean.get(key, np.nan), ours[key].value if key in ours else np.nan),
            ours[key].sem if key in ours else np.nan,
        )
        for key, truth in case.truth.items()
    ]


def points_say(pose: Pose, passes: slice, roll_deg: float) -> dict[str, float]:
    """Take the measures straight from the points of some passes."""
    frame = frame_of(pose, roll_deg)
    few = type(frame)(frame.points[passes], frame.view)
    return {one.key: float(one.compute(few).mean()) for one in MEASURES if pose.view in one.views}


def scores(rows: Iterable[Row]) -> dict[tuple[str, str], Score]:
    """Score each measure and method over the rows; left and right of one measure count together."""
    table: dict[tuple[str, str], Score] = {}
    rows = list(rows)
    for key in dict.fromkeys(both_sides(row.key) for row in rows):
        of_key = [row for row in rows if both_sides(row.key) == key]
        for number, method in enumerate(METHODS):
            taken = [row for row in of_key if np.isfinite(row.values[number])]
            if taken:
                truth = np.array([row.truth for row in taken])
                value = np.array([row.values[number] for row in taken])
                sem = np.array([row.sem for row in taken]) if method == METHODS[-1] else None
                table[key, method] = score(truth, value, sem)
    return table


def both_sides(key: str) -> str:
    """Name a measure without its side."""
    return key.removesuffix("_left").removesuffix("_right")


HEAD = """\
| measure | method | n | MAE | bias | slope | residual SD | r | coverage | mean ± |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


def as_markdown(table: dict[tuple[str, str], Score]) -> str:
    """Write scores as one table."""
    lines = [HEAD]
    for (key, method), one in table.items():
        ours = f"{one.coverage:.0%} | {one.width:.2f}" if np.isfinite(one.coverage) else "– | –"
        figures = f"{one.n} | {one.mae:.2f} | {one.bias:+.2f} | {one.slope:.2f} | {one.residual_sd:.2f} | {one.r:.2f}"
        lines.append(f"| {key} | {method} | {figures} | {ours} |")
    return "\n".join(lines)


def told_apart(side: list[Row]) -> str:
    """Say how well forward heads come in their order, and bent and pushed-forward postures apart from neutral ones."""
    ours = {key: [row for row in side if row.key == key] for key in dict.fromkeys(row.key for row in side)}
    heads = ours.get("ear_shoulder_angle", [])
    lines = [f"Rank correlation of ear_shoulder_angle with the truth: {rank_correlation(*_both(heads)):.2f}."]
    for key, kind in APART.items():
        groups = {
            name: _both([row for row in ours.get(key, []) if test(row)])[1] for name, test in _tests(kind).items()
        }
        if all(map(len, groups.values())):
            counts = " against ".join(f"{len(values)} {name}" for name, values in groups.items())
            lines.append(f"Area under the ROC curve of {key}, {counts}: {auc(*groups.values()):.2f}.")
    return " ".join(lines)


def _tests(kind: str) -> dict[str, Callable[[Row], bool]]:
    """Which cases show a posture, and which were set to none: by their names."""
    return {
        kind: lambda row: kind in row.case.name,
        "neutral": lambda row: "neutral" in row.case.name or row.case.name.startswith("exam_"),
    }


def _both(rows: list[Row]) -> tuple[Array, Array]:
    """(n,) truth and (n,) our values."""
    return np.array([row.truth for row in rows]), np.array([row.values[-1] for row in rows])


def split_tables(rows: list[Row], by: str) -> str:
    """Write one table for each value of a property of the photos: our own figures for what matters most."""
    kept = [row for row in rows if row.key in SPLIT_KEYS]
    groups = dict.fromkeys(SPLITS[by](row) for row in kept)
    parts = [(name, [row for row in kept if SPLITS[by](row) == name]) for name in sorted(groups)]
    tables = {name: {key: one for key, one in scores(part).items() if key[1] == METHODS[-1]} for name, part in parts}
    return "\n\n".join(f"### {by}: {name}\n\n{as_markdown(table)}" for name, table in tables.items())


def small_section() -> str:
    """Measure the twelve photos of the repository; a test compares this section with the page."""
    return f"{SMALL_HEAD}\n\n{as_markdown(scores(measure_cases(read_cases(SMALL))))}\n"


def page(rows: list[Row], splits: list[str], folder: str) -> str:
    """Write the accuracy page."""
    frontal = [row for row in rows if row.case.view.frontal]
    side = [row for row in rows if not row.case.view.frontal]
    text = (ROOT / "calibration" / "accuracy_page.md").read_text(encoding="utf-8")
    tables = [
        f"## Front and back views\n\n{as_markdown(scores(frontal))}",
        f"## Side views\n\n{as_markdown(scores(side))}\n\n{told_apart(side)}",
    ]
    tables += [f"## By {by}\n\n{split_tables(frontal, by)}" for by in splits]
    photos = len({row.case.name for row in rows})
    return text.replace("{photos}", str(photos)).replace("{folder}", folder) + "\n" + "\n\n".join(tables) + "\n"


def main() -> None:
    """Measure a folder and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    parser.add_argument(
        "--split", nargs="*", choices=sorted(SPLITS), default=["view"], help="tables by these properties"
    )
    parser.add_argument("--passes", type=int, default=DEFAULT_PASSES)
    parser.add_argument("--docs", action="store_true", help="write docs/accuracy.md")
    parser.add_argument("--real", type=Path, help="photographs of real people and their index.json, measured too")
    given = parser.parse_args()
    rows = measure_cases(read_cases(given.folder), given.passes)
    text = page(rows, given.split, given.folder.name)
    print(text)
    if given.real:
        from benchmarks import real as real_people  # noqa: PLC0415  (which takes the page from here)

        if code := real_people.main([str(given.real), *(["--docs"] if given.docs else [])]):
            sys.exit(code)
    if given.docs:
        real = SECTION.read_text(encoding="utf-8")
        PAGE.write_text(f"{text}\n{real}\n{small_section()}", encoding="utf-8")


if __name__ == "__main__":
    main()
