"""The tables, in types that SQLite and PostgreSQL both know. ``VERSION`` changes whenever they do."""

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

VERSION = 2

TABLES = MetaData()

about = Table("posturecam_records", TABLES, Column("version", Integer, primary_key=True, autoincrement=False))

people = Table(
    "people",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("token", String(32), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("born", Date),
    Column("consented_on", Date),
    Column("consent", Text),
)
"""``token``: random, so that a search through the raw file can prove that a person is gone.

``consent``: what was agreed on that day, in words; the signature is the clinic's own.
"""

exams = Table(
    "exams",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("taken_on", Date, nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("token", String(32), nullable=False),
    Column("made_with", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("dated_from", String(16)),
    Column("finalised_by", Text),
    Column("finalised_at", DateTime(timezone=True)),
    Column("replaces", Integer),
    UniqueConstraint("person_id", "taken_on", "digest"),
    sqlite_autoincrement=True,
)
"""``digest``: sha256 of the document; numbers are never given a second time.

``dated_from``: what tells the day, a ``DateSource`` or "stated". ``replaces``: the exam of which this is a new version;
a finalised exam is never changed, the change is made in a copy that replaces it.
"""

photos = Table(
    "photos",
    TABLES,
    Column("exam_id", ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("view", String(16), nullable=False),
    Column("kept", LargeBinary),
)

readings = Table(
    "readings",
    TABLES,
    Column("exam_id", ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("key", String(80), nullable=False),
    Column("value", Double, nullable=False),
    Column("sem", Double, nullable=False),
    Column("own_sem", Double, nullable=False),
    Column("spread", Double, nullable=False),
    Column("dof", Integer, nullable=False),
    Column("photos", Integer, nullable=False),
)
"""See ``posturecam.records.progress.Reading``."""

deletions = Table(
    "deletions",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("deleted_at", DateTime(timezone=True), nullable=False),
    Column("what", String(16), nullable=False),
    Column("exams", Integer, nullable=False),
    Column("photos", Integer, nullable=False),
    Column("readings", Integer, nullable=False),
)
"""When something was deleted and how much; never whose it was. ``what``: "person" or "exam"."""

UNANALYSED = {
    people: ("name", "token", "consent"),
    exams: ("digest", "token", "document"),
    photos: ("sha256", "name", "path"),
}
"""What a PostgreSQL server must not take samples of for its statistics: they would outlive a deleted person."""


def _unanalysed(table: Table, connection: Connection, **_more: object) -> None:
    """Tell a server what it must not take samples of."""
    if connection.dialect.name == "postgresql":
        for column in UNANALYSED[table]:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ALTER COLUMN {column} SET STATISTICS 0")


for _table in UNANALYSED:
    event.listen(_table, "after_create", _unanalysed)
