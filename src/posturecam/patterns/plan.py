"""What to do first, and ``conclude``: findings, chain, plan and warnings under every safety rule."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from posturecam.body import Side, View
from posturecam.errors.facts import Note
from posturecam.knowledge import Knowledge
from posturecam.knowledge.advice import Remedy
from posturecam.knowledge.regions import RANK_NAMES, Region
from posturecam.patterns import Finding, MuscleSide, not_scored, score
from posturecam.patterns import red_flags as flags
from posturecam.patterns.answers import Answers
from posturecam.patterns.chain import OUT, Chain, empty, read_chain
from posturecam.patterns.evidence import Evidence, answer_words, grade_of
from posturecam.patterns.red_flags import Measured, RedFlag
from posturecam.text.language import _
from posturecam.text.language.sides import names_a_side, with_sides, without_side

UNDER_AGE, OLDEST = "under 18", "70 or over"
FALLS_WITH_AGE = ("craniovertebral_angle", "craniovertebral_proxy")
"""Measures whose bands are too strict from 75 on."""

FORWARD_WITH_AGE = Note("forward_with_age")
MOST_PER_STEP = 3
"""Exercises per region and phase; more is not done at home."""
_LAST = len(RANK_NAMES) - 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. rank: 0 what feeds it … 5 the whole; phase: stressor, release, activate or integrate."""

    rank: int
    place: str
    phase: str
    title: str
    how: str
    muscles: tuple[MuscleSide, ...]
    pattern: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in order. ``first`` comes before everything, None when nothing has to; steps may be none."""

    first: str | None
    steps: tuple[Step, ...]
    techniques: Mapping[str, str]
    dose: str
    self_check: str
    again: str
    stop: str


NOTHING = Plan(None, (), {}, "", "", "", "")


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Everything that follows from a set of measurements. ``notes`` are for the user."""

    findings: tuple[Finding, ...]
    chain: Chain
    plan: Plan
    red_flags: tuple[RedFlag, ...]
    notes: tuple[Note, ...]


def conclude(
    measurements: Iterable[Measured],
    views: Collection[View] | View,
    knowledge: Knowledge,
    answers: Answers | None = None,
    *,
    void: Note | None = None,
) -> Conclusion:
    """Draw every conclusion. ``void`` says why the numbers must not be read as posture; then nothing is scored."""
    measured, told = tuple(measurements), answers or Answers()
    warned = flags.answered(told, knowledge)
    if warned:
        return _silenced(warned, knowledge)
    if void:
        return Conclusion(not_scored(knowledge, void), empty(), NOTHING, (), ())
    if told.says("age_band", UNDER_AGE):
        return _under_age(flags.measured(measured, knowledge), knowledge)
    return concluded(score(measured, views, knowledge, told), measured, knowledge, told)


def concluded(
    findings: tuple[Finding, ...], measured: tuple[Measured, ...], knowledge: Knowledge, told: Answers
) -> Conclusion:
    """Draw the conclusions from findings that have been scored already."""
    limits = flags.measured(measured, knowledge)
    chain = read_chain(measured, findings, knowledge, told)
    plan = make_plan(findings, chain, limits, knowledge, told)
    return Conclusion(findings, chain, plan, limits, _notes(findings, measured, knowledge, told))


def _silenced(warned: tuple[RedFlag, ...], knowledge: Knowledge) -> Conclusion:
    """Say nothing but whom to see, why and how soon."""
    first = f"{warned[0].words} {' '.join(flag.reason for flag in warned)}"
    return Conclusion(
        (),
        empty(),
        _only(f"{knowledge.remedies.texts['professional']} {first}"),
        warned,
        (Note("from_tables", text=first),),
    )


def _under_age(limits: tuple[RedFlag, ...], knowledge: Knowledge) -> Conclusion:
    note = Note("under_age")
    first = _professional(limits, knowledge) if limits else None
    return Conclusion((), empty(), _only(first), limits, (note,))


def _only(first: str | None) -> Plan:
    return Plan(first, (), {}, "", "", "", "")


def _professional(limits: tuple[RedFlag, ...], knowledge: Knowledge) -> str:
    return f"{knowledge.remedies.texts['professional']} {' '.join(flag.reason for flag in limits)}"


def _notes(
    findings: tuple[Finding, ...], measured: tuple[Measured, ...], knowledge: Knowledge, answers: Answers
) -> tuple[Note, ...]:
    """Say kindly when nothing stands out, when pain voids the photo, which answers counted, and what age explains."""
    voided = next(
        (
            pattern
            for pattern in knowledge.patterns.values()
            if pattern.voids and _voids(pattern.key, findings, answers)
        ),
        None,
    )
    if voided:
        return (Note("from_tables", text=voided.variants[0].explanation),)
    age = _age(measured, knowledge) if answers.says("age_band", OLDEST) else ()
    if any(finding.found for finding in findings):
        return (*_counted(findings, knowledge), *age)
    if any(_is_out(measurement, knowledge) for measurement in measured):
        return (Note("nothing_fits"), *age)
    return (Note("nothing_stands_out"),)


def _is_out(measured: Measured, knowledge: Knowledge) -> bool:
    return grade_of(measured.key, measured.value, measured.sem, knowledge) in OUT


def _age(measured: Iterable[Measured], knowledge: Knowledge) -> tuple[Note, ...]:
    """Say what age explains of a head that is called forward."""
    forward = any(measurement.key in FALLS_WITH_AGE and _is_out(measurement, knowledge) for measurement in measured)
    return (FORWARD_WITH_AGE,) if forward else ()


def _voids(pattern: str, findings: tuple[Finding, ...], answers: Answers) -> bool:
    reason = next((finding.reason for finding in findings if finding.pattern == pattern), None)
    return reason is not None and reason.kind == "not_scored" and bool(answers.given)


def _counted(findings: tuple[Finding, ...], knowledge: Knowledge) -> tuple[Note, ...]:
    """Say how each answer counted in a pattern that is seen."""
    return tuple(
        _counts(piece, finding, knowledge)
        for finding in findings
        for piece in finding.evidence
        if finding.found and piece.measure.startswith("answer:")
    )


def _counts(piece: Evidence, finding: Finding, knowledge: Knowledge) -> Note:
    kind = "answer_for" if piece.supports else "answer_against"
    return Note(kind, answer=answer_words(piece.measure, knowledge), pattern=finding.name)


def make_plan(
    findings: tuple[Finding, ...],
    chain: Chain,
    red_flags: tuple[RedFlag, ...],
    knowledge: Knowledge,
    answers: Answers | None = None,
) -> Plan:
    """Order the work: what feeds it, then hips, spine, shoulder blades, neck; in each, release before activating."""
    texts = knowledge.remedies.texts
    if red_flags:
        return _only(_professional(red_flags, knowledge))
    by_pattern = {finding.pattern: finding for finding in findings}
    drivers = [by_pattern[driver.pattern] for driver in chain.drivers]
    if not drivers:
        return Plan(None, (), {}, "", texts["self_check"] if findings else "", texts["again"], texts["stop"])
    steps = (*_stressors(drivers, knowledge), *_exercises(drivers, knowledge), _integrate(drivers[0], texts))
    techniques = {key: texts[key] for key in ("release", "activate", "tender", "touch")}
    return Plan(None, steps, techniques, texts["dose"], _self_check(texts, answers), texts["again"], texts["stop"])


def _self_check(texts: Mapping[str, str], answers: Answers | None) -> str:
    older = answers is not None and any(answers.says("age_band", band) for band in ("60 to 69", OLDEST))
    return " ".join((texts["self_check"], _("Hold on to a chair."))) if older else texts["self_check"]


def _stressors(drivers: list[Finding], knowledge: Knowledge) -> tuple[Step, ...]:
    """Give what feeds the pattern, each once."""
    named = {key: finding for finding in reversed(drivers) for key in knowledge.patterns[finding.pattern].stressors}
    ordered = sorted(named, key=lambda key: drivers.index(named[key]))
    return tuple(
        _step(0, "stressor", knowledge.remedies.stressors[key], named[key].side, (), named[key].pattern)
        for key in ordered
    )


def _exercises(drivers: list[Finding], knowledge: Knowledge) -> tuple[Step, ...]:
    steps: list[Step] = []
    for rank in range(1, _LAST):
        for phase in ("release", "activate"):
            steps += _phase(rank, phase, drivers, knowledge)
    return tuple(steps)


def _phase(rank: int, phase: str, drivers: list[Finding], knowledge: Knowledge) -> list[Step]:
    """Give one region's releases or activations: each exercise once per side, the driver's own region first."""
    tight = {muscle for finding in drivers for muscle in finding.tight}
    grouped: dict[tuple[str, Side], tuple[Remedy, list[MuscleSide], str]] = {}
    for finding in drivers:
        home = knowledge.patterns[finding.pattern].region
        wanted = (
            finding.tight if phase == "release" else tuple(muscle for muscle in finding.weak if muscle not in tight)
        )
        here = [muscle for muscle in wanted if knowledge.muscles[muscle.muscle].region.rank == rank]
        for item in sorted(here, key=lambda muscle: _distance(knowledge.muscles[muscle.muscle].region, home)):
            remedy = knowledge.remedies.for_muscle(phase, item.muscle)
            if remedy is not None:
                grouped.setdefault((remedy.key, item.side), (remedy, [], finding.pattern))[1].append(item)
    rows = list(grouped.items())[:MOST_PER_STEP]
    return [_step(rank, phase, row[0], side, tuple(dict.fromkeys(row[1])), row[2]) for (_, side), row in rows]


def _distance(region: Region, home: Region) -> int:
    return abs(region.height - home.height)


def _step(rank: int, phase: str, remedy: Remedy, side: Side, muscles: tuple[MuscleSide, ...], pattern: str) -> Step:  # noqa: PLR0913, PLR0917
    title, how = sided(remedy.title, side), sided(remedy.how, side)
    if side is Side.BOTH and names_a_side(remedy.how):
        how = " ".join((how, _("Then the other side.")))
    return Step(rank, _(RANK_NAMES[rank]), phase, title, how, muscles, pattern)


def sided(text: str, side: Side) -> str:
    """Fill in the side; for both sides it is left out."""
    if side is Side.BOTH:
        return without_side(text.replace(_("on the {side}"), _("on both sides")))
    return with_sides(text, side)


def _integrate(driver: Finding, texts: Mapping[str, str]) -> Step:
    title = _("Put it together: balance tall on one foot, then look again")
    return Step(_LAST, _(RANK_NAMES[_LAST]), "integrate", title, texts["integrate"], (), driver.pattern)
