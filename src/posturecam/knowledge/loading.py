"""Load a folder of tables, check all of it, and report every fault at once."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from posturecam.body import View
from posturecam.errors import KnowledgeError
from posturecam.knowledge.advice import (
    Limit,
    Question,
    Remedies,
    WarningSign,
    read_limits,
    read_questions,
    read_remedies,
    read_warnings,
)
from posturecam.knowledge.errors_table import LandmarkErrors, read_landmark_errors, unknown_error
from posturecam.knowledge.faults import Faults
from posturecam.knowledge.muscles import Muscle, read_muscles
from posturecam.knowledge.norms import Norm, read_norms
from posturecam.knowledge.pattern_tables import Known, Pattern, read_patterns
from posturecam.knowledge.sources import Source, read_sources
from posturecam.text.language import _, current
from posturecam.text.language.tables import translated

Tables = Mapping[str, Any]

FORMAT = 1
"""Grows when a table's meaning changes."""

BUILT_IN = Path(__file__).parent
FILES = (
    "sources.toml",
    "norms.toml",
    "landmark_error.toml",
    "muscles.toml",
    "questions.toml",
    "red_flags.toml",
    "remedies.toml",
    "patterns.toml",
)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Every table, checked. ``version`` names the tables' contents: ``1+`` and the first 8 hex digits of their hash."""

    version: str
    sources: Mapping[str, Source]
    norms: Mapping[str, Norm]
    landmark_errors: LandmarkErrors
    muscles: Mapping[str, Muscle]
    questions: Mapping[str, Question]
    warnings: Mapping[str, WarningSign]
    limits: Mapping[str, Limit]
    remedies: Remedies
    patterns: Mapping[str, Pattern]

    def norm(self, key: str) -> Norm:
        """Return the norm of a measure. Raises KeyError for a key that no table knows."""
        return self.norms[key]

    def landmark_error(self, key: str, view: View) -> float:
        """Return the standard error that the passes cannot see, in the measure's unit.

        Raises KnowledgeError where none is known.
        """
        norm = self.norms.get(key)
        error = self.landmark_errors.get((norm.table if norm else key, view))
        if error is None:
            raise unknown_error(key, view)
        return error


def load(folder: Path | None = None) -> Knowledge:
    """Load the built-in tables, or a clinic's own folder under the same checks. Raises KnowledgeError."""
    return _built_in(current()) if folder is None else read_folder(Path(folder))


@cache
def _built_in(_language: str) -> Knowledge:
    return read_folder(BUILT_IN, translated)


def read_folder(folder: Path, say: Callable[[str, Tables], Tables] = lambda _name, table: table) -> Knowledge:
    """Read and check every table of a folder, each as ``say`` puts it. Raises KnowledgeError with all faults.

    A clinic's own tables stand in the clinic's own words; only the built-in ones are translated.
    """
    faults = Faults()
    contents = {name: _read_file(folder / name, faults) for name in FILES}
    data = {name: say(name, _parse(name, content, faults)) for name, content in contents.items()}
    _stop_on(faults)
    digest = hashlib.sha256(b"".join(contents[name] for name in FILES)).hexdigest()
    knowledge = _build(f"{FORMAT}+{digest[:8]}", data, faults)
    _stop_on(faults)
    return knowledge


def _build(version: str, data: Mapping[str, Mapping[str, Any]], faults: Faults) -> Knowledge:
    sources = read_sources(data["sources.toml"], faults)
    norms = read_norms(data["norms.toml"], sources, faults)
    errors = read_landmark_errors(data["landmark_error.toml"], {norm.table for norm in norms.values()}, faults)
    muscles = read_muscles(data["muscles.toml"], faults)
    questions = read_questions(data["questions.toml"], faults)
    warnings = read_warnings(data["red_flags.toml"], sources, faults)
    limits = read_limits(data["red_flags.toml"], norms, sources, faults)
    remedies = read_remedies(data["remedies.toml"], muscles, sources, faults)
    known = Known(sources, norms, muscles, questions, remedies.stressors)
    patterns = read_patterns(data["patterns.toml"], known, faults)
    return Knowledge(
        version=version,
        sources=sources,
        norms=norms,
        landmark_errors=dict(errors),
        muscles=muscles,
        questions=questions,
        warnings=warnings,
        limits=limits,
        remedies=remedies,
        patterns=patterns,
    )


def _read_file(path: Path, faults: Faults) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        faults.lines.append(
            _(
                "{path}: cannot be read ({strerror}); allowed: a TOML file of that name",
                path=path,
                strerror=error.strerror or error,
            )
        )
        return b""


def _parse(name: str, content: bytes, faults: Faults) -> Mapping[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.lines.append(_("{name}: not valid TOML: {error}", name=name, error=error))
        return {}


def _stop_on(faults: Faults) -> None:
    if faults.lines:
        title = _("The knowledge tables have faults ({count} to mend):")
        raise KnowledgeError(title, tuple(faults.lines))
