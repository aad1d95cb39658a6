"""``posturecam patterns``, ``measures``, ``ask`` and ``score``: the catalogue, the questions, and scoring without pictures."""

from pathlib import Path
from typing import Annotated

import typer


def measures(key: Annotated[str | None, typer.Argument(help="One measure.")] = None) -> None:
    """List what is measured. Example: posturecam measures hip_tilt."""
    from posturecam.knowledge import load

    for norm in load().norms.values():
        if key in (None, norm.key):
            typer.echo(f"{norm.key:28} {norm.name} ({norm.plain}), {norm.unit}")


def patterns(key: Annotated[str | None, typer.Argument(help="One pattern.")] = None) -> None:
    """List the patterns. Example: posturecam patterns P01."""
    from posturecam.knowledge import load

    for pattern in load().patterns.values():
        if key in (None, pattern.key, pattern.name):
            typer.echo(f"{pattern.key}  {pattern.name}: {pattern.plain}")


def ask(out: Annotated[Path, typer.Option(help="Where to write the answers.")] = Path("answers.toml")) -> None:
    """Ask the questions. Example: posturecam ask --out answers.toml."""
    typer.echo(f"posturecam ask --out {out}")


def score(files: Annotated[list[Path], typer.Argument(help="Stored assessments.")]) -> None:
    """Score stored assessments again. Example: posturecam score assessment.json."""
    typer.echo(f"posturecam score {files}")
