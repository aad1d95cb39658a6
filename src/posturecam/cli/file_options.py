"""The files that a command reads and writes: what is given beside the photos, and where results may go.

Whether results may be written where the user wants them is asked before anything is measured. How files are written is
said by options that stand anywhere on the line: ``posturecam`` itself reads them, before the command; each command that
writes shows them in its own help all the same.
"""

import functools
import hashlib
import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from posturecam.cli.saying import say
from posturecam.pipeline.limits import checked_timeout
from posturecam.text.language import N_, _

if TYPE_CHECKING:
    from posturecam.cli.analyze_command import Outputs
    from posturecam.knowledge import Knowledge
    from posturecam.measures.balance import Balance
    from posturecam.patterns.answers import Answers
    from posturecam.storage.outputs import Photos


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """What the files say, and how many seconds one photo may take."""

    tables: "Knowledge"
    answers: "Answers | None"
    balance: "Balance | None"
    timeout_s: float


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """The files, as they stand on the command line, and how many seconds one photo may take."""

    answers: Path | None
    balance: Path | None
    knowledge: Path | None
    timeout_s: float | None = None

    def read(self) -> ReadFiles:
        """Read them all. Raises KnowledgeError, AnswersError, StoredError, SettingsError."""
        from posturecam.knowledge import load
        from posturecam.patterns.answers import read_answers
        from posturecam.storage.stored_balance import read_balance

        tables = load(self.knowledge)
        said = read_answers(self.answers, tables) if self.answers else None
        return ReadFiles(tables, said, read_balance(self.balance, tables, said), checked_timeout(self.timeout_s))


def claimed_outputs(
    outputs: "Outputs", photos: Sequence[Path], inputs: Iterable[Path | None], knowledge: Path | None
) -> "Outputs":
    """Give the outputs with the folder that they really go to; ``inputs`` is all else that is read.

    Raises OutputError.
    """
    from posturecam.storage.outputs import RESULTS, claim, claim_folder, table_files

    read = [*photos, outputs.points, *inputs, *table_files(knowledge)]
    json = Path(outputs.json) if outputs.json and outputs.json != "-" else None
    claim([json, outputs.overlay, outputs.csv, outputs.parquet, outputs.fhir], read)
    if outputs.out is None or not photos:
        return outputs
    folder = claim_folder(outputs.out, RESULTS, read, photos_of(photos), own_name(photos))
    tell_moved(outputs.out, folder)
    return replace(outputs, out=folder)


def tell_moved(asked: Path, folder: Path) -> None:
    """Say where results go when that is not where they were asked to go."""
    if folder != asked:
        msg = _("posturecam: {asked} is a folder of photos; the results go to {folder}", asked=asked, folder=folder)
        say(msg, err=True)


def tell_network(database: str | None) -> None:
    """Say where records lie that more than one machine can reach."""
    from posturecam.records import network_advice, record_files

    advice = network_advice(next(iter(record_files(database)), None))
    if advice is not None:
        say(f"posturecam: {advice}", err=True)


def own_name(photos: Sequence[Path]) -> str:
    """Name the folder that results get among photos: after the photo; an exam's after none of its photos."""
    return f"{photos[0].stem}_posturecam" if len(photos) == 1 else "posturecam"


def photos_of(paths: Iterable[Path]) -> "Photos":
    """Know photos again by what is in them; a film by its name."""
    from posturecam.picture.camera import is_film
    from posturecam.picture.photo import shown_name
    from posturecam.storage.outputs import Photos

    found = [path for path in paths if path.is_file()]
    films = frozenset(shown_name(path) for path in found if is_film(path))
    return Photos(frozenset(filter(None, map(_sha256, found))), films)


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None  # the reader says why


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

EXAMPLE = N_("Where files lie already, or others are to read them:  posturecam … --force --shared")
EXAMPLE_OF_TABLES = N_(
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
