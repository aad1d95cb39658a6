"""Records taken elsewhere: one person's as a zip, written whole and read back wholly or not at all; all to a server.

An exported photo is without the place where it was taken: GPS data are blanked where they stand, every pixel and length
as before. EXIF is TIFF inside (JPEG, HEIC, PNG, WebP, TIFF): the GPS directory's entries, and what they point to,
become zeros. In XMP the values of ``exif:GPS…`` become blanks.
https://www.cipa.jp/std/documents/e/DC-008-Translation-2019-E.pdf
"""

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from posturecam import __version__
from posturecam.errors import PosturecamError, RecordsError
from posturecam.records.record_entries import Facts, Finalised, NewExam, PhotoRef, StoredExam, checked_person
from posturecam.records.sittings import seen_in
from posturecam.records.store import Records
from posturecam.storage import strict_json
from posturecam.storage.fields import Fields
from posturecam.text.language import _

_HEADER = re.compile(rb"II\x2a\0|MM\0\x2a")
_GPS_TAG = 0x8825
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Bytes of one value of each type."""

_MOST_ENTRIES = 400
_XMP = re.compile(rb"(exif:GPS\w+\s*=\s*[\"'])([^\"'<>]{1,200})|(<exif:GPS\w+[^<>]*>)([^<>]{1,200})")


def without_location(data: bytes) -> bytes:
    """Return a photo's bytes with its place blanked; the same bytes where it carries none."""
    blanked = bytearray(data)
    for start, length in _locations(data):
        blanked[start : start + length] = bytes(length)
    for match in _XMP.finditer(data):
        group = 2 if match[2] is not None else 4
        blanked[match.start(group) : match.end(group)] = b" " * len(match[group])
    return bytes(blanked) if blanked == data else _with_checksums(blanked)


def _locations(data: bytes) -> Iterator[tuple[int, int]]:
    """Give where GPS data stand, and how many bytes, in every TIFF structure of the file."""
    for match in _HEADER.finditer(data):
        try:
            yield from _of_structure(data, match.start(), "<" if match[0][0] == ord("I") else ">")
        except struct.error:
            continue


def _of_structure(data: bytes, base: int, order: str) -> Iterator[tuple[int, int]]:
    at = base + struct.unpack_from(f"{order}I", data, base + 4)[0]
    for tag, _kind, _count, where in _tiff_entries(data, at, order):
        if tag != _GPS_TAG:
            continue
        place = base + struct.unpack_from(f"{order}I", data, where)[0]
        for _tag, kind, count, value in _tiff_entries(data, place, order):
            size = _SIZES.get(kind, 0) * count
            start = value if size <= 4 else base + struct.unpack_from(f"{order}I", data, value)[0]
            if start + size <= len(data):
                yield start, size
            yield value - 8, 12
        yield place, 2


def _tiff_entries(data: bytes, at: int, order: str) -> Iterator[tuple[int, int, int, int]]:
    """Give tag, type, count and where the value stands, of every entry of a directory."""
    count = struct.unpack_from(f"{order}H", data, at)[0]
    for number in range(count if count <= _MOST_ENTRIES else 0):
        here = at + 2 + 12 * number
        tag, kind, values = struct.unpack_from(f"{order}HHI", data, here)
        if here + 12 <= len(data):
            yield tag, kind, values, here + 8


def _with_checksums(data: bytearray) -> bytes:
    """Write the checksums of a PNG's chunks anew; any other file as it is."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return bytes(data)
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            break
        data[end : end + 4] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(data)


def copied(source: Records, target: Records) -> Iterator[tuple[str, int, int]]:
    """Copy everybody; give each person with the number of new exams and of all. Nothing is stored twice."""
    for person in source.people():
        stored = source.exams(person, versions=True)
        places = {exam.number: place for place, exam in enumerate(stored)}
        added = target.add_all(person, [_whole_exam(source, exam, places) for exam in stored])
        if target.facts(person) == Facts():
            target.write_facts(person, source.facts(person))
        yield person, sum(exam.fresh for exam in added), len(added)


def _whole_exam(source: Records, exam: StoredExam, places: Mapping[int, int]) -> NewExam:
    """Take an exam out whole, kept photos included."""
    kept = source.kept(exam.number)
    photos = tuple(replace(photo, kept=kept.get(photo.sha256)) for photo in exam.photos)
    older = None if exam.replaces is None else places.get(exam.replaces)
    return NewExam(exam.on, source.document(exam.number), exam.sitting, photos, exam.dated_from, exam.finalised, older)


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


def person_zip(records: Records, person: str) -> bytes:
    """Pack a person's exams; the same records give the same bytes."""
    found, told = records.exams(person, versions=True), records.facts(person)
    places = {exam.number: place for place, exam in enumerate(found, 1)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parcel:
        kept: dict[str, bytes] = {}
        for exam in found:
            kept |= {sha256: without_location(data) for sha256, data in records.kept(exam.number).items()}
        changed = {sha256: there for sha256, data in kept.items() if (there := _sha256(data)) != sha256}
        facts = {
            "schema": f"{SCHEMA}/{VERSION if changed else 1}",
            "posturecam": __version__,
            "person": person,
            **_of_person(told),
            "exams": [_facts_json(places, exam, changed) for exam in found],
        }
        _put(parcel, "person.json", json.dumps(facts, ensure_ascii=False, indent=1).encode())
        for place, entry in enumerate(found, 1):
            _put(parcel, _exam_name(place), records.document(entry.number).encode())
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


def _facts_json(places: Mapping[int, int], exam: StoredExam, changed: Mapping[str, str]) -> dict[str, Any]:
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


def unzipped_person(path: Path) -> Parcel:
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
    there = {member.filename for member in parcel.infolist()} - {"person.json"}
    days = {row.text("file"): date.fromisoformat(row.text("on")) for row in rows}
    missing = next((name for name in days if name not in there), None)
    if missing is not None:
        raise _refused(source, _("{name} is missing or was changed since", name=missing))
    photos = {f"photos/{photo.text('sha256')}" for row in rows for photo in row.rows("photos")}
    if not there <= days.keys() | photos:
        raise _refused(source, _("its list of contents and its files differ"))
    contents = {name: parcel.read(name) for name in sorted(there)}
    told = Facts(_day(whole, "born"), _day(whole, "consented_on"), _text(whole, "consent"))
    return Parcel(person, tuple(_exam_read(row, place, contents, source) for place, row in enumerate(rows)), told)


def _day(facts: Fields, key: str) -> date | None:
    return facts.day(key) if facts.has(key) else None


def _text(facts: Fields, key: str) -> str | None:
    return facts.text(key) if facts.has(key) else None


def _check_entries(parcel: zipfile.ZipFile, path: Path) -> None:
    """Refuse names that no export writes, and what would unpack to too much."""
    entries = parcel.infolist()
    names = [entry.filename for entry in entries]
    strange = next((name for name in names if not _NAME.fullmatch(name)), None)
    if strange is not None:
        raise _refused(path, _("it holds {strange!r}, which no export writes", strange=strange))
    if len(set(names)) != len(names) or "person.json" not in names:
        raise _refused(path, _("person.json is missing, or a name is there twice"))
    sizes = [entry.file_size for entry in entries]
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


def _exam_read(facts: Fields, place: int, contents: dict[str, bytes], source: str) -> NewExam:
    """Read an exam, its hash checked and its numbers read as they would be for a comparison."""
    name = facts.text("file")
    if name not in contents or _sha256(contents[name]) != facts.text("sha256"):
        raise _refused(source, _("{name} is missing or was changed since", name=name))
    document, on = contents[name].decode(), date.fromisoformat(facts.text("on"))
    seen = seen_in(document, name, on, f"{source}/{name}")
    photos = tuple(_photo_read(row, contents, source) for row in facts.rows("photos"))
    done = Finalised(facts.text("finalised_by"), _moment(facts)) if facts.has("finalised_by") else None
    older = facts.count("replaces") - 1 if facts.has("replaces") else None
    if older is not None and not 0 <= older < place:
        raise _refused(source, _("{name} replaces an exam that does not stand before it", name=name))
    return NewExam(on, document, seen.sitting, photos, _text(facts, "dated_from"), done, older)


def _moment(facts: Fields) -> datetime:
    return datetime.fromisoformat(facts.text("finalised_at"))


def _photo_read(facts: Fields, contents: dict[str, bytes], source: str) -> PhotoRef:
    sha256 = facts.text("sha256")
    kept = contents.get(f"photos/{sha256}")
    there = facts.text("kept_sha256") if facts.has("kept_sha256") else sha256
    if kept is not None and _sha256(kept) != there:
        raise _refused(source, _("photos/{sha256}… was changed since", sha256=sha256[:12]))
    return PhotoRef(sha256, facts.text("name"), facts.text("path"), facts.text("view"), kept)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
