"""``posturecam migrate``: records of an older version brought to this one, and from a file to a server."""

from typing import Annotated

import typer

from posturecam.cli.records_options import Database
from posturecam.cli.saying import say
from posturecam.text.language import _


def migrate(
    database: Database = None,
    source: Annotated[
        str | None,
        typer.Option("--from", help="Copy everybody of these records too: a file or a URL.", metavar="URL"),
    ] = None,
) -> None:
    """Bring the records' tables to this version of posturecam, or make them on a server (the extra server).

    A file is copied first, beside itself; make a copy of a server's database yourself. With --from a clinic that
    outgrew one machine moves to a server.

    Example:  posturecam migrate --database postgresql://clinic@server/posture --from records.sqlite
    """
    from posturecam.records import migrate_records, open_records
    from posturecam.records.transfer import copied

    before, now = migrate_records(database, lambda copy: say(_("the records as they were: {copy}", copy=copy)))
    state = (
        _("made")
        if before is None
        else _("up to date already")
        if before == now
        else _("migrated from version {before}", before=before)
    )
    say(_("tables of version {now}: {state}", now=now, state=state))
    if source is not None:
        with open_records(source) as here, open_records(database) as there:
            for person, fresh, count in copied(here, there):
                say(
                    _(
                        "{person}: {fresh} of {count} exams copied, {count2} were there already",
                        person=person,
                        fresh=fresh,
                        count=count,
                        count2=count - fresh,
                    )
                )
