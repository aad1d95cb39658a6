"""What the automatic vertical does to the tilts of rolled photos, what a hanging marker tells, and what looking costs.

The accuracy lines need ``../shared/phantoms`` and are left out where it is missing. Full tables: docs/vertical.md.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from calibration.truth import read_cases
from calibration.vertical_check import TILTS, measure_cases

from posturecam.picture.lens.hanging import find_board
from posturecam.picture.photo import read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder

ROOT = Path(__file__).resolve().parents[1]
PHANTOMS = ROOT.parent / "shared" / "phantoms"
PASSES, LEAST_ROLL_DEG = 2, 0.5

Line = tuple[str, float, str]


def rolled() -> Iterator[Line]:
    """Compare the tilts with the room's vertical and without, on photos of a rolled camera."""
    cases = [one for one in read_cases(PHANTOMS) if one.view.frontal and abs(one.roll_deg) >= LEAST_ROLL_DEG]
    rows = measure_cases(cases, PASSES)
    found = [row for row in rows if row.found]
    yield f"of {len(rows)} photos of a rolled camera the room tells the vertical in: share", len(found) / len(rows), "-"
    for column, key in enumerate(TILTS if found else ()):
        without, automatic = (
            float(np.nanmean(np.abs([getattr(row, way)[column] for row in found]))) for way in ("without", "automatic")
        )
        what = f"{key}: MAE with the automatic vertical ({automatic:.2f}°) against without ({without:.2f}°)"
        yield what, automatic / without, "< 1"


def looking_for_a_board() -> Line:
    """Compare the look for a hanging board, where there is none, with two passes of the pose network."""
    photo = read(ROOT / "sample_images" / "front.jpg")
    with Finder() as finder:
        found = _least_cpu_s(lambda: finder.find(photo, FinderOptions(PASSES)))
        looked = _least_cpu_s(lambda: find_board(photo))
    return "looking for a hanging board that is not there, against finding the body twice", looked / found, "<= 0.03"


def _least_cpu_s(once: Callable[[], object]) -> float:
    spent = []
    for _ in range(7):
        start = time.process_time()
        once()
        spent.append(time.process_time() - start)
    return min(spent)


def bench() -> list[Line]:
    """Give every line."""
    lines = [looking_for_a_board()]
    if (PHANTOMS / "truth.json").exists():
        lines += rolled()
    return lines
