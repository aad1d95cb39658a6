"""`posturecam live` and `cameras` as people start them: films in, files out, and every bad input in one line."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from posturecam.body import Array, View
from posturecam.cli import app
from posturecam.live import devices
from posturecam.live.devices import Window, can_show
from posturecam.live.live_options import LiveOptions
from posturecam.live.runner import run_mirror
from posturecam.picture.camera import CameraWish, open_camera
from posturecam.picture.photo import Pixels, read
from repository import SHARED
from test_live_film import write_film

FILMS = SHARED / "films"
films = pytest.mark.skipif(not FILMS.exists(), reason="the films are not at hand (../shared/films)")


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own choice of a camera out of it, and work in an empty folder."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("POSTURECAM_CONFIG_DIR", str(tmp_path / "settings"))


def live(*options: str | Path) -> Result:
    """Run the command without a window, as fast as can be."""
    return CliRunner().invoke(app, ["live", "--no-window", "--fast", *map(str, options)])


def colours(part: Array) -> int:
    """Number of different colours in a part of a picture."""
    return len(np.unique(part.reshape(-1, 3), axis=0))


def of_one_colour(value: int, count: int = 6) -> Iterator[Pixels]:
    """Pictures of one grey."""
    return iter([np.full((480, 360, 3), value, np.uint8)] * count)


@films
def test_the_balance_film_gives_balance_json(tmp_path: Path) -> None:
    """Schema, both legs, exit code 0."""
    done = live("--source", FILMS / "balance.mp4", "--balance", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "out" / "balance.json").read_text())
    assert told["schema"] == "posturecam/balance/1"
    assert told["side_difference_s"] == pytest.approx(0.0, abs=0.3)
    assert {"seconds", "tries", "pelvis_drop_deg", "sway_pct_height"} <= told["left"].keys()
    assert "right leg: 3." in done.stdout


@films
@pytest.mark.slow
def test_a_measurement_and_the_balance_test_count_together(tmp_path: Path) -> None:
    """Standing still first, then on one leg, in one film: both files, and the test's numbers in the assessment."""
    done = live("--source", FILMS / "balance.mp4", "--view", "front", "--balance", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    tries = json.loads((tmp_path / "out" / "balance.json").read_text())
    assert tries["left"]["seconds"] == pytest.approx(tries["right"]["seconds"], abs=0.3)
    told = json.loads((tmp_path / "out" / "assessment.json").read_text())
    keys = {one["key"] for one in told["measurements"]}
    assert {"hip_tilt", "single_leg_time_left", "single_leg_time_right"} <= keys
    assert "written: " in done.stdout


@films
@pytest.mark.slow
def test_the_guided_exam_completes_on_the_turn_film(tmp_path: Path) -> None:
    """Four views, each seen from its own side, in one file."""
    done = live(
        "--source", FILMS / "turn.mp4", "--exam", "--passes", "2", "--body-height", "172", "--out", tmp_path / "out"
    )
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "out" / "exam.json").read_text())
    assert told["schema"] == "posturecam/exam/2"
    assert [one["photo"]["view"] for one in told["photos"]] == ["front", "back", "left", "right"]
    assert told["measurements"]
    assert any(one["unit"] == "mm" for one in told["measurements"])
    assert not any("turn.mp4, " in note.split(":")[0] for note in told["notes"])
    assert {"report.html", "report.pdf", "overlay_front.png", "overlay_right.png"} <= {
        one.name for one in (tmp_path / "out").iterdir()
    }


@films
@pytest.mark.slow
def test_the_exam_completes_on_the_mirror_image_too(tmp_path: Path) -> None:
    """There the person turns the other way round; what stood left is right, with the opposite sign."""
    with open_camera(CameraWish(FILMS / "turn.mp4", fast=True)) as camera:
        path = write_film(tmp_path / "mirror.mp4", (frame.pixels[:, ::-1] for frame in camera.frames()))
    here, there = (
        run_mirror(LiveOptions(source=one, exam=True, fast=True, window=False, passes=2), lambda _words: None)
        for one in (FILMS / "turn.mp4", path)
    )
    assert [one.view for one in here.captures] == [View.FRONT, View.LEFT, View.BACK, View.RIGHT]
    assert [one.view for one in there.captures] == [View.FRONT, View.RIGHT, View.BACK, View.LEFT]
    front, mirrored = (one.captures[0].measured.assessment for one in (here, there))
    for key in ("shoulder_tilt", "hip_tilt", "trunk_lean"):
        assert -mirrored[key].high <= front[key].value <= -mirrored[key].low, key


def test_a_film_is_analysed_like_a_photo(samples: Path, tmp_path: Path) -> None:
    """`posturecam analyze clip.mp4`: the same result, and the sway beside it."""
    path = write_film(tmp_path / "clip.mp4", iter([read(samples / "front.jpg").pixels] * 16))
    done = CliRunner().invoke(app, ["analyze", str(path), "--passes", "2", "--json", "-"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["photo"]["name"] == "clip.mp4"
    assert any("swayed" in str(note) for note in told["notes"])
    assert "sway" in {one["key"] for one in told["measurements"]}


@films
@pytest.mark.slow
def test_an_exam_that_ends_too_early_keeps_what_was_measured(tmp_path: Path) -> None:
    """Exit code 1, the views that are missing by name, the others written."""
    done = live("--source", FILMS / "turn.mp4", "--exam", "--passes", "1", "--seconds", "3", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "left, back, right" in done.stderr
    assert len(json.loads((tmp_path / "out" / "exam.json").read_text())["photos"]) == 1


def test_a_still_picture_is_measured_and_reported(samples: Path, tmp_path: Path) -> None:
    """The same files as of a photo; the film can be measured again; sides as in the photo."""
    clip, out = tmp_path / "clip.mp4", tmp_path / "out"
    done = live("--source", samples / "front.jpg", "--passes", "2", "--seconds", "4", "--out", out, "--record", clip)
    assert done.exit_code == 0, done.output
    assert {"assessment.json", "overlay.png", "report.html", "report.pdf"} <= {one.name for one in out.iterdir()}
    told = json.loads((out / "assessment.json").read_text())
    assert told["photo"]["view"] == "front"
    assert clip.stat().st_size > 1000
    assert not any("run again with --mirrored" in str(note) for note in told["notes"])


def test_nothing_is_stored_unless_it_is_said_so(samples: Path, tmp_path: Path) -> None:
    """Neither here nor among the settings."""
    done = live("--source", samples / "front.jpg", "--passes", "1", "--seconds", "4")
    assert done.exit_code == 0, done.output
    assert list(Path.cwd().iterdir()) == []
    assert not (tmp_path / "settings").exists()


@pytest.mark.slow
def test_the_written_picture_hides_what_is_hidden(samples: Path, tmp_path: Path) -> None:
    """With --hide-face the overlay's head is coarse; with --figure-only nothing of the photo is in any file."""
    from PIL import Image

    for option in ("--hide-face", "--figure-only"):
        out = tmp_path / option
        done = live("--source", samples / "front.jpg", "--passes", "1", "--seconds", "4", "--out", out, option)
        assert done.exit_code == 0, done.output
        drawn = np.asarray(Image.open(out / "overlay.png").convert("RGB")).astype(float)
        photo = read(samples / "front.jpg").pixels.astype(float)
        if option == "--figure-only":
            assert drawn[:20, :20].std() < 1.0
        else:
            points = {one["name"]: one for one in json.loads((out / "assessment.json").read_text())["pose"]["points"]}
            x, y = (round(points["mouth_left"][axis]) for axis in ("x", "y"))
            mouth = np.s_[y - 8 : y + 8, x - 12 : x + 12]
            assert colours(drawn[mouth]) < 0.5 * colours(photo[mouth])


@pytest.mark.parametrize(
    ("value", "said"), [(0, "black pictures"), (150, "nobody was seen")], ids=["black pictures", "an empty room"]
)
def test_nobody_to_be_measured_is_exit_code_1(value: int, said: str, tmp_path: Path) -> None:
    """With what to do, and nothing on stdout."""
    path = write_film(tmp_path / "film.mp4", of_one_colour(value))
    for option in ((), ("--balance",)):
        done = live("--source", path, *option)
        assert done.exit_code == 1
        assert done.stdout == ""
        assert option or said in done.stderr


def test_a_film_that_ends_in_the_hold_is_told_so(samples: Path) -> None:
    """Half a second of somebody is too little."""
    done = live("--source", samples / "front.jpg", "--seconds", "0.7", "--passes", "1")
    assert done.exit_code == 1
    assert "longer film" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--view", "above"), "unknown"),
        (("--exam", "--view", "front"), "--exam takes all four views"),
        (("--camera", "0"), "not both"),
        (("--record", "film.txt"), "ending is unknown"),
        (("--out", "/proc/nowhere"), "cannot be written"),
        (("--source", "none.mp4"), "no such film"),
    ],
)
def test_options_that_make_no_sense_are_exit_code_2(options: tuple[str, ...], said: str, samples: Path) -> None:
    """One line each."""
    source = () if "--source" in options else ("--source", str(samples / "front.jpg"))
    done = live(*source, *options)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_no_camera_says_what_else_can_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2."""
    done = CliRunner().invoke(app, ["live", "--no-window", "--camera", "97"])
    assert done.exit_code == 2
    assert "camera" in done.stderr
    monkeypatch.setattr(devices, "list_devices", lambda **_: ())
    done = CliRunner().invoke(app, ["live", "--no-window", "--camera", "studio"])
    assert done.exit_code == 2
    assert "no camera is called studio" in done.stderr


def test_no_display_is_exit_code_2_with_the_way_out(monkeypatch: pytest.MonkeyPatch, samples: Path) -> None:
    """Instead of the window library ending the whole program."""
    monkeypatch.setattr("posturecam.live.devices.sys.platform", "linux")
    for display in ("", ":4711"):
        monkeypatch.setenv("DISPLAY", display)
        assert not can_show()
    assert Window.shows
    done = CliRunner().invoke(app, ["live", "--source", str(samples / "front.jpg")])
    assert done.exit_code == 2
    assert "--no-window" in done.stderr


def test_balance_is_not_offered_after_dizziness_or_falls(samples: Path, tmp_path: Path) -> None:
    """The warning sign comes first."""
    (tmp_path / "answers.toml").write_text("dizzy_falls = true\n")
    done = live("--source", samples / "front.jpg", "--balance", "--answers", tmp_path / "answers.toml")
    assert done.exit_code == 2
    assert "professional" in done.stderr


def test_cameras_are_listed_and_the_choice_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name too; a damaged settings file counts as none; further nodes of a webcam are no cameras."""
    for number, (name, index) in enumerate([("Integrated", "0"), ("Integrated", "1"), ("USB Studio Cam", "0")]):
        node = tmp_path / "v4l" / f"video{number}"
        node.mkdir(parents=True)
        (node / "name").write_text(name + "\n")
        (node / "index").write_text(index + "\n")
    found = devices._linux_devices(tmp_path / "v4l")
    assert [(one.number, one.name) for one in found] == [(0, "Integrated"), (2, "USB Studio Cam")]
    monkeypatch.setattr(devices, "list_devices", lambda **_: found)
    assert devices.choose_webcam(None) == 0
    assert devices.choose_webcam("studio") == 2
    devices.remember(2)
    assert devices.choose_webcam(None) == 2
    done = CliRunner().invoke(app, ["cameras"])
    assert "* 2  USB Studio Cam" in done.stdout
    devices.settings_file().write_text("{")
    assert devices.choose_webcam(None) == 0


def test_no_camera_to_list_is_exit_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""
    monkeypatch.setattr(devices, "list_devices", lambda **_: ())
    done = CliRunner().invoke(app, ["cameras"])
    assert done.exit_code == 2
    assert "camera" in done.stderr


@films
def test_a_second_person_stops_the_hold(samples: Path, tmp_path: Path) -> None:
    """Two people beside each other are noticed, and nobody is measured until one has gone."""
    one = read(samples / "front.jpg").pixels
    both = np.concatenate([one, one], axis=1)
    path = write_film(tmp_path / "two.mp4", iter([both] * 30))
    told: list[str] = []
    result = run_mirror(LiveOptions(source=path, fast=True, window=False, passes=1), told.append)
    assert result.captures == []
    assert "2 people" in " ".join(told)
