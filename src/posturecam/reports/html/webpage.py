"""The report as one HTML file: pictures and style inside, no script, no request; light, dark, phone and paper."""

import base64
from collections.abc import Sequence

from posturecam.knowledge import Knowledge, load
from posturecam.measures.measurement import Measurement
from posturecam.picture.photo import Pixels
from posturecam.pipeline.assessment import Assessment, PhotoInfo
from posturecam.reports import body_map
from posturecam.reports.heading import Heading
from posturecam.reports.html import webpage_parts as parts
from posturecam.reports.html.markup import Html, document, tag
from posturecam.reports.picture.photo_overlay import encode, reduced
from posturecam.reports.strip import in_svg, strip_of
from posturecam.text import telling
from posturecam.text.day_words import day_words
from posturecam.text.language import _, later
from posturecam.text.wording import (
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

_CAPTION = later(
    "Left and right are the person's own. White lines are level or upright; pale ones are the person's outline and the "
    "body's own middle beside the plumb line."
)

_LONGEST_PX = 1600
"""Long side of the picture inside the page."""


def page(
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
            *sections(assessment, knowledge, numbers_table(assessment, knowledge)),
        ),
        tag("footer", tag("p", telling.made_with(assessment))),
    )


def sections(assessment: Assessment, knowledge: Knowledge, numbers: Html) -> tuple[Html, ...]:
    """Build what follows the summary, in its order; ``numbers`` is the table of measurements.

    Of photos that show no posture only the notes follow.
    """
    if assessment.void and not assessment.measurements:
        return parts.listed(_("Notes"), telling.notes_beside(assessment)), disclaimer()
    return (
        parts.details(assessment, knowledge),
        body_map.section(assessment, knowledge),
        parts.chain(assessment),
        parts.plan(assessment),
        numbers,
        parts.listed(_("What could not be measured"), telling.unmeasured_lines(assessment, knowledge)),
        parts.certainty(assessment, knowledge),
        parts.listed(_("Notes"), telling.notes_beside(assessment)),
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
    lines = "; ".join(one.words for one in assessment.measurements if stands_out(one)) or _("nothing stands out")
    return _("The person {view}, with plumb line and measured lines drawn in: {lines}.", view=view, lines=lines)


def picture_data(pixels: Pixels) -> str:
    """Put a picture into an address of its own, as JPEG without metadata, reduced to what a page needs."""
    return "data:image/jpeg;base64," + base64.b64encode(encode(reduced(pixels, _LONGEST_PX), ".jpg")).decode()


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
    rows = [_row(one, knowledge) for one in members]
    return tag("tbody", tag("tr", tag("th", title, colspan=4, scope="rowgroup")), *rows)


def _row(one: Measurement, knowledge: Knowledge) -> Html:
    return tag(
        "tr",
        tag("th", unbroken(plain_words(one)), scope="row"),
        tag("td", unbroken(plus_minus(one)), class_="number"),
        tag("td", in_svg(strip_of(one, knowledge.norm(one.key))), class_="strip"),
        tag("td", severity_words(one), class_=f"severity {one.severity}"),
    )
