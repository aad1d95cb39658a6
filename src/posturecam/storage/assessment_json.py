"""An assessment as one JSON object (schema ``posturecam/assessment/2``): everything, at full precision."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from math import isfinite
from types import NoneType
from typing import Any

import numpy as np

from posturecam.body import Array, Landmark, Pose
from posturecam.errors.facts import Fact
from posturecam.measures.measurement import Measurement
from posturecam.patterns.answers import flat
from posturecam.pipeline.assessment import SCHEMA, Assessment, PhotoInfo
from posturecam.pipeline.exam import breadth_of, view_confidence
from posturecam.storage.facts_json import finding_row, told_notes, told_void, unmeasured_row
from posturecam.storage.stored import assessment_again, from_json, read_stored, stored_name
from posturecam.text.sentences import sentence

__all__ = ["assessment_again", "assessment_bytes", "from_json", "plain_value", "read_stored", "to_json"]


def to_json(assessment: Assessment) -> dict[str, Any]:
    """Bring an assessment to plain JSON values; what could not be found is null, never NaN."""
    conclusion = assessment.conclusion
    told = told_notes(assessment.notes) | told_void(assessment.void)
    return {
        "schema": SCHEMA,
        "photo": {
            **_photo(assessment.photo),
            "view": assessment.pose.view.value,
            "view_source": assessment.pose.view_source,
            "view_confidence": view_confidence(assessment),
            **_breadth(assessment),
        },
        "pose": _pose(assessment.pose),
        "vertical": plain_value(assessment.vertical),
        "measurements": [_measurement(measurement) for measurement in assessment.measurements],
        "unmeasured": [unmeasured_row(missing) for missing in assessment.unmeasured],
        "findings": [plain_value(finding_row(finding)) for finding in conclusion.findings],
        "notes": told["notes"],
        "versions": dict(assessment.versions),
        "mirrored": assessment.mirrored,
        "people": {"boxes": plain_value(assessment.boxes), "chosen": assessment.chosen},
        "chain": plain_value(conclusion.chain),
        "plan": plain_value(conclusion.plan),
        "red_flags": plain_value(conclusion.red_flags),
        "void": told["void"],
        "stance": plain_value(assessment.stance),
        "answers": None if assessment.answers is None else flat(assessment.answers),
        "placed": plain_value(assessment.placed),
        "surroundings": _camera_scene(assessment),
        "note_codes": told["note_codes"],
        "void_code": told["void_code"],
    }


def _photo(photo: PhotoInfo) -> dict[str, Any]:
    """Give the photo's facts; how it was turned only where it was, its day and what tells it where anything does."""
    facts: dict[str, Any] = {key: getattr(photo, key) for key in ("name", "sha256", "width", "height")}
    if photo.turned_deg:
        facts["turned_deg"] = photo.turned_deg
    if photo.taken is not None:
        facts |= {"taken_on": photo.taken.on.isoformat(), "taken_on_source": photo.taken.source.value}
    return facts


def _breadth(assessment: Assessment) -> dict[str, float]:
    """Give the outline's breadth, where one is known: points measured again are as sure of their view as the photo."""
    breadth = breadth_of(assessment)
    return {} if breadth is None or not isfinite(breadth) else {"outline_breadth": breadth}


def assessment_bytes(assessment: Assessment) -> bytes:
    """Write an assessment as UTF-8 text, one measurement or point to a line."""
    return (pretty(to_json(assessment)) + "\n").encode()


_ORDERS = re.compile(rb"\x7f|\xc2[\x80-\x9f]")
"""What JSON leaves as it is in its texts although a terminal may obey it: DEL and C1, in UTF-8."""


def for_terminal(data: bytes) -> bytes:
    r"""Write control characters inside JSON's texts as ``\u009b``: the same JSON in other bytes."""
    return _ORDERS.sub(lambda found: rf"\u{ord(found[0].decode()):04x}".encode(), data)


def pretty(value: Any, depth: int = 3, indent: str = "") -> str:
    """Write JSON with the outer levels broken into lines and the inner ones compact."""
    if depth == 0 or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [
            f"{json.dumps(key, ensure_ascii=False)}: {pretty(entry, depth - 1, inner)}" for key, entry in value.items()
        ]
        return "{\n" + ",\n".join(inner + row for row in rows) + f"\n{indent}}}"
    rows = [pretty(item, 0) for item in value]
    return "[\n" + ",\n".join(inner + row for row in rows) + f"\n{indent}]"


def plain_value(value: Any) -> Any:
    """Bring dataclasses, enums, tuples and arrays to plain JSON values."""
    kind = type(value)
    if kind in _AS_THEY_ARE or kind is float:
        return value if kind is not float or isfinite(value) else None
    if isinstance(value, Enum | np.ndarray | np.generic):
        return plain_value(value.value if isinstance(value, Enum) else value.tolist())
    if isinstance(value, Fact):
        return sentence(value)
    if is_dataclass(kind):
        return {name: plain_value(getattr(value, name)) for name in _names(kind)}
    if isinstance(value, Mapping):
        return {str(plain_value(key)): plain_value(entry) for key, entry in value.items()}
    return [plain_value(item) for item in value]


_AS_THEY_ARE = frozenset((str, int, bool, NoneType))


@cache
def _names(kind: type) -> tuple[str, ...]:
    """Name the fields of a dataclass."""
    return tuple(field.name for field in fields(kind))


def _camera_scene(assessment: Assessment) -> dict[str, Any] | None:
    """Give every source beside the body; its notes stand among the assessment's own."""
    whole: dict[str, Any] | None = plain_value(assessment.scene)
    return None if whole is None else {key: entry for key, entry in whole.items() if key != "notes"}


def _pose(pose: Pose) -> dict[str, Any]:
    turn, near = pose.turn, pose.near_keypoints
    return {
        "finder": pose.finder,
        "model": pose.model,
        "model_sha256": pose.model_sha256,
        "passes": pose.passes,
        "points": _points(pose),
        "samples": plain_value(pose.points),
        "turn_deg": None if turn is None else turn.value_deg,
        "turn_sem_deg": None if turn is None else turn.sem_deg,
        "eyes_from": pose.eyes_from,
        "mirrored_passes": pose.mirrored_passes,
        "network_eyes": plain_value(pose.network_eyes),
        "sight_f64": None if pose.keypoints is None else packed(pose.keypoints.places, pose.keypoints.sharp),
        "near_sight_f64": None if near is None else packed(near.places, near.doubt),
    }


def packed(*seen: Array) -> str:
    """Pack what one of the estimator's networks saw, array after array: little-endian doubles as base64."""
    return base64.b64encode(np.concatenate([array.ravel() for array in seen]).astype("<f8").tobytes()).decode()


def _points(pose: Pose) -> list[dict[str, Any]]:
    rows = zip(Landmark, pose.mean, pose.sd_px, pose.visibility, strict=True)
    return [
        {"name": stored_name(name, pose.view), **plain_value({"x": at[0], "y": at[1], "sd_px": sd, "visibility": seen})}
        for name, at, sd, seen in rows
    ]


def _measurement(measurement: Measurement) -> dict[str, Any]:
    """Give the keys of the schema; the network's own word, an index's parts and placed points join where known."""
    keys = ("key", "value", "low", "high", "sem", "unit", "severity", "words")
    row = {key: plain_value(getattr(measurement, key)) for key in keys}
    told = {"raw": plain_value(measurement.raw), "placed": measurement.placed}
    return {**row, **{key: value for key, value in told.items() if value not in (None, "")}, **components(measurement)}


def components(measurement: Measurement) -> dict[str, Any]:
    """Give an index's parts by name, under a key of their own; nothing for other measures."""
    return {"components": plain_value(dict(measurement.components))} if measurement.components else {}
