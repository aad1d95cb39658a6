"""A photo from whatever form it is at hand in: a path, bytes, an array, a picture of Pillow's."""

from pathlib import Path, PurePath
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from posturecam.errors import PhotoError
from posturecam.errors.facts import Problem
from posturecam.picture.photo import Photo, Pixels, from_bytes, from_pixels, read

GREY, RGB, RGBA = 2, 3, 4

Source = Path | str | bytes | Pixels | Image.Image | Photo
"""What a photo is taken from: a file's path, a file's bytes, an (h, w, 3) uint8 RGB array, a picture of Pillow's."""


def open_photo(photo: Source | Any, long_side_px: int) -> Photo:
    """Open a photo, reduced to a long side. Raises PhotoError, which says what is wrong with it and what to do."""
    match photo:
        case Photo():
            return photo
        case str() | Path():
            return read(photo, long_side_px)
        case bytes():
            return from_bytes(photo, PurePath("bytes"), long_side_px)
        case Image.Image():
            return from_pixels(np.asarray(ImageOps.exif_transpose(photo).convert("RGB")), "picture")
        case np.ndarray():
            return from_pixels(_rgb(photo))
    msg = Problem("no_photo_kind", kind=type(photo).__name__)
    raise PhotoError(msg)


def _rgb(array: Pixels) -> Pixels:
    """Bring an array to (h, w, 3); a fourth channel is how opaque a pixel is, and goes."""
    if array.dtype == np.uint8 and array.size:
        if array.ndim == GREY:
            return np.repeat(array[..., None], RGB, axis=2)
        if array.ndim == RGB and array.shape[2] in (RGB, RGBA):
            return np.ascontiguousarray(array[..., :RGB])
    msg = Problem("array_is_no_photo", shape=str(array.shape), kind=str(array.dtype))
    raise PhotoError(msg)
