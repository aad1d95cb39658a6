"""Find the printed board, or the single large marker, that hangs by its thread in a photo.

It hangs plumb, so it tells the camera's roll and pitch; its size is known, so it tells the millimetres. Its markers
cannot be read in a mirror image: the picture is looked at as it is and flipped, and the one that can be read counts.
That also tells a mirrored selfie.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.picture.lens.board import LARGE_ID, LARGE_MM, SQUARE_MM, SQUARES, charuco, words
from posturecam.picture.lens.plane import BoardPoints, CameraView, Standing, stand
from posturecam.picture.lens.profile import CameraProfile
from posturecam.picture.photo import Photo, Pixels, flipped, heavier_half
from posturecam.picture.scale import BOARD, Scale
from posturecam.picture.vertical import HUNG, Vertical

LEAST_CORNERS = 6
CORNER_SD_PX, MARKER_SD_PX = 0.2, 0.2
"""Error of a found corner of the chessboard and of the large marker, in pixels of the decoded picture."""

MOST_MISFIT_PX = 2.0
"""Points that miss the fitted board by more, in decoded pixels, are no flat board."""

HUNG_SIGMA_DEG = 0.3
"""How far the board's edge stands off plumb: hole and cut edges are each off by half a millimetre, 126 mm above the
middle."""

MOST_ASKEW_DEG = 12.0
"""Beyond this the board does not hang but lies, leans or is held."""

PRINTED_SIGMA = 0.005
"""Relative error of the print: half a millimetre on the ruler of 100 mm."""

PLANE_SIGMA_M = 0.15
"""How far the board hangs before or behind the middle of the body beside it: half of a body's depth, and some."""

LEAST_SQUARES, LEAST_LARGE_PX, MOST_FRAMED = 6, 20.0, 4
"""So many squares side by side in the photo's small version, or one so large that looks like a marker, are looked at
more closely; of the latter at most so many."""

_CELLS, _ONE_TONE, _MIXED = 7, 0.65, 0.08
_SMALL_WINDOWS, _WINDOWS, _AIR = (23, 23, 10), (7, 27, 10), 0.35
"""Windows of the adaptive threshold, pixels, in the small version and in the photo; and the air around what was found,
as a part of its size: a board's squares are not all found in the small version."""


@dataclass(frozen=True, slots=True)
class HangingBoard:
    """A board that hangs in the photo.

    outline    (4, 2) its corners in pixels of the photo, from the top left in the order of the clock
    standing   what it tells of the camera
    mirrored   whether only the flipped photo could be read: the photo is a mirror image
    """

    outline: Array
    standing: Standing
    focal_known: bool
    mirrored: bool = False

    @property
    def vertical(self) -> Vertical | None:
        """Which way is up; None where it does not hang."""
        roll, sigma = float(self.standing.value[0]), float(self.standing.sigma[0])
        return None if abs(roll) > MOST_ASKEW_DEG else Vertical(HUNG, roll, float(np.hypot(sigma, HUNG_SIGMA_DEG)))

    @property
    def distance_m(self) -> float:
        """How far away it hangs, metres; without a known focal length the nearest that is likely."""
        _, _, scale, focal = self.standing.value
        unsure = 0.0 if self.focal_known else float(self.standing.sigma[3])
        return float(np.exp(scale + focal - unsure)) / 1000.0

    @property
    def scale(self) -> Scale:
        """Millimetres in a pixel at the body beside it."""
        plane = PLANE_SIGMA_M / self.distance_m
        sigma = float(np.sqrt(self.standing.sigma[2] ** 2 + PRINTED_SIGMA**2 + plane**2))
        return Scale(BOARD, float(np.exp(self.standing.value[2])), sigma)

    def flipped(self, width_px: float) -> "HangingBoard":
        """Give what the mirror image shows."""
        outline = (self.outline * [-1.0, 1.0] + [width_px, 0.0])[[1, 0, 3, 2]]
        value = self.standing.value * [-1.0, 1.0, 1.0, 1.0]
        return replace(self, outline=outline, standing=replace(self.standing, value=value), mirrored=not self.mirrored)


def find_board(photo: Photo, focal_px: float | None = None, lens: CameraProfile | None = None) -> HangingBoard | None:
    """Find the board or the large marker; None where there is none. Odd in the mirror, to the last bit.

    ``focal_px`` in pixels of the whole photo, None = unknown; ``lens`` is a profile fitted to the photo. Most photos
    show neither, so the small version is asked first, and the photo itself only around what may be one.
    """
    small = _grey(photo.small)
    turned = heavier_half(small) < 0
    boxes = _worth_a_look(flipped(small) if turned else small)
    if not boxes:
        return None
    grey = flipped(_grey(photo.pixels)) if turned else _grey(photo.pixels)
    scale = grey.shape[1] / small.shape[1]
    for mirror in (False, True):
        for box in boxes:
            seen = _points(grey, _whole_box(box * scale, grey.shape), mirror=mirror)
            if seen is not None:
                return _fitted(seen, photo, focal_px, lens, turned=turned != mirror)
    return None


def _grey(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _whole_box(box: Array, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Give a box (4,) left, top, right, bottom with some air, as whole pixels inside a picture."""
    air = _AIR * float((box[2:] - box[:2]).max())
    low = np.floor(np.maximum(box[:2] - air, 0)).astype(int)
    high = np.ceil(np.minimum(box[2:] + air, shape[1::-1])).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _worth_a_look(grey: Pixels) -> list[Array]:
    """Find where the small version may show a marker, or many squares side by side: boxes (4,)."""
    corners, _, rejected = cv2.aruco.ArucoDetector(words(), _settings(*_SMALL_WINDOWS)).detectMarkers(grey)
    read, unread = (
        [np.asarray(square, dtype=np.float64).reshape(4, 2) for square in some] for some in (corners, rejected)
    )
    framed = read + [square for square in unread if _framed(grey, square)]
    boxes = [np.concatenate([square.min(axis=0), square.max(axis=0)]) for square in framed]
    return boxes[:MOST_FRAMED] + _side_by_side(read + unread)


def _framed(grey: Pixels, square: Array) -> bool:
    """Whether a square is large enough, dark or (the paper) light along its edge, and neither of both within."""
    sides = np.linalg.norm(square - np.roll(square, 1, axis=0), axis=1)
    if sides.max() < LEAST_LARGE_PX or sides.max() > 3.0 * sides.min():
        return False
    target = np.array([[0, 0], [_CELLS, 0], [_CELLS, _CELLS], [0, _CELLS]], dtype=np.float32) * 4 - 0.5
    matrix = cv2.getPerspectiveTransform(square.astype(np.float32), target)
    patch = np.asarray(cv2.warpPerspective(grey, matrix, (4 * _CELLS, 4 * _CELLS)), dtype=np.uint8)
    light = np.asarray(cv2.threshold(patch, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], dtype=np.float64)
    inner = light[4:-4, 4:-4]
    edge = (light.sum() - inner.sum()) / (light.size - inner.size)
    return bool(max(edge, 1.0 - edge) > _ONE_TONE and _MIXED < inner.mean() < 1.0 - _MIXED)


def _side_by_side(squares: list[Array]) -> list[Array]:
    """Find the box (4,) around squares of one size that lie together as a chessboard's do."""
    if len(squares) < LEAST_SQUARES:
        return []
    middles = np.array([square.mean(axis=0) for square in squares])
    sides = np.array([np.linalg.norm(square - np.roll(square, 1, axis=0), axis=1).mean() for square in squares])
    side, middle = float(np.median(sides)), np.median(middles, axis=0)
    near = (np.abs(np.log(sides / side)) < 0.6) & (np.abs(middles - middle).max(axis=1) < max(SQUARES) * side)
    if near.sum() < LEAST_SQUARES:
        return []
    return [np.concatenate([middles[near].min(axis=0) - 2 * side, middles[near].max(axis=0) + 2 * side])]


def _settings(least: int, most: int, step: int) -> cv2.aruco.DetectorParameters:
    settings = cv2.aruco.DetectorParameters()
    settings.adaptiveThreshWinSizeMin, settings.adaptiveThreshWinSizeMax = least, most
    settings.adaptiveThreshWinSizeStep = step
    settings.errorCorrectionRate = 0.3
    return settings


def _points(whole: Pixels, near: tuple[int, int, int, int], *, mirror: bool) -> BoardPoints | None:
    """Read the board's points in a part of a picture, decoded pixels of the picture or of its mirror image."""
    left, top, right, bottom = near
    part = np.ascontiguousarray(whole[top:bottom, left:right])
    corner = np.array([whole.shape[1] - right if mirror else left, top], dtype=np.float64)
    settings = _settings(*_WINDOWS)
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.minMarkerPerimeterRate = min(0.03, 24.0 / max(part.shape))
    grey = flipped(part) if mirror else part
    seen = _seen(grey, settings)
    return None if seen is None else BoardPoints(seen.board, seen.photo + corner, seen.sd_px)


def _seen(grey: Pixels, settings: cv2.aruco.DetectorParameters) -> BoardPoints | None:
    corners, numbers, _ = cv2.aruco.ArucoDetector(words(), settings).detectMarkers(grey)
    if not corners:
        return None
    ids = np.asarray(numbers).ravel().tolist()
    if LARGE_ID in ids:
        square = LARGE_MM * np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        at = np.asarray(corners[ids.index(LARGE_ID)], dtype=np.float64).reshape(4, 2)
        return BoardPoints(square, at + 0.5, MARKER_SD_PX)
    points, which, _, _ = cv2.aruco.CharucoDetector(charuco()).detectBoard(grey, None, None, corners, numbers)
    if which is None or len(which) < LEAST_CORNERS:
        return None
    of_board = np.asarray(charuco().getChessboardCorners(), dtype=np.float64)[np.asarray(which).ravel(), :2]
    if np.linalg.matrix_rank(of_board - of_board.mean(axis=0)) < 2:
        return None
    return BoardPoints(of_board, np.asarray(points, dtype=np.float64).reshape(-1, 2) + 0.5, CORNER_SD_PX)


def _fitted(
    seen: BoardPoints, photo: Photo, focal_px: float | None, lens: CameraProfile | None, *, turned: bool
) -> HangingBoard | None:
    width, height = photo.size_px
    mine = lens.mirrored() if lens and turned else lens
    points = seen.photo / photo.scale
    real = BoardPoints(seen.board, points if mine is None else mine.straighten(points), seen.sd_px / photo.scale)
    center = (width / 2, height / 2) if mine is None else mine.center_px
    known = focal_px if lens is None else lens.focal_px
    standing = stand(real, CameraView(center, float(np.hypot(width, height)), known))
    if standing is None or standing.misfit_px * photo.scale > MOST_MISFIT_PX:
        return None
    found = HangingBoard(_outline(seen, photo.scale), standing, known is not None)
    return found.flipped(width) if turned else found


def _outline(seen: BoardPoints, scale: float) -> Array:
    """(4, 2) corners of the whole board, from those of its points that were seen, photo pixels."""
    far = np.array([LARGE_MM, LARGE_MM]) if len(seen.board) == 4 else np.array(SQUARES) * SQUARE_MM
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]) * far
    matrix = cv2.findHomography(seen.board, seen.photo)[0]
    return np.asarray(cv2.perspectiveTransform(corners[:, None], matrix), dtype=np.float64).reshape(4, 2) / scale
