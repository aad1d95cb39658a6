"""Heads covered as clinics, clothes and people do: drawn over a photo at the head that a pose finder saw.

Photos are (h, w, 3) uint8 RGB, points (33, 2) in their pixels. Everything is measured in trunks (mid-shoulder to
mid-hip) from the middle of the ears, so that the same cover fits any body. Used to learn and to check from which side a
body is seen when no face tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from posturecam.body import ORDER, Array, Landmark, View
from posturecam.picture.photo import Pixels

Draw = np.random.Generator

SKIN = ((224, 188, 162), (196, 148, 116), (141, 96, 70), (88, 58, 42))
HAIR = ((28, 22, 20), (70, 46, 30), (120, 82, 48), (176, 140, 92), (150, 148, 146))
CLOTH = ((20, 20, 22), (60, 62, 70), (38, 46, 84), (120, 36, 40), (216, 212, 204), (84, 98, 72))


@dataclass(frozen=True, slots=True)
class Head:
    """Where a head is: middle of the ears and of the shoulders, pixels, and the length of the trunk, pixels."""

    ears: Array
    shoulders: Array
    trunk: float

    def at(self, right: float, down: float) -> tuple[int, int]:
        """Give the pixel that far from the ears, in trunks."""
        x, y = self.ears + self.trunk * np.array([right, down])
        return round(float(x)), round(float(y))

    def reach(self, size: float) -> int:
        """Give a length in trunks as whole pixels, at least 1."""
        return max(1, round(size * self.trunk))


def head_of(points: Array) -> Head:
    """Find the head among a pose's points."""

    def middle(part: str) -> Array:
        return np.asarray(points[[ORDER[Landmark[f"{side}_{part}"]] for side in ("LEFT", "RIGHT")]].mean(axis=0))

    shoulders = middle("SHOULDER")
    return Head(middle("EAR"), shoulders, max(float(np.linalg.norm(shoulders - middle("HIP"))), 8.0))


def _mask(pixels: Pixels, head: Head, wide: float, high: float, *, oval: bool) -> Pixels:
    """(h, w) 255 inside the head's oval or box, half as wide and high as given, in trunks."""
    mask = np.zeros(pixels.shape[:2], np.uint8)
    x, y = head.at(0.0, -0.03)
    w, h = head.reach(wide), head.reach(high)
    if oval:
        cv2.ellipse(mask, (x, y), (w, h), 0, 0, 360, 255, -1)
    else:
        cv2.rectangle(mask, (x - w, y - h), (x + w, y + h), 255, -1)
    return mask


def _laid(pixels: Pixels, over: Pixels, mask: Pixels) -> Pixels:
    return np.where(mask[..., None] > 0, over, pixels).astype(np.uint8)


def blurred(pixels: Pixels, head: Head, _view: View, draw: Draw) -> Pixels:
    """Blur the head beyond recognition."""
    sigma = head.trunk * draw.uniform(0.07, 0.14)
    soft = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)
    return _laid(pixels, soft, _mask(pixels, head, draw.uniform(0.24, 0.32), 0.32, oval=bool(draw.integers(2))))


def boxed(pixels: Pixels, head: Head, _view: View, draw: Draw) -> Pixels:
    """Lay a box of one colour over the head."""
    grey = int(draw.choice([0, 0, 128, 255]))
    mask = _mask(pixels, head, draw.uniform(0.2, 0.32), draw.uniform(0.26, 0.36), oval=False)
    return _laid(pixels, np.full_like(pixels, grey), mask)


def pixelated(pixels: Pixels, head: Head, _view: View, draw: Draw) -> Pixels:
    """Lay a mosaic over the head."""
    block = max(2.0, head.trunk * draw.uniform(0.07, 0.13))
    height, width = pixels.shape[:2]
    small = (max(1, round(width / block)), max(1, round(height / block)))
    coarse = cv2.resize(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), (width, height), interpolation=0)
    return _laid(pixels, np.asarray(coarse, np.uint8), _mask(pixels, head, draw.uniform(0.22, 0.3), 0.3, oval=False))


def disc(pixels: Pixels, head: Head, _view: View, draw: Draw) -> Pixels:
    """Lay a round disc, such as a smiley without a face, over the head."""
    colour = np.array(((255, 210, 60), (255, 255, 255), (30, 30, 30), (90, 140, 220))[int(draw.integers(4))], np.uint8)
    size = draw.uniform(0.27, 0.36)
    return _laid(pixels, np.broadcast_to(colour, pixels.shape), _mask(pixels, head, size, size, oval=True))


def cropped(pixels: Pixels, head: Head, _view: View, draw: Draw) -> Pixels:
    """Cut the picture off between chin and shoulders."""
    y = round(float(head.shoulders[1]) - head.trunk * draw.uniform(0.08, 0.18))
    return np.ascontiguousarray(pixels[min(max(0, y), pixels.shape[0] - 64) :])


def veiled(pixels: Pixels, head: Head, view: View, draw: Draw) -> Pixels:
    """Hang a veil over head, neck and shoulders; in front it leaves a slit for the eyes."""
    colour = CLOTH[int(draw.integers(len(CLOTH)))]
    over = pixels.copy()
    cv2.ellipse(over, head.at(0.0, -0.05), (head.reach(0.25), head.reach(0.31)), 0, 0, 360, colour, -1)
    low = float(head.shoulders[1] - head.ears[1]) / head.trunk + draw.uniform(0.08, 0.3)
    hem = draw.uniform(0.24, 0.36)
    corners = [head.at(-0.2, 0.02), head.at(0.2, 0.02), head.at(hem, low), head.at(0.0, low + 0.06), head.at(-hem, low)]
    cv2.fillPoly(over, [np.array(corners)], colour)
    if view is View.FRONT:
        skin = SKIN[int(draw.integers(len(SKIN)))]
        cv2.ellipse(over, head.at(0.0, -0.03), (head.reach(0.13), head.reach(0.03)), 0, 0, 360, skin, -1)
    return over


def wrapped(pixels: Pixels, head: Head, view: View, draw: Draw) -> Pixels:
    """Put on a cap and a scarf up to the nose, and dark glasses where the face is to the camera."""
    cap, scarf = (CLOTH[int(number)] for number in draw.integers(len(CLOTH), size=2))
    over = pixels.copy()
    cv2.ellipse(over, head.at(0.0, -0.08), (head.reach(0.2), head.reach(0.22)), 0, 180, 360, cap, -1)
    if view is not View.BACK:
        cv2.rectangle(over, head.at(-0.17, -0.08), head.at(0.17, 0.0), (12, 12, 14), -1)
    cv2.ellipse(over, head.at(0.0, 0.16), (head.reach(0.22), head.reach(0.14)), 0, 0, 360, scarf, -1)
    return over


def bowed(pixels: Pixels, head: Head, _view: View, draw: Draw) -> Pixels:
    """Let hair hang over all of the face, as over a bowed head."""
    base = np.array(HAIR[int(draw.integers(len(HAIR)))], float)
    over = pixels.copy()
    cv2.ellipse(over, head.at(0.0, -0.04), (head.reach(0.22), head.reach(0.27)), 0, 0, 360, base.tolist(), -1)
    for strand in np.linspace(-0.2, 0.2, 41):
        tone = np.clip(base + draw.normal(0, 14), 0, 255).tolist()
        end = head.at(strand * draw.uniform(0.9, 1.1), draw.uniform(0.12, 0.26))
        cv2.line(over, head.at(strand * 0.5, -0.27), end, tone, head.reach(0.012))
    return over


Cover = Callable[[Pixels, Head, View, Draw], Pixels]

PLAIN: Mapping[str, Cover] = {
    "blurred": blurred,
    "boxed": boxed,
    "pixelated": pixelated,
    "disc": disc,
    "cropped": cropped,
}
"""Ways that need not know from where the body is seen."""

COVERS: Mapping[str, Cover] = {**PLAIN, "veiled": veiled, "wrapped": wrapped, "bowed": bowed}
"""Every way by its name."""
