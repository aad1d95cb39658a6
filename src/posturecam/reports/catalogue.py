"""The catalogue of patterns and measures, for the terminal and for docs/patterns.md and docs/measures.md.

Everything comes from the knowledge tables, so that the documentation cannot lag: ``python -m
posturecam.reports.catalogue`` writes the pages again, and a test compares them.
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
from posturecam.text.language import _, later, number
from posturecam.text.language.sides import names_of, without_side
from posturecam.text.language.views import of_view

FLAGS = {
    "R": later("read in the source"),
    "M": later("from memory of the source, to be verified"),
    "P": later("proposed by this project"),
    "D": later("derived by geometry"),
}
GRADES = {
    "supported": later("supported by studies"),
    "plausible": later("plausible, not shown"),
    "tradition": later("handed down by therapists"),
}
RULE_OUT = later("A professional may want to rule out")
_SYMBOLS = {3: "S", 2: "M", 1: "W"}
_UNITS = {"deg": "°", "ratio": ""}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a paragraph, a list, or both."""

    heading: str
    paragraph: str = ""
    points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the catalogue."""

    key: str
    title: str
    lead: str
    sections: tuple[Section, ...]


def pattern_entry(pattern: Pattern, knowledge: Knowledge) -> Entry:
    """Tell everything about one pattern, as if its side were the left."""
    forms = [section for variant in pattern.variants for section in _form(variant, knowledge)]
    return Entry(
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
        _("What it expects{said}", said=said), points=tuple(_expected(one, knowledge) for one in variant.expects)
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
        one = knowledge.muscles[muscle]
        grouped.setdefault(place, []).append(f"{one.plain} ({one.latin})")
    places = {"same": _("same side"), "opposite": _("other side"), "both": _("both sides")}
    return tuple(f"{places[place]}: {', '.join(names)}" for place, names in grouped.items())


def references(keys: Iterable[str], knowledge: Knowledge) -> tuple[str, ...]:
    """Write sources out; those cited from memory say so."""
    found = (knowledge.sources[key] for key in keys)
    unsure = _(" — to be verified")
    return tuple(f"{one.key}: {one.text}{unsure if one.verify else ''}" for one in found)


def measure_entry(norm: Norm, knowledge: Knowledge) -> Entry:
    """Tell everything about one measure, by the one template that all share."""
    return Entry(
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
    means = "; ".join(f"{one.who}: {number(one.mean, 'g')}" for one in norm.by_age)
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
    exact = [one for one in knowledge.patterns.values() if asked in (one.key.casefold(), one.name.casefold())]
    near = exact or [one for one in knowledge.patterns.values() if asked in one.name.casefold()]
    return near[0] if len(near) == 1 else None


def markdown(entry: Entry) -> str:
    """Write one page of the catalogue as Markdown."""
    parts = [f"## {entry.title}", entry.lead]
    for section in entry.sections:
        body = "\n".join(f"- {point}" for point in section.points)
        words = f" {section.paragraph}" if section.paragraph else ""
        parts.append(f"**{section.heading}.**{words}" + (f"\n\n{body}" if body else ""))
    return "\n\n".join(parts)


def entries(knowledge: Knowledge) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Give the pages of all patterns, and those of all measures (sided ones once)."""
    norms = {norm.table: norm for norm in knowledge.norms.values()}
    return (
        tuple(pattern_entry(pattern, knowledge) for pattern in knowledge.patterns.values()),
        tuple(measure_entry(norm, knowledge) for norm in norms.values()),
    )


def pages(knowledge: Knowledge) -> dict[str, str]:
    """Write both pages of the documentation, by file name."""
    from posturecam.reports.catalogue_texts import MEASURES_HEAD, PATTERNS_HEAD, cases_table  # noqa: PLC0415  (they use this)

    patterns, measures = entries(knowledge)
    return {
        "patterns.md": "\n\n".join(
            (PATTERNS_HEAD, _contents(patterns), cases_table(knowledge), *(markdown(one) for one in patterns))
        )
        + "\n",
        "measures.md": "\n\n".join((MEASURES_HEAD, _contents(measures), *(markdown(one) for one in measures))) + "\n",
    }


def _contents(found: Iterable[Entry]) -> str:
    return "\n".join(f"- [{entry.title}](#{_anchor(entry.title)})" for entry in found)


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
