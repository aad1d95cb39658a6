"""``posturecam analyze``: a photo in, the table, the picture and the report out.

Several photos of one person make an exam; a film is measured with a progress bar on stderr.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.file_options import GivenFiles, ReadFiles, claimed_outputs
from posturecam.cli.saying import ask_views, say, say_json
from posturecam.cli.shared_options import (
    Balance,
    Camera,
    Client,
    Csv,
    Distance,
    Fhir,
    Grid,
    Height,
    Labelled,
    Logo,
    Note,
    Outline,
    Parquet,
    Passes,
    Patient,
    Place,
    Plumb,
    Roll,
    Stickers,
    Timeout,
    check_stickers,
    checked_roll,
    named_in,
    refuse_places,
    refuse_stickers,
    with_scene,
)
from posturecam.errors import OutputError, SettingsError
from posturecam.text.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posturecam.body import View
    from posturecam.knowledge import Knowledge
    from posturecam.patterns.answers import Answers
    from posturecam.picture.photo import Photo
    from posturecam.pipeline.assessment import Assessment, Settings
    from posturecam.pipeline.exam import Exam
    from posturecam.reports.fhir import FhirReport, Subject
    from posturecam.reports.measurement_tables import Whose
    from posturecam.reports.report_options import ReportOptions


EXAMPLES = """Examples:

  posturecam analyze front.jpg

  posturecam analyze front.jpg --out result/      (the data, the overlay, report.html, report.pdf)

  posturecam analyze front.jpg --out result/ --hide-face --client "Dana K."

  posturecam analyze front.jpg back.jpg left.jpg right.jpg --out result/      (one person's exam, in any order)

  posturecam analyze front.jpg --overlay grid.png --grid --height 172      (a posture grid, 10 cm a square)

  posturecam analyze front.jpg --json - | jq .findings

  posturecam analyze selfie.jpg --mirrored --view front

  posturecam analyze front.jpg --place left_asis=312,540 --place right_asis=258,543      (points found by hand)

  posturecam analyze front.jpg --balance result/balance.json      (standing on one leg counts as evidence)

  posturecam analyze back.jpg --stickers green --out result/      (round stickers on the skin)

  posturecam analyze --points result/assessment.json      (measure the stored points again)
"""


@dataclass(frozen=True, slots=True)
class Contour:
    """What the outline of a front or back photo is for: to be measured, to be shown, to be known beside the numbers."""

    measured: bool
    shown: bool
    known: bool


Photos = Annotated[
    list[Path] | None,
    typer.Argument(
        help="A photo (JPEG, PNG, HEIC, WebP, TIFF, BMP) or a film; several photos of one person.", metavar="PHOTO…"
    ),
]
Points = Annotated[
    Path | None, typer.Option(help="Measure the points stored in this assessment again.", metavar="FILE.json")
]
Person = Annotated[str, typer.Option(help="Whom to measure: largest, center, or a number from the left.")]


def analyze_photos(
    photos: Photos = None,
    view: Annotated[str, typer.Option(help="front, back, left, right; of several NAME=VIEW, FOLDER/=VIEW, …")] = "auto",
    json: Annotated[str | None, typer.Option(help="Write the result as JSON; - for stdout.", metavar="FILE|-")] = None,
    overlay: Annotated[Path | None, typer.Option(help="Write the photo with its lines drawn.", metavar="FILE")] = None,
    out: Annotated[Path | None, typer.Option(help="Write JSON, overlay and reports here.", metavar="DIR")] = None,
    csv: Csv = None,
    parquet: Parquet = None,
    fhir: Fhir = None,
    passes: Passes = None,
    timeout: Timeout = None,
    roll: Roll = None,
    plumb: Plumb = None,
    height: Height = None,
    camera: Camera = None,
    place: Place = None,
    distance: Distance = None,
    stickers: Stickers = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="The photo is a mirrored selfie.")] = False,
    person: Person = "largest",
    outline: Outline = False,
    model: Annotated[Path | None, typer.Option(help="Another BlazePose bundle.", metavar="FILE.task")] = None,
    answers: Annotated[Path | None, typer.Option(help="Answers from: posturecam ask.", metavar="FILE.toml")] = None,
    balance: Balance = None,
    knowledge: Annotated[Path | None, typer.Option(help="A folder with your own tables.", metavar="DIR")] = None,
    points: Points = None,
    client: Client = None,
    note: Note = None,
    patient: Patient = False,
    logo: Logo = None,
    hide_face: Annotated[bool, typer.Option("--hide-face", help="Cover every face in what is written.")] = False,
    figure_only: Annotated[bool, typer.Option("--figure-only", help="Draw a plain figure, not the photo.")] = False,
    labels: Labelled = "findings",
    grid: Grid = False,
) -> None:
    """Measure how evenly somebody stands in a photo, with ± on every number, and say what that is consistent with."""
    asked, others = Outputs(json, overlay, out, points, csv, parquet, fhir), (answers, balance, camera, logo, model)
    outputs = claimed_outputs(asked, photos or [], (*others, *map(Path, place or ())), knowledge)
    plain = _settings(view, passes, roll, person, mirrored=mirrored)
    settings = with_scene(plain, plumb, height, camera, place, distance, stickers)
    report_options = report_options_of(
        named_in(photos if patient else None, client, note), logo, (hide_face, figure_only), labels, grid=grid
    )
    given = GivenFiles(answers, balance, knowledge, timeout)
    if photos and len(photos) > 1:
        examine(photos, settings, outputs, given, model, report_options)
        return
    contour = Contour(outline, shown=bool(out or overlay) and not figure_only, known=not figure_only)
    picture, assessment = _assessed(photos[0] if photos else None, points, settings, model, given, contour)
    _write(assessment, picture, outputs, report_options, knowledge)


analyze_photos.__doc__ = f"{analyze_photos.__doc__}\n\n\b\n{EXAMPLES}"


def report_options_of(
    named: tuple[str | None, str | None], logo: Path | None, hidden: tuple[bool, bool], labels: str, *, grid: bool
) -> "ReportOptions":
    """Say how reports look: client and note, logo, whether faces or whole photos are hidden, labels, grid."""
    from posturecam.reports.report_options import ReportOptions, make_heading, overlay_options

    return ReportOptions(make_heading(*named, logo), *hidden, overlay_options(labels, grid=grid))


def _settings(view: str, passes: int | None, roll: float | None, person: str, *, mirrored: bool) -> "Settings":
    from posturecam.pipeline.assessment import Settings
    from posturecam.poses.view_list import view_list

    said, rolled = view_list(view), checked_roll(roll)
    often = Settings().passes if passes is None else passes
    return Settings(often, person, said.everything, rolled, mirrored, views=said)


def _assessed(
    photo: Path | None,
    points: Path | None,
    settings: "Settings",
    model: Path | None,
    given: GivenFiles,
    contour: Contour,
) -> tuple["Photo | None", "Assessment"]:
    """Analyse the photo, or measure stored points again; the balance test joins either."""
    from posturecam.pipeline.exam import with_balance

    if (photo is None) == (points is None):
        msg = _("give a photo, or --points with a stored assessment, not both. See: posturecam analyze --help")
        raise SettingsError(msg)
    known = given.read()
    if points is not None:
        from posturecam.patterns.red_flags import refuse_balance
        from posturecam.storage.assessment_json import assessment_again

        refuse_stickers(settings, _("stored points"))
        picture, assessment = None, assessment_again(points, settings, known.tables, known.answers)
        if known.balance is not None:
            refuse_balance(assessment.answers, known.tables)
    else:
        assert photo is not None  # noqa: S101  (checked above)
        picture, assessment = _measured(photo, settings.of_photo(str(photo)), model, known, contour)
    return picture, with_balance(assessment, known.balance, known.tables)


def _measured(
    photo: Path, settings: "Settings", model: Path | None, known: ReadFiles, contour: Contour
) -> tuple["Photo", "Assessment"]:
    """Measure a photo or a film; a photo's outline is looked for too, to say what hides it, but for a quick look."""
    from posturecam.picture.camera import is_film
    from posturecam.picture.photo import read
    from posturecam.pipeline.assessment import measured_photo
    from posturecam.pipeline.exam import assess_photo, with_contour
    from posturecam.pipeline.limits import TimeLimit
    from posturecam.poses.finder import Finder

    if is_film(photo):
        refuse_places(settings)
        refuse_stickers(settings, _("a film"))
        return assessed_film(photo, settings, known.tables, known.answers, model)
    with Finder(model) as finder, TimeLimit(known.timeout_s) as limit:
        limit.begin(str(photo))
        picture = read(photo, settings.long_side_px)
        assessment = assess_photo(picture, finder, settings, known.tables, known.answers, outline=contour.measured)
        check_stickers([assessment], settings)
        upright = measured_photo(picture, assessment)
        quick = settings.passes == 1 and not contour.shown
        if assessment.pose.view.frontal and not contour.measured and not quick:
            seen = with_contour(assessment, upright, finder, known.tables)
            assessment = seen if contour.known else replace(seen, outline=assessment.outline)
    return upright, assessment


def _write(
    assessment: "Assessment",
    picture: "Photo | None",
    outputs: "Outputs",
    report_options: "ReportOptions",
    knowledge: Path | None,
) -> None:
    """Write every file first, and only then print: on any error stdout stays empty."""
    from posturecam.knowledge import load
    from posturecam.reports.fhir import FhirReport, Subject
    from posturecam.storage import assessment_json as json_report
    from posturecam.storage.files import write_file

    json, overlay, out = outputs.json, outputs.overlay, outputs.out
    if picture is None and (overlay or out):
        msg = _("--points has no picture to draw on. Leave --overlay and --out away, or analyse the photo itself.")
        raise SettingsError(msg)
    written: list[Path] = []
    if picture is not None and out:
        from posturecam.reports.bundle import photo_files

        written += write_results(out, photo_files(assessment, picture, report_options, load(knowledge)))
    if picture is not None and overlay:
        write_file(overlay, overlay_bytes(assessment, picture, overlay, report_options))
        written.append(overlay)
    if json and json != "-":
        write_file(Path(json), json_report.assessment_bytes(assessment))
        written.append(Path(json))
    if (out or overlay) and report_options.hide_face and not report_options.figure_only:
        tell_covered([(assessment, picture)])
    written += write_tables([assessment], outputs, load(knowledge))
    subject = Subject(name=report_options.heading.client)
    written += write_fhir(FhirReport.of_photo(assessment), outputs.fhir, load(knowledge), subject)
    ask_views([assessment])
    if json == "-":
        say_json(json_report.assessment_bytes(assessment))
        return
    from posturecam.reports.terminal.report_text import print_assessment

    print_assessment(assessment)
    for path in written:
        say(_("written: {path}", path=path))


def overlay_bytes(assessment: "Assessment", picture: "Photo", path: Path, report_options: "ReportOptions") -> bytes:
    """Draw the overlay and encode it as the file's ending says."""
    from posturecam.reports.bundle import drawn
    from posturecam.reports.drawing.photo_overlay import encode

    suffix = path.suffix.lower() or ".png"
    if suffix not in (".png", ".jpg", ".jpeg", ".webp"):
        msg = _("--overlay {path}: the ending {suffix} is unknown. Give .png, .jpg or .webp.", path=path, suffix=suffix)
        raise OutputError(msg)
    return encode(drawn(assessment, picture, report_options), suffix)


SOME_FAILED = 3
"""Exit code: done, but some photos failed."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where the results go; ``overlay`` and ``points`` are for one photo only."""

    json: str | None
    overlay: Path | None
    out: Path | None
    points: Path | None
    csv: Path | None = None
    parquet: Path | None = None
    fhir: Path | None = None


def examine(
    paths: list[Path],
    settings: "Settings",
    outputs: Outputs,
    given: "GivenFiles",
    model: Path | None,
    report_options: "ReportOptions",
) -> None:
    """Analyse one person's photos together; exit code 3 when some of them could not be measured."""
    from posturecam.picture.photo import read
    from posturecam.pipeline.exam import assess_exam
    from posturecam.pipeline.limits import TimeLimit
    from posturecam.poses.finder import Finder

    refuse_places(settings)
    _check(settings, outputs)
    known = given.read()
    pictures: dict[str, Photo] = {}

    def opened(path: Path) -> "Photo":
        limit.begin(str(path))
        picture = read(path, settings.long_side_px)
        pictures[picture.sha256] = picture
        return picture

    with Finder(model) as finder, TimeLimit(known.timeout_s) as limit:
        photos = [(str(path), partial(opened, path)) for path in paths]
        exam = assess_exam(photos, finder, settings, known.tables, known.answers, balance=known.balance)
    check_stickers(exam.photos, settings)
    _write_json(exam, pictures, outputs, report_options, known.tables)
    if exam.failures:
        say(
            _(
                "posturecam: {count} of {count2} photos could not be measured",
                count=len(exam.failures),
                count2=len(paths),
            ),
            err=True,
        )
        raise typer.Exit(SOME_FAILED)


def _check(settings: "Settings", outputs: Outputs) -> None:
    """Refuse what makes sense for one photo only."""
    refuse_one_view(settings.view)
    if settings.plumb is not None:
        msg = _("--plumb is for one photo; in an exam each photo's vertical is found. Leave it away.")
        raise SettingsError(msg)
    if outputs.overlay or outputs.points:
        msg = _("--overlay and --points are for one photo; for an exam give --out DIR.")
        raise SettingsError(msg)


def refuse_one_view(view: "View | None") -> None:
    """Refuse one view for all photos of an exam. Raises SettingsError."""
    if view is not None:
        msg = _("--view is for one photo; in an exam name the photo, such as --view IMG_2.jpg=back, or leave it away.")
        raise SettingsError(msg)


def with_views(settings: "Settings", text: str) -> "Settings":
    """Give the settings with what ``--view`` says of the photos of an exam. Raises SettingsError."""
    from posturecam.poses.view_list import view_list

    said = view_list(text)
    refuse_one_view(said.everything)
    return replace(settings, views=said)


def write_tables(
    photos: "Sequence[Assessment]", outputs: Outputs, knowledge: "Knowledge", whose: "Whose | None" = None
) -> list[Path]:
    """Write the tidy tables that were asked for: all of them or none."""
    from posturecam.reports.measurement_tables import csv_bytes, measurement_rows, parquet_bytes
    from posturecam.storage.files import write_file

    asked = ((outputs.csv, csv_bytes), (outputs.parquet, parquet_bytes))
    made = [(path, make(measurement_rows(photos, knowledge, whose))) for path, make in asked if path is not None]
    for path, data in made:
        write_file(path, data)
    return [path for path, _ in made]


def write_fhir(report: "FhirReport", path: Path | None, knowledge: "Knowledge", subject: "Subject") -> list[Path]:
    """Write the FHIR bundle where it was asked for."""
    from posturecam.reports.fhir import fhir_bytes
    from posturecam.storage.files import write_file

    if path is None:
        return []
    write_file(path, fhir_bytes(report, knowledge, subject))
    return [path]


def write_reports(
    exam: "Exam",
    pictures: "dict[str, Photo]",
    folder: Path | None,
    report_options: "ReportOptions",
    knowledge: "Knowledge",
) -> list[Path]:
    """Write the exam's data, overlays and reports where they were asked for; ``pictures`` by the photo's hash."""
    from posturecam.pipeline.assessment import measured_photo
    from posturecam.reports.bundle import exam_files

    if folder is None:
        return []
    measured = [measured_photo(pictures[photo.photo.sha256], photo) for photo in exam.photos]
    files = exam_files(exam, measured, report_options, knowledge)
    if report_options.hide_face and not report_options.figure_only:
        tell_covered(zip(exam.photos, measured, strict=True))
    return write_results(folder, files)


def tell_covered(shown: "Iterable[tuple[Assessment, Photo | None]]") -> None:
    """Say of each photo whose faces are hidden what was covered, on stderr."""
    from posturecam.reports.drawing.privacy import covered_photo

    for assessment, photo in shown:
        if photo is not None:
            typer.echo(covered_photo(photo, assessment), err=True)


def write_results(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Write the results of a photo or an exam, and remove what earlier ones left there that is not theirs."""
    from posturecam.storage.files import write_all
    from posturecam.storage.outputs import stale

    written = write_all(folder, files)
    for path in stale(folder, files):
        path.unlink(missing_ok=True)
    return written


def _write_json(
    exam: "Exam",
    pictures: "dict[str, Photo]",
    outputs: Outputs,
    report_options: "ReportOptions",
    knowledge: "Knowledge",
) -> None:
    """Write every file first, and only then print: on any error stdout stays empty."""
    from posturecam.reports.fhir import FhirReport, Subject
    from posturecam.reports.terminal.report_text import print_exam
    from posturecam.storage import exam_json
    from posturecam.storage.files import write_file

    written = write_reports(exam, pictures, outputs.out, report_options, knowledge)
    if outputs.json and outputs.json != "-":
        write_file(Path(outputs.json), exam_json.exam_bytes(exam))
        written.append(Path(outputs.json))
    written += write_tables(exam.photos, outputs, knowledge)
    written += write_fhir(
        FhirReport.of_exam(exam), outputs.fhir, knowledge, Subject(name=report_options.heading.client)
    )
    ask_views(exam.photos, by_name=True)
    if outputs.json == "-":
        say_json(exam_json.exam_bytes(exam))
        return
    print_exam(exam)
    for path in written:
        say(_("written: {path}", path=path))


def assessed_film(
    path: Path, settings: "Settings", tables: "Knowledge", said: "Answers | None", model: Path | None
) -> tuple["Photo", "Assessment"]:
    """Measure a film of somebody standing quietly; the picture that stands for it, and the assessment."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from posturecam.pipeline.film import assess_film
    from posturecam.poses.finder import Finder

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(_("measuring {name}", name=path.name), total=1.0)
        with Finder(model) as finder:
            measured = assess_film(
                path, finder, settings, tables, said, progress=lambda done: bar.update(task, completed=done)
            )
    return measured.picture, measured.assessment
