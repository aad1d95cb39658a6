"""Open the records: find them, look at them before anything is written, make them when they are to be written.

An embedded SQLite file uses write-ahead logging, waits its turn for 30 seconds, and writes zeros over what is deleted.
Every transaction that writes takes the lock at its beginning, so two writers follow one another and lose nothing.
A server is reached by its URL; see ``server`` for what is different there. Records of an older version are brought to
today's tables in one transaction, or not at all.
"""

import contextlib
import glob
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, insert, inspect, make_url, select, update
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from posturecam.errors import NoRecordsError, RecordsError
from posturecam.records.database_errors import database_errors_told
from posturecam.records.database_file import backed_up, claim_for_this_machine, may_write
from posturecam.records.erasing import BESIDE, BUSY_MS
from posturecam.records.migrations.versions import r0002_people
from posturecam.records.schema import TABLES, VERSION, about
from posturecam.records.server import BACKEND, connection_settings, one_at_a_time, shown_address, with_driver
from posturecam.records.store import WRITES, Records
from posturecam.text.language import _

FOLDER = Path(__file__).parent / "migrations"


UPGRADES = {2: r0002_people.change}
"""What brings a file to a version without Alembic, by version."""


def upgradable(found: int) -> bool:
    """Whether a file's tables can be brought to today's without Alembic."""
    return all(version in UPGRADES for version in range(found + 1, VERSION + 1))


def upgraded(connection: Connection, found: int) -> None:
    """Bring a file's tables from version ``found`` to today's, without Alembic."""
    for version in range(found + 1, VERSION + 1):
        UPGRADES[version](connection)
    connection.execute(update(about).values(version=VERSION))


def migrated(connection: Connection, found: int | None) -> None:
    """Run the revisions from version ``found`` (None: nothing is there) to today's.

    Tables that were made without Alembic are those of a revision: it is told which one first. Raises RecordsError where
    Alembic is not installed.
    """
    try:
        from alembic import command  # noqa: PLC0415  (an extra)
    except ImportError as error:
        msg = _("migrating needs Alembic, which is not installed. Run: pip install 'posturecam[server]'")
        raise RecordsError(msg) from error
    settings = _alembic_settings(connection)
    if found is not None:
        command.stamp(settings, _revision(found))
    command.upgrade(settings, _revision(VERSION))
    connection.execute(delete(about))
    connection.execute(insert(about).values(version=VERSION))


def _revision(version: int) -> str:
    return f"{version:04d}"


def _alembic_settings(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings


_MAGIC = b"SQLite format 3\0"
_TRIES = 50


def default_place() -> Path:
    """Where the records lie unless told otherwise: this system's folder for the user's data."""
    return platformdirs.user_data_path("posturecam", appauthor=False) / "records.sqlite"


@contextlib.contextmanager
def open_records(database: str | Path | None = None, *, make: bool = False) -> Iterator[Records]:
    """Open the records; ``database`` is a file or a URL, ``make`` makes them where there are none.

    Raises RecordsError for what is no records, damaged, of another version, or not there; all of these stay as they
    were found.
    """
    with _opened(database, make=make) as (engine, where, file):
        with database_errors_told(where):
            if file is not None:
                _bring_up_to_date(engine, where, file)
            _ready(engine, where, make=make)
            if make and file is not None:
                claim_for_this_machine(engine, file)
        yield Records(engine, where, file)


@contextlib.contextmanager
def _opened(database: str | Path | None, *, make: bool) -> Iterator[tuple[Engine, str, Path | None]]:
    """Give the engine, the place in words, and the file (None for a server); nothing is looked at yet."""
    url = address(database)
    file = _file_of(url)
    if file is not None:
        _look_at_file(file, make=make)
        if not make and not may_write(file):
            url = _only_read(file)
    engine = _engine(url)
    try:
        yield engine, str(file or shown_address(url)), file
    finally:
        engine.dispose()


def migrate_records(
    database: str | Path | None = None, tell_backup: Callable[[Path], None] | None = None
) -> tuple[int | None, int]:
    """Bring records to today's tables, made where there are none; give the version before (None: none) and now.

    A file of an older version is copied first, and ``tell_backup`` hears where the copy lies.
    Raises RecordsError, and then everything is as it was.
    """
    with _opened(database, make=True) as (engine, where, file), database_errors_told(where):
        if engine.dialect.name == "sqlite":
            _write_ahead(engine)
        with _alone(engine) as connection:
            found = _version(connection, where)
            if found != VERSION:
                if file is not None and found is not None:
                    (tell_backup or _unheard)(backed_up(file, found))
                migrated(connection, found)
        return found, VERSION


def _unheard(_path: Path) -> None:
    """Hear nothing."""


def check_records(database: str | Path | None = None, *, to_write: bool = False) -> None:
    """Raise RecordsError where records cannot be opened, or not be written where that is wanted.

    That there are none yet is no fault, and none are made.
    """
    file = _file_of(address(database))
    if file is None:
        with (
            _opened(database, make=False) as (engine, where, _file),
            database_errors_told(where),
            engine.connect() as connection,
        ):
            _check_version(_version(connection, where), where)
        return
    if file.is_file() and not file.stat().st_size:
        return
    if file.exists():
        if to_write and not may_write(file):
            msg = _(
                "{file} can only be read here, so nothing could be stored. Check its permissions and its folder's, or "
                "give another --database.",
                file=file,
            )
            raise RecordsError(msg)
        with open_records(database):
            return
    near = next(folder for folder in file.parents if folder.exists())
    if not (near.is_dir() and os.access(near, os.W_OK)):
        msg = _("{file} cannot be made: {near} may not be written. Give another --database.", file=file, near=near)
        raise RecordsError(msg)


def record_files(database: str | Path | None = None) -> list[Path]:
    """List the files in which records lie, those beside the database included; none for a server."""
    with contextlib.suppress(RecordsError):
        file = _file_of(address(database))
        if file is not None:
            return [file.with_name(file.name + ending) for ending in BESIDE]
    return []


def address(database: str | Path | None) -> URL:
    """Understand a file's path or a database URL; raises RecordsError."""
    said = str(database or default_place())
    if "://" not in said:
        return URL.create("sqlite", database=str(Path(said).expanduser().absolute()))
    try:
        return with_driver(make_url(said))
    except (ArgumentError, ValueError) as error:
        shown = re.sub(r":[^:@]*@", ":***@", said)
        msg = _(
            "--database {shown} is no database URL. Give a file, or a URL such as postgresql://user@host/records.",
            shown=shown,
        )
        raise RecordsError(msg) from error


def _file_of(url: URL) -> Path | None:
    """Give the SQLite file behind a URL, None for a server; raises RecordsError where nothing would be kept."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        msg = _("a database in memory keeps no records. Give a file, or a URL such as sqlite:///records.sqlite.")
        raise RecordsError(msg)
    return Path(url.database.removeprefix("file:"))


def _engine(url: URL) -> Engine:
    """Make the engine; nothing is opened yet."""
    try:
        engine = create_engine(url, connect_args=connection_settings(url))
    except (NoSuchModuleError, ImportError) as error:
        remedy = _("Run: pip install 'posturecam[server]'") if url.get_backend_name() == BACKEND else _("Give a file.")
        msg = _(
            "no driver for {drivername} databases is installed ({error}). {remedy}",
            drivername=url.drivername,
            error=error,
            remedy=remedy,
        )
        raise RecordsError(msg) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _only_read(file: Path) -> URL:
    """Name a file to SQLite as one that nobody changes: it then asks for no lock and makes no file beside it.

    What a write-ahead log still holds is not in the file, and is read with it where SQLite can.
    """
    log = file.with_name(f"{file.name}-wal")
    query = {"uri": "true", "mode": "ro"}
    if not (log.exists() and log.stat().st_size):
        query["immutable"] = "1"
    return URL.create("sqlite", database=f"file:{quote(str(file))}", query=query)


def _prepare(connection: Any, _record: Any) -> None:
    """Set a fresh SQLite connection up; none of this writes to the file."""
    connection.isolation_level = None  # BEGIN is ours to say
    for setting in (f"busy_timeout = {BUSY_MS}", "foreign_keys = ON", "secure_delete = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


def _look_at_file(file: Path, *, make: bool) -> None:
    """Refuse a file that is not there or is no database before SQLite touches it; make its place when asked to."""
    try:
        if file.exists() and file.stat().st_size:
            with file.open("rb") as opened:
                if opened.read(len(_MAGIC)) != _MAGIC:
                    msg = _(
                        "{file} is no database, or it is damaged. It was not touched. Give another --database.",
                        file=file,
                    )
                    raise RecordsError(msg)
        elif not make:
            msg = _("there are no records at {file} yet. Begin with: posturecam exam PHOTO --person ID", file=file)
            raise NoRecordsError(msg)
        else:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        msg = _(
            "{file} cannot be opened: {strerror}. Check its permissions, or give another --database.",
            file=file,
            strerror=error.strerror or error,
        )
        raise RecordsError(msg) from error


def _bring_up_to_date(engine: Engine, where: str, file: Path) -> None:
    """Bring a file of an older version to today's tables, a copy of it made before; what may not be written stays."""
    with engine.connect() as connection:
        found = _version(connection, where)
    if found is None or found == VERSION or not upgradable(found) or not may_write(file):
        return
    backed_up(file, found)
    with _alone(engine) as connection:
        found = _version(connection, where)
        if found is not None and found < VERSION:
            upgraded(connection, found)


def record_backups(database: str | Path | None = None) -> list[Path]:
    """List the copies that were made of the records before they were brought to newer tables; none of a server's."""
    file = _file_of(address(database))
    return [] if file is None else sorted(file.parent.glob(f"{glob.escape(file.name)}.version*.backup"))


def _ready(engine: Engine, where: str, *, make: bool) -> None:
    """Check what is there; make the tables where there is nothing at all and ``make`` allows it."""
    with engine.connect() as connection:
        found = _version(connection, where)
    _check_version(found, where)
    if found is None and not make:
        msg = _("there are no records at {where} yet. Begin with: posturecam exam PHOTO --person ID", where=where)
        raise NoRecordsError(msg)
    if found is None:
        _made(engine, where)


def _check_version(found: int | None, where: str) -> None:
    """Refuse tables of an older version: only who is asked to changes them, for every room alike."""
    if found is not None and found < VERSION:
        msg = _(
            "the records at {where} are of an older posturecam (version {found}, this one wants "
            "{version}). Nothing was changed. Copy them, then run: posturecam migrate",
            where=where,
            found=found,
            version=VERSION,
        )
        raise RecordsError(msg)


def _version(connection: Connection, where: str) -> int | None:
    """Give the version of the tables, None where there are none; raises RecordsError for what is not ours."""
    names = set(inspect(connection).get_table_names())
    if about.name not in names:
        if names and not names.isdisjoint(TABLES.tables):
            msg = _(
                "{where} holds tables of another program. They were not touched. Give another --database.", where=where
            )
            raise RecordsError(msg)
        return None
    found = connection.execute(select(about.c.version)).scalar()
    if found is not None and found > VERSION:
        msg = _(
            "{where} was written by a newer posturecam (its records are version {found}, this "
            "one knows {version}). It was not touched. Update posturecam.",
            where=where,
            found=found,
            version=VERSION,
        )
        raise RecordsError(msg)
    return found


def _made(engine: Engine, where: str) -> None:
    """Make the tables in one transaction; whoever comes second finds them made."""
    if engine.dialect.name == "sqlite":
        _write_ahead(engine)
    with _alone(engine) as connection:
        if _version(connection, where) is None:
            TABLES.create_all(connection)
            connection.execute(insert(about).values(version=VERSION))


@contextlib.contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Hold a transaction in which nobody else makes or changes tables."""
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        one_at_a_time(connection)
        yield connection


def _write_ahead(engine: Engine) -> None:
    """Switch to write-ahead logging, which stays with the file; SQLite does not wait its turn here by itself."""
    for _try in range(_TRIES):
        with contextlib.closing(engine.raw_connection()) as connection:
            try:
                connection.cursor().execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                time.sleep(0.05)
            else:
                return
