"""The balance test beside a photo: evidence for patterns, the age's norm only when the age is known, refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from balance_support import leg, stored
from pattern_support import KNOWLEDGE, person
from posturecam.body import Side, View
from posturecam.errors import SettingsError, StoredError
from posturecam.measures.balance import Balance, Leg, balance_of
from posturecam.patterns import score
from posturecam.patterns.answers import Answers
from posturecam.patterns.chain import read_chain
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.pipeline.exam import exam_of, with_balance
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.records.sittings import seen_in
from posturecam.reports.range_bar import in_characters, range_bar_of, spoken_range
from posturecam.reports.terminal.report_text import views_words
from posturecam.storage import exam_json
from posturecam.storage.assessment_json import assessment_bytes
from posturecam.storage.rescoring import renewed
from posturecam.storage.stored_balance import read_balance
from posturecam.text.sentences import sentence

INJURED_LEFT = Answers({"old_injury": ("left",)})
AWAY_FROM_LEFT = {"pelvic_shift": -1.5, "hip_tilt": -4.0}
OVER_LEFT = {"pelvic_shift": 1.8, "hip_tilt": 4.0}


def stood(left: float, right: float, *, cut_off: Side | None = None, age: str | None = None) -> Balance:
    """A balance test with these times, seconds."""
    legs = {side: Leg(time, side is not cut_off) for side, time in ((Side.LEFT, left), (Side.RIGHT, right))}
    return balance_of(legs, KNOWLEDGE, age)


def verdict(pattern: str, values: dict[str, float], balance: Balance, answers: Answers) -> tuple[str, float, Side]:
    """What a person with these values and this balance test is consistent with."""
    found = score((*person(values), *balance.measurements), View.FRONT, KNOWLEDGE, answers)
    one = next(one for one in found if one.pattern == pattern)
    return one.verdict, one.score, one.side


@pytest.mark.parametrize(
    ("balance", "why"),
    [
        (stood(20.0, 20.0), "both legs alike"),
        (stood(18.0, 20.0), "within the noise of a time"),
        (stood(30.0, 10.0), "the injured leg stands longer"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_an_old_injury_is_not_consistent_when_the_balance_speaks_against_it(balance: Balance, why: str) -> None:
    """What the test says counts: it is a gate where it was measured."""
    assert verdict("P02", AWAY_FROM_LEFT, balance, INJURED_LEFT)[0] not in ("consistent", "weak"), why


def test_a_shorter_time_on_the_injured_leg_speaks_for_the_ascending_chain() -> None:
    """The score is higher than without the test, and the side is the injured one."""
    without = verdict("P02", AWAY_FROM_LEFT, Balance((), (), ()), INJURED_LEFT)
    joined = verdict("P02", AWAY_FROM_LEFT, stood(12.0, 31.0), INJURED_LEFT)
    assert joined[0] == "consistent"
    assert joined[1] > without[1]
    assert joined[2] is Side.LEFT


def test_a_side_bias_speaks_for_hip_hanging_or_against_it() -> None:
    """In the place of the answer about the habit."""
    alone, fitting, against = (
        verdict("P06", OVER_LEFT, one, Answers()) for one in (Balance((), (), ()), stood(31.0, 12.0), stood(12.0, 31.0))
    )
    assert fitting[1] > alone[1] > against[1]
    assert fitting[2] is Side.LEFT


def test_the_mirror_image_gives_the_mirrored_finding() -> None:
    """Photo, test and answer mirrored: the other side, the same score."""
    here = verdict("P02", AWAY_FROM_LEFT, stood(12.0, 31.0), INJURED_LEFT)
    mirrored = {key: -value for key, value in AWAY_FROM_LEFT.items()}
    there = verdict("P02", mirrored, stood(31.0, 12.0), INJURED_LEFT.mirrored())
    assert there == (here[0], here[1], Side.RIGHT)


def test_a_try_that_was_not_seen_to_its_end_is_no_evidence() -> None:
    """Its time is known from below only; the note says so, and which leg stood longer is not said."""
    balance = stood(6.0, 31.0, cut_off=Side.LEFT)
    assert "single_leg_time_left" not in {one.key for one in balance.measurements}
    assert any(one.key == "single_leg_time_left" and "ended" in sentence(one.reason) for one in balance.unmeasured)
    assert not any("longer on" in str(note) for note in balance.notes)
    same = verdict("P02", AWAY_FROM_LEFT, Balance((), (), ()), INJURED_LEFT)
    assert verdict("P02", AWAY_FROM_LEFT, balance, INJURED_LEFT) == same


@pytest.mark.parametrize(
    ("age", "seconds", "severity"),
    [
        (None, 3.0, "ungraded"),
        ("under 18", 3.0, "ungraded"),
        ("18 to 39", 40.0, "neutral"),
        ("18 to 39", 31.0, "within_noise"),
        ("18 to 39", 27.0, "mild"),
        ("18 to 39", 12.0, "moderate"),
        ("60 to 69", 27.0, "neutral"),
        ("70 or over", 8.5, "neutral"),
    ],
)
def test_a_time_is_graded_only_where_the_age_is_known(age: str | None, seconds: float, severity: str) -> None:
    """Below 70 % of the age's mean mild, below half of it moderate; nothing inside its noise."""
    found = {one.key: one for one in stood(seconds, 20.0, age=age).measurements}
    assert found["single_leg_time_left"].severity == severity


def test_what_is_compared_within_the_person_is_no_link_of_the_chain() -> None:
    """Three seconds on either leg do not make a pelvis uneven."""
    measurements = (*person({}), *stood(3.0, 3.0).measurements)
    links = read_chain(measurements, (), KNOWLEDGE).links
    assert {link.state for link in links} == {link.state for link in read_chain(person({}), (), KNOWLEDGE).links}


def test_the_strip_of_what_is_ungraded_has_no_usual_range() -> None:
    """Neither drawn nor spoken; both legs lie on the same axis."""
    times = [one for one in stood(12.0, 31.0).measurements if one.key.startswith("single_leg_time")]
    strip, other = (range_bar_of(one, KNOWLEDGE.norm(one.key)) for one in times)
    assert (strip.low, strip.high) == (other.low, other.high)
    assert strip.zones == ()
    assert "─" not in in_characters(strip)
    assert "no usual range" in spoken_range(strip)
    assert strip.low == 0.0


@pytest.fixture(scope="module")
def photo() -> Assessment:
    """A figure from the front that stands away from its left leg."""
    pose = pose_of_figure(Figure(hip_tilt=-4.0, pelvic_shift=-1.5))
    return assess_pose(pose, PhotoInfo("figure", "0" * 64, *pose.size_px), Settings(), KNOWLEDGE, INJURED_LEFT)


def test_a_photo_and_a_balance_test_are_one_assessment(photo: Assessment) -> None:
    """Numbers, reasons and sentences of both, one conclusion; scored again from its JSON it stays the same."""
    joined = with_balance(photo, stood(12.0, 31.0), KNOWLEDGE)
    assert joined["single_leg_time_left"].value == 12.0
    assert any("19.0 s longer on the right leg" in str(note) for note in joined.notes)
    assert len(joined.notes) == len(set(joined.notes))
    assert with_balance(photo, None, KNOWLEDGE) is photo
    pattern = {one.pattern: one for one in joined.findings}["P02"]
    assert any("19 s shorter on the left leg" in one.words for one in pattern.evidence if one.supports)
    again = renewed(json.loads(assessment_bytes(joined)), KNOWLEDGE)
    assert [one["score"] for one in again["findings"]] == [one.score for one in joined.findings]


def test_stored_numbers_take_the_test_in_and_a_later_one_replaces_it(photo: Assessment) -> None:
    """Joined when it is scored again: the same findings as joined at once."""
    plain = json.loads(assessment_bytes(photo))
    first = renewed(plain, KNOWLEDGE, balance=stood(30.0, 31.0))
    second = renewed(first, KNOWLEDGE, balance=stood(12.0, 31.0))
    keys = [one["key"] for one in second["measurements"]]
    assert len(keys) == len(set(keys))
    at_once = with_balance(photo, stood(12.0, 31.0), KNOWLEDGE)
    assert [one["score"] for one in second["findings"]] == [one.score for one in at_once.findings]


def test_an_exam_takes_the_test_in(photo: Assessment) -> None:
    """Its numbers come from no photo; a stored exam is read back, and one scored again too."""
    exam = exam_of([photo], (), KNOWLEDGE, INJURED_LEFT, balance=stood(12.0, 31.0))
    own = next(one for one in exam.measurements if one.measurement.key == "single_leg_time_left")
    assert (own.photos, views_words(own)) == (0, "balance test")
    assert {one.pattern: one for one in exam.findings}["P02"].score > 0
    bare = json.loads(exam_json.exam_bytes(exam_of([photo], (), KNOWLEDGE, INJURED_LEFT)))
    for document in (exam_json.exam_bytes(exam), json.dumps(renewed(bare, KNOWLEDGE, balance=stood(12.0, 31.0)))):
        readings = seen_in(document, "exam", None, "exam").sitting.by_key
        assert readings["single_leg_time_left"].value == 12.0


def test_a_stored_test_is_read_back(tmp_path: Path) -> None:
    """A leg without a try, a try without an end, and a file that lists no tries."""
    found = read_balance(stored(tmp_path, leg(12.0, 9.0, 13.0), leg(None)), KNOWLEDGE, None)
    assert found is not None
    assert {one.key: one.value for one in found.measurements}["single_leg_time_left"] == 12.0
    assert any("no try on the right leg" in sentence(one.reason) for one in found.unmeasured)
    cut = read_balance(stored(tmp_path, leg(12.0, 9.0, None), leg(4.0, 5.0)), KNOWLEDGE, None)
    assert cut is not None
    assert any("at least as long" in str(note) for note in cut.notes)
    bare = read_balance(stored(tmp_path, {"seconds": 60.0}, {"seconds": 30}), KNOWLEDGE, None)
    assert bare is not None
    assert bare.measurements[0].value == 45.0
    assert read_balance(None, KNOWLEDGE, None) is None


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (leg(None), leg(None), "no try on either leg"),
        ({"seconds": "long"}, leg(3.0), "left.seconds"),
        ({"seconds": -1.0}, leg(3.0), "below 0"),
        (None, leg(3.0), "left is missing"),
        ({"seconds": 3.0, "tries": [{"touch_down_s": 4.0}]}, leg(3.0), "tries[0].lift_off_s"),
    ],
)
def test_a_bad_file_is_told_in_one_line(left: Any, right: Any, said: str, tmp_path: Path) -> None:
    """What, where, and how to come by a sound one."""
    with pytest.raises(StoredError) as caught:
        read_balance(stored(tmp_path, left, right), KNOWLEDGE, None)
    assert said in str(caught.value)
    assert "posturecam live --balance" in str(caught.value)


@pytest.mark.parametrize("sign", ["dizzy_falls", "trauma", "weakness", "sudden_headache"])
def test_after_a_sign_of_dizziness_or_falls_no_balance_is_read(sign: str, tmp_path: Path) -> None:
    """On every way in."""
    path = stored(tmp_path, leg(12.0), leg(30.0))
    with pytest.raises(SettingsError, match="professional"):
        read_balance(path, KNOWLEDGE, Answers(warnings=(sign,)))
    data = {"view": "front", "measurements": [], "answers": {sign: True}}
    with pytest.raises(SettingsError, match="professional"):
        renewed(data, KNOWLEDGE, balance=stood(12.0, 30.0))
