"""The kinetic chain: where the deviation starts, what makes up for it above, and at most two primary drivers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from posturecam.body import Side
from posturecam.knowledge import Knowledge
from posturecam.knowledge.norms import Norm
from posturecam.knowledge.regions import Region
from posturecam.measures.measurement import Z95
from posturecam.measures.millimetres import TWINS
from posturecam.patterns import Finding
from posturecam.patterns.answers import Answers
from posturecam.patterns.evidence import answer_words
from posturecam.patterns.red_flags import Measured, by_key
from posturecam.text.language import _
from posturecam.text.language.sides import side_word

LOWEST_LINK, FITTING_ANSWER, DEEP_MUSCLE = 1.3, 1.2, 1.1
"""How much more a driver counts at the lowest uneven link, when it fits an answer, or when it holds a deep muscle."""

MOST_DRIVERS = 2
NOT_ENOUGH = "not enough evidence"
OUT = ("mild", "moderate", "marked")
_DIRECTIONS = {
    Region.FEET: "bottom-up",
    Region.KNEES: "bottom-up",
    Region.PELVIS: "pelvis",
    Region.LUMBAR: "trunk",
    Region.THORACIC: "trunk",
    Region.SHOULDER_BLADES: "top-down",
    Region.NECK: "top-down",
    Region.HEAD: "top-down",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One link: uneven, even, unsure (inside its noise) or unseen; ``words`` say what was measured there."""

    region: Region
    state: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Driver:
    """A pattern that the rest may follow from, and why it was chosen. ``weight`` orders the drivers."""

    pattern: str
    name: str
    side: Side
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The reading of the chain. ``direction``: bottom-up, pelvis, trunk, top-down or not enough evidence."""

    direction: str
    start: Region | None
    compensating: tuple[Region, ...]
    links: tuple[Link, ...]
    drivers: tuple[Driver, ...]
    text: str


def empty() -> Chain:
    """Give the chain of a photo that was not read."""
    return Chain(NOT_ENOUGH, None, (), (), (), _("There is not enough evidence to say where it starts."))


def read_chain(
    measurements: Iterable[Measured],
    findings: tuple[Finding, ...],
    knowledge: Knowledge,
    answers: Answers | None = None,
) -> Chain:
    """Read the chain from the ground up. ``answers`` count through the findings' evidence."""
    del answers  # they have already spoken in the findings
    links = read_links(measurements, knowledge)
    uneven = [link for link in links if link.state == "uneven"]
    drivers = _drivers(findings, uneven, knowledge)
    if not uneven or not drivers:
        return Chain(NOT_ENOUGH, None, (), links, (), _no_start(uneven))
    lowest = min([uneven[0].region, *_told(drivers, findings, knowledge)], key=lambda region: region.height)
    above = tuple(link.region for link in uneven if link.region.height > lowest.height)
    return Chain(_DIRECTIONS[lowest], lowest, above, links, drivers, _text(lowest, links, drivers))


def read_links(measurements: Iterable[Measured], knowledge: Knowledge) -> tuple[Link, ...]:
    """Say for every link of the chain, feet first, whether it is uneven beyond its own noise."""
    person = by_key(measurements)
    norms = {key: knowledge.norms[key] for key in person if key in knowledge.norms}
    grades = {key: _grade(norm, *person[key]) for key, norm in norms.items() if norm.bands}
    return tuple(_link(region, grades, person, knowledge) for region in Region)


def _grade(norm: Norm, value: float, sem: float) -> str:
    return norm.severity(value, value - Z95 * sem, value + Z95 * sem)


def _link(
    region: Region, grades: Mapping[str, str], person: Mapping[str, tuple[float, float]], knowledge: Knowledge
) -> Link:
    own = {key: grade for key, grade in grades.items() if knowledge.norm(key).region is region and key not in TWINS}
    out = [key for key, grade in own.items() if grade in OUT and not _echo(key, grades)]
    words = tuple(knowledge.norm(key).words(person[key][0], own[key]) for key in out)
    if out:
        return Link(region, "uneven", words)
    state = "unseen" if not own else "unsure" if "within_noise" in own.values() else "even"
    return Link(region, state, words)


def _echo(key: str, grades: Mapping[str, str]) -> bool:
    """Whether a trunk bend only repeats the shoulder line above it, because the hips below are even."""
    if key != "trunk_bend":
        return False
    pelvis = grades.get("pelvic_obliquity", grades.get("hip_tilt"))
    return pelvis not in OUT and grades.get("shoulder_tilt") in OUT


def _drivers(findings: tuple[Finding, ...], uneven: list[Link], knowledge: Knowledge) -> tuple[Driver, ...]:
    """Choose at most two, the second from another region: consistent beyond the noise, not subsumed, no variant."""
    lowest = uneven[0].region if uneven else None
    able = [
        _driver(finding, lowest, knowledge)
        for finding in findings
        if finding.verdict == "consistent" and not finding.leans_on_noise
        if not finding.subsumed_by and not finding.normal_variant
    ]
    chosen: list[Driver] = []
    for driver in sorted(able, key=lambda finding: -finding.weight):
        regions = {knowledge.patterns[finding.pattern].region for finding in chosen}
        if knowledge.patterns[driver.pattern].region not in regions and len(chosen) < MOST_DRIVERS:
            chosen.append(driver)
    return tuple(chosen)


def _driver(finding: Finding, lowest: Region | None, knowledge: Knowledge) -> Driver:
    weight, reasons = finding.score, [_("its evidence fits to {share:.0%}", share=finding.score)]
    if knowledge.patterns[finding.pattern].region is lowest:
        weight *= LOWEST_LINK
        reasons.append(_("it sits at the lowest link that is uneven"))
    told = [piece for piece in finding.evidence if piece.measure.startswith("answer:") and piece.supports]
    if told:
        weight *= FITTING_ANSWER
        reasons.append(_("it fits what you told ({answer})", answer=answer_words(told[0].measure, knowledge)))
    if any(knowledge.muscles[muscle.muscle].depth == "deep" for muscle in finding.tight):
        weight *= DEEP_MUSCLE
        reasons.append(_("it concerns deep muscles, which often lead"))
    return Driver(finding.pattern, finding.name, finding.side, round(weight, 4), "; ".join(reasons))


def _told(drivers: tuple[Driver, ...], findings: tuple[Finding, ...], knowledge: Knowledge) -> list[Region]:
    """Give the regions of drivers that an answer speaks for: an old ankle injury starts at the foot."""
    by_pattern = {finding.pattern: finding for finding in findings}
    return [
        knowledge.patterns[driver.pattern].region
        for driver in drivers
        if any(piece.measure.startswith("answer:") and piece.supports for piece in by_pattern[driver.pattern].evidence)
    ]


def _no_start(uneven: list[Link]) -> str:
    if not uneven:
        return _("Nothing stands out of level by more than its own noise, so there is no chain to follow.")
    seen = "; ".join(words for link in uneven for words in link.words)
    return _("Out of level beyond the noise: {seen}. That is not enough evidence to say where it starts.", seen=seen)


def _text(lowest: Region, links: tuple[Link, ...], drivers: tuple[Driver, ...]) -> str:
    """Tell the chain from the ground up in a few sentences."""
    by_region = {link.region: link for link in links}
    seen = ", ".join(by_region[lowest].words)
    told = _("It seems to start at the {place} ({seen}).", place=lowest.plain, seen=seen)
    if not seen:
        told = _("It seems to start at the {place}, as you told.", place=lowest.plain)
    above = [link for link in links if link.state == "uneven" and link.region.height > lowest.height]
    if above:
        words = "; ".join(", ".join(link.words) for link in above)
        told += " " + _("Above, the body makes up for it: {words}.", words=words)
    if by_region[Region.HEAD].state == "even" and lowest is not Region.HEAD:
        told += " " + _("The head arrives level.")
    first = drivers[0]
    told += " " + _(
        "What may drive it: {name} ({side}), because {reason}.",
        name=first.name,
        side=side_word(first.side),
        reason=first.reason,
    )
    if len(drivers) > 1:
        told += " " + _("Beside it: {name} ({side}).", name=drivers[1].name, side=side_word(drivers[1].side))
    return told
