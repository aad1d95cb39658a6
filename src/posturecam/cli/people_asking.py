"""What the commands on people share: asking whose name was meant, asking before a deletion, telling of it."""

from typing import TYPE_CHECKING

import typer

from posturecam.cli.saying import say
from posturecam.text.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posturecam.records import Forgotten, Records, StoredExam


def tell_gone(what: str, told: "Forgotten", database: str | None) -> None:
    """Say what was deleted and how that was proven. Raises RecordsError where traces are left."""
    from posturecam.errors import RecordsError
    from posturecam.records import record_backups

    if told.left:
        msg = _(
            "{who} was deleted, but traces are left in: {names}. Close other programs and run again.",
            who=what,
            names=", ".join(told.left),
        )
        raise RecordsError(msg)
    say(_("{who} is forgotten: {deleted}.", who=what, deleted=_deleted(told)))
    if told.rebuilt:
        say(_("The server's tables were written anew; no older state of a row is left in them."))
        say(_("Its write-ahead log, replicas and backups keep older states until they run out: ask who runs it."))
    if told.searched_bytes is not None:
        say(
            _(
                "Searched afterwards: {searched_bytes} bytes of the database's files; nothing is left there.",
                searched_bytes=told.searched_bytes,
            )
        )
    for copy in record_backups(database):
        say(_("{path}, a copy of an older version, may still hold it: delete that file too.", path=copy))
    say(_("Photos, reports and exports that lie elsewhere, and copies of the database, are yours to delete."))


_SHOWN = 10
"""Files that are named; of more only the number is."""


def tell_leftovers(name: str, exams: "Iterable[StoredExam]") -> None:
    """Name the files here and beside the photos that still carry a name which the records have given up."""
    from pathlib import Path

    from posturecam.records.erasing import carrying

    beside = (Path(photo.path).parent for exam in exams for photo in exam.photos if photo.path)
    found = carrying(name, [Path.cwd(), *beside])
    for path in found[:_SHOWN]:
        say(_("{path} still carries the name {name}: make it anew, or delete it.", path=path, name=name))
    if len(found) > _SHOWN:
        say(_("… and {count} more files.", count=len(found) - _SHOWN))
    say(_("Searched: this folder and those of the photos. Reports, tables and exports elsewhere keep the old name."))


def counts(exams: int, photos: int, readings: int, kept: int = 0) -> str:
    """Say how much there is."""
    copies = _(", {kept} kept photos", kept=kept) if kept else ""
    return _(
        "{exams} exams, {photos} references to photos{kept}, {readings} numbers",
        exams=exams,
        photos=photos,
        kept=copies,
        readings=readings,
    )


def _deleted(told: "Forgotten") -> str:
    kept = _(", {kept} kept photos", kept=told.kept) if told.kept else ""
    return _(
        "{exams} exams, {photos} references to photos{kept}, {readings} numbers deleted",
        exams=told.exams,
        photos=told.photos,
        kept=kept,
        readings=told.readings,
    )


def listens() -> bool:
    """Whether somebody sits at the terminal who can be asked."""
    import sys

    return sys.stdin.isatty()


def confirm(told: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone. Raises SettingsError where nobody can be asked, Exit on a no."""
    from posturecam.errors import SettingsError

    if yes:
        return
    if not listens():
        msg = _("{told} Nothing was changed. To do it, run again with --yes.", told=told)
        raise SettingsError(msg)
    if not typer.confirm(_("{told} Go on?", told=told)):
        say(_("Nothing was changed."))
        raise typer.Exit(2)


def meant(records: "Records", name: str, *, new: bool) -> str:
    """Settle whose name was meant: asks where somebody of nearly that name is there. Raises RecordsError."""
    near = None if new else records.alike(name)
    if near is None:
        return name
    if listens() and typer.confirm(_("Do you mean {near}?", near=near), default=True):
        return near
    records.refuse_mixups(name, ())
    return name
