"""Files of every kind measured: a raw photo's preview, DICOM in an exam, a folder of what is read and what is not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from batch_support import photos, rows, run_here
from picture_support import dicom, jpeg, raw_photo
from posturecam.cli import app
from posturecam.picture.opening import FileFacts, Origin
from posturecam.picture.photo import from_bytes, limited_size
from repository import SAMPLES


def test_shrinking_commutes_with_mirroring() -> None:
    """The mirror image shrinks to exactly the mirror image."""
    pixels = np.random.default_rng(1).integers(0, 256, (3001, 1777, 3), dtype=np.uint8)
    flipped = np.ascontiguousarray(pixels[:, ::-1])
    np.testing.assert_array_equal(limited_size(pixels)[:, ::-1], limited_size(flipped))


def test_the_large_preview_of_a_raw_photo_is_measured_and_that_is_said() -> None:
    """Turned upright as the camera's orientation says."""
    photo = from_bytes(raw_photo(jpeg(1200, 800), orientation=6), Path("photo.dng"))
    assert photo.size_px == (800, 1200)
    assert photo.file == FileFacts(Origin.PREVIEW)
    assert photo.mirrored().file.notes == photo.file.notes
    assert "the preview inside it was measured" in str(photo.file.notes[0])
    left, right = photo.pixels[600, 100], photo.pixels[600, 700]
    assert right[0] > left[0]  # turned clockwise, what lay above stands on the right
    assert left[2] > right[2]


@pytest.mark.slow
@pytest.mark.parametrize("asked", [True, False])
def test_whose_a_dicom_photograph_is_stands_in_an_exams_report_where_asked(tmp_path: Path, *, asked: bool) -> None:
    """With --patient the name and the day of the file; without it the ID."""
    sample = SAMPLES / "front.jpg"
    with Image.open(sample) as opened:
        photo = dicom(tmp_path / "photo.dcm", frame=sample.read_bytes(), size_px=opened.size)
    line = ["exam", str(photo), "--person", "x17", "--passes", "1", "--out", str(tmp_path / "out")]
    line += ["--database", str(tmp_path / "records.sqlite"), *(["--patient"] if asked else [])]
    ended = CliRunner().invoke(app, line)
    assert ended.exit_code == 0, ended.output
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert ("Roe Jane" in page, "Photographed on 2026-01-05" in page) == (asked, asked)


def test_what_a_folder_holds_and_is_not_read_is_a_row_with_its_reason(tmp_path: Path) -> None:
    """Of a TIFF the first page is measured, and the others are a row; our own report is none; exit code 3."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    pages = [Image.new("RGB", (80, 120), colour) for colour in ("red", "green")]
    pages[0].save(folder / "scan.tif", save_all=True, append_images=pages[1:])
    dicom(folder / "xray.dcm", kind="1.2.840.10008.5.1.4.1.1.1")
    dicom(folder / "photo.dcm")
    for name, data in {
        "a.dng": raw_photo(jpeg(640, 480)),
        "b.cr3": b"\0\0\0\x18ftypcrx \0\0\0\0crx isom",
        "c.jxl": b"\xff\x0a" + b"\0" * 40,
        "d.pdf": b"%PDF-1.7",
        "report.pdf": b"%PDF-1.7 /Producer (posturecam)",
        "notes.txt": b"",
    }.items():
        (folder / name).write_bytes(data)
    for _again in range(2):  # what an earlier run knows is told again
        summary = run_here(folder, out)
        assert (summary.counts.inputs, summary.counts.results, summary.counts.failures) == (9, 4, 6)
        failed = {Path(row["file"]).name: f"{row['reason']}. {row['what_to_do']}" for row in rows(out / "failures.csv")}
        assert failed["scan.tif"] == (
            "this file has 1 further page, which was not read. Save each page as a photo of its own."
        )
        assert failed["a.dng"].startswith("this photo is a camera's raw photo, and the preview in it is too small")
        assert failed["b.cr3"].endswith(
            "is a raw file, which is not read. Export it as JPEG with the camera's program."
        )
        assert failed["c.jxl"] == "this photo is a JPEG XL file, which is not read. Save it as JPEG or PNG."
        assert failed["d.pdf"].startswith("this photo is a PDF file, which is not read. Save the photo in it")
        assert failed["xray.dcm"].startswith("this photo is a DICOM file without a photograph (CR)")
        assert len(failed) == 6
    measured = {Path(row["path"]).name: row["notes"] for row in rows(out / "results.csv")}
    assert sorted(measured) == ["p0000.jpg", "p0001.jpg", "photo.dcm", "scan.tif"]
    assert "1 further page" in measured["scan.tif"]
    assert run_here(folder, out, rescore=True).counts.failures == 6
