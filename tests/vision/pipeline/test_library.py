"""The library as others use it: photos in every form, plain values out, the examples run."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import posturecam
from posturecam import Assessment, PhotoError, Settings, analyze, analyze_exam, to_dict, to_rows
from posturecam.picture.photo import read
from posturecam.picture.photo_source import open_photo
from posturecam.poses.detection import PoseFinder
from posturecam.storage import assessment_json
from repository import ROOT

EXAMPLES = ROOT / "examples"
FRONT = ROOT / "sample_images" / "front.jpg"
SIDE_PX = 2000
TWO = Settings(passes=2)


@pytest.fixture(scope="module")
def front(finder: PoseFinder) -> Assessment:
    """The sample photo, read by its path."""
    return analyze(FRONT, settings=TWO, finder=finder)


def test_dir_names_what_there_is() -> None:
    """A notebook completes what the front door promises, before anything of it is loaded."""
    assert set(posturecam.__all__) <= set(dir(posturecam))


def test_a_photo_may_come_in_any_form() -> None:
    """A path, bytes, an array and a picture of Pillow's hold the same pixels."""
    pixels = read(FRONT, SIDE_PX).pixels
    data = FRONT.read_bytes()
    forms = (str(FRONT), FRONT, data, np.asarray(Image.open(FRONT)), Image.open(io.BytesIO(data)), read(FRONT, SIDE_PX))
    for form in forms:
        assert np.array_equal(open_photo(form, SIDE_PX).pixels, pixels)


def test_a_picture_is_turned_as_its_file_says() -> None:
    """Pillow does not turn by EXIF when it opens a file."""
    out, turned = io.BytesIO(), Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(out, "JPEG", exif=exif)
    assert open_photo(Image.open(io.BytesIO(out.getvalue())), SIDE_PX).size_px == (20, 40)


def test_grey_and_see_through_arrays_are_photos_too() -> None:
    """Grey is three times the same; how opaque a pixel is does not count."""
    grey = np.arange(96, dtype=np.uint8).reshape(8, 12)
    assert np.array_equal(open_photo(grey, SIDE_PX).pixels, np.dstack([grey, grey, grey]))
    assert np.array_equal(
        open_photo(np.dstack([grey, grey, grey, grey]), SIDE_PX).pixels, np.dstack([grey, grey, grey])
    )


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (np.zeros((4, 4, 3)), "float64"),
        (np.zeros((4, 4, 5), np.uint8), r"\(4, 4, 5\)"),
        (np.zeros((0, 4, 3), np.uint8), r"\(0, 4, 3\)"),
        (7, "int"),
    ],
)
def test_what_is_no_photo_is_told_in_one_line(thing: object, said: str) -> None:
    """What it is, and what to give."""
    with pytest.raises(PhotoError, match=said) as refused:
        open_photo(thing, SIDE_PX)
    assert "Give " in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_said_beside_the_settings_counts(finder: PoseFinder, front: Assessment) -> None:
    """The view, the roll and the mirror image are said in the call itself."""
    assert front.pose.view_source != "given"
    said = analyze(FRONT, view="front", roll_deg=2.0, settings=TWO, finder=finder)
    assert (said.pose.view_source, said.vertical.roll_deg) == ("given", 2.0)
    assert analyze(FRONT, mirrored=True, settings=TWO, finder=finder).mirrored
    with pytest.raises(ValueError, match="above"):
        analyze(FRONT, view="above", settings=TWO, finder=finder)


def test_rows_hold_every_measure_once(front: Assessment) -> None:
    """Measured ones with their interval, the others with their reason."""
    rows = to_rows(front)
    assert [row["measure"] for row in rows] == [
        *(measurement.key for measurement in front.measurements),
        *(missing.key for missing in front.unmeasured),
    ]
    shoulder = next(row for row in rows if row["measure"] == "shoulder_tilt")
    assert (shoulder["photo"], shoulder["view"]) == ("front.jpg", "front")
    assert shoulder["low"] <= shoulder["value"] <= shoulder["high"]  # type: ignore[operator]
    assert all((row["value"] is None) == (row["reason"] is not None) for row in rows)
    assert all(list(row) == list(rows[0]) for row in rows)


def test_a_dictionary_is_what_the_command_writes(front: Assessment) -> None:
    """Plain values, the same as in the file."""
    assert json.loads(assessment_json.assessment_bytes(front)) == json.loads(json.dumps(to_dict(front)))


def test_an_exam_gives_rows_too(finder: PoseFinder) -> None:
    """Each measure says the views and photos that it comes from; a photo may be bytes."""
    side = ROOT / "sample_images" / "left.jpg"
    exam = analyze_exam([FRONT.read_bytes(), side], settings=TWO, finder=finder)
    rows = {row["measure"]: row for row in to_rows(exam)}
    assert (rows["shoulder_tilt"]["photo"], rows["shoulder_tilt"]["view"]) == ("bytes", "front")
    assert (rows["trunk_lean_side"]["photo"], rows["trunk_lean_side"]["view"]) == ("left.jpg", "left")
    assert to_dict(exam)["schema"].startswith("posturecam/exam/")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "said"),
    [("one_photo.py", "hip_tilt "), ("folder_to_table.py", " rows in "), ("opencv_frame.py", "shoulder_tilt: ")],
)
def test_the_examples_run(script: str, said: str, samples: Path, tmp_path: Path) -> None:
    """As a reader runs them, in a folder that has sample images."""
    (tmp_path / "sample_images").symlink_to(samples)
    command = [sys.executable, str(EXAMPLES / script)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said in done.stdout
    if script.startswith("folder"):
        table = (tmp_path / "table.csv").read_text(encoding="utf-8").splitlines()
        assert table[0].startswith("photo,view,measure,measured,value")
        assert len(table) == 1 + int(done.stdout.split()[0])


@pytest.mark.slow
def test_the_notebook_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every cell of code, one after the other."""
    monkeypatch.chdir(ROOT)
    cells = json.loads((EXAMPLES / "posturecam.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), "posturecam.ipynb", "exec"), names)  # noqa: S102  (our own notebook)
    out = capsys.readouterr().out
    assert "from front" in out
    assert "±" in out
    assert names["rows"]


def test_the_front_door_opens() -> None:
    """Every promised name is there, and the ten-line program in the docstring compiles."""
    for name in posturecam.__all__:
        assert getattr(posturecam, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        _ = posturecam.nonsense
    program = "\n".join(line[4:] for line in (posturecam.__doc__ or "").splitlines() if line.startswith("    "))
    compile(program, "docstring", "exec")
    assert len(program.split("\n")) <= 10
