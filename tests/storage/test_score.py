"""``posturecam score``: stored numbers scored again, one by one and by the thousand, the same either way."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from pattern_support import CROSS_BODY, FRONTAL, KNOWLEDGE
from posturecam.cli import app
from posturecam.errors import StoredError
from posturecam.patterns.answers import Answers
from posturecam.storage.rescoring import renewed, rescore_lines
from posturecam.storage.rescoring.line_scoring import rescore_long


def stored(values: Mapping[str, float], sem: float = 0.6, **more: Any) -> dict[str, Any]:
    """A bare assessment from the front."""
    rows = [{"key": key, "value": value, "sem": sem} for key, value in {**FRONTAL, **values}.items()]
    return {"view": "front", "measurements": rows, **more}


def score(*arguments: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(app, ["score", *map(str, arguments)], env={"COLUMNS": "80"})


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """One stored assessment with fields that score does not know."""
    path = tmp_path / "one.json"
    path.write_text(json.dumps(stored(CROSS_BODY, tomorrow={"a": [1, 2]})))
    return path


def test_one_object_comes_back_renewed(one: Path) -> None:
    """The same object with findings, chain, plan and red flags; the rest is kept."""
    done = score(one, "--json", "-")
    assert done.exit_code == 0
    data = json.loads(done.stdout)
    assert data["tomorrow"] == {"a": [1, 2]}
    first = data["findings"][0]
    assert (first["pattern"], first["side"], first["verdict"]) == ("P01", "left", "consistent")
    assert {"muscle": "adductors", "side": "left"} in first["tight"]
    assert len(data["findings"]) == len(KNOWLEDGE.patterns)
    assert data["chain"]["start"] == "pelvis"
    assert data["plan"]["steps"]
    assert data["versions"]["knowledge"] == KNOWLEDGE.version


def test_the_fields_stand_in_the_order_of_the_schema(one: Path) -> None:
    """Pattern, name, side, score, verdict, evidence, tight, weak, explanation come first."""
    finding = json.loads(score(one, "--json", "-").stdout)["findings"][0]
    head = ["pattern", "name", "side", "score", "verdict", "evidence", "tight", "weak", "explanation"]
    assert list(finding)[: len(head)] == head
    assert list(finding["evidence"][0])[:5] == ["measure", "value", "weight", "supports", "words"]


def test_a_table_for_people(one: Path) -> None:
    """Without --json it is told in words."""
    done = score(one)
    assert "P01 Cross-body pelvic obliquity (left): consistent" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_what_leans_on_its_noise_is_called_a_hint(tmp_path: Path) -> None:
    """As in the report: in the verdict, and before the explanation."""
    whole = stored({"spinal_curve": -3.1, "trunk_bend": 6.0, "hip_tilt": 3.0, "shoulder_tilt": -3.0})
    next(row for row in whole["measurements"] if row["key"] == "spinal_curve")["sem"] = 0.9
    path = tmp_path / "leaning.json"
    path.write_text(json.dumps(whole))
    text = " ".join(score(path).stdout.split())
    assert "P08 C-curve (left): hint, 0." in text
    assert "not enough to lean on: more photos would have to show it, and what follows holds only then. Your" in text


def test_scoring_twice_changes_nothing(one: Path, tmp_path: Path) -> None:
    """What comes out can go in."""
    again = tmp_path / "again.json"
    assert score(one, "--json", again).exit_code == 0
    assert json.loads(score(again, "--json", "-").stdout) == json.loads(again.read_text())


@pytest.mark.parametrize("place", [{"photo": {"view": "front"}}, {"photos": [{"view": "front"}]}])
def test_the_view_may_stand_with_the_photo(place: dict[str, Any]) -> None:
    """Or with each of several photos."""
    data = {key: value for key, value in stored(CROSS_BODY).items() if key != "view"}
    assert renewed({**data, **place}, KNOWLEDGE)["findings"][0]["pattern"] == "P01"


def test_an_interval_serves_as_well_as_a_standard_error() -> None:
    """And what is null was not measured."""
    rows = [{"key": key, "value": value, "low": value - 1.0, "high": value + 1.0} for key, value in CROSS_BODY.items()]
    data = {"view": "front", "measurements": [*rows, {"key": "trunk_lean", "value": None}]}
    assert renewed(data, KNOWLEDGE)["findings"][0]["verdict"] == "consistent"


def test_a_photo_that_was_not_scored_stays_so() -> None:
    """Numbers of a turned body have not become posture since."""
    for more in ({"void": "turned"}, {"findings": [{"reason": "not scored: turned"}]}, {"view": "oblique"}):
        data = {**stored(CROSS_BODY), **more}
        assert {one["verdict"] for one in renewed(data, KNOWLEDGE)["findings"]} == {"not_assessed"}


def test_a_photo_without_posture_keeps_no_number() -> None:
    """What an older file still lists is told as unmeasured, in an exam's photos too; a test's time stays."""
    data = {**stored({**CROSS_BODY, "single_leg_time_left": 8.0}), "void": "This person sits."}
    for told in (renewed(data, KNOWLEDGE), renewed({**stored(CROSS_BODY), "photos": [data]}, KNOWLEDGE)["photos"][0]):
        assert [row["key"] for row in told["measurements"]] == ["single_leg_time_left"]
        assert {one["key"] for one in told["unmeasured"]} >= set(CROSS_BODY)
        assert all("no quiet" in one["reason"] for one in told["unmeasured"] if one["key"] in CROSS_BODY)


def test_stored_answers_count_again() -> None:
    """A warning sign stays one; given answers take their place."""
    data = stored(CROSS_BODY, answers={"chest": True})
    assert renewed(data, KNOWLEDGE)["findings"] == []
    assert renewed(data, KNOWLEDGE, Answers({"bag_side": ("left",)}))["findings"]


def test_answers_from_a_file(one: Path, tmp_path: Path) -> None:
    """As for analyze."""
    path = tmp_path / "answers.toml"
    path.write_text('pain_today = "yes"\n')
    data = json.loads(score(one, "--answers", path, "--json", "-").stdout)
    assert {finding["verdict"] for finding in data["findings"]} == {"not_assessed"}
    path.write_text('pain_todai = "yes"\n')
    done = score(one, "--answers", path, "--json", "-")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "nearest: pain_today" in done.stderr


BAD = {
    "not JSON": "{",
    "a list": "[]",
    "no measurements": '{"view": "front"}',
    "measurements no list": '{"view": "front", "measurements": {}}',
    "no view": '{"measurements": []}',
    "an unknown view": '{"view": "above", "measurements": []}',
    "a text for a value": '{"view": "front", "measurements": [{"key": "hip_tilt", "value": "5", "sem": 1}]}',
    "no error": '{"view": "front", "measurements": [{"key": "hip_tilt", "value": 5}]}',
    "a negative error": '{"view": "front", "measurements": [{"key": "hip_tilt", "value": 5, "sem": -1}]}',
    "not a number": '{"view": "front", "measurements": [{"key": "hip_tilt", "value": NaN, "sem": 1}]}',
    "true for a value": '{"view": "front", "measurements": [{"key": "hip_tilt", "value": true, "sem": 1}]}',
    "a number for a key": '{"view": "front", "measurements": [{"key": 3, "value": 1, "sem": 1}]}',
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_bad_input_gets_one_clear_line(name: str, ending: str, tmp_path: Path) -> None:
    """Exit 2, stdout empty; of lines the number is named, though the first were good."""
    path = tmp_path / f"bad.{ending}"
    good = json.dumps(stored({})) + "\n"
    path.write_text((good * 3 if ending == "jsonl" else "") + BAD[name] + "\n")
    done = score(path, "--json", "-")
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert len(done.stderr.strip().splitlines()) == 1
    assert path.name in done.stderr.replace("\n", "")
    assert ending == "json" or "line 4" in done.stderr


def test_files_that_are_not_there(tmp_path: Path, one: Path) -> None:
    """A missing file, a folder, a place that cannot be written."""
    for arguments in ((tmp_path / "none.json",), (tmp_path,), (one, "--json", tmp_path / "no" / "where.json")):
        done = score(*arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "cannot be" in done.stderr


def test_several_files_come_back_as_lines(one: Path, tmp_path: Path) -> None:
    """In their order."""
    other = tmp_path / "other.json"
    other.write_text(json.dumps(stored({}, name="other")))
    lines = score(one, other, "--json", "-").stdout.splitlines()
    assert [json.loads(line).get("name") for line in lines] == [None, "other"]


def lines_of(people: list[dict[str, Any]]) -> list[bytes]:
    """JSON lines, with one empty among them."""
    return [*(json.dumps(one).encode() + b"\n" for one in people), b"\n"]


def rescored(people: list[dict[str, Any]], answers: Answers | None = None) -> list[dict[str, Any]]:
    """Score lines again."""
    written = b"".join(rescore_lines(lines_of(people), KNOWLEDGE, answers))
    return [json.loads(line) for line in written.splitlines()]


def crowd(count: int, seed: int) -> list[dict[str, Any]]:
    """Different people, some measured only in part, some with a key twice."""
    rng = np.random.default_rng(seed)
    people = []
    for _ in range(count):
        values = {key: float(norm) + float(rng.normal()) * 3.0 for key, norm in FRONTAL.items()}
        kept = {key: value for key, value in values.items() if rng.random() < 0.93}
        rows = [{"key": key, "value": value, "sem": float(rng.uniform(0, 1.5))} for key, value in kept.items()]
        people.append({"view": str(rng.choice(["front", "back"])), "measurements": rows})
    people[0]["measurements"] += [{"key": "hip_tilt", "value": 9.0, "sem": 9.0}]
    return people


@pytest.mark.parametrize("answers", [None, Answers({"bag_side": ("left",), "dominant_hand": ("right",)})])
def test_lines_say_what_single_files_say(answers: Answers | None) -> None:
    """Every field that a line carries is that of the single file."""
    people = crowd(150, 3)
    for person, line in zip(people, rescored(people, answers), strict=True):
        whole = renewed(person, KNOWLEDGE, answers)
        assert [one["pattern"] for one in line["findings"]] == [one["pattern"] for one in whole["findings"]]
        for one, other in zip(line["findings"], whole["findings"], strict=True):
            assert {key: one[key] for key in one if key != "score"} == {
                key: other[key] for key in one if key != "score"
            }
            assert "tight" in one or other["verdict"] in ("not_seen", "not_assessed")
            assert one["score"] == pytest.approx(other["score"], abs=1.5e-4)
        assert line["red_flags"] == whole["red_flags"]
        assert line["measurements"] == person["measurements"]


def test_lines_that_carry_conclusions_get_all_of_them_renewed() -> None:
    """As a single file would."""
    people = [renewed(one, KNOWLEDGE) for one in crowd(6, 4)]
    assert rescored(people) == people


@pytest.mark.parametrize("given_answers", [{"pain_today": ("yes",)}, {"age_band": ("under 18",)}])
def test_answers_void_lines_too(given_answers: dict[str, tuple[str, ...]]) -> None:
    """Pain today, and under 18."""
    for line in rescored(crowd(5, 5), Answers(given_answers)):
        assert {one["verdict"] for one in line["findings"]} <= {"not_assessed"}


def test_an_answered_warning_silences_lines() -> None:
    """Nothing but whom to see."""
    for line in rescored(crowd(3, 6), Answers({}, ("chest",))):
        assert line["findings"] == []
        assert line["red_flags"][0]["key"] == "chest"


def test_workers_give_the_same_bytes_in_the_same_order() -> None:
    """Long files are shared out; a bad line is named by its number all the same."""
    lines = lines_of(crowd(60, 9)) * 40
    alone = b"".join(rescore_lines(lines, KNOWLEDGE))
    assert b"".join(rescore_long(lines, KNOWLEDGE, None, "a.jsonl", workers=2)) == alone
    with pytest.raises(StoredError, match=r"a\.jsonl, line 2441: not valid JSON"):
        list(rescore_long([*lines, b"{"], KNOWLEDGE, None, "a.jsonl", workers=2))


@pytest.mark.slow
def test_memory_stays_flat(tmp_path: Path) -> None:
    """Four times the lines, the same memory but for the allocator's moods: nothing grows with the file."""
    import subprocess
    import sys

    peaks = []
    for count in (12_000, 48_000):
        path = tmp_path / f"{count}.jsonl"
        path.write_bytes(b"".join(lines_of(crowd(500, 8))[:-1]) * (count // 500))
        code = (
            "import resource, sys; from pathlib import Path\n"
            "from posturecam.knowledge import load\n"
            "from posturecam.storage.rescoring.scored_files import rescore_files\n"
            "with rescore_files([Path(sys.argv[1])], load()) as result: result.to_file(Path(sys.argv[2]))\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        )
        arguments = [sys.executable, "-c", code, str(path), str(tmp_path / "out.jsonl")]
        peaks.append(int(subprocess.run(arguments, capture_output=True, text=True, check=True).stdout))
    assert peaks[1] <= 1.4 * peaks[0]


def test_no_view_is_said_for_an_object() -> None:
    """By the library as well."""
    with pytest.raises(StoredError, match="view is missing"):
        renewed({"measurements": []}, KNOWLEDGE)
