"""The small network that looks for itself: heat maps of 29 places in the squares of pelvis, shoulders and head.

A heat map for each place gives where it is (its mean) and how sure the network is (its spread). The picture and the
flipped picture are both seen through the same squares.
"""

import os
from typing import Self

import cv2
import numpy as np

from posturecam.body import MIRROR, Array, HeatmapKeypoints, Pose
from posturecam.measures.estimator.fusion import network_points
from posturecam.measures.estimator.patches import as_blob, detail, patches
from posturecam.measures.estimator.places import PLACES, TWIN
from posturecam.picture.photo import Photo, Pixels
from posturecam.poses.model import shipped_model

os.environ.setdefault("OPENCV_FORCE_DNN_ENGINE", "1")  # one engine for every network (see face.py)

GRID, BATCH = 28, 6
DEEPEST = [f"onnx_node!/nets.{member}/four/four.2/four.2.2/Relu" for member in range(3)]
"""The deepest layer of each of the three networks in the file, (6, 96, 7, 7)."""

TWINS = np.r_[np.arange(TWIN, 2 * TWIN), np.arange(TWIN), np.arange(2 * TWIN, PLACES)]


class PlaceNetwork:
    """The network, opened once. Use ``PlaceNetwork.shipped()``; raises ModelError."""

    def __init__(self, model: bytes) -> None:
        """Open a network from the bytes of its ONNX file."""
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, dtype=np.uint8))

    @classmethod
    def shipped(cls) -> Self:
        """Open the one that came with the installation."""
        return cls(shipped_model("places").content)

    def predict(self, photo: Photo, pose: Pose) -> HeatmapKeypoints | None:
        """Look at the body in a front or back view whose points were all found; None for any other."""
        if not pose.view.frontal or not np.isfinite(pose.points).all():
            return None
        members, sharp = self.members(photo, pose)
        return HeatmapKeypoints(np.asarray(members.mean(axis=0)), sharp)

    def members(self, photo: Photo, pose: Pose) -> tuple[Array, Array]:
        """(M, 3, 29, 4) what each of the networks in the file sees of a body, and (3,) the squares' sharpness."""
        pixels, points = photo.pixels, network_points(pose) * photo.scale
        here = patches(pixels, points)
        flipped = points[MIRROR] * [-1.0, 1.0] + [pixels.shape[1], 0.0]
        there = patches(photo.flipped, flipped)
        self._net.setInput(as_blob(np.concatenate([here, there])))
        maps = np.asarray(self._net.forward(), dtype=np.float64).reshape(6, -1, PLACES, GRID, GRID)
        members = [both_ways(maps[:3, number], maps[3:, number]) for number in range(maps.shape[1])]
        return np.array(members), (detail(here) + detail(there)) / 2


class FeatureNetwork:
    """An earlier state of the network, asked for what it holds of a square before it finds places: 288 mean features.

    They tell parts of a body that look alike in a heat map (heels and toes, buttocks and belly) from each other. What
    rests on them was learned with these weights (``calibration/view_cues.py``), so they stay when the others are taught
    further.
    """

    def __init__(self, model: bytes) -> None:
        """Open a network from the bytes of its ONNX file."""
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, dtype=np.uint8))

    @classmethod
    def shipped(cls) -> Self:
        """Open the one that came with the installation."""
        return cls(shipped_model("features").content)

    def features(self, here: Pixels, there: Pixels) -> Array:
        """(n, 288) from squares of a picture and of its mirror image: their mean, the same for the mirrored picture."""
        return (self._seen(here) + self._seen(there)) / 2

    def _seen(self, squares: Pixels) -> Array:
        """(n, 288) from squares (n, 112, 112, 3); the file takes six at a time."""
        whole = np.concatenate([squares, np.zeros((-len(squares) % BATCH, *squares.shape[1:]), np.uint8)])
        rows = []
        for first in range(0, len(whole), BATCH):
            self._net.setInput(as_blob(whole[first : first + BATCH]))
            layers = [np.asarray(layer, dtype=np.float64).mean(axis=(2, 3)) for layer in self._net.forward(DEEPEST)]
            rows.append(np.concatenate(layers, axis=1))
        return np.concatenate(rows)[: len(squares)]


def soft_argmax(maps: Array) -> tuple[Array, Array]:
    """Turn heat maps (n, 29, 28, 28) into mean places (n, 29, 2), x right, y down, and their spread (n, 29)."""
    weight = np.exp(maps - maps.max(axis=(2, 3), keepdims=True))
    weight /= weight.sum(axis=(2, 3), keepdims=True)
    grid = (np.arange(GRID) + 0.5) / GRID * 2 - 1
    along_x, along_y = weight.sum(axis=2), weight.sum(axis=3)
    x, y = along_x @ grid, along_y @ grid
    variance = along_x @ grid**2 - x**2 + along_y @ grid**2 - y**2
    return np.stack([x, y], axis=-1), np.sqrt(np.maximum(variance, 1e-6))


def both_ways(maps: Array, mirrored: Array) -> Array:
    """(3, 29, 4) from the maps of the squares and of the flipped picture's squares: x, y, disagreement, spread."""
    here, here_spread = soft_argmax(maps)
    there, there_spread = soft_argmax(mirrored)
    there, there_spread = there[:, TWINS] * [-1.0, 1.0], there_spread[:, TWINS]
    apart = np.abs(here - there).mean(axis=-1, keepdims=True)
    return np.concatenate([(here + there) / 2, apart, ((here_spread + there_spread) / 2)[..., None]], axis=-1)
