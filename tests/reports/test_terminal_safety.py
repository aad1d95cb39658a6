"""What comes from names never gives orders to a terminal, and what is written can be read whatever the console says."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.text import Text

from batch_support import photos
from posturecam.picture.photo import shown_name
from posturecam.reports.terminal.printer import Printer
from posturecam.reports.terminal.report_text import print_assessment
from posturecam.storage.assessment_json import assessment_bytes, for_terminal
from posturecam.text.language import _, without_controls
from reports_support import CROSSED, assessed
from terminal_support import NAUGHTY, orders, run


def test_no_result_gives_orders(tmp_path: Path) -> None:
    """The table of a photo of such a name, on a terminal too; JSON stays the same JSON."""
    found = assessed(CROSSED, shown_name(Path(NAUGHTY)))
    out = io.StringIO()
    print_assessment(found, file=out)
    assert "[bold red]b" in out.getvalue()
    assert orders(out.getvalue()) == []
    raw = assessed(CROSSED, NAUGHTY)
    stored = tmp_path / "stored.json"
    stored.write_bytes(assessment_bytes(raw))
    table = run("analyze", "--points", stored)
    assert (table.exit_code, orders(table.stdout)) == (0, [])
    for command in (("analyze", "--points", stored), ("score", stored)):
        done = run(*command, "--json", "-")
        assert orders(done.stdout) == []
        assert json.loads(done.stdout)["photo"]["name"] == NAUGHTY


def test_a_runs_plan_and_end_give_no_orders(tmp_path: Path) -> None:
    """Success says names too."""
    folder = photos(tmp_path / "in", 1)
    (folder / "p0000.jpg").rename(folder / NAUGHTY)
    out = tmp_path / NAUGHTY
    for more in ((), ("--dry-run",)):
        done = run("batch", folder, "--out", out, "--finder", "synthetic", "--workers", 1, *more)
        assert (done.exit_code, orders(done.output)) == (0, [])


def test_written_paths_give_no_orders(tmp_path: Path) -> None:
    """The line that says where a file went; a new line in a name makes no line of its own."""
    done = run("guide", "--out", tmp_path / f"{NAUGHTY}\nposturecam: all is well.html")
    assert (done.exit_code, orders(done.output)) == (0, [])
    assert done.stdout.count("\n") == 1


def test_what_a_printer_shows_gives_no_orders() -> None:
    """Every way in."""
    out = io.StringIO()
    printer = Printer(out)
    printer.title(NAUGHTY)
    printer.heading(NAUGHTY)
    printer.paragraph(NAUGHTY)
    printer.bullets([NAUGHTY])
    printer.hanging("1", Text(NAUGHTY))
    printer.rows([(NAUGHTY, Text(NAUGHTY, "bold"))], (30, 30))
    assert orders(out.getvalue()) == []
    assert without_controls("Zoë\u00a0🧍 مرحبا\n") == "Zoë\u00a0🧍 مرحبا\n"
    assert orders(_("no such file: {path}. Check the name and the folder.", path=NAUGHTY)) == []
    assert for_terminal('"\u00e4\u009b\u007f"'.encode()) == '"\u00e4\\u009b\\u007f"'.encode()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_json_is_utf8_whatever_the_console_says(tmp_path: Path, encoding: str) -> None:
    """And what is said on the side does not fail for a letter that the console lacks."""
    stored = tmp_path / "Zoë 🧍 Ж.json"
    stored.write_bytes(assessment_bytes(assessed(CROSSED, "Zoë 🧍 Ж.jpg")))
    environment = os.environ | {"PYTHONIOENCODING": encoding}

    def done(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        line = [sys.executable, "-m", "posturecam", "analyze", "--points", str(stored), *arguments]
        return subprocess.run(line, capture_output=True, check=False, env=environment)

    found = done("--json", "-")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout.decode("utf-8"))["photo"]["name"] == "Zoë 🧍 Ж.jpg"
    assert done("--json", str(tmp_path / "Ж 🧍.json")).returncode == 0
