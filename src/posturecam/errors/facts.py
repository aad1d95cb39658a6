"""What is told, as data: a kind and its figures. ``posturecam.text`` makes the sentence of it, in any language.

from posturecam.errors.facts import Reason

reason = Reason("hidden", point=Landmark.LEFT_KNEE)
reason.kind, reason["point"]
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Self


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Fact:
    """One thing to tell. ``kind`` names it, the same in every language; ``figures`` are what it is told with, in order.

    A figure is a number, a name that is nobody's language (a file, a version), a member of an enum such as a landmark
    or a view, another fact, or a tuple of these. Equal facts are equal, so that nothing is told twice.
    """

    kind: str
    figures: tuple[tuple[str, Any], ...]

    def __init__(self, kind: str, /, **figures: Any) -> None:
        """Take the kind and its figures by name."""
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "figures", tuple(figures.items()))

    def __eq__(self, other: object) -> bool:
        """Whether two facts tell the same."""
        return isinstance(other, Fact) and (self.kind, self.figures) == (other.kind, other.figures)

    def __hash__(self) -> int:
        """Hash what is told."""
        return hash((self.kind, self.figures))

    def __getitem__(self, name: str) -> Any:
        """Give one figure; KeyError where the fact has none of that name."""
        return dict(self.figures)[name]

    def __str__(self) -> str:
        """Say it in the language that is spoken; whoever puts texts together calls ``posturecam.text.sentences``."""
        return _Words.say(self)

    @classmethod
    def restored(cls, kind: str, figures: Mapping[str, Any]) -> Self:
        """Make the fact of a kind and figures that were stored."""
        return cls(kind, **figures)


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Reason(Fact):
    """Why something was not measured."""


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Note(Fact):
    """Something that whoever reads the result should know."""


AS_WRITTEN = "as_written"
"""The kind of what an older file tells in words alone; its one figure ``text`` holds them."""


@dataclass(frozen=True, slots=True, init=False, eq=False)
class Problem(Fact):
    """What went wrong; its sentences say what, where, and then what to do."""


def in_place_of(fact: Fact, spelled: Collection[str], name: str) -> Fact:
    """Tell the same with a name in place of a path, wherever the path is among the figures."""

    def renamed(figure: Any) -> Any:
        if isinstance(figure, Fact):
            return in_place_of(figure, spelled, name)
        if isinstance(figure, str | PurePath):
            text = str(figure)
            for path in spelled:
                text = text.replace(path, name)
            return figure if text == str(figure) else text
        return figure

    return type(fact)(fact.kind, **{key: renamed(figure) for key, figure in fact.figures})


class _Words:
    """What says a fact; ``posturecam`` hands it in, for nothing is said where facts are found."""

    say: Callable[[Fact], str] = staticmethod(repr)


def say_with(words: Callable[[Fact], str]) -> None:
    """Take what says a fact."""
    _Words.say = staticmethod(words)


def as_note(fact: Fact) -> Note:
    """Tell a reason among the notes."""
    return Note(fact.kind, **dict(fact.figures))


def as_written(text: str) -> Note:
    """Keep words of an older file, in the language in which they were written."""
    return Note(AS_WRITTEN, text=text)
