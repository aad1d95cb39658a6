"""Several pictures measured as one: the spread has sway in it, and the mirror image is the mirrored result."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from posturecam.body import ORDER, Array, Pose
from posturecam.body.geometry import standard_error
from posturecam.errors import CameraError, NobodyFound
from posturecam.knowledge import load
from posturecam.measures.measurement import mirrored_key
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import Photo, Pixels, from_pixels, read
from posturecam.pipeline.assessment import Settings, assess
from posturecam.pipeline.film import assess_film, assess_frames, joined_frames, sway_of
from posturecam.poses.detection import FinderOptions, PoseFinder, PoseResult
from posturecam.poses.finder import Finder
from posturecam.poses.standing import lift_pct, longest_still, motion_pct, spaced
from posturecam.poses.synthetic import Figure, SyntheticFinder, pose_of_figure

KNOWLEDGE = load()


def write_film(path: Path, pictures: Iterator[Pixels], rate: float = 10.0) -> Path:
    """Write RGB pictures as a film."""
    writer = None
    for picture in pictures:
        if writer is None:
            size = (picture.shape[1], picture.shape[0])
            writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate, size)
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    assert writer is not None
    writer.release()
    return path


def frames_of(*pictures: Pixels) -> list[TimedFrame]:
    """Pictures, half a second apart."""
    return [TimedFrame(np.ascontiguousarray(one), number / 2, number) for number, one in enumerate(pictures)]


def poses(sway_px: float, pass_px: float, rest_px: float, count: int = 6) -> list[Pose]:
    """Poses of one figure with three sources of spread in x, drawn anew for each seed."""
    draw = np.random.default_rng(5)
    base = pose_of_figure(Figure(passes=8))
    passes = draw.normal(0, pass_px, (8, 1, 1))
    moved = []
    for _ in range(count):
        shift = draw.normal(0, sway_px) + passes + draw.normal(0, rest_px, (8, len(ORDER), 1))
        moved.append(replace(base, points=base.points + shift * [1.0, 0.0]))
    return moved


def test_joining_keeps_the_mean() -> None:
    """Whatever the weights."""
    several = poses(3.0, 1.0, 0.5)
    np.testing.assert_allclose(joined_frames(several).mean, np.mean([one.mean for one in several], axis=0), atol=1e-9)


def test_the_joined_spread_has_sway_and_passes_in_it() -> None:
    """Standard error² of the mean = sway²/N + pass²/P, not both divided by N·P."""
    several = poses(3.0, 1.0, 0.0)
    stack = np.stack([one.points[:, 0, 0] for one in several])
    sway2, pass2 = stack.mean(axis=1).var(ddof=1) / 6, stack.mean(axis=0).var(ddof=1) / 8
    assert standard_error(joined_frames(several).points[:, 0, 0]) == pytest.approx(np.sqrt(sway2 + pass2), rel=0.1)


def test_one_motionless_picture_again_and_again_says_no_more_than_the_picture() -> None:
    """Six copies of a pose have the spread of one."""
    one = pose_of_figure(Figure(passes=8, noise_px=2.0))
    here, there = (standard_error(pose.points[:, 3, 0]) for pose in (one, joined_frames([one] * 6)))
    assert there == pytest.approx(here, rel=0.1)


def test_joining_commutes_with_the_mirror() -> None:
    """Exactly."""
    several = poses(3.0, 1.0, 0.5)
    np.testing.assert_allclose(
        joined_frames([one.mirrored() for one in several]).points, joined_frames(several).mirrored().points, atol=1e-9
    )


def test_sway_is_the_hips_movement_in_percent_of_height() -> None:
    """7 px of standard deviation in a body of 700 px are 1 %."""
    base = pose_of_figure(Figure(passes=8, height_px=700.0))
    moved = [replace(base, points=base.points + [x, 0.0]) for x in (-7.0, 0.0, 7.0)]
    sway = sway_of(moved, (0.0, 0.5, 1.0))
    assert sway.hip_pct == pytest.approx(1.0, rel=0.02)
    assert sway.lean_deg == pytest.approx(0.0, abs=1e-6)


def test_a_mirrored_film_gives_the_mirrored_result(finder: Finder, samples: Path) -> None:
    """Every measure of swaying pictures comes back with the opposite sign, or on the other side, to 1e-6."""
    picture = read(samples / "front.jpg").pixels
    swaying = [np.roll(picture, shift, axis=1) for shift in (-2, 1)]
    flipped = [one[:, ::-1] for one in swaying]
    settings = Settings(passes=4)
    here, there = (
        assess_frames(frames_of(*each), finder, settings, KNOWLEDGE, name="film") for each in (swaying, flipped)
    )
    assert {one.key for one in here.assessment.measurements}
    for one in here.assessment.measurements:
        twin = there.assessment[mirrored_key(one.key)]
        sign = -1.0 if mirrored_key(one.key) == one.key else 1.0
        assert twin.value == pytest.approx(sign * one.value, abs=1e-6), one.key
        assert twin.sem == pytest.approx(one.sem, rel=1e-3), one.key


@pytest.mark.slow
def test_a_film_of_somebody_motionless_equals_the_photo(finder: Finder, samples: Path, tmp_path: Path) -> None:
    """Within the photo's own intervals, although the film is coarser; and there is no sway."""
    picture = read(samples / "level.jpg").pixels
    path = write_film(tmp_path / "still.mp4", iter([picture] * 25))
    film = assess_film(path, finder, Settings(), KNOWLEDGE)
    photo = assess(from_pixels(picture), finder, Settings(), KNOWLEDGE)
    compared = [(one, film.assessment[one.key]) for one in photo.measurements]
    assert len(compared) > 10
    for one, again in compared:
        assert one.low - 0.05 <= again.value <= one.high + 0.05, one.key
    assert film.sway.hip_pct < 0.05
    assert any("swayed" in str(note) for note in film.assessment.notes)


def test_nobody_in_the_film(finder: Finder, tmp_path: Path) -> None:
    """A wall is nobody; the message names the film."""
    path = write_film(tmp_path / "wall.mp4", iter([np.full((480, 360, 3), 150, np.uint8)] * 5))
    with pytest.raises(NobodyFound, match=r"wall\.mp4"):
        assess_film(path, finder, Settings(), KNOWLEDGE)


def test_a_film_that_is_none(finder: Finder, tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(CameraError, match="cannot be played"):
        assess_film(tmp_path / "a.mp4", finder, Settings(), KNOWLEDGE)


class _Sometimes:
    """A finder that finds somebody in the first pictures only."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.finder: PoseFinder = SyntheticFinder()

    def find(self, photo: Photo, sought: FinderOptions | None = None) -> PoseResult:
        self.times -= 1
        if self.times < 0:
            msg = "nobody"
            raise NobodyFound(msg)
        return self.finder.find(photo, sought)


def test_pictures_with_nobody_are_left_out_as_long_as_they_are_few() -> None:
    """Four of six are enough, two are not."""
    frames = frames_of(*[np.zeros((1024, 768, 3), np.uint8)] * 6)
    measured = assess_frames(frames, _Sometimes(4), Settings(), KNOWLEDGE, name="film")
    assert measured.sway.pictures == 4
    assert measured.assessment.pose.passes == 4 * Settings().passes
    with pytest.raises(NobodyFound, match="whole and still"):
        assess_frames(frames, _Sometimes(2), Settings(), KNOWLEDGE, name="film")


def track(seconds: float, speed_px: float) -> tuple[Array, Array]:
    """Times and points of somebody who moves sideways at that speed."""
    times = np.arange(0, seconds, 0.1)
    base = pose_of_figure(Figure(passes=1)).points[0]
    return times, base + speed_px * times[:, None, None] * [1.0, 0.0]


def test_the_longest_still_stretch_is_found() -> None:
    """Walk, stand for three seconds, walk: the stretch lies inside the standing."""
    walk, stand = track(2, 120.0), track(3, 0.0)
    times = np.arange(0, 7, 0.1)[: len(walk[0]) * 2 + len(stand[0])]
    points = np.concatenate([walk[1], stand[1] + [240.0, 0.0], walk[1] + [240.0, 0.0]])
    first, last = longest_still(times, points, "film")
    assert 2.0 <= times[first] <= 2.6
    assert 4.2 <= times[last] <= 5.0


def test_nobody_who_walks_or_stands_on_one_leg_is_standing_still() -> None:
    """Or is in half of the pictures only."""
    times, points = track(4, 120.0)
    with pytest.raises(NobodyFound, match="stands still"):
        longest_still(times, points, "film")
    with pytest.raises(NobodyFound, match="seen whole"):
        longest_still(times, np.full_like(points, np.nan), "film")


def test_body_scale_numbers() -> None:
    """A still body has no motion, a level one no lift; wanted numbers are spread evenly."""
    base = pose_of_figure(Figure(passes=1)).points[0]
    assert motion_pct(np.stack([base] * 4)) == 0.0
    assert lift_pct(base) == pytest.approx(0.0, abs=1e-9)
    assert spaced(0, 10, 3) == [0, 5, 10]
    assert spaced(4, 5, 6) == [4, 5]
