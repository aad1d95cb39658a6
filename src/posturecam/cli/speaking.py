"""The command line in the language that is spoken: the help of every command and option, translated before it is used.

Commands and options say their help in English where they are declared; that is the key in the catalogue.
"""

import gettext
import os
from collections.abc import Callable, Iterator
from typing import Any

import typer

from posturecam.language import CATALOGUES, DOMAIN, ENGLISH, _, choose, current, later

OPTION = "--language"
OF_TYPER = (
    later("(dynamic)"),
    later("Aborted!"),
    later("default: {default}"),
    later("required"),
    later("env var: {var}"),
    later("Arguments"),
    later("Options"),
    later("Commands"),
    later("Missing command."),
    later("No such command {name!r}."),
    later("(deprecated) "),
    later("[default: {}]"),
    later("[env var: {}]"),
    later("[required]"),
    later("Error"),
    later("Aborted."),
    later("Try [blue]'{command_path} {help_option}'[/] for help."),
)
"""What typer itself says; it looks these up in gettext's own domain."""


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
    _say(command, ("help", "short_help", "epilog"), say)
    for parameter in command.params:
        _say(parameter, ("help", "metavar"), say)
    for below in getattr(command, "commands", {}).values():
        _visit(below, say)


def _say(holder: Any, names: tuple[str, ...], say: Callable[[str], str]) -> None:
    for name in names:
        text = getattr(holder, name, None)
        if text:
            setattr(holder, name, say(text))
