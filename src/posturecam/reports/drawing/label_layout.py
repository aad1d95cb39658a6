"""Where labels stand beside a body: two columns outside of it, and leaders that cross nothing; and how they are drawn.

Leaders are drawn first, then plates and text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations, pairwise

import numpy as np

from posturecam.body import Array
from posturecam.reports.drawing.canvas import Box, Canvas, Colour, Lettering

LINE = 1.32
"""Distance of baselines in parts of the text size."""

DETAIL = 0.92
"""Size of the second line, in parts of the first."""

GUTTER = 1.4
"""Width between what is kept free and a column, in text sizes: leaders fan out there."""

NARROWEST, WIDEST = 9.6, 13.0
"""Width of the text in a label, in text sizes: as wide as the photo beside the body allows between these two. Only a
single longer word makes a label wider."""

REACH = GUTTER + WIDEST + 6.0
"""How far beside the body labels may reach, in text sizes."""

MARGIN = 0.8
"""Space between labels and the drawing's edge, in text sizes."""

_RAIL = 0.35
"""Where leaders leave what is kept free, in text sizes outside of it."""

_ROUNDING_PX = 1e-6

_APART = 0.5
"""Distance of two leaders from different spots where they leave, in text sizes."""


@dataclass(frozen=True, slots=True)
class Label:
    """What to write about one spot of the picture.

    anchor   (2,) the spot, pixels
    at_left  whether the spot lies at the picture's left of the body's middle
    brief    what is written in a picture that will be shown small; empty: nothing
    rank     the higher, the later it is left out when there is no room
    free     the spot lies on the body's middle, so the label may stand on either side
    """

    headline: str
    detail: str
    anchor: Array
    at_left: bool
    colour: Colour
    rank: float
    brief: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """A label with its lines of text, its box, and its leader (3, 2): from the spot over the edge to the box."""

    label: Label
    headline: tuple[str, ...]
    detail: tuple[str, ...]
    box: Box
    size_px: float
    leader: Array


@dataclass(frozen=True, slots=True)
class Room:
    """What labels stand around.

    kept      the body and what is drawn of it: no label may stand there
    area      the columns' upper and lower edge, and the photo's own left and right one, beyond which labels may reach
    text_px   ordinary size of text
    least_px  no text is smaller than this
    """

    kept: Box
    area: Box
    text_px: float
    least_px: float

    def text_width(self, *, at_left: bool, size_px: float) -> float:
        """Give the width for text of this size in a column."""
        beside = self.kept.left - self.area.left if at_left else self.area.right - self.kept.right
        free = beside - GUTTER * self.text_px - 2 * pad(size_px) - bar(size_px) - MARGIN * self.text_px
        return min(max(free, NARROWEST * size_px), WIDEST * size_px)


def lay_out(labels: Sequence[Label], room: Room) -> list[PlacedLabel]:
    """Place the labels: with too little room text shrinks to its least size, then the least important are left out."""
    around, sided = _around(labels, room), _sided(labels)
    for ways in Ways:
        placed = _columns(sided, around, ways)
        if not any(True for _fault in layout_faults(placed, around.kept)):
            return placed
    placed = _columns(sided, around)
    while worst := next(iter(layout_faults(placed, around.kept)), None):
        dropped = min(worst, key=lambda number: placed[number].label.rank)
        placed = _columns([label.label for number, label in enumerate(placed) if number != dropped], around)
    return placed


class Ways(StrEnum):
    """Where leaders of spots at one height leave the body, one beside the other: around that height, below or above."""

    AROUND = "around"
    BELOW = "below"
    ABOVE = "above"


def _columns(labels: Sequence[Label], room: Room, ways: Ways = Ways.AROUND) -> list[PlacedLabel]:
    sides = ([label for label in labels if label.at_left == at_left] for at_left in (True, False))
    return [placed for side in sides for placed in _column(side, room, ways)]


def _around(labels: Sequence[Label], room: Room) -> Room:
    """Keep the spots themselves free too."""
    if not labels:
        return room
    across = [float(label.anchor[0]) for label in labels]
    left, top, right, bottom = room.kept
    return replace(room, kept=Box(min(left, *across), top, max(right, *across), bottom))


def _sided(labels: Sequence[Label]) -> list[Label]:
    """Give every label its side: its spot's own, or for a spot on the body's middle the emptier one."""
    sided = [label for label in labels if not label.free]
    for label in sorted((label for label in labels if label.free), key=_level):
        more_left = sum(1 if other.at_left else -1 for other in sided)
        sided.append(replace(label, at_left=label.at_left if more_left == 0 else more_left < 0))
    return sided


def _level(label: Label) -> float:
    return float(label.anchor[1])


def _column(labels: list[Label], room: Room, ways: Ways) -> list[PlacedLabel]:
    """Stack one column in the order of its spots' heights; of one height, as a leader passes the spots further out."""

    def place(label: Label) -> tuple[float, float]:
        across, level = (float(part) for part in label.anchor)
        if ways is Ways.AROUND:
            return level, across
        outwards = -across if label.at_left else across
        return round(level / (_APART * room.text_px)), -outwards if ways is Ways.BELOW else outwards

    kept, size = sorted(labels, key=place), room.text_px
    least = min(room.text_px, room.least_px / DETAIL)
    while kept:
        written = [_written(label, size, room) for label in kept]
        gap = 0.45 * size
        if (
            sum(placement.height for placement in written) + gap * (len(written) - 1)
            <= room.area.bottom - room.area.top
        ):
            return _stacked(written, room, gap, ways)
        if size > least:
            size = max(least, 0.95 * size)
        else:
            kept.remove(min(kept, key=lambda label: label.rank))
            size = room.text_px
    return []


@dataclass(frozen=True, slots=True)
class _Written:
    """A label's lines of text, and how much room they take."""

    label: Label
    headline: tuple[str, ...]
    detail: tuple[str, ...]
    size_px: float
    width: float

    @property
    def height(self) -> float:
        lines = len(self.headline) + len(self.detail)
        return (lines * LINE - (LINE - 1)) * self.size_px + 2 * pad(self.size_px)


def _written(label: Label, size: float, room: Room) -> _Written:
    strong, light = letterings(size)
    wide = room.text_width(at_left=label.at_left, size_px=size)
    headline, detail = (
        wrap_text(label.headline, strong, wide),
        wrap_text(label.detail, light, wide) if label.detail else (),
    )
    widest = max((*(strong.width(line) for line in headline), *(light.width(line) for line in detail)))
    return _Written(label, headline, detail, size, widest + 2 * pad(size) + bar(size))


def _stacked(written: Sequence[_Written], room: Room, gap: float, ways: Ways) -> list[PlacedLabel]:
    """Move boxes up and down as little as needed so that none overlaps another or leaves the column."""
    levels = _levels([placement.label for placement in written], room, ways)
    heights = [placement.height for placement in written]
    wanted = [level - height / 2 for level, height in zip(levels, heights, strict=True)]
    tops = spread_labels(wanted, [height + gap for height in heights], room.area.top, room.area.bottom + gap)
    return [_boxed(label, top, level, room) for label, top, level in zip(written, tops, levels, strict=True)]


def _levels(labels: Sequence[Label], room: Room, ways: Ways) -> list[float]:
    """Give the height at which each leader leaves the body: its spot's own, apart from the next spot's."""
    top, bottom = room.area.top, room.area.bottom
    own = [float(np.clip(_level(label), top, bottom)) for label in labels]
    same = [np.array_equal(label.anchor, after.anchor) for label, after in pairwise(labels)]
    lengths = [0.0 if shared else _APART * room.text_px for shared in same]
    if ways is Ways.AROUND:
        return spread_labels(own, [*lengths, 0.0], top, bottom)
    if ways is Ways.BELOW:
        return [min(level, bottom) for level in _pushed(own, lengths)]
    return [max(-level, top) for level in _pushed([-level for level in own[::-1]], lengths[::-1])][::-1]


def _pushed(levels: Sequence[float], lengths: Sequence[float]) -> list[float]:
    """Move levels on, never back, until each keeps its length from the one before."""
    out: list[float] = []
    for level, length in zip(levels, (0.0, *lengths), strict=True):
        out.append(max(level, out[-1] + length) if out else level)
    return out


def _boxed(written: _Written, top: float, level: float, room: Room) -> PlacedLabel:
    """Give a written label its box and its leader."""
    sign = -1.0 if written.label.at_left else 1.0
    edge = room.kept.left if written.label.at_left else room.kept.right
    inner, outer = (edge + sign * way for way in (GUTTER * room.text_px, GUTTER * room.text_px + written.width))
    box = Box(min(inner, outer), top, max(inner, outer), top + written.height)
    inset = min(0.9 * written.size_px, written.height / 2)
    port = float(np.clip(level, box.top + inset, box.bottom - inset))
    leader = np.array([written.label.anchor, [edge + sign * _RAIL * room.text_px, level], [inner, port]])
    return PlacedLabel(written.label, written.headline, written.detail, box, written.size_px, leader)


def letterings(size_px: float) -> tuple[Lettering, Lettering]:
    """Give the looks of a label's headline and of its detail."""
    return Lettering(size_px, 600), Lettering(size_px * DETAIL, 400)


def pad(size_px: float) -> float:
    """Give the space between a label's text and its edge."""
    return 0.42 * size_px


def bar(size_px: float) -> float:
    """Give the width of the coloured bar at a label's inner edge."""
    return max(2.0, 0.22 * size_px)


def spread_labels(wanted: Sequence[float], lengths: Sequence[float], low: float, high: float) -> list[float]:
    """Begin of each stretch so that they keep their order, do not overlap, stay inside, and move least (least squares).

    The lengths must fit between low and high.
    """
    before = np.concatenate([[0.0], np.cumsum(lengths)])
    blocks: list[list[float]] = []
    for want, offset in zip(wanted, before, strict=False):
        blocks.append([want - offset])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1].extend(last)
    starts = [_mean(block) for block in blocks for _ in block]
    top = high - float(before[-1])
    return [float(np.clip(start, low, max(low, top)) + offset) for start, offset in zip(starts, before, strict=False)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def wrap_text(words: str, lettering: Lettering, width: float) -> tuple[str, ...]:
    """Break a text between words so that each line fits the width where that is possible."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and lettering.width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def layout_faults(placed: Sequence[PlacedLabel], kept: Box) -> Iterator[tuple[int, ...]]:
    """Give the numbers of labels that cover what is kept free, or that meet one another with their boxes or leaders."""
    for number, label in enumerate(placed):
        if boxes_overlap(label.box, kept):
            yield (number,)
    for (number, label), (other_number, other) in combinations(enumerate(placed), 2):
        if (
            boxes_overlap(label.box, other.box)
            or runs_through(label.leader, other.box)
            or runs_through(other.leader, label.box)
            or crossing(label.leader, other.leader)
        ):
            yield number, other_number


def boxes_overlap(box: Box, other: Box) -> bool:
    """Whether two boxes share a point inside."""
    return box.left < other.right and other.left < box.right and box.top < other.bottom and other.top < box.bottom


def runs_through(line: Array, box: Box) -> bool:
    """Whether a line (n, 2) enters a box."""
    return any(_enters(start, end, box) for start, end in pairwise(line))


def _enters(start: Array, end: Array, box: Box) -> bool:
    """Whether the piece from start to end has a point inside a box (Liang and Barsky's clipping)."""
    first, last = 0.0, 1.0
    for at, way, low, high in zip(start, end - start, (box.left, box.top), (box.right, box.bottom), strict=True):
        if way == 0.0:
            if not low < at < high:
                return False
            continue
        near, far = sorted(((low - at) / way, (high - at) / way))
        first, last = max(first, float(near)), min(last, float(far))
    return first < last


def crossing(array: Array, other: Array) -> bool:
    """Whether two lines (n, 2) cross; lines that begin at one spot may share their beginning."""
    shared = np.array_equal(array[0], other[0])
    pieces = [(a, b) for a in pairwise(array) for b in pairwise(other)]
    return any(_cross(*a, *b) for a, b in (pieces[1:] if shared else pieces))


def _cross(a: Array, b: Array, c: Array, d: Array) -> bool:
    """Whether the pieces from a to b and from c to d cross in a point inside of both, by more than rounding."""
    return _parted(a, b, c, d) and _parted(c, d, a, b)


def _parted(a: Array, b: Array, c: Array, d: Array) -> bool:
    """Whether c and d lie at different sides of the line through a and b."""
    first_side, other = _aside(a, b, c), _aside(a, b, d)
    return first_side * other < 0 and min(abs(first_side), abs(other)) > _ROUNDING_PX


def _aside(a: Array, b: Array, c: Array) -> float:
    """Give how far c lies beside the line from a to b, pixels: > 0 where the way turns clockwise, y downwards."""
    along = b - a
    return float((along[0] * (c[1] - a[1]) - along[1] * (c[0] - a[0])) / max(float(np.hypot(*along)), 1e-12))


def draw_labels(canvas: Canvas, placed: Sequence[PlacedLabel]) -> None:
    """Draw every leader with its spot, then every plate with its text."""
    for label in placed:
        canvas.path(label.leader, canvas.theme.leader, 0.5)
    for label in placed:
        canvas.dot(label.label.anchor, label.label.colour, 1.3)
        _draw_plate(canvas, label)


def _draw_plate(canvas: Canvas, placed_label: PlacedLabel) -> None:
    canvas.plate(placed_label.box)
    wide = bar(placed_label.size_px)
    at = placed_label.box.right - wide if placed_label.label.at_left else placed_label.box.left
    canvas.fill(Box(at, placed_label.box.top, at + wide, placed_label.box.bottom).corners, placed_label.label.colour)
    left = placed_label.box.left + pad(placed_label.size_px) + (0 if placed_label.label.at_left else wide)
    baseline = placed_label.box.top + pad(placed_label.size_px) + 0.82 * placed_label.size_px
    for words, lettering, colour in _lines(canvas, placed_label):
        canvas.text((left, baseline), words, colour, lettering)
        baseline += LINE * placed_label.size_px


def _lines(canvas: Canvas, placed_label: PlacedLabel) -> list[tuple[str, Lettering, Colour]]:
    strong, light = letterings(placed_label.size_px)
    return [
        *((words, strong, canvas.theme.ink) for words in placed_label.headline),
        *((words, light, canvas.theme.faint_ink) for words in placed_label.detail),
    ]
