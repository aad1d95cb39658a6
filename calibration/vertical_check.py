"""Measure what the room's upright edges tell of the camera's roll, and what that does to the tilts.

    python -m calibration.vertical_check ../shared/phantoms --docs      # measure, print, write docs/vertical.md
    python -m calibration.vertical_check ../shared/phantoms --passes 2  # quicker

Nothing is told to the program: no roll, no plumb line. "doing nothing" takes the picture's own edges as level.
"""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from calibration.truth import Case, read_cases
from posturecam.body import Array, Pose
from posturecam.errors import NobodyFound
from posturecam.knowledge import Knowledge, load
from posturecam.picture.camera_scene import CameraScene
from posturecam.picture.photo import read
from posturecam.picture.vertical import BUILT_SIGMA_DEG, NOTHING, Vertical, find_vertical, from_vote
from posturecam.picture.vertical.lines import body_roll, room_vote
from posturecam.pipeline.assessment import PhotoInfo, Settings, assess_pose
from posturecam.poses.detection import DEFAULT_PASSES, FinderOptions
from posturecam.poses.finder import Finder

PAGE = Path(__file__).resolve().parents[1] / "docs" / "vertical.md"
TILTS = ("shoulder_tilt", "hip_tilt", "head_tilt", "trunk_lean")
BARE = "plain"
"""Rooms of this kind have no upright edge at all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One photo: the vertical found, and the tilts' errors with it and without, degrees (nan = not measured)."""

    case: Case
    vertical: Vertical
    without: Array
    automatic: Array

    @property
    def error_deg(self) -> float:
        """Error of the roll."""
        return abs(self.vertical.roll_deg - self.case.roll_deg)

    @property
    def found(self) -> bool:
        """Whether the room told the vertical."""
        return self.vertical.source != NOTHING


def measure_case(case: Case, finder: Finder, passes: int, knowledge: Knowledge) -> Row:
    """Measure one photo with the vertical that the room tells, and without."""
    photo = read(case.path)
    pose = finder.find(photo, FinderOptions(passes)).pose
    vertical = find_vertical(edges=from_vote(room_vote(photo, pose), body_roll(pose.mean)))
    info = PhotoInfo(photo.name, photo.sha256, *photo.size_px)
    without, automatic = (errors(case, pose, info, one, knowledge) for one in (find_vertical(), vertical))
    return Row(case, vertical, without, automatic)


def errors(case: Case, pose: Pose, info: PhotoInfo, vertical: Vertical, knowledge: Knowledge) -> Array:
    """(4,) errors of the tilts, degrees."""
    told = assess_pose(pose, info, Settings(), knowledge, scene=CameraScene((vertical,)))
    values = {one.key: one.value for one in told.measurements}
    return np.array([values.get(key, np.nan) - case.truth.get(key, np.nan) for key in TILTS])


def measure_cases(cases: Iterable[Case], passes: int) -> list[Row]:
    """Measure every photo in which somebody is found."""
    rows, knowledge = [], load()
    with Finder() as finder:
        for case in track(list(cases), description="measuring"):
            try:
                rows.append(measure_case(case, finder, passes, knowledge))
            except NobodyFound as error:
                print(f"{case.name}: {error}")
    return rows


_COLUMNS = (
    "room",
    "photos",
    "told",
    "MAE of nothing",
    "MAE",
    "most",
    "> 0.2° worse",
    "> 0.6° worse",
    "inside the vote's ±",
    "mean",
    "inside the stated ±",
    "mean",
)
ROLL_HEAD = f"| {' | '.join(_COLUMNS)} |\n|---|{'--:|' * (len(_COLUMNS) - 1)}"

TILT_HEAD = """\
| photos | tilt | n | MAE without | MAE with |
|---|---|--:|--:|--:|"""


def roll_line(name: str, rows: list[Row]) -> str:
    """Write one line on the roll: every photo counts, those that the room did not tell as level."""
    told = [row for row in rows if row.found]
    nothing = np.array([abs(row.case.roll_deg) for row in rows])
    error = np.array([row.error_deg for row in rows])
    worse = error - nothing
    counts = f"{(worse > 0.2).sum()} | {(worse > 0.6).sum()}"
    sure = inside(told) if told else "– | – | – | –"
    figures = f"{nothing.mean():.2f} | {error.mean():.2f} | {error.max():.2f}"
    return f"| {name} | {len(rows)} | {len(told)} | {figures} | {counts} | {sure} |"


def inside(rows: list[Row]) -> str:
    """Write how often the truth lies inside the vote's own ±, without the builders' part, and inside the stated ±."""
    error, sigma = (
        np.array([row.error_deg for row in rows]),
        np.array([row.vertical.sigma_deg for row in rows]),
    )
    own = np.sqrt(np.maximum(sigma**2 - BUILT_SIGMA_DEG**2, 0.0))
    half_widths = 1.96 * own, 1.96 * sigma
    return " | ".join(f"{(error <= width).mean():.0%} | {width.mean():.2f}" for width in half_widths)


GROUPS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    ("all", lambda row: True),  # noqa: ARG005
    ("camera rolled by 0.5° or more", lambda row: abs(row.case.roll_deg) >= 0.5),
    ("camera level", lambda row: abs(row.case.roll_deg) < 0.5),
)


def tilt_lines(rows: list[Row]) -> list[str]:
    """Write the tilts' errors without and with the room's vertical, where the room told it."""
    lines = []
    for name, belongs in GROUPS:
        kept = [row for row in rows if row.found and row.case.view.frontal and belongs(row)]
        for column, key in enumerate(TILTS if kept else ()):
            without, automatic = (
                np.array([one[column] for one in part])
                for part in zip(*[(row.without, row.automatic) for row in kept], strict=True)
            )
            known = np.isfinite(without) & np.isfinite(automatic)
            both = f"{np.abs(without[known]).mean():.2f} | {np.abs(automatic[known]).mean():.2f}"
            lines.append(f"| {name} | {key} | {known.sum()} | {both} |")
    return lines


def tables(rows: list[Row]) -> str:
    """Write both tables."""
    edges = [row for row in rows if row.case.background != BARE]
    kinds = sorted({row.case.background for row in rows})
    lines = [roll_line("all with edges", edges)]
    lines += [roll_line("… of these, told", [row for row in edges if row.found])]
    lines += [roll_line(kind, [row for row in rows if row.case.background == kind]) for kind in kinds]
    roll = "\n".join([ROLL_HEAD, *lines])
    tilts = "\n".join([TILT_HEAD, *tilt_lines(rows)])
    return f"## The roll\n\n{roll}\n\n## The tilts, where the room told the vertical\n\n{tilts}\n"


def page(rows: list[Row], folder: str) -> str:
    """Write the page."""
    head = f"""\
# Which way is up

The camera's roll goes one to one into every tilt. When neither `--roll` nor `--plumb` is given, posturecam looks for
upright edges of the room beside the body (door frames, walls, tiles, furniture) and lets them vote on the camera's
roll; where too few agree it takes the picture's own edges as level to within ± 1°, and says so. Edges of one object
count as one witness: a poster, a chart or a frame may hang askew. One such thing alone, or things that contradict each
other, give a wide ±; several objects, or the floor's line, that agree a narrow one.

Measured on {len(rows)} rendered photos of `{folder}`, which were not used to set any threshold. The vote's own ± says
how well the edges agree; it was learned on `phantoms_train`. The stated ± adds how far built edges stand off plumb
(0.1° of standard error, from DIN 18202): rendered rooms are exactly plumb, so that part cannot be tested here, the
vote's own can. Errors in degrees. Written by `python -m calibration.vertical_check ../shared/{folder} --docs`.
What a marker tells that hangs in the photo: [perspective.md](perspective.md).

"""
    return head + tables(rows)


def main() -> None:
    """Measure a folder and print or write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    parser.add_argument("--passes", type=int, default=DEFAULT_PASSES)
    parser.add_argument("--docs", action="store_true", help="write docs/vertical.md")
    given = parser.parse_args()
    text = page(measure_cases(read_cases(given.folder), given.passes), given.folder.name)
    print(text)
    if given.docs:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
