"""One stored assessment: what counts in it, and the same object with its conclusions renewed.

What is read: ``measurements`` with key, value and sem (or low and high); the view at the top, in ``photo`` or in
``photos``; and, where stored, ``answers`` and ``void`` (why the photo was not scored). All else stays as it is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from posturecam.body import View
from posturecam.errors import StoredError
from posturecam.errors.facts import Fact, Note, as_written
from posturecam.knowledge import Knowledge
from posturecam.measures.balance import NO_BALANCE, Balance
from posturecam.measures.measurement import Z95, Unmeasured
from posturecam.measures.withholding import NO_POSTURE, OF_ITS_OWN
from posturecam.patterns.answers import Answers, check_answers
from posturecam.patterns.plan import Conclusion, conclude
from posturecam.patterns.red_flags import refuse_balance
from posturecam.storage.facts_json import code_of, finding_row, unmeasured_row, void_from
from posturecam.storage.strict_json import MOST
from posturecam.text.language import _, figures_alone
from posturecam.text.sentences import sentence


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One stored measurement: value and standard error in the measure's unit."""

    key: str
    value: float
    sem: float


@dataclass(frozen=True, slots=True)
class StoredScore:
    """What a stored assessment says that counts for a score."""

    views: frozenset[View]
    readings: tuple[StoredReading, ...]
    answers: Answers
    void: Note | None


def renewed(
    data: Mapping[str, Any],
    knowledge: Knowledge,
    answers: Answers | None = None,
    where: str = "the assessment",
    balance: Balance = NO_BALANCE,
) -> dict[str, Any]:
    """Return the same object with findings, chain, plan and red flags renewed. Raises StoredError, AnswersError.

    The balance test's measurements join those of the object, in place of an earlier test's.
    """
    data = with_balance_test(data, balance)
    stored = read_object(data, knowledge, answers, where)
    data = {
        **_withheld(data, None if stored.void is None else sentence(stored.void)),
        **({"photos": kept} if (kept := _photos_withheld(data)) else {}),
    }
    if balance.measurements:
        refuse_balance(stored.answers, knowledge)
    conclusion = conclude(stored.readings, stored.views, knowledge, stored.answers, void=stored.void)
    return with_conclusion(data, conclusion, knowledge)


def _withheld(data: Mapping[str, Any], void: str | None) -> Mapping[str, Any]:
    """Take the numbers out of an object that was not read as posture; those of a balance test stay."""
    rows = data.get("measurements")
    if void is None or data.get("void") != void or not isinstance(rows, list):
        return data
    return {**data, **without_numbers(rows, data.get("unmeasured"))}


def without_numbers(rows: Sequence[Any], unmeasured: Any) -> dict[str, list[Any]]:
    """Give the stored measurements that a balance test made, and among what is unmeasured those of the photo itself."""
    own = [row for row in rows if isinstance(row, dict) and str(row.get("key")).startswith(OF_ITS_OWN)]
    told = unmeasured if isinstance(unmeasured, list) else []
    left_out = [
        unmeasured_row(Unmeasured(row["key"], NO_POSTURE)) for row in rows if isinstance(row, dict) and row not in own
    ]
    return {"measurements": own, "unmeasured": [*told, *left_out]}


def _photos_withheld(data: Mapping[str, Any]) -> list[Any]:
    """Take the numbers out of those photos of an exam that were not read as posture."""
    photos = data.get("photos")
    if not isinstance(photos, list):
        return []
    return [_withheld(photo, photo.get("void")) if isinstance(photo, dict) else photo for photo in photos]


def with_balance_test(data: Mapping[str, Any], balance: Balance) -> Mapping[str, Any]:
    """Put a balance test into a stored object."""
    several = {"views": [], "photos": 0, "parts": []} if isinstance(data, dict) and "photos" in data else {}
    fresh = [{**json_values(measurement), **several} for measurement in balance.measurements]
    rows = data.get("measurements") if isinstance(data, dict) else None
    if not fresh or not isinstance(rows, list):
        return data
    keys = {row["key"] for row in fresh}
    kept = [row for row in rows if not (isinstance(row, dict) and row.get("key") in keys)]
    return {
        **data,
        "measurements": [*kept, *fresh],
        **_with_notes(data, balance.notes),
    }


def with_conclusion(data: Mapping[str, Any], conclusion: Conclusion, knowledge: Knowledge) -> dict[str, Any]:
    """Put a conclusion into a stored object."""
    versions = data.get("versions")
    return {
        **data,
        "findings": [json_values(finding_row(finding)) for finding in conclusion.findings],
        "chain": json_values(conclusion.chain),
        "plan": json_values(conclusion.plan),
        "red_flags": json_values(conclusion.red_flags),
        **_with_notes(data, conclusion.notes),
        "versions": {**(versions if isinstance(versions, dict) else {}), "knowledge": knowledge.version},
    }


def _with_notes(data: Mapping[str, Any], notes: Sequence[Note]) -> dict[str, list[Any]]:
    """Keep the notes and add these, each sentence once, with their codes where the object has codes."""
    kept, codes = data.get("notes"), data.get("note_codes")
    own = list(kept) if isinstance(kept, list) else []
    fresh = [note for note in notes if sentence(note) not in own]
    told = {"notes": [*own, *(sentence(note) for note in fresh)]}
    if isinstance(codes, list) and len(codes) == len(own):
        told["note_codes"] = [*codes, *(code_of(note) for note in fresh)]
    return told


def json_values(value: Any) -> Any:
    """Bring dataclasses, enums and tuples to plain JSON values."""
    if isinstance(value, Fact):
        return sentence(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: json_values(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): json_values(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    return [json_values(item) for item in value] if isinstance(value, tuple | list) else value


def written(data: dict[str, Any], where: str, indent: int | None = None) -> bytes:
    """Write an object as JSON with a line's end. Raises StoredError for what no JSON holds: NaN, half a character."""
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=indent)
        return text.encode() + b"\n"
    except (ValueError, RecursionError) as error:
        raise no_json(where, error) from error


def no_json(where: str, error: Exception) -> StoredError:
    """Say that what stands there is no JSON."""
    why = (str(error).splitlines() or [""])[0][:80]
    return StoredError(_("{where}: not valid JSON ({error})", where=where, error=why))


def read_object(data: Any, knowledge: Knowledge, answers: Answers | None, where: str) -> StoredScore:
    """Read what counts in a stored assessment. Raises StoredError that says what is wrong, and where."""
    if not isinstance(data, dict):
        msg = _(
            "{where}: found {name}; give a JSON object with view and measurements",
            where=where,
            name=type(data).__name__,
        )
        raise StoredError(msg)
    views = read_views(data, where)
    rows = data.get("measurements")
    if not isinstance(rows, list):
        msg = _("{where}: measurements are missing; give a list of objects with key, value and sem", where=where)
        raise StoredError(msg)
    readings = [
        read_row(row, _("{where}, measurement {number}", where=where, number=number))
        for number, row in enumerate(rows, 1)
    ]
    said = [value["answers"] for value in (data, *_photos(data)) if isinstance(value.get("answers"), dict)]
    told = answers or (check_answers(said[0], knowledge, where) if said else Answers())
    return StoredScore(views, tuple(reading for reading in readings if reading), told, _void(data, views))


def read_views(data: Mapping[str, Any], where: str) -> frozenset[View]:
    """Find the view at the top, in the photo, or in each of several photos."""
    named = [
        view for value in (data, *_photos(data)) for view in (value.get("view"), _of_photo(value)) if view is not None
    ]
    known = tuple(view.value for view in View)
    for view in named:
        if view not in known:
            msg = _(
                "{where}: the view {view!r} is unknown; give one of {names}",
                where=where,
                view=view,
                names=", ".join(known),
            )
            raise StoredError(msg)
    if not named:
        msg = _("{where}: the view is missing; give one of {names}", where=where, names=", ".join(known))
        raise StoredError(msg)
    return frozenset(View(view) for view in named)


def _photos(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the assessments of an exam's photos."""
    photos = data.get("photos")
    return [photo for photo in photos if isinstance(photo, dict)] if isinstance(photos, list) else []


def _of_photo(data: Mapping[str, Any]) -> Any:
    photo = data.get("photo")
    return photo.get("view") if isinstance(photo, dict) else None


def read_row(row: Any, where: str) -> StoredReading | None:
    """Read one measurement; None when its value is null, so not measured."""
    if not isinstance(row, dict) or not isinstance(row.get("key"), str):
        msg = _("{where}: found {row}; give an object with key, value and sem", where=where, row=str(row)[:60])
        raise StoredError(msg)
    if row.get("value") is None:
        return None
    value = _number(row, "value", where)
    sem = _number(row, "sem", where) if row.get("sem") is not None else _from_interval(row, where)
    if sem < 0:
        msg = _(
            "{where} ({key}): sem is {sem:g}; give a standard error of 0 or more", where=where, key=row["key"], sem=sem
        )
        raise StoredError(msg)
    return StoredReading(row["key"], value, sem)


def _from_interval(row: Mapping[str, Any], where: str) -> float:
    if row.get("low") is None or row.get("high") is None:
        msg = _(
            "{where} ({key}): sem is missing; give the standard error, or low and high at 95 %",
            where=where,
            key=row["key"],
        )
        raise StoredError(msg)
    return (_number(row, "high", where) - _number(row, "low", where)) / (2 * Z95)


def _number(row: Mapping[str, Any], key: str, where: str) -> float:
    value = row[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < MOST:
        msg = _(
            "{where} ({key}): {key2} is {value!r}; give a number",
            where=where,
            key=row["key"],
            key2=key,
            value=str(value)[:40],
        )
        raise StoredError(msg)
    return float(value)


def _void(data: Mapping[str, Any], views: frozenset[View]) -> Note | None:
    """Say why the photo was not scored when it was stored: that has not become better since."""
    if (void := void_from(data)) is not None:
        return void
    if views == {View.OBLIQUE}:
        return Note("half_way")
    findings = data.get("findings")
    first = findings[0] if isinstance(findings, list) and findings else None
    reason = first.get("reason") if isinstance(first, dict) else None
    before = next((words for words in _NOT_SCORED if isinstance(reason, str) and reason.startswith(words)), None)
    return None if before is None or not isinstance(reason, str) else as_written(reason.removeprefix(before))


_NOT_SCORED = (figures_alone("not scored: "), figures_alone("nicht bewertet: "))
"""What stands before the reason in files of version 1, which tell in words alone that nothing was scored."""
