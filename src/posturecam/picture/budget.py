"""What decoding a picture takes of memory, from its head alone: bytes of depth, channels and frames, not pixels."""

from PIL import Image

from posturecam.picture.formats import Format
from posturecam.picture.tiff import directories, segments

MOST_DECODED_BYTES = 480_000_000
"""Bytes that a decoder may take for one picture: 120 megapixels of RGB. Turning it upright takes as much again, so that
no photo takes the program beyond 1.5 GB (``python benchmarks/run.py memory``)."""

_HELD = 4
"""Bytes that Pillow holds for each pixel of an RGB picture, and at most for one of any other kind."""

_CANVASES = 2 * 4
"""Bytes for each pixel that the WebP decoder holds beside: two frames, the one shown and the one before."""

_PLANES = 6
"""Bytes for each pixel that the decoders of HEIC and AVIF hold beside: three planes of up to 16 bits."""


def decoded_bytes(kind: Format, image: Image.Image, data: bytes) -> int:
    """Compute how many bytes the decoder takes for a picture whose head was read, at the size it will decode."""
    pixels = image.width * image.height
    held = pixels * _HELD
    if kind is Format.JPEG:
        return held + _coefficients(data)
    if kind is Format.WEBP:
        return held + pixels * _CANVASES
    if kind in (Format.HEIF, Format.AVIF):
        return held + pixels * _PLANES
    if kind is Format.TIFF:
        return held + max((directory.largest_piece for directory in directories(data)[:1]), default=0)
    return held


def _coefficients(data: bytes) -> int:
    """Compute what a JPEG decoder keeps where a picture comes in several scans: two bytes for every coefficient.

    Their number is the whole picture's, however much smaller it is decoded.
    """
    samplings: list[int] = []
    pixels, progressive = 0, False
    for marker, at in segments(data):
        if marker in (0xC0, 0xC1, 0xC2):
            height, width = (int.from_bytes(data[start : start + 2], "big") for start in (at + 3, at + 5))
            samplings = list(data[at + 9 : at + 9 + 3 * data[at + 7] : 3])
            pixels, progressive = width * height, marker == 0xC2
        elif marker == 0xDA and not progressive and data[at + 2] == len(samplings):
            return 0
    across, down = (max((part(sampling) for sampling in samplings), default=1) or 1 for part in (_across, _down))
    return 2 * pixels * sum(_across(sampling) * _down(sampling) for sampling in samplings) // (across * down)


def _across(sampling: int) -> int:
    return sampling >> 4


def _down(sampling: int) -> int:
    return sampling & 15
