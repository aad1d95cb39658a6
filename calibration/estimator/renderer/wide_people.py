"""People of the wider set: who they are, what they wear, how they stand. Lies beside the phantom maker's scripts."""

from typing import Any

import figure
import make_phantoms
import numpy as np
import train_set

Random = np.random.Generator
Described = dict[str, Any]

HAIR = (
    *("short01", "short02", "short03", "short04", "ponytail01"),
    *("afro01", "bob01", "bob02", "braid01", "long01"),
)
SUITS = {
    1: (*(f"male_casualsuit{number:02d}" for number in range(1, 7)), "male_worksuit01"),
    0: ("female_sportsuit01", "female_casualsuit01", "female_casualsuit02"),
}


def pick(rng: Random, *names: str) -> str:
    """Take one of the names."""
    return str(rng.choice(names))


def limited(rng: Random, spread: float, most: float) -> float:
    """Draw from the normal distribution, within ±most."""
    return float(np.clip(rng.normal(0, spread), -most, most))


def random_colour(rng: Random) -> tuple[float, ...]:
    """Draw an even or a strong colour."""
    colour = rng.uniform(0.02, 0.75) * np.clip(1 + rng.normal(0, rng.choice([0.05, 0.5]), 3), 0.1, 2.2)
    return tuple(float(part) for part in np.clip(colour, 0.008, 0.8))


def wear(rng: Random, kind: str, fit: str) -> Described:
    """Give a garment that never sits quite level: turned, raised, its legs unequal."""
    colour, skew = random_colour(rng), float(np.tan(np.radians(rng.normal(0, 2.2))))
    left, right, raised = (float(rng.normal(0, spread)) for spread in (0.035, 0.035, 0.025))
    longer = float(rng.normal(0, 0.10))
    out = {"kind": kind, "fit": fit, "color": colour, "skew": skew, "legL": left + longer, "legR": right + longer}
    out["raise"] = raised
    chance = rng.random()
    if chance < 0.15:
        out |= {"pattern": "stripes", "color2": random_colour(rng), "period": float(rng.uniform(0.02, 0.15))}
    elif chance < 0.35:
        out |= {"pattern": "print", "color2": random_colour(rng)}
    if fit == "loose":
        out |= {"offset": float(rng.uniform(0.008, 0.03)), "wrinkle": float(rng.uniform(5, 16))}
        out["smooth"] = int(rng.integers(1, 5))
    return out


def dressed(rng: Random, gender: int, chance: float) -> list[Described]:
    """Underwear, sportswear, loose clothes or a suit."""
    if chance < 0.25:
        low = pick(rng, "boxers", "shorts") if gender else pick(rng, "briefs", "boxers", "shorts")
        clothes = [wear(rng, low, "tight")]
        if not gender or rng.random() < 0.3:
            clothes.insert(0, wear(rng, "tank" if gender else pick(rng, "bra", "tank"), "tight"))
        return clothes
    if chance < 0.48:
        top = wear(rng, pick(rng, "tank", "tight_tshirt"), "tight")
        return [top, wear(rng, pick(rng, "shorts", "leggings", "trousers", "boxers"), "tight")]
    if chance < 0.80:
        return loosely(rng)
    colours = {"name": pick(rng, *SUITS[gender])}
    return [{"fit": "mesh", **colours, **{part: random_colour(rng) for part in ("top", "bottom", "shoes")}}]


def loosely(rng: Random) -> list[Described]:
    """Mostly loose clothes."""
    if rng.random() < 0.7:
        top = wear(rng, pick(rng, "tshirt", "longsleeve"), "loose")
    else:
        top = wear(rng, pick(rng, "tank", "tight_tshirt"), "tight")
    if rng.random() < 0.6:
        return [wear(rng, pick(rng, "shorts", "trousers"), "loose"), top]
    return [wear(rng, pick(rng, "shorts", "leggings", "trousers"), "tight"), top]


def someone(rng: Random) -> Described:
    """Give a random person: body, skin, hair, clothes."""
    gender, chance = int(rng.random() < 0.5), rng.random()
    clothes = dressed(rng, gender, chance)
    bald = bool(gender) and rng.random() < 0.25
    skin = np.array(figure.SKIN[pick(rng, *train_set.SKINS)])
    look = {
        "skin": tuple(float(part) for part in np.clip(skin * rng.uniform(0.85, 1.15), 0.01, 0.9)),
        "hair_color": figure.HAIRC[pick(rng, *train_set.HAIRS)],
        "hair": None if bald else pick(rng, *HAIR),
        "scalp": float(rng.uniform(0.5, 1.3)) if bald else 0.0,
        "brow": f"eyebrow{int(rng.integers(1, 13)):03d}",
        "clothes": clothes,
        "shoes": pick(rng, "shoes01", "shoes03", "shoes04") if rng.random() < 0.35 and chance < 0.8 else None,
        "shoe_color": random_colour(rng),
    }
    ranges = {"age": (13, 78), "weight": (0.22, 0.95), "muscle": (0.25, 0.85), "height": (0.3, 0.72)}
    body = {"gender": gender} | {name: float(rng.uniform(*ends)) for name, ends in ranges.items()}
    body["race"] = tuple(rng.dirichlet([0.6, 0.6, 0.6]).tolist())
    body |= {"cup": float(rng.uniform(0.2, 0.8)), "proportions": float(rng.uniform(0.3, 0.85))}
    return {"body": body, "look": look}


def _wide(rng: Random, most: float, spread: float) -> float:
    """Draw mostly evenly from the whole range."""
    return float(rng.uniform(-most, most)) if rng.random() < 0.65 else limited(rng, spread, most)


TRUNK = {"c_curve": (5, 12), "s_curve": (3, 8), "thorax_shift": (4, 9)}
FEET = {"foot_fwd_L": (0.04, 0.12), "foot_fwd_R": (0.04, 0.12), "stance_shift_L": (0.01, 0.03)}
TURNS = {
    "pelvis_shift_x": (0.018, 0.05),
    "pelvis_yaw": (4, 10),
    "thorax_yaw": (4, 10),
    "head_yaw": (6, 15),
    "head_pitch": (4, 10),
    "pelvis_pitch": (5, 12),
    "lordosis": (4, 10),
    "thorax_side": (3, 7),
}
"""Spread and limit of each part of a pose."""


def pose(rng: Random) -> tuple[Described, Described]:
    """Posture far wider than a clinic sees; in a third of the people the weight is on one leg."""
    out, _ = make_phantoms.frontal_pose(rng)
    tilts = {"shoulder_tilt": (10, 3), "hip_tilt": (11, 3), "head_tilt": (16, 5)}
    target = {name: _wide(rng, *ends) for name, ends in tilts.items()} | {"trunk_lean": limited(rng, 2.2, 6)}
    out |= {name: limited(rng, *ends) for name, ends in TRUNK.items()} | {"stance": float(rng.uniform(0.4, 1.6))}
    out |= {name: limited(rng, *ends) for name, ends in (FEET | TURNS).items()}
    for side in "LR":
        out |= {f"toe_out_{side}": float(rng.uniform(-3, 24)), f"arm_gap_{side}": float(rng.uniform(4, 22))}
        out |= {f"arm_fwd_{side}": limited(rng, 7, 20), f"elbow_{side}": float(rng.uniform(4, 40))}
        out[f"valgus_{side}"] = limited(rng, 4, 11)
    out |= {"forearm_in": float(rng.uniform(-4, 24)), "arm_twist": float(rng.uniform(-25, 25))}
    out["round_shoulders"] = 5 + limited(rng, 6, 14)
    if rng.random() < 0.33:
        side = float(rng.choice([-1, 1]))
        out |= {"leg_mode": "flex", "pelvis_shift_x": side * float(rng.uniform(0.01, 0.07))}
        target["hip_tilt"] = side * float(rng.uniform(1, 12))
    return out, target


def camera(rng: Random) -> dict[str, float]:
    """Place the camera; six in ten are rolled."""
    place = {name: float(rng.uniform(*ends)) for name, ends in (("dist", (1.9, 5)), ("height", (0.7, 1.6)))}
    place["fill"] = float(rng.uniform(0.55, 0.9))
    place["roll"] = round(float(rng.uniform(-4, 4)), 3) if rng.random() < 0.6 else 0.0
    rest = (("x", 0.1), ("cx", 0.25))
    place |= {name: float(rng.uniform(-most, most)) for name, most in rest}
    return place | {"look_dy": float(rng.uniform(-0.03, 0.05))}


def case(number: int, seed: int) -> tuple[Described, Described]:
    """Give the person and the picture of a case; it depends on (seed, number) alone."""
    rng = np.random.default_rng([seed, number])
    who = someone(rng)
    stands, target = pose(rng)
    name = {"id": f"wide_{seed}_{number:04d}", "group": "wide", "view": "front" if rng.random() < 0.5 else "back"}
    seen = {"person": f"{seed}_{number}", "camera": camera(rng), "yaw": limited(rng, 5, 15)}
    room = {"background": train_set.ROOMS[int(rng.integers(5))], "exposure": float(rng.uniform(-0.6, 0.45))}
    return who, {**name, **seen, **room, "seed": seed * 100000 + number, "pose": stands, "target": target}
