"""The body map: every muscle has its place, both halves are alike, and colour is never alone."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from posturecam.body import Side
from posturecam.knowledge import load
from posturecam.reports import body_map
from posturecam.reports.body_map import Mark
from posturecam.text import findings_text
from reports_support import CROSSED, LEVEL, assessed

KNOWLEDGE = load()
MUSCLES = tuple(KNOWLEDGE.muscles)
RICH = assessed(CROSSED)


def inside(point: tuple[float, float], shape: body_map.Points) -> bool:
    """Whether a point lies in a shape (even-odd)."""
    x, y = point
    crossings = 0
    for (a, b), (c, d) in zip(shape, (*shape[1:], shape[0]), strict=True):
        if (b <= y) != (d <= y) and x < a + (y - b) / (d - b) * (c - a):
            crossings += 1
    return crossings % 2 == 1


@pytest.mark.parametrize("muscle", MUSCLES)
def test_every_muscle_has_a_region(muscle: str) -> None:
    """Whatever can be tight or weak can be shown, inside the body, with room for its pattern."""
    views = body_map.views_of(muscle)
    assert views
    body = body_map.fine(body_map.body_outline())
    for view in views:
        shape = body_map.region(muscle, view, Side.LEFT)
        assert all(inside(point, body) for point in body_map.fine(shape)), (muscle, view)
        assert len(body_map.hatching(shape)) >= 2
        assert len(body_map.dots(shape)) >= 3


def test_no_region_is_drawn_for_a_muscle_that_is_not_there() -> None:
    """A slip of the pen in body_map.toml would go unseen."""
    drawn = {key for muscles in body_map.shapes().muscles.values() for key in muscles}
    assert drawn == set(MUSCLES)


def test_the_figure_is_its_own_mirror_image() -> None:
    """Outline and muscles."""
    points = {(round(x, 6), round(y, 6)) for x, y in body_map.body_outline()}
    assert points == {(round(-x, 6), y) for x, y in points}
    left = body_map.region("calf", "back", Side.LEFT)
    assert left == body_map.flipped_shape(body_map.region("calf", "back", Side.RIGHT))


@pytest.mark.parametrize(("muscle", "view", "sign"), [("quadriceps", "front", 1), ("calf", "back", -1)])
def test_left_is_the_persons_own(muscle: str, view: str, sign: int) -> None:
    """Right of the viewer in the front figure, left in the back figure."""
    x, _ = body_map.shape_middle(body_map.region(muscle, view, Side.LEFT))
    assert x * sign > 0


def test_patterns_stay_inside_their_shape() -> None:
    """Middles of the hatch lines and all dots."""
    shape = body_map.region("latissimus_dorsi", "back", Side.LEFT)
    smooth = body_map.fine(shape)
    assert all(inside(((a + c) / 2, (b + d) / 2), smooth) for a, b, c, d in body_map.hatching(shape))
    assert all(inside(dot, smooth) for dot in body_map.dots(shape))


def test_numbers_never_cover_each_other() -> None:
    """With every muscle marked on both sides there is little room; each edge keeps its distances."""
    marks = [Mark(at, key, Side.BOTH, "tight") for at, key in enumerate(MUSCLES, 1)]
    for view in body_map.VIEWS:
        for sign in (-1, 1):
            found = body_map.placed_numbers(marks, view, KNOWLEDGE)
            heights = sorted(one.number_at[1] for one in found if one.number_at[0] * sign > 0)
            assert all(b - a > 10 for a, b in pairwise(heights))


def test_marks_follow_the_drivers() -> None:
    """Tight ones first, numbered without gaps, no muscle and side said twice."""
    marks = body_map.marks_of(RICH, KNOWLEDGE)
    drivers = {one.pattern for one in RICH.conclusion.chain.drivers}
    assert {one.pattern for one in body_map.drawn_findings(RICH)} == drivers
    assert [one.number for one in marks] == list(range(1, len(marks) + 1))
    assert [one.kind for one in marks] == sorted(one.kind for one in marks)
    said = [(one.muscle, side) for one in marks for side in one.sides]
    assert len(said) == len(set(said))


def test_where_findings_disagree_the_stronger_speaks() -> None:
    """A muscle that is tight in the first finding and weak in the second is shown tight."""
    first, second = findings_text.leading(RICH)[:2]
    muscle = first.tight[0]
    findings = (replace(first, weak=()), replace(second, tight=(), weak=(muscle,)))
    conclusion = replace(RICH.conclusion, findings=findings)
    marks = body_map.marks_of(replace(RICH, conclusion=conclusion), KNOWLEDGE)
    sides = {Side.LEFT, Side.RIGHT} if muscle.side is Side.BOTH else {muscle.side}
    assert all(one.kind == "tight" for one in marks if one.muscle == muscle.muscle and sides & set(one.sides))


def test_the_picture_says_in_words_what_it_shows() -> None:
    """Title, description, a list; every mark in all of them; a pattern beside every colour."""
    section = str(body_map.section(RICH, KNOWLEDGE))
    marks = body_map.marks_of(RICH, KNOWLEDGE)
    assert "<title>Body map" in section
    assert "<desc>" in section
    for one in marks:
        name = body_map.spoken_map(one, KNOWLEDGE)
        assert section.count(name) >= 3
        assert KNOWLEDGE.muscles[one.muscle].latin in name
    shapes = section.count('class="muscle"')
    assert shapes == section.count('class="hatch"') + section.count('class="dots"') - 2, "two samples in the legend"
    assert re.findall(r"<text[^>]*>(left|right)<", section) == ["right", "left", "left", "right"]


def test_without_a_finding_there_is_no_map() -> None:
    """A level person sees no marked muscles."""
    assert body_map.section(assessed(LEVEL), KNOWLEDGE) == ""


def test_a_muscle_of_somebodys_own_tables_stands_in_the_list() -> None:
    """It has no region, and nothing breaks."""
    own = replace(KNOWLEDGE.muscles["calf"], key="own", plain="my muscle", latin="musculus meus")
    knowledge = replace(KNOWLEDGE, muscles={**KNOWLEDGE.muscles, "own": own})
    marks = (Mark(1, "own", Side.LEFT, "weak"),)
    assert "my muscle (musculus meus)" in body_map.map_picture(marks, knowledge)
    assert body_map.placed_numbers(marks, "front", knowledge) == []
