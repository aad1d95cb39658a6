"""An assessment told in sentences, the same for the terminal and the page: findings, the chain, how sure it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from posturecam.body import Side
from posturecam.knowledge import Knowledge
from posturecam.knowledge.norms import without_noise
from posturecam.patterns import Evidence, Finding, MuscleSide, hinted
from posturecam.patterns.plan import Step
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import view_confidence
from posturecam.text.labels import PLACED, components_words
from posturecam.text.language import N_, _, format_fields
from posturecam.text.language.sides import side_word
from posturecam.text.sentences import sentence

MOST_TOLD = 3
"""Findings told in full: more would not be read."""

VERDICTS = {
    "consistent": N_("The measurements are consistent with this."),
    "weak": N_("A hint, not enough to lean on."),
}
IN_NOISE = N_("A hint only: what leads it lies within its own noise ({lead}). More photos would tell.")
GRADES = {
    "supported": N_("The idea is supported by studies."),
    "plausible": N_("The idea is mechanically plausible."),
    "tradition": N_("The idea is handed down by therapists; studies have not shown it."),
}
NORMAL_VARIANT = N_("It counts as a normal variant.")

NOT_LOOKED_FOR = N_("No pattern was looked for; the notes say why.")

INTERVALS = N_(
    "The ± beside each number is its 95 % interval: of a hundred such intervals about 95 hold the true value. What "
    "does not leave the usual range by more than that is never called a finding."
)
BEYOND_PASSES = N_(
    "The interval adds the error that finding again cannot show, as measured on pictures whose true angles are known."
)
ROLL = N_("That uncertainty is in every tilt and lean.")
FREE_OF_VERTICAL = {
    "neck_bend": N_("the side-bend of the neck"),
    "trunk_bend": N_("the side-bend of the trunk"),
    "spinal_curve": N_("the spine's curve"),
    "hip_adduction_left": N_("the hips' side angles"),
    "hip_adduction_right": N_("the hips' side angles"),
    "knee_angle_left": N_("the knees' angles"),
    "knee_angle_right": N_("the knees' angles"),
}
"""Measures that compare parts of the body with each other, so that the camera's roll does not matter to them."""
ONE_PHOTO = N_(
    "One photo says how somebody stood at that moment. Three photos, stepping off the spot in between, say how "
    "somebody stands."
)

TURNED = N_("A turned body, or one seen from above or below, looks tilted.")

SIZES_IN_PICTURES = N_(
    "The sizes in the pictures are each photo's own; the numbers in the text are what all of them say together."
)

SAME = 0.05
"""Degrees below which two tilts read the same."""
ALONE = N_("The pose network alone would have said:")
WHY_OTHER = N_(
    "The numbers here weigh in what else the picture shows, as learned on pictures whose true angles are known."
)


@dataclass(frozen=True, slots=True)
class Description:
    """One finding in sentences: evidence that fits, that speaks against, and that decides nothing in its noise.

    Muscles by side; what it includes; ``verdict`` is weak for all that is a hint only.
    """

    title: str
    verdict: str
    plain: str
    standing: str
    explanation: str
    fits: tuple[str, ...]
    against: tuple[str, ...]
    unclear: tuple[str, ...]
    tight: tuple[str, ...]
    weak: tuple[str, ...]
    includes: tuple[str, ...]

    @property
    def heading(self) -> str:
        """The title as it stands above: a hint is called one."""
        return _("{title} (a hint)", title=self.title) if self.verdict == "weak" else self.title


def told_findings(assessment: Assessment, knowledge: Knowledge) -> list[Description]:
    """Tell the strongest findings in full."""
    return [_told(finding, assessment.findings, knowledge) for finding in leading(assessment)[:MOST_TOLD]]


def other_findings(assessment: Assessment) -> str | None:
    """Name the findings that are not told in full, or None when there are none."""
    rest = [titled(finding) for finding in leading(assessment)[MOST_TOLD:]]
    return _("Also seen, less clearly: {names}.", names="; ".join(rest)) if rest else None


def leading(assessment: Assessment) -> list[Finding]:
    """Take what is found and not listed under something stronger; what leans on noise comes last."""
    found = [finding for finding in assessment.findings if finding.found and finding.subsumed_by is None]
    return sorted(found, key=lambda finding: finding.leans_on_noise)


def _told(finding: Finding, findings: Iterable[Finding], knowledge: Knowledge) -> Description:
    pattern = knowledge.patterns[finding.pattern]
    standing = (_standing(finding), _(GRADES[finding.grade]), _(NORMAL_VARIANT) if finding.normal_variant else "")
    sure = [piece for piece in finding.evidence if not piece.in_noise]
    return Description(
        titled(finding),
        "weak" if finding.leans_on_noise else finding.verdict,
        pattern.plain,
        " ".join(filter(None, standing)),
        sentence(
            hinted(finding.explanation) if finding.leans_on_noise and finding.verdict != "weak" else finding.explanation
        ),
        tuple(piece.words for piece in sure if piece.supports),
        tuple(
            _("{words} (expected: {expected})", words=piece.words, expected=piece.expected)
            for piece in sure
            if not piece.supports
        ),
        tuple(_bare(piece) for piece in finding.evidence if piece.in_noise),
        muscle_words(finding.tight, knowledge),
        muscle_words(finding.weak, knowledge),
        tuple(titled(other) for other in findings if other.subsumed_by == finding.pattern),
    )


def signed_words(told: Description) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the evidence with its signs: for, against, and within the noise."""
    unclear = tuple(_("{words} (within the noise, decides nothing)", words=words) for words in told.unclear)
    return ("+", told.fits), ("−", told.against), ("·", unclear)


def _standing(finding: Finding) -> str:
    """Say how strongly the photo speaks for it; nothing that leans on its own noise is called consistent."""
    leads = [_bare(piece) for piece in finding.evidence if piece.leads and piece.in_noise]
    return _(IN_NOISE, lead="; ".join(leads)) if leads else _(VERDICTS[finding.verdict])


def _bare(evidence: Evidence) -> str:
    """Give the words for where it is said beside them that they lie within the noise."""
    return without_noise(evidence.words)


def titled(finding: Finding) -> str:
    """Name the pattern, with its side where it has one."""
    return finding.name if finding.side is Side.BOTH else f"{finding.name}, {side_word(finding.side)}"


def muscle_words(muscles: Iterable[MuscleSide], knowledge: Knowledge) -> tuple[str, ...]:
    """Name muscles by side, plainly with the term beside: ``left: front shin muscle (tibialis anterior); …``."""
    sides: dict[str, list[str]] = {}
    for muscle in muscles:
        side = _("both sides") if muscle.side is Side.BOTH else side_word(muscle.side)
        sides.setdefault(side, []).append(muscle_name(muscle.muscle, knowledge))
    return tuple(f"{side}: {'; '.join(names)}" for side, names in sides.items())


def muscle_name(key: str, knowledge: Knowledge) -> str:
    """Give the plain name and the term: ``front shin muscle (tibialis anterior)``."""
    muscle = knowledge.muscles[key]
    return muscle.plain if muscle.plain == muscle.latin else f"{muscle.plain} ({muscle.latin})"


def without_findings(assessment: Assessment) -> tuple[str, ...]:
    """Say it when nothing was found: kindly that nothing stands out, or why nothing was looked for."""
    if assessment.void:
        return (sentence(assessment.void),)
    conclusion = assessment.conclusion
    if leading(assessment) or (conclusion.plan.first and not conclusion.findings):
        return ()
    return tuple(map(sentence, conclusion.notes)) or (_(NOT_LOOKED_FOR),)


def notes_beside(assessment: Assessment) -> tuple[str, ...]:
    """Give the notes that the findings have not told already."""
    first = assessment.conclusion.plan.first or ""
    told = without_findings(assessment)
    return tuple(note for note in map(sentence, assessment.notes) if note not in told and note not in first)


def steps_by_place(assessment: Assessment) -> list[tuple[str, list[Step]]]:
    """Group the plan's steps in their order: what feeds it first, then from the hips upwards."""
    places: dict[str, list[Step]] = {}
    for step in assessment.conclusion.plan.steps:
        places.setdefault(step.place, []).append(step)
    return list(places.items())


Places = list[tuple[str, list[Step]]]


def first_and_later(assessment: Assessment) -> tuple[Places, Places]:
    """Part the plan: what feeds it and the first region to work on; the regions whose turn comes later."""
    places = steps_by_place(assessment)
    begin = next((at for at, (_place, steps) in enumerate(places) if steps[0].phase != "stressor"), len(places))
    return places[: begin + 1], places[begin + 1 :]


def index_lines(assessment: Assessment) -> list[str]:
    """Say what each index is the sum of."""
    return [f"{words[0].upper()}{words[1:]}." for words in map(components_words, assessment.measurements) if words]


def unmeasured_lines(assessment: Assessment, knowledge: Knowledge, most: int = 99) -> list[str]:
    """Say what could not be measured and why; a line names at most ``most`` measures of one reason.

    Of a photo that shows no posture the one reason is told already.
    """
    if assessment.void:
        return []
    reasons: dict[str, list[str]] = {}
    for missing in assessment.unmeasured:
        reasons.setdefault(sentence(missing.reason), []).append(knowledge.norm(missing.key).plain)
    return [f"{_named(names, most)}: {reason}" for reason, names in reasons.items()]


def _named(names: list[str], most: int) -> str:
    more = len(names) - most
    return "; ".join(names if more <= 0 else [*names[:most], _("{more} more", more=more)])


def view_words(assessment: Assessment) -> str:
    """Say how the view is known, and how sure that is."""
    share = view_confidence(assessment)
    if assessment.pose.view.choices:
        return _("Which of two views it is was not found; the likelier one has a chance of {share:.0%}.", share=share)
    if assessment.pose.view_source == "given":
        return _("The view was given; what is seen speaks for it with a confidence of {share:.0%}.", share=share)
    return _("The view was found; what is seen speaks for it with a confidence of {share:.0%}.", share=share)


def certainty_lines(assessment: Assessment) -> list[str]:
    """Say what the intervals rest on."""
    pose = assessment.pose
    often = _("once")
    if pose.passes != 1:
        often = _("{passes} times, each time in a slightly changed picture", passes=pose.passes)
    how = _(", half of them in the mirror image") if pose.mirrored_passes and pose.passes > 1 else ""
    return [
        _(INTERVALS),
        _("The person was found {often}{how}. {beyond_passes}", often=often, how=how, beyond_passes=_(BEYOND_PASSES)),
        vertical_words(assessment),
        view_words(assessment),
        *perspective_words(assessment),
        *([_(PLACED)] if assessment.placed else []),
        _(ONE_PHOTO),
    ]


def vertical_words(assessment: Assessment) -> str:
    """Say what tells which way is up, all sources, and which numbers do not depend on it."""
    vertical, scene = assessment.vertical, assessment.scene
    used = _(
        "Which way is up: {source}, to within ± {sigma_deg:.1f}°",
        source=_(vertical.source),
        sigma_deg=1.96 * vertical.sigma_deg,
    )
    others = [
        _(
            "{source}, {roll_deg:.1f}° apart (± {sigma_deg:.1f}°)",
            source=_(line.source),
            roll_deg=abs(line.roll_deg - vertical.roll_deg),
            sigma_deg=1.96 * line.sigma_deg,
        )
        for line in (scene.verticals[1:] if scene else ())
    ]
    beside = _("; told also by: {names}", names="; ".join(others)) if others else ""
    keys = {measurement.key for measurement in assessment.measurements}
    free = list(dict.fromkeys(_(words) for key, words in FREE_OF_VERTICAL.items() if key in keys))
    independent = (
        _(" Free of it: {names}.", names=", ".join(free)) if free else _(" No number of this view is free of it.")
    )
    return f"{used}{beside}. {_(ROLL)}{independent}"


def perspective_words(assessment: Assessment) -> list[str]:
    """Say that the perspective is in the intervals, and what told the camera; nothing where that is not known."""
    perspective = None if assessment.scene is None else assessment.scene.perspective
    if perspective is None:
        return []
    pitch = format_fields(
        _("{pitch:+.0f}° (± {error:.0f}°)"), pitch=perspective.pitch_deg, error=1.96 * perspective.pitch_sigma_deg
    )
    from_what = _("from {source} and a camera that looks down by {pitch}", source=_(perspective.source), pitch=pitch)
    return [_("{turned} How much that may be is in each interval, {from_what}.", turned=_(TURNED), from_what=from_what)]


def made_with(assessment: Assessment) -> str:
    """Name the versions and the network behind the numbers."""
    pose, versions = assessment.pose, assessment.versions
    known = ", ".join(f"{name} {version}" for name, version in versions.items())
    return _(
        "{known}; points by {finder}, {model} (sha256 {model_sha256}…). Made on this machine.",
        known=known,
        finder=pose.finder,
        model=pose.model,
        model_sha256=pose.model_sha256[:12],
    )


def network_alone(assessment: Assessment, knowledge: Knowledge) -> str | None:
    """Say what the pose network alone would have given for shoulders and hips, or None where nothing was changed."""
    told = [
        _(
            "{size} (here: {size2})",
            size=_size(knowledge, measurement.key, measurement.raw),
            size2=_size(knowledge, measurement.key, measurement.value),
        )
        for measurement in assessment.measurements
        if measurement.key in ("shoulder_tilt", "hip_tilt")
        and measurement.raw is not None
        and abs(measurement.raw - measurement.value) >= SAME
    ]
    return f"{_(ALONE)} {'; '.join(told)}. {_(WHY_OTHER)}" if told else None


def _size(knowledge: Knowledge, key: str, value: float) -> str:
    return knowledge.norm(key).words(value, "neutral")
