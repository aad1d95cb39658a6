"""What people read in the knowledge tables, translated while they are loaded."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from posturecam.text.language import ENGLISH, _, current

FIELDS: Mapping[str, frozenset[str]] = {
    "norms.toml": frozenset(
        {"name", "who", "plain", "needs", "plus", "minus", "level", "what", "how", "why", "limits"}
    ),
    "muscles.toml": frozenset({"plain"}),
    "questions.toml": frozenset({"text", "choices"}),
    "red_flags.toml": frozenset({"text", "reason"}),
    "remedies.toml": frozenset({"title", "how", "texts"}),
    "patterns.toml": frozenset(
        {
            "name",
            "plain",
            "named_after",
            "evidence",
            "causes",
            "rule_out",
            "sites",
            "limits",
            "explanation",
            "words",
            "plus",
            "minus",
        }
    ),
}
"""The keys of each table whose texts, lists of texts or tables of texts people read; all others are for the machine."""


def texts(name: str, data: Any) -> Iterator[str]:
    """Yield every text of a table that people read, in reading order."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _mapped(data, FIELDS.get(name, frozenset()), note, read=False)
    yield from found


def translated(name: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a table in the language that is spoken."""
    if current() == ENGLISH or name not in FIELDS:
        return data
    said: Mapping[str, Any] = _mapped(data, FIELDS[name], _, read=False)
    return said


def _mapped(value: Any, fields: frozenset[str], say: Callable[[str], str], *, read: bool) -> Any:
    if isinstance(value, str):
        return say(value) if read else value
    if isinstance(value, list):
        return [_mapped(item, fields, say, read=read) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(entry, fields, say, read=read or key in fields) for key, entry in value.items()}
    return value
