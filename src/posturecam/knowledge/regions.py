"""The links of the kinetic chain, feet to head, and the order in which a body is worked on."""

from enum import StrEnum

from posturecam.knowledge.faults import Table
from posturecam.text.language import N_, _


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
    Region.FEET: N_("feet"),
    Region.KNEES: N_("knees"),
    Region.PELVIS: N_("pelvis"),
    Region.LUMBAR: N_("waist and lower back"),
    Region.THORACIC: N_("upper back"),
    Region.SHOULDER_BLADES: N_("shoulders"),
    Region.NECK: N_("neck"),
    Region.HEAD: N_("head"),
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
    N_("what feeds it"),
    N_("legs and hips"),
    N_("spine and waist"),
    N_("shoulder blades"),
    N_("neck and head"),
    N_("the whole"),
)


def read_region(table: Table) -> Region:
    """Read the entry ``region``; a bad one is noted and stands in as the pelvis."""
    name = table.choice("region", tuple(Region))
    return Region(name) if name in tuple(Region) else Region.PELVIS
