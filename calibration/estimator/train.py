"""Learn the estimator's weights from nothing: WORK/places.onnx and WORK/fusion.npz.

    python -m calibration.estimator.train WORK --photos PHOTOS --maker MAKER --assets ASSETS --renderer PYTHON
    python -m calibration.estimator.train WORK --quick

The first takes hours on two cores; the second takes seconds and only shows that every part still runs. PHOTOS is
../shared/phantoms_train, MAKER ../shared/phantom_maker, ASSETS its unpacked assets.tar.xz, PYTHON a Python 3.11 with
bpy 4.2, which only renders. What already lies in WORK is not made again: renders in WORK/wide and WORK/people, poses,
squares. Needs PyTorch and onnx (``pip install torch==2.13.0 onnx``).
"""

import argparse
import hashlib
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from calibration.benchmark import ROOT, SMALL
from calibration.estimator import dataset, passes
from calibration.estimator.export import export
from calibration.estimator.fuse import learn
from calibration.estimator.passes import PASSES, Found
from calibration.estimator.rows import rows_of
from calibration.estimator.teach import Schedule, teach_folds
from calibration.estimator.widths import with_widths
from posturecam.measures.estimator.place_network import PlaceNetwork

RENDERER = Path(__file__).parent / "renderer"
PEOPLE_TO_RENDER = (("wide", "train_wide.py", 777, 414), ("people", "calibration_set.py", 4242, 76))
"""Folder, script, seed and number of photos: one to learn from, one for the widths of the intervals."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is done of each step."""

    passes: int = PASSES
    most: int | None = None
    versions: int = 5
    folds: int = 3
    schedule: Schedule = field(default_factory=Schedule)


QUICK = Plan(passes=2, most=8, versions=2, folds=2, schedule=Schedule(epochs=2, batch=4))
"""Few photos, hardly taught: the weights are worth nothing."""


def render(work: Path, maker: Path, assets: Path, python: Path) -> None:
    """Render the people, with our scripts beside the phantom maker's."""
    beside = work / "maker"
    beside.mkdir(parents=True, exist_ok=True)
    for script in (*maker.glob("*.py"), *RENDERER.glob("*.py")):
        shutil.copy(script, beside)
    for folder, script, seed, count in PEOPLE_TO_RENDER:
        options = ["--assets", assets.resolve(), "--out", (work / folder).resolve(), "--seed", seed, "--count", count]
        subprocess.run([str(python.absolute()), script, *map(str, options)], cwd=beside, check=True)


def checksum(folder: Path) -> str:
    """Give the sha256 of all files of a folder, one after the other by name."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def poses_of(folder: Path, work: Path, plan: Plan) -> list[Found]:
    """Find the people of a folder, or read what was found before."""
    kept = work / f"poses_{folder.name}.npz"
    if not kept.exists():
        passes.save(kept, passes.find_all(folder, plan.passes, plan.most))
    return passes.load(kept, folder)


def squares_of(found: list[Found], work: Path, plan: Plan) -> dataset.Data:
    """Cut the squares, or read what was cut before."""
    kept = work / "squares.npz"
    if not kept.exists():
        dataset.build(kept, found, plan.versions)
    return dataset.load(kept, found)


def train(work: Path, photos: list[Path], people: Path, plan: Plan) -> None:
    """Learn from the photos, set the widths on other people, and write both files."""
    work.mkdir(parents=True, exist_ok=True)
    for folder in (*photos, people):
        print(f"{checksum(folder)}  {folder.name}")
    data = squares_of([one for folder in photos for one in poses_of(folder, work, plan)], work, plan)
    networks, seen = teach_folds(data, plan.folds, plan.schedule)
    places = work / "places.onnx"
    print(f"{places.name}: differs from PyTorch by {export(networks, places):.1g}")
    weights = with_widths(learn(rows_of(data, seen)), PlaceNetwork(places.read_bytes()), poses_of(people, work, plan))
    np.savez(work / "fusion.npz", **weights)
    print(f"wrote {places} and {work / 'fusion.npz'}; to ship them, copy both to {ROOT / 'models'}")


def main() -> None:
    """Read the command line and learn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder to fill")
    parser.add_argument("--photos", type=Path, help="phantoms_train: photos and their truth.json, to learn from")
    parser.add_argument("--maker", type=Path, help="the phantom maker's scripts")
    parser.add_argument("--assets", type=Path, help="its unpacked assets")
    parser.add_argument(
        "--renderer", type=Path, help="a Python 3.11 with bpy 4.2; without it the renders must be there"
    )
    parser.add_argument("--quick", action="store_true", help="run every step on few photos of the repository")
    given = parser.parse_args()
    if given.quick:
        train(given.work, [SMALL], SMALL, QUICK)
        return
    if given.photos is None or (given.renderer and not (given.maker and given.assets)):
        parser.error("--photos is needed, and --maker and --assets where --renderer is given")
    if given.renderer:
        render(given.work, given.maker, given.assets, given.renderer)
    train(given.work, [given.photos, given.work / "wide"], given.work / "people", Plan())


if __name__ == "__main__":
    main()
