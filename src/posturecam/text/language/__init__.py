"""The language of everything that people read: the English text itself is the key, a gettext catalogue holds the rest.

from posturecam.text.language import _, choose

choose("de")
print(_("{size:.1f}° higher", size=2.1))

Keys, severities, verdicts and schemas are the same in every language; only words follow the choice.
"""

import gettext
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from string import Formatter
from typing import Any

from posturecam.errors import SettingsError

CATALOGUES = Path(__file__).parent
DOMAIN = "posturecam"
VARIABLE = "POSTURECAM_LANGUAGE"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Locale:
    """One language: its own name, what stands before the decimals of a number, and before a percent sign."""

    name: str
    point: str = "."
    before_percent: str = ""


LANGUAGES = {ENGLISH: Locale("English"), "de": Locale("Deutsch", ",", "\u00a0")}
"""Every language by its code. Another one is one more line here and one more catalogue."""

_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


class _Active:
    """What is spoken: English until a program chooses."""

    code: str = ""
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def choose(asked: str | None = None) -> str:
    """Choose the language and return its code: the one asked for, else POSTURECAM_LANGUAGE, else the system's.

    Processes started from here on speak what was asked for too. Raises SettingsError for a language that is not known.
    """
    named = asked or os.environ.get(VARIABLE) or ""
    code = known(named, "--language" if asked else VARIABLE) if named else of_the_system()
    if code != _Active.code:
        _Active.catalogue = _catalogue(code)
        _Active.code = code
    if asked:
        os.environ[VARIABLE] = code
    return code


def current() -> str:
    """Return the code of the language that is spoken: English where nobody has chosen."""
    return _Active.code or ENGLISH


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while. Raises SettingsError for one that is not known."""
    before = _Active.code, _Active.catalogue
    _Active.code = known(language, "language")
    _Active.catalogue = _catalogue(_Active.code)
    try:
        yield
    finally:
        _Active.code, _Active.catalogue = before


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    if code == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, CATALOGUES, [code])


def known(named: str, said_by: str) -> str:
    """Return the code of a language named by ``de``, ``de_AT`` or ``Deutsch``. Raises SettingsError for others."""
    code = _code(named)
    if code is None:
        allowed = ", ".join(f"{key} ({tongue.name})" for key, tongue in LANGUAGES.items())
        msg = f"{said_by} {named}: posturecam does not speak it. Languages: {allowed}"
        raise SettingsError(msg)
    return code


def of_the_system() -> str:
    """Return the language of the system's locale, English where it is another one or none is set."""
    named = next((os.environ[name] for name in _LOCALE_VARIABLES if os.environ.get(name)), None) or _of_windows()
    return _code(named) or ENGLISH


def _of_windows() -> str:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  (Windows alone)
        import locale  # noqa: PLC0415

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), ENGLISH)
    return ENGLISH


def _code(named: str) -> str | None:
    """Find the language of ``de``, ``de_DE.UTF-8`` or ``Deutsch``."""
    wanted = named.strip().lower()
    by_name = {tongue.name.lower(): code for code, tongue in LANGUAGES.items()}
    short = wanted.replace("-", "_").split(".")[0].split("_")[0]
    return by_name.get(wanted) or (short if short in LANGUAGES else None)


def _(message: str, /, **fields: Any) -> str:
    """Translate a text, and fill in its fields where there are any."""
    said = _Active.catalogue.gettext(message) if message else ""
    return format_fields(said, **fields) if fields else said


def ngettext(singular: str, many: str, count: int, /, **fields: Any) -> str:
    """Translate a text that counts, and fill in its fields; ``count`` stands as ``{count}``."""
    return format_fields(_Active.catalogue.ngettext(singular, many, count), count=count, **fields)


def pgettext(context: str, message: str, /) -> str:
    """Translate a text whose meaning depends on where it stands."""
    return _Active.catalogue.pgettext(context, message)


def all_translations(message: str, /) -> tuple[str, ...]:
    """Say a text in every language: to know it again in what was stored in another one."""
    return tuple(dict.fromkeys(_catalogue(code).gettext(message) for code in LANGUAGES))


def N_(message: str, /) -> str:
    """Mark a text of a constant for the catalogue; whoever uses it calls ``_``."""
    return message


@dataclass(frozen=True, slots=True)
class Plural:
    """A text that counts: for one, and for any other number."""

    singular: str
    many: str


def plural(singular: str, many: str, /) -> Plural:
    """Mark a text of a constant that counts for the catalogue."""
    return Plural(singular, many)


def figures_alone(template: str, /) -> str:
    """Mark a text that is figures alone, the same in every language."""
    return template


def format_fields(template: str, /, **fields: Any) -> str:
    """Fill in fields; numbers get the decimal sign of the language."""
    for name, value in fields.items():
        if isinstance(value, PurePath) and not (path := str(value)).isprintable():
            fields[name] = without_controls(path).replace("\n", "\\n")
    if current() == ENGLISH:
        return without_controls(template.format(**fields))
    return without_controls(_FORMATTER.vformat(template, (), fields))


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code != ord("\n")}


def without_controls(text: str) -> str:
    """Write control characters as escapes, so that no terminal obeys what stands in a name; new lines stay."""
    return text if text.isprintable() else text.translate(_CONTROLS)


class _Local(Formatter):
    """Formats as ``str.format`` does, with the decimal sign of the language."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Format one field."""
        said = str(super().format_field(value, format_spec))
        return localised(said) if format_spec[-1:] in ("f", "g", "%") and not isinstance(value, str) else said


_FORMATTER = _Local()


def listed(parts: Sequence[str]) -> str:
    """Join parts as a sentence does: a, b and c."""
    return parts[0] if len(parts) == 1 else _("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def number(value: float, format_spec: str = ".1f") -> str:
    """Write a number as the language does: ``2.1`` or ``2,1``."""
    return localised(format(value, format_spec))


def localised(number: str) -> str:
    """Give a written number the decimal sign of the language."""
    tongue = LANGUAGES[current()]
    return number.replace(".", tongue.point).replace("%", f"{tongue.before_percent}%")
