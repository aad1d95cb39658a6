"""The tables: what the loader refuses, all of it at once, and how a number is graded and worded."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from posturecam.body import View
from posturecam.errors import KnowledgeError
from posturecam.knowledge import load
from posturecam.knowledge.loading import BUILT_IN, FILES
from posturecam.measures import MEASURES

KNOWLEDGE = load()


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A clinic's own copy of the tables."""
    for name in FILES:
        shutil.copy(BUILT_IN / name, tmp_path / name)
    return tmp_path


def faults_of(folder: Path) -> tuple[str, ...]:
    """What the loader reports."""
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return caught.value.faults


def changed(file: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of one text in one table."""

    def change(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")

    return change


BROKEN = {
    "not TOML": (changed("norms.toml", "[head_tilt]", "[head_tilt"), ("norms.toml", "TOML")),
    "unknown measure": (
        changed("patterns.toml", 'measure = "hip_tilt"', 'measure = "hip_tild"'),
        ("patterns.toml", "P01.expect 1", "measure", "hip_tild", "nearest: hip_tilt"),
    ),
    "unknown muscle": (
        changed("patterns.toml", '"quadratus_lumborum"', '"quadratus_lumborun"'),
        ("patterns.toml", "P01.tight", "quadratus_lumborun", "nearest: quadratus_lumborum"),
    ),
    "weight out of range": (
        changed("patterns.toml", 'weight = "S"', 'weight = "XL"'),
        ("patterns.toml", "P01.expect 1", "weight", "XL", "one of M, S, W"),
    ),
    "missing source": (
        changed("norms.toml", 'source = ["R3", "R13", "T0"]', "source = []"),
        ("norms.toml", "[head_tilt]", "source", "at least one source"),
    ),
    "unknown source": (
        changed("norms.toml", 'source = ["R3", "R13", "T0"]', 'source = ["R999"]'),
        ("norms.toml", "[head_tilt]", "source", "R999"),
    ),
    "a side that makes no sense": (
        changed("patterns.toml", "same = [", "sideways = ["),
        ("patterns.toml", "P01.tight", "sideways", "same, opposite or both"),
    ),
    "a side for a pattern that has none": (
        changed("patterns.toml", 'both = ["upper_trapezius"', 'same = ["upper_trapezius"'),
        ("patterns.toml", "[P13]", "both"),
    ),
    "a tilt for a pattern that has no side": (
        changed("patterns.toml", 'measure = "kyphosis_depth_pct"\nabove = 9.0', 'measure = "hip_tilt"\nabove = 9.0'),
        ("patterns.toml", "[P14]", "hip_tilt"),
    ),
    "bands that do not grow": (
        changed("norms.toml", "bands = [2.0, 4.0, 6.0]", "bands = [4.0, 2.0, 6.0]"),
        ("norms.toml", "[head_tilt]", "bands", "growing"),
    ),
    "a number that is a text": (
        changed("norms.toml", "sd = 1.4", 'sd = "1.4"'),
        ("norms.toml", "[head_tilt]", "sd", "a number"),
    ),
    "an unknown key": (
        changed("norms.toml", 'mirror = "odd"', 'mirror = "odd"\nmirrored = true'),
        ("norms.toml", "[head_tilt]", "mirrored", "no such key"),
    ),
    "no gate": (
        changed("patterns.toml", 'gate = "yes"\nwords = "pain today"', 'words = "pain today"'),
        ("patterns.toml", "[P26]", "expect", "gate"),
    ),
    "two intervals at once": (
        changed("patterns.toml", "above = 2.5", "above = 2.5\nbelow = 3.0"),
        ("patterns.toml", "P01.expect 1", "exactly one of"),
    ),
    "an answer that no question offers": (
        changed("patterns.toml", 'is = "daily"', 'is = "dayly"'),
        ("patterns.toml", "P22.expect 1", "dayly", "nearest: daily"),
    ),
    "a template with an unknown gap": (
        changed("norms.toml", "left eye {size} higher", "left eye {amount} higher"),
        ("norms.toml", "[head_tilt]", "plus", "{size}"),
    ),
    "a limit on an unknown measure": (
        changed("red_flags.toml", "[measured.potsi]", "[measured.potsy]"),
        ("red_flags.toml", "potsy", "nearest: potsi"),
    ),
    "an urgency nobody knows": (
        changed("red_flags.toml", 'urgency = "emergency"', 'urgency = "sometime"'),
        ("red_flags.toml", "urgency", "sometime"),
    ),
    "an exercise for no muscle": (
        changed("remedies.toml", 'muscles = ["masseter"]', "muscles = []"),
        ("remedies.toml", "release.jaw", "muscles"),
    ),
    "a negative error": (
        changed("landmark_error.toml", "front = ", "front = -"),
        ("landmark_error.toml", "front", "a number from 0"),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_named_with_file_table_key_found_and_allowed(name: str, clinic: Path) -> None:
    """One line says where, what was found, what is allowed, and what may have been meant."""
    change, said = BROKEN[name]
    change(clinic)
    assert any(all(word in fault for word in said) for fault in faults_of(clinic)), faults_of(clinic)


def test_all_faults_are_reported_together(clinic: Path) -> None:
    """An author mends a folder in one go."""
    names = ("unknown measure", "unknown muscle", "weight out of range", "missing source", "a negative error")
    for name in names:
        BROKEN[name][0](clinic)
    assert len(faults_of(clinic)) >= len(names)


def test_a_missing_table_is_a_fault(clinic: Path) -> None:
    """So is a folder that is none."""
    (clinic / "muscles.toml").unlink()
    assert any("muscles.toml" in fault for fault in faults_of(clinic))
    assert faults_of(clinic / "nowhere")


def test_the_command_line_reports_faults_with_exit_2(clinic: Path) -> None:
    """Every command that takes --knowledge checks it; stdout stays empty."""
    from posturecam.cli import app

    BROKEN["unknown measure"][0](clinic)
    done = CliRunner().invoke(app, ["patterns", "--knowledge", str(clinic)])
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "hip_tild" in done.stderr


def test_a_clinics_own_copy_counts(clinic: Path) -> None:
    """And carries its own version."""
    changed("norms.toml", "bands = [2.0, 4.0, 6.0]", "bands = [1.0, 4.0, 6.0]")(clinic)
    own = load(clinic)
    assert own.norm("head_tilt").bands[0] == 1.0
    assert own.version != KNOWLEDGE.version
    assert own.version.startswith("1+")


def test_every_measure_has_its_norm() -> None:
    """And, in every view that it is taken in, its error."""
    for measure in MEASURES:
        assert measure.key in KNOWLEDGE.norms
        for view in measure.views:
            if view.frontal:
                assert KNOWLEDGE.landmark_error(measure.key, view) > 0


def test_an_error_that_was_never_measured_is_said() -> None:
    """Never a made-up one."""
    with pytest.raises(KnowledgeError, match="no error for"):
        KNOWLEDGE.landmark_error("atsi", View.BACK)


@pytest.mark.parametrize(
    ("value", "sem", "severity"),
    [
        (0.2, 0.3, "neutral"),
        (1.0, 2.0, "within_noise"),
        (2.5, 0.5, "within_noise"),
        (-2.5, 0.1, "mild"),
        (4.0, 0.5, "moderate"),
        (-8.0, 0.5, "marked"),
    ],
)
def test_nothing_inside_its_noise_is_graded(value: float, sem: float, severity: str) -> None:
    """The interval decides first, then the value."""
    norm = KNOWLEDGE.norm("shoulder_tilt")
    assert norm.severity(value, value - 1.96 * sem, value + 1.96 * sem) == severity


def test_only_one_side_may_be_abnormal() -> None:
    """A large craniovertebral angle is never a finding."""
    norm = KNOWLEDGE.norm("craniovertebral_angle")
    assert norm.severity(60.0, 59.0, 61.0) == "neutral"
    assert norm.severity(38.0, 37.0, 39.0) == "marked"


def test_words_carry_the_side() -> None:
    """And say when a value lies within its noise."""
    norm = KNOWLEDGE.norm("shoulder_tilt")
    assert norm.words(-2.1, "mild") == "right shoulder 2.1° higher"
    assert norm.words(2.1, "mild") == "left shoulder 2.1° higher"
    assert norm.words(-0.9, "within_noise") == "right shoulder 0.9° higher, within the noise"
    assert norm.words(0.01, "neutral") == "shoulders level"
    assert KNOWLEDGE.norm("knee_angle_left").words(3.0, "neutral") == "left knee 3.0° inwards"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        pytest.param("knee_flex", 1.0, "knee bent, 1.0°", id="less bent than most, and bent all the same"),
        pytest.param("knee_flex", -3.0, "knee pushed back, 3.0°", id="beyond straight"),
        pytest.param("hip_angle", 1.5, "hip bent, 1.5°", id="less bent than most hips"),
        pytest.param("body_lean_side", 1.4, "body leans 0.4° further back than usual", id="forward, but less"),
        pytest.param("trunk_lean_side", -1.0, "trunk leans 4.0° further back than usual", id="behind the plumb line"),
        pytest.param("shoulder_protraction", 28.4, "shoulder carried only 28.4° forward", id="forward, but less"),
    ],
)
def test_words_never_turn_a_direction_round(key: str, value: float, words: str) -> None:
    """Where the usual is not zero, the words say what is there, or that it is told against the usual."""
    assert KNOWLEDGE.norm(key).words(value, "neutral") == words


@pytest.mark.parametrize(
    ("value", "severity", "words"),
    [
        pytest.param(6.5, "within_noise", "low back as usual, depth 6.5 %", id="as hollow as many backs"),
        pytest.param(1.7, "neutral", "low back as usual, depth 1.7 %", id="as flat as many backs"),
        pytest.param(7.4, "within_noise", "low back hollow, depth 7.4 %, within the noise", id="beyond them"),
        pytest.param(0.6, "mild", "low back flat, depth 0.6 %", id="short of them"),
    ],
)
def test_a_shape_is_judged_beyond_the_usual_range_only(value: float, severity: str, words: str) -> None:
    """Words that judge, as hollow and flat do, are not said of what is usual."""
    assert KNOWLEDGE.norm("lordosis_depth_pct").words(value, severity) == words


def test_no_pattern_calls_a_usual_low_back_deep_or_lost() -> None:
    """What a pattern takes as a sign lies outside the range that the table of norms calls usual."""
    norm = KNOWLEDGE.norm("lordosis_depth_pct")
    every = (option for pattern in KNOWLEDGE.patterns.values() for option in pattern.options)
    options = [option for option in every if option.terms == ((norm.key, 1.0),)]
    assert len(options) >= 5
    for option in options:
        assert option.low >= norm.centre + norm.step or option.high <= norm.centre - norm.step


@given(st.sampled_from(sorted(KNOWLEDGE.norms)), st.floats(-60, 60), st.floats(0, 10))
def test_every_measure_finds_words(key: str, value: float, sem: float) -> None:
    """No gap stays open, whatever the value."""
    norm = KNOWLEDGE.norm(key)
    words = norm.words(value, norm.severity(value, value - sem, value + sem))
    assert words
    assert "{" not in words


def test_muscles_pull_against_each_other() -> None:
    """The pair rule: every antagonist that is named exists, and none is its own."""
    for muscle in KNOWLEDGE.muscles.values():
        assert muscle.key not in muscle.antagonists
        assert set(muscle.antagonists) | set(muscle.across) <= set(KNOWLEDGE.muscles)


def test_every_muscle_of_a_pattern_has_an_exercise() -> None:
    """What may feel tight can be released, what tires early can be activated."""
    for pattern in KNOWLEDGE.patterns.values():
        for variant in pattern.variants:
            for phase, named in (("release", variant.tight), ("activate", variant.weak)):
                for muscle, _ in named:
                    assert KNOWLEDGE.remedies.for_muscle(phase, muscle), (pattern.key, phase, muscle)


def test_a_measure_without_norms_of_adults_is_told_and_not_graded() -> None:
    """However large it is; its strip has no bands."""
    norm = KNOWLEDGE.norm("atsi")
    assert norm.bands is None
    assert norm.severity(90.0, 89.0, 91.0) == "ungraded"
    assert norm.words(90.0, "ungraded") == "outline of the front 90.0 % uneven"
    assert norm.step == norm.sd
