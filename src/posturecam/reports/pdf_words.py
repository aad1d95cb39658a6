"""Text for the PDF's built-in fonts, which know Latin 1 only; a system's font for names that need more."""

import unicodedata
from collections.abc import Collection
from pathlib import Path

_INSTEAD = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‑": "-", "…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=",
    "•": "·", "→": "->", "\u202f": "\u00a0", "\u2009": " ", "\t": " ",
})  # fmt: skip
"""Signs that read the same when written otherwise."""

_LIKE = {"Ł": "L", "ł": "l", "œ": "oe", "Œ": "OE", "Đ": "D", "đ": "d", "ı": "i", "€": "EUR"}
"""Letters for which another stands in where no font has them."""

_FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/arial.ttf",
)
"""Where systems keep a font that knows most of the world's letters."""


def latin(text: str) -> str:
    """Write a text in Latin 1: signs by their like, letters without the accents that are not there, else ``?``."""
    return "".join(_letter(one) for one in _plain(text) if _visible(one))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_INSTEAD)


def _letter(one: str) -> str:
    for form in (one, _LIKE.get(one, ""), unicodedata.normalize("NFKD", one)[:1]):
        if form.encode("latin-1", "ignore"):
            return form
    return "?"


def _visible(one: str) -> bool:
    """Whether a character is to be shown: no control, and no sign that only steers the writing of others."""
    return one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Mn")


def fits_latin(text: str) -> bool:
    """Whether the built-in fonts can write a text as it is."""
    shown = "".join(filter(_visible, _plain(text)))
    return len(shown.encode("latin-1", "ignore")) == len(shown)


def system_font() -> Path | None:
    """Find a font of this system for other scripts."""
    return next((Path(one) for one in _FONTS if Path(one).is_file()), None)


def known(text: str, letters: Collection[int]) -> str:
    """Keep the characters that a font has; for the others their like, or ``?``."""
    return "".join(one if one == "\n" or ord(one) in letters else _letter(one) for one in _plain(text) if _visible(one))
