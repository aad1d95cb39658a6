"""From photos of the printed board to a camera profile, or to what is missing for one (Zhang 2000)."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from posturecam.body import Array
from posturecam.errors import SettingsError
from posturecam.errors.facts import Problem
from posturecam.picture.lens.board import charuco
from posturecam.picture.lens.profile import CameraProfile
from posturecam.picture.photo import Photo

LEAST_CORNERS, LEAST_PHOTOS = 12, 6
GRID = 4
COVERAGE_PX = 800
"""Long side of the picture that shows where corners were seen."""

LEAST_COVERED = 0.5
MOST_FOCAL_SIGMA = 0.01
"""Above this relative standard error of the focal length the photos were too alike."""

MOST_ERROR_PX = 1.5
"""Above this reprojection error (for each 1000 pixels of the photo) something is wrong with the board or the photos."""


@dataclass(frozen=True, slots=True)
class Corners:
    """The board's corners seen in a photo: their numbers (N,) and where (N, 2), pixels of the whole photo."""

    name: str
    numbers: Array
    points: Array


@dataclass(frozen=True, slots=True)
class Calibration:
    """A profile, where in the photo corners were seen (GRID × GRID counts), and the photos without a board."""

    profile: CameraProfile
    coverage: Array
    without: tuple[str, ...]
    seen: tuple[Corners, ...] = ()

    @property
    def map(self) -> str:
        """The coverage as lines of text: # where corners were seen, · where not."""
        return "\n".join(" ".join("#" if count else "·" for count in row) for row in self.coverage)


def coverage_picture(seen: Sequence[Corners], size_px: tuple[int, int]) -> Image.Image:
    """Draw where corners were seen: a dot for each, the parts without any tinted; as wide as a small photo."""
    scale = COVERAGE_PX / max(size_px)
    picture = Image.new("RGB", (round(size_px[0] * scale), round(size_px[1] * scale)), "white")
    draw = ImageDraw.Draw(picture)
    wide, high = picture.width / GRID, picture.height / GRID
    for (row, column), count in np.ndenumerate(covered(seen, size_px)):
        box = (column * wide, row * high, (column + 1) * wide, (row + 1) * high)
        draw.rectangle(box, fill="white" if count else (255, 214, 165), outline=(150, 150, 150))
    for x, y in np.concatenate([corners.points for corners in seen]) * scale:
        draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(20, 90, 160))
    return picture


def find_corners(photo: Photo) -> Corners | None:
    """Find the board's corners; None where too few are seen."""
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    points, numbers, _, _ = cv2.aruco.CharucoDetector(charuco()).detectBoard(grey)
    if numbers is None or len(numbers) < LEAST_CORNERS:
        return None
    here = (np.asarray(points, dtype=np.float64).reshape(-1, 2) + 0.5) / photo.scale
    return Corners(photo.name, np.asarray(numbers, dtype=np.float64).ravel(), here)


def calibrate(photos: list[Photo]) -> Calibration:
    """Find the camera's profile; raises SettingsError, which says which photos are still needed."""
    sizes = {photo.size_px for photo in photos}
    if len(sizes) > 1:
        shown = ", ".join(f"{width}×{height}" for width, height in sorted(sizes))
        msg = Problem("photos_of_several_sizes", shown=shown)
        raise SettingsError(msg)
    found = [find_corners(photo) for photo in photos]
    seen = [corners for corners in found if corners is not None]
    without = tuple(photo.name for photo, corners in zip(photos, found, strict=True) if corners is None)
    if len(seen) < LEAST_PHOTOS:
        msg = Problem("board_found_rarely", count=len(seen), count2=len(photos), least_photos=LEAST_PHOTOS)
        raise SettingsError(msg)
    size_px = sizes.pop()
    coverage = covered(seen, size_px)
    return Calibration(_checked(*_solved(seen, size_px), coverage), coverage, without, tuple(seen))


def covered(seen: Sequence[Corners], size_px: tuple[int, int]) -> Array:
    """(GRID, GRID) how many corners were seen in each part of the photo."""
    points = np.concatenate([corners.points for corners in seen])
    edges = [np.linspace(0, side, GRID + 1) for side in (size_px[1], size_px[0])]
    return np.asarray(np.histogram2d(points[:, 1], points[:, 0], bins=edges)[0])


def _solved(seen: list[Corners], size_px: tuple[int, int]) -> tuple[CameraProfile, float]:
    """Give the profile and the relative standard error of its focal length."""
    corners = np.asarray(charuco().getChessboardCorners(), dtype=np.float32)
    at = [corners[board.numbers.astype(int)] for board in seen]
    points = [(board.points - 0.5).astype(np.float32)[:, None] for board in seen]
    flags = cv2.CALIB_FIX_K3 | cv2.CALIB_ZERO_TANGENT_DIST | cv2.CALIB_FIX_ASPECT_RATIO
    start = np.array([[size_px[0], 0, size_px[0] / 2], [0, size_px[0], size_px[1] / 2], [0, 0, 1]], dtype=np.float64)
    solved = cv2.calibrateCameraExtended(at, points, size_px, start, np.zeros(5), flags=flags)
    error, matrix, bend, deviations = solved[0], solved[1], np.ravel(solved[2]), np.ravel(solved[5])
    focal = float(matrix[0, 0])
    center = (float(matrix[0, 2]) + 0.5, float(matrix[1, 2]) + 0.5)
    profile = CameraProfile(size_px, focal, center, float(bend[0]), float(bend[1]), float(error), len(seen))
    return profile, float(max(deviations[0], deviations[1]) / focal)


def _checked(profile: CameraProfile, focal_sigma: float, coverage: Array) -> CameraProfile:
    """Refuse a profile that the photos do not carry."""
    share = float((coverage > 0).mean())
    if share < LEAST_COVERED:
        msg = Problem("corners_cover_little", share=share)
        raise SettingsError(msg)
    if not focal_sigma < MOST_FOCAL_SIGMA:
        known = Problem("focal_known_to", focal_sigma=focal_sigma)
        msg = Problem("photos_too_alike", known=known)
        raise SettingsError(msg)
    if profile.error_px > MOST_ERROR_PX * max(profile.size_px) / 1000.0:
        msg = Problem("board_fits_badly", error_px=profile.error_px)
        raise SettingsError(msg)
    return profile
