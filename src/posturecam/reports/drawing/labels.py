"""Labels beside a figure: wrapped, stacked at the left and right of the body, never on top of each other, never cut."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from posturecam.body import Array
from posturecam.reports.drawing.canvas import Box, Canvas, Colour, Lettering

_LINE = 1.32
"""Distance of baselines in parts of the text size."""

_SMALLEST = 0.7
"""Text is not made smaller than this part of its ordinary size; rather the least important label is left out."""


@dataclass(frozen=True, slots=True)
class Label:
    """What to write about one spot of the picture.

    anchor   (2,) the spot, pixels
    at_left  whether it stands at the picture's left of the body
    brief    what is written in a picture that will be shown small; empty: nothing
    rank     the higher, the later it is left out when there is no room
    """

    headline: str
    detail: str
    anchor: Array
    at_left: bool
    colour: Colour
    rank: float
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A label with its lines of text and its box."""

    label: Label
    headline: tuple[str, ...]
    detail: tuple[str, ...]
    box: Box
    size_px: float


@dataclass(frozen=True, slots=True)
class Room:
    """Where labels may stand: the picture without its margins, and the columns left and right of the body.

    A column is covered when labels in it would lie over the body.
    """

    area: Box
    body_left: float
    body_right: float
    text_px: float
    covered_left: bool = False
    covered_right: bool = False

    def column(self, *, at_left: bool) -> float:
        """Width of a column: the space beside the body, as far as lines of text can use it."""
        free = self.body_left - self.area.left if at_left else self.area.right - self.body_right
        return min(free, max(_narrowest(self.area), 15 * self.text_px))

    def goes_left(self, label: Label) -> bool:
        """Whether a label stands at the picture's left: where it belongs, or where alone there is room."""
        left, right = (not self.covered_left, not self.covered_right)
        return label.at_left if left == right else left


def room_around(area: Box, body: Array, text_px: float) -> Room:
    """Find the columns beside the body's points (n, 2), each at least a quarter of the picture wide."""
    gap, narrow = 1.2 * text_px, _narrowest(area)
    left = float(np.clip(body[:, 0].min() - gap, area.left + narrow, area.right - narrow))
    right = float(np.clip(body[:, 0].max() + gap, left, area.right - narrow))
    covered = (left > body[:, 0].min(), right < body[:, 0].max())
    return Room(area, left, right, text_px, *covered)


def _narrowest(area: Box) -> float:
    return 0.25 * (area.right - area.left)


def lay_out(labels: Sequence[Label], room: Room) -> list[Placed]:
    """Place all labels; with too little room the text shrinks a little, then the least important are left out."""
    sided = [replace(label, at_left=room.goes_left(label)) for label in labels]
    return [one for at_left in (True, False) for one in _column([x for x in sided if x.at_left is at_left], room)]


def draw(canvas: Canvas, placed: Sequence[Placed]) -> None:
    """Draw leader lines first, then plates and text."""
    for one in placed:
        edge = one.box.right if one.label.at_left else one.box.left
        canvas.path(np.array([[edge, (one.box.top + one.box.bottom) / 2], one.label.anchor]), canvas.theme.leader, 0.5)
        canvas.dot(one.label.anchor, one.label.colour, 1.3)
    for one in placed:
        _draw_plate(canvas, one)


def _draw_plate(canvas: Canvas, one: Placed) -> None:
    canvas.plate(one.box)
    bar = _bar(one.size_px)
    at = one.box.right - bar if one.label.at_left else one.box.left
    canvas.fill(Box(at, one.box.top, at + bar, one.box.bottom).corners, one.label.colour)
    left = one.box.left + _pad(one.size_px) + (0 if one.label.at_left else bar)
    baseline = one.box.top + _pad(one.size_px) + 0.82 * one.size_px
    for words, lettering, colour in _lines(canvas, one):
        canvas.text((left, baseline), words, colour, lettering)
        baseline += _LINE * one.size_px


def _lines(canvas: Canvas, one: Placed) -> list[tuple[str, Lettering, Colour]]:
    strong, light = _letterings(one.size_px)
    return [
        *((words, strong, canvas.theme.ink) for words in one.headline),
        *((words, light, canvas.theme.faint_ink) for words in one.detail),
    ]


def _letterings(size_px: float) -> tuple[Lettering, Lettering]:
    return Lettering(size_px, 600), Lettering(size_px * 0.92, 400)


def _pad(size_px: float) -> float:
    return 0.42 * size_px


def _bar(size_px: float) -> float:
    return max(2.0, 0.22 * size_px)


def _column(labels: list[Label], room: Room) -> list[Placed]:
    """Stack one column in the order of the anchors' heights."""
    kept = sorted(labels, key=lambda label: float(label.anchor[1]))
    size = room.text_px
    while kept:
        placed = [_boxed(label, room, size) for label in kept]
        gap = 0.45 * size
        needed = sum(_height(one) for one in placed) + gap * (len(placed) - 1)
        if needed <= room.area.bottom - room.area.top:
            return _stacked(placed, room.area, gap)
        if size > _SMALLEST * room.text_px:
            size *= 0.93
        else:
            kept.remove(min(kept, key=lambda label: label.rank))
            size = room.text_px
    return []


def _height(one: Placed) -> float:
    return one.box.bottom - one.box.top


def _boxed(label: Label, room: Room, size: float) -> Placed:
    """Wrap a label and give it a box beside the body, its middle at the anchor's height."""
    strong, light = _letterings(size)
    inner = room.column(at_left=label.at_left) - 2 * _pad(size) - _bar(size)
    headline, detail = wrap(label.headline, strong, inner), wrap(label.detail, light, inner) if label.detail else ()
    widest = max((*(strong.width(line) for line in headline), *(light.width(line) for line in detail)))
    width = widest + 2 * _pad(size) + _bar(size)
    height = (len(headline) + len(detail)) * _LINE * size + 2 * _pad(size) - (_LINE - 1) * size
    left = room.body_left - width if label.at_left else room.body_right
    left = float(np.clip(left, room.area.left, max(room.area.left, room.area.right - width)))
    top = float(label.anchor[1]) - height / 2
    return Placed(label, headline, detail, Box(left, top, left + width, top + height), size)


def _stacked(placed: list[Placed], area: Box, gap: float) -> list[Placed]:
    """Move boxes up and down as little as needed so that none overlaps another or leaves the area."""
    heights = [_height(one) for one in placed]
    tops = spread([one.box.top for one in placed], [h + gap for h in heights], area.top, area.bottom + gap)
    return [
        Placed(
            one.label,
            one.headline,
            one.detail,
            Box(one.box.left, top, one.box.right, top + height),
            one.size_px,
        )
        for one, top, height in zip(placed, tops, heights, strict=True)
    ]


def spread(wanted: Sequence[float], lengths: Sequence[float], low: float, high: float) -> list[float]:
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


def wrap(words: str, lettering: Lettering, width: float) -> tuple[str, ...]:
    """Break a text between words so that each line fits the width where that is possible."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and lettering.width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)
