"""Learn what a photo from behind shows of heels and spine: src/posturecam/measures/back_view.toml.

    python -m calibration.back_lines learn LEARN --write       # learn, print the errors on others, write the table
    python -m calibration.back_lines check MARKED ../shared/phantoms    # what the shipped table makes of other people

LEARN is what ``back_people/renderer/back_people.py`` renders (seed 9101, 215 people): bare feet whose heels tip by
known angles, bare backs with furrows of all depths and with none. Every figure printed of LEARN and stored is of people
left out of the learning, one at a time (each photo shows another person). MARKED is rendered likewise (seed 9201, 50
people) and only measured.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from scipy.spatial.transform import Rotation

from calibration import landmark_error
from calibration.score import score
from calibration.side_offsets import Learned, learn, table_lines
from posturecam.body import Array, Side, View
from posturecam.body.geometry import bend, subject_frame
from posturecam.knowledge import load
from posturecam.measures import MEASURES
from posturecam.measures.back_measures import HALVES, MOST_MISSING, is_usual
from posturecam.measures.correction import BACK_TABLE, Correction, corrections
from posturecam.measures.estimator.fusion import estimate
from posturecam.measures.measurement import Z95, mean_frame, measure
from posturecam.measures.rearfoot import EVERSION, HEEL, eversion, heel_features
from posturecam.measures.spine_line import (
    CURVES,
    FURROW,
    HEAD_UP,
    PARTS,
    beside_chord,
    curve_error,
    curves,
    line_features,
    plain_beside,
)
from posturecam.picture.photo import Photo, read
from posturecam.picture.vertical import find_vertical
from posturecam.poses.finder import Finder
from posturecam.poses.silhouette.cutting import FINE_HEIGHT_PX, cut_out
from posturecam.poses.silhouette.furrow import LEAST_CONTRAST, follow_furrow, is_clear
from posturecam.poses.silhouette.lower_legs import lower_legs
from posturecam.poses.silhouette.skin import bare_lower_legs

SIDES = (Side.LEFT, Side.RIGHT)
COVERING = ("trousers", "leggings", "suit")
"""Clothes that cover the lower legs."""

SPINE_POINTS, _STEP_M = 14, 0.05


@dataclass(frozen=True, slots=True)
class BackCase:
    """One photo from behind: what was found in it, and the truth.

    heels     by side: features and the true angle, degrees, + = everted
    bare      the sides on which calf and heel are told to be bare
    covered   whether trousers, leggings or shoes truly cover them
    line      (F,) features of the clearest way up the back; None where clothes cover it
    contrast  that of this way
    clear     whether the program takes it for a furrow
    depth_mm  how deep the furrow was made, 0 = none
    spine     (9,) how far the spine truly lies beside its chord at ``PARTS``, %
    """

    name: str
    heels: dict[Side, tuple[Array, float]]
    bare: frozenset[Side]
    covered: bool
    line: Array | None
    contrast: float
    clear: bool
    depth_mm: float
    spine: Array


def read_backs(folder: Path) -> Iterator[BackCase]:
    """Look at every photo from behind in a folder."""
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    with Finder() as finder:
        for image in track([one for one in images if one["view"] == View.BACK], description=folder.name):
            found = _case(read(folder / image["file"]), image, finder)
            if found is not None:
                yield found


def _case(photo: Photo, image: dict[str, Any], finder: Finder) -> BackCase | None:
    pose, roll = finder.find(photo).pose, float(image["camera"]["roll_deg"])
    mask = finder.mask_of(photo, pose)
    if mask is None or pose.view is not View.BACK:
        return None
    outline = cut_out(mask, FINE_HEIGHT_PX)
    mean = mean_frame(pose, roll)
    legs, bare = lower_legs(photo, pose, outline), bare_lower_legs(photo, pose)
    seen = {} if legs is None or legs.untrusted else {side: heel_features(mean, legs, roll, side) for side in SIDES}
    true, covered = rearfoot_truth(image), any(word in " ".join(image["clothes"]) for word in COVERING)
    heels = {side: (features, true[side]) for side, features in seen.items() if features is not None}
    way, depth_mm = follow_furrow(photo, pose, outline), float(image.get("furrow", {"depth_mm": 0.0})["depth_mm"])
    found = measure(pose, MEASURES, find_vertical(roll), load(), estimate(pose, roll))[0]
    taken = {one.key: one.value for one in found}
    spine = spine_beside_chord(image)
    if way is None:
        return BackCase(image["id"], heels, bare, covered, None, 0.0, clear=False, depth_mm=depth_mm, spine=spine)
    line = line_features(pose, way, outline, taken)
    return BackCase(image["id"], heels, bare, covered, line, way.contrast, is_clear(way), depth_mm, spine)


def spine_beside_chord(image: dict[str, Any]) -> Array:
    """(9,) the true distance of the spine from its chord, sacrum to C7, at ``PARTS``, %, + = to the subject's left."""
    points = np.array([image["points2d"][f"spine_{row:02d}"] for row in range(SPINE_POINTS)])
    spine = subject_frame(points, View(image["view"]), image["camera"]["roll_deg"])
    chord = (spine[-1] - spine[0]) / float(np.linalg.norm(spine[-1] - spine[0]) ** 2)
    along, beside = (spine - spine[0]) @ chord, (spine - spine[0]) @ np.array([chord[1], -chord[0]]) * 100.0
    order = np.argsort(along)
    return np.asarray(np.interp(PARTS, along[order], beside[order]))


def _leaving_out(inputs: Array, wanted: Array, people: Array) -> Learned:
    """Learn a correction from everybody, and try it on each person with that person left out."""
    columns, value = np.arange(inputs.shape[1]), np.zeros(len(wanted))
    for person in np.unique(people):
        own = people == person
        value[own] = learn(inputs[~own], wanted[~own], columns).of(inputs[own])
    return Learned(learn(inputs, wanted, columns), value, wanted)


def heel_learned(cases: list[BackCase]) -> Learned:
    """Learn the angle of the heels that are measurable; both sides of a person are left out together."""
    rows = [(*case.heels[side], case.name) for case in cases for side in _measurable(case)]
    inputs, angles, people = (np.array(column) for column in zip(*rows, strict=True))
    return _leaving_out(inputs, angles, people)


def _measurable(case: BackCase) -> list[Side]:
    """Give the sides on which the program might measure the heel: bare, and nearly all of it seen."""
    return [side for side in case.heels if side in case.bare and np.isnan(case.heels[side][0]).mean() <= MOST_MISSING]


def shown(cases: list[BackCase]) -> list[BackCase]:
    """Keep the backs that show a furrow clearly."""
    return [case for case in cases if case.clear]


def line_learned(cases: list[BackCase]) -> dict[str, Learned]:
    """Learn the spine's distance from its chord at each of ``PARTS``, from every back and its mirror image."""
    lines = np.array([case.line for case in cases])
    spines, people = np.array([case.spine for case in cases]), np.array([case.name for case in cases] * 2)
    inputs = np.concatenate([lines, mirrored_line(lines)])
    found = {}
    for row, part in enumerate(PARTS):
        truth, plain = np.concatenate([spines[:, row], -spines[:, row]]), plain_beside(inputs)[:, row]
        one = _leaving_out(inputs, truth - plain, people)
        found[f"at_{part * 100.0:.0f}"] = Learned(_odd(one.correction), plain + one.value, truth)
    return found


def mirrored_line(lines: Array) -> Array:
    """(N, F) the features of the mirror images: all change their sign but how high the head is."""
    signs = -np.ones(lines.shape[1])
    signs[HEAD_UP] = 1.0
    return lines * signs


def _odd(one: Correction) -> Correction:
    """Make the correction of a mirror image exactly the opposite: rounding apart it is that already."""
    even = np.zeros(one.mean.size, dtype=bool)
    even[HEAD_UP] = True
    return replace(one, offset=0.0, weights=np.where(even, 0.0, one.weights), mean=np.where(even, one.mean, 0.0))


def curves_found(line: dict[str, Learned], count: int) -> dict[str, Learned]:
    """Give each curve of the people left out, beside the truth."""
    value, truth = (np.array([getattr(one, name)[:count] for one in line.values()]).T for name in ("value", "truth"))
    told, true = ([curves(row) for row in rows] for rows in (value, truth))
    first = next(iter(line.values())).correction
    return {
        key: Learned(first, np.array([one[key] for one in told]), np.array([one[key] for one in true]))
        for key in CURVES
    }


def rearfoot_truth(image: dict[str, Any]) -> dict[Side, float]:
    """Give each heel's true angle against its leg as the camera sees it, degrees, + = everted.

    Where the file does not state it: the maker turns the whole foot about the ankle by ``pronation``.
    """
    if "rearfoot" in image:
        return {side: float(image["rearfoot"][side.value[0].upper()]) for side in SIDES}
    return {side: _foot_against_leg(image, side) for side in SIDES}


def _foot_against_leg(image: dict[str, Any], side: Side) -> float:
    letter, sign = side.value[0].upper(), 1.0 if side is Side.LEFT else -1.0
    camera, pose = image["camera"], image["pose"]
    knee, ankle = (np.array(image["points3d_world"][f"{part}.{letter}"]) for part in ("knee", "ankle"))
    toes, body = sign * pose[f"toe_out_{letter}"], 180.0 + image["subject_yaw_deg"]
    tipped = Rotation.from_euler("z", -sign * pose.get(f"pronation_{letter}", 0.0), degrees=True)
    down = (Rotation.from_euler("y", body + toes, degrees=True) * tipped).apply([0.0, -1.0, 0.0])
    seen = (np.array([knee, ankle, ankle + _STEP_M * down]) - camera["position"]) @ np.array(camera["rotation_rows"]).T
    flat = subject_frame(seen[:, :2] / seen[:, 2:] * [-1.0, 1.0], View.BACK)
    return sign * float(bend(*flat))


def as_toml(heel: Learned, line: dict[str, Learned], told: dict[str, Learned], source: str) -> str:
    """Write what was learned."""
    lines = [
        "# Corrections of back views: value = offset + Σ weight × (feature − mean) / spread.",
        "# Written by calibration/back_lines.py; error, mae, slope, residual and r are of people left out.",
        f'source = "{source}"',
        *table_lines(HEEL, {EVERSION: heel}),
        *table_lines(FURROW, line),
        f"\n[{FURROW}.errors]",
        *(f"{key} = {stated(one):.3f}" for key, one in told.items()),
    ]
    return "\n".join(lines) + "\n"


def stated(one: Learned) -> float:
    """Give the standard error whose 95 % interval holds 95 % of the people left out, and no less than the RMS error."""
    off = float(np.quantile(np.abs(one.value - one.truth), 0.95))
    return max(one.rms, off / Z95)


def line_of(name: str, value: Array, truth: Array, error: float) -> str:
    """Write one row of figures; the share of 95 % intervals that hold the truth stands last."""
    found = score(truth, value, np.full(len(truth), error))
    figures = f"{found.mae:7.2f}{found.slope:7.2f}{found.residual_sd:7.2f}{found.r:7.2f}"
    return f"{name:26}{found.n:5}{figures}{np.abs(truth).mean():9.2f}{Z95 * error:8.2f}{found.coverage:9.0%}"


HEADING = f"{'measure':26}{'n':>5}{'MAE':>7}{'slope':>7}{'resid':>7}{'r':>7}{'always 0':>9}{'±':>8}{'inside':>9}"


def shown_told(cases: list[BackCase]) -> str:
    """Say how many backs are bare, and of those with a furrow and without one how many show one clearly."""
    bare = [case for case in cases if case.line is not None]
    with_one, without = ([case for case in bare if bool(case.depth_mm) is deep] for deep in (True, False))
    clearest = max((case.contrast for case in without), default=float("nan"))
    return (
        f"{len(bare)} of {len(cases)} backs are bare; a furrow is shown by {len(shown(with_one))} of {len(with_one)} "
        f"that have one and by {len(shown(without))} of {len(without)} that have none (the clearest: {clearest:.4f}, "
        f"asked {LEAST_CONTRAST})"
    )


def learn_from(cases: list[BackCase], source: str, *, write: bool) -> None:
    """Learn, print the errors on people left out, and write the table when asked to."""
    heel, furrows = heel_learned(cases), shown(cases)
    line = line_learned(furrows)
    told = curves_found(line, len(furrows))
    print(HEADING)
    for key, one in {EVERSION: heel, **told}.items():
        print(line_of(key, one.value, one.truth, stated(one)))
    print(shown_told(cases))
    usual = corrections_off(heel, cases)
    print(f"heels lie {np.mean(usual):.2f} spreads from their mean, root mean square; the farthest {max(usual):.2f}")
    if write:
        BACK_TABLE.write_text(as_toml(heel, line, told, source), encoding="utf-8")
        errors = {EVERSION: heel.rms} | {key: stated(told[key]) for key in HALVES}
        landmark_error.write_table(
            {key: {View.BACK.value: one} for key, one in errors.items()}, f"calibration on {source}"
        )


def corrections_off(heel: Learned, cases: list[BackCase]) -> list[float]:
    """Give how many spreads each heel lies from where heels lie."""
    return [heel.correction.off(case.heels[side][0]) for case in cases for side in _measurable(case)]


def bare_told(cases: list[BackCase]) -> str:
    """Say how many lower legs are told to be bare, of those that are and of those that are covered."""
    told = []
    for covered in (False, True):
        legs = [side in case.bare for case in cases for side in SIDES if case.covered is covered]
        told.append(f"{sum(legs)} of {len(legs)} {'covered' if covered else 'bare'} lower legs are told to be bare")
    return ", ".join(told)


def heels_told(cases: list[BackCase]) -> tuple[Array, Array]:
    """(N,) the true angles of the heels that the program measures, and what it makes of them."""
    bare = [case.heels[side] for case in cases for side in SIDES if side in case.bare and side in case.heels]
    seen = [(true, eversion(features)) for features, true in bare if is_usual(features)]
    truth, value = np.array(seen, dtype=np.float64).reshape(-1, 2).T
    return truth, value


def check(cases: list[BackCase]) -> None:
    """Print what the shipped table makes of people it never saw."""
    print(HEADING)
    true_angles, angles = heels_told(cases)
    if angles.size:
        print(line_of(EVERSION, angles, true_angles, corrections(HEEL, BACK_TABLE)[EVERSION].error))
    told = [curves(beside_chord(case.line)) for case in shown(cases) if case.line is not None]
    true = [curves(case.spine) for case in shown(cases)]
    for key in CURVES if told else ():
        value, truth = (np.array([found[key] for found in rows]) for rows in (told, true))
        print(line_of(key, value, truth, curve_error(key)))
    print(shown_told(cases))
    print(f"{angles.size} of {2 * len(cases)} heels are measured; {bare_told(cases)}")


def main() -> None:
    """Learn from folders, or check the table on others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("learn", "check"))
    parser.add_argument("folders", type=Path, nargs="+", help="folders with photos and their truth.json")
    parser.add_argument("--write", action="store_true", help="write the table that the program reads")
    given = parser.parse_args()
    cases = [case for folder in given.folders for case in read_backs(folder)]
    if given.what == "check":
        check(cases)
    else:
        names = " and ".join(folder.name for folder in given.folders)
        learn_from(cases, f"{names}, {len(cases)} back views, each of another person", write=given.write)


if __name__ == "__main__":
    main()
