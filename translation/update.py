"""Bring every catalogue up to date: new texts in, old ones out, and compile it.

    python translation/update.py            gather the texts, merge, compile, count
    python translation/update.py --missing  and print what has no translation yet

A catalogue that is not complete is compiled all the same; the tests refuse it.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from translation.extract import template

from posturecam.text.language import CATALOGUES, DOMAIN, ENGLISH, LANGUAGES

if TYPE_CHECKING:
    from babel.messages.catalog import Message

WIDTH = 118


class Unsigned(Catalog):
    """A catalogue whose bytes do not depend on the version of the tool that writes it."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The headers without the tool's name."""
        return [(name, said) for name, said in super().mime_headers if name != "Generated-By"]


def path_of(code: str, kind: str) -> Path:
    """Say where a language's catalogue lies; kind is po or mo."""
    return CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.{kind}"


def read(code: str) -> Catalog:
    """Read a language's catalogue; an empty one where there is none."""
    path = path_of(code, "po")
    if not path.exists():
        return Catalog(locale=code, project="posturecam", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def merged(known: Catalog, wanted: Catalog) -> Catalog:
    """Return the wanted texts with the translations that are known."""
    new = Unsigned(
        locale=known.locale,
        project="posturecam",
        fuzzy=False,
        header_comment="# The texts of posturecam in another language. The English text is the key.",
        creation_date=known.creation_date,
        revision_date=known.creation_date,
        last_translator="the authors of posturecam",
        language_team="the authors of posturecam",
    )
    for message in wanted:
        if message.id:
            before: Message | None = known.get(message.id, message.context)
            nothing = ("",) * known.num_plurals if isinstance(message.id, tuple) else ""
            said = before.string if before is not None and before.pluralizable == message.pluralizable else nothing
            new.add(message.id, said, locations=message.locations, context=message.context)
    return new


def missing(catalogue: Catalog) -> list[Message]:
    """List what has no translation, a plural without all its forms included."""
    return [
        message
        for message in catalogue
        if message.id and not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue; the same texts give the same bytes."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue as people edit it, without line numbers, which every change would move."""
    file = io.BytesIO()
    write_po(file, catalogue, width=WIDTH, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def main() -> None:
    """Update every language and say how complete it is."""
    wanted = template()
    for code in LANGUAGES:
        if code == ENGLISH:
            continue
        catalogue = merged(read(code), wanted)
        path_of(code, "po").parent.mkdir(parents=True, exist_ok=True)
        path_of(code, "po").write_bytes(written(catalogue))
        path_of(code, "mo").write_bytes(compiled(catalogue))
        lacking = missing(catalogue)
        print(f"{code}: {len(catalogue) - len(lacking)} of {len(catalogue)} texts")
        if "--missing" in sys.argv:
            print(*(repr(message.id) for message in lacking), sep="\n")


if __name__ == "__main__":
    main()
