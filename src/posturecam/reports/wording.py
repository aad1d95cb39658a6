"""Words that all reports share, so that a number reads the same everywhere."""

from posturecam.measurement import Measurement

SEVERITY_WORDS = {
    "neutral": "usual range",
    "within_noise": "within its noise",
    "mild": "mild",
    "moderate": "moderate",
    "marked": "marked",
}

STANDING_OUT = ("mild", "moderate", "marked")
"""Severities of what lies outside the usual range by more than its own noise, the smallest first."""


def stands_out(measurement: Measurement) -> bool:
    """Whether a measurement lies outside the usual range by more than its own noise."""
    return measurement.severity in STANDING_OUT


def severity_words(measurement: Measurement) -> str:
    """Say the severity as people say it."""
    return SEVERITY_WORDS.get(measurement.severity, measurement.severity)


def half_width(measurement: Measurement) -> float:
    """Half of the 95 % interval, in the measure's unit."""
    return (measurement.high - measurement.low) / 2


def plus_minus(measurement: Measurement) -> str:
    """Write the interval as people write it: ``± 1.2°``."""
    return f"± {half_width(measurement):.1f}{short_unit(measurement.unit)}"


def unbroken(words: str) -> str:
    """Tie numbers to their sign and unit, so that a line never ends between them."""
    return words.replace("± ", "±\u00a0").replace(" %", "\u00a0%")


def short_unit(unit: str) -> str:
    """Write the unit as it stands behind a number, without what it refers to: ``°``, `` %``."""
    return "°" if unit in ("deg", "°") else " " + unit.split(maxsplit=1)[0]
