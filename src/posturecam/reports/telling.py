"""An assessment told in sentences, the same for the terminal and the page: findings, what to do, how sure it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from posturecam.assessment import Assessment
from posturecam.body import Side
from posturecam.knowledge import Knowledge
from posturecam.measurement import Measurement
from posturecam.patterns import Finding, MuscleSide
from posturecam.reports.wording import NOTHING_STANDS_OUT, STANDING_OUT, plus_minus, stands_out

SHOWN = ("consistent", "weak")
"""Verdicts that people see; the JSON has all of them."""

VERDICTS = {"consistent": "The photo is consistent with this.", "weak": "The photo hints at this, but only weakly."}

_MOST_NAMED = 3
"""More in one sentence would not be read; the table has all."""

NOT_LOOKED_FOR = "No pattern was looked for; the notes say why."

INTERVALS = (
    "The ± beside each number is its 95 % interval: of a hundred such intervals about 95 hold the true value. What "
    "does not leave the usual range by more than that is never called a finding."
)
BEYOND_PASSES = (
    "The interval adds the error that finding again cannot show, as measured on pictures whose true angles are known."
)
ROLL = "That uncertainty is in every tilt and lean; the side-bends of neck and trunk are free of it."
ONE_PHOTO = (
    "One photo says how somebody stood at that moment. Three photos, stepping off the spot in between, say how "
    "somebody stands."
)


@dataclass(frozen=True, slots=True)
class Told:
    """One finding in sentences: evidence that fits and that speaks against, muscles with their sides."""

    pattern: str
    title: str
    verdict: str
    explanation: str
    fits: tuple[str, ...]
    against: tuple[str, ...]
    tight: tuple[str, ...]
    weak: tuple[str, ...]

    @property
    def verdict_words(self) -> str:
        """Say how strongly the photo speaks for it."""
        return VERDICTS[self.verdict]


def told_findings(assessment: Assessment, knowledge: Knowledge) -> list[Told]:
    """Tell the findings that are consistent or weak, the strongest first."""
    return [_told(one, knowledge) for one in assessment.findings if one.verdict in SHOWN]


def _told(finding: Finding, knowledge: Knowledge) -> Told:
    evidence = finding.evidence
    return Told(
        finding.pattern,
        titled(finding),
        finding.verdict,
        finding.explanation,
        tuple(one.words for one in evidence if one.supports),
        tuple(one.words for one in evidence if not one.supports),
        muscle_words(finding.tight, knowledge),
        muscle_words(finding.weak, knowledge),
    )


def titled(finding: Finding) -> str:
    """Name the pattern, with its side where it has one."""
    return finding.name if finding.side == Side.BOTH else f"{finding.name} ({finding.side})"


def muscle_words(muscles: Iterable[MuscleSide], knowledge: Knowledge) -> tuple[str, ...]:
    """Name muscles by side, plainly with the term beside: ``left: calf (gastrocnemius, soleus), …``."""
    sides: dict[str, list[str]] = {}
    for one in muscles:
        sides.setdefault("both sides" if one.side == Side.BOTH else str(one.side), []).append(
            muscle_name(one.muscle, knowledge)
        )
    return tuple(f"{side}: {'; '.join(names)}" for side, names in sides.items())


def muscle_name(key: str, knowledge: Knowledge) -> str:
    """Give the plain name and the term: ``front shin muscle (tibialis anterior)``."""
    muscle = knowledge.muscles[key]
    return muscle.plain if muscle.plain == muscle.latin else f"{muscle.plain} ({muscle.latin})"


def beyond_usual(assessment: Assessment) -> str | None:
    """Name the measurements that stand out most, or None when none does."""
    out = sorted(filter(stands_out, assessment.measurements), key=_prominence, reverse=True)
    named = [f"{one.words} ({plus_minus(one)})" for one in out[:_MOST_NAMED]]
    more = len(out) - len(named)
    rest = [f"{more} more in the table"] if more else []
    return f"Beyond what is usual: {'; '.join([*named, *rest])}." if named else None


def _prominence(one: Measurement) -> tuple[int, float]:
    """Order by severity, then by size in standard errors."""
    return STANDING_OUT.index(one.severity), abs(one.value) / max(one.sem, 1e-9)


def nothing_found(assessment: Assessment) -> str:
    """Say kindly that no pattern stands out, or that none was looked for."""
    assessed = any(one.verdict in ("consistent", "weak", "not_seen") for one in assessment.findings)
    return NOTHING_STANDS_OUT if assessed else NOT_LOOKED_FOR


def unmeasured_lines(assessment: Assessment, knowledge: Knowledge) -> list[str]:
    """Say what could not be measured and why; measures with the same reason share a line."""
    reasons: dict[str, list[str]] = {}
    for one in assessment.unmeasured:
        reasons.setdefault(one.reason, []).append(knowledge.norm(one.key).plain)
    return [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]


def certainty_lines(assessment: Assessment) -> list[str]:
    """Say what the intervals rest on."""
    pose, vertical = assessment.pose, assessment.vertical
    often = "once" if pose.passes == 1 else f"{pose.passes} times"
    how = ", half of them in the mirror image" if pose.mirrored_passes and pose.passes > 1 else ""
    return [
        INTERVALS,
        f"The person was found {often}, each time in a slightly moved picture{how}. {BEYOND_PASSES}",
        f"Which way is up: {vertical.source}, to within ± {1.96 * vertical.sigma_deg:.1f}°. {ROLL}",
        ONE_PHOTO,
    ]


def made_with(assessment: Assessment) -> str:
    """Name the versions and the network behind the numbers."""
    pose, versions = assessment.pose, assessment.versions
    known = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"{known}; points by {pose.finder}, {pose.model} (sha256 {pose.model_sha256[:12]}…). Made on this machine."
