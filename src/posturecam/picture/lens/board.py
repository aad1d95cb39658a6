"""The board to print: a chessboard with markers, true to size on A4 and on US Letter, with a ruler and a thread hole.

The same board stands on both papers, so a photo of it needs no word on which one was printed. The other page, one large
marker, is for hanging beside the person: it can be read in a photo in which the chessboard's fields are too small.
"""

import io

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from posturecam.errors import SettingsError
from posturecam.picture.photo import Pixels
from posturecam.text.language import _

SQUARES = (7, 9)
SQUARE_MM, MARKER_MM = 25.0, 17.5
LARGE_ID, LARGE_MM = 90, 154.0
"""The large marker: its number, and its side (seven fields of 22 mm).

Of the numbers that the board leaves free, no other differs more from every marker's mirror image, turned any way.
"""

PAPERS_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
DOTS_PER_MM = 10
"""254 dots per inch: squares and the markers' own fields are whole numbers of dots."""

RULER_MM = 100
_TOP_MM, _HOLE_MM = 30, 14


def words() -> cv2.aruco.Dictionary:
    """Give the markers' dictionary."""
    return cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_100)


def charuco() -> cv2.aruco.CharucoBoard:
    """Give the board as OpenCV knows it, in millimetres."""
    return cv2.aruco.CharucoBoard(SQUARES, SQUARE_MM, MARKER_MM, words())


def board_picture() -> Pixels:
    """(h, w) the board alone, ten dots for a millimetre."""
    size = tuple(round(count * SQUARE_MM * DOTS_PER_MM) for count in SQUARES)
    return np.asarray(charuco().generateImage(size, marginSize=0), dtype=np.uint8)


def large_picture() -> Pixels:
    """(h, w) the large marker alone, ten dots for a millimetre."""
    return np.asarray(words().generateImageMarker(LARGE_ID, round(LARGE_MM * DOTS_PER_MM)), dtype=np.uint8)


def board_page(paper: str = "a4", *, large: bool = False) -> Image.Image:
    """Draw the page to print, the board or the large marker; raises SettingsError for another paper."""
    if paper not in PAPERS_MM:
        msg = _("--paper {paper} is unknown. Give one of: {names}.", paper=paper, names=", ".join(PAPERS_MM))
        raise SettingsError(msg)
    width, height = (round(side * DOTS_PER_MM) for side in PAPERS_MM[paper])
    page = Image.new("L", (width, height), 255)
    board = Image.fromarray(large_picture() if large else board_picture())
    page.paste(board, ((width - board.width) // 2, _TOP_MM * DOTS_PER_MM))
    draw = ImageDraw.Draw(page)
    _hole(draw, width / 2, _HOLE_MM * DOTS_PER_MM)
    checked = (
        _("a square {square_mm:g} mm", square_mm=SQUARE_MM)
        if not large
        else _("the marker's side {large_mm:g} mm", large_mm=LARGE_MM)
    )
    _ruler(draw, (width - RULER_MM * DOTS_PER_MM) / 2, _TOP_MM * DOTS_PER_MM + board.height + 60, checked)
    return page


def board_file(paper: str, suffix: str, *, large: bool = False) -> bytes:
    """Encode the page as ``.pdf`` or ``.png``, its size written into the file; raises SettingsError."""
    kinds = {".pdf": "PDF", ".png": "PNG"}
    if suffix.lower() not in kinds:
        ending = suffix or _("(none)")
        msg = _("the ending {ending} is unknown. Give --out board.pdf or --out board.png.", ending=ending)
        raise SettingsError(msg)
    held, dots = io.BytesIO(), DOTS_PER_MM * 25.4
    sized = {"resolution": dots, "creator": "posturecam"} if suffix.lower() == ".pdf" else {"dpi": (dots, dots)}
    board_page(paper, large=large).save(held, kinds[suffix.lower()], **sized)
    return held.getvalue()


def _hole(draw: ImageDraw.ImageDraw, x: float, y: float) -> None:
    """Mark where the thread goes: over the board's middle, so that it hangs plumb."""
    draw.ellipse((x - 25, y - 25, x + 25, y + 25), outline=0, width=3)
    draw.line((x - 40, y, x + 40, y), fill=0, width=2)
    draw.line((x, y - 40, x, y + 40), fill=0, width=2)
    draw.text((x + 60, y - 18), _("hole for a thread: the board then hangs plumb"), fill=0, font=_font())


def _ruler(draw: ImageDraw.ImageDraw, left: float, top: float, checked: str) -> None:
    """Draw 100 mm to lay a ruler on."""
    draw.line((left, top, left + RULER_MM * DOTS_PER_MM, top), fill=0, width=3)
    for mm in range(RULER_MM + 1):
        x = left + mm * DOTS_PER_MM
        draw.line((x, top, x, top + (40 if mm % 10 == 0 else 20)), fill=0, width=3 if mm % 10 == 0 else 1)
    said = _(
        "Print at 100 % (actual size). This ruler must measure {ruler_mm} mm, {checked}.",
        ruler_mm=RULER_MM,
        checked=checked,
    )
    draw.text((left, top + 50), said, fill=0, font=_font())


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=32)
