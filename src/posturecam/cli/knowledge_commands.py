"""``posturecam patterns``, ``measures``, ``ask``, ``score``: what is known, what you tell, what stored numbers say.

``ask`` asks the questions one after the other; Enter skips.
"""

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.file_options import GivenFiles
from posturecam.cli.saying import say
from posturecam.cli.shared_options import Balance
from posturecam.errors import SettingsError
from posturecam.text.language import _

if TYPE_CHECKING:
    from posturecam.knowledge import Knowledge
    from posturecam.knowledge.advice import Question


AnswersGiven = dict[str, str | list[str] | bool]


def answers_asked(knowledge: "Knowledge") -> AnswersGiven:
    """Ask everything that the tables ask, the warning signs first."""
    say(_("Every question can be skipped with Enter. Left and right are your own. Nothing leaves this machine.\n"))
    given: AnswersGiven = {}
    say(_("First, signs that somebody should look at. Answer y for yes, n for no."))
    for warning in knowledge.warnings.values():
        answer = yes_or_no(warning.text)
        if answer is not None:
            given[warning.key] = answer
    say(_("\nNow your history."))
    for question in knowledge.questions.values():
        answer_given = choose_answer(question)
        if answer_given is not None:
            given[question.key] = answer_given
    return given


YES, NO = ("y", "yes", "j", "ja"), ("n", "no", "nein")
"""What may be typed, in any language."""


def yes_or_no(text: str) -> bool | None:
    """Ask for yes or no until one of them, or nothing, is typed."""
    keys = _("[y/n]")
    while True:
        typed = typer.prompt(f"  {text} {keys}", default="", show_default=False).strip().casefold()
        if not typed:
            return None
        if typed in (*YES, *NO):
            return typed in YES
        say(_("  Please type y or n, or press Enter to skip."))


def choose_answer(question: "Question") -> str | list[str] | None:
    """Ask for one choice by number or name (several, with commas, where the question allows it)."""
    say(f"\n{question.text}")
    for number, choice in enumerate(question.choices, 1):
        say(f"  {number}  {question.words[choice]}")
    hint = _("Numbers, with commas") if question.multiple else _("Number")
    while True:
        typed = typer.prompt(f"  {hint}", default="", show_default=False).strip()
        if not typed:
            return None
        found = [_choice_of(part.strip(), question) for part in typed.split(",")]
        if None not in found and (question.multiple or len(found) == 1):
            names = [choice for choice in found if choice]
            return names if question.multiple else names[0]
        say(_("  Please type a number from 1 to {count}, or press Enter to skip.", count=len(question.choices)))


def _choice_of(typed: str, question: "Question") -> str | None:
    if typed.isdecimal() and 1 <= int(typed) <= len(question.choices):
        return question.choices[int(typed) - 1]
    return typed if typed in question.choices else None


def answers_toml(given: AnswersGiven) -> str:
    """Write the answers as TOML."""
    lines = [_("# Answers for posturecam analyze --answers. Left and right are your own.")]
    lines += [f"{key} = {_toml_value(value)}" for key, value in given.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value: str | list[str] | bool) -> str:  # noqa: FBT001  (an answer is yes or no)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    return f'"{value}"'


Folder = Annotated[Path | None, typer.Option("--knowledge", help="A folder with your own tables.", metavar="DIR")]


def patterns_command(
    name: Annotated[str | None, typer.Argument(help="A pattern's id or name.", metavar="[ID]")] = None,
    cases: Annotated[bool, typer.Option("--cases", help="When each fires, and when it must not.")] = False,
    knowledge: Folder = None,
) -> None:
    """List the patterns, or explain one fully: evidence, muscles, what to do first, what to rule out, sources.

    Examples:
      posturecam patterns
      posturecam patterns P01
      posturecam patterns "forward head"
      posturecam patterns --cases
    """
    from posturecam.reports.catalogue import one_of, pattern_entry
    from posturecam.reports.terminal import catalogue_terminal as terminal

    tables = _tables(knowledge)
    if cases:
        terminal.print_cases(tables)
        return
    if name is None:
        terminal.print_patterns(tables)
        return
    found = one_of(name, tables)
    if found is None:
        raise SettingsError(_unknown("pattern", name, [*tables.patterns, *_names(tables)]))
    terminal.print_entry(pattern_entry(found, tables))


def _names(tables: "Knowledge") -> list[str]:
    return [pattern.name for pattern in tables.patterns.values()]


def measures_command(
    key: Annotated[str | None, typer.Argument(help="A measure's key.", metavar="[KEY]")] = None,
    knowledge: Folder = None,
) -> None:
    """List the measures, or explain one: what it is, how it is taken, what is usual, its limits, its sources.

    Examples:
      posturecam measures
      posturecam measures hip_tilt
    """
    from posturecam.reports.catalogue import measure_entry
    from posturecam.reports.terminal import catalogue_terminal as terminal

    tables = _tables(knowledge)
    if key is None:
        terminal.print_measures(tables)
        return
    by_table = {norm.table: norm for norm in tables.norms.values()}
    norm = tables.norms.get(key) or by_table.get(key)
    if norm is None:
        raise SettingsError(_unknown("measure", key, [*by_table]))
    terminal.print_entry(measure_entry(norm, tables))


def _unknown(kind: str, name: str, known: list[str]) -> str:
    """Say that a name is unknown, with the nearest known one."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    advice = _("Did you mean {near}?", near=near[0]) if near else _("See: posturecam {kind}s", kind=kind)
    return _("there is no {kind} {name!r}. {advice}", kind=kind, name=name, advice=advice)


def ask(
    out: Annotated[Path, typer.Option(help="Where to write the answers.", metavar="FILE.toml")] = Path("answers.toml"),
    knowledge: Folder = None,
) -> None:
    """Ask about history and warning signs; every question can be skipped with Enter.

    Example:
      posturecam ask --out answers.toml
      posturecam analyze front.jpg --answers answers.toml
    """
    from posturecam.storage.files import write_file
    from posturecam.storage.outputs import claim, table_files

    claim([out], table_files(knowledge))
    tables = _tables(knowledge)
    answers = answers_asked(tables)
    write_file(out, answers_toml(answers).encode())
    say(_("written: {out}", out=out))
    say(_("Next: posturecam analyze front.jpg --answers {out}", out=out))


def score_command(
    files: Annotated[
        list[Path], typer.Argument(help="Stored assessments: JSON objects, or JSON lines.", metavar="FILE…")
    ],
    answers: Annotated[Path | None, typer.Option(help="Answers from: posturecam ask.", metavar="FILE.toml")] = None,
    balance: Balance = None,
    json: Annotated[str | None, typer.Option(help="Write the result as JSON; - for stdout.", metavar="FILE|-")] = None,
    knowledge: Folder = None,
) -> None:
    """Score stored assessments again with the tables of today, without pictures.

    One JSON object comes back as one; JSON lines, or several files, come back as lines. A line that holds nothing but
    view and measurements gets its findings in short.

    Examples:
      posturecam score result/assessment.json
      posturecam score result/assessment.json --answers answers.toml --json -
      posturecam score result/assessment.json --balance result/balance.json
      posturecam score results.jsonl --json rescored.jsonl
    """
    from posturecam.storage.outputs import claim, table_files
    from posturecam.storage.rescoring.scored_files import rescore_files

    target = Path(json) if json and json != "-" else None
    claim([target], [*files, answers, balance, *table_files(knowledge)])
    known = GivenFiles(answers, balance, knowledge).read()
    with rescore_files(files, known.tables, known.answers, target, known.balance) as result:
        if target is not None:
            result.to_file(target)
        elif json:
            result.to_stdout()
        else:
            from posturecam.reports.terminal.catalogue_terminal import print_scored

            print_scored(result, known.tables)


def _tables(folder: Path | None) -> "Knowledge":
    from posturecam.knowledge import load

    return load(folder)
