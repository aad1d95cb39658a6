"""Values as they are written where a language is spoken, brought to the form that every command reads.

In German ``--height 172,5``, ``--view vorne`` and ``--date 5.3.2024`` are ``172.5``, ``front`` and ``2024-03-05``.
"""

import re
from collections.abc import Iterator

from posturecam.text.language import LANGUAGES, current
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
            yield f"{name}={plain_value(name, value)}"
        elif argument in (*NUMBERS, *VIEWS, *DAYS):
            yield argument
            yield from (plain_value(argument, following) for following in (next(line, None),) if following is not None)
        else:
            yield argument


def plain_value(option: str, value: str) -> str:
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
