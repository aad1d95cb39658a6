"""What is no quiet standing is no posture: nothing is measured, and every report says why."""

from dataclasses import replace

import numpy as np
import pytest
from calibration.stance_check import as_tables

from posturecam.body import ORDER, Array, Landmark, Pose, View
from posturecam.body.geometry import rotate
from posturecam.errors.facts import Note
from posturecam.knowledge import load
from posturecam.measures.withholding import LIMITS
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.poses.cautions import AHEAD, STEP, Caution
from posturecam.poses.quality import caution_note, check_quality
from posturecam.poses.stance import StanceKind, stance_of
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.text.notes import NOTES
from posturecam.text.sentences import sentence

KNOWLEDGE = load()
LEVEL = pose_of_figure(Figure())
TRUNK_PX = 0.31 * 700.0
SIDES = ("LEFT", "RIGHT")

Moves = dict[str, tuple[float, float]]
"""Part → how far both of its points move: towards the person's left and up, in trunks; for one side ``LEFT_…``."""


def moved(moves: Moves, pose: Pose = LEVEL) -> Pose:
    """Move points of a figure."""
    points = pose.points.copy()
    for part, by in moves.items():
        names = [part] if part.startswith(SIDES) or part == "NOSE" else [f"{side}_{part}" for side in SIDES]
        for name in names:
            points[:, ORDER[Landmark[name]]] += np.array(by) * [1.0, -1.0] * TRUNK_PX
    return replace(pose, points=points)


def turned(pose: Pose, degrees: float) -> Pose:
    """Turn the picture's content."""
    middle = np.array(pose.size_px) / 2
    return replace(pose, points=rotate(pose.points - middle, degrees) + middle)


def beside(points: Moves) -> Pose:
    """Give a body seen from its left side, from where its near points lie: forward and up of the hip, in trunks."""
    pose = replace(LEVEL, view=View.LEFT)
    placed = {"HIP": (0.0, 0.0), **points}
    array: Array = np.full_like(pose.points, 384.0)
    for part, at in placed.items():
        for side in SIDES:
            array[:, ORDER[Landmark[f"{side}_{part}"]]] = np.array([384.0, 512.0]) + np.array(at) * [-200.0, -200.0]
    return replace(pose, points=array)


UPRIGHT: Moves = {
    "SHOULDER": (0.05, 1.0),
    "ELBOW": (0.0, 0.45),
    "WRIST": (0.1, 0.0),
    "KNEE": (0.02, -0.8),
    "ANKLE": (-0.05, -1.5),
    "HEEL": (-0.12, -1.6),
    "FOOT_INDEX": (0.2, -1.65),
}

QUIET = [
    pytest.param(LEVEL, id="level"),
    pytest.param(pose_of_figure(Figure(view=View.BACK)), id="from behind"),
    pytest.param(pose_of_figure(Figure(hip_tilt=10, shoulder_tilt=-10, trunk_lean=8)), id="crooked as people stand"),
    pytest.param(pose_of_figure(Figure(pelvic_shift=6, trunk_lean=-8)), id="weight on one leg, by intention"),
    pytest.param(pose_of_figure(Figure(knee_angle_left=15, knee_angle_right=15)), id="knock-knees"),
    pytest.param(pose_of_figure(Figure(knee_angle_left=-15, knee_angle_right=-15)), id="bow-legs"),
    pytest.param(pose_of_figure(Figure(roll_deg=6.0)), id="camera held askew by 6 degrees"),
    pytest.param(pose_of_figure(Figure(height_px=100)), id="a small person"),
    pytest.param(
        moved({"KNEE": (0, 0.15), "ANKLE": (0, 0.4), "HEEL": (0, 0.4), "FOOT_INDEX": (0, 0.35)}), id="near, from above"
    ),
    pytest.param(moved({"LEFT_ANKLE": (0, 0.08), "LEFT_HEEL": (0, 0.08)}), id="a foot a little ahead"),
    pytest.param(
        moved({"LEFT_ANKLE": (-0.25, 0), "RIGHT_ANKLE": (0.25, 0.18), "RIGHT_KNEE": (0, 0.09)}), id="legs crossed"
    ),
    pytest.param(
        replace(moved({"LEFT_ANKLE": (0, 0.18), "LEFT_KNEE": (0, 0.09)}), view=View.OBLIQUE), id="turned half-way"
    ),
    pytest.param(moved({"LEFT_ANKLE": (0, 0.11)}), id="the free knee of a relaxed stance"),
    pytest.param(moved({"LEFT_ANKLE": (-0.1, 0.04), "RIGHT_ANKLE": (0.1, 0)}), id="feet close together"),
    pytest.param(moved({"KNEE": (0, -9), "ANKLE": (0, -9), "HEEL": (0, -9), "FOOT_INDEX": (0, -9)}), id="legs cut off"),
    pytest.param(beside(UPRIGHT), id="from the side"),
    pytest.param(beside({**UPRIGHT, "SHOULDER": (0.4, 0.92)}), id="a bowed back from the side"),
    pytest.param(beside({**UPRIGHT, "KNEE": (0.25, -0.76), "ANKLE": (0.05, -1.45)}), id="flexed knees from the side"),
    pytest.param(beside({**UPRIGHT, "KNEE": (-0.15, -0.8)}), id="knees pushed back"),
]

NOT_QUIET = [
    pytest.param(moved({"KNEE": (0, 0.6), "ANKLE": (0, 0.5), "HEEL": (0, 0.5)}), StanceKind.SITTING, id="on a chair"),
    pytest.param(beside({**UPRIGHT, "KNEE": (0.8, 0.0), "ANKLE": (0.8, -0.7)}), StanceKind.SITTING, id="chair, side"),
    pytest.param(beside({**UPRIGHT, "KNEE": (0.7, 0.1), "ANKLE": (1.4, 0.0)}), StanceKind.ON_FLOOR, id="floor, side"),
    pytest.param(moved({"KNEE": (0, 0.75), "ANKLE": (0, 1.6), "HEEL": (0, 1.6)}), StanceKind.ON_FLOOR, id="floor"),
    pytest.param(beside({**UPRIGHT, "ANKLE": (-0.65, -0.85)}), StanceKind.KNEELING, id="kneeling, side"),
    pytest.param(
        moved({"ANKLE": (0, 0.75), "HEEL": (0, 0.75), "FOOT_INDEX": (0, 0.75)}), StanceKind.KNEELING, id="kneeling"
    ),
    pytest.param(
        moved({"ANKLE": (0, 0.45), "HEEL": (0, 0.45), "FOOT_INDEX": (0, 0.4)}), StanceKind.KNEES_BENT, id="landing"
    ),
    pytest.param(
        beside({**UPRIGHT, "KNEE": (0.45, -0.65), "ANKLE": (0.1, -1.2)}), StanceKind.KNEES_BENT, id="half squat"
    ),
    pytest.param(turned(LEVEL, 80.0), StanceKind.LYING, id="lying"),
    pytest.param(beside({**UPRIGHT, "SHOULDER": (0.8, 0.6)}), StanceKind.BENDING, id="bent over, side"),
    pytest.param(beside({**UPRIGHT, "SHOULDER": (0.3, -0.95)}), StanceKind.BENDING, id="head below the hips"),
    pytest.param(moved({"SHOULDER": (0.6, -0.1), "ELBOW": (0.6, -0.1)}), StanceKind.BENDING, id="bent sideways"),
    pytest.param(moved({"SHOULDER": (0, -0.4), "NOSE": (0, -0.8)}), StanceKind.BENDING, id="bent towards the camera"),
    pytest.param(
        moved({"LEFT_ANKLE": (0, 0.3), "LEFT_HEEL": (0, 0.3)}), StanceKind.STEPPING, id="one foot off the floor"
    ),
    pytest.param(
        moved({"LEFT_ANKLE": (-0.1, 0.15), "RIGHT_ANKLE": (0.1, 0)}), StanceKind.STEPPING, id="walking up to the camera"
    ),
    pytest.param(
        moved({"LEFT_KNEE": (0, -0.1), "LEFT_ANKLE": (0, 0.06)}), StanceKind.STEPPING, id="one knee bent as in a step"
    ),
    pytest.param(
        moved({"ANKLE": (0, 0.36), "HEEL": (0, 0.36), "FOOT_INDEX": (0, 0.36)}), StanceKind.KNEES_BENT, id="skipping"
    ),
    pytest.param(
        moved({"LEFT_ANKLE": (0, 0.18), "LEFT_KNEE": (0, 0.09)}), StanceKind.STEPPING, id="a foot's length ahead"
    ),
    pytest.param(turned(LEVEL, 20.0), StanceKind.LEANING, id="leaning"),
    pytest.param(moved({"FOOT_INDEX": (0, -0.35)}), StanceKind.IN_THE_AIR, id="toes hang"),
    pytest.param(
        moved({"ELBOW": (0, 1.05), "WRIST": (0, 2.1), "FOOT_INDEX": (0, -0.1)}),
        StanceKind.IN_THE_AIR,
        id="hanging from a bar",
    ),
    pytest.param(
        moved({"ELBOW": (0, 0.8), "WRIST": (0, 1.5), "LEFT_ANKLE": (0.3, 0.05), "RIGHT_ANKLE": (-0.3, 0)}),
        StanceKind.IN_THE_AIR,
        id="arms and legs spread",
    ),
]


@pytest.mark.parametrize("pose", QUIET)
def test_quiet_standing_is_read(pose: Pose) -> None:
    """However crooked, near, small or cut: whoever stands is measured."""
    assert stance_of(pose).kind is StanceKind.STANDING
    assert stance_of(pose.mirrored()).kind is StanceKind.STANDING


@pytest.mark.parametrize(("pose", "kind"), NOT_QUIET)
def test_what_is_no_quiet_standing_is_told_apart(pose: Pose, kind: StanceKind) -> None:
    """The same in the mirror image; the words name it."""
    assert stance_of(pose).kind is kind
    assert stance_of(pose.mirrored()).kind is kind
    quality = check_quality(pose, 1, mirrored=False)
    assert quality.void == quality.notes[0]
    assert quality.stance.kind is kind


def test_a_step_seen_from_the_side() -> None:
    """Feet that lie a foot's length apart no longer stand side by side."""
    step = beside(UPRIGHT)
    points = step.points.copy()
    points[:, ORDER[Landmark.RIGHT_ANKLE], 0] -= 0.9 * 200.0
    assert stance_of(replace(step, points=points)).kind is StanceKind.STEPPING


def test_a_runner_is_told_by_the_leg_that_carries() -> None:
    """The other foot is hidden behind its knee; a leg that ends at the knee has a straight one beside it."""
    hidden = LEVEL.visibility.copy()
    hidden[ORDER[Landmark.LEFT_ANKLE]] = 0.2
    ends = replace(moved({"LEFT_ANKLE": (0.1, 1.2)}), visibility=hidden)
    runs = moved({"RIGHT_ANKLE": (0, 0.4)}, ends)
    assert stance_of(ends).kind is StanceKind.STANDING
    assert stance_of(ends).cautions == (Caution.LIMB_HIDDEN,)
    assert stance_of(runs).kind is stance_of(runs.mirrored()).kind is StanceKind.KNEES_BENT


def test_a_known_roll_is_no_lean() -> None:
    """A camera held askew by a known angle makes nobody lean."""
    askew = pose_of_figure(Figure(roll_deg=20.0))
    assert stance_of(askew).kind is StanceKind.LEANING
    assert stance_of(askew, 20.0).kind is StanceKind.STANDING


CAREFUL = [
    pytest.param(moved({"ELBOW": (0.0, 0.55), "WRIST": (0.0, 1.0)}), Caution.ARMS_RAISED, id="arms raised"),
    pytest.param(moved({"RIGHT_ELBOW": (-0.4, 0.35)}), Caution.ARMS_RAISED, id="one arm spread"),
    pytest.param(moved({"LEFT_WRIST": (-0.2, 0.5)}), Caution.ARMS_FOLDED, id="a hand before the body"),
    pytest.param(moved({"LEFT_WRIST": (-0.3, 0), "RIGHT_WRIST": (0.3, 0)}), Caution.HANDS_TOGETHER, id="hands low"),
    pytest.param(moved({"LEFT_ANKLE": (0.3, 0), "RIGHT_ANKLE": (-0.3, 0)}), Caution.LEGS_WIDE, id="legs wide"),
    pytest.param(moved({"LEFT_ANKLE": (-0.25, 0), "RIGHT_ANKLE": (0.25, 0)}), Caution.LEGS_CROSSED, id="legs crossed"),
    pytest.param(moved({"LEFT_ANKLE": (0, 0.15)}), Caution.FOOT_AHEAD, id="a foot ahead"),
    pytest.param(moved({"LEFT_ANKLE": (0, 0.09)}), Caution.FOOT_AHEAD, id="a foot half ahead"),
    pytest.param(moved({"NOSE": (0, -0.12)}), Caution.HEAD_BOWED, id="head bowed"),
    pytest.param(moved({"NOSE": (0.15, 0)}), Caution.HEAD_TURNED, id="head turned"),
    pytest.param(moved({"FOOT_INDEX": (0, -0.14)}), Caution.TOES_DOWN, id="high heels"),
]


@pytest.mark.parametrize(("pose", "caution"), CAREFUL)
def test_softer_ones_touch_only_their_own_numbers(pose: Pose, caution: Caution) -> None:
    """The photo is read; a note says what was left out or widened, and the other numbers stay as they are."""
    assert stance_of(pose).cautions == (caution,)
    assert stance_of(pose.mirrored()).cautions == (caution,)
    told = assessed(pose)
    free = {key: one for key, one in numbers(told).items() if not key.startswith(touched(caution))}
    assert free
    assert told.void is None
    limit = LIMITS[caution]
    assert not [key for key in numbers(told) if key.startswith(limit.withheld)] if limit.withheld else True
    assert caution_note(caution) in told.notes


@pytest.mark.parametrize("view", [View.FRONT, View.BACK])
def test_arms_stretched_out_sideways_leave_the_shoulders_unmeasured(view: View) -> None:
    """Each shoulder measure says why; pelvis, legs and head are read as ever, and the mirror image is told the same."""
    out = {
        "LEFT_ELBOW": (0.5, 0.58),
        "LEFT_WRIST": (1.0, 1.06),
        "RIGHT_ELBOW": (-0.5, 0.58),
        "RIGHT_WRIST": (-1.0, 1.06),
    }
    sign = -1.0 if view is View.BACK else 1.0
    pose = pose_of_figure(Figure(hip_tilt=5.0, view=view))
    told = assessed(moved({part: (sign * aside, up) for part, (aside, up) in out.items()}, pose))
    assert told.void is None
    assert told.stance.cautions == (Caution.ARMS_RAISED,)
    assert told["hip_tilt"].value == pytest.approx(5.0, abs=0.01)
    assert "head_tilt" in numbers(told)
    why = {one.key: sentence(one.reason) for one in told.unmeasured}
    assert "the arms are raised" in why["shoulder_tilt"]
    assert not [key for key in numbers(told) if key.startswith("shoulder_")]


@pytest.mark.parametrize("up", [0.0, 0.4])
def test_hands_behind_the_back_widen_the_shoulders(up: float) -> None:
    """Low or at the small of the back: the note is true of both, and the pelvis is read as ever."""
    plain = pose_of_figure(Figure(view=View.BACK, noise_px=1.0))
    pose = moved({"LEFT_WRIST": (0.35, up), "RIGHT_WRIST": (-0.35, up)}, plain)
    told, before = assessed(pose), assessed(plain)
    assert told.stance.cautions == ((Caution.ARMS_FOLDED,) if up else (Caution.HANDS_TOGETHER,))
    assert "behind it" in str(caution_note(told.stance.cautions[0]))
    assert told["shoulder_tilt"].sem > 1.6 * before["shoulder_tilt"].sem
    assert told["hip_tilt"].sem == pytest.approx(before["hip_tilt"].sem, rel=0.01)


def touched(caution: Caution) -> tuple[str, ...]:
    """Beginnings of the keys that a caution touches."""
    return (*LIMITS[caution].withheld, *LIMITS[caution].wider)


def assessed(pose: Pose) -> Assessment:
    """Measure a pose."""
    return assess_pose(pose, PhotoInfo("p.jpg", "0" * 64, *pose.size_px), Settings(roll_deg=0.0), KNOWLEDGE)


def numbers(told: Assessment) -> dict[str, float]:
    """Give the values by key."""
    return {one.key: one.value for one in told.measurements}


def test_a_wider_number_is_graded_by_its_wider_interval() -> None:
    """What stands out with both arms hanging is within the noise of somebody whose hands are full."""
    tilted = pose_of_figure(Figure(shoulder_tilt=3.0, noise_px=1.0))
    full = moved({"LEFT_WRIST": (-0.2, 0.5)}, tilted)
    plain, careful = assessed(tilted)["shoulder_tilt"], assessed(full)["shoulder_tilt"]
    assert careful.value == pytest.approx(plain.value, abs=0.5)
    assert careful.sem == pytest.approx(2 * plain.sem, rel=0.2)
    assert careful.low <= careful.value <= careful.high


def test_a_void_photo_has_no_numbers_at_all() -> None:
    """Neither tilts nor findings nor exercises; each measure says that it was not read."""
    told = assessed(NOT_QUIET[0].values[0])
    assert told.void is not None
    assert not told.measurements
    assert told.unmeasured
    assert not any(finding.found for finding in told.findings)
    assert not told.conclusion.plan.steps


def test_every_kind_and_caution_has_its_words() -> None:
    """And every caution does something."""
    assert {f"stance_{kind}" for kind in StanceKind} - NOTES.keys() == {"stance_standing"}
    assert all(caution_note(caution).kind in NOTES for caution in Caution)
    assert set(Caution) == set(LIMITS)
    assert all(any(key.startswith(touched(caution)) for key in KNOWLEDGE.norms) for caution in Caution)


def test_nobody_is_told_to_stand_who_may_not_be_able_to() -> None:
    """The words for somebody who sits speak of wheelchairs, and give no order."""
    words = str(Note("stance_sitting"))
    assert "wheelchair" in words
    assert "squats" in words
    assert "jumps" in words
    for caution in (Caution.ARMS_RAISED, Caution.ARMS_FOLDED, Caution.HANDS_TOGETHER):
        assert str(caution_note(caution)).endswith("where that is possible.")
    assert "walking aid" in str(caution_note(Caution.ARMS_FOLDED))
    assert "Stand " not in words


def test_two_photos_on_either_side_of_a_limit_read_alike() -> None:
    """A foot just ahead of the limit widens nothing yet; a whole step's length ahead doubles."""
    before, beyond, far = (
        stance_of(moved({"LEFT_ANKLE": (0.0, -shift)})).weighed.get(Caution.FOOT_AHEAD, 0.0)
        for shift in (AHEAD - 0.002, AHEAD + 0.002, STEP - 0.005)
    )
    assert before == 0.0
    assert beyond < 0.1
    assert far > 0.9


def test_people_who_stand_are_counted_beside_the_limits() -> None:
    """One of two bends: the table says so, and which limit was passed."""
    text = as_tables([LEVEL, turned(LEVEL, 30.0)])
    assert "2 people, all standing" in text
    assert "| standing | 1 |" in text
    assert "| bending | 1 |" in text
    assert "| trunk's lean | 25 | " in text
    row = next(line for line in text.splitlines() if line.startswith("| trunk's lean"))
    assert row.endswith("| 50.0% |")
