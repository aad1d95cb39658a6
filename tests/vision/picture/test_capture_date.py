"""The day of a photo: read, stored with its source, shown everywhere, used where days matter."""

import json
import os
import re
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from posturecam.batch.job import of_content
from posturecam.batch.run_inputs import Wanted, list_inputs
from posturecam.cli import app
from posturecam.knowledge import load
from posturecam.page.app_state import OpenExam
from posturecam.page.record_io import day_offered, lay
from posturecam.picture.capture_date import (
    CaptureDate,
    DateSource,
    ExamDay,
    best_date,
    capture_date,
    exam_day,
    named_date,
    today,
)
from posturecam.picture.photo import from_bytes, read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import exam_of
from posturecam.records.sittings import seen_in
from posturecam.reports.drawing.photo_overlay import draw_figure
from posturecam.reports.fhir import FhirReport, Subject, fhir_bytes
from posturecam.reports.html.report_page import exam_page, photo_page
from posturecam.reports.measurement_tables import measurement_rows
from posturecam.reports.pdf.pdf_report import pdf_report
from posturecam.reports.report_options import Heading
from posturecam.reports.terminal.report_text import print_assessment
from posturecam.storage import assessment_json as json_report
from posturecam.storage import exam_json
from posturecam.text.day_words import day_words
from reports_support import CROSSED, LEVEL, assessed

TABLES = load()
MARCH, APRIL = date(2024, 3, 5), date(2024, 4, 1)
CAMERA = CaptureDate(MARCH, DateSource.CAMERA)
PICTURE = np.full((300, 200, 3), 200, np.uint8)


def photo(path: Path, original: str | bytes | None = "2024:03:05 10:20:30") -> Path:
    """Save a picture with EXIF DateTimeOriginal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image, exif = Image.new("RGB", (60, 80), "white"), Image.Exif()
    if original is not None:
        exif[0x010F] = "Maker"
        exif.get_ifd(0x8769)[0x9003] = original
    image.save(path, exif=exif)
    return path


def of(path: Path, day: date) -> Path:
    """Set when a file was last changed."""
    at = 86400 * (day.toordinal() - date(1970, 1, 1).toordinal()) + 43200
    os.utime(path, (at, at))
    return path


def dated(taken: CaptureDate | None = CAMERA, name: str = "figure.png", figure: Any = LEVEL) -> Any:
    """Assess a figure of a day."""
    found = assessed(figure, name)
    return replace(found, photo=replace(found.photo, taken=taken))


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_the_cameras_date_is_read_first(tmp_path: Path, ending: str) -> None:
    """Before a date in the name, and before the file's own."""
    path = photo(tmp_path / "2019-01-02" / f"2020-01-02.{ending}")
    assert read(path).taken == capture_date(path) == CAMERA
    assert read(path).mirrored().taken == CAMERA


@pytest.mark.parametrize("said", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2024:13:45 1:1:1", "", "yesterday"])
def test_a_camera_without_a_clock_tells_nothing(tmp_path: Path, said: str) -> None:
    """Zeros, blanks and days that there are not."""
    assert read(photo(tmp_path / "2024-03-05.jpg", said)).taken == CaptureDate(MARCH, DateSource.NAME)


@pytest.mark.parametrize(
    "name",
    ["2024-03-05_front.jpg", "IMG_20240305_101010.jpg", "IMG-20240305-WA0001.jpg", "2024_03_05.jpg", "5.3.2024.jpg",
     "05.03.2024 anna.jpg", "2024-03-05/front.jpg", "2024-03-05/anna/front.jpg", "20240305/x/y/front.jpg"],
)  # fmt: skip
def test_a_date_in_the_name_of_file_or_folder(name: str) -> None:
    """As phones, messengers and people write it."""
    assert named_date(Path(name)) == CaptureDate(MARCH, DateSource.NAME)


@pytest.mark.parametrize("name", ["IMG_1234.jpg", "1234567890.jpg", "20241305.jpg", "12024-03-05.jpg", "1.1.1.jpg"])
def test_other_numbers_are_no_dates(name: str) -> None:
    """Counters, telephone numbers and days that there are not."""
    assert named_date(Path(name)) is None


def test_the_files_own_date_comes_last(tmp_path: Path) -> None:
    """And a photo that is only bytes has none."""
    path = of(photo(tmp_path / "front.jpg", None), MARCH)
    assert read(path).taken == CaptureDate(MARCH, DateSource.FILE)
    assert from_bytes(path.read_bytes(), Path("front.jpg")).taken is None
    assert from_bytes(path.read_bytes(), Path("2024-03-05.jpg")).taken == CaptureDate(MARCH, DateSource.NAME)


def test_copies_in_a_folders_run_are_one_result(tmp_path: Path) -> None:
    """What only a place tells is no part of it."""
    one, other = photo(tmp_path / "2024-03-05.jpg", None), photo(tmp_path / "2024-04-01.jpg", None)
    assert of_content(read(one)).taken is of_content(read(other)).taken is None
    assert of_content(read(photo(tmp_path / "x.jpg"))).taken == CAMERA


def test_an_exam_is_of_its_photos_day() -> None:
    """A camera counts before names and files, the latest of several, and nothing of tomorrow's."""
    named, of_file = CaptureDate(APRIL, DateSource.NAME), CaptureDate(date(2025, 1, 1), DateSource.FILE)
    assert exam_day([of_file, CAMERA, named, None], None) == ExamDay(MARCH, DateSource.CAMERA, stated=False)
    assert exam_day([CaptureDate(date(2099, 1, 1), DateSource.CAMERA), named], None).on == APRIL
    assert exam_day([], None) == ExamDay(today(), None, stated=False)
    assert best_date([CAMERA, CaptureDate(APRIL, DateSource.CAMERA)]) == CaptureDate(APRIL, DateSource.CAMERA)


def test_a_stated_day_that_contradicts_the_photos_is_told() -> None:
    """A file may have been copied later, but a photo cannot be younger than its file."""
    late, early = CaptureDate(APRIL, DateSource.FILE), CaptureDate(date(2024, 3, 4), DateSource.FILE)
    assert exam_day([CAMERA, late], MARCH) == ExamDay(MARCH, None, stated=True)
    assert exam_day([CAMERA, CAMERA], APRIL).against == (CAMERA,)
    assert exam_day([early], MARCH).against == (early,)


def test_photos_of_several_days_are_told() -> None:
    """An exam is of one day; copied files do not count."""
    other = dated(CaptureDate(APRIL, DateSource.CAMERA), "other.png", CROSSED)
    other = replace(other, photo=replace(other.photo, sha256="1" * 64))
    assert "several days (2024-03-05, 2024-04-01)" in " ".join(map(str, exam_of([dated(), other], [], TABLES).notes))
    copied = replace(other, photo=replace(other.photo, taken=CaptureDate(APRIL, DateSource.FILE)))
    assert "several days" not in " ".join(map(str, exam_of([dated(), copied], [], TABLES).notes))


def test_the_day_is_stored_with_its_source_and_read_back() -> None:
    """In assessments and in exams; a history and a comparison take it from there."""
    text = json_report.assessment_bytes(dated()).decode()
    assert {"taken_on": "2024-03-05", "taken_on_source": "camera"}.items() <= json.loads(text)["photo"].items()
    assert json_report.from_json(json.loads(text)).photo.taken == CAMERA
    assert seen_in(text, "x", None, "x").sitting.on == MARCH
    assert seen_in(text, "x", APRIL, "x").sitting.on == APRIL
    assert seen_in(exam_json.exam_bytes(exam_of([dated()], [], TABLES)), "x", None, "x").sitting.on == MARCH
    assert "taken_on" not in json_report.to_json(dated(None))["photo"]


def test_a_stored_day_that_is_none_is_one_line() -> None:
    """And names the field."""
    whole = json_report.to_json(dated())
    whole["photo"]["taken_on"] = "5 March"
    with pytest.raises(Exception, match=r"photo\.taken_on is '5 March'; a day such as 2024-03-05 is expected"):
        json_report.from_json(whole)


def pdf_words(data: bytes) -> list[str]:
    """Give the words of each page of a PDF."""
    streams = [one for one in re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL) if one[:1] == b"x"]
    texts = [zlib.decompress(one) for one in streams]
    return [one.decode("latin-1") for one in texts if b"BT" in one]


def test_every_report_tells_the_day(tmp_path: Path) -> None:
    """The page, the exam's page, the PDF, the terminal, the table."""
    one, words = dated(), "Photographed on 2024-03-05 (the camera"
    assert words in photo_page(one, PICTURE)
    assert words in exam_page(exam_of([one], [], TABLES), [PICTURE])
    with (tmp_path / "out.txt").open("w+") as file:
        print_assessment(one, file=file)
        file.seek(0)
        assert words in file.read()
    assert next(iter(measurement_rows([one], TABLES)))["date"] == "2024-03-05"
    assert day_words([one.photo], MARCH) == "Exam of 2024-03-05"
    assert day_words([one.photo], APRIL).startswith("Exam of 2024-04-01, photographed on 2024-03-05")
    assert day_words([dated(None).photo]) == ""


def test_every_page_of_the_pdf_says_whose_when_and_which() -> None:
    """So that a sheet that got loose is put back."""
    long = Heading("Dana K.", "note " * 1500, day=APRIL)
    pages = pdf_words(pdf_report(dated(figure=CROSSED), [draw_figure(dated(figure=CROSSED))], None, long))
    assert len(pages) > 1
    for number, words in enumerate(pages, 1):
        assert f"Dana K. \xb7 2024-04-01 \xb7 page {number} of {len(pages)}" in words


def test_fhir_is_of_the_photos_day() -> None:
    """Unless another is stated."""
    pytest.importorskip("fhir.resources")
    report = FhirReport.of_photo(dated())
    for subject, on in ((Subject("1"), "2024-03-05"), (Subject("1", date="2024-04-01"), "2024-04-01")):
        resources = [one["resource"] for one in json.loads(fhir_bytes(report, TABLES, subject))["entry"]]
        assert {one["effectiveDateTime"] for one in resources if one["resourceType"] == "Observation"} == {on}
        assert [one["createdDateTime"] for one in resources if one["resourceType"] == "Media"] == ["2024-03-05"]


def test_since_goes_by_the_photos_own_day(tmp_path: Path) -> None:
    """Not by the day on which it was copied."""
    old = photo(tmp_path / "old.jpg")
    photo(tmp_path / "20240601.jpg", None)
    found = list_inputs(Wanted((str(tmp_path),), since=date(2024, 5, 1)))
    assert [Path(entry.input.path).name for entry in found.names] == ["20240601.jpg"]
    assert old.exists()


def test_an_exam_on_the_command_line_takes_the_photos_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says where the day comes from, and what contradicts a stated one."""
    exam = exam_of([dated()], [], TABLES)
    place = tmp_path / "front.jpg"
    place.write_bytes(b"x")
    monkeypatch.setenv("POSTURECAM_DATABASE", str(tmp_path / "records.sqlite"))
    from posturecam.cli import recording

    done = recording.MeasuredExam(exam, {}, {exam.photos[0].photo.sha256: place})
    monkeypatch.setattr(recording, "measured_exam", lambda *_given: done)
    said = CliRunner().invoke(app, ["exam", str(place), "--person", "Dana"])
    assert said.exit_code == 0, said.stderr
    assert "stored as exam 1 of Dana, 2024-03-05" in said.stdout
    assert "Day of the exam: the camera's date" in said.stdout
    against = CliRunner().invoke(app, ["exam", str(place), "--person", "Dana", "--date", "2024-04-01"])
    assert "--date 2024-04-01 contradicts the photos: 2024-03-05 (the camera's date)" in against.stderr
    assert "stored as exam 2 of Dana, 2024-04-01" in against.stdout


def test_the_page_offers_the_photos_day() -> None:
    """Until the exam is kept under another one."""
    open_exam = OpenExam("x", Settings())
    assert day_offered(open_exam, TABLES) == today().isoformat()
    lay(open_exam, dated(), None, None)
    assert day_offered(open_exam, TABLES) == "2024-03-05"
    open_exam.day = APRIL
    assert day_offered(open_exam, TABLES) == "2024-04-01"
