"""Evidence in words: what was measured, in the person's own left and right, and whether it speaks for a pattern."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isnan

from posturecam.body import Side
from posturecam.knowledge import Knowledge
from posturecam.knowledge.norms import Severity
from posturecam.knowledge.pattern_tables import Option, Pattern
from posturecam.measures.measurement import Z95
from posturecam.patterns.engine import BOTH, LEFT, RIGHT, Piece, Scored, mirrored_column, sign_of
from posturecam.text.language import _
from posturecam.text.language.sides import names_of

SIDES = (Side.LEFT, Side.RIGHT, Side.BOTH)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence that was observed. ``measure`` joins several keys with + and - where a sum counts.

    value is in the person's own convention; weight 3, 2 or 1; credit 0 … 1; ``expected`` says what the pattern expects;
    ``severity`` grades a single measure and is None for sums and answers; ``in_noise``: its 95 % interval does
    not leave the usual range, or of a sum zero, so that it decides nothing by itself; ``leads``: it is the deviation
    that the pattern is named for, the first that must hold.
    """

    measure: str
    value: float
    weight: int
    supports: bool
    words: str
    expected: str
    credit: float
    severity: Severity | None = None
    in_noise: bool = False
    leads: bool = False


def frames_of(pattern: Pattern, side: int) -> tuple[int, ...]:
    """Give the sides on which evidence is read: the pattern's own, or both where the sides tie."""
    if pattern.sided == "both":
        return (LEFT,)
    return (LEFT, RIGHT) if side == BOTH else (side,)


def collect(pattern: Pattern, scored: Scored, row: int, knowledge: Knowledge) -> tuple[Evidence, ...]:
    """Collect one person's evidence on one pattern; where the sides tie, a piece supports only what holds on both."""
    side = int(scored.side[row])
    found: dict[str, Evidence] = {}
    lead = pattern.variants[int(scored.variant[row])].lead
    for frame in frames_of(pattern, side):
        for piece in filter(None, scored.judged[int(scored.variant[row])][frame].pieces):
            if isnan(piece.rows[2][row]):
                continue
            piece_heard = _evidence(piece, row, SIDES[frame], SIDES[side], knowledge)
            piece_heard = replace(piece_heard, leads=piece.expect is lead)
            known = found.get(piece_heard.measure)
            found[piece_heard.measure] = piece_heard if known is None else _on_both(known, piece_heard)
    return tuple(found.values())


def _on_both(piece_heard: Evidence, other: Evidence) -> Evidence:
    weaker = min(piece_heard, other, key=lambda piece: piece.credit)
    in_noise = piece_heard.in_noise or other.in_noise
    return replace(
        piece_heard,
        supports=weaker.supports,
        credit=weaker.credit,
        in_noise=in_noise,
        leads=piece_heard.leads or other.leads,
    )


def _evidence(piece: Piece, row: int, side: Side, shown: Side, knowledge: Knowledge) -> Evidence:
    value, sem, chance, number = (column[row] for column in piece.rows)
    option = piece.expect.options[int(number)]
    credit = max(0.0, 2.0 * chance - 1.0)
    own = own_keys(option, side)
    value *= sign_back(option, side, knowledge)
    severity = grade_of(own, value, sem, knowledge)
    return Evidence(
        measure=own,
        value=round(value, 4),
        weight=piece.expect.weight,
        supports=credit > 0.0,
        words=words_of(option, own, value, severity, side, knowledge),
        expected=piece.expect.words.format(**names_of(shown)),
        credit=round(credit, 4),
        severity=severity,
        in_noise=_in_noise(own, value, sem, severity),
    )


def _in_noise(own: str, value: float, sem: float, severity: Severity | None) -> bool:
    """Whether a value may as well be none: graded so, or of a sum, an interval that holds zero. Answers are sure."""
    if severity is not None:
        return severity == "within_noise"
    return not own.startswith("answer:") and abs(value) <= Z95 * sem


def sign_back(option: Option, side: Side, knowledge: Knowledge) -> float:
    """Return the sign that turns a mirrored value back into the person's own convention; sums stay as they are."""
    if side is not Side.RIGHT or len(option.terms) > 1:
        return 1.0
    return sign_of(option.terms[0][0], knowledge)


def grade_of(own: str, value: float, sem: float, knowledge: Knowledge) -> Severity | None:
    """Grade a single measure; None for sums and answers."""
    norm = knowledge.norms.get(own)
    return norm.severity(value, value - Z95 * sem, value + Z95 * sem) if norm else None


def own_keys(option: Option, side: Side) -> str:
    """Name what was measured, in the person's own left and right."""
    named = ""
    for key, factor in option.terms:
        sign = "-" if factor < 0 else "+" if named else ""
        named += f" {sign} " if named else sign
        named += mirrored_column(key) if side is Side.RIGHT else key
    return named


def words_of(  # noqa: PLR0913, PLR0917  (what the words are made of)
    option: Option, own: str, value: float, severity: Severity | None, side: Side, knowledge: Knowledge
) -> str:
    """Say what was seen: the measure's own words, the sum's, or the answer's."""
    if own.startswith("answer:"):
        said = answer_words(own, knowledge)
        return _("you said: {answer}", answer=said) if value else _("you did not say: {answer}", answer=said)
    if severity is None:
        norm = knowledge.norm(option.terms[0][0])
        off = round(value, norm.digits)
        return (option.plus if off >= 0 else option.minus).format(size=norm.size(abs(off)), **names_of(side))
    norm = knowledge.norm(own)
    return norm.as_level(value) if severity == "neutral" and not option.one_sided else norm.words(value, severity)


def answer_words(measure: str, knowledge: Knowledge) -> str:
    """Say the answer that ``answer:question=choice`` stands for."""
    question, choice = measure.removeprefix("answer:").split("=")
    return knowledge.questions[question].words[choice]


_SEVERITIES = tuple(Severity)


def severity_of(pattern: Pattern, grades: Iterable[Severity | None]) -> Severity:
    """Grade a found pattern by its most uneven supporting measure; at least mild, never more for a normal variant."""
    worst = max((_SEVERITIES.index(grade) for grade in grades if grade), default=0)
    return Severity.MILD if pattern.normal_variant else _SEVERITIES[max(worst, _SEVERITIES.index(Severity.MILD))]
