"""Write to a terminal, a pipe or a file: readable at 80 columns, without colour, and where ● or ± is unknown."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import IO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from posturecam.text.language import without_controls

_PLAIN = str.maketrans("●━─│•…−–→·×", "o=-|-.-->.x")
_WIDEST = 100


class Printer:
    """Headings, paragraphs and bullets with one look."""

    def __init__(self, file: IO[str] | None = None) -> None:
        """Write to ``file``, or to standard output."""
        found = Console(file=file, highlight=False)
        narrow = min(found.width, _WIDEST)
        self.console = Console(file=file, highlight=False, width=narrow, markup=False, emoji=False)

    @property
    def width(self) -> int:
        """Columns."""
        return self.console.width

    def title(self, words: str) -> None:
        """Write the title of a report."""
        self.show(Text(without_controls(words), "bold"))
        self.show(Text("─" * min(len(words), self.width), "dim"))

    def heading(self, words: str) -> None:
        """Write a heading after an empty line."""
        self.gap()
        self.show(Text(without_controls(words), "bold"))

    def paragraph(self, words: str, style: str = "", indent: int = 0) -> None:
        """Write text, broken between words."""
        self.show(Padding(Text(_wrapped(without_controls(words), self.width - indent), style), (0, 0, 0, indent)))

    def bullets(self, lines: Iterable[str], mark: str = "•", indent: int = 2) -> None:
        """Write a list; longer points continue under their own beginning."""
        for line in lines:
            self.hanging(mark, line, indent=indent)

    def hanging(self, mark: str, words: str | Text, indent: int = 2) -> None:
        """Write a mark, and text that hangs beside it."""
        from rich.table import Table  # noqa: PLC0415  (kept out of the module's top: tables are slow to import)

        row = Table.grid(padding=(0, 1, 0, 0))
        row.add_column(width=max(1, len(mark)), no_wrap=True)
        row.add_column()
        room = self.width - indent - max(1, len(mark)) - 1
        row.add_row(mark, _wrapped(without_controls(words), room) if isinstance(words, str) else _safe(words))
        self.show(Padding(row, (0, 0, 0, indent)))

    def gap(self) -> None:
        """Write an empty line."""
        self.show("")

    def show(self, *things: RenderableType) -> None:
        """Write anything; signs that the output does not know are replaced by plain ones."""
        if self.console.is_terminal and _knows(self.console.encoding):
            self.console.print(*things)
            return
        with self.console.capture() as caught:
            self.console.print(*things)
        lines = "".join(line.rstrip() + "\n" for line in caught.get().splitlines())
        encoding = self.console.encoding or "ascii"
        known = lines if _knows(encoding) else lines.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
        self.console.file.write(known)

    def rows(self, rows: Sequence[Sequence[str | Text]], widths: Sequence[int]) -> None:
        """Write aligned columns; a cell too long for its column continues below itself."""
        from rich.table import Table  # noqa: PLC0415  (as above)

        table = Table.grid(padding=(0, 1, 0, 0))
        for width in widths:
            table.add_column(width=width)
        for row in rows:
            table.add_row(*map(_safe, row))
        self.show(Padding(table, (0, 0, 0, 2)))


def _safe(words: str | Text) -> str | Text:
    """Write control characters as escapes; what is safe keeps its styles."""
    if isinstance(words, str):
        return without_controls(words)
    plain = without_controls(words.plain)
    return words if plain == words.plain else Text(plain, words.style, justify=words.justify)


def _wrapped(words: str, width: int) -> str:
    """Break text between words, and never at a no-break space, where Rich would."""
    lines = (wrap(part, max(width, 1), break_on_hyphens=False) or [""] for part in words.split("\n"))
    return "\n".join("\n".join(line) for line in lines)


def _knows(encoding: str | None) -> bool:
    try:
        "●━│±°−–".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
