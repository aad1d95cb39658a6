"""The same person with other skin, cloth, light, room and camera: nothing is left that only a renderer would show.

Photos by renderer/train_wide.py come with a second picture (``NAME_g.png``) of surface directions and kinds, from which
the body is painted and lit anew. Other photos get what a photo alone allows. Pictures here are (h, w, 3) RGB.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.picture.photo import Pixels

Float = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Random = np.random.Generator

KINDS = ((40, 100), (100, 130), (130, 150), (150, 205), (205, 230), (230, 256))
"""Codes of body, garments, loose garments, and hair or eyes in the second picture; below 40 is the room."""

GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class Surface:
    """What each pixel shows: directions (h, w, 3) in camera space, −1...1, and kinds (h, w), see KINDS."""

    direction: Float
    kind: Pixels

    @property
    def body(self) -> Float:
        """(h, w) 1 where the person is seen."""
        return (self.kind > KINDS[0][0]).astype(np.float32)


def surface_of(photo: Path) -> Surface | None:
    """Read the picture of surfaces beside a photo; None where there is none."""
    path = photo.with_name(f"{photo.stem}_g.png")
    if not path.exists():
        return None
    stored = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return Surface(stored[..., 2::-1].astype(np.float32) / 127.5 - 1, stored[..., 3])


def varied(rng: Random, pixels: Pixels, surface: Surface | None, rooms: list[Pixels]) -> Pixels:
    """Give one more version of a photo, also worse in resolution and compression."""
    if surface is not None and rng.random() < 0.8:
        return worn(rng, dressed_anew(rng, pixels, surface, rooms))
    return worn(rng, lit_anew(rng, pixels))


def texture(rng: Random, height: int, width: int) -> Float:
    """(h, w, 3) a random pattern about 1: noise of three sizes, sometimes with stripes."""
    out = np.zeros((height, width, 3), np.float32)
    for size in (4, 12, 40):
        channels = 3 if rng.random() < 0.4 else 1
        noise = rng.normal(0, 1, (height // size + 2, width // size + 2, channels)).astype(np.float32)
        how = int(rng.choice([cv2.INTER_CUBIC, cv2.INTER_NEAREST], p=[0.75, 0.25]))
        out += rng.uniform(0, 0.5) * cv2.resize(noise, (width, height), interpolation=how).reshape(height, width, -1)
    if rng.random() < 0.35:
        out += stripes(rng, height, width)
    return np.exp(np.clip(out * rng.uniform(0.1, 0.8), -2, 2)).astype(np.float32)


def stripes(rng: Random, height: int, width: int) -> Array:
    """(h, w, 3) soft or hard stripes of a random direction, period and colour."""
    angle, period = rng.uniform(0, np.pi), rng.uniform(5, 50)
    y, x = np.mgrid[:height, :width]
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period + rng.uniform(0, 6))
    strength = rng.uniform(0.2, 0.8)
    soft = rng.random() < 0.5
    return np.asarray(strength * (wave if soft else np.sign(wave))[..., None] * rng.normal(0.6, 0.5, 3))


def light(rng: Random, direction: Float) -> Float:
    """(h, w, 3) shading under ambient light and one to three random lamps, often from one side."""
    shade = np.full(direction.shape, rng.uniform(0.1, 0.7), np.float32) * rng.uniform(0.8, 1.2, 3)
    for _ in range(int(rng.integers(1, 4))):
        lamp = rng.normal(0, 1, 3) * [1, 0.7, 0.3] + [0, 0.35, 0.7]
        towards = direction @ (lamp / np.linalg.norm(lamp)).astype(np.float32)
        wrap = rng.uniform(0, 0.6)
        bright = rng.uniform(0.3, 1.2) * np.clip((towards + wrap) / (1 + wrap), 0, 1)
        shade += bright[..., None] * rng.uniform(0.8, 1.2, 3)
    return shade.astype(np.float32)


def dressed_anew(rng: Random, pixels: Pixels, surface: Surface, rooms: list[Pixels]) -> Pixels:
    """Paint and light the body anew, half the time in another room."""
    height, width = pixels.shape[:2]
    photo = (pixels.astype(np.float32) / 255) ** GAMMA
    body = _painted(rng, photo, surface)
    edge = cv2.GaussianBlur(surface.body, (0, 0), 0.7)[..., None]
    room = _another_room(rng, height, width, rooms) if rng.random() < 0.5 else photo
    out = body * edge + room * (1 - edge)
    return _as_photo(out * (rng.uniform(0.25, 0.6) / max(float(out.mean()), 0.02) * 0.6))


def _painted(rng: Random, photo: Float, surface: Surface) -> Float:
    """Everything new; or the photo's own shadows kept; or only the light new."""
    mode = rng.random()
    paint, shade = _paint(rng, surface.kind), light(rng, surface.direction)
    if mode < 0.45:
        return paint * shade
    if mode < 0.8:
        return np.asarray(photo * np.clip(paint / 0.35, 0.2, 2.5) ** rng.uniform(0.3, 1) * shade)
    return np.asarray(photo * shade / shade[surface.body > 0.5].mean())


def _paint(rng: Random, kind: Pixels) -> Float:
    """(h, w, 3) a random colour, often with a pattern, for each kind of surface."""
    height, width = kind.shape
    paint = np.ones((height, width, 3), np.float32) * rng.uniform(0.05, 0.7, 3)
    for low, high in KINDS:
        here = (kind >= low) & (kind < high)
        if here.any():
            colour = rng.uniform(0.04, 0.8) * np.clip(1 + rng.normal(0, 0.35, 3), 0.2, 2)
            pattern = texture(rng, height, width)[here] if rng.random() < 0.6 else 1.0
            paint[here] = colour * pattern
    return paint.astype(np.float32)


def _another_room(rng: Random, height: int, width: int, rooms: list[Pixels]) -> Float:
    """Another photo under a pattern, or a pattern alone."""
    other = cv2.resize(rooms[int(rng.integers(len(rooms)))], (width, height)).astype(np.float32) / 255
    room = other**GAMMA * texture(rng, height, width) ** 0.5
    if rng.random() < 0.3:
        room = texture(rng, height, width) * rng.uniform(0.05, 0.7, 3)
    return np.asarray(room, np.float32)


def lit_anew(rng: Random, pixels: Pixels) -> Pixels:
    """Lay a soft pattern, a light from one side and the edge of a shadow over a photo."""
    height, width = pixels.shape[:2]
    out = (pixels.astype(np.float32) / 255) ** GAMMA
    if rng.random() < 0.6:
        out *= texture(rng, height, width) ** rng.uniform(0.1, 0.6)
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:height, :width]
    along = ((x - width / 2) * np.cos(angle) + (y - height / 2) * np.sin(angle)) / width
    if rng.random() < 0.5:
        out *= np.exp(rng.normal(0, 1) * along)[..., None].astype(np.float32)
    if rng.random() < 0.35:
        shadow = np.where(along > rng.uniform(-0.2, 0.2), rng.uniform(0.4, 0.8), 1.0)
        out *= shadow[..., None].astype(np.float32)
    return _as_photo(out)


def _as_photo(linear: Float) -> Pixels:
    return np.asarray(np.clip(linear, 0, 1) ** (1 / GAMMA) * 255).astype(np.uint8)


def worn(rng: Random, pixels: Pixels) -> Pixels:
    """Half the time a coarser resolution, half the time a strong JPEG compression."""
    height, width = pixels.shape[:2]
    factor = rng.uniform(0.35, 1) if rng.random() < 0.5 else 1.0
    if factor < 1:
        small = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        pixels = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 90))]
        pixels = np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    return pixels
