"""An exam told with the words of a single photo: the first photo, with what all of them say together."""

from dataclasses import replace

from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Exam


def together(exam: Exam) -> Assessment:
    """Give an assessment that carries the exam's combined numbers, conclusion and notes."""
    return replace(
        exam.photos[0],
        measurements=tuple(measurement.measurement for measurement in exam.measurements),
        unmeasured=exam.unmeasured,
        conclusion=exam.conclusion,
        notes=exam.notes,
        versions=exam.versions,
        void=None if any(photo.void is None for photo in exam.photos) else exam.photos[0].void,
    )
