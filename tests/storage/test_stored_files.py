"""What version 0.1.0 stored still opens: assessments, records, a folder's run, a camera, points, answers, balance.

``stored/README.md`` says what each file is. The tests go through the command line and read what it writes, so that they
hold whatever the program is made of inside. Tilts are in degrees, + = the person's own left side is higher.
"""

import csv
import gzip
import json
import re
import shutil
import sqlite3
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from math import atan2, degrees, hypot
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import posturecam
from posturecam.cli import app
from posturecam.storage.facts_json import notes_from, unmeasured_from, void_from
from posturecam.text.sentences import SENTENCES, sentence
from repository import TESTS

HERE = TESTS / "stored"
SINGLE = (
    "back", "balance", "film", "front", "german", "hidden_face", "left", "mirrored", "placed", "right", "stickers",
    "turned",
)  # fmt: skip
"""Assessments of one photo."""

ALL = (*SINGLE, "exam")
VIEWS = {"back": "back", "german": "back", "left": "left", "right": "right", "turned": "oblique"}
"""What the photos show; the others show the front."""

CONCLUDED = {"findings", "chain", "plan", "red_flags", "notes", "versions"}
"""What scoring again may change."""

WITHOUT_POINTS = (
    "axilla_tilt", "kyphosis_depth", "lordosis_depth", "potsi", "rearfoot_eversion", "waist_asymmetry",
    "waist_height_angle", "sway", "single_leg", "pelvic_drop",
)  # fmt: skip
"""How the measures begin that no stored point gives: the outline's, a film's sway, the balance test's."""

Shapes = dict[str, set[str]]
"""By the path of a field: the kinds of its values."""


def unpacked(path: Path) -> bytes:
    """Read a stored file, packed or not."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@cache
def written(name: str) -> dict[str, Any]:
    """Give a stored assessment or exam as it stands in its file."""
    whole: dict[str, Any] = json.loads(unpacked(HERE / "assessments" / f"{name}.json.gz"))
    return whole


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every stored file unpacked, to be read only."""
    folder = tmp_path_factory.mktemp("stored")
    for path in HERE.rglob("*"):
        if path.is_file():
            target = folder / path.relative_to(HERE)
            target.parent.mkdir(exist_ok=True)
            target.with_suffix("" if path.suffix == ".gz" else path.suffix).write_bytes(unpacked(path))
    return folder


@pytest.fixture
def records(files: Path, tmp_path: Path) -> Path:
    """The records of one person, to be written to."""
    return Path(shutil.copy(files / "records.sqlite", tmp_path / "records.sqlite"))


def invoked(*words: object) -> Result:
    """Run a command in English."""
    return CliRunner().invoke(app, ["--language", "en", *map(str, words)], env={"COLUMNS": "100"})


def told(*words: object) -> str:
    """Run a command that must succeed; give what it says."""
    done = invoked(*words)
    assert done.exit_code == 0, done.output
    return done.stdout


class Again(dict[str, dict[str, Any]]):
    """Stored photos' points, each measured when it is first asked for: no picture, no network."""

    def __init__(self, folder: Path) -> None:
        """Say where the unpacked files lie."""
        super().__init__()
        self._folder = folder

    def __missing__(self, name: str) -> dict[str, Any]:
        """Measure one, and keep it."""
        self[name] = json.loads(told("analyze", "--points", self._folder / f"{name}.json", "--json", "-"))
        return self[name]


@pytest.fixture(scope="module")
def again(files: Path) -> Again:
    """Every stored photo, measured again."""
    return Again(files / "assessments")


def rows(whole: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the measurements by key."""
    return {row["key"]: row for row in whole["measurements"]}


def places(whole: Mapping[str, Any]) -> np.ndarray:
    """(33, 2) the points' mean places, pixels; NaN where one was not found."""
    return np.array([[point["x"], point["y"]] for point in whole["pose"]["points"]], dtype=float)


def numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give a measurement's value, interval, standard error and unit."""
    return {key: row[key] for key in ("key", "value", "low", "high", "sem", "unit")}


@pytest.mark.parametrize("name", SINGLE)
def test_a_stored_pose_is_read_as_it_stands(name: str, again: Again) -> None:
    """Photo, view, sides, points with their scatter and visibility, boxes, scale: as in the file."""
    old, new = written(name), again[name]
    assert (old["schema"], new["schema"]) == ("posturecam/assessment/1", "posturecam/assessment/2")
    assert new["photo"]["view"] == VIEWS.get(name, "front")
    assert old["photo"].items() <= new["photo"].items()
    assert new["mirrored"] is old["mirrored"] is (name == "mirrored")
    assert (new["void"] is None) == (old["void"] is None) == (name != "turned")
    for key in ("finder", "model_sha256", "passes", "turn_deg", "turn_sem_deg", "eyes_from", "sight_f64"):
        assert new["pose"][key] == old["pose"][key], key
    assert [point["name"] for point in new["pose"]["points"]] == [point["name"] for point in old["pose"]["points"]]
    np.testing.assert_allclose(places(new), places(old), atol=1e-6)
    for key in ("sd_px", "visibility"):
        here, there = ([point[key] for point in whole["pose"]["points"]] for whole in (new, old))
        np.testing.assert_allclose(np.array(here, float), np.array(there, float), atol=1e-6)
    assert new["people"] == old["people"]
    assert new["placed"] == old["placed"]
    assert new["vertical"] == old["vertical"]
    assert old["surroundings"].items() <= new["surroundings"].items()


@pytest.mark.parametrize("name", SINGLE)
def test_a_stored_pose_measures_as_it_did(name: str, again: Again) -> None:
    """Within the two intervals; a side that was told beyond its noise is the same side, and no unit changes."""
    old, new = rows(written(name)), rows(again[name])
    common = old.keys() & new.keys()
    left_out = {row["key"] for row in again[name]["unmeasured"]}
    assert all(key in left_out or key.startswith(WITHOUT_POINTS) for key in old.keys() - common)
    assert len(common) >= (0 if name == "turned" else 5)
    for key in common:
        here, there = new[key], old[key]
        assert here["unit"] == there["unit"]
        assert here["low"] < here["value"] < here["high"]
        assert abs(here["value"] - there["value"]) <= 1.96 * hypot(here["sem"], there["sem"]), key
        if there["low"] > 0 or there["high"] < 0:
            assert here["value"] * there["value"] > 0, key


@pytest.mark.parametrize("name", SINGLE)
def test_measured_again_each_sentence_has_its_code(name: str, again: Again) -> None:
    """Version 1 has words alone, and they stay; version 2 has a code and figures beside each, which say the same."""
    old, new = written(name), again[name]
    assert "note_codes" not in old
    assert not any("code" in row for row in old["unmeasured"])
    assert [sentence(note) for note in notes_from(old)] == old["notes"]
    assert [sentence(unmeasured_from(row).reason) for row in old["unmeasured"]] == [
        row["reason"] for row in old["unmeasured"]
    ]
    assert all(code.get("code") in SENTENCES for code in new["note_codes"])
    assert [sentence(note) for note in notes_from(new)] == new["notes"]
    for row in new["unmeasured"]:
        assert row["code"] in SENTENCES
        assert sentence(unmeasured_from(row).reason, "en") == row["reason"]
        assert sentence(unmeasured_from(row).reason, "de") != row["reason"]
    void = void_from(new)
    assert new["void"] == (None if void is None else sentence(void))


def test_the_sides_of_a_mirrored_selfie_stay_exchanged(again: Again) -> None:
    """The same photo with and without --mirrored: opposite tilts, stored and read again."""
    for plain, mirrored in ((written("balance"), written("mirrored")), (again["balance"], again["mirrored"])):
        for key in ("hip_tilt", "shoulder_tilt", "head_tilt"):
            assert rows(mirrored)[key]["value"] == pytest.approx(-rows(plain)[key]["value"], abs=1e-6)
    assert rows(written("balance"))["hip_tilt"]["value"] == pytest.approx(6.26, abs=0.01)


@pytest.mark.parametrize("name", ALL)
def test_scoring_again_keeps_every_number(name: str, files: Path) -> None:
    """Value, interval, unit, side and words stay as stored; pose, photo and answers too."""
    old = written(name)
    new = json.loads(told("score", files / "assessments" / f"{name}.json", "--json", "-"))
    assert new["measurements"] == old["measurements"]
    assert {key: new[key] for key in old.keys() - CONCLUDED} == {key: old[key] for key in old.keys() - CONCLUDED}
    answered = [flag["key"] for flag in new["red_flags"] if flag["kind"] == "answered"]
    assert answered == (["night_pain"] if name == "german" else [])
    assert len(new["findings"]) == len(old["findings"])
    assert new["versions"]["posturecam"] == posturecam.__version__


def test_what_stood_out_is_found_again(files: Path) -> None:
    """The pelvis raised on the left, by 6°: the same pattern on the same side leads."""
    new = json.loads(told("score", files / "assessments" / "front.json", "--json", "-"))
    first = written("front")["findings"][0]
    assert (first["pattern"], first["side"], first["verdict"]) == ("P01", "left", "consistent")
    found = {(one["pattern"], one["side"]): one["verdict"] for one in new["findings"]}
    assert found["P01", "left"] == "consistent"


PAIRS = [
    ("hidden_face", "front"),
    ("exam", "film"),
    ("german", "back"),
    ("mirrored", "placed"),
    ("stickers", "balance"),
]


@pytest.mark.parametrize(("before", "after"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_stored_files_are_compared_by_their_own_numbers(before: str, after: str, files: Path) -> None:
    """How far the shoulders' tilts are apart follows from what stands in both files."""
    said = told("compare", *(files / "assessments" / f"{name}.json" for name in (before, after)))
    assert f"From {before}.json to {after}.json" in said
    first, last = (rows(written(name))["shoulder_tilt"]["value"] for name in (before, after))
    assert re.search(rf"\b{abs(first - last):.1f}°\s±\s[0-9.]+°", said)


def test_a_photo_without_numbers_is_compared_with_nothing(files: Path) -> None:
    """No number of a turned body is made up."""
    said = told("compare", files / "assessments" / "turned.json", files / "assessments" / "front.json")
    assert "no measure in common" in said


def exam_numbers(database: Path) -> list[tuple[Any, ...]]:
    """Give every number of the records: exam, measure, value, standard errors, spread, photos."""
    with sqlite3.connect(database) as connection:
        return connection.execute(
            "SELECT exam_id, place, key, value, sem, own_sem, spread, dof, photos FROM readings ORDER BY 1, 2"
        ).fetchall()


def documents(database: Path) -> list[str]:
    """Give every stored exam, oldest first."""
    with sqlite3.connect(database) as connection:
        return [text for (text,) in connection.execute("SELECT document FROM exams ORDER BY taken_on")]


def test_records_show_the_history_that_they_hold(records: Path) -> None:
    """Three exams with their days, and how far the hips came from the first to the last; no number is touched."""
    before, texts = exam_numbers(records), documents(records)
    said = told("history", "anna", "--database", records)
    for number, day in enumerate(("2026-01-05", "2026-03-02", "2026-06-01"), 1):
        assert f"exam {number}, {day}" in said
    hips = [value for _exam, _place, key, value, *_more in before if key == "hip_tilt"]
    assert hips == pytest.approx([8.85, 4.88, -2.32], abs=0.01)
    assert f"{hips[0] - hips[2]:.1f}°" in said
    assert exam_numbers(records) == before
    assert documents(records) == texts


def test_records_take_a_person_out_of_a_stored_export(files: Path, records: Path, tmp_path: Path) -> None:
    """The exam and its picture come back out byte for byte, and the others of the records stay."""
    assert "1 of 1 exams imported" in told("import", files / "person.zip", "--database", records)
    assert "2026-02-01" in told("history", "ben", "--database", records)
    told("export", "ben", tmp_path / "again.zip", "--database", records)
    told("export", "anna", tmp_path / "anna.zip", "--database", records)
    with zipfile.ZipFile(files / "person.zip") as old, zipfile.ZipFile(tmp_path / "again.zip") as new:
        kept = {name: old.read(name) for name in old.namelist() if name != "person.json"}
        assert {name: new.read(name) for name in new.namelist() if name != "person.json"} == kept
        assert any(name.startswith("photos/") for name in kept)
    with zipfile.ZipFile(tmp_path / "anna.zip") as new:
        out = [new.read(name).decode() for name in sorted(new.namelist()) if name.startswith("exams/")]
    assert out == documents(files / "records.sqlite")


@pytest.fixture
def run_folder(files: Path, samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a finished run beside its photos, pictures in the thumbnails' places; and the folder to be in."""
    for photo, name in (
        ("front", "anna/2026-01-05_front"),
        ("left", "anna/2026-01-05_left"),
        ("level", "ben/2026-02-01_front"),
    ):
        target = tmp_path / "photos" / f"{name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / f"{photo}.jpg", target)
    (tmp_path / "photos" / "ben" / "2026-02-01_back.jpg").write_text("no photo\n")
    out = tmp_path / "batch"
    shutil.copytree(files / "batch", out)
    (out / "thumbs").mkdir()
    for line in lines(out / "inputs.jsonl"):
        shutil.copy(samples / "level.jpg", out / "thumbs" / f"{line['unit']['picture']}.jpg")
    monkeypatch.chdir(tmp_path)
    return out


def lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def batch(*more: str) -> dict[str, int]:
    """Run over the photos as the stored run did; one file is no photo, so it ends with 3. Give its counts."""
    done = invoked(
        "batch", "photos", "--out", "batch", "--pattern", "{person}/{date}_{view}", "--passes", 2, "--workers", 1, *more
    )
    assert done.exit_code == 3, done.output
    counts: dict[str, int] = json.loads(Path("batch/run.json").read_bytes())["counts"]
    return counts


def test_a_stored_run_is_scored_again(files: Path, run_folder: Path) -> None:
    """Every number of every column stays, the failure too; columns may join, none goes or changes its place."""
    counts = batch("--rescore")
    assert (counts["inputs"], counts["results"], counts["failures"]) == (4, 3, 1)
    for name in ("results.csv", "exams.csv"):
        old, new = table(files / "batch" / name), table(run_folder / name)
        kept = [column for column in new[0] if column in old[0]]
        assert kept == list(old[0])
        assert len(new) == len(old)
        for before, after in zip(old, new, strict=True):
            for column in before:
                if is_number(before[column]):
                    assert float(after[column]) == float(before[column]), column
    assert table(run_folder / "failures.csv")[0]["file"] == "photos/ben/2026-02-01_back.jpg"
    hips = {row["path"]: float(row["hip_tilt"]) for row in table(run_folder / "results.csv") if row["hip_tilt"]}
    assert hips["photos/anna/2026-01-05_front.jpg"] == pytest.approx(6.26, abs=0.01)
    assert {row["view"] for row in table(run_folder / "results.csv")} == {"front", "left"}


def is_number(text: str) -> bool:
    """Whether a cell holds a number."""
    return text.replace(".", "", 1).lstrip("-").isdecimal()


@pytest.mark.skipif(posturecam.__version__ != "0.1.0", reason="another version measures the photos again")
def test_a_stored_run_goes_on_where_it_stopped(run_folder: Path) -> None:
    """Scored with the tables of today, nothing is left to measure; its results stay where they are in the file."""
    batch("--rescore")
    before = (run_folder / "results.jsonl").read_bytes()
    assert before.startswith(unpacked(HERE / "batch" / "results.jsonl.gz"))
    counts = batch()
    assert (counts["measured"], counts["results"], counts["failures"], counts["waiting"]) == (0, 3, 1, 0)
    assert (run_folder / "results.jsonl").read_bytes() == before


def test_a_stored_camera_straightens_points(files: Path, tmp_path: Path) -> None:
    """Put through the profile's distortion, the straight points are the stored ones to a fiftieth of a pixel."""
    camera = json.loads((files / "camera.json").read_bytes())
    stored = files / "assessments" / "left.json"
    straight = json.loads(told("analyze", "--points", stored, "--camera", files / "camera.json", "--json", "-"))
    assert straight["surroundings"]["straight"] is True
    scale = written("left")["photo"]["width"] / camera["size_px"][0]
    focal, centre = camera["focal_px"] * scale, np.array(camera["center_px"]) * scale
    ideal = (places(straight) - centre) / focal
    square = (ideal**2).sum(axis=1, keepdims=True)
    seen = ideal * (1 + camera["k1"] * square + camera["k2"] * square**2) * focal + centre
    np.testing.assert_allclose(seen, places(written("left")), atol=0.02)
    assert np.abs(places(straight) - places(written("left"))).max() > 1.0
    (tmp_path / "straight.json").write_text(json.dumps(straight))
    assert_straight_already(tmp_path / "straight.json", files / "camera.json")


def assert_straight_already(stored: Path, camera: Path) -> None:
    """A file says that its points are straight: the lens is not taken out twice."""
    done = invoked("analyze", "--points", stored, "--camera", camera)
    assert done.exit_code == 2
    assert "before they were stored" in done.output


def test_a_stored_photo_without_its_lens_keeps_it_so(files: Path) -> None:
    """The profile was given when the photo was measured."""
    assert_straight_already(files / "assessments" / "right.json", files / "camera.json")


def test_a_stored_file_of_points_is_placed(files: Path) -> None:
    """Places and errors as in the file, 3 pixels where it tells none; the obliquity is the line between them."""
    stored = files / "assessments" / "front.json"
    new = json.loads(told("analyze", "--points", stored, "--place", files / "points.json", "--json", "-"))
    left, right = json.loads((files / "points.json").read_bytes())
    assert new["placed"] == [
        {**left, "error_px": 3.0, "source": "hand"},
        {**right, "error_px": 2.0, "source": "hand"},
    ]
    tilt = degrees(atan2(right["y"] - left["y"], left["x"] - right["x"]))
    assert rows(new)["pelvic_obliquity"]["value"] == pytest.approx(tilt, abs=1e-6) == pytest.approx(5.15, abs=0.01)
    assert rows(new)["pelvic_obliquity"]["placed"] == "placed by hand"


def test_the_points_of_a_stored_assessment_are_placed_in_another(files: Path) -> None:
    """A stored assessment is a file of points too."""
    stored = [files / "assessments" / f"{name}.json" for name in ("front", "placed")]
    new = json.loads(told("analyze", "--points", stored[0], "--place", stored[1], "--json", "-"))
    assert new["placed"] == written("placed")["placed"]


def test_stored_answers_and_a_stored_balance_test_count(files: Path) -> None:
    """The same numbers as when they were first joined, and the same history."""
    bare, joined = written("front"), written("balance")
    given = tomllib.loads((files / "answers.toml").read_text(encoding="utf-8"))
    new = json.loads(
        told(
            "score", files / "assessments" / "front.json", "--answers", files / "answers.toml",
            "--balance", files / "balance.json", "--json", "-",
        )
    )  # fmt: skip
    assert new["measurements"][: len(bare["measurements"])] == bare["measurements"]
    balance = [row for row in joined["measurements"] if row["key"].startswith(("single_leg", "pelvic_drop"))]
    assert len(balance) == 8
    assert [numbers(rows(new)[row["key"]]) for row in balance] == [numbers(row) for row in balance]
    assert rows(new)["single_leg_time_left"]["value"] == 3.7
    again = json.loads(
        told(
            "analyze", "--points", files / "assessments" / "front.json", "--answers", files / "answers.toml",
            "--balance", files / "balance.json", "--json", "-",
        )
    )  # fmt: skip
    assert [numbers(rows(again)[row["key"]]) for row in balance] == [numbers(row) for row in balance]
    history = {key: value for key, value in given.items() if value is not False}
    assert again["answers"] == joined["answers"]
    assert joined["answers"].keys() == history.keys()
    assert joined["answers"]["age_band"] == history["age_band"] == "40 to 49"


def test_stored_answers_count_when_points_are_measured_again(again: Again) -> None:
    """What was told stays told: pain at night, so no exercise; without a warning sign there is one."""
    assert again["german"]["answers"] == {"night_pain": True}
    assert [flag["key"] for flag in again["german"]["red_flags"]] == ["night_pain"]
    assert again["german"]["plan"]["steps"] == []
    assert again["balance"]["answers"] == written("balance")["answers"]
    assert again["balance"]["plan"]["steps"]


def test_a_balance_test_is_not_joined_where_dizziness_is_stored(files: Path, tmp_path: Path) -> None:
    """Nor with stored points, nor when scored again."""
    path = tmp_path / "dizzy.json"
    path.write_text(json.dumps({**written("front"), "answers": {"dizzy_falls": True}}))
    for words in (("analyze", "--points", path), ("score", path)):
        done = invoked(*words, "--balance", files / "balance.json", "--json", "-")
        assert done.exit_code == 2
        assert "looked at by a professional" in " ".join(done.output.split())


def test_stored_german_stays_german_and_is_read_in_english(files: Path) -> None:
    """The measurements keep their words; what is concluded anew is said in the language of today's reader."""
    new = json.loads(told("score", files / "assessments" / "german.json", "--json", "-"))
    assert rows(new)["hip_tilt"]["words"] == "linke Hüfte 3,9° höher"
    assert new["red_flags"][0]["urgency"] == written("german")["red_flags"][0]["urgency"] == "soon"
    assert new["plan"]["first"].startswith("Please")
    assert written("german")["plan"]["first"].startswith("Bitte")


def kind(value: Any) -> str:
    """Name a value's kind as JSON knows it; whole numbers are numbers."""
    names = {bool: "true or false", int: "number", float: "number", str: "text", dict: "object", list: "list"}
    return names.get(type(value), "null")


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Give path and kind of everything in a JSON value; the rows of a list share a path."""
    yield path, kind(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from fields(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, f"{path}[]")


def shapes(values: Iterable[Any]) -> Shapes:
    """Gather which kinds stand under which path in any of these values."""
    found: Shapes = defaultdict(set)
    for value in values:
        for path, name in fields(value):
            found[path].add(name)
    return dict(found)


def changed(old: Shapes, new: Shapes, told_by_person: tuple[str, ...] = ()) -> dict[str, object]:
    """List fields that are gone or hold another kind now; what a person or a table names is no field."""
    faults: dict[str, object] = {}
    for path, kinds in old.items():
        if path.startswith(told_by_person):
            continue
        if path not in new:
            faults[path] = "gone"
        elif (more := new[path] - kinds - {"null"}) and kinds != {"null"}:
            faults[path] = (kinds, more)
    return faults


def test_a_change_of_a_field_is_noticed() -> None:
    """A field that goes and one of another kind; not one that joins, nor one that is empty."""
    old = shapes([{"a": 1, "b": [{"c": "x"}], "d": 2.0}])
    assert changed(old, shapes([{"a": "1", "b": [{}], "d": None, "e": 3}])) == {
        ".a": ({"number"}, {"text"}),
        ".b[].c": "gone",
    }
    assert changed(old, shapes([{"a": 1.5, "b": [{"c": "y"}], "d": 2, "e": []}])) == {}


OPEN = (".answers.", ".measurements[].components.", ".plan.techniques.")
"""Objects whose keys are what a person answered, and what the tables of muscles and measures name."""


def test_every_field_of_an_assessment_of_version_1_is_written_today(again: Again, files: Path) -> None:
    """Under its name and with its kind of value, in what is measured again and in what is scored again."""
    scored = [
        json.loads(told("score", files / "assessments" / f"{name}.json", "--json", "-"))
        for name in ("back", "german", "balance")
    ]
    old = shapes(written(name) for name in SINGLE)
    assert {".measurements[].sem", ".findings[].evidence[].supports", ".red_flags[].urgency"} <= old.keys()
    assert changed(old, shapes([*(again[name] for name in SINGLE), *scored]), OPEN) == {}


def test_every_field_of_a_runs_results_of_version_1_is_written_today(files: Path, run_folder: Path) -> None:
    """In the lines of photos and of exams, in the list of inputs, and in what is told of the run."""
    batch("--rescore")
    count = len(lines(files / "batch" / "results.jsonl"))
    for name in ("results.jsonl", "exams.jsonl", "inputs.jsonl", "failures.jsonl"):
        old, new = lines(files / "batch" / name), lines(run_folder / name)
        assert changed(shapes(old), shapes(new[count:] if name == "results.jsonl" else new), OPEN) == {}, name
    old_run, new_run = (json.loads((folder / "run.json").read_bytes()) for folder in (files / "batch", run_folder))
    assert changed(shapes([old_run]), shapes([new_run])) == {}
