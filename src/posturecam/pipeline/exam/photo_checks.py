"""Is this photo good enough? One line for each thing looked at, with what to change."""

from posturecam.body import Pose
from posturecam.picture.lens import distance_m, too_near
from posturecam.picture.lens.profile import straightened
from posturecam.picture.photo import Photo
from posturecam.picture.surroundings import HOLD_LEVEL, TILTED_DEG, Surroundings, lens_of, surroundings_of
from posturecam.picture.vertical import NOTHING, disagreement
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam.one_photo import check_outline, outline_of
from posturecam.poses.detection import PoseFinder
from posturecam.poses.quality import PhotoCheck, check_picture, check_quality, framing, which_side
from posturecam.poses.view_cues import confidence, view_note
from posturecam.text.language import _, filled
from posturecam.text.language.views import of_view


def check_photo(photo: Photo, finder: PoseFinder, settings: Settings) -> tuple[PhotoCheck, ...]:
    """Look over one photo: frame, turn, level, distance, light, sharpness, clothes. Raises NobodyFound."""
    upright = photo.mirrored() if settings.mirrored else photo
    seen = finder.find(upright, settings.sought)
    if seen.turned_deg:
        upright = upright.turned(seen.turned_deg)
    lens = lens_of(settings, upright)
    pose = seen.pose if lens is None else straightened(seen.pose, lens)
    around = surroundings_of(upright, seen.pose, settings)
    return (
        *framing(pose, len(seen.boxes)),
        _view(pose),
        _level(around),
        _distance(around, pose, settings.height_cm),
        *check_picture(upright, seen.pose),
        check_outline(outline_of(upright, seen.pose, finder)),
        *_void(pose, around.vertical.roll_deg),
    )


def _view(pose: Pose) -> PhotoCheck:
    share = confidence(pose)
    found = _("{of_view}, with a confidence of {share:.0%}", of_view=of_view(pose.view), share=share)
    return PhotoCheck(_("view"), found, which_side(pose.view) or view_note(pose) or "")


def _void(pose: Pose, roll_deg: float) -> tuple[PhotoCheck, ...]:
    void = check_quality(pose, 1, mirrored=True, roll_deg=roll_deg).void
    asked = void is not None and void == which_side(pose.view)
    return (PhotoCheck(_("standing"), _("not as it should be"), void),) if void and not asked else ()


def _level(around: Surroundings) -> PhotoCheck:
    vertical = around.vertical
    if vertical.source == NOTHING:
        tell = _(
            "Show a door frame or a wall's edge beside the person, hang up the marker of "
            "posturecam calibrate board --large, or give --roll or --plumb.",
        )
        return PhotoCheck(_("level"), _("nothing tells it, so ± 1° on every tilt"), tell)
    found = _(
        "{roll_deg:.1f}° ± {sigma_deg:.1f}° off, told by: {source}",
        roll_deg=abs(vertical.roll_deg),
        sigma_deg=1.96 * vertical.sigma_deg,
        source=_(vertical.source),
    )
    doubt = disagreement(around.verticals)
    if doubt or abs(vertical.roll_deg) <= TILTED_DEG:
        return PhotoCheck(_("level"), found, doubt or "")
    return PhotoCheck(_("level"), found, _(HOLD_LEVEL))


def _distance(around: Surroundings, pose: Pose, height_cm: float | None) -> PhotoCheck:
    focal_px = None if around.perspective is None else around.perspective.focal_px
    far = distance_m(focal_px, pose, height_cm)
    if far is None:
        return PhotoCheck(_("distance"), _("the photo does not say; 3 to 4 m are right"))
    return PhotoCheck(
        _("distance"),
        filled("{far:.1f} ± {error:.1f} m", far=far[0], error=1.96 * far[1]),
        too_near(focal_px, pose, height_cm) or "",
    )
