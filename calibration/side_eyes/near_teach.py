"""Teach the side views' own network: WORK/near_places.onnx.

    python -m calibration.side_eyes.near_teach WORK ../shared/phantoms_train NEAR …

The folders hold rendered people and their truth; each photo shows another person. One network is taught for each third
of the people left out, and what each sees of those it never saw is printed, against the truth. Networks that lie in
WORK are not taught again. Needs PyTorch and onnx.
"""

import argparse
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from calibration.benchmark import ROOT
from calibration.estimator.dataset import folds_of
from calibration.estimator.export import export
from calibration.estimator.network import Network, shipped_networks
from calibration.side_eyes.near_network import NearSchedule, core_near, near_network, seen_by, teach_near
from calibration.side_eyes.near_squares import NearData, near_data
from posturecam.body import Array
from posturecam.measures.estimator.near_places import NEAR_PLACES

START = ROOT / "models" / "features.onnx"


@dataclass(frozen=True, slots=True)
class Kept:
    """Where taught networks are kept, and where earlier ones lie that they start from, if any."""

    folder: Path
    before: Path | None = None

    def starts(self, first: list[Network]) -> list[Network]:
        """Give the networks to start from: the earlier ones, or ``first`` with nine heat maps."""
        networks = [near_network(one) for one in first]
        if self.before is not None:
            for number, network in enumerate(networks):
                network.load_state_dict(torch.load(self.path(number, self.before)))
        return networks

    def path(self, number: int, folder: Path | None = None) -> Path:
        """Name the file of the network that leaves fold ``number`` out."""
        return (folder or self.folder) / f"near_{number}.pt"


def taught(
    data: NearData, starts: list[Network], schedule: NearSchedule, kept: Kept, numbers: Iterable[int]
) -> list[Network]:
    """Teach a network for each of these folds of people left out, or read it where it was kept."""
    fold = folds_of(data.names, len(starts))
    networks = []
    for number in numbers:
        network, path = starts[number], kept.path(number)
        if path.exists():
            network.load_state_dict(torch.load(path))
        else:
            one = replace(schedule, seed=schedule.seed + 100 * number)
            network = teach_near(data, np.where(fold != number)[0], one, network)
            torch.save(network.state_dict(), path)
        networks.append(network)
    return networks


def seen_left_out(data: NearData, networks: list[Network]) -> Array:
    """(N, 9, 3) what each network sees of the people that it never saw."""
    fold = folds_of(data.names, len(networks))
    seen = np.zeros((len(data.names), len(NEAR_PLACES), 3))
    for number, network in enumerate(networks):
        seen[fold == number] = seen_by(network, core_near(data.squares[fold == number]))
    return seen


def told(data: NearData, seen: Array) -> None:
    """Print how far each place is off on people left out, and how much of its way forward is seen."""
    groups = {name.partition("_")[0] for name in data.names}
    for group in sorted(groups):
        rows = np.array([name.startswith(group) for name in data.names])
        off = (seen - np.dstack([data.places, np.zeros(data.places.shape[:2])]))[rows]
        print(f"{group}: {rows.sum()} people; median distance, and RMS forward and down, % of the half-width")
        for place, name in enumerate(NEAR_PLACES):
            far = np.hypot(*off[:, place, :2].T)
            forward, down = np.sqrt((off[:, place, :2] ** 2).mean(axis=0))
            print(f"  {name:11} {np.median(far) * 100:5.1f} {forward * 100:5.1f} {down * 100:5.1f}")


def main() -> None:
    """Read the command line and teach."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    torch.set_num_threads(1)
    parser.add_argument("work", type=Path, help="a folder to fill")
    parser.add_argument("folders", type=Path, nargs="+", help="rendered people seen from the side")
    parser.add_argument("--epochs", type=int, default=NearSchedule.epochs)
    parser.add_argument("--seed", type=int, default=NearSchedule.seed)
    parser.add_argument("--before", type=Path, help="a WORK of before, to go on from its networks")
    parser.add_argument("--fold", type=int, help="only teach the network that leaves this fold out: 0, 1 or 2")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    data = near_data(given.folders)
    kept, schedule = Kept(given.work, given.before), NearSchedule(epochs=given.epochs, seed=given.seed)
    starts = kept.starts(shipped_networks(START))
    numbers = range(len(starts)) if given.fold is None else (given.fold,)
    networks = taught(data, starts, schedule, kept, numbers)
    if given.fold is not None:
        return
    told(data, seen_left_out(data, networks))
    path = given.work / "near_places.onnx"
    print(f"{path}: differs from PyTorch by {export(deepcopy(networks), path, squares=1):.1g}")


if __name__ == "__main__":
    main()
