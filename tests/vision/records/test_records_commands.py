"""exam, history, compare, forget, export, import on the command line, and the pages that they write."""

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from axe_support import LOOKS, axe
from posturecam.body import View
from posturecam.cli import app
from posturecam.errors import StoredError
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, from_pixels
from posturecam.pipeline.exam import exam_of
from posturecam.poses.synthetic import Figure
from posturecam.records import NewExam, PhotoRef, open_records, transfer
from posturecam.records.progress import Reading, Sitting, compared
from posturecam.records.sittings import read_seen, seen_in
from posturecam.reports.drawing.aligned_pictures import HEIGHT_PX, WIDTH_PX, aligned
from posturecam.reports.html.progress_pages import Pair, compare_page, history_page
from posturecam.reports.recorded_exam import Shot, _pictures
from posturecam.reports.terminal.progress_text import print_comparison, print_history
from posturecam.reports.trend import plot, point_places, points_of, sparkline
from posturecam.storage import assessment_json as json_report
from posturecam.storage import exam_json
from records_support import located, new
from reports_support import CROSSED, LEVEL, assessed

TABLES = load()
NAUGHTY = '<script>alert(1)</script> "Zoë" 🧍 مرحبا ../x'


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The records of a test, known to every command."""
    place = tmp_path / "records.sqlite"
    monkeypatch.setenv("POSTURECAM_DATABASE", str(place))
    return place


def run(*arguments: object) -> Any:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(one) for one in arguments])


def stored(database: Path, person: str, figure: Figure, on: str, path: str = "/nowhere/front.jpg") -> int:
    """Store an exam of a figure, without analysing a photo."""
    exam = exam_of([assessed(figure, f"{on}.jpg")], [], TABLES)
    text, day = exam_json.exam_bytes(exam).decode(), date.fromisoformat(on)
    photo = PhotoRef("0" * 64, "front.jpg", path, "front")
    with open_records(database, make=True) as records:
        sitting = seen_in(text, "exam", day, "test").sitting
        return records.add(person, NewExam(day, text, sitting, (photo,))).number


@pytest.fixture
def two(database: Path) -> Path:
    """Somebody crooked in January and level in March."""
    stored(database, "Dana K.", CROSSED, "2026-01-05")
    stored(database, "Dana K.", LEVEL, "2026-03-05")
    return database


@pytest.mark.slow
def test_an_exam_from_photos_to_the_page(samples: Path, database: Path, tmp_path: Path) -> None:
    """Measured, stored once, kept when asked to, told with its number; its pictures found again by their hash."""
    few = ("--person", "Dana", "--passes", "2")
    first = run(
        "exam", samples / "front.jpg", *few, "--date", "2026-01-05", "--keep-photos", "--csv", tmp_path / "t.csv"
    )
    assert first.exit_code == 0, first.stderr
    assert "stored as exam 1 of Dana, 2026-01-05" in first.stdout
    assert "Dana,2026-01-05,1,front.jpg" in (tmp_path / "t.csv").read_text()
    again = run("exam", samples / "front.jpg", *few, "--date", "2026-01-05")
    assert "was stored already" in again.stdout
    told = ("--client", "Dana K.", "--note", "Second visit", "--roll", "0.5")
    reported = run("exam", samples / "level.jpg", *few, *told, "--date", "2026-02-05", "--out", tmp_path / "out")
    assert reported.exit_code == 0, reported.stderr
    assert {one.name for one in (tmp_path / "out").iterdir()} >= {"exam.json", "overlay_front.png", "report.html"}
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Dana K." in page
    assert "Second visit" in page
    vertical = json.loads((tmp_path / "out" / "exam.json").read_text())["photos"][0]["vertical"]
    assert vertical["roll_deg"] == 0.5
    with open_records(database) as records:
        early, late = records.exams("Dana")
        assert records.kept(early.number)[early.photos[0].sha256] == (samples / "front.jpg").read_bytes()
        assert records.kept(late.number) == {}
        assert Path(late.photos[0].path) == samples / "level.jpg"
    done = run("compare", 1, 2, "--out", tmp_path / "c.html", "--hide-face")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "c.html").read_text(encoding="utf-8").count("data:image/jpeg") == 2


@pytest.mark.slow
def test_an_exam_with_a_bad_photo_is_stored_and_says_so(samples: Path, database: Path, tmp_path: Path) -> None:
    """Exit 3; and an exam without a single good photo stores nothing, not even the person."""
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    few = ("--person", "Dana", "--passes", "2")
    assert run("exam", tmp_path / "bad.jpg", *few).exit_code == 2
    assert not database.exists()
    done = run("exam", tmp_path / "bad.jpg", samples / "front.jpg", *few)
    assert done.exit_code == 3
    assert "stored as exam 1" in done.stdout


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--date", "yesterday"), "is no day"),
        (("--date", "2999-01-01"), "future"),
        (("--person", " "), "cannot be an ID"),
        (("--roll", "90"), "--roll 90 makes no sense"),
        (("--stickers", "plaid"), "is no colour"),
        (("--logo", "nowhere.png"), "there is no such file"),
    ],
)
def test_exams_refuse_what_makes_no_sense(database: Path, option: tuple[str, str], said: str) -> None:
    """Before any photo is looked at."""
    done = run("exam", "missing.jpg", "--person", "Dana", *option)
    assert (done.exit_code, said in done.stderr) == (2, True)
    assert not database.exists()


def test_bad_records_are_told_before_any_photo_is_measured(database: Path) -> None:
    """Not after minutes of work."""
    database.write_bytes(b"this is no database")
    done = run("exam", "missing.jpg", "--person", "Dana")
    assert "is no database" in done.stderr
    assert "no such file" in run("exam", "missing.jpg", "--person", "Dana", "--database", database.parent / "x").stderr
    assert "cannot be made" in run("exam", "missing.jpg", "--person", "D", "--database", database / "x" / "y").stderr


def test_other_versions_are_told() -> None:
    """Part of a difference may come from the program."""
    before, after = series(8, 0)
    file = StringIO()
    older = replace(before, made_with="posturecam 0.0.9")
    print_comparison(older, replace(after, made_with="posturecam 0.1.0"), (), TABLES, file)
    assert "posturecam 0.0.9; posturecam 0.1.0" in " ".join(file.getvalue().split())


def test_history_tells_what_changed(two: Path, tmp_path: Path) -> None:
    """In the terminal with a sparkline, on the page with a plot for every measure."""
    done = run("history", "Dana K.", "--out", tmp_path / "h.html")
    assert done.exit_code == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if "Pelvic obliquity" in line)
    assert "●" in line
    assert any(bar in line for bar in "▁█")
    page = (tmp_path / "h.html").read_text(encoding="utf-8")
    with open_records(two) as records:
        measured = {key for exam in records.exams("Dana K.") for key in exam.sitting.by_key}
    assert page.count('class="strip trend') == len(measured)
    assert "http" not in page


def test_a_first_exam_has_nothing_to_compare(database: Path, tmp_path: Path) -> None:
    """Said kindly."""
    stored(database, "Dana", LEVEL, "2026-01-05")
    done = run("history", "Dana", "--out", tmp_path / "h.html")
    assert done.exit_code == 0, done.stderr
    written = (tmp_path / "h.html").read_text(encoding="utf-8")
    assert "This is the first exam" in written
    assert "not measured in the first and the last exam" not in written


def test_history_of_an_unknown_person_names_the_nearest(two: Path) -> None:
    """Exit 2, nothing on stdout."""
    done = run("history", "dana k")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Did you mean 'Dana K.'" in done.stderr
    assert two.exists()


def test_compare_by_number_and_by_file_say_the_same(two: Path, tmp_path: Path) -> None:
    """Exams of the records and stored assessments go through the same judgement."""
    for name, figure in (("a", CROSSED), ("b", LEVEL)):
        (tmp_path / f"{name}.json").write_bytes(json_report.assessment_bytes(assessed(figure)))
    by_number = run("compare", "1", "#2")
    by_file = run("compare", tmp_path / "a.json", tmp_path / "b.json")
    assert by_number.exit_code == by_file.exit_code == 0, by_number.stderr + by_file.stderr
    assert by_number.stdout.split("\n", 2)[2] == by_file.stdout.split("\n", 2)[2]
    assert by_number.stdout.index("Changed") < by_number.stdout.index("Cannot tell")
    assert two.exists()


@pytest.mark.parametrize("wrong", ["99", "nothing.jpg", "x.json", "Dana K."])
def test_compare_refuses_what_it_cannot_find(two: Path, wrong: str) -> None:
    """In one line."""
    done = run("compare", "1", wrong)
    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert two.exists()


def test_a_photo_that_is_another_one_by_now_is_not_shown(database: Path, tmp_path: Path) -> None:
    """The hash decides; a plain figure takes its place."""
    cv2.imwrite(str(tmp_path / "front.png"), np.full((80, 60, 3), 200, np.uint8))
    for on in ("2026-01-05", "2026-03-05"):
        stored(database, "Dana", CROSSED, on, str(tmp_path / "front.png"))
    done = run("compare", 1, 2, "--out", tmp_path / "c.html")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "c.html").read_text(encoding="utf-8").count("data:image/jpeg") == 2


def test_forget_proves_what_it_says(two: Path) -> None:
    """Counts, bytes searched, what is left to the user; afterwards there is nobody."""
    done = run("forget", "Dana K.", "--yes")
    assert done.exit_code == 0, done.stderr
    assert "2 exams, 2 references to photos" in done.stdout
    assert "nothing is left there" in done.stdout
    assert run("forget", "Dana K.", "--yes").exit_code == 2
    assert b"Dana K." not in b"".join(one.read_bytes() for one in two.parent.glob("records.sqlite*"))


def test_export_and_import(two: Path, tmp_path: Path) -> None:
    """To another database and back; a second import adds nothing."""
    assert run("export", "Dana K.", tmp_path / "p.zip").exit_code == 0
    other = ("--database", tmp_path / "other.sqlite")
    assert "2 of 2 exams imported" in run("import", tmp_path / "p.zip", *other).stdout
    assert "0 of 2 exams imported" in run("import", tmp_path / "p.zip", *other).stdout
    here, there = (run("history", "Dana K.", *which).stdout for which in ((), other))
    assert here == there
    assert two.exists()


def test_the_picture_of_an_imported_exam_is_found_by_its_hash(tmp_path: Path) -> None:
    """It left the other machine without the place where it was taken, and is still the photo that was measured."""
    photo = located("JPEG")
    with open_records(tmp_path / "one.sqlite", make=True) as records:
        records.add("Dana K.", new("crossed", "2026-02-01", photo))
        (tmp_path / "p.zip").write_bytes(transfer.person_zip(records, "Dana K."))
    found = transfer.unzipped_person(tmp_path / "p.zip")
    with open_records(tmp_path / "other.sqlite", make=True) as records:
        other = records.add_all(found.person, found.exams)[0].number
        assert list(_pictures(records, other, records.exam(other).photos)) == [hashlib.sha256(photo).hexdigest()]


def test_a_damaged_zip_makes_no_database(tmp_path: Path, database: Path) -> None:
    """All or nothing begins before the first byte."""
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert run("import", tmp_path / "x.zip").exit_code == 2
    assert not database.exists()


def test_any_name_is_shown_as_it_is(database: Path, tmp_path: Path) -> None:
    """Markup, quotes, emoji, right-to-left text: escaped in the page, whole in the terminal."""
    for on, figure in (("2026-01-05", CROSSED), ("2026-03-05", LEVEL)):
        stored(database, NAUGHTY, figure, on)
    done = run("history", NAUGHTY, "--out", tmp_path / "h.html")
    assert done.exit_code == 0, done.stderr
    assert "<script>" not in (tmp_path / "h.html").read_text(encoding="utf-8")
    assert run("compare", 1, 2, "--out", tmp_path / "c.html").exit_code == 0
    assert "<script>" not in (tmp_path / "c.html").read_text(encoding="utf-8")
    assert run("forget", NAUGHTY, "--yes").exit_code == 0


def test_a_page_into_a_missing_folder_is_one_line(two: Path, tmp_path: Path) -> None:
    """And nothing is printed as if it had worked."""
    done = run("history", "Dana K.", "--out", tmp_path / "missing" / "h.html")
    assert (done.exit_code, done.stdout) == (2, "")
    assert two.exists()


def crooked(roll_deg: float, size: float, shift_px: float) -> Shot:
    """A photo of a striped wall with a figure, taken rolled, at another size, from aside."""
    assessment = assessed(CROSSED)
    width, height = assessment.pose.size_px
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), roll_deg, size)
    turn[:, 2] += [shift_px, 0]
    points = assessment.pose.points @ turn[:, :2].T + turn[:, 2]
    pose = replace(assessment.pose, points=points)
    vertical = replace(assessment.vertical, roll_deg=roll_deg)
    pixels = np.full((height, width, 3), 128, np.uint8)
    for at in assessment.pose.mean[:, :2] @ turn[:, :2].T + turn[:, 2]:
        cv2.circle(pixels, (int(at[0]), int(at[1])), 6, (0, 0, 255), -1)
    photo: Photo = from_pixels(pixels)
    return Shot(replace(assessment, pose=pose, vertical=vertical), photo)


def test_pictures_are_aligned_whatever_the_camera_did() -> None:
    """The same person, rolled, smaller and aside: the same picture within the blur of resampling."""
    straight, other = aligned(crooked(0.0, 1.0, 0.0)), aligned(crooked(4.0, 0.8, 60.0))
    assert straight is not None
    assert other is not None
    assert straight.shape == other.shape == (HEIGHT_PX, WIDTH_PX, 3)
    inner = (slice(150, 900), slice(120, 440))
    blurred = [cv2.GaussianBlur(one[inner], (0, 0), 4).astype(float) for one in (straight, other)]
    assert np.abs(blurred[0] - blurred[1]).mean() < 3.0


def test_what_has_no_ankles_is_not_aligned() -> None:
    """Left out rather than guessed."""
    assessment = assessed(CROSSED)
    points = assessment.pose.points.copy()
    points[:] = np.nan
    assert aligned(Shot(replace(assessment, pose=replace(assessment.pose, points=points)))) is None


def series(*values: float) -> list[Sitting]:
    """The pelvis of a person, a month apart."""
    return [
        Sitting(f"exam {n}", date(2026, n, 1), (Reading("hip_tilt", value, 0.5, 0.5),))
        for n, value in enumerate(values, 1)
    ]


def test_a_sparkline_rises_and_falls_with_the_values() -> None:
    """And a wobble inside the neutral band stays small."""
    norm = TABLES.norm("hip_tilt")
    assert sparkline(points_of("hip_tilt", series(-6, 0, 6), norm), norm) == "▁▅█"
    wobble = sparkline(points_of("hip_tilt", series(0.1, 0.0, 0.2), norm), norm)
    assert not set(wobble) & set("▁█")
    assert sparkline(points_of("hip_tilt", series(-6, 6), norm), norm, plain=True).isascii()


def test_plots_hold_every_point_inside_the_frame() -> None:
    """Whiskers and all, however far out."""
    norm = TABLES.norm("hip_tilt")
    drawn = plot(points_of("hip_tilt", series(-30, 2, 25), norm), norm, changed=True)
    assert drawn.count("<circle") == 3
    heights = [float(part.split('"')[0]) for part in drawn.split('cy="')[1:]]
    assert all(8 <= at <= 130 for at in heights)
    assert heights == sorted(heights, reverse=True)


def test_days_lie_where_they_belong() -> None:
    """In proportion to time; evenly where two exams share a day."""
    assert point_places(series(1, 2, 3))[1] == pytest.approx(31 / 59)
    same = [Sitting("x", date(2026, 1, 1), ())] * 3
    assert point_places(same) == [0.0, 0.5, 1.0]
    assert point_places(same[:1]) == [0.5]


def test_terminal_text_holds_where_only_ascii_is_known() -> None:
    """Nothing is longer than the terminal, nothing stops at an unknown sign."""
    before, after = series(8, 0)
    file = StringIO()
    print_comparison(before, after, compared(before, after, TABLES), TABLES, file)
    print_history("Dana", [before, after], TABLES, file)
    assert max(map(len, file.getvalue().splitlines())) <= 100
    assert "Changed" in file.getvalue()


def everything() -> tuple[str, str]:
    """Both pages with all that they can hold."""
    before, after = (
        seen_in(json_report.assessment_bytes(assessed(figure)), name, day, "test").sitting
        for figure, name, day in ((CROSSED, "exam 1", date(2026, 1, 1)), (LEVEL, "exam 2", date(2026, 3, 1)))
    )
    picture = aligned(Shot(assessed(CROSSED)))
    assert picture is not None
    changes = compared(before, after, TABLES)
    pages = compare_page(before, after, changes, [Pair(View.FRONT, picture, picture)], TABLES)
    return pages, history_page(NAUGHTY, [before, after], TABLES)


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1], ids=["compare", "history"])
@pytest.mark.parametrize("look", ["laptop", "phone", "dark"])
def test_axe_has_nothing_to_say(which: int, look: str, tmp_path: Path) -> None:
    """In light and dark, wide and narrow."""
    assert axe(everything()[which], tmp_path, *LOOKS[look]) == []


def test_pages_keep_their_headings_in_order() -> None:
    """From h1 down without a gap, every picture and drawing described."""
    for page in everything():
        levels = [int(level) for level in re.findall(r"<h(\d)", page)]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        assert page.count("<img") == page.count(" alt=")


def test_stored_files_that_are_none_are_one_line(tmp_path: Path) -> None:
    """Named with their path."""
    (tmp_path / "x.json").write_text(json.dumps({"schema": "something"}))
    for path in (tmp_path / "x.json", tmp_path / "missing.json"):
        with pytest.raises(StoredError, match=path.name):
            read_seen(path)


def test_help_of_the_new_commands_loads_nothing_heavy() -> None:
    """They answer at once."""
    code = "import sys, posturecam.cli\nprint({'cv2', 'numpy', 'sqlalchemy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
