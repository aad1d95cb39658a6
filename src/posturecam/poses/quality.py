"""Is this photo good enough? What is wrong with it, and what to change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.body import ORDER, VISIBLE, Landmark, Pose, View
from posturecam.errors.facts import Fact, Note
from posturecam.picture.photo import Photo
from posturecam.poses.cautions import Caution
from posturecam.poses.stance import STANDING, Stance, StanceKind, stance_of

SELFIE = Note("selfie")
TURN_NOTE_DEG = 5.0
TURN_LIMIT_DEG = 12.0
_SMALLEST_BODY_PX = 250.0
_SMALLEST_PART = 0.33


@dataclass(frozen=True, slots=True)
class Quality:
    """What the checks found, and how the person stands.

    ``void`` says why the numbers must not be read as posture; None when they may be.
    """

    notes: tuple[Note, ...]
    void: Note | None = None
    stance: Stance = STANDING


def check_quality(
    pose: Pose, people: int, *, mirrored: bool, sides_known: bool = False, roll_deg: float = 0.0
) -> Quality:
    """Run every check on a found pose; ``people`` counts everybody in the photo.

    With ``sides_known`` the photo itself tells whether it is a mirror image; ``roll_deg`` is the camera's roll, as far
    as it is known.
    """
    stance = stance_of(pose, roll_deg)
    void = _no_quiet_standing(stance) or _turned_too_far(pose) or which_side(pose.view)
    cautions = () if void else tuple(caution_note(caution) for caution in stance.cautions)
    notes = (
        void,
        _turn_note(pose, void),
        *cautions,
        _several(people),
        None if Caution.LIMB_HIDDEN in stance.cautions else _incomplete(pose),
        _small(pose),
        _one_pass(pose),
    )
    told = tuple(note for note in notes if note)
    return Quality((*told, *_selfie(pose, mirrored=mirrored, sides_known=sides_known)), void, stance)


def _turned_too_far(pose: Pose) -> Note | None:
    if pose.view is View.OBLIQUE:
        return Note("half_turned")
    if pose.turn is None or not pose.view.frontal or pose.turn.at_least_deg <= TURN_LIMIT_DEG:
        return None
    return Note("turned_too_far", way=_way(pose.turn.value_deg))


def which_side(view: View) -> Note | None:
    """Ask which of two views a photo shows, where nothing tells it surely; None where the view is known."""
    if view is View.FRONT_OR_BACK:
        return Note("front_or_back")
    if view is View.LEFT_OR_RIGHT:
        return Note("left_or_right")
    return None


def _way(value_deg: float, error_deg: float | None = None) -> Note:
    """Tell to which side of the person, by how much, and how sure that is."""
    error = "" if error_deg is None else Note("plus_minus", error=error_deg)
    return Note("to_the_left" if value_deg > 0 else "to_the_right", size=abs(value_deg), error=error)


def _turn_note(pose: Pose, void: Note | None) -> Note | None:
    if void or pose.turn is None or not pose.view.frontal or abs(pose.turn.value_deg) <= TURN_NOTE_DEG:
        return None
    return Note("turned", way=_way(pose.turn.value_deg, 1.96 * pose.turn.sem_deg))


def caution_note(caution: Caution) -> Note:
    """Tell of a caution; what it does to which number stands in ``measures/withholding.py``."""
    return Note(f"caution_{caution.value}")


def _no_quiet_standing(stance: Stance) -> Note | None:
    """Tell why a stance is none that can be read, or None; nobody is told to stand who may not be able to."""
    if stance.kind is StanceKind.STANDING:
        return None
    lean = {"lean": abs(stance.lean_deg)} if stance.kind is StanceKind.LEANING else {}
    return Note(f"stance_{stance.kind.value}", **lean)


def _seen(pose: Pose, *landmarks: Landmark) -> bool:
    """Whether the landmarks lie inside the picture and are not hidden."""
    rows = [ORDER[landmark] for landmark in landmarks]
    inside = ((pose.mean[rows] >= 0) & (pose.mean[rows] <= np.array(pose.size_px))).all()
    return bool(inside and (pose.visibility[rows] >= VISIBLE).all())


def _several(people: int) -> Note | None:
    if people < 2:
        return None
    return Note("several_people", people=people)


def _incomplete(pose: Pose) -> Note | None:
    far = {View.LEFT: Landmark.RIGHT_ANKLE, View.RIGHT: Landmark.LEFT_ANKLE}.get(pose.view)
    feet = tuple(ankle for ankle in (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE) if ankle is not far)
    head = (Landmark.NOSE,)
    no_head, no_feet = not _seen(pose, *head), not _seen(pose, *feet)
    if no_head and no_feet:
        return Note("head_and_feet_cut")
    if no_head:
        return Note("head_cut")
    return Note("feet_cut") if no_feet else None


def _small(pose: Pose) -> Note | None:
    tall = pose.mean[:, 1][np.isfinite(pose.mean[:, 1])]
    height = float(np.ptp(tall)) if tall.size else _SMALLEST_BODY_PX
    part = height / pose.size_px[1]
    if height >= _SMALLEST_BODY_PX:
        return None if part >= _SMALLEST_PART else _little(part)
    if part < _SMALLEST_PART:
        return Note("rough_and_small", height=height, little=_little(part))
    return Note("rough", height=height)


def _little(part: float) -> Note:
    return Note("small_in_picture", part=part)


def _one_pass(pose: Pose) -> Note | None:
    if pose.mirrored_passes:
        return None
    return Note("one_pass")


def _selfie(pose: Pose, *, mirrored: bool, sides_known: bool) -> tuple[Note, ...]:
    if mirrored:
        return (Note("mirrored_selfie"),)
    if pose.finder == "synthetic" or sides_known:
        return ()
    return (SELFIE,)


Grey = NDArray[np.float32]

DARK, BRIGHT, FLAT = 45.0, 232.0, 9.0
"""Mean grey value of the body below and above which light is wrong, and the least spread that shows its shape."""

BLURRED_PCT = 0.35
"""Width of an edge on the body, % of its height, beyond which a photo is blurred; 0.05 to 0.1 in rendered photos."""


@dataclass(frozen=True, slots=True)
class PhotoCheck:
    """One thing looked at in a photo, what was found, and what to change; ``change`` is None when all is well."""

    name: Note
    found: Fact
    change: Note | None = None


def framing(pose: Pose, people: int) -> tuple[PhotoCheck, ...]:
    """Look at who is in the frame, how large, and how squarely they stand."""
    height = float(np.ptp(pose.mean[:, 1]))
    turn = Note("turn_not_judged") if pose.turn is None else Note("out_of_square", value_deg=abs(pose.turn.value_deg))
    return (
        PhotoCheck(Note("check_people"), Note("people_found", people=people), _several(people)),
        PhotoCheck(Note("check_frame"), Note("cut" if _incomplete(pose) else "head_to_feet"), _incomplete(pose)),
        PhotoCheck(Note("check_size"), Note("pixels_high", height=height), _small(pose)),
        PhotoCheck(Note("check_turn"), turn, _turn_note(pose, None)),
    )


def check_picture(photo: Photo, pose: Pose) -> tuple[PhotoCheck, ...]:
    """Look at light and sharpness on the body."""
    grey = _body_of(photo, pose)
    if grey is None:
        return ()
    return _light(grey), _sharpness(grey, float(np.ptp(pose.mean[:, 1])) * photo.small.shape[1] / photo.size_px[0])


def faults_of(photo: Photo, pose: Pose) -> tuple[Note, ...]:
    """Say what to change about light and sharpness, nothing where all is well."""
    return tuple(check.change for check in check_picture(photo, pose) if check.change)


def _body_of(photo: Photo, pose: Pose) -> Grey | None:
    """(h, w) grey values of the box around trunk and legs; None where it holds next to nothing."""
    import cv2  # noqa: PLC0415  (whoever asks has a photo, and cv2 with it)

    height, width = photo.small.shape[:2]
    points = pose.mean[np.isfinite(pose.mean).all(axis=1)] * width / photo.size_px[0]
    low = np.clip(points.min(axis=0), 0, [width, height]).astype(int)
    high = np.clip(points.max(axis=0), 0, [width, height]).astype(int)
    if (high - low < 16).any():
        return None
    grey = cv2.cvtColor(photo.small[low[1] : high[1], low[0] : high[0]], cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, dtype=np.float32)


def _light(grey: Grey) -> PhotoCheck:
    mean, spread = float(grey.mean()), float(grey.std())
    found = Note("mean_brightness", mean=mean / 2.55)
    if mean < DARK:
        return PhotoCheck(Note("check_light"), found, Note("dark"))
    if mean > BRIGHT:
        return PhotoCheck(Note("check_light"), found, Note("overexposed"))
    if spread < FLAT:
        return PhotoCheck(Note("check_light"), found, Note("hardly_stands_out"))
    return PhotoCheck(Note("check_light"), found)


def _sharpness(grey: Grey, height_px: float) -> PhotoCheck:
    """Estimate the width of the strongest edges: how much their slope changes over a pixel, against the slope.

    Every second row is enough for that.
    """
    grey = grey[::2]
    slope = np.abs(grey[:, 2:] - grey[:, :-2]) / 2
    change = np.abs(grey[:, 2:] - 2 * grey[:, 1:-1] + grey[:, :-2])
    strong = slope >= max(float(np.percentile(slope, 95)), 1.0)
    if not strong.any():
        return PhotoCheck(Note("check_sharpness"), Note("no_edges"))
    width = 0.45 * float(slope[strong].mean()) / max(float(change[strong].mean()), 1e-6)
    found = Note("edge_width", width=100 * width / height_px)
    if 100 * width / height_px > BLURRED_PCT:
        return PhotoCheck(Note("check_sharpness"), found, Note("blurred"))
    return PhotoCheck(Note("check_sharpness"), found)
