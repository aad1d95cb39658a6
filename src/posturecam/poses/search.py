"""Who is in the photo: looked for in the whole picture, then with air around it, then in parts of it.

The pose network finds people who fill between a third and the whole of what it is shown. Somebody who fills the picture
and is cut by its edge is found once the picture is made wider on all sides; somebody small in a large picture is found
in a part of it. Every look is at a picture and at its mirror image, and the parts are laid symmetrically, so a mirrored
photo is searched in exactly mirrored pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.picture.photo import Photo, Pixels, flipped, heavier_half, limited_size
from posturecam.poses.mediapipe_pose import Detection

WIDENED = (0.25, 0.5)
"""By how much of its longer side a picture is widened on each side, tried one after the other."""

SMALLEST_PART_PX, MOST_HALVINGS = 520, 3
"""Parts of the picture are halved until they are so small, in pixels of the whole photo, that somebody of 150 px fills
a third of one; and no more often than this."""

SAME_PERSON = 0.3
"""Two boxes that share this part of what they cover together hold the same person."""

_AIR = 0.3


class PoseNetwork(Protocol):
    """What the search needs of a pose network."""

    def see(self, pixels: Pixels) -> list[Detection]:
        """Find everybody."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody seen in the search: in the picture, in its mirror image, or in both (points in photo pixels)."""

    seen: tuple[Detection, ...]

    @property
    def box(self) -> Array:
        """(4,) left, top, right, bottom, the mean of what was seen."""
        return np.asarray(np.mean([detection.box for detection in self.seen], axis=0))

    @property
    def area(self) -> float:
        """Size of the box, square pixels."""
        left, top, right, bottom = self.box
        return float((right - left) * (bottom - top))


def overlap(a: Array, b: Array) -> float:
    """Area shared by two boxes, as a part of the area they cover together."""
    size = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    shared = float(size.prod())
    both = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - shared
    return shared / both if both > 0 else 0.0


def visible(box: Array, size_px: tuple[int, int]) -> Array:
    """(4,) the part of a box that lies in the picture: what lies beyond is guessed, and differs from look to look."""
    return np.clip(box, 0.0, np.array([*size_px, *size_px], dtype=np.float64))


def search(network: PoseNetwork, photo: Photo, *, mirror: bool) -> list[Person]:
    """Find everybody, from left to right; with ``mirror`` in the mirror image too."""
    people = _whole(network, photo, 0.0, mirror=mirror)
    for wider in WIDENED:
        people = people or search_widened(network, photo, wider, mirror=mirror)
    people = people or _small_people(network, photo, mirror=mirror)
    return sorted(people, key=lambda person: float(person.box[0] + person.box[2]))


def search_widened(network: PoseNetwork, photo: Photo, wider: float, *, mirror: bool) -> list[Person]:
    """Find everybody in the picture made wider by a part of its longer side; only whom its mirror image shows too."""
    return _sure(_whole(network, photo, wider, mirror=mirror), mirror=mirror)


def widened_box(pixels: Pixels, by: int) -> Pixels:
    """Make a picture wider by so many pixels on each side, its edge repeated."""
    return np.asarray(cv2.copyMakeBorder(pixels, by, by, by, by, cv2.BORDER_REPLICATE), dtype=np.uint8)


def _whole(network: PoseNetwork, photo: Photo, wider: float, *, mirror: bool) -> list[Person]:
    """Look at the whole picture, made wider by a part of its longer side."""
    pixels = photo.small
    scale = np.array([photo.size_px[0] / pixels.shape[1], photo.size_px[1] / pixels.shape[0]])
    by = round(wider * max(pixels.shape[:2]))
    to_photo = np.array([[scale[0], 0.0, -by * scale[0]], [0.0, scale[1], -by * scale[1]]])
    return _look(network, widened_box(pixels, by) if by else pixels, to_photo, photo.size_px, mirror=mirror)


def _look(
    network: PoseNetwork, pixels: Pixels, to_photo: Array, size_px: tuple[int, int], *, mirror: bool
) -> list[Person]:
    """Find everybody in a picture and in its mirror image; ``to_photo`` (2×3) carries its points to photo pixels."""
    here = [detection.moved(to_photo) for detection in network.see(pixels)]
    there: list[Detection] = []
    if mirror:
        there = [seen.flipped(pixels.shape[1]).moved(to_photo) for seen in network.see(flipped(pixels))]
    return paired(here, there, size_px)


def paired(here: list[Detection], there: list[Detection], size_px: tuple[int, int]) -> list[Person]:
    """Bring together the sightings of the same person in the picture and in its mirror image."""

    def shared(a: Detection, b: Detection) -> float:
        return overlap(visible(a.box, size_px), visible(b.box, size_px))

    left = list(there)
    people = []
    for detection in here:
        twin = max(left, key=partial(shared, detection), default=None)
        if twin is not None and shared(detection, twin) > SAME_PERSON:
            left = [other for other in left if other is not twin]
            people.append(Person((detection, twin)))
        else:
            people.append(Person((detection,)))
    return people + [Person((other,)) for other in left]


def _sure(people: list[Person], *, mirror: bool) -> list[Person]:
    """Keep whom the picture and its mirror image both show: at a second look the network sees more that is nobody."""
    return [person for person in people if len(person.seen) == 1 + mirror]


def _small_people(network: PoseNetwork, photo: Photo, *, mirror: bool) -> list[Person]:
    """Look at smaller and smaller parts of the picture until somebody is found, then once more right around them."""
    side = float(max(photo.size_px))
    for _halving in range(MOST_HALVINGS):
        side /= 2
        boxes = _boxes_in_parts(network, photo, max(1, round(side * photo.scale)), mirror=mirror)
        people = [person for box in boxes for person in _closer(network, photo, box, mirror=mirror)]
        if people or side <= SMALLEST_PART_PX:
            return people
    return []


def _boxes_in_parts(network: PoseNetwork, photo: Photo, side: int, *, mirror: bool) -> list[Array]:
    """Find the boxes (4,) of everybody seen in square parts of ``side`` decoded pixels, each once."""
    boxes = []
    for left, top in picture_parts(photo.pixels.shape[1], photo.pixels.shape[0], side):
        cut = np.ascontiguousarray(photo.pixels[top : top + side, left : left + side])
        small = limited_size(cut, _PART_PX)
        scale = cut.shape[1] / small.shape[1] / photo.scale
        to_photo = np.array([[scale, 0.0, left / photo.scale], [0.0, scale, top / photo.scale]])
        boxes += [detection.moved(to_photo).box for detection in _glance(network, small, mirror=mirror)]
    return _each_once(boxes)


def _glance(network: PoseNetwork, pixels: Pixels, *, mirror: bool) -> list[Detection]:
    """Find everybody in that one of a picture and its mirror image whose left half is brighter: half the looks.

    Where neither is, both are looked at.
    """
    side = heavier_half(pixels) if mirror else 1
    here = network.see(pixels) if side >= 0 else []
    there = network.see(flipped(pixels)) if side <= 0 else []
    return [*here, *(detection.flipped(pixels.shape[1]) for detection in there)]


_PART_PX = 512


def picture_parts(width: int, height: int, side: int) -> Iterator[tuple[int, int]]:
    """Lay squares over a picture, each overlapping the next by half: left and top, symmetric from left to right."""
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield left, top


def _starts(length: int, side: int) -> list[int]:
    room = max(0, length - side)
    count = int(np.ceil(2 * room / side)) + 1
    count += room % 2 and count % 2  # an odd rest has no middle
    first = [round(number * room / max(count - 1, 1)) for number in range((count + 1) // 2)]
    return sorted({*first, *(room - start for start in first)})


def _each_once(boxes: list[Array]) -> list[Array]:
    """Bring boxes of the same person together: the mean of each heap of boxes that overlap."""
    heaps: list[list[Array]] = []
    for box in boxes:
        touching = [heap for heap in heaps if any(overlap(box, other) > SAME_PERSON for other in heap)]
        heaps = [heap for heap in heaps if not any(heap is other for other in touching)]
        heaps.append([box, *(other for heap in touching for other in heap)])
    return [np.asarray(np.round(np.mean(heap, axis=0), 3)) for heap in heaps]


def _closer(network: PoseNetwork, photo: Photo, box: Array, *, mirror: bool) -> list[Person]:
    """Look again at a box with some air, and give whoever is seen there plainly."""
    crop, to_photo = cut_around(photo, box, _AIR, _PART_PX)
    people = _sure(_look(network, crop, to_photo, photo.size_px, mirror=mirror), mirror=mirror)
    best = max(people, key=lambda person: overlap(person.box, box), default=None)
    return [best] if best is not None and overlap(best.box, box) > SAME_PERSON else []


def cut_around(photo: Photo, box: Array, air: float, long_side: int, *, beyond: float = 0.0) -> tuple[Pixels, Array]:
    """Cut a box (4,) out with some air, a part of its longer side; the crop and its 2×3 matrix to photo pixels.

    With ``beyond`` the crop reaches over the picture's edge by that part of its own longer side, the edge repeated.
    """
    left, top, right, bottom = box * photo.scale
    around = air * max(right - left, bottom - top)
    width, height = photo.pixels.shape[1], photo.pixels.shape[0]
    x0, y0 = max(0, int(np.floor(left - around))), max(0, int(np.floor(top - around)))
    x1, y1 = min(width, int(np.ceil(right + around))), min(height, int(np.ceil(bottom + around)))
    cut = np.ascontiguousarray(photo.pixels[y0:y1, x0:x1])
    by = round(beyond * max(cut.shape[:2]))
    wide = widened_box(cut, by) if by else cut
    small = limited_size(wide, long_side)
    sx, sy = wide.shape[1] / small.shape[1] / photo.scale, wide.shape[0] / small.shape[0] / photo.scale
    return small, np.array([[sx, 0.0, (x0 - by) / photo.scale], [0.0, sy, (y0 - by) / photo.scale]])
