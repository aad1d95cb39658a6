"""The part of ``posturecam analyze`` that takes several photos of one person."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from posturecam.cli.saying import ask_views, say, say_json
from posturecam.cli.scene_options import check_stickers, refuse_places
from posturecam.errors import SettingsError
from posturecam.poses.view_list import view_list
from posturecam.text.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posturecam.body import View
    from posturecam.cli.given import Given
    from posturecam.knowledge import Knowledge
    from posturecam.picture.photo import Photo
    from posturecam.pipeline.assessment import Assessment, Settings
    from posturecam.pipeline.exam import Exam
    from posturecam.reports.fhir import Report, Subject
    from posturecam.reports.heading import Look
    from posturecam.reports.tables import Whose

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
    given: "Given",
    model: Path | None,
    look: "Look",
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
    _write(exam, pictures, outputs, look, known.tables)
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
    said = view_list(text)
    refuse_one_view(said.everything)
    return replace(settings, views=said)


def write_tables(
    photos: "Sequence[Assessment]", outputs: Outputs, knowledge: "Knowledge", whose: "Whose | None" = None
) -> list[Path]:
    """Write the tidy tables that were asked for: all of them or none."""
    from posturecam.reports.tables import csv_bytes, parquet_bytes, rows
    from posturecam.storage.files import write_file

    asked = ((outputs.csv, csv_bytes), (outputs.parquet, parquet_bytes))
    made = [(path, make(rows(photos, knowledge, whose))) for path, make in asked if path is not None]
    for path, data in made:
        write_file(path, data)
    return [path for path, _ in made]


def write_fhir(report: "Report", path: Path | None, knowledge: "Knowledge", subject: "Subject") -> list[Path]:
    """Write the FHIR bundle where it was asked for."""
    from posturecam.reports.fhir import fhir_bytes
    from posturecam.storage.files import write_file

    if path is None:
        return []
    write_file(path, fhir_bytes(report, knowledge, subject))
    return [path]


def write_reports(
    exam: "Exam", pictures: "dict[str, Photo]", folder: Path | None, look: "Look", knowledge: "Knowledge"
) -> list[Path]:
    """Write the exam's data, overlays and reports where they were asked for; ``pictures`` by the photo's hash."""
    from posturecam.pipeline.assessment import measured_photo
    from posturecam.reports.bundle import exam_files

    if folder is None:
        return []
    measured = [measured_photo(pictures[photo.photo.sha256], photo) for photo in exam.photos]
    files = exam_files(exam, measured, look, knowledge)
    if look.hide_face and not look.figure_only:
        tell_covered(zip(exam.photos, measured, strict=True))
    return write_results(folder, files)


def tell_covered(shown: "Iterable[tuple[Assessment, Photo | None]]") -> None:
    """Say of each photo whose faces are hidden what was covered, on stderr."""
    from posturecam.reports.picture.privacy import covered

    for assessment, photo in shown:
        if photo is not None:
            typer.echo(covered(photo, assessment), err=True)


def write_results(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Write the results of a photo or an exam, and remove what earlier ones left there that is not theirs."""
    from posturecam.storage.files import write_all
    from posturecam.storage.outputs import stale

    written = write_all(folder, files)
    for path in stale(folder, files):
        path.unlink(missing_ok=True)
    return written


def _write(exam: "Exam", pictures: "dict[str, Photo]", outputs: Outputs, look: "Look", knowledge: "Knowledge") -> None:
    """Write every file first, and only then print: on any error stdout stays empty."""
    from posturecam.reports.fhir import Report, Subject
    from posturecam.reports.terminal.exam_text import print_exam
    from posturecam.storage import exam_json
    from posturecam.storage.files import write_file

    written = write_reports(exam, pictures, outputs.out, look, knowledge)
    if outputs.json and outputs.json != "-":
        write_file(Path(outputs.json), exam_json.to_bytes(exam))
        written.append(Path(outputs.json))
    written += write_tables(exam.photos, outputs, knowledge)
    written += write_fhir(Report.of_exam(exam), outputs.fhir, knowledge, Subject(name=look.heading.client))
    ask_views(exam.photos, by_name=True)
    if outputs.json == "-":
        say_json(exam_json.to_bytes(exam))
        return
    print_exam(exam)
    for path in written:
        say(_("written: {path}", path=path))
