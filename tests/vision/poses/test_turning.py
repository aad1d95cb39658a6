"""Photos that lie on their side or stand on their head are turned upright; who lies or hangs is left as they are."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from posturecam.body import MIRROR, ORDER, Array, Landmark, PlacedPoint
from posturecam.body.geometry import turned_point
from posturecam.cli import app
from posturecam.knowledge import load
from posturecam.picture.photo import from_pixels, read
from posturecam.pipeline.assessment import Settings, assess, measured_photo
from posturecam.poses.detection import FinderOptions
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.poses.turning import quarters_to_upright, stands
from posturecam.storage.assessment_json import to_json
from posturecam.storage.stored import from_json

TURNS = [("front", 90), ("back", 270), ("left", 180), ("right", 90), ("front", 180)]


@pytest.mark.parametrize(("name", "turn_deg"), TURNS, ids=[f"{name} by {turn}" for name, turn in TURNS])
def test_a_turned_photo_gives_the_upright_photos_numbers(finder: Any, samples: Path, name: str, turn_deg: int) -> None:
    """Exactly: it is turned back before anything is measured, and that is said."""
    photo = read(samples / f"{name}.jpg")
    whole = assess(photo, finder, Settings(passes=2), load())
    told = assess(photo.turned(turn_deg), finder, Settings(passes=2), load())
    assert told.photo.turned_deg == 360 - turn_deg
    assert (told.photo.width, told.photo.height) == photo.size_px
    assert [(one.key, one.value, one.sem) for one in told.measurements] == [
        (one.key, one.value, one.sem) for one in whole.measurements
    ]
    assert "was turned" in str(told.notes[0])
    np.testing.assert_array_equal(measured_photo(photo.turned(turn_deg), told).pixels, photo.pixels)
    assert from_json(to_json(told)).photo == told.photo
    assert "turned_deg" not in to_json(whole)["photo"]


def test_a_turned_mirrored_selfie_is_turned_too(finder: Any, samples: Path) -> None:
    """The points that the user placed move along."""
    photo = read(samples / "front.jpg")
    ends, hip = ((100.0, 900.0), (110.0, 100.0)), (440.0, 480.0)

    def given(turn_deg: int) -> Settings:
        first, second, at = (turned_point(*point, photo.size_px, turn_deg) for point in (*ends, hip))
        placed = (PlacedPoint(Landmark.LEFT_HIP, *at),)
        return Settings(passes=2, mirrored=True, plumb=(*first, *second), placed=placed)

    whole = assess(photo, finder, given(0), load())
    told = assess(photo.turned(90), finder, given(90), load())
    assert told.photo.turned_deg == 270
    assert told.vertical == whole.vertical
    assert told.placed == whole.placed
    np.testing.assert_array_equal(measured_photo(photo.turned(90), told).pixels, photo.flipped)


def test_the_command_turns_a_file_and_draws_it_upright(tmp_path: Path, samples: Path) -> None:
    """The picture, the data and the line that says so."""
    with Image.open(samples / "left.jpg") as image:
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "side.png")
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["analyze", str(tmp_path / "side.png"), "--passes", "2", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "turned a quarter to the right" in " ".join(done.output.split())
    assert json.loads((out / "assessment.json").read_text())["photo"]["turned_deg"] == 90
    with Image.open(out / "overlay.png") as drawn:
        assert drawn.height > drawn.width


def test_where_it_is_not_wanted_nothing_is_turned(finder: Any, samples: Path) -> None:
    """A film's frames stay as they are."""
    photo = read(samples / "left.jpg").turned(90)
    seen = finder.find(photo, FinderOptions(2, as_it_is=True))
    assert seen.turned_deg == 0
    assert np.ptp(seen.pose.mean[:, 0]) > 2 * np.ptp(seen.pose.mean[:, 1])


def moved(**parts: tuple[float, float]) -> Array:
    """Somebody who stands, seen from the front, with some points of both sides moved by so many pixels."""
    points = pose_of_figure(Figure(size_px=(768, 1024), height_px=700.0)).mean.copy()
    for side in ("LEFT", "RIGHT"):
        rows = {part: ORDER[Landmark[f"{side}_{part}"]] for part in ("ANKLE", "HEEL", "FOOT_INDEX", *parts)}
        points[rows["HEEL"]] = points[rows["ANKLE"]] + [0.0, 15.0]
        points[rows["FOOT_INDEX"]] = points[rows["ANKLE"]] + [0.0, 45.0]
        for part, by in parts.items():
            points[rows[part]] += by
    return points


NOT_STANDING = {
    "a handstand, or somebody who hangs from a bar": (moved(WRIST=(0.0, -600.0), ELBOW=(0.0, -350.0)), 0.0),
    "somebody who lies, seen from above: the toes pointed": (moved(FOOT_INDEX=(0.0, 60.0)), 0.0),
    "somebody who lies, seen from the side: the toes up and away": (moved(FOOT_INDEX=(40.0, 60.0)), -90.0),
    "somebody who sits": (moved(KNEE=(200.0, -150.0), ANKLE=(200.0, -100.0)), -90.0),
    "half a body": (moved() + [0.0, 300.0], 0.0),
}


@pytest.mark.parametrize(("points", "facing"), NOT_STANDING.values(), ids=NOT_STANDING)
def test_who_does_not_stand_is_not_stood_up(points: Array, facing: float) -> None:
    """By what gravity makes of a body."""
    assert stands(moved(), 0.0, (768, 1024))
    assert not stands(points, facing, (768, 1024))


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_the_quarters_are_counted_exactly_mirrored(turn_deg: int) -> None:
    """From feet to head."""
    points = np.array([turned_point(x, y, (768, 1024), turn_deg) for x, y in moved()])
    quarters = quarters_to_upright(points)
    assert (turn_deg + 90 * quarters) % 360 == 0
    assert quarters_to_upright(points[MIRROR] * [-1.0, 1.0]) == -quarters % 4


def test_turning_there_and_back_is_the_same_picture() -> None:
    """Pixels, size and points; turning and mirroring go together."""
    photo = from_pixels(np.random.default_rng(0).integers(0, 255, (40, 30, 3), dtype=np.uint8))
    turned = photo.turned(90)
    assert turned.size_px == (40, 30)
    np.testing.assert_array_equal(turned.turned(270).pixels, photo.pixels)
    np.testing.assert_array_equal(photo.mirrored().turned(90).pixels, photo.turned(270).mirrored().pixels)
    x, y = turned_point(3.5, 7.5, (30, 40), 90)
    np.testing.assert_array_equal(turned.pixels[int(y), int(x)], photo.pixels[7, 3])
