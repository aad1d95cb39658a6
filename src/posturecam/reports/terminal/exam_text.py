"""An exam in the terminal: the photos, the numbers with the views they come from, what they are consistent with."""

from datetime import date
from typing import IO

from posturecam.body import View
from posturecam.knowledge import Knowledge, load
from posturecam.pipeline.exam import Combined, Exam, view_confidence
from posturecam.pipeline.exam.combining import ORDER
from posturecam.reports.terminal.printer import Printer
from posturecam.text import standing_out, telling
from posturecam.text.day_words import day_words
from posturecam.text.exam_telling import together
from posturecam.text.language import _, ngettext
from posturecam.text.language.views import of_view
from posturecam.text.wording import DISCLAIMER, by_region, plain_words, plus_minus, severity_words, unbroken

_WIDTHS = (34, 10, 13, 14)


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
    _numbers(printer, exam)
    _findings(printer, exam, knowledge)
    for title, lines in (
        (_("What could not be measured"), telling.unmeasured_lines(together(exam), knowledge, most=3)),
        (_("Notes"), list(telling.notes_beside(together(exam)))),
    ):
        if lines:
            printer.heading(title)
            printer.bullets(lines)
    printer.gap()
    printer.paragraph(_(DISCLAIMER), "dim")


def photo_lines(exam: Exam) -> list[str]:
    """Say what each photo shows, and which were left out."""
    shown = [
        _("{name}: {of_view}, not read as posture", name=one.photo.name, of_view=of_view(one.pose.view))
        if one.void
        else _(
            "{name}: {of_view} (confidence {view_confidence:.0%})",
            name=one.photo.name,
            of_view=of_view(one.pose.view),
            view_confidence=view_confidence(one),
        )
        for one in exam.photos
    ]
    return [*shown, *(_("{name}: left out, {reason}", name=one.name, reason=one.reason) for one in exam.failures)]


def views_words(one: Combined) -> str:
    """Name the views that a number comes from, short enough for a column: ``front, back``."""
    if not one.parts:
        return _("balance test")
    order = [view.value for view in ORDER if view is not View.OBLIQUE]
    return ", ".join(of_view(View(view)) for view in sorted(one.views, key=order.index))


def _numbers(printer: Printer, exam: Exam) -> None:
    by_key = {one.measurement.key: one for one in exam.measurements}
    for title, members in by_region([one.measurement for one in exam.measurements]):
        printer.heading(title)
        rows = [
            (plain_words(one), plus_minus(one), views_words(by_key[one.key]), severity_words(one)) for one in members
        ]
        printer.rows(rows, _WIDTHS)
    for line in telling.index_lines(together(exam)):
        printer.gap()
        printer.paragraph(unbroken(line), "dim", indent=2)


def _findings(printer: Printer, exam: Exam, knowledge: Knowledge) -> None:
    """Write what the photos show together, and what to try first."""
    whole = together(exam)
    printer.heading(_("What the photos show together"))
    sizes = standing_out.sizes(whole, knowledge)
    for line in filter(None, (whole.conclusion.plan.first, *sizes, *telling.without_findings(whole))):
        printer.paragraph(unbroken(line), indent=2)
    for told in telling.told_findings(whole, knowledge):
        printer.gap()
        printer.paragraph(told.heading, "bold", indent=2)
        printer.paragraph(told.standing, "dim", indent=2)
        printer.paragraph(told.plain, indent=2)
        for sign, words in telling.signed(told):
            printer.bullets(words, mark=sign, indent=4)
    rest = telling.other_findings(whole)
    if rest:
        printer.gap()
        printer.paragraph(rest, indent=2)
    if whole.conclusion.chain.drivers:
        printer.heading(_("How it may hang together"))
        printer.paragraph(whole.conclusion.chain.text, indent=2)
    if whole.conclusion.plan.steps:
        printer.heading(_("What to try first"))
        for place, steps in telling.steps_by_place(whole):
            printer.paragraph(f"{place[0].upper()}{place[1:]}: {'; '.join(one.title for one in steps)}.", indent=2)
