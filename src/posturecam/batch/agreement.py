"""Whether this machine comes to the same numbers as others: a reference photo, measured here and where it was recorded.

A processor rounds in its own way, so the last digits of a result are its own. What rounding may do is measured by
``calibration/processors.py`` and stays below ``AGREED``; a machine that is farther off computes something else, and
what it measured says so.
"""

import platform
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Z95
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam.one_photo import assess_photo
from posturecam.poses.detection import PoseFinder

REFERENCE_PHOTO = Path(__file__).with_name("reference.jpg")
"""A rendered person (public domain), standing."""

REFERENCE_FILE = Path(__file__).with_name("reference.toml")
"""What was measured on it, written by ``python -m calibration.processors --reference``."""

AGREED = 0.03
"""Part of its own ± by which a value may move from one processor to another and still be called the same."""

_LIST_OF_PROCESSORS = Path("/proc/cpuinfo")

Reading = Mapping[str, tuple[float, float]]
"""Each measure's value and ± (half of its 95 % interval), in its unit."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The measure that differs most between two readings, and by what part of its ±; 0 and none when all are equal."""

    key: str
    share: float

    @property
    def same(self) -> bool:
        """Whether rounding explains it."""
        return self.share <= AGREED


def reading_of(assessment: Assessment) -> dict[str, tuple[float, float]]:
    """Give each measure's value and ±."""
    return {measurement.key: (measurement.value, Z95 * measurement.sem) for measurement in assessment.measurements}


def compare_readings(reading: Reading, other: Reading) -> Agreement:
    """Compare two readings of one photo; a measure that only one of them has differs by infinitely much."""
    worst = Agreement("", 0.0)
    for key in sorted(reading.keys() | other.keys()):
        both = key in reading and key in other
        share = abs(reading[key][0] - other[key][0]) / reading[key][1] if both else float("inf")
        if share > worst.share:
            worst = Agreement(key, share)
    return worst


def measure_reference(finder: PoseFinder, knowledge: Knowledge) -> dict[str, tuple[float, float]]:
    """Measure the reference photo here, with its outline."""
    return reading_of(assess_photo(read(REFERENCE_PHOTO), finder, Settings(), knowledge, outline=True))


def recorded_reference() -> dict[str, tuple[float, float]]:
    """Give what the reference photo was measured as when the program was made."""
    measures = tomllib.loads(REFERENCE_FILE.read_text(encoding="utf-8"))["measures"]
    return {key: (float(value), float(error)) for key, (value, error) in measures.items()}


def check_agreement(finder: PoseFinder, knowledge: Knowledge) -> Agreement:
    """Compare this machine's reading of the reference photo with the recorded one."""
    return compare_readings(recorded_reference(), measure_reference(finder, knowledge))


def processor_name() -> str:
    """Name this machine's processor, as far as the system tells it: ``x86_64, AMD EPYC 7763``."""
    name = platform.processor()
    if _LIST_OF_PROCESSORS.is_file():
        listed = _LIST_OF_PROCESSORS.read_text(encoding="utf-8", errors="replace")
        name = next(iter(re.findall(r"\bmodel name\b[\t :]*(.+)", listed)), name)
    return ", ".join(dict.fromkeys(part for part in (platform.machine(), name) if part))
