"""What the tests of the reports share: assessments of figures whose angles are stated."""

from dataclasses import replace

from posturecam.knowledge import load
from posturecam.measures.measurement import Measurement
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.poses.synthetic import Figure, pose_of_figure

LEVEL = Figure(noise_px=0.3)
CROSSED = Figure(hip_tilt=9.0, shoulder_tilt=-8.0, head_tilt=0.5, pelvic_shift=1.5, noise_px=0.3)
"""So far from level that the pattern P01 is seen through all the noise that the tables add."""


def assessed(figure: Figure = LEVEL, name: str = "figure.jpg", settings: Settings | None = None) -> Assessment:
    """The whole story of a figure, with the knowledge that ships."""
    info = PhotoInfo(name, "0" * 64, *figure.size_px)
    return assess_pose(pose_of_figure(figure), info, settings or Settings(), load())


def graded(assessment: Assessment, **severities: str) -> Assessment:
    """The same assessment with other severities, for drawing what stands out."""
    changed = tuple(replace(one, severity=severities.get(one.key, one.severity)) for one in assessment.measurements)
    return replace(assessment, measurements=changed)


def measured(key: str, value: float, half: float, severity: str = "neutral") -> Measurement:
    """One measurement with its interval."""
    norm = load().norm(key)
    words = norm.words(value, severity)
    return Measurement(key, value, value - half, value + half, half / 1.96, norm.unit, severity, words)
