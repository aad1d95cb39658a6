"""What one photo takes of memory: the most that a process holds after measuring it, in parts of the stated 1.5 GB.

Each file is measured in a process of its own. Files of 24 megapixels in every format, and the worst files of about
1 MB: flat pictures, which hold the most pixels in the fewest bytes, as large as the program opens.
"""

import io
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from posturecam.pipeline.limits import MEMORY_BYTES

ROOT = Path(__file__).resolve().parents[1]
STATED_BYTES = 1.5e9
SIZE = (4000, 6000)

MEASURE = """
import pathlib, resource, sys
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import assess_photo
from posturecam.knowledge import load
from posturecam.picture.photo import read
from posturecam.poses.finder import Finder
said = "measured"
try:
    with Finder() as finder:
        assess_photo(read(sys.argv[1]), finder, Settings(), load(), outline=True)
except Exception as error:
    said = type(error).__name__ + ": " + str(error).partition(sys.argv[1])[2].strip()
held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # on Linux that of the program that started it too
if pathlib.Path("/proc/self/status").exists():
    status = pathlib.Path("/proc/self/status").read_text()
    held = int(status.partition("VmHWM:")[2].split()[0]) * 1024
print(held, said)
"""


def bench() -> Iterator[tuple[str, float, str]]:
    """Compare the most that was held with what is stated, file by file."""
    limit = f"at most 1, and {MEMORY_BYTES / STATED_BYTES:.2f} in a worker"
    with tempfile.TemporaryDirectory() as folder:
        for name, make in CASES.items():
            path = Path(folder) / name.replace(" ", "_")
            path.write_bytes(make())
            line = [sys.executable, "-c", MEASURE, str(path)]
            held, _, said = subprocess.run(line, capture_output=True, text=True, check=True).stdout.partition(" ")
            size = path.stat().st_size / 1e6
            yield f"{name} ({size:.1f} MB): {said.strip()[:60]}", int(held) / STATED_BYTES, limit
            path.unlink()


def person(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """Give the sample photo, enlarged."""
    with Image.open(ROOT / "sample_images" / "front.jpg") as image:
        return image.convert("RGB").resize(size).convert(mode)


def saved(image: Image.Image, kind: str, **saving: object) -> bytes:
    """Encode a picture."""
    stream = io.BytesIO()
    image.save(stream, kind, **saving)
    return stream.getvalue()


def heic() -> bytes:
    """Encode the sample photo as phones do."""
    import pillow_heif  # noqa: PLC0415

    pillow_heif.register_heif_opener()
    return saved(person(), "HEIF", quality=60)


def deep(size: tuple[int, int] = SIZE) -> Image.Image:
    """Give the sample photo in 16 bits of grey."""
    return Image.fromarray(np.asarray(person("L", size), np.uint16) * 257)


def flat_png(megapixels: float, depth: int, colour: int) -> bytes:
    """Make a PNG of one colour: 0 is grey, 2 RGB, 6 RGB with transparency."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    width, height = 8000, int(megapixels * 1e6 / 8000)
    row = b"\0" * (1 + width * {0: 1, 2: 3, 6: 4}[colour] * depth // 8)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _row in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def flat(mode: str, megapixels: float, kind: str, **saving: object) -> bytes:
    """Encode a picture of one colour in another format."""
    return saved(Image.new(mode, (8000, int(megapixels * 1e6 / 8000))), kind, **saving)


CASES: dict[str, Callable[[], bytes]] = {
    "24 MP JPEG": lambda: saved(person(), "JPEG", quality=90),
    "24 MP JPEG in several scans": lambda: saved(person(), "JPEG", quality=90, progressive=True, subsampling=0),
    "24 MP JPEG in CMYK": lambda: saved(person("CMYK"), "JPEG", quality=90),
    "24 MP PNG": lambda: saved(person(), "PNG", compress_level=1),
    "24 MP PNG with transparency": lambda: saved(person("RGBA"), "PNG", compress_level=1),
    "24 MP PNG of 16 bits": lambda: saved(deep(), "PNG", compress_level=1),
    "24 MP WebP": lambda: saved(person(), "WEBP", quality=80, method=0),
    "24 MP HEIC": heic,
    "24 MP AVIF": lambda: saved(person(), "AVIF", quality=50, speed=10),
    "24 MP TIFF": lambda: saved(person(), "TIFF"),
    "24 MP TIFF of 32 bits": lambda: saved(deep().convert("F"), "TIFF"),
    "24 MP BMP": lambda: saved(person(), "BMP"),
    "flat PNG of 16 bits, 119 MP": lambda: flat_png(119, 16, 0),
    "flat PNG of 16 bits, 199 MP": lambda: flat_png(199, 16, 0),
    "flat PNG, transparent, 119 MP": lambda: flat_png(119, 8, 6),
    "flat PNG of 16 bits in RGB, 119 MP": lambda: flat_png(119, 16, 2),
    "flat JPEG in several scans, 80 MP": lambda: flat("RGB", 80, "JPEG", progressive=True, subsampling=0),
    "flat WebP, 39 MP": lambda: flat("RGB", 39, "WEBP", method=0),
    "flat TIFF, 119 MP": lambda: flat("RGB", 119, "TIFF", compression="tiff_adobe_deflate"),
    "flat PNG turned by EXIF, 119 MP": lambda: flat("RGB", 119, "PNG", exif=lying()),
}


def lying() -> Image.Exif:
    """Give the EXIF of a phone that was held upright."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif
