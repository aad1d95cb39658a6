"""Left and right inside a sentence.

A template says ``{side}`` and ``{other}``. Languages that decline their adjectives write the ending behind a colon:
``die {side:e} Hüfte`` becomes "die linke Hüfte", and a bare ``{side}`` stays the adverb "links".
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Self

from posturecam.text.language import _, current, pgettext

_FIELD = re.compile(r"\{(side|other)(?::(\w+))?\}")
_FIELD_AND_SPACE = re.compile(r"\{side(?::\w+)?\} ")
_OTHER = {"left": "right", "right": "left"}


class SideWord(str):
    """The word of a side; as a format it takes the ending of an adjective."""

    __slots__ = ("_side",)
    _side: str

    def __new__(cls, side: str) -> Self:
        """Say ``left``, ``right`` or ``both``, the last as "left and right"."""
        word = super().__new__(cls, _both(side_word("left"), side_word("right")) if side == "both" else side_word(side))
        word._side = str(side)
        return word

    def __format__(self, ending: str) -> str:
        """Say it as an adverb, or as an adjective with the ending."""
        if not ending:
            return str(self)
        if self._side == "both":
            return _both(_stem("left") + ending, _stem("right") + ending)
        return _stem(self._side) + ending


def _both(left: str, right: str) -> str:
    return _("{left} and {right}", left=left, right=right)


def _stem(side: str) -> str:
    if side == "left":
        return pgettext("stem of an adjective", "left")
    return pgettext("stem of an adjective", "right")


def side_word(side: str) -> str:
    """Say a side as an adverb: left, right, both."""
    return {"left": _("left"), "right": _("right"), "both": _("both")}[side]


def names_of(side: str) -> Mapping[str, SideWord]:
    """Give the words for {side} and {other} of a template."""
    return _names(str(side), current())


@cache
def _names(side: str, _language: str) -> Mapping[str, SideWord]:
    return {"side": SideWord(side), "other": SideWord(_OTHER.get(side, side))}


def names_a_side(template: str) -> bool:
    """Whether a template has a place for a side."""
    return bool(_FIELD.search(template))


def without_side(template: str) -> str:
    """Leave the side out, with the space behind it."""
    return _FIELD_AND_SPACE.sub("", template)


def with_sides(template: str, side: str) -> str:
    """Fill in {side} and {other}, and leave every other field alone."""
    names = names_of(side)
    return _FIELD.sub(lambda match: format(names[match[1]], match[2] or ""), template)
