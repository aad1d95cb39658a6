"""Words that all reports share, so that a number reads the same everywhere."""

from collections.abc import Sequence

from posturecam.knowledge.norms import without_noise
from posturecam.measures.measurement import Measurement
from posturecam.text.language import N_, _, number

SEVERITY_WORDS = {
    "neutral": N_("usual range"),
    "ungraded": N_("no norm"),
    "within_noise": N_("within noise"),
    "mild": N_("mild"),
    "moderate": N_("moderate"),
    "marked": N_("marked"),
}

STANDING_OUT = ("mild", "moderate", "marked")
"""Severities of what lies outside the usual range by more than its own noise, the smallest first."""

REGIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Head and neck"), ("head", "neck", "ear", "face", "cranio")),
    (N_("Shoulders"), ("shoulder", "scapula", "axilla")),
    (N_("Trunk"), ("trunk", "spin", "waist", "kyphosis", "lordosis", "potsi", "atsi", "body")),
    (N_("Pelvis and hips"), ("hip", "pelvi")),
    (N_("Knees"), ("knee", "q_angle", "tibi")),
    (N_("Feet"), ("foot", "rearfoot", "leg_length")),
    (N_("Standing on one leg"), ("single_leg", "pelvic_drop")),
)
"""Regions from head to feet, with the beginnings of their measures' keys; the longest that fits counts."""

PARTS = {
    "fai_neck": N_("neck beside the midline"),
    "fai_axilla": N_("armpits unequally far out"),
    "fai_trunk": N_("waist unequally far out"),
    "hdi_shoulder": N_("shoulder height"),
    "hdi_axilla": N_("armpit height"),
    "hdi_trunk": N_("waist height"),
}
"""Plain words for the parts that an index is the sum of (FAI = frontal asymmetry, HDI = height difference)."""

DISCLAIMER = N_(
    "posturecam is an educational tool for general wellness and body awareness. It measures angles in a photograph; "
    "it cannot feel muscles, test strength or see bones. It is not a medical device and does not diagnose, treat, "
    "cure or prevent any disease or injury. Muscle patterns are hypotheses from massage and physiotherapy traditions "
    "with limited scientific support. Stop any exercise that hurts. See a doctor or physiotherapist if you have pain "
    "that worries you or any of the warning signs listed."
)

PLACED_WORDS = (
    N_("placed by hand"),
    N_("sticker"),
    N_("placed by hand and sticker"),
    N_("partly placed by hand"),
    N_("partly sticker"),
    N_("partly placed by hand and sticker"),
)
"""How placed points count in a number, as ``Measurement.placed`` has it."""

PLACED = N_(
    "What rests on points placed by hand or on stickers carries their own error alone; partly means that what the "
    "network says is weighed in by its error."
)


def by_region(measurements: Sequence[Measurement]) -> list[tuple[str, list[Measurement]]]:
    """Group measurements from head to feet; empty regions are left out."""
    groups: dict[str, list[Measurement]] = {title: [] for title, _stems in REGIONS}
    for measurement in measurements:
        groups.setdefault(region_of(measurement.key), []).append(measurement)
    return [(_(title), members) for title, members in groups.items() if members]


def region_of(key: str) -> str:
    """Name the region of a measure."""
    fitting = [(len(stem), title) for title, stems in REGIONS for stem in stems if key.startswith(stem)]
    return max(fitting)[1] if fitting else N_("Others")


def severity_words(measurement: Measurement) -> str:
    """Say the severity as people say it."""
    return _(SEVERITY_WORDS.get(measurement.severity, measurement.severity))


def plain_words(measurement: Measurement) -> str:
    """Say the measurement and whether its points were placed; its severity stands beside it."""
    said = without_noise(measurement.words)
    return f"{said}, {_(measurement.placed)}" if measurement.placed else said


def components_words(measurement: Measurement) -> str | None:
    """Say what an index is the sum of: ``outline of the back 17.7 % uneven: neck beside the midline 2.1 %, …``."""
    if not measurement.components:
        return None
    unit = short_unit(measurement.unit)
    parts = (f"{_(PARTS.get(name, name))} {number(value)}{unit}" for name, value in measurement.components)
    return _("{plain_words}, the sum of {names}", plain_words=plain_words(measurement), names=", ".join(parts))


def stands_out(measurement: Measurement) -> bool:
    """Whether a measurement lies outside the usual range by more than its own noise."""
    return measurement.severity in STANDING_OUT


def half_width(measurement: Measurement) -> float:
    """Half of the 95 % interval, in the measure's unit."""
    return (measurement.high - measurement.low) / 2


def plus_minus(measurement: Measurement) -> str:
    """Write the interval as people write it: ``± 1.2°``."""
    return f"± {number(half_width(measurement))}{short_unit(measurement.unit)}"


def isolated(name: str) -> str:
    """Keep a name's writing direction from what stands beside it, for pages; ``plain`` takes it back."""
    return f"\u2068{name}\u2069"


def without_isolates(words: str) -> str:
    """Take the marks of ``isolated`` out again, for where they would be seen."""
    return words.replace("\u2068", "").replace("\u2069", "")


def unbroken(words: str) -> str:
    """Tie numbers to their sign and unit, so that a line never ends between them."""
    return words.replace("± ", "±\u00a0").replace(" %", "\u00a0%")


def short_unit(unit: str) -> str:
    """Write the unit as it stands behind a number, without what it refers to: ``°``, `` %``."""
    return "°" if unit in ("deg", "°") else " " + unit.split(maxsplit=1)[0]


def seen_from(view: str) -> str:
    """Say the view as part of a sentence."""
    return {
        "front": _("seen from the front"),
        "back": _("seen from behind"),
        "left": _("seen from the left"),
        "right": _("seen from the right"),
        "oblique": _("seen half from the side"),
        "front_or_back": _("seen from the front or from behind"),
        "left_or_right": _("seen from one side"),
    }[view]
