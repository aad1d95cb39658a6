"""Read a stored assessment or exam as a sitting: its numbers with what its re-stands say, and where its points lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from posturecam.body import View
from posturecam.errors import StoredError
from posturecam.picture.capture_date import best_date
from posturecam.pipeline.assessment import READABLE as ASSESSMENTS
from posturecam.pipeline.exam import READABLE as EXAMS
from posturecam.records.progress import Reading, Sitting
from posturecam.storage import strict_json
from posturecam.storage.fields import ANEW, Fields, read_data
from posturecam.storage.stored import Stored, from_json
from posturecam.text.language import _

Numbers = tuple[float, float]
"""Value and standard error."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A sitting, and the photos that it rests on as they were stored."""

    sitting: Sitting
    photos: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class _Photo:
    """One photo's own numbers."""

    view: str
    numbers: dict[str, Numbers]


def read_seen(path: Path) -> Seen:
    """Read an assessment or exam from a JSON file. Raises StoredError, which names the file and the field."""
    return seen_in(read_data(path), path.name, None, str(path))


def seen_in(document: bytes | str, label: str, on: date | None, source: str) -> Seen:
    """Take a sitting from the JSON text of an assessment or exam, of its photos' day unless ``on`` says another.

    Raises StoredError.
    """
    try:
        value = strict_json.loads(document)
    except ValueError as error:
        msg = _(
            "{source} is not JSON ({splitlines}). {anew}",
            source=source,
            splitlines=str(error).splitlines()[0][:80],
            anew=_(ANEW),
        )
        raise StoredError(msg) from error
    whole = Fields(source, value)
    several = whole.one_of("schema", (*ASSESSMENTS, *EXAMS)) in EXAMS
    photos = whole.rows("photos") if several else [whole]
    if not photos:
        msg = _("{source}: photos is empty; at least one is expected. {anew}", source=source, anew=_(ANEW))
        raise StoredError(msg)
    readings = _readings(whole, [_photo(one) for one in photos]) if several else _single(whole)
    stored = tuple(from_json(one.value, source) for one in photos)
    taken = best_date(photo.photo.taken for photo in stored)
    day = on if on is not None or taken is None else taken.on
    return Seen(Sitting(label, day, tuple(readings), _made_with(whole, stored)), stored)


def _made_with(whole: Fields, photos: Sequence[Stored]) -> str:
    """Name the versions that the numbers depend on, where they are stored."""
    said = whole.inner("versions") if whole.has("versions") else None
    versions = [f"{key} {said.text(key)}" for key in ("posturecam", "knowledge") if said and said.has(key)]
    models = sorted({photo.pose.model_sha256[:8] for photo in photos if photo.pose.model_sha256})
    return ", ".join([*versions, *(_("pose model {one}", one=one) for one in models)])


def _photo(photo: Fields) -> _Photo:
    views = tuple(view.value for view in View)
    numbers = {one.text("key"): _numbers(one) for one in photo.rows("measurements")}
    return _Photo(photo.inner("photo").one_of("view", views), numbers)


def _numbers(row: Fields) -> Numbers:
    value, sem = row.number("value"), row.number("sem")
    if sem < 0:
        msg = _("{source}: {place}.sem is below 0. {anew}", source=row.source, place=row.place, anew=_(ANEW))
        raise StoredError(msg)
    return value, sem


def _single(whole: Fields) -> Iterator[Reading]:
    for row in whole.rows("measurements"):
        value, sem = _numbers(row)
        yield Reading(row.text("key"), value, sem, sem)


def _readings(whole: Fields, photos: Sequence[_Photo]) -> Iterator[Reading]:
    """Give an exam's combined readings; the spread is that of the photos within each view, pooled."""
    for row in whole.rows("measurements"):
        key, (value, sem) = row.text("key"), _numbers(row)
        parts = [_part(part, key, photos) for part in row.rows("parts")]
        taken = [numbers for part in parts for numbers in part] or [(value, sem)]
        own = float(np.sqrt(np.mean([error**2 for _, error in taken])))
        spread, dof = _pooled(parts)
        yield Reading(key, value, sem, own, spread, dof, max([1, *map(len, parts)]))


def _part(part: Fields, key: str, photos: Sequence[_Photo]) -> list[Numbers]:
    """Find the photos' own numbers behind a view's; one that was not combined leaves no re-stand to speak of."""
    found = [one.numbers[key] for one in photos if one.view == part.text("view") and key in one.numbers]
    return found if len(found) == part.count("photos") else found[:1]


def _pooled(parts: Sequence[Sequence[Numbers]]) -> tuple[float, int]:
    """Give the standard deviation within the views, and its degrees of freedom."""
    values = [np.array([value for value, _ in part]) for part in parts if part]
    dof = sum(len(one) - 1 for one in values)
    squares = sum(float(((one - one.mean()) ** 2).sum()) for one in values)
    return (float(np.sqrt(squares / dof)) if dof else 0.0), dof
