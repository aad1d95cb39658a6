"""Learn what separates the network's points from the joints in side views: src/posturecam/measures/side_view.toml.

    python -m calibration.side_offsets ../shared/phantoms_train             # learn, print the errors on people left out
    python -m calibration.side_offsets ../shared/phantoms_train --write     # and write the table

Ridge regression of (truth − plain geometry) on the near side's points, and for some measures on the back's edge as
well. Every figure printed and stored is of people left out of the learning, one at a time (each photo of phantoms_train
shows another person). ``phantoms`` is for measuring and must never be handed to this command.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import track

from calibration import back_norms
from calibration.score import auc
from calibration.truth import side_truth
from posturecam.body import Array, Pose, View
from posturecam.measurement import frame_of
from posturecam.measures.correction import MOST_SPREADS, TABLE, Correction
from posturecam.measures.outline import CONTOUR, outline_features
from posturecam.measures.side_view import PARTS, PLAIN, features, unseen
from posturecam.photo import read
from posturecam.poses.finder import Finder
from posturecam.silhouette import Silhouette
from posturecam.silhouette.cutting import cut_out

STIFFNESS = 10.0
"""The ridge's penalty, the same for all measures: 3 to 10 do equally well on people left out."""

LEAST_SPREAD = 0.3
"""Added to each feature's spread, % of height, so that one that hardly varies cannot weigh much."""

WORTH_IT = 0.93
"""The outline joins where it brings the error on people left out below this part of the points' own."""


BENT_DEG, STRAIGHT_DEG = 12.0, 3.0
"""How far the pose bent the upper back for it to count as bent, and as straight."""


@dataclass(frozen=True, slots=True)
class SideCase:
    """One side view: where its points and its outline were found, the truth, and how far the pose bent its back."""

    name: str
    pose: Pose
    outline: Silhouette
    roll_deg: float
    truth: dict[str, float]
    kyphosis_deg: float = 0.0


def read_side_cases(folder: Path) -> list[SideCase]:
    """Find the points and the outline in every side view of a folder."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    sides = [image for image in images if image["view"] in (View.LEFT, View.RIGHT)]
    cases = []
    with Finder() as finder:
        for image in track(sides, description="finding"):
            photo = read(folder / image["file"])
            pose = finder.find(photo).pose
            mask = finder.mask_of(photo, pose)
            if mask is not None and pose.view == image["view"]:
                outline, roll = cut_out(mask), image["camera"]["roll_deg"]
                bent = float(image["pose"].get("kyphosis", 0.0))
                cases.append(SideCase(image["id"], pose, outline, roll, side_truth(image), bent))
    return cases


def seen(case: SideCase, evidence: str) -> Array:
    """(F,) what a correction sees of a case, the passes' mean; what was not found is NaN."""
    frame = frame_of(case.pose, case.roll_deg)
    rows = features(frame) if evidence == "points" else outline_features(frame, case.outline, case.roll_deg)
    return np.asarray(rows.mean(axis=0))


def plain(case: SideCase, key: str) -> float:
    """Give the plain geometry's mean over the passes."""
    compute = PLAIN[key][0] if key in PLAIN else unseen
    return float(compute(frame_of(case.pose, case.roll_deg)).mean())


def learn(inputs: Array, wanted: Array) -> Correction:
    """Fit a ridge regression of wanted (N,) on inputs (N, F)."""
    mean, spread = np.nanmean(inputs, axis=0), np.nanstd(inputs, axis=0) + LEAST_SPREAD
    far = np.nan_to_num(np.clip((inputs - mean) / spread, -MOST_SPREADS, MOST_SPREADS))
    far_mean = far.mean(axis=0)
    centred = far - far_mean
    inner = centred.T @ centred + STIFFNESS * np.eye(far.shape[1])
    weights = np.linalg.solve(inner, centred.T @ (wanted - wanted.mean()))
    return Correction(float(wanted.mean() - far_mean @ weights), 0.0, weights, mean, spread)


@dataclass(frozen=True, slots=True)
class Learned:
    """A correction, and how it did on people left out: (N,) values against the truth."""

    correction: Correction
    value: Array
    truth: Array

    @property
    def mae(self) -> float:
        """Mean absolute error on people left out."""
        return float(np.abs(self.value - self.truth).mean())

    @property
    def rms(self) -> float:
        """Root mean square error on people left out."""
        return float(np.sqrt(((self.value - self.truth) ** 2).mean()))

    @property
    def line(self) -> tuple[float, float, float]:
        """Slope, residual SD and correlation of value on truth."""
        slope, offset = np.polyfit(self.truth, self.value, 1)
        residual = self.value - slope * self.truth - offset
        return float(slope), float(residual.std()), float(np.corrcoef(self.truth, self.value)[0, 1])


def learned(cases: list[SideCase], key: str, evidence: str) -> Learned:
    """Learn a measure's correction, and try it on each person with that person left out."""
    inputs = np.array([seen(case, evidence) for case in cases])
    plains = np.array([plain(case, key) for case in cases])
    truth = np.array([case.truth[key] for case in cases])
    alone = [np.delete(np.arange(len(cases)), row) for row in range(len(cases))]
    value = [
        plains[row] + learn(inputs[others], (truth - plains)[others]).of(inputs[row : row + 1])[0]
        for row, others in enumerate(alone)
    ]
    return Learned(learn(inputs, truth - plains), np.array(value), truth)


def as_toml(tables: dict[str, dict[str, Learned]], source: str) -> str:
    """Write what was learned."""
    lines = [
        "# Corrections of side measures: value = plain geometry + offset + Σ weight × (feature − mean) / spread.",
        "# Written by calibration/side_offsets.py; error, mae, slope, residual and r are of people left out.",
        f"# features: {', '.join(f'{part.lower()} forward, up' for part in PARTS)}; then the back's edge.",
        f'source = "{source}"',
    ]
    for evidence, table in tables.items():
        first = next(iter(table.values())).correction
        lines += [f"\n[{evidence}]", f"mean = {_numbers(first.mean)}", f"spread = {_numbers(first.spread)}"]
        for key, one in table.items():
            slope, residual, r = one.line
            lines += [
                f"\n[{evidence}.measures.{key}]",
                f"error = {one.rms:.3f}",
                f"mae = {one.mae:.3f}",
                f"slope = {slope:.3f}",
                f"residual = {residual:.3f}",
                f"r = {r:.3f}",
                f"offset = {one.correction.offset:.4f}",
                f"weights = {_numbers(one.correction.weights)}",
            ]
    return "\n".join(lines) + "\n"


def _numbers(values: Array) -> str:
    return "[" + ", ".join(f"{value:.4f}" for value in values) + "]"


def fit(cases: list[SideCase]) -> dict[str, dict[str, Learned]]:
    """Learn every measure from the points, and with the outline where that is worth it."""
    points = {key: learned(cases, key, "points") for key in PLAIN}
    outline = {key: learned(cases, key, "outline") for key in (*PLAIN, *CONTOUR)}
    kept = {key: one for key, one in outline.items() if key in CONTOUR or one.mae < WORTH_IT * points[key].mae}
    return {"points": points, "outline": kept}


def bent_apart(cases: list[SideCase], one: Learned) -> str:
    """Say how well backs that were bent come apart from straight ones, on people left out."""
    bent = np.array([case.kyphosis_deg for case in cases])
    high, low = one.value[bent >= BENT_DEG], one.value[np.abs(bent) <= STRAIGHT_DEG]
    if not high.size or not low.size:
        return "no bent backs among them"
    counts = f"{high.size} backs bent by {BENT_DEG:g}° and more against {low.size} within {STRAIGHT_DEG:g}°"
    return f"area under the ROC curve, {counts}: {auc(high, low):.2f}"


def main() -> None:
    """Learn from a folder, print the errors on people left out, and write the table when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json, to learn from")
    parser.add_argument("--write", action="store_true", help="write the table that the program reads")
    given = parser.parse_args()
    cases = read_side_cases(given.folder)
    tables = fit(cases)
    print(f"{'measure':24}{'evidence':10}{'MAE':>7}{'RMS':>7}{'slope':>7}{'resid':>7}{'r':>7}   of {len(cases)} people")
    for evidence, table in tables.items():
        for key, one in table.items():
            print(f"{key:24}{evidence:10}{one.mae:7.2f}{one.rms:7.2f}" + "".join(f"{part:7.2f}" for part in one.line))
    print(bent_apart(cases, tables["outline"]["kyphosis_depth_pct"]))
    print("\n".join(back_norms.lines(back_norms.read_images(given.folder))))
    if given.write:
        source = f"{given.folder.name}, {len(cases)} side views, each of another person; ridge, stiffness {STIFFNESS:g}"
        TABLE.write_text(as_toml(tables, source), encoding="utf-8")


if __name__ == "__main__":
    main()
