"""Is one of the photos mirrored, or its view said wrongly? Two photos that agree when one of them is turned over."""

from collections.abc import Callable, Sequence
from itertools import combinations

from posturecam.body import View
from posturecam.errors.facts import Note
from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Z95
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam.combining import ORDER, FromView, disagreeing, from_views, said_by

CLEARLY_MIRRORED = 12.0
"""How much better (in χ²) one photo must agree with the mirror image of the other before one is suspected.

With a contradiction seen as well, fewer than one in a hundred level people pass it by chance.
"""

INDEPENDENT = ("head_tilt", "shoulder_tilt", "hip_tilt", "trunk_lean", "pelvic_shift", "head_shift")
"""Measures of left against right that do not follow from one another."""

TILTS = ("hip_tilt", "shoulder_tilt")
"""Measures whose sign a front that is called a back, or a back that is called a front, turns over."""


def mirror_notes(photos: Sequence[Assessment], knowledge: Knowledge) -> list[Note]:
    """Ask about photos that disagree about left and right: front against back, then photos of one view in pairs."""
    by_view = {view: [photo for photo in photos if photo.pose.view is view] for view in (View.FRONT, View.BACK)}
    found = [_disagree(photos, "turn_it_over")] if _contradict(*by_view.values()) else []
    found = [*exchange_notes(photos, knowledge), *found]
    pairs = (pair for group in by_view.values() for pair in combinations(group, 2))
    return [
        *found,
        *(_disagree(pair, "other_leg") for pair in pairs if _contradict(pair[:1], pair[1:])),
    ]


def exchange_notes(photos: Sequence[Assessment], knowledge: Knowledge) -> list[Note]:
    """Say that front and back would exchange the sides: both show the same tilt, beyond their noise, the other way.

    So it is when one of the two views was said the wrong way round.
    """
    front, back = ([photo for photo in photos if photo.pose.view is view] for view in (View.FRONT, View.BACK))
    pairs = ((key, _both(front, back, key)) for key in TILTS)
    opposite = [(key, pair) for key, pair in pairs if pair and _turned_over(pair, knowledge.norm(key).step)]
    if not opposite:
        return []
    said = tuple(said_by(part.view, knowledge.norm(key), part.value) for key, pair in opposite for part in pair)
    return [Note("sides_exchanged", said=said)]


def _turned_over(pair: tuple[FromView, FromView], usual: float) -> bool:
    """Whether two values lie on opposite sides of zero, each beyond its own noise and what is usual."""
    here, there = pair
    return here.value * there.value < 0.0 and all(abs(part.value) > max(usual, Z95 * part.sem) for part in pair)


def _both(some: Sequence[Assessment], others: Sequence[Assessment], key: str) -> tuple[FromView, FromView] | None:
    """Give what each of two groups says of a measure; None where one of them does not have it."""
    here, there = (next(iter(from_views(group, key)), None) for group in (some, others))
    return (here, there) if here and there else None


def one_is_mirrored(of_key: Callable[[str], tuple[FromView, FromView] | None]) -> bool:
    """Whether two views of a body contradict each other about a side, and agree clearly better when one is mirrored.

    ``of_key`` gives what each says of a measure, or None where one of them does not have it.
    """
    pairs = [pair for pair in map(of_key, INDEPENDENT) if pair]
    return any(disagreeing(pair) for pair in pairs) and sum(map(mirror_suspicion, pairs)) > CLEARLY_MIRRORED


def mirror_suspicion(pair: tuple[FromView, FromView]) -> float:
    """By how much (in χ²) two values agree better when one of them is mirrored.

    For values a and b with errors s: ((a − b)² − (a + b)²) / (s_a² + s_b²); positive speaks for a mirrored photo.
    """
    measurement, other = pair
    return -4.0 * measurement.value * other.value / (measurement.sem**2 + other.sem**2)


def _contradict(some: Sequence[Assessment], others: Sequence[Assessment]) -> bool:
    """Whether one of two groups of photos, each of one view, seems to be mirrored."""
    return one_is_mirrored(lambda key: _both(some, others, key))


def _disagree(photos: Sequence[Assessment], what_next: str) -> Note:
    return Note("mirror_asked", ask=Note("sides_disagree"), photos=_named(photos), next=Note(what_next))


def _named(photos: Sequence[Assessment]) -> str:
    frontal = sorted((ORDER.index(photo.pose.view), photo.photo.name) for photo in photos if photo.pose.view.frontal)
    return ", ".join(f"{name}: {ORDER[view]}" for view, name in frontal)
