"""Left-right differences of the pose network's points, and what both sides share.

Points are (33, 2) in the subject's frame (x towards the left, y up), pixels; lengths come out in % of the height from
the ankles to the eye line. Odd features change their sign in the mirror and nothing else; even ones do not change.
"""

import numpy as np

from posturecam.body import ORDER, Array, Landmark

PARTS = ("EYE", "EAR", "SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
PAIRS = {part: (ORDER[Landmark[f"LEFT_{part}"]], ORDER[Landmark[f"RIGHT_{part}"]]) for part in PARTS}
PAIRS["MOUTH"] = (ORDER[Landmark.MOUTH_LEFT], ORDER[Landmark.MOUTH_RIGHT])
READ = ("EYE", "EAR", "MOUTH", "SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")
"""The pairs in the order in which the learned weights expect them."""

LIMBS = (("SHOULDER", "ELBOW"), ("ELBOW", "WRIST"), ("HIP", "KNEE"), ("KNEE", "ANKLE"), ("SHOULDER", "HIP"))
FINEST_PX = 520.0
"""Beyond this height of the body in pixels a finer photo shows nothing more to a network that sees 256 of them."""

_NOSE = ORDER[Landmark.NOSE]


def middle(points: Array, part: str) -> Array:
    """(2,) the point half-way between a pair."""
    left, right = PAIRS[part]
    return np.asarray((points[left] + points[right]) / 2)


def height_px(points: Array) -> float:
    """Eye line over the mid-ankle, pixels, at least 1."""
    return max(float(middle(points, "EYE")[1] - middle(points, "ANKLE")[1]), 1.0)


def knees_deg(points: Array) -> Array:
    """(2,) frontal angle of the left and of the right knee, degrees, + = valgus."""
    return np.array([_turn(points, 0), -_turn(points, 1)])


def _turn(points: Array, side: int) -> float:
    hip, knee, ankle = (points[PAIRS[part][side]] for part in ("HIP", "KNEE", "ANKLE"))
    u, w = knee - hip, ankle - knee
    return float(np.degrees(np.arctan2(u[0] * w[1] - u[1] * w[0], u @ w)))


def odd_features(points: Array) -> Array:
    """(30,) height differences, sideways offsets, differences of limb lengths and of reach, difference of the knees."""
    knee = knees_deg(points)
    lengths = np.array([*_rises(points), *_beside(points), *_limbs(points), *_reaches(points)])
    return np.array([*(lengths * 100.0 / height_px(points)), (knee[0] - knee[1]) * 0.3])


def _rises(points: Array) -> list[float]:
    """Left minus right height of each pair."""
    return [points[PAIRS[part][0], 1] - points[PAIRS[part][1], 1] for part in READ]


def _beside(points: Array) -> list[float]:
    """Each pair's middle, and the nose, beside the mid-ankle."""
    foot = middle(points, "ANKLE")[0]
    return [*(middle(points, part)[0] - foot for part in READ if part != "ANKLE"), points[_NOSE, 0] - foot]


def _limbs(points: Array) -> list[float]:
    """Left minus right length of each limb."""

    def length(a: str, b: str, side: int) -> float:
        return float(np.linalg.norm(points[PAIRS[a][side]] - points[PAIRS[b][side]]))

    return [length(a, b, 0) - length(a, b, 1) for a, b in LIMBS]


def _reaches(points: Array) -> list[float]:
    """How much further the left elbow and wrist stand out from the shoulders than the right ones."""
    neck = middle(points, "SHOULDER")[0]
    return [points[PAIRS[part][0], 0] + points[PAIRS[part][1], 0] - 2 * neck for part in ("ELBOW", "WRIST")]


def even_features(points: Array, spread_px: Array) -> Array:
    """(14,) shape and steadiness; ``spread_px`` (33,) is the standard deviation over the passes."""
    height = height_px(points)
    trunk = float(np.linalg.norm(middle(points, "SHOULDER") - middle(points, "HIP"))) / height
    widths = [_width(points, part) / height for part in ("SHOULDER", "HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX")]
    wobble = [spread_px[list(PAIRS[part])].mean() / height * 100.0 for part in ("SHOULDER", "HIP", "EAR")]
    bow = [(_apart(points, "KNEE") - _apart(points, part)) / height for part in ("HIP", "ANKLE")]
    fineness = np.log(min(height, FINEST_PX) / 400.0)
    return np.array([fineness, trunk, *widths, knees_deg(points).sum() / 20.0, *bow, *wobble])


def _width(points: Array, part: str) -> float:
    return float(np.linalg.norm(points[PAIRS[part][0]] - points[PAIRS[part][1]]))


def _apart(points: Array, part: str) -> float:
    return float(points[PAIRS[part][0], 0] - points[PAIRS[part][1], 0])
