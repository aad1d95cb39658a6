"""The report in the terminal: numbers from head to feet, findings in careful words, what could not be measured."""

from collections.abc import Sequence
from typing import IO

from rich.text import Text

from posturecam.assessment import Assessment
from posturecam.knowledge import Knowledge, load
from posturecam.measurement import Measurement
from posturecam.reports import telling
from posturecam.reports.strip import in_characters, strip_of
from posturecam.reports.terminal import Printer
from posturecam.reports.wording import (
    DISCLAIMER,
    by_region,
    plain_words,
    plus_minus,
    seen_from,
    severity_words,
    stands_out,
    unbroken,
)

_STYLES = {"mild": "yellow", "moderate": "bold red", "marked": "bold red"}
_WORDS_COLUMN, _SPAN_COLUMN, _STRIP_COLUMN, _SEVERITY_COLUMN = 32, 9, 21, 12
_FIXED = 2 + _SPAN_COLUMN + _STRIP_COLUMN + _SEVERITY_COLUMN + 4


def print_assessment(assessment: Assessment, knowledge: Knowledge | None = None, file: IO[str] | None = None) -> None:
    """Write an assessment to the terminal, or to an open text file."""
    printer, knowledge = Printer(file), knowledge or load()
    printer.title(f"{assessment.photo.name}, {seen_from(assessment.pose.view)}")
    _numbers(printer, assessment.measurements, knowledge)
    _findings(printer, assessment, knowledge)
    _unmeasured(printer, assessment, knowledge)
    _notes(printer, assessment.notes)
    printer.gap()
    printer.paragraph(DISCLAIMER, "dim")


def _numbers(printer: Printer, measurements: Sequence[Measurement], knowledge: Knowledge) -> None:
    """Write one line for each measurement, grouped from head to feet."""
    words = min(52, max(20, printer.width - _FIXED))
    for title, members in by_region(measurements):
        printer.heading(title)
        rows = [_row(one, knowledge) for one in members]
        printer.rows(rows, (words, _SPAN_COLUMN, _STRIP_COLUMN, _SEVERITY_COLUMN))
    printer.gap()
    printer.paragraph(
        "± is the 95 % interval. ─ usual range, ━ interval, ● value; R and L are the person's own sides.",
        "dim",
    )


def _row(one: Measurement, knowledge: Knowledge) -> tuple[Text, Text, Text, Text]:
    style = _STYLES.get(one.severity, "")
    return (
        Text(plain_words(one), "bold" if stands_out(one) else ""),
        Text(plus_minus(one), justify="right"),
        Text(in_characters(strip_of(one, knowledge.norm(one.key))), style),
        Text(severity_words(one), style),
    )


def _findings(printer: Printer, assessment: Assessment, knowledge: Knowledge) -> None:
    """Write the findings that are shown, or kindly that there are none."""
    printer.heading("What the photo shows")
    beyond = telling.beyond_usual(assessment)
    if beyond:
        printer.paragraph(unbroken(beyond), indent=2)
    found = telling.told_findings(assessment, knowledge)
    if not found:
        printer.paragraph(telling.nothing_found(assessment), indent=2)
    for one in found:
        _finding(printer, one)


def _finding(printer: Printer, told: telling.Told) -> None:
    """Write one finding: its name, how strongly, why, and which muscles that speaks of."""
    printer.paragraph(told.title, "bold", indent=2)
    printer.paragraph(told.verdict_words, "dim", indent=2)
    printer.paragraph(told.explanation, indent=2)
    for title, muscles in (("may feel tight", told.tight), ("may be weak", told.weak)):
        if muscles:
            printer.paragraph(f"{title}:", indent=2)
            printer.bullets(muscles, indent=4)
    for sign, words in (("+", told.fits), ("−", told.against)):
        printer.bullets(words, mark=sign, indent=4)
    printer.gap()


def _unmeasured(printer: Printer, assessment: Assessment, knowledge: Knowledge) -> None:
    lines = telling.unmeasured_lines(assessment, knowledge)
    if lines:
        printer.heading("What could not be measured")
        printer.bullets(lines)


def _notes(printer: Printer, notes: Sequence[str]) -> None:
    if notes:
        printer.heading("Notes")
        printer.bullets(notes)
