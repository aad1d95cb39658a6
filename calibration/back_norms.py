"""What the back's two arcs measure on level people, women and men apart: the usual ranges of norms.toml.

    python -m calibration.back_norms ../shared/phantoms_train

Reads the truth file alone, no photo. Within each sex the true depth is regressed on how far the pose bent the back; the
intercept is the depth of a back that nothing bends, and what is left over is how bodies differ. Nobody is asked their
sex, so a depth is usual when it is so for a woman or a man: from the lower end of one to the upper end of the other.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from posturecam.body import View
from posturecam.measures.outline import CONTOUR

BENDS = ("kyphosis", "lordosis", "pelvis_pitch", "pelvis_shift_z", "trunk_pitch")
"""What of a pose bends the back of a side view; 0 in a level stand."""

WOMEN, MEN = "women", "men"
SPREADS = (1.0, 1.5, 2.0)
"""How many standard deviations of the nearer sex are still neutral, mild and moderate (clinical.md, S05 and S06)."""


@dataclass(frozen=True, slots=True)
class Usual:
    """The depth of a level back, % of its chord: mean and standard deviation between ``people``."""

    mean: float
    sd: float
    people: int


def usual(images: Sequence[dict[str, Any]], key: str) -> Usual:
    """Give the depth of a level back among people who stand in any pose."""
    depth = np.array([image["angles"]["gravity"][key] for image in images])
    bends = np.array([[1.0, *(image["pose"].get(name, 0.0) for name in BENDS)] for image in images])
    weights, _, rank, _ = np.linalg.lstsq(bends, depth)
    left_over = depth - bends @ weights
    return Usual(float(weights[0]), float(np.sqrt(left_over @ left_over / (len(images) - rank))), len(images))


def by_sex(images: Sequence[dict[str, Any]], key: str) -> dict[str, Usual]:
    """Give the depth of a level back, women and men apart (``gender`` of the figures: 0 and 1)."""
    sides = [image for image in images if image["view"] in (View.LEFT, View.RIGHT)]
    return {
        name: usual([image for image in sides if image["body"]["gender"] == gender], key)
        for name, gender in ((WOMEN, 0), (MEN, 1))
    }


def span(sexes: dict[str, Usual], spreads: float) -> tuple[float, float]:
    """Give the range that lies within so many standard deviations of one sex or of the other."""
    lows = [one.mean - spreads * one.sd for one in sexes.values()]
    highs = [one.mean + spreads * one.sd for one in sexes.values()]
    return min(lows), max(highs)


def read_images(folder: Path) -> list[dict[str, Any]]:
    """Read the truth of a folder."""
    images: list[dict[str, Any]] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    return images


def lines(images: Sequence[dict[str, Any]]) -> list[str]:
    """Say for both arcs what is usual."""
    said = []
    for key in CONTOUR:
        sexes = by_sex(images, key)
        groups = "; ".join(f"{name} {one.mean:.2f} ± {one.sd:.2f} ({one.people})" for name, one in sexes.items())
        spans = ", ".join("{:.1f} to {:.1f}".format(*span(sexes, spreads)) for spreads in SPREADS)
        said.append(f"{key} of a level back, % of its chord: {groups}; within 1, 1.5 and 2 SD of either: {spans}")
    return said


def main() -> None:
    """Print what is usual among the people of a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with a truth.json, to learn from")
    print("\n".join(lines(read_images(parser.parse_args().folder))))


if __name__ == "__main__":
    main()
