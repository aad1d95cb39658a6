"""Where a therapist sets markers on a body of the phantom maker, from the points that its truth names.

Lies beside the phantom maker's scripts; needs no renderer. Body frame: x = the subject's left, y up, z forward, metres.
"""

from collections.abc import Iterator

import numpy as np

Spot = tuple[str, np.ndarray, np.ndarray]
"""A spot's name, where it lies in the body's frame, and from where a finger would come."""

INSIDE = ("trochanter", "knee_joint_line", "lateral_malleolus", "medial_malleolus")
"""Spots that are stated by a joint inside the body: the skin lies where the way out of it ends."""

BALL_OF_THE_FOOT = 0.73
"""How far from the heel to the tips of the toes the second metatarsal's head lies, in parts of the foot (ball of foot
length over foot length, ANSUR 1988)."""


def spots(points: dict[str, np.ndarray], view: str, column: int = 0, *, sapo: bool = False) -> Iterator[Spot]:
    """Give the spots that a therapist marks in a view.

    ``column`` spinous processes between C7 and the sacrum are marked from behind, instead of T3 alone. With ``sapo``
    front and side views wear the whole set of SAPO's protocol.
    """
    if view in ("left", "right"):
        yield from _side_spots(points, view)
        if sapo:
            yield f"{view}_second_metatarsal", *_metatarsal(points, view[0].upper())
        return
    ahead = 1.0 if view == "front" else -1.0
    for side, sign in (("L", 1.0), ("R", -1.0)):
        name = "left_" if side == "L" else "right_"
        out = np.array([0.0, 0.0, ahead])
        tip = points[f"acromion.{side}"] + [-0.012 * sign, -0.02, 0.0]
        yield name + "acromion", tip, np.array([0.1 * sign, 0.2, ahead])
        knee, ankle, heel = (points[f"{part}.{side}"] for part in ("knee", "ankle", "heel"))
        if view == "front":
            yield name + "asis", points[f"asis.{side}"], out
            yield name + "patella", knee + [0.0, 0.01, 0.0], out
            yield name + "tibial_tuberosity", knee + 0.16 * (ankle - knee), out
            if sapo:
                yield from _sapo_front(points, side)
        else:
            top, low = points["C7"], points["sacrum"]
            yield name + "scapular_angle", top + 0.36 * (low - top) + [0.085 * sign, 0.0, 0.0], out
            yield name + "psis", points[f"psis.{side}"], out
            yield name + "mid_calf", knee + 0.42 * (ankle - knee), out
            yield name + "achilles", ankle, out
            yield name + "heel", heel, np.array([0.0, 0.1, -1.0])
    if view == "back":
        yield "c7", points["C7"], np.array([0.0, 0.3, -1.0])
        if column:
            yield from _column(points, column)
        else:
            yield "t3", points["C7"] + 0.14 * (points["sacrum"] - points["C7"]), np.array([0.0, 0.1, -1.0])


def _sapo_front(points: dict[str, np.ndarray], side: str) -> Iterator[Spot]:
    """Give what SAPO marks in front views beside acromion, ASIS, patella and tuberosity.

    The greater trochanter stands out a finger's breadth under the hip's centre, the knee's joint line lies under the
    centre of the knee's turning, the lateral malleolus' tip lower than the medial one's.
    """
    name, sign = ("left_", 1.0) if side == "L" else ("right_", -1.0)
    hip, knee, ankle = (points[f"{part}.{side}"] for part in ("hip", "knee", "ankle"))
    yield name + "ear", points[f"ear.{side}"], np.array([sign, 0.0, 0.3])
    yield name + "trochanter", hip + [0.0, -0.015, 0.0], np.array([sign, 0.0, 0.1])
    yield name + "knee_joint_line", knee + [0.0, -0.015, 0.0], np.array([sign, 0.0, 0.3])
    yield name + "lateral_malleolus", ankle + [0.0, -0.008, 0.0], np.array([sign, 0.0, 0.1])
    yield name + "medial_malleolus", ankle + [0.0, 0.004, 0.0], np.array([-sign, 0.0, 0.3])
    yield name + "second_metatarsal", *_metatarsal(points, side)


def _metatarsal(points: dict[str, np.ndarray], side: str) -> tuple[np.ndarray, np.ndarray]:
    heel, toe = (points[f"{part}.{side}"] for part in ("heel", "toe"))
    return heel + BALL_OF_THE_FOOT * (toe - heel), np.array([0.0, 1.0, 0.2])


def _column(points: dict[str, np.ndarray], between: int) -> Iterator[Spot]:
    """Give the sacrum and so many spinous processes between it and C7, counted from above."""
    line = np.array([points[name] for name in sorted(points) if name.startswith("spine_")])
    down = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line[::-1], axis=0), axis=1))])
    out = np.array([0.0, 0.0, -1.0])
    for number, at in enumerate(np.linspace(0.0, down[-1], between + 2)[1:-1], start=1):
        place = np.array([np.interp(at, down, line[::-1, axis]) for axis in range(3)])
        yield f"spine_{number}", place, out
    yield "sacrum", points["sacrum"], out


def _side_spots(points: dict[str, np.ndarray], view: str) -> Iterator[Spot]:
    side, sign = ("L", 1.0) if view == "left" else ("R", -1.0)
    out = np.array([sign, 0.0, 0.0])
    yield f"{view}_ear", points[f"ear.{side}"], out
    yield f"{view}_acromion", points[f"acromion.{side}"], out + [0.0, 0.5, 0.0]
    yield "c7", points["C7"], np.array([0.5 * sign, 0.2, -1.0])
    yield f"{view}_asis", points[f"asis.{side}"], out + [0.0, 0.0, 0.7]
    yield f"{view}_psis", points[f"psis.{side}"], out + [0.0, 0.0, -0.7]
    yield f"{view}_trochanter", points[f"hip.{side}"], out
    yield f"{view}_knee", points[f"knee.{side}"], out
    yield f"{view}_ankle", points[f"ankle.{side}"], out
