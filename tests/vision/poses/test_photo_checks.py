"""What a photo check finds wrong is in the notes of the analysis too: clothes and background that hide the outline."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from posturecam.body import Pose, View
from posturecam.cli import app
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, from_pixels
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo, with_contour
from posturecam.pipeline.exam.photo_checks import check_photo
from posturecam.poses.detection import FinderOptions, PoseResult
from posturecam.poses.masks import PersonMask
from posturecam.poses.synthetic import Figure, pose_of_figure

SIZE = (768, 1024)
HIDDEN = "Clothes or the background hide where the body ends."


@dataclass(frozen=True, slots=True)
class Cutter:
    """Finds a level figure, and before this wall a bar as its mask; no mask at all where there is no wall."""

    wall: np.ndarray | None
    view: View = View.FRONT

    def find(self, photo: Photo, sought: FinderOptions | None = None) -> PoseResult:  # noqa: ARG002  (every photo shows the same)
        """Give the figure."""
        return PoseResult(
            pose_of_figure(Figure(view=self.view, size_px=SIZE)), np.array([[200.0, 100.0, 560.0, 900.0]]), 0
        )

    def mask_of(self, photo: Photo, pose: Pose) -> PersonMask | None:  # noqa: ARG002  (as above)
        """Give the mask of a bar, unsure near its edges."""
        if self.wall is None:
            return None
        beside = np.abs(np.arange(SIZE[0]) + 0.5 - SIZE[0] / 2)
        chance = np.broadcast_to(np.clip((260.0 - beside) / 200.0, 0.0, 1.0), SIZE[::-1])
        return PersonMask(self.wall, chance, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))


def wall(half_px: float) -> np.ndarray:
    """Draw a skin-coloured bar of that half width before a blue wall."""
    beside = np.abs(np.arange(SIZE[0]) + 0.5 - SIZE[0] / 2)
    row = np.where((beside < half_px)[:, None], (200, 150, 120), (60, 90, 160))
    return np.broadcast_to(row, (*SIZE[::-1], 3)).astype(np.uint8)


BLANK = from_pixels(np.full((*SIZE[::-1], 3), 128, np.uint8), "blank.png")
CLEAR, UNCLEAR, NONE = Cutter(wall(160.0)), Cutter(wall(70.0)), Cutter(None)


@pytest.mark.parametrize(("finder", "hidden"), [(CLEAR, False), (UNCLEAR, True), (NONE, True)])
def test_an_outline_that_is_hidden_is_in_the_notes_once(finder: Cutter, *, hidden: bool) -> None:
    """Whether it is measured or looked for only for a picture, and as the check of the photo says it."""
    plain = assess_photo(BLANK, finder, Settings(), load())
    told = assess_photo(BLANK, finder, Settings(), load(), outline=True)
    seen = with_contour(plain, BLANK, finder, load())
    assert not any(HIDDEN in str(note) for note in plain.notes)
    check = next(one for one in check_photo(BLANK, finder, Settings()) if one.name.kind == "check_outline")
    for one in (told, seen):
        said = [note for note in one.notes if HIDDEN in str(note)]
        assert list(map(str, said)) == ([f"{HIDDEN} {check.change}"] if hidden else [])
    assert bool(check.change) == hidden


def test_a_side_view_says_it_too() -> None:
    """There the outline is always looked for."""
    told = assess_photo(BLANK, replace(UNCLEAR, view=View.LEFT), Settings(), load())
    assert sum(HIDDEN in str(note) for note in told.notes) == 1


@pytest.mark.parametrize("name", ["front", "left"])
def test_analyze_says_it_in_every_view(samples: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A clear outline is no note; one that nothing could trust is one, and the plain figure keeps it out of sight."""
    command = ["analyze", str(samples / f"{name}.jpg"), "--passes", "2"]
    assert "hide where the body ends" not in CliRunner().invoke(app, command).stdout
    monkeypatch.setattr("posturecam.poses.silhouette.shape.LEAST_AGREEMENT", 1.01)
    for more in ([], ["--figure-only"]):
        done = CliRunner().invoke(app, [*command, *more])
        assert done.exit_code == 0, done.stderr
        assert done.stdout.count("hide where the body ends") == 1


def test_a_quick_look_asks_for_the_outline_only_to_show_it(
    samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One pass without a picture spares the time; with a picture the outline is in it, and so is the note."""
    monkeypatch.setattr("posturecam.poses.silhouette.shape.LEAST_AGREEMENT", 1.01)
    command = ["analyze", str(samples / "front.jpg"), "--passes", "1"]
    said = [CliRunner().invoke(app, [*command, *more]).stdout for more in ([], ["--out", str(tmp_path)])]
    assert ["hide where the body ends" in one for one in said] == [False, True]
