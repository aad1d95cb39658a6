"""The body map: a front and a back figure with the muscles that may feel tight or be weak, and the same as lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from posturecam.body import Side
from posturecam.knowledge import Knowledge
from posturecam.patterns import Finding
from posturecam.pipeline.assessment import Assessment
from posturecam.reports import body_shapes as shapes
from posturecam.reports.html.markup import Html, join, tag
from posturecam.text import telling
from posturecam.text.language import _, later
from posturecam.text.language.sides import side_word

TIGHT, WEAK = "tight", "weak"
WORDS = {TIGHT: later("May feel tight (short)"), WEAK: later("May be weak (long)")}
CAUTION = later(
    "A hypothesis from the angles alone: a photo cannot feel a muscle. Left and right are the person's own."
)

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
class Placed:
    """A mark in one figure: its shape, and where its number stands; x counts from the figure's middle."""

    mark: Mark
    shape: shapes.Points
    number_at: tuple[float, float]


def drawn_findings(assessment: Assessment) -> list[Finding]:
    """Choose what the map shows: the chain's drivers, or the strongest finding where there is none."""
    drivers = [one.pattern for one in assessment.conclusion.chain.drivers]
    found = [one for one in telling.leading(assessment) if one.pattern in drivers]
    return found or telling.leading(assessment)[:1]


def marks_of(assessment: Assessment, knowledge: Knowledge) -> tuple[Mark, ...]:
    """Give each muscle a number: tight before weak, head to feet; of two findings that disagree the stronger counts."""
    said: dict[tuple[str, Side], str] = {}
    for finding in drawn_findings(assessment):
        for kind, muscles in ((TIGHT, finding.tight), (WEAK, finding.weak)):
            for one in muscles:
                for side in (Side.LEFT, Side.RIGHT) if one.side is Side.BOTH else (one.side,):
                    said.setdefault((one.muscle, side), kind)
    ordered = sorted(_joined(said), key=lambda row: (row[0] == WEAK, -knowledge.muscles[row[1]].region.height))
    return tuple(Mark(number, muscle, side, kind) for number, (kind, muscle, side) in enumerate(ordered, 1))


def _joined(said: dict[tuple[str, Side], str]) -> Iterator[tuple[str, str, Side]]:
    """Make one row of the two sides of a muscle where both are the same."""
    for (muscle, side), kind in said.items():
        if said.get((muscle, side.other)) != kind:
            yield kind, muscle, side
        elif side is Side.LEFT:
            yield kind, muscle, Side.BOTH


def placed(marks: Sequence[Mark], view: str, knowledge: Knowledge) -> list[Placed]:
    """Place the marks of one figure, superficial muscles first, and spread their numbers along both edges."""
    shown = [one for one in marks if one.muscle in shapes.shapes().muscles[view]]
    shown.sort(key=lambda one: knowledge.muscles[one.muscle].depth == "deep")
    drawn = [(one, shapes.region(one.muscle, view, side)) for one in shown for side in one.sides]
    spread: dict[shapes.Points, float] = {}
    for sign in (-1.0, 1.0):
        edge = sorted((shape for _mark, shape in drawn if shapes.middle(shape)[0] * sign > 0), key=_height)
        spread.update(zip(edge, _spread([_height(shape) for shape in edge]), strict=True))
    return [Placed(one, shape, (_sign(shape) * _NUMBERS_AT, spread[shape])) for one, shape in drawn]


def _height(shape: shapes.Points) -> float:
    return shapes.middle(shape)[1]


def _sign(shape: shapes.Points) -> float:
    return 1.0 if shapes.middle(shape)[0] > 0 else -1.0


def _spread(heights: list[float]) -> list[float]:
    """Push sorted heights apart, as little as need be: downwards, then all back by half of what that moved them."""
    moved: list[float] = []
    for height in heights:
        moved.append(max([height, *(one + APART for one in moved[-1:])]))
    for _round in range(40):
        for at, (one, other) in enumerate(pairwise(moved)):
            pull = 0.3 * (heights[at] - one)
            room = one - (moved[at - 1] + APART if at else 30.0)
            moved[at] += max(pull, -max(room, 0.0)) if pull < 0 else min(pull, max(0.0, other - APART - one))
    return moved


def lines(marks: Sequence[Mark], kind: str, knowledge: Knowledge) -> list[tuple[int, str]]:
    """Say the marks of one kind in words, with their numbers."""
    return [(one.number, spoken(one, knowledge)) for one in marks if one.kind == kind]


def spoken(mark: Mark, knowledge: Knowledge) -> str:
    """Name a mark: ``left: calf (gastrocnemius, soleus)``."""
    side = _("both sides") if mark.side is Side.BOTH else side_word(mark.side)
    return f"{side}: {telling.muscle_name(mark.muscle, knowledge)}"


def title(assessment: Assessment) -> str:
    """Say which findings the map is drawn for."""
    return _("Drawn for: {names}.", names="; ".join(telling.titled(one) for one in drawn_findings(assessment)))


def section(assessment: Assessment, knowledge: Knowledge) -> Html:
    """Build the map with its lists, or nothing when there is nothing to show."""
    marks = marks_of(assessment, knowledge)
    if not marks:
        return Html()
    lists = [_listed(marks, kind, knowledge) for kind in (TIGHT, WEAK)]
    beside = (tag("p", title(assessment)), *lists, tag("p", _(CAUTION), class_="soft small"))
    columns = tag("div", picture(marks, knowledge), tag("div", *beside, class_="marks"), class_="map")
    return tag("section", tag("h2", _("Where it may be felt")), columns, class_="body-map")


def _listed(marks: Sequence[Mark], kind: str, knowledge: Knowledge) -> Html:
    rows = lines(marks, kind, knowledge)
    if not rows:
        return Html()
    items = (tag("li", words, value=number) for number, words in rows)
    return join(tag("h3", _swatch(kind), _(WORDS[kind])), tag("ol", *items))


def _swatch(kind: str) -> Html:
    """Draw a sample of a kind's colour and pattern."""
    box = ((-9.0, -6.0), (9.0, -6.0), (9.0, 6.0), (-9.0, 6.0))
    body = (tag("rect", x=-10, y=-7, width=20, height=14), _pattern(box, kind))
    return tag("svg", *body, viewBox="-10 -7 20 14", class_=f"swatch {kind}", aria_hidden="true")


def picture(marks: Sequence[Mark], knowledge: Knowledge) -> Html:
    """Draw both figures as one SVG that says in words what it shows."""
    told = "; ".join(f"{one.number} {spoken(one, knowledge)}, {_(WORDS[one.kind]).lower()}" for one in marks)
    width, height = FIELD
    return tag(
        "svg",
        tag("title", _("Body map, front and back")),
        tag("desc", told),
        *(_figure(placed(marks, view, knowledge), view, knowledge) for view in shapes.VIEWS),
        viewBox=f"0 0 {2 * width:g} {height:g}",
        class_="bodies",
        role="img",
        aria_label=_("Body map, front and back: {told}", told=told),
    )


def _figure(found: Sequence[Placed], view: str, knowledge: Knowledge) -> Html:
    middle = FIELD[0] * (0.5 + shapes.VIEWS.index(view))
    near, far = (_("right"), _("left")) if view == "front" else (_("left"), _("right"))
    words = ((-72.0, 24.0, near), (72.0, 24.0, far), (0.0, 492.0, _("Front") if view == "front" else _("Back")))
    guides = (tag("path", d=_path(one, closed=False), class_="guide") for one in shapes.guides(view))
    return tag(
        "g",
        tag("path", d=_path(shapes.outline()), class_="skin"),
        *guides,
        *(_muscle(one, knowledge) for one in found),
        *(_number(one) for one in found),
        *(tag("text", word, x=x, y=y, text_anchor="middle") for x, y, word in words),
        transform=f"translate({middle:g} 0)",
    )


def _muscle(one: Placed, knowledge: Knowledge) -> Html:
    name = tag("title", f"{one.mark.number} {spoken(one.mark, knowledge)}: {_(WORDS[one.mark.kind]).lower()}")
    shape = tag("path", d=_path(one.shape), class_="muscle")
    return tag("g", name, shape, _pattern(one.shape, one.mark.kind), class_=one.mark.kind, data_muscle=one.mark.muscle)


def _pattern(shape: shapes.Points, kind: str) -> Html:
    """Draw the second sign beside the colour: slanting lines for tight, dots for weak."""
    if kind == TIGHT:
        drawn = "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for a, b, c, d in shapes.hatching(shape))
        return tag("path", d=drawn, class_="hatch")
    return tag("path", d="".join(f"M{x:.1f} {y:.1f}h0" for x, y in shapes.dots(shape)), class_="dots")


def _number(one: Placed) -> Html:
    (x, y), (at, height) = one.number_at, shapes.middle(one.shape)
    inward = x - 10.0 if x > 0 else x + 10.0
    line = tag("path", d=f"M{at:.1f} {height:.1f}L{inward:.1f} {y:.1f}", class_="leader")
    return join(line, tag("text", str(one.mark.number), x=x, y=y + 4.5, text_anchor="middle", class_="number"))


def _path(points: shapes.Points, *, closed: bool = True) -> str:
    """Write a smooth curve as the data of an SVG path."""
    pieces = list(shapes.curves(points, closed=closed))
    x, y = pieces[0][0]
    flat = (" ".join(f"{a:.1f} {b:.1f}" for a, b in piece[1:]) for piece in pieces)
    return f"M{x:.1f} {y:.1f}" + "".join(f"C{one}" for one in flat) + ("Z" if closed else "")
