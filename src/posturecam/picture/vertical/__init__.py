"""Which way gravity points in a photo, from which evidence, and how sure that is.

    given     the roll that the user states
    plumb     a line that the user draws along something plumb
    board     the printed board that hangs in the photo (``lens/hanging.py`` finds it)
    edges     the room's own upright edges (``lines.py`` finds them, ``vote.py`` lets them vote)
    nothing   the picture's own edges, taken as level

Every source has its own standard error; the surest is taken, and where two contradict each other that is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from posturecam.errors import SettingsError
from posturecam.errors.facts import Note, Problem
from posturecam.picture.vertical.vote import Vote

UNKNOWN_SIGMA_DEG = 0.5
"""Standard error of the vertical when nothing in the photo tells it: ±1° at 95 %."""

GIVEN_SIGMA_DEG = 0.1
"""Standard error of a roll that the user states."""

DRAWN_SIGMA_PX = 1.5
"""Standard error of each end of a plumb line that the user draws, across the line."""

BUILT_SIGMA_DEG = 0.1
"""How far built edges stand off plumb: at most 8 mm in 3 m is allowed (DIN 18202, table 2), taken as 1.5 sigma."""

NOTHING, GIVEN = "nothing in the photo", "given"
DRAWN, EDGES = "plumb line", "upright edges of the room"
HUNG = "the hanging board"

LEAST_LINES, LEAST_SUPPORT, MOST_SIGMA_DEG = 3, 0.5, 0.4
"""Edges are believed when so many agree, so many halves of the photo's long side in all, to within this."""

MOST_ROLL_DEG = 5.0
"""Nobody holds a camera more askew than this without meaning to; edges that say so are furniture."""

FARTHEST_FROM_BODY_DEG = 5.0
"""A standing body's own line, ankles to ears, leans less than this; edges that say otherwise are furniture."""

Line = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Vertical:
    """The camera's roll; ``roll_deg`` > 0: the picture's content is turned counter-clockwise."""

    source: str
    roll_deg: float
    sigma_deg: float


def find_vertical(
    roll_deg: float | None = None,
    plumb: Line | None = None,
    edges: Vertical | None = None,
    board: Vertical | None = None,
) -> Vertical:
    """Take the surest source; with none, the picture's own edges as level to within ±1°."""
    return vertical_sources(roll_deg, plumb, edges, board)[0]


def vertical_sources(
    roll_deg: float | None = None,
    plumb: Line | None = None,
    edges: Vertical | None = None,
    board: Vertical | None = None,
) -> tuple[Vertical, ...]:
    """List everything that tells the vertical, the surest first; ``plumb`` in pixels x1, y1, x2, y2."""
    stated = None if roll_deg is None else Vertical(GIVEN, roll_deg, GIVEN_SIGMA_DEG)
    drawn = None if plumb is None else from_plumb(plumb)
    found = [vertical for vertical in (stated, drawn, board, edges) if vertical is not None]
    found.sort(key=lambda entry: entry.sigma_deg)
    return tuple(found) or (Vertical(NOTHING, 0.0, UNKNOWN_SIGMA_DEG),)


def read_plumb(text: str) -> Line:
    """Read ``X1,Y1,X2,Y2``; raises SettingsError for anything else, and for a line that cannot be plumb."""
    try:
        x1, y1, x2, y2 = (float(part) for part in text.split(","))
    except ValueError as error:
        msg = Problem("plumb_makes_no_sense", text=text)
        raise SettingsError(msg) from error
    from_plumb((x1, y1, x2, y2))
    return x1, y1, x2, y2


def from_plumb(plumb: Line) -> Vertical:
    """Take the roll from a line drawn along something plumb; raises SettingsError for a line that cannot be."""
    x1, y1, x2, y2 = plumb
    across, up = (x1 - x2, y2 - y1) if y1 < y2 else (x2 - x1, y1 - y2)
    length = float(np.hypot(across, up))
    if not np.isfinite(length) or length < 20.0:
        msg = Problem("plumb_ends_close", shown=_shown(plumb), length=length)
        raise SettingsError(msg)
    roll = float(np.degrees(np.arctan2(-across, up)))
    if abs(roll) > 45.0:
        msg = Problem("plumb_across", shown=_shown(plumb))
        raise SettingsError(msg)
    return Vertical(DRAWN, roll, float(np.hypot(np.degrees(np.sqrt(2.0) * DRAWN_SIGMA_PX / length), GIVEN_SIGMA_DEG)))


def _shown(plumb: Line) -> str:
    return "--plumb " + ",".join(f"{coordinate:g}" for coordinate in plumb)


def from_vote(vote: Vote | None, body_lean_deg: float) -> Vertical | None:
    """Believe the room's edges, or not: too few, too unsure, too much askew, or at odds with the body itself.

    ``body_lean_deg`` is the roll under which the body would stand upright, nan where it is not known.
    """
    if vote is None or vote.lines < LEAST_LINES or vote.support < LEAST_SUPPORT or vote.sigma_deg > MOST_SIGMA_DEG:
        return None
    if abs(vote.roll_deg) > MOST_ROLL_DEG or abs(vote.roll_deg - body_lean_deg) > FARTHEST_FROM_BODY_DEG:
        return None
    own = float(np.hypot(vote.sigma_deg, BUILT_SIGMA_DEG))
    roll, sigma = vote.by_objects or (vote.roll_deg, own)
    return Vertical(EDGES, roll, max(own, sigma))


def disagreement(found: Iterable[Vertical]) -> Note | None:
    """Say where two sources of the vertical contradict each other beyond their errors, or None."""
    first, *others = sorted(found, key=lambda entry: entry.sigma_deg)
    for other in others:
        apart = abs(first.roll_deg - other.roll_deg)
        if apart > 2.58 * np.hypot(first.sigma_deg, other.sigma_deg):
            return Note(
                "verticals_disagree",
                apart=apart,
                source=first.source,
                roll_deg=first.roll_deg,
                source2=other.source,
                roll_deg2=other.roll_deg,
            )
    return None


def mirrored_line(plumb: Line, width_px: float) -> Line:
    """Give the line in the mirror image of a photo of that width."""
    x1, y1, x2, y2 = plumb
    return (width_px - x1, y1, width_px - x2, y2)
