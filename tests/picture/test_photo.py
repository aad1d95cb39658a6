"""Every kind of picture becomes the same upright RGB pixels, and every bad file one clear line."""

import io
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from posturecam.errors import PhotoError
from posturecam.picture.photo import LONG_SIDE_PX, read

RED, BLUE = (220, 30, 30), (30, 30, 220)


def two_colours(width: int = 80, height: int = 120) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width, height // 2))
    return image


def is_upright(pixels: np.ndarray) -> bool:
    """Red above, blue below, within what lossy formats leave of colours."""
    top, bottom = pixels[10].mean(axis=0), pixels[-10].mean(axis=0)
    return bool(np.abs(top - RED).max() < 25 and np.abs(bottom - BLUE).max() < 25)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tiff", "bmp", "heic"])
def test_every_format_is_read(tmp_path: Path, ending: str) -> None:
    """The six formats people have."""
    if ending == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    path = tmp_path / f"photo.{ending}"
    two_colours().save(path)
    photo = read(path)
    assert photo.size_px == (80, 120)
    assert is_upright(photo.pixels)


@pytest.mark.parametrize("ending", ["jpg", "png", "tiff", "webp", "heic"])
def test_exif_orientation_is_applied_once(tmp_path: Path, ending: str) -> None:
    """A phone's portrait photo lies on its side in the file and says so in its EXIF data."""
    if ending == "heic":
        import pillow_heif

        pillow_heif.register_heif_opener()
    path = tmp_path / f"phone.{ending}"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise to see it upright
    two_colours().transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)
    photo = read(path)
    assert photo.size_px == (80, 120)
    assert is_upright(photo.pixels)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "YCbCr", "1"])
def test_every_colour_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    """Grey, alpha, palette, print colours."""
    path = tmp_path / "photo.tiff"
    two_colours().convert(mode).save(path)
    pixels = read(path).pixels.astype(float)
    assert pixels.shape == (120, 80, 3)
    assert np.abs(pixels[8:20].mean(axis=(0, 1)) - pixels[-20:-8].mean(axis=(0, 1))).max() > 20


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    """What cannot be seen must not become a black wall."""
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert read(tmp_path / "clear.png").pixels.min() == 255


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_deep_grey_keeps_its_contrast(tmp_path: Path, kind: type) -> None:
    """Sixteen and thirty-two bits a pixel are scaled, not cut off."""
    grey = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(kind)
    Image.fromarray(grey).save(tmp_path / "deep.tiff")
    pixels = read(tmp_path / "deep.tiff").pixels
    assert pixels[0, 0, 0] < 3
    assert pixels[-1, -1, 0] > 252
    assert 120 < pixels[32, 0, 0] < 136


def test_large_jpegs_are_decoded_reduced(tmp_path: Path) -> None:
    """Points are still given in the whole photo's pixels."""
    two_colours(3000, 4000).save(tmp_path / "big.jpg")
    photo = read(tmp_path / "big.jpg")
    assert photo.size_px == (3000, 4000)
    assert max(photo.pixels.shape) <= LONG_SIDE_PX
    assert photo.scale == pytest.approx(0.5)


def truncated(path: Path) -> None:
    """Half of a JPEG."""
    stream = io.BytesIO()
    Image.effect_noise((300, 400), 60).convert("RGB").save(stream, "JPEG")
    path.write_bytes(stream.getvalue()[: len(stream.getvalue()) // 2])


def bomb(path: Path) -> None:
    """A small file that says it holds 225 megapixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Image.new("1", (15000, 15000)).save(path, "PNG")


BAD = {
    "missing": (lambda path: None, "no such file"),
    "folder": (lambda path: path.mkdir(), "is a folder"),
    "text": (lambda path: path.write_text("hello"), "not a picture"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "truncated": (truncated, "damaged"),
    "bomb": (bomb, "megapixels"),
    "fifo": (lambda path: os.mkfifo(path), "not a plain file"),
    "tiny": (lambda path: Image.new("RGB", (5, 5)).save(path, "PNG"), "pixels"),
    "cut PNG": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40), "can"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_files_get_one_clear_line(tmp_path: Path, kind: str) -> None:
    """What, where, and what next."""
    make, said = BAD[kind]
    path = tmp_path / "photo.jpg"
    make(path)
    with pytest.raises(PhotoError, match=said) as caught:
        read(path)
    assert "photo.jpg" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_an_unreadable_file_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root reads everything, so the refusal is made by hand."""

    def refuse(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "photo.jpg"
    two_colours().save(path)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PhotoError, match="Permission denied"):
        read(path)
