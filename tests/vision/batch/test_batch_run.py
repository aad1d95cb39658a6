"""A whole run over a folder: everything accounted for, nothing twice, the same bytes whatever happened."""

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from batch_support import SYNTHETIC, accounted, clinic, photo, photos, rows, run_here, spelled
from posturecam.batch import Job, ledger
from posturecam.batch.disk_tables import InputTable
from posturecam.batch.path_template import compiled
from posturecam.batch.result_lines import scored_again
from posturecam.batch.result_store import RESULTS, Store
from posturecam.batch.tasks import Unit
from posturecam.errors import ModelError, OutputError, PhotoError, StoredError
from posturecam.knowledge import Knowledge
from posturecam.pipeline.assessment import Settings
from posturecam.poses.stickers import read_colour

TABLES = ("results.csv", "failures.csv", "results.parquet", "index.html", "inputs.jsonl")


def measured(out: Path) -> int:
    """How many photos the last run measured."""
    count: int = json.loads((out / "run.json").read_text())["counts"]["measured"]
    return count


def test_every_file_of_a_clinics_folder_is_accounted_for_once(tmp_path: Path) -> None:
    """Every file of a clinics folder is accounted for once."""
    made = clinic(tmp_path / "in", 12)
    summary = run_here(made.folder, tmp_path / "out", within=True)
    assert accounted(tmp_path / "out") == [f"'{p}" if p[0] in "=+-@" else p for p in spelled(made.folder, made.inputs)]
    failed = {row["file"]: row for row in rows(tmp_path / "out" / "failures.csv")}
    assert sorted(failed) == spelled(made.folder, made.bad)
    assert all(row["reason"] and row["what_to_do"] and "unexpected" not in row["reason"] for row in failed.values())
    assert (summary.counts.results, summary.counts.failures) == (len(made.good), len(made.bad))
    assert not summary.interrupted


def test_a_second_run_measures_nothing_and_writes_the_same_bytes(tmp_path: Path) -> None:
    """A second run measures nothing and writes the same bytes."""
    made, out = clinic(tmp_path / "in", 5), tmp_path / "out"
    run_here(made.folder, out, within=True)
    before = {name: (out / name).read_bytes() for name in (*TABLES, RESULTS)}
    run_here(made.folder, out, within=True)
    assert measured(out) == 0
    assert {name: (out / name).read_bytes() for name in before} == before


def test_copies_are_measured_once_and_listed_for_each_path(tmp_path: Path) -> None:
    """Copies are measured once and listed for each path."""
    folder, out = photos(tmp_path / "in", 1), tmp_path / "out"
    for name in ("a.jpg", "z.jpg"):
        shutil.copy(folder / "p0000.jpg", folder / name)
    run_here(folder, out)
    found = rows(out / "results.csv")
    assert measured(out) == 1
    assert [Path(row["path"]).name for row in found] == ["a.jpg", "p0000.jpg", "z.jpg"]
    assert len({row["shoulder_tilt"] for row in found}) == 1


def test_a_failing_copy_is_told_under_its_own_name_only(tmp_path: Path) -> None:
    """A failing copy is told under its own name only."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in ("secret.jpg", "other.jpg"):
        (folder / name).write_bytes(b"the same broken bytes")
    run_here(folder, out)
    found = rows(out / "failures.csv")
    assert [row["reason"] for row in found] == ["this photo is not a picture that can be read"] * 2
    assert "secret" not in (out / "index.html").read_text()


@pytest.mark.parametrize("cut", [1, 10, 2000])
def test_a_half_written_last_line_is_recognised_and_redone(tmp_path: Path, cut: int) -> None:
    """A half written last line is recognised and redone."""
    folder, out = photos(tmp_path / "in", 4), tmp_path / "out"
    run_here(folder, out)
    before = {name: (out / name).read_bytes() for name in TABLES}
    whole = (out / RESULTS).read_bytes()
    (out / RESULTS).write_bytes(whole[:-cut])
    run_here(folder, out)
    assert measured(out) == 1
    assert {name: (out / name).read_bytes() for name in TABLES} == before
    assert len((out / RESULTS).read_bytes()) == len(whole)


def test_lines_of_nonsense_are_passed_over(tmp_path: Path) -> None:
    """Lines of nonsense are passed over."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    run_here(folder, out)
    before = (out / "results.csv").read_bytes()
    whole = (out / RESULTS).read_bytes()
    first = whole.index(b"\n") + 1
    (out / RESULTS).write_bytes(b"nonsense\n" + b"\0" * first + b"\n" + whole[first:])
    run_here(folder, out)
    assert measured(out) == 1
    assert (out / "results.csv").read_bytes() == before


def test_other_settings_are_another_unit(tmp_path: Path) -> None:
    """Other settings are another unit."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    run_here(folder, out)
    run_here(folder, out, replace(SYNTHETIC, settings=Settings(passes=4)))
    assert measured(out) == 2
    assert len(list((out / "thumbs").iterdir())) == 2


def test_a_changed_photo_is_measured_again(tmp_path: Path) -> None:
    """A changed photo is measured again."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"
    run_here(folder, out)
    photo(folder / "p0001.jpg", 77)
    run_here(folder, out)
    assert measured(out) == 1
    assert len(rows(out / "results.csv")) == 2


def test_the_order_in_which_inputs_are_read_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order in which inputs are read does not matter."""
    made = clinic(tmp_path / "in", 8)
    run_here(made.folder, tmp_path / "sorted", within=True)
    in_order = ledger.hashed

    def shuffled(entries: InputTable) -> object:
        return in_order(random.Random(4).sample([*entries], len(entries)))  # noqa: S311  (a shuffle that is the same every time)

    monkeypatch.setattr(ledger, "hashed", shuffled)
    run_here(made.folder, tmp_path / "shuffled", within=True)
    for name in TABLES:
        assert (tmp_path / "sorted" / name).read_bytes() == (tmp_path / "shuffled" / name).read_bytes(), name


def test_an_unreadable_file_is_one_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreadable file is one failure."""
    folder, out = photos(tmp_path / "in", 3), tmp_path / "out"
    opener = Path.open

    def forbidden(path: Path, *args: object, **options: object) -> object:
        if path.name == "p0001.jpg":
            raise PermissionError(13, "Permission denied", str(path))
        return opener(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", forbidden)
    monkeypatch.setattr(Path, "read_bytes", lambda path: forbidden(path, "rb").read())  # type: ignore[attr-defined]
    assert run_here(folder, out).counts.failures == 1
    monkeypatch.undo()
    assert "Permission denied" in rows(out / "failures.csv")[0]["reason"]
    assert run_here(folder, out).counts.failures == 0


def test_an_unexpected_error_is_one_failure_and_tried_again_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unexpected error is one failure and tried again next time."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"

    def read(path: Path, _long_side: int) -> object:
        msg = f"a bug, seen in {path.name}"
        raise RuntimeError(msg)

    monkeypatch.setattr("posturecam.batch.job.read", read)
    assert run_here(folder, out).counts.failures == 2
    assert rows(out / "failures.csv")[0]["reason"] == "unexpected RuntimeError: a bug, seen in p0000.jpg"
    monkeypatch.undo()
    assert run_here(folder, out).counts.failures == 0


def test_a_damaged_model_ends_the_run_instead_of_failing_every_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged model ends the run instead of failing every photo."""
    folder, out = photos(tmp_path / "in", 2), tmp_path / "out"

    def damaged(*_arguments: object, **_named: object) -> None:
        msg = "the model is damaged"
        raise ModelError(msg)

    monkeypatch.setattr("posturecam.pipeline.exam.assess_photo", damaged)
    with pytest.raises(ModelError, match="damaged"):
        run_here(folder, out)
    monkeypatch.undo()
    assert run_here(folder, out).counts.results == 2


def test_a_photo_that_changes_while_it_is_read_is_a_failure_for_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo that changes while it is read is a failure for now."""
    folder, out = photos(tmp_path / "in", 1), tmp_path / "out"
    monkeypatch.setattr(ledger, "content_of", lambda _path: "0" * 64)
    assert run_here(folder, out).counts.failures == 1
    monkeypatch.undo()
    assert run_here(folder, out).counts.failures == 0


def test_a_second_run_into_the_same_folder_is_refused(tmp_path: Path) -> None:
    """A second run into the same folder is refused."""
    folder, out = photos(tmp_path / "in", 1), tmp_path / "out"
    with Store(out), pytest.raises(OutputError, match="another run is writing into"):
        run_here(folder, out)
    assert run_here(folder, out).counts.results == 1


def test_an_out_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    """An out folder that is a file is one line."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="cannot be written"):
        run_here(photos(tmp_path / "in", 1), tmp_path / "out")


def test_the_view_in_the_path_is_used_and_photos_of_a_day_are_one_exam(tmp_path: Path) -> None:
    """The view in the path is used and photos of a day are one exam."""
    folder, out = tmp_path / "in", tmp_path / "out"
    photos(folder / "ann", 2)
    (folder / "ann" / "p0000.jpg").rename(folder / "ann" / "2024-03-31_front.jpg")
    (folder / "ann" / "p0001.jpg").rename(folder / "ann" / "2024-03-31_back.jpg")
    seen = []
    monkey = pytest.MonkeyPatch()
    monkey.setattr(
        "posturecam.pipeline.exam.assess_photo",
        lambda _p, _f, settings, *_, **_n: seen.append(settings.view) or _nobody(),
    )
    run_here(folder, out, within=True, pattern=compiled("{person}/{date}_{view}"))
    monkey.undo()
    assert sorted(seen) == ["back", "front"]
    facts = [json.loads(line) for line in (out / "inputs.jsonl").read_text().splitlines()]
    assert {(one["person"], one["date"]) for one in facts} == {("ann", "2024-03-31")}


def test_photos_of_one_person_and_day_are_combined(tmp_path: Path) -> None:
    """Photos of one person and day are combined."""
    folder, out = tmp_path / "in", tmp_path / "out"
    for person, day, view, seed in (
        ("ann", 1, "front", 1),
        ("ann", 1, "back", 2),
        ("ann", 2, "front", 3),
        ("bob", 1, "x", 4),
    ):
        (folder / person).mkdir(parents=True, exist_ok=True)
        photo(folder / person / f"2024-03-0{day}_{'front' if view == 'x' else view}.jpg", seed)
    (folder / "ann" / "2024-03-01_left.jpg").write_bytes(b"broken")
    (folder / "bob" / "2024-03-01_front.jpg").write_bytes(b"broken too")
    pattern = compiled("{person}/{date}_{view}")
    run_here(folder, out, within=True, pattern=pattern)
    found = rows(out / "exams.csv")
    assert [(row["exam"], row["photos"], row["failed"]) for row in found] == [
        ("ann/2024-03-01", "2", "1"),
        ("ann/2024-03-02", "1", "0"),
    ]
    alone = next(row for row in rows(out / "results.csv") if row["date"] == "2024-03-02")
    assert all(alone[key] == found[1][key] for key in ("hip_tilt", "hip_tilt_low", "hip_tilt_severity", "findings"))
    before = {name: (out / name).read_bytes() for name in ("exams.csv", "exams.jsonl")}
    run_here(folder, out, within=True, pattern=pattern, rescore=True)
    assert {name: (out / name).read_bytes() for name in before} == before


def _nobody() -> None:
    """Nobody."""
    msg = "not this time"
    raise PhotoError(msg)


def milder(folder: Path) -> Path:
    """Copy the knowledge, with so wide a neutral band for the shoulders that every tilt is in it."""
    import posturecam.knowledge as package

    folder.mkdir()
    for table in Path(package.__file__).parent.glob("*.toml"):
        text = table.read_text()
        if table.name == "norms.toml":
            at = text.index("bands", text.index("[shoulder_tilt]"))
            text = text[:at] + "bands = [50.0, 60.0, 70.0]" + text[text.index("\n", at) :]
        (folder / table.name).write_text(text)
    return folder


def test_scoring_again_needs_no_picture_and_going_back_gives_the_same_bytes(tmp_path: Path) -> None:
    """Scoring again needs no picture and going back gives the same bytes."""
    folder, out = clinic(tmp_path / "in", 4).folder, tmp_path / "out"
    run_here(folder, out, within=True)
    before = {name: (out / name).read_bytes() for name in TABLES}
    shutil.rmtree(folder)
    run_here(folder, out, replace(SYNTHETIC, knowledge=milder(tmp_path / "tables")), rescore=True)
    assert {row["shoulder_tilt_severity"] for row in rows(out / "results.csv")} == {"neutral"}
    assert (out / "results.csv").read_bytes() != before["results.csv"]
    run_here(folder, out, rescore=True)
    assert {name: (out / name).read_bytes() for name in TABLES} == before


def test_scored_again_equals_measured_with_that_knowledge(tmp_path: Path) -> None:
    """Scored again equals measured with that knowledge."""
    folder, tables = photos(tmp_path / "in", 3), milder(tmp_path / "tables")
    run_here(folder, tmp_path / "again")
    run_here(folder, tmp_path / "again", replace(SYNTHETIC, knowledge=tables), rescore=True)
    run_here(folder, tmp_path / "anew", replace(SYNTHETIC, knowledge=tables))
    for name in TABLES:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "anew" / name).read_bytes(), name
    run_here(folder, tmp_path / "again", replace(SYNTHETIC, knowledge=tables))
    assert measured(tmp_path / "again") == 0


def test_scored_again_a_photo_without_posture_keeps_no_number(tmp_path: Path) -> None:
    """A line of an earlier version may still hold numbers of somebody who sits."""
    run_here(photos(tmp_path / "in", 1), tmp_path / "out")
    line = json.loads((tmp_path / "out" / RESULTS).read_text().splitlines()[0]) | {"void": "This person sits."}
    told = json.loads(scored_again(Unit(line["unit"], line["picture"]), line, SYNTHETIC.tables, None))
    assert line["measurements"]
    assert not told["measurements"]
    assert {one["key"] for one in line["measurements"]} <= {one["key"] for one in told["unmeasured"]}
    assert {finding["verdict"] for finding in told["findings"]} == {"not_assessed"}


def test_nothing_to_score_again_is_one_line(tmp_path: Path) -> None:
    """Nothing to score again is one line."""
    with pytest.raises(StoredError, match="no finished run"):
        run_here(tmp_path, tmp_path / "out", rescore=True)


def test_a_job_travels_without_what_it_read() -> None:
    """A job travels without what it read."""
    import pickle

    job = Job(Settings(passes=2), finder="synthetic")
    assert isinstance(job.tables, Knowledge)
    sent = pickle.dumps(job)
    assert len(sent) < 2000
    assert pickle.loads(sent) == job  # noqa: S301


@pytest.mark.parametrize(
    "other",
    [
        replace(SYNTHETIC, outline=True),
        replace(SYNTHETIC, settings=replace(SYNTHETIC.settings, roll_deg=1.0)),
        replace(SYNTHETIC, settings=replace(SYNTHETIC.settings, stickers=read_colour("green"))),
        replace(SYNTHETIC, settings=replace(SYNTHETIC.settings, stickers=read_colour("blue"))),
    ],
    ids=["outline", "roll", "green", "blue"],
)
def test_what_is_measured_otherwise_is_another_unit_and_no_matter_of_scoring(other: Job) -> None:
    """So a stored result never stands for it, and scoring again keeps to how the photo was measured."""
    assert other.unit("0" * 64, None) != SYNTHETIC.unit("0" * 64, None)
    assert other.score_settings == SYNTHETIC.score_settings
    assert json.dumps(other.picture_settings, sort_keys=True)
