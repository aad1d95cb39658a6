"""What to do first: the order of work, and the safety rules that come before it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pattern_support import CROSS_BODY, KNOWLEDGE, person
from posturecam.body import Side, View
from posturecam.errors import AnswersError
from posturecam.errors.facts import Note, as_written
from posturecam.patterns.answers import Answers, check_answers, read_answers
from posturecam.patterns.plan import FORWARD_WITH_AGE, Conclusion, conclude
from posturecam.patterns.red_flags import answered, measured
from posturecam.storage.rescoring import StoredReading


def concluded(values: Mapping[str, float], answers: Mapping[str, Any] | None = None, sem: float = 0.6) -> Conclusion:
    """Everything that follows for one person from the front."""
    return conclude(person(values, sem), View.FRONT, KNOWLEDGE, check_answers(answers or {}, KNOWLEDGE))


@pytest.mark.parametrize("key", list(KNOWLEDGE.warnings))
def test_an_answered_warning_sign_silences_everything(key: str) -> None:
    """No pattern, no exercise, only whom to see, why and how soon."""
    conclusion = concluded(CROSS_BODY, {key: True})
    assert conclusion.findings == ()
    assert conclusion.plan.steps == ()
    assert conclusion.chain.drivers == ()
    assert conclusion.red_flags[0].key == key
    assert KNOWLEDGE.warnings[key].reason in (conclusion.plan.first or "")
    assert conclusion.notes


def test_the_most_urgent_sign_comes_first() -> None:
    """And a sign that was answered with no says nothing."""
    flags = answered(check_answers({"dizzy_falls": True, "chest": True, "weakness": False}, KNOWLEDGE), KNOWLEDGE)
    assert [flag.key for flag in flags] == ["chest", "dizzy_falls"]
    assert flags[0].urgency == "emergency"


@pytest.mark.parametrize("key", list(KNOWLEDGE.limits))
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_measured_limit_counts_only_with_its_whole_interval(key: str, sign: float) -> None:
    """A value beyond it whose interval is not says nothing."""
    beyond = KNOWLEDGE.limits[key].beyond
    value = sign * beyond * 1.5
    assert measured([StoredReading(key, value, beyond * 0.2)], KNOWLEDGE)
    assert not measured([StoredReading(key, value, beyond * 0.3)], KNOWLEDGE)


def test_a_measured_limit_comes_first_and_drops_the_exercises() -> None:
    """The patterns stay."""
    conclusion = concluded({**CROSS_BODY, "hip_tilt": 8.0, "trunk_bend": 12.0})
    assert (conclusion.plan.first or "").startswith("Please show this to a professional")
    assert conclusion.plan.steps == ()
    assert conclusion.findings[0].pattern == "P01"
    assert [flag.kind for flag in conclusion.red_flags] == ["measured"]


def test_under_eighteen_only_the_measurements() -> None:
    """A growing body is a professional's."""
    conclusion = concluded(CROSS_BODY, {"age_band": "under 18"})
    assert (conclusion.findings, conclusion.plan.steps) == ((), ())
    assert "Under 18" in str(conclusion.notes[0])


def test_pain_today_is_not_scored() -> None:
    """And the note says what to do instead."""
    conclusion = concluded(CROSS_BODY, {"pain_today": "yes"})
    assert {one.verdict for one in conclusion.findings} == {"not_assessed"}
    assert conclusion.plan.steps == ()
    assert "not scored" in str(conclusion.notes[0])


def test_a_photo_that_shows_no_posture_is_not_scored() -> None:
    """The reason stands with every pattern."""
    conclusion = conclude(person(CROSS_BODY), View.FRONT, KNOWLEDGE, void=as_written("The body is turned."))
    assert {str(one.reason) for one in conclusion.findings} == {"not scored: The body is turned"}
    assert conclusion.plan.steps == ()


def test_a_level_person_hears_it_kindly() -> None:
    """No pattern, no exercise."""
    conclusion = concluded({}, sem=0.3)
    assert "No pattern stands out" in str(conclusion.notes[0])
    assert conclusion.plan.steps == ()


def test_what_stands_out_without_a_pattern_is_not_called_small() -> None:
    """A curve that is sent to a professional is never how bodies are built."""
    conclusion = concluded({"spinal_curve": 7.0}, sem=0.3)
    assert conclusion.red_flags
    assert conclusion.notes == (Note("nothing_fits"),)


def test_the_order_of_work() -> None:
    """What feeds it, hips, spine, shoulder blades, neck, the whole; in each, release before activating."""
    steps = concluded(CROSS_BODY).plan.steps
    phases = ("stressor", "release", "activate", "integrate")
    order = [(step.rank, phases.index(step.phase)) for step in steps]
    assert order == sorted(order)
    assert (steps[0].phase, steps[-1].phase) == ("stressor", "integrate")
    assert {step.rank for step in steps} == {0, 1, 2, 3, 4, 5}


def test_the_first_pattern_is_worked_on_as_its_source_says() -> None:
    """Inner thigh on the high side and outer hip on the other, then the waist, and the neck of the other side last."""
    steps = concluded(CROSS_BODY).plan.steps
    done = [(step.rank, step.phase, {(one.muscle, one.side) for one in step.muscles}) for step in steps]

    def at(rank: int, phase: str) -> set[tuple[str, Side]]:
        return set().union(*(muscles for r, p, muscles in done if (r, p) == (rank, phase)))

    assert {("adductors", Side.LEFT), ("tensor_fasciae_latae", Side.RIGHT)} <= at(1, "release")
    assert {("gluteus_medius", Side.LEFT), ("adductors", Side.RIGHT)} <= at(1, "activate")
    assert ("quadratus_lumborum", Side.LEFT) in at(2, "release")
    assert ("lower_trapezius", Side.RIGHT) in at(3, "activate")
    assert ("upper_trapezius", Side.RIGHT) in at(4, "release")


def test_what_may_feel_tight_is_not_strengthened() -> None:
    """Of two drivers one may call long what the other calls short: it is released only."""
    values = {**CROSS_BODY, "knee_angle_left": 12.0, "foot_turn_left": 18.0}
    steps = concluded(values).plan.steps
    released = {one for step in steps if step.phase == "release" for one in step.muscles}
    activated = {one for step in steps if step.phase == "activate" for one in step.muscles}
    assert not released & activated


def test_every_step_names_its_side_and_no_gap_stays_open() -> None:
    """For patterns with a side, for those without, and for both legs."""
    both = {"knee_angle_left": -12.0, "knee_angle_right": -12.0}
    for values in (CROSS_BODY, both, {"head_tilt": -8.0, "neck_bend": 8.0}):
        for step in concluded(values).plan.steps:
            assert "{" not in step.title + step.how
            assert "both " not in step.title.replace("on both sides", "")


def test_technique_and_dose_are_given() -> None:
    """Gentle, daily, never forced; a self-check, when to look again, when to stop."""
    plan = concluded(CROSS_BODY).plan
    assert "Never force" in plan.techniques["release"]
    assert "tenth to a quarter" in plan.techniques["release"]
    for text in (plan.dose, plan.self_check, plan.again, plan.stop):
        assert text


def test_older_people_hold_on() -> None:
    """The self-check is on one foot."""
    assert "chair" in concluded(CROSS_BODY, {"age_band": "70 or over"}).plan.self_check


def test_the_report_says_how_an_answer_counted() -> None:
    """For what is seen."""
    notes = concluded({"shoulder_tilt": 4.0, "trunk_bend": -4.0, "neck_bend": 4.0}, {"bag_side": "left"}).notes
    assert any("carries on the left" in str(note) and "counted for" in str(note) for note in notes)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"bag_sied": "left"}, "bag_sied: no such question; nearest: bag_side"),
        ({"bag_side": "lefft"}, "nearest: left"),
        ({"bag_side": ["left", "right"]}, "one of"),
        ({"chest": "perhaps"}, "true or false"),
        ({"age_band": 17}, "under 18"),
    ],
)
def test_unknown_answers_are_refused_by_name(answers: dict[str, Any], said: str) -> None:
    """With what is allowed and the nearest."""
    with pytest.raises(AnswersError, match="answers") as caught:
        check_answers(answers, KNOWLEDGE)
    assert said in str(caught.value)


def test_every_fault_of_an_answers_file_is_reported(tmp_path: Path) -> None:
    """At once; a file that is no TOML, or is not there, as well."""
    path = tmp_path / "answers.toml"
    path.write_text('bag_sied = "left"\nheels = "dayly"\n')
    with pytest.raises(AnswersError) as caught:
        read_answers(path, KNOWLEDGE)
    assert len(caught.value.faults) == 2
    path.write_text("bag_side = left")
    with pytest.raises(AnswersError, match="TOML"):
        read_answers(path, KNOWLEDGE)
    with pytest.raises(AnswersError, match="does not exist"):
        read_answers(tmp_path / "none.toml", KNOWLEDGE)


def test_answers_turn_with_the_mirror() -> None:
    """Left becomes right, the rest stays."""
    told = Answers({"bag_side": ("left",), "heels": ("daily",)}, ("chest",))
    assert told.mirrored() == Answers({"bag_side": ("right",), "heels": ("daily",)}, ("chest",))


def test_ask_writes_what_was_typed_and_skips_what_was_not(tmp_path: Path) -> None:
    """And what it writes is understood again."""
    from posturecam.cli import app

    path = tmp_path / "answers.toml"
    typed = ["maybe", "n"] + [""] * (len(KNOWLEDGE.warnings) - 1)
    for key in KNOWLEDGE.questions:
        typed += {"bag_side": ["9", "left"], "pain_where": ["2, 3"], "dominant_hand": ["2"]}.get(key, [""])
    done = CliRunner().invoke(app, ["ask", "--out", str(path)], input="\n".join(typed) + "\n")
    assert done.exit_code == 0, done.output
    written = tomllib.loads(path.read_text("utf-8"))
    first = next(iter(KNOWLEDGE.warnings))
    assert written == {first: False, "pain_where": ["head", "neck"], "bag_side": "left", "dominant_hand": "right"}
    assert read_answers(path, KNOWLEDGE).given["bag_side"] == ("left",)


@pytest.mark.parametrize(
    ("angle", "age", "said"), [(40.0, "70 or over", True), (49.0, "70 or over", False), (40.0, "60 to 69", False)]
)
@pytest.mark.parametrize("key", ["craniovertebral_angle", "craniovertebral_proxy"])
def test_a_head_carried_forward_with_age_is_told_so(key: str, angle: float, age: str, *, said: bool) -> None:
    """Only to those who told that they are 70 or over, and only where the head is called forward."""
    told = check_answers({"age_band": age}, KNOWLEDGE)
    notes = conclude([StoredReading(key, angle, 1.0)], View.LEFT, KNOWLEDGE, told).notes
    assert (FORWARD_WITH_AGE in notes) is said
