"""The report as one HTML file: pictures and style inside, no script, no request; light, dark, phone and paper.

Of an exam the overlays stand side by side, then what the photos say together.
"""

import base64
from collections.abc import Sequence

from posturecam.knowledge import Knowledge, load
from posturecam.measures.measurement import Measurement
from posturecam.picture.photo import Pixels
from posturecam.pipeline.assessment import Assessment, PhotoInfo
from posturecam.pipeline.exam import Combined, Exam
from posturecam.reports import body_map
from posturecam.reports.drawing.photo_overlay import encode, reduced_pixels
from posturecam.reports.html import report_sections as parts
from posturecam.reports.html.markup import Html, document, tag
from posturecam.reports.range_bar import in_svg, range_bar_of
from posturecam.reports.report_options import Heading
from posturecam.reports.terminal.report_text import views_words
from posturecam.text import findings_text
from posturecam.text.day_words import day_words
from posturecam.text.exam_telling import together
from posturecam.text.labels import (
    DISCLAIMER,
    by_region,
    isolated,
    plain_words,
    plus_minus,
    seen_from,
    severity_words,
    stands_out,
    unbroken,
)
from posturecam.text.language import N_, _

_CAPTION = N_(
    "Left and right are the person's own. White lines are level or upright; pale ones are the person's outline and the "
    "body's own middle beside the plumb line."
)

_LONGEST_PX = 1600
"""Long side of the picture inside the page."""


def photo_page(
    assessment: Assessment, drawn: Pixels, knowledge: Knowledge | None = None, heading: Heading | None = None
) -> str:
    """Build the report; ``drawn`` is the overlay, (h, w, 3) uint8 RGB."""
    knowledge = knowledge or load()
    name = f"{isolated(assessment.photo.name)}, {seen_from(assessment.pose.view)}"
    return document(
        _("Posture report: {name}", name=assessment.photo.name),
        header(name, heading or Heading(), [assessment.photo]),
        tag(
            "main",
            tag("div", _photo(assessment, drawn), tag("div", parts.summary(assessment, knowledge)), class_="top"),
            *report_parts_html(assessment, knowledge, numbers_table(assessment, knowledge)),
        ),
        tag("footer", tag("p", findings_text.made_with(assessment))),
    )


def report_parts_html(assessment: Assessment, knowledge: Knowledge, numbers: Html) -> tuple[Html, ...]:
    """Build what follows the summary, in its order; ``numbers`` is the table of measurements.

    Of photos that show no posture only the notes follow.
    """
    if assessment.void and not assessment.measurements:
        return parts.listed_html(_("Notes"), findings_text.notes_beside(assessment)), disclaimer()
    return (
        parts.details(assessment, knowledge),
        body_map.section(assessment, knowledge),
        parts.chain_section(assessment),
        parts.plan_section(assessment),
        numbers,
        parts.listed_html(_("What could not be measured"), findings_text.unmeasured_lines(assessment, knowledge)),
        parts.certainty(assessment, knowledge),
        parts.listed_html(_("Notes"), findings_text.notes_beside(assessment)),
        disclaimer(),
    )


def disclaimer() -> Html:
    """Say what this is not."""
    return tag("section", tag("h2", _("Please note")), tag("p", _(DISCLAIMER)), class_="disclaimer")


def header(name: str, heading: Heading, photos: Sequence[PhotoInfo]) -> Html:
    """Say who, what and when above everything, with the logo at the side."""
    when = day_words(photos, heading.day)
    logo = tag("img", src=picture_data(heading.logo), alt="Logo", class_="logo") if heading.logo is not None else Html()
    return tag(
        "header",
        logo,
        tag("h1", _("How this person stands")),
        tag("p", tag("bdi", heading.client), class_="name client") if heading.client else Html(),
        tag("p", tag("bdi", name, dir="ltr"), class_="soft name"),
        tag("p", when, class_="soft day") if when else Html(),
        tag("p", heading.note, class_="note") if heading.note else Html(),
    )


def _photo(assessment: Assessment, drawn: Pixels) -> Html:
    """Show the overlay, described in words for those who cannot see it."""
    caption = Html() if assessment.void else tag("figcaption", _(_CAPTION))
    size = {"width": drawn.shape[1], "height": drawn.shape[0]}
    return tag("figure", tag("img", src=picture_data(drawn), alt=_described(assessment), **size), caption)


def _described(assessment: Assessment) -> str:
    view = seen_from(assessment.pose.view)
    if assessment.void:
        return _("The person {view}; nothing is measured. {void}", view=view, void=assessment.void)
    lines = "; ".join(measurement.words for measurement in assessment.measurements if stands_out(measurement)) or _(
        "nothing stands out"
    )
    return _("The person {view}, with plumb line and measured lines drawn in: {lines}.", view=view, lines=lines)


def picture_data(pixels: Pixels) -> str:
    """Put a picture into an address of its own, as JPEG without metadata, reduced to what a page needs."""
    return "data:image/jpeg;base64," + base64.b64encode(encode(reduced_pixels(pixels, _LONGEST_PX), ".jpg")).decode()


def numbers_table(assessment: Assessment, knowledge: Knowledge) -> Html:
    """Lay out all measurements, head to feet, each with its strip."""
    head = (_("Measured"), "±", _("On the usual range"), _("Size"))
    body = [_group(title, members, knowledge) for title, members in by_region(assessment.measurements)]
    return tag(
        "section",
        tag("h2", _("All measurements")),
        legend(),
        tag("div", tag("table", tag("thead", tag("tr", *(tag("th", word, scope="col") for word in head))), *body)),
        parts.index_parts(assessment),
        class_="numbers",
    )


def legend() -> Html:
    """Explain the strips."""
    samples = (("b0", _("usual range")), ("b1", _("mild")), ("b2", _("moderate")), ("b3", _("marked")))
    boxes = [tag("span", _sample(zone), words) for zone, words in samples]
    sides = tag(
        "span", _("R and L: towards the person's right and left. Dot and bar: the value and its 95 % interval.")
    )
    return tag("p", *boxes, sides, class_="legend")


def _sample(zone: str) -> Html:
    shape = tag("rect", x=0, y=0, width=24, height=12, class_=zone)
    return tag("svg", shape, viewBox="0 0 24 12", class_="strip", aria_hidden="true")


def _group(title: str, members: Sequence[Measurement], knowledge: Knowledge) -> Html:
    rows = [_photo_row(member, knowledge) for member in members]
    return tag("tbody", tag("tr", tag("th", title, colspan=4, scope="rowgroup")), *rows)


def _photo_row(measurement: Measurement, knowledge: Knowledge) -> Html:
    return tag(
        "tr",
        tag("th", unbroken(plain_words(measurement)), scope="row"),
        tag("td", unbroken(plus_minus(measurement)), class_="number"),
        tag("td", in_svg(range_bar_of(measurement, knowledge.norm(measurement.key))), class_="strip"),
        tag("td", severity_words(measurement), class_=f"severity {measurement.severity}"),
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
            _exam_photos(exam, drawn),
            parts.summary(whole, knowledge, _("What the photos show")),
            *report_parts_html(whole, knowledge, combined_table(exam, knowledge)),
        ),
        tag("footer", tag("p", findings_text.made_with(whole))),
    )


def _exam_photos(exam: Exam, drawn: Sequence[Pixels]) -> Html:
    """Show the overlays side by side; they wrap on a narrow screen."""
    figures = (
        tag(
            "figure",
            tag("img", src=picture_data(pixels), alt=_("The person {seen_from}", seen_from=seen_from(photo.pose.view))),
            tag("figcaption", f"{isolated(photo.photo.name)}, {seen_from(photo.pose.view)}"),
        )
        for photo, pixels in zip(exam.photos, drawn, strict=True)
    )
    sizes = tag("p", _(findings_text.SIZES_IN_PICTURES), class_="soft small")
    return tag("section", tag("div", *figures, class_="photos"), sizes)


def combined_table(exam: Exam, knowledge: Knowledge) -> Html:
    """Lay out the combined measurements, head to feet, each with the views it comes from."""
    by_key = {measurement.measurement.key: measurement for measurement in exam.measurements}
    head = (_("Measured"), "±", _("On the usual range"), _("Size"), _("From"))
    groups = by_region([measurement.measurement for measurement in exam.measurements])
    body = (
        tag(
            "tbody",
            tag("tr", tag("th", title, colspan=len(head), scope="rowgroup")),
            *(_exam_row(member, by_key[member.key], knowledge) for member in members),
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


def _exam_row(measurement: Measurement, combined: Combined, knowledge: Knowledge) -> Html:
    return tag(
        "tr",
        tag("th", unbroken(plain_words(measurement)), scope="row"),
        tag("td", unbroken(plus_minus(measurement)), class_="number"),
        tag("td", in_svg(range_bar_of(measurement, knowledge.norm(measurement.key))), class_="strip"),
        tag("td", severity_words(measurement), class_=f"severity {measurement.severity}"),
        tag("td", views_words(combined), class_="from"),
    )
