"""The catalogue of patterns and measures, for the terminal and for docs/patterns.md and docs/measures.md.

With the heads of the documentation's pages, the formula and its worked example, and the table of cases.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isinf
from pathlib import Path

from posturecam.body import Side
from posturecam.knowledge import Knowledge, Norm, load
from posturecam.knowledge.errors_table import LandmarkErrors
from posturecam.knowledge.norms import MILD_PART, MODERATE_PART
from posturecam.knowledge.pattern_tables import Expect, Option, Pattern, Variant
from posturecam.reports.cases import cases, tried
from posturecam.text.language import N_, _, number
from posturecam.text.language.sides import names_of, without_side
from posturecam.text.language.views import of_view

FLAGS = {
    "R": N_("read in the source"),
    "M": N_("from memory of the source, to be verified"),
    "P": N_("proposed by this project"),
    "D": N_("derived by geometry"),
}
GRADES = {
    "supported": N_("supported by studies"),
    "plausible": N_("plausible, not shown"),
    "tradition": N_("handed down by therapists"),
}
RULE_OUT = N_("A professional may want to rule out")
_SYMBOLS = {3: "S", 2: "M", 1: "W"}
_UNITS = {"deg": "°", "ratio": ""}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a paragraph, a list, or both."""

    heading: str
    paragraph: str = ""
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One page of the catalogue."""

    key: str
    title: str
    lead: str
    sections: tuple[Section, ...]


def pattern_entry(pattern: Pattern, knowledge: Knowledge) -> CatalogueEntry:
    """Tell everything about one pattern, as if its side were the left."""
    forms = [section for variant in pattern.variants for section in _form(variant, knowledge)]
    return CatalogueEntry(
        pattern.key,
        f"{pattern.key} {pattern.name}",
        pattern.plain + (_(" A normal variant: never more than mild.") if pattern.normal_variant else ""),
        (
            Section(_("Named after"), pattern.named_after),
            *forms,
            Section(_("Where it may be felt"), points=pattern.sites),
            Section(_("Usual causes"), points=pattern.causes),
            Section(_("What to do first"), points=_stressors(pattern, knowledge)),
            Section(_("How well supported"), f"{_capital(_(GRADES[pattern.grade]))}. {pattern.evidence}"),
            Section(_("Known limits"), pattern.limits),
            Section(_(RULE_OUT), points=pattern.rule_out),
            Section(_("References"), _capital(_(FLAGS[pattern.flag])) + ".", references(pattern.source, knowledge)),
        ),
    )


def _stressors(pattern: Pattern, knowledge: Knowledge) -> tuple[str, ...]:
    first = [f"{_unsided(knowledge.remedies.stressors[key].title)}." for key in pattern.stressors]
    return (*first, _("Then release before activating: hips, spine, shoulder blades, neck."))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _unsided(text: str) -> str:
    return without_side(text)


def _form(variant: Variant, knowledge: Knowledge) -> Iterator[Section]:
    said = f" ({variant.name})" if variant.name else ""
    yield Section(
        _("What it expects{said}", said=said), points=tuple(_expected(expect, knowledge) for expect in variant.expects)
    )
    yield Section(_("May feel tight{said}", said=said), points=_named(variant.tight, knowledge))
    yield Section(_("May be weak{said}", said=said), points=_named(variant.weak, knowledge))


def _expected(expect: Expect, knowledge: Knowledge) -> str:
    """Say one expectation with its weight, its gate and the intervals in which the values must lie."""
    ways = _(" or ").join(_way(option, knowledge) for option in expect.options)
    gate = {"yes": _(", must hold"), "if measured": _(", must hold when measured"), "no": ""}[expect.gate]
    words = expect.words.format(**names_of(Side.LEFT))
    return f"{_SYMBOLS[expect.weight]}{gate}: {words} — {ways}"


def _way(option: Option, knowledge: Knowledge) -> str:
    first = option.terms[0][0]
    if first.startswith("answer:"):
        question, choice = first.removeprefix("answer:").split("=")
        return _("answer {question} = {choice}", question=question, choice=choice)
    name = "".join(f"{_sign(factor, number)}{key}" for number, (key, factor) in enumerate(option.terms))
    unit = knowledge.norm(first).unit
    unit = _UNITS.get(unit, f" {unit}")
    if isinf(option.low):
        return _("{name} below {high:g}{unit}", name=name, high=option.high, unit=unit)
    if isinf(option.high):
        return _("{name} above {low:g}{unit}", name=name, low=option.low, unit=unit)
    return _("{name} between {low:g} and {high:g}{unit}", name=name, low=option.low, high=option.high, unit=unit)


def _sign(factor: float, number: int) -> str:
    return ("" if factor > 0 else "−") if number == 0 else " + " if factor > 0 else " − "


def _named(muscles: Iterable[tuple[str, str]], knowledge: Knowledge) -> tuple[str, ...]:
    """Name the muscles, grouped by side."""
    grouped: dict[str, list[str]] = {}
    for muscle, place in muscles:
        entry = knowledge.muscles[muscle]
        grouped.setdefault(place, []).append(f"{entry.plain} ({entry.latin})")
    places = {"same": _("same side"), "opposite": _("other side"), "both": _("both sides")}
    return tuple(f"{places[place]}: {', '.join(names)}" for place, names in grouped.items())


def references(keys: Iterable[str], knowledge: Knowledge) -> tuple[str, ...]:
    """Write sources out; those cited from memory say so."""
    found = (knowledge.sources[key] for key in keys)
    unsure = _(" — to be verified")
    return tuple(f"{source.key}: {source.text}{unsure if source.verify else ''}" for source in found)


def measure_entry(norm: Norm, knowledge: Knowledge) -> CatalogueEntry:
    """Tell everything about one measure, by the one template that all share."""
    return CatalogueEntry(
        norm.table,
        f"{norm.table} · {norm.name}",
        norm.what,
        (
            Section(
                _("How"),
                _(
                    "{how} Views: {names}. Unit: {unit}.",
                    how=norm.how,
                    names=", ".join(of_view(view) for view in norm.views),
                    unit=_(norm.unit),
                ),
            ),
            Section(_("Needs"), _needs(norm)),
            Section(_("Why it matters"), norm.why),
            Section(_("Usual values"), points=_usual(norm, knowledge)),
            Section(_("Known limits"), norm.limits),
            Section(_("References"), _capital(_(FLAGS[norm.flag])) + ".", references(norm.source, knowledge)),
        ),
    )


def _needs(norm: Norm) -> str:
    return f"{norm.needs[0].upper()}{norm.needs[1:]}." if norm.needs else _("A photo from the front or the back.")


def _usual(norm: Norm, knowledge: Knowledge) -> tuple[str, ...]:
    centre = _("from {centre:g}", centre=norm.centre) if norm.centre else _("from zero")
    toward = {"both": _("either way"), "high": _("upwards"), "low": _("downwards")}[norm.abnormal]
    if norm.bands is None:
        return _ungraded(norm, knowledge)
    neutral, mild, moderate = norm.bands
    lines = [
        _(
            "Bands, {centre} {toward}: neutral to {neutral:g}, mild to {mild:g}, moderate to "
            "{moderate:g}, marked beyond.",
            centre=centre,
            toward=toward,
            neutral=neutral,
            mild=mild,
            moderate=moderate,
        )
    ]
    return _told(norm, lines, _("Healthy adults"), knowledge)


def _told(norm: Norm, lines: list[str], whose: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Join what was found of healthy people, the detectable change and our own error."""
    if norm.mean is not None:
        spread = _(" ± {sd:g} (standard deviation)", sd=norm.sd) if norm.sd is not None else ""
        lines.append(f"{whose}: {number(norm.mean, 'g')}{spread}.")
    if norm.mdc is not None:
        lines.append(_("Minimal detectable change at 95 %: {mdc:g}.", mdc=norm.mdc))
    errors = _errors(norm, knowledge.landmark_errors)
    return (*lines, errors) if errors else tuple(lines)


def _ungraded(norm: Norm, knowledge: Knowledge) -> tuple[str, ...]:
    """Say what stands in the place of bands: the person's own other side and earlier days, or nothing at all."""
    if norm.tier != "balance test":
        return _told(norm, [_("No usual range of adults is known: told, and not graded.")], _("Children"), knowledge)
    return _told(norm, _within_person(norm), _("Healthy adults"), knowledge)


def _within_person(norm: Norm) -> list[str]:
    compared = _("Compared within the person, side by side and from day to day")
    if not norm.by_age:
        return [_("{compared}; no norm grades it.", compared=compared)]
    mild, moderate = (f"{100 * part:.0f} %" for part in (MILD_PART, MODERATE_PART))
    grades = _(
        "neutral from {mild} of the age's mean on, mild from {moderate} on, moderate below",
        mild=mild,
        moderate=moderate,
    )
    means = "; ".join(f"{group.who}: {number(group.mean, 'g')}" for group in norm.by_age)
    return [
        _("{compared}; graded only when the age is known: {grades}.", compared=compared, grades=grades),
        _("Means in {unit}, {means}.", unit=norm.unit, means=means),
    ]


def _errors(norm: Norm, errors: LandmarkErrors) -> str:
    """Say the typical error that calibration measured, and the change that it lets one detect."""
    found = [
        f"{of_view(view)} ± {number(1.96 * error)}" for (table, view), error in errors.items() if table == norm.table
    ]
    return _("Typical error of one photo at 95 %: {names}.", names=", ".join(found)) if found else ""


def one_of(name: str, knowledge: Knowledge) -> Pattern | None:
    """Find a pattern by its id or its name; None when no one pattern fits."""
    asked = name.casefold()
    exact = [
        pattern for pattern in knowledge.patterns.values() if asked in (pattern.key.casefold(), pattern.name.casefold())
    ]
    near = exact or [pattern for pattern in knowledge.patterns.values() if asked in pattern.name.casefold()]
    return near[0] if len(near) == 1 else None


def markdown(entry: CatalogueEntry) -> str:
    """Write one page of the catalogue as Markdown."""
    parts = [f"## {entry.title}", entry.lead]
    for section in entry.sections:
        body = "\n".join(f"- {point}" for point in section.points)
        words = f" {section.paragraph}" if section.paragraph else ""
        parts.append(f"**{section.heading}.**{words}" + (f"\n\n{body}" if body else ""))
    return "\n\n".join(parts)


def catalogue_entries(knowledge: Knowledge) -> tuple[tuple[CatalogueEntry, ...], tuple[CatalogueEntry, ...]]:
    """Give the pages of all patterns, and those of all measures (sided ones once)."""
    norms = {norm.table: norm for norm in knowledge.norms.values()}
    return (
        tuple(pattern_entry(pattern, knowledge) for pattern in knowledge.patterns.values()),
        tuple(measure_entry(norm, knowledge) for norm in norms.values()),
    )


def pages(knowledge: Knowledge) -> dict[str, str]:
    """Write both pages of the documentation, by file name."""
    patterns, measures = catalogue_entries(knowledge)
    return {
        "patterns.md": "\n\n".join(
            (PATTERNS_HEAD, _contents(patterns), cases_table(knowledge), *(markdown(pattern) for pattern in patterns))
        )
        + "\n",
        "measures.md": "\n\n".join((MEASURES_HEAD, _contents(measures), *(markdown(measure) for measure in measures)))
        + "\n",
    }


def _contents(found: Iterable[CatalogueEntry]) -> str:
    return "\n".join(f"- [{section.title}](#{_anchor(section.title)})" for section in found)


def _anchor(title: str) -> str:
    kept = "".join(sign for sign in title.lower() if sign.isalnum() or sign in " -_")
    return kept.replace(" ", "-")


def write_docs(folder: Path = Path("docs")) -> None:
    """Write docs/patterns.md and docs/measures.md again."""
    folder.mkdir(exist_ok=True)
    for name, text in pages(load()).items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_docs()


PATTERNS_HEAD = """# Patterns

Written by `make docs` from `src/posturecam/knowledge`; do not edit.

A pattern is a set of deviations that therapists describe together. posturecam says how well a photo is *consistent
with* it, and which muscles *may feel tight* or *may be weak*. It cannot feel muscles, and most healthy people
show some asymmetry. How well each pattern is supported stands with it.

## How a score is made

Every pattern lists what it expects: a measure and the interval in which its true value should lie, with a weight (S
= 3, M = 2, W = 1). A measurement is a value *v* with a standard error *s*. P is the probability that the true value
lies in the interval [a, b]:

    P = Φ((b − v) / s) − Φ((a − v) / s)

The piece of evidence earns the **credit** max(0, 2P − 1): 1 when the interval is certain, 0 when it is as likely as
not. Growing noise can only take credit away. The **score** is
Σ weight × credit / Σ weight over what was observed; evidence against earns 0 and is shown.

- **not assessed**: less than 60 % of the weight was observed, or a measure that must hold is missing.
- **consistent**: everything that must hold has P ≥ 0.8, and the score is at least 0.60; and each deviation that must
  hold lasts: with the scatter *r* from one stand to the next, √(s² + r²) for s, it still has P ≥ 0.9; and the one that
  leads lies beyond its noise (its 95 % interval clears the usual range).
- **weak**: everything that must hold has P ≥ 0.5, and the score is at least 0.35.
- **not seen**: anything else.

Nobody stands twice alike: a photo shows one moment. *r* is what studies found from stand to stand (1.1° for tilts, 2°
for knees, 0.4 % of height for shifts, 0.6 % of the chord for the back's arcs; `knowledge/restanding.py` names the
sources). So a second photo seldom takes back what the first called consistent; what may not last is *weak*.

A worked example, P05 for the left: hips 4.7° (left higher) and waist 5.5° (shorter on the left), each with a
standard error of 1.0°; the outline was not measured.

| expects | weight | P | credit | standing again |
|---|---|---|---|---|
| hip_tilt above 2.5° | 3 | Φ((4.7 − 2.5) / 1.0) = 0.986 | 0.972 | Φ((4.7 − 2.5) / 1.47) = 0.932 |
| trunk_bend above 3° | 3 | Φ((5.5 − 3) / 1.0) = 0.994 | 0.988 | Φ((5.5 − 3) / 1.47) = 0.955 |
| waist_asymmetry above 40 % | 3 | not measured | – | – |

Observed: 6 of 9, so 67 %. Score: (3 × 0.972 + 3 × 0.988) / 6 = 0.980. Both must hold, and both last: *consistent*.
With hips of 3.9° the score is still 0.913, but standing again the hips have P = 0.829: *weak*. With a standard error of
3° the first values give P = 0.768 and 0.798, a score of 0.566: *weak*.

Sums and differences of measures count with the root of the summed squares of their errors. A pattern is declared
once, for the left; for the right the values are mirrored, so a mirrored photo gives exactly the mirrored finding.
P01 lists P04 and P05 under it; a normal variant is never called more than mild. With pain today nothing is scored
(P26), under 18 only the measurements are given, and an answered warning sign silences everything."""

MEASURES_HEAD = """# Measures

Written by `make docs` from `src/posturecam/knowledge`; do not edit.

Left and right are always the person's own. Positive tilts: the left is higher; positive shifts and leans: to the
left; positive in side views: forward. Severities: *neutral* when the whole 95 % interval lies in the neutral band,
*within its noise* when the interval does not clear it, else *mild*, *moderate* or *marked* by the value. All bands
are proposals of this project: no agreed cut-offs exist, and small asymmetries are usual."""


def cases_table(knowledge: Knowledge) -> str:
    """Write every case with what comes of it today; those that must not fire stand first."""
    lines = [
        "## When each fires, and when it must not",
        "",
        "Printed by `posturecam patterns --cases`; the same cases are the tests.",
        "",
        "| pattern | case | must | verdict | side | score |",
        "|---|---|---|---|---|---|",
    ]
    for case in cases(knowledge):
        finding = tried(case, knowledge)
        must = "fire" if case.side else "not fire"
        verdict = finding.verdict.replace("_", " ")
        side = finding.side if finding.found else "–"
        lines.append(f"| {case.pattern} | {case.why} | {must} | {verdict} | {side} | {finding.score:.2f} |")
    return "\n".join(lines)
