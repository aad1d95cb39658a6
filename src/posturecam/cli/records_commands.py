"""``posturecam exam``, ``history``, ``compare``, ``export``, ``import`` and ``migrate``: people over time.

Records of an older version are brought to this one, and from a file to a server.
"""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.analyze_command import (
    SOME_FAILED,
    Outputs,
    report_options_of,
    tell_covered,
    with_views,
    write_fhir,
    write_reports,
    write_tables,
)
from posturecam.cli.file_options import GivenFiles, claimed_outputs
from posturecam.cli.saying import ask_views, say
from posturecam.cli.shared_options import (
    Balance,
    Camera,
    Client,
    Csv,
    Database,
    Distance,
    Fhir,
    FigureOnly,
    Grid,
    Height,
    HideFace,
    Labelled,
    Logo,
    NewPerson,
    Note,
    Parquet,
    Passes,
    Patient,
    Roll,
    SamePhoto,
    Stickers,
    Timeout,
    exam_settings,
    named_in,
)
from posturecam.text.language import _, format_fields

if TYPE_CHECKING:
    from posturecam.cli.recording import MeasuredExam, Recording
    from posturecam.knowledge import Knowledge
    from posturecam.picture.capture_date import ExamDay
    from posturecam.pipeline.exam import Exam
    from posturecam.records.record_entries import Added
    from posturecam.reports.report_options import ReportOptions


Day = Annotated[str | None, typer.Option(help="The day of the photos; their own when left away.", metavar="DAY")]
Photos = Annotated[
    list[Path], typer.Argument(help="Photos of one person, taken on one day, in any order.", metavar="PHOTO…")
]
Person = Annotated[str, typer.Argument(help="The person's ID, as given to: posturecam exam --person", metavar="ID")]


def exam_command(
    photos: Photos,
    person: Annotated[str, typer.Option(help="Whose exam it is: any name or number of your own.", metavar="ID")],
    date: Day = None,
    database: Database = None,
    new: NewPerson = False,
    same_photo: SamePhoto = False,
    keep_photos: Annotated[bool, typer.Option("--keep-photos", help="Copy the photos into the records too.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write JSON, overlay and reports here.", metavar="DIR")] = None,
    client: Client = None,
    note: Note = None,
    patient: Patient = False,
    logo: Logo = None,
    hide_face: HideFace = False,
    figure_only: FigureOnly = False,
    labels: Labelled = "findings",
    grid: Grid = False,
    csv: Csv = None,
    parquet: Parquet = None,
    fhir: Fhir = None,
    roll: Roll = None,
    stickers: Stickers = None,
    height: Height = None,
    camera: Camera = None,
    distance: Distance = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="The photos are mirrored selfies.")] = False,
    view: Annotated[str, typer.Option(help="What photos show: NAME=VIEW or FOLDER/=VIEW, …", metavar="TEXT")] = "auto",
    passes: Passes = None,
    timeout: Timeout = None,
    model: Annotated[Path | None, typer.Option(help="Another BlazePose bundle.", metavar="FILE.task")] = None,
    answers: Annotated[Path | None, typer.Option(help="Answers from: posturecam ask.", metavar="FILE.toml")] = None,
    balance: Balance = None,
    knowledge: Annotated[Path | None, typer.Option(help="A folder with your own tables.", metavar="DIR")] = None,
) -> None:
    """Measure a person's photos and remember the numbers, so that later exams show what changed.

    Photos stay where they are: the records hold the numbers, and each photo's name, path and hash. Reports name the
    person by the ID, unless --client says otherwise; --roll is for a camera that stood still for all photos.

    Examples:
      posturecam exam front.jpg back.jpg --person anna
      posturecam exam *.jpg --person anna --date 2026-01-05 --out result/
      posturecam exam front.jpg back.jpg --person anna --stickers green --out result/ --logo clinic.png
    """
    from posturecam.cli.recording import Recording, measured_exam, settled
    from posturecam.records import checked_person, record_files
    from posturecam.records.sittings import stated_day

    others = (answers, balance, camera, logo, model, *record_files(database))
    outputs = claimed_outputs(Outputs(None, None, out, None, csv, parquet, fhir), photos, others, knowledge)
    said = None if date is None else stated_day(date)
    who, known = checked_person(person), GivenFiles(answers, balance, knowledge, timeout).read()
    settings = exam_settings(height, camera, distance, passes, roll, stickers, mirrored=mirrored)
    who, known = settled(database, who, photos, known, said, new=new, same_photo=same_photo)
    named = named_in(photos if patient else None, client, note, who)
    report_options = report_options_of(named, logo, (hide_face, figure_only), labels, grid=grid)
    done = measured_exam(photos, with_views(settings, view), model, known)
    _keep(
        done, Recording(database, who, done.day(said), keep_photos=keep_photos), outputs, report_options, known.tables
    )


def _keep(
    done: "MeasuredExam",
    recording: "Recording",
    outputs: "Outputs",
    report_options: "ReportOptions",
    tables: "Knowledge",
) -> None:
    """Write the reports, store the exam, write its tables, and tell all of it."""
    from posturecam.reports.fhir import FhirReport, Subject
    from posturecam.reports.measurement_tables import Whose

    exam, who, on = done.exam, recording.person, recording.day.on.isoformat()
    dated = replace(report_options, heading=replace(report_options.heading, day=recording.day.on))
    written = write_reports(exam, done.pictures, outputs.out, dated, tables)
    added = recording.store(done)
    written += write_tables(exam.photos, outputs, tables, Whose(who, on, str(added.number)))
    written += write_fhir(FhirReport.of_exam(exam), outputs.fhir, tables, Subject(who, date=on))
    _tell(exam, tables, written, recording.day, _stored(added, who, on))


def _tell(exam: "Exam", tables: "Knowledge", written: list[Path], day: "ExamDay", stored: str) -> None:
    """Print the exam and where it stands; exit code 3 when some photos could not be measured."""
    from posturecam.reports.terminal.report_text import print_exam

    print_exam(exam, tables, day=day.on)
    ask_views(exam.photos, by_name=True)
    for path in written:
        say(_("written: {path}", path=path))
    say(stored)
    _tell_day(day)
    if exam.failures:
        raise typer.Exit(SOME_FAILED)


def _tell_day(day: "ExamDay") -> None:
    """Say what the exam's day rests on where nobody stated it, and what contradicts a stated one."""
    from posturecam.text.day_words import DATE_SOURCES, dated

    if day.against:
        told = _(
            "posturecam: --date {day} contradicts the photos: {dates}. Stored under --date; if that is wrong, see: "
            "posturecam redate",
            day=day.on.isoformat(),
            dates=", ".join(map(dated, day.against)),
        )
        say(told, err=True)
    elif not day.stated:
        source = _("nothing in the photos tells it: today") if day.source is None else _(DATE_SOURCES[day.source])
        say(_("Day of the exam: {source}. State another with --date.", source=source))


def _stored(added: "Added", who: str, day: str) -> str:
    """Say under which number the exam stands."""
    words = _("stored as exam {number} of {who}, {day}. See: posturecam history {quoted}")
    if not added.fresh:
        words = _(
            "was stored already, and not a second time, as exam {number} of {who}, {day}. See: "
            "posturecam history {quoted}",
        )
    return format_fields(words, number=added.number, who=who, day=day, quoted=_quoted(who))


def history(
    person: Person,
    out: Annotated[Path | None, typer.Option(help="Write a page with a plot per measure.", metavar="FILE.html")] = None,
    database: Database = None,
    knowledge: Annotated[Path | None, typer.Option(help="A folder with your own tables.", metavar="DIR")] = None,
) -> None:
    """Show a person's exams over time: what changed since the first, judged against its noise.

    Example:  posturecam history anna --out anna.html
    """
    from posturecam.knowledge import load
    from posturecam.records import checked_person, open_records, record_files
    from posturecam.reports.terminal.progress_text import print_history
    from posturecam.storage.files import write_file
    from posturecam.storage.outputs import claim, table_files

    claim([out], [*record_files(database), *table_files(knowledge)])
    tables, who = load(knowledge), checked_person(person)
    with open_records(database) as records:
        sittings = [exam.sitting for exam in records.exams(who)]
    if out:
        from posturecam.reports.html.progress_pages import history_page

        write_file(out, history_page(who, sittings, tables).encode())
    print_history(who, sittings, tables)
    if out:
        say(_("written: {out}", out=out))


def compare(
    before: Annotated[
        str, typer.Argument(help="An exam's number, a photo, or a stored assessment or exam.", metavar="BEFORE")
    ],
    after: Annotated[str, typer.Argument(help="The same, of a later day.", metavar="AFTER")],
    out: Annotated[Path | None, typer.Option(help="Write a page with both pictures.", metavar="FILE.html")] = None,
    database: Database = None,
    hide_face: HideFace = False,
    figure_only: FigureOnly = False,
    height: Height = None,
    camera: Camera = None,
    distance: Distance = None,
    mirrored: Annotated[bool, typer.Option("--mirrored", help="The photos are mirrored selfies.")] = False,
    model: Annotated[Path | None, typer.Option(help="Another BlazePose bundle.", metavar="FILE.task")] = None,
    knowledge: Annotated[Path | None, typer.Option(help="A folder with your own tables.", metavar="DIR")] = None,
) -> None:
    """Compare two exams, photos or stored assessments: which differences are larger than their noise.

    Exams are named by the numbers that posturecam history shows. --height, --camera, --distance and --mirrored are for
    photos.

    Examples:
      posturecam compare 1 4 --out compare.html
      posturecam compare january/front.jpg june/front.jpg
      posturecam compare january/exam.json june/exam.json
    """
    from posturecam.cli.sitting_search import Search, found_sitting
    from posturecam.knowledge import load
    from posturecam.records import record_files
    from posturecam.records.progress import compared
    from posturecam.reports.terminal.progress_text import print_comparison
    from posturecam.storage.files import write_file
    from posturecam.storage.outputs import claim, table_files

    given = (Path(before), Path(after), camera, model)
    claim([out], [*given, *record_files(database), *table_files(knowledge)])
    tables = load(knowledge)
    settings = exam_settings(height, camera, distance, mirrored=mirrored)
    search = Search(database, tables, model, out is not None and not figure_only, settings)
    found_before, found_after = found_sitting(before, search), found_sitting(after, search)
    changes = compared(found_before.sitting, found_after.sitting, tables)
    if out:
        from posturecam.reports.drawing.aligned_pictures import pairs
        from posturecam.reports.html.progress_pages import compare_page

        shown = pairs(found_before, found_after, hide_face=hide_face)
        if hide_face:
            tell_covered([(shot.assessment, shot.photo) for shot in (*found_before.shots, *found_after.shots)])
        write_file(out, compare_page(found_before.sitting, found_after.sitting, changes, shown, tables).encode())
    print_comparison(found_before.sitting, found_after.sitting, changes, tables)
    if out:
        say(_("written: {out}", out=out))


def export(
    person: Person,
    file: Annotated[Path, typer.Argument(help="The zip to write.", metavar="FILE.zip")],
    database: Database = None,
) -> None:
    """Write everything that the records hold of a person into one zip.

    Example:  posturecam export anna anna.zip
    """
    from posturecam.records import checked_person, open_records, record_files, transfer
    from posturecam.storage.files import write_file
    from posturecam.storage.outputs import claim

    claim([file], record_files(database))
    with open_records(database) as records:
        data = transfer.person_zip(records, checked_person(person))
    write_file(file, data)
    say(_("written: {file}", file=file))


def import_(
    file: Annotated[Path, typer.Argument(help="A zip from: posturecam export", metavar="FILE.zip")],
    new: NewPerson = False,
    same_photo: SamePhoto = False,
    database: Database = None,
) -> None:
    """Bring an exported person into the records: every exam of the zip, or none.

    Example:  posturecam import anna.zip
    """
    from posturecam.records import Facts, open_records, transfer

    found_sitting = transfer.unzipped_person(file)
    person, hashes = found_sitting.person, [photo.sha256 for exam in found_sitting.exams for photo in exam.photos]
    with open_records(database, make=True) as records:
        records.refuse_mixups(person, hashes, new=new, same_photo=same_photo)
        added = records.add_all(person, found_sitting.exams)
        if records.facts(person) == Facts():
            records.write_facts(person, found_sitting.facts)
    fresh = sum(added_exam.fresh for added_exam in added)
    say(
        _(
            "{person}: {fresh} of {count} exams imported, {count2} were there already.",
            person=person,
            fresh=fresh,
            count=len(added),
            count2=len(added) - fresh,
        )
    )


def _quoted(name: str) -> str:
    return shlex.quote(name)


def migrate(
    database: Database = None,
    source: Annotated[
        str | None,
        typer.Option("--from", help="Copy everybody of these records too: a file or a URL.", metavar="URL"),
    ] = None,
) -> None:
    """Bring the records' tables to this version of posturecam, or make them on a server (the extra server).

    A file is copied first, beside itself; make a copy of a server's database yourself. With --from a clinic that
    outgrew one machine moves to a server.

    Example:  posturecam migrate --database postgresql://clinic@server/posture --from records.sqlite
    """
    from posturecam.records import migrate_records, open_records
    from posturecam.records.transfer import copied

    before, now = migrate_records(database, lambda copy: say(_("the records as they were: {copy}", copy=copy)))
    state = (
        _("made")
        if before is None
        else _("up to date already")
        if before == now
        else _("migrated from version {before}", before=before)
    )
    say(_("tables of version {now}: {state}", now=now, state=state))
    if source is not None:
        with open_records(source) as here, open_records(database) as there:
            for person, fresh, count in copied(here, there):
                say(
                    _(
                        "{person}: {fresh} of {count} exams copied, {count2} were there already",
                        person=person,
                        fresh=fresh,
                        count=count,
                        count2=count - fresh,
                    )
                )
