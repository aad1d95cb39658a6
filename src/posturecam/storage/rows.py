"""An assessment or an exam as plain values: one nested dictionary, or a row for each measure."""

from typing import Any

from posturecam.measures.measurement import Measurement, Unmeasured
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Exam
from posturecam.storage import assessment_json, exam_json
from posturecam.text.sentences import sentence

Row = dict[str, str | float | bool | None]


def to_dict(assessment: Assessment | Exam) -> dict[str, Any]:
    """Give what ``posturecam analyze --json`` writes, as dictionaries, lists, text and numbers; unknown is None."""
    if isinstance(assessment, Assessment):
        return assessment_json.to_json(assessment)
    return exam_json.exam_dict(assessment)


def to_rows(assessment: Assessment | Exam) -> list[Row]:
    """Give a row for each measure, measured or not: ``pandas.DataFrame(to_rows(assessment))`` is a table.

    Columns: ``photo`` (its name; of an exam all that the value comes from), ``view``, ``measure`` (the key of
    ``norms.toml``), ``measured``, ``value``, ``low`` and ``high`` (95 % interval), ``standard_error``, ``unit``,
    ``severity``, ``words``, ``reason`` (why it was not measured). Signs are those of ``norms.toml``; a cell that has
    no value is None.
    """
    if isinstance(assessment, Assessment):
        photo, view = assessment.photo.name, assessment.pose.view.value
        measured = [_measured(photo, view, measurement) for measurement in assessment.measurements]
        return measured + [_unmeasured(photo, view, missing) for missing in assessment.unmeasured]
    rows: list[Row] = []
    for combined in assessment.measurements:
        views = tuple(dict.fromkeys(combined.views))
        photos = ", ".join(photo.photo.name for photo in assessment.photos if photo.pose.view.value in views)
        rows.append(_measured(photos, ", ".join(views), combined.measurement))
    return rows + [_unmeasured(None, None, missing) for missing in assessment.unmeasured]


def _measured(photo: str, view: str, measurement: Measurement) -> Row:
    return {
        "photo": photo,
        "view": view,
        "measure": measurement.key,
        "measured": True,
        "value": measurement.value,
        "low": measurement.low,
        "high": measurement.high,
        "standard_error": measurement.sem,
        "unit": measurement.unit,
        "severity": str(measurement.severity),
        "words": measurement.words,
        "reason": None,
    }


def _unmeasured(photo: str | None, view: str | None, missing: Unmeasured) -> Row:
    empty = dict.fromkeys(("value", "low", "high", "standard_error", "unit", "severity", "words"))
    reason = sentence(missing.reason)
    return {"photo": photo, "view": view, "measure": missing.key, "measured": False, **empty, "reason": reason}
