"""The report of an open exam as parts of a page, the same as in the files that are written."""

from dataclasses import dataclass

from posturecam.knowledge import Knowledge
from posturecam.page.desks import Desk
from posturecam.pipeline.exam import Exam
from posturecam.reports.html import webpage_parts as parts
from posturecam.reports.html.exam_page import combined_table
from posturecam.reports.html.markup import Html, join, tag
from posturecam.reports.html.webpage import numbers_table, sections
from posturecam.text import telling
from posturecam.text.exam_telling import together
from posturecam.text.language import _


@dataclass(frozen=True, slots=True)
class Report:
    """What stands beside the photo, what stands below it, and what it was made with."""

    summary: Html
    rest: Html
    made_with: str


def report(desk: Desk, knowledge: Knowledge) -> Report | None:
    """Tell an exam; None as long as no photo was measured."""
    exam = desk.exam(knowledge)
    return None if exam is None else report_of(exam, knowledge)


def report_of(exam: Exam, knowledge: Knowledge) -> Report:
    """Tell an exam; of several photos also whose sizes stand in the pictures."""
    if len(exam.photos) == 1 and not exam.failures:
        whole = exam.photos[0]
        numbers = numbers_table(whole, knowledge)
    else:
        whole = together(exam)
        numbers = combined_table(exam, knowledge)
    summary = parts.summary(whole, knowledge)
    if len(exam.photos) > 1:
        sizes = tag("p", _(telling.SIZES_IN_PICTURES), class_="soft small")
        summary = join(parts.summary(whole, knowledge, _("What the photos show")), sizes)
    return Report(summary, join(*sections(whole, knowledge, numbers)), telling.made_with(whole))
