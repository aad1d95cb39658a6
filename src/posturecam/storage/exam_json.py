"""An exam as one JSON object (schema ``posturecam/exam/2``): every photo's assessment, and what they say together."""

from typing import Any

from posturecam.pipeline.exam import SCHEMA, Combined, Exam
from posturecam.pipeline.exam.combining import Conflict, FromView
from posturecam.storage import assessment_json
from posturecam.storage.assessment_json import plain_value
from posturecam.storage.facts_json import code_of, finding_row, told_notes, unmeasured_row
from posturecam.text.sentences import sentence


def exam_dict(exam: Exam) -> dict[str, Any]:
    """Bring an exam to plain JSON values."""
    conclusion = exam.conclusion
    told = told_notes(exam.notes)
    return {
        "schema": SCHEMA,
        "photos": [assessment_json.to_json(photo) for photo in exam.photos],
        "failed": plain_value(exam.failures),
        "measurements": [_combined(measurement) for measurement in exam.measurements],
        "conflicts": [_conflict(conflict) for conflict in exam.conflicts],
        "unmeasured": [unmeasured_row(missing) for missing in exam.unmeasured],
        "findings": [plain_value(finding_row(finding)) for finding in conclusion.findings],
        "notes": told["notes"],
        "versions": dict(exam.versions),
        "chain": plain_value(conclusion.chain),
        "plan": plain_value(conclusion.plan),
        "red_flags": plain_value(conclusion.red_flags),
        "note_codes": told["note_codes"],
    }


def exam_bytes(exam: Exam) -> bytes:
    """Write an exam as UTF-8 text."""
    return (assessment_json.pretty(exam_dict(exam)) + "\n").encode()


def _combined(combined: Combined) -> dict[str, Any]:
    keys = ("key", "value", "low", "high", "sem", "unit", "severity", "words")
    row = {key: plain_value(getattr(combined.measurement, key)) for key in keys}
    views = {
        "views": list(combined.views),
        "photos": combined.photos,
        "parts": [_part(part) for part in combined.parts],
    }
    placed = {"placed": combined.measurement.placed} if combined.measurement.placed else {}
    return {**row, **views, **assessment_json.components(combined.measurement), **placed}


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "key": conflict.key,
        "words": sentence(conflict.words),
        **code_of(conflict.words),
        "parts": [_part(part) for part in conflict.parts],
    }


def _part(part: FromView) -> dict[str, Any]:
    named = {"photo": part.name} if part.name else {}
    return {"view": part.view.value, "photos": part.photos, "value": part.value, "sem": part.sem, **named}
