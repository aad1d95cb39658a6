"""``posturecam patterns``, ``measures``, ``ask``, ``score``: what is known, what you tell, what stored numbers say."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posturecam.cli.saying import say
from posturecam.cli.scene_options import Balance
from posturecam.errors import SettingsError
from posturecam.text.language import _

if TYPE_CHECKING:
    from posturecam.knowledge import Knowledge

Folder = Annotated[Path | None, typer.Option("--knowledge", help="A folder with your own tables.", metavar="DIR")]


def patterns(
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


def measures(
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
    import difflib

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
    from posturecam.cli.asking import asked, written
    from posturecam.storage.files import write_file
    from posturecam.storage.outputs import claim, inside

    claim([out], inside(knowledge))
    tables = _tables(knowledge)
    answers = asked(tables)
    write_file(out, written(answers).encode())
    say(_("written: {out}", out=out))
    say(_("Next: posturecam analyze front.jpg --answers {out}", out=out))


def score(
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
    from posturecam.cli.given import Given
    from posturecam.storage.outputs import claim, inside
    from posturecam.storage.rescoring.files import rescore_files

    target = Path(json) if json and json != "-" else None
    claim([target], [*files, answers, balance, *inside(knowledge)])
    known = Given(answers, balance, knowledge).read()
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
