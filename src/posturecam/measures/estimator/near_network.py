"""The side views' own network, which looks at head, neck and shoulder of the near side (``near_places``)."""

import os
from typing import Self

import cv2
import numpy as np

from posturecam.body import NearKeypoints, Pose, View
from posturecam.measures.estimator.near_places import near_ends, near_square
from posturecam.measures.estimator.patches import as_blob, square
from posturecam.measures.estimator.place_network import soft_argmax
from posturecam.picture.photo import Photo
from posturecam.poses.model import shipped_model

os.environ.setdefault("OPENCV_FORCE_DNN_ENGINE", "1")  # one engine for every network (see face.py)


class NearNetwork:
    """The network, opened once. Use ``NearNetwork.shipped()``; raises ModelError."""

    def __init__(self, model: bytes) -> None:
        """Open a network from the bytes of its ONNX file."""
        self._net = cv2.dnn.readNetFromONNX(np.frombuffer(model, dtype=np.uint8))

    @classmethod
    def shipped(cls) -> Self:
        """Open the one that came with the installation."""
        return cls(shipped_model("near_places").content)

    def predict(self, photo: Photo, pose: Pose) -> NearKeypoints | None:
        """Look at head, neck and shoulder in a left or right view; None for any other, or where points are missing."""
        if pose.view not in (View.LEFT, View.RIGHT):
            return None
        points = pose.mean[near_ends(pose.view)] * photo.scale
        if not np.isfinite(points).all():
            return None
        width = photo.pixels.shape[1]
        pixels = photo.pixels
        if pose.view is View.LEFT:
            pixels, points = photo.flipped, points * [-1.0, 1.0] + [width, 0.0]
        middle, half = near_square(*points)
        self._net.setInput(as_blob(square(pixels, middle, half)[None]))
        maps = np.asarray(self._net.forward(), dtype=np.float64)[0]
        found, spread = soft_argmax(maps)
        places = middle + half * found.mean(axis=0)
        if pose.view is View.LEFT:
            places = places * [-1.0, 1.0] + [width, 0.0]
        apart = np.sqrt(found.var(axis=0).mean(axis=-1))
        return NearKeypoints(places / photo.scale, np.stack([spread.mean(axis=0), apart], axis=-1))
