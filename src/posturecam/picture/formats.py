"""Which formats are opened: told by the first bytes, never by the name; only a format's own decoder sees them."""

import importlib
import io
from enum import StrEnum
from pathlib import Path

from PIL import Image

from posturecam.errors.facts import Problem


class Format(StrEnum):
    """What a file is, as far as its first bytes tell."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"
    TIFF = "TIFF"
    BMP = "BMP"
    HEIF = "HEIC"
    AVIF = "AVIF"
    DICOM = "DICOM"
    RAW = "raw"
    JPEG_XL = "JPEG XL"
    JPEG_2000 = "JPEG 2000"
    GIF = "GIF"
    PDF = "PDF"
    POSTSCRIPT = "PostScript"
    UNKNOWN = "unknown"


_DECODERS: dict[Format, tuple[str, tuple[str, ...]]] = {
    Format.JPEG: ("PIL.MpoImagePlugin", ("JPEG", "MPO")),
    Format.PNG: ("PIL.PngImagePlugin", ("PNG",)),
    Format.WEBP: ("PIL.WebPImagePlugin", ("WEBP",)),
    Format.TIFF: ("PIL.TiffImagePlugin", ("TIFF",)),
    Format.BMP: ("PIL.BmpImagePlugin", ("BMP",)),
    Format.HEIF: ("pillow_heif", ("HEIF",)),
    Format.AVIF: ("PIL.AvifImagePlugin", ("AVIF",)),
}
"""The module that holds a format's decoder, and Pillow's names for it: nothing beside these is ever tried."""

_BEGINNINGS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"BM", Format.BMP),
    (b"FUJIFILMCCD-RAW", Format.RAW),
    (b"FOVb", Format.RAW),
    (b"IIRO", Format.RAW),
    (b"IIRS", Format.RAW),
    (b"MMOR", Format.RAW),
    (b"IIU\0", Format.RAW),
    (b"II*\0", Format.TIFF),
    (b"MM\0*", Format.TIFF),
    (b"II+\0", Format.TIFF),
    (b"MM\0+", Format.TIFF),
    (b"\xff\x0a", Format.JPEG_XL),
    (b"\0\0\0\x0cJXL \r\n\x87\n", Format.JPEG_XL),
    (b"\0\0\0\x0cjP  \r\n\x87\n", Format.JPEG_2000),
    (b"\xff\x4f\xff\x51", Format.JPEG_2000),
    (b"GIF8", Format.GIF),
    (b"%PDF", Format.PDF),
    (b"%!", Format.POSTSCRIPT),
    (b"\xc5\xd0\xd3\xc6", Format.POSTSCRIPT),
)
_HEAD_BYTES = 512
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))

REMEDIES: dict[Format, Problem] = {
    Format.RAW: Problem("export_with_camera"),
    Format.DICOM: Problem("export_photograph"),
    Format.JPEG_XL: Problem("save_as_jpeg"),
    Format.JPEG_2000: Problem("save_as_jpeg"),
    Format.GIF: Problem("save_as_jpeg"),
    Format.PDF: Problem("save_photo_in_it"),
    Format.POSTSCRIPT: Problem("save_photo_in_it"),
}
"""What to do with a file of a kind that is known, and not read."""


def format_of(data: bytes) -> Format:
    """Tell a file's format by its first bytes."""
    if data[4:8] == b"ftyp":
        return _format_of_boxes(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[128:132] == b"DICM":
        return Format.DICOM
    return next((found for beginning, found in _BEGINNINGS if data.startswith(beginning)), Format.UNKNOWN)


def _format_of_boxes(data: bytes) -> Format:
    """Tell HEIC, AVIF and Canon's raw files apart: their first box names the brands that they follow."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    major, brands = data[8:12], {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}
    if major == b"crx ":
        return Format.RAW
    if brands & _AVIF_BRANDS and major not in _HEIF_BRANDS - {b"mif1", b"msf1"}:
        return Format.AVIF
    return Format.HEIF if brands & _HEIF_BRANDS else Format.UNKNOWN


def is_opened(kind: Format) -> bool:
    """Whether a format has a decoder here."""
    return kind in _DECODERS


def open_head(path: Path) -> Image.Image | None:
    """Read the head of a picture file, and no more; None for what is not opened. Raises what Pillow raises."""
    with path.open("rb") as file:
        kind = format_of(file.read(_HEAD_BYTES))
    return open_as(kind, path) if is_opened(kind) else None


def open_as(kind: Format, source: bytes | Path) -> Image.Image:
    """Read the head of a picture with its own decoder and no other. Raises what Pillow raises."""
    module, names = _DECODERS[kind]
    loaded = importlib.import_module(module)  # the HEIC reader is slow to import: only who has such a file waits for it
    if kind is Format.HEIF:
        loaded.register_heif_opener()
    return Image.open(source if isinstance(source, Path) else io.BytesIO(source), formats=names)


def not_opened(name: object, kind: Format) -> Problem:
    """Say of a file that it is of a kind that is not read, and what to do."""
    return Problem("kind_not_read", path=name, kind=kind, remedy=REMEDIES[kind])
