"""Measure how evenly a person stands, from a photo, on this machine alone.

from posturecam import analyze

assessment = analyze("front.jpg")
for one in assessment.measurements:
    print(one.words, "±", round(one.high - one.value, 1), one.unit)
for finding in assessment.findings:
    if finding.verdict == "consistent":
        print(finding.explanation)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from posturecam.errors import PosturecamError
    from posturecam.measures.measurement import Measurement, Unmeasured
    from posturecam.pipeline.analysis import analyze
    from posturecam.pipeline.assessment import Assessment

__version__ = "0.1.0"
__all__ = ["Assessment", "Measurement", "PosturecamError", "Unmeasured", "__version__", "analyze"]

_HOMES = {
    "Assessment": "pipeline.assessment",
    "analyze": "pipeline.analysis",
    "PosturecamError": "errors",
    "Measurement": "measures.measurement",
    "Unmeasured": "measures.measurement",
}


def __getattr__(name: str) -> Any:
    """Load the front door's names when they are first used, so that importing the package costs nothing."""
    import importlib  # noqa: PLC0415

    if name not in _HOMES:
        msg = f"module 'posturecam' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"posturecam.{_HOMES[name]}"), name)
