"""`posturecam analyze` with several photos: files, exit codes, and options that make sense for one photo only."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from posturecam.cli import app

RUNNER = CliRunner()
FEW = ("--passes", "2")


def run(*arguments: str | Path) -> Any:
    """Run the command line in this process."""
    return RUNNER.invoke(app, ["analyze", *(str(one) for one in arguments)])


@pytest.fixture(scope="module")
def garbage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a file that is not a picture."""
    path = tmp_path_factory.mktemp("garbage") / "broken.jpg"
    path.write_bytes(b"this is no picture")
    return path


def test_an_exam_writes_its_files_and_survives_a_bad_photo(samples: Path, garbage: Path, tmp_path: Path) -> None:
    """Exit 3: done, but some photos failed; everything else is there."""
    done = run(samples / "front.jpg", garbage, samples / "left.jpg", "--out", tmp_path / "exam", *FEW)
    assert done.exit_code == 3, done.stderr
    assert "broken.jpg: left out" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= max(80, len(str(tmp_path)) + 40)
    names = {path.name for path in (tmp_path / "exam").iterdir()}
    assert names == {"exam.json", "overlay_front.png", "overlay_left.png", "report.html", "report.pdf"}
    exam = json.loads((tmp_path / "exam" / "exam.json").read_text())
    assert [one["name"] for one in exam["failed"]] == ["broken.jpg"]
    assert "http" not in (tmp_path / "exam" / "report.html").read_text().replace("http-equiv", "")


def test_json_on_stdout_stands_alone(samples: Path) -> None:
    """Two photos of one view are re-stands, named so in the overlay files and in the notes."""
    done = run(samples / "front.jpg", samples / "level.jpg", "--json", "-", *FEW)
    assert done.exit_code == 0, done.stderr
    exam = json.loads(done.stdout)
    assert exam["schema"] == "posturecam/exam/2"
    assert any("2 re-stands" in str(note) for note in exam["notes"])


@pytest.mark.parametrize("option", [("--view", "front"), ("--overlay", "x.png"), ("--points", "x.json")])
def test_options_for_one_photo_are_refused(samples: Path, option: tuple[str, str]) -> None:
    """With what to do instead; nothing on stdout."""
    done = run(samples / "front.jpg", samples / "back.jpg", *option)
    assert done.exit_code == 2
    assert "one photo" in done.stderr
    assert done.stdout == ""


def test_only_bad_photos_are_an_error(garbage: Path, tmp_path: Path) -> None:
    """The first one's own message and exit code; nothing is written."""
    done = run(garbage, garbage, "--out", tmp_path / "exam")
    assert done.exit_code == 2
    assert "not a picture" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "exam").exists()


def test_a_side_photo_alone_shows_the_back(samples: Path) -> None:
    """One side photo needs no exam for its outline; a front photo's is measured when asked for."""
    side = json.loads(run(samples / "left.jpg", "--json", "-", *FEW).stdout)
    assert {"kyphosis_depth_pct", "trunk_lean_side"} <= {one["key"] for one in side["measurements"]}
    plain, asked = (run(samples / "front.jpg", "--json", "-", *FEW, *more) for more in ((), ("--outline",)))
    keys = [{one["key"] for one in json.loads(one.stdout)["measurements"]} for one in (plain, asked)]
    assert "waist_asymmetry" not in keys[0]
    assert "waist_asymmetry" in keys[1] | {one["key"] for one in json.loads(asked.stdout)["unmeasured"]}
