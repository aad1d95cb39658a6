"""Where each number comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from posturecam.knowledge.faults import Faults, Table


@dataclass(frozen=True, slots=True)
class Source:
    """One source; ``verify`` when it is cited from memory and the number has still to be looked up."""

    key: str
    text: str
    verify: bool


def read_sources(data: Mapping[str, object], faults: Faults) -> dict[str, Source]:
    """Read sources.toml."""
    sources = {}
    for key, rows in data.items():
        table = Table("sources.toml", key, rows, faults)
        sources[key] = Source(key, table.text("text"), table.flag("verify"))
        table.done()
    return sources
