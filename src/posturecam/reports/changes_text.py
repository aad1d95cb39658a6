"""Changes in words, shared by the terminal and the pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from posturecam.knowledge import Knowledge
from posturecam.records.progress import Basis, Change, ChangeVerdict, Sitting, only_in_one, towards_usual
from posturecam.text.labels import REGIONS, region_of, unbroken
from posturecam.text.language import N_, _
from posturecam.text.language.sides import side_word

TITLES = {
    ChangeVerdict.CHANGED: N_("Changed"),
    ChangeVerdict.UNCHANGED: N_("No change beyond the noise"),
    ChangeVerdict.UNTOLD: N_("Cannot tell"),
}

ONE_PHOTO = N_(
    "One photo each cannot separate a change from standing differently the second time. So the intervals are widened "
    "by what standing again is known to change (for each measure). Three photos of a view, with a "
    "few steps on the spot between them, would narrow them."
)
FROM_RESTANDS = N_("The intervals rest on how much the re-stands of these exams differ from one another.")
UNTOLD = N_("“Cannot tell”: the interval is so wide that a change that matters could hide in it.")


@dataclass(frozen=True, slots=True)
class ChangeText:
    """A change in words; ``direction`` only for what changed; ``nearer`` whether it went towards the usual."""

    name: str
    before: str
    after: str
    by: str
    direction: str
    nearer: bool = False


def change_told(change: Change, knowledge: Knowledge) -> ChangeText:
    """Say what was, what is, and by how much that differs."""
    norm = knowledge.norm(change.key)
    words = [norm.words(reading.value, "") for reading in (change.before, change.after)]
    by = unbroken(f"{norm.size(abs(change.difference)).split(' ')[0]} ± {norm.size(change.half)}")
    nearer = _("nearer to the usual") if towards_usual(change, norm) else _("further from the usual")
    direction = nearer if change.verdict is ChangeVerdict.CHANGED else ""
    return ChangeText(
        change_name(change.key, knowledge),
        unbroken(words[0]),
        unbroken(words[1]),
        by,
        direction,
        towards_usual(change, norm),
    )


def change_name(key: str, knowledge: Knowledge) -> str:
    """Name a measure with its side: ``Shoulder tilt``, ``Knee angle, left``."""
    norm = knowledge.norm(key)
    return f"{norm.name}, {side_word(norm.side)}" if norm.side and norm.side not in norm.name.lower() else norm.name


def summary_line(changes: Sequence[Change]) -> str:
    """Count the verdicts in a sentence."""
    if not changes:
        return _("The two have no measure in common, so nothing can be compared.")
    number = {verdict: sum(change.verdict is verdict for change in changes) for verdict in ChangeVerdict}
    changed, same, unknown = (number[verdict] for verdict in ChangeVerdict)
    none = _("none")
    return _(
        "Of {count} measures {changed} changed, {same} did not change beyond the noise, and of {unknown} it cannot be "
        "told.",
        count=len(changes),
        changed=changed or none,
        same=same or none,
        unknown=unknown or none,
    )


def sure_lines(changes: Sequence[Change], sittings: Sequence[Sitting]) -> list[str]:
    """Say what the intervals rest on, what chance alone would do, and whether all was measured in the same way."""
    documented = [change for change in changes if change.basis is Basis.DOCUMENTED]
    lines = [_(ONE_PHOTO)] if documented else []
    lines += [_(FROM_RESTANDS)] if len(documented) < len(changes) else []
    lines += [_(UNTOLD)] if any(change.verdict is ChangeVerdict.UNTOLD for change in changes) else []
    if len(changes) >= 10:
        chance = round(len(changes) / 20) or 1
        lines.append(
            _(
                "Each verdict errs in at most one of twenty cases: among {count} measures of a "
                "person who did not change at all, about {chance} may still look changed.",
                count=len(changes),
                chance=chance,
            )
        )
    made_with = dict.fromkeys(sitting.made_with for sitting in sittings if sitting.made_with)
    if len(made_with) > 1:
        lines.append(
            _(
                "Measured with different versions ({names}): part of a difference may come from "
                "that. Measure the older photos again to be sure.",
                names="; ".join(made_with),
            )
        )
    return lines


def missing_lines(before: Sitting, after: Sitting, knowledge: Knowledge) -> list[str]:
    """Name the measures that only one of the two has."""
    return [
        _("{names}: not measured {when}.", names=", ".join(names), when=when)
        for side, when in (("before", _("the first time")), ("after", _("the second time")))
        if (names := [change_name(key, knowledge) for key, lacks in only_in_one(before, after) if lacks == side])
    ]


def day(sitting: Sitting) -> str:
    """Say which sitting: its label, and its day where it is known."""
    return f"{sitting.label}, {sitting.on.isoformat()}" if sitting.on else sitting.label


def span_words(sittings: Sequence[Sitting]) -> str:
    """Say how many exams there are, and from when to when."""
    first, last = (sitting.on.isoformat() if sitting.on else sitting.label for sitting in (sittings[0], sittings[-1]))
    return (
        _("one exam, {first}", first=first)
        if len(sittings) == 1
        else _("{count} exams, {first} to {last}", count=len(sittings), first=first, last=last)
    )


def keys_of(sittings: Sequence[Sitting], knowledge: Knowledge) -> list[tuple[str, list[str]]]:
    """Group what was ever measured by the body's regions, head to feet."""
    seen = {key for sitting in sittings for key in sitting.by_key}
    groups: dict[str, list[str]] = {title: [] for title, _stems in REGIONS}
    for key in (key for key in knowledge.norms if key in seen):
        groups.setdefault(region_of(key), []).append(key)
    return [(_(title), keys) for title, keys in groups.items() if keys]
