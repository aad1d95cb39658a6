"""One person's records as a zip: written whole, and read back wholly or not at all.

The zip holds ``person.json`` (who, which exams, their hashes), ``exams/NNNN.json`` and, where photos were kept,
``photos/SHA256``: named by the hash of the photo that was measured, without the place where it was taken. No path of
the machine is in it. The list is read and checked before anything else is, and nothing is ever unpacked to the disk.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from posturecam import __version__
from posturecam.errors import PosturecamError, RecordsError
from posturecam.records.entries import Facts, Finalised, NewExam, PhotoRef, StoredExam, checked_person
from posturecam.records.location import without_location
from posturecam.records.sittings import seen_in
from posturecam.records.store import Records
from posturecam.storage import strict_json
from posturecam.storage.fields import Fields
from posturecam.text.language import _

SCHEMA = "posturecam/person"
VERSION = 2
"""Version 2 knows ``kept_sha256``; a parcel without it is of version 1."""

LARGEST = 200 * 2**20
"""Bytes that one file inside may unpack to; a photo or an exam has far less."""

LARGEST_LIST = 16 * 2**20
"""Bytes that the list may unpack to."""

MOST = 4 * 2**30
"""Bytes that everything inside may unpack to."""

_NAME = re.compile(r"person\.json|exams/\d{4,6}\.json|photos/[0-9a-f]{64}")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(records: Records, person: str) -> bytes:
    """Pack a person's exams; the same records give the same bytes."""
    found, told = records.exams(person, versions=True), records.facts(person)
    places = {one.number: place for place, one in enumerate(found, 1)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parcel:
        kept: dict[str, bytes] = {}
        for one in found:
            kept |= {sha256: without_location(data) for sha256, data in records.kept(one.number).items()}
        changed = {sha256: there for sha256, data in kept.items() if (there := _sha256(data)) != sha256}
        facts = {
            "schema": f"{SCHEMA}/{VERSION if changed else 1}",
            "posturecam": __version__,
            "person": person,
            **_of_person(told),
            "exams": [_facts(places, one, changed) for one in found],
        }
        _put(parcel, "person.json", json.dumps(facts, ensure_ascii=False, indent=1).encode())
        for place, one in enumerate(found, 1):
            _put(parcel, _exam_name(place), records.document(one.number).encode())
        for sha256, data in sorted(kept.items()):
            _put(parcel, f"photos/{sha256}", data)
    return file.getvalue()


def _exam_name(place: int) -> str:
    return f"exams/{place:04d}.json"


def _put(parcel: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    parcel.writestr(entry, data)


def _of_person(told: Facts) -> dict[str, Any]:
    """Give the birthday and what was agreed, where they are known."""
    days = {"born": told.born, "consented_on": told.consented_on}
    facts = {key: day and day.isoformat() for key, day in days.items()} | {"consent": told.consent}
    return {key: fact for key, fact in facts.items() if fact is not None}


def _facts(places: Mapping[int, int], exam: StoredExam, changed: Mapping[str, str]) -> dict[str, Any]:
    photos = [
        {"sha256": p.sha256, "name": p.name, "path": "", "view": p.view, **_kept(p, changed)} for p in exam.photos
    ]
    done, name = exam.finalised, _exam_name(places[exam.number])
    more = {
        "dated_from": exam.dated_from,
        "finalised_by": done and done.by,
        "finalised_at": done and done.at.isoformat(),
        "replaces": None if exam.replaces is None else places.get(exam.replaces),
    }
    whole = {"file": name, "on": exam.on.isoformat(), "sha256": exam.digest, "photos": photos}
    return whole | {key: fact for key, fact in more.items() if fact is not None}


def _kept(photo: PhotoRef, changed: Mapping[str, str]) -> dict[str, str]:
    """Give the hash of what lies in the parcel where that is not the photo as it was measured."""
    return {"kept_sha256": changed[photo.sha256]} if photo.sha256 in changed else {}


@dataclass(frozen=True, slots=True)
class Parcel:
    """Somebody's records out of a zip."""

    person: str
    exams: tuple[NewExam, ...]
    facts: Facts


def unpacked(path: Path) -> Parcel:
    """Read and check a parcel wholly. Raises RecordsError, or StoredError for a damaged exam inside."""
    try:
        with zipfile.ZipFile(path) as parcel:
            return _checked(parcel, path)
    except OSError as error:
        msg = _("{path} cannot be read: {strerror}. Check the name.", path=path, strerror=error.strerror or error)
        raise RecordsError(msg) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        msg = _(
            "{path} is no zip, or it is damaged ({error}). Nothing was imported. Export it anew.",
            path=path,
            error=error,
        )
        raise RecordsError(msg) from error
    except (ValueError, RecursionError) as error:
        msg = _(
            "{path}: {splitlines}. Nothing was imported. Export it anew.",
            path=path,
            splitlines=str(error).splitlines()[0][:120],
        )
        raise RecordsError(msg) from error


def _checked(parcel: zipfile.ZipFile, path: Path) -> Parcel:
    """Check names, sizes and the parcel's own list, and only then unpack the rest into memory."""
    _check_entries(parcel, path)
    source = str(path)
    whole = Fields(source, strict_json.loads(parcel.read("person.json")))
    _check_version(whole.text("schema"), source)
    person, rows = checked_person(whole.text("person")), whole.rows("exams")
    there = {one.filename for one in parcel.infolist()} - {"person.json"}
    days = {row.text("file"): date.fromisoformat(row.text("on")) for row in rows}
    missing = next((name for name in days if name not in there), None)
    if missing is not None:
        raise _refused(source, _("{name} is missing or was changed since", name=missing))
    photos = {f"photos/{photo.text('sha256')}" for row in rows for photo in row.rows("photos")}
    if not there <= days.keys() | photos:
        raise _refused(source, _("its list of contents and its files differ"))
    contents = {name: parcel.read(name) for name in sorted(there)}
    told = Facts(_day(whole, "born"), _day(whole, "consented_on"), _text(whole, "consent"))
    return Parcel(person, tuple(_exam(row, place, contents, source) for place, row in enumerate(rows)), told)


def _day(facts: Fields, key: str) -> date | None:
    return facts.day(key) if facts.has(key) else None


def _text(facts: Fields, key: str) -> str | None:
    return facts.text(key) if facts.has(key) else None


def _check_entries(parcel: zipfile.ZipFile, path: Path) -> None:
    """Refuse names that no export writes, and what would unpack to too much."""
    entries = parcel.infolist()
    names = [one.filename for one in entries]
    strange = next((name for name in names if not _NAME.fullmatch(name)), None)
    if strange is not None:
        raise _refused(path, _("it holds {strange!r}, which no export writes", strange=strange))
    if len(set(names)) != len(names) or "person.json" not in names:
        raise _refused(path, _("person.json is missing, or a name is there twice"))
    sizes = [one.file_size for one in entries]
    if max(sizes) > LARGEST or sum(sizes) > MOST or parcel.getinfo("person.json").file_size > LARGEST_LIST:
        raise _refused(path, _("it would unpack to more than an export can hold"))


def _refused(path: Path | str, why: str) -> PosturecamError:
    return RecordsError(
        _("{path} is not a person exported by posturecam: {why}. Nothing was imported.", path=path, why=why)
    )


def _check_version(schema: str, source: str) -> None:
    name, _slash, version = schema.rpartition("/")
    if name != SCHEMA or not version.isdecimal():
        raise _refused(source, _("its schema is {schema!r}", schema=schema[:40]))
    if int(version) > VERSION:
        msg = _(
            "{source} was exported by a newer posturecam (version {version}, this one knows {version2}). Update it.",
            source=source,
            version=version,
            version2=VERSION,
        )
        raise RecordsError(msg)


def _exam(facts: Fields, place: int, contents: dict[str, bytes], source: str) -> NewExam:
    """Read an exam, its hash checked and its numbers read as they would be for a comparison."""
    name = facts.text("file")
    if name not in contents or _sha256(contents[name]) != facts.text("sha256"):
        raise _refused(source, _("{name} is missing or was changed since", name=name))
    document, on = contents[name].decode(), date.fromisoformat(facts.text("on"))
    seen = seen_in(document, name, on, f"{source}/{name}")
    photos = tuple(_photo(one, contents, source) for one in facts.rows("photos"))
    done = Finalised(facts.text("finalised_by"), _moment(facts)) if facts.has("finalised_by") else None
    older = facts.count("replaces") - 1 if facts.has("replaces") else None
    if older is not None and not 0 <= older < place:
        raise _refused(source, _("{name} replaces an exam that does not stand before it", name=name))
    return NewExam(on, document, seen.sitting, photos, _text(facts, "dated_from"), done, older)


def _moment(facts: Fields) -> datetime:
    return datetime.fromisoformat(facts.text("finalised_at"))


def _photo(facts: Fields, contents: dict[str, bytes], source: str) -> PhotoRef:
    sha256 = facts.text("sha256")
    kept = contents.get(f"photos/{sha256}")
    there = facts.text("kept_sha256") if facts.has("kept_sha256") else sha256
    if kept is not None and _sha256(kept) != there:
        raise _refused(source, _("photos/{sha256}… was changed since", sha256=sha256[:12]))
    return PhotoRef(sha256, facts.text("name"), facts.text("path"), facts.text("view"), kept)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
