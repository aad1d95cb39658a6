"""Which way the verticals of a room run: a vote of line segments over the camera's roll and pitch.

Edges that are upright in the room meet, in the photo, in one vanishing point. At a point p the picture of an upright
line has the direction (−sin roll − k·x, cos roll − k·y), with p = (x, y) from the middle of the photo in halves of its
long side, y up, and k the tangent of the camera's pitch over the focal length. Each segment either obeys this, up to
the precision of its length, or comes from something else (a tilted shelf, a shirt): a mixture, summed up over a grid
of roll and k. Mean and spread of what remains likely are the roll and its standard error (vanishing points by
expectation maximisation: Antone & Teller 2000; Kosecka & Zhang 2002).
"""

from dataclasses import dataclass

import numpy as np

from posturecam.body import Array

STEEPEST_DEG = 20.0
"""Segments leaning further than this are no edges of a room's verticals."""

_ROLL_LIMIT_DEG, _PITCH_LIMIT = 7.0, 0.36
_ROLL_SD_DEG, _PITCH_SD = 2.0, 0.12
_STRANGERS = 0.4
_STRANGER_DENSITY = 1.0 / (2.0 * STEEPEST_DEG)
_ROUGH_SD_DEG, _LEAST_SD_DEG, _END_SD = 0.2, 0.02, 0.03
_TEMPER = 0.8
"""How much of its say a segment keeps: edges of one thing err together.

With the least deviation it sets how wide a vote is: on phantoms_train 97 % of the 172 votes that are believed lie
within 1.96 of their own standard errors (calibration/vertical_check.py).
"""


@dataclass(frozen=True, slots=True)
class Vote:
    """The roll that a photo's upright edges agree on; ``support`` counts the long sides of edge that obey it.

    ``pitch`` is k (see above), the camera looking down where it is negative; ``pitch_sigma`` its standard error.
    ``by_objects`` is the roll and its standard error when edges of one object are one witness (``objects.py``).
    """

    roll_deg: float
    sigma_deg: float
    pitch: float
    support: float
    lines: int
    pitch_sigma: float = 0.0
    by_objects: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Edges:
    """Segments as the vote sees them: middles (N, 2), leans (N,) in degrees, lengths (N,)."""

    middle: Array
    lean: Array
    length: Array

    def sd_deg(self, least: float) -> Array:
        """(N,) how far a segment of its length may lean off an upright edge, degrees."""
        return np.hypot(least, _END_SD / self.length)


@dataclass(frozen=True, slots=True)
class Likely:
    """How likely each roll (R,) in degrees and pitch (K,) is: chance (R, K), summing to 1."""

    rolls: Array
    pitches: Array
    chance: Array

    @property
    def roll(self) -> tuple[float, float]:
        """Mean and spread of the roll, degrees."""
        return _moments(self.rolls, self.chance.sum(axis=1))

    @property
    def pitch(self) -> tuple[float, float]:
        """Mean and spread of the pitch."""
        return _moments(self.pitches, self.chance.sum(axis=0))


def _moments(values: Array, chance: Array) -> tuple[float, float]:
    mean = float(values @ chance)
    return mean, float(np.sqrt((values - mean) ** 2 @ chance))


def leans(segments: Array) -> Array:
    """(N,) lean of segments (N, 4: x1, y1, x2, y2; y up), degrees, + = the upper end lies towards + x."""
    d = segments[:, 2:] - segments[:, :2]
    d = d * np.where(d[:, 1:] < 0, -1.0, 1.0)
    return np.asarray(np.degrees(np.arctan2(d[:, 0], d[:, 1])))


def lean_at(points: Array, roll_deg: Array, pitch: Array) -> Array:
    """Lean of the picture of an upright line at points (..., 2), degrees."""
    roll = np.radians(roll_deg)
    return np.degrees(np.arctan2(-np.sin(roll) - pitch * points[..., 0], np.cos(roll) - pitch * points[..., 1]))


def vote(segments: Array) -> Vote | None:
    """Let segments (N, 4) vote; coordinates from the middle of the photo in halves of its long side, y up.

    First over all rolls and pitches with the precision of the grid, then over what remained likely with the segments'
    own precision.
    """
    edges = upright_edges(segments)
    if len(edges.lean) < 2:
        return None
    rough = likely(edges, (0.0, _ROLL_LIMIT_DEG), (0.0, _PITCH_LIMIT), _ROUGH_SD_DEG)
    fine = likely(edges, _around(rough.roll, 0.4), _around(rough.pitch, 0.02), _LEAST_SD_DEG)
    (roll, sigma), (pitch, pitch_sigma) = fine.roll, fine.pitch
    off = np.abs(edges.lean - lean_at(edges.middle, np.array(roll), np.array(pitch)))
    obeys = off < 2.0 * edges.sd_deg(_ROUGH_SD_DEG)
    return Vote(roll, sigma, pitch, float(edges.length[obeys].sum()), int(obeys.sum()), pitch_sigma)


def _around(moments: tuple[float, float], least: float) -> tuple[float, float]:
    mean, spread = moments
    return mean, max(3.5 * spread, least)


def upright_edges(segments: Array) -> Edges:
    """Keep what leans little enough to be the picture of an upright edge."""
    segments = segments[np.abs(leans(segments)) < STEEPEST_DEG]
    length = np.linalg.norm(segments[:, 2:] - segments[:, :2], axis=1)
    return Edges((segments[:, :2] + segments[:, 2:]) / 2, leans(segments), length)


def likely(edges: Edges, roll: tuple[float, float], pitch: tuple[float, float], least_sd_deg: float) -> Likely:
    """Weigh a grid of rolls and pitches, each given as its middle and its half-width."""
    rolls = roll[0] + roll[1] * np.linspace(-1.0, 1.0, 141)
    pitches = pitch[0] + pitch[1] * np.linspace(-1.0, 1.0, 91)
    score = -0.5 * ((rolls[:, None] / _ROLL_SD_DEG) ** 2 + (pitches[None] / _PITCH_SD) ** 2)
    for point, lean, sd in zip(edges.middle, edges.lean, edges.sd_deg(least_sd_deg), strict=True):
        off = (lean_at(point, rolls[:, None], pitches[None]) - lean) / sd
        obeying = (1.0 - _STRANGERS) * np.exp(-0.5 * off**2) / (sd * np.sqrt(2.0 * np.pi))
        score += _TEMPER * np.log(obeying + _STRANGERS * _STRANGER_DENSITY)
    chance = np.exp(score - score.max())
    return Likely(rolls, pitches, chance / chance.sum())
