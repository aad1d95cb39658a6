"""The catalogue in the terminal, and stored assessments scored again."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from posturecam.errors.facts import as_written
from posturecam.knowledge import Knowledge, Norm
from posturecam.patterns.findings import hinted, leans_on_noise
from posturecam.reports.cases import cases, tried
from posturecam.reports.catalogue import GRADES, CatalogueEntry
from posturecam.reports.terminal.printer import Printer
from posturecam.text.language import _, format_fields, number
from posturecam.text.language.sides import side_word
from posturecam.text.sentences import sentence

if TYPE_CHECKING:
    from posturecam.storage.rescoring.scored_files import ScoredFile

_MOST_SHOWN = 20


def print_entry(entry: CatalogueEntry) -> None:
    """Print one page of the catalogue."""
    printer = Printer()
    printer.title(entry.title)
    printer.paragraph(entry.lead)
    for section in entry.sections:
        if not section.paragraph and not section.points:
            continue
        printer.heading(section.heading)
        if section.paragraph:
            printer.paragraph(section.paragraph, indent=2)
        printer.bullets(section.points)


def print_patterns(knowledge: Knowledge) -> None:
    """List the patterns with what they mean and how well they are supported."""
    printer = Printer()
    printer.title(_("Patterns (knowledge {version})", version=knowledge.version))
    for pattern in knowledge.patterns.values():
        name = f"{pattern.name}. {pattern.plain} [{_(GRADES[pattern.grade])}]"
        printer.hanging(pattern.key, name, indent=0)
    printer.gap()
    printer.paragraph(_("More about one: posturecam patterns P01"), "dim")


def print_measures(knowledge: Knowledge) -> None:
    """List the measures, each once, with its unit, its neutral band and what it needs."""
    printer = Printer()
    printer.title(_("Measures (knowledge {version})", version=knowledge.version))
    norms = {norm.table: norm for norm in knowledge.norms.values()}
    rows = [(norm.table, f"{norm.name}{_needs(norm.needs)}", _usual(norm)) for norm in norms.values()]
    width = printer.width
    printer.rows([(_("key"), _("what it is"), _("usual")), *rows], (26, max(20, width - 48), 20))
    printer.gap()
    printer.paragraph(_("More about one: posturecam measures hip_tilt"), "dim")


def _usual(norm: Norm) -> str:
    if norm.bands is None:
        return _("not known")
    return format_fields(_("{centre:g} ± {band:g} {unit}"), centre=norm.centre, band=norm.bands[0], unit=_(norm.unit))


def _needs(needs: str) -> str:
    return _(" (needs {needs})", needs=needs) if needs else ""


def print_cases(knowledge: Knowledge) -> None:
    """Print when each pattern fires and when it must not, tried now."""
    printer = Printer()
    rows = [("", _("case"), _("verdict"), _("side"))]
    for case in cases(knowledge):
        finding = tried(case, knowledge)
        mark = _("fires") if case.side else _("not")
        side = side_word(finding.side) if finding.found else "–"
        rows.append((case.pattern, f"{mark}: {case.why}", verdict_word(finding.verdict), side))
    printer.rows(rows, (4, max(20, printer.width - 28), 13, 6))


def print_scored(result: "ScoredFile", knowledge: Knowledge) -> None:
    """Tell what stored assessments are consistent with: one in full, of many the first."""
    printer = Printer()
    for shown, (place, data) in enumerate(result.objects()):
        if shown == _MOST_SHOWN:
            printer.gap()
            printer.paragraph(_("There are more. All of them: posturecam score … --json FILE"), "dim")
            return
        _print_one(printer, place, data, knowledge)


def _print_one(printer: Printer, place: str, data: Mapping[str, Any], knowledge: Knowledge) -> None:
    printer.heading(place)
    for flag in data.get("red_flags", ()):
        printer.paragraph(_("Please show this to a professional. {reason}", reason=flag["reason"]), indent=2)
    found = [finding for finding in data["findings"] if finding["verdict"] in ("consistent", "weak")]
    for finding in found:
        side = "" if finding["side"] == "both" else f" ({side_word(finding['side'])})"
        under = (
            _(", listed under {subsumed_by}", subsumed_by=finding["subsumed_by"]) if finding.get("subsumed_by") else ""
        )
        hint = leans_on_noise(finding)
        word = _("hint") if hint else verdict_word(finding["verdict"])
        verdict = f"{word}, {number(finding['score'], '.2f')}{under}"
        printer.paragraph(f"{finding['pattern']} {finding['name']}{side}: {verdict}", indent=2)
        if not finding.get("subsumed_by"):
            firm = not hint or finding["verdict"] == "weak"
            printer.paragraph(
                finding["explanation"] if firm else sentence(hinted(as_written(finding["explanation"]))), indent=4
            )
            printer.bullets(_muscles(finding, knowledge), indent=4)
    if not found:
        printer.paragraph(_nothing(data), indent=2)


def verdict_word(verdict: str) -> str:
    """Say a verdict as people say it."""
    return {
        "consistent": _("consistent"),
        "weak": _("weak"),
        "not_seen": _("not seen"),
        "not_assessed": _("not assessed"),
    }[verdict]


def _muscles(finding: Mapping[str, Any], knowledge: Knowledge) -> Iterable[str]:
    for key, said in (("tight", _("may feel tight")), ("weak", _("may be weak"))):
        names = [
            _("{side} {part}", side=side_word(evidence["side"]), part=knowledge.muscles[evidence["muscle"]].plain)
            for evidence in finding[key]
        ]
        if names:
            yield f"{said}: {', '.join(names)}"


def _nothing(data: Mapping[str, Any]) -> str:
    findings = data["findings"]
    reason = findings[0].get("reason") if findings else None
    if reason and findings[0].get("code") == "not_scored":
        return f"{reason[0].upper()}{reason[1:]}."
    return _("No pattern stands out.") if findings else _("No pattern was looked for.")
