"""Rendered people who sit, bend, walk, hang, wear a long skirt or stand on one leg and crutches, and every report."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posturecam.knowledge import load
from posturecam.measures.withholding import NO_POSTURE
from posturecam.picture.photo import Photo, read
from posturecam.pipeline.assessment import Assessment, Settings
from posturecam.pipeline.exam import assess_photo, exam_of
from posturecam.poses.cautions import Caution
from posturecam.poses.finder import Finder
from posturecam.poses.quality import caution_note
from posturecam.reports.drawing.canvas import ON_PHOTO
from posturecam.reports.drawing.photo_overlay import draw, draw_figure
from posturecam.reports.html.report_page import exam_page, photo_page
from posturecam.reports.measurement_tables import measurement_rows
from posturecam.reports.terminal.report_text import print_assessment
from posturecam.storage.assessment_json import from_json, to_json
from posturecam.storage.stored import assessment_again
from posturecam.text import findings_text
from posturecam.text.exam_telling import together
from posturecam.text.sentences import sentence
from repository import TESTS

PHOTOS = TESTS / "photos" / "stance"
TRUTH: dict[str, dict[str, Any]] = json.loads((PHOTOS / "truth.json").read_text(encoding="utf-8"))
KNOWLEDGE = load()
READ = [name for name, shown in TRUTH.items() if shown["kind"] == "standing"]

Told = dict[str, tuple[Photo, Assessment]]


@pytest.fixture(scope="module")
def told(finder: Finder) -> Told:
    """Assess every picture once."""
    photos = {name: read(PHOTOS / f"{name}.jpg") for name in TRUTH}
    return {
        name: (photo, assess_photo(photo, finder, Settings(), KNOWLEDGE, outline=name in READ))
        for name, photo in photos.items()
    }


@pytest.mark.parametrize("name", TRUTH)
def test_each_is_told_for_what_it_is(told: Told, name: str) -> None:
    """The kind of stance and what to be careful about; a void photo has no number at all."""
    _photo, assessment = told[name]
    assert assessment.stance.kind.value == TRUTH[name]["kind"]
    assert [caution.value for caution in assessment.stance.cautions] == TRUTH[name]["cautions"]
    assert (assessment.void is None) == (name in READ)
    assert bool(assessment.measurements) == (name in READ)


def test_a_long_skirt_leaves_the_legs_unmeasured(told: Told) -> None:
    """And a tunic widens the hips; both say that clothes are the reason."""
    for name, keys in (("skirt_front", ("knee_", "foot_turn", "hip_adduction")), ("amputee_front", ("knee_",))):
        assessment = told[name][1]
        assert not [one.key for one in assessment.measurements if one.key.startswith(keys)], name
        assert [one for one in assessment.unmeasured if one.key.startswith(keys)], name
        assert {"hip_tilt", "shoulder_tilt"} <= {one.key for one in assessment.measurements}, name
    for name, caution in (("skirt_front", Caution.LONG_SKIRT), ("kameez_front", Caution.LOOSE_CLOTHES)):
        assert caution_note(caution) in told[name][1].notes
        assert "Clothes" in str(caution_note(caution))


def test_the_clothes_are_kept_with_the_points(told: Told, tmp_path: Path) -> None:
    """Stored points measured again leave out the same numbers, though no outline was stored."""
    assessment = told["skirt_front"][1]
    path = tmp_path / "assessment.json"
    path.write_text(json.dumps(to_json(assessment)), encoding="utf-8")
    again = assessment_again(path, Settings(), KNOWLEDGE)
    assert again.stance.cautions == assessment.stance.cautions
    assert not [one.key for one in again.measurements if one.key.startswith("knee_")]
    damaged = to_json(assessment) | {"stance": {"cautions": 3}}
    assert from_json(damaged).clothes == ()


def test_a_leg_that_ends_at_the_knee_is_measured_and_not_called_turned(told: Told) -> None:
    """Who stands square on one leg and crutches stands square."""
    assessment = told["amputee_front"][1]
    assert assessment.pose.turn is not None
    assert abs(assessment.pose.turn.value_deg) < 5.0
    assert not any("turned" in str(note) or "Step back" in str(note) for note in assessment.notes)
    assert assessment["hip_tilt"].sem < 5.0
    assert assessment["trunk_lean"].sem < 2.0


def test_every_report_of_a_void_photo_shows_the_reason_and_no_deviation(told: Told) -> None:
    """In the terminal, on the page, in the tables and in JSON."""
    photo, assessment = told["wheelchair_front"]
    assert assessment.void is not None
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere:
        print_assessment(assessment, KNOWLEDGE, nowhere)
    assert findings_text.without_findings(assessment) == (sentence(assessment.void),)
    assert sentence(assessment.void) not in findings_text.notes_beside(assessment)
    assert not findings_text.unmeasured_lines(assessment, KNOWLEDGE)
    html = photo_page(assessment, draw(assessment, photo), KNOWLEDGE)
    assert html.count("in a wheelchair") >= 1
    assert "<tbody>" not in html
    assert "Beyond what is usual" not in html
    whole = to_json(assessment)
    assert whole["void"] == sentence(assessment.void)
    assert whole["void_code"] == {"code": "stance_sitting"}
    assert whole["stance"]["kind"] == "sitting"
    assert whole["measurements"] == []
    table = list(measurement_rows([assessment], KNOWLEDGE))
    assert table
    assert not any("value" in row for row in table)
    assert any(row["unmeasured_because"] == sentence(NO_POSTURE) for row in table)


def test_the_overlay_is_the_picture_with_the_reason(told: Told) -> None:
    """The words stand below the person; no line, box or label in the colours of a deviation is drawn."""
    photo, assessment = told["wheelchair_front"]
    drawn, plain = draw(assessment, photo), photo.pixels
    assert drawn.shape[0] / drawn.shape[1] > plain.shape[0] / plain.shape[1]
    for colour in (ON_PHOTO.mild, ON_PHOTO.strong):
        assert not (drawn == np.array(colour, np.uint8)).all(axis=2).any()
    assert draw_figure(assessment).shape[2] == 3


def test_an_exam_leaves_the_void_photo_out_and_says_why(told: Told) -> None:
    """Its other photos are read as ever; of nothing but void photos the exam is void."""
    sits, stands = told["wheelchair_front"][1], told["kameez_front"][1]
    both = exam_of([sits, stands], [], KNOWLEDGE)
    assert both.measurements
    assert together(both).void is None
    assert any(str(sits.void) in str(note) for note in both.notes)
    other = replace(told["sit_back"][1])
    none = exam_of([sits, other], [], KNOWLEDGE)
    assert not none.measurements
    assert together(none).void is not None
    html = exam_page(none, [np.zeros((40, 30, 3), np.uint8)] * 2, KNOWLEDGE)
    assert "wheelchair" in html


@pytest.mark.parametrize("name", ["wheelchair_front", "walk_left", "skirt_front"])
def test_a_mirrored_photo_is_told_the_same(told: Told, finder: Finder, name: str) -> None:
    """The stance is even: the mirror image of a photo has the same one."""
    photo, assessment = told[name]
    there = assess_photo(photo.mirrored(), finder, Settings(), KNOWLEDGE, outline=name in READ)
    assert there.stance.kind is assessment.stance.kind
    assert there.stance.cautions == assessment.stance.cautions
    assert there.void == assessment.void
