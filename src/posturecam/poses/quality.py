"""Is this photo good enough? What is wrong with it, in sentences that say what to change."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.body import ORDER, VISIBLE, Landmark, Pose, View
from posturecam.picture.photo import Photo
from posturecam.poses.cautions import Caution
from posturecam.poses.stance import STANDING, Stance, StanceKind, stance_of
from posturecam.text.language import _, filled, later

SELFIE = later("If this is a mirrored selfie, run again with --mirrored.")
GUIDE = later("See: posturecam guide")
TURN_NOTE_DEG = 5.0
TURN_LIMIT_DEG = 12.0
_SMALLEST_BODY_PX = 250.0
_SMALLEST_PART = 0.33


@dataclass(frozen=True, slots=True)
class Quality:
    """What the checks found, and how the person stands.

    ``void`` says why the numbers must not be read as posture; None when they may be.
    """

    notes: tuple[str, ...]
    void: str | None = None
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
    cautions = () if void else tuple(_(CAUTIONS[caution]) for caution in stance.cautions)
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


def _turned_too_far(pose: Pose) -> str | None:
    if pose.view is View.OBLIQUE:
        return _("The body is turned half-way, so nothing was scored. {what_to_do}", what_to_do=_square())
    if pose.turn is None or not pose.view.frontal or pose.turn.at_least_deg <= TURN_LIMIT_DEG:
        return None
    way = _way(pose.turn.value_deg)
    return _("The body is turned about {way}, so nothing was scored. {what_to_do}", way=way, what_to_do=_square())


def which_side(view: View) -> str | None:
    """Ask which of two views a photo shows, where nothing tells it surely; None where the view is known."""
    if view is View.FRONT_OR_BACK:
        return _(
            "It cannot be told surely whether this is the front or the back, so nothing was scored and no side is "
            "named. Say which it is."
        )
    if view is View.LEFT_OR_RIGHT:
        return _("It cannot be told surely which side this is, so nothing was scored. Say which it is.")
    return None


def _square() -> str:
    return _("Stand square to the camera and try again. {guide}", guide=_(GUIDE))


def _way(value: float, error: str = "") -> str:
    if value > 0:
        return _("{size:.0f}°{error} to the person's left", size=value, error=error)
    return _("{size:.0f}°{error} to the person's right", size=-value, error=error)


def _turn_note(pose: Pose, void: str | None) -> str | None:
    if void or pose.turn is None or not pose.view.frontal or abs(pose.turn.value_deg) <= TURN_NOTE_DEG:
        return None
    return _(
        "The body seems turned {way}; a turned body looks tilted. Stand square to the camera. {guide}",
        way=_way(pose.turn.value_deg, filled(_(" (± {error:.0f}°)"), error=1.96 * pose.turn.sem_deg)),
        guide=_(GUIDE),
    )


VOID: Mapping[StanceKind, str] = {
    StanceKind.SITTING: later(
        "The hips and knees are bent far, as of somebody who sits, on a chair or in a wheelchair, who squats or who "
        "jumps. posturecam reads how somebody stands; of any other position its numbers would say nothing true, so "
        "none is given."
    ),
    StanceKind.ON_FLOOR: later(
        "This person is on the floor, sitting or kneeling, so the numbers would not mean posture."
    ),
    StanceKind.KNEELING: later("This person kneels, so the numbers would not mean posture."),
    StanceKind.KNEES_BENT: later(
        "The knees are bent far, as in squatting, running, landing or sitting, so the numbers would not mean posture."
    ),
    StanceKind.LYING: later(
        "This person lies, or the picture lies on its side, so the numbers would not mean posture."
    ),
    StanceKind.BENDING: later("The trunk is bent far over, so the numbers would not mean posture."),
    StanceKind.LEANING: later(
        "The whole body leans by {lean:.0f}°, further than anybody stands without a hold: either the camera was held "
        "askew (--roll or --plumb tell by how much), or the person leans on something. Nothing is read as posture."
    ),
    StanceKind.STEPPING: later(
        "The feet do not stand side by side: one is a step ahead or off the floor, or one knee is bent, as in walking, "
        "so the numbers would not mean quiet standing."
    ),
    StanceKind.IN_THE_AIR: later(
        "The feet seem to be off the floor, as in jumping or hanging, so the numbers would not mean posture."
    ),
}
"""What is said of a body that does not stand quietly; nobody is told to stand who may not be able to."""

CAUTIONS: Mapping[Caution, str] = {
    Caution.ARMS_RAISED: later(
        "An arm is raised or held out, and the shoulder blade goes with it: shoulder heights are left out, and the "
        "trunk's numbers are wider. Let both arms hang where that is possible."
    ),
    Caution.ARMS_FOLDED: later(
        "The hands are before the body or behind it, full, folded, in a pocket or on a walking aid: numbers of the "
        "shoulders are wider. Let both arms hang, with nothing in them, where that is possible."
    ),
    Caution.HANDS_TOGETHER: later(
        "The hands are close together, before the body, behind it or in the pockets: numbers of the shoulders are "
        "wider. Let both arms hang at the sides, with nothing in them, where that is possible."
    ),
    Caution.LEGS_WIDE: later("The legs are wide apart: numbers of the hips and legs are left out or wider."),
    Caution.LEGS_CROSSED: later(
        "The legs are crossed: numbers of the legs are left out, those of the pelvis are wider."
    ),
    Caution.FOOT_AHEAD: later("One foot stands ahead of the other: numbers of the pelvis and the legs are wider."),
    Caution.HEAD_BOWED: later("The head is bowed or raised: its numbers are left out. Look straight ahead."),
    Caution.HEAD_TURNED: later("The head is turned to one side: numbers of the head are left out or wider."),
    Caution.TOES_DOWN: later(
        "The heels seem raised (high heels, or standing on tiptoe): numbers of the feet are left out, those of the "
        "knees and the lower back are wider."
    ),
    Caution.LONG_SKIRT: later("Clothes hide the legs down to the feet: numbers of the legs are left out."),
    Caution.LOOSE_CLOTHES: later(
        "Clothes hide the pelvis and the waist: what rests on the waist is left out, numbers of the hips are wider."
    ),
    Caution.LIMB_HIDDEN: later(
        "One leg is not seen whole: what needs it is left out, and numbers of the pelvis are wider."
    ),
}
"""What is said of each caution; what it does to which number stands in ``measures/withholding.py``."""


def _no_quiet_standing(stance: Stance) -> str | None:
    """Say why a stance is none that can be read, or None."""
    if stance.kind is StanceKind.STANDING:
        return None
    said = _(VOID[stance.kind], lean=abs(stance.lean_deg))
    return said if stance.kind is StanceKind.SITTING else f"{said} {_(GUIDE)}"


def _seen(pose: Pose, *landmarks: Landmark) -> bool:
    """Whether the landmarks lie inside the picture and are not hidden."""
    rows = [ORDER[landmark] for landmark in landmarks]
    inside = ((pose.mean[rows] >= 0) & (pose.mean[rows] <= np.array(pose.size_px))).all()
    return bool(inside and (pose.visibility[rows] >= VISIBLE).all())


def _several(people: int) -> str | None:
    if people < 2:
        return None
    return _(
        "{people} people were found and one was measured. Choose with --person N (counted from the left).",
        people=people,
    )


def _incomplete(pose: Pose) -> str | None:
    far = {View.LEFT: Landmark.RIGHT_ANKLE, View.RIGHT: Landmark.LEFT_ANKLE}.get(pose.view)
    feet = tuple(ankle for ankle in (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE) if ankle is not far)
    head = (Landmark.NOSE,)
    no_head, no_feet = not _seen(pose, *head), not _seen(pose, *feet)
    if no_head and no_feet:
        said = _("The head and feet cannot be seen whole; what needs them is left out. Step back. {guide}")
    elif no_head:
        said = _("The head cannot be seen whole; what needs them is left out. Step back. {guide}")
    elif no_feet:
        said = _("The feet cannot be seen whole; what needs them is left out. Step back. {guide}")
    else:
        return None
    return filled(said, guide=_(GUIDE))


def _small(pose: Pose) -> str | None:
    tall = pose.mean[:, 1][np.isfinite(pose.mean[:, 1])]
    height = float(np.ptp(tall)) if tall.size else _SMALLEST_BODY_PX
    part = height / pose.size_px[1]
    if height >= _SMALLEST_BODY_PX:
        return None if part >= _SMALLEST_PART else _little(part)
    if part < _SMALLEST_PART:
        return _(
            "The person is only {height:.0f} pixels high, so the numbers are rough. {little}",
            height=height,
            little=_little(part),
        )
    return _(
        "The person is only {height:.0f} pixels high, so the numbers are rough. Use a finer photo. {guide}",
        height=height,
        guide=_(GUIDE),
    )


def _little(part: float) -> str:
    return _(
        "The person fills only {part:.0%} of the picture's height. Step nearer, or crop the photo around the person.",
        part=part,
    )


def _one_pass(pose: Pose) -> str | None:
    if pose.mirrored_passes:
        return None
    return _("Only one pass, no mirror image: rough numbers; tilts read too small, and the camera counts as level.")


def _selfie(pose: Pose, *, mirrored: bool, sides_known: bool) -> tuple[str, ...]:
    if mirrored:
        return (_("The photo was taken as a mirrored selfie: left and right were exchanged before measuring."),)
    if pose.finder == "synthetic" or sides_known:
        return ()
    return (_(SELFIE),)


Grey = NDArray[np.float32]

DARK, BRIGHT, FLAT = 45.0, 232.0, 9.0
"""Mean grey value of the body below and above which light is wrong, and the least spread that shows its shape."""

BLURRED_PCT = 0.35
"""Width of an edge on the body, % of its height, beyond which a photo is blurred; 0.05 to 0.1 in rendered photos."""


@dataclass(frozen=True, slots=True)
class PhotoCheck:
    """One thing looked at in a photo, what was found, and what to change; ``change`` is empty when all is well."""

    name: str
    found: str
    change: str = ""


def framing(pose: Pose, people: int) -> tuple[PhotoCheck, ...]:
    """Look at who is in the frame, how large, and how squarely they stand."""
    height = float(np.ptp(pose.mean[:, 1]))
    turn = (
        _("not judged in this view")
        if pose.turn is None
        else _("{value_deg:.0f}° out of square", value_deg=abs(pose.turn.value_deg))
    )
    return (
        PhotoCheck(_("people"), _("{people} found", people=people), _several(people) or ""),
        PhotoCheck(_("frame"), _("head to feet") if not _incomplete(pose) else _("cut"), _incomplete(pose) or ""),
        PhotoCheck(_("size"), _("{height:.0f} pixels high", height=height), _small(pose) or ""),
        PhotoCheck(_("turn"), turn, _turn_note(pose, None) or ""),
    )


def check_picture(photo: Photo, pose: Pose) -> tuple[PhotoCheck, ...]:
    """Look at light and sharpness on the body."""
    grey = _body_of(photo, pose)
    if grey is None:
        return ()
    return _light(grey), _sharpness(grey, float(np.ptp(pose.mean[:, 1])) * photo.small.shape[1] / photo.size_px[0])


def faults_of(photo: Photo, pose: Pose) -> tuple[str, ...]:
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
    found = _("mean brightness {mean:.0f} %", mean=mean / 2.55)
    if mean < DARK:
        return PhotoCheck(
            _("light"), found, _("The person is in the dark. Turn on a light in front, and not a window behind.")
        )
    if mean > BRIGHT:
        return PhotoCheck(
            _("light"), found, _("The person is overexposed. Use less light, or tap on them in the camera.")
        )
    if spread < FLAT:
        return PhotoCheck(
            _("light"), found, _("The person hardly stands out. Use more light, before a plain other colour.")
        )
    return PhotoCheck(_("light"), found)


def _sharpness(grey: Grey, height_px: float) -> PhotoCheck:
    """Estimate the width of the strongest edges: how much their slope changes over a pixel, against the slope.

    Every second row is enough for that.
    """
    grey = grey[::2]
    slope = np.abs(grey[:, 2:] - grey[:, :-2]) / 2
    change = np.abs(grey[:, 2:] - 2 * grey[:, 1:-1] + grey[:, :-2])
    strong = slope >= max(float(np.percentile(slope, 95)), 1.0)
    if not strong.any():
        return PhotoCheck(_("sharpness"), _("no edges to judge by"))
    width = 0.45 * float(slope[strong].mean()) / max(float(change[strong].mean()), 1e-6)
    found = _("edges {width:.2f} % of the height wide", width=100 * width / height_px)
    if 100 * width / height_px > BLURRED_PCT:
        return PhotoCheck(
            _("sharpness"), found, _("The photo is blurred. Rest the camera on something, and use more light.")
        )
    return PhotoCheck(_("sharpness"), found)
