"""What a score means in words: findings with their evidence for and against, and the muscles with their sides."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Any

from posturecam.body import Side, View
from posturecam.errors.facts import Fact, Reason
from posturecam.knowledge import Knowledge
from posturecam.knowledge.norms import Severity
from posturecam.knowledge.pattern_tables import Option, Pattern, Variant
from posturecam.patterns import engine
from posturecam.patterns.answers import Answers
from posturecam.patterns.engine import VERDICTS, Scored, Verdict
from posturecam.patterns.evidence import SIDES, Evidence, collect, frames_of, severity_of
from posturecam.patterns.red_flags import Measured, by_key
from posturecam.text.language import _, listed
from posturecam.text.language.sides import names_of

FOUND = ("consistent", "weak")


@dataclass(frozen=True, slots=True)
class MuscleSide:
    """A muscle of muscles.toml and its side."""

    muscle: str
    side: Side


@dataclass(frozen=True, slots=True)
class Finding:
    """One pattern and what the numbers say of it.

    side         the side it is named after (for P01 the high hip); both where it has none or is not seen
    verdict      consistent, weak, not_seen or not_assessed; the score of what was not assessed is 0
    tight, weak  only for what is consistent or weak: a pattern that is not seen says nothing of muscles
    reason       why it was not assessed; ``subsumed_by`` the stronger pattern under which it is listed
    severity     mild, moderate or marked; capped at mild for a normal variant
    """

    pattern: str
    name: str
    side: Side
    score: float
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    tight: tuple[MuscleSide, ...]
    weak: tuple[MuscleSide, ...]
    explanation: Fact
    reason: Reason | None = None
    grade: str = "tradition"
    severity: Severity | None = None
    normal_variant: bool = False
    subsumed_by: str | None = None

    @property
    def found(self) -> bool:
        """Whether it is at least weakly seen."""
        return self.verdict in FOUND

    @property
    def leans_on_noise(self) -> bool:
        """Whether the deviation that leads it lies within its own noise: then it is a hint, whatever the score."""
        return any(piece.leads and piece.in_noise for piece in self.evidence)


def score(
    measurements: Iterable[Measured],
    views: Collection[View] | View,
    knowledge: Knowledge,
    answers: Answers | None = None,
) -> tuple[Finding, ...]:
    """Score every pattern on one person's measurements, the strongest first. See ``engine`` for the formula."""
    person = by_key(measurements)
    grid = engine.grid_of([person], answers or Answers(), engine.columns(knowledge))
    return findings_of(engine.score_grid(grid, knowledge), 0, view_set(views), knowledge)


def view_set(views: Collection[View] | View) -> frozenset[View]:
    """Bring one view or several to a set."""
    return frozenset({View(views)}) if isinstance(views, str) else frozenset(View(view) for view in views)


def findings_of(
    scored: Mapping[str, Scored], row: int, views: frozenset[View], knowledge: Knowledge
) -> tuple[Finding, ...]:
    """Tell what one row of a scored grid means, the strongest pattern first."""
    for key, item in scored.items():
        if knowledge.patterns[key].voids and item.verdict[row] >= engine.WEAK:
            return not_scored(knowledge, Fact("from_tables", text=knowledge.patterns[key].variants[0].expects[0].words))
    findings = [finding_of(knowledge.patterns[key], entry, row, views, knowledge) for key, entry in scored.items()]
    return arranged(findings, knowledge)


def arranged(findings: Iterable[Finding], knowledge: Knowledge) -> tuple[Finding, ...]:
    """Mark what a stronger pattern subsumes; what is found comes first, the strongest at the top."""
    by_pattern = {finding.pattern: finding for finding in findings}
    found = {finding.pattern: (_strength(finding), finding.side) for finding in by_pattern.values() if finding.found}
    for child, parent in subsumed(found, knowledge).items():
        by_pattern[child] = replace(by_pattern[child], subsumed_by=parent)
    return tuple(
        sorted(
            by_pattern.values(), key=lambda finding: by_strength(_strength(finding), finding.subsumed_by, finding.score)
        )
    )


def subsumed(found: Mapping[str, tuple[int, Side]], knowledge: Knowledge) -> dict[str, str]:
    """Give the parent of each found pattern (verdict code, side) that a pattern at least as strong subsumes."""
    parents = {}
    for parent, (strength, side) in found.items():
        for child in knowledge.patterns[parent].subsumes:
            if child in found and found[child][1] == side and found[child][0] <= strength:
                parents[child] = parent
    return parents


def by_strength(verdict: int, parent: str | None, score: float) -> tuple[int, bool, float]:
    """Give the key that sorts findings; what is not found stays in the order of the catalogue."""
    if verdict < engine.WEAK:
        return -verdict, False, 0.0
    return -verdict, parent is not None, -score


def _strength(finding: Finding) -> int:
    return VERDICTS.index(finding.verdict)


def not_scored(knowledge: Knowledge, why: Fact) -> tuple[Finding, ...]:
    """Give every pattern as not assessed, for one reason."""
    reason = Reason("not_scored", why=why)
    return tuple(
        Finding(
            pattern=pattern.key,
            name=pattern.name,
            side=Side.BOTH,
            score=0.0,
            verdict=VERDICTS[engine.NOT_ASSESSED],
            evidence=(),
            tight=(),
            weak=(),
            explanation=Fact("nothing_scored", sentence=reason),
            reason=reason,
            grade=pattern.grade,
            normal_variant=pattern.normal_variant,
        )
        for pattern in knowledge.patterns.values()
    )


def finding_of(pattern: Pattern, scored: Scored, row: int, views: frozenset[View], knowledge: Knowledge) -> Finding:
    """Tell what one row says of one pattern."""
    variant = pattern.variants[int(scored.variant[row])]
    verdict, side = VERDICTS[int(scored.verdict[row])], SIDES[int(scored.side[row])]
    evidence = collect(pattern, scored, row, knowledge)
    found = verdict in FOUND
    reason = missing(pattern, scored, row, views, knowledge) if verdict == "not_assessed" else None
    return Finding(
        pattern=pattern.key,
        name=pattern_title(pattern, variant, found=found),
        side=side if found else Side.BOTH,
        score=round(float(scored.score[row]), 4),
        verdict=verdict,
        evidence=evidence,
        tight=muscles_of(variant.tight, side) if found else (),
        weak=muscles_of(variant.weak, side) if found else (),
        explanation=explained(variant, verdict, side, reason),
        reason=reason,
        grade=pattern.grade,
        severity=severity_of(pattern, (piece.severity for piece in evidence if piece.supports)) if found else None,
        normal_variant=pattern.normal_variant,
    )


def pattern_title(pattern: Pattern, variant: Variant, *, found: bool) -> str:
    """Name the pattern, with its form where that is known."""
    return f"{pattern.name}: {variant.name}" if variant.name and found else pattern.name


def muscles_of(named: Iterable[tuple[str, str]], side: Side) -> tuple[MuscleSide, ...]:
    """Give each muscle its real side."""
    places = {"same": side, "opposite": side.other, "both": Side.BOTH}
    return tuple(MuscleSide(muscle, places[place]) for muscle, place in named)


def explained(variant: Variant, verdict: Verdict, side: Side, reason: Reason | None) -> Fact:
    """Say what the verdict means, in the words of the table."""
    if verdict == "not_assessed":
        return Fact("not_assessed", reason=reason)
    if verdict == "not_seen":
        return Fact("not_seen")
    explanation = Fact("from_tables", text=variant.explanation.format(**names_of(side)))
    return explanation if verdict == "consistent" else hinted(explanation)


def hinted(explanation: Fact) -> Fact:
    """Tell an explanation of what is only hinted at."""
    return Fact("hint", text=explanation)


def leans_on_noise(stored: Mapping[str, Any]) -> bool:
    """Say of a stored finding, a JSON object, what ``Finding.leans_on_noise`` says; without evidence it is unknown."""
    return any(evidence.get("leads") and evidence.get("in_noise") for evidence in stored.get("evidence", ()))


def missing(pattern: Pattern, scored: Scored, row: int, views: frozenset[View], knowledge: Knowledge) -> Reason:
    """Say what it would take: first what the gates need, else all that was not observed."""
    number = int(scored.variant[row])
    unseen = []
    for frame in frames_of(pattern, engine.BOTH):
        pieces = scored.judged[number][frame].pieces
        for expect, piece in zip(pattern.variants[number].expects, pieces, strict=True):
            if piece is None or isnan(piece.rows[2][row]):
                unseen.append(expect)
    gates = [expect for expect in unseen if expect.gate == "yes"]
    needs = dict.fromkeys(_needs(expect.options, views, knowledge) for expect in gates or unseen)
    return Reason("needs", what=listed(_shortest(tuple(needs))))


def _needs(options: Sequence[Option], views: frozenset[View], knowledge: Knowledge) -> str:
    """Say the easiest way to see one expectation: any of its options will do."""
    ways = tuple(dict.fromkeys(_way(option.terms[0][0], views, knowledge) for option in options))
    side_photo = _("a side photo")
    return side_photo if side_photo in ways else _(" or ").join(ways)


def _way(key: str, views: frozenset[View], knowledge: Knowledge) -> str:
    if key.startswith("answer:"):
        return _("your answers (posturecam ask)")
    norm = knowledge.norm(key)
    if norm.needs:
        return norm.needs
    if not views & set(norm.views):
        return _("a front or back photo")
    return _("the {part}, which was not measured", part=norm.plain)


def _shortest(needs: Sequence[str]) -> tuple[str, ...]:
    """Leave out what another need already says: a side photo with the outline is a side photo."""
    return tuple(need for need in needs if not any(other != need and other.startswith(need) for other in needs))
