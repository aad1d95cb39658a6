"""A photo as the rest of the program sees it: upright, RGB, eight bits, not larger than it needs to be."""

import hashlib
import os
import stat
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path, PurePath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from posturecam.errors import PhotoError
from posturecam.errors.facts import Problem
from posturecam.picture.capture_date import CaptureDate, exif_date, file_date, named_date
from posturecam.picture.exif import exif_focal_px
from posturecam.picture.opening import PLAIN, FileFacts, check_budget, not_a_picture, open_picture
from posturecam.picture.rgb import to_rgb
from posturecam.text.language import without_controls

Pixels = NDArray[np.uint8]
_Decoded = tuple[Pixels, tuple[int, int], float | None, CaptureDate | None, FileFacts]

LONG_SIDE_PX = 2400
"""Photos are decoded no larger than this: the pose network sees 256 px, the face about a sixth of the body."""

QUICK_SIDE_PX = 1200
"""The same for a quick look."""

SMALL_PX, SMALL_LEEWAY = 1024, 1.25
"""Long side of a photo's small version; what is larger by no more than the factor is small enough."""

MAX_MEGAPIXELS = 200
"""Larger pictures are refused before a pixel is decoded; so is what takes too much memory (``picture.budget``)."""

MAX_FILE_BYTES = 400_000_000
"""Larger files are refused before they are read."""


@dataclass(frozen=True)
class Photo:
    """An upright photo.

    pixels   (h, w, 3) uint8 RGB, perhaps reduced
    size_px  (width, height) of the whole upright photo; points are given in these pixels
    focal_px the focal length in pixels of the whole photo, where the camera wrote it down
    file     what is to be said of the file itself
    finer    decodes the photo again with another long side, where the file holds more pixels than these
    taken    the day of the photo, where anything tells it
    """

    name: str
    sha256: str
    pixels: Pixels
    size_px: tuple[int, int]
    focal_px: float | None = None
    finer: Callable[[int], "Photo"] | None = field(default=None, compare=False, repr=False)
    taken: CaptureDate | None = None
    file: FileFacts = PLAIN

    def __post_init__(self) -> None:
        """Refuse arrays of another shape."""
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            msg = f"pixels must be (h, w, 3) uint8, not {self.pixels.shape} {self.pixels.dtype}"
            raise ValueError(msg)

    @property
    def scale(self) -> float:
        """Decoded pixels for each pixel of the whole photo."""
        return float(self.pixels.shape[1]) / self.size_px[0]

    @cached_property
    def flipped(self) -> Pixels:
        """The pixels of the mirror image."""
        return flipped(self.pixels)

    @cached_property
    def small(self) -> Pixels:
        """The pixels reduced to about ``SMALL_PX``, in which people, upright edges, light and blur are looked for."""
        return limited_size(self.pixels, SMALL_PX, SMALL_LEEWAY)

    def turned(self, turn_deg: int) -> "Photo":
        """Give the photo turned clockwise by 0, 90, 180 or 270 degrees."""
        if not turn_deg % 360:
            return self
        again = self.finer
        finer = None if again is None else lambda long_side: again(long_side).turned(turn_deg)
        pixels = np.ascontiguousarray(np.rot90(self.pixels, -turn_deg // 90))
        size_px = self.size_px[::-1] if turn_deg % 180 else self.size_px
        return Photo(self.name, self.sha256, pixels, size_px, self.focal_px, finer, self.taken, self.file)

    def mirrored(self) -> "Photo":
        """Give the mirror image."""
        again = self.finer
        finer = None if again is None else lambda long_side: again(long_side).mirrored()
        return Photo(self.name, self.sha256, self.flipped, self.size_px, self.focal_px, finer, self.taken, self.file)


def from_pixels(pixels: Pixels, name: str = "array") -> Photo:
    """Take an (h, w, 3) uint8 RGB array as a photo."""
    digest = hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()
    return Photo(name, digest, limited_size(pixels), (pixels.shape[1], pixels.shape[0]))


def read(path: Path | str, long_side: int = LONG_SIDE_PX) -> Photo:
    """Read a photo: EXIF orientation applied once, any colour mode brought to RGB, large ones reduced to a long side.

    Raises PhotoError, which says what is wrong with the file and what to do.
    """
    path = Path(path)
    photo = from_bytes(file_bytes(path), path, long_side)
    return replace(photo, taken=photo.taken or named_date(path.absolute()) or file_date(path))


def from_bytes(data: bytes, path: PurePath, long_side: int = LONG_SIDE_PX) -> Photo:
    """Read a photo from its bytes as ``read`` does; ``path`` names it in messages and is not opened."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pixels, size, focal_px, taken, file = _decoded(path, data, long_side)
    finer = partial(from_bytes, data, path) if max(size) > long_side else None
    sha256, taken = hashlib.sha256(data).hexdigest(), taken or named_date(path)
    return Photo(shown_name(path), sha256, limited_size(pixels, long_side), size, focal_px, finer, taken, file)


def shown_name(path: PurePath) -> str:
    """Give the file's name as text that any output can hold."""
    return without_controls(os.fsencode(path.name).decode("utf-8", "replace")).replace("\n", "\\n")


def file_bytes(path: Path) -> bytes:
    """Read a plain file whole, or say in one line why that cannot be."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            msg = Problem("photo_is_folder", path=path)
            raise PhotoError(msg)
        if not stat.S_ISREG(mode):
            msg = Problem("not_plain_file", path=path)
            raise PhotoError(msg)
        if path.stat().st_size > MAX_FILE_BYTES:
            msg = Problem("file_too_large", path=path, most=MAX_FILE_BYTES // 1_000_000)
            raise PhotoError(msg)
        data = path.read_bytes()
    except FileNotFoundError as error:
        msg = Problem("no_such_photo", path=path)
        raise PhotoError(msg) from error
    except OSError as error:
        msg = Problem("photo_unreadable", path=path, strerror=str(error.strerror or error))
        raise PhotoError(msg) from error
    if not data:
        msg = Problem("photo_empty", path=path)
        raise PhotoError(msg)
    return data


def _decoded(path: PurePath, data: bytes, long_side: int) -> _Decoded:
    """Decode the bytes: upright RGB pixels, whole upright size, focal length in its pixels, camera's date, facts."""
    try:
        opened = open_picture(data, path)
        with opened.image as image:
            whole = _checked_size(path, image)
            focal_px, taken = exif_focal_px(image, whole), exif_date(image)
            reduce_jpeg(image, long_side)
            check_budget(opened, path)
            _mind_heif_orientation(image, data)
            lying = image.width > image.height
            ImageOps.exif_transpose(image, in_place=True)
            turned = (image.width > image.height) != lying
            return to_rgb(image), ((whole[1], whole[0]) if turned else whole), focal_px, taken, opened.facts
    except PhotoError:
        raise
    except UnidentifiedImageError as error:
        raise PhotoError(not_a_picture(path)) from error
    except Image.DecompressionBombError as error:
        raise PhotoError(_too_large(path)) from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, OverflowError) as error:
        msg = Problem("photo_damaged", path=path, first_line=_first_line(error))
        raise PhotoError(msg) from error


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _too_large(path: PurePath) -> Problem:
    return Problem("too_many_megapixels", path=path, most=MAX_MEGAPIXELS)


def _checked_size(path: PurePath, image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    if width * height > MAX_MEGAPIXELS * 1_000_000:
        raise PhotoError(_too_large(path))
    if min(width, height) < 32:
        msg = Problem("too_few_pixels", path=path, width=width, height=height)
        raise PhotoError(msg)
    return width, height


def _mind_heif_orientation(image: Image.Image, data: bytes) -> None:
    """Put the EXIF orientation of a HEIC file back where the file's own rotation did not apply it.

    HEIC carries its rotation in boxes of its own (irot, imir), which the reader obeys, and then the EXIF value must not
    count a second time. Files written without these boxes have the EXIF value only.
    """
    stated = image.info.get("original_orientation")
    if stated and stated != 1 and b"irot" not in data and b"imir" not in data:
        image.getexif()[0x0112] = stated


def reduce_jpeg(image: Image.Image, long_side: int) -> None:
    """Tell the JPEG decoder to decode a half, a quarter or an eighth where the photo is larger than needed."""
    factor = next((n for n in (1, 2, 4) if max(image.size) <= n * long_side), 8)
    if factor > 1 and image.format in ("JPEG", "MPO"):
        image.draft("RGB", (image.width // factor, image.height // factor))


def limited_size(pixels: Pixels, long_side: int = LONG_SIDE_PX, leeway: float = 1.0) -> Pixels:
    """Shrink to a long side, so that the mirror image's reduction is exactly the reduction's mirror image.

    What is larger by no more than the factor ``leeway`` stays as it is.
    """
    height, width = pixels.shape[:2]
    if max(height, width) <= long_side * leeway:
        return pixels
    factor = long_side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    heavier = heavier_half(pixels)
    if heavier:
        return reduced(pixels, size) if heavier > 0 else flipped(reduced(flipped(pixels), size))
    here, there = reduced(pixels, size), flipped(reduced(flipped(pixels), size))
    return np.asarray((here | there) - ((here ^ there) >> 1), dtype=np.uint8)  # the mean, rounded up


def heavier_half(pixels: Pixels) -> int:
    """Tell which half of the picture is brighter: 1 = the left one, −1 = the right one, 0 = neither.

    The mirror image gives the opposite. Whatever would not come out exactly mirrored is therefore done to the picture
    or to its mirror image, always to that one whose left half is brighter.
    """
    import cv2  # noqa: PLC0415  (small pictures and reduced JPEGs do without)

    half = pixels.shape[1] // 2
    left, right = (sum(cv2.sumElems(part)) for part in (pixels[:, :half], pixels[:, pixels.shape[1] - half :]))
    return int(left > right) - int(left < right)


def flipped(pixels: Pixels) -> Pixels:
    """Give the mirror image."""
    import cv2  # noqa: PLC0415  (as above)

    return np.asarray(cv2.flip(pixels, 1), dtype=np.uint8)


def reduced(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Shrink to (width, height): by a whole number first, each pixel the mean of a square, then by the small rest."""
    import cv2  # noqa: PLC0415  (as above)

    height, width = pixels.shape[:2]
    whole = max(1, min(width // size[0], height // size[1]))
    if whole > 1:
        right, down = -width % whole, -height % whole
        pixels = np.asarray(cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_REPLICATE), dtype=np.uint8)
        coarse_size = (pixels.shape[1] // whole, pixels.shape[0] // whole)
        pixels = np.asarray(cv2.resize(pixels, coarse_size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    x, y = width / size[0] / whole, height / size[1] / whole
    back = np.array([[x, 0.0, x / 2 - 0.5], [0.0, y, y / 2 - 0.5]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(pixels, back, size, flags=how, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


Image.MAX_IMAGE_PIXELS = None  # the program's own limit, checked before decoding, is the one above
