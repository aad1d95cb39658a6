"""FHIR: every number arrives with its unit, its interval, its method, whose it is, and the photo that it comes from."""

import builtins
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.observation import Observation
from typer.testing import CliRunner

from fhir_support import kinds
from posturecam.body import View
from posturecam.cli import app
from posturecam.errors import OutputError
from posturecam.errors.facts import Reason, as_written
from posturecam.knowledge import load
from posturecam.knowledge.norms import UNITS as KNOWN_UNITS
from posturecam.measures.measurement import Unmeasured
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.pipeline.exam import exam_of
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.reports.fhir import UCUM, UNITS, FhirReport, Subject, fhir_bytes
from posturecam.text.sentences import sentence
from reports_support import CROSSED, assessed

TABLES = load()
DANA = Subject("urn:oid:1.2.3|4711", "Dana K.", "2026-01-05")


def of_hash(letter: str, figure: Figure = CROSSED) -> Assessment:
    """An assessment of a photo with a hash of its own."""
    whole = assessed(figure)
    return replace(whole, photo=PhotoInfo(f"{letter}.jpg", letter * 64, *figure.size_px))


def bundle(report: FhirReport, subject: Subject = DANA) -> Bundle:
    """The bundle as another program reads it."""
    return Bundle.model_validate_json(fhir_bytes(report, TABLES, subject))


def observations(whole: Bundle) -> dict[str, Observation]:
    """Every observation by its measure."""
    return {one.code.coding[0].code: one for one in kinds(whole, "Observation")}


def test_each_measure_is_one_observation_with_the_very_number() -> None:
    """Value, interval and standard error to six places, in UCUM's units; none is left out and none invented."""
    photo = of_hash("a")
    found = observations(bundle(FhirReport.of_photo(photo)))
    assert list(found) == [one.key for one in (*photo.measurements, *photo.unmeasured)]
    for one in photo.measurements:
        seen = found[one.key]
        assert float(seen.valueQuantity.value) == pytest.approx(one.value, abs=5.1e-7)
        assert (seen.valueQuantity.system, seen.valueQuantity.code) == (UCUM, UNITS[one.unit])
        interval, error = seen.component
        assert float(interval.valueRange.low.value) == pytest.approx(one.low, abs=5.1e-7)
        assert float(interval.valueRange.high.value) == pytest.approx(one.high, abs=5.1e-7)
        assert float(error.valueQuantity.value) == pytest.approx(one.sem, abs=5.1e-7)
        assert seen.note[0].text == one.words
        assert seen.dataAbsentReason is None


@pytest.mark.parametrize("view", [View.FRONT, View.LEFT])
def test_millimetres_are_observations_too(view: View) -> None:
    """With a height each photo has some."""
    figure = replace(CROSSED, view=view)
    info = PhotoInfo("tall.jpg", "c" * 64, *figure.size_px)
    photo = assess_pose(pose_of_figure(figure), info, Settings(height_cm=172.0), TABLES)
    in_mm = [one.key for one in photo.measurements if one.unit == "mm"]
    found = observations(bundle(FhirReport.of_photo(photo)))
    assert in_mm
    assert {found[key].valueQuantity.unit for key in in_mm} == {"mm"}


def test_what_was_not_measured_has_its_reason_and_no_value() -> None:
    """A gap must never read as fine."""
    photo = of_hash("a")
    assert photo.unmeasured
    found = observations(bundle(FhirReport.of_photo(photo)))
    for one in photo.unmeasured:
        assert found[one.key].valueQuantity is None
        assert found[one.key].component is None
        assert found[one.key].dataAbsentReason.text == sentence(one.reason)


def test_every_observation_says_how_and_whose_and_from_which_photo() -> None:
    """References lead to resources of the same bundle; the photo is known by its sha256."""
    whole = bundle(FhirReport.of_photo(of_hash("a")))
    there = {one.fullUrl: one.resource for one in whole.entry}
    (patient,), (media,), (device,) = kinds(whole, "Patient"), kinds(whole, "Media"), kinds(whole, "Device")
    assert media.identifier[0].value == "nih:sha-256;" + "a" * 64
    for one in kinds(whole, "Observation"):
        assert one.status == "preliminary"
        assert "front photo" in one.method.text
        assert there[one.subject.reference] is patient
        assert there[one.device.reference] is device
        assert [there[ref.reference] for ref in one.derivedFrom] == [media]
        assert one.derivedFrom[0].identifier.value == media.identifier[0].value
        assert one.effectiveDateTime.isoformat() == "2026-01-05"
    assert "0.1.0" in {one.value for one in device.version}


def test_an_exam_names_the_photos_behind_each_number() -> None:
    """Two fronts stand behind a combined number; a photo that was set aside stands behind none."""
    void = replace(of_hash("c"), void=as_written("the body is turned"))
    exam = exam_of([of_hash("a"), of_hash("b"), void], [], TABLES)
    whole = bundle(FhirReport.of_exam(exam))
    hashes = {one.id: one.identifier[0].value[-64] for one in kinds(whole, "Media")}
    assert sorted(hashes.values()) == ["a", "b", "c"]
    for one in kinds(whole, "Observation"):
        if one.valueQuantity is not None:
            assert [hashes[ref.reference.removeprefix("urn:uuid:")] for ref in one.derivedFrom] == ["a", "b"]


def test_side_views_are_told_as_such() -> None:
    """Only the side photo stands behind what the side shows."""
    side = of_hash("d")
    turned = replace(side, pose=replace(side.pose, view=View.LEFT))
    found = observations(bundle(FhirReport.of_photo(turned)))
    assert all("a left photo" in one.method.text for one in found.values())


@pytest.mark.parametrize(
    ("subject", "identifier", "name"),
    [
        (Subject("4711"), {"value": "4711"}, None),
        (Subject("urn:oid:1.2.3|4711"), {"value": "4711", "system": "urn:oid:1.2.3"}, None),
        (Subject("odd|"), {"value": "odd|"}, None),
        (Subject(name="<b>Zoë</b> 🧍"), None, "<b>Zoë</b> 🧍"),
        (Subject(), None, None),
    ],
    ids=["own number", "hospital's number", "no number behind the bar", "a name", "nobody named"],
)
def test_whose_it_is(subject: Subject, identifier: dict[str, str] | None, name: str | None) -> None:
    """As much as was said, and nothing that was not."""
    (patient,) = kinds(bundle(FhirReport.of_photo(of_hash("a")), subject), "Patient")
    said = json.loads(patient.model_dump_json())
    assert said.get("identifier") == (None if identifier is None else [identifier])
    assert [one["text"] for one in said.get("name", [])] == ([] if name is None else [name])


def test_the_same_result_gives_the_same_bytes() -> None:
    """And another photo, other names of everything that comes from it."""
    here = FhirReport.of_photo(of_hash("a"))
    assert fhir_bytes(here, TABLES, DANA) == fhir_bytes(here, TABLES, DANA)
    one, other = (bundle(FhirReport.of_photo(of_hash(letter))) for letter in "ab")
    assert not {x.id for x in kinds(one, "Observation")} & {x.id for x in kinds(other, "Observation")}
    assert kinds(one, "Patient")[0].id == kinds(other, "Patient")[0].id


def test_every_unit_has_its_code() -> None:
    """Also those that no photo of these tests shows."""
    assert set(UNITS) == set(KNOWN_UNITS)
    everything = tuple(Unmeasured(key, Reason("no_outline")) for key in TABLES.norms)
    photo = replace(of_hash("a"), measurements=(), unmeasured=everything)
    assert list(observations(bundle(FhirReport.of_photo(photo)))) == list(TABLES.norms)


@pytest.fixture
def without_fhir(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation without the extra."""
    whole = builtins.__import__

    def importing(name: str, *more: Any) -> Any:
        if name.startswith("fhir"):
            raise ImportError(name)
        return whole(name, *more)

    monkeypatch.setattr(builtins, "__import__", importing)
    return


@pytest.mark.usefixtures("without_fhir")
def test_without_the_extra_it_is_one_line() -> None:
    """It says what to install."""
    with pytest.raises(OutputError, match=r"posturecam\[fhir\]"):
        fhir_bytes(FhirReport.of_photo(of_hash("a")), TABLES, DANA)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """And nothing is printed before it."""
    stored = tmp_path / "assessment.json"
    from posturecam.storage.assessment_json import assessment_bytes

    stored.write_bytes(assessment_bytes(of_hash("a")))
    line = ["analyze", "--points", str(stored), "--fhir", str(tmp_path / "nowhere" / "x.json")]
    ended = CliRunner().invoke(app, line)
    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert "Make the folder first" in ended.stderr
