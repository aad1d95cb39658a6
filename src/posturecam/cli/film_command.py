"""The part of ``posturecam analyze`` that measures a film, with a progress bar on stderr."""

from pathlib import Path
from typing import TYPE_CHECKING

from posturecam.text.language import _

if TYPE_CHECKING:
    from posturecam.knowledge import Knowledge
    from posturecam.patterns.answers import Answers
    from posturecam.picture.photo import Photo
    from posturecam.pipeline.assessment import Assessment, Settings


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
