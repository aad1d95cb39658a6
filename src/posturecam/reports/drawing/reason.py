"""Why nothing was measured, written over the foot of the picture; the person stays to be seen."""

from textwrap import wrap

from posturecam.reports.drawing.canvas import Box, Canvas, Lettering

_LINE, _PAD = 1.45, 0.9
"""Distance of the lines, and what is left around them, in heights of the letters."""

_LETTERS_PER_WIDTH = 0.56
"""Width of a letter in heights, from which the first guess of a line's length comes."""


def write_reason(canvas: Canvas, words: str) -> None:
    """Write the words in lines over the whole width, on a plate at the lower edge."""
    size = 1.15 * canvas.text_px
    lettering = Lettering(size, 600)
    room = canvas.width - 2 * _PAD * size
    lines = wrapped(words, lettering, room)
    tall = (len(lines) * _LINE + _PAD) * size
    top = canvas.height - tall
    canvas.plate(Box(0.0, top, float(canvas.width), float(canvas.height)))
    for row, line in enumerate(lines):
        at = (_PAD * size, top + (row * _LINE + _PAD + 0.6) * size)
        canvas.text(at, line, canvas.theme.ink, lettering)


def wrapped(words: str, lettering: Lettering, room: float) -> list[str]:
    """Break words into lines no wider than ``room`` pixels, as far as single words allow."""
    letters = max(8, int(room / (_LETTERS_PER_WIDTH * lettering.size_px)))
    lines = wrap(words, letters)
    while letters > 8 and any(lettering.width(line) > room for line in lines):
        letters -= 2
        lines = wrap(words, letters)
    return lines
