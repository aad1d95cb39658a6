"""One line of ``results.jsonl``: an assessment written short, and read back to be scored again or combined."""

import json
from dataclasses import replace
from typing import Any, cast

from posturecam.batch.tasks import Unit
from posturecam.body import View
from posturecam.errors import StoredError
from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Measurement
from posturecam.patterns.answers import Answers
from posturecam.patterns.plan import Conclusion, conclude
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam.one_photo import void_of
from posturecam.storage.assessment_json import from_json, plain_value, to_json
from posturecam.storage.facts_json import finding_row, notes_from, told_notes, told_void, unmeasured_from, void_from
from posturecam.storage.fields import Fields
from posturecam.storage.rescoring.stored_object import without_numbers
from posturecam.text.language import N_, _

SEEN = ("consistent", "weak")
_TOLD = ("pattern", "name", "side", "score", "verdict", "reason")
_CONCLUDED = ("chain", "plan", "red_flags")


RUN_AGAIN = N_("Run posturecam batch again with another --out.")

FURTHER_PAGES = "further_pages"
"""Key of how many pages of the file were not read, among the first of a line; left out where there are none."""


def line_of(unit: Unit, assessment: Assessment, further_pages: int = 0) -> bytes:
    """Write an assessment on one line, its unit first."""
    whole = to_json(_without_what_is_left_out(assessment))
    whole["pose"]["samples"] = None
    whole["own_notes"] = sum(note not in assessment.conclusion.notes for note in assessment.notes)
    return _line(unit, {FURTHER_PAGES: further_pages, **whole} if further_pages else whole)


def _without_what_is_left_out(assessment: Assessment) -> Assessment:
    """Take away the evidence that would be brought to JSON only to be dropped."""
    conclusion = assessment.conclusion
    findings = tuple(
        finding if finding.verdict in SEEN else replace(finding, evidence=()) for finding in conclusion.findings
    )
    return replace(assessment, conclusion=replace(conclusion, findings=findings))


def _line(unit: Unit, whole: dict[str, Any]) -> bytes:
    findings = [finding if finding["verdict"] in SEEN else _short(finding) for finding in whole["findings"]]
    named = {"unit": unit.key, "picture": unit.picture}
    pages = {FURTHER_PAGES: whole[FURTHER_PAGES]} if FURTHER_PAGES in whole else {}
    facts = named | pages | whole | named | {"findings": findings}  # the names first, and never those of an older line
    return json.dumps(facts, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def _short(finding: dict[str, Any]) -> dict[str, Any]:
    return {key: finding[key] for key in _TOLD if key in finding}


def checked(data: Any, where: str) -> dict[str, Any]:
    """Give a stored line back when everything in it that tables and pages show is there. Raises StoredError."""
    line = Fields(where, data, anew=RUN_AGAIN)
    photo = line.inner("photo")
    photo.one_of("view", tuple(view.value for view in View))
    _texts(photo, "sha256", "view_source")
    _texts(line, "picture")
    for measured in line.rows("measurements"):
        _texts(measured, "key", "unit", "severity", "words")
        for name in ("value", "low", "high", "sem"):
            measured.number(name)
        if measured.has("components"):
            measured.inner("components")
    for unmeasured in line.rows("unmeasured"):
        _texts(unmeasured, "key", "reason")
    for flag in line.rows("red_flags"):
        _texts(flag, "key", "urgency")
    for finding in line.rows("findings"):
        _texts(finding, "pattern", "name", "side", "verdict")
        if finding.has("evidence"):
            finding.rows("evidence")
    line.texts("notes")
    line.inner("versions")
    if line.has(FURTHER_PAGES):
        line.count(FURTHER_PAGES)
    line.count("own_notes")
    return cast("dict[str, Any]", line.value)


def _texts(fields: Fields, *names: str) -> None:
    for name in names:
        fields.text(name)


def restored_assessment(line: dict[str, Any], knowledge: Knowledge, conclusion: Conclusion) -> Assessment:
    """Read an assessment back, its measurements graded with this knowledge; ``conclusion`` takes the place of its own.

    Values and intervals stay as they were measured. Raises StoredError.
    """
    stored = from_json(line, "results.jsonl")
    return Assessment(
        stored.photo,
        stored.pose,
        stored.vertical,
        tuple(_graded(row, knowledge) for row in line["measurements"]),
        tuple(unmeasured_from(missing) for missing in line["unmeasured"]),
        conclusion,
        notes_from(line)[: line["own_notes"]],
        {**line["versions"], "knowledge": knowledge.version},
        stored.mirrored,
        stored.boxes,
        stored.chosen,
        scene=stored.camera_scene,
        breadth=stored.breadth,
    )


def nothing_concluded(knowledge: Knowledge) -> Conclusion:
    """Give a conclusion from nothing, for assessments whose own one is not wanted."""
    return conclude((), View.FRONT, knowledge)


def _graded(row: dict[str, Any], knowledge: Knowledge) -> Measurement:
    measurement = Measurement(
        *(row[key] for key in ("key", "value", "low", "high", "sem", "unit", "severity", "words"))
    )
    if measurement.key not in knowledge.norms:
        msg = _("results.jsonl: the measure {key} is unknown. {anew}", key=measurement.key, anew=_(RUN_AGAIN))
        raise StoredError(msg)
    norm = knowledge.norm(measurement.key)
    severity = norm.severity(measurement.value, measurement.low, measurement.high)
    components = tuple(row.get("components", {}).items())
    words = norm.words(measurement.value, severity)
    return replace(measurement, severity=severity, words=words, components=components, placed=row.get("placed", ""))


def scored_again(unit: Unit, line: dict[str, Any], knowledge: Knowledge, answers: Answers | None) -> bytes:
    """Write a line anew with what this knowledge makes of its measurements; all else stays as it is."""
    again = restored_assessment(line, knowledge, nothing_concluded(knowledge))
    view, void = again.pose.view, void_from(line) or void_of(again)
    conclusion = conclude(again.measurements, {view}, knowledge, answers, void=void)
    graded = {
        measurement.key: {"severity": measurement.severity, "words": measurement.words}
        for measurement in again.measurements
    }
    rows = [{**row, **graded[row["key"]]} for row in line["measurements"]]
    whole = {
        **line,
        **(without_numbers(rows, line["unmeasured"]) if void else {"measurements": rows}),
        **told_void(void),
        "findings": [plain_value(finding_row(finding)) for finding in conclusion.findings],
        **{part: plain_value(getattr(conclusion, part)) for part in _CONCLUDED},
        **told_notes((*again.notes, *conclusion.notes)),
        "versions": again.versions,
    }
    return _line(unit, whole)
