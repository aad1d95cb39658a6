"""Which way is up: each source, which one is taken, and rooms that mislead."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from posturecam.body import Pose  # noqa: TC001
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.picture.camera_scene import camera_scene_of, known_camera_scene
from posturecam.picture.photo import Photo, from_pixels, read
from posturecam.picture.vertical import (
    DRAWN,
    EDGES,
    GIVEN,
    NOTHING,
    Vertical,
    disagreement,
    find_vertical,
    from_plumb,
    from_vote,
    vertical_sources,
)
from posturecam.picture.vertical.lines import beside_the_body, body_roll, room_vote, vertical_of_room
from posturecam.picture.vertical.objects import Witness, roll_of
from posturecam.picture.vertical.vote import Vote, lean_at, vote
from posturecam.pipeline.assessment import Settings, assess
from posturecam.poses.synthetic import Figure, pose_of_figure

SIZE = (600, 900)


def body() -> Pose:
    """A figure that stands upright in the middle of the picture."""
    return pose_of_figure(Figure(size_px=SIZE, height_px=600.0))


def drawn(lines: list[tuple[float, float, float, float]], thickness: int = 3) -> Photo:
    """A grey room with dark lines (x1, y1, x2, y2)."""
    fine = np.full((SIZE[1] * 4, SIZE[0] * 4, 3), 190, np.uint8)
    for x1, y1, x2, y2 in lines:
        ends = [(round(x * 4), round(y * 4)) for x, y in ((x1, y1), (x2, y2))]
        cv2.line(fine, ends[0], ends[1], (60, 60, 60), thickness * 4, cv2.LINE_AA)
    return from_pixels(cv2.resize(fine, SIZE, interpolation=cv2.INTER_AREA))


def plumb_room(roll_deg: float, pitch: float = 0.0, at: tuple[float, ...] = (-0.6, -0.5, 0.5, 0.6)) -> list[Any]:
    """Lines of upright edges in a picture of that roll and pitch, at places in halves of the long side."""
    half, middle = max(SIZE) / 2, np.array(SIZE) / 2
    made = []
    for x in at:
        lean = np.radians(float(lean_at(np.array([x, 0.0]), np.array(roll_deg), np.array(pitch))))
        along = np.array([np.sin(lean), -np.cos(lean)])
        foot = middle + half * np.array([x, 0.0])
        made.append((*(foot - 330 * along), *(foot + 330 * along)))
    return made


@pytest.mark.parametrize(("roll", "pitch"), [(0.0, 0.0), (2.5, 0.0), (-1.7, 0.15), (3.0, -0.2)])
def test_upright_edges_tell_roll_and_pitch(roll: float, pitch: float) -> None:
    """Edges that meet in a vanishing point give the roll, not the mean of their angles."""
    found = vertical_of_room(drawn(plumb_room(roll, pitch)), body())
    assert found is not None
    assert found.source == EDGES
    assert found.roll_deg == pytest.approx(roll, abs=0.1)
    assert abs(found.roll_deg - roll) < 1.96 * found.sigma_deg


def test_edges_on_one_side_of_a_pitched_camera_are_not_the_mean_of_their_angles() -> None:
    """Door edges at the right alone lean, though the camera is level: told level, or not told at all."""
    photo = drawn(plumb_room(0.0, 0.2, at=(0.45, 0.55, 0.62)))
    found = room_vote(photo, body())
    assert found is not None
    assert abs(found.roll_deg) < 2.5 * max(found.sigma_deg, 0.1)
    assert find_vertical(edges=from_vote(found, 0.0)).roll_deg == pytest.approx(0.0, abs=0.5)


MISLEADING: dict[str, list[Any]] = {
    "an empty wall": [],
    "one line alone": plumb_room(3.0, at=(0.55,)),
    "a tilted shelf": plumb_room(8.0, at=(0.4, 0.6)),
    "a ladder that leans": plumb_room(14.0, at=(-0.5, -0.4)),
    "a floor and a picture rail": [(0, 800, 600, 790), (0, 60, 600, 70)],
    "stripes on the shirt": plumb_room(3.0, at=(-0.06, -0.03, 0.0, 0.03, 0.06)),
}


@pytest.mark.parametrize("lines", MISLEADING.values(), ids=MISLEADING)
def test_misleading_lines_tell_nothing(lines: list[Any]) -> None:
    """What is no edge of the room leaves the vertical where it was: level to within ± 1°."""
    photo = drawn(lines)
    assert vertical_of_room(photo, body()) is None
    assert camera_scene_of(photo, body(), Settings()).vertical == Vertical(NOTHING, 0.0, 0.5)


def test_a_tilted_shelf_beside_a_door_is_outvoted() -> None:
    """Most of the edges are the room's."""
    photo = drawn(plumb_room(1.0, at=(-0.62, -0.56, -0.45, 0.63)) + plumb_room(7.0, at=(0.45, 0.52)))
    found = vertical_of_room(photo, body())
    assert found is not None
    assert found.roll_deg == pytest.approx(1.0, abs=0.2)


def test_stripes_on_the_shirt_do_not_pull_at_the_room() -> None:
    """The body's own lines are left out."""
    stripes = plumb_room(5.0, at=(-0.08, -0.05, -0.02, 0.01, 0.04, 0.07))
    found = vertical_of_room(drawn(plumb_room(-1.0) + stripes), body())
    assert found is not None
    assert found.roll_deg == pytest.approx(-1.0, abs=0.1)


def test_the_mirror_image_has_the_opposite_roll_exactly() -> None:
    """To the last bit, with a room that is not symmetric."""
    photo = drawn(plumb_room(1.3, 0.1, at=(-0.6, -0.45, 0.5)))
    here, there = room_vote(photo, body()), room_vote(photo.mirrored(), body().mirrored())
    assert here is not None
    assert there is not None
    assert here.roll_deg == -there.roll_deg
    assert here.sigma_deg == there.sigma_deg


def test_the_lens_is_taken_out_of_the_edges_mirror_exactly() -> None:
    """A lens that shears the picture by 1° turns every edge, and its mirror image turns the mirrored ones."""
    photo, slope = drawn(plumb_room(0.0)), float(np.tan(np.radians(1.0)))

    def shear(points: Any) -> Any:
        return points + np.stack([(points[:, 1] - SIZE[1] / 2) * slope, np.zeros(len(points))], axis=1)

    def mirrored(points: Any) -> Any:
        flip, back = np.array([-1.0, 1.0]), np.array([SIZE[0], 0.0])
        return shear(points * flip + back) * flip + back

    here, there = room_vote(photo, body(), shear), room_vote(photo.mirrored(), body().mirrored(), mirrored)
    assert here is not None
    assert there is not None
    assert here.roll_deg == pytest.approx(1.0, abs=0.05)
    assert here.roll_deg == pytest.approx(-there.roll_deg, abs=1e-6)


def test_segments_on_the_body_are_left_out() -> None:
    """Trunk, head and the space between the legs belong to the body, the wall beside it does not."""
    points = body().mean
    nose, knee = points[0], points[25:27].mean(axis=0)
    segments = np.array(
        [[*(nose - [0, 60]), *(nose + [0, 30])], [*(knee - [0, 80]), *(knee + [0, 80])], [20, 100, 20, 500]]
    )
    assert beside_the_body(segments, points).tolist() == [False, False, True]
    assert beside_the_body(np.zeros((0, 4)), points).shape == (0,)


def test_body_roll_is_the_roll_that_sets_it_upright() -> None:
    """A figure drawn with a roll has that roll."""
    assert body_roll(pose_of_figure(Figure(roll_deg=3.0)).mean) == pytest.approx(3.0, abs=0.2)


NOT_BELIEVED = {
    "too few lines": (Vote(1.0, 0.1, 0.0, 3.0, 2), 0.0),
    "too short": (Vote(1.0, 0.1, 0.0, 0.3, 5), 0.0),
    "too unsure": (Vote(1.0, 0.5, 0.0, 3.0, 5), 0.0),
    "too much askew": (Vote(6.0, 0.1, 0.0, 3.0, 5), 5.0),
    "at odds with the body": (Vote(4.0, 0.1, 0.0, 3.0, 5), -2.0),
    "no vote": (None, 0.0),
}


def hung(at: tuple[float, float], size: tuple[float, float], askew_deg: float, *, grid: int = 0) -> list[Any]:
    """The lines of a poster, or of a chart with so many columns: upper left corner and size in pixels."""
    (x, y), (width, height) = at, size
    turn = np.radians(-askew_deg)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([x + width / 2, y + height / 2])
    columns, rows = np.linspace(x, x + width, (grid or 1) + 1), np.linspace(y, y + height, 2 * (grid or 1) + 1)
    ends = [((column, y), (column, y + height)) for column in columns]
    ends += [((x, row), (x + width, row)) for row in (rows if grid else (y, y + height))]
    if not grid:
        inner = (x + 0.2 * width, y + 0.15 * height, x + 0.8 * width, y + 0.7 * height)
        ends += [((inner[0], inner[1]), (inner[0], inner[3])), ((inner[2], inner[1]), (inner[2], inner[3]))]
        ends += [((inner[0], inner[1]), (inner[2], inner[1])), ((inner[0], inner[3]), (inner[2], inner[3]))]
    return [
        (*(turned @ (np.array(one) - middle) + middle), *(turned @ (np.array(other) - middle) + middle))
        for one, other in ends
    ]


def behind_the_body(lines: list[Any]) -> Photo:
    """The drawn lines with a plain body in front."""
    photo, points = drawn(lines), body().mean
    hull = cv2.convexHull(points.astype(np.int32))
    mask = cv2.dilate(cv2.fillConvexPoly(np.zeros(SIZE[::-1], np.uint8), hull, 1), np.ones((60, 60)))
    return from_pixels(np.where(mask[..., None] > 0, np.uint8(150), photo.pixels))


CROOKED = {
    "a poster": lambda askew: hung((30, 150), (130, 260), askew),
    "a chart behind the person": lambda askew: hung((130, 90), (340, 700), askew, grid=6),
    "a frame behind the person": lambda askew: hung((120, 90), (360, 720), askew),
    "a poster over a level floor": lambda askew: [*hung((30, 150), (130, 260), askew), (0, 700, 600, 700)],
}


@pytest.mark.parametrize("askew", [2.0, -1.2])
@pytest.mark.parametrize("lines", CROOKED.values(), ids=CROOKED)
def test_one_crooked_thing_is_one_witness(lines: Any, askew: float) -> None:
    """The camera is level: a poster that hangs askew is not plumb to ± 0.2°, and what is stated holds the truth."""
    photo = behind_the_body(lines(askew))
    found = camera_scene_of(photo, body(), Settings())
    assert found.vertical.sigma_deg > 0.35
    assert abs(found.vertical.roll_deg) < 1.96 * found.vertical.sigma_deg
    here, there = room_vote(photo, body()), room_vote(photo.mirrored(), body().mirrored())
    assert here is not None
    assert there is not None
    assert here.by_objects == (-there.by_objects[0], there.by_objects[1]) if there.by_objects else False


def test_a_crooked_chart_is_told_of() -> None:
    """With what to do."""
    photo = behind_the_body(CROOKED["a chart behind the person"](2.0))
    assert any("calibrate board --large" in str(note) for note in camera_scene_of(photo, body(), Settings()).notes)


def test_a_door_outvotes_a_crooked_poster() -> None:
    """A door frame, a wall's corner and the floor agree: the camera is tilted by 1.5°, whatever the poster says."""
    room = plumb_room(1.5, at=(-0.62, -0.45, 0.6))
    photo = behind_the_body([*room, *hung((400, 150), (80, 200), -2.0)])
    found = camera_scene_of(photo, body(), Settings()).vertical
    assert found.roll_deg == pytest.approx(1.5, abs=0.15)
    assert found.sigma_deg < 0.25


def test_witnesses_that_agree_are_believed_and_one_alone_is_not() -> None:
    """Three that lean by 2° can only be a tilted camera; one may be either; two that contradict leave it open."""
    one, other = Witness(2.0, 0.05, 0.8), Witness(0.0, 0.05, 0.8)
    roll, sigma = roll_of([one, one, one])
    assert roll == pytest.approx(2.0, abs=0.1)
    assert sigma < 0.3
    roll, sigma = roll_of([one])
    assert 0.0 < roll < 2.0
    assert sigma > 0.7
    assert roll_of([one, other])[0] < 0.5
    assert roll_of([]) == pytest.approx((0.0, 1.0), abs=0.05)


@pytest.mark.parametrize(("told", "body_lean"), NOT_BELIEVED.values(), ids=NOT_BELIEVED)
def test_weak_votes_are_not_believed(told: Vote | None, body_lean: float) -> None:
    """A wrong vertical is worse than none."""
    assert from_vote(told, body_lean) is None


def test_without_segments_nobody_votes() -> None:
    """An empty picture, and lines that all lie flat."""
    assert vote(np.zeros((0, 4))) is None
    assert vote(np.array([[-0.5, 0.1, 0.5, 0.1], [-0.5, 0.2, 0.5, 0.2]])) is None


@pytest.mark.parametrize(("plumb", "roll"), [((100, 0, 100, 1000), 0.0), ((100, 1000, 152.4, 0), -3.0)])
def test_a_plumb_line_gives_its_roll(plumb: tuple[float, float, float, float], roll: float) -> None:
    """In either direction; content turned counter-clockwise counts positive."""
    found = from_plumb(plumb)
    assert found.roll_deg == pytest.approx(roll, abs=0.01)
    assert found.source == DRAWN
    assert 0.1 < found.sigma_deg < 0.2


@pytest.mark.parametrize("plumb", [(5, 5, 5, 5), (0, 0, 500, 20), (0, 0, 3, 15), (0, 0, float("nan"), 100)])
def test_a_senseless_plumb_line_is_refused(plumb: tuple[float, float, float, float]) -> None:
    """One point, a line across the photo, a line too short, no number."""
    with pytest.raises(SettingsError, match=r"--plumb .* Give "):
        from_plumb(plumb)


def test_the_surest_source_is_taken_and_contradiction_said() -> None:
    """The user's word first; a plumb line that is too short loses against the room."""
    edges = Vertical(EDGES, 1.5, 0.12)
    assert find_vertical(0.0, edges=edges).source == GIVEN
    assert find_vertical(plumb=(0, 0, 0, 60), edges=edges).source == EDGES
    assert disagreement(vertical_sources(1.4, edges=edges)) is None
    said = disagreement(vertical_sources(0.0, edges=edges))
    assert said is not None
    assert "1.5° apart" in str(said)


def test_a_mirrored_selfie_turns_the_given_sources_over() -> None:
    """Roll and plumb line are those of the photo as it was given."""
    plumb = (100.0, 1000.0, 152.4, 0.0)
    assert known_camera_scene(body(), Settings(plumb=plumb, mirrored=True)).vertical.roll_deg == pytest.approx(
        3.0, abs=0.01
    )
    assert known_camera_scene(body(), Settings(roll_deg=2.0, mirrored=True)).vertical.roll_deg == -2.0


def test_the_story_says_when_the_room_contradicts(finder: Any, phantoms: list[dict[str, Any]]) -> None:
    """A stated roll that the room denies is used, and said."""
    photo = read(_rolled(phantoms)["path"])
    told = assess(photo, finder, Settings(passes=2, roll_deg=-4.0), load())
    assert told.vertical.source == GIVEN
    assert "in two ways" in str(told.notes[0])


@pytest.mark.slow
def test_mirrored_photos_have_mirrored_verticals(finder: Any, phantoms: list[dict[str, Any]]) -> None:
    """The whole way from the photo: the roll changes its sign and nothing else."""
    photo = read(_rolled(phantoms)["path"])
    here, there = (assess(one, finder, Settings(passes=2), load()) for one in (photo, photo.mirrored()))
    assert here.vertical.source == EDGES
    assert here.vertical.roll_deg == pytest.approx(-there.vertical.roll_deg, abs=1e-9)
    assert here["hip_tilt"].value == pytest.approx(-there["hip_tilt"].value, abs=1e-6)


def _rolled(phantoms: list[dict[str, Any]]) -> dict[str, Any]:
    """A photo with a rolled camera in a tiled room."""
    return next(
        image
        for image in phantoms
        if image["background"] == "grid" and image["view"] == "front" and abs(image["camera"]["roll_deg"]) > 1.0
    )
