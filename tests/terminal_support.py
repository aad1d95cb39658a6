"""A name that would give a terminal orders, and what finds them in a text."""

from typing import Any

from typer.testing import CliRunner

from posturecam.cli import app

NAUGHTY = "a\x1b[2J\x1b]0;owned\x07\x9b31m[bold red]b\x7f.jpg"


def run(*arguments: object) -> Any:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(one) for one in arguments])


def orders(text: str) -> list[str]:
    """Control characters in a text, but for the ends of lines."""
    return [letter for letter in text if letter != "\n" and (ord(letter) < 32 or 127 <= ord(letter) < 160)]
