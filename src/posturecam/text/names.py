"""The names of the body's points as people say them."""

from posturecam.body import Landmark, Name
from posturecam.text.language import _
from posturecam.text.language.parts import PART_WORDS, SPOT_WORDS
from posturecam.text.language.sides import side_word

_SIDES = ("left", "right")


def point_name(name: Name) -> str:
    """Name a landmark, ``left ankle``, or a spot with the plain word beside the field's: ``left patella (kneecap)``."""
    if isinstance(name, Landmark):
        words = name.value.split("_")
        side = next((word for word in words if word in _SIDES), None)
        part = _(PART_WORDS["_".join(word for word in words if word != side)])
        return part if side is None else _("{side} {part}", side=side_word(side), part=part)
    side, _joint, stem = name.value.partition("_")
    if not stem or stem.isdigit():
        return _("marker {number} on the spine", number=stem) if stem else _(SPOT_WORDS[side])
    return _("{side} {part}", side=side_word(side), part=_(SPOT_WORDS[stem]))
