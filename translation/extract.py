"""Every text that people read, found where it stands: in the program, the tables, the templates and the options.

Programs say ``_("…")``, ``ngettext("…", "…", n)``, ``pgettext("…", "…")`` or, in constants, ``N_("…")`` and
``plural("…", "…")``. The help of the command line is read from the commands themselves.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from posturecam.text.language import choose
from posturecam.text.language.tables import FIELDS, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "posturecam"
KEYWORDS: dict[str, Any] = {"_": None, "N_": None, "ngettext": (1, 2), "plural": (1, 2), "pgettext": ((1, "c"), 2)}

Message = tuple[str | tuple[str, ...], str, str | None]
"""A text (or its singular and plural), the file it stands in, and the context where it has one."""


def messages() -> Iterator[Message]:
    """Yield every text, in the order of the files."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from of_program(path)
    for path in sorted(SOURCE.rglob("*.html")):
        yield from of_template(path)
    yield from of_scripts()
    for name in FIELDS:
        path = SOURCE / "knowledge" / name
        for text in texts(name, tomllib.loads(path.read_text("utf-8"))):
            yield text, place(path), None
    yield from of_commands()


def place(path: Path) -> str:
    """Name a file from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def of_program(path: Path) -> Iterator[Message]:
    """Yield the texts that a program marks."""
    with path.open("rb") as file:
        for _line, text, _comments, context in extract("python", file, KEYWORDS, options={"encoding": "utf-8"}):
            yield text, place(path), context


def of_template(path: Path) -> Iterator[Message]:
    """Yield the texts that a page's template marks."""
    from jinja2.ext import babel_extract  # noqa: PLC0415  (the page's extra)

    with path.open("rb") as file:
        for _line, function, text, _comments in babel_extract(file, list(KEYWORDS), [], {}):
            said = [text] if isinstance(text, str) else [one for one in text if isinstance(one, str)]
            yield (tuple(said[:2]) if function == "ngettext" else said[0]), place(path), None


def of_scripts() -> Iterator[Message]:
    """Yield the texts that the page's scripts and the folder's page say."""
    said = re.compile(r'\btr\(\s*"([^"\\]+)"')
    for path in sorted((SOURCE / "page" / "static").glob("*.js")):
        for text in said.findall(path.read_text("utf-8")):
            yield text, place(path), None
    path = SOURCE / "batch" / "index_template.html"
    for text in re.findall(r"@_\((.+?)\)@", path.read_text("utf-8")):
        yield text, place(path), None


def of_commands() -> Iterator[Message]:
    """Yield the help of every command and option."""
    import posturecam.cli as program  # noqa: PLC0415  (only here)
    from posturecam.cli.spoken_help import texts_of  # noqa: PLC0415

    choose("en")
    for text in texts_of(program.app):
        yield text, place(SOURCE / "cli" / "__init__.py"), None


def template() -> Catalog:
    """Gather every text in an empty catalogue."""
    gathered = Catalog(project="posturecam", fuzzy=False)
    for text, where, context in messages():
        if text:
            gathered.add(text, locations=[(where, 0)], context=context)
    return gathered
