"""``posturecam people``, ``person``, ``rename``, ``merge``, ``forget``: everybody in the records; one exam put right.

``move``, ``redate``, ``finalise`` and ``delete`` change an exam. What they share: asking whose name was meant, asking
before a deletion, telling of it.
"""

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.saying import say
from posturecam.cli.shared_options import Database, NewPerson, Yes
from posturecam.errors import RecordsError, SettingsError
from posturecam.text.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posturecam.records import Facts, Forgotten, KnownPerson, Records, StoredExam


def tell_gone(what: str, told: "Forgotten", database: str | None) -> None:
    """Say what was deleted and how that was proven. Raises RecordsError where traces are left."""
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
    return sys.stdin.isatty()


def confirm(told: str, *, yes: bool) -> None:
    """Ask before something that cannot be undone. Raises SettingsError where nobody can be asked, Exit on a no."""
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


Person = Annotated[str, typer.Argument(help="The person's ID, as given to: posturecam exam --person", metavar="ID")]


def people_command(
    database: Database = None,
    deletions: Annotated[
        bool, typer.Option("--deletions", help="List when something was deleted, and how much; no names are kept.")
    ] = False,
) -> None:
    """List everybody in the records, with the number of their exams and the day of the last one.

    Example:  posturecam people
    """
    from posturecam.records import open_records

    with open_records(database) as records:
        if deletions:
            for deletion in records.deletions():
                what = _("a person") if deletion.what == "person" else _("an exam")
                much = counts(deletion.exams, deletion.photos, deletion.readings)
                say(f"{deletion.at:%Y-%m-%d %H:%M}  {what}: {much}")
            return
        everybody = records.overview()
    for known in everybody:
        say(_person_line(known))
    if not everybody:
        say(_("Nobody is in the records yet."))


def _person_line(known: "KnownPerson") -> str:
    """Tell of somebody in a line."""
    last = _(", the last on {day}", day=known.last.isoformat()) if known.last else ""
    told = "; ".join(_facts_told(known.facts))
    exams = ngettext("{count} exam", "{count} exams", known.exams)
    return f"{known.name}: {exams}{last}{f'; {told}' if told else ''}"


def _facts_told(facts: "Facts") -> list[str]:
    """Tell what is written down of a person."""
    told = [_("born {day}", day=facts.born.isoformat())] if facts.born else []
    if facts.consented_on:
        told.append(_("consent of {day}", day=facts.consented_on.isoformat()))
    if facts.consent:
        told.append(_("agreed: {words}", words=facts.consent))
    return told


def person(
    who: Person,
    born: Annotated[
        str | None, typer.Option(help="The birthday; who is under 18 gets numbers only.", metavar="DAY")
    ] = None,
    consent: Annotated[
        str | None, typer.Option(help="What was agreed, in words; the signature is your own.", metavar="TEXT")
    ] = None,
    consent_date: Annotated[
        str | None, typer.Option(help="The day of the consent; today when left away.", metavar="DAY")
    ] = None,
    new: NewPerson = False,
    database: Database = None,
) -> None:
    """Show what is written down of a person: exams, birthday, consent; with options write it down.

    Examples:
      posturecam person anna
      posturecam person anna --born 2011-04-30 --consent "photos for this clinic's records" --consent-date 2026-03-31
    """
    from posturecam.records import checked_consent, checked_person, open_records
    from posturecam.records.sittings import stated_day

    name, writes = checked_person(who), bool(born or consent or consent_date)
    birthday = stated_day(born, "--born") if born else None
    agreed_on = stated_day(consent_date, "--consent-date") if consent or consent_date else None
    with open_records(database, make=writes) as records:
        if writes:
            name = meant(records, name, new=new)
            facts = records.facts(name)
            facts = facts if birthday is None else replace(facts, born=birthday)
            facts = facts if agreed_on is None else replace(facts, consented_on=agreed_on)
            records.write_facts(name, facts if consent is None else replace(facts, consent=checked_consent(consent)))
        exams, facts = records.exams(name, versions=True), records.facts(name)
    say(f"{name}{''.join(f'; {fact}' for fact in _facts_told(facts))}")
    replaced = {exam.replaces for exam in exams}
    for exam in exams:
        final = exam.finalised
        done = final and _("finalised by {by} on {day}", by=final.by, day=final.at.date().isoformat())
        version = exam.replaces and _("new version of exam {number}", number=exam.replaces)
        older = _("replaced by a newer version") if exam.number in replaced else None
        facts_of = ", ".join(fact for fact in (done, version, older) if fact)
        say(f"  {exam.number}  {exam.on.isoformat()}{f'  ({facts_of})' if facts_of else ''}")


def rename(
    who: Person,
    name: Annotated[str, typer.Argument(help="The name from now on.", metavar="NEW")],
    new: NewPerson = False,
    database: Database = None,
) -> None:
    """Give a person another name; everything stays with them.

    Example:  posturecam rename anna "Anna K."
    """
    from posturecam.records import checked_person, open_records

    before, after = checked_person(who), checked_person(name)
    with open_records(database) as records:
        near, exams = records.alike(after), records.exams(before, versions=True)
        records.refuse_mixups(after, (), new=new or near in (None, before))
        records.rename(before, after)
    say(_("{before} is called {after} now.", before=before, after=after))
    tell_leftovers(before, exams)


def merge(
    who: Person,
    into: Annotated[str, typer.Argument(help="Who both of them are.", metavar="INTO")],
    yes: Yes = False,
    database: Database = None,
) -> None:
    """Make one person of two: all exams of the first go to the second, and the first name goes.

    Example:  posturecam merge "anna k" "Anna K."
    """
    from posturecam.records import checked_person, open_records

    before, after = checked_person(who), checked_person(into)
    with open_records(database) as records:
        records.exams(after)
        exams, count = records.exams(before, versions=True), len(records.exams(before))
        told = _("{count} exams of {before} go to {after}, and {before} goes.", count=count, before=before, after=after)
        confirm(told, yes=yes)
        moved = records.merge(before, after)
    say(_("{count} exams went to {after}.", count=moved, after=after))
    tell_leftovers(before, exams)


def forget(person: Person, yes: Yes = False, database: Database = None) -> None:
    """Delete a person from the records wholly, and prove that nothing is left.

    It says what goes, offers the export first, and asks.

    Example:  posturecam forget anna
    """
    from posturecam.records import checked_person, open_records

    who = checked_person(person)
    with open_records(database) as records:
        if not yes:
            _asked(records, who)
        told = records.forget(who)
    tell_gone(who, told, database)


def _asked(records: "Records", who: str) -> None:
    """Say what goes, offer the export, and ask. Raises SettingsError where nobody can be asked."""
    held = records.contents(who)
    quoted = shlex.quote(who)
    told = _(
        "{who} would be deleted for ever: {counts}. To keep a copy first: posturecam export {quoted} FILE.zip",
        who=who,
        counts=counts(held.exams, held.photos, held.readings, held.kept),
        quoted=quoted,
    )
    if listens():
        from posturecam.records import transfer
        from posturecam.storage.files import write_file

        say(told)
        file = typer.prompt(_("Export first to this zip (Enter: no export)"), default="", show_default=False).strip()
        if file:
            write_file(Path(file), transfer.person_zip(records, who))
            say(_("written: {path}", path=file))
        told = _("{who} is deleted for ever.", who=who)
    confirm(told, yes=False)


Number = Annotated[int, typer.Argument(help="The exam's number, as posturecam history shows it.", metavar="NUMBER")]


def move(
    number: Number,
    to: Annotated[str, typer.Argument(help="Whose exam it is.", metavar="ID")],
    new: NewPerson = False,
    database: Database = None,
) -> None:
    """Give an exam that was stored under the wrong name to whom it belongs.

    Example:  posturecam move 12 "Anna K."
    """
    from posturecam.records import checked_person, open_records

    with open_records(database) as records:
        name, before = meant(records, checked_person(to), new=new), records.exam(number)
        now = records.move(number, name)
    say(_moved(number, now, _("Exam {number} is {name}'s now.", number=now, name=name)))
    if name != before.person:
        tell_leftovers(before.person, [before])


def redate(
    number: Number,
    day: Annotated[str, typer.Argument(help="The day of the photos, such as 2026-03-31.", metavar="DAY")],
    database: Database = None,
) -> None:
    """Give an exam that was stored under the wrong day the right one.

    Example:  posturecam redate 12 2026-03-31
    """
    from posturecam.records import open_records
    from posturecam.records.sittings import stated_day

    on = stated_day(day, "DAY")
    with open_records(database) as records:
        now = records.redate(number, on)
    say(_moved(number, now, _("Exam {number} is of {day} now.", number=now, day=on.isoformat())))


def _moved(before: int, now: int, told: str) -> str:
    """Add that a new version was made of a finalised exam."""
    if now == before:
        return told
    kept = _("Exam {number} was finalised: it is kept as it was, and this is its new version.", number=before)
    return f"{told} {kept}"


def finalise(
    number: Number,
    by: Annotated[str, typer.Option(help="Who finalises it.", metavar="NAME")],
    database: Database = None,
) -> None:
    """Finalise an exam: from now on a change makes a new version, and both are kept.

    Example:  posturecam finalise 12 --by "Dr. Berg"
    """
    from posturecam.records import checked_person, open_records

    who = checked_person(by, "--by")
    with open_records(database) as records:
        records.finalise(number, who)
    say(_("Exam {number} is final, by {by}. A change makes a new version.", number=number, by=who))


def delete(number: Number, yes: Yes = False, database: Database = None) -> None:
    """Delete one exam from the records, its older versions too, and prove that nothing is left.

    Example:  posturecam delete 12
    """
    from posturecam.records import open_records

    with open_records(database) as records:
        exam = records.exam(number)
        final = _(" It was finalised by {by}.", by=exam.finalised.by) if exam.finalised else ""
        told = _(
            "Exam {number} of {name}, {day}, is deleted for ever.",
            number=number,
            name=exam.person,
            day=exam.on.isoformat(),
        )
        confirm(told + final, yes=yes)
        gone = records.delete_exam(number)
    tell_gone(_("exam {number}", number=number), gone, database)
