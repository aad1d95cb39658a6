"""A pelvis or shoulders that cloth hides are unmeasured with a reason, never told with a ± that covers everything."""

import pytest

from posturecam.assessment import PhotoInfo, Settings, assess_pose
from posturecam.knowledge import load
from posturecam.measurement import Z95, Taken, replaced_sem
from posturecam.measures.withholding import GIRDLE_TIMES, GIRDLES, girdles_withheld
from posturecam.poses.synthetic import Figure, pose_of_figure

KNOWLEDGE = load()


def taken_with(key: str, half_width: float) -> Taken:
    """Measure a figure, one of its numbers with another ±."""
    told = assess_pose(pose_of_figure(Figure()), PhotoInfo("a.jpg", "", 768, 1024), Settings(), KNOWLEDGE)
    wide = [replaced_sem(one, half_width / Z95) if one.key == key else one for one in told.measurements]
    return tuple(wide), told.unmeasured


@pytest.mark.parametrize("key", GIRDLES)
def test_a_hidden_girdle_is_unmeasured_with_what_rests_on_it(key: str) -> None:
    """Just beyond the limit the tilt and the bend beside it are gone, with the ± and what would help."""
    bands = KNOWLEDGE.norm(key).bands
    assert bands is not None
    limit = GIRDLE_TIMES * bands[-1]
    kept, left_out = girdles_withheld(taken_with(key, limit + 0.6), KNOWLEDGE)
    assert not {"trunk_bend", key} & {one.key for one in kept}
    reason = next(one.reason for one in left_out if one.key == key)
    assert f"±{limit + 0.6:.0f}°" in reason
    assert "stickers" in reason
    assert "trunk_lean" in {one.key for one in kept}


@pytest.mark.parametrize("key", GIRDLES)
def test_a_wide_error_that_can_still_say_something_is_told(key: str) -> None:
    """Up to the limit nothing is withheld."""
    bands = KNOWLEDGE.norm(key).bands
    assert bands is not None
    taken = taken_with(key, GIRDLE_TIMES * bands[-1] - 0.1)
    assert girdles_withheld(taken, KNOWLEDGE) == taken
