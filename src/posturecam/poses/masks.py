"""Which pixels are the person's: the pose network's own mask, from the crop and from its mirror image."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from posturecam.body import Array, Pose
from posturecam.picture.photo import Photo, Pixels
from posturecam.poses.ensemble import portrait
from posturecam.poses.mediapipe_pose import Detection
from posturecam.poses.search import SAME_PERSON, overlap


class MaskNetwork(Protocol):
    """What finding a mask needs of a pose network."""

    def see_masks(self, pixels: Pixels) -> list[tuple[Detection, Array]]:
        """Find everybody, each with their mask."""


@dataclass(frozen=True, slots=True)
class PersonMask:
    """The person's own crop of the photo, and the chance that each of its pixels is theirs.

    pixels    (h, w, 3) uint8 RGB
    chance    (h, w) 0...1, the mean of the crop and of its mirror image
    to_photo  (2, 3) from the crop's pixels to the photo's; corners of pixels are whole numbers
    """

    pixels: Pixels
    chance: Array
    to_photo: Array


def find_mask(network: MaskNetwork, photo: Photo, pose: Pose) -> PersonMask | None:
    """Find the mask of the person whose pose is known, in their crop and in its mirror image."""
    body = pose.mean[np.isfinite(pose.mean).all(axis=1)]
    box = np.concatenate([body.min(axis=0), body.max(axis=0)])
    crop, to_photo = portrait(photo, box)
    there = (box.reshape(2, 2) - to_photo[:, 2]) / np.diag(to_photo)
    here = _mask_at(network, crop, there)
    width = crop.shape[1]
    mirrored = np.array([[width - there[1, 0], there[0, 1]], [width - there[0, 0], there[1, 1]]])
    twin = _mask_at(network, np.ascontiguousarray(crop[:, ::-1]), mirrored)
    found = [mask for mask in (here, None if twin is None else twin[:, ::-1]) if mask is not None]
    return PersonMask(crop, np.asarray(sum(found) / len(found)), to_photo) if found else None


def _mask_at(network: MaskNetwork, crop: Pixels, corners: Array) -> Array | None:
    """Give the mask of whoever covers the box (2, 2) best."""
    seen = network.see_masks(crop)
    if not seen:
        return None
    detection, mask = max(seen, key=lambda entry: overlap(entry[0].box, corners.ravel()))
    return mask if overlap(detection.box, corners.ravel()) > SAME_PERSON else None
