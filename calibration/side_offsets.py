"""Learn what separates the network's points from the joints in side views: src/posturecam/measures/side_view.toml.

    python -m calibration.side_offsets ../shared/phantoms_train LEARN             # learn, print the errors on others
    python -m calibration.side_offsets ../shared/phantoms_train LEARN --write     # and write the tables

LEARN is what ``side_people/renderer/side_people.py learn`` renders (seed 7001, 170 people): postures wider than people
stand, so that what is far from the middle is not drawn towards it.

Ridge regression of (truth − plain geometry) on the near side's points, and for some measures on the edges of trunk and
legs as well. Every figure printed and stored is of people left out of the learning, one at a time (each photo shows
another person). ``phantoms`` is for measuring and must never be handed to this command.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from calibration import back_norms, landmark_error
from calibration.score import auc
from calibration.side_eyes.near_squares import side_rows
from calibration.truth import side_truth
from posturecam.body import Array, Pose, View
from posturecam.measures.correction import MOST_SPREADS, TABLE, Correction
from posturecam.measures.measurement import frame_of, mean_frame
from posturecam.measures.outline import (
    CONTOUR,
    PARTS_NEEDED,
    kept_places,
    near_side_hidden,
    seen_by_corrections,
)
from posturecam.measures.side_edges import ARCS, BACK, FRONT, LEGS, along_room, counted, goes_on
from posturecam.measures.side_view import PARTS, PLAIN, side_features, unseen
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.cutting import cut_out

STIFFNESS = 3.0
"""The ridge's penalty, the same for all measures: on people left out 10 does as well, but shrinks the far ones more."""

POINTS, OUTLINE, NO_FRONT = "points", "outline", "outline_without_front"
FEATURES = np.arange(2 * len(PARTS))


def _with_back(*edges: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.concatenate([FEATURES, *(FEATURES.size + one for one in (BACK, ARCS, *edges))])


SEEN = {
    POINTS: (FEATURES,),
    OUTLINE: tuple(_with_back(FRONT, *legs) for legs in ((), (LEGS,))),
    NO_FRONT: tuple(_with_back(*legs) for legs in ((), (LEGS,))),
}
"""What each kind of evidence may see, without the legs and with them; what serves a measure better is kept."""

LEAST_SPREAD = 0.3
"""Added to each feature's spread, % of height, so that one that hardly varies cannot weigh much."""

WORTH_IT = 0.97
"""The outline joins where it brings the error on people left out below this part of the points' own."""

RUNS_ON, RUNS_OUT = 0.7, 0.1
"""Parts of the places beyond a straight run at which an edge of the room goes on, and at which none does."""

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
    cases = []
    with Finder() as finder:
        for image in track(side_rows(folder), description=f"finding in {folder.name}"):
            photo = read(folder / image["file"])
            pose = finder.find(photo).pose
            mask = finder.mask_of(photo, pose)
            if mask is not None and pose.view == image["view"]:
                outline, roll = cut_out(mask), image["camera"]["roll_deg"]
                bent = float(image.get("pose", {}).get("kyphosis", 0.0))
                cases.append(SideCase(image["id"], pose, outline, roll, side_truth(image), bent))
    return cases


def seen(case: SideCase, evidence: str) -> Array:
    """(F,) what a correction sees of a case, the passes' mean; what was not found is NaN."""
    frame = frame_of(case.pose, case.roll_deg)
    if evidence == POINTS:
        return np.asarray(side_features(frame).mean(axis=0))
    kept = counted(mean_frame(case.pose, case.roll_deg), case.outline, case.roll_deg)
    places = kept_places(frame, case.outline, case.roll_deg, kept)
    return np.asarray(seen_by_corrections(frame, places).mean(axis=0))


def plain(case: SideCase, key: str) -> float:
    """Give the plain geometry's mean over the passes."""
    compute = PLAIN[key][0] if key in PLAIN else unseen
    return float(compute(frame_of(case.pose, case.roll_deg)).mean())


def learn(inputs: Array, wanted: Array, columns: NDArray[np.intp]) -> Correction:
    """Fit a ridge regression of wanted (N,) on some columns of inputs (N, F); the others weigh nothing."""
    mean, spread = np.nanmean(inputs, axis=0), np.nanstd(inputs, axis=0) + LEAST_SPREAD
    far = np.nan_to_num(np.clip((inputs - mean) / spread, -MOST_SPREADS, MOST_SPREADS))
    far[:, np.setdiff1d(np.arange(far.shape[1]), columns)] = 0.0
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


def learned(cases: list[SideCase], keys: Iterable[str], evidence: str) -> dict[str, Learned]:
    """Learn each measure's correction, and try it on each person with that person left out."""
    inputs = np.array([seen(case, evidence) for case in cases])
    found = {}
    for key in keys:
        plains = np.array([plain(case, key) for case in cases])
        truth = np.array([case.truth[key] for case in cases])
        tried = [_learned(inputs, plains, truth, columns) for columns in SEEN[evidence]]
        found[key] = min(tried, key=lambda one: one.rms)
    return found


def _learned(inputs: Array, plains: Array, truth: Array, columns: NDArray[np.intp]) -> Learned:
    alone = [np.delete(np.arange(len(truth)), row) for row in range(len(truth))]
    value = [
        plains[row] + learn(inputs[others], (truth - plains)[others], columns).of(inputs[row : row + 1])[0]
        for row, others in enumerate(alone)
    ]
    return Learned(learn(inputs, truth - plains, columns), np.array(value), truth)


def as_toml(tables: dict[str, dict[str, Learned]], source: str) -> str:
    """Write what was learned."""
    lines = [
        "# Corrections of side measures: value = plain geometry + offset + Σ weight × (feature − mean) / spread.",
        "# Written by calibration/side_offsets.py; error, mae, slope, residual and r are of people left out.",
        f"# features: {', '.join(f'{part.lower()} forward, up' for part in PARTS)}; then back, front, legs, arcs.",
        f'source = "{source}"',
    ]
    for evidence, table in tables.items():
        lines += table_lines(evidence, table)
    return "\n".join(lines) + "\n"


def table_lines(evidence: str, table: dict[str, Learned]) -> list[str]:
    """Write the corrections that see one kind of evidence."""
    first = next(iter(table.values())).correction
    lines = [f"\n[{evidence}]", f"mean = {numbers(first.mean)}", f"spread = {numbers(first.spread)}"]
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
            f"weights = {numbers(one.correction.weights)}",
        ]
    return lines


def numbers(values: Array) -> str:
    """Write an array (K,) as TOML."""
    return "[" + ", ".join(f"{value:.4f}" for value in values) + "]"


def fit(cases: list[SideCase]) -> dict[str, dict[str, Learned]]:
    """Learn every measure from the points, and with the outline where that is worth it."""
    points = learned(cases, PLAIN, POINTS)
    shown = with_back(cases)
    outline = learned(shown, (*PLAIN, *CONTOUR), OUTLINE)
    kept = {key: one for key, one in outline.items() if key in CONTOUR or one.rms < WORTH_IT * points[key].rms}
    return {POINTS: points, OUTLINE: kept, NO_FRONT: learned(shown, kept, NO_FRONT)}


def in_sight(cases: list[SideCase]) -> list[SideCase]:
    """Leave out those whose near side is hidden or cut off: the program does not measure them either."""
    return [case for case in cases if near_side_hidden(case.pose, PARTS_NEEDED) is None]


def with_back(cases: list[SideCase]) -> list[SideCase]:
    """Leave out those whose outline is not trusted, or follows an edge of the room behind the back."""
    return [
        case
        for case in cases
        if not case.outline.untrusted
        and not along_room(mean_frame(case.pose, case.roll_deg), case.outline, case.roll_deg, "back")
    ]


def runs_told(cases: list[SideCase]) -> str:
    """Say how many straight runs the outlines have, and at how many of the places beyond them they go on."""
    shares = np.array(
        [
            goes_on(mean_frame(case.pose, case.roll_deg), case.outline, case.roll_deg, where)
            for case in cases
            for where in ("back", "front")
        ]
    )
    shares = shares[np.isfinite(shares)]
    return (
        f"{shares.size} straight runs in the outlines of {len(cases)} people: {(shares >= RUNS_ON).sum()} go on at "
        f"{RUNS_ON:g} of the places beyond them or more, {(shares < RUNS_OUT).sum()} at less than {RUNS_OUT:g}"
    )


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
    parser.add_argument("folders", type=Path, nargs="+", help="folders with photos and their truth.json, to learn from")
    parser.add_argument("--write", action="store_true", help="write the tables that the program reads")
    given = parser.parse_args()
    cases = in_sight([case for folder in given.folders for case in read_side_cases(folder)])
    tables = fit(cases)
    print(f"{'measure':24}{'evidence':22}{'MAE':>7}{'RMS':>7}{'slope':>7}{'resid':>7}{'r':>7}   of {len(cases)} people")
    for evidence, table in tables.items():
        for key, one in table.items():
            print(f"{key:24}{evidence:22}{one.mae:7.2f}{one.rms:7.2f}" + "".join(f"{part:7.2f}" for part in one.line))
    print(runs_told(cases))
    print(bent_apart(with_back(cases), tables[OUTLINE]["kyphosis_depth_pct"]))
    print("\n".join(back_norms.lines(back_norms.read_images(given.folders[0]))))
    if given.write:
        names = " and ".join(folder.name for folder in given.folders)
        source = f"{names}, {len(cases)} side views, each of another person"
        TABLE.write_text(as_toml(tables, f"{source}; ridge, stiffness {STIFFNESS:g}"), encoding="utf-8")
        errors = {key: dict.fromkeys((View.LEFT, View.RIGHT), one.rms) for key, one in tables[POINTS].items()}
        landmark_error.write_table(errors, f"calibration on {source}")


if __name__ == "__main__":
    main()
