"""One person, found again and again: slightly moved, scaled, turned and mirrored.

The set of passes is closed under mirroring: each warp is applied to the picture AND to the flipped picture, never as
a mirrored matrix. A mirrored photo therefore runs through the very same pictures and gives exactly mirrored points.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from posturecam.body import Array, Pose, Turn, View
from posturecam.errors import NobodyFound, SettingsError
from posturecam.geometry import wrap
from posturecam.language import _
from posturecam.model import Model
from posturecam.photo import Photo, Pixels, flipped, limited
from posturecam.poses import DEFAULT_PASSES
from posturecam.poses.facing import FACING_DEG, view_of
from posturecam.poses.mediapipe_pose import Sighting

PORTRAIT_PX = 640
"""Long side of the person's own crop that the passes see."""

MOST_PASSES = 100


class Network(Protocol):
    """What the ensemble needs of a pose network."""

    def see(self, pixels: Pixels) -> list[Sighting]:
        """Find everybody."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody seen in the search: in the picture, in its mirror image, or in both (points in photo pixels)."""

    seen: tuple[Sighting, ...]

    @property
    def box(self) -> Array:
        """(4,) left, top, right, bottom, the mean of what was seen."""
        return np.asarray(np.mean([one.box for one in self.seen], axis=0))

    @property
    def area(self) -> float:
        """Size of the box, square pixels."""
        left, top, right, bottom = self.box
        return float((right - left) * (bottom - top))


@dataclass(frozen=True, slots=True)
class Found:
    """Everybody in the photo, and the person chosen among them."""

    people: tuple[Person, ...]
    chosen: int
    sightings: tuple[Sighting, ...]
    """Of the chosen person: pass by pass, each followed by its mirrored twin."""

    @property
    def mean_points(self) -> Array:
        """(33, 2) the points' mean over the passes, photo pixels."""
        return np.asarray(np.mean([one.points for one in self.sightings], axis=0))


def whole_passes(passes: int) -> int:
    """Count the passes really made: one, or an even number."""
    if passes < 1:
        msg = _(
            "--passes {passes} makes no sense. Give 1, or an even number such as {default_passes}.",
            passes=passes,
            default_passes=DEFAULT_PASSES,
        )
        raise SettingsError(msg)
    if passes > MOST_PASSES:
        msg = _(
            "--passes {passes} is more than helps. Give at most {most_passes}; {default_passes} are plenty.",
            passes=passes,
            most_passes=MOST_PASSES,
            default_passes=DEFAULT_PASSES,
        )
        raise SettingsError(msg)
    return 1 if passes == 1 else passes + passes % 2


def find_people(network: Network, photo: Photo, passes: int = DEFAULT_PASSES, person: str = "largest") -> Found:
    """Find everybody, choose one, and find that one again until there are enough passes. Raises NobodyFound."""
    passes = whole_passes(passes)
    people = search(network, photo, mirror=passes > 1)
    if not people:
        raise NobodyFound(nobody(photo))
    chosen = choose(people, person, photo)
    sightings = list(people[chosen].seen)[:passes]
    for pair in refind(network, photo, people[chosen], (passes - 1) // 2):
        sightings.extend(pair)
    return Found(tuple(people), chosen, tuple(sightings))


def nobody(photo: Photo) -> str:
    """Say that nobody was found, and what to change."""
    return _(
        "nobody was found in {name}. Show the whole body, head to feet, alone, in good light, 3 "
        "to 4 m away. See: posturecam guide",
        name=photo.name,
    )


def search(network: Network, photo: Photo, *, mirror: bool) -> list[Person]:
    """Find everybody in the whole picture, from left to right; with ``mirror`` in its mirror image too."""
    pixels = photo.small
    to_photo = np.array(
        [[photo.size_px[0] / pixels.shape[1], 0.0, 0.0], [0.0, photo.size_px[1] / pixels.shape[0], 0.0]]
    )
    here = [one.moved(to_photo) for one in network.see(pixels)]
    there: list[Sighting] = []
    if mirror:
        there = [one.flipped(pixels.shape[1]).moved(to_photo) for one in network.see(flipped(pixels))]
    return sorted(paired(here, there), key=lambda person: float(person.box[0] + person.box[2]))


def paired(here: list[Sighting], there: list[Sighting]) -> list[Person]:
    """Bring together the sightings of the same person in the picture and in its mirror image."""
    left = list(there)
    people = []
    for one in here:
        twin = max(left, key=lambda other: overlap(one.box, other.box), default=None)
        if twin is not None and overlap(one.box, twin.box) > 0.3:
            left = [other for other in left if other is not twin]
            people.append(Person((one, twin)))
        else:
            people.append(Person((one,)))
    return people + [Person((other,)) for other in left]


def overlap(a: Array, b: Array) -> float:
    """Area shared by two boxes, as a part of the area they cover together."""
    size = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    shared = float(size.prod())
    both = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - shared
    return shared / both if both > 0 else 0.0


def choose(people: list[Person], wanted: str, photo: Photo) -> int:
    """Choose by size, by nearness to the middle, or by number from left to right (1 = leftmost)."""
    if wanted == "largest":
        return int(np.argmax([person.area for person in people]))
    if wanted == "center":
        middle = photo.size_px[0] / 2
        return int(np.argmin([abs((person.box[0] + person.box[2]) / 2 - middle) for person in people]))
    if not wanted.isdigit() or int(wanted) == 0:
        msg = _("--person {wanted} is unknown. Give largest, center, or a number counted from the left.", wanted=wanted)
        raise SettingsError(msg)
    if not 1 <= int(wanted) <= len(people):
        found = _("only {count} found in {name}", count=len(people), name=photo.name)
        msg = _(
            "--person {wanted}: {found}. Give a number from 1 to {count}, or leave it away.",
            wanted=wanted,
            found=found,
            count=len(people),
        )
        raise NobodyFound(msg)
    return int(wanted) - 1


def refind(network: Network, photo: Photo, person: Person, pairs: int) -> Iterator[tuple[Sighting, ...]]:
    """Find the person again in ``pairs`` warps of their own crop, each with its mirrored twin."""
    if pairs < 1:
        return
    crop, to_photo = portrait(photo, person.box)
    mirror = flipped(crop)
    target = person.box
    for warp in warps(crop.shape[1], crop.shape[0], pairs):
        here = _nearest([one.moved(warp.back).moved(to_photo) for one in network.see(warp(crop))], target)
        width = float(crop.shape[1])
        again = [one.moved(warp.back).flipped(width).moved(to_photo) for one in network.see(warp(mirror))]
        there = _nearest(again, target)
        if here and there:
            yield here, there


def _nearest(sightings: list[Sighting], target: Array) -> Sighting | None:
    best = max(sightings, key=lambda one: overlap(one.box, target), default=None)
    return best if best is not None and overlap(best.box, target) > 0.3 else None


def portrait(photo: Photo, box: Array) -> tuple[Pixels, Array]:
    """Cut the person out with some air around; the crop and its 2×3 matrix to photo pixels."""
    left, top, right, bottom = box * photo.scale
    air = 0.18 * max(right - left, bottom - top)
    width, height = photo.pixels.shape[1], photo.pixels.shape[0]
    x0, y0 = max(0, int(np.floor(left - air))), max(0, int(np.floor(top - air)))
    x1, y1 = min(width, int(np.ceil(right + air))), min(height, int(np.ceil(bottom + air)))
    return shrunk(photo, (x0, y0, x1, y1), PORTRAIT_PX)


def shrunk(photo: Photo, box: tuple[int, int, int, int], long_side: int) -> tuple[Pixels, Array]:
    """Cut a box out and shrink it, exactly mirror-symmetrically; the picture and its 2×3 matrix to photo pixels."""
    x0, y0, x1, y1 = box
    cut = np.ascontiguousarray(photo.pixels[y0:y1, x0:x1])
    small = limited(cut, long_side)
    sx, sy = cut.shape[1] / small.shape[1] / photo.scale, cut.shape[0] / small.shape[0] / photo.scale
    return small, np.array([[sx, 0.0, x0 / photo.scale], [0.0, sy, y0 / photo.scale]])


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
    turn, scale, right, down = (float(one) for one in draw)
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), 4.0 * turn, 1.0 + 0.08 * scale)
    there = np.asarray(turned, dtype=np.float64) + np.array(
        [[0.0, 0.0, 0.03 * right * width], [0.0, 0.0, 0.03 * down * height]]
    )
    return Warp(there, np.asarray(cv2.invertAffineTransform(there), dtype=np.float64), (width, height))


def mean_facing(sightings: tuple[Sighting, ...]) -> tuple[float, float]:
    """Mean direction of the chest, degrees, and its standard error."""
    angles = np.radians([one.facing_deg for one in sightings])
    mean = float(np.degrees(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean())))
    apart = wrap(np.degrees(angles) - mean)
    return mean, float(np.sqrt((apart**2).mean() / len(sightings)))


TURN_SLOPE = 0.66
"""What the network's own depth makes of a small turn (measured on rendered people, see docs/accuracy.md)."""

TURN_RESIDUAL_DEG = {View.FRONT: 2.7, View.BACK: 4.2}
"""Standard error of a turn beyond the spread of the passes, degrees."""

UNMIRRORED_RESIDUAL_DEG = 7.0
"""The same for one unmirrored pass: the network sees people turned by some 4.6° who are not."""


def turn_of(view: View, facing_deg: float, spread_deg: float, *, mirrored: bool) -> Turn:
    """How far the body is turned out of its view, + = towards the subject's left."""
    out = float(wrap(np.array(facing_deg - FACING_DEG.get(view, facing_deg))))
    value = out * (1.0 + (1.0 / TURN_SLOPE - 1.0) * float(np.exp(-((out / 25.0) ** 2))))
    residual = TURN_RESIDUAL_DEG.get(view, 5.0) if mirrored else UNMIRRORED_RESIDUAL_DEG
    return Turn(value, float(np.hypot(residual, spread_deg / TURN_SLOPE)))


def pose_of(sightings: tuple[Sighting, ...], photo: Photo, model: Model, view: View | None = None) -> Pose:
    """Bring the sightings of one person together into a Pose; ``view`` overrides what is seen."""
    facing, spread_deg = mean_facing(sightings)
    mirrored = len(sightings) > 1
    seen_as = view or view_of(facing)
    return Pose(
        points=np.stack([one.points for one in sightings]),
        visibility=np.mean([one.visibility for one in sightings], axis=0),
        size_px=photo.size_px,
        view=seen_as,
        view_source="given" if view else "found",
        finder="mediapipe",
        model=model.name,
        model_sha256=model.sha256,
        turn=turn_of(seen_as, facing, spread_deg, mirrored=mirrored),
        mirrored_passes=mirrored,
    )
