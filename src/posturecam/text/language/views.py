"""The views inside a sentence."""

from posturecam.text.language import _, current, pgettext


def of_view(view: str) -> str:
    """Name a view as it stands before a photo: front, back, left, right."""
    return {
        "front": _("front"),
        "back": _("back"),
        "left": pgettext("view", "left"),
        "right": pgettext("view", "right"),
        "oblique": _("oblique"),
        "front_or_back": _("front or back"),
        "left_or_right": pgettext("view", "left or right"),
    }[view]


_SPOKEN = {
    "de": {"vorn": "front", "vorne": "front", "hinten": "back", "rücken": "back", "links": "left", "rechts": "right"},
}
"""What people type for a view, by language, beside the English words."""


def spoken_views() -> dict[str, str]:
    """Give the words for views that may be typed in the language that is spoken, and the view that each means."""
    return _SPOKEN.get(current(), {})


def shown(view: str) -> str:
    """Name the side of the body that a view shows, for the end of a sentence."""
    return {
        "front": _("the front"),
        "back": _("the back"),
        "left": _("the left side"),
        "right": _("the right side"),
        "oblique": _("the body turned half-way"),
        "front_or_back": _("the front or the back"),
        "left_or_right": _("one side"),
    }[view]
