"""What all the evidence in a photo together says of a tilt, with its own standard error.

The pose network pulls every body towards symmetry. Three readings undo it: left-right differences of its points, a
small network that looks at the pelvis, the shoulders and the head for itself, and the face mesh. Every reading is odd
in the mirror by construction, so a mirrored photo gives exactly the mirrored answer.

    features.py   left-right differences of the pose network's points
    patches.py    the three squares of the picture that the small network sees
    place_network.py      the small network itself
    places.py     the readings taken from what it sees
    near_network.py    side views: the network that looks at head, neck and shoulder; near_places.py, what it sees
    near_view.py     the angles of head and neck from that, and their error
    thighs.py     hip adduction from the estimated pelvis
    fusion.py     the learned combination, and its error

How it was learned, and what was tried, stands in calibration/estimator/.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the evidence says of one measure: value and standard error, in the measure's unit and sign.

    ``in_range`` is false for a photo unlike any that was learned from; its standard error has grown accordingly.
    """

    value: float
    sem: float
    in_range: bool = True

    def __post_init__(self) -> None:
        """Refuse a standard error that is none."""
        if not self.sem >= 0:
            msg = f"a standard error must not be negative, as {self.sem} is"
            raise ValueError(msg)


Estimates = dict[str, Estimate]

__all__ = ["Estimate", "Estimates"]
