"""The options that say what the user knows of the scene: which way is up, how tall the person is."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from posturecam.assessment import Settings

Plumb = Annotated[
    str | None, typer.Option(help="A line along something plumb in the photo, in pixels.", metavar="X1,Y1,X2,Y2")
]
Height = Annotated[float | None, typer.Option(help="The person's height in cm; adds measures in mm.", metavar="CM")]


def with_scene(settings: "Settings", plumb: str | None, height: float | None) -> "Settings":
    """Add what the user knows of the scene; raises SettingsError."""
    from dataclasses import replace

    from posturecam.scale import checked_height
    from posturecam.vertical import read_plumb

    line = None if plumb is None else read_plumb(plumb)
    return replace(settings, plumb=line, height_cm=None if height is None else checked_height(height))
