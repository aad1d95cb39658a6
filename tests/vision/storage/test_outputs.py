"""No result ever replaces what is read, what posturecam did not make, or the results of somebody else."""

import json
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from batch_support import photo, photos
from posturecam.batch import Job, RunPlan, Wanted, claimed_out
from posturecam.cli import WRITE_FILES, WRITE_TABLES, app
from posturecam.errors import OutputError
from posturecam.live.live_options import LiveOptions
from posturecam.live.runner import claimed_options as claimed_sitting
from posturecam.reports.drawing.photo_overlay import encode
from posturecam.reports.measurement_tables import COLUMNS, csv_bytes
from posturecam.storage.assessment_json import assessment_bytes
from posturecam.storage.files import WriteRules, set_rules
from posturecam.storage.origin import is_our_picture, is_ours, sign_film, signed_bytes
from posturecam.storage.outputs import RESULTS, Photos, claim, claim_folder, stale
from reports_support import CROSSED, assessed

PIXELS = np.random.default_rng(1).integers(0, 255, (40, 30, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def no_permission() -> Iterator[None]:
    """Each test begins with the rules of a plain command."""
    set_rules(WriteRules())
    yield
    set_rules(WriteRules())


def run(*arguments: object) -> Any:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(one) for one in arguments])


def contents(folder: Path) -> dict[str, bytes]:
    """Everything below a folder, with what is in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A client's folder: a photo, a second name of it, a link to it, another photo."""
    folder = tmp_path / "client"
    folder.mkdir()
    photo(folder / "front.jpg", 1)
    photo(folder / "other.png", 2)
    os.link(folder / "front.jpg", folder / "hard.png")
    (folder / "soft.png").symlink_to("front.jpg")
    return folder


@pytest.mark.parametrize("name", ["front.jpg", "hard.png", "soft.png", "other.png"])
@pytest.mark.parametrize("option", ["--overlay", "--json", "--csv", "--parquet", "--fhir"])
def test_no_result_replaces_the_photo(client: Path, option: str, name: str) -> None:
    """By its own name, a second one, a link; nor another photo. Told before anything is measured."""
    before = contents(client)
    done = run("analyze", client / "front.jpg", option, client / name)
    assert done.exit_code == 2
    assert name in done.stderr
    assert done.stderr.count("\n") == 1
    assert contents(client) == before
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["front.jpg", "hard.png", "soft.png"])
def test_not_even_by_force(client: Path, name: str) -> None:
    """What is read is never replaced, and a link is never followed."""
    before = contents(client)
    assert run("analyze", client / "front.jpg", "--force", "--overlay", client / name).exit_code == 2
    assert contents(client) == before


@pytest.mark.parametrize("stored", ["answers.toml", "camera.json", "logo.png", "balance.json"])
def test_what_is_read_beside_the_photo_stays_too(client: Path, stored: str) -> None:
    """Answers, a profile, a logo, a balance test."""
    (client / stored).write_text('{"schema": "posturecam/camera/1"}')
    option = f"--{stored.partition('.')[0]}"
    done = run("analyze", client / "front.jpg", option, client / stored, "--json", client / stored)
    assert (done.exit_code, "no result replaces it" in done.stderr) == (2, True)


def test_other_commands_ask_the_same(client: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that writes: none touches a client's file, and each says so in one line."""
    records = tmp_path / "records.sqlite"
    monkeypatch.setenv("POSTURECAM_DATABASE", str(records))
    records.write_bytes(b"SQLite format 3\0")
    mine = client / "letter.pdf"
    mine.write_bytes(b"%PDF-1.4 a client's own letter")
    lines = client / "old.jsonl"
    lines.write_text("{}\n")
    shutil.copy(client / "other.png", client / "clip.mp4")
    before = contents(tmp_path)
    for arguments in (
        ("guide", "--out", mine),
        ("ask", "--out", mine),
        ("calibrate", "board", "--out", mine),
        ("calibrate", "camera", client / "front.jpg", "--out", client / "hard.png"),
        ("calibrate", "camera", client / "front.jpg", "--out", client / "new.json", "--coverage", mine),
        ("score", lines, "--json", lines),
        ("history", "anna", "--out", mine),
        ("history", "anna", "--out", records),
        ("compare", client / "front.jpg", client / "other.png", "--out", client / "front.jpg"),
        ("export", "anna", mine),
        ("export", "anna", records),
        ("exam", client / "front.jpg", "--person", "a", "--csv", client / "hard.png"),
        ("exam", client / "front.jpg", "--person", "a", "--fhir", mine),
        ("live", "--source", client / "clip.mp4", "--no-window", "--record", client / "clip.mp4"),
    ):
        done = run(*arguments)
        assert done.exit_code == 2, arguments
        assert "no result replaces it" in done.stderr or "--force" in done.stderr, (arguments, done.stderr)
        assert contents(tmp_path) == before, arguments


def test_one_name_for_two_results_is_refused(client: Path) -> None:
    """The second would replace the first."""
    done = run("analyze", client / "front.jpg", "--json", client / "a", "--csv", client / "a")
    assert (done.exit_code, "two different results" in done.stderr) == (2, True)


def test_a_folder_of_anothers_results_is_refused(tmp_path: Path) -> None:
    """The same photo again may take its place; another may only by force, and then nothing of the first is left."""
    mine, other = assessed(CROSSED, "front.jpg"), Photos(frozenset(("f" * 64,)))
    same = Photos(frozenset((mine.photo.sha256,)))
    (tmp_path / "assessment.json").write_bytes(assessment_bytes(mine))
    (tmp_path / "overlay.png").write_bytes(encode(PIXELS, ".png"))
    assert claim_folder(tmp_path, RESULTS, (), same) == tmp_path
    with pytest.raises(OutputError, match=r"holds the results of front\.jpg\. Give each its own folder"):
        claim_folder(tmp_path, RESULTS, (), other)
    set_rules(WriteRules(force=True))
    assert claim_folder(tmp_path, RESULTS, (), other) == tmp_path
    assert [path.name for path in stale(tmp_path, ["assessment.json"])] == ["overlay.png"]
    assert stale(tmp_path, ["assessment.json", "overlay.png"]) == []


@pytest.mark.parametrize("name", ["overlay.png", "report.html", "exam.json"])
def test_a_clients_file_among_the_results_stays(client: Path, tmp_path: Path, name: str) -> None:
    """Of a name that results have."""
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_bytes(b"<p>my own</p>")
    before = contents(out)
    if name.endswith(".png"):
        done = run("analyze", out / name, "--out", out)
    else:
        done = run("analyze", client / "front.jpg", "--out", out)
    assert (done.exit_code, name in done.stderr) == (2, True)
    assert contents(out) == before


def test_results_get_a_folder_of_their_own_among_photos(client: Path) -> None:
    """A photo's after the photo."""
    assert claim_folder(client, RESULTS, (), Photos(), "front_posturecam") == client / "front_posturecam"
    assert claim_folder(client / "results", RESULTS, (), Photos(), "front_posturecam") == client / "results"


@pytest.mark.slow
def test_a_photos_folder_is_not_littered(samples: Path, tmp_path: Path) -> None:
    """Results among photos lie in one folder, nobody else's; what was drawn is never measured as a photo."""
    for name in ("front.jpg", "back.jpg"):
        shutil.copy(samples / name, tmp_path / name)
    for name in ("front.jpg", "back.jpg"):
        done = run(
            "analyze", tmp_path / name, "--out", tmp_path, "--overlay", tmp_path / f"lines_{name}", "--passes", 1
        )
        assert done.exit_code == 0, done.stderr
    there = sorted(path.name for path in tmp_path.iterdir())
    own = ["back_posturecam", "front_posturecam"]
    assert there == sorted(["back.jpg", "front.jpg", "lines_back.jpg", "lines_front.jpg", *own])
    assert stat.S_IMODE((tmp_path / "lines_back.jpg").stat().st_mode) == 0o600
    again = run("batch", tmp_path, "--out", tmp_path, "--dry-run")
    assert again.stdout.startswith("2 photos would be measured")
    assert f"the results go to {tmp_path / 'posturecam'}" in again.stderr


def plan(folder: Path, out: Path, *more: str) -> RunPlan:
    """A run that is only asked about."""
    return RunPlan(Wanted((str(folder), *more), out=str(out)), out, Job(finder="synthetic"))


def batch(folder: Path, out: Path, *more: str) -> Any:
    """A run with the synthetic finder."""
    return run("batch", folder, "--out", out, "--finder", "synthetic", "--workers", 1, "--quiet", *more)


def test_a_run_into_its_own_folder_of_photos(tmp_path: Path) -> None:
    """It works, twice over, measures no picture of its own, and everything lies in one folder."""
    folder = photos(tmp_path / "in", 2)
    for _again in range(2):
        assert batch(folder, folder).exit_code == 0
        assert sorted(path.name for path in folder.iterdir()) == ["p0000.jpg", "p0001.jpg", "posturecam"]
        assert json.loads((folder / "posturecam" / "run.json").read_bytes())["counts"]["inputs"] == 2
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder / "posturecam").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE((folder / "posturecam" / "thumbs").stat().st_mode) == 0o700


@pytest.mark.slow
def test_a_run_does_not_mix_with_another_folders(tmp_path: Path) -> None:
    """Other photos are refused; the same ones under other names, or some more, go on."""
    first, second, out = photos(tmp_path / "one", 2), tmp_path / "two", tmp_path / "out"
    second.mkdir()
    photo(second / "x.jpg", 77)
    assert batch(first, out).exit_code == 0
    before = contents(out)
    done = batch(second, out)
    assert (done.exit_code, "results of other photos" in done.stderr) == (2, True)
    assert contents(out) == before
    first.rename(tmp_path / "moved")
    photo(tmp_path / "moved" / "p0002.jpg", 2)
    assert batch(tmp_path / "moved", out).exit_code == 0
    assert batch(second, out, "--force").exit_code == 0


@pytest.mark.parametrize("name", ["results.csv", "index.html", "results.jsonl", "thumbs/0123456789abcdef.jpg"])
def test_a_run_leaves_what_is_there(tmp_path: Path, name: str) -> None:
    """A client's own files, of the names that a run writes."""
    out = tmp_path / "out"
    (out / name).parent.mkdir(parents=True)
    (out / name).write_bytes(b"my own")
    done = batch(photos(tmp_path / "in", 1), out)
    assert (done.exit_code, "did not make it" in done.stderr) == (2, True)
    assert contents(out) == {name: b"my own"}


def test_a_run_follows_no_link(tmp_path: Path) -> None:
    """Neither a file's nor a folder's."""
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "elsewhere").mkdir()
    for name, to in (("results.jsonl", "secret.txt"), ("thumbs", "elsewhere")):
        out = tmp_path / f"out_{name}"
        out.mkdir()
        (out / name).symlink_to(tmp_path / to)
        with pytest.raises(OutputError, match="not written through links"):
            claimed_out(plan(photos(tmp_path / "in", 1), out))
    assert (tmp_path / "secret.txt").read_bytes() == b"secret"


def test_a_report_and_a_run_are_kept_apart(tmp_path: Path) -> None:
    """Each of the two is refused where the other lies."""
    out = tmp_path / "out"
    assert batch(photos(tmp_path / "in", 1), out).exit_code == 0
    with pytest.raises(OutputError, match="whole folder's run"):
        claim_folder(out, RESULTS, (), Photos())
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "assessment.json").write_bytes(assessment_bytes(assessed(CROSSED, "front.jpg")))
    with pytest.raises(OutputError, match="holds the report"):
        claimed_out(plan(tmp_path / "in", tmp_path / "one"))


def test_an_earlier_sitting_stays(tmp_path: Path) -> None:
    """The mirror cannot know who stood before it, so it replaces nothing; a balance test joins the exam."""
    (tmp_path / "assessment.json").write_bytes(assessment_bytes(assessed(CROSSED, "camera, front")))
    said: list[str] = []
    with pytest.raises(OutputError, match="holds the results of camera, front"):
        claimed_sitting(LiveOptions(out=tmp_path), said.append)
    joined = LiveOptions(out=tmp_path, balance=True)
    assert claimed_sitting(joined, said.append) == joined
    assert said == []


def test_everything_that_is_written_is_known_again(tmp_path: Path) -> None:
    """Pictures by their mark, which shows nothing; all else by what it is."""
    for suffix in (".png", ".jpg", ".webp"):
        plain, marked = (encode(PIXELS, suffix, mark=mark) for mark in (False, True))
        assert (
            cv2.imdecode(np.frombuffer(plain, np.uint8), 1) == cv2.imdecode(np.frombuffer(marked, np.uint8), 1)
        ).all()
        (tmp_path / f"plain{suffix}").write_bytes(plain)
        (tmp_path / f"marked{suffix}").write_bytes(marked)
        assert (is_ours(tmp_path / f"plain{suffix}"), is_ours(tmp_path / f"marked{suffix}")) == (False, True)
        assert (is_our_picture(tmp_path / f"plain{suffix}"), is_our_picture(tmp_path / f"marked{suffix}")) == (
            False,
            True,
        )
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    assert not is_ours(tmp_path / "film.mp4")
    sign_film(tmp_path / "film.mp4")
    assert is_ours(tmp_path / "film.mp4")
    assert signed_bytes(b"something else") == b"something else"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("guide", "--out"), "guide.html"),
        (("calibrate", "board", "--out"), "board.pdf"),
        (("calibrate", "board", "--large", "--out"), "board.png"),
    ],
)
def test_a_command_may_replace_its_own(tmp_path: Path, arguments: tuple[str, ...], name: str) -> None:
    """The second time as the first."""
    for _again in range(2):
        assert run(*arguments, tmp_path / name).exit_code == 0


def test_tables_and_data_are_known_again(tmp_path: Path) -> None:
    """Whatever the dialect; an empty file may be replaced; a stranger's may not."""
    ours = {
        "a.csv": csv_bytes([]),
        "b.csv": "\ufeff".encode() + ";".join(COLUMNS).encode(),
        "c.json": assessment_bytes(assessed(CROSSED, "front.jpg")),
        "d.jsonl": b'{"view": "front", "measurements": [], "findings": [], "red_flags": []}\n',
        "empty": b"",
    }
    theirs = {"e.csv": b"person,weight\nanna,60\n", "f.json": b'{"schema": "other"}', "g.pdf": b"%PDF-1.4 x"}
    for name, data in (ours | theirs).items():
        (tmp_path / name).write_bytes(data)
    claim([tmp_path / name for name in ours], ())
    for name in theirs:
        with pytest.raises(OutputError, match="did not make it"):
            claim([tmp_path / name], ())
    with zipfile.ZipFile(tmp_path / "h.zip", "w") as parcel:
        parcel.writestr("person.json", '{"schema": "posturecam/person/1"}')
    with zipfile.ZipFile(tmp_path / "i.zip", "w") as parcel:
        parcel.writestr("holiday.jpg", "")
    assert (is_ours(tmp_path / "h.zip"), is_ours(tmp_path / "i.zip")) == (True, False)


@pytest.mark.parametrize("name", [*WRITE_TABLES, *WRITE_FILES, "calibrate board", "calibrate camera"])
def test_each_command_that_writes_shows_how_files_are_written(name: str) -> None:
    """Nobody has to look into the help of the program as a whole; the commands with tables name the CSV's kind too."""
    told = CliRunner().invoke(app, [*name.split(), "--help"], env={"COLUMNS": "200"}).output
    for option in ("--force", "--shared", *(["--csv-dialect"] if name in WRITE_TABLES else [])):
        assert told.count(option) == 2, option  # among the options, and in the example


@pytest.mark.parametrize("first", [True, False])
def test_they_work_before_the_command_and_behind_it(tmp_path: Path, *, first: bool) -> None:
    """A table for German spreadsheets, over a file that is somebody else's, and for everybody to read."""
    stored, table = tmp_path / "stored.json", tmp_path / "numbers.csv"
    stored.write_bytes(assessment_bytes(assessed()))
    table.write_text("somebody else's\n", "utf-8")
    how = ["--force", "--shared", "--csv-dialect", "semicolon"]
    what = ["analyze", "--points", str(stored), "--csv", str(table)]
    ended = CliRunner().invoke(app, [*how, *what] if first else [*what, *how])
    assert ended.exit_code == 0, ended.output
    assert table.read_text("utf-8-sig").splitlines()[0].count(";") > 3
