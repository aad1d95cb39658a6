"""Other languages: nothing is missing, the fields are the same, and only words change."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
import typer
from translation.extract import template
from translation.update import compiled, merged, missing, path_of, read, written
from typer.main import get_command
from typer.testing import CliRunner

from posturecam.batch.job import Job
from posturecam.cli import app, early
from posturecam.errors import SettingsError
from posturecam.knowledge import load
from posturecam.patterns.answers import Answers
from posturecam.patterns.plan import conclude
from posturecam.reports.cases import answers_of, case_readings, cases
from posturecam.text.language import (
    LANGUAGES,
    VARIABLE,
    _,
    all_translations,
    choose,
    current,
    format_fields,
    ngettext,
    number,
)
from posturecam.text.language.sides import names_of, with_sides, without_side
from posturecam.text.language.tables import texts
from posturecam.text.sentences import NAMED
from repository import SOURCE
from test_words import MAY_NAME_DISEASES, QUESTIONS_OF_SAFETY, table_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from babel.messages.catalog import Catalog, Message

OTHERS = [code for code in LANGUAGES if code != "en"]
FIELD = re.compile(r"\{(\w*)[^}]*\}|%\((\w+)\)s")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """Leave no test in another language."""
    yield
    choose("en")


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    """Every text of the program."""
    return template()


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_and_none_is_left_over(code: str, wanted: Catalog) -> None:
    """What the program says and what the catalogue holds are the same texts."""
    catalogue = read(code)
    assert [message.id for message in missing(catalogue)] == []
    here, there = ({(str(one.id), one.context) for one in texts if one.id} for texts in (catalogue, wanted))
    assert there - here == set(), "run: make language"
    assert here - there == set(), "run: make language"


@pytest.mark.parametrize("code", OTHERS)
def test_the_catalogue_is_written_and_compiled_as_the_tool_does_it(code: str, wanted: Catalog) -> None:
    """Run: make language."""
    catalogue = merged(read(code), wanted)
    assert written(catalogue) == path_of(code, "po").read_bytes()
    assert compiled(catalogue) == path_of(code, "mo").read_bytes()


@pytest.mark.parametrize("code", OTHERS)
def test_a_new_version_of_the_tool_leaves_the_catalogue_as_it_is(
    code: str, wanted: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fresh environment has the newest tool; its version must not change a byte."""
    monkeypatch.setattr("babel.messages.catalog.VERSION", "99.0")
    assert written(merged(read(code), wanted)) == path_of(code, "po").read_bytes()


def fields(text: str) -> set[str]:
    """Name the fields of a text."""
    return {one or other for one, other in FIELD.findall(text)}


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """Give a text's forms, one or several."""
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_fields_of_the_original(code: str) -> None:
    """A field that is missing or invented would end in a traceback or in silence."""
    wrong = [message.id for message in read(code) if message.id and not _same_fields(message)]
    assert wrong == []


def _same_fields(message: Message) -> bool:
    """Compare the fields, and the mark that keeps a help text from being wrapped."""
    if any(
        str(message.id).count("\b") != said.count("\b") for said in forms(message.string) if "\b" in str(message.id)
    ):
        return False
    wanted = set().union(*map(fields, forms(message.id)))
    return all(fields(said) <= wanted for said in forms(message.string)) and wanted == set().union(
        *map(fields, forms(message.string))
    )


@pytest.mark.parametrize("code", OTHERS)
def test_numbers_have_the_sign_of_the_language(code: str) -> None:
    """2.5° is 2,5° in German, in translated words as well."""
    if LANGUAGES[code].point != ",":
        pytest.skip("this language writes a point")
    allowed = re.compile(
        r"posturecam\S*|\S+\.(toml|jpg|json|csv|html)|--\S+|\b\d+\.\d+\.\d+|pip install .*|\d+\.\d+:\d+"
    )
    wrong = [
        said
        for message in read(code)
        if message.id and "posturecam " not in str(message.id)
        for said in forms(message.string)
        if re.search(r"\d\.\d", allowed.sub("", said))
    ]
    assert wrong == []


def test_the_language_follows_the_choice_then_the_environment_then_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest word counts; a system of another language reads English."""
    for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert choose() == "en"
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("LANG", "de_AT.UTF-8")
    assert choose() == "de"
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert choose() == "en"
    monkeypatch.setenv(VARIABLE, "Deutsch")
    assert choose() == "de"
    assert choose("en") == "en" == current()


@pytest.mark.parametrize("named", ["fr", "xx_YY", "-", "../de", "klingon"])
def test_an_unknown_language_is_one_line(named: str) -> None:
    """And it names those that are known."""
    with pytest.raises(SettingsError, match=r"Languages: en \(English\), de \(Deutsch\)$") as caught:
        choose(named)
    assert "\n" not in str(caught.value)
    result = CliRunner().invoke(app, ["--language", named, "doctor"])
    assert result.exit_code == 2
    assert result.output.startswith(f"posturecam: --language {named}:")
    assert result.output.count("\n") == 1


def test_language_stands_anywhere_on_the_line() -> None:
    """As --debug does; behind -- nothing is an option."""
    assert early(["analyze", "a.jpg", "--language", "de", "--debug"]) == [
        "--language",
        "de",
        "--debug",
        "analyze",
        "a.jpg",
    ]
    assert early(["analyze", "--language=de", "--", "--debug"]) == ["--language=de", "analyze", "--", "--debug"]
    assert early(["--language"]) == ["--language"]


def test_help_is_german() -> None:
    """The texts of the commands, of the options, and typer's own."""
    german = CliRunner().invoke(app, ["--language", "de", "analyze", "--help"])
    assert german.exit_code == 0
    english = CliRunner().invoke(app, ["analyze", "--help"], env={VARIABLE: "en"})
    assert english.output != german.output
    assert "Antworten" in german.output
    assert "Answers" in english.output


OF_THE_FRAMEWORK = re.compile(
    r"Usage|OPTIONS|COMMAND\b|ARGS|Options|Arguments|Commands|Show this|\[required|\[default|Error|Missing|Invalid|"
    r"No such|Try \'|Input should"
)


def every_line() -> list[list[str]]:
    """Name every command and group, with the program itself."""

    def below(command: Any, line: list[str]) -> list[list[str]]:
        found = [line]
        for name, other in getattr(command, "commands", {}).items():
            found += below(other, [*line, name])
        return found

    return below(get_command(app), [])


@pytest.fixture
def fresh_words(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let typer look its words up again, as a new process does: it keeps those of the first help that it writes."""

    def forget() -> None:
        monkeypatch.delitem(sys.modules, "typer.rich_utils", raising=False)
        monkeypatch.delattr(typer, "rich_utils", raising=False)

    forget()
    return forget


@pytest.mark.parametrize("line", every_line(), ids=" ".join)
def test_no_help_keeps_an_english_word_of_the_framework(line: list[str], fresh_words: Callable[[], None]) -> None:
    """Usage, titles, defaults and the help of --help itself; English keeps them all."""
    german = CliRunner().invoke(app, ["--language", "de", *line, "--help"])
    assert german.exit_code == 0
    assert OF_THE_FRAMEWORK.findall(german.output) == []
    assert "Aufruf: " in german.output
    fresh_words()
    english = CliRunner().invoke(app, ["--language", "en", *line, "--help"]).output
    assert "Usage: " in english
    assert "Show this message and exit." in " ".join(english.replace("│", " ").split())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["analyze", "--fooo"], "die Option --fooo gibt es nicht"),
        (["--fooo"], "die Option --fooo gibt es nicht"),
        (["batch", "photos"], "die Option '--out' fehlt"),
        (["analyze", "a.jpg", "--passes", "x"], "'--passes' ergibt hier keinen Sinn: eine ganze Zahl wird erwartet"),
        (["analyze", "a.jpg", "--height", "x"], "'--height' ergibt hier keinen Sinn: eine Zahl wird erwartet"),
        (["live", "--width", "3"], "'--width' ergibt hier keinen Sinn: es muss mindestens 64 sein"),
        (["exam", "--person", "P1"], "das Argument 'FOTO…' fehlt"),
        (["guide", "more"], "mehr, als gefragt ist"),
        (["fooo"], "Den Befehl 'fooo' gibt es nicht"),
    ],
)
@pytest.mark.usefixtures("fresh_words")
def test_a_line_that_cannot_be_read_is_told_in_german(line: list[str], said: str) -> None:
    """Typer says it in English only, so it is said for it; the exit code stays."""
    result = CliRunner().invoke(app, ["--language", "de", *line])
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
    assert OF_THE_FRAMEWORK.findall(result.output) == []


def test_what_takes_fields_and_counts() -> None:
    """Numbers get the sign of the language, sides their endings."""
    assert format_fields("{size:.1f}° {word}", size=2.13, word="2.1") == "2.1° 2.1"
    assert with_sides("the {side} knee, {size}", "left") == "the left knee, {size}"
    choose("de")
    assert format_fields("{size:.1f}° {word} {share:.0%} {count}", size=2.13, word="2.1", share=0.5, count=3) == (
        "2,1° 2.1 50\u00a0% 3"
    )
    assert number(2.13) == "2,1"
    assert with_sides("{side:es} Knie, {size}, {other}", "left") == "linkes Knie, {size}, rechts"
    assert "{side:e} und {other:en} {side}".format(**names_of("both")) == (
        "linke und rechte und linken und rechten links und rechts"
    )
    assert without_side("die {side:e} Brust") == "die Brust"
    assert ngettext("{count} note", "{count} notes", 2) in ("2 notes", "2 Hinweise")


def test_a_text_is_known_again_in_every_language() -> None:
    """Stored words may be of another language."""
    assert all_translations("left") == ("left", "links")


def test_a_clinics_own_tables_are_left_as_they_are(tmp_path: Path) -> None:
    """They stand in the clinic's own words."""
    for path in sorted((SOURCE / "knowledge").glob("*.toml")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    choose("de")
    assert load(tmp_path).norm("hip_tilt").plus == "left hip {size} higher"
    assert load().norm("hip_tilt").plus == "linke Hüfte {size} höher"
    assert load(tmp_path).version == load().version


def test_the_tables_texts_are_found() -> None:
    """Texts, lists of texts and tables of texts; names and keys are for the machine."""
    table = {"P01": {"name": "N", "region": "pelvis", "causes": ["a", "b"], "expect": [{"words": "w", "measure": "m"}]}}
    assert list(texts("patterns.toml", table)) == ["N", "a", "b", "w"]
    assert list(texts("sources.toml", {"R1": {"text": "t"}})) == []


def skeleton(conclusion: object) -> list[tuple[object, ...]]:
    """Give all that is not words: patterns, sides, scores, verdicts, muscles, weights, urgency."""
    return [
        *(
            (one.pattern, one.side, one.score, one.verdict, one.tight, one.weak, one.severity, one.subsumed_by)
            for one in conclusion.findings  # type: ignore[attr-defined]
        ),
        *(
            (piece.measure, piece.value, piece.weight, piece.supports, piece.credit, piece.severity)
            for one in conclusion.findings  # type: ignore[attr-defined]
            for piece in one.evidence
        ),
        *((one.pattern, one.side, one.weight) for one in conclusion.chain.drivers),  # type: ignore[attr-defined]
        *((one.rank, one.phase, one.muscles, one.pattern) for one in conclusion.plan.steps),  # type: ignore[attr-defined]
        *((one.key, one.kind, one.urgency) for one in conclusion.red_flags),  # type: ignore[attr-defined]
    ]


def test_scores_verdicts_and_sides_are_the_same_in_every_language() -> None:
    """Only the words change."""
    said: dict[str, list[list[tuple[object, ...]]]] = {}
    for code in LANGUAGES:
        choose(code)
        knowledge = load()
        said[code] = [
            skeleton(conclude(case_readings(case, knowledge), case.views, knowledge, answers_of(case, knowledge)))
            for case in cases(knowledge)
        ]
        said[code] += [skeleton(conclude([], "front", knowledge, Answers(warnings=tuple(knowledge.warnings))))]
    assert all(one == said["en"] for one in said.values())


def test_no_function_hides_the_name_that_translates() -> None:
    """A loop over ``_`` would make ``_("…")`` fail where it is needed."""
    wrong = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id == "_"]
                arguments = [one.arg for one in ast.walk(node) if isinstance(one, ast.arg)]
                binds = "_" in arguments or any(isinstance(one.ctx, ast.Store) for one in inside)
                calls = [
                    one for one in ast.walk(node) if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "_"
                ]
                if binds and calls and not _only_in_comprehensions(node):
                    wrong.append(f"{path.name}: {node.name}")
    assert wrong == []


def test_no_text_hides_in_an_f_string() -> None:
    """The tool that gathers the texts does not look into f-strings."""
    hidden = [
        f"{path.name}: {ast.unparse(call)}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MARKS[:4]
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


def _only_in_comprehensions(function: ast.AST) -> bool:
    """Whether ``_`` is bound inside comprehensions alone, which keep it to themselves."""
    kept = {
        id(name) for one in ast.walk(function) if isinstance(one, ast.comprehension) for name in ast.walk(one.target)
    }
    stores = [one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id == "_"]
    return all(id(one) in kept for one in stores if isinstance(one.ctx, ast.Store))


def test_texts_are_translated_where_they_are_said() -> None:
    """An empty text stays empty; gettext would answer with the head of the catalogue."""
    choose("de")
    assert _("") == ""


FORBIDDEN_IN = {
    "de": re.compile(
        r"\b([Dd]iagnos\w*|[Bb]ehand(el|l)\w*|[Tt]herapie\w*|[Hh]eil(en|t|ung\w*|bar)|Sie haben(?! von)|Sie leiden|"
        r"Fehl(haltung|stellung)\w*|Haltungs(schaden|fehler)\w*|[Ss]chlechte Haltung|falsche Haltung|"
        r"[Vv]erschlissen\w*|Deformit\w*|[Dd]egenerati\w*|schief gewachsen)\b"
    )
}
DISEASES_IN = {
    "de": re.compile(
        r"\b(\w*[Ss]kolios\w*|\w*[Aa]rthrose|\w*[Aa]rthritis|Tendinopath\w*|Torticollis|Schiefhals|Spondyl\w*|"
        r"\w*[Tt]hrombose|Bandscheibenvorfall|\w*[Oo]steopor\w*|Scheuermann|Radikulopath\w*|Fibromyalgie|Ischias|Krebs)\b"
    )
}


@pytest.mark.parametrize("code", FORBIDDEN_IN)
def test_translations_use_careful_words(code: str) -> None:
    """As in English: the disclaimer alone says what this is not, and diseases stand where they are ruled out."""
    may_name = {text for place, key, text in table_texts() if key in MAY_NAME_DISEASES or QUESTIONS_OF_SAFETY in place}
    found = []
    for message in read(code):
        for said in (message.string,) if isinstance(message.string, str) else message.string:
            if message.id and "does not diagnose" not in message.id and FORBIDDEN_IN[code].search(said):
                found.append(said)
            if message.id not in may_name and DISEASES_IN[code].search(said):
                found.append(said)
    assert found == []


@pytest.mark.parametrize(("code", "careful"), [("de", "passt zu")])
def test_every_translated_explanation_is_careful(code: str, careful: str) -> None:
    """Each says what it is consistent with."""
    catalogue = read(code)
    for pattern in load().patterns.values():
        for variant in pattern.variants:
            if not pattern.voids:
                message = catalogue.get(variant.explanation)
                assert message is not None
                assert careful in message.string, pattern.key


ELSEWHERE = {
    "reports/catalogue.py": "the documentation is English",
    "cli/system_libraries.py": "runs before anything is installed",
    "records/": "what databases are told, and what they answer",
    "page/security.py": "headers for browsers",
    "page/exam_views.py": "headers for browsers",
    "page/people_views.py": "headers for browsers",
    "reports/html/markup.py": "the head of a page, for browsers",
    "reports/fhir.py": "codes of a standard",
    "reports/trend.py": "names for the style sheet",
    "storage/rescoring/scored_batch.py": "JSON",
    "batch/engines.py": "types",
    "batch/disk_tables.py": "what a database is told",
}
"""Files, and beginnings of paths, whose unmarked strings are read by machines or before there is a language."""

FOR_MACHINES = (
    r"posturecam: \{\}|posturecam \{\}",  # the name before what is said
    r"[%] of (height|chord)|side photo|balance test|60 to 69|70 or over|under 18|if measured|before exercising",  # keys
    r"(partly )?(placed by hand|\{\})|partly | and | or ",  # how placed points are stored
    r"pose network|face mesh|synthetic figure|pose model|not enough evidence|Photo \| None",  # keys of results
    r"\[P\] .*|R\d+: .*|.*\[D\]|.*MDC.*",  # where a number comes from, read in the code
    r"bold red|--plumb |strip \w+|(board|given) \{\}|.*\[measured\]|\{\}, measured|this ?photo|CFF ",  # styles
    r"everything at full precision.*|the photo with plumb line.*|one page to read.*",  # what a report is, for authors
    r"the (file|assessment|stored assessment|database|exam)|\{\}, line \{\}|answers",  # stand-ins for a file's name
    r"Iterable\[.*|OrderedDict\[.*",  # types
    r"text/html.*|attachment; .*|tuple\[.*|dict\[.*|Future\[.*|asyncio.*|\w+ \| None|Connection\[.*",  # types
    r"<!doctype html>.*|.*(speak it|should not have happened).*",  # said before, or without, a language
    r"\s*\\.*|\\\w.*|.*\(\?.*",  # patterns
    r"translate\(.*|posturecam \w+|open the finder first.*|\{task.*",  # drawings, threads
    r"JPEG XL|JPEG 2000",  # names of formats
    r"\{\} mm|\{\}°.*|\{\} %|[\d.]+ mm| mm",  # numbers
)


def unmarked(path: Path, known: str) -> Iterator[str]:
    """Yield the strings of a program that people could read and that do not go through the catalogue."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            text = _shape(node)
            if not re.search(r"[A-Za-z]{2}", text.replace("{}", "")) or " " not in text or text in known:
                continue
            if not _spared(node, parents):
                yield text


def _shape(node: ast.expr) -> str:
    """Write a string with its fields left out."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(getattr(node, "value", ""))


def _spared(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a string is marked, documents, belongs to a larger one, or tells a programmer of a mistake."""
    above = parents.get(node)
    if isinstance(above, ast.JoinedStr | ast.FormattedValue | ast.Expr):
        return True
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Call) and getattr(above.func, "id", "") in MARKS:
            return True
        if isinstance(above, ast.keyword) and above.arg in ("class_", "viewBox", "help", "metavar", "epilog"):
            return True
        above = parents.get(above)
    return isinstance(above, ast.Assign) and _for_programmers(above, parents)


MARKS = (
    "_",
    "N_",
    "ngettext",
    "pgettext",
    "all_translations",
    "figures_alone",
    "plural",
    "format_fields",
    "NewType",
    "cast",
)
MISTAKES = ("ValueError", "TypeError", "RuntimeError", "AttributeError", "AssertionError", "LookupError")


def _for_programmers(assign: ast.Assign, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether the next statement raises one of Python's own errors with it."""
    for _field, block in ast.iter_fields(parents[assign]):
        if isinstance(block, list) and assign in block:
            after = block[block.index(assign) + 1 : block.index(assign) + 2]
            return any(isinstance(one, ast.Raise) and _raised(one) in MISTAKES for one in after)
    return False


def _raised(statement: ast.Raise) -> str:
    called = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return getattr(called, "id", "")


def test_every_string_that_people_read_goes_through_the_catalogue(wanted: Catalog) -> None:
    """A string with words in it is marked, stands in a help text, or is one of those listed above with their reason."""
    known = "\n".join(form for message in wanted for form in forms(message.id))
    spared = re.compile("|".join(f"(?:{one})" for one in FOR_MACHINES), re.DOTALL)
    found = [
        f"{path.relative_to(SOURCE)}: {text}"
        for path in sorted(SOURCE.rglob("*.py"))
        if not path.relative_to(SOURCE).as_posix().startswith(tuple(ELSEWHERE))
        for text in unmarked(path, known if path.parent.name == "cli" else "")
        if not spared.fullmatch(text) and text not in NAMED
    ]
    assert found == [], "mark them with _() (constants with N_()), and run: make language"


def test_a_folders_run_counts_the_language_among_its_settings() -> None:
    """Words stand in its tables, so results of another language are made anew, and the same command gives the same."""
    units = {}
    for code in LANGUAGES:
        choose(code)
        job = Job(finder="synthetic")
        assert job.score_settings.get("language", "en") == code
        units[job.unit("0" * 64, None)] = code
    assert list(units.values()) == list(LANGUAGES)


TAG = re.compile(
    r"\{% block kind %\}.*?%\}|\{%.*?%\}|\{\{.*?\}\}|<script.*?</script>|<style.*?</style>|"
    r"<[^>]*?(?:\{[{%].*?[%}]\}[^>]*?)*>|@\w+@",
    re.DOTALL,
)


@pytest.mark.parametrize(
    "path", [*sorted((SOURCE / "page" / "templates").glob("*.html")), SOURCE / "batch" / "index_template.html"], ids=str
)
def test_no_template_says_a_text_of_its_own(path: Path) -> None:
    """Between the tags stands nothing but what the catalogue holds, the program's name and the names of formats."""
    bare = TAG.sub("\n", re.sub(r"@_\(.+?\)@", "", path.read_text("utf-8")))
    said = [line.strip() for line in bare.splitlines() if re.search(r"[A-Za-z]{2}", line.replace("posturecam", ""))]
    assert said == [], 'write {{ _("…") }}, or @_(…)@ in the folder\'s page'
    attributes = re.findall(
        r'(?:aria-label|placeholder|alt|title)="([^"{@]*[A-Za-z]{2}[^"{@]*)"', path.read_text("utf-8")
    )
    assert [one for one in attributes if one != "posturecam"] == []


@pytest.mark.parametrize("path", sorted((SOURCE / "page" / "static").glob("*.js")), ids=lambda path: path.name)
def test_no_script_says_a_sentence_of_its_own(path: Path) -> None:
    """What a script tells goes through ``tr("…")``."""
    script = re.sub(r"/\*.*?\*/|(?m:^\s*//.*$)", "", path.read_text("utf-8"), flags=re.DOTALL)
    sentence = re.compile(r'(?<!tr\()"([A-Z][a-z]+ [a-z][^"]*)"|`([A-Z][a-z]+ [a-z][^`]*)`')
    assert [one or other for one, other in sentence.findall(script)] == []
