"""A PostgreSQL server of our own for the tests: unprivileged, in a folder that goes away, on loopback only."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from batch_support import free_port

PASSWORD = "for-the-tests"  # noqa: S105  (of a server that lives as long as the tests)


@dataclass
class Server:
    """A running server: its programs, its data, its port."""

    programs: Path
    data: Path
    port: int
    user: str | None
    databases: int = 0

    def url(self, database: str = "postgres", user: str = "owner", password: str = PASSWORD) -> str:
        """How posturecam is told of a database."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", user: str = "owner") -> "psycopg.Connection[tuple[object, ...]]":
        """A connection that says every statement at once."""
        return psycopg.connect(self.url(database, user), autocommit=True)

    def say(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Say one statement; give its rows."""
        with self.connect(database) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def fresh(self) -> str:
        """Make an empty database; give its name."""
        self.databases += 1
        name = f"clinic{self.databases}"
        self.say(f"CREATE DATABASE {name}")
        return name

    def run(self, program: str, *arguments: str) -> str:
        """Run one of the server's programs as the server's user."""
        line = [str(self.programs / program), *arguments]
        done = subprocess.run(
            line, user=self.user, capture_output=True, text=True, check=True, cwd=self.data.parent, timeout=120
        )
        return done.stdout

    def bytes_on_disk(self, database: str) -> bytes:
        """Everything in the files of a database, its statistics too, after a checkpoint."""
        self.say("CHECKPOINT")
        ((number,),) = self.say("SELECT oid FROM pg_database WHERE datname = current_database()", database)
        return b"".join(path.read_bytes() for path in (self.data / "base" / str(number)).iterdir())


def programs() -> Path | None:
    """Where the server's programs are: where Debian puts them, or on the path."""
    found = shutil.which("initdb")
    folders = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *([Path(found).parent] if found else []),
    ]
    needed = ("initdb", "pg_ctl", "pg_dump")
    return next((one for one in folders if all((one / name).exists() for name in needed)), None)


def unprivileged() -> str | None:
    """The user to run the server as: this one, or (the server refuses root) another that Debian's package made."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    pytest.skip("PostgreSQL does not run as root, and there is no user to run it as")


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Start a server; stop it and take everything away at the end. Skips where PostgreSQL is not installed."""
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    user = unprivileged()
    with tempfile.TemporaryDirectory(prefix="posturecam-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "password").write_text(PASSWORD)
        if user is not None:
            for path in (folder, folder / "password"):
                shutil.chown(path, user)
        server = Server(where, folder / "data", free_port(), user)
        server.run(
            "initdb", "-D", str(server.data), "-U", "owner", "--auth=scram-sha-256", "--encoding=UTF8",
            "--locale=C", f"--pwfile={folder / 'password'}", "--no-sync",
        )  # fmt: skip
        options = f"-c listen_addresses=127.0.0.1 -p {server.port} -c unix_socket_directories= -c fsync=off"
        log = str(folder / "log")
        server.run("pg_ctl", "-D", str(server.data), "-w", "-l", log, "-o", options, "start")
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", str(server.data), "-w", "-m", "immediate", "stop")
