"""The links of the kinetic chain, feet to head, and the order in which a body is worked on."""

from enum import StrEnum

from posturecam.knowledge.faults import Table
from posturecam.text.language import _, later


class Region(StrEnum):
    """A link of the chain; their order here is from the ground up."""

    FEET = "feet"
    KNEES = "knees"
    PELVIS = "pelvis"
    LUMBAR = "lumbar"
    THORACIC = "thoracic"
    SHOULDER_BLADES = "shoulder_blades"
    NECK = "neck"
    HEAD = "head"

    @property
    def plain(self) -> str:
        """The region as people say it."""
        return _(_PLAIN[self])

    @property
    def rank(self) -> int:
        """When it is worked on: 1 legs and hips, 2 spine and waist, 3 shoulder blades, 4 neck and head (source S0)."""
        return _RANKS[self]

    @property
    def height(self) -> int:
        """Place in the chain, 0 = the feet."""
        return list(Region).index(self)


_PLAIN = {
    Region.FEET: later("feet"),
    Region.KNEES: later("knees"),
    Region.PELVIS: later("pelvis"),
    Region.LUMBAR: later("waist and lower back"),
    Region.THORACIC: later("upper back"),
    Region.SHOULDER_BLADES: later("shoulders"),
    Region.NECK: later("neck"),
    Region.HEAD: later("head"),
}
_RANKS = {
    Region.FEET: 1,
    Region.KNEES: 1,
    Region.PELVIS: 1,
    Region.LUMBAR: 2,
    Region.THORACIC: 2,
    Region.SHOULDER_BLADES: 3,
    Region.NECK: 4,
    Region.HEAD: 4,
}
RANK_NAMES = (
    later("what feeds it"),
    later("legs and hips"),
    later("spine and waist"),
    later("shoulder blades"),
    later("neck and head"),
    later("the whole"),
)


def read_region(table: Table) -> Region:
    """Read the entry ``region``; a bad one is noted and stands in as the pelvis."""
    name = table.choice("region", tuple(Region))
    return Region(name) if name in tuple(Region) else Region.PELVIS
