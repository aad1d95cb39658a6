"""Side views of people as they dress: clothes are told, the ± grows with them, and the mirror sees the same."""

from dataclasses import replace

import pytest
from calibration.side_offsets import SideCase, read_side_cases

from posturecam.body import Pose, View
from posturecam.measures.correction import corrections
from posturecam.measures.measurement import frame_of
from posturecam.measures.side_clothes import CLOTHES_TABLE, added, everyday_clothes, more_error
from posturecam.measures.side_view import PLAIN, corrected, side_features, unusual_sd
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder
from repository import ROOT

EVERYDAY = ROOT / "calibration" / "everyday_people" / "photos"


@pytest.fixture(scope="module")
def worn() -> list[SideCase]:
    """Two rendered people in everyday clothes, from whom nothing was learned."""
    return read_side_cases(EVERYDAY)


@pytest.fixture(scope="module")
def close(finder: Finder) -> Pose:
    """Somebody in close clothes."""
    return finder.find(read(ROOT / "sample_images" / "left.jpg")).pose


def test_everyday_clothes_are_told(worn: list[SideCase], close: Pose) -> None:
    """Likely under a loose shirt, unlikely in close ones; unknown without the network and from the front."""
    assert [everyday_clothes(case.pose) > 0.8 for case in worn] == [True, True]
    assert everyday_clothes(close) < 0.3
    assert everyday_clothes(replace(close, near_keypoints=None)) == 0.0
    assert everyday_clothes(replace(close, view=View.FRONT)) == 0.0


def test_the_interval_grows_with_the_clothes(worn: list[SideCase], close: Pose) -> None:
    """What everyday clothes add to the error is more than what close clothes add, for every measure."""
    for key in PLAIN:
        wide, narrow = unusual_sd(key, worn[0].pose), unusual_sd(key, close)
        assert wide > narrow >= 0.0, key
        table = corrections("points", CLOTHES_TABLE)
        whole = (corrections("points")[key].error ** 2 + more_error("points", key, 1.0) ** 2) ** 0.5
        assert whole == pytest.approx(table[key].error, rel=1e-6), key
        assert more_error("points", key, 0.0) == 0.0


def test_the_truth_lies_within_what_is_said(worn: list[SideCase]) -> None:
    """Of the measures of people in everyday clothes nearly all; as in close clothes far fewer would."""
    inside, as_close = [], []
    for case in worn:
        frame = frame_of(case.pose, case.roll_deg)
        for key in PLAIN:
            error = corrections("points")[key].error
            more = more_error("points", key, everyday_clothes(case.pose))
            off = abs(corrected(key, frame).mean() - case.truth[key])
            bare = corrected(key, replace(frame, everyday=0.0)).mean() - case.truth[key]
            inside.append(off < 1.96 * (error**2 + more**2) ** 0.5)
            as_close.append(abs(bare) < 1.96 * error)
    assert sum(inside) / len(inside) > 0.85
    assert sum(as_close) < sum(inside) - 4


def test_clothes_add_the_same_in_the_mirror(worn: list[SideCase]) -> None:
    """To the last digits, and nothing where none are worn."""
    pose = worn[0].pose
    mirror = pose.mirrored()
    assert everyday_clothes(mirror) == everyday_clothes(pose)
    for key in PLAIN:
        here, there = (corrected(key, frame_of(each, 0.0)).mean() for each in (pose, mirror))
        assert there == pytest.approx(here, abs=1e-9), key
    features = side_features(frame_of(pose, 0.0))
    assert not added("points", "knee_flex", features, 0.0).any()
