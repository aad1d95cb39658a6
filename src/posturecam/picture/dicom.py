"""Photographs in DICOM files: the picture, and only on request whose it is and of which day.

Only photographs taken in visible light are read (VL Photographic Image Storage, or modality XC), uncompressed or as
JPEG; radiographs and whatever else DICOM holds are no photos of somebody standing. Needs pydicom (the extra dicom).
"""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from PIL import Image

from posturecam.errors import PhotoError
from posturecam.errors.facts import Problem
from posturecam.picture.budget import MOST_DECODED_BYTES
from posturecam.picture.formats import Format, format_of, open_as

_PHOTOGRAPH = "1.2.840.10008.5.1.4.1.1.77.1.4"
"""SOP class: VL Photographic Image Storage."""

_UNCOMPRESSED = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
"""Transfer syntaxes: implicit and explicit VR, little endian."""
_JPEG = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51")
"""JPEG baseline and extended."""

_DEFLATED = b"1.2.840.10008.1.2.1.99"
_HEAD_BYTES = 4096
"""Where a file names its transfer syntax: among its first elements."""


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a DICOM file names, and the day of the photograph as YYYY-MM-DD; empty where it does not say."""

    name: str
    taken: str


def open_dicom(data: bytes, path: PurePath) -> tuple[Image.Image, Format, bytes]:
    """Give the photograph in a DICOM file, its format, and the bytes it is decoded from. Raises PhotoError."""
    dataset = _dataset(data, path)
    modality = str(dataset.get("Modality", ""))
    if str(dataset.get("SOPClassUID", "")) != _PHOTOGRAPH and modality != "XC":
        msg = Problem("dicom_without_photo", path=path, modality=modality[:16] or "?")
        raise PhotoError(msg)
    syntax = str(dataset.file_meta.get("TransferSyntaxUID", ""))
    if syntax in _JPEG:
        frame = _first_frame(dataset, path)
        return open_as(Format.JPEG, frame), Format.JPEG, frame
    if syntax in _UNCOMPRESSED:
        return _in_rows(dataset, path), Format.DICOM, data
    raise PhotoError(Problem("dicom_packed", path=path))


def patient_of(data: bytes, path: PurePath) -> Patient | None:
    """Give whom a DICOM file names; None for any other file. Raises PhotoError."""
    if format_of(data) is not Format.DICOM:
        return None
    dataset = _dataset(data, path)
    name = " ".join(str(dataset.get("PatientName", "")).replace("^", " ").split())
    day = str(dataset.get("AcquisitionDate", "") or dataset.get("ContentDate", "") or dataset.get("StudyDate", ""))
    return Patient(name, f"{day[:4]}-{day[4:6]}-{day[6:8]}" if len(day) == 8 and day.isdecimal() else "")


def _dataset(data: bytes, path: PurePath) -> Any:
    """Read the file's elements. One that is deflated as a whole is refused before it is inflated."""
    try:
        from pydicom import dcmread  # noqa: PLC0415  (an extra)
    except ImportError as error:
        msg = Problem("pydicom_missing", path=path)
        raise PhotoError(msg) from error
    if _DEFLATED in data[:_HEAD_BYTES]:
        raise PhotoError(Problem("dicom_packed", path=path))
    reader: Any = dcmread  # untyped
    with _damaged(path):
        return reader(io.BytesIO(data))


_STUMBLED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    StopIteration,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@contextmanager
def _damaged(path: PurePath) -> Iterator[None]:
    """Say that a file is damaged: broken elements end in errors of nearly any kind, by the element's type."""
    from pydicom.errors import InvalidDicomError  # noqa: PLC0415  (an extra)

    try:
        yield
    except (InvalidDicomError, *_STUMBLED) as error:
        raise PhotoError(Problem("dicom_damaged", path=path)) from error


def _first_frame(dataset: Any, path: PurePath) -> bytes:
    """Give the JPEG of the first frame, for this program's own decoder."""
    from pydicom.encaps import generate_frames  # noqa: PLC0415  (an extra)

    frames: Any = generate_frames  # untyped
    with _damaged(path):
        frame = bytes(next(frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1) or 1))))
    if format_of(frame) is not Format.JPEG:
        raise PhotoError(Problem("dicom_packed", path=path))
    return frame


def _in_rows(dataset: Any, path: PurePath) -> Image.Image:
    """Give the first frame of a photograph that is kept as it is: eight bits, grey or RGB."""
    with _damaged(path):
        height, width, channels = int(dataset.Rows), int(dataset.Columns), int(dataset.get("SamplesPerPixel", 1))
        kind, bits = str(dataset.PhotometricInterpretation), int(dataset.BitsAllocated)
        size = height * width * channels
        pixels = dataset.PixelData
    if bits != 8 or (kind, channels) not in (("RGB", 3), ("MONOCHROME2", 1)):
        raise PhotoError(Problem("dicom_packed", path=path))
    if not 0 < size <= min(len(pixels), MOST_DECODED_BYTES):
        raise PhotoError(Problem("dicom_damaged", path=path))
    values = np.frombuffer(pixels, np.uint8, size)
    planes = channels == 3 and int(dataset.get("PlanarConfiguration", 0)) == 1
    rows = values.reshape(3, height, width).transpose(1, 2, 0) if planes else values.reshape(height, width, channels)
    return Image.fromarray(np.ascontiguousarray(rows if channels == 3 else rows[..., 0]))
