"""The report as PDF on A4, by fpdf2 (extra ``pdf``): the page's own words, map and bars. Millimetres.

All measurements stand in two columns of rows, each with its bar.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from posturecam.knowledge import Knowledge, load
from posturecam.measures.measurement import Measurement
from posturecam.picture.photo import Pixels
from posturecam.pipeline.assessment import Assessment
from posturecam.reports import body_map
from posturecam.reports.drawing.photo_overlay import encode, reduced_pixels
from posturecam.reports.pdf import pdf_drawing
from posturecam.reports.pdf.pdf_fonts import NO_FONT
from posturecam.reports.pdf.pdf_sheet import INNER, MARGIN, WIDTH, Item, PdfSheet, Words, heading, point, subheading
from posturecam.reports.range_bar import range_bar_of
from posturecam.reports.report_options import Heading
from posturecam.text import findings_text, notable
from posturecam.text.day_words import day_of, day_words
from posturecam.text.labels import DISCLAIMER, by_region, plain_words, plus_minus, seen_from, severity_words
from posturecam.text.language import N_, _

_SIZE = 7.6
_WORDS_MM, _SPREAD, _STRIP, _SEVERITY = 0.485, 0.495, 0.635, 0.855
"""Where the words end, and where ±, strip and severity begin, as parts of the column's width."""


def pdf_rows(measurements: Sequence[Measurement], knowledge: Knowledge) -> Iterator[Item]:
    """Lay out the measurements head to feet, each region under its name."""
    for region, members in by_region(measurements):
        yield subheading(region, 8.0)
        for member in members:
            yield Row(member, knowledge)


def _severity_width(wide: float) -> float:
    """Give the room of the severity; it may reach a little into the gap between the columns."""
    return (1.0 - _SEVERITY) * wide + 4.0


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: its words, ±, strip and severity side by side."""

    measurement: Measurement
    knowledge: Knowledge
    stays: bool = False

    def height(self, sheet: PdfSheet, wide: float) -> float:
        """Tell the height of its words, and of the severity where that takes more lines."""
        severity = self._severity().height(sheet, _severity_width(wide))
        return max(self._words().height(sheet, _WORDS_MM * wide), severity)

    def put(self, sheet: PdfSheet, x: float, y: float, wide: float) -> None:
        """Write and draw it."""
        measurement = self.measurement
        self._words().put(sheet, x, y, _WORDS_MM * wide)
        Words(plus_minus(measurement), _SIZE).put(sheet, x + _SPREAD * wide, y, (_STRIP - _SPREAD) * wide)
        drawn, middle = (
            range_bar_of(measurement, self.knowledge.norm(measurement.key)),
            0.5 * (0.44 * _SIZE * sheet.scale),
        )
        length = (_SEVERITY - _STRIP) * wide - 6.5
        pdf_drawing.draw_range_bar(sheet.pdf, drawn, x + _STRIP * wide + 2.0, y + middle - 1.5, length)
        self._severity().put(sheet, x + _SEVERITY * wide, y, _severity_width(wide))

    @property
    def _out(self) -> bool:
        return self.measurement.severity in pdf_drawing.SEVERITIES

    def _severity(self) -> Words:
        colour = pdf_drawing.SEVERITIES.get(self.measurement.severity, pdf_drawing.SOFT)
        return Words(severity_words(self.measurement), _SIZE, bold=self._out, colour=colour, gap=0.35)

    def _words(self) -> Words:
        return Words(plain_words(self.measurement), _SIZE, bold=self._out, gap=0.35)


_PICTURE_PX = 1200
SCALES, ENOUGH = (1.1, 1.04, 0.98, 0.93, 0.88, 0.86), 2
"""Sizes of the letters that are tried until the report fits on so many pages."""
_LITTLE = 120.0
"""Where a last page ends that smaller letters may do without, down to a scale of 1."""
LEGEND = N_(
    "Blue: usual range; towards orange: mild, moderate, marked. Dot and bar: the value and its 95 % interval. R and L: "
    "towards the person's right and left."
)
_LONGEST = 600
"""Letters of a user's own text that are kept on one page."""
_FOOT = 70
"""Letters of a name at the foot of a page."""
_ONE_WIDE, _ONE_HIGH, _SEVERAL_HIGH = 64.0, 100.0, 54.0
_MAP_WIDE = 68.0


def pdf_report(
    assessment: Assessment, drawn: Sequence[Pixels], knowledge: Knowledge | None = None, heading: Heading | None = None
) -> bytes:
    """Build the report; ``drawn`` are the overlays, (h, w, 3) uint8 RGB: one of a photo, several of an exam."""
    knowledge, heading = knowledge or load(), heading or Heading()
    pictures = [reduced_pixels(pixels, _PICTURE_PX) for pixels in drawn]
    tried = []
    for scale in SCALES:
        tried.append(_written(PdfDocument(knowledge, scale), assessment, pictures, heading))
        if _fits(tried[-1]):
            break
    return bytes(min(tried, key=lambda report: report.pdf.page).pdf.output())


def _fits(report: "PdfDocument") -> bool:
    """Whether the report is short enough, and does not begin a page for a few lines; or will never be short."""
    pages = report.pdf.page
    return pages == 1 or pages > 2 * ENOUGH or (pages <= ENOUGH and (report.y > _LITTLE or report.scale < 1.0))


def _written(
    report: "PdfDocument", assessment: Assessment, pictures: Sequence[Pixels], heading: Heading
) -> "PdfDocument":
    """Write every part."""
    report.head(assessment, heading, several=len(pictures) > 1)
    report.findings(assessment, pictures)
    if not _empty(assessment):
        report.map(assessment)
        report.chain(assessment)
        report.plan(assessment)
        report.table(assessment)
    report.limits(assessment)
    report.feet(assessment, heading)
    return report


def _empty(assessment: Assessment) -> bool:
    """Whether the photo shows no posture, so that nothing was measured."""
    return bool(assessment.void) and not assessment.measurements


class PdfDocument(PdfSheet):
    """The report's parts on their paper."""

    def __init__(self, knowledge: Knowledge, scale: float = 1.0) -> None:
        """Lay out empty paper."""
        super().__init__(scale)
        self.knowledge = knowledge

    def head(self, assessment: Assessment, heading: Heading, *, several: bool) -> None:
        """Write who and what, with the logo at the right."""
        if heading.logo is not None:
            self._logo(heading.logo)
        view = "" if several else f", {seen_from(assessment.pose.view)}"
        who = [Words(part, 12, gap=0.6) for part in _parts(heading.client)]
        file = [Words(part, 8.5, soft=True) for part in _parts(f"{assessment.photo.name}{view}")]
        when = [Words(part, 8.5, soft=True) for part in _parts(day_words([assessment.photo], heading.day))]
        self.write(Words(_("How this person stands"), 17, bold=True, gap=0.6), *who, *file, *when, wide=INNER - 45)
        self.write(*(Words(part, 8.8, gap=0.3) for part in _parts(heading.note)))

    def feet(self, assessment: Assessment, heading: Heading) -> None:
        """Write at the foot of each page whose report it is, of which day, and which page of how many."""
        day = day_of([assessment.photo], heading.day)
        whose = heading.client or assessment.photo.name
        whose = whose if len(whose) <= _FOOT else f"{whose[: _FOOT - 1]}…"
        last = self.pdf.page
        for number in range(1, last + 1):
            which = _("page {number} of {last}", number=number, last=last)
            self.foot(number, " · ".join(part for part in (whose, day, which) if part))

    def _logo(self, logo: Pixels) -> None:
        height, width = logo.shape[:2]
        scale = min(40 / width, 14 / height)
        at, data = WIDTH - MARGIN - scale * width, encode(logo, ".png")
        self.pdf.image(data, x=at, y=self.pdf.t_margin, w=scale * width, h=scale * height, alt_text="Logo")

    def findings(self, assessment: Assessment, drawn: Sequence[Pixels]) -> None:
        """Show the pictures, and the findings in words: beside one picture, below several."""
        top, page = self.y, self.pdf.page
        bottom = self._pictures(drawn, top)
        first, told = list(self._sizes(assessment)), list(self._told(assessment))
        if len(drawn) > 1:
            self.y = bottom
            self.write(Words(_(findings_text.SIZES_IN_PICTURES), 7.4, soft=True))
            self.title(_("What the photos show"))
            self.write(*first)
            self.flow(told)
            return
        self.write(heading(_("What the photo shows")), *first, *told, left=MARGIN + 68, wide=INNER - 68)
        self.y = max(self.y, bottom) if self.pdf.page == page else self.y

    def _pictures(self, drawn: Sequence[Pixels], top: float) -> float:
        """Put the pictures side by side; give the edge below them."""
        alone = len(drawn) == 1
        room = _ONE_WIDE if alone else (INNER + 3) / min(len(drawn), 4) - 3
        most = _ONE_HIGH if alone else _SEVERAL_HIGH * min(1.0, self.scale)
        below, x = top, MARGIN
        for at, pixels in enumerate(drawn):
            row, column = divmod(at, 4)
            height, width = pixels.shape[:2]
            scale = min(room / width, most / height)
            x, y = x if column else MARGIN, top + row * (most + 3)
            data, alt = encode(pixels, ".jpg"), _("The person, with lines drawn in")
            self.pdf.image(data, x=x, y=y, w=scale * width, h=scale * height, alt_text=alt)
            below, x = max(below, y + scale * height + 2), x + scale * width + 3
        return below

    def _sizes(self, assessment: Assessment) -> Iterator[Item]:
        first = assessment.conclusion.plan.first
        sizes = notable.sizes(assessment, self.knowledge)
        for words in (first, *sizes, *findings_text.without_findings(assessment)):
            if words:
                yield Words(words, bold=words == first)

    def _told(self, assessment: Assessment) -> Iterator[Item]:
        for finding in findings_text.told_findings(assessment, self.knowledge):
            yield subheading(finding.heading, 9.6)
            yield Words(finding.standing, 7.4, soft=True, gap=0.4, stays=True)
            yield Words(finding.explanation, gap=0.6, stays=True)
            pairs = (
                (_("What fits"), finding.fits),
                (_("Against it"), finding.against),
                (_("Within the noise"), finding.unclear),
            )
            told = " ".join(f"{title}: {'; '.join(words)}." for title, words in pairs if words)
            yield Words(told, 7.4, soft=True, gap=1.8)

    def map(self, assessment: Assessment) -> None:
        """Draw the body map with its lists in columns beside it."""
        marks = body_map.marks_of(assessment, self.knowledge)
        if not marks:
            return
        across = _MAP_WIDE * min(1.0, self.scale)
        self.title(_("Where it may be felt"), 1.1 * across + 6)
        top, page = self.y, self.pdf.page
        height = pdf_drawing.draw_body_map(self.pdf, marks, self.knowledge, (MARGIN, top), across)
        left = MARGIN + across + 3
        self.flow(list(self._marks(marks)), 3, left, WIDTH - MARGIN - left)
        self.y = max(self.y, top + height) if self.pdf.page == page else self.y
        self.write(Words(f"{body_map.title(assessment)} {_(body_map.CAUTION)}", 7.4, soft=True))

    def _marks(self, marks: Sequence[body_map.Mark]) -> Iterator[Item]:
        for kind in (body_map.TIGHT, body_map.WEAK):
            rows = body_map.muscle_lines(marks, kind, self.knowledge)
            if rows:
                yield Swatched(_(body_map.WORDS[kind]), kind)
            for number, words in rows:
                yield Words(words, 7.4, gap=0.4, mark=str(number), indent=4.4)

    def chain(self, assessment: Assessment) -> None:
        """Tell how it may hang together; nothing without a driver."""
        if assessment.conclusion.chain.drivers:
            self.title(_("How it may hang together"))
            self.write(Words(assessment.conclusion.chain.text))

    def plan(self, assessment: Assessment) -> None:
        """Tell what to try first: the first region in full, the others by name."""
        if assessment.conclusion.plan.steps:
            self.title(_("What to try first"), 20 * self.scale)
            self.flow(list(_steps(assessment)))

    def table(self, assessment: Assessment) -> None:
        """Write all measurements with their strips."""
        self.title(_("All measurements"), 24)
        self.write(Words(_(LEGEND), 7.4, soft=True, gap=0.6))
        self.flow(list(pdf_rows(assessment.measurements, self.knowledge)))
        self.write(*(Words(line, 7.4, soft=True) for line in findings_text.index_lines(assessment)))

    def limits(self, assessment: Assessment) -> None:
        """Say what could not be measured, how sure the rest is, and the disclaimer."""
        missing = findings_text.unmeasured_lines(assessment, self.knowledge)
        if missing:
            self.title(_("What could not be measured"))
            self.flow([point(line, 7.6) for line in missing], min(2, len(missing)))
        self.title(_("Notes") if _empty(assessment) else _("How sure are we?"))
        alone = findings_text.network_alone(assessment, self.knowledge)
        sure = [] if _empty(assessment) else [*findings_text.certainty_lines(assessment), *([alone] if alone else [])]
        notes = [_("Note: {note}", note=note) for note in findings_text.notes_beside(assessment)]
        self.flow([Words(line, 7.6, gap=0.6) for line in (*sure, *notes)])
        self.title(_("Please note"), 22 * self.scale)
        self.write(Words(_(DISCLAIMER), 7.6))
        if self.pdf.lacking:
            self.write(Words(_(NO_FONT), 7.6))
        self.write(Words(findings_text.made_with(assessment), 7, soft=True))


@dataclass(frozen=True, slots=True)
class Swatched:
    """The heading of a list of muscles, with a sample of the map's colour and pattern."""

    words: str
    kind: str
    stays: bool = True

    def height(self, sheet: PdfSheet, wide: float) -> float:
        """Tell the height of the words."""
        return self._words().height(sheet, wide)

    def put(self, sheet: PdfSheet, x: float, y: float, wide: float) -> None:
        """Draw the sample and write the words beside it."""
        pdf_drawing.swatch(sheet.pdf, self.kind, x, y + 0.3)
        self._words().put(sheet, x, y, wide)

    def _words(self) -> Words:
        return Words(self.words, 8.6, bold=True, gap=0.6, indent=6.5)


def _parts(text: str) -> Iterator[str]:
    """Part a text of any length at its lines and words, so that a page may end inside it."""
    for line in text.splitlines():
        yield from wrap(line, _LONGEST, replace_whitespace=False) or [""]


def _steps(assessment: Assessment) -> Iterator[Item]:
    """Give the plan's paragraphs in their order."""
    made = assessment.conclusion.plan
    now, next_ones = findings_text.first_and_later(assessment)
    yield Words(f"{made.dose} {made.stop}")
    for place, steps in now:
        yield subheading(place[:1].upper() + place[1:])
        yield from (point(f"{step.title}. {step.how}") for step in steps)
    yield subheading(_("How"))
    yield from map(point, made.techniques.values())
    if next_ones:
        yield subheading(_("Later, in this order"))
        yield from (point(f"{place}: {', '.join(step.title for step in steps)}") for place, steps in next_ones)
    yield subheading(_("How to tell whether it helps"))
    yield Words(f"{made.self_check} {made.again}")
