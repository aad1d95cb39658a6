"""One person over time as one HTML file: what changed since the first exam, and a plot of every measure."""

from collections.abc import Sequence

from posturecam.knowledge import Knowledge
from posturecam.records.progress import Change, Sitting, Verdict, compared
from posturecam.reports.change_words import day, name_of, summary_line, sure_lines, told
from posturecam.reports.html.markup import Html, document, tag
from posturecam.reports.html.webpage import disclaimer, legend
from posturecam.reports.html.webpage_parts import listed
from posturecam.reports.trend import plot, points_of
from posturecam.text.language import _
from posturecam.text.wording import REGIONS, region_of


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
            *sections(sittings, knowledge),
            listed(_("The exams"), [day(one) for one in sittings]),
            disclaimer(),
        ),
    )


def sections(sittings: Sequence[Sitting], knowledge: Knowledge) -> tuple[Html, ...]:
    """Say what changed since the first exam, plot every measure, and say how sure that is."""
    changes = compared(sittings[0], sittings[-1], knowledge) if len(sittings) > 1 else ()
    return (
        _summary(changes, knowledge, alone=len(sittings) == 1),
        _plots(sittings, changes, knowledge),
        listed(_("How sure are we?"), sure_lines(changes, sittings)),
    )


def span_words(sittings: Sequence[Sitting]) -> str:
    """Say how many exams there are, and from when to when."""
    first, last = (one.on.isoformat() if one.on else one.label for one in (sittings[0], sittings[-1]))
    return (
        _("one exam, {first}", first=first)
        if len(sittings) == 1
        else _("{count} exams, {first} to {last}", count=len(sittings), first=first, last=last)
    )


def keys_of(sittings: Sequence[Sitting], knowledge: Knowledge) -> list[tuple[str, list[str]]]:
    """Group what was ever measured by the body's regions, head to feet."""
    seen = {key for one in sittings for key in one.by_key}
    groups: dict[str, list[str]] = {title: [] for title, _stems in REGIONS}
    for key in (key for key in knowledge.norms if key in seen):
        groups.setdefault(region_of(key), []).append(key)
    return [(_(title), keys) for title, keys in groups.items() if keys]


def _summary(changes: Sequence[Change], knowledge: Knowledge, *, alone: bool) -> Html:
    heading = tag("h2", _("What changed since the first exam"))
    if alone:
        words = _("This is the first exam. Another one later, taken in the same way, will show what changes.")
        return tag("section", heading, tag("p", words, class_="card calm"), class_="first")
    return tag("section", heading, tag("p", summary_line(changes)), changed_cards(changes, knowledge), class_="first")


def changed_cards(changes: Sequence[Change], knowledge: Knowledge) -> Html:
    """Build a card for each real change, the largest first."""
    cards = []
    for change in (one for one in changes if one.verdict is Verdict.CHANGED):
        words = told(change, knowledge)
        way = tag("p", f"{words.before} → {words.after}")
        size = tag("p", _("Changed by {by}, {direction}.", by=words.by, direction=words.direction), class_="soft small")
        calm = "calm" if words.nearer else "weak"
        cards.append(tag("div", tag("h3", words.name), way, size, class_=f"card {calm}"))
    return tag("div", *cards, class_="cards")


def _plots(sittings: Sequence[Sitting], changes: Sequence[Change], knowledge: Knowledge) -> Html:
    changed = {one.key: one for one in changes}
    regions = [
        tag(
            "div",
            tag("h3", title),
            tag("div", *(_figure(key, sittings, changed.get(key), knowledge) for key in keys), class_="trends"),
        )
        for title, keys in keys_of(sittings, knowledge)
    ]
    words = _("The bars tell how the person stands, not only how they stood: standing again is part of them.")
    return tag(
        "section", tag("h2", _("Every measure over time")), legend(), tag("p", words, class_="soft small"), *regions
    )


def _figure(key: str, sittings: Sequence[Sitting], change: Change | None, knowledge: Knowledge) -> Html:
    norm = knowledge.norm(key)
    points = points_of(key, sittings, norm)
    drawn = plot(points, norm, changed=change is not None and change.verdict is Verdict.CHANGED)
    if change:
        said = f"{told(change, knowledge).by}: {_(change.verdict)}"
    elif len(sittings) == 1:
        said = f"{norm.words(points[0].value, '')} ± {norm.size(points[0].half)}"
    else:
        said = _("not measured in the first and the last exam")
    caption = tag("figcaption", tag("strong", name_of(key, knowledge)), tag("br"), said)
    return tag("figure", drawn, caption)
