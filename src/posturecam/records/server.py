"""Records on a PostgreSQL server: how it is reached, how rooms wait for one another, how a person's rows really go.

A deleted row stays readable in the table's file until the table is written anew (VACUUM FULL), and then too when some
program still looks at an older state. The server says of each table how many such rows it had to keep; none is the
proof. What a client cannot reach are the server's write-ahead log, its replicas and its backups.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, func, select
from sqlalchemy.exc import DBAPIError

from posturecam.records.schema import exams, people, photos, readings
from posturecam.text.language import _

BACKEND = "postgresql"
DRIVER = "postgresql+psycopg"
_SHORT = {"postgres", "postgresql"}

REACHING = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""When a server that does not answer is given up, and when a connection that fell silent; seconds, the last one ms."""

_ROOM_LOCK = 0x706F7374
"""Any number of ours: whoever makes or changes tables holds it until the transaction's end."""

_WAIT = "5s"
"""How long writing a table anew waits for other programs to let it go."""


def with_driver(url: URL) -> URL:
    """Choose our driver where a URL leaves that open."""
    return url.set(drivername=DRIVER) if url.drivername in _SHORT else url


def shown_address(url: URL) -> str:
    """Write a URL as the user knows it, its password hidden."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def connection_settings(url: URL) -> dict[str, Any]:
    """Say how the server is reached; what the URL says itself goes first."""
    if url.get_backend_name() != BACKEND:
        return {}
    return {name: value for name, value in REACHING.items() if name not in url.query}


def one_at_a_time(connection: Connection) -> None:
    """Wait until no other room makes or changes tables."""
    if connection.dialect.name == BACKEND:
        connection.execute(select(func.pg_advisory_xact_lock(_ROOM_LOCK)))


def marked_rows(connection: Connection, marks: Sequence[str]) -> tuple[str, ...]:
    """Name the tables in which one of the marks of a person is left."""
    columns = (people.c.token, exams.c.token, photos.c.sha256)
    counted = ((column.table.name, select(func.count()).where(column.in_(marks))) for column in columns)
    return tuple(name for name, count in counted if connection.scalar(count))


def written_anew(engine: Engine) -> tuple[str, ...]:
    """Write every table anew from its living rows; name those of which old rows are left, and why."""
    left = []
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{_WAIT}'")
        for table in (people, exams, photos, readings):
            why = _rewritten(connection, table)
            if why:
                left.append(f"{table.name} ({why})")
    return tuple(left)


def _rewritten(connection: Connection, table: Table) -> str | None:
    """Write one table anew; say why old rows are left, None when there are none."""
    with _told(connection) as details:
        try:
            connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {table.name}")
        except DBAPIError as error:
            if "lock" not in str(error.orig):
                raise
            return _("in use by another program")
    kept = [int(found[0]) for detail in details if (found := re.search(r"\d+", detail))]
    if not kept:
        return _("only the tables' owner may write them anew")
    return _("another program looks at an older state") if any(kept) else None


@contextlib.contextmanager
def _told(connection: Connection) -> Iterator[list[str]]:
    """Hear what the server remarks; the first number of a table's detail counts the dead rows that it had to keep."""
    details: list[str] = []

    def hear(remark: Any) -> None:
        if remark.message_detail:
            details.append(remark.message_detail)

    driver: Any = connection.connection.driver_connection
    driver.add_notice_handler(hear)
    try:
        yield details
    finally:
        driver.remove_notice_handler(hear)
