"""The PDF: it opens, it is short, and no name breaks it."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posturecam.knowledge import load
from posturecam.poses.synthetic import Figure
from posturecam.reports import bundle
from posturecam.reports.drawing.photo_overlay import draw_figure
from posturecam.reports.report_options import Heading, ReportOptions
from posturecam.text.language import choose
from reports_support import LEVEL, assessed

pytest.importorskip("fpdf", reason="fpdf2 is not installed (extra pdf)")

from posturecam.reports.pdf import pdf_fonts
from posturecam.reports.pdf.pdf_fonts import Paper, fits_latin, latin
from posturecam.reports.pdf.pdf_report import pdf_report

UNEVEN = Figure(hip_tilt=7.0, shoulder_tilt=-6.0, head_tilt=0.5, pelvic_shift=1.5, noise_px=0.3)
"""So uneven that the pattern P01 is seen, and not so much that exercises are held back."""
RICH = assessed(UNEVEN)
PICTURE = draw_figure(RICH)


def pages(data: bytes) -> int:
    """Count the pages."""
    return len(re.findall(rb"/Type /Page\b(?!s)", data))


def words(data: bytes) -> str:
    """Read the text that the built-in fonts wrote."""
    streams = re.findall(rb"/FlateDecode.*?stream\n(.*?)\nendstream", data, re.DOTALL)
    parts = []
    for stream in streams:
        try:
            parts += re.findall(rb"\((.*?)(?<!\\)\) Tj", zlib.decompress(stream), re.DOTALL)
        except zlib.error:
            continue
    return b" ".join(parts).decode("latin-1").replace("\\(", "(").replace("\\)", ")")


def test_a_rich_report_has_two_pages_and_everything() -> None:
    """Findings, map, chain, plan, numbers, certainty and disclaimer."""
    data = pdf_report(RICH, [PICTURE])
    assert data.startswith(b"%PDF-")
    assert pages(data) == 2
    text = words(data)
    for part in ("What the photo shows", "Where it may be felt", "How it may hang together", "What to try first"):
        assert part in text
    assert "All measurements" in text
    assert "not a medical device" in text
    assert not re.search(r"diagnos|treat", text.partition("Please note")[0])


def test_a_level_person_has_one_page() -> None:
    """Nothing to draw or to do."""
    data = pdf_report(assessed(LEVEL), [PICTURE])
    assert pages(data) == 1
    assert "Where it may be felt" not in words(data)


def test_several_pictures_stand_side_by_side() -> None:
    """Of an exam."""
    assert pages(pdf_report(RICH, [PICTURE] * 6)) <= 3


@pytest.fixture
def german() -> Iterator[None]:
    """German words, and English ones again for the other tests."""
    choose("de")
    yield
    choose("en")


def four_views() -> bytes:
    """The report of a person seen from all sides, with all that there is to say."""
    rich = assessed(UNEVEN)
    named = {one.key for one in rich.measurements}
    more = [replace(one, key=key) for one in rich.measurements[:1] for key in load().norms if key not in named]
    return pdf_report(replace(rich, measurements=(*rich.measurements, *more[:30])), [PICTURE] * 4)


def test_an_exam_of_four_views_has_two_pages() -> None:
    """However much there is to say."""
    assert pages(four_views()) == 2


@pytest.mark.usefixtures("german")
def test_an_exam_of_four_views_has_two_pages_in_german_too() -> None:
    """Whose words are longer."""
    assert pages(four_views()) == 2


NAMES = {
    "html": "<script>alert('x')</script> & \"q\" (1) \\ ../..",
    "emoji": "🦴👩🏽‍⚕️ Dana ❤️ 🇫🇷",
    "hebrew": "שלום דנה (2)",
    "arabic": "مرحبا",
    "hindi": "क्षत्रिय",
    "thai": "สวัสดี",
    "polish": "Łódź, Žižek",
    "chinese": "王小明",
    "controls": "a\x00b\x1bc\u202ed",
    "surrogate": "a\udcffb",
    "unassigned": "a\U000e0fffb",
    "long": "x" * 400,
}


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any font."""
    monkeypatch.setattr(pdf_fonts, "_packaged", tuple)
    monkeypatch.setattr(pdf_fonts, "_of_system", tuple)


def named_report(text: str) -> bytes:
    """A report with the text in the file's name, the client's and the note."""
    level = assessed(LEVEL)
    named = replace(level, photo=replace(level.photo, name=text))
    return pdf_report(named, [PICTURE], None, Heading(text, f"{text}\n{text}"))


@pytest.mark.parametrize("name", NAMES)
def test_no_name_breaks_it(name: str) -> None:
    """In the file's name, the client's and the note."""
    assert pages(named_report(NAMES[name])) in (1, 2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("no_fonts")
def test_no_name_breaks_it_without_any_font(name: str) -> None:
    """What cannot be written is said, never left out or made a question mark."""
    data = named_report(NAMES[name])
    assert pages(data) in (1, 2)
    lacking = name in ("emoji", "hebrew", "arabic", "hindi", "thai", "polish", "chinese", "unassigned")
    assert ("No font on this machine" in words(data)) == lacking
    assert "?" not in words(data).partition("What the photo shows")[0]


@pytest.mark.parametrize("name", ["emoji", "hebrew", "arabic", "hindi", "thai", "polish", "chinese"])
def test_names_in_other_scripts_are_written(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fonts that the extras bring; the system's are not needed."""
    monkeypatch.setattr(pdf_fonts, "_of_system", tuple)
    paper = Paper(format="A4")
    paper.add_page()
    shown = paper.lettered(NAMES[name], 10)
    assert paper.lacking == set()
    assert set(shown) >= {one for one in NAMES[name] if one not in "\ufe0f\u200d"}
    paper.multi_cell(0, 5, shown)
    assert b"/FontFile" in bytes(paper.output())


@pytest.mark.parametrize("text", ["Dana 👩🏽‍⚕️", "Dana مُحَمَّد", "Dana क्षत्रिय"])
def test_joined_letters_stay_together(text: str) -> None:
    """A joiner or a mark that the text's font has too would tear them apart."""
    paper = Paper(format="A4")
    paper.add_page()
    parts = paper._preload_bidirectional_text(paper.lettered(text, 10), markdown=False)
    assert len(parts) == 2


def test_a_name_that_looks_like_a_command_is_a_name() -> None:
    """To the library {nb} is the number of pages, and ** is bold."""
    assert "{nb} **Dana**" in words(named_report("{nb} **Dana**"))


@pytest.mark.usefixtures("no_fonts")
def test_what_no_font_has_is_named() -> None:
    """A sign by its name, a letter by its number."""
    paper = Paper(format="A4")
    assert paper.lettered("🦴 王 Łé", 10) == "[bone] [U+738B] [U+0141]é"
    assert paper.lacking == {"🦴", "王", "Ł"}


def test_the_systems_fonts_are_searched_where_the_packages_have_no_letter(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In every folder, whatever else lies there."""
    packaged = next(path for path in pdf_fonts._packaged() if "Hebrew" in path.name)
    (tmp_path / "deep").mkdir()
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    (tmp_path / "deep" / "Some.ttf").write_bytes(packaged.read_bytes())
    monkeypatch.setattr(pdf_fonts, "_packaged", tuple)
    monkeypatch.setattr(pdf_fonts, "_of_system", lambda: tuple(pdf_fonts._fonts_in(tmp_path)))
    assert [face.path.name for face in pdf_fonts.faces_for("ש王")] == ["Some.ttf"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("± 1.2°, 3 − 2 ≤ 5…", "± 1.2°, 3 - 2 <= 5..."),
        ("Müller – 3°", "Müller - 3°"),
        ("a\x00\u202eb", "ab"),
        ("e\u0301", "é"),
    ],
)
def test_signs_are_written_by_their_like(text: str, written: str) -> None:
    """Without a font of their own."""
    assert fits_latin(text)
    assert latin(text) == written


def test_a_logo_and_a_very_tall_picture_fit() -> None:
    """Nothing runs off the paper."""
    tall = np.full((3000, 200, 3), 90, np.uint8)
    assert pages(pdf_report(RICH, [tall], None, Heading("Dana", "note " * 60, PICTURE))) <= 3


def test_a_note_of_any_length_is_written_whole() -> None:
    """Over as many pages as it takes."""
    note = "\n".join(f"line {number}" for number in range(300)) + " word" * 3000 + " end"
    data = pdf_report(assessed(LEVEL), [PICTURE], None, Heading("x" * 3000, note))
    text = words(data)
    assert pages(data) >= 4
    assert all(one in text for one in ("line 0", "line 299", "word end", "Please note"))


def test_a_warning_comes_first() -> None:
    """The sentence that sends to a professional stands before the findings."""
    assessment = assessed(Figure(shoulder_tilt=14.0, noise_px=0.3))
    first = assessment.conclusion.plan.first
    assert first
    text = words(pdf_report(assessment, [PICTURE]))
    assert text.index(" ".join(first.split()[:4])) < text.index("Beyond what is usual")


def test_it_is_left_out_where_fpdf_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other files are made all the same."""
    monkeypatch.setattr(bundle, "find_spec", lambda name: None)
    made = bundle.pdf_file(RICH, [PICTURE], ReportOptions(), load())
    assert made == {}
