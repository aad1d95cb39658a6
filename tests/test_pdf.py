"""The PDF: it opens, it is short, and no name breaks it."""

import re
import zlib
from dataclasses import replace

import numpy as np
import pytest

from posturecam.knowledge import load
from posturecam.poses.synthetic import Figure
from posturecam.reports import bundle
from posturecam.reports.heading import Heading
from posturecam.reports.pdf_words import fits_latin, known, latin
from posturecam.reports.picture import draw_figure
from reports_support import LEVEL, assessed

pytest.importorskip("fpdf", reason="fpdf2 is not installed (extra pdf)")

from posturecam.reports.pdf import pdf_report

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


NAMES = {
    "html": "<script>alert('x')</script> & \"q\" (1) \\ ../..",
    "emoji": "🦴👩🏽‍⚕️ Dana",
    "hebrew": "שלום דנה",
    "arabic": "مرحبا",
    "polish": "Łódź, Žižek",
    "chinese": "王小明",
    "controls": "a\x00b\x1bc\u202ed",
    "surrogate": "a\udcffb",
    "long": "x" * 400,
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("font", [True, False], ids=["system font", "no other font"])
def test_no_name_breaks_it(name: str, monkeypatch: pytest.MonkeyPatch, *, font: bool) -> None:
    """In the file's name, the client's and the note, whatever fonts the system has."""
    if not font:
        monkeypatch.setattr("posturecam.reports.pdf.system_font", lambda: None)
    text = NAMES[name]
    level = assessed(LEVEL)
    named = replace(level, photo=replace(level.photo, name=text))
    data = pdf_report(named, [PICTURE], None, Heading(text, f"{text}\n{text}"))
    assert pages(data) in (1, 2)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("± 1.2°, 3 − 2 ≤ 5…", "± 1.2°, 3 - 2 <= 5..."),
        ("Łódź, Müller", "Lódz, Müller"),
        ("שלום", "????"),
        ("a\x00\u202eb", "ab"),
        ("e\u0301", "é"),
    ],
)
def test_what_latin_1_cannot_write_is_written_otherwise(text: str, written: str) -> None:
    """Signs by their like, letters without their accents, the rest as question marks."""
    assert latin(text) == written


def test_a_font_keeps_what_it_knows() -> None:
    """And letters are not simplified for a font that has them."""
    assert not fits_latin("Łódź")
    assert fits_latin("Müller – 3°")
    assert known("Łx🦴", {ord("Ł"), ord("x")}) == "Łx?"


def test_a_logo_and_a_very_tall_picture_fit() -> None:
    """Nothing runs off the paper."""
    tall = np.full((3000, 200, 3), 90, np.uint8)
    assert pages(pdf_report(RICH, [tall], None, Heading("Dana", "note " * 60, PICTURE))) <= 3


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
    made = bundle._pdf(RICH, [PICTURE], bundle.Look(), load())
    assert made == {}
