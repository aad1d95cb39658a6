"""Learn what every single place tells: the spine as a line, and the tilt of a head seen from behind.

    python -m calibration.estimator.lines WORK --clinic ../shared/phantoms_train --everyday EVERYDAY --check CHECK

Adds to models/fusion.npz and writes WORK/fusion.npz; networks and all other answers stay. People are learned from as
they stand and bent in the photo itself, several parts at once, so that a bow does not only come with the tilts that it
comes with in renders. How a bent copy differs from its photo is learned beside the photos: it moves with the bones,
whoever stands there. What is printed is of people left out of the learning; of CHECK nothing is learned. What was seen
in the photos is kept in WORK.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from calibration.benchmark import ROOT
from calibration.estimator.dataset import ANGLES, folds_of
from calibration.estimator.fuse import (
    FOLDS,
    HALF_WIDTH,
    MOST_USUAL,
    as_people_stand,
    error_design,
    spreads,
    weighted_quantile,
)
from calibration.estimator.ridge import error_of, log_error, robust, trust
from calibration.estimator.rows import TURN_SD_DEG
from calibration.estimator.seen import SeenPhoto, seen_photos
from calibration.score import score
from posturecam.body import Array, View
from posturecam.measures.estimator.fusion import HEAD, SPINE, inputs, learned_weights
from posturecam.measures.estimator.places import all_places
from posturecam.measures.trunk import signed_extreme
from posturecam.poses.detection import DEFAULT_PASSES

Weights = dict[str, Array]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

COPIES = 2
OF_EVERYDAY, OF_COPY, OF_DIFFERENCE = 0.3, 0.3, 0.5
"""What an everyday person, a bent copy, and the difference between a copy and its photo count; the first is a factor
of the others too. Chosen on people left out: without the differences a bow alone is read a tenth smaller."""

POINTS = 30
"""The first of the readings come from the pose network's points."""

PLACES_READ = all_places(np.zeros((3, 29, 4)), np.zeros((3, 2)), 1.0).size
"""The last of the odd inputs are single places."""

POINTS_FAR, SEEN_FAR = 2.0, 4.0
"""So many root mean squares of the clinic's people an input counts at most: points of arms and feet that may be
anywhere, and all else."""

OF_PLACE = 1.5
"""How lightly a single place is penalised beside what is read from the points (1) and the places together (3)."""

SPINE_STIFFNESS, BEHIND_STIFFNESS = 18.0, 200.0
SPINE_ERROR_STIFFNESS, BEHIND_ERROR_STIFFNESS = 2.0, 20.0
HEADS_SPREAD = 4.0
"""Heads for whom the ± from behind must hold: twice the spread that is taken of healthy ones, as a tilted head is what
the photo is taken for."""

COVERED = 0.94
"""Share of the people left out, weighted as people stand, that lies within the ±."""

TOGETHER = 0.95
"""Whoever is left out is seen by one network of three. Of CHECK and of ``phantoms``, new to all, the three together
miss by a twentieth less than each alone (root mean square: 2.00 and 2.11 % of the chord, 0.70 and 0.75 %)."""


@dataclass(frozen=True, slots=True)
class Photos:
    """N photos and bent copies to learn from or to judge by.

    whole (N, 2, 193) the odd inputs of each as it is, and turned as it would be in a rolled camera; even (N, 34)
    line (N, 9) and head (N, 2): the spine beside its chord (%, the same when turned), and the head's tilt, degrees
    """

    names: list[str]
    front: Mask
    copied: Mask
    everyday: Mask
    whole: Array
    even: Array
    line: Array
    head: Array
    pairs: Array = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))

    @classmethod
    def of(cls, seen: Sequence[SeenPhoto], *, everyday: Sequence[bool], left_out: bool, seed: int = 0) -> "Photos":
        """Gather inputs and truth; ``left_out`` as ``SeenPhoto.keypoints`` has it."""
        rng = np.random.default_rng(seed)
        turns = [(0.0, float(rng.normal(0.0, TURN_SD_DEG))) for _ in seen]
        given = [
            [inputs(photo.pose, photo.keypoints(left_out=left_out), -turn) for turn in both]
            for photo, both in zip(seen, turns, strict=True)
        ]
        front = np.array([photo.pose.view is View.FRONT for photo in seen])
        tilt = np.array([photo.angles[ANGLES.index("head_tilt")] for photo in seen])
        names = [photo.name for photo in seen]
        at = {name: row for row, name in enumerate(names)}
        pairs = [(at[photo.name], at[photo.photo]) for photo in seen if photo.copied and photo.photo in at]
        return cls(
            names,
            front,
            np.array([photo.copied for photo in seen]),
            np.array(everyday, dtype=bool),
            whole=np.array([[one.whole for one in both] for both in given]),
            even=np.array([both[0].even for both in given]),
            line=np.array([photo.line for photo in seen]),
            head=tilt[:, None] + np.where(front, 1.0, -1.0)[:, None] * np.array(turns),
            pairs=np.array(pairs, dtype=np.int64).reshape(-1, 2),
        )

    @property
    def weight(self) -> Array:
        """(N,) how much each row counts."""
        return np.asarray(np.where(self.copied, OF_COPY, 1.0) * np.where(self.everyday, OF_EVERYDAY, 1.0))

    def within(self, limit: Array) -> Array:
        """(N, 2, 193) the odd inputs, none larger than it counts."""
        return np.clip(self.whole, -limit, limit)


def limit_of(photos: Photos) -> Array:
    """(193,) how large each odd input counts at most."""
    clinic = ~photos.everyday & ~photos.copied
    size = np.sqrt((photos.whole[clinic, 0] ** 2).mean(axis=0)) + 1e-9
    readings = (size.size - PLACES_READ) // 2
    far = np.full(size.size, SEEN_FAR)
    far[:POINTS] = far[readings : readings + POINTS] = POINTS_FAR
    return np.asarray(far * size)


def trusted() -> Array:
    """(193,) how lightly each odd input is penalised."""
    readings = learned_weights()["odd"].shape[0]
    return np.concatenate([trust(readings), np.full(PLACES_READ, OF_PLACE)])


def spine_weights(photos: Photos, use: Mask, limit: Array) -> Array:
    """(193, 9) weights of the spine's line, learned from the photos ``use`` and from how copies differ from them."""
    given, weight = photos.within(limit), photos.weight
    copy, photo = photos.pairs[use[photos.pairs].all(axis=1)].T
    odd = np.concatenate([given[use].reshape(-1, limit.size), given[copy, 0] - given[photo, 0]])
    line = np.concatenate([np.repeat(photos.line[use], 2, axis=0), photos.line[copy] - photos.line[photo]])
    counts = np.concatenate([np.repeat(weight[use], 2), OF_DIFFERENCE / OF_COPY * weight[copy]])
    return np.stack([robust(odd, part, SPINE_STIFFNESS, counts, trusted()) for part in line.T], axis=1)


def behind_weights(photos: Photos, use: Mask, limit: Array) -> Array:
    """(193,) weights of the head's tilt in the back views among the photos ``use``."""
    back = use & ~photos.front
    odd, weight = photos.within(limit)[back].reshape(-1, limit.size), np.repeat(photos.weight[back], 2)
    return robust(odd, photos.head[back].ravel(), BEHIND_STIFFNESS, weight, trusted())


def left_out(photos: Photos, limit: Array, learn: Callable[[Photos, Mask, Array], Array]) -> Array:
    """(N, ...) answers by weights that never saw the person."""
    fold, given = folds_of(photos.names, FOLDS, "fusion"), photos.within(limit)[:, 0]
    parts = {number: learn(photos, fold != number, limit) for number in range(FOLDS)}
    return np.array([given[row] @ parts[number] for row, number in enumerate(fold)])


def gains(photos: Photos, line: Array, head: Array) -> tuple[float, float]:
    """How much larger the answers must be: the spine's until a clinic's curve comes through whole, the head's half way.

    A head from behind is read too small in some sets of people and too large in others.
    """
    clinic = ~photos.everyday & ~photos.copied
    back = clinic & ~photos.front
    spine = score(signed_extreme(photos.line[clinic]), signed_extreme(line[clinic])).slope
    return 1.0 / spine, float(score(photos.head[back, 0], head[back]).slope) ** -0.5


@dataclass(frozen=True, slots=True)
class Question:
    """What is answered: its row among KEYS, by how much people vary for whom the ± holds, how stiff its error is."""

    name: str
    row: int
    spread: float
    stiffness: float
    front: bool

    def asked(self, photos: Photos) -> Mask:
        """(N,) which photos it is asked of."""
        return np.asarray(~photos.front | self.front)


@dataclass(frozen=True, slots=True)
class Answers:
    """N photos and what is said of them by weights that never saw the person; truth and said (N,)."""

    photos: Photos
    truth: Array
    said: Array

    @property
    def miss(self) -> Array:
        """(N,) how far off each is."""
        return self.said - self.truth


def error_weights(question: Question, learned: Answers, check: Answers, before: Weights) -> Array:
    """(36,) weights of the log standard error, set so that COVERED of people left out lie inside; prints the errors.

    It is multiplied, as in the program, by the measure's factor and by how unlike the photo is to those learned from.
    """
    designs = [error_design((part.photos.even - before["mu"]) / before["sd"], before) for part in (learned, check)]
    typical, limit, _ = before["usual"]
    grown = [
        np.maximum(1.0, np.exp(design[:, -1]) * typical / limit) * before["widen"][question.row] for design in designs
    ]
    design, miss, fold = designs[0], learned.miss / grown[0], folds_of(learned.photos.names, FOLDS, "fusion")
    weight = learned.photos.weight * as_people_stand(learned.truth, question.spread) * question.asked(learned.photos)
    asked, error = weight > 0, np.zeros(len(miss))

    def found(use: Mask) -> Array:
        return log_error(design[use], miss[use], weight[use], question.stiffness)

    for number in range(FOLDS):
        error[fold == number] = error_of(design[fold == number], found(asked & (fold != number)))
    factor = weighted_quantile((np.abs(miss) / error)[asked], weight[asked], COVERED) / HALF_WIDTH
    weights = found(asked)
    weights[0] += np.log(factor * TOGETHER)
    told(question, learned, error * factor * grown[0], "")
    told(question, check, error_of(designs[1], weights) * grown[1], "check, ")
    return weights


def learn(photos: Photos, check: Photos, before: Weights) -> Weights:
    """Learn everything, print the errors on people left out and on CHECK, and give all weights with what is new."""
    limit, everybody = limit_of(photos), np.ones(len(photos.names), dtype=bool)
    line, head = left_out(photos, limit, spine_weights), left_out(photos, limit, behind_weights)
    of_line, of_head = gains(photos, line, head)
    print(f"larger by {of_line:.3f} (spine) and {of_head:.3f} (head from behind)")
    spine, behind = (
        spine_weights(photos, everybody, limit) * of_line,
        behind_weights(photos, everybody, limit) * of_head,
    )
    given, error = check.within(limit)[:, 0], before["error"].copy()
    error[SPINE] = error_weights(
        Question("spine", SPINE, float(spreads()[SPINE]), SPINE_ERROR_STIFFNESS, front=True),
        Answers(photos, signed_extreme(photos.line), signed_extreme(line * of_line)),
        Answers(check, signed_extreme(check.line), signed_extreme(given @ spine)),
        before,
    )
    behind_error = error_weights(
        Question("behind", HEAD, HEADS_SPREAD, BEHIND_ERROR_STIFFNESS, front=False),
        Answers(photos, photos.head[:, 0], head * of_head),
        Answers(check, check.head[:, 0], given @ behind),
        before,
    )
    return before | {
        "limit": limit,
        "spine": spine,
        "behind": behind,
        "behind_error": behind_error,
        "error": error,
        "most": most_usual(photos, error, before),
    }


def most_usual(photos: Photos, error: Array, before: Weights) -> Array:
    """(11,) the largest usual standard errors, the spine's anew."""
    design = error_design((photos.even - before["mu"]) / before["sd"], before)
    most = before["most"].copy()
    most[SPINE] = np.quantile(error_of(design, error[SPINE]), MOST_USUAL) * before["widen"][SPINE]
    return most


def told(question: Question, answers: Answers, sem: Array, what: str) -> None:
    """Print the errors by kind of photo and by view."""
    photos = answers.photos
    for everyday, copied, front in product((False, True), repeat=3):
        use = (
            (photos.everyday == everyday) & (photos.copied == copied) & (photos.front == front) & question.asked(photos)
        )
        if use.sum() > 2:
            one = score(answers.truth[use], answers.said[use], sem[use])
            kind = f"{what}{'everyday' if everyday else 'clinic'}{', bent' if copied else ''}"
            figures = f"MAE {one.mae:.2f} bias {one.bias:+.2f} slope {one.slope:.2f} r {one.r:.2f}"
            print(
                f"{question.name:6} {kind:16} {'front' if front else 'back':5} n {one.n:3} {figures} "
                f"within {one.coverage:.0%} ± {one.width:.1f}"
            )


def main() -> None:
    """Read the command line and learn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path, help="a folder to fill")
    parser.add_argument("--clinic", type=Path, required=True, help="phantoms_train: photos and their truth.json")
    parser.add_argument("--everyday", type=Path, required=True, help="everyday people to learn from")
    parser.add_argument("--check", type=Path, required=True, help="other everyday people, only measured")
    parser.add_argument("--passes", type=int, default=DEFAULT_PASSES)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    clinic, everyday, check = (
        seen_photos(folder, given.work / f"seen_{folder.name}.npz", given.passes, copies)
        for folder, copies in ((given.clinic, COPIES), (given.everyday, COPIES), (given.check, 0))
    )
    flags = [False] * len(clinic) + [True] * len(everyday)
    photos = Photos.of([*clinic, *everyday], everyday=flags, left_out=True)
    weights = learn(photos, Photos.of(check, everyday=[True] * len(check), left_out=False), dict(learned_weights()))
    np.savez(given.work / "fusion.npz", **weights)
    print(f"wrote {given.work / 'fusion.npz'}; to ship it, copy it to {ROOT / 'models'}")


if __name__ == "__main__":
    main()
