"""The records of a clinic with several rooms, on a real PostgreSQL server: the same promises as of a file."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect
from typer.testing import CliRunner

from batch_support import free_port
from postgres_support import Server, running
from posturecam.cli import app
from posturecam.errors import RecordsError
from posturecam.records import check_records, migrate_records, open_database, open_records, store
from posturecam.records.schema import TABLES
from records_support import DANA, DOCUMENTS, PHOTO, new
from repository import TESTS

pytestmark = pytest.mark.slow
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    op.add_column("people", sa.Column("room", sa.Text))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests of this file; each takes a database of its own."""
    with running() as started:
        yield started


@pytest.fixture
def clinic(server: Server) -> str:
    """The URL of an empty database."""
    return server.url(server.fresh())


def filled(url: str | Path) -> None:
    """Store two exams of one person, one photo kept, and one exam of somebody else."""
    with open_records(url, make=True) as records:
        records.add(DANA, new("crossed", "2026-02-01", PHOTO))
        records.add(DANA, new("level", "2026-01-01"))
        records.add("Somebody Else", new("level", "2026-01-01"))


def name_of(url: str) -> str:
    """The database's name in its URL."""
    return url.rpartition("/")[2]


def test_exams_come_back_as_from_a_file(clinic: str) -> None:
    """In the order of their days, to the last digit, with kept photos, each stored once."""
    filled(clinic)
    with open_records(clinic) as records:
        assert set(records.people()) == {"Somebody Else", DANA}
        early, late = records.exams(DANA)
        assert (early.on, late.on) == (date(2026, 1, 1), date(2026, 2, 1))
        assert late.sitting.readings == new("crossed").sitting.readings
        assert records.document(late.number) == DOCUMENTS["crossed"]
        assert records.kept(late.number) == {late.photos[0].sha256: PHOTO}
        assert not records.add(DANA, new("level", "2026-01-01")).fresh


ROOM = """
import sys, time
from datetime import date, timedelta
sys.path.insert(0, {tests!r})
from records_support import new
from posturecam.records import open_records
url, room = sys.argv[1], int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(12):
    with open_records(url, make=True) as records:
        own = (date(2026, 1, 1) + timedelta(days=2 * number + room)).isoformat()
        assert records.add("Dana K.", new("crossed", own)).fresh
        records.add("Dana K.", new("level", f"2025-01-{{number + 1:02d}}"))
"""


def test_two_rooms_writing_the_same_person_at_once_lose_nothing(clinic: str, tmp_path: Path) -> None:
    """From making the tables on: one person, every exam of either room, and what both stored only once."""
    script = tmp_path / "room.py"
    script.write_text(textwrap.dedent(ROOM.format(tests=str(TESTS))))
    rooms = [
        subprocess.Popen(
            [sys.executable, str(script), clinic, str(room)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for room in range(2)
    ]
    for room in rooms:
        assert room.stdout is not None
        assert room.stdout.readline() == "ready\n"
    for room in rooms:
        assert room.stdin is not None
        room.stdin.write("go\n")
        room.stdin.flush()
    for room in rooms:
        _, said = room.communicate(timeout=60)
        assert room.returncode == 0, said
    with open_records(clinic) as records:
        assert records.people() == ["Dana K."]
        days = [one.on for one in records.exams("Dana K.")]
    assert len(days) == len(set(days)) == 24 + 12


def test_an_exam_and_forgetting_at_once_leave_no_half(clinic: str) -> None:
    """Who comes second waits: the exam belongs to the person made anew, or is gone with the old one."""
    filled(clinic)

    def forget() -> None:
        with open_records(clinic) as records:
            records.forget(DANA)

    with open_records(clinic) as records, records._writing() as connection:
        from posturecam.records.exam_rows import exam_added, person_number

        number = person_number(connection, DANA)
        other = threading.Thread(target=forget)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        assert exam_added(connection, number, new("level", "2026-05-05"), None).fresh
    other.join(30)
    with open_records(clinic) as records:
        assert records.people() == ["Somebody Else"]


def test_forgetting_leaves_nothing_in_the_tables(server: Server, clinic: str) -> None:
    """No row, no older state of a row in the files, no sample in the statistics; everybody else stays."""
    filled(clinic)
    server.say("ANALYZE", name_of(clinic))
    with open_records(clinic) as records:
        sha256 = records.exams(DANA)[1].photos[0].sha256
        there = server.bytes_on_disk(name_of(clinic))
        assert DANA.encode() in there
        assert PHOTO in there
        told = records.forget(DANA)
        assert (told.exams, told.photos, told.kept, told.left) == (2, 2, 1, ())
        assert (told.rebuilt, told.searched_bytes) == (True, None)
        left = server.bytes_on_disk(name_of(clinic))
        for trace in (DANA.encode(), sha256.encode(), PHOTO):
            assert trace not in left
        assert len(records.exams("Somebody Else")) == 1


def test_somebody_who_looks_at_the_old_state_is_told_and_the_same_command_finishes(server: Server, clinic: str) -> None:
    """An open look keeps deleted rows alive: it is said, and they go when the command is run again."""
    filled(clinic)
    with server.connect(name_of(clinic)) as reader, open_records(clinic) as records:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT 1 FROM pg_class").fetchone()
        told = records.forget(DANA)
        assert told.left
        assert all("another program looks at an older state" in one for one in told.left)
        assert DANA.encode() in server.bytes_on_disk(name_of(clinic))
        reader.execute("COMMIT")
        with pytest.raises(RecordsError, match="nobody called"):
            records.forget(DANA)
        assert DANA.encode() not in server.bytes_on_disk(name_of(clinic))


def test_who_may_not_write_tables_anew_is_told(server: Server, clinic: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A room's user that owns nothing deletes the rows, and hears that their old states stay."""
    filled(clinic)
    database = name_of(clinic)
    server.say(f"CREATE ROLE room_{database} LOGIN PASSWORD 'room'")
    server.say(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO room_{database}", database)
    server.say(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO room_{database}", database)
    monkeypatch.setenv("POSTURECAM_DATABASE", server.url(database, f"room_{database}", "room"))
    ended = CliRunner().invoke(app, ["forget", DANA, "--yes"])
    assert ended.exit_code == 2
    assert "only the tables' owner may write them anew" in ended.stderr


def described(url: str) -> dict[str, Any]:
    """Everything that can be seen of the tables."""
    engine = create_engine(open_database.address(url))
    looked = inspect(engine)
    whole = {}
    for name in sorted(set(looked.get_table_names()) - {"alembic_version"}):
        columns = [{key: str(value) for key, value in column.items()} for column in looked.get_columns(name)]
        whole[name] = {
            "columns": columns,
            "key": looked.get_pk_constraint(name)["constrained_columns"],
            "foreign": [(one["constrained_columns"], one["referred_table"], one["options"])
                        for one in looked.get_foreign_keys(name)],
            "unique": sorted(str(one["column_names"]) for one in looked.get_unique_constraints(name)),
            "indexes": sorted(str(one["column_names"]) for one in looked.get_indexes(name)),
        }  # fmt: skip
    engine.dispose()
    return whole


@pytest.mark.parametrize("kind", ["file", "server"])
def test_the_first_revision_makes_what_the_program_makes(kind: str, tmp_path: Path, request: Any) -> None:
    """Column by column, key by key."""
    if kind == "file":
        made, by_revisions = f"sqlite:///{tmp_path / 'a.sqlite'}", f"sqlite:///{tmp_path / 'b.sqlite'}"
    else:
        server = request.getfixturevalue("server")
        made, by_revisions = server.url(server.fresh()), server.url(server.fresh())
    with open_records(made, make=True):
        pass
    assert migrate_records(by_revisions) == (None, open_database.VERSION)
    assert set(described(made)) == set(TABLES.tables)
    assert described(made) == described(by_revisions)
    filled(by_revisions)
    assert migrate_records(by_revisions) == (open_database.VERSION, open_database.VERSION)
    if kind == "server":
        dumps = [server.run("pg_dump", "--schema-only", "--exclude-table=alembic_version", "-d", url)
                 for url in (made, by_revisions)]  # fmt: skip
        # Newer releases head a dump with a random key against injected commands.
        one, other = ([row for row in dump.splitlines() if "restrict" not in row] for dump in dumps)
        assert one == other


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A posturecam whose records have one more column."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/r0001_tables.py", "versions/r0002_people.py"):
        (folder / name).write_bytes((open_database.FOLDER / name).read_bytes())
    (folder / "versions" / "r0003_room.py").write_text(SECOND)
    monkeypatch.setattr(open_database, "FOLDER", folder)
    monkeypatch.setattr(open_database, "VERSION", 3)


@pytest.mark.parametrize("kind", ["file", "server"])
def test_older_records_are_said_and_brought_up_to_date(kind: str, tmp_path: Path, request: Any) -> None:
    """Nothing is touched until somebody asks for it; then nothing is lost, and the older program keeps out."""
    url = f"sqlite:///{tmp_path / 'a.sqlite'}" if kind == "file" else request.getfixturevalue("clinic")
    filled(url)
    before = described(url)
    request.getfixturevalue("next_version")
    for make in (False, True):
        with pytest.raises(RecordsError, match=r"older posturecam \(version 2.*posturecam migrate"):
            open_records(url, make=make).__enter__()
    with pytest.raises(RecordsError, match="older posturecam"):
        check_records(url if kind == "server" else tmp_path / "a.sqlite")
    assert described(url) == before
    assert migrate_records(url) == (2, 3)
    assert "room" in str(described(url)["people"])
    assert migrate_records(url) == (3, 3)
    with open_records(url) as records:
        assert [len(records.exams(who)) for who in (DANA, "Somebody Else")] == [2, 1]
    request.getfixturevalue("monkeypatch").setattr(open_database, "VERSION", 2)
    after = described(url)
    for attempt in (lambda: migrate_records(url), lambda: open_records(url, make=True).__enter__()):
        with pytest.raises(RecordsError, match=r"newer posturecam.*version 3.*not touched"):
            attempt()
    assert described(url) == after


@pytest.mark.usefixtures("next_version")
def test_a_revision_that_fails_leaves_everything_as_it_was(
    clinic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of it, on a server."""
    monkeypatch.setattr(open_database, "VERSION", 2)
    filled(clinic)
    monkeypatch.setattr(open_database, "VERSION", 3)
    second = tmp_path / "migrations" / "versions" / "r0003_room.py"
    second.write_text(SECOND + '    op.execute("SELECT 1 / 0")\n')
    before = described(clinic)
    with pytest.raises(RecordsError, match="division by zero"):
        migrate_records(clinic)
    assert described(clinic) == before
    second.write_text(SECOND)
    assert migrate_records(clinic) == (2, 3)


LINES = [
    ("no server", "postgresql://owner:secret@127.0.0.1:{closed}/x", "cannot be reached"),
    ("wrong password", "postgresql://owner:secret@127.0.0.1:{port}/postgres", "refused the login"),
    ("unknown user", "postgresql://stranger:secret@127.0.0.1:{port}/postgres", "refused the login"),
    ("no such database", "{good}_missing", "has no such database"),
    ("no host", "postgresql://owner:secret@no.such.host.invalid/x", "cannot be reached"),
    ("no port", "postgresql://owner:secret@127.0.0.1:port/x", "no database URL"),
    ("no such driver", "oracle://owner:secret@127.0.0.1/x", "no driver for oracle"),
]


@pytest.mark.parametrize(("url", "said"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_what_goes_wrong_is_one_line_before_a_photo_is_measured(
    server: Server, samples: Path, url: str, said: str
) -> None:
    """Which server, what is wrong, what to do; never a password."""
    place = url.format(closed=free_port(), port=server.port, good=server.url("clinic"))
    line = ["exam", str(samples / "front.jpg"), "--person", "Dana", "--database", place]
    ended = CliRunner().invoke(app, line)
    assert ended.exit_code == 2, ended.output
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "secret" not in ended.stderr
    assert ended.stdout == ""


def test_a_connection_lost_in_the_middle_is_one_line_and_nothing_is_half_stored(
    server: Server, clinic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server drops the connection between the person and the exam; the same again stores both."""
    filled(clinic)
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    whole = store.person_number

    def number_then_lost(connection: Any, person: str) -> int:
        number = whole(connection, person)
        server.say(f"{drop} pg_backend_pid()", name_of(clinic))
        return number

    with open_records(clinic) as records:
        with monkeypatch.context() as patch:
            patch.setattr(store, "person_number", number_then_lost)
            with pytest.raises(RecordsError, match=r"was lost on the way.*Run the same command again") as caught:
                records.add("New Person", new())
        assert "\n" not in str(caught.value)
        assert "New Person" not in records.people()
        assert records.add("New Person", new()).fresh


def test_a_clinic_moves_from_a_file_to_the_server(clinic: str, tmp_path: Path) -> None:
    """Everybody, every exam, every kept photo; a second time changes nothing; everyday commands go on there."""
    file = tmp_path / "records.sqlite"
    filled(file)
    for fresh in ("2 of 2", "0 of 2"):
        ended = CliRunner().invoke(app, ["migrate", "--database", clinic, "--from", str(file)])
        assert ended.exit_code == 0, ended.output
        assert f"{DANA}: {fresh} exams copied" in ended.stdout
    with open_records(file) as here, open_records(clinic) as there:
        for one, other in zip(here.exams(DANA), there.exams(DANA), strict=True):
            assert one.sitting.readings == other.sitting.readings
            assert here.document(one.number) == there.document(other.number)
            assert here.kept(one.number) == there.kept(other.number)
    ended = CliRunner().invoke(app, ["history", DANA, "--database", clinic])
    assert ended.exit_code == 0, ended.output
    ended = CliRunner().invoke(app, ["forget", DANA, "--yes", "--database", clinic])
    assert ended.exit_code == 0, ended.output
    assert "no older state of a row is left" in ended.stdout.replace("\n", " ")


def test_without_alembic_only_migrating_is_impossible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A single user's file is made and opened without it; who migrates is told what to install."""
    monkeypatch.setitem(sys.modules, "alembic", None)
    filled(tmp_path / "a.sqlite")
    assert migrate_records(tmp_path / "a.sqlite") == (2, 2)
    with pytest.raises(RecordsError, match=r"posturecam\[server\]"):
        migrate_records(tmp_path / "b.sqlite")


def test_without_the_driver_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(RecordsError, match=r"posturecam\[server\]"):
        check_records("postgresql://owner@127.0.0.1/x")
