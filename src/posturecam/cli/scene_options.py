"""The options that say what is known beside the photo: which way is up, how tall the person is, how they balance."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.errors import SettingsError
from posturecam.text.language import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posturecam.pipeline.assessment import Assessment, Settings

Roll = Annotated[float | None, typer.Option(help="Degrees by which the picture's content is turned counter-clockwise.")]
Plumb = Annotated[
    str | None, typer.Option(help="A line along something plumb in the photo, in pixels.", metavar="X1,Y1,X2,Y2")
]
Height = Annotated[
    float | None,
    typer.Option(help="The person's height in cm; then distances are told in millimetres too.", metavar="CM"),
]
Distance = Annotated[float | None, typer.Option(help="How far away the camera stood, in metres.", metavar="M")]
Camera = Annotated[Path | None, typer.Option(help="Profile from: posturecam calibrate camera.", metavar="FILE.json")]

Balance = Annotated[
    Path | None,
    typer.Option(help="The same person's balance.json from: posturecam live --balance", metavar="FILE.json"),
]
Place = Annotated[
    list[str] | None,
    typer.Option(
        help="A point that you found by hand, in pixels, or a JSON file of such. One of the 33 points, or: c7, t3, "
        "spine_1 … spine_17 (between C7 and sacrum), sacrum, and with left_ or right_: acromion, scapular_angle, asis, "
        "psis, trochanter, knee_joint_line, patella, tibial_tuberosity, mid_calf, achilles, lateral_malleolus, "
        "medial_malleolus, second_metatarsal. Repeat it.",
        metavar="NAME=X,Y|FILE",
    ),
]

Passes = Annotated[int | None, typer.Option(help="How often to find the person (1 or even; 3 counts as 4).")]
Timeout = Annotated[
    float | None, typer.Option("--timeout", help="Seconds that one photo may take (default: 60).", metavar="S")
]
Outline = Annotated[
    bool,
    typer.Option(
        "--outline",
        help="Measure by the outline of a front or back photo too: waist and armpits; from behind heels and bare back; "
        "and say where a coat or a tunic hides the pelvis.",
    ),
]

Labelled = Annotated[
    str,
    typer.Option("--labels", help="Which labels stand beside the body: all, findings, or none.", metavar="NAME"),
]
Grid = Annotated[
    bool,
    typer.Option("--grid", help="Lay a posture grid over the picture: a square every 10 cm, or a tenth of the height."),
]

Stickers = Annotated[
    str | None,
    typer.Option(
        help="Find round stickers of this colour (8 to 20 mm) on the body: red, orange, yellow, green, cyan, blue, "
        "purple, pink, or #rrggbb; or balls and stickers without colour: white, reflective, black. In front views "
        "SAPO's whole set is named; trochanter, knee joint line, malleoli and metatarsal move no number.",
        metavar="COLOUR",
    ),
]


def checked_roll(roll: float | None) -> float | None:
    """Give the camera's roll back, degrees, or raise SettingsError."""
    if roll is not None and not abs(roll) <= 45.0:
        msg = _(
            "--roll {roll:g} makes no sense. Give degrees between -45 and 45, counter-clockwise positive.", roll=roll
        )
        raise SettingsError(msg)
    return roll


def with_scene(
    settings: "Settings",
    plumb: str | None,
    height: float | None,
    camera: Path | None,
    place: list[str] | None = None,
    distance: float | None = None,
    stickers: str | None = None,
) -> "Settings":
    """Add what the user knows of the scene; raises SettingsError."""
    from dataclasses import replace

    from posturecam.picture.lens import checked_distance
    from posturecam.picture.lens.profile import read_profile
    from posturecam.picture.scale import checked_height
    from posturecam.picture.vertical import read_plumb
    from posturecam.poses.placed import read_places
    from posturecam.poses.stickers import read_colour

    line = None if plumb is None else read_plumb(plumb)
    lens = None if camera is None else read_profile(camera)
    tall = None if height is None else checked_height(height)
    far = None if distance is None else checked_distance(distance)
    places = read_places(place or ())
    colour = None if stickers is None else read_colour(stickers)
    seen = replace(settings, placed=places, stickers=colour)
    return replace(seen, plumb=line, height_cm=tall, camera=lens, distance_m=far)


def refuse_stickers(settings: "Settings", what: str) -> None:
    """Refuse to look for stickers where there is no one picture; raises SettingsError."""
    if settings.stickers:
        msg = _("--stickers looks for them in a photo, not in {what}. Give the photo itself.", what=what)
        raise SettingsError(msg)


def check_stickers(photos: "Sequence[Assessment]", settings: "Settings") -> None:
    """Raise SettingsError where stickers were asked for and no photo shows one; says why of the first photo."""
    from posturecam.body import STICKER

    if settings.stickers and not any(point.source == STICKER for photo in photos for point in photo.placed):
        raise SettingsError(next(filter(None, (photo.no_stickers for photo in photos)), photos[0].photo.name))


def refuse_places(settings: "Settings") -> None:
    """Refuse placed points where there are several pictures; raises SettingsError."""
    if settings.placed:
        msg = _("--place belongs to one photo. Analyse that photo alone, or a still picture of the film.")
        raise SettingsError(msg)
