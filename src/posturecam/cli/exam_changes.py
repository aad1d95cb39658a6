"""``posturecam move``, ``redate``, ``finalise`` and ``delete``: one stored exam is put right."""

from typing import Annotated

import typer

from posturecam.cli.people_asking import confirm, meant, tell_gone, tell_leftovers
from posturecam.cli.records_options import Database, NewPerson, Yes
from posturecam.cli.saying import say
from posturecam.text.language import _

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
