"""Change as HTML, each one file: two sittings of one person compared, and one person over time.

Compared: pictures side by side, and every difference on its bar. Over time: what changed since the first exam, and a
plot of every measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from posturecam.knowledge import Knowledge
from posturecam.picture.photo import Pixels
from posturecam.records.progress import Change, ChangeVerdict, Sitting, compared
from posturecam.reports.changes_text import (
    TITLES,
    change_name,
    change_told,
    day,
    keys_of,
    missing_lines,
    span_words,
    summary_line,
    sure_lines,
)
from posturecam.reports.html.markup import Html, document, tag
from posturecam.reports.html.report_page import disclaimer, legend, picture_data
from posturecam.reports.html.report_sections import listed_html
from posturecam.reports.trend import plot, points_of
from posturecam.text.labels import seen_from
from posturecam.text.language import N_, _


def history_page(person: str, sittings: Sequence[Sitting], knowledge: Knowledge) -> str:
    """Build the page; ``sittings`` are the exams, the earliest first."""
    return document(
        _("Posture over time: {person}", person=person),
        tag(
            "header",
            tag("h1", _("How this person stands over time")),
            tag("p", tag("bdi", person), class_="name client"),
            tag("p", span_words(sittings), class_="soft"),
        ),
        tag(
            "main",
            *history_sections(sittings, knowledge),
            listed_html(_("The exams"), [day(sitting) for sitting in sittings]),
            disclaimer(),
        ),
    )


def history_sections(sittings: Sequence[Sitting], knowledge: Knowledge) -> tuple[Html, ...]:
    """Say what changed since the first exam, plot every measure, and say how sure that is."""
    changes = compared(sittings[0], sittings[-1], knowledge) if len(sittings) > 1 else ()
    return (
        _history_summary(changes, knowledge, alone=len(sittings) == 1),
        _plots(sittings, changes, knowledge),
        listed_html(_("How sure are we?"), sure_lines(changes, sittings)),
    )


def _history_summary(changes: Sequence[Change], knowledge: Knowledge, *, alone: bool) -> Html:
    heading = tag("h2", _("What changed since the first exam"))
    if alone:
        words = _("This is the first exam. Another one later, taken in the same way, will show what changes.")
        return tag("section", heading, tag("p", words, class_="card calm"), class_="first")
    return tag("section", heading, tag("p", summary_line(changes)), changed_cards(changes, knowledge), class_="first")


def changed_cards(changes: Sequence[Change], knowledge: Knowledge) -> Html:
    """Build a card for each real change, the largest first."""
    cards = []
    for change in (change for change in changes if change.verdict is ChangeVerdict.CHANGED):
        words = change_told(change, knowledge)
        way = tag("p", f"{words.before} → {words.after}")
        size = tag("p", _("Changed by {by}, {direction}.", by=words.by, direction=words.direction), class_="soft small")
        calm = "calm" if words.nearer else "weak"
        cards.append(tag("div", tag("h3", words.name), way, size, class_=f"card {calm}"))
    return tag("div", *cards, class_="cards")


def _plots(sittings: Sequence[Sitting], changes: Sequence[Change], knowledge: Knowledge) -> Html:
    changed = {change.key: change for change in changes}
    regions = [
        tag(
            "div",
            tag("h3", title),
            tag("div", *(_plot_figure(key, sittings, changed.get(key), knowledge) for key in keys), class_="trends"),
        )
        for title, keys in keys_of(sittings, knowledge)
    ]
    words = _("The bars tell how the person stands, not only how they stood: standing again is part of them.")
    return tag(
        "section", tag("h2", _("Every measure over time")), legend(), tag("p", words, class_="soft small"), *regions
    )


def _plot_figure(key: str, sittings: Sequence[Sitting], change: Change | None, knowledge: Knowledge) -> Html:
    norm = knowledge.norm(key)
    points = points_of(key, sittings, norm)
    drawn = plot(points, norm, changed=change is not None and change.verdict is ChangeVerdict.CHANGED)
    if change:
        said = f"{change_told(change, knowledge).by}: {_(change.verdict)}"
    elif len(sittings) == 1:
        said = f"{norm.words(points[0].value, '')} ± {norm.size(points[0].half)}"
    else:
        said = _("not measured in the first and the last exam")
    caption = tag("figcaption", tag("strong", change_name(key, knowledge)), tag("br"), said)
    return tag("figure", drawn, caption)


ALIGNED = N_(
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
            *comparison_sections(before, after, changes, _pictures(before, after, pairs), knowledge),
        ),
    )


def comparison_sections(
    before: Sitting, after: Sitting, changes: Sequence[Change], pictures: Html, knowledge: Knowledge
) -> tuple[Html, ...]:
    """Say what changed, show the pictures, list every difference, and say how sure that is."""
    return (
        _summary(changes, knowledge),
        pictures,
        _table(changes, knowledge),
        listed_html(_("What only one of the two shows"), missing_lines(before, after, knowledge)),
        listed_html(_("How sure are we?"), sure_lines(changes, (before, after))),
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
            _figure(pair.before, _("before"), pair.view, before),
            _figure(pair.after, _("after"), pair.view, after),
            class_="pair",
        )
        for pair in pairs
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
    groups = [(verdict, [change for change in changes if change.verdict is verdict]) for verdict in ChangeVerdict]
    bodies = [
        tag(
            "tbody",
            tag("tr", tag("th", _(TITLES[verdict]), colspan=len(head), scope="rowgroup")),
            *(_row(member, knowledge) for member in members),
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
    words = change_told(change, knowledge)
    return tag(
        "tr",
        tag("th", words.name, scope="row"),
        tag("td", words.before),
        tag("td", words.after),
        tag("td", words.by, class_="number"),
        tag("td", _range_bar(change, words.by), class_="strip"),
    )


def _range_bar(change: Change, words: str) -> Html:
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
        class_="strip moderate" if change.verdict is ChangeVerdict.CHANGED else "strip",
        role="img",
        aria_label=_("changed by {words}: {verdict}", words=words, verdict=_(change.verdict)),
    )
