"""Measure how evenly a person stands, from a photo, on this machine alone.

from posturecam import analyze

assessment = analyze("front.jpg")
for measurement in assessment.measurements:
    print(measurement.words, "±", round(measurement.high - measurement.value, 1), measurement.unit)
for finding in assessment.findings:
    if finding.verdict == "consistent":
        print(finding.explanation)
"""

from typing import TYPE_CHECKING, Any

from posturecam.errors.facts import Fact, say_with

if TYPE_CHECKING:
    from posturecam.body import View
    from posturecam.errors import ModelError, NobodyFound, PhotoError, PosturecamError, SettingsError
    from posturecam.measures.measurement import Measurement, Unmeasured
    from posturecam.patterns import Finding
    from posturecam.patterns.answers import Answers
    from posturecam.picture.photo import Photo
    from posturecam.pipeline.analysis import analyze
    from posturecam.pipeline.assessment import Assessment
    from posturecam.pipeline.exam import Exam, analyze_exam
    from posturecam.pipeline.settings import Settings
    from posturecam.poses.finder import Finder
    from posturecam.storage.rows import to_dict, to_rows

__version__ = "0.1.0"
__all__ = [
    "Answers",
    "Assessment",
    "Exam",
    "Finder",
    "Finding",
    "Measurement",
    "ModelError",
    "NobodyFound",
    "Photo",
    "PhotoError",
    "PosturecamError",
    "Settings",
    "SettingsError",
    "Unmeasured",
    "View",
    "__version__",
    "analyze",
    "analyze_exam",
    "to_dict",
    "to_rows",
]

_HOMES = {
    "Answers": "patterns.answers",
    "Assessment": "pipeline.assessment",
    "Exam": "pipeline.exam",
    "Finder": "poses.finder",
    "Finding": "patterns",
    "Measurement": "measures.measurement",
    "ModelError": "errors",
    "NobodyFound": "errors",
    "Photo": "picture.photo",
    "PhotoError": "errors",
    "PosturecamError": "errors",
    "Settings": "pipeline.settings",
    "SettingsError": "errors",
    "Unmeasured": "measures.measurement",
    "View": "body",
    "analyze": "pipeline.analysis",
    "analyze_exam": "pipeline.exam",
    "to_dict": "storage.rows",
    "to_rows": "storage.rows",
}


def _say(fact: Fact) -> str:
    from posturecam.text.sentences import sentence  # noqa: PLC0415  (most facts are never said)

    return sentence(fact)


say_with(_say)


def __getattr__(name: str) -> Any:
    """Load the front door's names when they are first used, so that importing the package costs nothing."""
    import importlib  # noqa: PLC0415

    if name not in _HOMES:
        msg = f"module 'posturecam' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"posturecam.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the front door's names, so that a notebook completes them before they are loaded."""
    return sorted({*globals(), *__all__})
