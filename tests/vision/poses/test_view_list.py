"""What the user says of views by the names of files and folders, and how doubtful ones are listed and asked for."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from calibration.covers import COVERS, head_of
from PIL import Image
from typer.testing import CliRunner

from posturecam.body import View
from posturecam.cli import app
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_exam
from posturecam.pipeline.exam.photo_checks import check_photo
from posturecam.poses.detection import FinderOptions
from posturecam.poses.finder import Finder
from posturecam.poses.view_list import view_list
from posturecam.records.sittings import seen_in
from posturecam.storage.exam_json import exam_bytes


def test_names_and_folders_say_the_view() -> None:
    """By the file's name, a star, or a folder; the first that fits counts, and one view may stand for all."""
    said = view_list("IMG_2*.jpg=back, anna/*=front,left.jpg = left, ben/=right")
    paths = ("in/IMG_21.jpg", "in/anna/b.jpg", "anna/c.jpg", "left.jpg", "in/hanna.jpg", "ben/x.jpg", "in/ben/a/y.jpg")
    views = [said.of(path) for path in paths]
    assert views == [View.BACK, View.FRONT, View.FRONT, View.LEFT, None, View.RIGHT, View.RIGHT]
    assert view_list("back").everything is View.BACK
    assert view_list("auto").everything is None


@pytest.mark.parametrize("text", ["behind", "a.jpg=behind", "=front"])
def test_what_is_no_view_is_refused(text: str) -> None:
    """In one line, with what there is."""
    with pytest.raises(SettingsError, match="Give"):
        view_list(text)


@pytest.fixture
def hidden_face(samples: Path, tmp_path: Path, finder: Finder, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a front whose face is under a box, of which nothing tells that it is one."""
    asked = {"hidden.jpg": 0.7}
    chance = "posturecam.poses.finder.front_probability"
    monkeypatch.setattr(chance, lambda _passes, photo, _network: asked.get(photo.name, 0.001))
    photo = read(samples / "front.jpg")
    head = head_of(finder.find(photo, FinderOptions(passes=2)).pose.mean * photo.scale)
    boxed = COVERS["boxed"](photo.pixels, head, View.FRONT, np.random.default_rng(1))
    (tmp_path / "in").mkdir()
    Image.fromarray(boxed).save(tmp_path / "in" / "hidden.jpg", quality=92)
    return tmp_path / "in" / "hidden.jpg"


def test_an_exam_leaves_out_what_is_asked(hidden_face: Path, finder: Finder, samples: Path) -> None:
    """Beside a back view nothing is compared or combined until the user says which view it is."""
    photos = [(path.name, partial(read, path)) for path in (hidden_face, samples / "back.jpg")]
    asked = assess_exam(photos, finder, Settings(passes=2), load())
    assert {view for one in asked.measurements for view in one.views} == {"back"}
    assert any("Say which it is" in str(note) for note in asked.notes)
    said = assess_exam(photos, finder, Settings(passes=2, views=view_list("hidden.jpg=front")), load())
    assert {view for one in said.measurements for view in one.views} == {"front", "back"}


def test_an_exam_knows_the_folders_of_its_photos(hidden_face: Path, tmp_path: Path) -> None:
    """A folder says the view of an exam's photos as it does of a batch's; without it the question names the photo."""
    common = ["analyze", str(hidden_face), str(hidden_face), "--passes", "2"]
    asked = CliRunner().invoke(app, common)
    assert '--view "hidden.jpg=front" or --view "hidden.jpg=back"' in asked.stderr
    said = CliRunner().invoke(app, [*common, "--view", f"{tmp_path.name}/=front"])
    assert said.exit_code == 0, said.stderr
    assert "--view" not in said.output


def test_a_doubtful_view_leaves_nothing_to_compare_later(hidden_face: Path, finder: Finder) -> None:
    """An exam of such a photo alone holds no reading, so that no history can set a front against a back."""
    asked = assess_exam([(hidden_face.name, partial(read, hidden_face))], finder, Settings(passes=2), load())
    assert not seen_in(exam_bytes(asked), "asked", None, "asked").sitting.readings


def test_a_photos_check_says_how_sure_the_view_is(hidden_face: Path, finder: Finder, samples: Path) -> None:
    """And asks where it is not."""
    sure, unsure = (
        next(one for one in check_photo(read(path), finder, Settings(passes=2)) if one.name.kind == "check_view")
        for path in (samples / "front.jpg", hidden_face)
    )
    assert str(sure.found).startswith("front")
    assert not sure.change
    assert str(unsure.found).startswith("front or back")
    assert "Say which it is" in str(unsure.change)


@pytest.mark.slow
def test_a_folders_run_lists_what_it_asks(samples: Path, tmp_path: Path, finder: Finder) -> None:
    """Together, in one file; answered once by name the list is gone."""
    photo = read(samples / "back.jpg")
    head = head_of(finder.find(photo, FinderOptions(passes=2)).pose.mean * photo.scale)
    (tmp_path / "in").mkdir()
    cut = COVERS["cropped"](photo.pixels, head, View.BACK, np.random.default_rng(4))
    Image.fromarray(cut).save(tmp_path / "in" / "cut.png")
    common = ["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--passes", "2", "--workers", "1"]
    asked = CliRunner().invoke(app, common)
    assert asked.exit_code == 0
    assert "views_asked.txt" in asked.output
    assert "cut.png\tfront / back" in (tmp_path / "out" / "views_asked.txt").read_text()
    assert CliRunner().invoke(app, [*common, "--view", "in/*=back"]).exit_code == 0
    assert not (tmp_path / "out" / "views_asked.txt").exists()
    assert ",back,given," in (tmp_path / "out" / "results.csv").read_text()
