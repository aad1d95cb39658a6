"""The report's sections in words: findings as cards, the chain from the feet up, what to try first."""

from collections.abc import Sequence

from posturecam.knowledge import Knowledge
from posturecam.patterns.plan import Step
from posturecam.pipeline.assessment import Assessment
from posturecam.reports import body_map
from posturecam.reports.html.markup import Html, join, tag
from posturecam.text import findings_text, notable
from posturecam.text.labels import unbroken
from posturecam.text.language import N_, _

_STATES = {
    "uneven": N_("uneven"),
    "even": N_("even"),
    "unsure": N_("within noise"),
    "unseen": N_("not seen"),
}


def summary(assessment: Assessment, knowledge: Knowledge, title: str | None = None) -> Html:
    """Say what comes first, what stands out, and name the findings; or kindly that there are none."""
    first, rest = assessment.conclusion.plan.first, findings_text.other_findings(assessment)
    sizes = notable.sizes(assessment, knowledge)
    return tag(
        "section",
        tag("h2", title or _("What the photo shows")),
        tag("p", first, class_="card") if first else Html(),
        *(tag("p", unbroken(line)) for line in sizes),
        *(tag("p", line, class_="card calm") for line in findings_text.without_findings(assessment)),
        *(_headline(finding) for finding in findings_text.told_findings(assessment, knowledge)),
        tag("p", rest) if rest else Html(),
        class_="summary",
    )


def _headline(told: findings_text.Description) -> Html:
    return tag("div", tag("h3", told.heading), tag("p", told.plain), class_=f"card {told.verdict}")


def index_parts(assessment: Assessment) -> Html:
    """Say below the table what each index is the sum of."""
    return join(*(tag("p", unbroken(line), class_="soft small") for line in findings_text.index_lines(assessment)))


def details(assessment: Assessment, knowledge: Knowledge) -> Html:
    """Tell each finding in full: how strongly, why, for and against; its muscles where the body map shows none."""
    mapped = {findings_text.titled(finding) for finding in body_map.drawn_findings(assessment)}
    cards = [
        _card(finding, mapped=finding.title in mapped) for finding in findings_text.told_findings(assessment, knowledge)
    ]
    told = tag("div", *cards)
    return tag("section", tag("h2", _("The findings in detail")), told, class_="findings") if cards else Html()


def _card(told: findings_text.Description, *, mapped: bool) -> Html:
    includes = _("This includes: {names}.", names="; ".join(told.includes)) if told.includes else None
    left = (
        tag("p", told.standing, class_="soft small"),
        tag("p", told.explanation),
        tag("p", includes, class_="soft small") if includes else Html(),
        Html() if mapped else _muscles(told),
    )
    columns = tag("div", tag("div", *left), tag("div", *_evidence(told), class_="why"), class_="columns")
    return tag("article", tag("h3", told.heading), columns, class_=f"card {told.verdict}")


def _muscles(told: findings_text.Description) -> Html:
    pairs = ((_("May feel tight"), told.tight), (_("May be weak"), told.weak))
    told_of = (tag("p", tag("strong", f"{title}: "), "; ".join(names), ".") for title, names in pairs if names)
    return tag("div", *told_of, class_="muscles small")


def _evidence(told: findings_text.Description) -> list[Html]:
    """List the evidence, each with a sign, so that colour never says it alone."""
    pairs = (
        (_("What fits"), "+", "for", told.fits),
        (_("What speaks against it"), "−", "against", told.against),
        (_("Within the noise, so it decides nothing"), "·", "unclear", told.unclear),
    )
    return [
        join(tag("h4", title), tag("ul", *(tag("li", _mark(sign, kind), unbroken(word)) for word in words)))
        for title, sign, kind, words in pairs
        if words
    ]


def _mark(sign: str, kind: str) -> Html:
    return tag("span", sign, class_=f"mark {kind}", aria_hidden="true")


def chain_section(assessment: Assessment) -> Html:
    """Show the links from the feet up, and say where it may start; nothing without a driver."""
    read = assessment.conclusion.chain
    if not read.drivers:
        return Html()
    links = (_link(link.region.plain, link.state) for link in read.links)
    text = tag("p", unbroken(read.text))
    return tag("section", tag("h2", _("How it may hang together")), tag("ol", *links, class_="chain"), text)


def _link(region: str, state: str) -> Html:
    return tag("li", tag("strong", region), tag("span", _(_STATES.get(state, state))), class_=state)


def plan_section(assessment: Assessment) -> Html:
    """Say what to try first: the first region in full, later ones folded away until their turn."""
    made = assessment.conclusion.plan
    if not made.steps:
        return Html()
    now, next_ones = findings_text.first_and_later(assessment)
    return tag(
        "section",
        tag("h2", _("What to try first")),
        tag(
            "div",
            tag("p", f"{made.dose} {made.stop}"),
            *(join(tag("h3", _capital(place)), _steps(steps)) for place, steps in now),
            tag("h3", _("How")),
            points_section(tuple(made.techniques.values())),
            tag("h3", _("Later, in this order")) if next_ones else Html(),
            *(_folded(place, steps) for place, steps in next_ones),
            tag("h3", _("How to tell whether it helps")),
            tag("p", f"{made.self_check} {made.again}"),
            class_="do",
        ),
        class_="plan",
    )


def _steps(steps: Sequence[Step]) -> Html:
    return tag("ul", *(tag("li", tag("strong", f"{step.title}. "), step.how) for step in steps))


def _folded(place: str, steps: Sequence[Step]) -> Html:
    """Fold the steps of a region under their titles; it opens without a script."""
    titles = "; ".join(step.title for step in steps)
    return tag("details", tag("summary", tag("strong", f"{_capital(place)}: "), titles), _steps(steps))


def certainty(assessment: Assessment, knowledge: Knowledge) -> Html:
    """Say what the intervals rest on, and what the pose network alone would have said."""
    alone = findings_text.network_alone(assessment, knowledge)
    lines = [*findings_text.certainty_lines(assessment), *([alone] if alone else [])]
    told = tag("div", *(tag("p", unbroken(line)) for line in lines), class_="do")
    return tag("section", tag("h2", _("How sure are we?")), told, class_="sure")


def points_section(lines: Sequence[str]) -> Html:
    """Build a list."""
    return tag("ul", *(tag("li", line) for line in lines))


def listed_html(title: str, lines: Sequence[str]) -> Html:
    """Build a section with a list, or nothing when the list is empty."""
    return tag("section", tag("h2", title), points_section(lines)) if lines else Html()


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
