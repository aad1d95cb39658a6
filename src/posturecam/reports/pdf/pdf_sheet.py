"""The PDF's paper: paragraphs that flow from column to column and from page to page. Millimetres, letters in points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from posturecam.reports.pdf import pdf_drawing
from posturecam.reports.pdf.pdf_fonts import Paper
from posturecam.text.labels import unbroken
from posturecam.text.language import _, current

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 12.0
INNER, LOWEST = WIDTH - 2 * MARGIN, HEIGHT - 9.0
FOOT_PT, FOOT_MM = 6.5, 6.5
"""Size of the letters at a page's foot, and how far above the paper's edge they begin."""
GAP = 6.0
"""Between two columns."""

_LINE = 0.44
"""Millimetres from line to line for each point of the letters' size."""


class Item(Protocol):
    """Something that fits into a column; ``stays`` with what follows it."""

    @property
    def stays(self) -> bool:
        """Whether no column or page may end below it."""

    def height(self, sheet: "PdfSheet", wide: float) -> float:
        """Tell how high it is in a column so wide."""

    def put(self, sheet: "PdfSheet", x: float, y: float, wide: float) -> None:
        """Write it with its upper left corner there."""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph: size in points before the sheet's scale, ``gap`` in mm below, ``mark`` hanging before it.

    ``above`` is in mm too; the first paragraph of a column has it as well.
    """

    words: str
    size: float = 8.2
    bold: bool = False
    soft: bool = False
    gap: float = 1.0
    above: float = 0.0
    mark: str = ""
    indent: float = 0.0
    stays: bool = False
    colour: pdf_drawing.Colour | None = None

    def height(self, sheet: "PdfSheet", wide: float) -> float:
        """Tell the height of its lines with the gap below."""
        size = self.size * sheet.scale
        shown = sheet.pdf.lettered(unbroken(self.words), size, bold=self.bold)
        line, pdf = _LINE * size, sheet.pdf
        lines: Any = pdf.multi_cell(wide - self.indent, line, shown, align="L", dry_run=True, output="LINES")
        return self.above + len(lines) * line + self.gap

    def put(self, sheet: "PdfSheet", x: float, y: float, wide: float) -> None:
        """Write its lines."""
        size, pdf, y = self.size * sheet.scale, sheet.pdf, y + self.above
        pdf.set_text_color(*(self.colour or (pdf_drawing.SOFT if self.soft else pdf_drawing.INK)))
        if self.mark:
            pdf.set_font("helvetica", "B", size)
            pdf.text(x, y + 0.75 * _LINE * size, self.mark)
        shown = pdf.lettered(unbroken(self.words), size, bold=self.bold)
        pdf.set_xy(x + self.indent, y)
        pdf.multi_cell(wide - self.indent, _LINE * size, shown, align="L", new_x="LEFT", new_y="NEXT")


def heading(words: str) -> Words:
    """Make a heading of the second order."""
    return Words(words, 11.5, bold=True, gap=0.8, stays=True)


def subheading(words: str, size: float = 9.2) -> Words:
    """Make a heading inside a section."""
    return Words(words, size, bold=True, gap=0.4, above=0.9, stays=True)


def point(words: str, size: float = 8.0) -> Words:
    """Make a point of a list."""
    return Words(words, size, gap=0.4, mark="·", indent=2.8)


@dataclass(frozen=True, slots=True)
class _Block:
    """Items that may not be parted."""

    items: tuple[Item, ...]
    height: float


class PdfSheet:
    """The paper, filled from top to bottom; ``y`` is where the next part begins."""

    def __init__(self, scale: float = 1.0) -> None:
        """Lay out empty A4 paper; ``scale`` makes all letters smaller or larger."""
        self.scale = scale
        self.pdf = Paper(format="A4")
        self.pdf.set_margins(MARGIN, 10, MARGIN)
        self.pdf.c_margin = 0
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_title(_("Posture report"))
        self.pdf.set_creator("posturecam")
        self.pdf.set_lang(current())
        self.pdf.add_page()
        self.y = 10.0

    def turn_page(self) -> None:
        """Go on at the top of a new page."""
        self.pdf.add_page()
        self.y = 10.0

    def foot(self, number: int, words: str) -> None:
        """Write a line below everything on a page."""
        pdf = self.pdf
        pdf.page = number
        shown = pdf.lettered(unbroken(words), FOOT_PT)
        pdf.set_text_color(*pdf_drawing.SOFT)
        pdf.set_xy(MARGIN, HEIGHT - FOOT_MM)
        pdf.cell(INNER, _LINE * FOOT_PT, shown, align="C")

    def write(self, *items: Item, left: float = MARGIN, wide: float = INNER) -> None:
        """Write items one below the other, on a new page where they end."""
        for block in self._blocks(items, wide):
            if self.y + block.height > LOWEST + 1.0 and self.y > 11.0:
                self.turn_page()
            self._put(block, left, self.y, wide)
            self.y += block.height

    def title(self, words: str, room: float = 18.0) -> None:
        """Write a heading, on a new page unless ``room`` mm are left below it."""
        if self.y + room > LOWEST:
            self.turn_page()
        self.y += 1.2
        self.write(heading(words))

    def flow(self, items: Sequence[Item], columns: int = 2, left: float = MARGIN, wide: float = INNER) -> None:
        """Fill columns of one height, one after the other, as low as they need be; go on on a new page."""
        narrow = (wide - GAP * (columns - 1)) / columns
        left_over = self._blocks(items, narrow)
        while left_over:
            limit = _lowest(left_over, columns, LOWEST - self.y)
            filled = _filled(left_over, columns, limit)
            for number, column in enumerate(filled):
                y = self.y
                for block in column:
                    self._put(block, left + number * (narrow + GAP), y, narrow)
                    y += block.height
            left_over = left_over[sum(map(len, filled)) :]
            self.y += max(sum(block.height for block in column) for column in filled)
            if left_over:
                self.turn_page()

    def _put(self, block: _Block, x: float, y: float, wide: float) -> None:
        for item in block.items:
            item.put(self, x, y, wide)
            y += item.height(self, wide)

    def _blocks(self, items: Sequence[Item], wide: float) -> list[_Block]:
        """Tie each heading to what follows it."""
        blocks: list[_Block] = []
        tied = False
        for item in items:
            block = _Block((item,), item.height(self, wide))
            if tied:
                block = _Block((*blocks[-1].items, item), blocks.pop().height + block.height)
            blocks.append(block)
            tied = item.stays
        return blocks


def _filled(blocks: Sequence[_Block], columns: int, limit: float) -> list[list[_Block]]:
    """Fill columns up to a height, each with one block at least; what has no room is left over."""
    filled: list[list[_Block]] = [[]]
    height = 0.0
    for block in blocks:
        if filled[-1] and height + block.height > limit:
            if len(filled) == columns:
                break
            filled.append([])
            height = 0.0
        filled[-1].append(block)
        height += block.height
    return filled


def _lowest(blocks: Sequence[_Block], columns: int, room: float) -> float:
    """Give the least height at which the columns hold everything, or all the room there is."""
    limit = sum(block.height for block in blocks) / columns
    while limit < room and sum(map(len, _filled(blocks, columns, limit))) < len(blocks):
        limit += 0.5
    return min(limit, room)
