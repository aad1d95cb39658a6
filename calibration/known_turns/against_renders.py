"""How far a warp is like the real thing: one person rendered straight and bent, and the straight picture warped alike.

    python -m calibration.known_turns.against_renders ../shared/phantoms

For each sweep of the measuring set (one person, one view, one thing bent by known amounts, all else the same) the slope
of what is read against what is true, once of the renders and once of the straight render bent by the warp. Their ratio
is what a perfect reader of bodies would answer to the warp: an answer on photographs is judged beside it.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.progress import track

from calibration.known_turns.readings import Reader
from calibration.known_turns.warps import PARTS, Body, Part, bent
from calibration.truth import Case, read_cases
from posturecam.knowledge import load
from posturecam.picture.photo import from_pixels, read
from posturecam.pipeline.settings import Settings
from posturecam.poses.finder import Finder

SWEEPS = {"hip_tilt": "hip", "shoulder_tilt": "shoulder", "head_tilt": "head", "c_curve": "spine"}
"""Group of the measuring set → the part that is bent."""

NEUTRAL = "neutral"


def sweeps(cases: Sequence[Case]) -> Iterator[tuple[Part, Case, list[Case]]]:
    """Give each sweep: the part, the straight photo, the bent ones."""
    parts = {part.key: part for part in PARTS}
    for straight in (one for one in cases if one.group == NEUTRAL):
        series = straight.name.partition(f"_{NEUTRAL}")[0]
        for group, part in SWEEPS.items():
            if crooked := [one for one in cases if one.group == group and one.name.startswith(f"{series}_")]:
                yield parts[part], straight, crooked


def slope(true: Sequence[float], said: Sequence[float]) -> float:
    """Give the slope of a straight line through what was read (n,) against what is true (n,)."""
    return float(np.polyfit(true, said, 1)[0])


def answers(part: Part, straight: Case, crooked: Sequence[Case], reader: Reader) -> tuple[float, float]:
    """Give how much of the renders' bend is read, and how much of the same bends by the warp."""
    photo, key = read(straight.path), part.measure
    told = reader.read(photo, straight.view)
    body = Body.of(told.pose, photo.pixels.shape[:2])
    rendered, warped, true = [told[key].value], [told[key].value], [straight.truth[key]]
    for one in crooked:
        amount = one.truth[key] - straight.truth[key]
        rendered.append(reader.read(read(one.path), one.view)[key].value)
        picture = from_pixels(bent(photo.pixels, body, part, amount), photo.name)
        warped.append(reader.read(picture, straight.view)[key].value)
        true.append(one.truth[key])
    return slope(true, rendered), slope(true, warped)


def main() -> None:
    """Print one line for each sweep, and the mean ratio of each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    ratios: dict[str, list[float]] = {}
    with Finder() as finder:
        reader = Reader(finder, load(), Settings())
        for part, straight, crooked in track(list(sweeps(read_cases(given.folder))), "sweeps"):
            rendered, warped = answers(part, straight, crooked, reader)
            ratios.setdefault(part.key, []).append(warped / rendered)
            name = f"{straight.name} {straight.view}"
            print(f"{name:28} {part.key:9} rendered {rendered:.2f}  warped {warped:.2f}  ratio {warped / rendered:.2f}")
    for key, several in ratios.items():
        print(f"{key}: a warp answers {np.mean(several):.2f} of what a body does ({len(several)} sweeps)")


if __name__ == "__main__":
    main()
