"""The exam: photos combined by their errors, contradictions shown, re-stands, mirrored photos, photos that fail."""

import io
import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from posturecam.body import View
from posturecam.errors import NobodyFound, PhotoError
from posturecam.errors.facts import as_note, as_written
from posturecam.knowledge import load
from posturecam.picture.photo import Photo, read
from posturecam.pipeline.assessment import Assessment, PhotoInfo, Settings, assess_pose
from posturecam.pipeline.exam import Exam, analyze_exam, assess_exam, exam_of
from posturecam.pipeline.exam.combining import FromView, disagreeing, restands, weighted
from posturecam.pipeline.exam.mirroring import INDEPENDENT, one_is_mirrored
from posturecam.poses.detection import PoseResult
from posturecam.poses.finder import Finder
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.reports.terminal.report_text import print_exam
from posturecam.storage import exam_json
from posturecam.text.sentences import sentence

KNOWLEDGE = load()
UNEVEN = Figure(shoulder_tilt=-5.0, hip_tilt=6.0, head_tilt=0.0, pelvic_shift=1.5, trunk_lean=2.0, noise_px=0.3)


def photo_of(figure: Figure, name: str, sha256: str = "") -> Assessment:
    """Assess a stated figure as if it came from a photo."""
    info = PhotoInfo(name, sha256 or name.ljust(64, "0"), *figure.size_px)
    settings = Settings(roll_deg=0.0)
    return assess_pose(pose_of_figure(figure), info, settings, KNOWLEDGE)


def side_photo(view: View, knee_flex: float, name: str) -> Assessment:
    """Give a side photo of which nothing but the knee's bend was measured, to ± 4°."""
    knee = replace(FRONT["hip_tilt"], key="knee_flex", value=knee_flex, low=knee_flex - 4, high=knee_flex + 4, sem=2.0)
    side = replace(FRONT, pose=replace(FRONT.pose, view=view), measurements=(knee,), unmeasured=())
    return replace(side, photo=replace(FRONT.photo, name=name, sha256=name))


def exam(*photos: Assessment) -> Exam:
    """Combine assessed photos."""
    return exam_of(photos, (), KNOWLEDGE)


FRONT = photo_of(UNEVEN, "front")
BACK = photo_of(replace(UNEVEN, view=View.BACK), "back")
MIRRORED_BACK = photo_of(
    replace(UNEVEN, view=View.BACK, shoulder_tilt=5.0, hip_tilt=-6.0, pelvic_shift=-1.5, trunk_lean=-2.0), "mirrored"
)


def test_front_and_back_of_one_person_agree() -> None:
    """Same values, smaller intervals than either, both views named."""
    both = exam(FRONT, BACK)
    assert both.conflicts == ()
    assert not any("mirrored?" in str(note) for note in both.notes)
    for key in ("shoulder_tilt", "hip_tilt", "trunk_lean"):
        assert both[key].value == pytest.approx(FRONT[key].value, abs=0.1)
        assert both[key].sem < min(FRONT[key].sem, BACK[key].sem)
    shoulder = next(one for one in both.measurements if one.measurement.key == "shoulder_tilt")
    assert (shoulder.views, shoulder.photos) == (("front", "back"), 2)


def test_a_measure_of_one_photo_comes_through_unchanged() -> None:
    """Head rotation is seen in the front photo only."""
    assert exam(FRONT, BACK)["head_rotation"] == FRONT["head_rotation"]


def test_a_mirrored_photo_is_noticed() -> None:
    """Front and back that disagree about left and right."""
    seen = exam(FRONT, MIRRORED_BACK)
    assert any("These two photos disagree about left and right; is one mirrored?" in str(note) for note in seen.notes)
    assert {"shoulder_tilt", "pelvic_shift"} <= {one.key for one in seen.conflicts}
    with pytest.raises(KeyError):
        _ = seen["shoulder_tilt"]
    reason = next(sentence(one.reason) for one in seen.unmeasured if one.key == "shoulder_tilt")
    assert "left shoulder" in reason
    assert "right shoulder" in reason


def test_a_view_said_the_wrong_way_round_is_noticed() -> None:
    """A back that is called a front turns every tilt over: a sentence of its own says so; small tilts say nothing."""
    turned = "Left and right would be exchanged between the front and the back photo"
    told = [note for note in exam(FRONT, MIRRORED_BACK).notes if turned in str(note)]
    assert len(told) == 1
    assert "front: left hip 6.0° higher, back: right hip 6.0° higher" in str(told[0])
    assert not any(turned in str(note) for note in exam(FRONT, BACK).notes)
    slight = Figure(hip_tilt=1.0, noise_px=0.3)
    pair = photo_of(slight, "front"), photo_of(replace(slight, hip_tilt=-1.0, view=View.BACK), "back")
    assert not any(turned in str(note) for note in exam(*pair).notes)


def test_a_mirrored_photo_among_restands_is_noticed() -> None:
    """Two fronts that are each other's mirror image are asked about, by name; two like stands are not."""
    twin = photo_of(
        replace(UNEVEN, shoulder_tilt=5.0, hip_tilt=-6.0, pelvic_shift=-1.5, trunk_lean=-2.0), "selfie", "f" * 64
    )
    asked = [note for note in exam(FRONT, twin).notes if "is one mirrored?" in str(note)]
    assert len(asked) == 1
    assert "front: front, selfie: front" in str(asked[0])
    again = photo_of(replace(UNEVEN, shoulder_tilt=-4.0, hip_tilt=5.0), "again", "e" * 64)
    assert not any("mirrored?" in str(note) for note in exam(FRONT, again).notes)


def test_level_people_are_not_called_mirrored() -> None:
    """Errors as large as stated must not raise the suspicion: at most one in a hundred level people."""
    draw = np.random.default_rng(3)
    called = 0
    for _ in range(400):
        noise = draw.normal(size=(len(INDEPENDENT), 2))
        parts = {
            key: (part(View.FRONT, front, 1.0), part(View.BACK, back, 1.0))
            for key, (front, back) in zip(INDEPENDENT, noise, strict=True)
        }
        called += one_is_mirrored(parts.__getitem__)
    assert called <= 4


def test_the_order_of_the_photos_does_not_matter() -> None:
    """Every order gives the same JSON, byte for byte."""
    again = photo_of(replace(UNEVEN, shoulder_tilt=-4.0), "front again")
    orders = itertools.permutations((FRONT, BACK, again))
    assert len({exam_json.exam_bytes(exam(*order)) for order in orders}) == 1


def test_restands_join_their_spread() -> None:
    """Three photos of one view: their mean, their spread in the interval, their number told."""
    stands = [photo_of(replace(UNEVEN, shoulder_tilt=tilt), f"front {tilt}") for tilt in (-3.0, -5.0, -7.0)]
    seen = exam(*stands)
    assert seen["shoulder_tilt"].value == pytest.approx(-5.0, abs=0.05)
    assert seen["shoulder_tilt"].sem == pytest.approx(np.hypot(stands[0]["shoulder_tilt"].sem, 2.0 / 3**0.5), rel=0.02)
    assert any("3 photos show the front" in str(note) and "3 re-stands" in str(note) for note in seen.notes)


def test_restands_do_not_average_the_networks_own_error_away() -> None:
    """Ten photos of one view with the same value are as sure as one, not three times as sure."""
    one = FRONT["hip_tilt"]
    assert restands(View.FRONT, [one] * 10).sem == pytest.approx(one.sem)


def test_contradicting_restands_are_shown_not_averaged() -> None:
    """Opposite hips in two fronts: each photo is told by name, nothing is averaged; a back changes nothing."""
    other = photo_of(replace(UNEVEN, hip_tilt=-6.0), "other")
    for photos in ((FRONT, other), (other, FRONT), (FRONT, other, BACK)):
        seen = exam(*photos)
        told = next(one for one in seen.conflicts if one.key == "hip_tilt")
        assert "front: " in sentence(told.words)
        assert "other: " in sentence(told.words)
        assert as_note(told.words) in seen.notes
        values = {row["photo"]: row["value"] for row in _parts_of(seen, "hip_tilt") if "photo" in row}
        assert values == {"front": FRONT["hip_tilt"].value, "other": other["hip_tilt"].value}
        with pytest.raises(KeyError):
            _ = seen["hip_tilt"]
        assert next(one.reason for one in seen.unmeasured if one.key == "hip_tilt") == told.words
        assert "shoulder_tilt" not in {one.key for one in seen.conflicts}


def test_contradicting_restands_of_a_side_are_not_two_sides() -> None:
    """Two left photos that differ are two photos that differ, not two sides of the body."""
    stands = [side_photo(View.LEFT, flex, f"left {flex}") for flex in (20.0, 2.0)]
    told = next(one for one in exam(*stands).conflicts if one.key == "knee_flex")
    assert "The photos contradict each other" in sentence(told.words)
    assert "two sides" not in sentence(told.words)


def _parts_of(seen: Exam, key: str) -> list[dict[str, Any]]:
    """Give the parts of a contradiction as the JSON has them."""
    parts: list[dict[str, Any]] = next(
        one["parts"] for one in exam_json.exam_dict(seen)["conflicts"] if one["key"] == key
    )
    return parts


def test_copies_of_a_photo_count_once() -> None:
    """They say nothing new."""
    copy = replace(FRONT, photo=replace(FRONT.photo, name="copy"))
    seen = exam(FRONT, copy, BACK)
    assert len(seen.photos) == 2
    assert "1 of the photos given was a copy of another and counted once." in map(str, seen.notes)
    twice = exam(FRONT, copy, BACK, replace(BACK, photo=replace(BACK.photo, name="copy of the back")))
    assert "2 of the photos given were copies of another and counted once." in map(str, twice.notes)


def test_a_note_names_the_photos_by_what_parts_them() -> None:
    """The pictures of one film share the film's name; other names stay whole."""
    told = {as_written("a note")}
    for names, short in ((("turn.mp4, front", "turn.mp4, back"), "front"), (("a.jpg", "turn.mp4, back"), "a.jpg")):
        photos = [
            replace(
                one, photo=replace(one.photo, name=name), notes=(*told, *one.conclusion.notes) if not number else ()
            )
            for number, (one, name) in enumerate(zip((FRONT, BACK), names, strict=True))
        ]
        assert f"{short}: a note" in [str(note) for note in exam(*photos).notes]


def test_one_photo_is_an_exam_of_one_photo() -> None:
    """The title counts in the singular too."""
    for photos, title in (((FRONT,), "Exam of 1 photo\n"), ((FRONT, BACK), "Exam of 2 photos\n")):
        file = io.StringIO()
        print_exam(exam(*photos), KNOWLEDGE, file)
        assert file.getvalue().lstrip().startswith(title)


def part(view: View, value: float, sem: float) -> FromView:
    """What one view says."""
    return FromView(view, 1, value, sem)


def test_views_are_weighted_by_their_errors() -> None:
    """The surer view counts more; two equal views are surer than one, but not as sure as independent ones."""
    value = weighted((part(View.FRONT, 0.0, 1.0), part(View.BACK, 2.0, 2.0))).value
    assert value == pytest.approx(0.4)
    sem = weighted((part(View.FRONT, 0.0, 1.0), part(View.BACK, 0.0, 1.0))).sem
    assert 0.5**0.5 < sem < 1.0


def test_views_that_differ_widen_the_interval() -> None:
    """Agreeing views narrow it, views that lie three errors apart do not."""
    near, far = (weighted((part(View.FRONT, 0.0, 1.0), part(View.BACK, apart, 1.0))).sem for apart in (0.5, 3.0))
    assert near < 1.0 < far


def test_contradictions_are_intervals_that_do_not_touch() -> None:
    """Two intervals of ± 1.96 touch at 3.9 and no longer at 4.0."""
    assert not disagreeing((part(View.FRONT, 0.0, 1.0), part(View.BACK, 3.9, 1.0)))
    assert disagreeing((part(View.FRONT, 0.0, 1.0), part(View.BACK, 4.0, 1.0)))


def test_the_legs_of_two_side_views_may_differ() -> None:
    """Left knee bent, right knee straight: no contradiction of the photos but a difference, and not averaged."""
    sides = [side_photo(view, flex, view.value) for view, flex in ((View.LEFT, 20.0), (View.RIGHT, 2.0))]
    seen = exam(*sides)
    assert [one.key for one in seen.conflicts] == ["knee_flex"]
    assert "two sides of the body differ" in sentence(seen.conflicts[0].words)


def test_a_turned_photo_is_shown_but_not_combined() -> None:
    """Its numbers do not mean posture."""
    turned = replace(FRONT, pose=replace(FRONT.pose, view=View.OBLIQUE), photo=replace(FRONT.photo, sha256="turned"))
    seen = exam(turned, BACK)
    assert len(seen.photos) == 2
    assert seen["shoulder_tilt"] == BACK["shoulder_tilt"]
    alone = exam(turned)
    assert alone.measurements == ()
    assert all(one.verdict == "not_assessed" for one in alone.findings)


class Figures:
    """Finds the stated figure of each photo."""

    def __init__(self, figures: dict[str, Figure]) -> None:
        """Take the figures by photo name."""
        self.figures = figures

    def find(self, photo: Photo, sought: object = None) -> PoseResult:  # noqa: ARG002  (the protocol has it)
        """Give the photo's figure, or nobody."""
        if photo.name not in self.figures:
            msg = f"nobody was found in {photo.name}"
            raise NobodyFound(msg)
        return PoseResult(pose_of_figure(self.figures[photo.name]), np.zeros((1, 4)), 0)


def opener(name: str) -> tuple[str, Callable[[], Photo]]:
    """Open a photo of that name, or fail when it is called broken."""

    def opened() -> Photo:
        if name == "broken":
            msg = "broken is damaged"
            raise PhotoError(msg)
        return Photo(name, name, np.zeros((10, 10, 3), np.uint8), (768, 1024))

    return name, opened


def test_one_bad_photo_does_not_stop_the_exam() -> None:
    """Unreadable, or with nobody in it: the exam comes out and says so."""
    finder = Figures({"front": UNEVEN})
    names = [opener(name) for name in ("broken", "front", "empty")]
    seen = assess_exam(names, finder, Settings(), KNOWLEDGE)
    assert [one.name for one in seen.failures] == ["broken", "empty"]
    assert any("broken was left out" in str(note) for note in seen.notes)
    assert "shoulder_tilt" in {one.measurement.key for one in seen.measurements}


def test_only_bad_photos_are_an_error() -> None:
    """The first one's own."""
    with pytest.raises(PhotoError, match="damaged"):
        assess_exam([opener("broken"), opener("empty")], Figures({}), Settings(), KNOWLEDGE)


def test_the_json_has_the_promised_shape() -> None:
    """Schema, photos, combined measurements with their views."""
    found: dict[str, Any] = json.loads(exam_json.exam_bytes(exam(FRONT, MIRRORED_BACK)))
    assert found["schema"] == "posturecam/exam/2"
    assert [one["schema"] for one in found["photos"]] == ["posturecam/assessment/2"] * 2
    for row in found["measurements"]:
        assert row["low"] <= row["value"] <= row["high"]
        assert row["views"]
        assert row["photos"] >= 1
    assert {"failed", "conflicts", "unmeasured", "findings", "notes", "versions"} <= set(found)


def test_the_four_samples_make_an_exam(finder: Finder, samples: Path) -> None:
    """Real pictures in two orders: the same exam; the side views bring their own measures, the outline's too."""
    paths = [samples / f"{view}.jpg" for view in ("right", "front", "left", "back")]
    seen = analyze_exam(paths, settings=Settings(passes=2), finder=finder)
    assert [photo.pose.view.value for photo in seen.photos] == ["front", "back", "left", "right"]
    assert seen.conflicts == ()
    assert seen["kyphosis_depth_pct"].sem < 3.0
    assert seen["trunk_lean_side"].value == pytest.approx(2.9, abs=2 * seen["trunk_lean_side"].sem)
    assert exam_json.exam_bytes(analyze_exam(paths[::-1], settings=Settings(passes=2), finder=finder)) == (
        exam_json.exam_bytes(seen)
    )


def test_a_mirrored_back_photo_is_noticed_in_real_pictures(finder: Finder, samples: Path) -> None:
    """The sample person stands crooked enough to tell."""
    back = read(samples / "back.jpg").mirrored()
    photos = [("front", lambda: read(samples / "front.jpg")), ("back", lambda: back)]
    seen = assess_exam(photos, finder, Settings(), KNOWLEDGE)
    assert any("is one mirrored?" in str(note) for note in seen.notes)
