"""A pelvis or shoulders that cloth hides are unmeasured with a reason, never told with a ± that covers everything."""

from dataclasses import replace
from pathlib import Path

import pytest

from posturecam.body import View
from posturecam.knowledge import load
from posturecam.measures.estimator import Estimate
from posturecam.measures.measurement import Z95, MeasurementSet, graded, replaced_sem
from posturecam.measures.withholding import GIRDLE_TIMES, GIRDLES, girdles_withheld
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import PhotoInfo, Settings, assess_pose
from posturecam.pipeline.exam import assess_photo
from posturecam.poses.finder import Finder
from posturecam.poses.synthetic import Figure, pose_of_figure
from posturecam.reports.drawing.photo_overlay import draw_overlay
from posturecam.text.sentences import sentence

KNOWLEDGE = load()
CURVE = "spinal_curve"


def taken_with(key: str, half_width: float) -> MeasurementSet:
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
    reason = next(sentence(one.reason) for one in left_out if one.key == key)
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


@pytest.mark.parametrize("key", GIRDLES)
def test_the_picture_is_drawn_without_a_hidden_girdle(finder: Finder, samples: Path, key: str) -> None:
    """The spine's curve stands out and is drawn; the girdle that it would lean on is not measured."""
    photo = read(samples / "front.jpg")
    told = assess_photo(photo, finder, Settings(view=View.FRONT), KNOWLEDGE)
    curved = graded(KNOWLEDGE, CURVE, Estimate(-4.0, 0.5), vertical_effect=0.0, sigma_deg=0.0, raw=None)
    assert curved.severity not in {"within_noise", "neutral"}
    kept = (one for one in told.measurements if one.key not in {key, CURVE})
    hidden = replace(told, measurements=(*kept, curved))
    assert draw_overlay(photo.pixels, hidden, photo.scale).shape[2] == 3
