"""Teach the shipped networks further, on people as they dress every day, and learn the fusion and its error anew.

    python -m calibration.estimator.further WORK --clinic ../shared/phantoms_train --everyday EVERYDAY --check CHECK

EVERYDAY and CHECK are folders of calibration/everyday_people/renderer/everyday.py, of different seeds: one to learn
from, with bent copies (bend.py), one for the widths of the intervals. Writes WORK/places.onnx and WORK/fusion.npz. The
networks start from ``--start``, models/features.onnx; whoever was left out of one of them is left out again.
Needs PyTorch and onnx. What lies in WORK (bent copies, poses, squares, networks) is not made again.
"""

import argparse
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.benchmark import ROOT
from calibration.estimator.bend import bend_all
from calibration.estimator.export import export
from calibration.estimator.fuse import learn
from calibration.estimator.network import Network, shipped_networks
from calibration.estimator.rows import rows_of
from calibration.estimator.teach import Schedule, seen_left_out, teach_folds
from calibration.estimator.train import Plan, checksum, poses_of, squares_of
from calibration.estimator.widths import with_widths
from posturecam.measures.estimator.place_network import PlaceNetwork

START = ROOT / "models" / "features.onnx"
COPIES = 2
"""Bent copies of each person."""

NEW = 0.6
"""Chosen on people left out: 1 reads everyday people 2 % better and those of a clinic 7 % worse."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Folders of rendered people, and the networks to start from."""

    clinic: Path
    everyday: Path
    check: Path
    start: Path


FURTHER = Plan(passes=8, versions=3, schedule=Schedule(epochs=60, rate=1e-3, seed=41, warm_up=2000))


def teach_further(work: Path, sources: Sources, plan: Plan) -> None:
    """Bend, find, cut, teach, fuse and set the widths; write both files."""
    work.mkdir(parents=True, exist_ok=True)
    bent = work / "bent"
    bend_all(sources.everyday, bent, COPIES)
    for folder in (sources.clinic, sources.everyday, sources.check):
        print(f"{checksum(folder)}  {folder.name}")
    learned = [sources.clinic, sources.everyday, bent]
    data = squares_of([one for folder in learned for one in poses_of(folder, work, plan)], work, plan)
    starts = shipped_networks(sources.start)
    taught, _ = teach_folds(data, len(starts), plan.schedule, starts, work)
    networks = [between(*pair) for pair in zip(starts, taught, strict=True)]
    seen = seen_left_out(data, networks)
    places = work / "places.onnx"
    print(f"{places.name}: differs from PyTorch by {export(networks, places):.1g}")
    weights = with_widths(
        learn(rows_of(data, seen)), PlaceNetwork(places.read_bytes()), poses_of(sources.check, work, plan)
    )
    np.savez(work / "fusion.npz", **weights)
    print(f"wrote {places} and {work / 'fusion.npz'}; to ship them, copy both to {ROOT / 'models'}")


def between(before: Network, after: Network) -> Network:
    """Give the network whose weights lie between those before and after, NEW of the way.

    It keeps most of what was learned new and loses less of what was known (Wortsman et al. 2022, arXiv 2109.01903).
    """
    mixed, old, new = deepcopy(after), before.state_dict(), after.state_dict()
    mixed.load_state_dict({name: (1 - NEW) * old[name] + NEW * new[name] for name in old})
    return mixed


def main() -> None:
    """Read the command line and teach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder to fill")
    parser.add_argument("--clinic", type=Path, required=True, help="phantoms_train: photos and their truth.json")
    parser.add_argument("--everyday", type=Path, required=True, help="everyday people to learn from")
    parser.add_argument("--check", type=Path, required=True, help="other everyday people, for the widths")
    parser.add_argument("--start", type=Path, default=START, help="networks to start from")
    given = parser.parse_args()
    teach_further(given.work, Sources(given.clinic, given.everyday, given.check, given.start), FURTHER)


if __name__ == "__main__":
    main()
