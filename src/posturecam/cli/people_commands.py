"""``posturecam people``, ``person``, ``rename``, ``merge`` and ``forget``: everybody in the records."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.people_asking import confirm, counts, listens, meant, tell_gone, tell_leftovers
from posturecam.cli.records_options import Database, NewPerson, Yes
from posturecam.cli.saying import say
from posturecam.text.language import _, ngettext

if TYPE_CHECKING:
    from posturecam.records import Facts, KnownPerson, Records

Person = Annotated[str, typer.Argument(help="The person's ID, as given to: posturecam exam --person", metavar="ID")]


def people(
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
        say(_line(known))
    if not everybody:
        say(_("Nobody is in the records yet."))


def _line(known: "KnownPerson") -> str:
    """Tell of somebody in a line."""
    last = _(", the last on {day}", day=known.last.isoformat()) if known.last else ""
    told = "; ".join(_told(known.facts))
    exams = ngettext("{count} exam", "{count} exams", known.exams)
    return f"{known.name}: {exams}{last}{f'; {told}' if told else ''}"


def _told(facts: "Facts") -> list[str]:
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
    from dataclasses import replace

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
    say(f"{name}{''.join(f'; {fact}' for fact in _told(facts))}")
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
    import shlex

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
