"""An assessment or an exam as a FHIR R4B bundle: one Observation per measure, for hospital records.

    data = fhir_bytes(Report.of_photo(assessment), knowledge, Subject("4711"))

The bundle (a ``collection``) holds the Patient, the Device (this program, its knowledge and its pose model), one Media
per photo (known by its sha256; the picture itself is not in it) and the Observations. What could not be measured has a
reason instead of a value. Numbers are preliminary: nobody has looked at them yet. The same result gives the same bytes.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from posturecam.errors import OutputError
from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Measurement, Unmeasured
from posturecam.picture.capture_date import best_date
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import Exam
from posturecam.text.labels import DISCLAIMER
from posturecam.text.language import ENGLISH, _, current
from posturecam.text.language.views import of_view
from posturecam.text.sentences import sentence

UCUM = "http://unitsofmeasure.org"
UNITS = {
    "deg": "deg",
    "% of height": "%{height}",
    "% of chord": "%{chord}",
    "mm": "mm",
    "s": "s",
    "ratio": "1",
    "%": "%",
}
"""Our units in the codes of UCUM; what stands in braces is a remark that does not change the unit."""

_OURS = "urn:posturecam"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_ESTIMATES = f"{_HL7}/attribute-estimate-type"
_INTERVAL, _ERROR = ("C53324", "Confidence interval"), ("0000037", "Standard error of the mean")
_DIGITS = Decimal("1e-6")

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose numbers these are, and of which day (2026-03-31); without one it is the photos' own.

    An ``identifier`` of the form SYSTEM|VALUE names the hospital's own numbers, such as ``urn:oid:1.2.3|4711``.
    """

    identifier: str = ""
    name: str = ""
    date: str | None = None


@dataclass(frozen=True, slots=True)
class FhirReport:
    """What an exam and a single photo have in common: photos, numbers with the photos behind each, and what is not."""

    photos: tuple[Assessment, ...]
    rows: tuple[tuple[Measurement, tuple[Assessment, ...]], ...]
    unmeasured: tuple[Unmeasured, ...]

    @classmethod
    def of_photo(cls, photo: Assessment) -> "FhirReport":
        """Take one photo."""
        return cls((photo,), tuple((measurement, (photo,)) for measurement in photo.measurements), photo.unmeasured)

    @classmethod
    def of_exam(cls, exam: Exam) -> "FhirReport":
        """Take an exam: each combined number with the photos of the views that it comes from."""
        used = [photo for photo in exam.photos if photo.void is None] or list(exam.photos)
        rows = [
            (measurement.measurement, tuple(photo for photo in used if photo.pose.view.value in measurement.views))
            for measurement in exam.measurements
        ]
        return cls(exam.photos, tuple(rows), exam.unmeasured)


def fhir_bytes(report: FhirReport, knowledge: Knowledge, subject: Subject) -> bytes:
    """Write a report as a bundle, checked against the R4B models. Raises OutputError where the extra is missing."""
    try:
        from fhir.resources.R4B.bundle import Bundle  # noqa: PLC0415  (an extra)
    except ImportError as error:
        msg = _("--fhir needs fhir.resources, which is not installed. Run: pip install 'posturecam[fhir]'")
        raise OutputError(msg) from error
    resources = list(_resources(report, knowledge, subject))
    entries = [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources]
    whole = Bundle.model_validate({"resourceType": "Bundle", **_spoken(), "type": "collection", "entry": entries})
    return (whole.model_dump_json(indent=1) + "\n").encode()


def _resources(report: FhirReport, knowledge: Knowledge, subject: Subject) -> Iterator[Resource]:
    """Give the patient, the device, the photos and the observations, in the order of the body."""
    who = _patient(report, subject)
    device = _device(report.photos[0])
    photos = {photo.photo.sha256: _media(photo, who) for photo in report.photos}
    yield from (who, device, *photos.values())
    common: Resource = {"subject": _reference(who), "device": _reference(device)}
    taken = best_date(photo.photo.taken for photo in report.photos)
    day = subject.date or (taken and taken.on.isoformat())
    if day:
        common["effectiveDateTime"] = day
    for resource_row, behind in report.rows:
        from_photos = [_photo(photos[photo.photo.sha256]) for photo in behind]
        yield {
            **_observation(resource_row.key, knowledge, who, behind),
            **common,
            "derivedFrom": from_photos,
            **_value(resource_row),
        }
    for missing in report.unmeasured:
        about = _observation(missing.key, knowledge, who, report.photos)
        yield {**about, **common, "derivedFrom": [_photo(photo) for photo in photos.values()], **_absent(missing)}


def _id(*facts: str) -> str:
    """Name a resource by what it is: the same facts, the same name."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, ":".join((_OURS, *facts))))


def _reference(resource: Resource) -> Resource:
    return {"reference": f"urn:uuid:{resource['id']}"}


def _photo(media: Resource) -> Resource:
    """Refer to a photo so that its hash stands in the reference too."""
    return {**_reference(media), "identifier": media["identifier"][0]}


def _patient(report: FhirReport, subject: Subject) -> Resource:
    """Give the patient: by identifier, by name, or as the unnamed person in these photos."""
    hashes = sorted(photo.photo.sha256 for photo in report.photos)
    facts = (subject.identifier, subject.name) if subject.identifier or subject.name else tuple(hashes)
    who: Resource = {"resourceType": "Patient", "id": _id("patient", *facts)}
    if subject.identifier:
        system, _bar, value = subject.identifier.rpartition("|")
        who["identifier"] = [{"value": value or subject.identifier, **({"system": system} if system and value else {})}]
    if subject.name:
        who["name"] = [{"text": subject.name}]
    return who


def _spoken() -> Resource:
    """Name the language of the texts, where it is another one than that of the codes' displays."""
    return {} if current() == ENGLISH else {"language": current()}


def _device(photo: Assessment) -> Resource:
    versions = {**photo.versions, "pose model": f"{photo.pose.model} {photo.pose.model_sha256}"}
    return {
        "resourceType": "Device",
        "id": _id("device", *(f"{name} {value}" for name, value in versions.items())),
        "deviceName": [{"name": "posturecam", "type": "user-friendly-name"}],
        "version": [{"type": {"text": name}, "value": value} for name, value in versions.items()],
        "note": [{"text": _(DISCLAIMER)}],
    }


def _media(photo: Assessment, who: Resource) -> Resource:
    """Name a photo by its hash (RFC 6920, section 7); its pixels stay where they are."""
    info = photo.photo
    return {
        "resourceType": "Media",
        "id": _id("photo", info.sha256, who["id"]),
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"nih:sha-256;{info.sha256}"}],
        "status": "completed",
        "subject": _reference(who),
        "view": {"text": photo.pose.view.value},
        "width": info.width,
        "height": info.height,
        "content": {"title": info.name},
        **({"createdDateTime": info.taken.on.isoformat()} if info.taken else {}),
        **({"note": [{"text": sentence(photo.void)}]} if photo.void else {}),
    }


def _observation(key: str, knowledge: Knowledge, who: Resource, photos: Sequence[Assessment]) -> Resource:
    """Say what is measured, and how."""
    norm = knowledge.norm(key)
    hashes = sorted(photo.photo.sha256 for photo in photos)
    code = {"system": f"{_OURS}:measure", "code": key, "display": norm.name}
    exam = {"system": f"{_HL7}/observation-category", "code": "exam", "display": "Exam"}
    return {
        "resourceType": "Observation",
        "id": _id("observation", key, who["id"], *hashes),
        "status": "preliminary",
        "category": [{"coding": [exam]}],
        "code": {"coding": [code], "text": f"{norm.name} ({norm.plain})"},
        "method": {
            "text": _(
                "Photogrammetry of {views} with posturecam. {what} {how}",
                views=_views(photos),
                what=norm.what,
                how=norm.how,
            )
        },
    }


def _views(photos: Sequence[Assessment]) -> str:
    views = dict.fromkeys(of_view(photo.pose.view) for photo in photos)
    if len(photos) > 1:
        return _("{views} photos", views=_(" and ").join(views))
    return _("a {view} photo", view=" ".join(views))


def _value(measurement: Measurement) -> Resource:
    """Give the value with its 95 % interval and its standard error; the words say the side."""
    interval = {
        "low": _quantity(measurement.low, measurement.unit),
        "high": _quantity(measurement.high, measurement.unit),
    }
    return {
        "valueQuantity": _quantity(measurement.value, measurement.unit),
        "component": [
            {"code": _estimate(*_INTERVAL, _("95 % confidence interval")), "valueRange": interval},
            {
                "code": _estimate(*_ERROR, _("standard error")),
                "valueQuantity": _quantity(measurement.sem, measurement.unit),
            },
        ],
        "note": [{"text": measurement.words}],
    }


def _quantity(value: float, unit: str) -> Resource:
    return {"value": Decimal(repr(value)).quantize(_DIGITS) + 0, "unit": unit, "system": UCUM, "code": UNITS[unit]}


def _estimate(code: str, display: str, text: str) -> Resource:
    return {"coding": [{"system": _ESTIMATES, "code": code, "display": display}], "text": text}


def _absent(missing: Unmeasured) -> Resource:
    coding = {"system": f"{_HL7}/data-absent-reason", "code": "not-performed", "display": "Not Performed"}
    return {"dataAbsentReason": {"coding": [coding], "text": sentence(missing.reason)}}
