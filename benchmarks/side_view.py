"""How far side measures and heels lie from the truth on people they were not learned on, what the outline costs.

The accuracy lines need ``../shared/phantoms`` (17 side views with their truth) and are left out where it is missing.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from calibration.back_lines import heels_told, read_backs
from calibration.score import auc, rank_correlation
from calibration.side_offsets import SideCase, read_side_cases
from calibration.side_patterns import ALONE, BOTH, HIDDEN, PATTERNS, compared, see

from posturecam.knowledge import load
from posturecam.measures.correction import BACK_TABLE, corrections
from posturecam.measures.measurement import Z95
from posturecam.measures.rearfoot import EVERSION, HEEL
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder
from posturecam.poses.silhouette.cutting import FINE_HEIGHT_PX, HEIGHT_PX, cut_out
from posturecam.poses.silhouette.furrow import find_furrow
from posturecam.poses.silhouette.lower_legs import lower_legs
from posturecam.poses.silhouette.skin import bare_lower_legs

ROOT = Path(__file__).resolve().parents[1]
PHANTOMS = ROOT.parent / "shared" / "phantoms"

MOST_MAE = {"trunk_lean_side": 1.0, "body_lean_side": 1.0, "knee_flex": 3.0}
LEAST_RANK = {"ear_shoulder_angle": 0.8}
LEAST_AUC = {"kyphosis_depth_pct": "kyphosis", "pelvic_sway": "sway"}

Line = tuple[str, float, str]


def accuracy(cases: list[SideCase]) -> Iterator[Line]:
    """Compare every measure with the truth: slope, residual, rank correlation, MAE and its target."""
    for key, (truth, value) in compared(cases, load()).items():
        slope, offset = np.polyfit(truth, value, 1)
        residual, rank = (value - slope * truth - offset).std(), rank_correlation(truth, value)
        target = f"<= {MOST_MAE[key]}" if key in MOST_MAE else "-"
        what = f"{key}: MAE of {truth.size} (slope {slope:.2f}, residual {residual:.2f}, rank correlation {rank:.2f})"
        yield what, float(np.abs(value - truth).mean()), target
        if key in LEAST_RANK:
            yield f"{key}: rank correlation", float(rank), f">= {LEAST_RANK[key]}"
    for key, kind in LEAST_AUC.items():
        high, low = (
            compared([case for case in cases if test(case)], load())[key][1]
            for test in (lambda case, kind=kind: kind in case.name, is_neutral)
        )
        yield f"{key}: AUC of {len(high)} {kind} against {len(low)} neutral", auc(high, low), ">= 0.85"


def is_neutral(case: SideCase) -> bool:
    """Whether nothing was set in the side view's plane."""
    return "neutral" in case.name or case.name.startswith("exam_")


def patterns(cases: list[SideCase]) -> Iterator[Line]:
    """Compare the side patterns found with those that exact angles would show, in all photos together.

    ``python -m calibration.side_patterns`` prints them one by one.
    """
    marks = [one.mark(pattern) for one in see(cases, load()) for pattern in PATTERNS]
    yield "side patterns that exact angles show", float(marks.count(BOTH) + marks.count(HIDDEN)), "-"
    yield "of these, found in the photos", float(marks.count(BOTH)), "-"
    yield "side patterns found that exact angles do not show", float(marks.count(ALONE)), "-"


def outline_cost(name: str, height_px: int) -> Line:
    """Time the outline of one photo: the masks of both mirrors and the sharpening, seconds of one core."""
    photo = read(ROOT / "sample_images" / f"{name}.jpg")
    with Finder() as finder:
        pose = finder.find(photo).pose

        def once() -> None:
            mask = finder.mask_of(photo, pose)
            if mask is not None:
                cut_out(mask, height_px)

        what = f"outline of a {name} photo at {height_px} px, both mirrors, seconds"
        return what, min(_seconds(once) for _ in range(5)), "<= 0.3"


def behind_cost() -> Line:
    """Time what a back photo is looked at for beside the outline, seconds of one core."""
    photo = read(ROOT / "sample_images" / "back.jpg")
    with Finder() as finder:
        pose = finder.find(photo).pose
        mask = finder.mask_of(photo, pose)
    if mask is None:
        return "nobody's mask in back.jpg", float("nan"), "-"
    outline = cut_out(mask, FINE_HEIGHT_PX)

    def once() -> None:
        find_furrow(photo, pose, outline)
        lower_legs(photo, pose, outline)
        bare_lower_legs(photo, pose)

    return "furrow, heels and skin of a back photo, seconds", min(_seconds(once) for _ in range(5)), "-"


def heels() -> Iterator[Line]:
    """Compare the heels' angles with the truth. ``python -m calibration.back_lines check`` prints more."""
    truth, value = heels_told([*read_backs(PHANTOMS)])
    yield f"rearfoot_eversion: MAE of {truth.size} heels", float(np.abs(value - truth).mean()), "-"
    error = Z95 * corrections(HEEL, BACK_TABLE)[EVERSION].error
    yield f"rearfoot_eversion: inside ± {error:.1f}°", float((np.abs(value - truth) <= error).mean()), ">= 0.95"


def _seconds(once: Callable[[], None]) -> float:
    """Give the processor's time: what other programs do meanwhile does not count."""
    start = time.process_time()
    once()
    return time.process_time() - start


def bench() -> list[Line]:
    """Give every line."""
    lines = [outline_cost("left", HEIGHT_PX), outline_cost("back", FINE_HEIGHT_PX), behind_cost()]
    if (PHANTOMS / "truth.json").exists():
        cases = read_side_cases(PHANTOMS)
        lines += [*accuracy(cases), *patterns(cases), *heels()]
    return lines
