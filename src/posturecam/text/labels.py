"""Words that all reports share, so that a number reads the same everywhere."""

from collections.abc import Sequence

from posturecam.knowledge.norms import without_noise
from posturecam.measures.measurement import Measurement
from posturecam.text.language import _, later, number

SEVERITY_WORDS = {
    "neutral": later("usual range"),
    "ungraded": later("no norm"),
    "within_noise": later("within noise"),
    "mild": later("mild"),
    "moderate": later("moderate"),
    "marked": later("marked"),
}

STANDING_OUT = ("mild", "moderate", "marked")
"""Severities of what lies outside the usual range by more than its own noise, the smallest first."""

REGIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (later("Head and neck"), ("head", "neck", "ear", "face", "cranio")),
    (later("Shoulders"), ("shoulder", "scapula", "axilla")),
    (later("Trunk"), ("trunk", "spin", "waist", "kyphosis", "lordosis", "potsi", "atsi", "body")),
    (later("Pelvis and hips"), ("hip", "pelvi")),
    (later("Knees"), ("knee", "q_angle", "tibi")),
    (later("Feet"), ("foot", "rearfoot", "leg_length")),
    (later("Standing on one leg"), ("single_leg", "pelvic_drop")),
)
"""Regions from head to feet, with the beginnings of their measures' keys; the longest that fits counts."""

PARTS = {
    "fai_neck": later("neck beside the midline"),
    "fai_axilla": later("armpits unequally far out"),
    "fai_trunk": later("waist unequally far out"),
    "hdi_shoulder": later("shoulder height"),
    "hdi_axilla": later("armpit height"),
    "hdi_trunk": later("waist height"),
}
"""Plain words for the parts that an index is the sum of (FAI = frontal asymmetry, HDI = height difference)."""

DISCLAIMER = later(
    "posturecam is an educational tool for general wellness and body awareness. It measures angles in a photograph; "
    "it cannot feel muscles, test strength or see bones. It is not a medical device and does not diagnose, treat, "
    "cure or prevent any disease or injury. Muscle patterns are hypotheses from massage and physiotherapy traditions "
    "with limited scientific support. Stop any exercise that hurts. See a doctor or physiotherapist if you have pain "
    "that worries you or any of the warning signs listed."
)

PLACED_WORDS = (
    later("placed by hand"),
    later("sticker"),
    later("placed by hand and sticker"),
    later("partly placed by hand"),
    later("partly sticker"),
    later("partly placed by hand and sticker"),
)
"""How placed points count in a number, as ``Measurement.placed`` has it."""

PLACED = later(
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
    return max(fitting)[1] if fitting else later("Others")


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
