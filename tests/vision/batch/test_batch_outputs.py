"""What a run leaves: tables that spreadsheets read safely, a page without names, pictures that hide faces."""

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from typer.testing import CliRunner

from batch_support import SYNTHETIC, photo, photos, rows, run_here
from posturecam.batch import Job, Pictures
from posturecam.batch.path_template import compiled
from posturecam.batch.progress_bar import ProgressLines, Quiet, duration
from posturecam.batch.result_tables import CsvFile, fresh, shown_cell, table_columns
from posturecam.batch.thumbnails import drawn_pictures
from posturecam.cli import app
from posturecam.errors import OutputError
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, from_pixels
from posturecam.pipeline.assessment import Assessment, Settings, assess
from posturecam.poses.synthetic import SyntheticFinder
from posturecam.reports.drawing.privacy import heads, hide_faces


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+2.jpg", "'=1+2.jpg"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        (-2.5, "-2.5000"),
        (0.0, "0.0000"),
        (None, ""),
        ("a=b", "a=b"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(cell: str | float | None, text: str) -> None:
    """No cell is a formula and numbers stay numbers."""
    assert shown_cell(cell) == text


def test_names_survive_a_round_trip_through_csv() -> None:
    """Names survive a round trip through csv."""
    names = ["new\nline.jpg", "carriage\rreturn", 'quo"te', "😀", "a,b", "odd\udcff"]
    file = io.BytesIO()
    table = CsvFile(file, ("path",))
    for name in names:
        table.add({"path": name})
    table.close()
    back = [row[0] for row in csv.reader(io.StringIO(file.getvalue().decode(), newline=""))][1:]
    assert back == [*names[:-1], "odd\\udcff"]


def _half_written(path: Path, full: IO[bytes]) -> None:
    """Begin a table and run out of space."""
    with fresh(path) as file:
        file.write(b"half")
        full.write(b"the rest")


def test_a_table_is_whole_or_the_old_one(tmp_path: Path) -> None:
    """A table is whole or the old one."""
    (tmp_path / "t.csv").write_text("old")
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OutputError, match="No space left"):
        _half_written(tmp_path / "t.csv", full)
    assert (tmp_path / "t.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_parquet_holds_what_the_csv_holds(tmp_path: Path) -> None:
    """Parquet holds what the csv holds."""
    out = tmp_path / "out"
    run_here(photos(tmp_path / "in", 3), out)
    table, said = pq.read_table(out / "results.parquet").to_pylist(), rows(out / "results.csv")
    assert list(table[0]) == list(said[0]) == list(table_columns())
    assert [f"{row['hip_tilt']:.4f}" for row in table] == [row["hip_tilt"] for row in said]
    assert all(float(row["hip_tilt_low"]) <= float(row["hip_tilt"]) <= float(row["hip_tilt_high"]) for row in said)


def embedded(page: str, name: str) -> object:
    """Read a block of data out of the page."""
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_page_tells_no_name_unless_asked_to(tmp_path: Path) -> None:
    """The page tells no name unless asked to."""
    folder, out = tmp_path / "in" / "annabelle", tmp_path / "out"
    folder.mkdir(parents=True)
    photo(folder / "2024-03-31_front.jpg", 1)
    (folder / "2024-03-31_back.jpg").write_bytes(b"broken")
    pattern = compiled("{person}/{date}_{view}")
    run_here(tmp_path / "in", out, within=True, pattern=pattern)
    page = (out / "index.html").read_text()
    assert "annabelle" not in page
    assert "2024" not in page
    assert str(tmp_path) not in page
    number, _picture, _view, exam, *_rest = embedded(page, "rows")[0]  # type: ignore[index]
    assert (number, exam) == (2, 1)
    assert embedded(page, "failed-rows")[0][0] == 1  # type: ignore[index]
    run_here(tmp_path / "in", out, within=True, pattern=pattern, names=True)
    assert "annabelle/2024-03-31_front.jpg" in (out / "index.html").read_text()


def test_the_page_asks_nothing_of_any_network_and_no_name_breaks_it(tmp_path: Path) -> None:
    """The page asks nothing of any network and no name breaks it."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    photo(folder / "<!--<script>alert(1)<\u2028.jpg", 1)
    run_here(folder, out, names=True)
    page = (out / "index.html").read_text()
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<!--" not in page
    assert len(embedded(page, "rows")) == 1  # type: ignore[arg-type]
    assert set(re.findall(r"https?://[^\"' ]+", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<link|<script[^>]*src|@import|fetch\(|XMLHttpRequest", page)


def test_written_pictures_carry_no_metadata(tmp_path: Path) -> None:
    """Written pictures carry no metadata."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    exif = Image.Exif()
    exif[0x010F], exif[0x9003] = "a camera", "2024:03:31 10:00:00"
    photo(folder / "a.jpg", 1, 600, exif=exif)
    run_here(folder, out, replace(SYNTHETIC, pictures=Pictures(overlays=True)))
    written = [*(out / "thumbs").iterdir(), *(out / "overlays").iterdir()]
    assert len(written) == 2
    for path in written:
        assert b"Exif" not in path.read_bytes()
        assert b"a camera" not in path.read_bytes()


def test_pictures_of_a_run_that_showed_faces_are_gone_after_one_that_hides_them(tmp_path: Path) -> None:
    """Pictures of a run that showed faces are gone after one that hides them."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    run_here(folder, out, replace(SYNTHETIC, pictures=Pictures(overlays=True)))
    before = {path.name for path in (out / "thumbs").iterdir()}
    run_here(folder, out, replace(SYNTHETIC, pictures=Pictures(hide_face=True)))
    after = {path.name for path in (out / "thumbs").iterdir()}
    assert len(after) == 2
    assert not before & after
    assert not list((out / "overlays").iterdir())


def noisy() -> tuple[Photo, Assessment]:
    """A photo of noise, and the figure that the synthetic finder sees in it."""
    seen = from_pixels(np.random.default_rng(5).integers(0, 255, (1024, 768, 3), dtype=np.uint8))
    return seen, assess(seen, SyntheticFinder(), Settings(), load())


def test_every_head_becomes_a_few_blocks_and_the_rest_stays() -> None:
    """Every head becomes a few blocks and the rest stays."""
    seen, assessment = noisy()
    others = ((500.0, 300.0, 600.0, 900.0), (20.0, 800.0, 300.0, 900.0))
    crowd = replace(assessment, boxes=(*assessment.boxes, *others))
    hidden = hide_faces(seen.pixels, crowd, 1.0)
    assert len(heads(crowd)) == 3
    for left, top, right, bottom in np.array(heads(crowd)).clip(0).astype(int):
        assert len(np.unique(hidden[top + 1 : bottom, left + 1 : right].reshape(-1, 3), axis=0)) <= 30
    assert (hidden[950:, 400:] == seen.pixels[950:, 400:]).all()
    assert (seen.pixels == noisy()[0].pixels).all()


def test_the_head_box_holds_every_point_of_the_head() -> None:
    """The head box holds every point of the head."""
    _, assessment = noisy()
    left, top, right, bottom = heads(assessment)[0]
    head = assessment.pose.mean[:11]
    head = head[np.isfinite(head).all(axis=1)]
    assert ((head > [left, top]) & (head < [right, bottom])).all()


def test_a_plain_figure_shows_nothing_of_the_photo() -> None:
    """A plain figure shows nothing of the photo."""
    seen, assessment = noisy()
    black = replace(seen, pixels=np.zeros_like(seen.pixels))
    wanted = Pictures(overlays=True, figure_only=True)
    assert drawn_pictures("0" * 16, assessment, seen, wanted) == drawn_pictures("0" * 16, assessment, black, wanted)
    assert drawn_pictures("0" * 16, assessment, seen, Pictures()) != drawn_pictures(
        "0" * 16, assessment, black, Pictures()
    )


def test_progress_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is a line now and then."""
    now = [100.0]
    monkeypatch.setattr("posturecam.batch.progress_bar.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    lines = ProgressLines(stream=stream)
    lines.start(300)
    for number in range(100):
        now[0] += 1.0
        lines.step(failed=number == 50, known=False)
    said = stream.getvalue().splitlines()
    assert said[0] == "30 of 300: 1.0 photos/s, 5 min left, 0 failed" or said[0].startswith(
        "30 of 300: 1.0 photos/s, 4"
    )
    assert len(said) == 3
    assert said[2].endswith("1 failed")


def test_durations_and_the_rate_of_what_was_known() -> None:
    """Durations and the rate of what was known."""
    assert [duration(s) for s in (4.2, 89, 600, 12000)] == ["4 s", "89 s", "10 min", "3 h 20 min"]
    quiet = Quiet()
    quiet.start(10)
    quiet.step(failed=False, known=True)
    assert quiet.rate == 0.0
    assert quiet.told == "0.0 photos/s, 0 failed"


def invoke(*line: str) -> tuple[int, str, str]:
    """Run the command in this process."""
    always = ["--finder", "synthetic", "--engine", "here", "--passes", "2", "--quiet"]
    ended = CliRunner().invoke(app, ["batch", *line, *always])
    return ended.exit_code, ended.stdout, ended.stderr


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """A dry run writes nothing."""
    folder = photos(tmp_path / "in", 2)
    code, said, _ = invoke(str(folder), "--out", str(tmp_path / "out"), "--dry-run")
    assert (code, said.splitlines()[0]) == (
        0,
        f"2 photos would be measured by {said.split()[6]} workers into {tmp_path / 'out'}",
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "line",
    [
        ["nowhere", "--out", "OUT"],
        ["IN", "--out", "OUT", "--since", "yesterday"],
        ["IN", "--out", "OUT", "--workers", "0"],
        ["IN", "--out", "OUT", "--pattern", "{who}"],
        ["IN", "--out", "OUT", "--pattern", "{person}_{date}"],
        ["IN", "--out", "OUT", "--view", "top"],
        ["IN", "--out", "OUT", "--answers", "nowhere.toml"],
        ["IN", "--out", "OUT", "--knowledge", "nowhere"],
        ["EMPTY", "--out", "OUT"],
        ["IN", "--out", "IN/p0000.jpg"],
        ["IN", "--out", "OUT", "--rescore"],
    ],
)
def test_what_cannot_run_ends_with_2_and_says_why(tmp_path: Path, line: list[str]) -> None:
    """What cannot run ends with 2 and says why."""
    photos(tmp_path / "IN", 2)
    (tmp_path / "EMPTY").mkdir()
    code, said, why = invoke(*_placed(tmp_path, line))
    assert (code, said) == (2, "")
    assert why.startswith("posturecam: ")
    assert "Traceback" not in why


def _placed(tmp_path: Path, line: list[str]) -> list[str]:
    return [str(tmp_path / one) if one.split("/")[0] in ("IN", "OUT", "EMPTY") else one for one in line]


def test_some_failures_end_with_3_and_are_counted(tmp_path: Path) -> None:
    """Some failures end with 3 and are counted."""
    folder = photos(tmp_path / "in", 2)
    (folder / "bad.jpg").write_bytes(b"bad")
    code, said, why = invoke(str(folder), "--out", str(tmp_path / "out"))
    assert (code, said) == (3, "")
    assert why == f"posturecam: 1 failed, see {tmp_path / 'out' / 'failures.csv'}\n"


def test_the_main_process_loads_neither_cv2_nor_mediapipe() -> None:
    """The main process loads neither cv2 nor mediapipe."""
    code = "import sys, posturecam.batch; print([one for one in ('cv2', 'mediapipe') if one in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_run_is_recorded(tmp_path: Path) -> None:
    """A run is recorded."""
    run_here(photos(tmp_path / "in", 2), tmp_path / "out", Job(Settings(passes=4), finder="synthetic"))
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert record["settings"]["picture"]["passes"] == 4
    assert record["counts"]["results"] == record["counts"]["measured"] == 2
    assert {"posturecam", "knowledge", "mediapipe"} <= set(record["versions"])
