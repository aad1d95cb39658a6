"""Learn from which side a body is seen when no face tells: src/posturecam/poses/view_probability.toml.

    python -m calibration.view_cues ../shared/phantoms_train SEEN.pickle           # look, learn, print errors
    python -m calibration.view_cues ../shared/phantoms_train SEEN.pickle --write   # and write the table

Each photo is looked at as it is and with three covers over the head (``covers.py``), most of them shrunk to a body of
140 to 650 pixels. What was seen is kept in SEEN.pickle and read from there the next time (looking takes half an hour).

Each witness is a ridge logistic regression, learned by itself: of front against back on the photos in which no face
was seen, of right against left on side views and their mirror images, without a constant. The head is learned on backs
as they are against fronts with covered heads, and only ever speaks for a back. People are left out, never photos.

Three things are not learned, because people are not renders. What the pose network says (directions, toes) counts for
seven tenths. What a witness may say at most: 2.6 is a chance of 93 %; 4.0, 98 %, where all passes see a front, which
fewer than one back in a hundred shows (but more where the head is cut off); a covered front is often seen as a back, so
passes that do say next to nothing. The squares of pelvis and trunk overlap, so they count as one witness together. And
the squares are silent from 1.2 times the distance that 95 % of the people left out keep from the others.
"""

import argparse
import json
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from calibration.covers import COVERS, head_of
from posturecam.body import Array, View
from posturecam.errors import NobodyFound
from posturecam.measures.estimator.place_network import FeatureNetwork
from posturecam.picture.photo import Pixels, from_pixels, read
from posturecam.poses.ensemble import find_people
from posturecam.poses.face import FaceMesh, face_presence
from posturecam.poses.mediapipe_pose import Landmarker
from posturecam.poses.view_probability import (
    FACE_SEEN,
    SQUARES,
    SURE,
    TABLE,
    Usual,
    ViewEvidence,
    ViewWitness,
    evidence_of,
    mean_points,
    of_right,
    probability,
)

Most = tuple[float, float]

FRONT_MOST: dict[str, Most] = {
    "directions": (4.0, 1.1),
    "headless": (2.6, 1.1),
    "toes": (1.5, 1.5),
    "head": (0.0, 2.6),
    "feet": (2.6, 2.6),
    "pelvis": (1.6, 1.6),
    "trunk": (1.0, 1.0),
}
RIGHT_MOST: dict[str, Most] = {"directions": (4.0, 4.0), "toes": (1.5, 1.5)}
STIFFNESS = {"directions": 0.1, "headless": 0.1, "toes": 0.1, "head": 30.0, "feet": 10.0, "pelvis": 10.0, "trunk": 10.0}
TEMPER = {"directions": 0.7, "headless": 0.7, "toes": 0.7}
KNOWN, UNKNOWN = 0.95, 1.2
PASSES, COVERED, FOLDS = 4, 3, 8
SHORTEST_PX, TALLEST_PX = 140.0, 650.0


@dataclass(frozen=True, slots=True)
class Row:
    """What was seen of one photo."""

    person: str
    view: str
    cover: str
    face: float
    evidence: ViewEvidence


class Watcher:
    """Sees one picture after the other."""

    def __init__(self) -> None:
        """Open the networks."""
        self._landmarker, self._mesh, self._network = Landmarker(), FaceMesh(), FeatureNetwork.shipped()

    def see(self, pixels: Pixels, person: str, view: str, cover: str) -> tuple[Row, Array]:
        """Give what the witnesses see, and the points (33, 2). Raises NobodyFound."""
        photo = from_pixels(np.ascontiguousarray(pixels))
        found = find_people(self._landmarker, photo, PASSES).detections
        points = mean_points(found)
        face = face_presence(points, photo, self._mesh, mirror=True)
        return Row(person, view, cover, face, evidence_of(found, photo, self._network)), points


def look(folder: Path) -> Iterator[Row]:
    """See every photo of a folder, plain and covered."""
    watcher = Watcher()
    images = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["images"]
    for number, image in enumerate(track(images, description="looking")):
        draw, view = np.random.default_rng(1000 + number), View(image["view"])
        pixels = read(folder / image["file"]).pixels
        try:
            row, points = watcher.see(pixels, image["id"], view, "none")
        except NobodyFound:
            continue
        yield row
        head, tall = head_of(points), 1.08 * float(np.ptp(points[:, 1]))
        for name in draw.choice([*COVERS, "none"], COVERED, replace=False):
            covered = pixels if name == "none" else COVERS[str(name)](pixels, head, view, draw)
            wanted = np.exp(draw.uniform(np.log(SHORTEST_PX), np.log(TALLEST_PX)))
            small = shrunk(covered, wanted / tall) if name == "none" or draw.random() < 0.6 else covered
            try:
                yield watcher.see(small, image["id"], view, str(name))[0]
            except NobodyFound:
                continue


def shrunk(pixels: Pixels, factor: float) -> Pixels:
    """Shrink a picture; one that is smaller already stays as it is."""
    if factor >= 1.0:
        return pixels
    size = (max(48, round(pixels.shape[1] * factor)), max(48, round(pixels.shape[0] * factor)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def fitted(inputs: Array, first: Array, stiffness: float, *, constant: bool) -> tuple[Array, float]:
    """Fit a ridge logistic regression; ``first`` (N,) is 1 for the first view, and both views weigh the same."""
    middle = inputs.mean(axis=0) if constant else np.zeros(inputs.shape[1])
    spread = inputs.std(axis=0) + 1e-6
    scaled = np.column_stack([(inputs - middle) / spread, np.full(len(inputs), float(constant))])
    share = np.where(first > 0.5, 0.5 / first.mean(), 0.5 / (1.0 - first.mean()))
    ridge = np.diag([*np.full(inputs.shape[1], stiffness), 1e-6])
    weights = np.zeros(scaled.shape[1])
    for _ in range(30):
        chance = 1.0 / (1.0 + np.exp(-np.clip(scaled @ weights, -30.0, 30.0)))
        slope = scaled.T @ (share * (chance - first)) + ridge @ weights
        bend = (scaled * (share * chance * (1.0 - chance))[:, None]).T @ scaled + ridge
        weights = weights - np.linalg.solve(bend, slope)
    plain = weights[:-1] / spread
    return plain, float(weights[-1] - plain @ middle) if constant else 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """One question: its rows, which of them are the first view (N,), and what each witness saw of each row."""

    rows: tuple[Row, ...]
    first: Array
    seen: tuple[dict[str, Array], ...]
    most: dict[str, Most]
    constant: bool

    def learned(self, name: str, which: Array) -> ViewWitness:
        """Learn one witness from some of the rows."""
        seen = "directions" if name == "headless" else name
        some = [number for number in np.flatnonzero(which) if seen in self.seen[number] and self._fits(name, number)]
        inputs = np.array([np.atleast_1d(self.seen[number][seen]) for number in some])
        first = self.first[some]
        if not self.constant:
            inputs, first = np.concatenate([inputs, -inputs]), np.concatenate([first, 1.0 - first])
        weights, constant = fitted(inputs, first, STIFFNESS[name], constant=self.constant)
        temper = TEMPER.get(name, 1.0)
        return ViewWitness(temper * weights, temper * constant, self.most[name])

    def _fits(self, name: str, number: int) -> bool:
        """Whether a row is learned from: of the heads, uncovered backs and covered fronts."""
        uncovered = self.rows[number].cover == "none"
        return name != "head" or uncovered == (self.first[number] < 0.5)


def tasks(rows: list[Row]) -> dict[str, Task]:
    """Pose both questions."""
    unseen = tuple(row for row in rows if View(row.view).frontal and row.face <= FACE_SEEN)
    sides = tuple(row for row in rows if not View(row.view).frontal)
    front = np.array([float(row.view == View.FRONT) for row in unseen])
    right = np.array([float(row.view == View.RIGHT) for row in sides])
    seen = tuple(of_right(row.evidence.facing, row.evidence.toes) for row in sides)
    return {
        "front": Task(
            unseen,
            front,
            tuple(replace(row.evidence, whole_head=True).of_front() for row in unseen),
            FRONT_MOST,
            constant=True,
        ),
        "right": Task(sides, right, seen, RIGHT_MOST, constant=False),
    }


def folds_of(rows: Sequence[Row]) -> Array:
    """(N,) which part each row's person is left out with."""
    people = sorted({row.person for row in rows})
    fold_of = dict(zip(people, np.random.default_rng(0).integers(FOLDS, size=len(people)), strict=True))
    return np.array([fold_of[row.person] for row in rows])


def usual_of(rows: Sequence[Row]) -> Usual:
    """Learn what the squares usually hold; the limits come from people left out."""
    held, folds = np.array([row.evidence.squares.ravel() for row in rows]), folds_of(rows)
    far = np.zeros(len(rows))
    for fold in range(FOLDS):
        mean, spread = _usual(held[folds != fold])
        far[folds == fold] = np.sqrt((((held[folds == fold] - mean) / spread) ** 2).mean(axis=1))
    known = float(np.quantile(far, KNOWN))
    return Usual(*_usual(held), known, UNKNOWN * known)


def _usual(held: Array) -> tuple[Array, Array]:
    spread = held.std(axis=0)
    return held.mean(axis=0), spread + 0.05 * spread.mean()


def told(name: str, task: Task, usual: Usual) -> str:
    """Say how often each witness and all together are right on people left out."""
    folds = folds_of(task.rows)
    chance = np.zeros(len(folds))
    wrong: dict[str, list[bool]] = {witness: [] for witness in task.most}
    for fold in range(FOLDS):
        heard = {witness: task.learned(witness, folds != fold) for witness in task.most}
        for row in np.flatnonzero(folds == fold):
            seen, first = task.seen[row], task.first[row] > 0.5
            for witness, what in seen.items():
                said = heard[witness].logit(what)
                wrong[witness] += [said != 0 and (said > 0) != first]
            front = probability(heard, seen, usual.trust(task.rows[row].evidence.squares))
            chance[row] = front if first else 1.0 - front
    parts = ", ".join(f"{witness} {100 * float(np.mean(said)):.1f} %" for witness, said in wrong.items() if said)
    right, exchanged = float(np.mean(chance >= SURE)), int(np.sum(chance <= 1.0 - SURE))
    return f"{name:6} n {len(chance):4}  wrong: {parts}; together right {100 * right:.1f} %, exchanged {exchanged}"


def listed(numbers: Array) -> str:
    """Write an array as TOML."""
    return f"[{', '.join(f'{number:.4g}' for number in np.atleast_1d(numbers))}]"


def written(learned: dict[str, dict[str, ViewWitness]], usual: Usual, source: str) -> str:
    """Write the table as TOML."""
    text = [
        "# From which side a body is seen: weights of the witnesses; written by calibration/view_cues.py.",
        f"# head and squares ({', '.join(SQUARES)}): 288 features of estimator/place_network.py each",
        f'source = "{source}"',
        f"\n[usual]\nknown = {usual.known:.3f}\nunknown = {usual.unknown:.3f}",
        f"mean = {listed(usual.mean)}\nspread = {listed(usual.spread)}",
    ]
    for view, of in learned.items():
        for name, witness in of.items():
            text += [f"\n[{view}.{name}]", f"most = {listed(np.array(witness.most))}"]
            text += [f"constant = {witness.constant:.4g}", f"weights = {listed(witness.weights)}"]
    return "\n".join(text) + "\n"


def kept(path: Path, folder: Path) -> list[Row]:
    """Read what was seen, or look and keep it."""
    if not path.exists():
        path.write_bytes(pickle.dumps(list(look(folder))))
    rows: list[Row] = pickle.loads(path.read_bytes())  # noqa: S301  (our own, of an earlier run)
    return rows


def main() -> None:
    """Learn from a folder; print what comes out on people left out, and write the table if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder with photos and their truth.json")
    parser.add_argument("seen", type=Path, help="where what was seen is kept (pickle)")
    parser.add_argument("--write", action="store_true", help="write the table that the program reads")
    given = parser.parse_args()
    rows = kept(given.seen, given.folder)
    asked = tasks(rows)
    usual = usual_of(asked["front"].rows)
    for name, task in asked.items():
        print(told(name, task, usual))
    if given.write:
        learned = {
            view: {name: task.learned(name, np.ones(len(task.rows), dtype=bool)) for name in task.most}
            for view, task in asked.items()
        }
        source = f"{given.folder.name}, heads covered, {len(rows)} pictures; ridge logistic regression"
        TABLE.write_text(written(learned, usual, source), encoding="utf-8")


if __name__ == "__main__":
    main()
