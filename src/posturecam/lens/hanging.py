"""Find the printed board, or the single large marker, that hangs by its thread in a photo.

It hangs plumb, so it tells the camera's roll and pitch; its size is known, so it tells the millimetres. Its markers
cannot be read in a mirror image: the picture is looked at as it is and flipped, and the one that can be read counts.
That also tells a mirrored selfie.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from posturecam.body import Array
from posturecam.lens.board import LARGE_ID, LARGE_MM, SQUARE_MM, SQUARES, charuco, words
from posturecam.lens.plane import Eye, Seen, Standing, stand
from posturecam.lens.profile import CameraProfile
from posturecam.photo import Photo, Pixels
from posturecam.scale import BOARD, Scale
from posturecam.vertical import HUNG, Vertical

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

_WINDOWS = (7, 27, 10)
"""Windows of the adaptive threshold, decoded pixels: a square of the board, or the large marker's fields."""


@dataclass(frozen=True, slots=True)
class Hung:
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

    def flipped(self, width_px: float) -> "Hung":
        """Give what the mirror image shows."""
        outline = (self.outline * [-1.0, 1.0] + [width_px, 0.0])[[1, 0, 3, 2]]
        value = self.standing.value * [-1.0, 1.0, 1.0, 1.0]
        return replace(self, outline=outline, standing=replace(self.standing, value=value), mirrored=not self.mirrored)


def find_hung(photo: Photo, focal_px: float | None = None, lens: CameraProfile | None = None) -> Hung | None:
    """Find the board or the large marker; None where there is none. Odd in the mirror, to the last bit.

    ``focal_px`` in pixels of the whole photo, None = unknown; ``lens`` is a profile fitted to the photo.
    """
    grey = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    flip = _heavier_right(grey)
    ways = [(grey, False), (np.ascontiguousarray(grey[:, ::-1]), True)]
    first, second = ways[::-1] if flip else ways
    found, any_square = _points(first[0])
    flipped = first[1]
    if found is None and any_square:
        (found, _), flipped = _points(second[0]), second[1]
    return None if found is None else _fitted(found, photo, focal_px, lens, flipped=flipped)


def _heavier_right(grey: Pixels) -> bool:
    """Whether the right half is the brighter one: a photo and its mirror image are looked at the same way first."""
    columns = np.asarray(cv2.reduce(grey, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S), dtype=np.int64).ravel()
    return int(columns @ (2 * np.arange(columns.size) + 1 - columns.size)) > 0


def _points(grey: Pixels) -> tuple[Seen | None, bool]:
    """Look for the board's points, decoded pixels; and whether there was anything square at all."""
    settings = cv2.aruco.DetectorParameters()
    settings.adaptiveThreshWinSizeMin, settings.adaptiveThreshWinSizeMax, settings.adaptiveThreshWinSizeStep = _WINDOWS
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.errorCorrectionRate = 0.3
    corners, numbers, rejected = cv2.aruco.ArucoDetector(words(), settings).detectMarkers(grey)
    if not corners:
        return None, bool(rejected)
    ids = np.asarray(numbers).ravel().tolist()
    if LARGE_ID in ids:
        square = LARGE_MM * np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        at = np.asarray(corners[ids.index(LARGE_ID)], dtype=np.float64).reshape(4, 2)
        return Seen(square, at + 0.5, MARKER_SD_PX), True
    points, which, _, _ = cv2.aruco.CharucoDetector(charuco()).detectBoard(grey, None, None, corners, numbers)
    if which is None or len(which) < LEAST_CORNERS:
        return None, True
    of_board = np.asarray(charuco().getChessboardCorners(), dtype=np.float64)[np.asarray(which).ravel(), :2]
    if np.linalg.matrix_rank(of_board - of_board.mean(axis=0)) < 2:
        return None, True
    return Seen(of_board, np.asarray(points, dtype=np.float64).reshape(-1, 2) + 0.5, CORNER_SD_PX), True


def _fitted(
    seen: Seen, photo: Photo, focal_px: float | None, lens: CameraProfile | None, *, flipped: bool
) -> Hung | None:
    width, height = photo.size_px
    mine = lens.mirrored() if lens and flipped else lens
    points = seen.photo / photo.scale
    real = Seen(seen.board, points if mine is None else mine.straighten(points), seen.sd_px / photo.scale)
    center = (width / 2, height / 2) if mine is None else mine.center_px
    known = focal_px if lens is None else lens.focal_px
    standing = stand(real, Eye(center, float(np.hypot(width, height)), known))
    if standing is None or standing.misfit_px * photo.scale > MOST_MISFIT_PX:
        return None
    found = Hung(_outline(seen, photo.scale), standing, known is not None)
    return found.flipped(width) if flipped else found


def _outline(seen: Seen, scale: float) -> Array:
    """(4, 2) corners of the whole board, from those of its points that were seen, photo pixels."""
    far = np.array([LARGE_MM, LARGE_MM]) if len(seen.board) == 4 else np.array(SQUARES) * SQUARE_MM
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]) * far
    matrix = cv2.findHomography(seen.board, seen.photo)[0]
    return np.asarray(cv2.perspectiveTransform(corners[:, None], matrix), dtype=np.float64).reshape(4, 2) / scale
