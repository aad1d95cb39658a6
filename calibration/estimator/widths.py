"""How wide the intervals must be: the finished estimator on people that neither networks nor fusion were taught on.

The fusion's own standard errors come from people whom one network of three had not seen. Here all three are new to the
person, as in use. Two factors would each be right: one that lets COVERAGE of the errors lie inside, and one that makes
the mean half-width the usual multiple of the mean error. Their geometric mean is taken half way (its square root),
because the people are few and half of them stand in a way that is easier to read than life.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from rich.progress import track

from calibration.estimator.dataset import ANGLES
from calibration.estimator.fuse import COVERAGE, HALF_WIDTH
from calibration.estimator.passes import Found
from calibration.estimator.rows import targets
from posturecam.body import Array
from posturecam.measures.estimator.fusion import KEYS, estimate
from posturecam.measures.estimator.place_network import PlaceNetwork
from posturecam.picture.photo import read

GAUSSIAN_RATIO = 2.55
"""Half-width over mean error, a little above a Gaussian's 2.46."""

KNEE_SIDES = {"knee_angle_left": 1.0, "knee_angle_right": -1.0}


def with_widths(weights: Mapping[str, Array], network: PlaceNetwork, found: list[Found]) -> dict[str, Array]:
    """Give the weights with the factors of every measure's standard error (11,)."""
    plain = {**weights, "widen": np.ones(len(KEYS))}
    misses = [_misses(one, network, plain) for one in track(found, description="widths")]
    factors = [_told(key, *_of_key(key, misses)) for key in KEYS]
    return {**plain, "widen": np.array(factors)}


def _misses(one: Found, network: PlaceNetwork, weights: Mapping[str, Array]) -> dict[str, tuple[float, float]]:
    """(miss, standard error) of every measure of one photo, in the photo's own frame."""
    photo = read(one.path)
    pose = replace(one.pose, keypoints=network.predict(photo, one.pose))
    said = estimate(pose, 0.0, weights)
    truth = _truth(one)
    return {key: (said[key].value - truth[key], said[key].sem) for key in truth}


def _truth(one: Found) -> dict[str, float]:
    angles = np.array([one.image["angles"]["image"][key] for key in ANGLES])
    truth = dict(zip(KEYS, targets(angles, one.pose.view).tolist(), strict=True))
    half, mean = truth.pop("knee_difference"), truth.pop("knee_mean")
    return truth | {key: mean + side * half for key, side in KNEE_SIDES.items()}


def _of_key(key: str, misses: list[dict[str, tuple[float, float]]]) -> tuple[Array, Array]:
    """(n,) misses and (n,) standard errors; the knees' mean and difference share what was found at both."""
    names = list(KNEE_SIDES) if key.startswith("knee") else [key]
    pairs = np.array([of_photo[name] for name in names for of_photo in misses])
    return pairs[:, 0], pairs[:, 1]


def factor(miss: Array, sem: Array) -> float:
    """Give the factor of the standard errors (n,) that errors (n,) call for, half way."""
    size = np.abs(miss)
    by_tail = np.quantile(size / sem, COVERAGE) / HALF_WIDTH
    by_mean = GAUSSIAN_RATIO * size.mean() / (HALF_WIDTH * sem.mean())
    return float((by_tail * by_mean) ** 0.25)


def _told(key: str, miss: Array, sem: Array) -> float:
    widen = factor(miss, sem)
    before, after = ((np.abs(miss) < HALF_WIDTH * sem * times).mean() for times in (1.0, widen))
    print(f"{key:16} MAE {np.abs(miss).mean():.2f} factor {widen:.2f} coverage {before:.0%} → {after:.0%}")
    return widen
