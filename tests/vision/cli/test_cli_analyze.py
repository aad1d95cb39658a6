"""`posturecam analyze` as a user runs it: outputs, bad input, exit codes, and that nothing leaves the machine."""

import html.parser
import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from posturecam.cli import app, early
from posturecam.knowledge import load
from posturecam.measures.measurement import mirrored_key
from posturecam.picture.photo import read

RUNNER = CliRunner()


def run(*arguments: str | Path) -> Any:
    """Run the command line in this process."""
    return RUNNER.invoke(app, [str(one) for one in arguments])


def result(*arguments: str | Path) -> dict[str, Any]:
    """Analyse and read the JSON from stdout, where nothing else may stand."""
    done = run("analyze", *arguments, "--json", "-")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def values(found: dict[str, Any]) -> dict[str, float]:
    """Value of each measurement."""
    return {one["key"]: one["value"] for one in found["measurements"]}


def test_the_table_says_which_side_and_how_sure(samples: Path) -> None:
    """Readable at 80 columns, without colour, when piped."""
    done = run("analyze", samples / "front.jpg")
    assert done.exit_code == 0, done.stderr
    assert "right shoulder" in done.stdout
    assert "±" in done.stdout
    assert "--mirrored" in done.stdout
    assert "\x1b[" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_json_has_the_promised_shape(samples: Path) -> None:
    """Every key of the schema, and values inside their intervals."""
    found = result(samples / "front.jpg", "--passes", "2")
    assert found["schema"] == "posturecam/assessment/2"
    assert set(found["photo"]) >= {"name", "sha256", "width", "height", "view", "view_source"}
    assert (found["photo"]["view"], found["photo"]["width"], found["photo"]["height"]) == ("front", 768, 1024)
    assert set(found["pose"]) >= {"finder", "model", "model_sha256", "passes", "points"}
    assert set(found["pose"]["points"][0]) >= {"name", "x", "y", "sd_px", "visibility"}
    assert len(found["pose"]["points"]) == 33
    assert set(found["vertical"]) >= {"source", "roll_deg", "sigma_deg"}
    for one in found["measurements"]:
        assert set(one) >= {"key", "value", "low", "high", "sem", "unit", "severity", "words"}
        assert one["low"] <= one["value"] <= one["high"]
        assert one["severity"] in {"neutral", "within_noise", "mild", "moderate", "marked"}
    for one in found["findings"]:
        assert set(one) >= {"pattern", "name", "side", "score", "verdict", "evidence", "tight", "weak", "explanation"}
        assert one["verdict"] in {"consistent", "weak", "not_seen", "not_assessed"}
    assert set(found["versions"]) >= {"posturecam", "knowledge"}


def test_out_writes_three_files(samples: Path, tmp_path: Path) -> None:
    """The page holds its pictures inside and asks no other host for anything."""
    done = run("analyze", samples / "level.jpg", "--out", tmp_path / "new" / "result", "--passes", "2")
    assert done.exit_code == 0, done.stderr
    folder = tmp_path / "new" / "result"
    assert sorted(path.name for path in folder.iterdir()) >= ["assessment.json", "overlay.png", "report.html"]
    assert Image.open(folder / "overlay.png").size[1] == 1024
    links: list[str] = []

    class Links(html.parser.HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links.extend(value or "" for name, value in attrs if name in ("src", "href", "srcset", "action"))

    Links().feed((folder / "report.html").read_text())
    assert links
    assert all(link.startswith(("data:", "#")) for link in links)


def test_stored_points_give_the_same_numbers(samples: Path, tmp_path: Path) -> None:
    """Measured again without the picture: whatever rests on the points alone is the same."""
    first = result(samples / "front.jpg")
    (tmp_path / "stored.json").write_text(json.dumps(first))
    again = result("--points", tmp_path / "stored.json")
    assert values(again) == pytest.approx(values(first), abs=1e-9)
    assert again["photo"]["sha256"] == first["photo"]["sha256"]


@pytest.mark.parametrize("name", ["front.jpg", "back.jpg"])
def test_the_mirror_image_through_the_whole_program(samples: Path, tmp_path: Path, name: str) -> None:
    """Every measurement with the opposite sign or on the other side; findings and muscles on the other side."""
    photo = read(samples / name)
    Image.fromarray(photo.pixels).save(tmp_path / "as_is.png")
    Image.fromarray(np.ascontiguousarray(photo.pixels[:, ::-1])).save(tmp_path / "mirror.png")
    here, there = result(tmp_path / "as_is.png"), result(tmp_path / "mirror.png")
    twin = values(there)
    for key, value in values(here).items():
        sign = 1.0 if mirrored_key(key) != key else -1.0
        assert twin[mirrored_key(key)] == pytest.approx(sign * value, abs=1e-6), key
    other = {"left": "right", "right": "left", "both": "both"}
    sides = {(one["pattern"], other[one["side"]], one["verdict"]) for one in here["findings"]}
    assert {(one["pattern"], one["side"], one["verdict"]) for one in there["findings"]} == sides


def test_mirrored_undoes_a_selfie(samples: Path, tmp_path: Path) -> None:
    """The mirrored photo with --mirrored says what the photo says, and stores that it was told."""
    photo = read(samples / "front.jpg")
    Image.fromarray(photo.pixels).save(tmp_path / "as_is.png")
    Image.fromarray(np.ascontiguousarray(photo.pixels[:, ::-1])).save(tmp_path / "selfie.png")
    here, there = result(tmp_path / "as_is.png"), result(tmp_path / "selfie.png", "--mirrored")
    assert values(there) == pytest.approx(values(here), abs=1e-9)
    assert there["mirrored"] is True
    assert any("selfie" in str(note) for note in there["notes"])


def test_roll_turns_the_points_back(samples: Path) -> None:
    """Three degrees go into the tilts of a front view and leave the bends alone."""
    level, rolled = (values(result(samples / "front.jpg", "--roll", roll)) for roll in ("0", "3"))
    for key in ("shoulder_tilt", "hip_tilt", "head_tilt"):
        assert rolled[key] - level[key] == pytest.approx(-3.0, abs=0.35), key
    for key in ("trunk_bend", "neck_bend"):
        assert rolled[key] == pytest.approx(level[key], abs=0.35), key


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_overlay_is_written_as_its_ending_says(samples: Path, tmp_path: Path, suffix: str) -> None:
    """And its file holds no EXIF data."""
    path = tmp_path / f"overlay{suffix}"
    assert run("analyze", samples / "level.jpg", "--overlay", path, "--passes", "1").exit_code == 0
    with Image.open(path) as image:
        assert image.size[1] == 1024
        assert not image.getexif()


def cut(samples: Path, path: Path, part: float) -> Path:
    """Only the upper part of the front sample."""
    pixels = read(samples / "front.jpg").pixels
    Image.fromarray(pixels[: int(pixels.shape[0] * part)]).save(path)
    return path


def test_half_a_body_is_measured_as_far_as_it_goes(samples: Path, tmp_path: Path) -> None:
    """The rest is listed with its reason."""
    found = result(cut(samples, tmp_path / "half.png", 0.55))
    assert "shoulder_tilt" in values(found)
    reasons = {one["key"]: one["reason"] for one in found["unmeasured"]}
    assert "outside the picture" in reasons["pelvic_shift"]
    assert any("feet" in str(note) for note in found["notes"])


def test_a_side_photo_is_not_measured_as_a_front(samples: Path) -> None:
    """Frontal measures say what they need instead."""
    found = result(samples / "left.jpg", "--passes", "2")
    assert found["photo"]["view"] == "left"
    reasons = {one["key"]: one["reason"] for one in found["unmeasured"]}
    assert "needs a front or back photo" in reasons["hip_tilt"]


BAD = {
    "no such file": (["analyze", "nowhere.jpg"], 2, "no such file"),
    "a folder": (["analyze", "."], 2, "is a folder"),
    "unknown view": (["analyze", "front.jpg", "--view", "top"], 2, "--view top is unknown"),
    "senseless roll": (["analyze", "front.jpg", "--roll", "90"], 2, "--roll 90"),
    "no passes": (["analyze", "front.jpg", "--passes", "0"], 2, "--passes 0"),
    "no photo": (["analyze"], 2, "give a photo"),
    "wrong model": (["analyze", "front.jpg", "--model", "text.txt"], 2, "text.txt"),
    "wrong points": (["analyze", "--points", "text.txt"], 2, "text.txt"),
    "nobody": (["analyze", "wall.png"], 1, "nobody was found"),
    "nobody of that number": (["analyze", "front.jpg", "--person", "7"], 1, "only 1 found"),
    "a text": (["analyze", "text.txt"], 2, "not a picture"),
    "a front called a back": (["analyze", "front.jpg", "--view", "back"], 2, "shows a face"),
    "unwritable JSON": (["analyze", "front.jpg", "--passes", "1", "--json", "text.txt/x.json"], 2, "text.txt"),
    "unwritable folder": (["analyze", "front.jpg", "--passes", "1", "--out", "text.txt"], 2, "text.txt"),
    "full disk": (["analyze", "front.jpg", "--passes", "1", "--json", "/dev/full"], 2, "/dev/full"),
    "unknown picture ending": (["analyze", "front.jpg", "--passes", "1", "--overlay", "x.gif"], 2, ".gif"),
    "no knowledge": (["analyze", "front.jpg", "--knowledge", "nowhere"], 2, "nowhere"),
    "no answers": (["analyze", "front.jpg", "--answers", "nowhere.toml"], 2, "nowhere.toml"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_gets_a_clear_line(samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """An exit code, one clear message on stderr, nothing on stdout, no traceback."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(samples / "front.jpg", "front.jpg")
    Path("text.txt").write_text("hello")
    Image.new("RGB", (400, 500), (200, 200, 200)).save("wall.png")
    arguments, code, said = BAD[case]
    done = run(*arguments)
    assert done.exit_code == code, (done.exit_code, done.stderr, done.exception)
    assert said in done.stderr.replace("\n", " ")
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_debug_shows_the_traceback() -> None:
    """And may stand anywhere on the line."""
    assert early(["analyze", "x.jpg", "--debug"]) == ["--debug", "analyze", "x.jpg"]
    command = [sys.executable, "-m", "posturecam", "analyze", "nowhere.jpg"]
    quiet, loud = (subprocess.run([*command, *more], capture_output=True, text=True) for more in ([], ["--debug"]))
    assert quiet.returncode == 2
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr


def test_an_old_result_outlives_a_full_disk(samples: Path, tmp_path: Path) -> None:
    """What was there before is whole when the new one could not be written."""
    old = tmp_path / "result.json"
    old.write_text("the old result")
    command = [sys.executable, "-m", "posturecam", "analyze", samples / "level.jpg", "--passes", "1", "--json", old]

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=small_files)
    assert done.returncode == 2, done.stderr
    assert old.read_text() == "the old result"
    assert "Traceback" not in done.stderr


def test_stderr_is_quiet(samples: Path) -> None:
    """The engine's own log lines are of no use to a user."""
    command = [
        sys.executable,
        "-m",
        "posturecam",
        "analyze",
        str(samples / "level.jpg"),
        "--passes",
        "2",
        "--json",
        "-",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout)["photo"]["name"] == "level.jpg"


def test_works_with_the_network_cut_off(samples: Path) -> None:
    """In a namespace without any network."""
    cut_off = ["unshare", "-rn"]
    if not shutil.which("unshare") or subprocess.run([*cut_off, "true"], capture_output=True).returncode:
        pytest.skip("this kernel does not let a user cut the network off (unshare -rn)")
    command = [*cut_off, sys.executable, "-m", "posturecam", "analyze", str(samples / "level.jpg"), "--json", "-"]
    assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["measurements"]


def test_no_connection_is_ever_tried(samples: Path) -> None:
    """A socket that raises when it is asked to connect."""
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise SystemExit('a connection was tried')\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "from posturecam.cli import app\n"
        f"app(['analyze', {str(samples / 'level.jpg')!r}, '--json', '-'])"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["measurements"]


def test_two_people_are_numbered(samples: Path, tmp_path: Path) -> None:
    """The note says how many there are; a number chooses."""
    pixels = read(samples / "front.jpg").pixels
    canvas = np.full((1024, 1400, 3), 190, np.uint8)
    canvas[512:, 50:434], canvas[:, 632:] = pixels[::2, ::2], pixels
    Image.fromarray(canvas).save(tmp_path / "two.png")
    found = result(tmp_path / "two.png", "--passes", "2")
    assert any("2 people" in str(note) for note in found["notes"])
    first = result(tmp_path / "two.png", "--passes", "2", "--person", "1")
    assert first["pose"]["points"][0]["x"] < 500 < found["pose"]["points"][0]["x"]


@pytest.mark.parametrize("command", ["doctor", "guide", "measures", "patterns", "--help", "--version"])
def test_other_commands_answer(command: str) -> None:
    """Each prints something useful and ends well."""
    done = run(command)
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout) > 15


@pytest.mark.parametrize("command", ["analyze", "guide", "patterns", "score", "ask"])
def test_help_has_examples(command: str) -> None:
    """Help shows how the command is used."""
    assert f"posturecam {command}" in run(command, "--help").stdout


def test_answers_are_stored_and_silence_a_score_later(samples: Path, tmp_path: Path) -> None:
    """A warning sign that was answered is still answered when the stored result is scored again."""
    tables = load()
    sign = next(iter(tables.warnings))
    (tmp_path / "answers.toml").write_text(f"{sign} = true\n")
    found = result(samples / "front.jpg", "--answers", tmp_path / "answers.toml")
    assert found["answers"] == {sign: True}
    assert found["red_flags"]
    assert not any(one["verdict"] in ("consistent", "weak") for one in found["findings"])
    (tmp_path / "stored.json").write_text(json.dumps(found))
    again = run("score", tmp_path / "stored.json", "--json", "-")
    assert again.exit_code == 0, again.stderr
    assert not any(one["verdict"] in ("consistent", "weak") for one in json.loads(again.stdout)["findings"])
