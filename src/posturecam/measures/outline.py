"""What the outline adds to a photo: the back's contour in side views, waist, armpits and trunk midline in the others.

``complete`` is the one way in: it takes what the points gave and gives it back with the outline's word added.
"""

from functools import partial

import numpy as np

from posturecam.body import Array, Pose
from posturecam.estimator import Estimate
from posturecam.geometry import rotate, spread
from posturecam.knowledge import Knowledge
from posturecam.language import _
from posturecam.lens.perspective import Planes
from posturecam.measurement import (
    Frame,
    Measurement,
    Taken,
    Unmeasured,
    fake_of,
    frame_of,
    graded,
    why_unseen,
)
from posturecam.measures.correction import corrections
from posturecam.measures.side_view import PLAIN, SIDES, features, near, near_landmark, side_height, unseen
from posturecam.measures.trunk_measures import from_trunk
from posturecam.silhouette import Silhouette
from posturecam.vertical import Vertical

LEVELS = np.linspace(-0.2, 1.0, 11)
"""Where the back's edge is read: parts of the way from the hip's height (0) to the shoulder's (1)."""

CONTOUR = ("kyphosis_depth_pct", "lordosis_depth_pct")
"""Depths of the back's two arcs between sacrum and neck, % of that chord; only the outline shows them."""

_CONTOUR_PARTS = ("EYE", "EAR", "SHOULDER", "HIP", "ANKLE")
_MOST_FAINT, _MOST_SPREADS = 0.34, 3.5
"""Part of the back's edge that may look like the background; how many spreads it may lie from where backs lie.

Of 91 rendered people the farthest lay 3.1 spreads away.
"""

_LONGEST = 0.3
"""Farther than this part of the height from the trunk's line there is no back."""


def complete(  # noqa: PLR0913, PLR0917  (all that the outline's numbers rest on)
    taken: Taken,
    pose: Pose,
    outline: Silhouette | None,
    vertical: Vertical,
    knowledge: Knowledge,
    planes: Planes | None = None,
) -> Taken:
    """Add what the outline shows, and take away from a side view what rests on hidden points.

    ``planes`` are those that the body may lie in, where the camera is known.
    """
    if pose.view.frontal and outline is not None:
        added = from_trunk(taken[0], pose, outline, vertical, knowledge, planes)
        return (*taken[0], *added[0]), (*taken[1], *added[1])
    if pose.view not in SIDES:
        return taken
    hidden = {key: reason for key, (_compute, parts) in PLAIN.items() if (reason := near_side_hidden(pose, parts))}
    kept = [one for one in taken[0] if one.key not in hidden]
    missing = [*taken[1], *(Unmeasured(one.key, hidden[one.key]) for one in taken[0] if one.key in hidden)]
    reason = why_no_contour(pose, outline, vertical.roll_deg)
    if reason or outline is None:
        return tuple(kept), (*missing, *(Unmeasured(key, reason or _("no outline")) for key in CONTOUR))
    better = from_outline(pose, outline, vertical, knowledge, planes)
    better = {key: one for key, one in better.items() if key not in hidden}
    new = [better[key] for key in CONTOUR if key in better]
    lost = [Unmeasured(key, _("the back's outline was not found")) for key in CONTOUR if key not in better]
    return (*(better.get(one.key, one) for one in kept), *new), (*missing, *lost)


def near_side_hidden(pose: Pose, parts: tuple[str, ...]) -> str | None:
    """Say which of the near side's parts cannot be seen, or None when all can."""
    return next(filter(None, (why_unseen(pose, near_landmark(pose.view, part)) for part in parts)), None)


def why_no_contour(pose: Pose, outline: Silhouette | None, roll_deg: float) -> str | None:
    """Say why the back's contour cannot be measured, or None when it can."""
    if outline is None:
        return _("needs the photo itself, and the person's outline in it")
    return outline.untrusted or near_side_hidden(pose, _CONTOUR_PARTS) or back_hidden(pose, outline, roll_deg)


def back_hidden(pose: Pose, outline: Silhouette, roll_deg: float) -> str | None:
    """Say that something covers the back's edge, or that the background looks like it; None when it is clear."""
    frame = frame_of(pose, roll_deg)
    mean = Frame(frame.points.mean(axis=0, keepdims=True), frame.view)
    places = back_places(mean, outline, roll_deg)
    x = beside_ankle(mean, places)[0]
    if outline.faint(_to_photo(places[0], mean, roll_deg)) > _MOST_FAINT:
        return _("the background behind the back has the colour of the body or its clothes")
    usual = next(iter(corrections("outline").values()))
    far = np.abs(x - usual.mean[-LEVELS.size :]) / usual.spread[-LEVELS.size :]
    if np.nanmax(far, initial=0.0) > _MOST_SPREADS:
        return _("the back's outline lies unusually far from the body: loose clothes, long hair or a bag")
    return None


def back_places(frame: Frame, outline: Silhouette, roll_deg: float) -> Array:
    """(S, 11, 2) where the back's edge lies at ``LEVELS``, in the subject's frame; NaN where there is none."""
    hip, shoulder = (near(frame, part) for part in ("HIP", "SHOULDER"))
    height = side_height(frame)
    along = np.clip(LEVELS, 0.0, 1.0)
    x = hip[:, :1] + along * (shoulder - hip)[:, :1]
    y = hip[:, 1:] + LEVELS * (shoulder - hip)[:, 1:]
    starts = _to_photo(np.stack([x, y], axis=-1), frame, roll_deg)
    backward = _to_photo(np.array([-1.0, 0.0]), frame, roll_deg)
    far = np.stack([outline.reach(one, backward, _LONGEST * size) for one, size in zip(starts, height, strict=True)])
    return np.stack([x - far, np.where(np.isfinite(far), y, np.nan)], axis=-1)


def beside_ankle(frame: Frame, places: Array) -> Array:
    """(S, 11) how far places (S, 11, 2) lie forward of the near ankle, % of height."""
    return np.asarray((places[..., 0] - near(frame, "ANKLE")[:, :1]) / side_height(frame)[:, None] * 100.0)


def _to_photo(points: Array, frame: Frame, roll_deg: float) -> Array:
    """Bring points of the subject's frame back into the photo (the inverse of ``subject_frame``)."""
    return rotate(points * np.array([-1.0 if frame.view is SIDES[0] else 1.0, -1.0]), roll_deg)


def outline_features(frame: Frame, outline: Silhouette, roll_deg: float) -> Array:
    """(S, F) the near points and the back's edge: what the outline's corrections see."""
    return _seen(frame, back_places(frame, outline, roll_deg))


def _seen(frame: Frame, places: Array) -> Array:
    return np.concatenate([features(frame), beside_ankle(frame, places)], axis=1)


def outline_values(pose: Pose, outline: Silhouette, roll_deg: float) -> dict[str, Array]:
    """(S,) each measure that the outline improves, or alone shows."""
    frame = frame_of(pose, roll_deg)
    places = back_places(frame, outline, roll_deg)
    if np.isnan(places[..., 0]).mean() > 0.2:
        return {}
    return {key: back_value(frame, places, key) for key in corrections("outline")}


def back_value(frame: Frame, places: Array, key: str) -> Array:
    """(S,) one measure from the points and the back's places (S, 11, 2)."""
    plain = PLAIN[key][0] if key in PLAIN else unseen
    return np.asarray(plain(frame) + corrections("outline")[key].of(_seen(frame, places)))


def fake_back(pose: Pose, outline: Silhouette, roll_deg: float, planes: Planes | None) -> dict[str, float]:
    """Tell what perspective alone may make of each measure of the back, its unit; nothing without a camera."""
    if planes is None:
        return {}
    frame = frame_of(pose, roll_deg)
    places = _to_photo(back_places(frame, outline, roll_deg), frame, roll_deg)
    flat = planes.of(np.concatenate([pose.points, places], axis=1))

    def value(both: Frame, key: str) -> Array:
        return back_value(both, both.points[:, -LEVELS.size :], key)

    return {key: fake_of(partial(value, key=key), flat, pose.view) for key in corrections("outline")}


def from_outline(
    pose: Pose, outline: Silhouette, vertical: Vertical, knowledge: Knowledge, planes: Planes | None = None
) -> dict[str, Measurement]:
    """Measure what the outline improves, each with its total standard error."""
    fakes = fake_back(pose, outline, vertical.roll_deg, planes)
    here = outline_values(pose, outline, vertical.roll_deg)
    less, more = (outline_values(pose, outline, vertical.roll_deg + by) for by in (-1.0, 1.0))
    return {
        key: graded(
            knowledge,
            key,
            Estimate(float(samples.mean()), float(np.hypot(spread(samples), corrections("outline")[key].error))),
            vertical_effect=float(less[key].mean() - more[key].mean()) / 2,
            sigma_deg=vertical.sigma_deg,
            raw=None,
            fake=fakes.get(key, 0.0),
        )
        for key, samples in here.items()
        if key in less and key in more
    }
