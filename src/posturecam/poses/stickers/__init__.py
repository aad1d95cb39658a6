"""Round stickers and balls on the body, of one colour or none: found to a fraction of a pixel, named by where they lie.

    colour.py   the colour of a pack, by name, as #rrggbb, or sampled at a point; white, reflective, black
    blobs.py    round spots of that colour
    naming.py   which is which, with ``places.toml``
    column.py   the column of markers down the spine
    finding.py  all of it: ``find_stickers``, and ``stickers_like`` for one click on one sticker

>>> found = find_stickers(photo, pose, read_colour("green"))
>>> found = stickers_like(photo, pose, 312, 540)

Photo and pose are those that are measured (of a mirrored selfie: its mirror image undone).
"""

from posturecam.poses.stickers.colour import Colour, colour_at, read_colour

__all__ = ["Colour", "colour_at", "read_colour"]
