"""Any colour mode as eight bits of red, green and blue, strip by strip, so that little is held beside the picture."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_STRIP_PX = 1 << 22
"""Pixels that are brought to RGB at once: what that takes beside is small however large the picture is."""


def to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Bring any colour mode to (h, w, 3) uint8 RGB; transparency is laid on white."""
    rows = max(1, _STRIP_PX // image.width)
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_deep(image, rows)
    if rows >= image.height:
        return _strip_to_rgb(image)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top, strip in _strips(image, rows):
        pixels[top : top + strip.height] = _strip_to_rgb(strip)
    return pixels


def _strips(image: Image.Image, rows: int) -> Iterator[tuple[int, Image.Image]]:
    """Cut a picture into strips of so many rows; give where each begins."""
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


def _strip_to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _from_deep(image: Image.Image, rows: int) -> NDArray[np.uint8]:
    """Bring 16- and 32-bit grey values to eight bits: whole range of 16 bits, or else from lowest to highest."""
    ends = [(values.min(), values.max()) for _top, values in _deep_strips(image, rows)]
    low, high = float(min(least for least, _most in ends)), float(max(most for _least, most in ends))
    if low >= 0 and 255 < high <= 65535:
        low, high = 0.0, 65535.0
    elif low >= 0 and 1 < high <= 255:
        low, high = 0.0, 255.0
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top, values in _deep_strips(image, rows):
        eight = (values - low) / max(high - low, 1e-9) * 255.0
        pixels[top : top + len(values)] = np.rint(eight).astype(np.uint8)[..., None]
    return pixels


def _deep_strips(image: Image.Image, rows: int) -> Iterator[tuple[int, NDArray[np.float64]]]:
    for top, strip in _strips(image, rows):
        yield top, np.nan_to_num(np.asarray(strip, dtype=np.float64))
