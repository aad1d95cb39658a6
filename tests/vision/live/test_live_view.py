"""What is drawn: the mirrored picture, words unmirrored, sides the person's own; and what must not be seen is not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from posturecam.body import MIRROR, ORDER, VISIBLE, Array, View
from posturecam.knowledge import load
from posturecam.live import body_lines as lines_module
from posturecam.live.body_lines import BANNER_PART, BodyLine, MirrorLines, lines_of
from posturecam.live.frame_detection import FrameDetection
from posturecam.live.hold import capture_checks
from posturecam.live.live_options import LiveOptions
from posturecam.live.live_session import SessionStep, Status
from posturecam.live.results import Recorder
from posturecam.live.runner import footer_of
from posturecam.live.view import Footer, MirrorView, Panel, Privacy, shielded
from posturecam.picture.camera import TimedFrame
from posturecam.picture.photo import Pixels
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.reports.drawing.canvas import ON_PHOTO, Canvas

KNOWLEDGE = load()
FOOTER = Footer((("q, Esc", "close"),), "nothing is recorded", recording=False)


def noise_picture(width: int = 768, height: int = 1024) -> Pixels:
    """A picture that is nowhere like its mirror image."""
    return np.random.default_rng(3).integers(0, 255, (height, width, 3), dtype=np.uint8)


def points(**angles: float) -> Array:
    """(33, 2) points of a figure."""
    return pose_of_figure(Figure(passes=1, **angles)).points[0]  # type: ignore[arg-type]


def detection(where: Array | None, pixels: Pixels, facing: float = 0.0) -> FrameDetection:
    """A detection of these points on this picture."""
    return FrameDetection(TimedFrame(pixels, 0.0, 0), where, np.full(len(ORDER), 2 * VISIBLE), facing, 1, 128.0)


def test_the_picture_is_mirrored_and_the_panel_is_not() -> None:
    """Without a body the lower part of the picture is the camera's picture, flipped."""
    pixels = noise_picture()
    view = MirrorView((768, 1024), KNOWLEDGE, FOOTER, Privacy())
    drawn = view.picture(detection(None, pixels), Status("hello"))
    assert drawn.shape == (1024, view.size_px[0], 3)
    np.testing.assert_array_equal(drawn[300:, :768, ::-1], pixels[300:, ::-1])
    np.testing.assert_array_equal(drawn[:, 768:, ::-1], Panel(1024, FOOTER).picture(Status("hello")))


def words_of(monkeypatch: pytest.MonkeyPatch, where: Array, view: View) -> dict[str, float]:
    """What is written on the mirrored picture, and how far to the right."""
    written: dict[str, float] = {}

    class Noting(Canvas):
        def text(self, at: tuple[float, float], words: str, colour: Any, lettering: Any) -> None:
            written[words] = at[0]
            super().text(at, words, colour, lettering)

    monkeypatch.setattr(lines_module, "Canvas", Noting)
    canvas = Noting(noise_picture(), ON_PHOTO)
    there = where * [-1.0, 1.0] + [768.0, 0.0]
    MirrorLines(canvas, there, view).draw(lines_of(where, view, KNOWLEDGE))
    return written


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_sides_are_the_persons_own(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facing the mirror one's left is at the picture's left, as in a mirror; in a back view at its right."""
    written = words_of(monkeypatch, points(view=view), view)
    assert (written["your left"] < written["your right"]) is (view is View.FRONT)


def test_words_name_the_side_that_is_higher(monkeypatch: pytest.MonkeyPatch) -> None:
    """A left shoulder far above the right one stands out in both views; a level one is said to be level."""
    for view in (View.FRONT, View.BACK):
        written = words_of(monkeypatch, points(view=view, shoulder_tilt=9.0), view)
        assert "left shoulder 9.0° higher" in written
        assert "level within the noise" in written


def test_the_mirror_image_is_drawn_as_the_mirror_image_with_sides_exchanged() -> None:
    """Flip the camera: every angle changes its sign, and nothing else."""
    where = points(shoulder_tilt=6.0, hip_tilt=-4.0, head_tilt=2.0, trunk_lean=3.0)
    flipped = np.array([768.0, 0.0]) + where[MIRROR] * [-1.0, 1.0]
    here, there = (lines_of(one, View.FRONT, KNOWLEDGE) for one in (where, flipped))
    assert here.keys() == there.keys() == {"head_tilt", "shoulder_tilt", "hip_tilt", "trunk_lean"}
    for key, line in here.items():
        assert there[key].value_deg == pytest.approx(-line.value_deg, abs=1e-9)
        assert there[key].out == line.out


def test_nothing_inside_its_noise_is_called_tilted() -> None:
    """Shoulders 2° off with ± 3° of noise are level within the noise; the band is as wide as the noise."""
    line = lines_of(points(shoulder_tilt=2.0), View.FRONT, KNOWLEDGE)["shoulder_tilt"]
    assert line.noise_deg > 2.0
    assert not line.out
    assert line.said("shoulders")[1] == "level within the noise"
    assert (
        "may be usual"
        in BodyLine("shoulder_tilt", 4.0, 3.0, "left shoulder 4.0° higher", out=False).said("shoulders")[1]
    )


def test_side_and_turned_views_are_drawn_without_tilts() -> None:
    """They have other lines, and never raise."""
    view = MirrorView((768, 1024), KNOWLEDGE, FOOTER, Privacy())
    for facing in (0.0, -90.0, 90.0, 45.0, 180.0):
        view.picture(
            detection(points(), noise_picture(), facing),
            Status("turn", checks=capture_checks(detection(None, noise_picture()))),
        )
    assert lines_of(points(), View.LEFT, KNOWLEDGE) == {}


def test_the_face_is_hidden_and_the_rest_is_not() -> None:
    """The eyes' surroundings are smooth; feet are as they were; before a body is found nothing is sharp."""
    pixels, where = noise_picture(), points()
    hidden = shielded(pixels, where, Privacy(hide_face=True))
    x, y = where[ORDER[next(iter(ORDER))]].astype(int)
    assert hidden[y - 20 : y + 20, x - 20 : x + 20].std() < 0.3 * pixels[y - 20 : y + 20, x - 20 : x + 20].std()
    np.testing.assert_array_equal(hidden[600:], pixels[600:])
    assert shielded(pixels, None, Privacy(hide_face=True)).std() < 0.3 * pixels.std()


def test_the_plain_figure_shows_nothing_of_the_picture() -> None:
    """Whatever the camera sees, what is drawn is the same."""
    one, other = (shielded(one, points(), Privacy(figure_only=True)) for one in (noise_picture(), noise_picture() // 2))
    np.testing.assert_array_equal(one, other)


def test_nothing_is_drawn_through_the_sentence_on_top() -> None:
    """Somebody near its upper edge: the plumb line and the words at the eyes end below it."""
    near = points() - [0.0, 35.0]
    drawn = [
        MirrorView((768, 1024), KNOWLEDGE, FOOTER, Privacy()).picture(
            detection(where, noise_picture()), Status("Stand")
        )
        for where in (near, None)
    ]
    with_body, without = (one[: int(BANNER_PART * 1024) - 4, :768] for one in drawn)
    np.testing.assert_array_equal(with_body, without)
    assert (drawn[0][200:900] != drawn[1][200:900]).any()


def test_small_and_large_cameras_are_drawn_between_720_and_1080_lines() -> None:
    """A phone's 4K film and a webcam of 320×240."""
    for size in ((320, 240), (3840, 2160)):
        view = MirrorView(size, KNOWLEDGE, FOOTER, Privacy())
        drawn = view.picture(
            detection(None, np.zeros((size[1], size[0], 3), np.uint8)), Status("small or large", big="3")
        )
        assert 720 <= drawn.shape[0] <= 1080


@pytest.mark.parametrize(
    ("options", "said", "loud"),
    [
        (LiveOptions(), "nothing is recorded", False),
        (LiveOptions(out=Path("x")), "no film; results and pictures are kept", False),
        (LiveOptions(out=Path("x"), exam=True), "no film; results and pictures are kept", False),
        (LiveOptions(out=Path("x"), balance=True), "no film; results are kept", False),
        (LiveOptions(out=Path("x"), figure_only=True), "no film; results are kept", False),
        (LiveOptions(record=Path("x.mp4")), "recording to x.mp4", True),
    ],
)
def test_the_window_says_what_is_stored(options: LiveOptions, said: str, loud: bool) -> None:  # noqa: FBT001  (a case)
    """Always, at the foot of the panel."""
    footer = footer_of(options)
    assert (footer.stored, footer.recording) == (said, loud)


def test_the_panel_is_drawn_anew_only_when_something_changed() -> None:
    """And every part of it fits."""
    panel = Panel(720, FOOTER)
    steps = (SessionStep("front", done=True), SessionStep("left side", done=False, current=True))
    results = ("left shoulder 3.0° higher (± 2.1°)",) * 9
    status = Status("a", checks=capture_checks(detection(None, noise_picture())), steps=steps, results=results)
    assert panel.picture(status) is panel.picture(status)
    assert panel.picture(Status("b")) is not panel.picture(status)


def test_a_recording_is_unmirrored_keeps_the_pace_and_hides_what_is_hidden(tmp_path: Path) -> None:
    """Pictures at 5 a second in a film of 10 a second are repeated; white on the left stays on the left."""
    picture = np.zeros((96, 64, 3), np.uint8)
    picture[:, :32] = 255
    recorder = Recorder(tmp_path / "a.mp4", (64, 96), 10.0, Privacy())
    for number in range(10):
        recorder.write(replace(detection(None, picture), frame=TimedFrame(picture, number / 5, number)))
    recorder.close()
    film = cv2.VideoCapture(str(tmp_path / "a.mp4"))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 19
    _, first = film.read()
    assert first[:, :24].mean() > 220
    assert first[:, 40:].mean() < 30
