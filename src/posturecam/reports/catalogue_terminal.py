"""The catalogue in the terminal, and stored assessments scored again."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from posturecam.knowledge import Knowledge, Norm
from posturecam.patterns.findings import why_not_scored
from posturecam.reports.cases import cases, tried
from posturecam.reports.catalogue import GRADES, Entry
from posturecam.reports.terminal import Printer

if TYPE_CHECKING:
    from posturecam.reports.rescoring.files import Result

_MOST_SHOWN = 20


def print_entry(entry: Entry) -> None:
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
    printer.title(f"Patterns (knowledge {knowledge.version})")
    for pattern in knowledge.patterns.values():
        name = f"{pattern.name}. {pattern.plain} [{GRADES[pattern.grade]}]"
        printer.hanging(pattern.key, name, indent=0)
    printer.gap()
    printer.paragraph("More about one: posturecam patterns P01", "dim")


def print_measures(knowledge: Knowledge) -> None:
    """List the measures, each once, with its unit, its neutral band and what it needs."""
    printer = Printer()
    printer.title(f"Measures (knowledge {knowledge.version})")
    norms = {norm.table: norm for norm in knowledge.norms.values()}
    rows = [(norm.table, f"{norm.name}{_needs(norm.needs)}", _usual(norm)) for norm in norms.values()]
    width = printer.width
    printer.rows([("key", "what it is", "usual"), *rows], (26, max(20, width - 48), 20))
    printer.gap()
    printer.paragraph("More about one: posturecam measures hip_tilt", "dim")


def _usual(norm: Norm) -> str:
    return f"{norm.centre:g} ± {norm.bands[0]:g} {norm.unit}" if norm.bands else "not known"


def _needs(needs: str) -> str:
    return f" (needs {needs})" if needs else ""


def print_cases(knowledge: Knowledge) -> None:
    """Print when each pattern fires and when it must not, tried now."""
    printer = Printer()
    rows = [("", "case", "verdict", "side")]
    for case in cases(knowledge):
        finding = tried(case, knowledge)
        mark = "fires" if case.side else "not"
        side = finding.side.value if finding.found else "–"
        rows.append((case.pattern, f"{mark}: {case.why}", finding.verdict.replace("_", " "), side))
    printer.rows(rows, (4, max(20, printer.width - 28), 13, 6))


def print_scored(result: "Result", knowledge: Knowledge) -> None:
    """Tell what stored assessments are consistent with: one in full, of many the first."""
    printer = Printer()
    for number, (place, data) in enumerate(result.objects()):
        if number == _MOST_SHOWN:
            printer.gap()
            printer.paragraph("There are more. All of them: posturecam score … --json FILE", "dim")
            return
        _print_one(printer, place, data, knowledge)


def _print_one(printer: Printer, place: str, data: Mapping[str, Any], knowledge: Knowledge) -> None:
    printer.heading(place)
    for flag in data.get("red_flags", ()):
        printer.paragraph(f"Please show this to a professional. {flag['reason']}", indent=2)
    found = [one for one in data["findings"] if one["verdict"] in ("consistent", "weak")]
    for one in found:
        side = "" if one["side"] == "both" else f" ({one['side']})"
        under = f", listed under {one['subsumed_by']}" if one.get("subsumed_by") else ""
        printer.paragraph(
            f"{one['pattern']} {one['name']}{side}: {one['verdict']}, {one['score']:.2f}{under}", indent=2
        )
        if not one.get("subsumed_by"):
            printer.paragraph(one["explanation"], indent=4)
            printer.bullets(_muscles(one, knowledge), indent=4)
    if not found:
        printer.paragraph(_nothing(data), indent=2)


def _muscles(finding: Mapping[str, Any], knowledge: Knowledge) -> Iterable[str]:
    for key, said in (("tight", "may feel tight"), ("weak", "may be weak")):
        names = [f"{one['side']} {knowledge.muscles[one['muscle']].plain}" for one in finding[key]]
        if names:
            yield f"{said}: {', '.join(names)}"


def _nothing(data: Mapping[str, Any]) -> str:
    findings = data["findings"]
    reason = findings[0].get("reason") if findings else None
    if reason and why_not_scored(reason):
        return f"{reason[0].upper()}{reason[1:]}."
    return "No pattern stands out." if findings else "No pattern was looked for."
