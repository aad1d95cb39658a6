"""What a survey says, as tables: for the terminal, and as the section of docs/accuracy.md."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from calibration.known_turns.readings import as_markdown, as_sorted_markdown, summarised
from calibration.real_photos.covers import COVERS
from calibration.real_photos.survey import (
    SIDE_WATCHED,
    STANCE_OUTCOMES,
    VIEW_OUTCOMES,
    WATCHED,
    Group,
    Survey,
    Told,
    against_nothing,
    changes,
    misread,
    outcomes,
    scatter,
    stances,
    widths,
)
from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Z95
from posturecam.patterns.engine import mirrored_column

HERE = Path(__file__).resolve().parent
SECTION = HERE / "section.md"
"""The section as it was last measured; the accuracy page includes it."""

HEADING = "## Real photographs"
STANCE_WORDS = {"standing": "stands quietly", "soft": "stands, with a remark", "not_standing": "does not stand"}


def section(survey: Survey) -> str:
    """Write the section."""
    people = round(len({real.person for real in survey.photos}), -1 if len(survey.photos) > 50 else 0)
    head = (HERE / "page.md").read_text(encoding="utf-8")
    head = head.replace("{photos}", str(len(survey.photos))).replace("{people}", str(people))
    return head + "\n\n".join(parts(survey)) + "\n"


def parts(survey: Survey) -> Iterator[str]:
    """Write part by part."""
    yield f"### Views\n\n{_views(survey)}"
    yield f"### Stance\n\n{_stance(survey)}"
    yield f"### Two photos of one person\n\n{_repeats(survey)}"
    yield f"### Known turns\n\n{_turns(survey)}"
    yield f"### Widths\n\n{_widths(survey)}"
    if survey.truths:
        yield f"### Beside motion capture and markers\n\n{_truths(survey)}"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Write a table; all columns but the first hold numbers."""
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|---|{'--:|' * (len(names) - 1)}"]
    return "\n".join((*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)))


def _views(survey: Survey) -> str:
    labelled = [(real.view, told) for real, told in zip(survey.photos, survey.told, strict=True) if real.view]
    rows = [("as they are", outcomes(labelled))]
    rows += [
        (f"head {how}", outcomes((view, told) for cover, view, told in survey.heads if cover == how)) for how in COVERS
    ]
    rows.append(("all with covered heads", outcomes((view, told) for _, view, told in survey.heads)))
    filled = ((name, one.total(), *(one[word] for word in VIEW_OUTCOMES)) for name, one in rows if one.total())
    said = (
        "Photos whose view somebody labelled. *Asked*: the program asks for the view, and names no side. *Nothing "
        "scored*: turned, nobody found, or no quiet standing. *Exchanged*: scored with left and right, or front and "
        "back, exchanged."
    )
    return f"{said}\n\n{table(('', 'photos', *VIEW_OUTCOMES), filled)}"


def _stance(survey: Survey) -> str:
    counted = stances(survey.photos, survey.told)
    if not counted:
        return "No labels of the stance were given (`--labels FILE`)."
    rows = (
        (words, counted[key].total(), misread(key, counted[key]), *(counted[key][word] for word in STANCE_OUTCOMES))
        for key, words in STANCE_WORDS.items()
        if key in counted
    )
    said = (
        "*Wrong* is posture read where nobody stands quietly, or none where somebody does. *With a remark*: arms, "
        "legs, head or clothes hide or widen some measures. *Turned*: too far for the view."
    )
    return f"{said}\n\n{table(('by eye', 'photos', 'wrong', *STANCE_OUTCOMES), rows)}"


def _repeats(survey: Survey) -> str:
    kinds = (
        ("real, a minute or a moment apart", survey.repeats),
        ("real, the same moment photographed otherwise", survey.retakes),
        ("rendered, photographed otherwise", survey.renders),
    )
    rows = (
        (
            name,
            len(groups),
            sum(len(group.told) for group in groups),
            f"{changes(groups):.1%}",
            f"{changes(groups, against_nothing):.1%}",
            _called(groups),
        )
        for name, groups in kinds
        if groups
    )
    said = (
        "How often another photo of the same person calls *another set* of patterns consistent, and how often one "
        "calls a pattern consistent *against nothing*, not even a hint, in the other. *Otherwise* is nearer with "
        "another crop, and dimmer with another crop and grain."
    )
    shares = table(("", "people", "photos", "another set", "against nothing", "calls a photo"), rows)
    return "\n\n".join((said, shares, *(_scatter(name, groups) for name, groups in kinds[:2] if groups)))


def _scatter(name: str, groups: Sequence[Group]) -> str:
    rows = ((one.key, one.photos, f"{one.sd:.2f}", f"{one.sem:.2f}") for one in scatter(groups, WATCHED))
    return table((name, "photos", "SD", "stated standard error"), rows)


def flips(survey: Survey, knowledge: Knowledge) -> Iterator[str]:
    """Tell of each pattern that only some photos of a person call consistent what each photo measured of it."""
    for group in (*survey.repeats, *survey.retakes, *survey.renders):
        called = [told.consistent for told in group.told]
        for pattern, side in sorted(frozenset.union(*called) - frozenset.intersection(*called)):
            options = knowledge.patterns[pattern].options
            own = dict.fromkeys(key for option in options for key, _ in option.terms)
            keys = dict.fromkeys(way for key in own for way in (key, mirrored_column(key)))
            yield f"{group.name}: {pattern} {knowledge.patterns[pattern].name}, {side}"
            for told in group.told:
                verdict = (
                    "consistent" if (pattern, side) in told.consistent else "hint" if pattern in told.hinted else "-"
                )
                yield f"  {told.name:12} {verdict:10} {_measured(told, keys)}"


def _measured(told: Told, keys: Iterable[str]) -> str:
    measured = (told.measured[key] for key in keys if key in told.measured)
    return ", ".join(f"{one.key} {one.value:.1f} ± {Z95 * one.sem:.1f}" for one in measured)


def _called(groups: Iterable[Group]) -> str:
    told = [one for group in groups for one in group.told]
    return f"{sum(len(one.consistent) for one in told) / len(told):.2f}"


def _turns(survey: Survey) -> str:
    said = (
        "People bent by a known amount in the photo itself: *answer* is how much of it is read (1 is all), *bend* how "
        "far the unbent reading lies off the middle, *cross-talk* the loudest answer of what was not bent, "
        "*differences inside* how often the difference read is right within the ± of a difference. "
        "`python -m calibration.known_turns`"
    )
    parts = [said, as_markdown(summarised(survey.turned))]
    parts.append("The same by kind of photo: answer ± half of the 95 % interval, differences inside of so many photos.")
    parts += [f"By {by}:\n\n{as_sorted_markdown(survey.turned, by)}" for by in ("clothes", "size", "light")]
    return "\n\n".join(parts)


def _widths(survey: Survey) -> str:
    rows = (
        (one.key, one.photos, f"{one.half_width:.1f}", f"{one.in_noise:.0%}")
        for one in widths(survey.told, (*WATCHED, *SIDE_WATCHED))
    )
    return table(("scored photos", "photos", "median ±", "within the noise"), rows)


def _truths(survey: Survey) -> str:
    rows = []
    for key in dict.fromkeys(key for key, _, _ in survey.truths):
        pairs = [(truth, one) for measure, truth, one in survey.truths if measure == key]
        error = sum(abs(one.value - truth) for truth, one in pairs) / len(pairs)
        rows.append((key, len(pairs), f"{error:.1f}", sum(one.low <= truth <= one.high for truth, one in pairs)))
    return table(("", "photos", "mean error", "inside their ±"), rows)


def write(text: str, page: Path) -> None:
    """Keep the section, and put it into the accuracy page in place of the last one."""
    SECTION.write_text(text, encoding="utf-8")
    written = page.read_text(encoding="utf-8")
    before, _, rest = written.partition(f"{HEADING}\n")
    if not rest:
        msg = f"{page}: no section {HEADING!r} to write"
        raise ValueError(msg)
    _, mark, after = rest.partition("\n## ")
    page.write_text(f"{before}{text}{mark}{after}", encoding="utf-8")
