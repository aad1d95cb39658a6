"""Facts as sentences, in any language.

from posturecam.text.sentences import sentence

sentence(Reason("hidden", plain=Landmark.LEFT_KNEE), "de")
"""

from collections.abc import Callable, Mapping
from typing import Any

from posturecam.body import Landmark, Side, Spot, View
from posturecam.errors.facts import AS_WRITTEN, Fact
from posturecam.text.language import _, figures_alone, filled, speaking
from posturecam.text.language.sides import names_of
from posturecam.text.language.views import of_view, shown
from posturecam.text.names import point_name
from posturecam.text.reasons import REASONS

SENTENCES: Mapping[str, str] = {**REASONS, "said_by": figures_alone("{where}: {words}"), AS_WRITTEN: "{text}"}
"""The English sentence of each kind, as it stands in the catalogue."""


def sentence(fact: Fact, language: str | None = None) -> str:
    """Say a fact in a language, the one that is spoken where none is given."""
    if language is not None:
        with speaking(language):
            return sentence(fact)
    template = _(SENTENCES[fact.kind]) if fact.kind not in _BARE else SENTENCES[fact.kind]
    words: dict[str, Any] = {}
    for name, value in fact.figures:
        words |= names_of(value) if name == "side" else {name: _WORDS.get(name, said)(value)}
    return filled(template, **words)


_BARE = ("said_by", AS_WRITTEN)
"""Kinds that are figures alone, the same in every language."""


def said(figure: Any) -> Any:
    """Say one figure; numbers stay numbers, for the sentence to round."""
    if isinstance(figure, Fact):
        return sentence(figure)
    if isinstance(figure, Landmark | Spot):
        return point_name(figure)
    if isinstance(figure, View):
        return of_view(figure)
    if isinstance(figure, Side):
        return names_of(figure)["side"]
    if isinstance(figure, tuple):
        return ", ".join(str(said(part)) for part in figure)
    return figure


def _either(views: tuple[View, ...]) -> str:
    return _(" or ").join(of_view(view) for view in views)


def _measure(key: str) -> str:
    return key.replace("_", " ")


_WORDS: Mapping[str, Callable[[Any], Any]] = {"wanted": _either, "shown": shown, "replace": _measure}
"""How the figures of some names are said."""
