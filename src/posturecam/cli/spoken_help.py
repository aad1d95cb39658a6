"""The command line in the language that is spoken: the help of every command and option, translated before it is used.

Values are brought to the form that every command reads: in German ``--height 172,5``, ``--view vorne`` and
``--date 5.3.2024`` are ``172.5``, ``front`` and ``2024-03-05``.
"""

import contextlib
import gettext
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import typer

from posturecam.text.language import CATALOGUES, DOMAIN, ENGLISH, LANGUAGES, N_, _, choose, current, without_controls
from posturecam.text.language.views import spoken_views

NUMBERS = ("--height", "--distance", "--roll", "--seconds", "--body-height")
VIEWS = ("--view",)
DAYS = ("--date", "--since")

_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def plain_values(arguments: list[str]) -> list[str]:
    """Bring the values of numbers, views and days to plain form, wherever they stand on the line."""
    return list(_plain(iter(arguments)))


def _plain(line: Iterator[str]) -> Iterator[str]:
    for argument in line:
        if argument == "--":
            yield from (argument, *line)
            return
        name, equals, value = argument.partition("=")
        if equals and name in (*NUMBERS, *VIEWS, *DAYS):
            yield f"{name}={plain_option_value(name, value)}"
        elif argument in (*NUMBERS, *VIEWS, *DAYS):
            yield argument
            yield from (
                plain_option_value(argument, following) for following in (next(line, None),) if following is not None
            )
        else:
            yield argument


def plain_option_value(option: str, value: str) -> str:
    """Bring one option's value to plain form; what is not understood stays as it is."""
    if option in NUMBERS:
        point = LANGUAGES[current()].point
        return value.replace(point, ".") if value.count(point) == 1 and "." not in value.replace(point, "") else value
    if option in VIEWS:
        return spoken_views().get(value.strip().casefold(), value)
    return plain_day(value)


def plain_day(value: str) -> str:
    """Write 5.3.2024 as 2024-03-05."""
    found = _DAY.fullmatch(value.strip())
    return value if found is None or current() == "en" else f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}"


OPTION = "--language"
OF_TYPER = (
    N_("(dynamic)"),
    N_("Aborted!"),
    N_("default: {default}"),
    N_("required"),
    N_("env var: {var}"),
    N_("Arguments"),
    N_("Options"),
    N_("Commands"),
    N_("Missing command."),
    N_("No such command {name!r}."),
    N_("(deprecated) "),
    N_("[default: {}]"),
    N_("[env var: {}]"),
    N_("[required]"),
    N_("Error"),
    N_("Aborted."),
    N_("Try [blue]'{command_path} {help_option}'[/] for help."),
)
"""What typer itself says; it looks these up in gettext's own domain."""


MISUSED: tuple[tuple[str, str], ...] = (
    (
        r"No such option: (?P<name>.+) \(Possible options: (?P<others>.+)\)",
        N_("there is no option {name}; {others}?"),
    ),
    (r"No such option: (?P<name>.+)", N_("there is no option {name}")),
    (r"Missing argument (?P<name>.+)\.", N_("the argument {name} is missing.")),
    (r"Missing option (?P<name>.+)\.", N_("the option {name} is missing.")),
    (r"Got unexpected extra argument\(?s?\)? \((?P<name>.+)\)", N_("there is more than is asked for: {name}")),
    (r"Option (?P<name>.+) requires an argument\.", N_("the option {name} needs a value.")),
    (r"Option (?P<name>.+) does not take a value\.", N_("the option {name} takes no value.")),
    (r"Invalid value for (?P<name>[^:]+): (?P<why>.+)", N_("{name} makes no sense here: {why}")),
)
"""What typer says of a line that it cannot read, in English only, and what is said for it in other languages."""

REFUSED: tuple[tuple[str, str], ...] = (
    (r"Input should be a valid int(?:eger)?.*", N_("a whole number is expected")),
    (r"Input should be a valid (?:number|float).*", N_("a number is expected")),
    (r"Input should be greater than or equal to (?P<least>.+)", N_("it must be at least {least}")),
    (r"Input should be less than or equal to (?P<most>.+)", N_("it must be at most {most}")),
    (r"Input should be a valid bool(?:ean)?.*", N_("yes or no is expected")),
)
"""What is said of a value that does not fit, in English only, and what is said for it in other languages."""


USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for a line that it cannot read; it has no public name."""


@contextlib.contextmanager
def speaking_of_misuse() -> Iterator[None]:
    """Let a complaint of typer's speak the language."""
    try:
        yield
    except USAGE_ERROR as error:
        _explain(error)
        raise


def _explain(error: Any) -> None:
    """Say a complaint in the language that is spoken, without what a terminal would obey."""
    told = error.format_message()
    if current() != ENGLISH:
        told = _in_other_words(told, MISUSED) or told
    error.format_message = partial(str, without_controls(told))


def _in_other_words(said: str, known: tuple[tuple[str, str], ...]) -> str | None:
    """Say a complaint in the language that is spoken; None where it is not among those that are known."""
    for pattern, words in known:
        match = re.fullmatch(pattern, said, re.DOTALL)
        if match:
            fields = match.groupdict()
            why = fields.get("why")
            return _(words, **(fields if why is None else {**fields, "why": _in_other_words(why, REFUSED) or why}))
    return None


def asked_for(arguments: list[str]) -> str | None:
    """Return the language that the arguments name, wherever on the line it stands."""
    for number, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith(f"{OPTION}="):
            return argument.removeprefix(f"{OPTION}=")
        if argument == OPTION and number + 1 < len(arguments):
            return arguments[number + 1]
    return None


def speak(command: Any, arguments: list[str]) -> None:
    """Choose the language and translate a command with everything below it. Raises SettingsError."""
    choose(asked_for(arguments))
    _let_typer_speak()
    if current() != ENGLISH:
        _visit(command, _)
        _let_usage_speak(command)


def _let_usage_speak(command: Any) -> None:
    """Let a command and everything below it say its usage and its own --help, which typer words in English only."""
    command.format_usage = partial(_usage, command)
    command.get_help_option = partial(_help_option, command.get_help_option)
    for below in getattr(command, "commands", {}).values():
        _let_usage_speak(below)


def _usage(command: Any, context: typer.Context, formatter: Any) -> None:
    formatter.write_usage(context.command_path, " ".join(command.collect_usage_pieces(context)), _("Usage: "))


def _help_option(made: Callable[[typer.Context], Any], context: typer.Context) -> Any:
    option = made(context)
    if option is not None:
        option.help = _("Show this message and exit.")
    return option


def _let_typer_speak() -> None:
    """Point gettext's own domain to the catalogue, where typer looks its few words up."""
    os.environ["LANGUAGE"] = current()
    gettext.bindtextdomain(DOMAIN, CATALOGUES)
    gettext.textdomain(DOMAIN)


def texts_of(app: typer.Typer) -> Iterator[str]:
    """Yield the help of every command and option, in the order of the help."""
    found: dict[str, None] = {}

    def note(text: str) -> str:
        found.setdefault(text)
        return text

    _visit(typer.main.get_command(app), note)
    yield from found


def _visit(command: Any, say: Callable[[str], str]) -> None:
    """Say anew what a command and everything below it tells people."""
    _say(command, ("help", "short_help", "epilog", "options_metavar", "subcommand_metavar"), say)
    for parameter in command.params:
        _say(parameter, ("help", "metavar"), say)
    for below in getattr(command, "commands", {}).values():
        _visit(below, say)


def _say(holder: Any, names: tuple[str, ...], say: Callable[[str], str]) -> None:
    for name in names:
        text = getattr(holder, name, None)
        if text:
            setattr(holder, name, say(text))
