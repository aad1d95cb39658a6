"""All measurements on paper: two columns of rows, each with its strip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from posturecam.knowledge import Knowledge
from posturecam.measures.measurement import Measurement
from posturecam.reports.pdf import pdf_drawing
from posturecam.reports.pdf.pdf_sheet import Item, Sheet, Words, subheading
from posturecam.reports.strip import strip_of
from posturecam.text.wording import by_region, plain_words, plus_minus, severity_words

_SIZE = 7.6
_WORDS, _SPREAD, _STRIP, _SEVERITY = 0.485, 0.495, 0.635, 0.855
"""Where the words end, and where ±, strip and severity begin, as parts of the column's width."""


def rows(measurements: Sequence[Measurement], knowledge: Knowledge) -> Iterator[Item]:
    """Lay out the measurements head to feet, each region under its name."""
    for region, members in by_region(measurements):
        yield subheading(region, 8.0)
        for one in members:
            yield Row(one, knowledge)


def _severity_width(wide: float) -> float:
    """Give the room of the severity; it may reach a little into the gap between the columns."""
    return (1.0 - _SEVERITY) * wide + 4.0


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: its words, ±, strip and severity side by side."""

    measurement: Measurement
    knowledge: Knowledge
    stays: bool = False

    def height(self, sheet: Sheet, wide: float) -> float:
        """Tell the height of its words, and of the severity where that takes more lines."""
        severity = self._severity().height(sheet, _severity_width(wide))
        return max(self._words().height(sheet, _WORDS * wide), severity)

    def put(self, sheet: Sheet, x: float, y: float, wide: float) -> None:
        """Write and draw it."""
        one = self.measurement
        self._words().put(sheet, x, y, _WORDS * wide)
        Words(plus_minus(one), _SIZE).put(sheet, x + _SPREAD * wide, y, (_STRIP - _SPREAD) * wide)
        drawn, middle = strip_of(one, self.knowledge.norm(one.key)), 0.5 * (0.44 * _SIZE * sheet.scale)
        length = (_SEVERITY - _STRIP) * wide - 6.5
        pdf_drawing.strip(sheet.pdf, drawn, x + _STRIP * wide + 2.0, y + middle - 1.5, length)
        self._severity().put(sheet, x + _SEVERITY * wide, y, _severity_width(wide))

    @property
    def _out(self) -> bool:
        return self.measurement.severity in pdf_drawing.SEVERITIES

    def _severity(self) -> Words:
        colour = pdf_drawing.SEVERITIES.get(self.measurement.severity, pdf_drawing.SOFT)
        return Words(severity_words(self.measurement), _SIZE, bold=self._out, colour=colour, gap=0.35)

    def _words(self) -> Words:
        return Words(plain_words(self.measurement), _SIZE, bold=self._out, gap=0.35)
