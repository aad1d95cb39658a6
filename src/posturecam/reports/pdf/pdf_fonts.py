"""Fonts for names in any script: those that the extra ``pdf`` brings, then what lies in this system's font folders.

The PDF's built-in fonts write Latin 1 only. A font is opened when a text needs its letters, and the file gets only the
letters that were used.
"""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

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
class Face:
    """A font's file and the code points that it has; of a collection the first font."""

    path: Path
    letters: frozenset[int]


def faces_for(letters: Iterable[str]) -> list[Face]:
    """Find fonts that together have the letters, as far as this machine has any; the font for plain text first."""
    wanted = {ord(one) for one in letters}
    found: list[Face] = []
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
    yield from sorted(_of_system(), key=lambda path: (not any(one in path.name.lower() for one in hints), _rank(path)))


@cache
def _packaged() -> tuple[Path, ...]:
    specs = (find_spec(one) for one in PACKAGES)
    folders = (Path(one) for spec in specs if spec for one in spec.submodule_search_locations or ())
    return tuple(sorted((path for folder in folders for path in _fonts_in(folder)), key=_rank))


@cache
def _of_system() -> tuple[Path, ...]:
    return tuple(path for one in _FOLDERS for path in _fonts_in(Path(one).expanduser()))


def _fonts_in(folder: Path) -> list[Path]:
    """List the fonts of a folder and of the folders in it; nothing where it cannot be read."""
    found = (Path(base) / name for base, _, names in os.walk(folder) for name in names)
    return sorted(path for path in found if path.suffix.lower() in (".ttf", ".otf", ".ttc"))


def _rank(path: Path) -> tuple[int, bool, str]:
    """Order fonts: the first ones by name, then upright regular cuts, then the rest."""
    first = _FIRST.index(path.stem) if path.stem in _FIRST else len(_FIRST)
    return first, any(cut in path.name.lower() for cut in _OTHER_CUTS), path.name


@cache
def _face(path: Path) -> Face | None:
    """Read which letters a font has; None for a file that is no font or has no outlines."""
    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            drawn = any(table in font for table in ("glyf", "CFF ", "CFF2", "COLR", "CBDT", "sbix"))
            return Face(path, frozenset(font.getBestCmap() or ())) if drawn else None
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return None


def _hints(wanted: Iterable[int]) -> frozenset[str]:
    """Give the scripts' names, as fonts bear them."""
    words = {unicodedata.name(chr(one), "?").split()[0].split("-")[0].lower() for one in wanted}
    return frozenset(_SCRIPTS.get(word, word) for word in words)
