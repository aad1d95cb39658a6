"""The same measure from several photos, combined by its errors; a contradiction is shown, never averaged away.

Photos of one view are re-stands: their mean, and the spread between them joins the standard error. What several views
then say of the same measure is weighted by the inverse of its variance, and how far they differ beyond their errors
widens the interval; where the 95 % intervals of two photos of one view, or of two views, do not even touch, nothing is
averaged. The errors of two views are taken to go half together: what the network pulls towards level in front it pulls
towards level from behind as well, so a second view brings less than independence would promise.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

import numpy as np

from posturecam.body import View
from posturecam.errors.facts import Fact, Reason
from posturecam.knowledge import Knowledge
from posturecam.knowledge.norms import Norm
from posturecam.measures.error_propagation import joint_words
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import Z95, Measurement, graded
from posturecam.pipeline.assessment import Assessment

TOGETHER = 0.5
"""Correlation assumed between the errors of two views of one person: no photos at hand could measure it."""

ORDER = (View.FRONT, View.BACK, View.LEFT, View.RIGHT)


@dataclass(frozen=True, slots=True)
class FromView:
    """What one view says of a measure, from ``photos`` of it; ``name`` where it is one of several re-stands."""

    view: View
    photos: int
    value: float
    sem: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Combined:
    """A measurement of the whole exam, and the views it comes from; none for what the balance test tells."""

    measurement: Measurement
    parts: tuple[FromView, ...]

    @property
    def views(self) -> tuple[str, ...]:
        """Names of the views."""
        return tuple(part.view.value for part in self.parts)

    @property
    def photos(self) -> int:
        """Number of photos that it rests on."""
        return sum(part.photos for part in self.parts)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A measure of which two views, or two photos of one view, say what cannot both be true."""

    key: str
    parts: tuple[FromView, ...]
    words: Reason


def combine(
    assessments: Sequence[Assessment], knowledge: Knowledge
) -> tuple[tuple[Combined, ...], tuple[Conflict, ...]]:
    """Combine every measure of the assessments, in the order of the knowledge tables."""
    keys = {measurement.key for assessment in assessments for measurement in assessment.measurements}
    combined, conflicts = [], []
    for key in (key for key in knowledge.norms if key in keys):
        parts = tuple(from_views(assessments, key))
        told_apart = tuple(contradicting_restands(assessments, parts, key))
        if disagreeing(parts) or told_apart:
            shown = told_apart or parts
            conflicts.append(Conflict(key, shown, conflict_words(key, shown, knowledge)))
        else:
            combined.append(Combined(_measurement(key, parts, assessments, knowledge), parts))
    return tuple(combined), tuple(conflicts)


def contradicting_restands(
    assessments: Sequence[Assessment], parts: Iterable[FromView], key: str
) -> Iterable[FromView]:
    """Give the parts with each view whose photos contradict each other taken apart; nothing where none do."""
    apart = {part.view: single_photos(assessments, part.view, key) for part in parts if part.photos > 1}
    broken = {view: photos for view, photos in apart.items() if disagreeing(photos)}
    return chain.from_iterable(broken.get(part.view, (part,)) for part in parts) if broken else ()


def single_photos(assessments: Iterable[Assessment], view: View, key: str) -> tuple[FromView, ...]:
    """Give what each photo of a view says of a measure by itself."""
    return tuple(
        FromView(view, 1, measurement.value, measurement.sem, assessment.photo.name)
        for assessment in assessments
        if assessment.pose.view is view
        for measurement in assessment.measurements
        if measurement.key == key
    )


def from_views(assessments: Iterable[Assessment], key: str) -> Iterable[FromView]:
    """Give what each view says of a measure; several photos of one view are re-stands."""
    by_view: dict[View, list[Measurement]] = {}
    for assessment in assessments:
        for measurement in assessment.measurements:
            if measurement.key == key:
                by_view.setdefault(assessment.pose.view, []).append(measurement)
    for view in (view for view in ORDER if view in by_view):
        yield restands(view, by_view[view])


def restands(view: View, taken: Sequence[Measurement]) -> FromView:
    """Take the mean of several photos of one view; the standard error of their mean joins their own.

    What the network gets wrong of a person it gets wrong in each of the photos, so their own errors do not average out.
    """
    values, sems = (np.array([getattr(measurement, name) for measurement in taken]) for name in ("value", "sem"))
    own = float(np.sqrt((sems**2).mean()))
    between = float(values.std(ddof=1) / np.sqrt(len(taken))) if len(taken) > 1 else 0.0
    return FromView(view, len(taken), float(values.mean()), float(np.hypot(own, between)))


def disagreeing(parts: Sequence[FromView]) -> bool:
    """Whether the 95 % intervals of any two views, or photos, do not touch."""
    return any(abs(a.value - b.value) > Z95 * (a.sem + b.sem) for a, b in combinations(parts, 2))


def weighted(parts: Sequence[FromView]) -> Estimate:
    """Weight each view by the inverse of its variance; their errors go half together.

    What the views differ beyond their errors joins each variance (a random-effects mean: DerSimonian & Laird 1986).
    """
    values, own = np.array([part.value for part in parts]), np.array([max(part.sem, 1e-9) for part in parts])
    beyond = max(0.0, float(values.var(ddof=1) - (own**2).mean())) if len(parts) > 1 else 0.0
    sems = np.sqrt(own**2 + beyond)
    weights = sems**-2.0 / (sems**-2.0).sum()
    value = float(weights @ values)
    shared = np.full((len(parts), len(parts)), TOGETHER) + (1.0 - TOGETHER) * np.eye(len(parts))
    errors = weights * sems
    return Estimate(value, float(np.sqrt(errors @ shared @ errors)))


def _measurement(
    key: str, parts: tuple[FromView, ...], assessments: Sequence[Assessment], knowledge: Knowledge
) -> Measurement:
    """Give the combined measurement; a single photo's own comes through unchanged."""
    own = [
        measurement for assessment in assessments for measurement in assessment.measurements if measurement.key == key
    ]
    if len(own) == 1:
        return own[0]
    combined = graded(knowledge, key, weighted(parts), vertical_effect=0.0, sigma_deg=0.0, raw=None)
    return replace(
        combined, components=_mean_components(own), placed=joint_words([measurement.placed for measurement in own])
    )


def _mean_components(taken: Sequence[Measurement]) -> tuple[tuple[str, float], ...]:
    """Average an index's parts over several photos; an index is seen in one view only."""
    by_name: dict[str, list[float]] = {}
    for name, value in (part for measurement in taken for part in measurement.components):
        by_name.setdefault(name, []).append(value)
    return tuple((name, float(np.mean(values))) for name, values in by_name.items())


def conflict_words(key: str, parts: Sequence[FromView], knowledge: Knowledge) -> Reason:
    """Tell what each view says, or each photo by its name, and that it was not averaged."""
    norm = knowledge.norm(key)
    said = tuple(said_by(part.name or part.view, norm, part.value) for part in parts)
    sides = not any(part.view.frontal or part.name for part in parts)
    return Reason("sides_differ" if sides else "photos_contradict", plain=norm.plain, said=said)


def said_by(where: View | str, norm: Norm, value: float) -> Fact:
    """Tell what a view, or a photo by its name, says of a measure."""
    return Fact("said_by", where=where, measure=norm.key, value=value, words=norm.words(value, ""))
