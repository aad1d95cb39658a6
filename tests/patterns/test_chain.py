"""The chain: where it starts, what makes up for it above, and at most two drivers with their reason."""

from collections.abc import Mapping

import pytest

from pattern_support import CROSS_BODY, KNOWLEDGE, in_mirror, person
from posturecam.body import Side, View
from posturecam.knowledge.regions import Region
from posturecam.patterns.answers import Answers
from posturecam.patterns.chain import Chain
from posturecam.patterns.plan import conclude
from posturecam.storage.rescoring import StoredReading

INJURED = {"pelvic_shift": -1.5, "hip_tilt": -4.5, "trunk_bend": -4.5}


def chain_of(measured: tuple[StoredReading, ...], answers: Mapping[str, tuple[str, ...]] | None = None) -> Chain:
    """The chain of one person from the front."""
    return conclude(measured, View.FRONT, KNOWLEDGE, Answers(answers or {})).chain


def test_a_level_person_has_no_chain() -> None:
    """Not enough evidence, said kindly."""
    chain = chain_of(person({}, 0.3))
    assert (chain.direction, chain.start, chain.drivers) == ("not enough evidence", None, ())
    assert "no chain to follow" in chain.text


def test_what_lies_inside_its_noise_starts_no_chain() -> None:
    """However large it looks."""
    chain = chain_of(person(CROSS_BODY, 6.0))
    assert chain.direction == "not enough evidence"
    assert chain.drivers == ()


def test_one_uneven_place_without_a_pattern_has_no_driver() -> None:
    """What stands out is said; where it starts is not guessed."""
    chain = chain_of(person({"trunk_lean": 5.0}, 0.4))
    assert chain.drivers == ()
    assert "not enough evidence" in chain.text


def test_the_pelvis_first() -> None:
    """The cross-body picture starts at the pelvis; waist, shoulders and neck make up for it, the head arrives level."""
    chain = chain_of(person(CROSS_BODY))
    assert (chain.direction, chain.start) == ("pelvis", Region.PELVIS)
    assert chain.compensating == (Region.LUMBAR, Region.SHOULDER_BLADES, Region.NECK)
    assert [(one.pattern, one.side) for one in chain.drivers] == [("P01", Side.LEFT)]
    assert "head arrives level" in chain.text


def test_shoulder_first_is_top_down() -> None:
    """With level hips a trunk bend only repeats the shoulders, and does not pull the start down."""
    chain = chain_of(person({"shoulder_tilt": 5.0, "trunk_bend": -5.0, "neck_bend": 5.0}))
    assert (chain.direction, chain.start) == ("top-down", Region.SHOULDER_BLADES)
    assert chain.drivers[0].pattern == "P10"


def test_neck_first_is_top_down() -> None:
    """A head that leans alone."""
    chain = chain_of(person({"head_tilt": -8.0, "neck_bend": 8.0}))
    assert (chain.direction, chain.start) == ("top-down", Region.NECK)


def test_a_knee_first_is_bottom_up() -> None:
    """The lowest uneven link starts the chain."""
    chain = chain_of(person({"knee_angle_left": 12.0, "foot_turn_left": 14.0}))
    assert (chain.direction, chain.start) == ("bottom-up", Region.KNEES)


def test_an_old_injury_is_bottom_up() -> None:
    """An answer speaks for the foot though the foot stands level; the other side's hip is the one that shows."""
    chain = chain_of(person(INJURED), {"old_injury": ("left",)})
    assert (chain.direction, chain.start) == ("bottom-up", Region.FEET)
    driver = chain.drivers[0]
    assert (driver.pattern, driver.side) == ("P02", Side.LEFT)
    assert "an old injury of the left leg" in driver.reason


def test_at_most_two_drivers_from_two_regions() -> None:
    """However much is uneven."""
    values = {**CROSS_BODY, "knee_angle_left": 12.0, "foot_turn_left": 18.0, "pelvic_shift": 2.0, "spinal_curve": -4.0}
    drivers = chain_of(person({**values, "trunk_shift": -2.0}, 0.3)).drivers
    regions = {KNOWLEDGE.patterns[one.pattern].region for one in drivers}
    assert len(drivers) == len(regions) == 2
    assert drivers[0].weight >= drivers[1].weight


def test_what_another_pattern_subsumes_drives_nothing() -> None:
    """Nor does a normal variant."""
    named = {one.pattern for one in chain_of(person(CROSS_BODY)).drivers}
    assert not named & {"P04", "P05", "P07"}


@pytest.mark.parametrize("values", [CROSS_BODY, {"shoulder_tilt": 5.0, "trunk_bend": -5.0, "neck_bend": 5.0}])
def test_the_mirror_keeps_the_start_and_swaps_the_side(values: dict[str, float]) -> None:
    """The chain knows left and right only by name."""
    here, there = chain_of(person(values)), chain_of(in_mirror(person(values)))
    assert (here.direction, here.start, here.compensating) == (there.direction, there.start, there.compensating)
    assert [one.side.other for one in here.drivers] == [one.side for one in there.drivers]
