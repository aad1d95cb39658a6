"""The pages: nothing is asked of a network, nothing in a name does harm, the words are careful and complete."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO, StringIO, TextIOWrapper
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from posturecam.body import View
from posturecam.knowledge import load
from posturecam.measures.trunk_outline import INDEX_PARTS
from posturecam.page.exam_views import report_parts_of
from posturecam.pipeline.assessment import Assessment
from posturecam.pipeline.exam import exam_of
from posturecam.poses.synthetic import Figure
from posturecam.reports import REPORTS
from posturecam.reports.html.markup import Html, join, style, tag
from posturecam.reports.html.photo_guide import STEPS, guide_page, print_guide
from posturecam.reports.html.report_page import photo_page
from posturecam.reports.range_bar import in_characters, in_svg, range_bar_of
from posturecam.reports.terminal.printer import Printer
from posturecam.reports.terminal.report_text import print_assessment, print_exam
from posturecam.storage.assessment_json import to_json
from posturecam.text.exam_telling import together
from posturecam.text.findings_text import SIZES_IN_PICTURES
from posturecam.text.labels import DISCLAIMER, by_region, unbroken
from posturecam.text.notable import sizes
from reports_support import CROSSED, LEVEL, assessed, measured
from repository import SHARED

NAUGHTY = "<script>alert('x')</script>\"&'../ 🦴 שלום.jpg"
VOID = {"meta", "img", "br", "hr", "link"}


class Outline(HTMLParser):
    """Headings, tags and addresses of a page; complains about tags that do not close."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.names: list[str] = []
        self.addresses: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.names.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href", "xlink:href", "action")]
        if tag == "img" or (tag == "svg" and dict(attrs).get("aria-hidden") != "true"):
            self.images.append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that is open."""
        assert self.open.pop() == tag


def grey() -> np.ndarray:
    """A picture."""
    return np.full((400, 300, 3), 128, np.uint8)


def report(assessment: Assessment) -> str:
    """The page of an assessment."""
    return photo_page(assessment, grey())


def terminal(assessment: Assessment) -> str:
    """The table of an assessment as a pipe gets it."""
    file = StringIO()
    print_assessment(assessment, file=file)
    return file.getvalue()


PAGES = {
    "crossed": lambda: report(assessed(CROSSED)),
    "level": lambda: report(assessed(LEVEL)),
    "naughty": lambda: report(assessed(LEVEL, NAUGHTY)),
    "half a body": lambda: report(assessed(Figure(size_px=(768, 620)))),
    "guide": guide_page,
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_stand_alone_and_in_order(name: str) -> None:
    """No script, no address outside, one h1, no heading level left out, every picture described."""
    text = PAGES[name]()
    found = Outline(text)
    assert "script" not in found.names
    assert all(address.startswith("data:image/") for address in found.addresses)
    assert not re.search(r"url\(|@import|https?://", text)
    assert found.headings.count(1) == 1
    assert found.headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(found.headings))
    assert found.images
    assert all(image.get("alt") or image.get("aria-label") for image in found.images)


def test_a_hostile_name_is_shown_as_it_is() -> None:
    """As text, never as markup."""
    text = report(assessed(LEVEL, NAUGHTY))
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&quot;&amp;" in text
    assert "🦴 שלום" in text


def test_the_disclaimer_is_verbatim_everywhere() -> None:
    """Word for word as in the project's reference."""
    reference = SHARED / "reference" / "clinical.md"
    if reference.exists():
        assert DISCLAIMER in reference.read_text(encoding="utf-8")
    assert DISCLAIMER in report(assessed(LEVEL))
    assert DISCLAIMER in " ".join(terminal(assessed(LEVEL)).split())


def test_a_level_person_is_told_so_kindly() -> None:
    """No finding, no muscle, a kind sentence."""
    for text in (report(assessed(LEVEL)), " ".join(terminal(assessed(LEVEL)).split())):
        assert "No pattern stands out" in text
        assert "May feel tight" not in text


def test_a_crossed_person_gets_findings_muscles_and_sides() -> None:
    """With the evidence, in the page and in the terminal."""
    assessment = assessed(CROSSED)
    first = next(one for one in assessment.findings if one.verdict == "consistent")
    for text in (report(assessment), " ".join(terminal(assessment).split())):
        assert first.name in text
        assert "ay feel tight" in text
        assert "left" in text
        assert "quadratus lumborum" in text
        assert first.evidence[0].words in text


def test_every_measurement_stands_in_both_reports() -> None:
    """With its half-width and a strip."""
    assessment = assessed(CROSSED)
    text, table = report(assessment), terminal(assessment)
    assert text.count('class="strip ') == len(assessment.measurements)
    assert table.count("±") >= len(assessment.measurements)
    assert sum(len(members) for _, members in by_region(assessment.measurements)) == len(assessment.measurements)


def test_what_could_not_be_measured_is_listed_with_its_reason() -> None:
    """Never left out in silence."""
    assessment = assessed(Figure(size_px=(768, 620)))
    assert assessment.unmeasured
    for text in (report(assessment), " ".join(terminal(assessment).split())):
        assert "outside the picture" in text


@pytest.mark.parametrize("figure", [CROSSED, LEVEL, Figure(size_px=(768, 620))])
def test_the_terminal_stays_within_eighty_columns_without_colour(figure: Figure) -> None:
    """As a pipe, a log or an e-mail gets it; no line ends in blanks."""
    lines = terminal(assessed(figure, "a rather long name of a photo from a phone, 2024-05-17 (1).jpg")).splitlines()
    assert max(len(line) for line in lines) <= 80
    assert not any("\x1b" in line or line != line.rstrip() for line in lines)


@pytest.mark.parametrize("width", [40, 61, 80, 100])
def test_the_terminal_never_parts_a_number_from_its_sign(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the width: neither after ± nor before %."""
    monkeypatch.setenv("COLUMNS", str(width))
    text, tied = StringIO(), unbroken("waist shorter on the left (± 2.1°); pelvis 1.3 % to the left (± 1.0 %); " * 3)
    Printer(text).paragraph(tied, indent=2)
    Printer(text).bullets([tied])
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if line.endswith("±") or line.lstrip(" •").startswith("%")]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_the_terminal_survives_any_encoding(encoding: str) -> None:
    """A Windows pipe has no ● and must not stop the program."""
    raw = BytesIO()
    file = TextIOWrapper(raw, encoding=encoding, write_through=True)
    print_assessment(assessed(CROSSED), file=file)
    print_guide(file)
    text = raw.getvalue().decode(encoding)
    assert ("●" in text) is (encoding == "utf-8")
    assert "left hip" in text


CLAIMS = re.compile(
    r"\b(diagnos\w*|treat(s|ment|ing)?\b|cure[sd]?\b|you have|misaligned|degenerat\w*|out of place|abnormal|disease)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", PAGES)
def test_the_words_are_careful(name: str) -> None:
    """The disclaimer is the one exception."""
    text = re.sub(r"<style>.*?</style>|data:image[^\"]*", "", PAGES[name](), flags=re.DOTALL).replace(DISCLAIMER, "")
    assert CLAIMS.findall(text) == []


def luminance(colour: str) -> float:
    """Relative luminance of a #rrggbb or #rgb colour (WCAG 2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ink", ["ink", "soft", "calm", "mild", "strong", "accent"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_text_can_be_read_on_its_ground(theme: int, ink: str, ground: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG AA), in light, dark and print."""
    block = style().split(":root {")[theme + 1]
    colours = dict(re.findall(r"--(\w+): (#\w+)", block))
    light = sorted((luminance(colours[ink]), luminance(colours[ground])))
    assert (light[1] + 0.05) / (light[0] + 0.05) >= 4.5


RULES = ("3 to 4 m", "1 m above", "70 to 85 %", "5 to 10 seconds", "7 to 10 cm", "three times", "--mirrored")


def test_the_guide_covers_the_protocol() -> None:
    """Every rule of the protocol stands in it, in the page and in the terminal."""
    file = StringIO()
    print_guide(file)
    for text in (guide_page(), " ".join(file.getvalue().split())):
        assert all(rule in text for rule in RULES)
        assert all(title in text for title in STEPS)


@pytest.mark.parametrize(
    ("value", "half", "severity"), [(0.3, 1.0, "neutral"), (-4.2, 0.8, "moderate"), (30.0, 5.0, "marked")]
)
def test_a_strip_shows_value_and_interval_where_they_are(value: float, half: float, severity: str) -> None:
    """The dot on the value's side of the centre, the bar around it, all inside."""
    strip = range_bar_of(measured("shoulder_tilt", value, half, severity), load().norm("shoulder_tilt"))
    drawn = in_characters(strip)
    cells = drawn[2:-2]
    assert (drawn[0], drawn[-1]) == ("R", "L")
    assert len(cells) == 17
    assert cells.count("●") == 1
    centre = len(cells) // 2
    if abs(value) > 1:
        assert (cells.index("●") > centre) is (value > 0)
    places = [strip.place(one) for one in (strip.measurement.low, value, strip.measurement.high)]
    assert 0 <= places[0] < places[1] < places[2] <= 1
    assert all(a[1] == b[0] for a, b in pairwise(strip.zones))
    assert f"{value:.1f}" in in_svg(strip)


def test_a_strip_of_a_measure_around_another_centre() -> None:
    """Feet turn out by seven degrees; their strip is centred there, and has no left and right."""
    strip = range_bar_of(measured("foot_turn_left", 7.0, 2.0), load().norm("foot_turn_left"))
    assert strip.place(7.0) == pytest.approx(0.5)
    assert strip.sides == ("", "")


def test_markup_escapes_what_is_not_markup() -> None:
    """In texts and in attributes."""
    assert tag("p", "<b>", Html("<i></i>"), title='"x"') == '<p title="&quot;x&quot;">&lt;b&gt;<i></i></p>'
    assert tag("img", alt="", width=1.50, hidden=None, class_="a") == '<img alt="" width="1.5" class="a">'
    assert join("a & b", tag("br")) == "a &amp; b<br>"
    assert tag("input", disabled=True) == "<input disabled></input>"


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_makes_its_file(name: str) -> None:
    """Without a photo a plain figure stands for it."""
    kind = REPORTS[name]
    data = kind.make(replace(assessed(CROSSED), mirrored=True), None)
    starts = {".json": b"{", ".png": b"\x89PNG", ".html": b"<!doctype html>"}
    assert data.startswith(starts[Path(kind.file_name).suffix])
    assert kind.summary


def test_what_is_too_close_to_call_is_said_not_hidden() -> None:
    """A shoulder clearly uneven in the photo, but not beyond its noise, is named with its interval."""
    assessment = assessed(Figure(shoulder_tilt=3.0, noise_px=0.3))
    assert assessment["shoulder_tilt"].severity == "within_noise"
    for text in (report(assessment), " ".join(terminal(assessment).replace("\u00a0", " ").split())):
        assert "within their own noise" in html.unescape(text)
        assert "left shoulder 3.0° higher (±" in text.replace("\u00a0", " ")
    assert "own noise:" not in report(assessed(LEVEL))


def test_an_exam_says_on_the_terminal_what_its_page_says() -> None:
    """What stands out, and what is too close to call; the page of several photos says whose sizes the picture shows."""
    figure = Figure(shoulder_tilt=3.0, hip_tilt=9.0, noise_px=0.3)
    photo, behind = assessed(figure), assessed(replace(figure, view=View.BACK))
    exam = exam_of([photo, replace(behind, photo=replace(behind.photo, sha256="b" * 64))], (), load())
    whole, written = together(exam), StringIO()
    print_exam(exam, file=written)
    beside = report_parts_of(exam, load()).summary
    for text in (written.getvalue(), html.unescape(beside)):
        told = " ".join(text.replace("\u00a0", " ").split())
        for line in sizes(whole, load()):
            assert line
            assert line in told
    assert SIZES_IN_PICTURES in html.unescape(beside)


def test_a_measured_limit_comes_first_and_drops_the_exercises() -> None:
    """The sentence that sends to a professional stands before every finding."""
    assessment = assessed(Figure(shoulder_tilt=14.0, noise_px=0.3))
    first = assessment.conclusion.plan.first
    assert first
    for text in (report(assessment), " ".join(terminal(assessment).split())):
        found = html.unescape(text)
        assert found.count(first) == 1
        assert found.index(first) < found.index("Beyond what is usual")
        assert "What to try first" not in found


def test_an_index_tells_what_it_is_the_sum_of() -> None:
    """In the data by its terms, in the page and the terminal in plain words."""
    parts = tuple(zip(INDEX_PARTS, (1.0, 2.0, 3.0, 4.0, 5.0, 6.5), strict=True))
    index = replace(measured("potsi", 21.5, 6.0, "within_noise"), components=parts)
    assessment = replace(assessed(LEVEL), measurements=(*assessed(LEVEL).measurements, index))
    row = next(one for one in to_json(assessment)["measurements"] if one["key"] == "potsi")
    assert row["components"] == dict(parts)
    assert sum(row["components"].values()) == pytest.approx(row["value"])
    text = StringIO()
    print_assessment(assessment, file=text)
    for shown in (" ".join(text.getvalue().split()), photo_page(assessment, np.zeros((8, 8, 3), np.uint8))):
        told = html.unescape(shown).replace("\u00a0", " ")
        assert "armpit height 5.0 %" in told
        assert "neck beside the midline 1.0 %" in told


def test_a_measure_without_a_usual_range_shows_none() -> None:
    """No coloured zone, and it says so."""
    strip = range_bar_of(measured("atsi", 17.0, 12.0, "ungraded"), load().norm("atsi"))
    assert strip.zones == ()
    assert "─" not in in_characters(strip)
    assert "no usual range is known" in in_svg(strip)
