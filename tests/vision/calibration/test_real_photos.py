"""Known turns and the survey of real photographs, on rendered people."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.real import main
from calibration.benchmark import PAGE
from calibration.known_turns.readings import Reader, TurnedPhoto, as_sorted_markdown, ask, summarised
from calibration.known_turns.warps import PARTS, Body, bent, displacement
from calibration.real_photos.page import SECTION, parts, write
from calibration.real_photos.photos import RealPhoto, read_photos
from calibration.real_photos.survey import (
    Group,
    Plan,
    Survey,
    Told,
    against_nothing,
    changes,
    misread,
    outcome,
    read_as,
    survey,
)

from posturecam.body import Side, View
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.pipeline.settings import Settings
from posturecam.poses.finder import Finder
from posturecam.poses.synthetic import Figure, pose_of_figure

P05 = ("P05", Side.LEFT)


@pytest.fixture(scope="module")
def reader(finder: Finder) -> Reader:
    """Two passes: half as sure, four times as fast."""
    return Reader(finder, load(), Settings(passes=2))


@pytest.fixture(scope="module")
def front(reader: Reader, samples: Path) -> TurnedPhoto:
    """The front sample, bent in three places."""
    return ask(read(samples / "front.jpg"), View.FRONT, reader, ("shoulder", "hip", "head"))


def test_known_turns_of_a_rendered_person_are_read(front: TurnedPhoto) -> None:
    """Heads and shoulders fully, the pelvis by three quarters at least, in a straight line."""
    answers = {one.part: one for one in front.answers}
    assert not front.unanswered
    assert answers["head"].answer == pytest.approx(1.05, abs=0.15)
    assert answers["shoulder"].answer == pytest.approx(1.0, abs=0.15)
    assert answers["hip"].answer == pytest.approx(0.85, abs=0.2)
    assert all(abs(one.bend) < 0.6 for one in front.answers)


def test_what_is_not_bent_hardly_answers(front: TurnedPhoto) -> None:
    """The shoulder line stays where it is when the pelvis turns, and the other way round."""
    talk = {one.part: one for one in summarised([front])}
    assert abs(talk["shoulder"].talk) < 0.3
    assert {one.part: one.others for one in front.answers}["hip"]["shoulder_tilt"] == pytest.approx(0.0, abs=0.2)


def test_photos_are_sorted_by_what_they_show(front: TurnedPhoto) -> None:
    """A large bare person before a light wall; the table has a column for each kind that there is."""
    assert front.kinds["view"] == "front"
    assert front.kinds["clothes"] == "show them"
    assert front.kinds["size"] == "large"
    other = replace(front, kinds={**front.kinds, "light": "dark"}, answers=front.answers[:1])  # the head
    table = as_sorted_markdown([front, other], "light").splitlines()
    assert table[0] == f"| part | {' | '.join(sorted({'dark', front.kinds['light']}))} |"
    of_part = {row.split(" | ")[0].strip("| "): row.count(" of 1") for row in table[2:]}
    assert of_part == {"head": 2, "shoulder": 1, "hip": 1}


def test_side_parts_answer_in_their_sign(reader: Reader, samples: Path) -> None:
    """A knee that is bent further reads as further bent."""
    turned = ask(read(samples / "left.jpg"), View.LEFT, reader, ("knee_flex",))
    assert turned.answers[0].answer == pytest.approx(1.0, abs=0.35)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.key)
def test_a_mirrored_photo_is_bent_into_the_mirrored_picture(part) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Odd measures with the other sign, knees on the other side."""
    pose = pose_of_figure(Figure(view=part.views[0]))
    wide, high = pose.size_px
    body, mirror = Body.of(pose, (high, wide)), Body.of(pose.mirrored(), (high, wide))
    twin = next(
        one
        for one in PARTS
        if one.key == {"knee_left": "knee_right", "knee_right": "knee_left"}.get(part.key, part.key)
    )
    even = part.key.startswith("knee") or not part.views[0].frontal
    here = displacement(body, part, part.amount)
    there = displacement(mirror, twin, part.amount if even else -part.amount)
    np.testing.assert_allclose(here[0], -there[0][:, ::-1], atol=0.02)
    np.testing.assert_allclose(here[1], there[1][:, ::-1], atol=0.02)


def test_nothing_moves_without_a_bend() -> None:
    """And the picture's edge stays where it is with one."""
    pose = pose_of_figure(Figure())
    wide, high = pose.size_px
    pixels = np.random.default_rng(1).integers(0, 255, (high, wide, 3), np.uint8)
    body = Body.of(pose, (high, wide))
    assert (bent(pixels, body, PARTS[0], 0.0) == pixels).all()
    assert (bent(pixels, body, PARTS[1], 5.0)[-5:] == pixels[-5:]).all()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """A folder as the real photographs have one, of rendered people."""
    folder = tmp_path_factory.mktemp("real")
    for name in ("front.jpg", "left.jpg"):
        shutil.copy(samples / name, folder / name)
    again = np.asarray(read(samples / "front.jpg").pixels)[20:]
    from PIL import Image

    Image.fromarray(again).save(folder / "again.jpg", quality=92)
    rows = [
        {
            "file": "front.jpg",
            "view": "front",
            "repeat": "her",
            "person": "her",
            "truth": {"hip_tilt": 6.0, "kind": "rig"},
        },
        {"file": "again.jpg", "view": "front (cropped)", "repeat": "her", "person": "her", "truth": None},
        {"file": "left.jpg", "view": "sitting", "truth": {"hip_tilt": 60.0, "kind": "human 2D joint labels"}},
    ]
    (folder / "index.json").write_text(json.dumps(rows), encoding="utf-8")
    (folder / "stance.json").write_text(json.dumps({"front.jpg": {"stance": "standing"}}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def seen(folder: Path, reader: Reader) -> Survey:
    """A small survey of it."""

    def track(rows: Sequence[RealPhoto], what: str) -> Iterable[RealPhoto]:
        return rows[:0] if what == "rendered people" else rows

    return survey(read_photos(folder), reader, Plan(covers=1, every=3, turned=0), track)


def test_the_index_and_the_labels_are_read(folder: Path, tmp_path: Path) -> None:
    """Views that are none of four are nobody's truth; a second file of labels adds to the first."""
    labels = tmp_path / "more.json"
    labels.write_text(json.dumps({"left.jpg": {"stance": "not_standing"}}), encoding="utf-8")
    photos = read_photos(folder, [labels])
    assert [one.view for one in photos] == [View.FRONT, View.FRONT, None]
    assert [one.square for one in photos] == [True, False, False]
    assert [one.stance for one in photos] == ["standing", None, "not_standing"]
    assert [dict(one.truth) for one in photos] == [{"hip_tilt": 6.0}, {}, {}]


def test_the_survey_prints_what_it_saw(seen: Survey) -> None:
    """Views, covered heads, repeats, the truth: each with its count."""
    text = "\n".join(parts(seen))
    assert "| as they are | 2 | 2 | 0 | 0 | 0 | 0 |" in text
    assert len(seen.heads) == 2
    assert [len(group.told) for group in seen.repeats] == [2]
    assert [len(group.told) for group in seen.retakes] == [3]
    assert "| stands quietly | 1 | 0 | 1 | 0 | 0 | 0 | 0 | 0 |" in text
    (key, truth, measured), *others = seen.truths
    assert (key, truth, others) == ("hip_tilt", 6.0, [])
    assert measured.low <= truth <= measured.high


@pytest.mark.parametrize(
    ("view", "scored", "expected"),
    [
        ("front", True, "right"),
        ("front", False, "right"),
        ("back", True, "exchanged"),
        ("back", False, "nothing scored"),
        ("front_or_back", False, "asked"),
        ("left", True, "another view"),
        ("nobody", False, "nothing scored"),
    ],
)
def test_an_exchanged_view_is_one_that_is_scored(view: str, scored: bool, expected: str) -> None:  # noqa: FBT001
    """What is not scored harms nobody."""
    assert outcome(View.FRONT, Told(view, scored)) == expected


def test_posture_where_nobody_stands_is_misread() -> None:
    """And none where somebody does."""
    scored, bent = Told("front", scored=True), Told("front", scored=False, stands=False)
    turned, asked = Told("oblique", scored=False), Told("front_or_back", scored=False)
    assert [read_as(one) for one in (scored, bent, turned, asked)] == ["read", "no quiet standing", "turned", "asked"]
    assert read_as(Told("front", scored=True, remarked=True)) == "read with a remark"
    read = Counter(read_as(one) for one in (scored, bent, bent, turned))
    assert [misread(stance, read) for stance in ("standing", "soft", "not_standing")] == [2, 2, 1]


def test_changes_count_photos() -> None:
    """None where all say the same; all of a pair that differs; of three with one apart, two thirds."""
    said, silent = Told("front", scored=True, consistent=frozenset({P05})), Told("front", scored=True)
    assert changes([Group("a", (said, said)), Group("b", (silent, silent))]) == 0.0
    assert changes([Group("a", (said, silent))]) == 1.0
    assert changes([Group("a", (said, said, silent))]) == pytest.approx(2 / 3)
    assert np.isnan(changes([]))


def test_a_hint_is_not_nothing() -> None:
    """Consistent beside a hint is another set, and not against nothing."""
    said = Told("front", scored=True, consistent=frozenset({P05}), hinted=frozenset({"P05"}))
    hint, silent = Told("front", scored=True, hinted=frozenset({"P05"})), Told("front", scored=True)
    assert changes([Group("a", (said, hint))]) == 1.0
    assert changes([Group("a", (said, hint))], against_nothing) == 0.0
    assert changes([Group("a", (silent, said))], against_nothing) == 1.0


def test_a_missing_folder_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a word."""
    assert main([str(tmp_path)]) == 0
    assert "left out" in capsys.readouterr().out


def test_labels_that_cannot_be_read_are_told(folder: Path, tmp_path: Path) -> None:
    """In one line that names the file."""
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"bad\.json: cannot be read"):
        read_photos(folder, [tmp_path / "bad.json"])


def test_an_index_without_views_is_told(tmp_path: Path) -> None:
    """In one line."""
    (tmp_path / "index.json").write_text('[{"file": "a.jpg"}]', encoding="utf-8")
    with pytest.raises(SettingsError, match=r"index\.json: each photo needs a file and a view"):
        read_photos(tmp_path)


def test_the_accuracy_page_holds_the_section() -> None:
    """As it was measured last."""
    assert SECTION.read_text(encoding="utf-8") in PAGE.read_text(encoding="utf-8")


def test_a_new_section_takes_the_place_of_the_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands around it stays."""
    monkeypatch.setattr("calibration.real_photos.page.SECTION", tmp_path / "section.md")
    page = tmp_path / "page.md"
    page.write_text("# A\n\n## Real photographs\n\nold\n\n### Views\n\nold\n\n## The twelve\n\nend\n", encoding="utf-8")
    write("## Real photographs\n\nnew\n", page)
    assert page.read_text(encoding="utf-8") == "# A\n\n## Real photographs\n\nnew\n\n## The twelve\n\nend\n"
