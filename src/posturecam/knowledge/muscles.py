"""Every muscle once: its names, where it lies, and which muscles pull against it."""

from collections.abc import Mapping
from dataclasses import dataclass

from posturecam.knowledge.faults import Faults, Table
from posturecam.knowledge.regions import Region, read_region


@dataclass(frozen=True, slots=True)
class Muscle:
    """One muscle or a group that is always named together.

    antagonists  pull against it on the same side; ``across`` on the other side of the body
    depth        deep or superficial
    """

    key: str
    plain: str
    latin: str
    region: Region
    depth: str
    antagonists: tuple[str, ...]
    across: tuple[str, ...]

    @property
    def plural(self) -> bool:
        """Whether its plain name takes a plural verb."""
        return self.plain.endswith("s") and not self.plain.endswith("us")


def read_muscles(data: Mapping[str, object], faults: Faults) -> dict[str, Muscle]:
    """Read muscles.toml."""
    muscles = {}
    for key, rows in data.items():
        table = Table("muscles.toml", key, rows, faults)
        muscles[key] = Muscle(
            key,
            table.text("plain"),
            table.text("latin"),
            read_region(table),
            table.choice("depth", ("deep", "superficial")),
            table.names("antagonists", data, ()),
            table.names("across", data, ()),
        )
        table.done()
    return muscles
