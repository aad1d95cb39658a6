"""Change over time in the terminal: two sittings compared, and a person's history with a sparkline per measure."""

from collections.abc import Sequence
from typing import IO

from posturecam.knowledge import Knowledge
from posturecam.records.progress import Change, ChangeVerdict, Sitting, compared
from posturecam.reports.changes_text import (
    TITLES,
    change_name,
    change_told,
    day,
    keys_of,
    missing_lines,
    span_words,
    summary_line,
    sure_lines,
)
from posturecam.reports.terminal.printer import Printer
from posturecam.reports.trend import points_of, sparkline
from posturecam.text.labels import DISCLAIMER, without_isolates
from posturecam.text.language import N_, _

_LONGEST_LINE = 12
"""Sittings that a sparkline shows: the latest ones."""

SHORT = {ChangeVerdict.CHANGED: "●", ChangeVerdict.UNCHANGED: "=", ChangeVerdict.UNTOLD: "?"}
LEGEND = N_("● changed since the first exam   = no change beyond the noise   ? cannot tell")

_WIDTHS = (38, _LONGEST_LINE, 22)
_DIFFERENCES = (23, 23, 23)


def print_comparison(
    before: Sitting, after: Sitting, changes: Sequence[Change], knowledge: Knowledge, file: IO[str] | None = None
) -> None:
    """Write what changed, the largest real change first; then what did not, and what cannot be told."""
    printer = Printer(file)
    printer.title(without_isolates(_("From {day} to {day2}", day=day(before), day2=day(after))))
    printer.paragraph(summary_line(changes))
    for verdict in ChangeVerdict:
        _differences(printer, verdict, [change for change in changes if change.verdict is verdict], knowledge)
    _ending(printer, sure_lines(changes, (before, after)), missing_lines(before, after, knowledge))


def _differences(printer: Printer, verdict: ChangeVerdict, changes: Sequence[Change], knowledge: Knowledge) -> None:
    if not changes:
        return
    printer.heading(_(TITLES[verdict]))
    for change in changes:
        words = change_told(change, knowledge)
        printer.paragraph(words.name, "bold" if verdict is ChangeVerdict.CHANGED else "", indent=2)
        by = f"{words.by}, {words.direction}" if words.direction else words.by
        printer.rows([(f"  {words.before}", f"→ {words.after}", by)], _DIFFERENCES)


def print_history(person: str, sittings: Sequence[Sitting], knowledge: Knowledge, file: IO[str] | None = None) -> None:
    """Write the exams, and each measure's line with what became of it since the first one."""
    printer = Printer(file)
    printer.title(f"{person}: {span_words(sittings)}")
    printer.bullets([day(sitting) for sitting in sittings])
    changes = compared(sittings[0], sittings[-1], knowledge) if len(sittings) > 1 else ()
    if changes:
        printer.gap()
        printer.paragraph(summary_line(changes))
        printer.paragraph(_(LEGEND), "dim")
    since = {change.key: change for change in changes}
    for title, keys in keys_of(sittings, knowledge):
        printer.heading(title)
        printer.rows([_line(printer, key, sittings, since.get(key), knowledge) for key in keys], _WIDTHS)
    _ending(printer, sure_lines(changes, sittings), [])


def _line(
    printer: Printer, key: str, sittings: Sequence[Sitting], change: Change | None, knowledge: Knowledge
) -> tuple[str, str, str]:
    """Give a measure's row: its name, its sparkline, what became of it."""
    norm = knowledge.norm(key)
    points = points_of(key, sittings, norm)[-_LONGEST_LINE:]
    line = sparkline(points, norm, plain=not _knows_bars(printer.console.encoding))
    if change is None:
        return change_name(key, knowledge), line, ""
    words = change_told(change, knowledge)
    return change_name(key, knowledge), line, f"{SHORT[change.verdict]} {words.by}"


def _knows_bars(encoding: str | None) -> bool:
    try:
        "▁█".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _ending(printer: Printer, sure: Sequence[str], missing: Sequence[str]) -> None:
    for title, lines in ((_("What only one of the two shows"), missing), (_("How sure are we?"), sure)):
        if lines:
            printer.heading(title)
            printer.bullets(lines)
    printer.gap()
    printer.paragraph(_(DISCLAIMER), "dim")
