"""An exam as one HTML file: the overlays side by side, then what the photos say together."""

from collections.abc import Sequence

from posturecam.knowledge import Knowledge, load
from posturecam.measures.measurement import Measurement
from posturecam.picture.photo import Pixels
from posturecam.pipeline.exam import Combined, Exam
from posturecam.reports.heading import Heading
from posturecam.reports.html import webpage_parts as parts
from posturecam.reports.html.markup import Html, document, tag
from posturecam.reports.html.webpage import header, legend, picture_data, sections
from posturecam.reports.strip import in_svg, strip_of
from posturecam.reports.terminal.exam_text import views_words
from posturecam.text import telling
from posturecam.text.exam_telling import together
from posturecam.text.language import _
from posturecam.text.wording import (
    by_region,
    isolated,
    plain_words,
    plus_minus,
    seen_from,
    severity_words,
    unbroken,
)


def exam_page(
    exam: Exam, drawn: Sequence[Pixels], knowledge: Knowledge | None = None, heading: Heading | None = None
) -> str:
    """Build the report; ``drawn`` are the overlays, in the order of the exam's photos."""
    knowledge, whole = knowledge or load(), together(exam)
    names = ", ".join(isolated(photo.photo.name) for photo in exam.photos)
    return document(
        _("Posture report of an exam"),
        header(names, heading or Heading(), [photo.photo for photo in exam.photos]),
        tag(
            "main",
            _photos(exam, drawn),
            parts.summary(whole, knowledge, _("What the photos show")),
            *sections(whole, knowledge, combined_table(exam, knowledge)),
        ),
        tag("footer", tag("p", telling.made_with(whole))),
    )


def _photos(exam: Exam, drawn: Sequence[Pixels]) -> Html:
    """Show the overlays side by side; they wrap on a narrow screen."""
    figures = (
        tag(
            "figure",
            tag("img", src=picture_data(pixels), alt=_("The person {seen_from}", seen_from=seen_from(photo.pose.view))),
            tag("figcaption", f"{isolated(photo.photo.name)}, {seen_from(photo.pose.view)}"),
        )
        for photo, pixels in zip(exam.photos, drawn, strict=True)
    )
    sizes = tag("p", _(telling.SIZES_IN_PICTURES), class_="soft small")
    return tag("section", tag("div", *figures, class_="photos"), sizes)


def combined_table(exam: Exam, knowledge: Knowledge) -> Html:
    """Lay out the combined measurements, head to feet, each with the views it comes from."""
    by_key = {one.measurement.key: one for one in exam.measurements}
    head = ("Measured", "±", _("On the usual range"), "Size", "From")
    groups = by_region([one.measurement for one in exam.measurements])
    body = (
        tag(
            "tbody",
            tag("tr", tag("th", title, colspan=len(head), scope="rowgroup")),
            *(_row(one, by_key[one.key], knowledge) for one in members),
        )
        for title, members in groups
    )
    columns = (tag("th", word, scope="col", class_="from" if word == head[-1] else None) for word in head)
    heading = tag("thead", tag("tr", *columns))
    return tag(
        "section",
        tag("h2", _("All measurements")),
        legend(),
        tag("div", tag("table", heading, *body)),
        parts.index_parts(together(exam)),
        class_="numbers",
    )


def _row(one: Measurement, combined: Combined, knowledge: Knowledge) -> Html:
    return tag(
        "tr",
        tag("th", unbroken(plain_words(one)), scope="row"),
        tag("td", unbroken(plus_minus(one)), class_="number"),
        tag("td", in_svg(strip_of(one, knowledge.norm(one.key))), class_="strip"),
        tag("td", severity_words(one), class_=f"severity {one.severity}"),
        tag("td", views_words(combined), class_="from"),
    )
