"""How near to the limits of the stance rendered people come who stand, and how many are taken for something else.

    python -m calibration.stance_check ../shared/phantoms_train EVERYDAY

The folders hold people who all stand: those of a clinic, and everyday people as
``everyday_people/renderer/everyday.py`` renders them (skirts, bags, boards, arms and feet anywhere, one leg at ease).
Nothing is learned from them here. A limit lies well when hardly anybody who stands is beyond it: the first table counts
what is taken for no standing, the second gives the last twentieth and the last hundredth of every limited quantity.
Of 223 people of a clinic none was taken for anything else, of 319 everyday people 6 (5 for stepping, 1 for bending).
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from rich.progress import track

from calibration.estimator.passes import truth_rows
from posturecam.body import Pose, View
from posturecam.errors import NobodyFound
from posturecam.picture.photo import read
from posturecam.poses import cautions, stance
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from posturecam.poses.scaled_body import ScaledBody, lengths

Quantity = Callable[[ScaledBody], float]


def shank_of_thigh(body: ScaledBody) -> float:
    """Length of the longer lower leg in its own thigh."""
    return float((lengths(body.reach("KNEE", "ANKLE")) / lengths(body.reach("HIP", "KNEE"))).max())


def one_knee(body: ScaledBody) -> float:
    """Difference of that between the sides, as a logarithm."""
    left, right = lengths(body.reach("KNEE", "ANKLE")) / lengths(body.reach("HIP", "KNEE"))
    return abs(float(np.log(left / right)))


def narrow_knee(body: ScaledBody) -> float:
    """Give the same of feet as near to each other as in walking, else nothing."""
    near = cautions.CROSSED < float(body.apart("ANKLE")[0]) < stance.NARROW
    return one_knee(body) if near else np.nan


LIMITED: Mapping[str, tuple[Quantity, float, bool]] = {
    "lower leg of thigh": (shank_of_thigh, stance.SHANK_OF_THIGH, False),
    "one knee": (one_knee, stance.ONE_KNEE, True),
    "one knee, feet near": (narrow_knee, stance.ONE_KNEE_NARROW, True),
    "hands apart": (lambda body: float(np.linalg.norm(body.apart("WRIST"))), cautions.TOGETHER, False),
    "feet one ahead, steps": (cautions.feet_apart, 1.0, True),
    "feet apart": (lambda body: float(body.apart("ANKLE")[0]), cautions.WIDE, True),
    "trunk's lean": (lambda body: abs(body.trunk_deg), stance.BENT_DEG, True),
    "body's lean": (lambda body: abs(body.lean_deg), stance.LEANING_DEG, True),
    "shoulders of trunk": (lambda body: float(np.linalg.norm(body.apart("SHOULDER"))), stance.SHORT_TRUNK, True),
}
"""Each quantity with its limit, and whether it is one from above. Lengths are in trunks unless the name says."""


def poses_in(folder: Path, passes: int) -> Iterator[Pose]:
    """Find everybody who stands in a folder, seen from the front or from behind."""
    rows = truth_rows(folder)
    with Finder() as finder:
        for row in track(rows, description=folder.name):
            try:
                yield finder.find(read(folder / row["file"]), FinderOptions(passes, view=View(row["view"]))).pose
            except NobodyFound:
                continue


def as_tables(poses: Iterable[Pose]) -> str:
    """Write both tables of some poses."""
    kinds: Counter[str] = Counter()
    careful: Counter[str] = Counter()
    rows: list[list[float]] = []
    for pose in poses:
        found = stance.stance_of(pose)
        kinds[found.kind.value] += 1
        careful.update(one.value for one in found.cautions)
        body = ScaledBody.of(pose, 0.0)
        if body is not None and body.sees("KNEE", "ANKLE"):
            rows.append([quantity(body) for quantity, _, _ in LIMITED.values()])
    out = [f"{sum(kinds.values())} people, all standing", "", "| taken for | people |", "|---|--:|"]
    out += [f"| {kind} | {count} |" for kind, count in kinds.most_common()]
    out += [f"| careful: {kind} | {count} |" for kind, count in careful.most_common()]
    out += ["", "| quantity | limit | last 5 % | last 1 % | beyond |", "|---|--:|--:|--:|--:|"]
    for (name, (_, limit, above)), values in zip(
        LIMITED.items(), np.array(rows).reshape(-1, len(LIMITED)).T, strict=True
    ):
        known = values[np.isfinite(values)]
        if len(known):
            ends = np.quantile(known, (0.95, 0.99) if above else (0.05, 0.01))
            beyond = float((known > limit if above else known < limit).mean())
            out.append(f"| {name} | {limit:g} | {ends[0]:.2f} | {ends[1]:.2f} | {beyond:.1%} |")
    return "\n".join(out)


def main() -> None:
    """Read the command line and print the tables of each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--passes", type=int, default=4)
    given = parser.parse_args()
    for folder in given.folders:
        print(f"\n## {folder.name}\n\n{as_tables(poses_in(folder, given.passes))}")


if __name__ == "__main__":
    main()
