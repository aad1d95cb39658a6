"""One person, found again and again: slightly moved, scaled, turned and mirrored.

The set of passes is closed under mirroring: each warp is applied to the picture AND to the flipped picture, never as
a mirrored matrix. A mirrored photo therefore runs through the very same pictures and gives exactly mirrored points.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from posturecam.body import Array, Pose, Turn, View
from posturecam.body.geometry import wrap
from posturecam.errors import NobodyFound, SettingsError
from posturecam.errors.facts import Problem
from posturecam.picture.photo import LONG_SIDE_PX, Photo, Pixels, flipped
from posturecam.poses.detection import DEFAULT_PASSES
from posturecam.poses.facing import FACING_DEG, Decision, mean_facing
from posturecam.poses.mediapipe_pose import Detection
from posturecam.poses.model import Model
from posturecam.poses.search import (
    SAME_PERSON,
    WIDENED,
    Person,
    PoseNetwork,
    cut_around,
    overlap,
    search,
    search_widened,
    visible,
)
from posturecam.poses.turning import quarters_to_upright, stands

PORTRAIT_PX = 640
"""Long side of the person's own crop that the passes see."""

MOST_PASSES = 100

_AIR = 0.18

STEADY = 0.6
"""Looks at one person whose boxes overlap by less than this do not see the same."""

FINE_BODY_PX, FINEST_SIDE_PX = 480.0, 6000
"""A body lower than this in the decoded pixels is seen in a finer decoding of the photo, no larger than this."""


@dataclass(frozen=True, slots=True)
class Detections:
    """Everybody in the photo, and the person chosen among them.

    sightings  of the chosen person: pass by pass, each followed by its mirrored twin
    photo      the photo in pixels fine enough for that person
    turned_deg how far the photo was turned clockwise, so that the person stands
    """

    people: tuple[Person, ...]
    chosen: int
    detections: tuple[Detection, ...]
    photo: Photo
    turned_deg: int = 0

    @property
    def mean_points(self) -> Array:
        """(33, 2) the points' mean over the passes, photo pixels."""
        return np.asarray(np.mean([detection.points for detection in self.detections], axis=0))


def whole_passes(passes: int) -> int:
    """Count the passes really made: one, or an even number."""
    if passes < 1:
        msg = Problem("passes_make_no_sense", passes=passes, default_passes=DEFAULT_PASSES)
        raise SettingsError(msg)
    if passes > MOST_PASSES:
        msg = Problem("too_many_passes", passes=passes, most_passes=MOST_PASSES, default_passes=DEFAULT_PASSES)
        raise SettingsError(msg)
    return 1 if passes == 1 else passes + passes % 2


def find_upright(
    network: PoseNetwork, photo: Photo, passes: int = DEFAULT_PASSES, person: str = "largest"
) -> Detections:
    """Find people as ``find_people`` does, in the photo turned by quarters where somebody stands only then."""
    found = find_people(network, photo, passes, person)
    turned_deg = 90 * quarters_to_upright(found.mean_points)
    if turned_deg:
        turned = photo.turned(turned_deg)
        with contextlib.suppress(NobodyFound):
            upright = find_people(network, turned, passes, person)
            if stands(upright.mean_points, mean_facing(upright.detections)[0], turned.size_px):
                return replace(upright, turned_deg=turned_deg)
    return found


def find_people(
    network: PoseNetwork, photo: Photo, passes: int = DEFAULT_PASSES, person: str = "largest"
) -> Detections:
    """Find everybody, choose one, and find that one again until there are enough passes. Raises NobodyFound."""
    passes = whole_passes(passes)
    people = search(network, photo, mirror=passes > 1)
    if not people:
        raise NobodyFound(nobody(photo))
    chosen = choose_person(people, person, photo)
    finer = fine_enough(photo, people[chosen].box)
    looks = _found_again(network, finer, people[chosen], (passes - 1) // 2)
    detections = list(looks.first)[:passes]
    for pair in looks.pairs:
        detections.extend(pair)
    return Detections(tuple(people), chosen, tuple(detections), finer)


@dataclass(frozen=True, slots=True)
class _Looks:
    """What was seen of one person at first, and in every pair of further looks."""

    first: tuple[Detection, ...]
    pairs: list[tuple[Detection, ...]]
    size_px: tuple[int, int]

    @property
    def agreement(self) -> float:
        """The least overlap of the first look's boxes with those of the others, as far as they lie in the picture."""
        before, later = (
            [visible(detection.box, self.size_px) for detection in seen]
            for seen in (self.first, [detection for pair in self.pairs for detection in pair])
        )
        return min((overlap(a, b) for a in before for b in later), default=0.0)

    @property
    def worth(self) -> tuple[int, float]:
        """The more pairs the better, and then the better they agree."""
        return len(self.pairs), self.agreement


def _found_again(network: PoseNetwork, photo: Photo, person: Person, pairs: int) -> _Looks:
    """Find the person again ``pairs`` times.

    Of somebody whom the picture's edge cuts the first look is often wrong, and the next ones do not see the same. Then
    one of these takes its place, or the picture with air around it is asked, or the person's crop with air around it.
    """

    def looked(who: Person, beyond: float) -> _Looks:
        return _Looks(who.seen, list(refind(network, photo, who, pairs, beyond=beyond)), photo.size_px)

    best = looked(person, 0.0)
    others = _other_looks(network, photo, person, best.pairs)
    while pairs and (len(best.pairs) < pairs or best.agreement <= STEADY):
        other = next(others, None)
        if other is None:
            break
        best = max(best, looked(*other), key=lambda looks: looks.worth)
    return best


def _other_looks(
    network: PoseNetwork, photo: Photo, person: Person, pairs: list[tuple[Detection, ...]]
) -> Iterator[tuple[Person, float]]:
    """Give what else may be looked for: a person as seen elsewhere, and how far beyond the picture's edge."""
    if pairs:
        yield Person(pairs[0]), 0.0
    box = visible(person.box, photo.size_px)
    wider = search_widened(network, photo, WIDENED[0], mirror=True)
    same = max(wider, key=lambda other: overlap(visible(other.box, photo.size_px), box), default=person)
    if same is not person:
        yield same, 0.0
    yield same, WIDENED[0]


def fine_enough(photo: Photo, box: Array) -> Photo:
    """Give the photo decoded again with more pixels where a body (box, photo pixels) is small in those at hand."""
    body_px = float(box[3] - box[1]) * photo.scale
    if photo.finer is None or body_px >= FINE_BODY_PX:
        return photo
    wanted = max(photo.pixels.shape) * FINE_BODY_PX / max(body_px, 1.0)
    return photo.finer(int(min(max(wanted, LONG_SIDE_PX), FINEST_SIDE_PX)))


def nobody(photo: Photo) -> Problem:
    """Say that nobody was found, and what to change."""
    return Problem("nobody_found", name=photo.name)


def choose_person(people: list[Person], wanted: str, photo: Photo) -> int:
    """Choose by size, by nearness to the middle, or by number from left to right (1 = leftmost)."""
    if wanted == "largest":
        return int(np.argmax([person.area for person in people]))
    if wanted == "center":
        middle = photo.size_px[0] / 2
        return int(np.argmin([abs((person.box[0] + person.box[2]) / 2 - middle) for person in people]))
    if not wanted.isdigit() or int(wanted) == 0:
        msg = Problem("person_unknown", wanted=wanted)
        raise SettingsError(msg)
    if not 1 <= int(wanted) <= len(people):
        found = Problem("only_so_many", count=len(people), name=photo.name)
        msg = Problem("no_such_person", wanted=wanted, found=found, count=len(people))
        raise NobodyFound(msg)
    return int(wanted) - 1


def refind(
    network: PoseNetwork, photo: Photo, person: Person, pairs: int, *, beyond: float = 0.0
) -> Iterator[tuple[Detection, ...]]:
    """Find the person again in ``pairs`` warps of their own crop, each with its mirrored twin.

    Whoever fills the crop is found more easily where it reaches ``beyond`` the picture's edge.
    """
    if pairs < 1:
        return
    crop, to_photo = portrait(photo, person.box, beyond=beyond)
    mirror = flipped(crop)
    target = visible(person.box, photo.size_px)
    for warp in warps(crop.shape[1], crop.shape[0], pairs):
        seen = [detection.moved(warp.back).moved(to_photo) for detection in network.see(warp(crop))]
        here = _nearest(seen, target, photo.size_px)
        width = float(crop.shape[1])
        seen = [detection.moved(warp.back).flipped(width).moved(to_photo) for detection in network.see(warp(mirror))]
        there = _nearest(seen, target, photo.size_px)
        if here and there:
            yield here, there


def _nearest(detections: list[Detection], target: Array, size_px: tuple[int, int]) -> Detection | None:
    def shared(detection: Detection) -> float:
        return overlap(visible(detection.box, size_px), target)

    best = max(detections, key=shared, default=None)
    return best if best is not None and shared(best) > SAME_PERSON else None


def portrait(photo: Photo, box: Array, *, beyond: float = 0.0) -> tuple[Pixels, Array]:
    """Cut the person out with some air around; the crop and its 2×3 matrix to photo pixels."""
    return cut_around(photo, box, _AIR, PORTRAIT_PX, beyond=beyond)


@dataclass(frozen=True, slots=True)
class Warp:
    """A small turn, scaling and shift of a picture; ``back`` (2×3) carries points of the result to the picture."""

    there: Array
    back: Array
    size: tuple[int, int]

    def __call__(self, pixels: Pixels) -> Pixels:
        """Warp the pixels."""
        return np.asarray(
            cv2.warpAffine(pixels, self.there, self.size, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
        )


def warps(width: int, height: int, count: int, seed: int = 7) -> list[Warp]:
    """Draw ``count`` warps: turns up to ±4°, scales 0.92…1.08, shifts up to ±3 %. The same every time."""
    draw = np.random.default_rng(seed)
    return [_warp(width, height, draw.uniform(-1.0, 1.0, 4)) for _ in range(count)]


def _warp(width: int, height: int, draw: Array) -> Warp:
    turn, scale, right, down = (float(number) for number in draw)
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), 4.0 * turn, 1.0 + 0.08 * scale)
    there = np.asarray(turned, dtype=np.float64) + np.array(
        [[0.0, 0.0, 0.03 * right * width], [0.0, 0.0, 0.03 * down * height]]
    )
    return Warp(there, np.asarray(cv2.invertAffineTransform(there), dtype=np.float64), (width, height))


TURN_SLOPE = 0.66
"""What the network's own depth makes of a small turn (measured on rendered people, see docs/accuracy.md)."""

TURN_RESIDUAL_DEG = {View.FRONT: 2.7, View.BACK: 4.2}
"""Standard error of a turn beyond the spread of the passes, degrees."""

UNMIRRORED_RESIDUAL_DEG = 7.0
"""The same for one unmirrored pass: the network sees people turned by some 4.6° who are not."""


def turn_of(view: View, facing_deg: float, spread_deg: float, *, mirrored: bool) -> Turn:
    """How far the body is turned out of its view, + = towards the subject's left."""
    straight = FACING_DEG.get(View.FRONT if view is View.FRONT_OR_BACK else view, facing_deg)
    out = float(wrap(np.array(facing_deg - straight)))
    value = out * (1.0 + (1.0 / TURN_SLOPE - 1.0) * float(np.exp(-((out / 25.0) ** 2))))
    residual = TURN_RESIDUAL_DEG.get(view, 5.0) if mirrored else UNMIRRORED_RESIDUAL_DEG
    return Turn(value, float(np.hypot(residual, spread_deg / TURN_SLOPE)))


def pose_of(decision: Decision, photo: Photo, model: Model, *, given: bool = False) -> Pose:
    """Bring the sightings of one person together into a Pose; ``given`` says that the view is the user's word."""
    detections = decision.detections
    facing, spread_deg = mean_facing(detections)
    mirrored = len(detections) > 1
    return Pose(
        points=np.stack([detection.points for detection in detections]),
        visibility=np.mean([detection.visibility for detection in detections], axis=0),
        size_px=photo.size_px,
        view=decision.view,
        view_source="given" if given else "found",
        finder="mediapipe",
        model=model.name,
        model_sha256=model.sha256,
        turn=turn_of(decision.view, facing, spread_deg, mirrored=mirrored),
        mirrored_passes=mirrored,
        view_probability=decision.probability,
    )
