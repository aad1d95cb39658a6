"""What a score means in words: findings with their evidence for and against, and the muscles with their sides."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from posturecam.answers import Answers
from posturecam.body import Side, View
from posturecam.knowledge import Knowledge
from posturecam.knowledge.pattern_tables import Expect, Option, Pattern, Variant
from posturecam.patterns import engine
from posturecam.patterns.engine import BOTH, LEFT, VERDICTS, Grid, Scored

Z95 = 1.959964
_FOUND = ("consistent", "weak")


class Measured(Protocol):
    """Anything with a key, a value and a standard error, in the measure's unit."""

    @property
    def key(self) -> str:
        """The measure's key."""

    @property
    def value(self) -> float:
        """The value."""

    @property
    def sem(self) -> float:
        """The total standard error."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence that was observed. ``measure`` joins several keys with + and − where a sum counts."""

    measure: str
    value: float
    weight: int
    supports: bool
    words: str
    expected: str
    credit: float


@dataclass(frozen=True, slots=True)
class MuscleSide:
    """A muscle of muscles.toml and its side."""

    muscle: str
    side: Side


@dataclass(frozen=True, slots=True)
class Finding:
    """One pattern and what the numbers say of it.

    side         the side it is named after (for P01 the high hip), or both
    verdict      consistent, weak, not_seen or not_assessed
    tight, weak  only for what is consistent or weak: a pattern that is not seen says nothing of muscles
    reason       why it was not assessed; ``subsumed_by`` the stronger pattern under which it is listed
    severity     mild, moderate or marked; capped at mild for a normal variant
    """

    pattern: str
    name: str
    side: Side
    score: float
    verdict: str
    evidence: tuple[Evidence, ...]
    tight: tuple[MuscleSide, ...]
    weak: tuple[MuscleSide, ...]
    explanation: str
    reason: str | None = None
    grade: str = "tradition"
    severity: str | None = None
    normal_variant: bool = False
    subsumed_by: str | None = None

    @property
    def found(self) -> bool:
        """Whether it is at least weakly seen."""
        return self.verdict in _FOUND


def score(
    measurements: Iterable[Measured],
    views: Collection[View] | View,
    knowledge: Knowledge,
    answers: Answers | None = None,
) -> tuple[Finding, ...]:
    """Score every pattern on one person's measurements, the strongest first. See ``engine`` for the formula."""
    seen = frozenset({View(views)} if isinstance(views, str) else {View(view) for view in views})
    told = answers or Answers()
    person = by_key(measurements)
    grid = engine.grid_of([person], told, engine.columns(knowledge))
    scored = engine.score_grid(grid, knowledge)
    findings = [_finding(knowledge.patterns[key], one, grid, seen, knowledge) for key, one in scored.items()]
    return arranged(_voided(findings, knowledge), knowledge)


def by_key(measurements: Iterable[Measured]) -> dict[str, tuple[float, float]]:
    """Value and standard error by key; of several with one key the surest counts."""
    person: dict[str, tuple[float, float]] = {}
    for one in measurements:
        if one.key not in person or one.sem < person[one.key][1]:
            person[one.key] = (one.value, one.sem)
    return person


def arranged(findings: Iterable[Finding], knowledge: Knowledge) -> tuple[Finding, ...]:
    """Mark what a stronger pattern subsumes and put the strongest first."""
    by_pattern = {finding.pattern: finding for finding in findings}
    for parent in tuple(by_pattern.values()):
        for key in knowledge.patterns[parent.pattern].subsumes if parent.found else ():
            child = by_pattern.get(key)
            if child and child.found and child.side == parent.side and _strength(child) <= _strength(parent):
                by_pattern[key] = replace(child, subsumed_by=parent.pattern)
    order = {key: number for number, key in enumerate(knowledge.patterns)}
    return tuple(
        sorted(
            by_pattern.values(),
            key=lambda one: (-_strength(one), one.subsumed_by is not None, -one.score, order[one.pattern]),
        )
    )


def _strength(finding: Finding) -> int:
    return VERDICTS.index(finding.verdict)


def _voided(findings: Sequence[Finding], knowledge: Knowledge) -> Sequence[Finding]:
    """Score nothing where a pattern that voids the photo holds: a body in pain guards itself."""
    voids = [one for one in findings if one.found and knowledge.patterns[one.pattern].voids]
    return (
        not_scored(knowledge, f"not scored: {knowledge.patterns[voids[0].pattern].variants[0].expects[0].words}")
        if (voids)
        else findings
    )


def not_scored(knowledge: Knowledge, reason: str) -> tuple[Finding, ...]:
    """Give every pattern as not assessed, for one reason."""
    return tuple(
        Finding(
            pattern.key,
            pattern.name,
            Side.BOTH,
            0.0,
            "not_assessed",
            (),
            (),
            (),
            f"{reason[0].upper()}{reason[1:]}.",
            reason=reason,
            grade=pattern.grade,
            normal_variant=pattern.normal_variant,
        )
        for pattern in knowledge.patterns.values()
    )


def _finding(pattern: Pattern, scored: Scored, grid: Grid, views: frozenset[View], knowledge: Knowledge) -> Finding:
    variant = pattern.variants[int(scored.variant[0])]
    verdict = VERDICTS[int(scored.verdict[0])]
    side = (Side.LEFT, Side.RIGHT, Side.BOTH)[int(scored.side[0])]
    evidence = _evidence(variant, side, pattern, grid, knowledge)
    reason = missing(variant, pattern, grid, views, knowledge) if verdict == "not_assessed" else None
    found = verdict in _FOUND
    name = f"{pattern.name}: {variant.name}" if variant.name and found else pattern.name
    return Finding(
        pattern.key,
        name,
        side,
        round(float(scored.score[0]), 4),
        verdict,
        evidence,
        muscles(variant.tight, side) if found else (),
        muscles(variant.weak, side) if found else (),
        explained(variant, verdict, side, reason),
        reason=reason,
        grade=pattern.grade,
        severity=_severity(variant, side, grid, knowledge, pattern) if found else None,
        normal_variant=pattern.normal_variant,
    )


def muscles(named: Iterable[tuple[str, str]], side: Side) -> tuple[MuscleSide, ...]:
    """Give each muscle its real side."""
    places = {"same": side, "opposite": side.other, "both": Side.BOTH}
    return tuple(MuscleSide(muscle, places[place]) for muscle, place in named)


def explained(variant: Variant, verdict: str, side: Side, reason: str | None) -> str:
    """Say what the verdict means, in the words of the table."""
    if verdict == "not_assessed":
        return f"Not assessed: {reason}." if reason else "Not assessed."
    if verdict == "not_seen":
        return "Not seen in these measurements."
    text = variant.explanation.format(**names_of(side))
    return text if verdict == "consistent" else f"There are signs of this, too weak to lean on. {text}"


def names_of(side: Side) -> Mapping[str, str]:
    """Give the words for {side} and {other}."""
    if side is Side.BOTH:
        return {"side": "left and right", "other": "left and right"}
    return {"side": side.value, "other": side.other.value}


def _grids(side: Side, grid: Grid, knowledge: Knowledge) -> tuple[tuple[Side, Grid], ...]:
    """Give the frames in which evidence is read: the pattern's own side, or both where it has none."""
    frames = {Side.LEFT: (Side.LEFT, grid), Side.RIGHT: (Side.RIGHT, grid.mirrored(knowledge))}
    return tuple(frames.values()) if side is Side.BOTH else (frames[side],)


def _evidence(variant: Variant, side: Side, pattern: Pattern, grid: Grid, knowledge: Knowledge) -> tuple[Evidence, ...]:
    """Collect the observed evidence; where the sides tie, a piece supports only what holds on both."""
    frames = _grids(Side.LEFT if pattern.sided == "both" else side, grid, knowledge)
    found: dict[str, Evidence] = {}
    for frame_side, frame in frames:
        for expect in variant.expects:
            one = _piece(expect, frame_side, frame, knowledge, shown=side)
            if one is None:
                continue
            known = found.get(one.measure)
            both = known is None or (known.supports and one.supports)
            found[one.measure] = one if known is None else replace(known, supports=both)
    return tuple(found.values())


def _piece(expect: Expect, side: Side, frame: Grid, knowledge: Knowledge, shown: Side) -> Evidence | None:
    """Read one piece of evidence in the frame of a side; None when nobody measured it."""
    for option in expect.options:
        pair = engine.combined(option, frame)
        if pair is None:
            continue
        value, sem = float(pair[0][0]), float(pair[1][0])
        chance = float(engine.inside(option.low, option.high, *pair)[0])
        credit = max(0.0, 2.0 * chance - 1.0)
        own = _own_keys(option, side)
        sign = _sign_back(option, side, knowledge)
        return Evidence(
            measure=own,
            value=round(sign * value, 4),
            weight=expect.weight,
            supports=credit > 0.0,
            words=_words(option, own, value, sem, sign, side, knowledge),
            expected=expect.words.format(**names_of(shown)),
            credit=round(credit, 4),
        )
    return None


def _own_keys(option: Option, side: Side) -> str:
    """Name what was measured, in the person's own left and right."""
    keys = [engine.mirrored_column(key) if side is Side.RIGHT else key for key in option.terms]
    signs = [
        "" if number == 0 and factor > 0 else " + " if factor > 0 else " - "
        for number, factor in enumerate(option.terms.values())
    ]
    return "".join(f"{sign}{key}" for sign, key in zip(signs, keys, strict=True)).strip()


def _sign_back(option: Option, side: Side, knowledge: Knowledge) -> float:
    """Return the sign that turns a mirrored value back into the person's own convention (sums stay as they are)."""
    if side is not Side.RIGHT or len(option.terms) > 1:
        return 1.0
    return engine.sign_of(next(iter(option.terms)), knowledge)


def _words(option: Option, own: str, value: float, sem: float, sign: float, side: Side, knowledge: Knowledge) -> str:  # noqa: PLR0913, PLR0917
    """Say what was seen: the measure's own words, the sum's, or the answer's."""
    if own.startswith("answer:"):
        question, choice = own.removeprefix("answer:").split("=")
        said = knowledge.questions[question].words[choice]
        return f"you said: {said}" if value else f"you did not say: {said}"
    if len(option.terms) > 1:
        unit = knowledge.norm(next(iter(option.terms))).size(abs(value))
        template = option.plus if value >= 0 else option.minus
        return template.format(size=unit, **names_of(side))
    norm = knowledge.norm(own)
    measured = sign * value
    return norm.words(measured, norm.severity(measured, measured - Z95 * sem, measured + Z95 * sem))


def missing(variant: Variant, pattern: Pattern, grid: Grid, views: frozenset[View], knowledge: Knowledge) -> str:
    """Say what it would take: first what the gates need, else all that was not observed."""
    frames = _grids(Side.LEFT if pattern.sided == "both" else Side.BOTH, grid, knowledge)
    unseen = [
        expect
        for expect in variant.expects
        if any(not any(engine.combined(option, frame) for option in expect.options) for _, frame in frames)
    ]
    gates = [expect for expect in unseen if expect.gate == "yes"]
    needs = [_needs(expect.options, views, knowledge) for expect in gates or unseen]
    return f"needs {_listed(tuple(dict.fromkeys(needs)))}"


def _needs(options: Sequence[Option], views: frozenset[View], knowledge: Knowledge) -> str:
    """Say the easiest way to see one expectation: any of its options will do."""
    ways = tuple(dict.fromkeys(_way(key, views, knowledge) for option in options for key in tuple(option.terms)[:1]))
    easiest = [way for way in ways if "side photo" in way and "outline" not in way]
    return easiest[0] if easiest else " or ".join(ways)


def _way(key: str, views: frozenset[View], knowledge: Knowledge) -> str:
    if key.startswith("answer:"):
        return "your answers (posturecam ask)"
    norm = knowledge.norm(key)
    if norm.needs:
        return norm.needs
    if not views & set(norm.views):
        return "a front or back photo"
    return f"the {norm.plain}, which could not be measured"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


_SIZES = ("neutral", "within_noise", "mild", "moderate", "marked")


def _severity(variant: Variant, side: Side, grid: Grid, knowledge: Knowledge, pattern: Pattern) -> str:
    """Grade by the most uneven gate measure; at least mild, and never more for a normal variant."""
    worst = _SIZES.index("mild")
    for _, frame in _grids(Side.LEFT if pattern.sided == "both" else side, grid, knowledge):
        for expect in variant.expects:
            worst = max(worst, _size(expect, frame, knowledge))
    return "mild" if pattern.normal_variant else _SIZES[worst]


def _size(expect: Expect, frame: Grid, knowledge: Knowledge) -> int:
    option = next((one for one in expect.options if engine.combined(one, frame)), None)
    key = next(iter(option.terms)) if option and len(option.terms) == 1 else ""
    if expect.gate == "no" or option is None or key not in knowledge.norms:
        return 0
    pair = engine.combined(option, frame)
    assert pair is not None  # noqa: S101  (chosen above)
    value, sem = float(pair[0][0]), float(pair[1][0])
    return _SIZES.index(knowledge.norm(key).severity(value, value - Z95 * sem, value + Z95 * sem))


__all__ = ["BOTH", "LEFT", "Evidence", "Finding", "Measured", "MuscleSide", "score"]
