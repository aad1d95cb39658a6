"""What a pattern expects to see, declared for one side; the engine mirrors it for the other.

In every table "same" is the side the pattern is named after and "opposite" the other one; values are written as if that
side were the LEFT, in the sign conventions of norms.toml.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import hypot, inf, isinf
from typing import Any

from posturecam.body import Side
from posturecam.knowledge.advice import Question
from posturecam.knowledge.faults import Faults, Table
from posturecam.knowledge.muscles import Muscle
from posturecam.knowledge.norms import FLAGS, Norm
from posturecam.knowledge.regions import Region, read_region
from posturecam.knowledge.restanding import restand_sd
from posturecam.text.language import _
from posturecam.text.language.sides import names_of

WEIGHTS = {"S": 3, "M": 2, "W": 1}
GATES = ("no", "yes", "if measured")
SIDED = ("one", "either", "both")
GRADES = ("supported", "plausible", "tradition")
PLACES = ("same", "opposite", "both")


@dataclass(frozen=True, slots=True)
class Option:
    """One way to see an expectation: a weighted sum of measures inside [low, high], or an answer that was given.

    terms    (measure key, factor); an answer is the single term ``answer:question=choice`` with the value 1 or 0
    restand  standard deviation of the sum from one stand to the next
    usual    (low, high) between which the sum is no deviation, of several terms zero; None where nothing is graded
    """

    terms: tuple[tuple[str, float], ...]
    low: float
    high: float
    plus: str
    minus: str
    restand: float = 0.0
    usual: tuple[float, float] | None = None

    @property
    def one_sided(self) -> bool:
        """Whether a deviation to one side is expected, not a level that is kept."""
        return isinf(self.low) or isinf(self.high)


@dataclass(frozen=True, slots=True)
class Expect:
    """One piece of evidence; the first option that was measured counts. ``weight`` is 3, 2 or 1."""

    options: tuple[Option, ...]
    weight: int
    gate: str
    words: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One form of a pattern: what it expects, and which muscles it speaks of; side is same, opposite or both."""

    name: str
    expects: tuple[Expect, ...]
    tight: tuple[tuple[str, str], ...]
    weak: tuple[tuple[str, str], ...]
    explanation: str

    @property
    def lead(self) -> Expect | None:
        """The deviation that the pattern is named for: the first that must hold and is no level that is to be kept."""
        may_lead = (
            expected
            for expected in self.expects
            if expected.gate == "yes" and any(way.one_sided for way in expected.options)
        )
        return next(may_lead, None)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of the catalogue.

    sided  one = it has a side and fires on one; either = on one side or on both; both = it has no side
    grade  how well the idea is supported: supported, plausible, tradition
    """

    key: str
    name: str
    plain: str
    named_after: str
    sided: str
    region: Region
    grade: str
    evidence: str
    normal_variant: bool
    voids: bool
    subsumes: tuple[str, ...]
    stressors: tuple[str, ...]
    sites: tuple[str, ...]
    causes: tuple[str, ...]
    rule_out: tuple[str, ...]
    limits: str
    source: tuple[str, ...]
    flag: str
    verify: bool
    variants: tuple[Variant, ...]

    @property
    def options(self) -> Iterator[Option]:
        """Every way to see any of its pieces of evidence, variant by variant."""
        return (option for variant in self.variants for expect in variant.expects for option in expect.options)


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a pattern may use."""

    sources: Mapping[str, Any]
    norms: Mapping[str, Norm]
    muscles: Mapping[str, Muscle]
    questions: Mapping[str, Question]
    stressors: Mapping[str, Any]


def read_patterns(data: Mapping[str, object], known: Known, faults: Faults) -> dict[str, Pattern]:
    """Read patterns.toml."""
    patterns = {}
    for key, rows in data.items():
        table = Table("patterns.toml", key, rows, faults)
        patterns[key] = _pattern(key, table, known, data)
        _check_sides(patterns[key], known.norms, table)
        table.done()
    return patterns


def _pattern(key: str, table: Table, known: Known, patterns: Mapping[str, object]) -> Pattern:
    source = table.names("source", known.sources)
    if not source:
        table.fault("source", [], _("at least one source"))
    return Pattern(
        key=key,
        name=table.text("name"),
        plain=table.text("plain"),
        named_after=table.text("named_after"),
        sided=table.choice("sided", SIDED),
        region=read_region(table),
        grade=table.choice("grade", GRADES),
        evidence=table.text("evidence"),
        normal_variant=table.flag("normal_variant"),
        voids=table.flag("voids"),
        subsumes=table.names("subsumes", patterns, ()),
        stressors=table.names("stressors", known.stressors, ()),
        sites=table.names("sites"),
        causes=table.names("causes"),
        rule_out=table.names("rule_out"),
        limits=table.text("limits"),
        source=source,
        flag=table.choice("flag", FLAGS),
        verify=table.flag("verify"),
        variants=_variants(table, known),
    )


def _variants(table: Table, known: Known) -> tuple[Variant, ...]:
    forms = table.tables("variant")
    read = tuple(_variant(form, known, form.text("name")) for form in forms) or (_variant(table, known, ""),)
    for form in forms:
        form.done()
    return read


def _variant(table: Table, known: Known, name: str) -> Variant:
    expects = tuple(_expect(row, known) for row in table.tables("expect", required=True))
    if not any(expect.gate == "yes" for expect in expects):
        table.fault("expect", [expect.gate for expect in expects], _('at least one with gate = "yes"'))
    tight, weak = (_muscles(table.table(key), known) for key in ("tight", "weak"))
    explanation = table.text("explanation")
    _check_template(table, "explanation", explanation)
    return Variant(name, expects, tight, weak, explanation)


def _check_sides(pattern: Pattern, norms: Mapping[str, Norm], table: Table) -> None:
    """Refuse a side where the pattern has none: muscles of one side, or evidence that the mirror would change."""
    if pattern.sided != "both":
        return
    for variant in pattern.variants:
        for muscle, place in (*variant.tight, *variant.weak):
            if place != "both":
                table.fault(
                    "tight",
                    _("{muscle} on the {place} side", muscle=muscle, place=place),
                    _("both: the pattern has no side"),
                )
        for option in (option for expect in variant.expects for option in expect.options):
            for key, _factor in option.terms:
                norm = norms.get(key)
                if norm and (norm.side or (norm.mirror == "odd" and option.low != -option.high)):
                    table.fault("expect", key, _("what the mirror leaves alone: the pattern has no side"))


def _muscles(table: Table, known: Known) -> tuple[tuple[str, str], ...]:
    named = tuple((muscle, place) for place in PLACES for muscle in table.names(place, known.muscles, ()))
    for key in table.data:
        if key not in PLACES:
            table.fault(key, key, _("same, opposite or both"), PLACES)
    return named


def _expect(table: Table, known: Known) -> Expect:
    letter = table.choice("weight", WEIGHTS)
    options = (_option(table, known), *(_finished(_option(row, known), row) for row in table.tables("or")))
    expect = Expect(options, WEIGHTS.get(letter, 1), table.choice("gate", GATES, "no"), table.text("words"))
    _check_template(table, "words", expect.words)
    table.done()
    return expect


def _finished(option: Option, table: Table) -> Option:
    table.done()
    return option


def _option(table: Table, known: Known) -> Option:
    if "answer" in table.data:
        return _answer(table, known.questions)
    terms = _terms(table, known.norms)
    low, high = _interval(table)
    plus, minus = table.text("plus", ""), table.text("minus", "")
    if len(terms) > 1 and not (plus and minus):
        table.fault("plus", plus, _("plus and minus: the words of a sum, with {size}, {side}, {other}"))
    stands = (factor * restand_sd(known.norms[key]).sd for key, factor in terms if key in known.norms)
    usual = (0.0, 0.0) if len(terms) > 1 else _usual(known.norms.get(terms[0][0]))
    return Option(terms, low, high, plus, minus, hypot(*stands), usual)


def _usual(norm: Norm | None) -> tuple[float, float] | None:
    """Give the range that ``Norm.severity`` calls neutral."""
    if norm is None or norm.bands is None:
        return None
    low, high = norm.centre - norm.bands[0], norm.centre + norm.bands[0]
    return -inf if norm.abnormal == "high" else low, inf if norm.abnormal == "low" else high


def _terms(table: Table, norms: Mapping[str, Norm]) -> tuple[tuple[str, float], ...]:
    if "sum" not in table.data:
        return ((table.choice("measure", norms), 1.0),)
    row = table.table("sum")
    for key in row.data:
        if key not in norms:
            row.fault(key, key, _("a measure of norms.toml"), norms)
    return tuple((key, row.number(key, -10.0, 10.0)) for key in row.data)


def _interval(table: Table) -> tuple[float, float]:
    """Read above, below, within or between; exactly one of them must stand there."""
    stated = [key for key in ("above", "below", "within", "between") if key in table.data]
    if len(stated) != 1:
        table.fault("above", stated, _("exactly one of above, below, within, between"))
    low, high = -inf, inf
    if "above" in table.data:
        low = table.number("above", -1000.0, 1000.0)
    if "below" in table.data:
        high = table.number("below", -1000.0, 1000.0)
    if "within" in table.data:
        high = table.number("within", 1e-6, 1000.0)
        low = -high
    if "between" in table.data:
        low, high = table.numbers("between", 2)
        if low >= high:
            table.fault("between", [low, high], _("two growing numbers"))
    return low, high


def _answer(table: Table, questions: Mapping[str, Question]) -> Option:
    question, given = table.choice("answer", questions), table.text("is")
    choices = questions[question].choices if question in questions else ()
    if choices and given not in choices:
        table.fault("is", given, _("one of ") + ", ".join(choices), choices)
    return Option(((f"answer:{question}={given}", 1.0),), 0.5, inf, "", "")


def _check_template(table: Table, key: str, template: str) -> None:
    try:
        template.format(**names_of(Side.LEFT))
    except (KeyError, IndexError, ValueError):
        table.fault(key, template, _("a text with {side} or {other}"))
