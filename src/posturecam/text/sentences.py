"""Facts as sentences, in any language.

from posturecam.text.sentences import sentence

sentence(Reason("hidden", plain=Landmark.LEFT_KNEE), "de")
"""

from collections.abc import Callable, Mapping
from typing import Any

from posturecam.body import BonyLandmark, Landmark, Side, View
from posturecam.errors.facts import AS_WRITTEN, Fact
from posturecam.text.language import N_, Plural, _, figures_alone, format_fields, listed, ngettext, speaking
from posturecam.text.language.sides import names_of
from posturecam.text.language.views import of_view, shown
from posturecam.text.names import point_name
from posturecam.text.notes import GUIDE, GUIDED, NOTES
from posturecam.text.problems import MAKE, PROBLEMS, REINSTALL
from posturecam.text.reasons import REASONS

SENTENCES: Mapping[str, str | Plural] = {
    **REASONS,
    **NOTES,
    **PROBLEMS,
    "said_by": figures_alone("{where}: {words}"),
    AS_WRITTEN: figures_alone("{text}"),
}
"""The English sentence of each kind, as it stands in the catalogue."""

_MOST_SAID = 200
"""Characters of many reasons that are said: more would not be read."""

ALIKE = frozenset(
    (
        "said_by",
        "bundle_refused",
        "model_unreadable",
        "pages_left_out",
        "placed_points",
        "mirror_asked",
        "of_photos",
        "distance_off",
        "from_tables",
        "nothing_scored",
        "plus_minus",
        AS_WRITTEN,
    )
)
"""Kinds that are figures alone, the same in every language."""


def sentence(fact: Fact, language: str | None = None) -> str:
    """Say a fact in a language, the one that is spoken where none is given."""
    if language is not None:
        with speaking(language):
            return sentence(fact)
    template = SENTENCES[fact.kind]
    words = {**_endings(), **_words(fact)}
    if isinstance(template, Plural):
        return ngettext(template.singular, template.many, words.pop("count"), **words)
    told = format_fields(template if fact.kind in ALIKE else _(template), **words)
    return f"{told} {_(GUIDE)}" if fact.kind in GUIDED else told


def problem_and_remedy(problem: Fact) -> tuple[str, str]:
    """Say what went wrong, without a full stop, and apart from it what to do: what follows its first sentence."""
    template = _(str(SENTENCES[problem.kind]))
    wrong, _stop, remedy = template.partition(". ")
    words = {**_endings(), **_words(problem)}
    return format_fields(wrong, **words).rstrip("."), format_fields(remedy, **words)


def _words(fact: Fact) -> dict[str, Any]:
    words: dict[str, Any] = {}
    for name, figure in fact.figures:
        if name == "side" and fact.kind not in OF_VIEWS:
            words |= names_of(figure)
        elif fact.kind == "bundle_without":
            words[name] = listed([str(said(part)) for part in figure])
        elif fact.kind == "did_you_mean":
            words[name] = _either(figure)
        else:
            words[name] = _WORDS.get(name, said)(figure)
    return words


def _endings() -> dict[str, str]:
    """Give what many sentences end with."""
    guide = _(GUIDE)
    return {
        "guide": guide,
        "what_to_do": _(str(NOTES["stand_square"]), guide=guide),
        "hold_level": _(str(NOTES["hold_level"])),
        "reinstall": _(REINSTALL),
        "make": _(MAKE),
    }


def said(figure: Any) -> Any:
    """Say one figure; numbers stay numbers, for the sentence to round."""
    if isinstance(figure, Fact):
        return sentence(figure)
    if isinstance(figure, Landmark | BonyLandmark):
        return point_name(figure)
    if isinstance(figure, View):
        return of_view(figure)
    if isinstance(figure, Side):
        return names_of(figure)["side"]
    if isinstance(figure, tuple):
        return ", ".join(str(said(part)) for part in figure)
    return figure


def _either(parts: Any) -> Any:
    return _(" or ").join(str(said(part)) for part in parts) if isinstance(parts, tuple) else _shown(parts)


def _shown(view: Any) -> Any:
    return shown(view) if isinstance(view, View) else said(view)


def _translated(name: Any) -> Any:
    return _(name) if isinstance(name, str) else name


def _first_of(reasons: tuple[Fact, ...]) -> str:
    return ", ".join(dict.fromkeys(map(sentence, reasons)))[:_MOST_SAID]


def _options(views: tuple[View, ...]) -> str:
    return _(" or ").join(format_fields(figures_alone("--view {view}"), view=view) for view in views)


def _all_of(parts: tuple[str, ...]) -> str:
    return listed([_(part) for part in parts])


def _measure(key: str) -> str:
    return key.replace("_", " ")


def _unended(fact: Any) -> str:
    """Say what goes on in a sentence."""
    return str(said(fact)).rstrip(".")


def _begun(fact: Any) -> str:
    """Say what begins a sentence."""
    words = str(said(fact))
    return f"{words[0].upper()}{words[1:]}"


def _side_of(view: View) -> str:
    return {View.LEFT: _("the left"), View.RIGHT: _("the right")}.get(view, shown(view))


def _a_view(view: Any) -> Any:
    if not isinstance(view, View):
        return view
    return {
        View.FRONT: _("a front view"),
        View.BACK: _("a back view"),
        View.LEFT: _("a view from the left"),
        View.RIGHT: _("a view from the right"),
        View.OBLIQUE: _("a view half from the side"),
    }[view]


_WORDS: Mapping[str, Callable[[Any], Any]] = {
    "wanted": _either,
    "legs": _either,
    "views": _options,
    "cues": _all_of,
    "shown": _shown,
    "seen": _shown,
    "reasons": _first_of,
    "side": _side_of,
    "view": _a_view,
    "replace": _measure,
    "why": _unended,
    "sentence": _begun,
    "source": _translated,
    "source2": _translated,
    "colour": _translated,
}
"""How the figures of some names are said."""

OF_VIEWS = frozenset(("re_stands",))
"""Kinds whose ``side`` is the view that shows it."""

NAMED = (
    N_("height given"),
    N_("hanging board"),
    N_("nothing in the photo"),
    N_("given"),
    N_("plumb line"),
    N_("upright edges of the room"),
    N_("the hanging board"),
    N_("the camera's profile"),
    N_("the photo's EXIF data"),
    N_("the distance given"),
    N_("the outline"),
    N_("the shoulders"),
    N_("the hips"),
    N_("the feet"),
    N_("the nose"),
    N_("the arms"),
    N_("red"),
    N_("orange"),
    N_("yellow"),
    N_("green"),
    N_("cyan"),
    N_("blue"),
    N_("purple"),
    N_("pink"),
    N_("white"),
    N_("reflective"),
    N_("black"),
)
"""Names by which the program and its files know sources, cues and colours; readers see them in their language."""
