"""What commands that measure say of what was typed: no name gives a terminal orders, local numbers are read."""

import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from posturecam.cli import app
from posturecam.text.language import choose
from terminal_support import NAUGHTY, orders, run


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze", NAUGHTY),
        ("analyze", "x.jpg", "--view", NAUGHTY),
        ("analyze", "x.jpg", "--height", NAUGHTY),
        ("analyze", "x.jpg", f"--{NAUGHTY}"),
        ("analyze", "x.jpg", "--overlay", f"no/{NAUGHTY}"),
        ("analyze", "x.jpg", "--camera", NAUGHTY),
        ("analyze", "x.jpg", "--place", NAUGHTY),
        ("analyze", "x.jpg", "--logo", NAUGHTY),
        ("analyze", "--points", NAUGHTY),
        ("batch", NAUGHTY, "--out", "nowhere"),
        ("batch", "x", "--out", "nowhere", "--pattern", NAUGHTY),
        ("batch", "x", "--out", "nowhere", "--since", NAUGHTY),
        ("exam", "x.jpg", "--person", NAUGHTY),
        ("history", NAUGHTY, "--database", f"{NAUGHTY}.sqlite"),
        ("history", "anna", "--database", f"{NAUGHTY}.sqlite"),
        ("compare", NAUGHTY, "2"),
        ("import", NAUGHTY),
        ("score", NAUGHTY),
        ("patterns", NAUGHTY),
        ("measures", NAUGHTY),
        ("doctor", "--photo", NAUGHTY),
        ("live", "--source", NAUGHTY, "--no-window"),
        ("live", "--view", NAUGHTY),
        (NAUGHTY,),
        ("--language", NAUGHTY),
    ],
    ids=lambda arguments: " ".join(arguments).replace(NAUGHTY, "NAME"),
)
def test_no_complaint_gives_orders(arguments: tuple[str, ...], language: str, tmp_path: Path) -> None:
    """Whatever is said of a name that was typed."""
    os.chdir(tmp_path)
    done = run(*arguments, "--language", language) if "--language" not in arguments else run(*arguments)
    choose("en")
    assert done.exit_code == 2
    assert orders(done.output) == []
    assert "should not have happened" not in done.output


def test_commands_take_them(tmp_path: Path) -> None:
    """What is complained of is the photo, not the value."""
    runner = CliRunner()

    def said(*arguments: str) -> Any:
        return runner.invoke(app, [*arguments, "--language", "de"]).stderr

    missing = str(tmp_path / "none.jpg")
    try:
        for given in (("--height", "172,5"), ("--distance", "3,2"), ("--roll", "-1,5"), ("--view", "vorne")):
            assert "none.jpg" in said("analyze", missing, *given)
        assert "none.jpg" in said("exam", missing, "--person", "a", "--date", "5.3.2024", "--database", f"{tmp_path}/r")
    finally:
        choose("en")
