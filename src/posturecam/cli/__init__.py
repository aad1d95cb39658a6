"""The command line: parse, make one library call, print or write, give an exit code.

Exit codes: 0 done · 1 nobody found in the photo · 2 could not run · 3 done, but some photos failed · 130 interrupted.
Nothing heavy is imported here: ``posturecam --help`` loads neither cv2 nor numpy.
"""

import errno
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from posturecam import __version__
from posturecam.cli import (
    analyze_command,
    batch_command,
    calibrate_commands,
    knowledge_commands,
    live_command,
    machine_commands,
    people_commands,
    records_commands,
    serve_command,
)
from posturecam.cli.file_options import EXAMPLE, EXAMPLE_OF_TABLES, FILES, TABLES, CsvDialect, Force, Shared, showing
from posturecam.cli.saying import bear_all_text, say
from posturecam.cli.spoken_help import OPTION, plain_values, speak, speaking_of_misuse
from posturecam.errors import PosturecamError, SettingsError
from posturecam.text.language import _

INTERRUPTED = 130


class Commands(TyperGroup):
    """The group of commands; turns the program's own errors into one line on stderr and an exit code."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> Any:
        """Choose the language, then parse the line in it."""
        bear_all_text()
        line = early(list(sys.argv[1:] if args is None else args))
        try:
            speak(self, line)
            line = plain_values(line)
        except PosturecamError as error:
            say(f"posturecam: {error}", err=True, colour=typer.colors.RED)
            sys.exit(error.exit_code)
        return super().main(line, *others, **extra)

    def make_context(self, *told: Any, **named: Any) -> Any:
        """Read the options that stand before every command."""
        with speaking_of_misuse():
            return super().make_context(*told, **named)

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            with speaking_of_misuse():
                return super().invoke(ctx)
        except PosturecamError as error:
            if DEBUG in ctx.obj:
                raise
            say(f"posturecam: {error}", err=True, colour=typer.colors.RED)
            raise typer.Exit(error.exit_code) from error
        except BrokenPipeError as error:
            raise typer.Exit(0) from error
        except OSError as error:
            if error.errno is None or DEBUG in ctx.obj:
                raise
            say(_told_fault(error), err=True, colour=typer.colors.RED)
            raise typer.Exit(2) from error
        except (KeyboardInterrupt, typer.Abort) as error:
            say(_("posturecam: interrupted"), err=True)
            raise typer.Exit(INTERRUPTED) from error


def _told_fault(error: OSError) -> str:
    """Say what the system refuses: a full disk, or a file that it does not give, a name that it does not take."""
    if error.errno == errno.ENOSPC:
        return _("posturecam: the output cannot be written: the disk is full. Make room and try again.")
    why = error.strerror or type(error).__name__
    if error.filename is None:
        return _("posturecam: the system refuses: {why}. Try again; see more with --debug.", why=why)
    name = str(error.filename)
    shown = name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"
    return _("posturecam: {path}: {why}. Check its name, its place and its permissions.", path=shown, why=why)


_SHOWN = 200
"""Letters of a path that a complaint shows."""

DEBUG = "debug"
app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "obj": set()},
    help="See from a photo how unevenly somebody stands, how sure that is, and what to try first. "
    "Everything happens on this machine.",
    epilog="Start here:  posturecam guide  ·  posturecam analyze photo.jpg --out result/",
)


def _version(asked: bool) -> None:  # noqa: FBT001  (typer hands it over so)
    if asked:
        say(f"posturecam {__version__}")
        raise typer.Exit


@app.callback()
def global_options(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  (its callback prints it)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    language: Annotated[  # noqa: ARG001  (it was chosen before the line was parsed)
        str | None,
        typer.Option(
            help="Language: en or de. Left out: POSTURECAM_LANGUAGE, or the system's language.", metavar="CODE"
        ),
    ] = None,
    force: Force = False,
    shared: Shared = False,
    csv_dialect: CsvDialect = None,
) -> None:
    """Take the options that stand before every command, or anywhere on the line."""
    from posturecam.storage.files import WriteRules, set_rules

    if csv_dialect not in (None, "comma", "semicolon"):
        msg = _("--csv-dialect {name} is unknown. Give comma or semicolon.", name=csv_dialect)
        raise SettingsError(msg)
    set_rules(WriteRules(force, shared, csv_dialect))
    context.obj = {DEBUG} if debug else set()
    sys.excepthook = sys.__excepthook__ if debug else one_line


def one_line(kind: type[BaseException], error: BaseException, _at: TracebackType | None) -> None:
    """Tell of a bug in one line instead of a traceback."""
    said = (str(error).splitlines() or [""])[0][:160]
    message = _(
        "posturecam: this should not have happened ({name}: {said}). Run again as: posturecam --debug …",
        name=kind.__name__,
        said=said,
    )
    sys.stderr.write(message + "\n")


COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("analyze", analyze_command.analyze_photos),
    ("batch", batch_command.batch_photos),
    ("exam", records_commands.exam_command),
    ("history", records_commands.history),
    ("compare", records_commands.compare),
    ("people", people_commands.people_command),
    ("person", people_commands.person),
    ("rename", people_commands.rename),
    ("merge", people_commands.merge),
    ("move", people_commands.move),
    ("redate", people_commands.redate),
    ("finalise", people_commands.finalise),
    ("delete", people_commands.delete),
    ("forget", people_commands.forget),
    ("export", records_commands.export),
    ("import", records_commands.import_),
    ("migrate", records_commands.migrate),
    ("serve", serve_command.serve),
    ("live", live_command.live_mirror),
    ("cameras", live_command.cameras),
    ("guide", machine_commands.guide_command),
    ("measures", knowledge_commands.measures_command),
    ("patterns", knowledge_commands.patterns_command),
    ("ask", knowledge_commands.ask),
    ("score", knowledge_commands.score_command),
    ("doctor", machine_commands.doctor),
)
WRITE_TABLES = ("analyze", "batch", "exam")
WRITE_FILES = ("score", "history", "compare", "export", "import", "live", "guide", "ask", "serve", "migrate")
for _name, _command in COMMANDS:
    if _name in WRITE_TABLES:
        app.command(_name, epilog=EXAMPLE_OF_TABLES)(showing(_command, TABLES))
    elif _name in WRITE_FILES:
        app.command(_name, epilog=EXAMPLE)(showing(_command, FILES))
    else:
        app.command(_name)(_command)
app.add_typer(calibrate_commands.calibrate, name="calibrate")


def main() -> None:
    """Run the command line."""
    app()


def early(arguments: list[str]) -> list[str]:
    """Let the options that belong to every command stand anywhere on the line."""
    first: list[str] = []
    rest: list[str] = []
    line = iter(arguments)
    for argument in line:
        if argument == "--":
            rest += [argument, *line]
        elif argument in ANYWHERE or argument.startswith(tuple(f"{name}=" for name in VALUED)):
            first.append(argument)
        elif argument in VALUED:
            first += [argument, *(value for value in (next(line, None),) if value is not None)]
        else:
            rest.append(argument)
    return [*first, *rest]


ANYWHERE = ("--debug", "--force", "--shared")
VALUED = (OPTION, "--csv-dialect")
"""Options of every command: without a value, and with one."""
