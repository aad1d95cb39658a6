"""Two sittings of one person as one HTML file: pictures side by side, and every difference on its strip."""

from collections.abc import Sequence
from dataclasses import dataclass

from posturecam.knowledge import Knowledge
from posturecam.picture.photo import Pixels
from posturecam.records.progress import Change, Sitting, Verdict
from posturecam.reports.change_words import TITLES, day, missing_lines, summary_line, sure_lines, told
from posturecam.reports.html.history_page import changed_cards
from posturecam.reports.html.markup import Html, document, tag
from posturecam.reports.html.webpage import disclaimer, picture_data
from posturecam.reports.html.webpage_parts import listed
from posturecam.text.language import _, later
from posturecam.text.wording import seen_from

ALIGNED = later(
    "Both are turned upright by their own vertical, stand on the same ankles, and are drawn to the same length "
    "from the eyes to the ankles. Dashed: the plumb line and the floor."
)
_WIDTH, _HEIGHT = 240.0, 24.0


@dataclass(frozen=True, slots=True)
class Pair:
    """The same view before and after, aligned."""

    view: str
    before: Pixels
    after: Pixels


def compare_page(
    before: Sitting, after: Sitting, changes: Sequence[Change], pairs: Sequence[Pair], knowledge: Knowledge
) -> str:
    """Build the page; ``changes`` come sorted, the largest real one first."""
    return document(
        _("Posture compared: {label} and {label2}", label=before.label, label2=after.label),
        tag(
            "header",
            tag("h1", _("What changed")),
            tag(
                "p",
                _("from") + " ",
                tag("bdi", day(before), dir="ltr"),
                " " + _("to") + " ",
                tag("bdi", day(after), dir="ltr"),
                class_="soft name",
            ),
        ),
        tag(
            "main",
            *sections(before, after, changes, _pictures(before, after, pairs), knowledge),
        ),
    )


def sections(
    before: Sitting, after: Sitting, changes: Sequence[Change], pictures: Html, knowledge: Knowledge
) -> tuple[Html, ...]:
    """Say what changed, show the pictures, list every difference, and say how sure that is."""
    return (
        _summary(changes, knowledge),
        pictures,
        _table(changes, knowledge),
        listed(_("What only one of the two shows"), missing_lines(before, after, knowledge)),
        listed(_("How sure are we?"), sure_lines(changes, (before, after))),
        disclaimer(),
    )


def _summary(changes: Sequence[Change], knowledge: Knowledge) -> Html:
    cards = changed_cards(changes, knowledge)
    return tag("section", tag("h2", _("In short")), tag("p", summary_line(changes)), cards, class_="first")


def _pictures(before: Sitting, after: Sitting, pairs: Sequence[Pair]) -> Html:
    if not pairs:
        return Html()
    figures = [
        tag(
            "div",
            _figure(one.before, _("before"), one.view, before),
            _figure(one.after, _("after"), one.view, after),
            class_="pair",
        )
        for one in pairs
    ]
    return tag("section", tag("h2", _("Before and after")), tag("p", _(ALIGNED), class_="soft"), *figures)


def _figure(pixels: Pixels, when: str, view: str, sitting: Sitting) -> Html:
    alt = _("The person {when}, {seen_from}, with the plumb line.", when=when, seen_from=seen_from(view))
    picture = tag("img", src=picture_data(pixels), alt=alt)
    return tag("figure", picture, tag("figcaption", f"{when.capitalize()}: ", tag("bdi", day(sitting), dir="ltr")))


def _table(changes: Sequence[Change], knowledge: Knowledge) -> Html:
    if not changes:
        return Html()
    head = (_("Measured"), _("Before"), _("After"), _("Difference"), _("On its interval"))
    groups = [(verdict, [one for one in changes if one.verdict is verdict]) for verdict in Verdict]
    bodies = [
        tag(
            "tbody",
            tag("tr", tag("th", _(TITLES[verdict]), colspan=len(head), scope="rowgroup")),
            *(_row(one, knowledge) for one in members),
        )
        for verdict, members in groups
        if members
    ]
    heading = tag("thead", tag("tr", *(tag("th", word, scope="col") for word in head)))
    words = _(
        "Shaded: differences too small to matter. Bar: the difference's 95 % interval; the line is no difference."
    )
    note = tag("p", words, class_="legend")
    return tag(
        "section", tag("h2", _("All differences")), note, tag("table", heading, *bodies), class_="numbers changes"
    )


def _row(change: Change, knowledge: Knowledge) -> Html:
    words = told(change, knowledge)
    return tag(
        "tr",
        tag("th", words.name, scope="row"),
        tag("td", words.before),
        tag("td", words.after),
        tag("td", words.by, class_="number"),
        tag("td", _strip(change, words.by), class_="strip"),
    )


def _strip(change: Change, words: str) -> Html:
    """Draw the difference with its interval around no difference."""
    reach = 1.1 * max(abs(change.low), abs(change.high), 1.2 * change.worth)

    def x(value: float) -> float:
        return _WIDTH / 2 * (1 + value / reach)

    middle, worth = _HEIGHT / 2, change.worth
    return tag(
        "svg",
        tag("rect", x=0, y=4, width=_WIDTH, height=_HEIGHT - 8, class_="b1"),
        tag("rect", x=x(-worth), y=4, width=x(worth) - x(-worth), height=_HEIGHT - 8, class_="b0"),
        tag("line", x1=x(0), x2=x(0), y1=2, y2=_HEIGHT - 2, class_="zero"),
        tag("line", x1=x(change.low), x2=x(change.high), y1=middle, y2=middle, class_="span"),
        tag("circle", cx=x(change.difference), cy=middle, r=5.0, class_="at"),
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        class_="strip moderate" if change.verdict is Verdict.CHANGED else "strip",
        role="img",
        aria_label=_("changed by {words}: {verdict}", words=words, verdict=_(change.verdict)),
    )
