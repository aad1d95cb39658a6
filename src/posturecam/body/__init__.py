"""The vocabulary: the body's named points, its sides, the views, and a found pose.

Left and right are always the subject's own. ``View.LEFT`` means that the camera sees the subject's left side.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Side(StrEnum):
    """A side of the subject's own body."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"

    @property
    def other(self) -> "Side":
        """The opposite side; ``both`` is its own opposite."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, self)


class View(StrEnum):
    """From where the camera sees the subject."""

    FRONT = "front"
    BACK = "back"
    LEFT = "left"
    RIGHT = "right"
    OBLIQUE = "oblique"
    FRONT_OR_BACK = "front_or_back"
    LEFT_OR_RIGHT = "left_or_right"

    @property
    def frontal(self) -> bool:
        """Whether both sides of the body can be compared in this view."""
        return self in (View.FRONT, View.BACK)

    @property
    def choices(self) -> tuple["View", ...]:
        """The two views between which the user is asked to decide; none where the view is known."""
        return tuple(View(name) for name in self.split("_or_")) if "_or_" in self else ()

    @property
    def mirrored(self) -> "View":
        """The view that the mirror image of the photo shows."""
        return {View.LEFT: View.RIGHT, View.RIGHT: View.LEFT}.get(self, self)


class Landmark(StrEnum):
    """The 33 points of a pose, head to feet; their order here is the order of every points array."""

    NOSE = "nose"
    LEFT_EYE_INNER = "left_eye_inner"
    LEFT_EYE = "left_eye"
    LEFT_EYE_OUTER = "left_eye_outer"
    RIGHT_EYE_INNER = "right_eye_inner"
    RIGHT_EYE = "right_eye"
    RIGHT_EYE_OUTER = "right_eye_outer"
    LEFT_EAR = "left_ear"
    RIGHT_EAR = "right_ear"
    MOUTH_LEFT = "mouth_left"
    MOUTH_RIGHT = "mouth_right"
    LEFT_SHOULDER = "left_shoulder"
    RIGHT_SHOULDER = "right_shoulder"
    LEFT_ELBOW = "left_elbow"
    RIGHT_ELBOW = "right_elbow"
    LEFT_WRIST = "left_wrist"
    RIGHT_WRIST = "right_wrist"
    LEFT_PINKY = "left_pinky"
    RIGHT_PINKY = "right_pinky"
    LEFT_INDEX = "left_index"
    RIGHT_INDEX = "right_index"
    LEFT_THUMB = "left_thumb"
    RIGHT_THUMB = "right_thumb"
    LEFT_HIP = "left_hip"
    RIGHT_HIP = "right_hip"
    LEFT_KNEE = "left_knee"
    RIGHT_KNEE = "right_knee"
    LEFT_ANKLE = "left_ankle"
    RIGHT_ANKLE = "right_ankle"
    LEFT_HEEL = "left_heel"
    RIGHT_HEEL = "right_heel"
    LEFT_FOOT_INDEX = "left_foot_index"
    RIGHT_FOOT_INDEX = "right_foot_index"

    @property
    def mirrored(self) -> "Landmark":
        """The same point on the other side of the body."""
        return Landmark(_other_side(self.value))


def _other_side(name: str) -> str:
    swap = {"left": "right", "right": "left"}
    return "_".join(swap.get(word, word) for word in name.split("_"))


class BonyLandmark(StrEnum):
    """Points that hands find and no pose network does, head to feet (the marker set of SAPO: Ferreira 2010).

    ``spine_1`` … ``spine_17``: spinous processes between C7 and the sacrum that are marked, counted from above.
    """

    C7, T3, SACRUM = "c7", "t3", "sacrum"
    SPINE_1, SPINE_2, SPINE_3, SPINE_4, SPINE_5 = "spine_1", "spine_2", "spine_3", "spine_4", "spine_5"
    SPINE_6, SPINE_7, SPINE_8, SPINE_9, SPINE_10 = "spine_6", "spine_7", "spine_8", "spine_9", "spine_10"
    SPINE_11, SPINE_12, SPINE_13, SPINE_14, SPINE_15 = "spine_11", "spine_12", "spine_13", "spine_14", "spine_15"
    SPINE_16, SPINE_17 = "spine_16", "spine_17"
    LEFT_ACROMION = "left_acromion"
    RIGHT_ACROMION = "right_acromion"
    LEFT_SCAPULAR_ANGLE = "left_scapular_angle"
    RIGHT_SCAPULAR_ANGLE = "right_scapular_angle"
    LEFT_ASIS = "left_asis"
    RIGHT_ASIS = "right_asis"
    LEFT_PSIS = "left_psis"
    RIGHT_PSIS = "right_psis"
    LEFT_TROCHANTER = "left_trochanter"
    RIGHT_TROCHANTER = "right_trochanter"
    LEFT_KNEE_JOINT_LINE = "left_knee_joint_line"
    RIGHT_KNEE_JOINT_LINE = "right_knee_joint_line"
    LEFT_PATELLA = "left_patella"
    RIGHT_PATELLA = "right_patella"
    LEFT_TIBIAL_TUBEROSITY = "left_tibial_tuberosity"
    RIGHT_TIBIAL_TUBEROSITY = "right_tibial_tuberosity"
    LEFT_MID_CALF = "left_mid_calf"
    RIGHT_MID_CALF = "right_mid_calf"
    LEFT_ACHILLES = "left_achilles"
    RIGHT_ACHILLES = "right_achilles"
    LEFT_LATERAL_MALLEOLUS = "left_lateral_malleolus"
    RIGHT_LATERAL_MALLEOLUS = "right_lateral_malleolus"
    LEFT_MEDIAL_MALLEOLUS = "left_medial_malleolus"
    RIGHT_MEDIAL_MALLEOLUS = "right_medial_malleolus"
    LEFT_SECOND_METATARSAL = "left_second_metatarsal"
    RIGHT_SECOND_METATARSAL = "right_second_metatarsal"

    @property
    def mirrored(self) -> "BonyLandmark":
        """The same point on the other side of the body."""
        return BonyLandmark(_other_side(self.value))


SPINE = tuple(spot for spot in BonyLandmark if spot.value.startswith("spine_"))

Name = Landmark | BonyLandmark

ORDER: dict[Landmark, int] = {landmark: row for row, landmark in enumerate(Landmark)}
"""Row of each landmark in a points array."""

ROWS: dict[Name, int] = {name: row for row, name in enumerate((*Landmark, *BonyLandmark))}
"""Row of each landmark, then of each spot, in an array that holds placed points as well."""

MIRROR = np.array([ORDER[landmark.mirrored] for landmark in Landmark])
"""``points[..., MIRROR, :]`` exchanges the sides."""

HAND, STICKER = "hand", "sticker"
"""Where a placed point comes from."""

HAND_ERROR_PX = 3.0
"""Standard error of a point that is set by hand, along each axis, where nobody states another."""

FACE_MESH = "face mesh"
"""Where a pose's eyes come from when its face was seen (``Pose.eyes_from``)."""

VISIBLE = 0.5
"""Visibility below which a point counts as hidden (the engine's own meaning: the chance that it is not hidden)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """By how much the body is turned out of its view, degrees; positive = towards the subject's left."""

    value_deg: float
    sem_deg: float

    @property
    def at_least_deg(self) -> float:
        """Lower end of the 95 % interval of the turn's size."""
        return max(0.0, abs(self.value_deg) - 1.96 * self.sem_deg)


SIGHT_SHAPE = (3, 29, 4)
"""Squares, places in each, and what is known of a place."""


@dataclass(frozen=True, slots=True)
class HeatmapKeypoints:
    """What the estimator's own network sees of a body (see ``estimator/places.py``), in the photo as it is.

    places  (3, 29, 4) in the squares of pelvis, shoulders and head: x right and y down in half-widths, disagreement
            between the photo and its mirror image, spread; the first ten lie on the photo's right, the next ten are
            their twins on its left, the rest run up the middle
    sharp   (3,) how much fine detail each square holds
    """

    places: Array
    sharp: Array

    def mirrored(self) -> "HeatmapKeypoints":
        """Give what is seen in the mirror image."""
        twins = np.r_[np.arange(10, 20), np.arange(10), np.arange(20, self.places.shape[1])]
        return HeatmapKeypoints(self.places[:, twins] * [-1.0, 1.0, 1.0, 1.0], self.sharp)


NEAR_SHAPE = (9, 2)
"""Places that the side views' own network sees, and what is known of each."""


@dataclass(frozen=True, slots=True)
class NearKeypoints:
    """What the side views' own network sees of the near side's head, neck and shoulder (``estimator/near_places.py``).

    places  (9, 2) pixels of the upright photo
    doubt   (9, 2) spread of each heat map, and how far the networks disagree; half-widths of the square
    """

    places: Array
    doubt: Array

    def mirrored(self, width_px: int) -> "NearKeypoints":
        """Give what is seen in the mirror image of a photo that wide."""
        return NearKeypoints(self.places * [-1.0, 1.0] + [width_px, 0.0], self.doubt)


@dataclass(frozen=True, slots=True)
class PlacedPoint:
    """A point that somebody placed: set by hand, or found as a sticker.

    x, y        pixels of the upright photo, x right, y down
    error_px    standard error along each of both
    source      ``hand`` or ``sticker``
    """

    name: Name
    x: float
    y: float
    error_px: float = HAND_ERROR_PX
    source: str = HAND

    def __post_init__(self) -> None:
        """Refuse a place that is none."""
        if not (np.isfinite([self.x, self.y]).all() and 0 < self.error_px < np.inf):
            msg = f"{self.name}: a placed point needs finite pixels and an error above 0, not {self}"
            raise ValueError(msg)
        if self.source not in (HAND, STICKER):
            msg = f"{self.name}: {self.source!r} is no source of a placed point"
            raise ValueError(msg)

    @property
    def at(self) -> Array:
        """(2,) its place, pixels."""
        return np.array([self.x, self.y])

    def mirrored(self, width_px: int) -> "PlacedPoint":
        """Give the same point in the mirror image of a photo that wide."""
        return replace(self, name=self.name.mirrored, x=width_px - self.x)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the body's points lie in one upright photo, found S times over.

    points      (S, 33, 2) pixels of the upright photo, x right, y down; NaN = not found
    visibility  (33,) chance that the point is not hidden, 0...1
    size_px     (width, height) of the photo
    The set of passes is closed under mirroring when ``mirrored_passes`` is true. ``network_eyes`` (2, 2) keeps the mean
    left and right eye of the pose network where ``eyes_from`` says that the points hold finer ones; what the
    estimator's networks see stands in ``keypoints`` (front and back) and ``near_keypoints`` (side views). ``placed``
    points, no two of one name, stand beside the network's own, which stay as they were found. ``view_probability`` is
    the chance of the view against the one that looks alike, where it was found out. Where the view is one of two, no
    side is known: in ``front_or_back`` left is the picture's right, as in a front view, in ``left_or_right`` right is
    the near side.
    """

    points: Array
    visibility: Array
    size_px: tuple[int, int]
    view: View
    view_source: str
    finder: str
    model: str
    model_sha256: str
    turn: Turn | None = None
    eyes_from: str = "pose network"
    mirrored_passes: bool = True
    network_eyes: Array | None = None
    keypoints: HeatmapKeypoints | None = None
    near_keypoints: NearKeypoints | None = None
    placed: tuple[PlacedPoint, ...] = ()
    view_probability: float | None = None

    def __post_init__(self) -> None:
        """Refuse arrays of another shape, and two placed points of one name."""
        if len({point.name for point in self.placed}) < len(self.placed):
            msg = f"one point was placed twice: {', '.join(sorted(point.name for point in self.placed))}"
            raise ValueError(msg)
        if self.points.ndim != 3 or self.points.shape[1:] != (len(ORDER), 2):
            msg = f"points must have shape (S, {len(ORDER)}, 2), not {self.points.shape}"
            raise ValueError(msg)
        if self.visibility.shape != (len(ORDER),):
            msg = f"visibility must have shape ({len(ORDER)},), not {self.visibility.shape}"
            raise ValueError(msg)

    @property
    def passes(self) -> int:
        """Number of samples."""
        return int(self.points.shape[0])

    @property
    def mean(self) -> Array:
        """(33, 2) the points averaged over the passes, pixels."""
        return np.asarray(self.points.mean(axis=0))

    def middle(self, point: Landmark, other: Landmark) -> Array:
        """(2,) half-way between two of the network's points, pixels."""
        return np.asarray(self.mean[[ORDER[point], ORDER[other]]].mean(axis=0))

    @property
    def sd_px(self) -> Array:
        """(33,) spread of each point over the passes, pixels (root mean square of the two directions)."""
        if self.passes == 1:
            return np.zeros(len(ORDER))
        return np.asarray(np.sqrt(self.points.var(axis=0, ddof=1).mean(axis=-1)))

    def mirrored(self) -> "Pose":
        """Give the pose that the mirror image of the photo shows: x flipped, sides exchanged."""
        rows = np.arange(len(ORDER)) if self.view is View.LEFT_OR_RIGHT else MIRROR
        points = self.points[:, rows].copy()
        points[..., 0] = self.size_px[0] - points[..., 0]
        turn = None if self.turn is None else replace(self.turn, value_deg=-self.turn.value_deg)
        eyes = None if self.network_eyes is None else self.network_eyes[::-1] * [-1.0, 1.0] + [self.size_px[0], 0.0]
        view, seen = self.view.mirrored, self.visibility[rows]
        keypoints = None if self.keypoints is None else self.keypoints.mirrored()
        near_keypoints = None if self.near_keypoints is None else self.near_keypoints.mirrored(self.size_px[0])
        mirror = replace(self, points=points, visibility=seen, view=view, turn=turn, network_eyes=eyes)
        placed = tuple(point.mirrored(self.size_px[0]) for point in self.placed)
        return replace(mirror, keypoints=keypoints, near_keypoints=near_keypoints, placed=placed)
