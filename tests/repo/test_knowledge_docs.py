"""The catalogue on the command line, and the pages that are written from the tables."""

import pytest
from typer.testing import CliRunner

from posturecam.cli import app
from posturecam.knowledge import load
from posturecam.reports.catalogue import pages
from repository import ROOT

KNOWLEDGE = load()


def run(*arguments: str) -> str:
    """Run the program at 80 columns and return what it prints."""
    done = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80", "NO_COLOR": "1"})
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("name", ["patterns.md", "measures.md"])
def test_the_pages_are_current(name: str) -> None:
    """Otherwise: make docs."""
    assert (ROOT / "docs" / name).read_text("utf-8") == pages(KNOWLEDGE)[name]


def test_numbers_from_memory_are_marked() -> None:
    """In both pages."""
    for text in pages(KNOWLEDGE).values():
        assert "to be verified" in text


def test_patterns_lists_all() -> None:
    """Readable at 80 columns."""
    printed = run("patterns")
    assert all(key in printed for key in KNOWLEDGE.patterns)
    assert max(map(len, printed.splitlines())) <= 80


@pytest.mark.parametrize("name", ["P01", "p01", "cross-body pelvic obliquity", "cross-body"])
def test_one_pattern_is_explained_fully(name: str) -> None:
    """By its id or its name: expectations, muscles, support, what to rule out, sources."""
    printed = run("patterns", name)
    for words in ("What it expects", "May feel tight", "May be weak", "What to do first", "How well supported"):
        assert words in printed
    assert "A professional may want to rule out" in printed
    assert "References" in printed


def test_every_entry_can_be_printed() -> None:
    """All patterns and all measures, within 80 columns."""
    tables = {norm.table for norm in KNOWLEDGE.norms.values()}
    for command, names in (("patterns", KNOWLEDGE.patterns), ("measures", tables)):
        for name in names:
            assert max(map(len, run(command, name).splitlines())) <= 80


def test_measures_lists_all() -> None:
    """With their units."""
    printed = run("measures")
    assert all(norm.table in printed for norm in KNOWLEDGE.norms.values())


def test_the_cases_are_printed() -> None:
    """When each fires, and when it must not."""
    printed = run("patterns", "--cases")
    assert "only the shoulders are tilted" in printed
    assert "consistent" in printed


@pytest.mark.parametrize("arguments", [("patterns", "P99"), ("measures", "hip_tild")])
def test_an_unknown_name_is_refused_with_the_nearest(arguments: tuple[str, str]) -> None:
    """Exit 2, one line, stdout empty."""
    done = CliRunner().invoke(app, list(arguments))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Did you mean" in done.stderr
