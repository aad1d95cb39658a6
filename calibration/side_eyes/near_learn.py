"""Learn what separates the angles between the places seen from the true ones, and their error: near_view.toml.

    python -m calibration.side_eyes.near_learn WORK/near_places.onnx ../shared/phantoms_train NEAR … --write

The folders are those that ``near_teach`` was given. Each photo is seen by the one network that never saw its person,
in squares that are off as the pose network's points are. Every figure printed is of people whom the regression did not
see either. The error is learned for people as they stand (``fuse.as_people_stand``).
"""

import argparse
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from calibration.estimator.dataset import folds_of
from calibration.estimator.fuse import COVERAGE, HALF_WIDTH, as_people_stand
from calibration.estimator.ridge import likely_error
from calibration.side_clothes import everyday_factor
from calibration.side_eyes.near_squares import side_rows, true_near
from calibration.truth import side_truth
from posturecam.body import Array, View
from posturecam.body.geometry import subject_frame
from posturecam.knowledge import load
from posturecam.measures.estimator.near_network import NearNetwork
from posturecam.measures.estimator.near_places import (
    POSE_OFF,
    near_angles,
    near_apart,
    near_doubts,
    near_ends,
    near_shape,
    near_square,
)
from posturecam.measures.estimator.near_view import NEAR_TABLE, USUAL, NearTable, NearWeights, scaled_limited
from posturecam.measures.estimator.patches import as_blob, square
from posturecam.measures.estimator.place_network import soft_argmax
from posturecam.measures.side_clothes import recognition
from posturecam.picture.photo import Pixels, flipped, read
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder

KEYS = ("craniovertebral_proxy", "ear_shoulder_angle", "head_pitch", "shoulder_protraction")
MEMBERS, FOLDS, VERSIONS = 3, 8, 4

OFF = POSE_OFF * [1.0, -1.0]
OFF_SPREAD = 0.028
"""Where the pose network puts ear, shoulder and hip beside the true ones, forward and down, trunk lengths, and how far
that varies: mean and standard deviation on 36 rendered people."""

STIFFNESS, DOUBT_STIFFNESS, WIDER, SEED = 60.0, 6.0, 1.5, 23


@dataclass(frozen=True, slots=True)
class NearRows:
    """N views of people: names, places (N, 9, 2) in the subject's frame, doubt (N, 9, 2), truth by measure."""

    names: list[str]
    places: Array
    doubt: Array
    truth: Mapping[str, Array]

    def of(self, rows: Array) -> "NearRows":
        """Give some of the rows."""
        names = [self.names[row] for row in np.arange(len(self.names))[rows]]
        return NearRows(
            names,
            self.places[rows],
            self.doubt[rows],
            {key: one[rows] for key, one in self.truth.items()},
        )


def near_rows(network: Any, folders: list[Path], *, strangers: bool = False) -> NearRows:
    """Look at every side view of these folders, each through the network that never saw its person.

    ``strangers`` are people that no network ever saw: all three look at them, as in use.
    """
    names, places, doubts = [], [], []
    truths: dict[str, list[float]] = {key: [] for key in KEYS}
    for folder in folders:
        for row in track(side_rows(folder), description=folder.name):
            rng = np.random.default_rng([SEED, zlib.crc32(row["id"].encode())])
            pixels, roll = read(folder / row["file"]).pixels, float(row["camera"]["roll_deg"])
            left, width = View(row["view"]) is View.LEFT, pixels.shape[1]
            pixels = flipped(pixels) if left else pixels
            true, hip = true_near(row, width)
            trunk, truth = np.linalg.norm(true[4] - hip), side_truth(row)
            member = slice(None) if strangers else slice(fold := int(folds_of([row["id"]], MEMBERS)[0]), fold + 1)
            for _ in range(VERSIONS):
                ends = np.stack([true[0], true[4], hip]) + trunk * rng.normal(OFF, OFF_SPREAD)
                middle, half = near_square(*ends)
                found, doubt = seen_through(network, square(pixels, middle, half), member)
                # In the mirrored picture of a left view the roll is the other way round.
                places.append(subject_frame(middle + half * found, View.RIGHT, -roll if left else roll))
                doubts.append(doubt)
                names.append(str(row["id"]))
                for key in KEYS:
                    truths[key].append(truth[key])
    return NearRows(names, np.array(places), np.array(doubts), {key: np.array(one) for key, one in truths.items()})


def seen_through(network: Any, pixels: Pixels, members: slice) -> tuple[Array, Array]:
    """(9, 2) places seen by some of the networks, half-widths, and (9, 2) the doubt of all three."""
    network.setInput(as_blob(pixels[None]))
    found, spread = soft_argmax(np.asarray(network.forward(), dtype=np.float64)[0])
    apart = np.sqrt(found.var(axis=0).mean(axis=-1))
    return found[members].mean(axis=0), np.stack([spread.mean(axis=0), apart], axis=-1)


def learn_near(rows: NearRows) -> NearTable:
    """Learn offsets and weights of the shape; the errors are learned afterwards, on people left out."""
    shape, doubt = near_shape(rows.places), near_doubts(rows.doubt)
    mean, spread = shape.mean(axis=0), shape.std(axis=0) + 1.0
    usual = (mean, spread, doubt.mean(axis=0), doubt.std(axis=0) + 0.1)
    far, angles = scaled_limited(shape, mean, spread), near_angles(rows.places)
    measures = {key: _fit(far, rows.truth[key] - angles[key]) for key in KEYS}
    return NearTable(*usual, measures)


def _fit(far: Array, rest: Array, rounds: int = 4) -> NearWeights:
    """Ridge with Huber's weights: a hidden ear must not steer the others."""
    design, weight = np.column_stack([np.ones(len(far)), far]), np.full(len(far), 1.0 / VERSIONS)
    penalty = np.diag([0.0, *np.full(far.shape[1], STIFFNESS)])
    for _ in range(rounds):
        weighted = (design * weight[:, None]).T
        found = np.linalg.solve(weighted @ design + penalty, weighted @ rest)
        miss = np.abs(rest - design @ found)
        most = 2.0 * 1.4826 * np.median(miss)
        weight = np.minimum(1.0, most / np.maximum(miss, 1e-9)) / VERSIONS
    return NearWeights(float(found[0]), found[1:], np.zeros(9), np.inf)


def left_out_values(rows: NearRows) -> dict[str, Array]:
    """(N,) each measure by a regression that never saw the person."""
    fold = folds_of(rows.names, FOLDS, "near")
    said = {key: np.zeros(len(rows.names)) for key in KEYS}
    for number in np.unique(fold):
        table = learn_near(rows.of(fold != number))
        for key, values in table.values(rows.places[fold == number]).items():
            said[key][fold == number] = values
    return said


def error_weights(rows: NearRows, said: Array, key: str, table: NearTable) -> Array:
    """(1 + 8,) weights of the log standard error, set so that COVERAGE lies within 1.96 of it as people stand."""
    far = scaled_limited(near_doubts(rows.doubt), table.doubt_mean, table.doubt_spread)
    design, miss, weight = np.column_stack([np.ones(len(far)), far]), said - rows.truth[key], stands(rows, key)
    found = likely_error(design, miss, weight / VERSIONS, np.r_[0.0, np.full(far.shape[1], DOUBT_STIFFNESS)])
    ratio = np.abs(miss) / np.exp(design @ found)
    order = np.argsort(ratio)
    part = np.cumsum(weight[order]) / weight.sum()
    found[0] += np.log(float(ratio[order][np.searchsorted(part, COVERAGE)]) / HALF_WIDTH)
    return np.asarray(found)


def stands(rows: NearRows, key: str) -> Array:
    """(N,) how much each counts for the error: renders stand wider than people do."""
    norm = load().norm(key)
    return as_people_stand(rows.truth[key] - (norm.mean or 0.0), WIDER * (norm.sd or 5.0))


def with_errors(rows: NearRows, said: Mapping[str, Array], table: NearTable) -> NearTable:
    """Give the table with the errors learned from what was said of people left out."""
    measures = {
        key: replace(one, error=error_weights(rows, said[key], key, table)) for key, one in table.measures.items()
    }
    return replace(table, measures=measures)


def widened(table: NearTable, check: NearRows) -> NearTable:
    """Give the table with errors that are right for people whom neither networks nor regression saw."""
    said, errors = table.values(check.places), table.errors(check.doubt)
    chance = recognition().probability(near_doubts(check.doubt))
    measures = {}
    for key, one in table.measures.items():
        by = everyday_factor(said[key] - check.truth[key], chance, errors[key])
        print(f"{key:24}factor of the error on {len(set(check.names))} other people: {by:.2f}")
        measures[key] = replace(one, everyday=by)
    return replace(table, measures=measures)


def with_apart(table: NearTable, model: Path, folders: list[Path]) -> NearTable:
    """Give the table with how far the pose network's angles lie from those seen, on people whom no network saw."""
    network, apart = NearNetwork(model.read_bytes()), []
    with Finder() as finder:
        for folder in folders:
            for row in track(side_rows(folder), description=f"{folder.name}: pose network"):
                photo, view = read(folder / row["file"]), View(row["view"])
                pose, roll = finder.find(photo, FinderOptions(view=view)).pose, float(row["camera"]["roll_deg"])
                seen = network.predict(photo, pose)
                if seen is not None:
                    ends = pose.mean[near_ends(view)]
                    apart.append(near_apart(*(subject_frame(points, view, roll) for points in (seen.places, ends))))
    usual = {key: float(np.sqrt(np.mean([angles[key] ** 2 for angles in apart]))) for key in KEYS}
    print(f"the two networks' angles, RMS difference on {len(apart)} other people: {usual}")
    return replace(table, measures={key: replace(one, apart=usual[key]) for key, one in table.measures.items()})


def told(rows: NearRows, said: Mapping[str, Array], table: NearTable) -> None:
    """Print the errors on people left out, in each folder's group."""
    errors = table.errors(rows.doubt)
    groups = np.array([name.partition("_")[0] for name in rows.names])
    words = "".join(f"{word:>7}" for word in ("MAE", "RMS", "slope", "resid", "±"))
    print(f"{'measure':24}{'group':10}{words}{'inside':>8}{'as they stand':>15}")
    for key in KEYS:
        for group in (*np.unique(groups), "all"):
            here = (groups == group) | (group == "all")
            truth, value, sem = rows.truth[key][here], said[key][here], errors[key][here]
            weight = stands(rows, key)[here]
            slope, offset = np.polyfit(truth, value, 1)
            rest, miss = value - slope * truth - offset, np.abs(value - truth)
            inside = miss < HALF_WIDTH * sem
            figures = (miss.mean(), np.sqrt((miss**2).mean()), slope, rest.std(), HALF_WIDTH * np.median(sem))
            shares = f"{inside.mean():8.0%}{np.average(inside, weights=weight):15.0%}"
            print(f"{key:24}{group:10}" + "".join(f"{one:7.2f}" for one in figures) + shares)


def as_toml(table: NearTable, source: str) -> str:
    """Write what was learned."""
    lines = ["# Head and neck in side views, see near_view.py. Written by calibration/side_eyes/near_learn.py."]
    lines.append(f'source = "{source}"')
    lines += [f"{name} = {_numbers(getattr(table, name))}" for name in USUAL]
    for key, one in table.measures.items():
        lines += [
            f"\n[measures.{key}]",
            f"offset = {one.offset:.4f}",
            f"apart = {one.apart:.4f}",
            f"everyday = {one.everyday:.4f}",
        ]
        lines += [f"shape = {_numbers(one.shape)}", f"error = {_numbers(one.error)}"]
    return "\n".join(lines) + "\n"


def _numbers(values: Array) -> str:
    return "[" + ", ".join(f"{value:.4f}" for value in values) + "]"


def main() -> None:
    """Read the command line, learn, and print how people left out are read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path, help="near_places.onnx")
    parser.add_argument("folders", type=Path, nargs="+", help="rendered people seen from the side")
    parser.add_argument("--check", type=Path, nargs="+", default=[], help="other people, for the widths")
    parser.add_argument("--write", action="store_true", help="write the table that the program reads")
    given = parser.parse_args()
    network = cv2.dnn.readNetFromONNX(str(given.network))
    rows = near_rows(network, given.folders)
    said = left_out_values(rows)
    table = with_errors(rows, said, learn_near(rows))
    told(rows, said, table)
    if given.check:
        check = near_rows(network, given.check, strangers=True)
        table = widened(table, check)
        table = with_apart(table, given.network, given.check)
        told(check, table.values(check.places), table)
    if given.write:
        people = len(set(rows.names))
        source = f"{' and '.join(folder.name for folder in given.folders)}, {people} side views, each of another person"
        NEAR_TABLE.write_text(as_toml(table, source), encoding="utf-8")


if __name__ == "__main__":
    main()
