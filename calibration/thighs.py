"""Learn how the lean of a thigh follows from the points found: the constants of estimator/thighs.py.

python -m calibration.thighs ../shared/phantoms_train
"""

import sys
from pathlib import Path

import numpy as np

from calibration.truth import read_cases
from posturecam.body import Side, View
from posturecam.measures.estimator.thighs import inward_lean
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder


def main(folder: Path) -> None:
    """Fit truth = factor × found + offset for each view and print the three constants."""
    found: dict[View, list[tuple[float, float]]] = {View.FRONT: [], View.BACK: []}
    with Finder() as finder:
        for case in read_cases(folder):
            if not case.view.frontal:
                continue
            pose = finder.find(read(case.path)).pose
            for side, out in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0)):
                truth = case.truth[f"hip_adduction_{side}"] - out * case.truth["hip_tilt"]
                found[case.view].append((inward_lean(pose, side, case.roll_deg), truth))
    for view, pairs in found.items():
        lean, truth = np.array(pairs).T
        factor, offset = np.polyfit(lean, truth, 1)
        error = np.std(truth - (factor * lean + offset))
        print(f"{view}: factor {factor:.2f}, offset {offset:.2f}, standard error {error:.2f} ({len(pairs)} thighs)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
