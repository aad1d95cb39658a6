"""Whatever the command line says goes through here: text that no terminal takes for an order, JSON as UTF-8."""

import sys
from typing import TYPE_CHECKING

import typer

from posturecam.text.language import _, without_controls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posturecam.pipeline.assessment import Assessment


def say(text: str = "", *, err: bool = False, colour: str | None = None) -> None:
    """Write a line to stdout, or to stderr."""
    typer.secho(without_controls(text), err=err, fg=colour)


def say_json(data: bytes) -> None:
    """Write JSON to stdout: UTF-8 whatever the console's encoding, control characters as escapes."""
    from posturecam.storage.assessment_json import for_terminal

    typer.echo(for_terminal(data), nl=False)


def ask_views(photos: "Iterable[Assessment]", *, by_name: bool = False) -> None:
    """Say on stderr how a view is said that is asked for; ``by_name`` where several photos were given."""
    for photo in photos:
        choices, name = photo.pose.view.choices, photo.photo.name
        if choices:
            first, other = (f"{name}={choice}" if by_name else str(choice) for choice in choices)
            asked = _(
                'posturecam: {name}: say it with --view "{one}" or --view "{other}"', name=name, one=first, other=other
            )
            say(asked, err=True)


def bear_all_text() -> None:
    """Let the console write what its encoding has no letters for: as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
