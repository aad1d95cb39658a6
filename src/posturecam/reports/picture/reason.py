"""Why nothing may be read from a photo, in large words on a plate below it: the person stays to be seen."""

from dataclasses import dataclass

from posturecam.reports.picture.canvas import Box, Canvas, Lettering
from posturecam.reports.picture.layout import wrap

_LINE, _PAD = 1.4, 0.8
"""Distance of the lines, and what is left around them, in sizes of the letters."""

_SIZE = 1.15
"""Size of the letters in ordinary sizes of text."""

_NARROWEST = 0.75
"""Least width of the words, in parts of the height of the photo that is shown."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Words in lines that fit below a part of a photo, and the plate that holds them."""

    lines: tuple[str, ...]
    size_px: float
    plate: Box

    def draw(self, canvas: Canvas) -> None:
        """Write the words."""
        canvas.plate(self.plate)
        left, baseline = self.plate.left + _PAD * self.size_px, self.plate.top + (_PAD + 0.82) * self.size_px
        for line in self.lines:
            canvas.text((left, baseline), line, canvas.theme.ink, Lettering(self.size_px, 600))
            baseline += _LINE * self.size_px


def reason_below(part: Box, words: str, text_px: float) -> Reason:
    """Lay out words below a part of a photo, as wide as it is or, below a narrow one, wider."""
    size, wide = _SIZE * text_px, max(part.right - part.left, _NARROWEST * (part.bottom - part.top))
    lines = wrap(words, Lettering(size, 600), wide - 2 * _PAD * size)
    left = (part.left + part.right - wide) / 2
    tall = ((len(lines) - 1) * _LINE + 1.0 + 2 * _PAD) * size
    return Reason(lines, size, Box(left, part.bottom, left + wide, part.bottom + tall))
