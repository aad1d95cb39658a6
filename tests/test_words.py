"""What people read: careful words everywhere, and nothing that only a professional may say."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from translation.update import read

from posturecam.knowledge import load
from posturecam.knowledge.loading import BUILT_IN
from posturecam.plan import conclude
from posturecam.reports.cases import answers_of, cases, readings
from posturecam.reports.rescoring.stored import plain

SOURCE = Path(__file__).resolve().parents[1] / "src" / "posturecam"

FORBIDDEN = re.compile(
    r"\b(diagnos\w*|treat(s|ed|ing|ment\w*)?(?! left)|cures?|cured|heals?|you have|you suffer|misalign\w*|degenerat\w*|"
    r"out of place|wrong posture|bad posture|poor posture|deformit\w*)\b",
    re.IGNORECASE,
)
DISEASES = re.compile(
    r"\b(scolio\w*|\w*arthr(itis|osis)|tendinopath\w*|torticollis|spondyl\w*|thrombosis|hernia\w*|osteopor\w*|"
    r"scheuermann|radiculopath\w*|myelopath\w*|fibromyalgia|sciatica|cancer)\b",
    re.IGNORECASE,
)
MAY_NAME_DISEASES = ("rule_out", "source", "references")
"""Under "A professional may want to rule out", and in the titles of sources."""

QUESTIONS_OF_SAFETY = "red_flags.toml: answered"
"""A warning sign has to be asked for by its name."""


def table_texts() -> Iterator[tuple[str, str, str]]:
    """Every text of the knowledge tables: place, last key, text."""
    for path in sorted(BUILT_IN.glob("*.toml")):
        yield from _texts(path.name, "", tomllib.loads(path.read_text("utf-8")))


def _texts(place: str, key: str, value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield place, key, value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(place, key, one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(
                f"{place}: {name}" if not key else place, name if isinstance(one, str | list) else key or name, one
            )


def code_strings() -> Iterator[tuple[str, str]]:
    """Every string of the program that is no docstring."""
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                yield path.name, node.value


def test_the_tables_use_careful_words() -> None:
    """No verdicts, no alarming words."""
    found = [
        (place, text)
        for place, key, text in table_texts()
        if FORBIDDEN.search(text) and key not in MAY_NAME_DISEASES and not place.startswith("sources.toml")
    ]
    assert found == []


def test_the_tables_name_diseases_only_where_a_professional_may_want_to_rule_them_out() -> None:
    """And in the titles of sources, and where a warning sign is asked for."""
    found = [
        (place, key, text)
        for place, key, text in table_texts()
        if DISEASES.search(text)
        and key not in MAY_NAME_DISEASES
        and not place.startswith(("sources.toml", QUESTIONS_OF_SAFETY))
    ]
    assert found == []


def test_the_program_uses_careful_words() -> None:
    """The disclaimer alone says what this is not."""
    from posturecam.reports import wording

    allowed = [text for text in vars(wording).values() if isinstance(text, str) and "does not diagnose" in text]
    found = [
        (name, text)
        for name, text in code_strings()
        if FORBIDDEN.search(text) and not any(text in one for one in allowed) and "DISCLAIMER" not in text
    ]
    assert found == []


def test_every_conclusion_uses_careful_words() -> None:
    """Whatever fires, what is told says "is consistent with" and "may feel tight", and names no disease."""
    knowledge = load()
    for case in cases(knowledge):
        conclusion = conclude(readings(case, knowledge), case.views, knowledge, answers_of(case, knowledge))
        said = str(plain(conclusion))
        assert not FORBIDDEN.search(said), (case, FORBIDDEN.search(said))
        assert not DISEASES.search(said), (case, DISEASES.search(said))
        for finding in conclusion.findings:
            if finding.verdict == "consistent":
                assert "consistent with" in finding.explanation


@pytest.mark.parametrize("pattern", load().patterns.values(), ids=lambda pattern: pattern.key)
def test_every_explanation_is_careful(pattern: Any) -> None:
    """Each says what it is consistent with, and what may feel how."""
    for variant in pattern.variants:
        if pattern.voids:
            continue
        assert "consistent with" in variant.explanation
        assert "may" in variant.explanation or pattern.normal_variant


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
