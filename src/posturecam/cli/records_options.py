"""The options that several commands on tables and records share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.text.language import _

if TYPE_CHECKING:
    from posturecam.pipeline.assessment import Settings

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
    from posturecam.cli.scene_options import checked_roll, with_scene
    from posturecam.pipeline.assessment import Settings

    plain = Settings(Settings().passes if passes is None else passes, mirrored=mirrored, roll_deg=checked_roll(roll))
    return with_scene(plain, None, height, camera, distance=distance, stickers=stickers)
