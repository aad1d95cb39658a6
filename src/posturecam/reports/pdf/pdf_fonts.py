"""Text as the PDF can write it: by built-in fonts where they have it, else by fonts that do; never silently less.

Fonts for names in any script: those that the extra ``pdf`` brings, then what lies in this system's font folders.
"""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont, TTLibError
from fpdf import FPDF
from fpdf.errors import FPDFException
from fpdf.fonts import TTFFont

from posturecam.text.language import N_

PACKAGES = ("manimgx_fonts", "noto_cjk_sans_jp_regular")
"""Packages that hold nothing but fonts."""

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
_FIRST = ("NotoSans[wght]", "NotoSans-Regular", "DejaVuSans", "NotoEmoji[wght]")
"""Plain text first; emoji before the other symbols, so that a sequence of them finds all its parts in one font."""

_OTHER_CUTS = ("bold", "italic", "oblique", "light", "thin", "black", "medium", "condensed", "serif", "mono")
_SCRIPTS = {"hiragana": "cjk", "katakana": "cjk", "hangul": "cjk", "fullwidth": "cjk", "halfwidth": "cjk"}
"""First words of letters' names whose fonts are named otherwise."""


@dataclass(frozen=True, slots=True)
class FontFace:
    """A font's file and the code points that it has; of a collection the first font."""

    path: Path
    letters: frozenset[int]


def faces_for(letters: Iterable[str]) -> list[FontFace]:
    """Find fonts that together have the letters, as far as this machine has any; the font for plain text first."""
    wanted = {ord(letter) for letter in letters}
    found: list[FontFace] = []
    for path in _candidates(_hints(wanted)):
        if not wanted:
            break
        face = _face(path)
        if face and face.letters & wanted:
            found.append(face)
            wanted -= face.letters
    return found


def _candidates(hints: frozenset[str]) -> Iterator[Path]:
    """Give the packages' fonts, then the system's: first those that are named after the script that is sought."""
    yield from _packaged()
    yield from sorted(
        _of_system(), key=lambda path: (not any(hint in path.name.lower() for hint in hints), _rank(path))
    )


@cache
def _packaged() -> tuple[Path, ...]:
    specs = (find_spec(package) for package in PACKAGES)
    folders = (Path(location) for spec in specs if spec for location in spec.submodule_search_locations or ())
    return tuple(sorted((path for folder in folders for path in _fonts_in(folder)), key=_rank))


@cache
def _of_system() -> tuple[Path, ...]:
    return tuple(path for folder in _FOLDERS for path in _fonts_in(Path(folder).expanduser()))


def _fonts_in(folder: Path) -> list[Path]:
    """List the fonts of a folder and of the folders in it; nothing where it cannot be read."""
    found = (Path(base) / name for base, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.suffix.lower() in (".ttf", ".otf", ".ttc"))


def _rank(path: Path) -> tuple[int, bool, str]:
    """Order fonts: the first ones by name, then upright regular cuts, then the rest."""
    first = _FIRST.index(path.stem) if path.stem in _FIRST else len(_FIRST)
    return first, any(cut in path.name.lower() for cut in _OTHER_CUTS), path.name


@cache
def _face(path: Path) -> FontFace | None:
    """Read which letters a font has; None for a file that is no font or has no outlines."""
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            drawn = any(table in font for table in ("glyf", "CFF ", "CFF2", "COLR", "CBDT", "sbix"))
            return FontFace(path, frozenset(font.getBestCmap() or ())) if drawn else None
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return None


def _hints(wanted: Iterable[int]) -> frozenset[str]:
    """Give the scripts' names, as fonts bear them."""
    words = {unicodedata.name(chr(code), "?").split()[0].split("-")[0].lower() for code in wanted}
    return frozenset(_SCRIPTS.get(word, word) for word in words)


_INSTEAD = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‑": "-", "…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=",
    "•": "·", "→": "->", "\u202f": "\u00a0", "\u2009": " ", "\t": " ",
})  # fmt: skip
"""Signs that read the same when written otherwise."""

_JOINERS = "\u200c\u200d"
"""They tie letters together or keep them apart, and go with the letter before them."""
_LOOKS = "\ufe0e\ufe0f"
"""They ask for a plain or a coloured sign; a font without them loses nothing."""

NO_FONT = N_(
    "No font on this machine has some of the letters above; each stands in square brackets, as its name or its number. "
    "report.html shows them. With a font that has them (for Chinese, Japanese and Korean: posturecam[cjk]) this file "
    "would too."
)


class Paper(FPDF):
    """A PDF that takes every letter from a font that has it, and keeps joined letters in one font."""

    def __init__(self, **settings: Any) -> None:
        """Begin with the built-in fonts alone."""
        super().__init__(**settings)
        self.str_alias_nb_pages = ""  # else a name with {nb} in it would show the number of pages
        self.faces: dict[str, FontFace] = {}
        self.lacking: set[str] = set()
        self._latest: str | None = None

    def lettered(self, words: str, size: float, *, bold: bool = False) -> str:
        """Choose fonts that have the letters, and give the words as these can write them; ``size`` in points."""
        self.set_font("helvetica", "B" if bold else "", size)
        if fits_latin(words):
            self.set_text_shaping(use_shaping_engine=False)
            return latin(words)
        shown = _seen(words)
        self._load(shown)
        if not self.faces:
            self.lacking.update(letter for letter in shown if not _in_latin(letter))
            return latin("".join(letter if _in_latin(letter) else instead(letter) for letter in shown))
        base, *others = self.faces
        self.set_font(base, size=size)
        self.set_fallback_fonts(others, exact_match=False)
        self.set_text_shaping(use_shaping_engine=True)
        return "".join(self._writable(shown))

    def _writable(self, shown: str) -> Iterator[str]:
        """Give each letter, or what stands for it where no font has it."""
        for letter in shown:
            if letter == "\n" or any(ord(letter) in face.letters for face in self.faces.values()):
                yield letter
            elif letter not in _LOOKS + _JOINERS:
                self.lacking.add(letter)
                yield instead(letter)

    def _load(self, shown: str) -> None:
        """Load the fonts that the letters need beside those loaded already; one that cannot be read is left out."""
        had = frozenset[int]().union(*(face.letters for face in self.faces.values()))
        needed = [
            letter for letter in (shown if self.faces else f"A{shown}") if ord(letter) not in had and letter != "\n"
        ]
        for face in faces_for(needed):
            name = f"font{len(self.faces)}"
            try:
                self.add_font(name, fname=str(face.path))
            except (FPDFException, OSError, ValueError, KeyError, NotImplementedError):
                continue
            self.faces[name] = face
        self._hand_over_signs()

    def _hand_over_signs(self) -> None:
        """Leave joiners and signs to the later fonts that have them, so that a sequence is not torn apart."""
        fonts: dict[str, Any] = self.fonts
        base, *others = self.faces or ("",)
        for code in [code for other in others for code in self.faces[other].letters if _goes_along(code)]:
            fonts[base].cmap.pop(code, None)

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """Give the font of a letter that the first one lacks: what joins stays with what stands before it."""
        stays = self._latest if _goes_along(ord(char)) and self._latest in self.faces else None
        if stays is None or ord(char) not in self.faces[stays].letters:
            found: str | None = super().get_fallback_font(char, style)
            self._latest = found
        return self._latest

    def _parse_chars(self, *arguments: Any, **settings: Any) -> Iterator[Any]:
        """Put together again what fpdf2 parts at every mark and joiner; letters of one font are shaped as a whole."""
        latest: Any = None
        for fragment in super()._parse_chars(*arguments, **settings):
            if latest is not None and isinstance(fragment.font, TTFFont) and latest.font is fragment.font:
                latest.characters.extend(fragment.characters)
                continue
            if latest is not None:
                yield latest
            latest = fragment
        if latest is not None:
            yield latest


def _goes_along(code: int) -> bool:
    """Whether a character belongs to a sequence of signs, or joins one."""
    return code >= 0x2600 or chr(code) in _JOINERS


def _seen(words: str) -> str:
    """Leave out what steers or hides: controls, overrides of the direction, halves of a pair."""
    told = unicodedata.normalize("NFC", words).replace("\t", " ")
    return "".join(
        letter
        for letter in told
        if letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs") or letter == "\n"
    )


def instead(letter: str) -> str:
    """Say a letter that cannot be written: a sign by its name, another by its number."""
    name = unicodedata.name(letter, "")
    return f"[{name.lower()}]" if unicodedata.category(letter) == "So" and name else f"[U+{ord(letter):04X}]"


def latin(text: str) -> str:
    """Write a text in Latin 1: signs by their like, the rest by name or number."""
    return "".join(letter if _in_latin(letter) else instead(letter) for letter in _plain(text) if _visible(letter))


def fits_latin(text: str) -> bool:
    """Whether the built-in fonts can write a text as it is."""
    return all(map(_in_latin, filter(_visible, _plain(text))))


def _in_latin(letter: str) -> bool:
    return bool(letter.translate(_INSTEAD).encode("latin-1", "ignore"))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_INSTEAD)


def _visible(letter: str) -> bool:
    """Whether a character is to be shown: no control, and no sign that only steers the writing of others."""
    return letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
