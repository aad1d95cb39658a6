"""One person's records as a zip: written whole, and read back wholly or not at all.

The zip holds ``person.json`` (who, which exams, their hashes), ``exams/NNNN.json`` and, where photos were kept,
``photos/SHA256``. Nothing of it is ever unpacked to the disk; names that are not of this form are refused all the same.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from posturecam import __version__
from posturecam.errors import PosturecamError, RecordsError
from posturecam.language import _
from posturecam.records.entries import NewExam, PhotoRef, StoredExam, checked_person
from posturecam.records.store import Records
from posturecam.reports.fields import Fields
from posturecam.reports.sittings import seen_in

SCHEMA = "posturecam/person"
VERSION = 1
LARGEST = 200 * 2**20
"""Bytes that one file inside may unpack to; a photo or an exam has far less."""

MOST = 4 * 2**30
"""Bytes that everything inside may unpack to."""

_NAME = re.compile(r"person\.json|exams/\d{4,6}\.json|photos/[0-9a-f]{64}")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def packed(records: Records, person: str) -> bytes:
    """Pack a person's exams; the same records give the same bytes."""
    found = records.exams(person)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parcel:
        facts = {
            "schema": f"{SCHEMA}/{VERSION}",
            "posturecam": __version__,
            "person": person,
            "exams": [_facts(place, one) for place, one in enumerate(found, 1)],
        }
        _put(parcel, "person.json", json.dumps(facts, ensure_ascii=False, indent=1).encode())
        kept: dict[str, bytes] = {}
        for place, one in enumerate(found, 1):
            _put(parcel, _exam_name(place), records.document(one.number).encode())
            kept |= records.kept(one.number)
        for sha256, data in sorted(kept.items()):
            _put(parcel, f"photos/{sha256}", data)
    return file.getvalue()


def _exam_name(place: int) -> str:
    return f"exams/{place:04d}.json"


def _put(parcel: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    parcel.writestr(entry, data)


def _facts(place: int, exam: StoredExam) -> dict[str, Any]:
    photos = [{"sha256": p.sha256, "name": p.name, "path": p.path, "view": p.view} for p in exam.photos]
    return {"file": _exam_name(place), "on": exam.on.isoformat(), "sha256": exam.digest, "photos": photos}


def unpacked(path: Path) -> tuple[str, list[NewExam]]:
    """Read and check a parcel wholly. Raises RecordsError, or StoredError for a damaged exam inside."""
    try:
        with zipfile.ZipFile(path) as parcel:
            contents = _contents(parcel, path)
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
    try:
        return _read(contents, str(path))
    except (ValueError, RecursionError) as error:
        msg = _(
            "{path}: {splitlines}. Nothing was imported. Export it anew.",
            path=path,
            splitlines=str(error).splitlines()[0][:120],
        )
        raise RecordsError(msg) from error


def _contents(parcel: zipfile.ZipFile, path: Path) -> dict[str, bytes]:
    """Unpack into memory what has an allowed name and size."""
    entries = parcel.infolist()
    names = [one.filename for one in entries]
    strange = next((name for name in names if not _NAME.fullmatch(name)), None)
    if strange is not None:
        raise _refused(path, _("it holds {strange!r}, which no export writes", strange=strange))
    if len(set(names)) != len(names) or "person.json" not in names:
        raise _refused(path, _("person.json is missing, or a name is there twice"))
    sizes = [one.file_size for one in entries]
    if max(sizes) > LARGEST or sum(sizes) > MOST:
        raise _refused(path, _("it would unpack to more than an export can hold"))
    return {one.filename: parcel.read(one) for one in entries}


def _refused(path: Path | str, why: str) -> PosturecamError:
    return RecordsError(
        _("{path} is not a person exported by posturecam: {why}. Nothing was imported.", path=path, why=why)
    )


def _read(contents: dict[str, bytes], source: str) -> tuple[str, list[NewExam]]:
    whole = Fields(source, json.loads(contents["person.json"]))
    _check_version(whole.text("schema"), source)
    found = [_exam(one, contents, source) for one in whole.rows("exams")]
    used = {"person.json", *(one.text("file") for one in whole.rows("exams")), *_photo_names(found)}
    if used != set(contents):
        raise _refused(source, _("its list of contents and its files differ"))
    return checked_person(whole.text("person")), found


def _photo_names(found: Iterable[NewExam]) -> set[str]:
    return {f"photos/{photo.sha256}" for exam in found for photo in exam.photos if photo.kept is not None}


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


def _exam(facts: Fields, contents: dict[str, bytes], source: str) -> NewExam:
    """Read an exam, its hash checked and its numbers read as they would be for a comparison."""
    name = facts.text("file")
    if name not in contents or _sha256(contents[name]) != facts.text("sha256"):
        raise _refused(source, _("{name} is missing or was changed since", name=name))
    document, on = contents[name].decode(), date.fromisoformat(facts.text("on"))
    seen = seen_in(document, name, on, f"{source}/{name}")
    photos = tuple(_photo(one, contents, source) for one in facts.rows("photos"))
    return NewExam(on, document, seen.sitting, photos)


def _photo(facts: Fields, contents: dict[str, bytes], source: str) -> PhotoRef:
    sha256 = facts.text("sha256")
    kept = contents.get(f"photos/{sha256}")
    if kept is not None and _sha256(kept) != sha256:
        raise _refused(source, _("photos/{sha256}… was changed since", sha256=sha256[:12]))
    return PhotoRef(sha256, facts.text("name"), facts.text("path"), facts.text("view"), kept)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
