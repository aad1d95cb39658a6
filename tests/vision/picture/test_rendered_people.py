"""What the camera and the height tell of rendered people: their own tilts within the intervals, and millimetres."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from posturecam.knowledge import load
from posturecam.measures.millimetres import LEGS
from posturecam.picture.lens.profile import CameraProfile
from posturecam.picture.photo import read
from posturecam.pipeline.assessment import Settings, assess


@pytest.mark.slow
def test_on_rendered_people_the_interval_covers_the_body_s_own_tilt(
    finder: Any, phantoms: list[dict[str, Any]]
) -> None:
    """With the camera known, the tilts in the body's own plane lie inside at least as often as without.

    Of two passes some of the heads seen from behind are not told at all.
    """
    inside: dict[str, list[tuple[bool, bool]]] = {}
    images = [one for one in phantoms if one["group"] == "mix" and one["view"] in ("front", "back")][::4]
    for image in images:
        camera = image["camera"]
        lens = CameraProfile(
            (camera["width"], camera["height"]), camera["f_px"], (camera["cx"], camera["cy"]), 0.0, 0.0
        )
        settings = Settings(passes=2, roll_deg=camera["roll_deg"])
        plain, known = (
            assess(read(image["path"]), finder, one, load()) for one in (settings, replace(settings, camera=lens))
        )
        told = {one.key for one in plain.measurements} & {one.key for one in known.measurements}
        for key in [key for key in ("shoulder_tilt", "hip_tilt", "head_tilt") if key in told]:
            truth = image["angles"]["body3d"][key]
            within = tuple(one[key].low <= truth <= one[key].high for one in (plain, known))
            inside.setdefault(key, []).append((within[0], within[1]))
            assert plain[key].sem <= known[key].sem <= 1.8 * plain[key].sem
    for key, pairs in inside.items():
        assert len(pairs) >= (0.6 if key == "head_tilt" else 1.0) * len(images), key
        without, having = np.array(pairs).mean(axis=0)
        assert having >= max(without, 0.8), key


@pytest.mark.slow
def test_millimetres_hold_on_rendered_people(finder: Any, phantoms: list[dict[str, Any]]) -> None:
    """Of known height and known joints: hips within 8 mm, shoulders within 12 mm, legs within 15 mm."""
    wanted = [one for one in phantoms if one["view"] in ("front", "back")][::12]
    for image in wanted:
        settings = Settings(passes=4, height_cm=100 * image["height_m"], roll_deg=image["camera"]["roll_deg"])
        told = assess(read(image["path"]), finder, settings, load())
        rise = {part: _rise(image, part) for part in ("shoulder", "hip", "ankle")}
        assert told["hip_difference_mm"].value == pytest.approx(rise["hip"], abs=8.0)
        assert told["shoulder_difference_mm"].value == pytest.approx(rise["shoulder"], abs=12.0)
        assert told[LEGS].value == pytest.approx(rise["hip"] - rise["ankle"], abs=15.0)


def _rise(image: dict[str, Any], part: str) -> float:
    """Left over right, mm."""
    points = image["points3d_world"]
    return 1000.0 * float(points[f"{part}.L"][1] - points[f"{part}.R"][1])
