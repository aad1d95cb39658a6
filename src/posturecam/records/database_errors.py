"""What a database can complain of, in one line that says where, and what to do next."""

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from posturecam.errors import RecordsError
from posturecam.text.language import N_, _

_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("not a database", "malformed", "corrupt"),
        N_("is damaged. Nothing was changed. Put back a copy, or give another --database"),
    ),
    (
        ("readonly", "read-only", "unable to open", "permission"),
        N_("cannot be written. Check its permissions and its folder's, or give another --database"),
    ),
    (
        ("disk is full", "disk i/o", "no space"),
        N_("cannot grow: the disk is full or failing. Nothing of this was stored. Free some space"),
    ),
    (
        ("locked", "busy"),
        N_("is being written by another program. Nothing of this was stored. Try again in a moment"),
    ),
)
_SERVERS_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("password", "authentication", "pg_hba", "role ", "no password"),
        N_("refused the login. Check user and password in --database"),
    ),
    (
        ("does not exist", "unknown database"),
        N_("has no such database or schema. Have it made (createdb), or check the name in --database"),
    ),
    (
        (
            "connection refused",
            "timeout expired",
            "name or service not known",
            "could not translate",
            "failed to resolve",
            "no route",
            "no such file",
        ),
        N_("cannot be reached. Check host and port in --database, and that the server runs"),
    ),
    (
        ("permission denied", "must be owner", "read-only"),
        N_("does not let this user do that. Nothing was changed. Ask who runs it for the rights"),
    ),
    (
        ("no space", "could not extend", "disk full"),
        N_("has no room left. Nothing of this was stored. Have space made"),
    ),
    (
        (
            "server closed",
            "terminating connection",
            "connection is lost",
            "connection is closed",
            "starting up",
            "shutting down",
            "timed out",
            "consuming input failed",
            "connection reset",
            "connection failed",
        ),
        N_("was lost on the way. What was under way was not stored. Run the same command again"),
    ),
    (("deadlock", "lock timeout", "serialize"), N_("is busy. Nothing of this was stored. Try again in a moment")),
)


@contextlib.contextmanager
def database_errors_told(where: str) -> Iterator[None]:
    """Turn a database's error into a RecordsError; a transaction that was open has been rolled back by then."""
    try:
        yield
    except DBAPIError as error:
        raise RecordsError(_line(where, error.orig or error)) from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise RecordsError(_line(where, error)) from error


def _line(where: str, error: BaseException) -> str:
    said = (str(error).splitlines() or [type(error).__name__])[0][:160]
    for signs, advice in _SERVERS_ADVICE if "://" in where else _ADVICE:
        if any(sign in said.lower() for sign in signs):
            return f"{where} {_(advice)} ({said})."
    return _("{where} cannot be used: {said}. Check --database, or try again.", where=where, said=said)
