"""``posturecam batch``: folders of photos in, tables and one page out."""

import os
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.analyze_command import _settings
from posturecam.cli.file_options import tell_moved
from posturecam.cli.saying import say
from posturecam.cli.shared_options import (
    Camera,
    Distance,
    Grid,
    Height,
    Labelled,
    Outline,
    Passes,
    Roll,
    Stickers,
    Timeout,
    with_scene,
)
from posturecam.errors import SettingsError
from posturecam.pipeline.limits import checked_timeout
from posturecam.text.language import _, ngettext

if TYPE_CHECKING:
    from posturecam.batch import RunPlan, Summary
    from posturecam.batch.tasks import Machine

SOME_FAILED, INTERRUPTED = 3, 130

Engine = Annotated[
    str, typer.Option(help="Who measures: processes of this machine, or dask (the extra dask).", metavar="NAME")
]
Scheduler = Annotated[
    str | None, typer.Option(help="A running Dask cluster, such as tcp://head:8786.", metavar="ADDRESS")
]

Places = Annotated[
    list[str], typer.Argument(help="Folders, photos, globs, or list files (.txt, one path a line).", metavar="FOLDER…")
]
Pattern = Annotated[str | None, typer.Option(help="What paths say, such as {person}/{date}_{view}.", metavar="TEXT")]
Within = Annotated[
    bool,
    typer.Option("--recursive/--flat", help="Look into the folders of a folder too, or at its own photos alone."),
]
Since = Annotated[str | None, typer.Option(help="Leave out photos older than this day.", metavar="YYYY-MM-DD")]

Rescore = Annotated[bool, typer.Option("--rescore", help="Score the stored results again; no picture is read.")]

EXAMPLES = """Examples:

  posturecam batch photos/ --out results/

  posturecam batch photos/ --out results/ --pattern "{person}/{date}_{view}"

  posturecam batch "2024-*/*.jpg" list.txt --out results/ --passes 2 --workers 4 --hide-face

  posturecam batch photos/ --out results/ --stickers green --outline      (stickers; waist and armpits; slower)

  posturecam batch photos/ --out results/ --engine dask --scheduler tcp://head:8786      (see docs/cluster.md)

  posturecam batch photos/ --out results/ --rescore --answers answers.toml      (no picture is read)

A run that was stopped, killed or cut off goes on with the same command.
"""


def batch_photos(
    places: Places,
    out: Annotated[str, typer.Option(help="Write everything here: a folder, or a URL.", metavar="DIR")],
    workers: Annotated[int | None, typer.Option(help="Photos at a time (default: one for each core).")] = None,
    passes: Passes = None,
    timeout: Timeout = None,
    within: Within = True,
    pattern: Pattern = None,
    since: Since = None,
    view: Annotated[str, typer.Option(help="What all show, or NAME=VIEW, FOLDER/=VIEW; * stands for any.")] = "auto",
    mirrored: Annotated[bool, typer.Option("--mirrored", help="The photos are mirrored selfies.")] = False,
    roll: Roll = None,
    stickers: Stickers = None,
    outline: Outline = False,
    height: Height = None,
    camera: Camera = None,
    distance: Distance = None,
    answers: Annotated[Path | None, typer.Option(help="Answers from: posturecam ask.", metavar="FILE.toml")] = None,
    knowledge: Annotated[Path | None, typer.Option(help="A folder with your own tables.", metavar="DIR")] = None,
    model: Annotated[Path | None, typer.Option(help="Another BlazePose bundle.", metavar="FILE.task")] = None,
    overlays: Annotated[bool, typer.Option("--overlays", help="Write a large picture of every photo too.")] = False,
    hide_face: Annotated[bool, typer.Option("--hide-face", help="Blot out faces in every picture written.")] = False,
    figure_only: Annotated[bool, typer.Option("--figure-only", help="Draw a plain figure, never the photo.")] = False,
    labels: Labelled = "findings",
    grid: Grid = False,
    names: Annotated[bool, typer.Option("--names", help="Show file names in index.html.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    rescore: Rescore = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show no progress.")] = False,
    engine: Engine = "processes",
    scheduler: Scheduler = None,
    finder: Annotated[str, typer.Option(hidden=True)] = "mediapipe",
) -> None:
    """Measure every photo of a folder; go on where an earlier run stopped; one bad file is one row."""
    from posturecam.batch import Job, Pictures, RunPlan, Wanted, compiled
    from posturecam.reports.report_options import overlay_options

    plain = _settings(view, passes, roll, "largest", mirrored=mirrored)
    settings = with_scene(plain, None, height, camera, distance=distance, stickers=stickers)
    pictures = Pictures(overlays, hide_face, figure_only, overlay_options(labels, grid=grid))
    job = Job(settings, model, knowledge, answers, pictures, finder, outline=outline)
    job = replace(job, timeout_s=checked_timeout(timeout))
    reading, day = compiled(pattern) if pattern else None, _day(since) if since else None
    wanted = Wanted(tuple(places), within, reading, day, out, settings.views)
    plan = _claimed(RunPlan(wanted, Path(out), job, _workers(workers), engine, names, scheduler))
    if dry_run:
        _tell_plan(plan)
    else:
        _run(plan, quiet=quiet, rescore=rescore)


batch_photos.__doc__ = f"{batch_photos.__doc__}\n\n\b\n{EXAMPLES}"


def _claimed(plan: "RunPlan") -> "RunPlan":
    """Give the plan with the folder that its results really go to, and say where that is. Raises OutputError."""
    from posturecam.batch import claimed_out

    moved = claimed_out(plan)
    tell_moved(plan.out, moved.out)
    return moved


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        msg = _("--since {text} is no day. Give one such as 2024-03-31.", text=text)
        raise SettingsError(msg) from error


def _workers(asked: int | None) -> int:
    """Take the number asked for, or one for each core that this process may use."""
    if asked is not None and asked < 1:
        msg = _("--workers {asked} makes no sense. Give 1 or more.", asked=asked)
        raise SettingsError(msg)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return asked or usable or 1


def _tell_plan(plan: "RunPlan") -> None:
    from posturecam.batch.ledger import plan_listing

    listing = plan_listing(plan)
    skipped = listing.skipped
    say(
        _(
            "{count} photos would be measured by {workers} workers into {out}",
            count=len(listing.names),
            workers=plan.workers,
            out=plan.wanted.out,
        )
    )
    exams = listing.names.exams()
    if exams:
        say(
            _(
                "{count} exams of {count2} people",
                count=exams,
                count2=listing.names.people(),
            )
        )
    left = _(
        "{hidden} hidden, {no_photo} of other kinds, {older} older, {results} written by posturecam",
        hidden=skipped.hidden,
        no_photo=skipped.no_photo,
        older=skipped.older,
        results=skipped.results,
    )
    say(_("left out: {left}", left=left))
    for source in (entry.input for entry in islice(listing.names, 5)):
        said = ", ".join(str(part) for part in (source.said.person, source.said.date, source.said.view) if part)
        say(f"  {source.path!r}" + (f"  ({said})" if said else ""))


def _run(plan: "RunPlan", *, quiet: bool, rescore: bool) -> None:
    from posturecam.batch import run_batch
    from posturecam.batch.progress_bar import watching
    from posturecam.batch.remote import is_url
    from posturecam.batch.staging import prepare

    if is_url(str(plan.wanted.out)):
        plan = replace(plan, out=prepare(str(plan.wanted.out)), target=plan.wanted.out)
    watch, shown = watching(quiet=quiet)
    with shown:
        summary = run_batch(plan, watch, rescore=rescore)
    _tell_machines(watch.machines, quiet=quiet)
    _tell_end(plan, summary, quiet=quiet)
    if summary.interrupted:
        raise typer.Exit(INTERRUPTED)
    if summary.counts.failures:
        raise typer.Exit(SOME_FAILED)


def _tell_machines(machines: "list[Machine]", *, quiet: bool) -> None:
    """Say whether the machines of a cluster come to the same numbers; which do not, even where quiet."""
    alike = [machine for machine in machines if machine.same]
    if alike and not quiet:
        say(
            _(
                "{count} workers read the reference photo alike, to {share:.3f} of its ±",
                count=len(alike),
                share=max(machine.share for machine in alike),
            )
        )
    for machine in machines:
        if not machine.same:
            say(
                _(
                    "posturecam: {worker} ({processor}) reads the reference photo otherwise: "
                    "{key} by {share:.2f} of its ±. The notes of its rows say so.",
                    worker=machine.worker,
                    processor=machine.processor,
                    key=machine.key,
                    share=machine.share,
                ),
                err=True,
            )


def _tell_end(plan: "RunPlan", summary: "Summary", *, quiet: bool) -> None:
    """Say how it ended: on stderr what needs doing, on stdout (unless quiet) what was done."""
    from posturecam.batch.run_outputs import ASKED

    counts = summary.counts
    copies = _(" ({copies} of them copies)", copies=counts.copies) if counts.copies else ""
    if not quiet and not summary.interrupted:
        say(
            _(
                "{results} of {inputs} photos measured{copies}: {rstrip}/index.html",
                results=counts.results,
                inputs=counts.inputs,
                copies=copies,
                rstrip=plan.shown.rstrip("/"),
            )
        )
    if counts.failures:
        say(
            _(
                "posturecam: {failures} failed, see {rstrip}/failures.csv",
                failures=counts.failures,
                rstrip=plan.shown.rstrip("/"),
            ),
            err=True,
        )
    if counts.asked and not summary.interrupted:
        typer.echo(
            ngettext(
                "posturecam: of {count} photo it cannot be told surely which view it shows, see {rstrip}/{name}. Say "
                'it by its name or folder: --view "NAME=front" (or back, left, right)',
                "posturecam: of {count} photos it cannot be told surely which view they show, see {rstrip}/{name}. Say "
                'it by their names or folders: --view "NAME=front, FOLDER/*=back"',
                counts.asked,
                rstrip=plan.shown.rstrip("/"),
                name=ASKED,
            ),
            err=True,
        )
    if summary.interrupted:
        say(
            _(
                "posturecam: interrupted; {waiting} photos are left. Run the same command again to go on.",
                waiting=counts.waiting,
            ),
            err=True,
        )
