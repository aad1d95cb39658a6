"""Views of people with covered heads: how many are right, asked for, exchanged.

    python -m calibration.view_check ../shared/phantoms                               # eight covers, and small ones
    python -m calibration.view_check ../shared/phantoms --real ../shared/real_photos  # and five covers on real people

Heads are found by the pose finder in the uncovered photo. ``void`` counts photos of which the program says that they
show no front, back or side view, or no quiet standing; ``lost`` those in which nobody was found any more. ``other`` is
a front or back taken for a side, or the other way round.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from calibration.covers import COVERS, PLAIN, Cover, head_of
from calibration.view_cues import shrunk
from posturecam.body import View
from posturecam.errors import NobodyFound
from posturecam.picture.photo import Pixels, from_pixels, read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from posturecam.poses.quality import check_quality, which_side

ENDS = ("right", "asked", "exchanged", "void", "other", "lost")
SMALL_PX = (140.0, 300.0)
OPPOSITE = {View.FRONT: View.BACK, View.BACK: View.FRONT, View.LEFT: View.RIGHT, View.RIGHT: View.LEFT}
Table = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A photo and the view that it shows."""

    path: Path
    view: View


def rendered(folder: Path) -> list[Labelled]:
    """List the photos of a folder with a ``truth.json``."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    return [Labelled(folder / image["file"], View(image["view"])) for image in images]


def real(folder: Path) -> list[Labelled]:
    """List the photos of a folder with an ``index.json`` whose view is labelled and not half from the side."""
    images = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    named = [(folder / image["file"], image["view"].split()[0]) for image in images]
    return [Labelled(path, View(view)) for path, view in named if view in OPPOSITE]


def end_of(finder: Finder, pixels: Pixels, truth: View, passes: int) -> str:
    """Say what becomes of one picture."""
    try:
        pose = finder.find(from_pixels(np.ascontiguousarray(pixels)), FinderOptions(passes)).pose
    except NobodyFound:
        return "lost"
    void = check_quality(pose, 1, mirrored=False).void
    if pose.view.choices:
        return "asked"
    if void is not None and void != which_side(pose.view):
        return "void"
    if pose.view is truth:
        return "right"
    return "exchanged" if pose.view is OPPOSITE[truth] else "other"


def variants(
    photo: Labelled, pixels: Pixels, finder: Finder, covers: Mapping[str, Cover]
) -> Iterator[tuple[str, Pixels]]:
    """Give the photo as it is, small, with each cover, and small with one of them."""
    yield "none", pixels
    try:
        points = finder.find(from_pixels(pixels), FinderOptions(2)).pose.mean
    except NobodyFound:
        return
    draw = np.random.default_rng(sum(photo.path.name.encode()))
    covered = {name: cover(pixels, head_of(points), photo.view, draw) for name, cover in covers.items()}
    yield from covered.items()
    tall = 1.08 * float(np.ptp(points[:, 1]))
    factor = float(np.exp(draw.uniform(*np.log(SMALL_PX)))) / tall
    yield "small, none", shrunk(pixels, factor)
    yield "small, covered", shrunk(covered[str(draw.choice(list(covers)))], factor)


def tabled(photos: list[Labelled], covers: Mapping[str, Cover], passes: int) -> Table:
    """Count the ends by cover."""
    table: Table = Counter()
    with Finder() as finder:
        for photo in track(photos, description="looking"):
            for name, pixels in variants(photo, read(photo.path).pixels, finder, covers):
                end = end_of(finder, pixels, photo.view, passes)
                table[name, end] += 1
                if end == "exchanged":
                    print(f"exchanged: {photo.path.name}, {name}")
    return table


def told(title: str, table: Table) -> Iterator[str]:
    """Write the table."""
    yield f"\n{title:16}" + "".join(f"{end:>11}" for end in ENDS)
    for name in dict.fromkeys(name for name, _ in table):
        yield f"{name:16}" + "".join(f"{table[name, end]:>11}" for end in ENDS)
    covered = Counter[str]()
    for (name, end), count in table.items():
        covered[end] += count if name not in ("none", "small, none") else 0
    whole = sum(covered.values()) - covered["void"] - covered["lost"]
    yield f"covered: {100 * covered['right'] / max(1, whole):.0f} % right, {covered['exchanged']} exchanged of {whole}"


def main() -> None:
    """Look at a folder of renders, and at one of real photos."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    parser.add_argument("--real", type=Path, help="a folder with real photos and their index.json")
    parser.add_argument("--passes", type=int, default=8)
    parser.add_argument("--every", type=int, default=1, help="look at each n-th photo only")
    given = parser.parse_args()
    print(*told(given.folder.name, tabled(rendered(given.folder)[:: given.every], COVERS, given.passes)), sep="\n")
    if given.real is not None:
        print(*told(given.real.name, tabled(real(given.real)[:: given.every], PLAIN, given.passes)), sep="\n")


if __name__ == "__main__":
    main()
