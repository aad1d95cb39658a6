"""The options on how files are written: they belong to every command that writes, and stand anywhere on its line.

``posturecam`` itself reads them, before the command; each command shows them in its own help all the same.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from posturecam.text.language import later

Force = Annotated[
    bool, typer.Option("--force", help="Replace files that posturecam did not make, and results of other photos.")
]
Shared = Annotated[bool, typer.Option("--shared", help="Let other users of this machine read the new files too.")]
CsvDialect = Annotated[
    str | None,
    typer.Option(
        help="How CSV is written: comma, or semicolon for German spreadsheets. Left out: as in the language.",
        metavar="NAME",
    ),
]

FILES: dict[str, Any] = {"force": Force, "shared": Shared}
TABLES: dict[str, Any] = FILES | {"csv_dialect": CsvDialect}

EXAMPLE = later("Where files lie already, or others are to read them:  posturecam … --force --shared")
EXAMPLE_OF_TABLES = later(
    "Where files lie already, others are to read them, or a German spreadsheet opens the tables:  "
    "posturecam … --force --shared --csv-dialect semicolon"
)


def showing(command: Callable[..., None], options: dict[str, Any]) -> Callable[..., None]:
    """Let a command show options that were read before it began."""

    @functools.wraps(command)
    def run(**values: Any) -> None:
        command(**{name: value for name, value in values.items() if name not in options})

    own = inspect.signature(command)
    unsaid = {"csv_dialect": None}
    more = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=unsaid.get(name, False), annotation=options[name]
        )
        for name in options
    ]
    vars(run)["__signature__"] = own.replace(parameters=[*own.parameters.values(), *more])
    run.__annotations__ = {**command.__annotations__, **options}
    return run
