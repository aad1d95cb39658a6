"""Is this photo good enough? What is wrong with it, in sentences that say what to change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from posturecam.body import ORDER, VISIBLE, Array, Landmark, Pose, View
from posturecam.geometry import lean, subject_frame
from posturecam.language import _, filled, later
from posturecam.photo import Photo

SELFIE = later("If this is a mirrored selfie, run again with --mirrored.")
GUIDE = later("See: posturecam guide")
TURN_NOTE_DEG = 5.0
TURN_LIMIT_DEG = 12.0
_SMALLEST_BODY_PX = 250.0
_SMALLEST_PART = 0.33


@dataclass(frozen=True, slots=True)
class Quality:
    """What the checks found. ``void`` says why the numbers must not be read as posture; None when they may be."""

    notes: tuple[str, ...]
    void: str | None = None


def check_quality(pose: Pose, people: int, *, mirrored: bool, sides_known: bool = False) -> Quality:
    """Run every check on a found pose; ``people`` counts everybody in the photo.

    With ``sides_known`` the photo itself tells whether it is a mirror image.
    """
    void = _turned_too_far(pose) or _not_standing(pose)
    notes = (void, _turn_note(pose, void), _several(people), _incomplete(pose), _small(pose), _one_pass(pose))
    told = tuple(note for note in notes if note)
    return Quality((*told, *_selfie(pose, mirrored=mirrored, sides_known=sides_known)), void)


def _turned_too_far(pose: Pose) -> str | None:
    if pose.view is View.OBLIQUE:
        return _("The body is turned half-way, so nothing was scored. {what_to_do}", what_to_do=_square())
    if pose.turn is None or not pose.view.frontal or pose.turn.at_least_deg <= TURN_LIMIT_DEG:
        return None
    way = _way(pose.turn.value_deg)
    return _("The body is turned about {way}, so nothing was scored. {what_to_do}", way=way, what_to_do=_square())


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


def _not_standing(pose: Pose) -> str | None:
    """Notice a sitting or lying person: thighs too short for the trunk, or the trunk far from upright."""
    trunk, thigh = _trunk_and_thigh(pose)
    if not np.isfinite(trunk).all() or not _seen(pose, Landmark.LEFT_HIP, Landmark.RIGHT_HIP):
        return None
    if abs(float(lean(trunk, np.zeros(2)))) > 40.0:
        return _(
            "The person seems to be lying or bending, so the numbers do not mean posture. Stand upright. {guide}",
            guide=_(GUIDE),
        )
    knees = _seen(pose, Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE)
    if knees and thigh[1] < 0.45 * float(np.linalg.norm(trunk)):
        return _(
            "The person seems to be sitting, so the numbers do not mean posture. Stand upright. {guide}", guide=_(GUIDE)
        )
    return None


def _trunk_and_thigh(pose: Pose) -> tuple[Array, Array]:
    """Mid-hip → mid-shoulder and mid-knee → mid-hip, pixels, y up."""
    points = subject_frame(pose.mean, pose.view)
    shoulder, hip, knee = (
        (points[ORDER[Landmark[f"LEFT_{part}"]]] + points[ORDER[Landmark[f"RIGHT_{part}"]]]) / 2
        for part in ("SHOULDER", "HIP", "KNEE")
    )
    return shoulder - hip, hip - knee


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
