"""Is this photo good enough? One line for each thing looked at, with what to change."""

from posturecam.body import Pose
from posturecam.errors.facts import Note
from posturecam.picture.camera_scene import HOLD_LEVEL, TILTED_DEG, CameraScene, camera_scene_of, lens_of
from posturecam.picture.lens import distance_m, too_near
from posturecam.picture.lens.profile import straightened
from posturecam.picture.photo import Photo
from posturecam.picture.vertical import NOTHING, disagreement
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam.one_photo import check_outline, outline_of
from posturecam.poses.detection import PoseFinder
from posturecam.poses.quality import PhotoCheck, check_picture, check_quality, framing, which_side
from posturecam.poses.view_cues import confidence, view_note


def check_photo(photo: Photo, finder: PoseFinder, settings: Settings) -> tuple[PhotoCheck, ...]:
    """Look over one photo: frame, turn, level, distance, light, sharpness, clothes. Raises NobodyFound."""
    upright = photo.mirrored() if settings.mirrored else photo
    seen = finder.find(upright, settings.sought)
    if seen.turned_deg:
        upright = upright.turned(seen.turned_deg)
    lens = lens_of(settings, upright)
    pose = seen.pose if lens is None else straightened(seen.pose, lens)
    scene = camera_scene_of(upright, seen.pose, settings)
    return (
        *framing(pose, len(seen.boxes)),
        _view(pose),
        _level(scene),
        _distance(scene, pose, settings.height_cm),
        *check_picture(upright, seen.pose),
        check_outline(outline_of(upright, seen.pose, finder)),
        *_void(pose, scene.vertical.roll_deg),
    )


def _view(pose: Pose) -> PhotoCheck:
    share = confidence(pose)
    found = Note("view_with_confidence", of_view=pose.view, share=share)
    return PhotoCheck(Note("check_view"), found, which_side(pose.view) or view_note(pose))


def _void(pose: Pose, roll_deg: float) -> tuple[PhotoCheck, ...]:
    void = check_quality(pose, 1, mirrored=True, roll_deg=roll_deg).void
    asked = void is not None and void == which_side(pose.view)
    return (PhotoCheck(Note("check_standing"), Note("not_as_it_should_be"), void),) if void and not asked else ()


def _level(scene: CameraScene) -> PhotoCheck:
    vertical = scene.vertical
    if vertical.source == NOTHING:
        tell = Note("show_what_is_upright")
        return PhotoCheck(Note("check_level"), Note("level_not_told"), tell)
    found = Note(
        "off_level", roll_deg=abs(vertical.roll_deg), sigma_deg=1.96 * vertical.sigma_deg, source=vertical.source
    )
    doubt = disagreement(scene.verticals)
    if doubt or abs(vertical.roll_deg) <= TILTED_DEG:
        return PhotoCheck(Note("check_level"), found, doubt)
    return PhotoCheck(Note("check_level"), found, HOLD_LEVEL)


def _distance(scene: CameraScene, pose: Pose, height_cm: float | None) -> PhotoCheck:
    focal_px = None if scene.perspective is None else scene.perspective.focal_px
    far = distance_m(focal_px, pose, height_cm)
    if far is None:
        return PhotoCheck(Note("check_distance"), Note("distance_not_told"))
    return PhotoCheck(
        Note("check_distance"),
        Note("distance_off", far=far[0], error=1.96 * far[1]),
        too_near(focal_px, pose, height_cm),
    )
