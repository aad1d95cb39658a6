"""What the tests of patterns share: people made of measurements, in the mirror and out of it."""

from collections.abc import Iterable, Mapping

from hypothesis import strategies as st

from posturecam.body import View
from posturecam.knowledge import load
from posturecam.measures.measurement import mirrored_key
from posturecam.patterns import Finding, MuscleSide, score
from posturecam.patterns.answers import Answers
from posturecam.patterns.engine import sign_of
from posturecam.storage.rescoring import StoredReading

KNOWLEDGE = load()
FRONTAL = {key: norm.centre for key, norm in KNOWLEDGE.norms.items() if norm.tier == "points"}
"""A level person from the front."""

CROSS_BODY = {"hip_tilt": 5.0, "shoulder_tilt": -4.0, "head_tilt": 0.0, "trunk_bend": 9.0, "neck_bend": -4.0}


def person(values: Mapping[str, float], sem: float = 0.6) -> tuple[StoredReading, ...]:
    """A person from the front: level but for ``values``."""
    return tuple(StoredReading(key, value, sem) for key, value in {**FRONTAL, **values}.items())


def found(measurements: Iterable[StoredReading], answers: Answers | None = None) -> dict[str, Finding]:
    """The findings by pattern."""
    return {one.pattern: one for one in score(measurements, View.FRONT, KNOWLEDGE, answers)}


def in_mirror(measurements: Iterable[StoredReading]) -> tuple[StoredReading, ...]:
    """The same person's mirror image."""
    return tuple(
        StoredReading(mirrored_key(one.key), sign_of(one.key, KNOWLEDGE) * one.value, one.sem) for one in measurements
    )


def muscles_in_mirror(muscles: Iterable[MuscleSide]) -> tuple[MuscleSide, ...]:
    """The same muscles on the other side."""
    return tuple(MuscleSide(one.muscle, one.side.other) for one in muscles)


@st.composite
def people(draw: st.DrawFn) -> tuple[StoredReading, ...]:
    """Any set of measurements, of any size, from any view."""
    keys = draw(st.lists(st.sampled_from(sorted(KNOWLEDGE.norms)), unique=True, min_size=1, max_size=40))
    readings = []
    for key in keys:
        norm = KNOWLEDGE.norm(key)
        off = draw(st.floats(-3.0, 3.0)) * (norm.bands or (norm.step,) * 3)[1]
        readings.append(StoredReading(key, norm.centre + off, draw(st.floats(0.0, 2.0)) * norm.step))
    return tuple(readings)


@st.composite
def histories(draw: st.DrawFn) -> Answers:
    """Any answers but pain today, which voids everything."""
    given = {}
    for key, question in KNOWLEDGE.questions.items():
        if key not in ("pain_today", "age_band") and draw(st.booleans()):
            given[key] = (draw(st.sampled_from(question.choices)),)
    return Answers(given)
