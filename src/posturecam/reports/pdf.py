"""The report as PDF on A4, by fpdf2 (extra ``pdf``): the page's own words, map and strips. Millimetres."""

from collections.abc import Iterable, Sequence
from typing import Any

from fpdf import FPDF
from fpdf.bidi import BidiParagraph

from posturecam.assessment import Assessment
from posturecam.knowledge import Knowledge, load
from posturecam.measurement import Measurement
from posturecam.photo import Pixels
from posturecam.reports import body_map, pdf_drawing, telling
from posturecam.reports.heading import Heading
from posturecam.reports.pdf_words import fits_latin, known, latin, system_font
from posturecam.reports.picture import encode, reduced
from posturecam.reports.strip import strip_of
from posturecam.reports.wording import (
    DISCLAIMER,
    by_region,
    components_words,
    plain_words,
    plus_minus,
    seen_from,
    severity_words,
    unbroken,
)

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 13.0
INNER, LOWEST = WIDTH - 2 * MARGIN, HEIGHT - 9.0
_PICTURE_PX = 1200
SCALES, ENOUGH = (1.0, 0.95, 0.9), 2
"""Sizes of the letters that are tried until the report fits on so many pages."""
LEGEND = (
    "Blue: usual range; towards orange: mild, moderate, marked. Dot and bar: the value and its 95 % interval. R and L: "
    "towards the person's right and left."
)
_OTHER = "other"
"""Name under which a system's font is loaded."""


def pdf_report(
    assessment: Assessment, drawn: Sequence[Pixels], knowledge: Knowledge | None = None, heading: Heading | None = None
) -> bytes:
    """Build the report; ``drawn`` are the overlays, (h, w, 3) uint8 RGB: one of a photo, several of an exam."""
    knowledge, heading = knowledge or load(), heading or Heading()
    pictures = [reduced(pixels, _PICTURE_PX) for pixels in drawn]
    tried = []
    for scale in SCALES:
        tried.append(_written(Sheet(knowledge, scale), assessment, pictures, heading))
        if tried[-1].page <= ENOUGH:
            break
    return bytes(min(tried, key=lambda pdf: pdf.page).output())


def _written(sheet: "Sheet", assessment: Assessment, pictures: Sequence[Pixels], heading: Heading) -> FPDF:
    """Write every part."""
    sheet.head(assessment, heading, several=len(pictures) > 1)
    sheet.findings(assessment, pictures)
    sheet.map(assessment)
    sheet.chain(assessment)
    sheet.plan(assessment)
    sheet.table(assessment.measurements)
    sheet.limits(assessment)
    return sheet.pdf


class Sheet:
    """The paper, written from top to bottom."""

    def __init__(self, knowledge: Knowledge, scale: float = 1.0) -> None:
        """Lay out empty A4 paper; ``scale`` makes all letters smaller."""
        self.knowledge, self.scale = knowledge, scale
        self.pdf = FPDF(format="A4")
        self.pdf.set_margins(MARGIN, 10, MARGIN)
        self.pdf.c_margin = 0
        self.pdf.set_auto_page_break(auto=True, margin=HEIGHT - LOWEST)
        self.pdf.set_title("Posture report")
        self.pdf.set_creator("posturecam")
        self.pdf.set_lang("en")
        self.pdf.add_page()
        self.left, self.wide = MARGIN, INNER

    def write(self, words: str, size: float = 8.0, *, bold: bool = False, soft: bool = False, gap: float = 1.0) -> None:
        """Write a paragraph into the present column; ``size`` in points, ``gap`` in mm below."""
        self.pdf.set_text_color(*(pdf_drawing.SOFT if soft else pdf_drawing.INK))
        size *= self.scale
        shown = self._lettered(unbroken(words), size, bold=bold)
        self.pdf.set_x(self.left)
        self.pdf.multi_cell(self.wide, 0.45 * size, shown, align="L", new_x="LEFT", new_y="NEXT")
        self.pdf.set_y(self.pdf.get_y() + gap)

    def _lettered(self, words: str, size: float, *, bold: bool) -> str:
        """Choose a font that has the letters, and give the words as that font can write them."""
        self.pdf.set_font("helvetica", "B" if bold else "", size)
        path = None if fits_latin(words) else system_font()
        if path is None:
            return latin(words)
        if _OTHER not in self.pdf.fonts:
            self.pdf.add_font(_OTHER, fname=str(path))
        self.pdf.set_font(_OTHER, size=size)
        letters: Any = self.pdf.fonts[_OTHER]
        ordered = (BidiParagraph(line).get_reordered_string() for line in words.splitlines())
        return known("\n".join(ordered), letters.cmap)

    def title(self, words: str, room: float = 18.0) -> None:
        """Write a heading, on a new page unless ``room`` mm are left below it."""
        if self.pdf.get_y() + room > LOWEST:
            self.pdf.add_page()
        self.pdf.set_y(self.pdf.get_y() + 0.9)
        self.write(words, 11, bold=True)

    def head(self, assessment: Assessment, heading: Heading, *, several: bool) -> None:
        """Write who and what, with the logo at the right."""
        if heading.logo is not None:
            self._logo(heading.logo)
        self.wide = INNER - 45
        self.write("How this person stands", 17, bold=True, gap=0.5)
        if heading.client:
            self.write(heading.client, 11, gap=0.5)
        view = "" if several else f", {seen_from(assessment.pose.view)}"
        self.write(f"{assessment.photo.name}{view}", 8.5, soft=True)
        self.wide = INNER
        if heading.note:
            self.write(heading.note, 8.5)

    def _logo(self, logo: Pixels) -> None:
        height, width = logo.shape[:2]
        scale = min(40 / width, 14 / height)
        at = WIDTH - MARGIN - scale * width
        self.pdf.image(
            encode(logo, ".png"), x=at, y=self.pdf.t_margin, w=scale * width, h=scale * height, alt_text="Logo"
        )

    def findings(self, assessment: Assessment, drawn: Sequence[Pixels]) -> None:
        """Show the pictures, and the findings in words: beside one picture, below several."""
        top = self.pdf.get_y()
        bottom = self._pictures(drawn, top)
        if len(drawn) > 1:
            self.pdf.set_y(bottom)
        else:
            self.left, self.wide = MARGIN + 68, INNER - 68
        self._findings(assessment)
        self.left, self.wide = MARGIN, INNER
        self.pdf.set_y(max(self.pdf.get_y(), bottom) if self.pdf.page == 1 else self.pdf.get_y())

    def _pictures(self, drawn: Sequence[Pixels], top: float) -> float:
        """Put the pictures side by side; give the edge below them."""
        room = 64.0 if len(drawn) == 1 else (INNER + 3) / min(len(drawn), 4) - 3
        below = top
        for at, pixels in enumerate(drawn):
            row, column = divmod(at, 4)
            height, width = pixels.shape[:2]
            scale = min(room / width, (100 if len(drawn) == 1 else 62) / height)
            x, y = MARGIN + column * (room + 3), top + row * 65
            data = encode(pixels, ".jpg")
            self.pdf.image(
                data, x=x, y=y, w=scale * width, h=scale * height, alt_text="The person, with lines drawn in"
            )
            below = max(below, y + scale * height + 2)
        return below

    def _findings(self, assessment: Assessment) -> None:
        self.title("What the photo shows")
        first, told = assessment.conclusion.plan.first, telling.told_findings(assessment, self.knowledge)
        sizes = (telling.beyond_usual(assessment), telling.too_close(assessment, self.knowledge))
        for words in (first, *sizes, *telling.without_findings(assessment)):
            if words:
                self.write(words, bold=words == first)
        for one in told:
            self.write(one.title, 9.5, bold=True, gap=0.3)
            self.write(one.standing, 7, soft=True, gap=0.3)
            self.write(one.explanation)
            against = f" Against it: {'; '.join(one.against)}." if one.against else ""
            self.write(f"What fits: {'; '.join(one.fits)}.{against}", 7, soft=True, gap=1.6)

    def map(self, assessment: Assessment) -> None:
        """Draw the body map with its lists in two columns beside it."""
        marks = body_map.marks_of(assessment, self.knowledge)
        if not marks:
            return
        width = 76.0
        self.title("Where it may be felt", 88)
        top, page = self.pdf.get_y(), self.pdf.page
        height = pdf_drawing.body_map(self.pdf, marks, self.knowledge, (MARGIN, top), width)
        lowest = top + height
        for at, kind in enumerate((body_map.TIGHT, body_map.WEAK)):
            self.left, self.wide = MARGIN + width + 3 + at * 54, 52.0
            self.pdf.set_y(top)
            self._marks(marks, kind)
            lowest = max(lowest, self.pdf.get_y()) if self.pdf.page == page else self.pdf.get_y()
        self.left, self.wide = MARGIN, INNER
        self.pdf.set_y(lowest)
        self.write(f"{body_map.title(assessment)} {body_map.CAUTION}", 7, soft=True)

    def _marks(self, marks: Sequence[body_map.Mark], kind: str) -> None:
        rows = body_map.lines(marks, kind, self.knowledge)
        if not rows:
            return
        pdf_drawing.swatch(self.pdf, kind, self.left, self.pdf.get_y() + 0.3)
        self.left += 6.5
        self.write(body_map.WORDS[kind], 8.5, bold=True)
        self.left -= 6.5
        for number, words in rows:
            self._hung(str(number), words, 6.8, 4.2)

    def chain(self, assessment: Assessment) -> None:
        """Tell how it may hang together; nothing without a driver."""
        if assessment.conclusion.chain.drivers:
            self.title("How it may hang together")
            self.write(assessment.conclusion.chain.text)

    def plan(self, assessment: Assessment) -> None:
        """Tell what to try first: the first region in full, the others by name."""
        made = assessment.conclusion.plan
        if not made.steps:
            return
        now, later = telling.first_and_later(assessment)
        self.title("What to try first", 30)
        self.write(f"{made.dose} {made.stop}")
        for place, steps in now:
            self.write(place[:1].upper() + place[1:], 8.5, bold=True, gap=0.3)
            self._points(f"{step.title}. {step.how}" for step in steps)
        self.write("How", 8.5, bold=True, gap=0.3)
        self._points(made.techniques.values())
        if later:
            names = (f"{place}: {', '.join(step.title for step in steps)}" for place, steps in later)
            self.write(f"Later, in this order: {'; '.join(names)}.", gap=1)
        self.write(f"{made.self_check} {made.again}")

    def _points(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._hung("·", line, 7.6, 2.6)

    def _hung(self, mark: str, words: str, size: float, indent: float) -> None:
        """Write a paragraph that hangs from its mark."""
        if self.pdf.get_y() + 0.45 * size * self.scale > LOWEST:
            self.pdf.add_page()
        self.pdf.set_font("helvetica", "B", size * self.scale)
        self.pdf.set_text_color(*pdf_drawing.INK)
        self.pdf.text(self.left, self.pdf.get_y() + 0.33 * size * self.scale, mark)
        self.left, self.wide = self.left + indent, self.wide - indent
        self.write(words, size, gap=0.25)
        self.left, self.wide = self.left - indent, self.wide + indent

    def table(self, measurements: Sequence[Measurement]) -> None:
        """Write all measurements with their strips."""
        self.title("All measurements", 24)
        self.write(LEGEND, 7, soft=True, gap=0.4)
        for region, members in by_region(measurements):
            if self.pdf.get_y() + 9 > LOWEST:
                self.pdf.add_page()
            self.pdf.set_y(self.pdf.get_y() + 0.7)
            self.write(region, 7, bold=True, soft=True, gap=0.1)
            for one in members:
                self._row(one)
        for words in filter(None, map(components_words, measurements)):
            self.write(f"{words[0].upper()}{words[1:]}.", 7, soft=True)

    def _row(self, one: Measurement) -> None:
        """Write one measurement on one line."""
        if self.pdf.get_y() + 4 > LOWEST:
            self.pdf.add_page()
        top = self.pdf.get_y()
        pdf_drawing.strip(self.pdf, strip_of(one, self.knowledge.norm(one.key)), MARGIN + 108, top, 48)
        out = one.severity in pdf_drawing.SEVERITIES
        severity = pdf_drawing.SEVERITIES.get(one.severity, pdf_drawing.SOFT)
        self._cell(MARGIN, top, plain_words(one), pdf_drawing.INK, bold=out)
        self._cell(MARGIN + 86, top, plus_minus(one), pdf_drawing.INK)
        self._cell(MARGIN + 163, top, severity_words(one), severity, bold=out)
        self.pdf.set_y(top + 3.45 * self.scale)

    def _cell(self, x: float, top: float, words: str, colour: pdf_drawing.Colour, *, bold: bool = False) -> None:
        self.pdf.set_text_color(*colour)
        self.pdf.set_font("helvetica", "B" if bold else "", 7.5 * self.scale)
        self.pdf.text(x, top + 2.5, latin(words))

    def limits(self, assessment: Assessment) -> None:
        """Say what could not be measured, how sure the rest is, and the disclaimer."""
        missing = telling.unmeasured_lines(assessment, self.knowledge)
        if missing:
            self.title("What could not be measured")
            self._points(missing)
        self.title("How sure are we?")
        alone = telling.network_alone(assessment, self.knowledge)
        self.write(" ".join([*telling.certainty_lines(assessment), *([alone] if alone else [])]), 7.2)
        for note in telling.notes_beside(assessment):
            self.write(f"Note: {note}", 7.4)
        self.title("Please note", 22)
        self.write(DISCLAIMER, 7.2)
        self.write(telling.made_with(assessment), 6.5, soft=True)
