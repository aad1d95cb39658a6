"""The options that several commands share: what is known beside the photo, tables, reports, records.

Which way is up, how tall the person is, how they balance; whose exam it is and where it goes.
"""

from dataclasses import replace
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
    from posturecam.picture.lens import checked_distance
    from posturecam.picture.lens.profile import read_profile
    from posturecam.picture.scale import checked_height
    from posturecam.picture.vertical import read_plumb
    from posturecam.poses.manual_points import read_places
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


Csv = Annotated[
    Path | None, typer.Option(help="Write a tidy table: one row per photo and measure.", metavar="FILE.csv")
]
Parquet = Annotated[Path | None, typer.Option(help="The same for data frames (the extra tables).", metavar="FILE")]
Fhir = Annotated[
    Path | None,
    typer.Option(help="Write a FHIR R4B bundle of observations (the extra fhir).", metavar="FILE.json"),
]
Client = Annotated[str | None, typer.Option(help="Whose report it is, to stand above it.", metavar="NAME")]
Note = Annotated[str | None, typer.Option(help="A sentence to stand above the report.", metavar="TEXT")]
Patient = Annotated[
    bool,
    typer.Option(
        "--patient",
        help="Put the name and the day that a DICOM photograph holds above the report. In a folder's run --pattern "
        "says who is who; names are never taken out of its files.",
    ),
]
Logo = Annotated[Path | None, typer.Option(help="A picture to stand above the report.", metavar="FILE")]
HideFace = Annotated[bool, typer.Option("--hide-face", help="Cover every face in what is written.")]
FigureOnly = Annotated[bool, typer.Option("--figure-only", help="Draw plain figures, not the photos.")]
NewPerson = Annotated[
    bool, typer.Option("--new", help="Another person, though the name differs from one only by case and blanks.")
]
SamePhoto = Annotated[bool, typer.Option("--same-photo", help="A photo may be another person's in the records too.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
Database = Annotated[
    str | None,
    typer.Option(help="Where the records lie: a file, or a database URL.", metavar="URL", envvar="POSTURECAM_DATABASE"),
]


def named_in(
    photos: list[Path] | None, client: str | None, note: str | None, who: str | None = None
) -> tuple[str | None, str | None]:
    """Take the client's name and the day from the first DICOM file, where the user did not give them; else ``who``."""
    from posturecam.picture.dicom import patient_of
    from posturecam.picture.photo import file_bytes

    for path in photos or ():
        patient = patient_of(file_bytes(path), path)
        if patient is not None:
            day = _("Photographed on {day}", day=patient.taken) if patient.taken else None
            return client or patient.name or who, note or day
    return who if client is None else client, note


def exam_settings(
    height: float | None,
    camera: Path | None,
    distance: float | None,
    passes: int | None = None,
    roll: float | None = None,
    stickers: str | None = None,
    *,
    mirrored: bool,
) -> "Settings":
    """Gather how the photos of an exam are to be measured. Raises SettingsError."""
    from posturecam.pipeline.assessment import Settings

    plain = Settings(Settings().passes if passes is None else passes, mirrored=mirrored, roll_deg=checked_roll(roll))
    return with_scene(plain, None, height, camera, distance=distance, stickers=stickers)
