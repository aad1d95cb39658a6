"""Only the formats that are named are opened, what decoding takes is bounded, and what is not read is said."""

import io
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from picture_support import POSTSCRIPT, dicom, jpeg, raw_photo
from posturecam.cli.shared_options import named_in
from posturecam.errors import PhotoError, SettingsError
from posturecam.picture.budget import MOST_DECODED_BYTES, decoded_bytes
from posturecam.picture.capture_date import capture_date, file_date
from posturecam.picture.dicom import patient_of
from posturecam.picture.formats import Format, format_of, open_as
from posturecam.picture.opening import FileFacts
from posturecam.picture.photo import file_bytes, from_bytes, read
from posturecam.reports.report_options import read_logo
from repository import SOURCE


def flat_png(width: int, height: int, depth: int = 8, colour: int = 0, rows: int = 8) -> bytes:
    """A PNG that says how large it is, and holds so many rows of zeros."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    body = zlib.compress(b"\0" * ((1 + width * channels * depth // 8) * rows), 1)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def resized(data: bytes, width: int, height: int) -> bytes:
    """A JPEG that says it is of another size."""
    at = data.index(b"\xff\xc2") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def test_a_photo_that_is_postscript_never_reaches_an_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its name says: no other program is started for it."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(POSTSCRIPT)

    def started(*_line: object, **_named: object) -> None:
        pytest.fail("another program was started")

    monkeypatch.setattr(subprocess, "Popen", started)
    with pytest.raises(PhotoError, match=r"photo\.jpg is a PostScript file, which is not read\. Save the photo"):
        read(path)
    with pytest.raises(SettingsError, match="this is not a picture"):
        read_logo(path)
    assert capture_date(path) == file_date(path)


def test_every_picture_is_opened_with_the_formats_named() -> None:
    """Pillow tries every format that it knows where none is named."""
    opened = re.compile(r"Image\.open\((?!.*formats=)")
    source = SOURCE.parent
    assert [path.name for path in source.rglob("*.py") if opened.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("beginning", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"GIF89a", "GIF"),
        (b"\xff\x0a\0\0", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\0\0\0\x18ftypcrx \0\0\0\0crx isom", "raw"),
        (b"FUJIFILMCCD-RAW 0201", "raw"),
        (b"IIU\0\x18\0\0\0", "raw"),
    ],
)
def test_a_known_kind_that_is_not_read_is_named(beginning: bytes, kind: str) -> None:
    """In one line, with what to do."""
    with pytest.raises(PhotoError, match=rf"^photo\.jpg is a {kind} file, which is not read\. (Save|Export) "):
        from_bytes(beginning + b"\0" * 200, Path("photo.jpg"))


def test_a_file_is_opened_by_its_own_decoder_alone() -> None:
    """A picture that begins like one format and is another one is damaged, whatever other decoders would make of it."""
    for beginning in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM", b"RIFF\0\0\0\0WEBP"):
        with pytest.raises(PhotoError, match=r"^photo\.jpg is ") as caught:
            from_bytes(beginning + POSTSCRIPT, Path("photo.jpg"))
        assert "0x" not in str(caught.value)  # a place in memory: the same file would fail for another reason each time
    assert format_of(b"P6 100 100 255\n") is Format.UNKNOWN


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: flat_png(12000, 16600, 16), "takes 797 MB"),
        (lambda: flat_png(12000, 10100, 8), "takes 485 MB"),
        (lambda: resized(jpeg(64, 64, progressive=True, subsampling=0), 9000, 9500), "takes "),
    ],
    ids=["16 bits", "8 bits", "JPEG in several scans"],
)
def test_what_takes_too_much_memory_is_refused_before_it_is_taken(data: Callable[[], bytes], said: str) -> None:
    """The limit is on bytes: of depth, channels, and what the decoder holds beside."""
    made = data()
    with pytest.raises(PhotoError, match=rf"photo\.png {said}.*more than 480\. Save it smaller"):
        from_bytes(made, Path("photo.png"))


def test_what_a_decoder_takes_is_known_from_the_head() -> None:
    """A JPEG in one scan takes what it is decoded to; in several, two bytes a coefficient beside."""
    for saving, expected in (
        ({}, 320 * 240 * 4),
        ({"progressive": True, "subsampling": 0}, 320 * 240 * (4 + 6)),
        ({"progressive": True, "subsampling": 2}, 320 * 240 * (4 + 3)),
    ):
        data = jpeg(320, 240, **saving)
        assert decoded_bytes(Format.JPEG, open_as(Format.JPEG, data), data) == expected
    tiled = bytearray(raw_photo(b""))
    assert MOST_DECODED_BYTES == 480_000_000
    assert format_of(bytes(tiled)) is Format.TIFF


def test_a_tile_larger_than_the_picture_counts() -> None:
    """A TIFF of a few pixels may ask its decoder for gigabytes."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "TIFF", compression="tiff_lzw")
    data = stream.getvalue()
    rows = data.index(struct.pack("<HHI", 278, 3, 1))
    tile = struct.pack("<HHII", 322, 4, 1, 60_000) + struct.pack("<HHII", 323, 4, 1, 60_000)
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    entries = data[start + 2 : start + 2 + 12 * count]
    kept = b"".join(entries[at : at + 12] for at in range(0, len(entries), 12) if entries[at : at + 2] != b"\x16\x01")
    moved = len(data)
    more = struct.pack("<H", count + 1) + kept + tile + struct.pack("<I", 0)
    assert rows > 0
    with pytest.raises(PhotoError, match="takes 10801 MB"):
        from_bytes(data[:4] + struct.pack("<I", moved) + data[8:] + more, Path("photo.tiff"))


PEAK = """
import pathlib, sys
from posturecam.picture.photo import read
import cv2
def held(what):
    return int(pathlib.Path("/proc/self/status").read_text().partition(what)[2].split()[0]) / 1024
before = held("VmRSS:")
read(sys.argv[1])
print(held("VmHWM:") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what was held at most stands in /proc")
def test_a_small_file_of_many_pixels_takes_little_memory(tmp_path: Path) -> None:
    """Sixteen bits in grey went through numbers of eight bytes, five times over."""
    (tmp_path / "deep.png").write_bytes(flat_png(4000, 6000, 16, rows=6000))
    done = subprocess.run([sys.executable, "-c", PEAK, str(tmp_path / "deep.png")], capture_output=True, text=True)
    assert float(done.stdout.split()[-1]) < 500, done.stdout + done.stderr


def test_a_raw_photo_with_a_small_preview_is_refused() -> None:
    """Its thumbnail is no photo."""
    for preview in (jpeg(640, 480), b""):
        with pytest.raises(PhotoError, match=r"raw photo, and the preview in it is too small .* Export it as JPEG"):
            from_bytes(raw_photo(preview), Path("photo.dng"))


def test_further_pages_are_counted_and_smaller_copies_are_none(tmp_path: Path) -> None:
    """The first page is measured."""
    pages = [Image.new("RGB", (80, 120), colour) for colour in ("red", "green", "blue")]
    pages[0].save(tmp_path / "scan.tiff", save_all=True, append_images=pages[1:])
    photo = read(tmp_path / "scan.tiff")
    assert tuple(photo.pixels[0, 0]) == (255, 0, 0)
    assert photo.file == FileFacts(further_pages=2)
    assert tuple(map(str, photo.file.notes)) == (
        "this file has 2 further pages, which were not read. Save each page as a photo of its own.",
    )
    pages[0].save(tmp_path / "one.tiff")
    assert read(tmp_path / "one.tiff").file == FileFacts()


def test_a_ring_of_directories_has_an_end() -> None:
    """A TIFF whose directory names itself as the next one."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "TIFF")
    data = bytearray(stream.getvalue())
    start = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, start)[0]
    struct.pack_into("<I", data, start + 2 + 12 * count, start)
    assert from_bytes(bytes(data), Path("photo.tiff")).file == FileFacts()


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    """Its size is known before."""
    with (tmp_path / "photo.jpg").open("wb") as file:
        file.truncate(500_000_000)
    with pytest.raises(PhotoError, match="is larger than 400 MB"):
        file_bytes(tmp_path / "photo.jpg")


def test_a_photograph_in_a_dicom_file_is_read(tmp_path: Path) -> None:
    """As it is, and as JPEG; whose it is only where that is asked."""
    for frame in (None, jpeg(80, 120)):
        photo = read(dicom(tmp_path / "photo.dcm", frame=frame))
        assert photo.size_px == (80, 120)
        assert photo.pixels[10, 40, 0] > 200
        assert "Roe" not in repr(photo)
    data = (tmp_path / "photo.dcm").read_bytes()
    found = patient_of(data, Path("photo.dcm"))
    assert found is not None
    assert (found.name, found.taken) == ("Roe Jane", "2026-01-05")
    assert patient_of(jpeg(80, 120), Path("photo.jpg")) is None


def test_other_dicom_files_are_refused_in_one_line(tmp_path: Path) -> None:
    """A radiograph, a picture cut short, a frame that is no JPEG."""
    radiograph = dicom(tmp_path / "a.dcm", kind="1.2.840.10008.5.1.4.1.1.1")
    with pytest.raises(PhotoError, match=r"a\.dcm is a DICOM file without a photograph \(CR\)\. Give a photograph"):
        read(radiograph)
    with pytest.raises(PhotoError, match="packed in a way that is not read"):
        read(dicom(tmp_path / "b.dcm", frame=POSTSCRIPT + b" "))
    whole = dicom(tmp_path / "c.dcm").read_bytes()
    for length in range(140, len(whole), len(whole) // 40):
        with pytest.raises(PhotoError, match="DICOM"):
            from_bytes(whole[:length], Path("c.dcm"))


def test_without_pydicom_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    path = dicom(tmp_path / "photo.dcm")
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(PhotoError, match=r"pip install 'posturecam\[dicom\]'"):
        read(path)


def test_whose_a_dicom_photograph_is_stands_above_the_report_only_on_request(tmp_path: Path) -> None:
    """The name and the day that the file holds; what the user says comes first."""
    path = dicom(tmp_path / "photo.dcm")
    assert named_in([path], None, None) == ("Roe Jane", "Photographed on 2026-01-05")
    assert named_in([path], "Anna", "seen again") == ("Anna", "seen again")
    (tmp_path / "photo.jpg").write_bytes(jpeg(80, 120))
    assert named_in([tmp_path / "photo.jpg"], None, None) == (None, None)
