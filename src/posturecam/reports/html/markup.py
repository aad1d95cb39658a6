"""HTML and SVG built from small functions: whatever is not markup already is escaped, so no name can break a page."""

from html import escape
from importlib.resources import files

from posturecam.text.language import current

_VOID = {"meta", "img", "br", "hr", "link"}


class Html(str):
    """Text that is markup already."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell a template engine that escapes the same."""
        return str(self)


Attribute = str | float | bool | None


def tag(name: str, *children: str, **attributes: Attribute) -> Html:
    """Build an element: ``class_`` is written class, ``aria_label`` aria-label; None and False are left out."""
    opening = "".join([f"<{name}", *(_attribute(key, value) for key, value in attributes.items()), ">"])
    return Html(opening if name in _VOID else f"{opening}{join(*children)}</{name}>")


def join(*children: str) -> Html:
    """Put markup and texts one after the other."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def document(title: str, *body: str) -> str:
    """Build a whole page: one file, no script, no request to anywhere, the style inside."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name_="color-scheme", content="light dark"),
        tag("meta", name_="generator", content="posturecam"),
        tag("title", title),
        tag("style", Html(style())),
    )
    return "<!doctype html>\n" + tag("html", head, tag("body", *body), lang=current()) + "\n"


def style() -> str:
    """Read the pages' style sheet."""
    return files("posturecam.reports.html").joinpath("style.css").read_text(encoding="utf-8")


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f" {name}" if value is True else f' {name}="{escape(shown)}"'
