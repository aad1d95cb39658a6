"""The body map: a front and a back figure with the muscles that may feel tight or be weak, and the same as lists.

The figure is geometry: half shapes mirrored, smooth curves, hatching; nothing of any one format.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from posturecam.body import Side
from posturecam.knowledge import Knowledge
from posturecam.patterns import Finding
from posturecam.pipeline.assessment import Assessment
from posturecam.reports.html.markup import Html, join, tag
from posturecam.text import findings_text
from posturecam.text.language import N_, _
from posturecam.text.language.sides import side_word

Point = tuple[float, float]
Points = tuple[Point, ...]

VIEWS = ("front", "back")
FIGURE = (200.0, 480.0)
"""Width and height of one figure's field; x counts from its middle, y from its top."""

_FINE = 6
"""Straight pieces that stand for one curved one, where only straight lines can be drawn."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The half figure: its outline, guiding lines by view, muscles by view. All for x ≥ 0."""

    outline: Points
    lines: dict[str, tuple[Points, ...]]
    muscles: dict[str, dict[str, Points]]


@cache
def shapes() -> Shapes:
    """Read body_map.toml."""
    data = tomllib.loads(files("posturecam.reports").joinpath("body_map.toml").read_text(encoding="utf-8"))
    lines = {view: tuple(_shape_points(line) for line in data["lines"][view]) for view in VIEWS}
    muscles = {view: {key: _shape_points(rows) for key, rows in data[view].items()} for view in VIEWS}
    return Shapes(_shape_points(data["outline"]), lines, muscles)


def _shape_points(rows: Sequence[Sequence[float]]) -> Points:
    return tuple((float(x), float(y)) for x, y in rows)


def body_outline() -> Points:
    """Close the half outline with its own mirror image."""
    half = shapes().outline
    return half + flipped_shape(half[1:-1])[::-1]


def guides(view: str) -> tuple[Points, ...]:
    """Give the guiding lines of both halves; a line along the middle comes once."""
    half = shapes().lines[view]
    return (*half, *(flipped_shape(line) for line in half if any(x for x, _ in line)))


def flipped_shape(points: Points) -> Points:
    """Mirror at the middle line."""
    return tuple((-x, y) for x, y in points)


def views_of(muscle: str) -> tuple[str, ...]:
    """Say in which figures a muscle is drawn."""
    return tuple(view for view in VIEWS if muscle in shapes().muscles[view])


def region(muscle: str, view: str, side: Side) -> Points:
    """Give a muscle's shape on the side that the viewer sees it: the person's left is right in the front figure."""
    half = shapes().muscles[view][muscle]
    return half if (side is Side.LEFT) == (view == "front") else flipped_shape(half)


def smooth_curves(points: Points, *, closed: bool = True) -> Iterator[tuple[Point, Point, Point, Point]]:
    """Lay smooth cubic curves through points: (start, control, control, end) each, every point passed (Catmull-Rom)."""
    around = (points[-1], *points, points[0], points[1]) if closed else (points[0], *points, points[-1])
    for (ax, ay), b, c, (dx, dy) in zip(around, around[1:], around[2:], around[3:], strict=False):
        yield (b, (b[0] + (c[0] - ax) / 6, b[1] + (c[1] - ay) / 6), (c[0] - (dx - b[0]) / 6, c[1] - (dy - b[1]) / 6), c)


def fine(points: Points, *, closed: bool = True) -> Points:
    """Give the same smooth curve as many short straight pieces."""
    found: list[Point] = []
    for a, b, c, d in smooth_curves(points, closed=closed):
        for step in range(_FINE):
            t = step / _FINE
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            pieces = list(zip(weights, (a, b, c, d), strict=True))
            found.append((sum(w * p[0] for w, p in pieces), sum(w * p[1] for w, p in pieces)))
    return (*found, *(() if closed else points[-1:]))


def hatching(points: Points, gap: float = 3.6) -> list[tuple[float, float, float, float]]:
    """Give slanting lines (x1, y1, x2, y2) that fill a shape; neighbouring shapes' lines continue each other."""
    turned = [(x + y, x - y) for x, y in fine(points)]
    levels = [level for level, _ in turned]
    lines, step = [], gap * 2**0.5
    level = (min(levels) // step + 1) * step
    while level < max(levels):
        for a, b in _inside(turned, level):
            lines.append(((level + a) / 2, (level - a) / 2, (level + b) / 2, (level - b) / 2))
        level += step
    return lines


def dots(points: Points, gap: float = 4.0) -> list[tuple[float, float]]:
    """Give the middles of dots on a slanting grid that lie inside a shape."""
    shape, rows = fine(points), []
    row = int(min(y for _, y in shape) // (gap / 2)) + 1
    while row * gap / 2 < max(y for _, y in shape):
        across = [(y, x) for x, y in shape]
        for a, b in _inside(across, row * gap / 2):
            shift = gap / 2 * (row % 2)
            first = int((a + 0.7 - shift) // gap) + 1
            last = int((b - 0.7 - shift) // gap)
            rows += [(shift + gap * column, row * gap / 2) for column in range(first, last + 1)]
        row += 1
    return rows


def _inside(shape: Sequence[tuple[float, float]], level: float) -> list[tuple[float, float]]:
    """Give the stretches of the line ``first coordinate = level`` that lie inside a shape."""
    cuts = []
    for (a, b), (c, d) in pairwise([*shape, shape[0]]):
        if (a <= level) != (c <= level):
            cuts.append(b + (level - a) / (c - a) * (d - b))
    cuts.sort()
    return list(zip(cuts[::2], cuts[1::2], strict=True))


def shape_middle(points: Points) -> tuple[float, float]:
    """Give the middle of a shape."""
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


TIGHT, WEAK = "tight", "weak"
WORDS = {TIGHT: N_("May feel tight (short)"), WEAK: N_("May be weak (long)")}
CAUTION = N_("A hypothesis from the angles alone: a photo cannot feel a muscle. Left and right are the person's own.")

FIELD = (240.0, 500.0)
"""Width and height of one figure with its numbers; the two fields stand side by side."""
_NUMBERS_AT = 106.0
APART = 14.5
"""Distance between two numbers, so that none covers another."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One muscle on the map: its number, side (both: the two sides alike) and whether it is tight or weak."""

    number: int
    muscle: str
    side: Side
    kind: str

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides to colour."""
        return (Side.LEFT, Side.RIGHT) if self.side is Side.BOTH else (self.side,)


@dataclass(frozen=True, slots=True)
class PlacedNumber:
    """A mark in one figure: its shape, and where its number stands; x counts from the figure's middle."""

    mark: Mark
    shape: Points
    number_at: tuple[float, float]


def drawn_findings(assessment: Assessment) -> list[Finding]:
    """Choose what the map shows: the chain's drivers, or the strongest finding where there is none."""
    drivers = [driver.pattern for driver in assessment.conclusion.chain.drivers]
    found = [finding for finding in findings_text.leading(assessment) if finding.pattern in drivers]
    return found or findings_text.leading(assessment)[:1]


def marks_of(assessment: Assessment, knowledge: Knowledge) -> tuple[Mark, ...]:
    """Give each muscle a number: tight before weak, head to feet; of two findings that disagree the stronger counts."""
    said: dict[tuple[str, Side], str] = {}
    for finding in drawn_findings(assessment):
        for kind, muscles in ((TIGHT, finding.tight), (WEAK, finding.weak)):
            for part in muscles:
                for side in (Side.LEFT, Side.RIGHT) if part.side is Side.BOTH else (part.side,):
                    said.setdefault((part.muscle, side), kind)
    ordered = sorted(_joined(said), key=lambda row: (row[0] == WEAK, -knowledge.muscles[row[1]].region.height))
    return tuple(Mark(number, muscle, side, kind) for number, (kind, muscle, side) in enumerate(ordered, 1))


def _joined(said: dict[tuple[str, Side], str]) -> Iterator[tuple[str, str, Side]]:
    """Make one row of the two sides of a muscle where both are the same."""
    for (muscle, side), kind in said.items():
        if said.get((muscle, side.other)) != kind:
            yield kind, muscle, side
        elif side is Side.LEFT:
            yield kind, muscle, Side.BOTH


def placed_numbers(marks: Sequence[Mark], view: str, knowledge: Knowledge) -> list[PlacedNumber]:
    """Place the marks of one figure, superficial muscles first, and spread their numbers along both edges."""
    shown = [mark for mark in marks if mark.muscle in shapes().muscles[view]]
    shown.sort(key=lambda mark: knowledge.muscles[mark.muscle].depth == "deep")
    drawn = [(mark, region(mark.muscle, view, side)) for mark in shown for side in mark.sides]
    spread: dict[Points, float] = {}
    for sign in (-1.0, 1.0):
        edge = sorted((shape for _mark, shape in drawn if shape_middle(shape)[0] * sign > 0), key=_height)
        spread.update(zip(edge, _spread([_height(shape) for shape in edge]), strict=True))
    return [PlacedNumber(mark, shape, (_sign(shape) * _NUMBERS_AT, spread[shape])) for mark, shape in drawn]


def _height(shape: Points) -> float:
    return shape_middle(shape)[1]


def _sign(shape: Points) -> float:
    return 1.0 if shape_middle(shape)[0] > 0 else -1.0


def _spread(heights: list[float]) -> list[float]:
    """Push sorted heights apart, as little as need be: downwards, then all back by half of what that moved them."""
    moved: list[float] = []
    for height in heights:
        moved.append(max([height, *(above + APART for above in moved[-1:])]))
    for _round in range(40):
        for at, (low, other) in enumerate(pairwise(moved)):
            pull = 0.3 * (heights[at] - low)
            room = low - (moved[at - 1] + APART if at else 30.0)
            moved[at] += max(pull, -max(room, 0.0)) if pull < 0 else min(pull, max(0.0, other - APART - low))
    return moved


def muscle_lines(marks: Sequence[Mark], kind: str, knowledge: Knowledge) -> list[tuple[int, str]]:
    """Say the marks of one kind in words, with their numbers."""
    return [(mark.number, spoken_map(mark, knowledge)) for mark in marks if mark.kind == kind]


def spoken_map(mark: Mark, knowledge: Knowledge) -> str:
    """Name a mark: ``left: calf (gastrocnemius, soleus)``."""
    side = _("both sides") if mark.side is Side.BOTH else side_word(mark.side)
    return f"{side}: {findings_text.muscle_name(mark.muscle, knowledge)}"


def title(assessment: Assessment) -> str:
    """Say which findings the map is drawn for."""
    return _(
        "Drawn for: {names}.", names="; ".join(findings_text.titled(finding) for finding in drawn_findings(assessment))
    )


def section(assessment: Assessment, knowledge: Knowledge) -> Html:
    """Build the map with its lists, or nothing when there is nothing to show."""
    marks = marks_of(assessment, knowledge)
    if not marks:
        return Html()
    lists = [_listed(marks, kind, knowledge) for kind in (TIGHT, WEAK)]
    beside = (tag("p", title(assessment)), *lists, tag("p", _(CAUTION), class_="soft small"))
    columns = tag("div", map_picture(marks, knowledge), tag("div", *beside, class_="marks"), class_="map")
    return tag("section", tag("h2", _("Where it may be felt")), columns, class_="body-map")


def _listed(marks: Sequence[Mark], kind: str, knowledge: Knowledge) -> Html:
    rows = muscle_lines(marks, kind, knowledge)
    if not rows:
        return Html()
    items = (tag("li", words, value=number) for number, words in rows)
    return join(tag("h3", _swatch(kind), _(WORDS[kind])), tag("ol", *items))


def _swatch(kind: str) -> Html:
    """Draw a sample of a kind's colour and pattern."""
    box = ((-9.0, -6.0), (9.0, -6.0), (9.0, 6.0), (-9.0, 6.0))
    body = (tag("rect", x=-10, y=-7, width=20, height=14), _pattern(box, kind))
    return tag("svg", *body, viewBox="-10 -7 20 14", class_=f"swatch {kind}", aria_hidden="true")


def map_picture(marks: Sequence[Mark], knowledge: Knowledge) -> Html:
    """Draw both figures as one SVG that says in words what it shows."""
    told = "; ".join(f"{mark.number} {spoken_map(mark, knowledge)}, {_(WORDS[mark.kind]).lower()}" for mark in marks)
    width, height = FIELD
    return tag(
        "svg",
        tag("title", _("Body map, front and back")),
        tag("desc", told),
        *(_figure(placed_numbers(marks, view, knowledge), view, knowledge) for view in VIEWS),
        viewBox=f"0 0 {2 * width:g} {height:g}",
        class_="bodies",
        role="img",
        aria_label=_("Body map, front and back: {told}", told=told),
    )


def _figure(found: Sequence[PlacedNumber], view: str, knowledge: Knowledge) -> Html:
    middle = FIELD[0] * (0.5 + VIEWS.index(view))
    near, far = (_("right"), _("left")) if view == "front" else (_("left"), _("right"))
    words = ((-72.0, 24.0, near), (72.0, 24.0, far), (0.0, 492.0, _("Front") if view == "front" else _("Back")))
    guide_lines = (tag("path", d=_path(line, closed=False), class_="guide") for line in guides(view))
    return tag(
        "g",
        tag("path", d=_path(body_outline()), class_="skin"),
        *guide_lines,
        *(_muscle(placed, knowledge) for placed in found),
        *(_number(placed) for placed in found),
        *(tag("text", word, x=x, y=y, text_anchor="middle") for x, y, word in words),
        transform=f"translate({middle:g} 0)",
    )


def _muscle(placed: PlacedNumber, knowledge: Knowledge) -> Html:
    name = tag(
        "title",
        f"{placed.mark.number} {spoken_map(placed.mark, knowledge)}: {_(WORDS[placed.mark.kind]).lower()}",
    )
    shape = tag("path", d=_path(placed.shape), class_="muscle")
    return tag(
        "g",
        name,
        shape,
        _pattern(placed.shape, placed.mark.kind),
        class_=placed.mark.kind,
        data_muscle=placed.mark.muscle,
    )


def _pattern(shape: Points, kind: str) -> Html:
    """Draw the second sign beside the colour: slanting lines for tight, dots for weak."""
    if kind == TIGHT:
        drawn = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in hatching(shape))
        return tag("path", d=drawn, class_="hatch")
    return tag("path", d="".join(f"M{x:.1f} {y:.1f}h0" for x, y in dots(shape)), class_="dots")


def _number(placed_number: PlacedNumber) -> Html:
    (x, y), (at, height) = placed_number.number_at, shape_middle(placed_number.shape)
    inward = x - 10.0 if x > 0 else x + 10.0
    line = tag("path", d=f"M{at:.1f} {height:.1f}L{inward:.1f} {y:.1f}", class_="leader")
    return join(
        line, tag("text", str(placed_number.mark.number), x=x, y=y + 4.5, text_anchor="middle", class_="number")
    )


def _path(points: Points, *, closed: bool = True) -> str:
    """Write a smooth curve as the data of an SVG path."""
    pieces = list(smooth_curves(points, closed=closed))
    x, y = pieces[0][0]
    flat = (" ".join(f"{a:.1f} {b:.1f}" for a, b in piece[1:]) for piece in pieces)
    return f"M{x:.1f} {y:.1f}" + "".join(f"C{number}" for number in flat) + ("Z" if closed else "")
