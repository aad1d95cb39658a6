"""Change judged against its noise: noise is no change, mirrored people change mirrored, re-stands sharpen the eye."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturecam.knowledge import Knowledge, load
from posturecam.measures.measurement import mirrored_key
from posturecam.records.progress import (
    Basis,
    ChangeVerdict,
    Reading,
    Sitting,
    change_worth,
    compared,
    judged,
    only_in_one,
    restand_sd,
    towards_usual,
)

TABLES: Knowledge = load()
SIDED = ("knee_angle_left", "knee_angle_right", "hip_adduction_left", "hip_adduction_right")
KEYS = ("head_tilt", "shoulder_tilt", "hip_tilt", "trunk_lean", "pelvic_shift", "trunk_shift", *SIDED)


def sitting(**values: float) -> Sitting:
    """One photo of each measure, with a small error of its own."""
    return Sitting("a day", None, tuple(Reading(key, value, 0.4, 0.4) for key, value in values.items()))


def only(before: Reading, after: Reading) -> tuple[ChangeVerdict, Basis]:
    """Judge one measure."""
    (one,) = judged([before], [after], [TABLES.norm(before.key)])
    return one.verdict, one.basis


def mirrored(one: Sitting) -> Sitting:
    """The same person in the mirror: signs of odd measures turned, sides exchanged."""
    sign = {key: -1.0 if TABLES.norm(key).mirror == "odd" else 1.0 for key in KEYS}
    return replace(
        one,
        readings=tuple(replace(r, key=mirrored_key(r.key), value=sign[r.key] * r.value) for r in one.readings),
    )


@pytest.mark.parametrize("key", KEYS)
def test_one_photo_each_is_widened_by_standing_again(key: str) -> None:
    """Twice the documented re-stand SD is noise, however small the photo's own error; far beyond it is a change."""
    sd = restand_sd(TABLES.norm(key)).sd
    level = Reading(key, 0.0, 0.01, 0.01)
    assert only(level, replace(level, value=2.0 * sd))[0] is not ChangeVerdict.CHANGED
    assert only(level, replace(level, value=4.0 * sd)) == (ChangeVerdict.CHANGED, Basis.DOCUMENTED)


def test_every_measure_has_a_documented_restand_sd() -> None:
    """With a source beside it, and a size of change that matters."""
    for norm in TABLES.norms.values():
        found = restand_sd(norm)
        assert found.sd > 0
        assert found.source
        assert change_worth(norm) > 0
    assert restand_sd(TABLES.norm("shoulder_tilt")).sd == pytest.approx(3.0 / 2.77)


def test_restands_see_what_single_photos_cannot() -> None:
    """Five quiet re-stands on each day find two degrees that one photo each cannot tell."""
    before = Reading("shoulder_tilt", 3.0, 0.3, 0.25, 0.4, 4, 5)
    after = replace(before, value=1.0)
    assert only(before, after) == (ChangeVerdict.CHANGED, Basis.RESTANDS)
    single = Reading("shoulder_tilt", 3.0, 0.25, 0.25)
    assert only(single, replace(single, value=1.0))[0] is not ChangeVerdict.CHANGED


def test_a_single_extra_photo_does_not_speak_for_itself() -> None:
    """Two photos on one day and one on the other give one degree of freedom: the documented value stays the floor."""
    before = Reading("shoulder_tilt", 3.0, 0.25, 0.25, 0.0, 1, 2)
    assert only(before, Reading("shoulder_tilt", 1.5, 0.25, 0.25))[1] is Basis.DOCUMENTED


def test_no_change_is_claimed_only_where_it_would_have_shown() -> None:
    """A wide interval around nothing is "cannot tell", a narrow one "no change"."""
    quiet = Reading("shoulder_tilt", 1.0, 0.3, 0.25, 0.4, 4, 5)
    assert only(quiet, quiet)[0] is ChangeVerdict.UNCHANGED
    loud = Reading("shoulder_tilt", 1.0, 2.0, 2.0)
    assert only(loud, loud)[0] is ChangeVerdict.UNTOLD


def photographed(rng: np.random.Generator, photos: int, own: float, standing: float, trials: int) -> list[Reading]:
    """Sittings of a person who never changes: one network error per sitting, one standing error per photo."""
    values = standing * rng.normal(size=(trials, photos)) + own * rng.normal(size=(trials, 1))
    spread = values.std(axis=1, ddof=1) if photos > 1 else np.zeros(trials)
    sem = np.hypot(own, spread / np.sqrt(photos))
    rows = zip(values.mean(axis=1), sem, spread, strict=True)
    return [Reading("shoulder_tilt", float(v), float(s), own, float(w), photos - 1, photos) for v, s, w in rows]


@pytest.mark.parametrize("own", [0.1, 0.6, 1.5])
@pytest.mark.parametrize("photos", [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (5, 4)], ids=str)
def test_noise_becomes_a_change_in_at_most_one_of_twenty(photos: tuple[int, int], own: float) -> None:
    """Whatever the number of photos and the photo's own error; 20 000 pairs of sittings of an unchanging person."""
    trials = 20_000
    rng = np.random.default_rng(7)
    standing = restand_sd(TABLES.norm("shoulder_tilt")).sd
    pairs = [photographed(rng, number, own, standing, trials) for number in photos]
    verdicts = [one.verdict for one in judged(*pairs, [TABLES.norm("shoulder_tilt")] * trials)]
    assert verdicts.count(ChangeVerdict.CHANGED) / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


@pytest.mark.parametrize("photos", [(3, 3), (5, 2)], ids=str)
def test_restands_hold_for_people_who_stand_more_loosely_than_documented(photos: tuple[int, int]) -> None:
    """The observed spread takes the documented one's place, so a restless person's noise is no change either."""
    trials = 20_000
    pairs = [photographed(np.random.default_rng(seed), number, 0.4, 4.0, trials) for seed, number in enumerate(photos)]
    verdicts = [one.verdict for one in judged(*pairs, [TABLES.norm("shoulder_tilt")] * trials)]
    assert verdicts.count(ChangeVerdict.CHANGED) / trials <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / trials)


def test_a_large_change_is_found() -> None:
    """Power: three re-stands each find three standing errors in most people."""
    rng = np.random.default_rng(3)
    before, after = (photographed(rng, 3, 0.3, 1.0, 2000) for _ in range(2))
    moved = [replace(one, value=one.value + 4.0) for one in after]
    found = [one.verdict for one in judged(before, moved, [TABLES.norm("shoulder_tilt")] * 2000)]
    assert found.count(ChangeVerdict.CHANGED) / 2000 > 0.8


VALUES = st.fixed_dictionaries({key: st.floats(-12, 12) for key in KEYS})


@given(VALUES, VALUES)
@settings(max_examples=60, deadline=None)
def test_mirrored_people_change_mirrored(first: dict[str, float], second: dict[str, float]) -> None:
    """Same sizes, same verdicts, the sides exchanged."""
    before, after = sitting(**first), sitting(**second)
    here = {one.key: one for one in compared(before, after, TABLES)}
    there = {one.key: one for one in compared(mirrored(before), mirrored(after), TABLES)}
    for key, one in here.items():
        other = there[mirrored_key(key)]
        sign = -1.0 if TABLES.norm(key).mirror == "odd" else 1.0
        assert other.difference == pytest.approx(sign * one.difference)
        assert other.half == pytest.approx(one.half)
        assert other.verdict is one.verdict


@given(VALUES, VALUES)
@settings(max_examples=60, deadline=None)
def test_looking_back_turns_the_sign_and_nothing_else(first: dict[str, float], second: dict[str, float]) -> None:
    """Compare A B and compare B A contradict each other in no verdict."""
    there = {one.key: one for one in compared(sitting(**first), sitting(**second), TABLES)}
    for one in compared(sitting(**second), sitting(**first), TABLES):
        assert one.difference == pytest.approx(-there[one.key].difference)
        assert one.verdict is there[one.key].verdict


def test_the_largest_real_change_stands_first() -> None:
    """Sorted by how far beyond the noise; what did not change comes last."""
    after = sitting(head_tilt=1.0, shoulder_tilt=9.0, hip_tilt=6.0)
    changes = compared(sitting(head_tilt=0.0, shoulder_tilt=0.0, hip_tilt=0.0), after, TABLES)
    assert [one.real for one in changes] == sorted((one.real for one in changes), reverse=True)
    assert changes[-1].key == "head_tilt"


def test_what_only_one_sitting_has_is_named() -> None:
    """Never a silent gap."""
    assert only_in_one(sitting(head_tilt=1.0), sitting(hip_tilt=1.0)) == (
        ("head_tilt", "after"),
        ("hip_tilt", "before"),
    )
    assert compared(sitting(head_tilt=1.0), sitting(hip_tilt=1.0), TABLES) == ()


def test_towards_usual_knows_which_way_is_level() -> None:
    """From 4° to 1° and from −4° to −1° both go towards level."""
    for sign in (-1, 1):
        (one,) = compared(sitting(hip_tilt=sign * 8.0), sitting(hip_tilt=sign * 1.0), TABLES)
        assert towards_usual(one, TABLES.norm("hip_tilt"))


@pytest.mark.parametrize("fault", [{"sem": -1.0}, {"value": np.nan}, {"photos": 0}])
def test_a_reading_must_be_possible(fault: dict[str, float]) -> None:
    """Refused where it is made."""
    with pytest.raises(ValueError, match="not a reading"):
        replace(Reading("hip_tilt", 1.0, 0.5, 0.5), **fault)
