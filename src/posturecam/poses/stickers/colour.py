"""The colour of a pack of stickers: its hue in CIE Lab, which light and shade change least, or that it has none."""

import difflib
import re
from dataclasses import dataclass

import numpy as np

from posturecam.errors import SettingsError
from posturecam.errors.facts import Problem
from posturecam.picture.photo import Photo

NAMED: dict[str, tuple[float, float]] = {
    "red": (30.0, 24.0),
    "orange": (60.0, 22.0),
    "yellow": (98.0, 28.0),
    "green": (148.0, 34.0),
    "cyan": (205.0, 32.0),
    "blue": (280.0, 34.0),
    "purple": (318.0, 28.0),
    "pink": (355.0, 28.0),
}
"""Colours by name: hue in Lab and how far the pack's may lie from it, degrees."""

PLAIN: dict[str, str] = {"white": "lighter", "reflective": "either", "black": "darker"}
"""Packs without colour: how their markers stand out from what lies around them. A reflective ball shines under a flash
and is a dull grey without one."""

SAMPLED_DEG = 20.0
"""How far the hue may lie from a colour that was sampled or given exactly."""

LEAST_CHROMA = 12.0
"""Less colourful than this (Lab), a sticker cannot be told from cloth and skin in shade."""

LIGHT, DARK, CLEARLY = 82.0, 22.0, 10.0
"""Lightness (Lab) from which on a grey given by number is white, below which it is black, and by how much a grey that
is clicked on must differ from what lies around it."""

_SAMPLE_PX, _AROUND_PX = 3, 41


@dataclass(frozen=True, slots=True)
class Colour:
    """A hue with how far a sticker's may lie from it, degrees; ``words`` as people say it: ``green``, ``#3fa050``.

    Stickers without colour are ``lighter`` or ``darker`` than what lies around them, or ``either``; then the hue says
    nothing.
    """

    words: str
    hue_deg: float
    within_deg: float
    light: str = ""

    def off_deg(self, hue_deg: np.ndarray) -> np.ndarray:
        """How far hues lie from this one, degrees."""
        return np.asarray(np.abs((hue_deg - self.hue_deg + 180.0) % 360.0 - 180.0))


def read_colour(text: str) -> Colour:
    """Read a name or ``#rrggbb``; raises SettingsError."""
    wanted = text.strip().casefold()
    if wanted in NAMED:
        return Colour(wanted, *NAMED[wanted])
    if wanted in PLAIN:
        return plain_colour(wanted)
    if re.fullmatch(r"#[0-9a-f]{6}", wanted):
        rgb = np.array([int(wanted[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)
        return colour_of(rgb[None, None], wanted)
    near = difflib.get_close_matches(wanted, [*NAMED, *PLAIN], n=1, cutoff=0.5)
    hint = Problem("did_you_mean_colour", near=near[0]) if near else ""
    msg = Problem("colour_unknown", text=text, hint=hint, names=", ".join([*NAMED, *PLAIN]))
    raise SettingsError(msg)


def plain_colour(words: str) -> Colour:
    """Give the pack without colour of that name."""
    return Colour(words, 0.0, 0.0, PLAIN[words])


def colour_at(photo: Photo, x: float, y: float) -> Colour:
    """Sample the colour around a point of the upright photo, pixels; a grey is white or black by what lies around it.

    Raises SettingsError outside the picture, and for a grey that stands out from nothing.
    """
    if not (0 <= x < photo.size_px[0] and 0 <= y < photo.size_px[1]):
        msg = Problem("sample_outside", x=x, y=y)
        raise SettingsError(msg)
    column, row = int(x * photo.scale), int(y * photo.scale)
    middle, around = (_median_at(photo.pixels, column, row, side) for side in (_SAMPLE_PX, _AROUND_PX))
    lightness, *chroma = lab(middle[None, None])[0, 0].tolist()
    more = lightness - float(lab(around[None, None])[0, 0, 0])
    if np.hypot(*chroma) < LEAST_CHROMA and abs(more) >= CLEARLY:
        return plain_colour("white" if more > 0 else "black")
    return colour_of(middle[None, None], f"#{middle[0]:02x}{middle[1]:02x}{middle[2]:02x}")


def _median_at(pixels: np.ndarray, column: int, row: int, side: int) -> np.ndarray:
    """(3,) the median colour of a square around a pixel."""
    rows, columns = (slice(max(0, at - side // 2), at + side // 2 + 1) for at in (row, column))
    return np.asarray(np.median(pixels[rows, columns].reshape(-1, 3), axis=0), np.uint8)


def colour_of(pixel: np.ndarray, words: str) -> Colour:
    """Take the hue of one RGB pixel (1, 1, 3), or that it is white or black; raises SettingsError for other greys."""
    lightness, a, b = (float(part) for part in lab(pixel)[0, 0])
    if np.hypot(a, b) < LEAST_CHROMA:
        if not DARK < lightness < LIGHT:
            return plain_colour("white" if lightness >= LIGHT else "black")
        msg = Problem("colour_grey", words=words)
        raise SettingsError(msg)
    return Colour(words, float(np.degrees(np.arctan2(b, a)) % 360.0), SAMPLED_DEG)


def lab(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) CIE Lab of sRGB bytes: lightness 0 … 100, green to red, blue to yellow."""
    import cv2  # noqa: PLC0415  (heavy; naming a colour needs none of it)

    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB))
