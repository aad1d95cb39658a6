"""Facts and their sentences: every kind has one, says its figures, and comes back from JSON as it was."""

import ast
import pickle
import subprocess
import sys
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from posturecam.body import BonyLandmark, Landmark, Side, View
from posturecam.errors import PhotoError
from posturecam.errors.facts import Fact, Note, Problem, Reason, as_written, in_place_of
from posturecam.measures.measurement import Unmeasured
from posturecam.storage.facts_json import unmeasured_from, unmeasured_row
from posturecam.text.language import Plural, choose, current, speaking
from posturecam.text.sentences import ALIKE, SENTENCES, problem_and_remedy, sentence
from repository import SOURCE

KINDS = ("Fact", "Note", "Problem", "Reason")

FIGURES: dict[str, Any] = {
    "plain": Landmark.LEFT_KNEE,
    "names": (BonyLandmark.LEFT_ASIS, Landmark.NOSE, Note("spine_markers", count=2)),
    "wanted": (View.LEFT, View.RIGHT),
    "views": (View.LEFT, View.RIGHT),
    "shown": View.FRONT,
    "where": View.LEFT,
    "view": View.BACK,
    "of_view": View.RIGHT,
    "side": Side.RIGHT,
    "replace": "craniovertebral_angle",
    "said": (Fact("said_by", where=View.BACK, words="level"), Fact("said_by", where="a.jpg", words="left 2° higher")),
    "text": "Auf Deutsch geschrieben.",
    "source": "plumb line",
    "source2": "hanging board",
    "colour": "green",
    "cues": ("the outline", "the shoulders"),
    "legs": (Note("left_leg"), Note("right_leg")),
    **dict.fromkeys(
        ("photos", "words", "reason", "name", "days", "photo", "places", "answer", "pattern", "who", "what"), "a.jpg"
    ),
    **dict.fromkeys(("note", "change", "little", "ask", "next", "pages", "remedy", "how", "turn", "way"), Note("cut")),
    "why": Note("stance_sitting"),
    "reasons": (Reason("no_scale"), Reason("no_outline"), Reason("no_scale")),
    "sentence": Reason("not_scored", why=Note("half_way")),
}
"""A figure of every name that is no number."""


def fields(template: str | Plural) -> set[str]:
    """Name the fields of a sentence, without those that every sentence has."""
    texts = (template.singular, template.many) if isinstance(template, Plural) else (template,)
    names = {name for text in texts for _text, name, _format, _conversion in Formatter().parse(text) if name}
    return names - {"guide", "what_to_do", "hold_level", "reinstall", "make"} | (
        {"count"} if isinstance(template, Plural) else set()
    )


def made_of(kind: str) -> Reason:
    """Make a fact of a kind."""
    return Reason(kind, **{name: FIGURES.get(name, 12) for name in sorted(fields(SENTENCES[kind]))})


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_every_kind_is_said_in_every_language_and_comes_back_from_json(kind: str) -> None:
    """The sentence in each language differs, the data does not, and both come back from what is stored."""
    fact = made_of(kind)
    english, german = sentence(fact, "en"), sentence(fact, "de")
    assert not any(f"{{{name}" in english + german for name in fields(SENTENCES[kind]))
    if kind not in ALIKE:
        assert english != german
    row = unmeasured_row(Unmeasured("knee_angle_left", fact))
    assert row["reason"] == english
    assert unmeasured_from(row) == Unmeasured("knee_angle_left", fact)
    assert pickle.loads(pickle.dumps(fact)) == fact  # noqa: S301  (written here)


def told_in(path: Path) -> list[tuple[str, set[str]]]:
    """Give the kinds that a file names in words, and their figures."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [
        (kind.value, {word.arg for word in call.keywords if word.arg})
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in KINDS and call.args
        for kind in ast.walk(call.args[0])
        if isinstance(kind, ast.Constant) and kind.value in SENTENCES and not any(w.arg is None for w in call.keywords)
    ]


def test_every_kind_that_is_told_has_a_sentence_with_its_figures() -> None:
    """No fact is told that nobody could say, and none is said with a figure that it does not carry."""
    for path in SOURCE.rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id in KINDS and isinstance(call.args[0], ast.Constant):
                assert call.args[0].value in SENTENCES, (path.name, call.args[0].value)
        for kind, figures in told_in(path):
            assert fields(SENTENCES[kind]) <= figures, (path.name, kind)


def test_equal_facts_are_told_once() -> None:
    """A fact equals what has the same kind and figures."""
    assert Note("hidden", plain=Landmark.NOSE) == Note("hidden", plain=Landmark.NOSE)
    assert Note("hidden", plain=Landmark.NOSE) != Note("hidden", plain=Landmark.LEFT_EAR)
    assert Note("no_outline") == Reason("no_outline")
    assert Reason("pelvis_covered", error=9.5)["error"] == 9.5


def test_older_files_keep_their_words() -> None:
    """Version 1 has the sentence alone; a code that nobody knows, or that does not fit its figures, is not believed."""
    row = {"key": "hip_tilt", "reason": "Knie links verdeckt"}
    kept = unmeasured_from(row)
    assert sentence(kept.reason, "en") == "Knie links verdeckt"
    assert unmeasured_row(kept) == row
    for strange in ({"code": "later"}, {"code": "hidden"}, {"code": "hidden", "figures": 3}, {"code": ["hidden"]}):
        assert sentence(unmeasured_from(row | strange).reason) == "Knie links verdeckt"
    assert sentence(as_written("{x} stays")) == "{x} stays"


def test_a_sentence_in_another_language_leaves_the_chosen_one() -> None:
    """Saying one fact in German does not make the program speak German."""
    choose("en")
    assert sentence(Reason("hidden", plain=Landmark.LEFT_KNEE), "de") == "Knie links verdeckt"
    assert current() == "en"
    assert sentence(Reason("hidden", plain=Landmark.LEFT_KNEE)) == "left knee hidden"


def test_the_library_does_not_ask_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imported in a German system it speaks English; the command line is what looks at the system."""
    monkeypatch.delenv("POSTURECAM_LANGUAGE", raising=False)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    statement = "from posturecam.text.language import _, choose; print(_('left'), choose(), _('left'))"
    done = subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["left", "de", "links"]


def test_a_problem_says_what_is_wrong_apart_from_what_to_do() -> None:
    """Full stops in a name part nothing; of a problem whose sentence is one, nothing is to do."""
    told = Problem("photo_empty", path="Dr. A. front.jpg")
    for language, wrong, remedy in (
        ("en", "Dr. A. front.jpg is empty (zero bytes)", "Copy the photo anew from the phone or camera."),
        ("de", "Dr. A. front.jpg ist leer (null Bytes)", "Kopieren Sie das Foto neu von Handy oder Kamera."),
    ):
        with speaking(language):
            assert problem_and_remedy(told) == (wrong, remedy)
            assert str(PhotoError(told)) == sentence(told) == f"{wrong}. {remedy}"
    assert problem_and_remedy(Problem("took_too_long", limit_s=60.0))[1] == ""
    assert PhotoError(told).problem == pickle.loads(pickle.dumps(PhotoError(told))).problem == told  # noqa: S301
    assert PhotoError("words alone").problem is None


def test_a_path_is_left_out_of_a_problem() -> None:
    """Wherever it stands among the figures, in facts within facts too."""
    inner = Problem("point_of_file", path=Path("/home/a/p.json"), number=2)
    told = in_place_of(
        Problem("place_row_wrong", where=inner, row="in /home/a/p.json"), ["/home/a/p.json"], "this file"
    )
    assert str(told).startswith("--place this file, point 2: in this file is no point")
