"""The cases in which each pattern must not fire, and in which it must: tried with the tables of today."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from posturecam.body import Side, View
from posturecam.knowledge import Knowledge
from posturecam.knowledge.loading import BUILT_IN
from posturecam.measures.measurement import mirrored_key
from posturecam.patterns import Finding, score
from posturecam.patterns.answers import Answers, check_answers
from posturecam.storage.rescoring.stored_object import StoredReading

DEFAULT_SEM = 0.6
_VIEWS = {"front": (View.FRONT,), "side": (View.LEFT,), "all": (View.FRONT, View.LEFT)}


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what differs from a level person, and what must come of it. ``side`` is None when it must not fire."""

    pattern: str
    why: str
    base: str
    values: Mapping[str, float]
    side: Side | None
    drop: str
    sem: float = DEFAULT_SEM
    sems: Mapping[str, float] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def views(self) -> tuple[View, ...]:
        """From where the person was seen."""
        return _VIEWS[self.base]


def cases(knowledge: Knowledge) -> Iterator[Case]:
    """Give every case of the built-in tables, those that must not fire first; sided ones on both sides."""
    data = tomllib.loads((BUILT_IN / "cases.toml").read_text("utf-8"))
    for pattern, rows in data.items():
        for row in rows.get("not", ()):
            yield _case(pattern, rows, row, None)
        for row in rows.get("fires", ()):
            yield from _firing(_case(pattern, rows, row, Side.LEFT), row, knowledge)


def _case(pattern: str, rows: Mapping[str, Any], row: Mapping[str, Any], side: Side | None) -> Case:
    return Case(
        pattern=pattern,
        why=row["why"],
        base=rows["base"],
        values=row.get("values", {}),
        side=side,
        drop=row.get("drop", rows["drop"]),
        sem=row.get("sem", DEFAULT_SEM),
        sems=row.get("sems", {}),
        answers=row.get("answers", {}),
    )


def _firing(case: Case, row: Mapping[str, Any], knowledge: Knowledge) -> Iterator[Case]:
    """Give a firing case as stated and, where the pattern has sides, in the mirror."""
    if knowledge.patterns[case.pattern].sided == "both" or row.get("side") == Side.BOTH:
        yield replace(case, side=Side.BOTH)
        return
    yield case
    yield mirrored_case(case, knowledge)


def mirrored_case(case: Case, knowledge: Knowledge) -> Case:
    """Return the case in the mirror."""
    swap = {"left": "right", "right": "left"}
    signs = {key: -1.0 if knowledge.norm(key).mirror == "odd" else 1.0 for key in case.values}
    return replace(
        case,
        values={mirrored_key(key): signs[key] * value for key, value in case.values.items()},
        sems={mirrored_key(key): sem for key, sem in case.sems.items()},
        answers={
            key: swap.get(answer, answer) if isinstance(answer, str) else answer for key, answer in case.answers.items()
        },
        side=None if case.side is None else case.side.other,
        drop=mirrored_key(case.drop),
    )


def case_readings(case: Case, knowledge: Knowledge) -> tuple[StoredReading, ...]:
    """Give the whole person: level but for what the case states, with the side-bends that follow from the tilts."""
    values = {**_level(case.base, knowledge), **case.values}
    if case.base != "side":
        values = {**values, **_following(values), **case.values}
    return tuple(StoredReading(key, value, case.sems.get(key, case.sem)) for key, value in values.items())


def _level(base: str, knowledge: Knowledge) -> dict[str, float]:
    """Give what every photo of this kind measures, at its usual value."""
    tiers = {"front": ("points",), "side": ("side photo",), "all": ("points", "side photo")}[base]
    stand_ins = ("craniovertebral_proxy", "shoulder_protraction")
    return {key: norm.centre for key, norm in knowledge.norms.items() if norm.tier in tiers and key not in stand_ins}


def _following(values: Mapping[str, float]) -> dict[str, float]:
    hip, shoulder, head = (values[key] for key in ("hip_tilt", "shoulder_tilt", "head_tilt"))
    bends = {"trunk_bend": hip - shoulder, "neck_bend": shoulder - head}
    return {**bends, "hip_adduction_left": hip, "hip_adduction_right": -hip}


def answers_of(case: Case, knowledge: Knowledge) -> Answers:
    """Give the case's answers."""
    return check_answers(case.answers, knowledge)


def tried(case: Case, knowledge: Knowledge) -> Finding:
    """Score the case and return the finding of its pattern."""
    findings = score(case_readings(case, knowledge), case.views, knowledge, answers_of(case, knowledge))
    return next(finding for finding in findings if finding.pattern == case.pattern)


def dropped(case: Case, knowledge: Knowledge) -> Finding:
    """Score the case without the gate measure (or answer) that it names."""
    question = case.drop.removeprefix("answer:") if case.drop.startswith("answer:") else ""
    fewer = replace(case, answers={key: answer for key, answer in case.answers.items() if key != question})
    kept = tuple(reading for reading in case_readings(fewer, knowledge) if reading.key != case.drop)
    findings = score(kept, case.views, knowledge, answers_of(fewer, knowledge))
    return next(finding for finding in findings if finding.pattern == case.pattern)
