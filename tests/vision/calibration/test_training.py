"""The training speaks the program's language: the same inputs, the same squares, the same answers."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from calibration.estimator.fuse import answers, stretched
from calibration.estimator.passes import Found, load, save
from calibration.estimator.ridge import SHARP, even_design, log_error, robust
from calibration.estimator.rows import targets
from calibration.estimator.squares import core, wide_squares
from calibration.estimator.widths import factor

from posturecam.body import Pose, View
from posturecam.measures.estimator import fusion
from posturecam.measures.estimator.fusion import KEYS, fuse, learned_weights, network_points
from posturecam.measures.estimator.patches import patches
from posturecam.measures.estimator.place_network import GRID, soft_argmax
from posturecam.measures.estimator.places import PLACES
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder
from repository import ROOT

PHANTOMS = ROOT / "calibration" / "phantoms"
LATER = ("limit", "spine", "behind", "behind_error")
"""Weights that calibration/estimator/lines.py adds."""

needs_torch = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("onnx") is None,
    reason="the training needs PyTorch and onnx: pip install torch==2.13.0 onnx",
)


@pytest.fixture(scope="module")
def pose(finder: Finder, samples: Path) -> Pose:
    """The front sample's pose, with what the network sees."""
    return finder.find(read(samples / "front.jpg")).pose


def test_the_training_answers_as_the_program_does(pose: Pose) -> None:
    """Learned weights, one row: the training's arithmetic and the program's agree to the last digits."""
    assert pose.keypoints is not None
    given = fusion.inputs(pose, pose.keypoints, 1.0)
    weights = {name: part for name, part in learned_weights().items() if name != "spine"}
    said = dict(zip(KEYS, answers(weights, given.odd[None], given.even[None])[0], strict=True))
    program = fuse(given, weights)
    for key in ("shoulder_tilt", "hip_tilt", "head_tilt", "trunk_lean", "spinal_curve", "trunk_shift", "pelvic_shift"):
        assert said[key] == pytest.approx(program[key].value, abs=1e-9), key
    both = program["knee_angle_left"].value + program["knee_angle_right"].value
    assert said["knee_mean"] == pytest.approx(both / 2, abs=1e-9)


def test_sharpness_stands_where_the_program_expects_it() -> None:
    """The rows of the even inputs that may be better than usual."""
    assert fusion._SHARP == SHARP


def test_a_turned_photo_has_turned_targets(pose: Pose) -> None:
    """Tilts grow by the turn in front views and shrink in back views; bends and curves stay."""
    angles = np.arange(9.0)
    level, front, back = (
        targets(angles, view, turn) for view, turn in ((View.FRONT, 0.0), (View.FRONT, 2.0), (View.BACK, 2.0))
    )
    assert (front - level)[:4] == pytest.approx([2, 2, 2, -2])
    assert (back - level)[:4] == pytest.approx([-2, -2, -2, 2])
    assert (front - level)[[4, 7, 8, 9, 10]] == pytest.approx(0.0)
    assert pose.view is View.FRONT


def test_the_ridge_is_odd_in_the_mirror() -> None:
    """People and their mirror images together give the same weights as people alone, and no constant."""
    rng = np.random.default_rng(1)
    odd = rng.normal(size=(60, 104))
    truth = odd[:, 3] - 0.5 * odd[:, 60] + rng.normal(0, 0.1, 60)
    alone = robust(odd, truth, 1.0, np.ones(60))
    both = robust(np.vstack([odd, -odd]), np.r_[truth, -truth], 2.0, np.ones(120))
    assert both == pytest.approx(alone, abs=1e-9)
    assert np.zeros(104) @ alone == 0.0


def test_gains_stretch_each_view_by_itself() -> None:
    """Rows come once plain and once times the view: +1 in front, −1 from behind."""
    rng = np.random.default_rng(2)
    weights, row = rng.normal(size=(104, 11)), rng.normal(size=52)
    gain = np.array([np.full(11, 1.1), np.full(11, 0.9)])
    for view, of_view in ((1.0, gain[0]), (-1.0, gain[1])):
        odd = np.r_[row, view * row]
        assert odd @ stretched(weights, gain) == pytest.approx((odd @ weights) * of_view)


def test_the_error_follows_what_is_seen() -> None:
    """Misses twice as large where an even input is large: the learned error is about twice as large there."""
    rng = np.random.default_rng(3)
    usual = rng.normal(size=(800, 20))
    miss = rng.normal(size=800) * np.exp(0.5 * np.clip(usual[:, 0], -3, 3))
    weights = log_error(even_design(usual), miss, np.ones(800))
    assert weights[1] == pytest.approx(0.5, abs=0.1)
    assert np.abs(weights[2:]).max() < 0.15


def test_right_widths_are_left_alone() -> None:
    """Right standard errors call for a factor of about 1; three times too small ones are corrected half way, by √3."""
    miss = np.random.default_rng(4).normal(size=5000)
    assert factor(miss, np.ones(5000)) == pytest.approx(1.0, abs=0.04)
    assert factor(3 * miss, np.ones(5000)) == pytest.approx(np.sqrt(3.0), abs=0.05)


def test_the_middle_of_a_wide_square_is_the_programs_square(pose: Pose, samples: Path) -> None:
    """The same place and scale: they differ by how the photo was averaged down, not by a shift."""
    pixels = read(samples / "front.jpg").pixels
    wide, plain = core(wide_squares(pixels, network_points(pose))), patches(pixels, network_points(pose))
    assert wide.shape == plain.shape
    assert np.abs(wide.astype(float) - plain).mean() < 1.5


def test_the_soft_argmax_of_a_known_map() -> None:
    """One peak: the mean is its cell's middle, and a map of two peaks lies between them."""
    maps = np.full((1, PLACES, GRID, GRID), -50.0)
    maps[0, 0, 4, 20] = 50.0
    maps[0, 1, 10, [5, 9]] = 50.0
    places, spread = soft_argmax(maps)
    assert places[0, 0] == pytest.approx([(20.5 / GRID) * 2 - 1, (4.5 / GRID) * 2 - 1])
    assert places[0, 1] == pytest.approx([(7.5 / GRID) * 2 - 1, (10.5 / GRID) * 2 - 1])
    assert spread[0, 0] < 0.01
    assert spread[0, 1] == pytest.approx(4 / GRID, abs=1e-6)


def test_kept_poses_come_back(pose: Pose, tmp_path: Path) -> None:
    """Poses found fewer times than others are filled up and come back as they were."""
    (tmp_path / "a.json").write_text('{"id": "a", "view": "front", "file": "a.jpg"}', encoding="utf-8")
    image = {"id": "a", "view": "front", "file": "a.jpg"}
    save(tmp_path / "kept.npz", [Found(tmp_path, image, pose)])
    back = load(tmp_path / "kept.npz", tmp_path)
    assert back[0].path == tmp_path / "a.jpg"
    assert np.array_equal(back[0].pose.points, pose.points)


@needs_torch
def test_the_training_sees_what_the_program_sees() -> None:
    """Heat maps: PyTorch's soft-argmax is the program's."""
    import torch
    from calibration.estimator.network import soft_argmax as taught

    maps = np.random.default_rng(5).normal(size=(2, PLACES, GRID, GRID))
    for one, other in zip(taught(torch.from_numpy(maps)), soft_argmax(maps), strict=True):
        assert one.numpy() == pytest.approx(other, abs=1e-5)


@needs_torch
def test_teaching_goes_on_from_the_networks_in_the_file() -> None:
    """What was exported is read again as it was, and a network between two lies between their weights."""
    import torch
    from calibration.estimator.further import NEW, START, between
    from calibration.estimator.network import shipped_networks

    networks = shipped_networks(START)
    squares = torch.randn(6, 3, 112, 112, generator=torch.Generator().manual_seed(1))
    net = cv2.dnn.readNetFromONNX(str(START))
    net.setInput(squares.numpy())
    program = net.forward()
    for number, network in enumerate(networks):
        with torch.no_grad():
            assert network.eval()(squares).numpy() == pytest.approx(program[:, number], abs=1e-3)
    mixed, old, new = (one.state_dict() for one in (between(*networks[:2]), *networks[:2]))
    name = next(iter(old))
    assert mixed[name].numpy() == pytest.approx((1 - NEW) * old[name].numpy() + NEW * new[name].numpy(), abs=1e-6)


@needs_torch
@pytest.mark.slow
def test_the_whole_training_runs(tmp_path: Path) -> None:
    """Every step from photos to weights, on few photos and hardly taught."""
    command = [sys.executable, "-m", "calibration.estimator.train", str(tmp_path / "work"), "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    weights = np.load(tmp_path / "work" / "fusion.npz")
    assert {name: weights[name].shape for name in weights.files} == {
        name: value.shape for name, value in learned_weights().items() if name not in LATER
    }
    assert (tmp_path / "work" / "places.onnx").stat().st_size < 3_000_000
