"""The chance that a body is seen from the front and not from behind, or from its right and not from its left.

A face that is seen proves a front; where none is seen (a back, a veil, a disc over the head, a bowed head) that proves
nothing. Then witnesses speak that need no face. Each gives a logit, learned on rendered people with heads covered in
every way and on people left out of the learning (``calibration/view_cues.py``, weights in ``view_probability.toml``):

    directions  where the chest points in the pose network's passes; ``headless`` where no whole head is in the photo
    toes        where the toes lie against the heels: below them in a front view, above them in a back view
    head        whether the head looks like an uncovered one from behind; any other head says nothing
    squares     what the estimator's own network holds of feet, pelvis and trunk: heels or toes, buttocks or belly

People are not like renders. So no witness may say more than its ``most``, what the pose network says counts for less
than on renders, and the squares are silent where they hold something unlike all that was learned from (ordinary
clothes, shoes). A covered front is often seen as a back, hence a back takes a head seen from behind, or squares.
Front and back are told by quantities that the mirror image keeps, left and right by such that change their sign in it,
so a mirrored photo gives exactly the mirrored answer.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from posturecam.body import MIRROR, ORDER, Array, Landmark
from posturecam.measures.estimator.features import middle
from posturecam.measures.estimator.patches import square
from posturecam.measures.estimator.place_network import FeatureNetwork
from posturecam.picture.photo import Photo, Pixels
from posturecam.poses.mediapipe_pose import Detection

TABLE = Path(__file__).with_name("view_probability.toml")

SURE = 0.98
"""Chance from which a view is taken as known; below it the user is asked."""

FACE_SEEN = 1.0
"""Logit above which a face is surely seen."""

FACE_PROBABILITY = 0.999
"""Chance of a front where a face is seen."""

LONE_SURENESS = 0.9
"""How sure a chance may be that rests on the only pass of several that found the body: at most 95 %."""

SQUARES = {"feet": 0.5, "pelvis": 0.85, "trunk": 0.7}
"""Half the side of each square, in trunk lengths (mid-shoulder to mid-hip)."""

HEAD = 0.42
"""The same of the square of the head."""

HEAD_HEIGHT = 0.15
"""How far a head reaches above the ears at least, in trunks."""

_FEET = [ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT") for part in ("ANKLE", "HEEL", "FOOT_INDEX")]
_SHORTEST_TRUNK_PX = 4.0


@dataclass(frozen=True, slots=True)
class ViewWitness:
    """One witness: logit = weights · what it saw + constant, at most ``most`` for the first view, or for the second."""

    weights: Array
    constant: float
    most: tuple[float, float]

    def logit(self, seen: Array) -> float:
        """Say how much it speaks for the first of the two views."""
        said = float(self.weights @ np.atleast_1d(seen)) + self.constant
        return min(self.most[0], max(-self.most[1], said))


@dataclass(frozen=True, slots=True)
class Usual:
    """What the squares held of the people learned from: they count in full up to ``known``, never from ``unknown`` on.

    mean, spread   (864,) of what all squares hold
    """

    mean: Array
    spread: Array
    known: float
    unknown: float

    def trust(self, held: Array) -> float:
        """Give the share, 0...1, with which squares (3, 288) count: by their root mean square distance in spreads."""
        far = float(np.sqrt((((held.ravel() - self.mean) / self.spread) ** 2).mean()))
        return min(1.0, max(0.0, (self.unknown - far) / (self.unknown - self.known)))


@dataclass(frozen=True, slots=True)
class Learned:
    """The witnesses of ``front`` (and not back) and of ``right`` (and not left), and what is usual."""

    front: Mapping[str, ViewWitness]
    right: Mapping[str, ViewWitness]
    usual: Usual


@cache
def learned(table: Path = TABLE) -> Learned:
    """Read what was learned."""
    read = tomllib.loads(table.read_text(encoding="utf-8"))
    usual = read["usual"]
    front, right = (
        {
            name: ViewWitness(np.array(row["weights"]), float(row["constant"]), (row["most"][0], row["most"][1]))
            for name, row in read[view].items()
        }
        for view in ("front", "right")
    )
    return Learned(
        front, right, Usual(np.array(usual["mean"]), np.array(usual["spread"]), usual["known"], usual["unknown"])
    )


@dataclass(frozen=True, slots=True)
class ViewEvidence:
    """What the witnesses see of one body.

    squares     (3, 288) what the squares hold, the same in the mirror image
    head        (288,) what the head's square holds, as well
    facing      (2,) how much the chest points to the picture's right and to the camera, −1...1, mean of the passes
    toes        (2,) from the heels to the toes, x right and y down, in trunks; None where the feet are not in the photo
    whole_head  whether the head lies in the photo
    """

    squares: Array
    head: Array
    facing: Array
    toes: Array | None
    whole_head: bool = True

    def of_front(self) -> dict[str, Array]:
        """Give what speaks of front and back, by witness."""
        feet = {} if self.toes is None else {"toes": self.toes[1]}
        named = zip(SQUARES, self.squares, strict=True)
        held = {name: seen for name, seen in named if name != "feet" or self.toes is not None}
        passes = {"directions" if self.whole_head else "headless": self.facing[1]}
        return {**passes, "head": self.head, **feet, **held}


def of_right(facing: Array, toes: Array | None) -> dict[str, Array]:
    """Give what speaks of right and left, by witness: where chest and toes point."""
    return {"directions": facing[0], **({} if toes is None else {"toes": toes[0]})}


def evidence_of(detections: Sequence[Detection], photo: Photo, network: FeatureNetwork) -> ViewEvidence:
    """Look at a body that was found in a photo."""
    seen = network.features(*squares(photo, mean_points(detections)))
    passes = facing_of(detections), toes_of(detections, photo)
    return ViewEvidence(seen[:-1], seen[-1], *passes, whole_head=head_in(detections))


def head_in(detections: Sequence[Detection]) -> bool:
    """Whether the photo goes up to the top of the head."""
    points = mean_points(detections)
    return bool(middle(points, "EAR")[1] > HEAD_HEIGHT * trunk_px(points))


def facing_of(detections: Sequence[Detection]) -> Array:
    """(2,) how much the chest points to the picture's right and to the camera, −1...1."""
    angles = np.radians([detection.facing_deg for detection in detections])
    return np.array([np.sin(angles).mean(), np.cos(angles).mean()])


def toes_of(detections: Sequence[Detection], photo: Photo) -> Array | None:
    """(2,) from the heels to the toes, x right and y down, in trunks; None where the feet are not in the photo."""
    points = mean_points(detections)
    feet = points[_FEET]
    if not ((feet >= 0) & (feet <= np.array(photo.size_px))).all():
        return None
    return np.clip((middle(points, "FOOT_INDEX") - middle(points, "HEEL")) / trunk_px(points), -0.3, 0.3)


def probability(witnesses: Mapping[str, ViewWitness], seen: Mapping[str, Array], trust: float = 1.0) -> float:
    """Bring together what the witnesses say; ``trust`` is the share with which the squares count."""
    said = {name: witnesses[name].logit(what) for name, what in seen.items() if name in witnesses}
    total = sum(logit * (trust if name in SQUARES else 1.0) for name, logit in said.items())
    return float(1.0 / (1.0 + np.exp(-total)))


def front_probability(detections: Sequence[Detection], photo: Photo, network: FeatureNetwork) -> float:
    """Give the chance that a body is seen from the front and not from behind, where no face tells."""
    of, evidence = learned(), evidence_of(detections, photo, network)
    return probability(of.front, evidence.of_front(), of.usual.trust(evidence.squares))


def right_probability(detections: Sequence[Detection], photo: Photo) -> float:
    """Give the chance that a body is seen from its right and not from its left."""
    return probability(learned().right, of_right(facing_of(detections), toes_of(detections, photo)))


def tempered(chance: float, sureness: float) -> float:
    """Draw a chance towards a half; ``sureness`` 1 leaves it as it is."""
    return 0.5 + sureness * (chance - 0.5)


def mean_points(detections: Sequence[Detection]) -> Array:
    """(33, 2) the points' mean over the passes, photo pixels; what is taken from it is the same for either side."""
    return np.asarray(np.mean([detection.points for detection in detections], axis=0))


def trunk_px(points: Array) -> float:
    """Length of the trunk, pixels."""
    return max(float(np.linalg.norm(middle(points, "SHOULDER") - middle(points, "HIP"))), _SHORTEST_TRUNK_PX)


def squares(photo: Photo, points: Array) -> tuple[Pixels, Pixels]:
    """(4, 112, 112, 3) each: feet, pelvis, trunk and head in the photo, and in its mirror image."""
    pixels, at = photo.pixels, points * photo.scale
    flipped_at = at[MIRROR] * [-1.0, 1.0] + [pixels.shape[1], 0.0]
    return _squares(pixels, at), _squares(photo.flipped, flipped_at)


def _squares(pixels: Pixels, points: Array) -> Pixels:
    shoulders, hips = middle(points, "SHOULDER"), middle(points, "HIP")
    feet = (middle(points, "ANKLE") + middle(points, "FOOT_INDEX")) / 2
    size = np.array([pixels.shape[1], pixels.shape[0]])
    centres = (
        np.clip(centre, 1.0, size - 1.0) for centre in (feet, hips, (shoulders + hips) / 2, middle(points, "EAR"))
    )
    trunk = trunk_px(points)
    pairs = zip(centres, (*SQUARES.values(), HEAD), strict=True)
    return np.stack([square(pixels, centre, half * trunk) for centre, half in pairs])
