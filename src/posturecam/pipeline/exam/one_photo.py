"""One photo, with what its outline shows: in side views always, in others when asked to."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from posturecam.body import Pose, View
from posturecam.errors.facts import Note
from posturecam.knowledge import Knowledge
from posturecam.measures.anatomy import HIPS, SHOULDERS
from posturecam.measures.balance import Balance
from posturecam.measures.outline import complete, front_hidden
from posturecam.patterns.answers import Answers
from posturecam.picture.photo import Photo
from posturecam.pipeline.assessment import Assessment, Settings, assess, conclude_again, measured_photo, with_cautions
from posturecam.poses.detection import PoseFinder
from posturecam.poses.quality import PhotoCheck, check_quality
from posturecam.poses.silhouette import Silhouette
from posturecam.poses.silhouette.behind import Behind
from posturecam.poses.silhouette.clothes import DOUBTED_KNEES, clothes_of, knees_seen
from posturecam.poses.view_cues import BELOW_SHOULDERS, confidence, view_note

if TYPE_CHECKING:
    from posturecam.poses.masks import PersonMask  # loads cv2


@runtime_checkable
class MaskFinder(Protocol):
    """A finder that can also tell which pixels are the person's."""

    def mask_of(self, photo: Photo, pose: Pose) -> "PersonMask | None":
        """Give the person's mask, or None."""


def assess_photo(  # noqa: PLR0913  (the arguments of ``assess``, and one more)
    photo: Photo,
    finder: PoseFinder,
    settings: Settings,
    knowledge: Knowledge,
    answers: Answers | None = None,
    *,
    outline: bool = False,
) -> Assessment:
    """Tell the story of one photo, with what its outline shows: in side views always, in others when asked to."""
    assessment = assess(photo, finder, settings, knowledge, answers)
    if assessment.void:
        return assessment
    upright = measured_photo(photo, assessment)
    if assessment.pose.view.frontal and not outline:
        return _doubted(_dressed(assessment, upright, finder, knowledge))
    return _doubted(_hidden(with_seen_outline(assessment, upright, assessment.pose, finder, knowledge), finder))


def _dressed(assessment: Assessment, photo: Photo, finder: PoseFinder, knowledge: Knowledge) -> Assessment:
    """Look for clothes that hide the legs where the knees are not clearly seen; nothing is measured on the outline."""
    pose = assessment.pose
    if knees_seen(pose) >= DOUBTED_KNEES:
        return assessment
    return _clothed(assessment, outline_of(photo, pose, finder, fine=False), knowledge)


def _clothed(assessment: Assessment, outline: Silhouette | None, knowledge: Knowledge) -> Assessment:
    """Be careful about what clothes hide, as far as the outline shows them."""
    if outline is None:
        return assessment
    return with_cautions(assessment, clothes_of(assessment.pose, outline), knowledge)


def _doubted(assessment: Assessment) -> Assessment:
    """Put before all notes that what is seen speaks against the view."""
    doubt = view_note(assessment.pose, breadth_of(assessment))
    return replace(assessment, notes=(doubt, *assessment.notes)) if doubt else assessment


def breadth_of(assessment: Assessment) -> float | None:
    """Give the outline's breadth below the shoulders in trunks; None where no trusted outline is or was known."""
    outline, pose = assessment.outline, assessment.pose
    if outline is None:
        return assessment.breadth
    if outline.untrusted:
        return None
    shoulder, hip = pose.middle(*SHOULDERS), pose.middle(*HIPS)
    trunk = float(np.linalg.norm(hip - shoulder))
    if not trunk > 0.0:
        return None
    start = (shoulder + BELOW_SHOULDERS * (hip - shoulder))[None]
    return float(sum(outline.reach(start, np.array([sign, 0.0]), 2 * trunk)[0] for sign in (-1.0, 1.0)) / trunk)


def with_contour(assessment: Assessment, photo: Photo, finder: PoseFinder, knowledge: Knowledge) -> Assessment:
    """Find where the person ends, for pictures to show, and to say what hides it and what clothes hide.

    Nothing else is measured on it. ``photo`` is the one measured.
    """
    if assessment.void:
        return assessment
    outline = outline_of(photo, assessment.pose, finder)
    return _hidden(_clothed(replace(assessment, outline=outline), outline, knowledge), finder)


def check_outline(outline: Silhouette | None) -> PhotoCheck:
    """Look at whether clothes and background show where the person ends."""
    if outline is None:
        return PhotoCheck(Note("check_outline"), Note("outline_not_found"), Note("plain_wall"))
    if outline.untrusted:
        return PhotoCheck(Note("check_outline"), outline.untrusted, Note("close_fitting"))
    return PhotoCheck(Note("check_outline"), Note("outline_clear", agreement=outline.agreement))


def _hidden(assessment: Assessment, finder: PoseFinder) -> Assessment:
    """Put into the notes what hides the outline, where the finder could have shown it."""
    if not isinstance(finder, MaskFinder):
        return assessment
    change = check_outline(assessment.outline).change
    if change:
        note = Note("outline_hidden", change=change)
    elif assessment.outline and front_hidden(assessment.pose, assessment.outline, assessment.vertical.roll_deg):
        note = Note("front_along_room")
    else:
        return assessment
    concluded = assessment.conclusion.notes
    own = (note for note in assessment.notes if note not in concluded)
    return replace(assessment, notes=(*own, note, *concluded))


def outline_of(photo: Photo, pose: Pose, finder: PoseFinder, *, fine: bool = True) -> Silhouette | None:
    """Cut the person out, where the finder can tell which pixels are theirs; front and back views ``fine`` or not."""
    mask = finder.mask_of(photo, pose) if isinstance(finder, MaskFinder) else None
    if mask is None:
        return None
    from posturecam.poses.silhouette.cutting import FINE_HEIGHT_PX, HEIGHT_PX, cut_out  # noqa: PLC0415  (loads cv2)

    return cut_out(mask, FINE_HEIGHT_PX if fine and pose.view.frontal else HEIGHT_PX)


def with_seen_outline(
    assessment: Assessment, photo: Photo, pose: Pose, finder: PoseFinder, knowledge: Knowledge
) -> Assessment:
    """Look for the outline in the photo measured, and from behind for what else it shows, and add both."""
    outline = outline_of(photo, pose, finder)
    if outline is None or outline.untrusted or pose.view is not View.BACK:
        return with_outline(assessment, outline, knowledge)
    from posturecam.poses.silhouette.furrow import find_furrow  # noqa: PLC0415  (loads cv2)
    from posturecam.poses.silhouette.lower_legs import lower_legs  # noqa: PLC0415  (loads cv2)
    from posturecam.poses.silhouette.skin import bare_lower_legs  # noqa: PLC0415  (loads cv2)

    legs = lower_legs(photo, pose, outline)
    behind = Behind(pose, find_furrow(photo, pose, outline), legs, bare_lower_legs(photo, pose))
    return with_outline(assessment, outline, knowledge, behind)


def with_outline(
    assessment: Assessment, outline: Silhouette | None, knowledge: Knowledge, behind: Behind | None = None
) -> Assessment:
    """Add what the outline shows, and what a back photo shows beside it, and draw the conclusions again."""
    assessment = _clothed(replace(assessment, outline=outline, behind=behind), outline, knowledge)
    pose, vertical = assessment.pose, assessment.vertical
    taken = complete(assessment.unplaced, pose, outline, vertical, knowledge, assessment.planes, behind)
    return assessment if taken == assessment.unplaced else conclude_again(assessment, taken, knowledge)


def with_balance(assessment: Assessment, balance: Balance | None, knowledge: Knowledge) -> Assessment:
    """Add what a balance test of the same person tells, and draw the conclusions from both together."""
    if balance is None:
        return assessment
    measurements, unmeasured = assessment.unplaced
    taken = ((*measurements, *balance.measurements), (*unmeasured, *balance.unmeasured))
    return conclude_again(replace(assessment, notes=(*assessment.notes, *balance.notes)), taken, knowledge)


def void_of(assessment: Assessment) -> Note | None:
    """Say why a photo's numbers must not be read as posture, or None."""
    quality = check_quality(
        assessment.pose,
        len(assessment.boxes),
        mirrored=assessment.mirrored,
        roll_deg=assessment.vertical.roll_deg,
    )
    return quality.void


def view_confidence(assessment: Assessment) -> float:
    """Say how sure the view is, 0...1."""
    return confidence(assessment.pose, breadth_of(assessment))
