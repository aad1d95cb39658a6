"""One photo goes one way: whoever asks, the same photo and settings give the same numbers, to the last digit."""

import json
from pathlib import Path
from typing import Any

import pytest

from posturecam import Settings, analyze, analyze_exam, to_dict
from posturecam.cli import app
from posturecam.poses.finder import Finder
from posturecam.storage.assessment_json import plain_value

NAMES = ("front.jpg", "left.jpg")
Told = dict[str, dict[str, Any]]


def told_of(assessment: dict[str, Any]) -> Told:
    """Give the measurements of an assessment as they are written, by their keys."""
    return {measurement["key"]: measurement for measurement in plain_value(assessment)["measurements"]}


def command(*arguments: str) -> None:
    """Run the command line in this process."""
    with pytest.raises(SystemExit) as done:
        app(list(arguments))
    assert not done.value.code


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory, samples: Path, finder: Finder) -> dict[str, dict[str, Told]]:
    """Each photo as the library, the command, an exam, a folder run and stored points tell it."""
    folder = tmp_path_factory.mktemp("ways")
    photos = folder / "photos"
    photos.mkdir()
    for name in NAMES:
        (photos / name).write_bytes((samples / name).read_bytes())
    command("batch", str(photos), "--out", str(folder / "run"), "--passes", "2", "--workers", "1")
    lines = [json.loads(line) for line in (folder / "run" / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    out: dict[str, dict[str, Told]] = {}
    for name in NAMES:
        path, stored, again = photos / name, folder / f"{name}.json", folder / f"{name}.again.json"
        command("analyze", str(path), "--passes", "2", "--json", str(stored))
        command("analyze", "--points", str(stored), "--json", str(again))
        settings = Settings(passes=2)
        out[name] = {
            "library": told_of(to_dict(analyze(path, settings=settings, finder=finder))),
            "library, by its bytes": told_of(to_dict(analyze(path.read_bytes(), settings=settings, finder=finder))),
            "command": told_of(json.loads(stored.read_text(encoding="utf-8"))),
            "exam": told_of(to_dict(analyze_exam([path], settings=settings, finder=finder).photos[0])),
            "folder": told_of(next(line for line in lines if line["photo"]["name"] == name)),
            "stored points": told_of(json.loads(again.read_text(encoding="utf-8"))),
        }
    return out


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["library, by its bytes", "command", "folder"])
def test_the_same_photo_gives_the_same_numbers(ways: dict[str, dict[str, Told]], name: str, way: str) -> None:
    """Values, intervals, severities and words alike."""
    assert ways[name][way] == ways[name]["library"]


@pytest.mark.parametrize(("name", "way"), [("front.jpg", "exam"), ("left.jpg", "exam"), ("front.jpg", "stored points")])
def test_what_both_measure_is_the_same(ways: dict[str, dict[str, Told]], name: str, way: str) -> None:
    """An exam looks at the outline of fronts too, and stored points have none; all else is the same."""
    here, there = ways[name][way], ways[name]["library"]
    both = here.keys() & there.keys()
    assert both == there.keys()
    assert {key: here[key] for key in both} == {key: there[key] for key in both}


def test_a_side_view_without_its_outline_agrees_with_itself(ways: dict[str, dict[str, Told]]) -> None:
    """The outline is not stored: the points alone tell less surely, and never something else."""
    here, there = ways["left.jpg"]["stored points"], ways["left.jpg"]["library"]
    assert there.keys() - here.keys() == {"kyphosis_depth_pct", "lordosis_depth_pct"}
    assert all(here[key]["low"] <= there[key]["value"] <= here[key]["high"] for key in here)
