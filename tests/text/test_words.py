"""What people read: careful words everywhere, and nothing that only a professional may say."""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from posturecam.knowledge import load
from posturecam.knowledge.loading import BUILT_IN
from posturecam.patterns.plan import conclude
from posturecam.reports.cases import answers_of, case_readings, cases
from posturecam.storage.rescoring.stored_object import json_values
from repository import SOURCE

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
    from posturecam.text import labels

    allowed = [text for text in vars(labels).values() if isinstance(text, str) and "does not diagnose" in text]
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
        conclusion = conclude(case_readings(case, knowledge), case.views, knowledge, answers_of(case, knowledge))
        said = str(json_values(conclusion))
        assert not FORBIDDEN.search(said), (case, FORBIDDEN.search(said))
        assert not DISEASES.search(said), (case, DISEASES.search(said))
        for finding in conclusion.findings:
            if finding.verdict == "consistent":
                assert "consistent with" in str(finding.explanation)


@pytest.mark.parametrize("pattern", load().patterns.values(), ids=lambda pattern: pattern.key)
def test_every_explanation_is_careful(pattern: Any) -> None:
    """Each says what it is consistent with, and what may feel how."""
    for variant in pattern.variants:
        if pattern.voids:
            continue
        assert "consistent with" in variant.explanation
        assert "may" in variant.explanation or pattern.normal_variant
