"""Bring records to today's tables, whatever version they have: in one transaction, or not at all."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from posturecam.errors import RecordsError
from posturecam.records.migrations.versions import r0002_people
from posturecam.records.schema import VERSION, about
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
    settings = _settings(connection)
    if found is not None:
        command.stamp(settings, _revision(found))
    command.upgrade(settings, _revision(VERSION))
    connection.execute(delete(about))
    connection.execute(insert(about).values(version=VERSION))


def _revision(version: int) -> str:
    return f"{version:04d}"


def _settings(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    settings.attributes["connection"] = connection
    return settings
