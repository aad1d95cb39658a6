"""Whatever the command line says goes through here: text that no terminal takes for an order, JSON as UTF-8."""

import sys

import typer

from posturecam.language import without_controls


def say(text: str = "", *, err: bool = False, colour: str | None = None) -> None:
    """Write a line to stdout, or to stderr."""
    typer.secho(without_controls(text), err=err, fg=colour)


def say_json(data: bytes) -> None:
    """Write JSON to stdout: UTF-8 whatever the console's encoding, control characters as escapes."""
    from posturecam.reports.json import for_terminal

    typer.echo(for_terminal(data), nl=False)


def bear_all_text() -> None:
    """Let the console write what its encoding has no letters for: as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
