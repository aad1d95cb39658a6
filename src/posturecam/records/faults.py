"""What a database can complain of, in one line that says where, and what to do next."""

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from posturecam.errors import RecordsError

_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("not a database", "malformed", "corrupt"),
        "is damaged. Nothing was changed. Put back a copy, or give another --database",
    ),
    (
        ("readonly", "read-only", "unable to open", "permission"),
        "cannot be written. Check its permissions and its folder's, or give another --database",
    ),
    (
        ("disk is full", "disk i/o", "no space"),
        "cannot grow: the disk is full or failing. Nothing of this was stored. Free some space",
    ),
    (("locked", "busy"), "is being written by another program. Nothing of this was stored. Try again in a moment"),
)


@contextlib.contextmanager
def telling(where: str) -> Iterator[None]:
    """Turn a database's error into a RecordsError; a transaction that was open has been rolled back by then."""
    try:
        yield
    except DBAPIError as error:
        raise RecordsError(_line(where, error.orig or error)) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise RecordsError(_line(where, error)) from error


def _line(where: str, error: BaseException) -> str:
    said = (str(error).splitlines() or [type(error).__name__])[0][:160]
    for signs, advice in _ADVICE:
        if any(sign in said.lower() for sign in signs):
            return f"{where} {advice} ({said})."
    return f"{where} cannot be used: {said}. Check --database, or try again."
