"""The options that say what the user knows of the scene: which way is up, how tall the person is, which camera."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from posturecam.assessment import Settings

Plumb = Annotated[
    str | None, typer.Option(help="A line along something plumb in the photo, in pixels.", metavar="X1,Y1,X2,Y2")
]
Height = Annotated[float | None, typer.Option(help="The person's height in cm; adds measures in mm.", metavar="CM")]
Camera = Annotated[Path | None, typer.Option(help="Profile from: posturecam calibrate camera.", metavar="FILE.json")]


def with_scene(settings: "Settings", plumb: str | None, height: float | None, camera: Path | None) -> "Settings":
    """Add what the user knows of the scene; raises SettingsError."""
    from dataclasses import replace

    from posturecam.lens.profile import read_profile
    from posturecam.scale import checked_height
    from posturecam.vertical import read_plumb

    line = None if plumb is None else read_plumb(plumb)
    lens = None if camera is None else read_profile(camera)
    tall = None if height is None else checked_height(height)
    return replace(settings, plumb=line, height_cm=tall, camera=lens)
