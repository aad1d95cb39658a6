"""The tables of version 2: age and consent of a person, versions of an exam, a log of deletions.

Nothing that was there changes; ``change`` needs no Alembic, so that a file is brought to this version without it.
"""

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn, CreateTable

revision = "0002"
down_revision = "0001"

_COLUMNS = {
    "people": (
        ("born", sa.Date),
        ("consented_on", sa.Date),
        ("consent", sa.Text),
    ),
    "exams": (
        ("dated_from", sa.String(16)),
        ("finalised_by", sa.Text),
        ("finalised_at", sa.DateTime(timezone=True)),
        ("replaces", sa.Integer),
    ),
}


def change(connection: sa.Connection) -> None:
    """Add the columns and the table."""
    for table, columns in _COLUMNS.items():
        for name, kind in columns:
            column = sa.Column(name, kind)
            sa.Table(table, sa.MetaData(), column)
            wanted = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {wanted}")
    deletions = sa.Table(
        "deletions",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("exams", "photos", "readings")),
    )
    connection.execute(CreateTable(deletions))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE people ALTER COLUMN consent SET STATISTICS 0")


def upgrade() -> None:
    """Change the tables inside the transaction that Alembic was handed."""
    from alembic import op  # noqa: PLC0415  (an extra)

    change(op.get_bind())
