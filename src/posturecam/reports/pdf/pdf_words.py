"""Text as the PDF can write it: by built-in fonts where they have it, else by fonts that do; never silently less."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from fpdf import FPDF
from fpdf.errors import FPDFException
from fpdf.fonts import TTFFont

from posturecam.reports.pdf.pdf_fonts import Face, faces_for
from posturecam.text.language import later

_INSTEAD = str.maketrans({
    "−": "-", "–": "-", "—": "-", "‑": "-", "…": "...", "’": "'", "‘": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=",
    "•": "·", "→": "->", "\u202f": "\u00a0", "\u2009": " ", "\t": " ",
})  # fmt: skip
"""Signs that read the same when written otherwise."""

_JOINERS = "\u200c\u200d"
"""They tie letters together or keep them apart, and go with the letter before them."""
_LOOKS = "\ufe0e\ufe0f"
"""They ask for a plain or a coloured sign; a font without them loses nothing."""

NO_FONT = later(
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
        self.faces: dict[str, Face] = {}
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
            self.lacking.update(one for one in shown if not _in_latin(one))
            return latin("".join(one if _in_latin(one) else instead(one) for one in shown))
        base, *others = self.faces
        self.set_font(base, size=size)
        self.set_fallback_fonts(others, exact_match=False)
        self.set_text_shaping(use_shaping_engine=True)
        return "".join(self._writable(shown))

    def _writable(self, shown: str) -> Iterator[str]:
        """Give each letter, or what stands for it where no font has it."""
        for one in shown:
            if one == "\n" or any(ord(one) in face.letters for face in self.faces.values()):
                yield one
            elif one not in _LOOKS + _JOINERS:
                self.lacking.add(one)
                yield instead(one)

    def _load(self, shown: str) -> None:
        """Load the fonts that the letters need beside those loaded already; one that cannot be read is left out."""
        had = frozenset[int]().union(*(face.letters for face in self.faces.values()))
        needed = [one for one in (shown if self.faces else f"A{shown}") if ord(one) not in had and one != "\n"]
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
        one for one in told if one in _JOINERS or unicodedata.category(one) not in ("Cc", "Cf", "Cs") or one == "\n"
    )


def instead(letter: str) -> str:
    """Say a letter that cannot be written: a sign by its name, another by its number."""
    name = unicodedata.name(letter, "")
    return f"[{name.lower()}]" if unicodedata.category(letter) == "So" and name else f"[U+{ord(letter):04X}]"


def latin(text: str) -> str:
    """Write a text in Latin 1: signs by their like, the rest by name or number."""
    return "".join(one if _in_latin(one) else instead(one) for one in _plain(text) if _visible(one))


def fits_latin(text: str) -> bool:
    """Whether the built-in fonts can write a text as it is."""
    return all(map(_in_latin, filter(_visible, _plain(text))))


def _in_latin(one: str) -> bool:
    return bool(one.translate(_INSTEAD).encode("latin-1", "ignore"))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).translate(_INSTEAD)


def _visible(one: str) -> bool:
    """Whether a character is to be shown: no control, and no sign that only steers the writing of others."""
    return one == "\n" or unicodedata.category(one) not in ("Cc", "Cf", "Cs")
