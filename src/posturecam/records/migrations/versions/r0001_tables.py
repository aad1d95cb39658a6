"""The tables of version 1. A revision never changes: what it says of the tables is what it once made."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_UNANALYSED = {
    "people": ("name", "token"),
    "exams": ("digest", "token", "document"),
    "photos": ("sha256", "name", "path"),
}


def create_tables() -> None:
    """Make everything."""
    op.create_table("posturecam_records", sa.Column("version", sa.Integer, primary_key=True, autoincrement=False))
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "exams",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person_id", sa.Integer, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("taken_on", sa.Date, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("made_with", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.UniqueConstraint("person_id", "taken_on", "digest"),
        sqlite_autoincrement=True,
    )
    _make_parts()
    for table, columns in _UNANALYSED.items() if op.get_bind().dialect.name == "postgresql" else ():
        for column in columns:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


upgrade = create_tables
"""What Alembic calls."""


def _make_parts() -> None:
    """Make the tables whose rows are parts of an exam."""
    op.create_table(
        "photos",
        _exam(),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("view", sa.String(16), nullable=False),
        sa.Column("kept", sa.LargeBinary),
    )
    op.create_table(
        "readings",
        _exam(),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(80), nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in ("value", "sem", "own_sem", "spread")),
        sa.Column("dof", sa.Integer, nullable=False),
        sa.Column("photos", sa.Integer, nullable=False),
    )


def _exam() -> "sa.Column[int]":
    return sa.Column("exam_id", sa.Integer, sa.ForeignKey("exams.id", ondelete="CASCADE"), primary_key=True)
