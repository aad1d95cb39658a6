"""The numbers that stand out, in sentences: what lies beyond the usual range, and what is too close to call."""

from collections.abc import Iterable

from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Measurement
from posturecam.measures.millimetres import TWINS
from posturecam.pipeline.assessment import Assessment
from posturecam.text.labels import STANDING_OUT, plain_words, plus_minus, stands_out
from posturecam.text.language import N_, _

MOST_NAMED = 3
"""Measurements named in one sentence: more would not be read."""

MORE_PHOTOS = N_("More photos, stepping off the spot in between, would tell.")


def sizes(assessment: Assessment, knowledge: Knowledge) -> list[str]:
    """Give both sentences, as far as there is something to say."""
    return [measurement for measurement in (beyond_usual(assessment), too_close(assessment, knowledge)) if measurement]


def _once(assessment: Assessment) -> Iterable[Measurement]:
    """Give the measurements without those that say in millimetres what another one says."""
    return (measurement for measurement in assessment.measurements if measurement.key not in TWINS)


def beyond_usual(assessment: Assessment) -> str | None:
    """Name the measurements that stand out most, or None when none does."""
    out = sorted(filter(stands_out, _once(assessment)), key=_prominence, reverse=True)
    named = [f"{measurement.words} ({plus_minus(measurement)})" for measurement in out[:MOST_NAMED]]
    more = len(out) - len(named)
    rest = [_("{more} more in the table", more=more)] if more else []
    return _("Beyond what is usual: {names}.", names="; ".join([*named, *rest])) if named else None


def too_close(assessment: Assessment, knowledge: Knowledge) -> str | None:
    """Name what looks larger than usual but does not clear its own noise, or None when there is nothing of the kind."""
    near = [
        measurement
        for measurement in _once(assessment)
        if measurement.severity == "within_noise" and _beyond(measurement, knowledge) > 0
    ]
    near.sort(key=lambda measurement: _beyond(measurement, knowledge) / max(measurement.sem, 1e-9), reverse=True)
    named = "; ".join(f"{plain_words(measurement)} ({plus_minus(measurement)})" for measurement in near[:MOST_NAMED])
    if not named:
        return None
    more_photos = _(MORE_PHOTOS)
    return _(
        "Larger than usual, but within their own noise: {named}. {more_photos}", named=named, more_photos=more_photos
    )


def _beyond(measurement: Measurement, knowledge: Knowledge) -> float:
    """How far a value lies beyond the usual range, in its unit; negative inside."""
    norm = knowledge.norm(measurement.key)
    return norm.deviation(measurement.value) - norm.step


def _prominence(measurement: Measurement) -> tuple[int, float]:
    """Order by severity, then by size in standard errors."""
    return STANDING_OUT.index(measurement.severity), abs(measurement.value) / max(measurement.sem, 1e-9)
