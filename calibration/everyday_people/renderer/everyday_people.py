"""People as they dress and stand every day: who they are, what they wear and hold, where they stand.

Lies beside the phantom maker's scripts, ``wide_people.py`` and ``side_people.py``. A case depends on (seed, number)
and on whether it is a side view, and on nothing else.
"""

from typing import Any

import make_phantoms
import numpy as np
import side_people
import train_set
import wide_people
from wide_people import Described, Random, limited, pick, random_colour, wear

ROOMS = (*train_set.ROOMS, "outdoors", "outdoors", "outdoors")
SHOES = ("shoes01", "shoes02", "shoes03", "shoes04", "shoes05", "shoes06")
KNEE, ANKLE = 1.0, 2.0
"""Lengths of skirts and coats run down the leg: 0 hip, 1 knee, 2 ankle."""


def chance(rng: Random, share: float) -> bool:
    """Whether something with that probability happens."""
    return bool(rng.random() < share)


def top(rng: Random, *kinds: str, fit: str = "loose") -> Described:
    """Give a garment of the upper body, worn in or out of what is below."""
    return wear(rng, pick(rng, *kinds), fit)


def trousers(rng: Random) -> list[Described]:
    """Give trousers, jeans, leggings or shorts, often with a belt or a turned-up waistband."""
    fit = "loose" if chance(rng, 0.55) else "tight"
    kind = (
        pick(rng, "trousers", "trousers", "shorts") if fit == "loose" else pick(rng, "trousers", "leggings", "shorts")
    )
    below = wear(rng, kind, fit)
    if chance(rng, 0.5):
        below["color"] = tuple(float(part) for part in np.array([0.05, 0.08, 0.17]) * rng.uniform(0.3, 2.5))
    return [below, belt(rng, below)] if chance(rng, 0.45) else [below]


def belt(rng: Random, below: Described) -> Described:
    """Give a belt that lies as crooked as what it holds."""
    high = float(rng.uniform(0.13, 0.24))
    out = {
        "kind": "belt",
        "fit": "loose",
        "color": random_colour(rng),
        "low": high,
        "wide": float(rng.uniform(0.05, 0.09)),
    }
    shared = {name: below[name] for name in ("skew", "raise", "legL", "legR")}
    return out | shared | {"offset": below.get("offset", 0.0) + 0.012, "wrinkle": 30.0, "smooth": 1}


def skirt(rng: Random, longest: float) -> Described:
    """Give a skirt, the lower part of a dress or of a coat."""
    colours = {"color": random_colour(rng)}
    if chance(rng, 0.35):
        colours |= {"pattern": pick(rng, "stripes", "print"), "color2": random_colour(rng)}
    return {
        **colours,
        "period": float(rng.uniform(0.02, 0.15)),
        "length": float(rng.uniform(0.45, longest)),
        "skew": float(np.tan(np.radians(rng.normal(0, 2.0)))),
        "wide": float(rng.uniform(0.9, 1.35)),
        "folds": float(rng.uniform(0.0, 0.03)),
        "fold_count": int(rng.integers(6, 24)),
        "phase": float(rng.uniform(0, 6.3)),
        "offset": float(rng.uniform(0.004, 0.03)),
        "wrinkle": float(rng.uniform(5, 16)),
    }


def dressed(rng: Random, gender: int) -> tuple[list[Described], Described | None]:
    """Give what somebody wears, from the skin outwards, and a skirt where there is one."""
    kind = rng.random()
    if kind < 0.12:
        return wide_people.dressed(rng, gender, float(rng.uniform(0, 0.48))), None
    if kind < 0.50:
        above = (
            top(rng, "tshirt", "tshirt", "longsleeve")
            if chance(rng, 0.75)
            else top(rng, "tank", "tight_tshirt", fit="tight")
        )
        below = trousers(rng)
        return ([above, *below] if chance(rng, 0.3) else [*below, above]), None
    if kind < 0.66:
        jacket = top(rng, "longsleeve") | {"offset": float(rng.uniform(0.02, 0.045)), "smooth": int(rng.integers(3, 7))}
        return [*trousers(rng)[:1], jacket], None
    if kind < (0.72 if gender else 0.90):
        lower = skirt(rng, 1.9)
        above = top(rng, "tshirt", "longsleeve") if chance(rng, 0.5) else top(rng, "tank", "tight_tshirt", fit="tight")
        if chance(rng, 0.55):
            above |= {name: lower[name] for name in ("color", "pattern", "color2", "period") if name in lower}
        under = [wear(rng, "leggings", "tight")] if chance(rng, 0.35) else [wear(rng, "briefs", "tight")]
        return [*under, above], lower
    if kind < 0.95:
        coat = skirt(rng, 1.35) | {"offset": float(rng.uniform(0.02, 0.04)), "wide": float(rng.uniform(0.95, 1.1))}
        above = top(rng, "longsleeve") | {"offset": coat["offset"], "color": coat["color"], "smooth": 4}
        above |= {name: coat[name] for name in ("pattern", "color2", "period") if name in coat}
        return [*trousers(rng)[:1], above], coat
    return wide_people.dressed(rng, gender, 0.9), None


def someone(rng: Random) -> Described:
    """Give a random person: body, skin, hair, clothes, hat, scarf, bag."""
    who = wide_people.someone(rng)
    look, gender = who["look"], who["body"]["gender"]
    clothes, lower = dressed(rng, gender)
    suit = any(worn["fit"] == "mesh" for worn in clothes)
    look |= {"clothes": clothes, "skirt": lower, "shoes": None if suit or chance(rng, 0.2) else pick(rng, *SHOES)}
    look["hat"] = random_colour(rng) if chance(rng, 0.10) else None
    look["scarf"] = random_colour(rng) if chance(rng, 0.12) else None
    bag = rng.random()
    look["bag"] = None if bag > 0.28 else pick(rng, "shoulder", "backpack", "hand", "across")
    look["bag_color"], look["bag_side"] = random_colour(rng), pick(rng, "L", "R")
    look["held"] = pick(rng, "board", "phone", "box") if chance(rng, 0.10) else None
    look["held_color"] = random_colour(rng)
    return who


def pose(rng: Random, held: str | None) -> tuple[Described, Described]:
    """Give a posture: as in a clinic or wider, the arms anywhere; in a quarter the weight is on one leg."""
    out, target = make_phantoms.frontal_pose(rng) if chance(rng, 0.45) else wide_people.pose(rng)
    for side in "LR":
        out |= {f"arm_gap_{side}": float(rng.uniform(3, 24)), f"arm_fwd_{side}": limited(rng, 9, 26)}
        out |= {f"elbow_{side}": float(rng.uniform(2, 45))}
        out[f"toe_out_{side}"] = float(rng.uniform(-3, 26))
    out["stance"] = float(rng.uniform(0.35, 1.5))
    if held:
        high, inwards = float(rng.uniform(60, 110)), float(rng.uniform(25, 55))
        out |= {"elbow_L": high, "elbow_R": high, "forearm_in": inwards, "arm_fwd_L": 8.0, "arm_fwd_R": 8.0}
    elif chance(rng, 0.18):
        side = pick(rng, "L", "R")
        out |= {f"arm_gap_{side}": float(rng.uniform(20, 100)), f"elbow_{side}": float(rng.uniform(5, 120))}
        out["forearm_in"] = float(rng.uniform(-10, 70))
    return out, target


def camera(rng: Random) -> dict[str, float]:
    """Place a phone: from 1.5 to 4.5 m, at the height of a hand or an eye; half of them are rolled."""
    place = {name: float(rng.uniform(*ends)) for name, ends in (("dist", (1.6, 4.5)), ("height", (0.65, 1.7)))}
    place["fill"] = float(rng.uniform(0.6, 0.9))
    place["roll"] = round(float(rng.uniform(-4, 4)), 3) if chance(rng, 0.5) else 0.0
    place |= {name: float(rng.uniform(-most, most)) for name, most in (("x", 0.1), ("cx", 0.3))}
    return place | {"look_dy": float(rng.uniform(-0.03, 0.05))}


def case(number: int, seed: int) -> tuple[Described, Described]:
    """Give the person and the picture of a case."""
    rng = np.random.default_rng([seed, number])
    who = someone(rng)
    stands, target = pose(rng, who["look"]["held"])
    view = "front" if chance(rng, 0.6) else "back"
    name = {"id": f"everyday_{seed}_{number:04d}", "group": "everyday", "view": view}
    seen = {"person": f"{seed}_{number}", "camera": camera(rng), "yaw": limited(rng, 4.5, 13)}
    room: dict[str, Any] = {"background": pick(rng, *ROOMS), "exposure": float(rng.uniform(-0.6, 0.5))}
    return who, {**name, **seen, **room, "seed": seed * 100000 + number, "pose": stands, "target": target}


def neckwear(rng: Random, look: Described) -> Described:
    """Give what lies about the neck: a hood on the back, a collar turned up, both of the upper garment's colour."""
    tops = [worn["color"] for worn in look["clothes"] if worn.get("kind") in ("tshirt", "longsleeve")]
    drawn = rng.random()
    if not tops or drawn > 0.45:
        return {}
    collar = {"high": float(rng.uniform(0.02, 0.09)), "wide": float(rng.uniform(0.06, 0.085))}
    hood = {"thick": float(rng.uniform(0.025, 0.055)), "behind": float(rng.uniform(0.03, 0.09))}
    return {"collar": collar | {"color": tops[-1]}} if drawn < 0.2 else {"hood": hood | {"color": tops[-1]}}


def side_pose(rng: Random, held: str | None) -> Described:
    """Give a posture seen from the side: each part drawn wide or as one pattern, the arms and feet anywhere."""
    out, _ = make_phantoms.side_pose(rng, pick(rng, *train_set.KINDS))
    if chance(rng, 0.6):
        out |= side_people.wide(rng)
    out["head_yaw"] = limited(rng, 4, 12)
    for side in "LR":
        out |= {f"arm_gap_{side}": float(rng.uniform(3, 16)), f"arm_fwd_{side}": limited(rng, 9, 26)}
        out |= {f"elbow_{side}": float(rng.uniform(2, 45)), f"foot_fwd_{side}": limited(rng, 0.03, 0.09)}
    if held:
        high, inwards = float(rng.uniform(60, 110)), float(rng.uniform(25, 55))
        out |= {"elbow_L": high, "elbow_R": high, "forearm_in": inwards, "arm_fwd_L": 8.0, "arm_fwd_R": 8.0}
    return out


def side_case(number: int, seed: int) -> tuple[Described, Described]:
    """Give the person and the picture of a case seen from the left or the right."""
    rng = np.random.default_rng([seed, number, 1])
    who = someone(rng)
    who["look"] |= neckwear(rng, who["look"])
    name = {"id": f"everyday_side_{seed}_{number:04d}", "group": "everyday", "view": pick(rng, "left", "right")}
    stands = side_pose(rng, who["look"]["held"])
    seen = {"person": f"side_{seed}_{number}", "camera": camera(rng), "yaw": limited(rng, 3.5, 10)}
    room: dict[str, Any] = {"background": pick(rng, *ROOMS), "exposure": float(rng.uniform(-0.6, 0.5))}
    return who, {**name, **seen, **room, "seed": seed * 100000 + 50000 + number, "pose": stands, "target": {}}
