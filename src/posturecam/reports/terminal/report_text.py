"""The report in the terminal: numbers from head to feet, findings in careful words, what could not be measured.

Of an exam: the photos, the numbers with the views they come from, what they are consistent with.
"""

from collections.abc import Sequence
from datetime import date
from typing import IO

from rich.text import Text

from posturecam.body import View
from posturecam.knowledge import Knowledge, load
from posturecam.measures.measurement import Measurement
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Combined, Exam, view_confidence
from posturecam.pipeline.exam.combining import ORDER
from posturecam.reports.range_bar import in_characters, range_bar_of
from posturecam.reports.terminal.printer import Printer
from posturecam.text import findings_text, notable
from posturecam.text.day_words import day_words
from posturecam.text.exam_telling import together
from posturecam.text.labels import (
    DISCLAIMER,
    by_region,
    components_words,
    plain_words,
    plus_minus,
    seen_from,
    severity_words,
    stands_out,
    unbroken,
)
from posturecam.text.language import _, ngettext
from posturecam.text.language.views import of_view

_STYLES = {"mild": "yellow", "moderate": "bold red", "marked": "bold red"}
_WORDS_COLUMN, _SPAN_COLUMN, _STRIP_COLUMN, _SEVERITY_COLUMN = 32, 9, 21, 12
_FIXED = 2 + _SPAN_COLUMN + _STRIP_COLUMN + _SEVERITY_COLUMN + 4


def print_assessment(assessment: Assessment, knowledge: Knowledge | None = None, file: IO[str] | None = None) -> None:
    """Write an assessment to the terminal, or to an open text file."""
    printer, knowledge = Printer(file), knowledge or load()
    printer.title(f"{assessment.photo.name}, {seen_from(assessment.pose.view)}")
    for line in filter(None, (day_words([assessment.photo]), findings_text.view_words(assessment))):
        printer.paragraph(line, "dim")
    if assessment.measurements:
        _numbers(printer, assessment.measurements, knowledge)
        printer.paragraph(findings_text.vertical_words(assessment), "dim")
    _findings(printer, assessment, knowledge)
    _plan(printer, assessment)
    _unmeasured(printer, assessment, knowledge)
    _notes(printer, findings_text.notes_beside(assessment))
    printer.gap()
    printer.paragraph(_(DISCLAIMER), "dim")


def _numbers(printer: Printer, measurements: Sequence[Measurement], knowledge: Knowledge) -> None:
    """Write one line for each measurement, grouped from head to feet."""
    words = min(52, max(20, printer.width - _FIXED))
    for title, members in by_region(measurements):
        printer.heading(title)
        rows = [_row(member, knowledge) for member in members]
        printer.rows(rows, (words, _SPAN_COLUMN, _STRIP_COLUMN, _SEVERITY_COLUMN))
    printer.gap()
    printer.paragraph(
        _("± is the 95 % interval. ─ usual range, ━ interval, ● value; R and L are the person's own sides."),
        "dim",
    )
    for told in filter(None, map(components_words, measurements)):
        printer.paragraph(unbroken(f"{told}."), "dim")


def _row(measurement: Measurement, knowledge: Knowledge) -> tuple[Text, Text, Text, Text]:
    style = _STYLES.get(measurement.severity, "")
    return (
        Text(plain_words(measurement), "bold" if stands_out(measurement) else ""),
        Text(plus_minus(measurement), justify="right"),
        Text(in_characters(range_bar_of(measurement, knowledge.norm(measurement.key))), style),
        Text(severity_words(measurement), style),
    )


def _findings(printer: Printer, assessment: Assessment, knowledge: Knowledge) -> None:
    """Write what comes first and the findings that matter, or kindly that there are none."""
    printer.heading(_("What the photo shows"))
    first = assessment.conclusion.plan.first
    if first:
        printer.paragraph(first, "bold", indent=2)
    for line in notable.sizes(assessment, knowledge):
        printer.paragraph(unbroken(line), indent=2)
    for line in findings_text.without_findings(assessment):
        printer.paragraph(line, indent=2)
    for finding in findings_text.told_findings(assessment, knowledge):
        _finding(printer, finding)
    rest = findings_text.other_findings(assessment)
    if rest:
        printer.gap()
        printer.paragraph(rest, indent=2)


def _finding(printer: Printer, told: findings_text.Description) -> None:
    """Write one finding: its name, how strongly, why, and which muscles that speaks of."""
    printer.gap()
    printer.paragraph(told.heading, "bold", indent=2)
    printer.paragraph(told.standing, "dim", indent=2)
    printer.paragraph(told.plain, indent=2)
    for sign, words in findings_text.signed_words(told):
        printer.bullets(words, mark=sign, indent=4)
    for title, muscles in ((_("May feel tight"), told.tight), (_("May be weak"), told.weak)):
        printer.bullets((f"{title}, {line}" for line in muscles), indent=4)


def _plan(printer: Printer, assessment: Assessment) -> None:
    """Write where it may start and the plan: the first region in full, later ones by their titles."""
    chain, plan = assessment.conclusion.chain, assessment.conclusion.plan
    if chain.drivers:
        printer.heading(_("How it may hang together"))
        printer.paragraph(chain.text, indent=2)
    if not plan.steps:
        return
    printer.heading(_("What to try first"))
    printer.paragraph(f"{plan.dose} {plan.stop}", indent=2)
    opened = False
    for place, steps in findings_text.steps_by_place(assessment):
        if opened:
            printer.paragraph(
                _("Later, {place}: {names}.", place=place, names="; ".join(step.title for step in steps)), indent=2
            )
            continue
        printer.paragraph(f"{place[0].upper()}{place[1:]}:", indent=2)
        printer.bullets((f"{step.title}. {step.how}" for step in steps), indent=4)
        opened = steps[0].phase != "stressor"
    printer.paragraph(plan.again, indent=2)


def _unmeasured(printer: Printer, assessment: Assessment, knowledge: Knowledge) -> None:
    lines = findings_text.unmeasured_lines(assessment, knowledge, most=3)
    if lines:
        printer.heading(_("What could not be measured"))
        printer.bullets(lines)


def _notes(printer: Printer, notes: Sequence[str]) -> None:
    if notes:
        printer.heading(_("Notes"))
        printer.bullets(notes)


_EXAM_WIDTHS = (34, 10, 13, 14)


def print_exam(
    exam: Exam, knowledge: Knowledge | None = None, file: IO[str] | None = None, day: date | None = None
) -> None:
    """Write an exam to the terminal, or to an open text file; of its photos' day where ``day`` says no other."""
    printer, knowledge = Printer(file), knowledge or load()
    printer.title(ngettext("Exam of {count} photo", "Exam of {count} photos", len(exam.photos)))
    printer.bullets(photo_lines(exam))
    when = day_words([photo.photo for photo in exam.photos], day)
    if when:
        printer.paragraph(when, "dim")
    _exam_numbers(printer, exam)
    _exam_findings(printer, exam, knowledge)
    for title, lines in (
        (_("What could not be measured"), findings_text.unmeasured_lines(together(exam), knowledge, most=3)),
        (_("Notes"), list(findings_text.notes_beside(together(exam)))),
    ):
        if lines:
            printer.heading(title)
            printer.bullets(lines)
    printer.gap()
    printer.paragraph(_(DISCLAIMER), "dim")


def photo_lines(exam: Exam) -> list[str]:
    """Say what each photo shows, and which were left out."""
    shown = [
        _("{name}: {of_view}, not read as posture", name=photo.photo.name, of_view=of_view(photo.pose.view))
        if photo.void
        else _(
            "{name}: {of_view} (confidence {view_confidence:.0%})",
            name=photo.photo.name,
            of_view=of_view(photo.pose.view),
            view_confidence=view_confidence(photo),
        )
        for photo in exam.photos
    ]
    return [
        *shown,
        *(_("{name}: left out, {reason}", name=failure.name, reason=failure.reason) for failure in exam.failures),
    ]


def views_words(combined: Combined) -> str:
    """Name the views that a number comes from, short enough for a column: ``front, back``."""
    if not combined.parts:
        return _("balance test")
    order = [view.value for view in ORDER if view is not View.OBLIQUE]
    return ", ".join(of_view(View(view)) for view in sorted(combined.views, key=order.index))


def _exam_numbers(printer: Printer, exam: Exam) -> None:
    by_key = {measurement.measurement.key: measurement for measurement in exam.measurements}
    for title, members in by_region([measurement.measurement for measurement in exam.measurements]):
        printer.heading(title)
        rows = [
            (plain_words(member), plus_minus(member), views_words(by_key[member.key]), severity_words(member))
            for member in members
        ]
        printer.rows(rows, _EXAM_WIDTHS)
    for line in findings_text.index_lines(together(exam)):
        printer.gap()
        printer.paragraph(unbroken(line), "dim", indent=2)


def _exam_findings(printer: Printer, exam: Exam, knowledge: Knowledge) -> None:
    """Write what the photos show together, and what to try first."""
    whole = together(exam)
    printer.heading(_("What the photos show together"))
    sizes = notable.sizes(whole, knowledge)
    for line in filter(None, (whole.conclusion.plan.first, *sizes, *findings_text.without_findings(whole))):
        printer.paragraph(unbroken(line), indent=2)
    for told in findings_text.told_findings(whole, knowledge):
        printer.gap()
        printer.paragraph(told.heading, "bold", indent=2)
        printer.paragraph(told.standing, "dim", indent=2)
        printer.paragraph(told.plain, indent=2)
        for sign, words in findings_text.signed_words(told):
            printer.bullets(words, mark=sign, indent=4)
    rest = findings_text.other_findings(whole)
    if rest:
        printer.gap()
        printer.paragraph(rest, indent=2)
    if whole.conclusion.chain.drivers:
        printer.heading(_("How it may hang together"))
        printer.paragraph(whole.conclusion.chain.text, indent=2)
    if whole.conclusion.plan.steps:
        printer.heading(_("What to try first"))
        for place, steps in findings_text.steps_by_place(whole):
            printer.paragraph(f"{place[0].upper()}{place[1:]}: {'; '.join(step.title for step in steps)}.", indent=2)
